//! `siger-bench`: see README.md beside it.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};
use siger_bench::ground::{Options, Scenario};
use siger_bench::load::{self, Outcome, Plan, Request, Value, Values};

#[derive(Parser)]
#[command(name = "siger-bench", about = "Measures Siger")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load one address.
    Http(Http),
    /// Start the real program on fresh offices and measure all that the project promises.
    Ground(Ground),
    /// Read and write zones of travel documents, beside the crate `mrz`.
    Mrz {
        /// Of so many rounds the median is told.
        #[arg(long, default_value_t = 9)]
        rounds: usize,
        /// Seconds of one measurement.
        #[arg(short, long, default_value_t = 0.2)]
        duration: f64,
    },
    /// Serve almost nothing, to see what the load generator itself can do on this machine.
    Floor {
        #[arg(long, default_value = "127.0.0.1:8099")]
        listen: SocketAddr,
    },
}

#[derive(clap::Args)]
struct Http {
    /// http://host:port/path; `${n}` in it, in a header or in the body becomes a number that never comes twice.
    #[arg(long)]
    url: String,
    #[arg(long)]
    method: Option<String>,
    /// name: value
    #[arg(long = "header")]
    headers: Vec<String>,
    #[arg(long)]
    body_file: Option<PathBuf>,
    #[arg(short, long, default_value_t = 64)]
    connections: usize,
    /// Seconds.
    #[arg(short, long, default_value_t = 10.0)]
    duration: f64,
    /// Seconds.
    #[arg(short, long, default_value_t = 1.0)]
    warm_up: f64,
    /// Milliseconds of pause after each answer.
    #[arg(long, default_value_t = 0)]
    think_ms: u64,
}

#[derive(clap::Args)]
struct Ground {
    /// The program, built for release.
    #[arg(long, default_value = "target/release/siger")]
    siger: PathBuf,
    #[arg(long, default_value = "bench/ground.toml")]
    scenario: PathBuf,
    /// Folder for the report; offices are made in it, so it should lie on the disk to be measured.
    #[arg(long, default_value = "bench/out")]
    out: PathBuf,
    /// Measured seconds of one run.
    #[arg(short, long, default_value_t = 10.0)]
    duration: f64,
    /// Seconds.
    #[arg(short, long, default_value_t = 2.0)]
    warm_up: f64,
    /// Seconds an office is left alone before its memory is read.
    #[arg(long, default_value_t = 5.0)]
    idle: f64,
    /// Entries to fill the office with and measure at, for example 10000,1000000,10000000; without it the office is measured as made.
    #[arg(long, value_delimiter = ',')]
    growth: Vec<u64>,
    /// URL of a PostgreSQL database that may be written to; without it, what SIGER_TEST_POSTGRES says.
    #[arg(long)]
    postgres: Option<String>,
    /// Parts of names of measurements; all where none is given.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Command::Ground(ground) => {
            let scenario = Scenario::read(&ground.scenario)?;
            let Ground { siger, out, duration, warm_up, idle, growth, postgres, only, .. } = ground;
            let siger = siger.canonicalize().with_context(|| format!("there is no program {}", siger.display()))?;
            let options = Options {
                siger,
                out,
                seconds: duration,
                warm_up,
                idle: Duration::try_from_secs_f64(idle)?,
                growth,
                postgres: postgres.or_else(|| std::env::var("SIGER_TEST_POSTGRES").ok()).filter(|url| !url.is_empty()),
                only,
            };
            print!("{}", siger_bench::ground::run(&scenario, &options)?);
            Ok(())
        }
        Command::Mrz { rounds, duration } => {
            print!("{}", siger_bench::mrz::run(&siger_bench::mrz::Options { rounds, time: Duration::try_from_secs_f64(duration)? })?);
            Ok(())
        }
        Command::Floor { listen } => siger_bench::floor::serve(listen),
        Command::Http(http) => {
            let outcome = load::run(&plan(http)?)?;
            print(&outcome);
            if outcome.errors() > 0 {
                bail!("{} errors", outcome.errors());
            }
            Ok(())
        }
    }
}

fn plan(http: Http) -> Result<Plan> {
    let rest = http.url.strip_prefix("http://").context("the address must begin with http:// (plain TCP; TLS would measure the client as well)")?;
    let (host, path) = rest.split_once('/').map_or((rest, "/".to_owned()), |(host, path)| (host, format!("/{path}")));
    let named = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let address = named.to_socket_addrs()?.next().with_context(|| format!("no address for {named}"))?;
    let body = http.body_file.map(std::fs::read_to_string).transpose().context("the body file")?.unwrap_or_default();
    let headers = http
        .headers
        .iter()
        .map(|line| {
            line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).with_context(|| format!("no colon in {line:?}"))
        })
        .collect::<Result<_>>()?;
    let method = http.method.unwrap_or_else(|| if body.is_empty() { "GET" } else { "POST" }.to_owned());
    Ok(Plan {
        address,
        host: host.to_owned(),
        connections: http.connections,
        warm_up: Duration::try_from_secs_f64(http.warm_up)?,
        duration: Duration::try_from_secs_f64(http.duration)?,
        think: Duration::from_millis(http.think_ms),
        requests: vec![(Request { name: "request".to_owned(), method, path, headers, body }, 1)],
        values: Values::from([("n".to_owned(), Value::Counter)]),
    })
}

fn print(outcome: &Outcome) {
    println!("{:.0} answers/s over {:.1} s, {:.1} MB/s", outcome.rate(), outcome.seconds, outcome.bytes as f64 / outcome.seconds / 1e6);
    println!("p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms", outcome.millis(0.5), outcome.millis(0.9), outcome.millis(0.99), outcome.millis_max());
    for (status, count) in &outcome.statuses {
        println!("status {status}: {count}");
    }
    println!("broken connections: {}{}", outcome.broken, outcome.reasons.iter().map(|reason| format!("\n  {reason}")).collect::<String>());
    println!("open at the end: {}, oldest {:.2} ms", outcome.unfinished.0, outcome.unfinished.1.as_secs_f64() * 1000.0);
    println!("the generator used {:.2} of one core", outcome.own_core);
}
