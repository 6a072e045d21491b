#![doc = include_str!("../README.md")]

pub mod crash;
pub mod fault;
pub mod office;
pub mod tidy;
