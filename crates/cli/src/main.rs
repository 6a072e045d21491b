//! The program `siger`: one file a command.
//!
//! What a command answers goes to standard output, everything else to standard error. How it ended is said by the exit
//! status: [`exit`].

mod archive;
mod ask;
mod check;
mod demo;
mod doctor;
mod fill;
mod flags;
mod init;
mod invite;
mod keys;
mod law;
mod log;
mod mrz;
mod place;
mod reference;
mod sample;
mod serve;
mod serving;
mod settings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Pages are made of many short-lived strings by several threads at once. The system's allocator takes locks for them that all threads share, which was a
/// part of what a page cost (bench/README.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the exit status says. Written down in docs/guide/settings.md too.
mod exit {
    /// It could not be done.
    pub const FAILED: u8 = 1;
    /// The command line or the settings are wrong; nothing was begun. Also clap's own.
    pub const USAGE: u8 = 2;
    /// It was looked, and something is wrong.
    pub const FOUND: u8 = 3;
}

/// It was looked, and something is wrong: the details were said already.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Found(String);

/// An open immigration office in one program.
///
/// Exit status: 0 done; 1 could not be done; 2 wrong command line or settings, nothing was begun; 3 looked, and something is wrong.
#[derive(Parser)]
#[command(name = "siger", version, about, arg_required_else_help = true, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a sample office with invented people, and serve it to this machine
    Demo(demo::Demo),
    /// Make an empty office and invite its first administrator and head
    Init(init::Init),
    /// Serve an office
    Serve(serve::Serve),
    /// Let somebody in from the console: a new officer, or one who lost passkey or phone
    Invite(invite::Invite),
    /// Look whether everything that is kept is whole, and whether the data is an old copy
    Check(check::Check),
    /// Write a backup while the office works
    Backup(archive::Backup),
    /// Bring a backup back into an empty place, with today's keys
    Restore(archive::Restore),
    /// Write an archive of an office that moves, also to another database
    Export(archive::Export),
    /// Bring in an office that moves
    Import(archive::Import),
    /// List, rotate and retire keys
    Keys(keys::Keys),
    /// Look whether the rules of law/ are sound, and explain what they say of a case
    Law(law::Command),
    /// Look whether the installation is sound, and say what to do where it is not
    Doctor(doctor::Doctor),
    /// Put many invented persons and notes into a sample office, for measuring
    Fill(fill::Fill),
    /// Read machine-readable zones of travel documents; needs no office
    Mrz(mrz::Mrz),
    /// Print the reference of all settings
    Settings(reference::Reference),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
        Command::Invite(invite) => invite.run(),
        Command::Check(check) => check.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Export(export) => export.run(),
        Command::Import(import) => import.run(),
        Command::Keys(keys) => keys.run(),
        Command::Law(law) => law.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Fill(fill) => fill.run(),
        Command::Mrz(mrz) => mrz.run(),
        Command::Settings(reference) => reference.run(),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    eprintln!("siger: {}", told(&error));
    ExitCode::from(if error.is::<settings::Wrong>() || error.is::<law::BadFacts>() || error.is::<law::BadDay>() {
        exit::USAGE
    } else if error.is::<Found>() {
        exit::FOUND
    } else {
        exit::FAILED
    })
}

/// The error with its causes; a cause that the text before it quotes already is left out.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if !told.contains(&text) {
            if !told.is_empty() {
                told.push_str(": ");
            }
            told.push_str(&text);
        }
    }
    told
}
