//! Starts the real program on fresh offices and measures what the project promises: appends, pages, look-ups, start, memory, growth, both stores.

mod report;
mod scenario;
mod server;

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::load::{self, Plan, Value, Values};
use report::{Line, median, table};
pub use scenario::Scenario;
use scenario::{Measure, between, command, keep};
use server::{Server, complete, folder_bytes, free_address, printed};

/// Runs of each measurement, of which the medians are reported: one alone may have met another program's moment.
pub const RUNS: usize = 3;

/// A measurement whose answers must show something is asked so often beforehand.
const SHOWN: usize = 20;

/// How `fill` begins the line that says which documents it made, as in `documents S0001060 to S0251059`.
const DOCUMENTS: &str = "documents ";

/// How to run.
#[derive(Debug)]
pub struct Options {
    /// The program.
    pub siger: PathBuf,
    /// Where the report goes, and what the program prints.
    pub out: PathBuf,
    /// Measured time of one run.
    pub seconds: f64,
    /// Unmeasured time before each run.
    pub warm_up: f64,
    /// An office is left alone for this long before its memory is read.
    pub idle: Duration,
    /// Numbers of entries to which the office is filled, and at which it is measured, smallest first; empty for the office as made. Not both in one run:
    /// measuring appends some hundred thousand entries, after which an office of ten thousand cannot be had.
    pub growth: Vec<u64>,
    /// URL of a PostgreSQL database that may be written to; without it only SQLite is measured, and the report says so.
    pub postgres: Option<String>,
    /// Parts of names of measurements to run; all where empty.
    pub only: Vec<String>,
}

/// Figures of one start.
struct Standing {
    engine: String,
    entries: u64,
    start_ms: f64,
    built_s: f64,
    idle_megabytes: f64,
    disk_bytes: u64,
}

/// Runs all of it and returns the report, which also lies in the folder `out` as `ground.md`.
///
/// # Errors
/// When the program cannot be started, signed in to, or asked.
pub fn run(scenario: &Scenario, options: &Options) -> Result<String> {
    std::fs::create_dir_all(&options.out)?;
    let heading = format!("Commit {}. {}.", report::commit(), report::machine());
    let (mut lines, mut standings) = (Vec::new(), Vec::new());
    let mut stores = vec![("SQLite", scenario.program.store_sqlite.clone())];
    stores.extend(options.postgres.iter().map(|url| ("PostgreSQL", url.clone())));
    for (engine, store) in &stores {
        let office = Office::make(scenario, options, engine, store)?;
        if options.growth.is_empty() {
            office.stage(scenario, options, 0, &mut lines, &mut standings)?;
        }
        for entries in &options.growth {
            office.fill(scenario, *entries)?;
            office.stage(scenario, options, *entries, &mut lines, &mut standings)?;
        }
    }
    let mut text = format!(
        "# The ground, measured\n\n{heading}\n{RUNS} runs of {} s after {} s of warm-up; medians, each figure for itself.\n\n",
        options.seconds, options.warm_up
    );
    text.push_str(&table(&lines));
    text.push_str("\n| store | entries | start to ready, ms | to all names searchable, s | idle memory, MB | data folder, MB |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for s in &standings {
        let over = |figure: f64, max: u64| if figure > max as f64 { " **(over budget)**" } else { "" };
        text.push_str(&format!(
            "| {} | {} | {:.0}{} | {:.1} | {:.1}{} | {:.1} |\n",
            s.engine,
            if s.entries == 0 { "as made".to_owned() } else { s.entries.to_string() },
            s.start_ms,
            over(s.start_ms, scenario.program.start_ms_max),
            s.built_s,
            s.idle_megabytes,
            over(s.idle_megabytes, scenario.program.idle_megabytes_max),
            s.disk_bytes as f64 / 1e6
        ));
    }
    if options.postgres.is_none() {
        text.push_str("\nPostgreSQL was not measured: no server was named (`--postgres` or SIGER_TEST_POSTGRES).\n");
    }
    std::fs::write(options.out.join("ground.md"), &text)?;
    Ok(text)
}

/// One office in a folder of its own, removed in the end.
struct Office {
    folder: tempfile::TempDir,
    engine: String,
    store: String,
    siger: String,
    /// First and last number of the documents that the newest fill made.
    made: Cell<Option<(u64, u64)>>,
}

impl Office {
    fn make(scenario: &Scenario, options: &Options, engine: &str, store: &str) -> Result<Self> {
        // Beside the report and not in the system's temporary folder, which may be memory: a sync there costs nothing and proves nothing.
        let folder = tempfile::Builder::new().prefix("office-").tempdir_in(&options.out)?;
        let siger = options.siger.to_str().context("the path of the program is not UTF-8")?.to_owned();
        let office = Office { folder, engine: engine.to_owned(), store: store.to_owned(), siger, made: Cell::new(None) };
        complete(&office.command(&scenario.program.make, &[])?).context("making an office")?;
        Ok(office)
    }

    fn command(&self, words: &[String], more: &[(&str, &str)]) -> Result<Vec<String>> {
        let office = self.folder.path().to_str().context("the path of the office is not UTF-8")?;
        let mut holes = vec![("siger", self.siger.as_str()), ("office", office), ("store", &self.store)];
        holes.extend_from_slice(more);
        command(words, &holes)
    }

    fn fill(&self, scenario: &Scenario, entries: u64) -> Result<()> {
        ensure!(!scenario.program.fill.is_empty(), "the scenario has no command `fill`, which growth needs");
        let said = printed(&self.command(&scenario.program.fill, &[("entries", &entries.to_string())])?);
        let said = said.with_context(|| format!("filling up to {entries} entries"))?;
        if let Some(documents) = said.lines().find_map(|line| line.strip_prefix(DOCUMENTS)) {
            self.made.set(Some(range(documents).with_context(|| format!("{documents:?} is no range of documents"))?));
        }
        Ok(())
    }

    fn start(&self, scenario: &Scenario, log: &Path) -> Result<Server> {
        let address = free_address()?;
        let words = self.command(&scenario.program.serve, &[("listen", &address.to_string())])?;
        Server::start(&words, address, &scenario.program.ready, log)
    }

    /// Starts, idle memory, and the measurements, of the office as it is now.
    fn stage(&self, scenario: &Scenario, options: &Options, entries: u64, lines: &mut Vec<Line>, standings: &mut Vec<Standing>) -> Result<()> {
        let log = options.out.join(format!("{}-{entries}.log", self.engine));
        let mut starts = Vec::new();
        for _ in 1..RUNS {
            starts.push(self.start(scenario, &log)?.start.as_secs_f64() * 1000.0);
        }
        let server = self.start(scenario, &log)?;
        starts.push(server.start.as_secs_f64() * 1000.0);
        let built_s = server.built(&scenario.program.ready, &scenario.program.building)?.as_secs_f64();
        std::thread::sleep(options.idle);
        let idle_megabytes = server.resident_megabytes()?;
        let disk_bytes = folder_bytes(self.folder.path())?;
        standings.push(Standing { engine: self.engine.clone(), entries, start_ms: median(starts), built_s, idle_megabytes, disk_bytes });
        let values = self.sign_in(scenario, server.address)?;
        let wanted = |measure: &&Measure| options.only.is_empty() || options.only.iter().any(|part| measure.name.contains(part.as_str()));
        let in_turn = |measure: &&Measure| if entries == 0 { !measure.filled } else { measure.growth };
        for measure in scenario.measure.iter().filter(wanted).filter(in_turn) {
            let line = self.measure(measure, options, entries, server.address, &values)?;
            eprintln!("{} {entries} {}: {:.0}/s, p99 {:.2} ms", self.engine, line.what, line.per_second, line.millis[2]);
            lines.push(line);
        }
        Ok(())
    }

    fn measure(&self, measure: &Measure, options: &Options, entries: u64, address: SocketAddr, values: &Values) -> Result<Line> {
        let host = address.to_string();
        for ask in measure.requests.iter().filter(|_| !measure.shows.is_empty()) {
            let mut values = values.clone();
            values.insert("n".to_owned(), Value::Counter);
            for answer in load::ask_times(address, &host, &ask.request()?, &values, SHOWN)? {
                ensure!(answer.body.contains(&measure.shows), "{}: an answer of {} does not show {:?}", ask.name, answer.status, measure.shows);
            }
        }
        let mut runs = Vec::new();
        for run in 0..RUNS {
            let mut values = values.clone();
            values.insert("n".to_owned(), Value::Counter);
            // The folder's name is new each time, so an idempotency key of an earlier run, or of one on the same PostgreSQL, never comes again.
            let unique = self.folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            values.insert("run".to_owned(), Value::Fixed(format!("{unique}-{}-{entries}-{run}", measure.name.replace(' ', "-"))));
            let plan = Plan {
                address,
                host: address.to_string(),
                connections: measure.connections,
                warm_up: Duration::try_from_secs_f64(options.warm_up)?,
                duration: Duration::try_from_secs_f64(options.seconds)?,
                think: Duration::from_millis(measure.think_ms),
                requests: measure.requests.iter().map(|ask| Ok((ask.request()?, ask.weight))).collect::<Result<_>>()?,
                values,
            };
            runs.push(load::run(&plan).with_context(|| format!("measuring {}", measure.name))?);
        }
        let mut line = Line::of(&self.engine, entries, &measure.what, measure.connections, &runs);
        let budget = &measure.budget;
        if budget.per_second.is_some() || budget.p99_ms.is_some() {
            let met = line.errors.is_empty()
                && budget.per_second.is_none_or(|least| line.per_second >= least as f64)
                && budget.p99_ms.is_none_or(|most| line.millis[2] <= most as f64);
            line.verdict = if met { "met" } else { "**missed**" }.to_owned();
        }
        Ok(line)
    }

    fn sign_in(&self, scenario: &Scenario, address: SocketAddr) -> Result<Values> {
        let (mut values, mut cookies) = (Values::from([("cookie".to_owned(), Value::Fixed(String::new()))]), Vec::new());
        if !scenario.program.code.is_empty() {
            let code = printed(&self.command(&scenario.program.code, &[])?)?;
            values.insert("code".to_owned(), Value::Fixed(code.trim().to_owned()));
        }
        for ask in &scenario.sign_in {
            let answer = load::ask(address, &address.to_string(), &ask.request()?, &values)?;
            ensure!(answer.status < 400, "{} was answered with {}", ask.name, answer.status);
            keep(ask, &answer, &mut cookies, &mut values)?;
        }
        for list in &scenario.values {
            let answer = load::ask(address, &address.to_string(), &list.from.request()?, &values)?;
            let found = between(&answer.body, &list.after, &list.before);
            ensure!(!found.is_empty(), "no value for {}: {} was answered with {}", list.name, list.from.name, answer.status);
            values.insert(list.name.clone(), Value::EachOf(found));
        }
        if let Some((first, last)) = self.made.get() {
            values.insert("made".to_owned(), Value::Spread { from: first, count: last - first + 1, digits: 7 });
        }
        Ok(values)
    }
}

/// Reads `S0001060 to S0251059`.
fn range(documents: &str) -> Option<(u64, u64)> {
    let number = |text: &str| text.trim().strip_prefix('S')?.parse().ok();
    let (first, last) = documents.split_once(" to ")?;
    Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last)
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn the_documents_that_a_fill_made() {
        assert_eq!(range("S0001060 to S0251059"), Some((1060, 251_059)));
        assert_eq!(range("S0251059 to S0001060"), None);
        assert_eq!(range("none"), None);
    }
}
