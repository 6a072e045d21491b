#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod cells;
pub mod check;
pub mod code;
pub mod date;
pub mod document;
pub mod emit;
pub mod format;
pub mod name;
pub mod parse;
pub mod problem;
pub mod scan;
pub mod sex;
pub mod state;
pub mod transliterate;
pub mod zone;

pub use document::Document;
pub use emit::emit;
pub use format::{Field, Format};
pub use parse::parse;
pub use problem::{Problem, Refusal};
pub use zone::Zone;
