//! A person whom the office keeps a file on: what the file says, and how each part is checked at the edge.
//!
//! A name is free text in any script and any number of parts, may change, and is never a key (`docs/ethics.md`).

use serde::{Deserialize, Serialize};
use std::fmt;

use crate::access::UnknownWord;
use crate::personal::Personal;
use crate::time::{CivilDate, PartialDate};

/// Why a value about a person was refused. Messages never repeat the value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PersonError {
    /// A name must have at least one visible character.
    #[error("name: is empty")]
    NameEmpty,
    /// Bounded so that one file cannot fill a disk.
    #[error("{field}: longer than {max} characters")]
    TooLong {
        /// The field that is too long.
        field: &'static str,
        /// The bound, in characters.
        max: usize,
    },
    /// Control characters have no place in a name, a number or a note.
    #[error("{field}: holds a control character")]
    Control {
        /// The field that holds it.
        field: &'static str,
    },
    /// A code of nationality or issuer has one to three letters (ICAO Doc 9303 part 3, §5).
    #[error("{field}: not a code of one to three letters A to Z")]
    Country {
        /// The field with the wrong code.
        field: &'static str,
    },
    /// A document number holds letters and digits (ICAO Doc 9303 part 3, §4.6); separators are dropped.
    #[error("document number: must hold 1 to {max} letters A to Z or digits")]
    DocumentNumber {
        /// The bound, in characters.
        max: usize,
    },
    /// The word is not one of the list.
    #[error("{field}: {source}")]
    Word {
        /// The field with the wrong word.
        field: &'static str,
        /// What was wrong.
        source: UnknownWord,
    },
}

/// Longest name kept: the longest names on documents known to ICAO Doc 9303 authors are far below it.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest note: two pages of text; longer papers are kept as documents.
pub const NOTE_CHARS_MAX: usize = 4_000;
/// Longest document number: TD1 allows 22 characters with the overflow of the optional data; room is left for older cards.
pub const DOCUMENT_NUMBER_CHARS_MAX: usize = 30;

fn text(field: &'static str, raw: &str, max: usize) -> Result<String, PersonError> {
    if raw.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(PersonError::Control { field });
    }
    let trimmed = raw.trim();
    if trimmed.chars().count() > max {
        return Err(PersonError::TooLong { field, max });
    }
    Ok(trimmed.to_owned())
}

/// A person's name as their document or they themselves write it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Personal<String>);

impl Name {
    /// Checks and trims a name.
    ///
    /// # Errors
    /// When empty, too long or holding control characters.
    pub fn new(raw: &str) -> Result<Self, PersonError> {
        let name = text("name", raw, NAME_CHARS_MAX)?;
        if name.is_empty() {
            return Err(PersonError::NameEmpty);
        }
        // White space inside is one blank: a name is compared and shown on one line.
        Ok(Self(Personal::new(name.split_whitespace().collect::<Vec<_>>().join(" "))))
    }

    /// The name, for showing to somebody who may see it.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for Name {
    type Error = PersonError;
    fn try_from(raw: String) -> Result<Self, PersonError> {
        Self::new(&raw)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.into_revealed()
    }
}

/// A code of nationality or issuing state or organisation: ISO 3166-1 alpha-3 or a code of ICAO Doc 9303 part 3 §5
/// (`D`, `GBD`, `XXA` for a stateless person, `UTO` in specimens).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 3]);

impl CountryCode {
    /// Reads a code of one to three letters, upper or lower case.
    ///
    /// # Errors
    /// When it is anything else; `field` names it in the message.
    pub fn new(field: &'static str, raw: &str) -> Result<Self, PersonError> {
        let raw = raw.trim();
        if !(1..=3).contains(&raw.len()) || !raw.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(PersonError::Country { field });
        }
        let mut code = [b' '; 3];
        for (to, from) in code.iter_mut().zip(raw.bytes()) {
            *to = from.to_ascii_uppercase();
        }
        Ok(Self(code))
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("letters A to Z and blanks are UTF-8").trim_end()
    }
}

impl TryFrom<String> for CountryCode {
    type Error = PersonError;
    fn try_from(raw: String) -> Result<Self, PersonError> {
        Self::new("country", &raw)
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Sex as a travel document states it (ICAO Doc 9303 part 3: F, M, or unspecified).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sex {
    /// Female.
    F,
    /// Male.
    M,
    /// Unspecified, or another.
    X,
}

/// The number of a travel document: letters and digits, upper case, without separators.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentNumber(Personal<String>);

impl DocumentNumber {
    /// Reads a number as typed or scanned; blanks, hyphens and fillers are dropped.
    ///
    /// # Errors
    /// When nothing is left, it is too long, or another character stands in it.
    pub fn new(raw: &str) -> Result<Self, PersonError> {
        let number: String = raw.chars().filter(|c| !matches!(c, ' ' | '-' | '<' | '.')).map(|c| c.to_ascii_uppercase()).collect();
        if number.is_empty() || number.len() > DOCUMENT_NUMBER_CHARS_MAX || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(PersonError::DocumentNumber { max: DOCUMENT_NUMBER_CHARS_MAX });
        }
        Ok(Self(Personal::new(number)))
    }

    /// The number, for showing to somebody who may see it, and for its keyed hash.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<String> for DocumentNumber {
    type Error = PersonError;
    fn try_from(raw: String) -> Result<Self, PersonError> {
        Self::new(&raw)
    }
}

impl From<DocumentNumber> for String {
    fn from(number: DocumentNumber) -> Self {
        number.0.into_revealed()
    }
}

/// What kind of travel document it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A passport (*paspor*).
    Passport,
    /// A laissez-passer or other document in lieu of a passport (*SPLP*).
    TravelDocument,
    /// An identity card accepted for travel.
    IdentityCard,
    /// A refugee's or stateless person's travel document (1951, 1954 conventions).
    ConventionDocument,
}

impl DocumentKind {
    /// Every kind, in the order shown.
    pub const ALL: &'static [Self] = &[Self::Passport, Self::TravelDocument, Self::IdentityCard, Self::ConventionDocument];

    /// The word used in tables, the API and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::TravelDocument => "travel_document",
            Self::IdentityCard => "identity_card",
            Self::ConventionDocument => "convention_document",
        }
    }
}

/// A travel document a person holds or held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Who issued it.
    pub issuer: CountryCode,
    /// Its number.
    pub number: DocumentNumber,
    /// Last day of validity; some documents have none.
    pub expires: Option<CivilDate>,
}

impl Document {
    /// What the keyed hash for exact look-up is taken over: issuer and number; the kind may be mistyped.
    pub fn lookup_text(&self) -> String {
        format!("{}:{}", self.issuer, self.number.reveal())
    }
}

/// What the office knows of who a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The whole name, as on the document.
    pub name: Name,
    /// Date of birth, as far as known; `None` when nothing is.
    pub born: Option<Personal<PartialDate>>,
    /// As the document states it.
    pub sex: Sex,
    /// Nationality, or a special code.
    pub nationality: CountryCode,
}

/// A note of an officer on a person's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Note(Personal<String>);

impl Note {
    /// Checks and trims a note.
    ///
    /// # Errors
    /// When empty, too long or holding control characters.
    pub fn new(raw: &str) -> Result<Self, PersonError> {
        let note = text("note", raw, NOTE_CHARS_MAX)?;
        if note.is_empty() {
            return Err(PersonError::NameEmpty);
        }
        Ok(Self(Personal::new(note)))
    }

    /// The text, for showing to somebody who may see it.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(Name::new("  Sri   Wahyuni ").map(String::from), Ok("Sri Wahyuni".into()));
        assert_eq!(Name::new("สมชาย").map(String::from), Ok("สมชาย".into()));
        assert_eq!(Name::new(" \t"), Err(PersonError::NameEmpty));
        assert_eq!(Name::new("a\u{0}b"), Err(PersonError::Control { field: "name" }));
        assert!(matches!(Name::new(&"a".repeat(NAME_CHARS_MAX + 1)), Err(PersonError::TooLong { .. })));
        assert_eq!(format!("{:?}", Name::new("Sri").expect("a name")), "(personal)");
    }

    #[test]
    fn document_numbers() {
        assert_eq!(DocumentNumber::new("a 123-4567<").map(String::from), Ok("A1234567".into()));
        for bad in ["", "<<<", "A1234567'", "Ä123", &"1".repeat(DOCUMENT_NUMBER_CHARS_MAX + 1)] {
            assert!(DocumentNumber::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn country_codes() {
        assert_eq!(CountryCode::new("nationality", "mys").map(|c| c.to_string()), Ok("MYS".into()));
        assert_eq!(CountryCode::new("nationality", "D").map(|c| c.to_string()), Ok("D".into()));
        for bad in ["", "MYSX", "M1", "M-"] {
            assert!(CountryCode::new("nationality", bad).is_err(), "{bad}");
        }
    }
}
