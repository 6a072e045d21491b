#![doc = include_str!("../README.md")]

pub mod blob;
pub mod keyring;
pub mod tlog;
