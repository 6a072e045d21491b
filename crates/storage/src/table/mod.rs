//! The derived tables: one file an area, each with `apply` (what an event changes) and the queries on it.
//!
//! `apply` runs in the transaction that appends the event and again in replay; it reads nothing but the event, its entry
//! and the tables, so both give the same rows. An event whose key was destroyed is applied as erased.

pub mod inspection;
pub mod office;
pub mod officer;
pub mod operation;
pub mod person;
#[cfg(test)]
mod plan;
mod rehash;
pub mod request;
pub mod upkeep;

pub use rehash::{Left, Step, rehash_officers, rehash_persons};

use siger_domain::event::Event;

use crate::engine::Tx;
use crate::error::Result;
use crate::journal::Entry;
use crate::keyring::Keyring;

/// The derived tables: name, columns compared, and the columns of the key, in whose order replay compares them.
pub(crate) const DERIVED: &[(&str, &str, &str)] = &[
    ("office", "id, code, name, origin, sample, time_zone, key_epoch", "id"),
    ("person", "id, key_index, registered, identity, changed_at, erased", "id"),
    ("person_document", "hash, person, entry, position", "hash, person, entry, position"),
    ("person_blob", "id, person, entry", "id, person"),
    ("inspection", "id, person, kind, stage, holder, presented, first_entry, last_entry", "id"),
    ("inspection_entry", "inspection, entry", "inspection, entry"),
    ("presence", "stay, person, first_day, last_day, goes_on, last_entry", "stay"),
    ("receipt", "year, running, inspection, entry", "year, running"),
    ("officer", "id, key_index, profile, login_hash, state, roles, leave_from, leave_to, recovery, recovery_expires, changed_at, erased", "id"),
    ("credential", "id, officer, kind, entry", "id"),
    ("request", "id, matter, target, state, opened, opened_by, expires, answered, answered_by", "id"),
];

/// Applies an entry to the tables. `event` is `None` where the body's key was destroyed.
pub(crate) fn apply(tx: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, event: Option<&Event>) -> Result<()> {
    match event {
        None => match entry.kind.as_str() {
            "person.registered" => person::apply_erased_registration(tx, entry),
            "officer.invited" => officer::apply_erased_invitation(tx, entry),
            // What else was said of an erased person changed rows that the erasure removed.
            _ => Ok(()),
        },
        Some(event) => {
            office::apply(tx, entry, event)?;
            person::apply(tx, keyring, entry, event)?;
            inspection::apply(tx, entry, event)?;
            officer::apply(tx, keyring, entry, event)?;
            request::apply(tx, entry, event)
        }
    }
}

/// One row was to change: anything else is an inconsistency worth stopping for.
pub(crate) fn exactly_one(rows: u64, table: &'static str, entry: &Entry) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(crate::error::Error::Inconsistent { table, column: "id", row: format!("of entry {} ({rows} rows)", entry.number) }) }
}
