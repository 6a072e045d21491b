//! Working days: which days the office works, for the years that `law/calendar.toml` covers.
//!
//! A year that nobody has entered is not guessed: whatever needs it is not known.

use crate::cite::{Bilingual, Citation};
use crate::time::CivilDate;

/// A day on which the office does not work, beside its weekends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub day: CivilDate,
    /// Collective leave (*cuti bersama*) rather than a national holiday (*hari libur nasional*).
    pub collective_leave: bool,
    /// What is celebrated.
    pub text: Bilingual,
}

/// What is known of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// Days of the week without work, 1 (Monday) to 7 (Sunday).
    pub weekend: Vec<u8>,
    /// In the order of their days.
    pub holidays: Vec<Holiday>,
    /// What the list rests on, never empty.
    pub basis: Vec<Citation>,
    /// The list was compared with a published copy.
    pub verified: bool,
}

/// The working days of the years that are covered, without a break.
#[derive(Clone, Debug)]
pub struct Calendar {
    years: Vec<Year>,
    first: CivilDate,
    last: CivilDate,
    /// For each day from `first`, and one place more: how many working days lie before it.
    working_before: Vec<u32>,
}

impl Calendar {
    /// Years in order, each following the one before; `None` when there is none or they do not.
    pub(crate) fn new(years: Vec<Year>) -> Option<Self> {
        let first = CivilDate::new(years.first()?.year, 1, 1).ok()?;
        let last = CivilDate::new(years.last()?.year, 12, 31).ok()?;
        if years.windows(2).any(|pair| pair[0].year.checked_add(1) != Some(pair[1].year)) {
            return None;
        }
        let mut working_before = vec![0];
        let (mut day, mut working) = (first, 0);
        loop {
            let year = &years[usize::try_from(day.parts().0 - years[0].year).ok()?];
            let free = year.weekend.contains(&day.iso_weekday()) || year.holidays.binary_search_by_key(&day, |holiday| holiday.day).is_ok();
            working += u32::from(!free);
            working_before.push(working);
            if day == last {
                break;
            }
            day = day.plus_days(1)?;
        }
        Some(Self { years, first, last, working_before })
    }

    /// What is known of each year.
    pub fn years(&self) -> &[Year] {
        &self.years
    }

    /// The first and the last day that are covered.
    pub const fn covers(&self) -> (CivilDate, CivilDate) {
        (self.first, self.last)
    }

    /// Whether the office works on that day; `None` when its year is not covered.
    pub fn is_working(&self, day: CivilDate) -> Option<bool> {
        let place = self.place(day)?;
        Some(self.working_before[place + 1] > self.working_before[place])
    }

    /// Working days after `from` up to and including `to`; negative when `to` lies before. `None` when a day is not covered.
    pub fn working_days(&self, from: CivilDate, to: CivilDate) -> Option<i64> {
        let until = |day| self.place(day).map(|place| i64::from(self.working_before[place + 1]));
        Some(until(to)? - until(from)?)
    }

    /// The working day that is the `number`-th after a day; the day itself for 0. `None` when it is not covered.
    pub fn plus_working_days(&self, from: CivilDate, number: u32) -> Option<CivilDate> {
        let place = self.place(from)?;
        if number == 0 {
            return Some(from);
        }
        let wanted = self.working_before[place + 1].checked_add(number)?;
        // The first place with so many working days before it lies one after the day that is looked for.
        let after = self.working_before.partition_point(|before| *before < wanted);
        (after < self.working_before.len()).then(|| self.first.plus_days(i32::try_from(after).ok()? - 1)).flatten()
    }

    /// Whether the lists of all years were compared with a published copy.
    pub fn is_confirmed(&self) -> bool {
        self.years.iter().all(|year| year.verified && year.basis.iter().all(|citation| citation.verified))
    }

    fn place(&self, day: CivilDate) -> Option<usize> {
        (self.first <= day && day <= self.last).then(|| usize::try_from(day.days_since(self.first)).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().expect("a day of the test")
    }

    fn calendar() -> Calendar {
        let year = |year, holidays: &[&str]| Year {
            year,
            weekend: vec![6, 7],
            holidays: holidays.iter().map(|text| Holiday { day: day(text), collective_leave: false, text: Bilingual::default() }).collect(),
            basis: Vec::new(),
            verified: false,
        };
        Calendar::new(vec![year(2027, &["2027-12-31"]), year(2028, &["2028-01-01", "2028-02-29"])]).expect("years that follow")
    }

    #[test]
    fn working_days_pass_over_weekends_holidays_and_leap_days() {
        let calendar = calendar();
        // 2028-02-25 is a Friday, 29 February a holiday on a Tuesday.
        for (from, number, to) in [
            ("2028-02-25", 0, "2028-02-25"),
            ("2028-02-25", 1, "2028-02-28"),
            ("2028-02-25", 2, "2028-03-01"),
            ("2028-02-26", 1, "2028-02-28"),
            ("2027-12-30", 1, "2028-01-03"),
        ] {
            assert_eq!(calendar.plus_working_days(day(from), number), Some(day(to)), "{from} + {number}");
            if number > 0 {
                assert_eq!(calendar.working_days(day(from), day(to)), Some(i64::from(number)));
                assert_eq!(calendar.working_days(day(to), day(from)), Some(-i64::from(number)));
            }
        }
        assert_eq!(calendar.is_working(day("2028-02-29")), Some(false));
    }

    #[test]
    fn a_year_that_nobody_entered_is_not_guessed() {
        let calendar = calendar();
        assert_eq!(calendar.is_working(day("2029-01-02")), None);
        assert_eq!(calendar.plus_working_days(day("2028-12-29"), 1), None);
        assert_eq!(calendar.working_days(day("2026-12-31"), day("2027-01-04")), None);
        assert!(Calendar::new(Vec::new()).is_none());
    }

    #[test]
    fn counting_agrees_with_walking() {
        let calendar = calendar();
        let (mut at, last) = calendar.covers();
        let start = at;
        let mut walked = 0;
        while at < last {
            at = at.plus_days(1).expect("a day of the calendar");
            walked += i64::from(calendar.is_working(at).expect("covered"));
            assert_eq!(calendar.working_days(start, at), Some(walked));
        }
    }
}
