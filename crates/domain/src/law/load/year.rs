//! The years of the calendar.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Calendar, FaultKind, Faults, Read, check_text, form};
use crate::cite::{Bilingual, Citation};
use crate::law::calendar::{Holiday, Year};
use crate::time::CivilDate;

/// Holidays of one year; more is a mistake.
const HOLIDAYS_MAX: usize = 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawYear {
    year: i16,
    weekend: Vec<u8>,
    basis: Vec<String>,
    verified: bool,
    holiday: Vec<RawHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    day: CivilDate,
    kind: RawKind,
    text: Bilingual,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawKind {
    National,
    CollectiveLeave,
}

pub(super) fn calendar(read: &Read, sources: &BTreeMap<String, Citation>, faults: &mut Faults) -> Option<Calendar> {
    let mut years = Vec::new();
    let mut file = "calendar.toml";
    for (of, value) in &read.years {
        file = of;
        let at = value.get("year").map_or_else(|| "a year without its number".to_owned(), |year| format!("year {year}"));
        match value.clone().try_into::<RawYear>() {
            Ok(raw) => years.push(year((file, &at), raw, sources, faults)),
            Err(error) => form((file, &at), &error, faults),
        }
    }
    if !faults.is_empty() {
        return None;
    }
    years.sort_by_key(|year| year.year);
    let calendar = Calendar::new(years);
    if calendar.is_none() {
        faults.push(
            (file, ""),
            FaultKind::Calendar,
            "the calendar has no years, or years are missing between them",
            "Enter each year from the first to the last once",
        );
    }
    calendar
}

fn year(at: (&str, &str), raw: RawYear, sources: &BTreeMap<String, Citation>, faults: &mut Faults) -> Year {
    if !(1..=9999).contains(&raw.year) {
        faults.push(at, FaultKind::Calendar, "there is no such year", "Enter years from 1 to 9999");
    }
    if raw.weekend.iter().any(|day| !(1..=7).contains(day)) {
        faults.push(at, FaultKind::Calendar, "a day of the week is not 1 (Monday) to 7 (Sunday)", "Correct 'weekend'");
    }
    if raw.holiday.len() > HOLIDAYS_MAX {
        faults.push(at, FaultKind::TooMany, format!("{} holidays", raw.holiday.len()), format!("At most {HOLIDAYS_MAX} are taken"));
    }
    let mut holidays: Vec<Holiday> = Vec::new();
    for holiday in raw.holiday {
        check_text(at, &format!("the holiday of {}", holiday.day), &holiday.text, faults);
        if holiday.day.parts().0 != raw.year {
            faults.push(at, FaultKind::Calendar, format!("{} is not a day of this year", holiday.day), "Move it to its year");
        }
        holidays.push(Holiday { day: holiday.day, collective_leave: matches!(holiday.kind, RawKind::CollectiveLeave), text: holiday.text });
    }
    holidays.sort_by_key(|holiday| holiday.day);
    if let Some(pair) = holidays.windows(2).find(|pair| pair[0].day == pair[1].day) {
        faults.push(at, FaultKind::Calendar, format!("{} stands twice", pair[0].day), "Keep one and name both occasions in its text");
    }
    let basis = super::rules::basis(at, &raw.basis, sources, faults);
    Year { year: raw.year, weekend: raw.weekend, holidays, basis, verified: raw.verified }
}
