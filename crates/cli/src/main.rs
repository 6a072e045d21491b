//! The program `siger`: one file a command.
//!
//! What a command answers goes to standard output, everything else to standard error. It ends with 0 when it did what was
//! asked, with 1 when not; a wrong call ends with 2.

mod demo;
mod init;
mod place;
mod serve;

use clap::{Parser, Subcommand};

/// An open immigration office in one program.
#[derive(Parser)]
#[command(name = "siger", version, about, arg_required_else_help = true)]
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
}

fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SIGER_LOG").unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(),
    }
}
