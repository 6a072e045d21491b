//! A load generator for HTTP/1.1 over plain TCP: a fixed number of connections that each send the next request when the answer to the last has arrived.
//!
//! One thread, one event loop (epoll), requests built beforehand, answers read only as far as needed to find their end: on a machine of two
//! cores whoever asks must leave the cores to whoever answers. A closed loop measures how long an answer takes when so many clients wait for theirs;
//! it does not show the queue that clients who do not wait for each other would build up (coordinated omission), which is why the
//! slowest answer and the ones still open at the end are reported too.

mod client;
mod connection;
mod response;
mod template;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use hdrhistogram::Histogram;
use mio::{Events, Poll, Token};

pub use client::{Answer, ask, ask_times};
use connection::{Connection, Step};
pub use response::Response;
pub use template::{Request, Template, Value, Values};

/// Most connections: each holds buffers, and beyond this the single thread would measure itself.
pub const CONNECTIONS_MAX: usize = 4096;

/// After so many broken connections a run is given up: the server is gone, and asking again would only heat the machine.
const BROKEN_MAX: u64 = 1000;

/// Longest latency that the histogram tells apart, in microseconds.
const LATENCY_MICROS_MAX: u64 = 600_000_000;

/// Read at once; larger than any page of ours, so that most answers take one call.
const READ_BYTES: usize = 256 * 1024;

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the server listens.
    pub address: SocketAddr,
    /// The `Host` header.
    pub host: String,
    /// Requests that wait for their answer at the same time.
    pub connections: usize,
    /// Asked for this long before measuring: caches, pools and the tree's edge are then as in the middle of a day.
    pub warm_up: Duration,
    /// Measured for this long.
    pub duration: Duration,
    /// Pause of each connection after an answer.
    pub think: Duration,
    /// What is sent, in turn, each as often as its weight says.
    pub requests: Vec<(Request, u32)>,
    /// What the holes are filled with.
    pub values: Values,
}

/// What was measured.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Measured time.
    pub seconds: f64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Connections that broke or spoke no HTTP.
    pub broken: u64,
    /// The first few reasons.
    pub reasons: Vec<String>,
    /// Bytes that arrived.
    pub bytes: u64,
    /// Requests without answer at the end, and the age of the oldest.
    pub unfinished: (usize, Duration),
    /// Share of one core that the generator itself used; near 1.0 it is the bottleneck, and the figures are its own.
    pub own_core: f64,
    /// Microseconds from the first byte written to the last byte read, of answers below 400.
    pub latency: Histogram<u64>,
    /// The same by name of the request.
    pub by_name: Vec<(String, Histogram<u64>)>,
}

impl Outcome {
    /// Good answers a second: those below 400.
    pub fn rate(&self) -> f64 {
        self.latency.len() as f64 / self.seconds
    }

    /// Answers of 400 and above, and broken connections.
    pub fn errors(&self) -> u64 {
        self.broken + self.statuses.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum::<u64>()
    }

    /// A quantile of the latency in milliseconds.
    pub fn millis(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1000.0
    }

    /// The slowest answer in milliseconds.
    pub fn millis_max(&self) -> f64 {
        self.latency.max() as f64 / 1000.0
    }
}

struct Meter {
    outcome: Outcome,
    measuring: bool,
}

impl Meter {
    fn new(plan: &Plan) -> Result<Self> {
        let histogram = || Histogram::new_with_bounds(1, LATENCY_MICROS_MAX, 3).context("a histogram with these bounds");
        let by_name = plan.requests.iter().map(|(request, _)| Ok((request.name.clone(), histogram()?))).collect::<Result<_>>()?;
        let outcome = Outcome {
            seconds: 0.0,
            statuses: BTreeMap::new(),
            broken: 0,
            reasons: Vec::new(),
            bytes: 0,
            unfinished: (0, Duration::ZERO),
            own_core: 0.0,
            latency: histogram()?,
            by_name,
        };
        Ok(Meter { outcome, measuring: false })
    }

    fn answered(&mut self, request: usize, status: u16, took: Duration) {
        if !self.measuring {
            return;
        }
        *self.outcome.statuses.entry(status).or_default() += 1;
        if status < 400 {
            let micros = (took.as_micros() as u64).max(1);
            self.outcome.latency.saturating_record(micros);
            self.outcome.by_name[request].1.saturating_record(micros);
        }
    }

    fn broke(&mut self, reason: &anyhow::Error) -> Result<()> {
        self.outcome.broken += 1;
        if self.outcome.reasons.len() < 5 {
            self.outcome.reasons.push(format!("{reason:#}"));
        }
        ensure!(self.outcome.broken < BROKEN_MAX, "{BROKEN_MAX} connections broke: {}", self.outcome.reasons.join("; "));
        Ok(())
    }
}

/// Which request comes next: each in proportion to its weight, spread evenly and the same in each run.
fn order(requests: &[(Request, u32)]) -> Vec<usize> {
    let total: u32 = requests.iter().map(|(_, weight)| weight).sum();
    let mut credit = vec![0i64; requests.len()];
    let mut order = Vec::new();
    for _ in 0..total {
        for (index, (_, weight)) in requests.iter().enumerate() {
            credit[index] += i64::from(*weight);
        }
        if let Some(best) = (0..credit.len()).max_by_key(|index| (credit[*index], std::cmp::Reverse(*index))) {
            credit[best] -= i64::from(total);
            order.push(best);
        }
    }
    order
}

/// Runs the plan on this thread.
///
/// # Errors
/// When the plan is wrong, the server cannot be reached, or most connections break.
#[expect(clippy::disallowed_methods, reason = "measuring is what this program is for")]
pub fn run(plan: &Plan) -> Result<Outcome> {
    ensure!((1..=CONNECTIONS_MAX).contains(&plan.connections), "connections must be 1 to {CONNECTIONS_MAX}");
    let order = order(&plan.requests);
    ensure!(!order.is_empty(), "nothing to send");
    let mut templates = plan.requests.iter().map(|(request, _)| Template::new(request, &plan.host, &plan.values)).collect::<Result<Vec<_>>>()?;
    let mut meter = Meter::new(plan)?;
    let mut poll = Poll::new().context("epoll")?;
    let mut buffer = vec![0; READ_BYTES];
    let mut turn = 0;
    let mut send = |connection: &mut Connection, now: Instant| {
        let next = order[turn % order.len()];
        turn += 1;
        templates[next].write(connection.begin(next, now));
        connection.write()
    };
    let mut connections = Vec::with_capacity(plan.connections);
    for index in 0..plan.connections {
        let mut connection = Connection::open(plan.address, poll.registry(), Token(index))?;
        send(&mut connection, Instant::now())?;
        connections.push(connection);
    }

    let begin = Instant::now();
    let (mut measured_from, mut own_from) = (begin + plan.warm_up, own_cpu_seconds());
    let end = measured_from + plan.duration;
    let mut events = Events::with_capacity(plan.connections);
    // Connections that think, in the order in which they wake: the pause is the same for all, so the queue is sorted by itself.
    let mut thinking: std::collections::VecDeque<(Instant, usize)> = std::collections::VecDeque::new();
    loop {
        let now = Instant::now();
        if !meter.measuring && now >= measured_from {
            meter.measuring = true;
            (measured_from, own_from) = (now, own_cpu_seconds());
        }
        if now >= end {
            break;
        }
        let wake = thinking.front().map_or(end, |(when, _)| *when).min(if meter.measuring { end } else { measured_from });
        poll.poll(&mut events, Some(wake.saturating_duration_since(now))).or_else(|error| match error.kind() {
            std::io::ErrorKind::Interrupted => Ok(()),
            _ => Err(error),
        })?;
        for event in &events {
            let index = event.token().0;
            let connection = &mut connections[index];
            let mut step = if event.is_writable() { connection.write() } else { Ok(()) }.and_then(|()| connection.read(&mut buffer));
            // An answer begets a request, and its answer may already be there.
            while let Ok(Step::Answered { request, status, started, bytes, close }) = step {
                let now = Instant::now();
                meter.answered(request, status, now - started);
                meter.outcome.bytes += if meter.measuring { bytes } else { 0 };
                if close {
                    *connection = Connection::open(plan.address, poll.registry(), Token(index))?;
                }
                if plan.think.is_zero() {
                    step = send(connection, now).map(|()| Step::Waiting);
                } else {
                    thinking.push_back((now + plan.think, index));
                    step = Ok(Step::Waiting);
                }
            }
            if let Err(reason) = step {
                meter.broke(&reason)?;
                *connection = Connection::open(plan.address, poll.registry(), Token(index))?;
                send(connection, Instant::now())?;
            }
        }
        while let Some((when, index)) = thinking.front().copied().filter(|(when, _)| *when <= Instant::now()) {
            thinking.pop_front();
            if connections[index].open_since().is_some() {
                continue; // it broke while it paused, and its replacement is at work
            }
            if let Err(reason) = send(&mut connections[index], when.max(Instant::now())) {
                meter.broke(&reason)?;
                connections[index] = Connection::open(plan.address, poll.registry(), Token(index))?;
                send(&mut connections[index], Instant::now())?;
            }
        }
    }
    let now = Instant::now();
    let open: Vec<Duration> = connections.iter().filter_map(Connection::open_since).map(|started| now - started).collect();
    let mut outcome = meter.outcome;
    outcome.seconds = (now - measured_from).as_secs_f64();
    outcome.unfinished = (open.len(), open.into_iter().max().unwrap_or_default());
    outcome.own_core = (own_cpu_seconds() - own_from) / outcome.seconds;
    Ok(outcome)
}

/// Processor seconds of this process (user and system), from the kernel's count in hundredths; 0 where there is none to read.
fn own_cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15 of proc(5); the second field may hold blanks, so counting starts after its bracket.
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_take_turns_by_weight() {
        let named = |name: &str, weight| (Request { name: name.to_owned(), ..Request::default() }, weight);
        assert_eq!(order(&[named("a", 1)]), [0]);
        assert_eq!(order(&[named("a", 3), named("b", 1)]), [0, 0, 1, 0]);
        assert_eq!(order(&[named("a", 1), named("b", 0), named("c", 1)]), [0, 2]);
    }
}
