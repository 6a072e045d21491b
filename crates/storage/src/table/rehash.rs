//! Keyed hashes anew after the look-up key was rotated: the two steps that a job repeats while the office works.
//!
//! Until all are done look-ups try the old key too (`Keyring::lookup_hashes`), so that nobody is missed; after it the old key can
//! be retired. Steps are short, so that others write in between, and may be repeated after a crash.

use super::{officer, person, upkeep};
use crate::engine::Tx;
use crate::error::Result;
use crate::keyring::Keyring;

/// Files in one step: about 10 ms, so that nobody at the counter waits.
const STEP: u32 = 200;

/// A step through the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many were computed anew.
    pub count: u64,
    /// The entry from which the next step goes on.
    pub next: u64,
}

/// Replaces the hashes of the next files, from entry `from` upwards; `None` when there are no more.
///
/// # Errors
/// When the engine refuses or an entry is damaged.
pub fn rehash_persons(tx: &mut Tx<'_>, keyring: &Keyring, from: u64) -> Result<Option<Step>> {
    let rows = upkeep::files(tx, from, STEP)?;
    for row in &rows {
        person::rehash(tx, keyring, row.id)?;
    }
    Ok(rows.last().map(|last| Step { count: rows.len() as u64, next: last.registered + 1 }))
}

/// Replaces the hashes of all officers, who are few; says how many.
///
/// # Errors
/// As [`rehash_persons`].
pub fn rehash_officers(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<u64> {
    let rows = officer::all(tx)?;
    for row in &rows {
        officer::rehash(tx, keyring, row)?;
    }
    Ok(rows.len() as u64)
}
