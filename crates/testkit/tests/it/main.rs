//! Tests of the project as a whole.
#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the failing test; clippy by itself exempts only the test functions, not their helpers")]

mod commands;
mod tidy;
