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
    #[error("{}; expected {}", self.found(), self.expected())]
    Length {
        /// How many lines there are.
        lines: usize,
        /// How many characters the first three have.
        lengths: [usize; 3],
    },
}

impl Refusal {
    /// How many lines of how many characters there are.
    pub fn found(&self) -> String {
        let Self::Length { lines, lengths: [a, b, c] } = self;
        match lines {
            0 => "no line".to_owned(),
            1 => format!("one line of {a} characters"),
            2 => format!("two lines of {a} and {b} characters"),
            3 => format!("three lines of {a}, {b} and {c} characters"),
            lines => format!("{lines} lines"),
        }
    }

    /// Which there could be.
    pub const fn expected(&self) -> &'static str {
        "two lines of 44 or 36, or three of 30"
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

/// What is wrong with a field, or worth a look. `Debug` shows its word only.
#[derive(Clone, Copy, PartialEq, Eq)]
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

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_not_in_debug_or_display() {
        let check = Fault::CheckDigit { check: Check::BirthDate, found: '7', expected: '8' };
        for fault in [check, Fault::Character { found: '7', column: 8 }] {
            let problem = Problem { field: Field::BirthDate, fault };
            let shown = format!("{problem:?} {problem}");
            assert!(!shown.contains(['7', '8']) && shown.contains(fault.word()), "{shown}");
        }
    }

    #[test]
    fn a_refusal_says_what_there_is_and_what_there_could_be() {
        for (lines, lengths, found) in [
            (0, [0; 3], "no line"),
            (1, [89, 0, 0], "one line of 89 characters"),
            (2, [44, 5, 0], "two lines of 44 and 5 characters"),
            (3, [30, 30, 29], "three lines of 30, 30 and 29 characters"),
            (4, [30; 3], "4 lines"),
        ] {
            let refusal = Refusal::Length { lines, lengths };
            assert_eq!(refusal.found(), found);
            assert_eq!(refusal.to_string(), format!("{found}; expected two lines of 44 or 36, or three of 30"));
        }
    }
}
