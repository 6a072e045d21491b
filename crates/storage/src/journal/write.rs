//! Appending: seal, number, hash, store, apply to the tables; all in the caller's transaction.

use std::ops::{Deref, DerefMut};

use siger_domain::event::{Event, Owner, Subject};

use super::entry::{Entry, Stamp, body_place};
use super::head::Head;
use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::keyring::{KeyIndex, Keyring};
use crate::{params, table};

/// How far the clock may read before the newest entry: a clock step of a time server, not a wrong date.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 600;

/// A transaction that can append. Everything a use case does to the store goes through it.
pub struct Write<'a, 'c> {
    pub(crate) tx: &'a mut Tx<'c>,
    pub(crate) head: &'a mut Head,
    pub(crate) keyring: &'a Keyring,
    /// The administrator said that the clock is right although the newest entry is later.
    pub(crate) accept_clock: bool,
}

impl<'c> Deref for Write<'_, 'c> {
    type Target = Tx<'c>;
    fn deref(&self) -> &Tx<'c> {
        self.tx
    }
}

impl<'c> DerefMut for Write<'_, 'c> {
    fn deref_mut(&mut self) -> &mut Tx<'c> {
        self.tx
    }
}

impl Write<'_, '_> {
    /// Appends a fact and applies it to the tables. Returns the entry's number, which is final once the store commits.
    ///
    /// # Errors
    /// When the clock reads far before the newest entry, the owner of the body is not known or erased, or the engine refuses.
    pub fn append(&mut self, stamp: Stamp, subject: Subject, event: &Event) -> Result<u64> {
        let mut stamp = stamp;
        if stamp.at < self.head.last_at {
            if self.head.last_at.seconds_since(stamp.at) > CLOCK_TOLERANCE_SECONDS && !self.accept_clock {
                return Err(Error::ClockBack {
                    now: stamp.at.to_rfc3339(),
                    newest: self.head.last_at.to_rfc3339(),
                    tolerance_seconds: CLOCK_TOLERANCE_SECONDS,
                });
            }
            // Requests are stamped when they arrive and commit in another order: the journal's time never goes back.
            stamp.at = self.head.last_at;
        }
        let number = self.head.edge.size();
        let key = self.key_for(event, subject)?;
        let plain = event.encode();
        let row = number.to_be_bytes();
        let body = if plain.is_empty() { Vec::new() } else { self.keyring.seal(key, &body_place(&row), &plain)? };
        let mut salt = [0; 32];
        #[expect(clippy::disallowed_methods, reason = "nobody may be able to guess a salt or repeat one, so no caller hands it over")]
        getrandom::fill(&mut salt).map_err(|_| Error::Unavailable { operation: "append", reason: "the system has no random bytes".into() })?;
        let mut entry = Entry { number, stamp, subject, kind: event.kind().to_owned(), version: event.version(), key, body, salt, leaf: [0; 32] };
        entry.leaf = entry.expected_leaf();
        insert(self.tx, self.head, &entry)?;
        table::apply(self.tx, self.keyring, &entry, Some(event))?;
        let changes_nobody = matches!(event, Event::SignedIn(_) | Event::SignInLimited(_) | Event::PasskeyCopied(_));
        self.head.changed.officers |= matches!(subject, Subject::Officer(_)) && !changes_nobody;
        self.head.changed.requests |= matches!(subject, Subject::Request(_));
        Ok(number)
    }

    /// The keys, for what a use case must open or hash in the transaction.
    pub fn keyring(&self) -> &Keyring {
        self.keyring
    }

    /// The number that the next entry gets.
    pub fn next_number(&self) -> u64 {
        self.head.edge.size()
    }

    /// The signed checkpoint of the newest commit.
    pub fn checkpoint(&self) -> &str {
        &self.head.checkpoint
    }

    fn key_for(&mut self, event: &Event, subject: Subject) -> Result<KeyIndex> {
        if event.begins_file() {
            loop {
                let sequence = self.head.next_key;
                self.head.next_key = sequence.checked_add(1).ok_or_else(|| Error::Log("all key indexes of this epoch are used".into()))?;
                let index = self.keyring.new_index(sequence)?;
                // In data that is older than its keyring the next keys may have been given and destroyed already.
                if !self.keyring.is_punctured(index) {
                    return Ok(index);
                }
            }
        }
        let found = match event.owner(subject) {
            Owner::Office => return Ok(KeyIndex::OFFICE),
            Owner::Person(id) => self.tx.first("SELECT key_index FROM person WHERE id = $1", params![id.as_bytes()], |row| row.int(0))?,
            Owner::Officer(id) => self.tx.first("SELECT key_index FROM officer WHERE id = $1", params![id.as_bytes()], |row| row.int(0))?,
        };
        let index = found.ok_or(Error::Inconsistent { table: "person or officer", column: "id", row: "(not there)".into() })?;
        KeyIndex::from_i64(index).ok_or(Error::Inconsistent { table: "person or officer", column: "key_index", row: "(read)".into() })
    }
}

/// Stores an entry whose number is the size of the edge, and the nodes that it completes.
pub(crate) fn insert(tx: &mut Tx<'_>, head: &mut Head, entry: &Entry) -> Result<()> {
    let subject = entry.subject.id();
    tx.execute(
        "INSERT INTO entry (number, at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            entry.number as i64,
            entry.stamp.at,
            entry.stamp.actor.as_ref().map(|id| id.as_bytes()),
            entry.stamp.role.as_str(),
            entry.stamp.purpose.as_str(),
            entry.subject.kind(),
            subject.as_ref(),
            &entry.kind,
            entry.version,
            entry.key.as_i64(),
            &entry.body,
            &entry.salt,
            &entry.leaf
        ],
    )?;
    let mut nodes = Vec::new();
    head.edge.push(entry.leaf, |level, position, hash| nodes.push((level, position, hash)));
    for (level, position, hash) in nodes {
        tx.execute("INSERT INTO node (level, position, hash) VALUES ($1, $2, $3)", params![i64::from(level), position as i64, &hash])?;
    }
    head.last_at = entry.stamp.at;
    Ok(())
}
