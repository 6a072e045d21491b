//! Names of a zone: a primary identifier, two fillers, a secondary identifier; one filler between their parts (ICAO Doc 9303
//! part 3 §4.6).
//!
//! A name without `<<` has no secondary identifier: the whole is the primary one (part 4 §4.2.3.5, `SATRIYA<SUDARPA`). That is
//! the usual case of an Indonesian passport, and no fault.
//!
//! What people call themselves is no fact of a zone: it has 26 letters, and room for 30 to 39 characters. The name of a person
//! is read from the document and asked of its holder.

use std::fmt;

use crate::cells::{Cells, CellsError};
use crate::format::{Field, Format, Span};
use crate::transliterate::{Choices, Unwritable, transliterate};

/// The most characters a field for the name has: TD3 and MRV-A.
const NAME_MAX: usize = 39;

/// The name field of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name(pub(crate) Cells<NAME_MAX>);

/// Why a name cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// A character has no form in a zone.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// No letter is left.
    #[error("a name has at least one letter")]
    Empty,
    /// The name is already in the alphabet of zones, but does not fit or has a digit.
    #[error("the name field: {0}")]
    Cells(#[from] CellsError),
    /// Names have no digits in a zone (part 3 §4.6).
    #[error("a name has no digits")]
    Digit,
}

impl Name {
    /// The field as it stands in a zone; fillers at its end may be there or not.
    ///
    /// # Errors
    /// When it is empty, too long for every format, or has other characters than letters and fillers.
    pub fn from_field(text: &str) -> Result<Self, NameError> {
        let cells = Cells::new(text)?;
        if text.contains(|character: char| character.is_ascii_digit()) {
            return Err(NameError::Digit);
        }
        if !text.contains(|character: char| character.is_ascii_uppercase()) {
            return Err(NameError::Empty);
        }
        Ok(Self(cells))
    }

    /// Writes the two identifiers of a person into the name field of a format: transliterated (part 3 §6), without
    /// punctuation (§4.6), and truncated where it is too long. Either identifier may be empty, not both.
    ///
    /// Of the ways to truncate that parts 4 to 7 leave to the issuer, this is the one here: the primary identifier stays as it
    /// is if two fillers and one letter of the secondary one have room after it; else its longest part is shortened by one
    /// letter until they have. The secondary identifier is cut at the end of the field. A field that is cut ends in a letter,
    /// which tells a reader that something may be missing.
    ///
    /// # Errors
    /// When a character has no form in a zone, or no letter is left.
    pub fn write(format: Format, primary: &str, secondary: &str, choices: Choices) -> Result<Self, NameError> {
        let width = format.span(Field::Name).map_or(NAME_MAX, Span::len);
        let (primary, secondary) = (transliterate(primary, choices)?, transliterate(secondary, choices)?);
        let mut parts: Vec<&str> = primary.split('<').filter(|part| !part.is_empty()).collect();
        if parts.is_empty() && secondary.is_empty() {
            return Err(NameError::Empty);
        }
        if secondary.is_empty() {
            shorten_to_a_letter(&mut parts, width);
            return Ok(Self(Cells::of(parts.join("<").as_bytes())));
        }
        while length(&parts) + 3 > width {
            shorten(&mut parts);
        }
        let primary = parts.join("<");
        let mut given: Vec<&str> = secondary.split('<').collect();
        shorten_to_a_letter(&mut given, width - primary.len() - 2);
        Ok(Self(Cells::of(format!("{primary}<<{}", given.join("<")).as_bytes())))
    }

    /// The field without the fillers at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Usually the family name; the whole name where it cannot be divided.
    pub fn primary(&self) -> Identifier<'_> {
        Identifier::both(self.as_str()).0
    }

    /// Usually the given names; may be empty.
    pub fn secondary(&self) -> Identifier<'_> {
        Identifier::both(self.as_str()).1
    }
}

fn length(parts: &[&str]) -> usize {
    (parts.iter().map(|part| part.len()).sum::<usize>() + parts.len()).saturating_sub(1)
}

/// Takes a letter from the longest part, the last of them where several are; parts of one letter go one by one from the end.
fn shorten(parts: &mut Vec<&str>) {
    match parts.iter_mut().max_by_key(|part| part.len()) {
        Some(longest) if longest.len() > 1 => *longest = &longest[..longest.len() - 1],
        _ => {
            parts.pop();
        }
    }
}

/// Cuts the parts, joined by fillers, to a width; where something is cut, what is left fills the width and ends in a letter.
fn shorten_to_a_letter(parts: &mut Vec<&str>, width: usize) {
    if length(parts) <= width {
        return;
    }
    loop {
        // The parts that begin within the width, and how far they reach with a filler after each.
        let (mut fit, mut kept) = (0, 0);
        while let Some(part) = parts.get(fit).filter(|_| kept < width) {
            kept += part.len() + 1;
            fit += 1;
        }
        if kept > width {
            parts.truncate(fit);
            if let Some(last) = parts.last_mut() {
                *last = &last[..last.len() - (kept - 1 - width)];
            }
            return;
        }
        // The width ends on a filler: one letter of the parts before it makes room for the first letter of the next.
        match parts[..fit].iter_mut().max_by_key(|part| part.len()) {
            Some(longest) if longest.len() > 1 => *longest = &longest[..longest.len() - 1],
            // Initials only, all the way: the last cell stays a filler.
            _ => {
                parts.truncate(fit);
                return;
            }
        }
    }
}

/// One of the two identifiers. It reads with spaces between its parts; `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'z>(&'z str);

impl<'z> Identifier<'z> {
    /// Primary and secondary identifier of a name field.
    pub(crate) fn both(field: &'z str) -> (Self, Self) {
        let between = field.as_bytes().windows(2).position(|pair| pair == b"<<").unwrap_or(field.len());
        let (primary, secondary) = field.split_at_checked(between).unwrap_or((field, ""));
        (Self(primary.trim_matches('<')), Self(secondary.trim_matches('<')))
    }

    /// Its parts.
    pub fn parts(self) -> impl Iterator<Item = &'z str> {
        self.0.split('<').filter(|part| !part.is_empty())
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.parts().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Identifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} characters)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, primary: &str, secondary: &str) {
        let name = Name::from_field(field).unwrap();
        assert_eq!((name.primary().to_string().as_str(), name.secondary().to_string().as_str()), (primary, secondary), "{field}");
    }

    #[test]
    fn two_identifiers() {
        check("ERIKSSON<<ANNA<MARIA<<<<", "ERIKSSON", "ANNA MARIA");
        check("VAN<DER<MUELLEN<<MARTIN", "VAN DER MUELLEN", "MARTIN");
        // The usual Indonesian case: one identifier, of one part or several.
        check("ARKFREITH<<<<", "ARKFREITH", "");
        check("SATRIYA<SUDARPA<<<", "SATRIYA SUDARPA", "");
        check("SITI<NURHALIZAH<", "SITI NURHALIZAH", "");
        // No family name.
        check("<<AUNG<SAN<MYINT<<", "", "AUNG SAN MYINT");
        // More separators than the standard knows.
        check("A<<<B<<C<<", "A", "B C");
        check("<A<B<<C", "A B", "C");
    }

    #[test]
    fn what_is_no_name() {
        for (field, expected) in [
            ("", NameError::Empty),
            ("<<<", NameError::Empty),
            ("ERIK55ON", NameError::Digit),
            ("eriksson", NameError::Cells(CellsError::Character { found: 'e' })),
        ] {
            assert_eq!(Name::from_field(field), Err(expected), "{field}");
        }
        assert!(matches!(Name::from_field(&"A".repeat(40)), Err(NameError::Cells(CellsError::TooLong { .. }))));
    }

    fn written(format: Format, primary: &str, secondary: &str, expected: &str) {
        let name = Name::write(format, primary, secondary, Choices::default()).unwrap();
        assert_eq!(name.as_str(), expected, "{primary}, {secondary}");
    }

    /// Part 3 §4.6 and part 4 §4.2.3.
    #[test]
    fn the_standards_names() {
        use Format::{Td1, Td3};
        written(Td3, "ERIKSSON", "ANNA MARIA", "ERIKSSON<<ANNA<MARIA");
        written(Td3, "SMITH-JONES", "SUSIE MARGARET", "SMITH<JONES<<SUSIE<MARGARET");
        written(Td3, "O'CONNOR", "ENYA SIOBHAN", "OCONNOR<<ENYA<SIOBHAN");
        written(Td3, "D'ARTAGNAN", "", "DARTAGNAN");
        written(Td3, "AL-BASRI", "HUDA MUHAMMAD JAWAD", "AL<BASRI<<HUDA<MUHAMMAD<JAWAD");
        written(Td3, "SATRIYA SUDARPA", "", "SATRIYA<SUDARPA");
        written(Td3, "", "AUNG SAN MYINT", "<<AUNG<SAN<MYINT");
        written(Td3, "PAPANDROPOULOUS", "JONATHON WARREN TREVOR", "PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR");
        written(Td3, "NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG KRASUANG", "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K");
        written(Td1, "PAPANDROPOULOUS", "JONATHON ALEC", "PAPANDROPOULOUS<<JONATHON<ALEC");
        written(Td1, "VILARCHAO FERNANDEZ", "JOSE RAMON", "VILARCHAO<FERNANDEZ<<JOSE<RAMO");
    }

    #[test]
    fn a_cut_name_fills_the_field_and_ends_in_a_letter() {
        use Format::Td1;
        written(Td1, "BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO", "BENNEL<WOOLOO<WARRAN<WARNAM<<D");
        written(Td1, "BENNELONG WOOLOOMOOLOO WARRANDYTE", "", "BENNELONG<WOOLOOMOOLOO<WARRAND");
        // The cut would leave a filler at the end: JONATHON gives a letter.
        written(Td1, "PAPANDROPOULOUS", "JONATHON ALEX XAVIER", "PAPANDROPOULOUS<<JONATHON<ALEX");
        written(Td1, "PAPANDROPOULOUS", "JONATHON ALE XAVIER", "PAPANDROPOULOUS<<JONATHO<ALE<X");
        for letters in 1..60 {
            for format in Format::ALL {
                let width = format.span(Field::Name).unwrap().len();
                let name = Name::write(format, &"AB ".repeat(letters), &"CDE ".repeat(letters), Choices::default()).unwrap();
                let whole = letters * 3 - 1 + 2 + letters * 4 - 1;
                assert_eq!(name.as_str().len(), whole.min(width), "{letters} in {format}: {}", name.as_str());
                assert!(name.secondary().to_string().starts_with('C'));
            }
        }
        // Forty initials have no letter to give.
        let name = Name::write(Format::Td3, &"A ".repeat(40), "", Choices::default()).unwrap();
        assert_eq!(name.as_str().len(), 39);
        let name = Name::write(Td1, &"A ".repeat(40), "", Choices::default()).unwrap();
        assert_eq!(name.as_str().len(), 29);
    }

    #[test]
    fn debug_says_nothing() {
        let name = Name::from_field("CONTOH<<SITI").unwrap();
        assert_eq!(format!("{name:?} {:?}", name.primary()), "Name((12 characters)) (6 characters)");
    }
}
