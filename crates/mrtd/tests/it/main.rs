//! Zones read and written through the public interface: the standard's specimens, cases from elsewhere, what must hold for any
//! text and for any document.

#![expect(clippy::unwrap_used, reason = "a failing unwrap is the failing test")]

mod any;
mod cases;
mod digits;
mod laws;
mod peer;
mod specimens;
mod words;
