//! Inspections with their entries, stays, and the numbers of receipts.
//!
//! The rows hold identifiers, states and days. What was found and decided is read from the entries ([`recall`]).

use siger_domain::event::{Event, Subject};
use siger_domain::id::{InspectionId, OfficerId, PersonId};
use siger_domain::inspection::record::steps;
use siger_domain::inspection::state::Stage;
use siger_domain::inspection::{By, Inspection as Case, Kind};
use siger_domain::presence::Fact;
use siger_domain::receipt::ReceiptNumber;
use siger_domain::time::Instant;

use super::exactly_one;
use crate::engine::{Row, Tx};
use crate::error::{Error, Result};
use crate::journal::{Entry, read};
use crate::keyring::Keyring;
use crate::params;

/// Most inspections listed at once: a screen; an office that has more waiting sees those that wait longest.
pub const LISTED_MAX: u32 = 200;

/// A row of `inspection`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Identifier.
    pub id: InspectionId,
    /// Of whom.
    pub person: PersonId,
    /// Of what kind.
    pub kind: Kind,
    /// Where it stands.
    pub stage: Stage,
    /// Who has taken the person.
    pub holder: Option<OfficerId>,
    /// Since when the person is here.
    pub presented: Option<Instant>,
    /// Its first entry.
    pub first_entry: u64,
    /// Its newest entry.
    pub last_entry: u64,
}

macro_rules! rows {
    ($tail:literal) => {
        concat!("SELECT id, person, kind, stage, holder, presented, first_entry, last_entry FROM inspection ", $tail)
    };
}

fn inspection(row: &Row<'_>) -> Result<Inspection> {
    let wrong = |column| Error::Inconsistent { table: "inspection", column, row: "(read)".into() };
    Ok(Inspection {
        id: InspectionId::from_bytes(row.bytes(0)?),
        person: PersonId::from_bytes(row.bytes(1)?),
        kind: row.text(2)?.parse().map_err(|_| wrong("kind"))?,
        stage: row.text(3)?.parse().map_err(|_| wrong("stage"))?,
        holder: row.blob_or_null(4)?.map(|id| OfficerId::from_slice(&id)).transpose().map_err(|_| wrong("holder"))?,
        presented: row.int_or_null(5)?.map(Instant::from_unix_micros),
        first_entry: row.count(6)?,
        last_entry: row.count(7)?,
    })
}

pub(super) fn apply(tx: &mut Tx<'_>, entry: &Entry, event: &Event) -> Result<()> {
    let number = entry.number as i64;
    let person = || match entry.subject {
        Subject::Person(id) => Ok(id),
        _ => Err(Error::Inconsistent { table: "entry", column: "subject", row: entry.number.to_string() }),
    };
    match event {
        Event::InspectionStepped(body) => {
            let (person, standing) = (person()?, &body.standing);
            let (stage, holder) = (standing.stage.as_str(), standing.holder.as_ref().map(|id| id.as_bytes()));
            let presented = standing.presented.map(Instant::unix_micros);
            if let Some(begun) = &body.begin {
                tx.execute(
                    "INSERT INTO inspection (id, person, kind, stage, holder, presented, first_entry, last_entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
                    params![body.inspection.as_bytes(), person.as_bytes(), begun.kind.as_str(), stage, holder, presented, number],
                )?;
            } else {
                let rows = tx.execute(
                    "UPDATE inspection SET stage = $1, holder = $2, presented = $3, last_entry = $4 WHERE id = $5 AND person = $6",
                    params![stage, holder, presented, number, body.inspection.as_bytes(), person.as_bytes()],
                )?;
                exactly_one(rows, "inspection", entry)?;
            }
            tx.execute("INSERT INTO inspection_entry (inspection, entry) VALUES ($1, $2)", params![body.inspection.as_bytes(), number])?;
            super::person::touch(tx, entry, person)?;
        }
        Event::InspectionReceipted(body) => {
            tx.execute(
                "INSERT INTO receipt (year, running, inspection, entry) VALUES ($1, $2, $3, $4)",
                params![i64::from(body.number.year()), i64::from(body.number.running()), body.inspection.as_bytes(), number],
            )?;
        }
        Event::PresenceRecorded(body) => {
            let (person, until) = (person()?, body.until.map(|day| day.to_string()));
            if let Fact::Begun { on, .. } = body.fact {
                tx.execute(
                    "INSERT INTO presence (stay, person, first_day, last_day, goes_on, last_entry) VALUES ($1, $2, $3, $4, $5, $6)",
                    params![body.stay.as_bytes(), person.as_bytes(), on.to_string().as_str(), until.as_deref(), i64::from(body.open), number],
                )?;
            } else {
                let rows = tx.execute(
                    "UPDATE presence SET last_day = $1, goes_on = $2, last_entry = $3 WHERE stay = $4 AND person = $5",
                    params![until.as_deref(), i64::from(body.open), number, body.stay.as_bytes(), person.as_bytes()],
                )?;
                exactly_one(rows, "presence", entry)?;
            }
            super::person::touch(tx, entry, person)?;
        }
        Event::PersonErased(_) => {
            let person = person()?;
            let id = person.as_bytes();
            tx.execute("DELETE FROM inspection_entry WHERE inspection IN (SELECT id FROM inspection WHERE person = $1)", params![id])?;
            tx.execute("DELETE FROM inspection WHERE person = $1", params![id])?;
            tx.execute("DELETE FROM presence WHERE person = $1", params![id])?;
        }
        _ => {}
    }
    Ok(())
}

/// One inspection.
///
/// # Errors
/// When the engine refuses or the row is damaged.
pub fn get(tx: &mut Tx<'_>, id: InspectionId) -> Result<Option<Inspection>> {
    tx.first(rows!("WHERE id = $1"), params![id.as_bytes()], inspection)
}

/// The inspection of a person that has begun and is not decided; the newest, were there several.
///
/// # Errors
/// As [`get`].
pub fn open_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Inspection>> {
    let sql = rows!("WHERE person = $1 AND stage IN ('presented', 'primary', 'secondary', 'awaiting_second') ORDER BY first_entry DESC LIMIT 1");
    tx.first(sql, params![person.as_bytes()], inspection)
}

/// The inspections in one stage, whoever is here longest first.
///
/// # Errors
/// As [`get`].
pub fn in_stage(tx: &mut Tx<'_>, stage: Stage, limit: u32) -> Result<Vec<Inspection>> {
    tx.query(rows!("WHERE stage = $1 ORDER BY presented, id LIMIT $2"), params![stage.as_str(), limit.min(LISTED_MAX)], inspection)
}

/// An inspection as its entries recorded it, with the moment of the newest; `None` when it was erased.
///
/// # Errors
/// When an entry is missing, damaged, or cannot follow the one before.
pub fn recall(tx: &mut Tx<'_>, keyring: &Keyring, row: &Inspection) -> Result<Option<(Case, Instant)>> {
    let wrong = |entry: u64| Error::Inconsistent { table: "inspection_entry", column: "entry", row: entry.to_string() };
    let numbers =
        tx.query("SELECT entry FROM inspection_entry WHERE inspection = $1 ORDER BY entry LIMIT 1000", params![row.id.as_bytes()], |row| row.count(0))?;
    let (mut begin, mut taken, mut last) = (None, Vec::new(), None);
    for number in numbers {
        let entry = read::entry(tx, number)?.ok_or_else(|| wrong(number))?;
        let body = match entry.open(keyring)? {
            Some(Event::InspectionStepped(body)) => body,
            None => return Ok(None),
            Some(_) => return Err(wrong(number)),
        };
        if let Some(begun) = &body.begin {
            begin = Some(begun.of(row.id, row.person).map_err(|_| wrong(number))?);
        }
        let by = match entry.stamp.actor {
            Some(officer) => By::officer_in(officer, entry.stamp.role).ok_or_else(|| wrong(number))?,
            None => By::PROGRAM,
        };
        taken.extend(steps(entry.stamp.at, by, body.steps));
        last = Some(entry.stamp.at);
    }
    let (begin, last) = begin.zip(last).ok_or_else(|| wrong(row.first_entry))?;
    let case = Case::recall(&begin, &taken).map_err(|_| wrong(row.last_entry))?.ok_or_else(|| wrong(row.first_entry))?;
    Ok(Some((case, last)))
}

/// Whether a stay of the person goes on.
///
/// # Errors
/// As [`get`].
pub fn is_staying(tx: &mut Tx<'_>, person: PersonId) -> Result<bool> {
    Ok(tx.first("SELECT 1 FROM presence WHERE person = $1 AND goes_on = 1 LIMIT 1", params![person.as_bytes()], |_| Ok(()))?.is_some())
}

/// The running number that the next receipt of a year gets. Under the office's lock, so that no two get the same.
///
/// # Errors
/// As [`get`].
pub fn next_running(tx: &mut Tx<'_>, year: u16) -> Result<u32> {
    let newest = tx.first("SELECT running FROM receipt WHERE year = $1 ORDER BY running DESC LIMIT 1", params![i64::from(year)], |row| row.count(0))?;
    u32::try_from(newest.unwrap_or(0) + 1).map_err(|_| Error::Inconsistent { table: "receipt", column: "running", row: year.to_string() })
}

/// The number of the newest receipt of an inspection, with the entry that gave it.
///
/// # Errors
/// When the entry is missing or damaged.
pub fn receipt(tx: &mut Tx<'_>, keyring: &Keyring, id: InspectionId) -> Result<Option<(ReceiptNumber, u64)>> {
    let sql = "SELECT entry FROM receipt WHERE inspection = $1 ORDER BY entry DESC LIMIT 1";
    let Some(number) = tx.first(sql, params![id.as_bytes()], |row| row.count(0))? else { return Ok(None) };
    let wrong = || Error::Inconsistent { table: "receipt", column: "entry", row: number.to_string() };
    match read::entry(tx, number)?.ok_or_else(wrong)?.open(keyring)? {
        Some(Event::InspectionReceipted(body)) => Ok(Some((body.number, number))),
        _ => Err(wrong()),
    }
}
