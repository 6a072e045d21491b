//! What the office's own files and the zone say: the findings of a scan. Checks that need a rule of the law or a list come with
//! their sources, and until then no post requires them.

use siger_domain::finding::{FINDINGS_MAX, Finding, Findings, Kind, ReasonCode, RuleId, Source, Unmade, Verdict};
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Document, Identity, Name};
use siger_domain::time::{CivilDate, PartialDate};
use siger_mrtd::check::Check;
use siger_mrtd::transliterate::transliterate;

use super::zone::Read;
use crate::error::{Error, Result};
use crate::index::{FOUND_MAX, Names};

/// The checks that every post makes. Each has a source in this program; one without a source could never be clear.
pub const REQUIRED: &[Kind] = &[Kind::CheckDigits, Kind::Validity, Kind::Identity, Kind::OtherDocument, Kind::Namesake, Kind::Nationality, Kind::Child];

/// A child is not yet 18 years old (UU 35/2014 art. 1(1)).
const ADULT_YEARS: i16 = 18;

/// Codes of ICAO Doc 9303 part 3 §5 for persons without a nationality, or of none that is specified.
const STATELESS: [&str; 4] = ["XXA", "XXB", "XXC", "XXX"];

/// Who may have the same name, by the index of names: asked before the transaction.
#[derive(Clone, Debug)]
pub enum Near {
    /// The index is not complete: nobody can say.
    Indexing,
    /// The index was asked.
    Found {
        /// These have the words of the name; more than a page are not looked at.
        persons: Vec<PersonId>,
        /// The first entry that the index had not looked at: whoever was registered since is looked at in the transaction.
        upto: u64,
    },
}

impl Near {
    /// Asks the index.
    pub fn of(names: &Names, identity: &Identity) -> Self {
        // Asked before the search: what became complete meanwhile may have come too late for it.
        let (complete, upto) = (names.is_complete() && names.unreadable() == 0, names.next());
        let born = identity.born.as_ref().map(|born| born.reveal().year());
        let persons = names.search(identity.name.reveal(), born);
        if complete { Self::Found { persons, upto } } else { Self::Indexing }
    }
}

/// What the files say, loaded in the transaction.
pub(super) struct Known {
    /// Who the file says it is about; `None`: made by this scan.
    pub filed: Option<Filed>,
    /// The documents on the file besides the one scanned, and whether any cannot be read.
    pub others: Vec<Document>,
    pub damaged: bool,
    /// Those of [`Near`] with their identity, without the person; `None`: the index is not complete.
    pub near: Option<Vec<(PersonId, Option<Identity>)>>,
    /// More had the words of the name than were looked at.
    pub more: bool,
}

/// What a file that was there says of who it is about.
pub(super) enum Filed {
    Known(Identity),
    Unreadable,
}

/// Whether a page of the index was full.
pub(super) const fn is_full(found: usize) -> bool {
    found >= FOUND_MAX
}

fn finding(kind: Kind, verdict: Verdict, reason: &'static str, source: Source, rule: &'static str) -> Result<Finding> {
    Ok(Finding {
        kind,
        verdict,
        reason: ReasonCode::new(reason).map_err(Error::internal)?,
        source,
        rule: RuleId::new(rule).map_err(Error::internal)?,
        measure: None,
        refers: None,
    })
}

/// Makes every check of [`REQUIRED`].
pub(super) fn findings(read: &Read, known: &Known) -> Result<Findings> {
    let mut made = vec![digits(read)?, validity(read)?, identity(read, known)?, other(read, known)?];
    made.extend(namesakes(read, known)?);
    made.push(nationality(read, known)?);
    made.push(child(read)?);
    made.truncate(FINDINGS_MAX);
    Findings::new(REQUIRED, made).map_err(Error::internal)
}

fn digits(read: &Read) -> Result<Finding> {
    let wrong = read.zone.checks().iter().filter(|(_, verdict)| !verdict.holds).count();
    let composite = read.zone.checks().get(Check::Composite).is_none_or(|verdict| verdict.holds);
    let impossible = read.zone.birth_date().is_err() || read.zone.expiry_date().is_err();
    let (verdict, reason) = match (impossible, wrong) {
        (true, _) => (Verdict::Stop, "impossible_date"),
        (_, 0) if read.zone.is_valid() => (Verdict::Clear, "all_right"),
        (_, 0) => (Verdict::Attention, "irregular"),
        (_, 1) if composite => (Verdict::Attention, "one_wrong"),
        _ => (Verdict::Stop, "several_wrong"),
    };
    finding(Kind::CheckDigits, verdict, reason, Source::Zone, "icao-9303-3.4.9")
}

fn validity(read: &Read) -> Result<Finding> {
    let (verdict, reason) = match read.document.expires {
        _ if !read.expiry_known => (Verdict::NotChecked(Unmade::Unreadable), "date_unreadable"),
        None => (Verdict::Attention, "no_expiry"),
        Some(day) if day < read.today => (Verdict::Stop, "expired"),
        Some(_) => (Verdict::Clear, "not_expired"),
    };
    finding(Kind::Validity, verdict, reason, Source::Zone, "uu-6-2011-8")
}

fn identity(read: &Read, known: &Known) -> Result<Finding> {
    let zone = &read.identity;
    let (verdict, reason) = match &known.filed {
        None => (Verdict::Clear, "new_file"),
        Some(Filed::Unreadable) => (Verdict::NotChecked(Unmade::Unreadable), "entry_damaged"),
        Some(Filed::Known(filed)) => {
            let (name, born, sex) = (same_name(&filed.name, &zone.name), filed.born == zone.born, filed.sex == zone.sex);
            match (name, born, sex) {
                (true, true, true) => (Verdict::Clear, "same"),
                (_, false, false) => (Verdict::Stop, "sex_and_date_differ"),
                (false, ..) => (Verdict::Attention, "name_differs"),
                (_, false, _) => (Verdict::Attention, "date_differs"),
                _ => (Verdict::Attention, "sex_differs"),
            }
        }
    };
    finding(Kind::Identity, verdict, reason, Source::File, "office.identity")
}

fn other(read: &Read, known: &Known) -> Result<Finding> {
    let valid = known.others.iter().any(|other| other.expires.is_none_or(|day| day >= read.today));
    let (verdict, reason) = match (valid, known.damaged) {
        (true, _) => (Verdict::Attention, "another_valid"),
        (_, true) => (Verdict::NotChecked(Unmade::Unreadable), "entry_damaged"),
        _ => (Verdict::Clear, "none_valid"),
    };
    finding(Kind::OtherDocument, verdict, reason, Source::File, "office.other-document")
}

/// One finding for each other person of the same name and date of birth. A date known in part fits every date that it leaves open.
fn namesakes(read: &Read, known: &Known) -> Result<Vec<Finding>> {
    let one = |verdict, reason| finding(Kind::Namesake, verdict, reason, Source::File, "office.namesake");
    let Some(near) = &known.near else { return Ok(vec![one(Verdict::NotChecked(Unmade::Indexing), "indexing")?]) };
    let mut made = Vec::new();
    for (id, who) in near {
        let (verdict, reason) = match who {
            None => (Verdict::NotChecked(Unmade::Unreadable), "entry_damaged"),
            Some(who) if same_name(&who.name, &read.identity.name) && may_be_born_with(who, &read.identity) => (Verdict::Attention, "same_name_and_date"),
            Some(_) => continue,
        };
        made.push(Finding { refers: Some(*id), ..one(verdict, reason)? });
    }
    if known.more {
        made.push(one(Verdict::Attention, "too_many")?);
    }
    if made.is_empty() {
        made.push(one(Verdict::Clear, "nobody")?);
    }
    Ok(made)
}

fn nationality(read: &Read, known: &Known) -> Result<Finding> {
    let zone = read.identity.nationality;
    let (verdict, reason) = match &known.filed {
        _ if STATELESS.contains(&zone.as_str()) => (Verdict::Attention, "stateless"),
        Some(Filed::Unreadable) => (Verdict::NotChecked(Unmade::Unreadable), "entry_damaged"),
        Some(Filed::Known(filed)) if filed.nationality != zone => (Verdict::Attention, "two"),
        _ => (Verdict::Clear, "one"),
    };
    finding(Kind::Nationality, verdict, reason, Source::File, "office.nationality")
}

fn child(read: &Read) -> Result<Finding> {
    let (verdict, reason) = match read.identity.born.as_ref().map(|born| is_adult(*born.reveal(), read.today)) {
        Some(Some(true)) => (Verdict::Clear, "adult"),
        Some(Some(false)) => (Verdict::Attention, "child"),
        Some(None) | None => (Verdict::Attention, "age_unknown"),
    };
    finding(Kind::Child, verdict, reason, Source::Zone, "uu-35-2014-1.1")
}

/// Whether somebody is an adult on a day; `None`: the date leaves both open. Whoever is born on 29 February is from 1 March.
fn is_adult(born: PartialDate, today: CivilDate) -> Option<bool> {
    let (year, month, day) = today.parts();
    let years = year - born.year();
    match (years.cmp(&ADULT_YEARS), born) {
        (std::cmp::Ordering::Greater, _) => Some(true),
        (std::cmp::Ordering::Less, _) => Some(false),
        (_, PartialDate::Day(born)) => Some((month, day) >= (born.parts().1, born.parts().2)),
        (_, PartialDate::Month(_, born)) if month != born => Some(month > born),
        _ => None,
    }
}

fn may_be_born_with(one: &Identity, other: &Identity) -> bool {
    let (Some(one), Some(other)) = (&one.born, &other.born) else { return true };
    let (one, other) = (one.reveal().to_string(), other.reveal().to_string());
    one.starts_with(&other) || other.starts_with(&one)
}

/// Whether two names have the same words, in any order, as they would be written in a zone.
fn same_name(one: &Name, other: &Name) -> bool {
    words(one) == words(other)
}

fn words(name: &Name) -> Vec<String> {
    let written = transliterate(name.reveal(), siger_mrtd::transliterate::Choices::default()).unwrap_or_else(|_| name.reveal().to_uppercase());
    let mut words: Vec<String> = written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_uppercase).collect();
    words.sort_unstable();
    words
}

/// Whether any of the codes is Indonesia's: a citizen by any document cannot be refused entry (UU 6/2011 art. 14(1)).
pub(super) fn is_citizen(read: &Read, filed: Option<&Filed>) -> bool {
    let indonesian = |code: &CountryCode| code.as_str() == "IDN";
    indonesian(&read.identity.nationality) || matches!(filed, Some(Filed::Known(filed)) if indonesian(&filed.nationality))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_any_order_and_as_a_zone_writes_them() {
        for (one, other, same) in [
            ("Contoh Siti", "SITI CONTOH", true),
            ("Jörg Müller", "MUELLER JOERG", true),
            ("Siti Contoh", "Siti", false),
            ("Siti Contoh", "Siti Contoh Contoh", false),
            ("O'Brien", "OBRIEN", true),
        ] {
            assert_eq!(same_name(&Name::new(one).unwrap(), &Name::new(other).unwrap()), same, "{one} / {other}");
        }
    }

    #[test]
    fn somebody_is_an_adult_from_their_birthday_and_unknown_where_the_date_leaves_it_open() {
        let today: CivilDate = "2026-11-24".parse().unwrap();
        for (born, adult) in [
            ("2008-11-24", Some(true)),
            ("2008-11-25", Some(false)),
            ("2008-11", None),
            ("2008-10", Some(true)),
            ("2008-12", Some(false)),
            ("2008", None),
            ("2007", Some(true)),
            ("2009", Some(false)),
        ] {
            assert_eq!(is_adult(born.parse().unwrap(), today), adult, "{born}");
        }
    }
}
