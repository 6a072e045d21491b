//! Computing the keyed hashes anew after the look-up key was rotated, while the office works.
//!
//! Until it is done look-ups try the old key too (`Keyring::lookup_hashes`), so that nobody is missed; after it the old key can
//! be retired. Steps are short, so that others write in between, and it may be begun again after a crash.

use siger_domain::id::{OfficerId, PersonId};

use super::{officer, person};
use crate::error::{Error, Result};
use crate::params;
use crate::store::Store;

/// Files in one step: some tens of milliseconds, so that nobody at the counter waits.
const STEP: u32 = 200;

/// How many rows were computed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rehashed {
    /// Persons' files.
    pub persons: u64,
    /// Officers.
    pub officers: u64,
}

/// Replaces every keyed hash by one under the look-up key in use. When it returns, the keys before it can be retired.
///
/// # Errors
/// When the store refuses or an entry is damaged; what was done before stays done.
pub fn rehash_all(store: &Store) -> Result<Rehashed> {
    let mut done = Rehashed::default();
    let mut after = -1;
    loop {
        let step = store.write_blocking(move |write| {
            let keyring = write.keyring().clone();
            let page = write.query("SELECT registered, id FROM person WHERE registered > $1 ORDER BY registered LIMIT $2", params![after, STEP], |row| {
                Ok((row.int(0)?, PersonId::from_bytes(row.bytes(1)?)))
            })?;
            for (_, id) in &page {
                person::rehash(write, &keyring, *id)?;
            }
            Ok::<_, Error>(page.last().map(|(last, _)| (*last, page.len() as u64)))
        })?;
        let Some((last, count)) = step else { break };
        after = last;
        done.persons += count;
    }
    let mut after = -1;
    loop {
        let step = store.write_blocking(move |write| {
            let keyring = write.keyring().clone();
            let page = write.query("SELECT profile, id FROM officer WHERE profile > $1 ORDER BY profile LIMIT $2", params![after, STEP], |row| {
                Ok((row.int(0)?, OfficerId::from_bytes(row.bytes(1)?)))
            })?;
            for (_, id) in &page {
                if let Some(row) = officer::get(write, *id)? {
                    officer::rehash(write, &keyring, &row)?;
                }
            }
            Ok::<_, Error>(page.last().map(|(last, _)| (*last, page.len() as u64)))
        })?;
        let Some((last, count)) = step else { return Ok(done) };
        after = last;
        done.officers += count;
    }
}
