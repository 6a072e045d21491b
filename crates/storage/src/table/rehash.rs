//! Keyed hashes anew after the look-up key was rotated: the two steps that a job repeats while the office works.
//!
//! Until all are done look-ups try the old key too (`Keyring::lookup_hashes`), so that nobody is missed; after it the old key can
//! be retired. Steps are short, so that others write in between, and may be repeated after a crash.
//!
//! An entry that cannot be read stops nothing: its hash stays that of the old key and is said to be left. Nobody could compute it before
//! the entry is whole again, so waiting for it would keep the old key for ever.

use siger_domain::event::Subject;

use super::{officer, person, upkeep};
use crate::engine::Tx;
use crate::error::Result;
use crate::keyring::Keyring;

/// Files in one step: about 10 ms, so that nobody at the counter waits.
const STEP: u32 = 200;

/// An entry that cannot be read, whose hash is still that of the old key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Whom it is about.
    pub subject: Subject,
    /// The entry.
    pub entry: u64,
}

/// A step through the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many were computed anew.
    pub count: u64,
    /// The entry from which the next step goes on.
    pub next: u64,
    /// What could not be computed anew.
    pub left: Vec<Left>,
}

/// Replaces the hashes of the next files, from entry `from` upwards; `None` when there are no more.
///
/// # Errors
/// When the engine refuses.
pub fn rehash_persons(tx: &mut Tx<'_>, keyring: &Keyring, from: u64) -> Result<Option<Step>> {
    let rows = upkeep::files(tx, from, STEP)?;
    let mut left = Vec::new();
    for row in &rows {
        left.extend(person::rehash(tx, keyring, row.id)?.into_iter().map(|entry| Left { subject: Subject::Person(row.id), entry }));
    }
    Ok(rows.last().map(|last| Step { count: rows.len() as u64, next: last.registered + 1, left }))
}

/// Replaces the hashes of all officers, who are few; says how many, and what could not be computed anew.
///
/// # Errors
/// As [`rehash_persons`].
pub fn rehash_officers(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<(u64, Vec<Left>)> {
    let rows = officer::all(tx)?;
    let mut left = Vec::new();
    for row in &rows {
        match officer::rehash(tx, keyring, row) {
            Ok(()) => {}
            Err(error) if error.is_damage() => left.push(Left { subject: Subject::Officer(row.id), entry: row.profile }),
            Err(error) => return Err(error),
        }
    }
    Ok((rows.len() as u64, left))
}
