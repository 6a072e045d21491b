//! Integration tests of the store. One binary, because linking is slow.
#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the failing test; clippy by itself exempts only the test functions, not their helpers")]

mod check;
mod contract;
mod fixture;
mod inspection;
mod keys;
mod place;
mod reader;
mod tlog_verifiers;
