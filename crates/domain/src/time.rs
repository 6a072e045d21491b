//! Moments, calendar dates, and dates of birth of which only a part is known.
//!
//! A moment ([`Instant`]) is kept as UTC microseconds and shown in the office's time zone; a date ([`CivilDate`]) has no
//! zone and no hour. Nothing here reads a clock.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A moment: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// From microseconds since the Unix epoch.
    pub const fn from_unix_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch; moments before it count as the epoch.
    pub const fn unix_millis(self) -> u64 {
        if self.0 < 0 { 0 } else { (self.0 / 1_000) as u64 }
    }

    /// Whole seconds since the Unix epoch; moments before it count as the epoch.
    pub const fn unix_seconds(self) -> u64 {
        self.unix_millis() / 1_000
    }

    /// This many seconds later (or earlier, when negative); stops at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Seconds from `earlier` to this moment, rounded towards zero; negative when it lies before.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1_000_000
    }

    /// The moment in a time zone, for showing.
    pub fn in_zone(self, zone: &jiff::tz::TimeZone) -> jiff::ZonedDateTime {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned_datetime(zone.clone())
    }

    /// The calendar date of this moment in a time zone.
    pub fn date_in(self, zone: &jiff::tz::TimeZone) -> CivilDate {
        CivilDate(self.in_zone(zone).date())
    }

    /// RFC 3339 in UTC, to the microsecond.
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
    }
}

/// Tells the time. The one trait that exists for tests.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The text was not a date.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`, or no such day.
    #[error("not a date (expected YYYY-MM-DD, a day that exists)")]
    NotADate,
    /// A partial date must be `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, or empty when nothing is known.
    #[error("not a date of birth (expected YYYY, YYYY-MM or YYYY-MM-DD)")]
    NotAPartialDate,
}

/// A day in the Gregorian calendar, without hour and zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CivilDate(jiff::civil::Date);

impl CivilDate {
    /// The day with this year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// When there is no such day, or the year is outside 1 to 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) {
            return Err(DateError::NotADate);
        }
        jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| DateError::NotADate)
    }

    /// Year, month, day.
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// The last day there is: 9999-12-31.
    pub const MAX: Self = Self(jiff::civil::Date::MAX);

    /// Days from `earlier` to this day.
    pub fn days_since(self, earlier: Self) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    /// The day this many days later (earlier, when negative); `None` outside the years 1 to 9999.
    pub fn plus_days(self, days: i32) -> Option<Self> {
        let moved = self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok()?;
        (moved.year() >= 1).then_some(Self(moved))
    }

    /// The day this many calendar months later (earlier, when negative). Where that month is too short it is the month's last
    /// day: one month after 31 January is 28 or 29 February, one year after 29 February is 28 February. `None` outside the
    /// years 1 to 9999.
    pub fn plus_months(self, months: i32) -> Option<Self> {
        let moved = self.0.checked_add(jiff::Span::new().try_months(months).ok()?).ok()?;
        (moved.year() >= 1).then_some(Self(moved))
    }

    /// Whole calendar months from `earlier` to this day: the largest number that [`Self::plus_months`] can add to `earlier`
    /// without going beyond this day. Negative when this day lies before (-1 for the day before).
    pub fn months_since(self, earlier: Self) -> i32 {
        let months_of = |date: jiff::civil::Date| i32::from(date.year()) * 12 + i32::from(date.month());
        let guess = months_of(self.0) - months_of(earlier.0);
        // The guess lands in this day's month, so only the day of the month can make it one too many.
        if earlier.plus_months(guess).is_none_or(|reached| reached > self) { guess - 1 } else { guess }
    }

    /// Day of the week, 1 (Monday) to 7 (Sunday), as ISO 8601 numbers them.
    pub fn iso_weekday(self) -> u8 {
        self.0.weekday().to_monday_one_offset().unsigned_abs()
    }
}

impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CivilDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let digits = |part: &str, len: usize| (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<i16>().ok()).flatten();
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(DateError::NotADate);
        };
        let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
            return Err(DateError::NotADate);
        };
        Self::new(year, month as i8, day as i8)
    }
}

impl TryFrom<String> for CivilDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<CivilDate> for String {
    fn from(date: CivilDate) -> Self {
        date.to_string()
    }
}

/// A date of birth as a travel document may give it: day, or day and month, may be unknown (ICAO Doc 9303 part 3, §4.8
/// "unknown date of birth": unknown elements are replaced by fillers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialDate {
    /// Only the year is known.
    Year(i16),
    /// Year and month are known.
    Month(i16, i8),
    /// The whole date is known.
    Day(CivilDate),
}

impl PartialDate {
    /// The year, always known.
    pub fn year(self) -> i16 {
        match self {
            Self::Year(year) | Self::Month(year, _) => year,
            Self::Day(date) => date.parts().0,
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(date) => date.fmt(f),
        }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        // The missing parts are filled with a day that exists, so that one rule checks all three forms.
        let filled = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            10 => text.to_owned(),
            _ => return Err(DateError::NotAPartialDate),
        };
        let date: CivilDate = filled.parse().map_err(|_| DateError::NotAPartialDate)?;
        let (year, month, _) = date.parts();
        Ok(match text.len() {
            4 => Self::Year(year),
            7 => Self::Month(year, month),
            _ => Self::Day(date),
        })
    }
}

impl TryFrom<String> for PartialDate {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, good) in [
            ("2026-11-24", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-13-01", false),
            ("26-11-24", false),
            ("2026-1-1", false),
            ("2026-11-24x", false),
            ("+026-11-24", false),
            ("", false),
        ] {
            let read = text.parse::<CivilDate>();
            assert_eq!(read.is_ok(), good, "{text}");
            if let Ok(date) = read {
                assert_eq!(date.to_string(), text);
            }
        }
    }

    #[test]
    fn days_and_months_are_counted_over_leap_years_and_month_ends() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        for (from, months, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-29"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-08-31", 6, "2027-02-28"),
        ] {
            assert_eq!(day(from).plus_months(months), Some(day(to)), "{from} {months}");
        }
        assert_eq!(day("2026-02-27").plus_days(2), Some(day("2026-03-01")));
        assert_eq!(day("9999-12-31").plus_days(1), None);
        assert_eq!(day("0001-01-01").plus_days(-1), None);
        assert_eq!(day("2026-01-01").plus_days(i32::MAX), None);
        assert_eq!(day("2026-01-01").plus_months(i32::MAX), None);
        for (from, to, months) in [
            ("2026-01-31", "2026-02-27", 0),
            ("2026-01-31", "2026-02-28", 1),
            ("2026-01-31", "2026-03-30", 1),
            ("2026-01-31", "2026-03-31", 2),
            ("2026-05-10", "2026-05-09", -1),
            ("2026-05-10", "2026-04-10", -1),
            ("2026-05-10", "2026-04-09", -2),
            ("2024-02-29", "2025-02-28", 12),
        ] {
            assert_eq!(day(to).months_since(day(from)), months, "{from} to {to}");
        }
        assert_eq!(day("2026-11-24").iso_weekday(), 2);
    }

    #[test]
    fn partial_dates() {
        for (text, good) in [("1985", true), ("1985-03", true), ("1985-03-03", true), ("1985-13", false), ("198", false), ("1985-02-30", false), ("", false)] {
            let read = text.parse::<PartialDate>();
            assert_eq!(read.is_ok(), good, "{text}");
            if let Ok(date) = read {
                assert_eq!(date.to_string(), text);
            }
        }
    }

    #[test]
    fn moments() {
        let moment = Instant::from_unix_micros(1_795_478_400_000_001);
        assert_eq!(moment.plus_seconds(90).seconds_since(moment), 90);
        assert_eq!(moment.to_rfc3339(), "2026-11-24T00:00:00.000001Z");
        assert_eq!(Instant::from_unix_micros(-5).unix_millis(), 0);
    }
}
