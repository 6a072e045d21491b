//! What is wrong with a zone, or worth a look: which field, what was found, what was expected.
//!
//! A zone is about somebody. The found text is in the zone ([`crate::Zone::explain`] shows it, for the page of the officer); `Debug` and `Display` of
//! a [`Problem`] do not have it, so that a log line cannot.

use std::fmt;

use crate::check::Check;
use crate::format::Field;

/// Why a text is no zone at all: there is no telling which character would belong to which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The lines are not those of any format.
    #[error("{}; expected two lines of 44 or 36, or three of 30", Found(*.lines, .lengths))]
    Length {
        /// How many lines there are.
        lines: usize,
        /// How many characters the first three have.
        lengths: [usize; 3],
    },
}

struct Found<'r>(usize, &'r [usize; 3]);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (0, _) => f.write_str("no line"),
            (1, [a, ..]) => write!(f, "one line of {a} characters"),
            (2, [a, b, _]) => write!(f, "two lines of {a} and {b} characters"),
            (3, [a, b, c]) => write!(f, "three lines of {a}, {b} and {c} characters"),
            (lines, _) => write!(f, "{lines} lines"),
        }
    }
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth a look; the zone can be valid all the same.
    Notice,
    /// The zone is not valid.
    Fault,
}

/// One thing about one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What.
    pub fault: Fault,
}

/// What is wrong with a field, or worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A character that a zone cannot hold (part 3 §4.3), the first of its field.
    Character {
        /// Which.
        found: char,
        /// Where in its line, from 1.
        column: u8,
    },
    /// A check digit is not the one that its cells ask for.
    CheckDigit {
        /// Which.
        check: Check,
        /// What is printed.
        found: char,
        /// What would be right.
        expected: char,
    },
    /// Characters of a date that are neither digits nor unknown pairs.
    NotADate,
    /// No calendar has such a day.
    NoSuchDay,
    /// A date of expiry that is known in part; only dates of birth may be (part 3 §4.8).
    PartlyKnown,
    /// None of the characters for the sex.
    NotASex,
    /// Digits in the name (part 3 §4.6).
    DigitInName,
    /// Neither identifier.
    NoName,
    /// A document code that this format does not have.
    DocumentCode,
    /// The name fills its field: the end may be cut off, and there is no telling (part 4 §4.2.3.3).
    MaybeTruncated,
    /// More fillers between the parts of the name than the standard has.
    NameSeparators,
    /// The code of a State or nationality that is not listed.
    StateUnknown,
    /// No code.
    StateMissing,
    /// A document of Utopia, the State of specimens.
    Specimen,
    /// No number.
    NumberMissing,
    /// The date of expiry is left open.
    NoExpiry,
    /// A kind of passport that is not listed (part 4 §4.4).
    PassportUnknown,
}

impl Fault {
    /// How much it weighs.
    pub const fn severity(self) -> Severity {
        match self {
            Self::Character { .. }
            | Self::CheckDigit { .. }
            | Self::NotADate
            | Self::NoSuchDay
            | Self::PartlyKnown
            | Self::NotASex
            | Self::DigitInName
            | Self::NoName
            | Self::DocumentCode => Severity::Fault,
            Self::MaybeTruncated
            | Self::NameSeparators
            | Self::StateUnknown
            | Self::StateMissing
            | Self::Specimen
            | Self::NumberMissing
            | Self::NoExpiry
            | Self::PassportUnknown => Severity::Notice,
        }
    }

    /// One word for each kind, for those who translate or count: `no_such_day`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Character { .. } => "character",
            Self::CheckDigit { .. } => "check_digit",
            Self::NotADate => "not_a_date",
            Self::NoSuchDay => "no_such_day",
            Self::PartlyKnown => "partly_known",
            Self::NotASex => "not_a_sex",
            Self::DigitInName => "digit_in_name",
            Self::NoName => "no_name",
            Self::DocumentCode => "document_code",
            Self::MaybeTruncated => "maybe_truncated",
            Self::NameSeparators => "name_separators",
            Self::StateUnknown => "state_unknown",
            Self::StateMissing => "state_missing",
            Self::Specimen => "specimen",
            Self::NumberMissing => "number_missing",
            Self::NoExpiry => "no_expiry",
            Self::PassportUnknown => "passport_unknown",
        }
    }
}

impl Problem {
    /// How much it weighs.
    pub const fn severity(self) -> Severity {
        self.fault.severity()
    }

    /// The word for a fault of structure in answers (`docs/ref/files.md`); nothing for check digits, which have verdicts of their own, for
    /// characters that are none of a zone's, and for notices.
    pub const fn structure(self) -> Option<&'static str> {
        match self.fault {
            Fault::NotADate | Fault::NoSuchDay | Fault::PartlyKnown | Fault::NotASex | Fault::DocumentCode => Some(self.field.word()),
            Fault::DigitInName => Some("name_charset"),
            Fault::NoName => Some("names"),
            _ => None,
        }
    }

    /// What was expected, or what to think of; without anything of the holder.
    pub const fn expected(self) -> &'static str {
        match self.fault {
            Fault::Character { .. } => "expected capital letters A to Z, digits and '<'",
            Fault::CheckDigit { .. } => "expected another check digit: this one or a character that it covers is not as it was printed",
            Fault::NotADate => "expected YYMMDD in digits, an unknown year, month or day of birth as <<",
            Fault::NoSuchDay => "expected a day that exists, as YYMMDD",
            Fault::PartlyKnown => "expected a whole date, or six fillers where the document does not expire",
            Fault::NotASex => "expected F, M or '<'",
            Fault::DigitInName => "expected letters and fillers; a name has no digits in a zone",
            Fault::NoName => "expected at least one identifier",
            Fault::DocumentCode => "expected P and a letter or filler on a passport, A, C or I on a card, V on a visa",
            Fault::MaybeTruncated => "the field is full: the name may go on",
            Fault::NameSeparators => "expected two fillers once, between the identifiers, and single ones between their parts",
            Fault::StateUnknown => "expected a code of ISO 3166-1 or of Doc 9303 part 3 section 5",
            Fault::StateMissing => "expected a code of up to three letters",
            Fault::Specimen => "a specimen: documents of Utopia are valid nowhere",
            Fault::NumberMissing => "expected a number",
            Fault::NoExpiry => "no date of expiry",
            Fault::PassportUnknown => "expected a kind of passport of Doc 9303 part 4 section 4.4",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.expected())
    }
}

/// The problems of a zone, in the order in which they were found. Held in place: a parse allocates nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Problems {
    all: [Problem; PROBLEMS_MAX],
    len: u8,
}

/// A character for each field, five check digits, and for the rest at most: code 1, States 2, name 2, number 1, birth 1, sex 1, expiry 1.
const PROBLEMS_MAX: usize = Field::ALL.len() + Check::ALL.len() + 9;

impl Problems {
    pub(crate) const NONE: Self = Self { all: [Problem { field: Field::Name, fault: Fault::NoName }; PROBLEMS_MAX], len: 0 };

    pub(crate) fn push(&mut self, field: Field, fault: Fault) {
        // There is room for all that can be: the constant counts them, and a test fills it.
        if let Some(next) = self.all.get_mut(usize::from(self.len)) {
            *next = Problem { field, fault };
            self.len += 1;
        }
    }

    /// As a slice.
    pub fn as_slice(&self) -> &[Problem] {
        &self.all[..usize::from(self.len)]
    }
}

impl std::ops::Deref for Problems {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        self.as_slice()
    }
}

impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}
