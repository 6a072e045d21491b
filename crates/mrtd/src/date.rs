//! Dates of a zone: six characters YYMMDD, of which whole pairs may be unknown (ICAO Doc 9303 part 3 §4.8).
//!
//! The year has two digits. Which century is meant is no fact of the zone: it follows from a day that the caller names, so
//! that the same question has the same answer next year.
//!
//! - **Birth** ([`ZoneDate::birth`]): nobody is born after the reference day. It is the latest date with these digits that is
//!   not after it. Somebody of a hundred years and more therefore reads as a child: the person at the counter sees it, and
//!   the part of the document that people read has four digits.
//! - **Expiry** ([`ZoneDate::expiry`]): documents expire before or after the reference day. It is the date whose year is among
//!   the fifty before the reference year, that year, and the forty-nine after it. Documents are valid for ten years at the
//!   most by the usual rules, so both ends are far away.
//!
//! The standard has no rule for the century; this is ours, and it is stated here only.

use std::fmt;

/// A day of the calendar. Years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// The day of this year, month (1 to 12) and day of the month; nothing when there is no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        if year == 0 || year > 9999 || month == 0 || month > 12 || day == 0 || day > days_in(year, month) {
            return None;
        }
        Some(Self { year, month, day })
    }

    /// Year, month, day.
    pub const fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Day {
    /// A day may be somebody's birth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(day)")
    }
}

/// How many days a month has.
const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A date as far as it is known, with its century.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The year only, or the year and a day of an unknown month.
    Year(u16),
    /// Year and month.
    Month(u16, u8),
    /// The whole date.
    Day(Day),
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => day.fmt(f),
        }
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Year(_) => "(year)",
            Self::Month(..) => "(month)",
            Self::Day(_) => "(day)",
        })
    }
}

/// How much of a date can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// All of it.
    Complete,
    /// Some of it; the rest is unknown.
    Partial,
    /// Nothing: fillers only.
    Unknown,
    /// It is no date.
    Malformed,
}

impl State {
    /// One word, the same in answers and tests.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
            Self::Malformed => "malformed",
        }
    }
}

/// Why six characters are no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DateError {
    /// A pair is neither two digits nor two fillers.
    #[error("expected YYMMDD in digits, an unknown year, month or day as <<")]
    NotADate,
    /// No calendar has it: month 13, 30 February.
    #[error("expected a day that exists, as YYMMDD")]
    NoSuchDay,
}

/// A date of a zone: year without century, month, day, each of which may be unknown. What is known can be a date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ZoneDate {
    year: Option<u8>,
    month: Option<u8>,
    day: Option<u8>,
}

impl ZoneDate {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { year: None, month: None, day: None };

    /// The date of a year without century (0 to 99), a month and a day, as far as they are known.
    ///
    /// The 29th of February is a day unless the year is known and cannot be divided by four: which century is meant is not known here.
    ///
    /// # Errors
    /// When there is no such day.
    pub const fn new(year: Option<u8>, month: Option<u8>, day: Option<u8>) -> Result<Self, DateError> {
        // 2000 is a leap year: the generous one where the year is unknown or could be 1900.
        let leap = match year {
            Some(year) if year > 99 => return Err(DateError::NoSuchDay),
            Some(year) => 2000 + year as u16,
            None => 2000,
        };
        let days = match month {
            Some(month) if month == 0 || month > 12 => return Err(DateError::NoSuchDay),
            Some(month) => days_in(leap, month),
            None => 31,
        };
        match day {
            Some(day) if day == 0 || day > days => Err(DateError::NoSuchDay),
            _ => Ok(Self { year, month, day }),
        }
    }

    /// The date of a day, of which a zone keeps two digits of the year.
    pub const fn of(day: Day) -> Self {
        Self { year: Some((day.year % 100) as u8), month: Some(day.month), day: Some(day.day) }
    }

    /// Reads six characters.
    ///
    /// # Errors
    /// When they are no date.
    pub fn read(text: &str) -> Result<Self, DateError> {
        let &[a, b, c, d, e, f] = text.as_bytes() else { return Err(DateError::NotADate) };
        Self::new(pair(a, b)?, pair(c, d)?, pair(e, f)?)
    }

    /// As it stands in a zone.
    pub fn cells(self) -> [u8; 6] {
        let mut cells = [b'<'; 6];
        for (pair, part) in cells.chunks_exact_mut(2).zip([self.year, self.month, self.day]) {
            if let Some(number) = part {
                pair.copy_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
            }
        }
        cells
    }

    /// Year without century, month, day.
    pub const fn parts(self) -> (Option<u8>, Option<u8>, Option<u8>) {
        (self.year, self.month, self.day)
    }

    /// How much of it is known.
    pub const fn state(self) -> State {
        match (self.year, self.month, self.day) {
            (Some(_), Some(_), Some(_)) => State::Complete,
            (None, None, None) => State::Unknown,
            _ => State::Partial,
        }
    }

    /// The date of birth that is meant, seen from a day on which the holder was born already; nothing when the year is not
    /// known, or when no century makes it a day (29 February 1900).
    pub fn birth(self, reference: Day) -> Option<Known> {
        let (year, month, day) = reference.parts();
        let century = year - year % 100;
        let this = self.in_century(century).filter(|date| match *date {
            Known::Year(found) => found <= year,
            Known::Month(found, in_month) => (found, in_month) <= (year, month),
            Known::Day(found) => found.parts() <= (year, month, day),
        });
        this.or_else(|| self.in_century(century.checked_sub(100)?))
    }

    /// The date of expiry that is meant, seen from a day of about the time in which the document is used; nothing when the
    /// year is not known, or when that century does not make it a day.
    pub fn expiry(self, reference: Day) -> Option<Known> {
        let (reference, _, _) = reference.parts();
        let found = u16::from(self.year?);
        let century = reference - reference % 100;
        let century = match (century + found).checked_sub(reference) {
            Some(ahead) if ahead >= 50 => century.checked_sub(100)?,
            None if reference - (century + found) > 50 => century + 100,
            _ => century,
        };
        self.in_century(century)
    }

    fn in_century(self, century: u16) -> Option<Known> {
        let year = century + u16::from(self.year?);
        match (self.month, self.day) {
            (Some(month), Some(day)) => Day::new(year, month, day).map(Known::Day),
            (Some(month), None) => Some(Known::Month(year, month)),
            (None, _) => Some(Known::Year(year)),
        }
    }
}

impl fmt::Debug for ZoneDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} date)", self.state().word())
    }
}

fn pair(first: u8, second: u8) -> Result<Option<u8>, DateError> {
    match (first, second) {
        (b'<', b'<') => Ok(None),
        (b'0'..=b'9', b'0'..=b'9') => Ok(Some((first - b'0') * 10 + second - b'0')),
        _ => Err(DateError::NotADate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_date() {
        use DateError::{NoSuchDay, NotADate};
        for (text, expected) in [
            ("740812", Ok(State::Complete)),
            ("<<<<<<", Ok(State::Unknown)),
            ("85<<<<", Ok(State::Partial)),
            ("8507<<", Ok(State::Partial)),
            ("<<07<<", Ok(State::Partial)),
            ("<<<<15", Ok(State::Partial)),
            ("85<<15", Ok(State::Partial)),
            ("<<0229", Ok(State::Partial)),
            ("000229", Ok(State::Complete)),
            ("880229", Ok(State::Complete)),
            ("890229", Err(NoSuchDay)),
            ("<<0230", Err(NoSuchDay)),
            ("900431", Err(NoSuchDay)),
            ("901317", Err(NoSuchDay)),
            ("900017", Err(NoSuchDay)),
            ("900100", Err(NoSuchDay)),
            ("85<<32", Err(NoSuchDay)),
            ("000000", Err(NoSuchDay)),
            ("8<0712", Err(NotADate)),
            ("85071<", Err(NotADate)),
            ("74A812", Err(NotADate)),
            ("7408I2", Err(NotADate)),
            ("74081", Err(NotADate)),
            ("7408122", Err(NotADate)),
            ("é0812", Err(NotADate)),
        ] {
            let read = ZoneDate::read(text);
            assert_eq!(read.map(ZoneDate::state), expected, "{text}");
            if let Ok(date) = read {
                assert_eq!(date.cells(), text.as_bytes(), "{text}");
            }
        }
    }

    fn day(year: u16, month: u8, day: u8) -> Day {
        Day::new(year, month, day).unwrap()
    }

    #[test]
    fn nobody_is_born_after_the_reference_day() {
        for (text, on, expected) in [
            ("740812", day(2026, 11, 24), Some("1974-08-12")),
            ("261124", day(2026, 11, 24), Some("2026-11-24")),
            ("261125", day(2026, 11, 24), Some("1926-11-25")),
            ("2611<<", day(2026, 11, 1), Some("2026-11")),
            ("2612<<", day(2026, 11, 30), Some("1926-12")),
            ("26<<<<", day(2026, 1, 1), Some("2026")),
            ("27<<<<", day(2026, 12, 31), Some("1927")),
            ("85<<15", day(2026, 11, 24), Some("1985")),
            ("000229", day(2026, 11, 24), Some("2000-02-29")),
            ("000229", day(2000, 2, 28), None),
            // This century does not make it a day, the one before does.
            ("000229", day(2126, 1, 1), Some("2000-02-29")),
            ("<<0715", day(2026, 11, 24), None),
            ("<<<<<<", day(2026, 11, 24), None),
            ("500101", day(49, 1, 1), None),
        ] {
            assert_eq!(ZoneDate::read(text).unwrap().birth(on).map(|date| date.to_string()).as_deref(), expected, "{text} on {on}");
        }
    }

    #[test]
    fn expiry_is_near_the_reference_day() {
        for (text, on, expected) in [
            ("320817", day(2026, 11, 24), Some("2032-08-17")),
            ("120415", day(2026, 11, 24), Some("2012-04-15")),
            ("960623", day(2026, 11, 24), Some("1996-06-23")),
            ("750101", day(2026, 11, 24), Some("2075-01-01")),
            ("760101", day(2026, 11, 24), Some("1976-01-01")),
            ("020101", day(1997, 6, 1), Some("2002-01-01")),
            ("990101", day(2003, 6, 1), Some("1999-01-01")),
            ("080101", day(2058, 6, 1), Some("2008-01-01")),
            ("070101", day(2058, 6, 1), Some("2107-01-01")),
            ("000229", day(2060, 6, 1), None),
            ("<<<<<<", day(2026, 11, 24), None),
            ("990101", day(3, 1, 1), None),
        ] {
            assert_eq!(ZoneDate::read(text).unwrap().expiry(on).map(|date| date.to_string()).as_deref(), expected, "{text} on {on}");
        }
    }

    #[test]
    fn debug_says_nothing() {
        let date = ZoneDate::read("740812").unwrap();
        assert_eq!(format!("{date:?} {:?} {:?}", day(1974, 8, 12), date.birth(day(2026, 1, 1))), "(complete date) (day) Some((day))");
    }
}
