//! The number of a receipt (*nomor tanda terima*): office, year, running number, check characters: `WKN-2026-000123-D0`.
//!
//! The two check characters are those of ISO/IEC 7064:2003, MOD 1271-36, over the letters and digits before them (`0` to `9`,
//! then `A` to `Z` as 10 to 35): the system of that standard for letters and digits with two characters. A number that is read
//! out over a telephone or typed from paper is refused when one character is wrong or two neighbours are exchanged; MOD 97-10,
//! with letters as two digits, would not see `B1` for `1B`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest short code of an office, as at its founding.
pub const OFFICE_CHARS_MAX: usize = 12;
/// Largest running number: an office that gives a receipt each second of a year stays below.
pub const RUNNING_MAX: u32 = 99_999_999;

/// The text is not the number of a receipt.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReceiptError {
    /// Not of the form `OFFICE-YEAR-NUMBER-CHECK`.
    #[error("receipt: expected office, year, number and two check characters (WKN-2026-000123-D0)")]
    Form,
    /// The office's code holds something else or is too long.
    #[error("receipt: the code of the office must hold 1 to {max} capital letters, digits and hyphens", max = OFFICE_CHARS_MAX)]
    Office,
    /// Outside 2000 to 9999.
    #[error("receipt: the year must lie between 2000 and 9999")]
    Year,
    /// Outside 1 to [`RUNNING_MAX`].
    #[error("receipt: the number must lie between 1 and {max}", max = RUNNING_MAX)]
    Running,
    /// A slip of the pen.
    #[error("receipt: the check characters are {found}, expected {expected}; look at the number again")]
    Check {
        /// As given.
        found: String,
        /// As computed.
        expected: String,
    },
}

/// The number of a receipt. Names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptNumber {
    office: String,
    year: u16,
    running: u32,
}

impl ReceiptNumber {
    /// The number of the receipt with this running number in a year of an office; running numbers begin at 1 each year.
    ///
    /// # Errors
    /// When a part is out of bounds.
    pub fn new(office: &str, year: u16, running: u32) -> Result<Self, ReceiptError> {
        let good = (1..=OFFICE_CHARS_MAX).contains(&office.len())
            && office.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && office.bytes().any(|b| b != b'-');
        if !good {
            return Err(ReceiptError::Office);
        }
        if !(2000..=9999).contains(&year) {
            return Err(ReceiptError::Year);
        }
        if !(1..=RUNNING_MAX).contains(&running) {
            return Err(ReceiptError::Running);
        }
        Ok(Self { office: office.to_owned(), year, running })
    }

    /// The short code of the office.
    pub fn office(&self) -> &str {
        &self.office
    }

    /// The year, in the office's calendar.
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The running number.
    pub const fn running(&self) -> u32 {
        self.running
    }

    /// The two check characters.
    pub fn check(&self) -> String {
        check(&format!("{}{}{:06}", self.office, self.year, self.running))
    }
}

const CHARACTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const MODULUS: u32 = 1271;

/// ISO/IEC 7064 MOD 1271-36: the characters that bring the whole, read as a number of radix 36, to the remainder 1. Other
/// characters than letters and digits (the hyphens) are passed over.
fn check(text: &str) -> String {
    let values = text.bytes().filter_map(|b| CHARACTERS.iter().position(|c| *c == b)).map(|value| value as u32);
    let rest = values.chain([0, 0]).fold(0, |rest, value| (rest * 36 + value) % MODULUS);
    let wanted = ((MODULUS + 1 - rest) % MODULUS) as usize;
    [CHARACTERS[wanted / 36], CHARACTERS[wanted % 36]].map(char::from).iter().collect()
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{:06}-{}", self.office, self.year, self.running, self.check())
    }
}

impl FromStr for ReceiptNumber {
    type Err = ReceiptError;

    /// Reads a number as typed: small letters, and blanks for hyphens, do not matter.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let text = text.trim().to_ascii_uppercase().replace(' ', "-");
        let mut parts = text.rsplitn(4, '-');
        let (Some(check), Some(running), Some(year), Some(office)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(ReceiptError::Form);
        };
        let number = |part: &str, chars: std::ops::RangeInclusive<usize>| -> Result<u32, ReceiptError> {
            let digits = chars.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten().ok_or(ReceiptError::Form)
        };
        let read = Self::new(office, number(year, 4..=4)? as u16, number(running, 6..=8)?)?;
        // Seven or eight digits only where six do not hold it: one number has one text.
        if check.len() != 2 || running != format!("{:06}", read.running) {
            return Err(ReceiptError::Form);
        }
        let expected = read.check();
        if check == expected { Ok(read) } else { Err(ReceiptError::Check { found: check.to_owned(), expected }) }
    }
}

impl TryFrom<String> for ReceiptNumber {
    type Error = ReceiptError;
    fn try_from(text: String) -> Result<Self, ReceiptError> {
        text.parse()
    }
}

impl From<ReceiptNumber> for String {
    fn from(number: ReceiptNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of the standard itself (ISO/IEC 7064:2003, 8.2).
    #[test]
    fn the_check_characters_are_those_of_iso_7064() {
        assert_eq!(check("ISO79"), "3W");
        assert_eq!(check("ISO-79"), "3W");
        assert_ne!(check("IS079"), "3W");
    }

    #[test]
    fn numbers() {
        let number = ReceiptNumber::new("WKN", 2026, 123).expect("a number");
        let text = number.to_string();
        assert_eq!(text, "WKN-2026-000123-D0");
        for (typed, read) in [
            (text.as_str(), Ok(())),
            (" wkn 2026 000123 d0 ", Ok(())),
            ("WKN-2026-000123", Err(ReceiptError::Form)),
            ("WKN-2026-123-00", Err(ReceiptError::Form)),
            ("WKN-2026-0000123-00", Err(ReceiptError::Form)),
            ("WKN-26-000123-00", Err(ReceiptError::Form)),
            ("WKN-1999-000123-00", Err(ReceiptError::Year)),
            ("WKN-2026-000000-00", Err(ReceiptError::Running)),
            ("WÄN-2026-000123-00", Err(ReceiptError::Office)),
            ("---2026-000123-00", Err(ReceiptError::Office)),
            ("", Err(ReceiptError::Form)),
        ] {
            assert_eq!(typed.parse::<ReceiptNumber>().map(|_| ()), read, "{typed}");
        }
        assert_eq!(ReceiptNumber::new(&"A".repeat(13), 2026, 1), Err(ReceiptError::Office));
        assert_eq!(ReceiptNumber::new("A", 2026, RUNNING_MAX + 1), Err(ReceiptError::Running));
        assert_eq!("KTB-WK-2026-000001-00".parse::<ReceiptNumber>().map_err(|error| matches!(error, ReceiptError::Check { .. })), Err(true));
    }

    proptest! {
        #[test]
        fn a_slip_of_one_character_is_found(office in "[A-Z0-9]{1,6}(-[A-Z0-9]{1,5})?", year in 2000u16..=9999, running in 1..=RUNNING_MAX, at: prop::sample::Index, other in "[A-Z0-9]") {
            let number = ReceiptNumber::new(&office, year, running).expect("in bounds");
            let text = number.to_string();
            prop_assert_eq!(text.parse::<ReceiptNumber>(), Ok(number));
            let places: Vec<usize> = text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()).map(|(place, _)| place).collect();
            let place = places[at.index(places.len())];
            let mut slipped = text.clone();
            slipped.replace_range(place..=place, &other);
            prop_assert_eq!(slipped.parse::<ReceiptNumber>().is_ok(), slipped == text, "{} for {}", slipped, text);
        }

        #[test]
        fn two_neighbours_exchanged_are_found(office in "[A-Z0-9]{2,6}", running in 1..=RUNNING_MAX, at: prop::sample::Index) {
            let text = ReceiptNumber::new(&office, 2026, running).expect("in bounds").to_string();
            let pairs: Vec<usize> = (0..text.len() - 1).filter(|i| text[*i..=*i + 1].bytes().all(|b| b.is_ascii_alphanumeric())).collect();
            let place = pairs[at.index(pairs.len())];
            let mut bytes = text.clone().into_bytes();
            bytes.swap(place, place + 1);
            let slipped = String::from_utf8(bytes).expect("ASCII");
            prop_assert_eq!(slipped.parse::<ReceiptNumber>().is_ok(), slipped == text, "{} for {}", slipped, text);
        }
    }
}
