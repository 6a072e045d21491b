//! The derived tables: one file an area, each with `apply` (what an event changes) and the queries on it.
//!
//! `apply` runs in the transaction that appends the event and again in replay; it reads nothing but the event, its entry
//! and the tables, so both give the same rows. An event whose key was destroyed is applied as erased.

pub mod office;
pub mod officer;
pub mod operation;
pub mod person;
pub mod request;

use siger_domain::event::Event;

use crate::engine::Tx;
use crate::error::Result;
use crate::journal::Entry;
use crate::keyring::Keyring;

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Int,
    Text,
    Blob,
}

/// A derived table as replay compares it: every column, in the order of the key.
pub(crate) struct Derived {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
    pub(crate) columns: &'static [Kind],
}

/// All of them.
pub(crate) const DERIVED: &[Derived] = {
    use Kind::{Blob, Int, Text};
    &[
        Derived {
            name: "office",
            sql: "SELECT id, code, name, origin, sample, time_zone, key_epoch FROM office ORDER BY id",
            columns: &[Int, Text, Text, Text, Int, Text, Int],
        },
        Derived {
            name: "person",
            sql: "SELECT id, key_index, registered, identity, changed_at, erased FROM person ORDER BY id",
            columns: &[Blob, Int, Int, Int, Int, Int],
        },
        Derived {
            name: "person_document",
            sql: "SELECT hash, person, entry, position FROM person_document ORDER BY hash, person, entry, position",
            columns: &[Blob, Blob, Int, Int],
        },
        Derived { name: "person_blob", sql: "SELECT id, person, entry FROM person_blob ORDER BY id, person", columns: &[Blob, Blob, Int] },
        Derived {
            name: "officer",
            sql: "SELECT id, key_index, profile, login_hash, state, roles, leave_from, leave_to, recovery, recovery_expires, changed_at
                  FROM officer ORDER BY id",
            columns: &[Blob, Int, Int, Blob, Text, Text, Text, Text, Blob, Int, Int],
        },
        Derived { name: "credential", sql: "SELECT id, officer, kind, entry FROM credential ORDER BY id", columns: &[Blob, Blob, Text, Int] },
        Derived {
            name: "request",
            sql: "SELECT id, matter, target, state, opened, opened_by, expires, answered, answered_by FROM request ORDER BY id",
            columns: &[Blob, Text, Blob, Text, Int, Blob, Int, Int, Blob],
        },
    ]
};

/// Applies an entry to the tables. `event` is `None` where the body's key was destroyed.
pub(crate) fn apply(tx: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, event: Option<&Event>) -> Result<()> {
    match event {
        None => match entry.kind.as_str() {
            "person.registered" => person::apply_erased_registration(tx, entry),
            // What else was said of an erased person changed rows that the erasure removed.
            _ => Ok(()),
        },
        Some(event) => {
            office::apply(tx, entry, event)?;
            person::apply(tx, keyring, entry, event)?;
            officer::apply(tx, keyring, entry, event)?;
            request::apply(tx, entry, event)
        }
    }
}

/// One row was to change: anything else is an inconsistency worth stopping for.
pub(crate) fn exactly_one(rows: u64, table: &'static str, entry: &Entry) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(crate::error::Error::Inconsistent { table, column: "id", row: format!("of entry {} ({rows} rows)", entry.number) }) }
}
