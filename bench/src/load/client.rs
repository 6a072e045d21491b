//! One request and its whole answer: for signing in and preparing, not for measuring.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::response::Response;
use super::template::{Request, Template, Values};

/// Longest wait for one answer. Preparing may be slow (a password hash), but not for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The cookies that it sets, as `name=value`.
    pub cookies: Vec<String>,
    /// `Location`, where it sends the reader elsewhere.
    pub location: Option<String>,
    /// The body as text.
    pub body: String,
}

/// Sends the request on a connection of its own.
///
/// # Errors
/// When the server cannot be reached, speaks no HTTP/1.1, or takes longer than a minute.
pub fn ask(address: SocketAddr, host: &str, request: &Request, values: &Values) -> Result<Answer> {
    sent(address, &mut Template::new(request, host, values)?, &request.name)
}

/// Sends the request several times, its holes filled anew each time, each on a connection of its own.
///
/// # Errors
/// As [`ask`].
pub fn ask_times(address: SocketAddr, host: &str, request: &Request, values: &Values, times: usize) -> Result<Vec<Answer>> {
    let mut template = Template::new(request, host, values)?;
    (0..times).map(|_| sent(address, &mut template, &request.name)).collect()
}

fn sent(address: SocketAddr, template: &mut Template, name: &str) -> Result<Answer> {
    let mut bytes = Vec::new();
    template.write(&mut bytes);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).with_context(|| format!("cannot reach {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&bytes)?;
    let mut response = Response::new(true);
    let mut buffer = [0; 16 * 1024];
    while !response.done() {
        match stream.read(&mut buffer).with_context(|| format!("waiting for the answer to {name}"))? {
            0 => response.closed()?,
            count => response.feed(&buffer[..count])?,
        }
    }
    let cookies = response.header("set-cookie").filter_map(|line| line.split(';').next()).map(|pair| pair.trim().to_owned()).collect();
    let location = response.header("location").next().map(str::to_owned);
    let body = String::from_utf8_lossy(&response.body).into_owned();
    Ok(Answer { status: response.status, cookies, location, body })
}
