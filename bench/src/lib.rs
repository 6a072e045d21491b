#![doc = include_str!("../README.md")]

pub mod floor;
pub mod ground;
pub mod load;
pub mod mrz;
