//! The program as an administrator runs it: offices made and served by the real binary in temporary folders.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a failing unwrap is the failing test, and tests of a running program wait for it by the machine's clock"
)]

mod drill;
mod keys;
mod law;
mod mrz;
mod offices;
mod running;
mod service;
mod tamper;
mod tls;
mod wrong;

use std::path::Path;
use std::process::{Command, Output};

/// The program, in a folder, with nothing of the caller's environment that names an office.
fn siger(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_siger"));
    command.current_dir(folder).env_remove("SIGER_SETTINGS").env_remove("SIGER_PASSPHRASE").env_remove("CREDENTIALS_DIRECTORY");
    command.stdin(std::process::Stdio::null());
    command
}

/// What a finished command said: exit status, standard output, standard error.
fn said(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("ended by itself"), text(output.stdout), text(output.stderr))
}

/// Runs a command to its end.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    said(siger(folder).args(arguments).output().expect("the program runs"))
}
