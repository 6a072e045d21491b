//! The real program as a child process.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::load::{Request, Values, ask};

/// Longest wait for a start; far above the budget, so that a slow start is a figure and not a failure.
const START: Duration = Duration::from_secs(300);

/// Between two questions whether it is there: small beside the second that it may take.
const POLL: Duration = Duration::from_millis(2);

/// Between two questions whether it has built what it builds beside serving.
const SETTLE_POLL: Duration = Duration::from_millis(50);

/// A program that serves. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to the first good answer.
    pub start: Duration,
}

impl Server {
    /// Starts it and waits until `ready` answers 200. What it prints goes to the file `log`.
    ///
    /// # Errors
    /// When it ends by itself or is not ready in five minutes.
    #[expect(clippy::disallowed_methods, reason = "the time to start is what is measured")]
    pub fn start(words: &[String], address: SocketAddr, ready: &str, log: &Path) -> Result<Self> {
        let output = std::fs::File::create(log)?;
        let begin = Instant::now();
        let mut child = spawn(words, Stdio::from(output.try_clone()?), Stdio::from(output))?;
        let request = asking(ready);
        loop {
            if let Ok(answer) = ask(address, &address.to_string(), &request, &Values::new())
                && answer.status == 200
            {
                return Ok(Server { child, address, start: begin.elapsed() });
            }
            if let Some(status) = child.try_wait()? {
                bail!("{} ended with {status} before it was ready; see {}", words.join(" "), log.display());
            }
            if begin.elapsed() > START {
                child.kill()?;
                child.wait()?;
                bail!("{} was not ready in {START:?}; see {}", words.join(" "), log.display());
            }
            std::thread::sleep(POLL);
        }
    }

    /// Waits until the answer of `ready` no longer contains `building`, and says how long after the start that was.
    ///
    /// # Errors
    /// When it is not over in five minutes, or nothing answers.
    #[expect(clippy::disallowed_methods, reason = "the time to build is what is measured")]
    pub fn built(&self, ready: &str, building: &str) -> Result<Duration> {
        let begin = Instant::now();
        let request = asking(ready);
        while !building.is_empty() && ask(self.address, &self.address.to_string(), &request, &Values::new())?.body.contains(building) {
            ensure!(begin.elapsed() < START, "{building} was still being built after {START:?}");
            std::thread::sleep(SETTLE_POLL);
        }
        Ok(self.start + begin.elapsed())
    }

    /// Resident memory in megabytes, as the kernel counts it (`VmRSS` of proc(5)).
    ///
    /// # Errors
    /// When the kernel does not say.
    pub fn resident_megabytes(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?.trim().trim_end_matches(" kB").parse::<f64>()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to be done where it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn asking(ready: &str) -> Request {
    Request { name: "ready".to_owned(), method: "GET".to_owned(), path: ready.to_owned(), ..Request::default() }
}

fn spawn(words: &[String], stdout: Stdio, stderr: Stdio) -> Result<Child> {
    let (program, arguments) = words.split_first().context("an empty command")?;
    Command::new(program).args(arguments).stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().with_context(|| format!("cannot start {program}"))
}

/// Runs a command to its end and returns what it printed.
///
/// # Errors
/// When it fails or prints no text.
pub fn printed(words: &[String]) -> Result<String> {
    let output = spawn(words, Stdio::piped(), Stdio::inherit())?.wait_with_output()?;
    if !output.status.success() {
        bail!("{} ended with {}", words.join(" "), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("what {} printed", words.join(" ")))
}

/// Runs a command to its end.
///
/// # Errors
/// When it fails.
pub fn complete(words: &[String]) -> Result<()> {
    let status = spawn(words, Stdio::null(), Stdio::inherit())?.wait()?;
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", words.join(" ")) }
}

/// An address of this machine that nobody listens on. Another program could take it before ours does; then the start fails and says so.
///
/// # Errors
/// When there is none.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Bytes of all files below a folder.
///
/// # Errors
/// Those of the disk.
pub fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let data = entry.metadata()?;
        bytes += if data.is_dir() { folder_bytes(&entry.path())? } else { data.len() };
    }
    Ok(bytes)
}
