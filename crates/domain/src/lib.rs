#![doc = include_str!("../README.md")]

#[macro_use]
pub mod label;

pub mod access;
pub mod cite;
pub mod event;
pub mod finding;
pub mod id;
pub mod inspection;
pub mod law;
pub mod money;
pub mod officer;
pub mod person;
pub mod personal;
pub mod presence;
pub mod receipt;
pub mod request;
pub mod retention;
pub mod time;
mod words;
