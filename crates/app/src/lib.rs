#![doc = include_str!("../README.md")]

pub mod access;
pub mod account;
pub mod alarm;
pub mod backup;
pub mod blob;
mod ceremony;
pub mod context;
pub mod error;
pub mod founding;
pub mod identity;
pub mod index;
pub mod inspection;
pub mod job;
pub mod journal;
pub mod keys;
pub mod live;
pub mod notify;
pub mod office;
pub mod officer;
pub mod orphan;
pub mod part;
pub mod person;
pub mod random;
pub mod request;
pub mod retention;
pub mod session;
pub mod sign_in;

pub use context::Context;
pub use error::{Error, Result};
pub use office::Office;
