//! The journal against its own proof: each entry against its leaf, the leaves against the nodes, all of it against the signed head.

use super::{Kind, Report};
use crate::engine::{Tx, Value};
use crate::error::{Error, Result};
use crate::journal::{Entry, Head, read};
use crate::keyring::{KeyIndex, Keyring};
use crate::tlog::{Checkpoint, Edge, Hash};
use crate::{params, table};

/// What is carried from entry to entry.
struct Walk {
    edge: Edge,
    /// Every entry so far was there, so that the tree can be computed.
    whole: bool,
    next: u64,
    /// Time of the entry before, in microseconds.
    last_at: i64,
    /// Greatest key given out.
    newest_key: KeyIndex,
    nodes: u64,
}

pub(super) fn check(tx: &mut Tx<'_>, keyring: &Keyring, bodies: bool, report: &mut Report) -> Result<()> {
    let mut walk = Walk { edge: Edge::empty(), whole: true, next: 0, last_at: i64::MIN, newest_key: KeyIndex::OFFICE, nodes: 0 };
    loop {
        let page = match read::from_row_by_row(tx, walk.next, read::PAGE_MAX) {
            Ok(page) => page,
            Err(Error::Engine { .. }) => {
                report.add(Kind::Engine, format!("entries from {} on", walk.next));
                walk.whole = false;
                break;
            }
            Err(error) => return Err(error),
        };
        if page.is_empty() {
            break;
        }
        for (number, entry) in page {
            gap(&mut walk, number, report);
            report.entries += 1;
            match entry {
                Ok(entry) => one(tx, keyring, bodies, &mut walk, &entry, report)?,
                Err(error) => {
                    report.add(Kind::EntryUnreadable, unreadable(number, &error));
                    walk.whole = false;
                }
            }
            walk.next = number + 1;
        }
    }
    head(tx, keyring, &walk, report)
}

fn unreadable(number: u64, error: &Error) -> String {
    match error {
        Error::Inconsistent { column, .. } => format!("entry {number}, column {column}"),
        _ => format!("entry {number}"),
    }
}

fn gap(walk: &mut Walk, found: u64, report: &mut Report) {
    if found > walk.next {
        let place = if found - walk.next == 1 { format!("entry {}", walk.next) } else { format!("entries {} to {}", walk.next, found - 1) };
        report.add(Kind::EntryMissing, place);
        walk.whole = false;
    }
}

fn one(tx: &mut Tx<'_>, keyring: &Keyring, bodies: bool, walk: &mut Walk, entry: &Entry, report: &mut Report) -> Result<()> {
    let place = || format!("entry {}", entry.number);
    if entry.expected_leaf() != entry.leaf {
        report.add(Kind::EntryChanged, place());
    } else if bodies {
        match entry.open(keyring) {
            Ok(_) => {}
            Err(Error::Decode(_)) => report.add(Kind::EntryUnknown, place()),
            Err(Error::Damaged { .. }) => report.add(Kind::EntrySealed, place()),
            Err(error) => return Err(error),
        }
    }
    let at = entry.stamp.at.unix_micros();
    if at < walk.last_at {
        report.add(Kind::TimeBack, place());
    }
    walk.last_at = walk.last_at.max(at);
    walk.newest_key = walk.newest_key.max(entry.key);
    if walk.whole {
        let mut completed: Vec<(u8, u64, Hash)> = Vec::new();
        // With the leaf as stored: then a changed entry is one finding, not one and all nodes above it.
        walk.edge.push(entry.leaf, |level, position, hash| completed.push((level, position, hash)));
        for (level, position, hash) in completed {
            walk.nodes += 1;
            node(tx, level, position, hash, report)?;
        }
    }
    Ok(())
}

fn node(tx: &mut Tx<'_>, level: u8, position: u64, expected: Hash, report: &mut Report) -> Result<()> {
    let found = tx.first("SELECT hash FROM node WHERE level = $1 AND position = $2", params![i64::from(level), position as i64], |row| row.value(0))?;
    let width = 1_u64 << (8 * u32::from(level));
    let place = || format!("node {position} of level {level} (entries {} to {})", position * width, position * width + (width - 1));
    match found {
        Some(Value::Blob(hash)) if hash == expected => {}
        Some(_) => report.add(Kind::NodeChanged, place()),
        None => report.add(Kind::NodeMissing, place()),
    }
    Ok(())
}

fn head(tx: &mut Tx<'_>, keyring: &Keyring, walk: &Walk, report: &mut Report) -> Result<()> {
    let head = match Head::load(tx, false) {
        Ok(Some(head)) => head,
        Ok(None) if walk.next == 0 => return Err(Error::NoOffice),
        Ok(None) => {
            report.add(Kind::HeadChanged, "the head of the log, which is missing");
            return Ok(());
        }
        Err(Error::Inconsistent { column, .. }) => {
            report.add(Kind::HeadChanged, format!("the head of the log, column {column}"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let size = head.edge.size();
    report.size = size;
    if walk.next < size {
        report.add(Kind::Truncated, format!("entries {} to {}", walk.next, size - 1));
    } else if walk.next > size {
        report.add(Kind::Surplus, format!("entries {size} to {}", walk.next - 1));
    }
    let complete = walk.whole && walk.next == size;
    if complete {
        report.root = Some(walk.edge.root());
        if walk.edge != head.edge {
            report.add(Kind::HeadChanged, "the head of the log, column edge");
        }
        let stored = tx.first("SELECT COUNT(*) FROM node", &[], |row| row.count(0))?.unwrap_or(0);
        if stored > walk.nodes {
            report.add(Kind::NodeSurplus, format!("{} of {stored} nodes", stored - walk.nodes));
        }
        let rows = tx.first("SELECT COUNT(*) FROM entry", &[], |row| row.count(0))?.unwrap_or(0);
        if rows > size {
            report.add(Kind::Surplus, format!("{} of {rows} entries", rows - size));
        }
        if head.last_at.unix_micros() != walk.last_at {
            report.add(Kind::HeadChanged, "the head of the log, column last_at");
        }
    }
    match Checkpoint::open(head.checkpoint.as_bytes(), &keyring.origin(), &keyring.log_verifiers()) {
        Err(_) => report.add(Kind::CheckpointUnsigned, "the checkpoint in the head of the log"),
        Ok(checkpoint) if checkpoint.size != size || complete && checkpoint.root != walk.edge.root() => {
            report.add(Kind::CheckpointOther, format!("the checkpoint in the head of the log, of size {}", checkpoint.size));
        }
        Ok(_) => {}
    }
    keys(tx, keyring, &head, walk, report)
}

fn keys(tx: &mut Tx<'_>, keyring: &Keyring, head: &Head, walk: &Walk, report: &mut Report) -> Result<()> {
    let epoch = keyring.epoch();
    let recorded = match table::office::get(tx) {
        Ok(office) => office.map_or(0, |office| office.key_epoch),
        Err(Error::Inconsistent { column, .. }) => {
            report.add(Kind::RowDiffers, format!("table office, row 1, column {column}"));
            0
        }
        Err(error) => return Err(error),
    };
    if walk.newest_key.epoch() > epoch || recorded > epoch {
        report.add(Kind::KeyEpoch, format!("epoch {} (the keyring has {epoch})", recorded.max(walk.newest_key.epoch())));
    } else if walk.newest_key.epoch() == epoch && walk.newest_key.sequence() >= head.next_key {
        report.add(Kind::NextKey, format!("key {}", walk.newest_key));
    }
    Ok(())
}
