//! Just enough of HTTP/1.1 (RFC 9112) to find where a response ends, fed piece by piece as bytes arrive.

use anyhow::{Context as _, Result, bail, ensure};

/// Longest head of a response. Ours are below 2 KiB; a server that never ends its head should fail the run and not fill the memory.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Longest line that gives the size of a chunk; sixteen hexadecimal digits and some extension.
const CHUNK_LINE_BYTES_MAX: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Head,
    /// So many bytes are to come.
    Length(u64),
    ChunkSize,
    /// So many bytes of the chunk are to come, and its line end.
    Chunk(u64),
    Trailer,
    UntilClose,
    Done,
}

/// One response, and what of it has arrived.
#[derive(Debug)]
pub struct Response {
    state: State,
    /// Bytes of the head, of a chunk's line or of a trailer line that is not complete.
    line: Vec<u8>,
    /// Status code; 0 until the head is complete.
    pub status: u16,
    /// The server ends the connection after this response.
    pub close: bool,
    /// Whether head and body are kept for a reader; a measurement only needs their end.
    keep: bool,
    /// The head, where kept.
    pub head: Vec<u8>,
    /// The body without chunk framing, where kept.
    pub body: Vec<u8>,
}

impl Response {
    /// Nothing has arrived.
    pub fn new(keep: bool) -> Self {
        Response { state: State::Head, line: Vec::new(), status: 0, close: false, keep, head: Vec::new(), body: Vec::new() }
    }

    /// Makes it ready for the next response on the same connection.
    pub fn reset(&mut self) {
        self.state = State::Head;
        self.line.clear();
        self.status = 0;
        self.close = false;
        self.head.clear();
        self.body.clear();
    }

    /// Whether the response is complete.
    pub fn done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes what has arrived. Bytes after the end are an error, as only one request is ever open on a connection.
    ///
    /// # Errors
    /// When the bytes are not HTTP/1.1, or more than asked for.
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Head => self.head(bytes)?,
                State::Length(left) => {
                    let rest = self.body(bytes, left);
                    let left = left - (bytes.len() - rest.len()) as u64;
                    self.state = if left == 0 { State::Done } else { State::Length(left) };
                    rest
                }
                State::UntilClose => self.body(bytes, u64::MAX),
                State::ChunkSize => match self.line(bytes, CHUNK_LINE_BYTES_MAX)? {
                    None => return Ok(()),
                    Some((line, rest)) => {
                        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                        let size = u64::from_str_radix(std::str::from_utf8(digits)?, 16).context("the size of a chunk is no number")?;
                        self.state = if size == 0 { State::Trailer } else { State::Chunk(size) };
                        rest
                    }
                },
                State::Chunk(0) => match self.line(bytes, CHUNK_LINE_BYTES_MAX)? {
                    None => return Ok(()),
                    Some((line, rest)) => {
                        ensure!(line.is_empty(), "a chunk is longer than it said");
                        self.state = State::ChunkSize;
                        rest
                    }
                },
                State::Chunk(left) => {
                    let rest = self.body(bytes, left);
                    self.state = State::Chunk(left - (bytes.len() - rest.len()) as u64);
                    rest
                }
                State::Trailer => match self.line(bytes, HEAD_BYTES_MAX)? {
                    None => return Ok(()),
                    Some((line, rest)) => {
                        if line.is_empty() {
                            self.state = State::Done;
                        }
                        rest
                    }
                },
                State::Done => bail!("{} bytes after the end of a response", bytes.len()),
            };
        }
        Ok(())
    }

    /// The peer closed the connection; right for a body without length, an error anywhere else.
    ///
    /// # Errors
    /// When the response is not complete.
    pub fn closed(&mut self) -> Result<()> {
        ensure!(self.state == State::UntilClose || self.state == State::Done, "the connection was closed in the middle of a response");
        self.state = State::Done;
        self.close = true;
        Ok(())
    }

    fn body<'b>(&mut self, bytes: &'b [u8], left: u64) -> &'b [u8] {
        let (taken, rest) = bytes.split_at(bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
        if self.keep {
            self.body.extend_from_slice(taken);
        }
        rest
    }

    /// The next line without its end, and what follows it; `None` when it has not ended.
    fn line<'b>(&mut self, bytes: &'b [u8], max: usize) -> Result<Option<(Vec<u8>, &'b [u8])>> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        self.line.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
        ensure!(self.line.len() <= max, "a line of {} bytes", self.line.len());
        let Some(end) = end else { return Ok(None) };
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some((line, &bytes[end + 1..])))
    }

    fn head<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8]> {
        // The usual case, a whole head in one piece, copies nothing.
        if self.line.is_empty()
            && let Some(end) = find(bytes, b"\r\n\r\n")
        {
            self.read_head(&bytes[..end])?;
            return Ok(&bytes[end + 4..]);
        }
        let before = self.line.len();
        self.line.extend_from_slice(bytes);
        let Some(end) = find(&self.line, b"\r\n\r\n") else {
            ensure!(self.line.len() <= HEAD_BYTES_MAX, "a head of more than {HEAD_BYTES_MAX} bytes");
            return Ok(&[]);
        };
        let head = std::mem::take(&mut self.line);
        self.read_head(&head[..end])?;
        Ok(&bytes[end + 4 - before..])
    }

    fn read_head(&mut self, head: &[u8]) -> Result<()> {
        let mut lines = head.split(|byte| *byte == b'\n');
        let first = lines.next().unwrap_or_default();
        ensure!(first.starts_with(b"HTTP/1.") && first.len() >= 12, "not a response of HTTP/1: {:?}", String::from_utf8_lossy(&first[..first.len().min(40)]));
        self.status = std::str::from_utf8(&first[9..12])?.parse().context("the status is no number")?;
        self.state = match self.status {
            100..=199 => {
                self.status = 0;
                self.state = State::Head; // an interim response; the real one follows
                return Ok(());
            }
            204 | 304 => State::Done,
            _ => State::UntilClose,
        };
        for line in lines {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
            let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
            if name.eq_ignore_ascii_case(b"content-length") && self.state == State::UntilClose {
                let length = std::str::from_utf8(value)?.parse().context("content-length is no number")?;
                self.state = if length == 0 { State::Done } else { State::Length(length) };
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") && self.state != State::Done {
                ensure!(value.eq_ignore_ascii_case(b"chunked"), "transfer-encoding {:?}", String::from_utf8_lossy(value));
                self.state = State::ChunkSize;
            } else if name.eq_ignore_ascii_case(b"connection") && value.eq_ignore_ascii_case(b"close") {
                self.close = true;
            }
        }
        if self.keep {
            self.head.extend_from_slice(head);
        }
        Ok(())
    }

    /// The values of a header, in the kept head.
    pub fn header<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.head.split(|byte| *byte == b'\n').skip(1).filter_map(move |line| {
            let (found, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fed whole and byte by byte, the result must be the same.
    fn check(bytes: &str, status: u16, body: &str) {
        for step in [bytes.len(), 1, 7] {
            let mut response = Response::new(true);
            for piece in bytes.as_bytes().chunks(step) {
                assert!(!response.done(), "ended too early in {bytes:?}");
                response.feed(piece).unwrap();
            }
            if response.state == State::UntilClose {
                response.closed().unwrap();
            }
            assert!(response.done(), "no end in {bytes:?}");
            assert_eq!((response.status, String::from_utf8_lossy(&response.body).as_ref()), (status, body), "{bytes:?} by {step}");
        }
    }

    #[test]
    fn where_a_response_ends() {
        check("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "hello");
        check("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "");
        check("HTTP/1.1 204 No Content\r\n\r\n", 204, "");
        check("HTTP/1.1 304 Not Modified\r\ncontent-length: 99\r\n\r\n", 304, "");
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", 200, "abc0123456789");
        check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx-end: yes\r\n\r\n", 200, "a");
        check("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nok", 201, "ok");
        check("HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end");
    }

    #[test]
    fn what_is_refused() {
        let refused = |bytes: &str| Response::new(false).feed(bytes.as_bytes()).is_err();
        assert!(refused("SSH-2.0-server\r\n\r\n"));
        assert!(refused("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"), "more than it said");
        assert!(refused("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"));
        assert!(refused("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n"));
        let mut cut = Response::new(false);
        cut.feed(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nab").unwrap();
        assert!(cut.closed().is_err());
    }
}
