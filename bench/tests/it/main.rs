//! The load generator against the smallest server, in this process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, ensure};
use siger_bench::floor;
use siger_bench::ground::{self, Options, Scenario};
use siger_bench::load::{Plan, Request, Value, Values, ask, run};

/// A server that lives as long as the test process.
fn server() -> Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || -> Result<()> {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, floor::router()).await?;
            Ok(())
        })
    });
    Ok(address)
}

fn request(method: &str, path: &str, body: &str) -> Request {
    Request { name: path.to_owned(), method: method.to_owned(), path: path.to_owned(), body: body.to_owned(), ..Request::default() }
}

fn plan(address: SocketAddr, requests: Vec<(Request, u32)>) -> Plan {
    Plan {
        address,
        host: address.to_string(),
        connections: 8,
        warm_up: Duration::from_millis(50),
        duration: Duration::from_millis(400),
        think: Duration::ZERO,
        requests,
        values: Values::from([("n".to_owned(), Value::Counter)]),
    }
}

#[test]
fn answers_are_counted_by_request_and_status() -> Result<()> {
    let address = server()?;
    let requests = vec![(request("GET", "/page", ""), 2), (request("POST", "/echo", "number ${n}"), 1), (request("GET", "/busy", ""), 1)];
    let outcome = run(&plan(address, requests))?;
    ensure!(outcome.broken == 0, "{:?}", outcome.reasons);
    ensure!(outcome.statuses.keys().copied().collect::<Vec<_>>() == [200, 503], "{:?}", outcome.statuses);
    let counts: BTreeMap<&str, u64> = outcome.by_name.iter().map(|(name, histogram)| (name.as_str(), histogram.len())).collect();
    let (pages, echoes) = (counts["/page"], counts["/echo"]);
    ensure!(echoes > 10 && pages.abs_diff(2 * echoes) <= 16, "{counts:?}: two pages for each echo, but for those that were on their way");
    ensure!(counts["/busy"] == 0, "a refusal is not an answer");
    ensure!(outcome.errors() == outcome.statuses[&503] && outcome.errors().abs_diff(echoes) <= 16, "{:?}", outcome.statuses);
    ensure!(outcome.latency.len() == pages + echoes && outcome.millis(0.5) > 0.0 && outcome.millis(0.5) <= outcome.millis_max());
    Ok(())
}

#[test]
fn a_pause_after_each_answer_bounds_the_rate() -> Result<()> {
    let mut plan = plan(server()?, vec![(request("GET", "/", ""), 1)]);
    plan.think = Duration::from_millis(20);
    let outcome = run(&plan)?;
    let most = 8.0 * (outcome.seconds / 0.02 + 1.0);
    ensure!(!outcome.latency.is_empty() && outcome.latency.len() as f64 <= most, "{} answers, at most {most}", outcome.latency.len());
    Ok(())
}

#[test]
fn a_server_that_is_gone_is_an_error() -> Result<()> {
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    ensure!(run(&plan(address, vec![(request("GET", "/", ""), 1)])).is_err());
    Ok(())
}

#[test]
fn one_whole_answer() -> Result<()> {
    let address = server()?;
    let answer = ask(address, "here", &request("POST", "/echo", "what was sent"), &Values::new())?;
    ensure!((answer.status, answer.body.as_str()) == (200, "what was sent"));
    Ok(())
}

/// The runner of `siger-bench ground` from making an office to the report, with the smallest server in place of the program.
#[test]
fn the_ground_is_measured_and_reported() -> Result<()> {
    let scenario = Scenario::parse(
        r#"
        [program]
        make = ["true"]
        fill = ["test", "${entries}", "-gt", "0"]
        serve = ["${siger}", "floor", "--listen", "${listen}"]
        ready = "/"
        store_sqlite = "sqlite"
        idle_megabytes_max = 100
        start_ms_max = 60000

        [[measure]]
        name = "page"
        what = "a page"
        connections = 4
        growth = true
        budget = { per_second = 1 }
        requests = [{ name = "page", method = "GET", path = "/page" }]

        [[measure]]
        name = "busy"
        what = "a refusal"
        connections = 4
        budget = { per_second = 1 }
        requests = [{ name = "busy", method = "GET", path = "/busy" }]
        "#,
    )?;
    let out = tempfile::tempdir()?;
    let options = Options {
        siger: env!("CARGO_BIN_EXE_siger-bench").into(),
        out: out.path().to_owned(),
        seconds: 0.1,
        warm_up: 0.02,
        idle: Duration::ZERO,
        growth: vec![10],
        postgres: None,
        only: Vec::new(),
    };
    let rows = |report: &str, what: &str| report.lines().filter(|line| line.contains(what)).map(str::to_owned).collect::<Vec<_>>();
    let filled = ground::run(&scenario, &options)?;
    ensure!(filled == std::fs::read_to_string(out.path().join("ground.md"))?);
    ensure!(rows(&filled, "| a page |").len() == 1 && rows(&filled, "| a refusal |").is_empty(), "only what grows is measured in a filled office: {filled}");
    ensure!(rows(&filled, "| SQLite | 10 |").len() == 2 && filled.contains("PostgreSQL was not measured"), "{filled}");
    let made = ground::run(&scenario, &Options { growth: Vec::new(), ..options })?;
    let (page, refusal) = (rows(&made, "| a page |"), rows(&made, "| a refusal |"));
    ensure!(page.len() == 1 && page.iter().all(|line| line.ends_with("| met |")), "{made}");
    ensure!(refusal.len() == 1 && refusal[0].contains(" x 503") && refusal[0].contains("**missed**"), "{made}");
    Ok(())
}

/// Both sides read and write the specimens, and a ratio comes out.
#[test]
fn zones_are_measured_beside_their_peer() -> Result<()> {
    let table = siger_bench::mrz::run(&siger_bench::mrz::Options { rounds: 1, time: Duration::from_millis(2) })?;
    let rows: Vec<&str> = table.lines().skip(2).collect();
    ensure!(rows.len() == 9 && rows.iter().all(|row| row.split('|').filter_map(|cell| cell.trim().parse::<f64>().ok()).count() == 3), "{table}");
    Ok(())
}
