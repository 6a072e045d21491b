//! `siger check`: is everything that is kept whole, and does it fit together?
//!
//! [`verify`] looks at the journal against its log, its signed checkpoint and the witness's checkpoint; [`replay`] builds the
//! derived tables again from the journal alone and compares. Both read in steps of a page and keep nothing but hashes, so a
//! journal of any length fits in memory. Findings name places, never values.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::engine::{Conn, Row, Tx};
use crate::error::{Error, Result};
use crate::journal::{Entry, read};
use crate::keyring::Keyring;
use crate::store::Store;
use crate::table;
use crate::tlog::{self, Checkpoint, Edge};
use crate::{migrate, params};

/// Findings kept at most: after so many the cause is one and the same, and a report must end.
const FINDINGS_MAX: usize = 1_000;

/// Something that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: table and row, or the file.
    pub place: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// What was looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries looked at.
    pub entries: u64,
    /// What is wrong; empty: nothing.
    pub findings: Vec<Finding>,
}

impl Report {
    fn find(&mut self, place: impl Into<String>, what: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { place: place.into(), what: what.into() });
        }
    }
}

/// Walks the journal on one snapshot: numbers without a gap, each leaf, each node, the head, its signature; and, given a
/// checkpoint from outside the data folder, that the journal continues it.
///
/// # Errors
/// When the store cannot be read at all.
pub fn verify(store: &Store, outside: Option<&str>) -> Result<Report> {
    let keyring = store.keyring().clone();
    store.read_blocking(|tx| {
        let mut report = Report::default();
        let head = read::head(tx)?;
        let (edge, last_at) = walk(tx, &mut report)?;
        if edge.size() != head.edge.size() || edge.root() != head.edge.root() {
            let what = format!("says {} entries, the journal has {}: entries were removed, added or changed", head.edge.size(), edge.size());
            report.find("tree_head", what);
        }
        if last_at > head.last_at.unix_micros() {
            report.find("tree_head", "its newest moment is before the newest entry");
        }
        let origin = table::office::get(tx)?.ok_or(Error::NoOffice)?.origin;
        match Checkpoint::open(head.checkpoint.as_bytes(), &origin, &keyring.log_verifiers()) {
            Ok(signed) if signed.size == edge.size() && signed.root == edge.root() => {}
            Ok(signed) => report.find("tree_head, checkpoint", format!("was signed over {} entries with another root than the journal's", signed.size)),
            Err(error) => report.find("tree_head, checkpoint", error.to_string()),
        }
        if let Some(outside) = outside {
            against(tx, &keyring, &origin, outside, edge.size(), &mut report)?;
        }
        Ok(report)
    })
}

fn walk(tx: &mut Tx<'_>, report: &mut Report) -> Result<(Edge, i64)> {
    let (mut edge, mut last_at, mut next) = (Edge::empty(), i64::MIN, 0);
    loop {
        let entries = read::from(tx, next, read::PAGE_MAX)?;
        let Some(last) = entries.last() else { break };
        let after = last.number + 1;
        for entry in &entries {
            let place = format!("entry {}", entry.number);
            if entry.number != next {
                report.find(format!("entry {next}"), format!("is missing (the next one is {})", entry.number));
            }
            next = entry.number + 1;
            if entry.expected_leaf() != entry.leaf {
                report.find(&place, "was changed: it does not fit its leaf");
            }
            if entry.stamp.at.unix_micros() < last_at {
                report.find(&place, "is earlier than the entry before it");
            }
            last_at = entry.stamp.at.unix_micros();
            let mut nodes = Vec::new();
            // The tree is built from what the entries say, so that a changed entry shows in the root too.
            edge.push(entry.expected_leaf(), |level, position, hash| nodes.push((level, position, hash)));
            for (level, position, hash) in nodes {
                let kept =
                    tx.first("SELECT hash FROM node WHERE level = $1 AND position = $2", params![i64::from(level), position as i64], |row| row.bytes::<32>(0))?;
                if kept != Some(hash) {
                    report.find(format!("node {level}/{position}"), "is missing or does not fit the entries under it");
                }
            }
            report.entries += 1;
        }
        next = after;
    }
    Ok((edge, last_at))
}

fn against(tx: &mut Tx<'_>, keyring: &Keyring, origin: &str, outside: &str, size: u64, report: &mut Report) -> Result<()> {
    let signed = match Checkpoint::open(outside.as_bytes(), origin, &keyring.log_verifiers()) {
        Ok(signed) => signed,
        Err(error) => {
            report.find("checkpoint from outside", error.to_string());
            return Ok(());
        }
    };
    if signed.size > size {
        let what = format!("was signed over {} entries, the journal has {size}: the data is an old copy (rollback), or entries were removed", signed.size);
        report.find("journal", what);
        return Ok(());
    }
    match tlog::root(tx, signed.size) {
        Ok(root) if root == signed.root => {}
        Ok(_) => {
            report.find("journal", format!("its first {} entries are not the ones that were signed: another history was put in its place (fork)", signed.size))
        }
        Err(error) => report.find("journal", error.to_string()),
    }
    Ok(())
}

/// Builds the derived tables again from the journal, in memory, and compares every row.
///
/// # Errors
/// When the store cannot be read, or an entry cannot be applied.
pub fn replay(store: &Store) -> Result<Report> {
    let keyring = store.keyring().clone();
    let memory = rusqlite::Connection::open_in_memory().map_err(|source| crate::engine::sqlite::error("open a database in memory", source))?;
    store.read_blocking(|tx| {
        let mut report = Report::default();
        let mut again = Tx::new(Conn::Sqlite(&memory));
        migrate::migrate(&mut again)?;
        again.batch("BEGIN")?;
        let mut next = 0;
        loop {
            let entries = read::from(tx, next, read::PAGE_MAX)?;
            let Some(last) = entries.last() else { break };
            next = last.number + 1;
            for entry in &entries {
                apply(&mut again, &keyring, entry, &mut report);
                report.entries += 1;
            }
        }
        for table in table::DERIVED {
            compare(tx, &mut again, table, &mut report)?;
        }
        Ok(report)
    })
}

fn apply(again: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, report: &mut Report) {
    let applied = entry.open(keyring).and_then(|event| table::apply(again, keyring, entry, event.as_ref()));
    if let Err(error) = applied {
        report.find(format!("entry {}", entry.number), format!("cannot be applied: {error}"));
    }
}

/// Rows as hashes, in the order of the key: equal lists are equal tables.
fn compare(tx: &mut Tx<'_>, again: &mut Tx<'_>, table: &table::Derived, report: &mut Report) -> Result<()> {
    let kept = tx.query(table.sql, &[], |row| digest(row, table.columns))?;
    let made = again.query(table.sql, &[], |row| digest(row, table.columns))?;
    if kept.len() != made.len() {
        report.find(table.name, format!("has {} rows, the journal makes {}", kept.len(), made.len()));
    }
    for (position, (kept, made)) in kept.iter().zip(&made).enumerate() {
        if kept != made {
            report.find(format!("{}, row {position} in the order of its key", table.name), "is not what the journal makes of it");
        }
    }
    Ok(())
}

fn digest(row: &Row<'_>, columns: &[table::Kind]) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    for (index, kind) in columns.iter().enumerate() {
        let value = match kind {
            table::Kind::Int => row.int_or_null(index)?.map(|value| value.to_be_bytes().to_vec()),
            table::Kind::Text => row.text_or_null(index)?.map(String::into_bytes),
            table::Kind::Blob => row.blob_or_null(index)?,
        };
        match value {
            None => hash.update([0]),
            Some(bytes) => {
                hash.update([1]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    Ok(hash.finalize().into())
}
