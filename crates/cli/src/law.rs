//! `siger law`: look whether rules are sound, and explain what they say of a case. Needs no office, settings or network.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use serde::Serialize;
use siger_domain::law::{FACTS_BYTES_MAX, FILES, Fault, Law, Question, Topic, Why, read_questions};
use siger_domain::retention::{self, RetentionRules};
use siger_domain::time::CivilDate;

use crate::Found;

/// The rules of how long data is kept are a law of their own, in the same folder.
const RETENTION: &str = "retention.toml";

/// More than this in one folder is not a folder of rules.
const FOLDER_FILES_MAX: usize = 256;

/// The same for one file: the longest that the program carries has under 20 KiB.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Look at the rules, or ask them.
#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Look whether the rules are sound: form, citations, gaps, overlaps, worked examples
    Check(Check),
    /// Answer a file of facts, with everything that explains the answer, as JSON
    Why(Ask),
}

#[derive(Args)]
struct Check {
    /// Folder of rules; without it those that this program carries
    #[arg(long, value_name = "FOLDER")]
    law: Option<PathBuf>,
}

#[derive(Args)]
struct Ask {
    /// What is known of the case: docs/ref/law.md
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// The day that is asked about: YYYY-MM-DD
    #[arg(long, value_name = "DATE")]
    on: String,
    /// Folder of rules; without it those that this program carries
    #[arg(long, value_name = "FOLDER")]
    law: Option<PathBuf>,
}

impl Command {
    pub fn run(self) -> Result<()> {
        match self.what {
            What::Check(check) => check.run(),
            What::Why(ask) => ask.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<()> {
        let files = Files::of(self.law.as_deref())?;
        let mut said = Vec::new();
        let mut wrong = 0;
        match files.law() {
            Ok(law) => say(&law, &mut said),
            Err(faults) => {
                wrong += faults.len();
                said.extend(faults.iter().map(|fault| format!("WRONG  {fault}")));
            }
        }
        match files.retention.as_deref().map(RetentionRules::parse) {
            Some(Ok(rules)) => {
                let unconfirmed = rules.rules().iter().filter(|rule| !rule.is_confirmed()).count();
                said.push(format!("ok     {RETENTION}: {} rules, {unconfirmed} unconfirmed", rules.rules().len()));
            }
            Some(Err(faults)) => {
                wrong += faults.len();
                said.extend(faults.iter().map(|fault| format!("WRONG  law/{RETENTION}: {fault}. Compare with 'A retention rule' in law/README.md")));
            }
            None => {
                wrong += 1;
                said.push(format!("WRONG  law/{RETENTION}: the file is missing. Without it nothing says how long data is kept"));
            }
        }
        print(said.join("\n"))?;
        if wrong == 0 { Ok(()) } else { Err(Found(format!("{} in the rules; what to do stands beside each", faults_said(wrong))).into()) }
    }
}

fn faults_said(number: usize) -> String {
    if number == 1 { "1 fault".to_owned() } else { format!("{number} faults") }
}

/// Prints it in one piece. Whoever reads only the beginning (`| head`) ends the command, and nothing panics.
fn print(mut text: String) -> Result<()> {
    text.push('\n');
    std::io::stdout().write_all(text.as_bytes()).context("print the answer")
}

/// The text of a file, and no more than so many bytes of it: a pipe or a device may never end.
fn read_bounded(path: &Path, bytes_max: u64) -> Result<String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(bytes_max).read_to_end(&mut bytes));
    read.with_context(|| format!("read {}", path.display()))?;
    // Where the bound cuts a character in two, the file is too long, and whoever asked says so.
    if bytes.len() as u64 == bytes_max {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{} is no text in UTF-8: save it as UTF-8", path.display()))
}

/// Says what was looked at: rules of each topic, and what nobody confirmed yet.
fn say(law: &Law, said: &mut Vec<String>) {
    let examples: usize = law.rules().iter().map(|rule| rule.examples.len()).sum();
    for topic in Topic::ALL {
        let rules: Vec<_> = law.rules().iter().filter(|rule| rule.topic == *topic).collect();
        let examples: usize = rules.iter().map(|rule| rule.examples.len()).sum();
        said.push(format!("ok     {topic}: since {}, rules {}, examples {examples}", law.since(*topic), rules.len()));
    }
    let (first, last) = law.calendar().covers();
    said.push(format!("ok     working days from {first} to {last}"));
    for rule in law.rules().iter().filter(|rule| !rule.is_confirmed()) {
        let mut basis: Vec<String> = rule.basis.iter().map(ToString::to_string).collect();
        basis.dedup();
        said.push(format!("mind   unconfirmed: {} ({})", rule.id, basis.join("; ")));
    }
    for year in law.calendar().years().iter().filter(|year| !year.verified) {
        said.push(format!("mind   unconfirmed: holidays of {}", year.year));
    }
    let sources: BTreeSet<String> = law.rules().iter().flat_map(|rule| &rule.basis).map(ToString::to_string).collect();
    said.push(format!("ok     law: {} rules, {examples} examples, {} sources, rule set {}", law.rules().len(), sources.len(), law.rule_set_hash_hex()));
}

/// The answer, as it is printed.
#[derive(Serialize)]
struct Answers {
    on: CivilDate,
    rule_set: String,
    answers: Vec<Why>,
}

impl Ask {
    fn run(self) -> Result<()> {
        let on: CivilDate = self.on.parse().map_err(|_| BadDay)?;
        // One byte more than there may be, so that the reading says of a longer file that it is none.
        let text = read_bounded(&self.facts, FACTS_BYTES_MAX as u64 + 1)?;
        let question: Question = read_questions(&text).with_context(|| format!("read {}", self.facts.display())).map_err(BadFacts)?;
        let law = Files::of(self.law.as_deref())?.law().map_err(|faults| {
            faults.iter().for_each(|fault| eprintln!("siger: {fault}"));
            Found(format!("{} in the rules: see siger law check", faults_said(faults.len())))
        })?;
        let answers = Answers { on, rule_set: law.rule_set_hash_hex(), answers: law.answer(&question, on) };
        print(serde_json::to_string_pretty(&answers).context("write the answer as JSON")?)
    }
}

/// The day that is asked about is none; nothing was asked.
#[derive(Debug, thiserror::Error)]
#[error("--on: expected a day that exists, as YYYY-MM-DD")]
pub struct BadDay;

/// The file of facts cannot be used; nothing was asked.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}. What it may hold: docs/ref/law.md")]
pub struct BadFacts(anyhow::Error);

/// The files of a law, as text.
struct Files {
    rules: Vec<(String, String)>,
    retention: Option<String>,
}

impl Files {
    fn of(folder: Option<&Path>) -> Result<Self> {
        let Some(folder) = folder else {
            let rules = FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            return Ok(Self { rules, retention: Some(retention::TEXT.to_owned()) });
        };
        let mut files = Self { rules: Vec::new(), retention: None };
        let entries = std::fs::read_dir(folder).with_context(|| format!("read the folder {}", folder.display()))?;
        let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        anyhow::ensure!(!paths.is_empty(), "there are no .toml files in {}", folder.display());
        anyhow::ensure!(paths.len() <= FOLDER_FILES_MAX, "{} .toml files in {}: at most {FOLDER_FILES_MAX} are read", paths.len(), folder.display());
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = read_bounded(&path, FILE_BYTES_MAX + 1)?;
            anyhow::ensure!(text.len() as u64 <= FILE_BYTES_MAX, "{} has more than {FILE_BYTES_MAX} bytes: no file of rules is so long", path.display());
            if name == RETENTION { files.retention = Some(text) } else { files.rules.push((name, text)) }
        }
        Ok(files)
    }

    fn law(&self) -> Result<Law, Vec<Fault>> {
        let files: Vec<(&str, &str)> = self.rules.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Law::load(&files)
    }
}
