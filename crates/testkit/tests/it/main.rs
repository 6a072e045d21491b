//! Tests of the project as a whole, and of the test kit itself: a tool that finds nothing proves nothing until it is shown to find something.
#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the failing test; clippy by itself exempts only the test functions, not their helpers")]

mod api;
mod api_access;
mod api_described;
mod api_logs;
mod archive;
mod backup;
mod commands;
mod crash;
mod damaged;
mod desk;
mod engines;
mod fault;
mod index;
mod inspection;
mod jobs;
mod keys;
mod kill;
mod notify;
mod office;
mod outside;
mod picture;
mod race;
mod replay;
mod retention;
mod sealed;
mod sign_in;
#[path = "../../../app/src/identity/passkey/tests/soft.rs"]
mod soft;
mod store;
mod tamper;
mod tidy;
