//! What the store promises, on both engines.

mod append;
mod list;
mod operation;
mod years;
