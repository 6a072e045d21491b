#![doc = include_str!("../README.md")]

pub mod access;
pub mod event;
pub mod id;
pub mod officer;
pub mod person;
pub mod personal;
pub mod request;
pub mod retention;
pub mod time;
