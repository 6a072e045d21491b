//! `siger mrz parse`: reads zones from standard input, one JSON object a line, and answers each with one. It needs no office, no settings and no
//! network. The forms are described in docs/ref/files.md.

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use siger_mrtd::check::Checks;
use siger_mrtd::problem::{Problem, Severity};
use siger_mrtd::{Field, Zone};

/// A line of input may not be longer: a zone has 90 characters, and what stands beside it is a few notes. Memory stays bounded whatever is piped in.
const LINE_BYTES_MAX: usize = 64 << 10;
/// Some editors and shells write it before the first line of a text in UTF-8. It is no part of the text (Unicode 16.0 §23.8).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// How much is read and written at once.
const BUFFER_BYTES: usize = 64 << 10;

/// Machine-readable zones of travel documents.
#[derive(Args)]
pub struct Mrz {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Read zones: JSON lines with `id` and `lines` from standard input, one answer a line to standard output
    Parse(Parse),
}

#[derive(Args)]
struct Parse {
    /// Say of each problem where it is, what was found and what was expected (`problems`)
    #[arg(long)]
    explain: bool,
}

impl Mrz {
    /// Runs it.
    ///
    /// # Errors
    /// When input cannot be read or answers cannot be written. A line that is refused is an answer.
    pub fn run(self) -> Result<()> {
        let What::Parse(parse) = self.what;
        answer_all(io::stdin().lock(), io::stdout().lock(), parse.explain)
    }
}

/// Answers each line that is not blank.
fn answer_all(input: impl io::Read, output: impl Write, explain: bool) -> Result<()> {
    let mut input = BufReader::with_capacity(BUFFER_BYTES, input);
    let mut output = BufWriter::with_capacity(BUFFER_BYTES, output);
    let mut line = Vec::new();
    let mut number = 0u64;
    loop {
        // Whoever asks line by line and waits for each answer gets it; whoever pipes a file gets large pieces.
        if input.buffer().is_empty() {
            output.flush().context("the answers cannot be written")?;
        }
        let Some(whole) = next_line(&mut input, &mut line).context("standard input cannot be read")? else { break };
        number += 1;
        if number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if whole && line.trim_ascii().is_empty() {
            continue;
        }
        if whole { answer(&line, number, explain, &mut output) } else { write(&Refused::TooLong.of(number), &mut output) }
            .context("the answers cannot be written")?;
    }
    output.flush().context("the answers cannot be written")
}

/// The next line without its end; whether it is whole: of one that is too long only the beginning is kept. Nothing after the last.
fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let (mut whole, mut any) = (true, false);
    loop {
        let piece = match input.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if piece.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let text = &piece[..end.unwrap_or(piece.len())];
        whole &= line.len() + text.len() <= LINE_BYTES_MAX;
        if whole {
            line.extend_from_slice(text);
        }
        let used = end.map_or(piece.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(Some(whole));
        }
    }
}

/// A line of input; whatever else it has is not read.
#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    lines: Option<&'a RawValue>,
}

fn answer(line: &[u8], number: u64, explain: bool, output: &mut impl Write) -> io::Result<()> {
    // An array would be read as the two values in their order.
    let object = line.trim_ascii_start().starts_with(b"{");
    let Some(asked) = object.then(|| serde_json::from_slice::<Asked<'_>>(line).ok()).flatten() else {
        return write(&Refused::NotJson.of(number), output);
    };
    let lines: Option<Vec<std::borrow::Cow<'_, str>>> = asked.lines.and_then(|lines| serde_json::from_str(lines.get()).ok());
    let Some(lines) = lines else {
        return write(&Refusal { id: asked.id, ..Refused::NoLines.of(number) }, output);
    };
    match siger_mrtd::parse(&lines) {
        Ok(zone) if zone.is_readable() => write(&Answer::of(asked.id, &zone, explain), output),
        refused => {
            let error = if refused.is_ok() { "charset" } else { "length" };
            let problems = explain.then(|| match refused {
                Ok(zone) => problems(&zone),
                Err(refusal) => vec![Told { field: None, severity: "fault", found: Some(refusal.found()), expected: refusal.expected().to_owned() }],
            });
            write(&Refusal { id: asked.id, format: (), valid: false, error: error.to_owned(), problems }, output)
        }
    }
}

fn write(answer: &impl Serialize, output: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *output, answer)?;
    output.write_all(b"\n")
}

/// What was read from a zone.
#[derive(Serialize)]
struct Answer<'a> {
    id: Option<&'a RawValue>,
    format: &'static str,
    document_code: Shown<siger_mrtd::code::DocumentCode>,
    issuing_state: Shown<siger_mrtd::state::StateCode>,
    #[serde(serialize_with = "shown")]
    surname: siger_mrtd::name::Identifier<'a>,
    #[serde(serialize_with = "shown")]
    given_names: siger_mrtd::name::Identifier<'a>,
    #[serde(serialize_with = "shown")]
    document_number: siger_mrtd::document::Number,
    nationality: Shown<siger_mrtd::state::StateCode>,
    birth_date: &'a str,
    birth_date_state: &'static str,
    /// `F`, `M` or `X`; what stands there where it is none of those.
    sex: char,
    expiry_date: &'a str,
    expiry_date_state: &'static str,
    optional_1: &'a str,
    optional_2: &'a str,
    long_number: bool,
    name_field_full: bool,
    #[serde(serialize_with = "verdicts")]
    checks: &'a Checks,
    structure_errors: Vec<&'static str>,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<Told>>,
}

impl<'a> Answer<'a> {
    fn of(id: Option<&'a RawValue>, zone: &'a Zone, explain: bool) -> Self {
        let printed = zone.text(Field::Sex).chars().next().unwrap_or('<');
        Self {
            id,
            format: zone.format().word(),
            document_code: Shown(zone.document_code()),
            issuing_state: Shown(zone.issuing_state()),
            surname: zone.primary(),
            given_names: zone.secondary(),
            document_number: zone.document_number(),
            nationality: Shown(zone.nationality()),
            birth_date: zone.text(Field::BirthDate),
            birth_date_state: zone.birth_date_state().word(),
            sex: zone.sex().map_or(printed, siger_mrtd::sex::Sex::letter),
            expiry_date: zone.text(Field::ExpiryDate),
            expiry_date_state: zone.expiry_date_state().word(),
            optional_1: zone.optional_1().raw(),
            optional_2: zone.optional_2().raw(),
            long_number: zone.is_long_number(),
            name_field_full: zone.name_fills_field(),
            checks: zone.checks(),
            structure_errors: zone.structure().collect(),
            valid: zone.is_valid(),
            problems: explain.then(|| problems(zone)),
        }
    }
}

/// A code as text.
struct Shown<T>(T);

impl Serialize for Shown<siger_mrtd::code::DocumentCode> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

impl Serialize for Shown<siger_mrtd::state::StateCode> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.as_str())
    }
}

fn shown<S: Serializer>(value: &impl std::fmt::Display, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

fn verdicts<S: Serializer>(checks: &Checks, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    for (check, verdict) in checks.iter() {
        map.serialize_entry(check.word(), &verdict.holds)?;
    }
    map.end()
}

/// A problem, said.
#[derive(Serialize)]
struct Told {
    field: Option<&'static str>,
    severity: &'static str,
    found: Option<String>,
    expected: String,
}

fn problems(zone: &Zone) -> Vec<Told> {
    let told = |problem: &Problem| {
        let explained = zone.explain(*problem);
        Told {
            field: Some(problem.field.word()),
            severity: if problem.severity() == Severity::Fault { "fault" } else { "notice" },
            found: Some(explained.found()),
            expected: explained.expected().trim_start_matches("expected ").to_owned(),
        }
    };
    zone.problems().iter().map(told).collect()
}

/// The answer where nothing can be read.
#[derive(Serialize)]
struct Refusal<'a> {
    id: Option<&'a RawValue>,
    format: (),
    valid: bool,
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<Told>>,
}

/// Why a line of input is no question.
enum Refused {
    NotJson,
    NoLines,
    TooLong,
}

impl Refused {
    fn of(self, number: u64) -> Refusal<'static> {
        let what = match self {
            Self::NotJson => "no JSON object; write one a line, with \"id\" and \"lines\"".to_owned(),
            Self::NoLines => "no \"lines\"; give the lines of the zone as an array of texts".to_owned(),
            Self::TooLong => format!("longer than {LINE_BYTES_MAX} bytes; write one object with one zone a line"),
        };
        Refusal { id: None, format: (), valid: false, error: format!("line {number}: {what}"), problems: None }
    }
}
