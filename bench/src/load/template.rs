//! A request with holes, `${name}`, filled anew for each time it is sent.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

/// A value for a hole.
#[derive(Debug, Clone)]
pub enum Value {
    /// The same each time.
    Fixed(String),
    /// The next of the list each time, round and round: persons, sessions.
    EachOf(Vec<String>),
    /// A number that never comes twice in this run: for an idempotency key put something in front that is new in each run.
    Counter,
    /// A number of `count` that begin at `from`, with so many digits; another each time, far from the last, until all were there: so that no cache
    /// that holds less than all of them answers.
    Spread {
        /// The least.
        from: u64,
        /// How many.
        count: u64,
        /// Zeros in front fill up to so many.
        digits: usize,
    },
}

/// From one number of a spread to the next: a large prime, so that all come before one comes again.
const STRIDE: u64 = 2_654_435_761;

/// The names that templates may use.
pub type Values = BTreeMap<String, Value>;

/// What is to be sent.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// What the results call it.
    pub name: String,
    /// `GET`, `POST`...
    pub method: String,
    /// From the slash on.
    pub path: String,
    /// `Host` and `Content-Length` are added.
    pub headers: Vec<(String, String)>,
    /// May be empty.
    pub body: String,
}

#[derive(Debug)]
enum Piece {
    Bytes(Vec<u8>),
    /// Index into the values of the template.
    Hole(usize),
}

/// A request ready to be written.
#[derive(Debug)]
pub struct Template {
    head: Vec<Piece>,
    body: Vec<Piece>,
    values: Vec<Value>,
    next: Vec<usize>,
    /// The whole request, where nothing in it changes.
    whole: Option<Vec<u8>>,
    scratch: Vec<u8>,
}

impl Template {
    /// Looks up the holes.
    ///
    /// # Errors
    /// When a hole has no value, or the request could smuggle a second one (a line end in its head).
    pub fn new(request: &Request, host: &str, values: &Values) -> Result<Self> {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", request.method, request.path);
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if head.trim_end().split("\r\n").any(|line| line.contains(['\r', '\n'])) {
            bail!("a line end in the head of {}", request.name);
        }
        let mut names = Vec::new();
        let (head, body) = (pieces(&head, &mut names)?, pieces(&request.body, &mut names)?);
        let values = names
            .iter()
            .map(|name| values.get(name).cloned().with_context(|| format!("the request {} uses ${{{name}}}, which has no value", request.name)))
            .collect::<Result<Vec<_>>>()?;
        if values.iter().any(|value| matches!(value, Value::EachOf(list) if list.is_empty())) {
            bail!("a value used by the request {} is an empty list", request.name);
        }
        let fixed = values.iter().all(|value| matches!(value, Value::Fixed(_)));
        let mut template = Template { head, body, next: vec![0; values.len()], values, whole: None, scratch: Vec::new() };
        if fixed {
            let mut whole = Vec::new();
            template.write(&mut whole);
            template.whole = Some(whole);
        }
        Ok(template)
    }

    /// Puts the next request of this kind into `out`, in place of what is there.
    pub fn write(&mut self, out: &mut Vec<u8>) {
        out.clear();
        if let Some(whole) = &self.whole {
            out.extend_from_slice(whole);
            return;
        }
        fill(&self.head, &self.values, &self.next, out);
        let mut body = std::mem::take(&mut self.scratch);
        body.clear();
        fill(&self.body, &self.values, &self.next, &mut body);
        // A request without body has no length, except that servers may want one for methods that usually have a body.
        if !body.is_empty() || !out.starts_with(b"GET ") {
            out.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&body);
        self.scratch = body;
        for next in &mut self.next {
            *next += 1;
        }
    }
}

fn fill(pieces: &[Piece], values: &[Value], next: &[usize], out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
            Piece::Hole(hole) => match &values[*hole] {
                Value::Fixed(value) => out.extend_from_slice(value.as_bytes()),
                Value::EachOf(list) => out.extend_from_slice(list[next[*hole] % list.len()].as_bytes()),
                Value::Counter => out.extend_from_slice(next[*hole].to_string().as_bytes()),
                Value::Spread { from, count, digits } => {
                    let offset = (next[*hole] as u64).wrapping_mul(STRIDE) % (*count).max(1);
                    out.extend_from_slice(format!("{:0digits$}", from + offset).as_bytes());
                }
            },
        }
    }
}

fn pieces(text: &str, names: &mut Vec<String>) -> Result<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').with_context(|| format!("a hole without end in {text:?}"))?;
        found.push(Piece::Bytes(before.as_bytes().to_vec()));
        let hole = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        found.push(Piece::Hole(hole));
        rest = after;
    }
    found.push(Piece::Bytes(rest.as_bytes().to_vec()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        BTreeMap::from([
            ("cookie".to_owned(), Value::Fixed("s=1".to_owned())),
            ("person".to_owned(), Value::EachOf(vec!["a".to_owned(), "bcd".to_owned()])),
            ("n".to_owned(), Value::Counter),
        ])
    }

    fn written(request: &Request, times: usize) -> Vec<String> {
        let mut template = Template::new(request, "h", &values()).unwrap();
        let mut out = Vec::new();
        (0..times)
            .map(|_| {
                template.write(&mut out);
                String::from_utf8(out.clone()).unwrap()
            })
            .collect()
    }

    #[test]
    fn holes_are_filled_and_counted() {
        let request = Request {
            method: "POST".to_owned(),
            path: "/p/${person}".to_owned(),
            headers: vec![("cookie".to_owned(), "${cookie}".to_owned()), ("idempotency-key".to_owned(), "k-${n}".to_owned())],
            body: "{\"who\":\"${person}\"}".to_owned(),
            ..Request::default()
        };
        let head = |who, n, length| format!("POST /p/{who} HTTP/1.1\r\nhost: h\r\ncookie: s=1\r\nidempotency-key: k-{n}\r\ncontent-length: {length}\r\n\r\n");
        let expected = [head("a", 0, 11) + "{\"who\":\"a\"}", head("bcd", 1, 13) + "{\"who\":\"bcd\"}", head("a", 2, 11) + "{\"who\":\"a\"}"];
        assert_eq!(written(&request, 3), expected);
    }

    #[test]
    fn without_changing_holes_it_is_the_same_each_time() {
        let request =
            Request { method: "GET".to_owned(), path: "/".to_owned(), headers: vec![("cookie".to_owned(), "${cookie}".to_owned())], ..Request::default() };
        assert_eq!(written(&request, 2), ["GET / HTTP/1.1\r\nhost: h\r\ncookie: s=1\r\n\r\n"; 2]);
    }

    #[test]
    fn a_spread_brings_each_number_once_before_one_comes_again() {
        let values = Values::from([("made".to_owned(), Value::Spread { from: 1000, count: 300, digits: 7 })]);
        let request = Request { method: "GET".to_owned(), path: "/${made}".to_owned(), ..Request::default() };
        let mut template = Template::new(&request, "h", &values).unwrap();
        let mut out = Vec::new();
        let mut seen: Vec<String> = (0..300)
            .map(|_| {
                template.write(&mut out);
                String::from_utf8(out.clone()).unwrap()[5..12].to_owned()
            })
            .collect();
        seen.sort();
        assert_eq!(seen, (1000..1300).map(|number| format!("{number:07}")).collect::<Vec<_>>());
    }

    #[test]
    fn wrong_templates_are_refused() {
        let refused = |path: &str| {
            let request = Request { method: "GET".to_owned(), path: path.to_owned(), ..Request::default() };
            Template::new(&request, "h", &values()).is_err()
        };
        assert!(refused("/${nobody}"));
        assert!(refused("/${person"));
        assert!(refused("/ HTTP/1.1\r\n\r\nGET /\n"));
    }
}
