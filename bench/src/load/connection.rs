//! One connection that is kept open, with at most one request on it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::response::Response;

/// Longest wait for the server to take a connection: on loopback it is at once or never.
const CONNECT: Duration = Duration::from_secs(5);

/// What reading brought.
#[derive(Debug)]
pub enum Step {
    /// More has to arrive.
    Waiting,
    /// The answer is complete.
    Answered {
        /// Which request it answers.
        request: usize,
        /// Its status.
        status: u16,
        /// When the request was begun.
        started: Instant,
        /// Bytes of the answer.
        bytes: u64,
        /// The connection is used up.
        close: bool,
    },
}

#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    written: usize,
    response: Response,
    bytes: u64,
    open: Option<(usize, Instant)>,
}

impl Connection {
    pub fn open(address: SocketAddr, registry: &Registry, token: Token) -> Result<Self> {
        let stream = std::net::TcpStream::connect_timeout(&address, CONNECT).with_context(|| format!("cannot reach {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        // Registered once for both: events come on changes only (edge-triggered), so being always writable costs nothing.
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Connection { stream, out: Vec::new(), written: 0, response: Response::new(false), bytes: 0, open: None })
    }

    /// Begins a request, whose bytes the caller puts into the buffer returned.
    pub fn begin(&mut self, request: usize, now: Instant) -> &mut Vec<u8> {
        self.open = Some((request, now));
        self.written = 0;
        self.bytes = 0;
        self.response.reset();
        &mut self.out
    }

    /// Since when an answer is waited for.
    pub fn open_since(&self) -> Option<Instant> {
        self.open.map(|(_, started)| started)
    }

    /// Writes what the socket takes.
    pub fn write(&mut self) -> Result<()> {
        while self.written < self.out.len() {
            match self.stream.write(&self.out[self.written..]) {
                Ok(0) => bail!("the server takes no more bytes"),
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("writing a request"),
            }
        }
        Ok(())
    }

    /// Reads what has arrived.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<Step> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => {
                    if self.open.is_none() {
                        bail!("the server closed a connection that was idle");
                    }
                    self.response.closed()?;
                }
                Ok(count) => {
                    self.bytes += count as u64;
                    self.response.feed(&buffer[..count])?;
                    // A short read has emptied the socket; what arrives later is a new event (epoll(7), question 9). That saves a call for each answer.
                    if !self.response.done() && count < buffer.len() {
                        return Ok(Step::Waiting);
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(Step::Waiting),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error).context("reading an answer"),
            }
            if self.response.done() {
                let Some((request, started)) = self.open.take() else { bail!("an answer that nobody asked for") };
                return Ok(Step::Answered { request, status: self.response.status, started, bytes: self.bytes, close: self.response.close });
            }
        }
    }
}
