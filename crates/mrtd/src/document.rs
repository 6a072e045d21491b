//! What a zone says, apart from how it is written: to be written by [`crate::emit`].

use std::fmt;

use crate::cells::{Cells, CellsError, FILLER, Spaced};
use crate::code::DocumentCode;
use crate::date::ZoneDate;
use crate::format::Format;
use crate::name::Name;
use crate::sex::Sex;
use crate::state::StateCode;

/// The most characters of a document number: nine, and fourteen in the optional data of TD1 before the check digit.
const NUMBER_MAX: usize = 9 + 14;
/// The most optional data: MRV-A.
const OPTIONAL_MAX: usize = 16;

/// The contents of a zone.
///
/// Personal: `Debug` shows the format and the lengths of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// How it is laid out.
    pub format: Format,
    /// Kind of document.
    pub code: DocumentCode,
    /// Who issued it.
    pub issuing_state: StateCode,
    /// Name of the holder.
    pub name: Name,
    /// Number of the document.
    pub number: Number,
    /// Nationality of the holder.
    pub nationality: StateCode,
    /// Date of birth.
    pub birth_date: ZoneDate,
    /// Sex.
    pub sex: Sex,
    /// Date of expiry; of a visa, the last day on which it can be used.
    pub expiry_date: ZoneDate,
    /// Optional data; on a passport the personal number.
    pub optional_1: Optional,
    /// More optional data; TD1 only.
    pub optional_2: Optional,
    /// What stands in the check digit of a personal number that is empty; passports only.
    pub empty_number_check: EmptyNumberCheck,
}

/// The two forms that the check digit of an empty personal number may have (part 4 §4.2.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyNumberCheck {
    /// `0`
    #[default]
    Zero,
    /// `<`
    Filler,
}

/// A document number. It reads with spaces where the zone has fillers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number(pub(crate) Cells<NUMBER_MAX>);

impl Number {
    /// A number as it is printed: small letters are made large, spaces and special characters become fillers (part 4 §4.2.2.2).
    ///
    /// # Errors
    /// When it is too long for every format, or has letters or digits that are not A to Z, 0 to 9.
    pub fn new(printed: &str) -> Result<Self, CellsError> {
        let mut text = String::with_capacity(printed.len());
        for character in printed.trim().chars().flat_map(char::to_uppercase) {
            match character {
                _ if character.is_ascii_alphanumeric() => text.push(character),
                _ if character.is_alphanumeric() => return Err(CellsError::Character { found: character }),
                _ => text.push(char::from(FILLER)),
            }
        }
        Cells::new(&text).map(Self)
    }

    /// The number with its fillers.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Spaced(self.as_str()).fmt(f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Optional data of an issuer, in the alphabet of zones.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Optional(pub(crate) Cells<OPTIONAL_MAX>);

impl Optional {
    /// None.
    pub const EMPTY: Self = Self(Cells::EMPTY);

    /// Data as it stands in the zone; fillers at its end are no part of it.
    ///
    /// # Errors
    /// When it cannot stand in a zone, or is longer than any field for it.
    pub fn new(text: &str) -> Result<Self, CellsError> {
        Cells::new(text).map(Self)
    }

    /// The data with the fillers in and before it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Optional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_they_are_printed() {
        for (printed, expected, reads) in [
            ("X1234567", Ok("X1234567"), "X1234567"),
            (" x 1234-567 ", Ok("X<1234<567"), "X 1234 567"),
            ("D23145890734", Ok("D23145890734"), "D23145890734"),
            ("", Ok(""), ""),
            ("Ü1", Err(CellsError::Character { found: 'Ü' }), ""),
            ("١", Err(CellsError::Character { found: '١' }), ""),
            ("123456789012345678901234", Err(CellsError::TooLong { found: 24, most: 23 }), ""),
        ] {
            let number = Number::new(printed);
            assert_eq!(number.as_ref().map(Number::as_str), expected.as_ref().copied(), "{printed}");
            assert_eq!(number.map(|number| number.to_string()).unwrap_or_default(), reads);
        }
    }

    #[test]
    fn debug_says_nothing_of_the_holder() {
        let document = Document {
            format: Format::Td3,
            code: DocumentCode::new("PP").unwrap(),
            issuing_state: StateCode::new("UTO").unwrap(),
            name: Name::from_field("CONTOH<<SITI").unwrap(),
            number: Number::new("X1234567").unwrap(),
            nationality: StateCode::new("IDN").unwrap(),
            birth_date: ZoneDate::read("740812").unwrap(),
            sex: Sex::Female,
            expiry_date: ZoneDate::read("320817").unwrap(),
            optional_1: Optional::new("3201011708900006").unwrap(),
            optional_2: Optional::EMPTY,
            empty_number_check: EmptyNumberCheck::Zero,
        };
        let shown = format!("{document:?}");
        for secret in ["CONTOH", "SITI", "X1234567", "IDN", "7408", "3208", "32010"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
