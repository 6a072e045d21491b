//! Reading the journal: one entry, pages of entries, the hashes that proofs are made of.

use siger_domain::access::Purpose;
use siger_domain::event::Subject;
use siger_domain::id::{OfficerId, PersonId};

use super::entry::{Entry, Line};
use super::head::Head;
use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::params;
use crate::tlog::{self, Hash, Nodes};

/// Most entries that one page or one step of a consumer reads: bounds memory, since bodies are read with them.
pub const PAGE_MAX: u32 = 1_000;

macro_rules! entries {
    ($tail:literal) => {
        concat!("SELECT number, at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf FROM entry ", $tail)
    };
}

macro_rules! lines {
    ($tail:literal) => {
        concat!("SELECT number, at, actor, role, purpose, subject_kind, subject, kind FROM entry ", $tail)
    };
}

/// The entry with this number.
///
/// # Errors
/// When the engine refuses or the row is damaged.
pub fn entry(tx: &mut Tx<'_>, number: u64) -> Result<Option<Entry>> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    tx.first(entries!("WHERE number = $1"), params![number], Entry::from_row)
}

/// Entries from `first` upwards: how consumers of the tail read. Beyond the last number that a database holds there are none, so that
/// who goes on after that number comes to an end.
///
/// # Errors
/// As [`entry`].
pub fn from(tx: &mut Tx<'_>, first: u64, limit: u32) -> Result<Vec<Entry>> {
    let Ok(first) = i64::try_from(first) else { return Ok(Vec::new()) };
    tx.query(entries!("WHERE number >= $1 ORDER BY number LIMIT $2"), params![first, limit.min(PAGE_MAX)], Entry::from_row)
}

/// [`from`] for a check: a row that cannot be read is handed back as its error, with the number it stands under.
pub(crate) fn from_row_by_row(tx: &mut Tx<'_>, first: u64, limit: u32) -> Result<Vec<(u64, Result<Entry>)>> {
    let Ok(first) = i64::try_from(first) else { return Ok(Vec::new()) };
    tx.query(entries!("WHERE number >= $1 ORDER BY number LIMIT $2"), params![first, limit.min(PAGE_MAX)], |row| Ok((row.count(0)?, Entry::from_row(row))))
}

/// How many entries there are with numbers from `first` to before `end`.
///
/// # Errors
/// When the engine refuses.
pub(crate) fn count(tx: &mut Tx<'_>, first: u64, end: u64) -> Result<u64> {
    let sql = "SELECT COUNT(*) FROM entry WHERE number >= $1 AND number < $2";
    Ok(tx.first(sql, params![clamp(first), clamp(end)], |row| row.count(0))?.unwrap_or(0))
}

/// The newest entries before `before`, newest first.
///
/// # Errors
/// As [`entry`].
pub fn newest(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<Entry>> {
    tx.query(entries!("WHERE number < $1 ORDER BY number DESC LIMIT $2"), params![clamp(before), limit.min(PAGE_MAX)], Entry::from_row)
}

/// The newest entries of one kind before `before`, newest first. Uses the index `entry_by_kind`, so a kind that never
/// happened costs nothing.
///
/// # Errors
/// As [`entry`].
pub fn newest_of_kind(tx: &mut Tx<'_>, kind: &str, before: u64, limit: u32) -> Result<Vec<Entry>> {
    tx.query(entries!("WHERE kind = $1 AND number < $2 ORDER BY number DESC LIMIT $3"), params![kind, clamp(before), limit.min(PAGE_MAX)], Entry::from_row)
}

/// [`newest`] for a list.
///
/// # Errors
/// As [`entry`].
pub fn newest_lines(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<Line>> {
    tx.query(lines!("WHERE number < $1 ORDER BY number DESC LIMIT $2"), params![clamp(before), limit.min(PAGE_MAX)], Line::from_row)
}

/// [`newest_of_kind`] for a list.
///
/// # Errors
/// As [`entry`].
pub fn newest_lines_of_kind(tx: &mut Tx<'_>, kind: &str, before: u64, limit: u32) -> Result<Vec<Line>> {
    tx.query(lines!("WHERE kind = $1 AND number < $2 ORDER BY number DESC LIMIT $3"), params![kind, clamp(before), limit.min(PAGE_MAX)], Line::from_row)
}

/// The newest entries by which one officer acted, newest first: the officer's own trail. Uses the index `entry_by_actor`, so it does not matter how long ago they
/// last did something.
///
/// # Errors
/// As [`entry`].
pub fn newest_lines_of_actor(tx: &mut Tx<'_>, actor: OfficerId, before: u64, limit: u32) -> Result<Vec<Line>> {
    let sql = lines!("WHERE actor = $1 AND number < $2 ORDER BY number DESC LIMIT $3");
    tx.query(sql, params![actor.as_bytes(), clamp(before), limit.min(PAGE_MAX)], Line::from_row)
}

/// The newest entries about one subject before `before`, newest first: the history of a file.
///
/// # Errors
/// As [`entry`].
pub fn newest_of_subject(tx: &mut Tx<'_>, subject: Subject, before: u64, limit: u32) -> Result<Vec<Entry>> {
    let Some(id) = subject.id() else { return Ok(Vec::new()) };
    tx.query(entries!("WHERE subject = $1 AND number < $2 ORDER BY number DESC LIMIT $3"), params![&id, clamp(before), limit.min(PAGE_MAX)], Entry::from_row)
}

/// The newest entries about a person's file that changed something, before `before`, newest first: the history without the looks,
/// which outnumber it on a file that is often opened. Notes only where they were written for one of the purposes: what others may not
/// know of is not in the answer. A row that cannot be read is handed back as its error, with the number it stands under. Uses the index
/// `entry_change_of_person`, which holds no looks.
///
/// # Errors
/// When the engine refuses.
pub fn changes_of_person(tx: &mut Tx<'_>, person: PersonId, notes: &[Purpose], before: u64, limit: u32) -> Result<Vec<(u64, Result<Entry>)>> {
    let sql = entries!(
        "WHERE subject = $1 AND number < $2 AND subject_kind = 'person' AND kind NOT IN ('person.read', 'person.readers_read') \
         AND (kind <> 'person.noted' OR purpose IN ($3, $4, $5, $6, $7, $8, $9, $10)) ORDER BY number DESC LIMIT $11"
    );
    let [a, b, c, d, e, f, g, h] = words(notes);
    let asked = params![person.as_bytes(), clamp(before), a, b, c, d, e, f, g, h, limit.min(PAGE_MAX)];
    tx.query(sql, asked, |row| Ok((row.count(0)?, Entry::from_row(row))))
}

/// The newest entries that say that somebody looked at a person's file, before `before`, newest first.
///
/// # Errors
/// As [`entry`].
pub fn looks_of_person(tx: &mut Tx<'_>, person: PersonId, before: u64, limit: u32) -> Result<Vec<Entry>> {
    let sql = entries!("WHERE subject = $1 AND number < $2 AND kind IN ('person.read', 'person.readers_read') ORDER BY number DESC LIMIT $3");
    tx.query(sql, params![person.as_bytes(), clamp(before), limit.min(PAGE_MAX)], Entry::from_row)
}

/// [`looks_of_person`] for a list, and only those for one of the purposes: what others may not know of is not in the answer. A row that
/// cannot be read is handed back as its error, with the number it stands under.
///
/// # Errors
/// When the engine refuses.
pub fn look_lines_of_person(tx: &mut Tx<'_>, person: PersonId, purposes: &[Purpose], before: u64, limit: u32) -> Result<Vec<(u64, Result<Line>)>> {
    let sql = lines!(
        "WHERE subject = $1 AND number < $2 AND kind IN ('person.read', 'person.readers_read') AND purpose IN ($3, $4, $5, $6, $7, $8, $9, $10) \
         ORDER BY number DESC LIMIT $11"
    );
    let [a, b, c, d, e, f, g, h] = words(purposes);
    let asked = params![person.as_bytes(), clamp(before), a, b, c, d, e, f, g, h, limit.min(PAGE_MAX)];
    tx.query(sql, asked, |row| Ok((row.count(0)?, Line::from_row(row))))
}

/// The words of some purposes in as many places as there are purposes, so that it is one statement however many are asked for. No
/// entry has the empty word of the places left over.
fn words(purposes: &[Purpose]) -> [&'static str; 8] {
    const { assert!(Purpose::ALL.len() == 8) };
    std::array::from_fn(|place| purposes.get(place).map_or("", |purpose| purpose.as_str()))
}

fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The head as last committed.
///
/// # Errors
/// [`Error::NoOffice`] in an empty database.
pub fn head(tx: &mut Tx<'_>) -> Result<Head> {
    Head::load(tx, false)?.ok_or(Error::NoOffice)
}

/// Reads complete subtrees for proofs: level 0 are the leaves in `entry`, higher levels the rows of `node`.
impl Nodes for Tx<'_> {
    type Error = Error;

    fn nodes(&mut self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>> {
        let end = start + count as u64;
        let found = if level == 0 {
            self.query("SELECT leaf FROM entry WHERE number >= $1 AND number < $2 ORDER BY number", params![start as i64, end as i64], |row| row.bytes(0))?
        } else {
            self.query(
                "SELECT hash FROM node WHERE level = $1 AND position >= $2 AND position < $3 ORDER BY position",
                params![i64::from(level), start as i64, end as i64],
                |row| row.bytes(0),
            )?
        };
        if found.len() == count { Ok(found) } else { Err(Error::Log(format!("level {level}: hashes {start} to {end} are not all there"))) }
    }
}

/// The commitments of consecutive entries, for the entry bundles of the log.
///
/// # Errors
/// When one of them is missing or damaged.
pub fn commitments(tx: &mut Tx<'_>, start: u64, count: u32) -> Result<Vec<[u8; 32]>> {
    Ok(from(tx, start, count)?.iter().map(Entry::commitment).collect())
}

/// A receipt: the proof that an entry is in the log under a signed checkpoint.
///
/// # Errors
/// When the entry is not under the checkpoint yet, or hashes are missing.
pub fn receipt(tx: &mut Tx<'_>, number: u64) -> Result<Option<tlog::Receipt>> {
    let head = head(tx)?;
    if number >= head.edge.size() {
        return Ok(None);
    }
    let proof = tlog::inclusion(tx, number, head.edge.size()).map_err(|error| Error::Log(error.to_string()))?;
    Ok(Some(tlog::Receipt { index: number, proof, checkpoint: head.checkpoint, extra: Vec::new() }))
}
