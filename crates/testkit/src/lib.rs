#![doc = include_str!("../README.md")]

pub mod crash;
pub mod engine;
pub mod fault;
pub mod http;
pub mod life;
pub mod office;
pub mod outside;
pub mod sample;
pub mod tidy;
pub mod zone;
