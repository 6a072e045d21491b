//! Kills the real program under load, again and again, and looks at what it kept.
//!
//! SIGKILL ends a process between any two instructions, but the kernel keeps what was written: this finds acknowledgements before the
//! write, broken recovery and slow restarts. What a power cut takes as well is the business of [`crate::fault`].

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::fault::Rng;

/// Environment variable that names the program; without it the tests that need the program say that they were skipped.
pub const BINARY: &str = "SIGER_TEST_BINARY";

/// Most rounds of one run: each takes about a second, and `./test` has minutes.
pub const ROUNDS_MAX: u32 = 1000;

/// Longest wait for a start before it counts as failed; the budget of one second is for the caller to judge.
const START: Duration = Duration::from_secs(60);

/// Between two looks whether it serves.
const POLL: Duration = Duration::from_millis(2);

/// The program under test, where the environment names it. Says on standard output that the test is skipped where not.
pub fn binary() -> Option<PathBuf> {
    let found = std::env::var_os(BINARY).map(PathBuf::from);
    if found.is_none() {
        println!("skipped: {BINARY} does not name the program");
    }
    found
}

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Decides the moments; printed at the start.
    pub seed: u64,
    /// Kills.
    pub rounds: u32,
    /// The kill comes at a moment within this range after the program serves.
    pub after: (Duration, Duration),
    /// Program and arguments.
    pub command: Vec<String>,
    /// Added to the environment.
    pub environment: Vec<(String, String)>,
    /// Where it will listen.
    pub address: SocketAddr,
    /// Path that answers 200 when it serves.
    pub ready: String,
    /// What the program prints goes here.
    pub log: PathBuf,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Rounds in which something had been acknowledged before the kill.
    pub loaded_rounds: u32,
    /// Acknowledgements of all rounds.
    pub acknowledged: u64,
    /// From the start of the process to the first good answer after each kill.
    pub restarts: Vec<Duration>,
}

impl Seen {
    /// The slowest restart.
    pub fn slowest(&self) -> Duration {
        self.restarts.iter().copied().max().unwrap_or_default()
    }
}

/// Tells the load when to end: the program is about to be killed or is gone.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    /// Whether to end.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Starts the program, lets `load` write to it, kills it at a seeded moment, starts it again and calls `verify`, for each round.
///
/// `load` gets the round and returns what was acknowledged; it runs on a thread of its own, must treat a broken connection as the end, and must note an
/// acknowledgement only when its whole answer has arrived. `verify` gets the round and all acknowledgements so far, while the program serves.
///
/// # Errors
/// When the program does not start, or `load` or `verify` fails; the message names seed and round.
pub fn rounds<A, L, V>(plan: &Plan, load: L, mut verify: V) -> Result<Seen>
where
    A: Send,
    L: Fn(u32, &Stop) -> Result<Vec<A>> + Sync,
    V: FnMut(u32, &[A]) -> Result<()>,
{
    ensure!((1..=ROUNDS_MAX).contains(&plan.rounds) && plan.after.0 <= plan.after.1, "a plan of {} rounds, killed after {:?}", plan.rounds, plan.after);
    println!("kills with seed {}", plan.seed);
    let mut rng = Rng::new(plan.seed);
    let (mut seen, mut acknowledged) = (Seen::default(), Vec::new());
    let (mut program, _) = Running::start(plan)?;
    for round in 1..=plan.rounds {
        let range = (plan.after.1 - plan.after.0).as_micros() as usize;
        let moment = plan.after.0 + Duration::from_micros(rng.below(range + 1) as u64);
        let within = || format!("seed {}, round {round}, killed after {moment:?}", plan.seed);
        let stop = Stop::default();
        let new = std::thread::scope(|scope| -> Result<Vec<A>> {
            let loading = scope.spawn(|| load(round, &stop));
            std::thread::sleep(moment);
            let killed = program.kill();
            // After the kill, so that requests are under way when it comes.
            stop.0.store(true, Ordering::SeqCst);
            let loaded = loading.join().map_err(|_| anyhow::anyhow!("the load panicked"))?;
            killed.and(loaded)
        })
        .with_context(within)?;
        seen.loaded_rounds += u32::from(!new.is_empty());
        seen.acknowledged += new.len() as u64;
        acknowledged.extend(new);
        let (restarted, took) = Running::start(plan).with_context(within)?;
        program = restarted;
        seen.restarts.push(took);
        verify(round, &acknowledged).with_context(within)?;
    }
    Ok(seen)
}

/// The program as a child. Dropping it kills it, so that a failed test leaves nothing running.
pub struct Running(Child);

impl Running {
    fn start(plan: &Plan) -> Result<(Self, Duration)> {
        Self::start_one(&plan.command, &plan.environment, plan.address, &plan.ready, &plan.log)
    }

    /// Starts a program and waits until `ready` answers 200 at `address`; says how long that took. What it prints goes to the end of `log`.
    ///
    /// # Errors
    /// When it does not start; its last words are in the message.
    #[expect(clippy::disallowed_methods, reason = "the time to serve again is what is measured")]
    pub fn start_one(command: &[String], environment: &[(String, String)], address: SocketAddr, ready: &str, log: &Path) -> Result<(Self, Duration)> {
        let (program, arguments) = command.split_first().context("an empty command")?;
        let out = std::fs::OpenOptions::new().create(true).append(true).open(log).with_context(|| format!("the log {}", log.display()))?;
        let begin = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::from(out.try_clone()?))
            .stderr(Stdio::from(out))
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let mut running = Running(child);
        while !serves(address, ready) {
            if let Some(status) = running.0.try_wait()? {
                bail!("the program ended with {status} before it served:\n{}", last_lines(log));
            }
            ensure!(begin.elapsed() < START, "the program did not serve within {START:?}:\n{}", last_lines(log));
            std::thread::sleep(POLL);
        }
        Ok((running, begin.elapsed()))
    }

    /// SIGTERM, and waits until it has ended by itself.
    ///
    /// # Errors
    /// When it cannot be told, or ends as a failure.
    pub fn end(mut self) -> Result<()> {
        ensure!(Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status()?.success(), "the program cannot be told to end");
        let status = self.0.wait()?;
        ensure!(status.success(), "the program ended with {status}");
        Ok(())
    }

    /// SIGKILL, which the program cannot see coming.
    fn kill(&mut self) -> Result<()> {
        if let Some(status) = self.0.try_wait()? {
            bail!("the program had ended by itself with {status}");
        }
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a GET is answered with 200.
fn serves(address: SocketAddr, path: &str) -> bool {
    use std::io::{Read as _, Write as _};
    let ask = || -> std::io::Result<bool> {
        let mut stream = std::net::TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(&status[9..] == b"200")
    };
    ask().unwrap_or(false)
}

/// The end of the log, for the message of a failed test.
fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
