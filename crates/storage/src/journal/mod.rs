//! The journal: what stands in an entry, its leaf in the log, appending, reading.

pub mod entry;
pub mod head;
pub mod read;
pub mod write;

pub use entry::{Entry, Line, Stamp};
pub(crate) use head::Changed;
pub use head::Head;
pub use write::Write;
