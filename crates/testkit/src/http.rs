//! A small HTTP/1.1 client over one kept connection, for tests that talk to the real program from outside.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(60);
/// Largest answer read.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// One connection with a jar for cookies.
pub struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
    cookies: Vec<(String, String)>,
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; other bytes are replaced.
    pub body: String,
}

impl Answer {
    /// The first header of a name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of the first hidden field of a name: the form token of a page.
    pub fn hidden(&self, name: &str) -> Option<&str> {
        let at = self.body.find(&format!("name=\"{name}\" value=\""))?;
        let rest = &self.body[at..];
        let value = &rest[rest.find("value=\"")? + 7..];
        value.split('"').next()
    }
}

impl Client {
    /// A client of the program at an address; connects when first used.
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, connection: None, cookies: Vec::new() }
    }

    /// Another client with the same cookies and a connection of its own.
    pub fn beside(&self) -> Self {
        Self { address: self.address, connection: None, cookies: self.cookies.clone() }
    }

    /// A client with the same cookies of another process that serves the same office.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.beside() }
    }

    /// Gets a page.
    ///
    /// # Errors
    /// When the connection breaks before the whole answer came.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send("GET", path, &[], b"")
    }

    /// Posts a form.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let body = fields.iter().map(|(key, value)| format!("{}={}", escape(key), escape(value))).collect::<Vec<_>>().join("&");
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
    }

    /// Posts JSON.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn json(&mut self, path: &str, body: &serde_json::Value) -> Result<Answer> {
        self.send("POST", path, &[("content-type", "application/json"), ("accept", "application/json")], body.to_string().as_bytes())
    }

    /// Posts a form with a file: its fields in this order, then the file.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Result<Answer> {
        const BOUNDARY: &str = "----contoh";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"contoh\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send("POST", path, &[("content-type", &format!("multipart/form-data; boundary={BOUNDARY}"))], &body)
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let answer = self.exchange(method, path, headers, body);
        if answer.is_err() {
            self.connection = None;
        }
        answer
    }

    fn exchange(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n", self.address, body.len());
        if !self.cookies.is_empty() {
            let jar = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request.push_str(&format!("cookie: {jar}\r\n"));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let stream = TcpStream::connect(self.address).context("connect")?;
                stream.set_read_timeout(Some(ANSWER))?;
                stream.set_nodelay(true)?;
                none.insert(BufReader::new(stream))
            }
        };
        connection.get_mut().write_all(&request).context("send a request")?;
        let answer = read(connection)?;
        let closes = answer.header("connection") == Some("close");
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).context("a cookie without a name")?;
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        if closes {
            self.connection = None;
        }
        Ok(answer)
    }
}

fn read(from: &mut BufReader<TcpStream>) -> Result<Answer> {
    let first = line(from)?;
    let status = first.split(' ').nth(1).and_then(|code| code.parse().ok()).with_context(|| format!("not an answer: {first}"))?;
    let mut headers = Vec::new();
    loop {
        let header = line(from)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').context("a header without a colon")?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let find = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let mut body = Vec::new();
    if let Some(length) = find("content-length") {
        let length: usize = length.parse().context("content-length")?;
        ensure!(length <= BODY_BYTES_MAX, "an answer of {length} bytes");
        body.resize(length, 0);
        from.read_exact(&mut body).context("the answer broke off")?;
    } else if find("transfer-encoding").as_deref() == Some("chunked") {
        loop {
            let size = usize::from_str_radix(line(from)?.split(';').next().unwrap_or("").trim(), 16).context("a chunk's size")?;
            ensure!(body.len() + size <= BODY_BYTES_MAX, "an answer of more than {BODY_BYTES_MAX} bytes");
            let start = body.len();
            body.resize(start + size, 0);
            from.read_exact(&mut body[start..]).context("the answer broke off")?;
            line(from)?;
            if size == 0 {
                break;
            }
        }
    }
    Ok(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn line(from: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line).context("the answer broke off")? == 0 {
        bail!("the connection was closed");
    }
    Ok(line.trim_end().to_owned())
}

fn escape(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
