#![doc = include_str!("../README.md")]

pub mod address;
mod api;
pub mod asset;
pub mod component;
pub mod layout;
pub mod locale;
pub mod look;
pub mod page;
mod route;
pub mod server;
pub mod style_page;
pub mod ui;
