//! Reading a law: files, words, rules, and the checks that make it one.
//!
//! Every fault is collected, in this order: what cannot be read; then words and texts; then each rule; then the topics (no
//! gap in time or in the cases, no overlap without precedence); and last the worked examples, which are run. A stage runs only
//! where the stages before it found nothing, so that one mistake is not told five times.

mod cover;
mod example;
mod fault;
mod rules;
mod topic;
mod words;
mod year;

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::{Law, canonical};
use crate::cite::{Bilingual, Citation};
use fault::Faults;

pub use fault::{Fault, FaultKind};
#[cfg(test)]
pub(super) use rules::hash as rule_hash;

/// A file of rules that a person can still read.
const FILE_BYTES_MAX: usize = 1 << 20;

/// Files of one law.
const FILES_MAX: usize = 64;

/// A text that is read at the counter: some sentences.
pub(super) const TEXT_CHARS_MAX: usize = 600;

/// Parts the hash of a rule set from other uses of SHA-256.
const LAW_TAG: &str = "siger law v1";

/// Everything that the files say, before it is understood.
#[derive(Default)]
struct Read {
    /// Each with its file.
    rules: Vec<(String, toml::Value)>,
    /// By kind of entry and name, each with its file.
    entries: BTreeMap<(String, String), (String, toml::Value)>,
    years: Vec<(String, toml::Value)>,
}

/// Tables whose entries have names.
const NAMED: &[&str] = &["source", "topic", "fact", "measure", "derived", "answer", "word", "state", "need", "unconfirmed"];

pub(super) fn load(files: &[(&str, &str)]) -> Result<Law, Vec<Fault>> {
    let mut faults = Faults::default();
    let read = read(files, &mut faults);
    let done = |faults: &mut Faults| if faults.is_empty() { Ok(()) } else { Err(std::mem::take(&mut faults.0)) };
    done(&mut faults)?;
    let words = words::words(&read, &mut faults);
    let sources = sources(&read, &mut faults);
    let calendar = year::calendar(&read, &sources, &mut faults);
    done(&mut faults)?;
    let (rules, examples) = rules::rules(&read, &words, &sources, &mut faults);
    done(&mut faults)?;
    let topics = topic::topics(&rules, &words, &mut faults);
    done(&mut faults)?;
    let countings = topic::countings(&rules, &topics, &mut faults);
    done(&mut faults)?;
    let words::Words { vocabulary, measures, derived, .. } = words;
    let calendar = calendar.unwrap_or_else(|| unreachable!("a calendar that is missing is a fault"));
    let law = Law { rules, measures, derived, topics, countings, calendar, vocabulary, hash: hash(&read) };
    example::run(&law, examples, &mut faults);
    done(&mut faults)?;
    Ok(law)
}

fn read(files: &[(&str, &str)], faults: &mut Faults) -> Read {
    let mut read = Read::default();
    if files.len() > FILES_MAX {
        faults.push(("", ""), FaultKind::TooMany, format!("{} files", files.len()), format!("A law has at most {FILES_MAX} files: join some"));
        return read;
    }
    for (file, text) in files {
        if text.len() > FILE_BYTES_MAX {
            faults.push((file, ""), FaultKind::File, format!("the file has {} bytes", text.len()), format!("Part it: at most {FILE_BYTES_MAX} are read"));
            continue;
        }
        match toml::from_str::<toml::Table>(text) {
            Ok(table) => read_table(file, table, &mut read, faults),
            Err(error) => {
                faults.push((file, ""), FaultKind::File, format!("the file is not TOML: {}", error.to_string().trim()), "Correct the line that is named")
            }
        }
    }
    read
}

fn read_table(file: &str, table: toml::Table, read: &mut Read, faults: &mut Faults) {
    for (key, value) in table {
        match (key.as_str(), value) {
            ("rule", toml::Value::Array(rules)) => read.rules.extend(rules.into_iter().map(|rule| (file.to_owned(), rule))),
            ("year", toml::Value::Array(years)) => read.years.extend(years.into_iter().map(|year| (file.to_owned(), year))),
            ("unconfirmed", value) => enter((file, &key), (key.clone(), String::new()), value, read, faults),
            (_, toml::Value::Table(entries)) if NAMED.contains(&key.as_str()) => {
                for (name, value) in entries {
                    enter((file, &format!("{key} {name}")), (key.clone(), name), value, read, faults);
                }
            }
            _ => faults.push(
                (file, &key),
                FaultKind::File,
                format!("'{key}' is no part of the law, or of the wrong form"),
                format!("Use [[rule]], [[year]] or one of: {}", NAMED.join(", ")),
            ),
        }
    }
}

fn enter(at: (&str, &str), name: (String, String), value: toml::Value, read: &mut Read, faults: &mut Faults) {
    if let Some((other, _)) = read.entries.insert(name, (at.0.to_owned(), value)) {
        faults.push(at, FaultKind::Id, format!("stands in law/{other}, too"), "Keep one of them");
    }
}

/// The entries of one kind: name, file, value.
fn entries<'r>(read: &'r Read, kind: &'r str) -> impl Iterator<Item = (&'r str, &'r str, &'r toml::Value)> {
    read.entries.iter().filter(move |((of, _), _)| of == kind).map(|((_, name), (file, value))| (name.as_str(), file.as_str(), value))
}

/// What rules rest on, by name.
fn sources(read: &Read, faults: &mut Faults) -> BTreeMap<String, Citation> {
    let mut sources = BTreeMap::new();
    for (name, file, value) in entries(read, "source") {
        let at = format!("source {name}");
        match value.clone().try_into::<Citation>() {
            Ok(citation) => {
                check_text((file, &at), "what it says", &citation.says, faults);
                if citation.instrument.trim().is_empty() {
                    faults.push((file, &at), FaultKind::NoCitation, "no instrument is named", "Name it, as in 'UU 6/2011'");
                }
                sources.insert(name.to_owned(), citation);
            }
            Err(error) => form((file, &at), &error, faults),
        }
    }
    sources
}

fn form(at: (&str, &str), error: &impl std::fmt::Display, faults: &mut Faults) {
    faults.push(at, FaultKind::Form, error.to_string().trim().replace('\n', " "), "Compare with 'The form of a rule' in law/README.md");
}

/// Both languages, and short enough.
fn check_text(at: (&str, &str), what: &str, text: &Bilingual, faults: &mut Faults) {
    for (language, text) in [("Indonesian", &text.id), ("English", &text.en)] {
        let length = text.chars().count();
        if text.trim().is_empty() {
            faults.push(at, FaultKind::Text, format!("{what} is missing in {language}"), "Write it: every text is in both languages");
        } else if length > TEXT_CHARS_MAX {
            faults.push(
                at,
                FaultKind::Text,
                format!("{what} has {length} characters in {language}"),
                format!("Shorten it to {TEXT_CHARS_MAX}: it is read at the counter"),
            );
        }
    }
}

/// Over everything that was read: named entries by name, rules by id, years by number.
fn hash(read: &Read) -> [u8; 32] {
    let mut all = toml::Table::new();
    for ((kind, name), (_, value)) in &read.entries {
        let kind = all.entry(kind.clone()).or_insert_with(|| toml::Table::new().into());
        if let toml::Value::Table(table) = kind {
            table.insert(name.clone(), value.clone());
        }
    }
    for (kind, values, key) in [("rule", &read.rules, "id"), ("year", &read.years, "year")] {
        let mut values: Vec<toml::Value> = values.iter().map(|(_, value)| value.clone()).collect();
        values.sort_by_cached_key(|value| value.get(key).map(ToString::to_string));
        all.insert(kind.to_owned(), values.into());
    }
    canonical::hash(LAW_TAG, &all.into())
}
