//! Why a rule set is refused.

use std::fmt;

use crate::words::words;

words! {
    /// What a fault is about.
    FaultKind {
        /// A file is not TOML, too large, or has something that is no part of the law.
        File = "file",
        /// A rule or entry has a field that is missing, unknown or of the wrong type; also a date that is no day.
        Form = "form",
        /// A name or word that no list has.
        Unknown = "unknown",
        /// A text that is missing in a language, or longer than a person reads at the counter.
        Text = "text",
        /// An id that is used twice or cannot be one.
        Id = "id",
        /// Nothing is cited.
        NoCitation = "no_citation",
        /// No worked example.
        NoExample = "no_example",
        /// A worked example comes out otherwise.
        Example = "example",
        /// Days of which a topic speaks, without a rule.
        GapInTime = "gap_in_time",
        /// Cases that no rule covers.
        GapInCases = "gap_in_cases",
        /// Cases that two rules cover, of which neither takes precedence.
        Overlap = "overlap",
        /// An answer that is missing, or that the topic does not give.
        Give = "give",
        /// Precedence that names no rule or goes round in a circle.
        Precedence = "precedence",
        /// Years of the calendar that are missing, or days that are not of their year.
        Calendar = "calendar",
        /// More rules, conditions or cases than can be checked.
        TooMany = "too_many",
    }
}

/// A fault in a rule set: where it is, what was found, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// The file it stands in.
    pub file: String,
    /// The rule, or the entry of the file; empty when the whole file is meant.
    pub place: String,
    /// What it is about.
    pub kind: FaultKind,
    /// What was found.
    pub found: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, place, found, remedy, .. } = self;
        let parted = if place.is_empty() { "" } else { ": " };
        write!(f, "law/{file}{parted}{place}: {found}. {remedy}")
    }
}

/// Collects faults, so that whoever edits the files sees them all at once.
#[derive(Default)]
pub(super) struct Faults(pub Vec<Fault>);

/// More than this tell nobody more.
const FAULTS_MAX: usize = 200;

impl Faults {
    pub fn push(&mut self, at: (&str, &str), kind: FaultKind, found: impl Into<String>, remedy: impl Into<String>) {
        if self.0.len() < FAULTS_MAX {
            self.0.push(Fault { file: at.0.to_owned(), place: at.1.to_owned(), kind, found: found.into(), remedy: remedy.into() });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
