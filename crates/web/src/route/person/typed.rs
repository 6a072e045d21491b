//! From what was typed to what the domain takes, gathering every fault.

use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, PersonError, Sex};
use siger_domain::personal::Personal;
use siger_domain::time::{CivilDate, PartialDate};

use crate::page::person::form::{self, Fault};
use crate::server::posted::Fields;

/// Longest line given back after an error; whatever is longer is refused anyway.
const SHOWN_CHARS_MAX: usize = 400;
/// Nobody alive was born earlier; a wrong century is a slip of the hand.
const AGE_YEARS_MAX: i16 = 130;

fn line(fields: &Fields, name: &str) -> String {
    fields.get(name).chars().take(SHOWN_CHARS_MAX).collect()
}

/// The fields of who a person is.
pub(super) fn identity(fields: &Fields) -> form::Identity {
    form::Identity {
        name: line(fields, "name"),
        day: line(fields, "born-day"),
        month: line(fields, "born-month"),
        year: line(fields, "born-year"),
        unknown: !fields.get("born-unknown").is_empty(),
        sex: line(fields, "sex"),
        nationality: line(fields, "nationality"),
    }
}

/// The fields of a document whose names end in `mark`.
pub(super) fn document(fields: &Fields, mark: &str) -> form::Document {
    let field = |name: &str| line(fields, &format!("{name}{mark}"));
    form::Document { kind: field("kind"), issuer: field("issuer"), number: field("number"), expires: field("expires") }
}

/// What the file says, as it would be typed.
pub(super) fn retyped(identity: &Identity) -> form::Identity {
    let (year, month, day) = match identity.born.as_ref().map(Personal::reveal) {
        None => (String::new(), String::new(), String::new()),
        Some(PartialDate::Year(year)) => (format!("{year:04}"), String::new(), String::new()),
        Some(PartialDate::Month(year, month)) => (format!("{year:04}"), month.to_string(), String::new()),
        Some(PartialDate::Day(date)) => {
            let (year, month, day) = date.parts();
            (format!("{year:04}"), month.to_string(), day.to_string())
        }
    };
    let sex = match identity.sex {
        Sex::F => "F",
        Sex::M => "M",
        Sex::X => "X",
    };
    form::Identity {
        name: identity.name.reveal().to_owned(),
        unknown: identity.born.is_none(),
        day,
        month,
        year,
        sex: sex.to_owned(),
        nationality: identity.nationality.to_string(),
    }
}

/// Takes a value, or notes what is wrong with it.
fn take<T>(faults: &mut Vec<Fault>, id: &str, read: Result<T, &'static str>) -> Option<T> {
    read.map_err(|word| faults.push((id.to_owned(), word))).ok()
}

/// Who a person is.
pub(super) fn read_identity(typed: &form::Identity, today: CivilDate, faults: &mut Vec<Fault>) -> Option<Identity> {
    let name = take(
        faults,
        "name",
        Name::new(&typed.name).map_err(|error| match error {
            PersonError::TooLong { .. } => "name_long",
            PersonError::Control { .. } => "control",
            _ => "name",
        }),
    );
    let born = take(faults, "born-year", born(typed, today));
    let sex = match typed.sex.as_str() {
        "F" => Ok(Sex::F),
        "M" => Ok(Sex::M),
        "X" => Ok(Sex::X),
        _ => Err("sex"),
    };
    let sex = take(faults, "sex", sex);
    let nationality = take(faults, "nationality", CountryCode::new("nationality", &typed.nationality).map_err(|_| "code"));
    Some(Identity { name: name?, born: born?.map(Personal::new), sex: sex?, nationality: nationality? })
}

fn born(typed: &form::Identity, today: CivilDate) -> Result<Option<PartialDate>, &'static str> {
    let (day, month, year) = (typed.day.trim(), typed.month.trim(), typed.year.trim());
    match (typed.unknown, day.is_empty() && month.is_empty() && year.is_empty()) {
        (true, true) => return Ok(None),
        (true, false) => return Err("born_both"),
        (false, true) => return Err("born"),
        (false, false) => {}
    }
    if year.len() != 4 {
        return Err("born");
    }
    let text = match (day.is_empty(), month.is_empty()) {
        (true, true) => year.to_owned(),
        (true, false) => format!("{year}-{month:0>2}"),
        (false, false) => format!("{year}-{month:0>2}-{day:0>2}"),
        (false, true) => return Err("born_month"),
    };
    let date: PartialDate = text.parse().map_err(|_| "born_none")?;
    let this_year = today.parts().0;
    let ahead = match date {
        PartialDate::Day(date) => date > today,
        other => other.year() > this_year,
    };
    if ahead || date.year() < this_year - AGE_YEARS_MAX { Err("born_range") } else { Ok(Some(date)) }
}

/// A document whose fields' names end in `mark`.
pub(super) fn read_document(typed: &form::Document, mark: &str, faults: &mut Vec<Fault>) -> Option<Document> {
    let id = |field: &str| format!("{field}{mark}");
    let kind = DocumentKind::ALL.iter().copied().find(|kind| kind.as_str() == typed.kind);
    let kind = take(faults, &id("kind"), kind.ok_or("kind"));
    let issuer = take(faults, &id("issuer"), CountryCode::new("issuer", &typed.issuer).map_err(|_| "code"));
    let number = take(faults, &id("number"), DocumentNumber::new(&typed.number).map_err(|_| "number"));
    let expires = match typed.expires.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| "date"),
    };
    let expires = take(faults, &id("expires"), expires);
    Some(Document { kind: kind?, issuer: issuer?, number: number?, expires: expires? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_birth() {
        let today: CivilDate = "2026-11-24".parse().unwrap();
        for (day, month, year, unknown, expected) in [
            ("3", "3", "1985", false, Ok(Some("1985-03-03"))),
            ("", "11", "1985", false, Ok(Some("1985-11"))),
            ("", "", "1985", false, Ok(Some("1985"))),
            ("", "", "", true, Ok(None)),
            ("", "", "", false, Err("born")),
            ("", "", "85", false, Err("born")),
            ("", "", "1985", true, Err("born_both")),
            ("3", "", "1985", false, Err("born_month")),
            ("30", "2", "1985", false, Err("born_none")),
            ("x", "2", "1985", false, Err("born_none")),
            ("25", "11", "2026", false, Err("born_range")),
            ("24", "11", "2026", false, Ok(Some("2026-11-24"))),
            ("", "", "2027", false, Err("born_range")),
            ("", "", "1850", false, Err("born_range")),
        ] {
            let typed = form::Identity { day: day.into(), month: month.into(), year: year.into(), unknown, ..form::Identity::default() };
            let read = born(&typed, today);
            assert_eq!(read.map(|date| date.map(|date| date.to_string())), expected.map(|date| date.map(str::to_owned)), "{day} {month} {year}");
        }
    }

    #[test]
    fn what_is_read_is_typed_again() {
        let typed = form::Identity {
            name: "Contoh Siti".into(),
            day: String::new(),
            month: "3".into(),
            year: "1985".into(),
            unknown: false,
            sex: "F".into(),
            nationality: "MYS".into(),
        };
        let mut faults = Vec::new();
        let identity = read_identity(&typed, "2026-11-24".parse().unwrap(), &mut faults).unwrap();
        assert_eq!((retyped(&identity), faults), (typed, Vec::new()));
    }
}
