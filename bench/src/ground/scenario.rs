//! The scenario file: what to start and what to ask. See `bench/ground.toml` for an example with words.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::load::{Answer, Request, Values};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// How the program is started.
    pub program: Program,
    /// Asked in order before measuring.
    #[serde(default)]
    pub sign_in: Vec<Ask>,
    /// What is measured.
    pub measure: Vec<Measure>,
    /// Lists of values taken from answers.
    #[serde(default)]
    pub values: Vec<List>,
}

/// Commands, with holes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Makes an office and exits.
    pub make: Vec<String>,
    /// Fills it up to a number of entries and exits.
    #[serde(default)]
    pub fill: Vec<String>,
    /// Serves until it is ended.
    pub serve: Vec<String>,
    /// Prints the second factor of who signs in.
    #[serde(default)]
    pub code: Vec<String>,
    /// Path that answers 200 when the office can be worked with.
    pub ready: String,
    /// While this stands in the answer of `ready`, the program still prepares something beside serving, and figures wait; empty where it never does.
    #[serde(default)]
    pub building: String,
    /// What `${store}` is for SQLite.
    pub store_sqlite: String,
    /// Budget of resident memory, in megabytes.
    pub idle_megabytes_max: u64,
    /// Budget from start to the first good answer, in milliseconds.
    pub start_ms_max: u64,
}

/// One request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// What the report calls it.
    pub name: String,
    /// `GET`, `POST`...
    pub method: String,
    /// From the slash on.
    pub path: String,
    /// `name: value`.
    #[serde(default)]
    pub headers: Vec<String>,
    /// May be left out.
    #[serde(default)]
    pub body: String,
    /// What to keep of the answer.
    #[serde(default)]
    pub capture: Vec<Capture>,
    /// How often it comes beside the others of a measurement.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

impl Ask {
    /// The request to send.
    ///
    /// # Errors
    /// When a header has no colon.
    pub fn request(&self) -> Result<Request> {
        let split = |line: &String| {
            let (name, value) = line.split_once(':').with_context(|| format!("no colon in the header {line:?} of {}", self.name))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        };
        let headers = self.headers.iter().map(split).collect::<Result<_>>()?;
        Ok(Request { name: self.name.clone(), method: self.method.clone(), path: self.path.clone(), headers, body: self.body.clone() })
    }
}

/// A value that stands in an answer between two texts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// The hole that it fills.
    pub name: String,
    /// What stands before it.
    pub after: String,
    /// What stands behind it.
    pub before: String,
}

/// Several values that stand in one answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The hole that they fill in turn.
    pub name: String,
    /// The request that shows them.
    pub from: Ask,
    /// What stands before each.
    pub after: String,
    /// What stands behind each.
    pub before: String,
}

/// One line of the report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Short name.
    pub name: String,
    /// In words.
    pub what: String,
    /// Requests that wait at the same time.
    pub connections: usize,
    /// Measured again as the office grows.
    #[serde(default)]
    pub growth: bool,
    /// Measured only in an office that was filled: asks for the persons made then.
    #[serde(default)]
    pub filled: bool,
    /// Stands in every good answer: looked for before measuring, so that a quick "nothing found" is not taken for a find.
    #[serde(default)]
    pub shows: String,
    /// Pause after each answer, in milliseconds.
    #[serde(default)]
    pub think_ms: u64,
    /// What it should reach.
    #[serde(default)]
    pub budget: Budget,
    /// Requests, mixed by weight.
    pub requests: Vec<Ask>,
}

/// What a measurement should reach.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// At least so many good answers a second.
    pub per_second: Option<u64>,
    /// 99 of 100 in at most so many milliseconds.
    pub p99_ms: Option<u64>,
}

impl Scenario {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is missing or wrong.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("the scenario {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads the text.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let scenario: Scenario = toml::from_str(text)?;
        if scenario.measure.is_empty() {
            bail!("nothing to measure");
        }
        Ok(scenario)
    }
}

/// All pieces of the text that stand between `after` and `before`, each once.
pub fn between(text: &str, after: &str, before: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in text.split(after).skip(1) {
        if let Some((piece, _)) = rest.split_once(before)
            && !found.iter().any(|known| known == piece)
        {
            found.push(piece.to_owned());
        }
    }
    found
}

/// Fills the holes of a command.
///
/// # Errors
/// When a hole is left.
pub fn command(words: &[String], holes: &[(&str, &str)]) -> Result<Vec<String>> {
    words
        .iter()
        .map(|word| {
            let filled = holes.iter().fold(word.clone(), |word, (name, value)| word.replace(&format!("${{{name}}}"), value));
            if filled.contains("${") { bail!("{word:?} has a hole that nothing fills") } else { Ok(filled) }
        })
        .collect()
}

/// Keeps what the answer gives: cookies as `cookie`, and what is to be captured.
///
/// # Errors
/// When something to be captured is not there.
pub fn keep(ask: &Ask, answer: &Answer, cookies: &mut Vec<String>, values: &mut Values) -> Result<()> {
    use crate::load::Value;
    for cookie in &answer.cookies {
        let name = cookie.split('=').next().unwrap_or_default().to_owned();
        cookies.retain(|known| known.split('=').next() != Some(&name));
        cookies.push(cookie.clone());
    }
    values.insert("cookie".to_owned(), Value::Fixed(cookies.join("; ")));
    for capture in &ask.capture {
        let found = between(&answer.body, &capture.after, &capture.before);
        let first = found.into_iter().next().with_context(|| format!("{}: nothing between {:?} and {:?}", ask.name, capture.after, capture.before))?;
        values.insert(capture.name.clone(), Value::Fixed(first));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenario_of_the_project_can_be_read() {
        let scenario = Scenario::parse(include_str!("../../ground.toml")).unwrap();
        for ask in scenario.measure.iter().flat_map(|measure| &measure.requests).chain(&scenario.sign_in) {
            ask.request().unwrap();
        }
        let holes = [("siger", "s"), ("office", "o"), ("listen", "l"), ("store", "u"), ("entries", "1")];
        for words in [&scenario.program.make, &scenario.program.fill, &scenario.program.serve, &scenario.program.code] {
            command(words, &holes).unwrap();
        }
    }

    #[test]
    fn pieces_between_texts() {
        assert_eq!(between("<a href=\"/p/1\"> <a href=\"/p/22\"> <a href=\"/p/1\">", "/p/", "\""), ["1", "22"]);
        assert!(between("nothing", "/p/", "\"").is_empty());
    }

    #[test]
    fn a_hole_left_is_refused() {
        assert!(command(&["${nobody}".to_owned()], &[("siger", "x")]).is_err());
    }
}
