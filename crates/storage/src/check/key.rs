//! Data keys against erasures: whoever is erased has no key any more, and everybody else still has theirs.
//!
//! An erasure is first written down and then destroys the key, so the two differ for a moment while the office works: what looks wrong is looked
//! at again, with the newest row and the newest keyring. For the same reason this reads no common snapshot.

use super::row::shown;
use super::{Kind, Report};
use crate::engine::Value;
use crate::error::Result;
use crate::keyring::{KeyIndex, Keyring};
use crate::params;
use crate::store::Store;

/// Rows read at a time.
const PAGE: u32 = 1_000;

/// A table of those who have keys: the rows of a page after one row, and one row.
pub(super) const TABLES: [(&str, &str, &str); 2] = [
    ("person", "SELECT id, key_index, erased FROM person WHERE id > $1 ORDER BY id LIMIT $2", "SELECT id, key_index, erased FROM person WHERE id = $1"),
    ("officer", "SELECT id, key_index, erased FROM officer WHERE id > $1 ORDER BY id LIMIT $2", "SELECT id, key_index, erased FROM officer WHERE id = $1"),
];

pub(super) fn check(store: &Store, report: &mut Report) -> Result<()> {
    let keyring = store.keyring();
    for (table, page, one) in TABLES {
        let mut after = Vec::new();
        loop {
            let rows = store.read_blocking(|tx| tx.query(page, params![&after, PAGE], |row| Ok((row.value(0)?, row.value(1)?, row.value(2)?))))?;
            // A row whose name is not bytes is found by the look at the rows.
            let Some((Value::Blob(last), ..)) = rows.last() else { break };
            after.clone_from(last);
            for (id, key, erased) in rows {
                let Value::Blob(id) = id else { continue };
                if wrong(keyring, &key, &erased).is_none() {
                    continue;
                }
                let newest = store.read_blocking(|tx| tx.first(one, params![&id], |row| Ok((row.value(1)?, row.value(2)?))))?;
                keyring.reload()?;
                if let Some(kind) = newest.and_then(|(key, erased)| wrong(keyring, &key, &erased)) {
                    report.add(kind, format!("table {table}, row {}", shown(&Value::Blob(id))));
                }
            }
        }
    }
    Ok(())
}

/// How a row and its key contradict each other.
fn wrong(keyring: &Keyring, key: &Value, erased: &Value) -> Option<Kind> {
    // A number that names no key does not follow from its entry: found by the look at the rows.
    let Value::Int(key) = key else { return None };
    let destroyed = keyring.is_punctured(KeyIndex::from_i64(*key)?);
    match (*erased != Value::Null, destroyed) {
        (false, true) => Some(Kind::KeyMissing),
        (true, false) => Some(Kind::KeyNotDestroyed),
        (false, false) | (true, true) => None,
    }
}
