#![doc = include_str!("../README.md")]

pub mod fault;
pub mod tidy;
