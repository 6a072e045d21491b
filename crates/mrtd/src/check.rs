//! Check digits: weights 7, 3, 1 repeated, digits as they are, `A` to `Z` as 10 to 35, the filler as 0, sum modulo 10 (ICAO
//! Doc 9303 part 3 §4.9).
//!
//! What a digit proves is less than it seems. A changed character is noticed unless the values differ by a multiple of ten
//! (the weights have no factor in common with 10): `<`, `0`, `A`, `K` and `U` are the same to it, as are `1`, `B`, `L` and `V`,
//! and so on. Two changes can cancel each other: two neighbours that change places are not noticed when they differ by a
//! multiple of five.

use std::fmt;

use crate::cells::FILLER;

/// The value of a character, or nothing when the alphabet of zones does not have it.
pub const fn value(character: char) -> Option<u8> {
    match character {
        '0'..='9' => Some(character as u8 - b'0'),
        'A'..='Z' => Some(character as u8 - b'A' + 10),
        '<' => Some(0),
        _ => None,
    }
}

/// The check digit of a text, or nothing when it has a character that a zone cannot hold.
pub fn digit(text: &str) -> Option<char> {
    text.chars().all(crate::cells::is_cell).then(|| char::from(of(&[text.as_bytes()])))
}

/// The check digit of cells that stand in several places, in this order.
pub(crate) fn of(places: &[&[u8]]) -> u8 {
    const WEIGHTS: [u32; 3] = [7, 3, 1];
    let (mut sum, mut next) = (0, 0);
    for cell in places.iter().copied().flatten() {
        sum += WEIGHTS[next] * u32::from(VALUES[usize::from(*cell)]);
        next = if next == 2 { 0 } else { next + 1 };
    }
    b'0' + (sum % 10) as u8
}

/// [`value`] of each byte.
const VALUES: [u8; 256] = {
    let mut values = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        if let Some(value) = value(byte as u8 as char) {
            values[byte] = value;
        }
        byte += 1;
    }
    values
};

/// A check digit of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Of the document number, with the rest of a long one.
    DocumentNumber,
    /// Of the date of birth.
    BirthDate,
    /// Of the date of expiry.
    ExpiryDate,
    /// Of the personal number of a passport.
    PersonalNumber,
    /// Over numbers, dates, optional data and the digits above.
    Composite,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::DocumentNumber, Self::BirthDate, Self::ExpiryDate, Self::PersonalNumber, Self::Composite];

    /// One word, the same in answers and tests.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document_number",
            Self::BirthDate => "birth_date",
            Self::ExpiryDate => "expiry_date",
            Self::PersonalNumber => "personal_number",
            Self::Composite => "composite",
        }
    }
}

/// What one check digit says. `Debug` shows whether it is right, and no digit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// What is printed.
    pub found: char,
    /// What the cells that it covers ask for.
    pub expected: char,
    /// Whether it is right. Not the same as `found == expected`: an empty personal number may have a filler in place of `0`
    /// (part 4 §4.2.2.2), and a digit over a character that cannot stand in a zone is never right.
    pub holds: bool,
}

impl Verdict {
    pub(crate) fn new(found: u8, expected: u8) -> Self {
        Self { found: char::from(found), expected: char::from(expected), holds: found == expected }
    }

    /// The verdict where a filler may stand for the digit of an empty field.
    pub(crate) fn or_filler(mut self, empty: bool) -> Self {
        self.holds |= empty && self.found == char::from(FILLER);
        self
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.holds { "right" } else { "wrong" })
    }
}

/// The verdicts of a zone: one for each check digit that its format has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks(pub(crate) [Option<Verdict>; 5]);

impl Checks {
    /// One verdict; nothing when the format has no such digit.
    pub fn get(&self, check: Check) -> Option<Verdict> {
        self.0[check as usize]
    }

    /// All verdicts, in the order of [`Check::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Check, Verdict)> {
        Check::ALL.into_iter().zip(self.0).filter_map(|(check, verdict)| Some((check, verdict?)))
    }

    /// Whether every digit is right.
    pub fn hold(&self) -> bool {
        self.0.iter().flatten().all(|verdict| verdict.holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_digit() {
        assert_eq!(format!("{:?} {:?}", Verdict::new(b'7', b'7'), Verdict::new(b'7', b'8')), "right wrong");
    }

    /// The examples of part 3, appendix A, and the one of part 5 for the long number.
    #[test]
    fn the_standards_examples() {
        for (text, expected) in [
            ("520727", '3'),
            ("AB2134<<<", '5'),
            ("HA672242<658022549601086<<<<<<<<<<<<<<0", '8'),
            ("D231458907<<<<<<<<<<<<<<<34071279507122<<<<<<<<<<<", '2'),
            ("HA672242<658022549601086<<<<<<<", '8'),
            ("D23145890734", '9'),
        ] {
            assert_eq!(digit(text), Some(expected), "{text}");
        }
        assert_eq!((digit(""), digit("a"), digit("A B")), (Some('0'), None, None));
    }
}
