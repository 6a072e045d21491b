//! Document codes: the first one or two characters of a zone.

use std::fmt;

use crate::cells::{Cells, CellsError};
use crate::format::Format;

/// A document code of one or two characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentCode(pub(crate) Cells<2>);

impl DocumentCode {
    /// A code: `P`, `PP`, `ID`, `V` ...
    ///
    /// # Errors
    /// When it has more than two characters, or others than letters and digits.
    pub fn new(text: &str) -> Result<Self, CellsError> {
        Cells::new(text).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether a document of this format may have this code.
    ///
    /// - TD3: `P`, alone or with a letter (part 4 §4.2.2.1).
    /// - TD1: `A`, `C` or `I`; the second character as the issuer likes, but not `V`, and no `AI`; `AC` is a crew member
    ///   certificate (part 5 §4.2.2, note k).
    /// - TD2: `A`, `C` or `I`; the second not `V`, and no `AC` (part 6 §4.2.2, note k).
    /// - Visas: `V` and any character (part 7 §4.2.2.1).
    pub fn fits(&self, format: Format) -> bool {
        let mut characters = self.as_str().chars();
        let (first, second) = (characters.next(), characters.next());
        match (format, first, second) {
            (Format::Td3, Some('P'), second) => second.is_none_or(|second| second.is_ascii_uppercase()),
            (Format::Td1, Some('A'), Some('I')) | (Format::Td2, Some('A'), Some('C')) => false,
            (Format::Td1 | Format::Td2, Some('A' | 'C' | 'I'), second) => second != Some('V'),
            (Format::MrvA | Format::MrvB, Some('V'), _) => true,
            _ => false,
        }
    }

    /// The kind of passport that the second letter names. `P` alone names none: such passports may be issued until the end
    /// of 2027.
    pub fn passport(&self) -> Option<Passport> {
        Passport::ALL.into_iter().find(|kind| kind.code() == self.as_str())
    }
}

impl fmt::Debug for DocumentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Kinds of passports (part 4 §4.4, from 1 January 2026; `PU` part 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passport {
    /// `PP`: of a national.
    National,
    /// `PE`: issued in an emergency.
    Emergency,
    /// `PD`: diplomatic.
    Diplomatic,
    /// `PO`: official or service.
    Official,
    /// `PR`: of a refugee.
    Refugee,
    /// `PT`: of an alien, somebody who is no citizen.
    Alien,
    /// `PS`: of a stateless person.
    Stateless,
    /// `PL`: laissez-passer.
    LaissezPasser,
    /// `PM`: military.
    Military,
    /// `PU`: emergency travel document of one sheet.
    SingleSheet,
}

impl Passport {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::National,
        Self::Emergency,
        Self::Diplomatic,
        Self::Official,
        Self::Refugee,
        Self::Alien,
        Self::Stateless,
        Self::LaissezPasser,
        Self::Military,
        Self::SingleSheet,
    ];

    /// Its document code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::National => "PP",
            Self::Emergency => "PE",
            Self::Diplomatic => "PD",
            Self::Official => "PO",
            Self::Refugee => "PR",
            Self::Alien => "PT",
            Self::Stateless => "PS",
            Self::LaissezPasser => "PL",
            Self::Military => "PM",
            Self::SingleSheet => "PU",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_formats() {
        let fits = |code: &str| {
            let code = DocumentCode::new(code).unwrap();
            Format::ALL.into_iter().filter(|format| code.fits(*format)).map(Format::word).collect::<Vec<_>>().join(" ")
        };
        for (code, expected) in [
            ("P", "TD3"),
            ("P<", "TD3"),
            ("PP", "TD3"),
            ("PN", "TD3"),
            ("P1", ""),
            ("I", "TD1 TD2"),
            ("ID", "TD1 TD2"),
            ("IV", ""),
            ("C1", "TD1 TD2"),
            ("AC", "TD1"),
            ("AI", "TD2"),
            ("V", "MRVA MRVB"),
            ("VC", "MRVA MRVB"),
            ("1D", ""),
            ("X", ""),
            ("", ""),
            ("<P", ""),
        ] {
            assert_eq!(fits(code), expected, "{code}");
        }
    }

    #[test]
    fn kinds_of_passports() {
        for kind in Passport::ALL {
            assert_eq!(DocumentCode::new(kind.code()).unwrap().passport(), Some(kind));
        }
        assert_eq!(DocumentCode::new("P").unwrap().passport(), None);
        assert_eq!(DocumentCode::new("PZ").unwrap().passport(), None);
    }
}
