//! Persons, their documents and their blobs.
//!
//! A row points to the entry whose sealed body says who the person is; nothing about them stands in these tables but
//! keyed hashes of document numbers.

use siger_domain::event::{Event, Subject};
use siger_domain::id::PersonId;
use siger_domain::person::{Document, Identity};
use siger_domain::time::Instant;

use super::exactly_one;
use crate::engine::{Row, Tx};
use crate::error::{Error, Result};
use crate::journal::{Entry, read};
use crate::keyring::{KeyIndex, Keyring};
use crate::params;

/// Domain of the keyed hashes of travel documents.
pub const DOCUMENT_DOMAIN: &str = "travel document";

/// A row of `person`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// Their data key.
    pub key: KeyIndex,
    /// Entry that made the file.
    pub registered: u64,
    /// Entry that holds the present identity; `None`: erased.
    pub identity: Option<u64>,
    /// Newest change.
    pub changed_at: Instant,
    /// Entry of the erasure.
    pub erased: Option<u64>,
}

pub(super) fn person(row: &Row<'_>) -> Result<Person> {
    let wrong = |column| Error::Inconsistent { table: "person", column, row: "(read)".into() };
    Ok(Person {
        id: PersonId::from_bytes(row.bytes(0)?),
        key: KeyIndex::from_i64(row.int(1)?).ok_or_else(|| wrong("key_index"))?,
        registered: row.count(2)?,
        identity: row.int_or_null(3)?.map(|n| n as u64),
        changed_at: Instant::from_unix_micros(row.int(4)?),
        erased: row.int_or_null(5)?.map(|n| n as u64),
    })
}

fn subject_id(entry: &Entry) -> Result<PersonId> {
    match entry.subject {
        Subject::Person(id) => Ok(id),
        _ => Err(Error::Inconsistent { table: "entry", column: "subject", row: entry.number.to_string() }),
    }
}

pub(super) fn apply(tx: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, event: &Event) -> Result<()> {
    match event {
        Event::PersonRegistered(body) => {
            let id = subject_id(entry)?;
            let number = entry.number as i64;
            tx.execute(
                "INSERT INTO person (id, key_index, registered, identity, changed_at, erased) VALUES ($1, $2, $3, $3, $4, NULL)",
                params![id.as_bytes(), entry.key.as_i64(), number, entry.stamp.at],
            )?;
            for (position, document) in body.documents.iter().enumerate() {
                add_document(tx, keyring, id, entry.number, position, document)?;
            }
        }
        Event::PersonCorrected(_) => {
            let rows = tx.execute(
                "UPDATE person SET identity = $1, changed_at = $2 WHERE id = $3 AND erased IS NULL",
                params![entry.number as i64, entry.stamp.at, subject_id(entry)?.as_bytes()],
            )?;
            exactly_one(rows, "person", entry)?;
        }
        Event::DocumentAdded(body) => {
            let id = subject_id(entry)?;
            add_document(tx, keyring, id, entry.number, 0, &body.document)?;
            touch(tx, entry, id)?;
        }
        Event::PersonNoted(_) => touch(tx, entry, subject_id(entry)?)?,
        Event::BlobStored(body) => {
            let id = subject_id(entry)?;
            let blob: [u8; 32] = crate::hex(&body.blob).ok_or(Error::Inconsistent { table: "entry", column: "body", row: entry.number.to_string() })?;
            tx.execute(
                "INSERT INTO person_blob (id, person, entry) VALUES ($1, $2, $3) ON CONFLICT (id, person) DO NOTHING",
                params![&blob, id.as_bytes(), entry.number as i64],
            )?;
            touch(tx, entry, id)?;
        }
        Event::PersonErased(_) => {
            let id = subject_id(entry)?;
            let rows = tx.execute(
                "UPDATE person SET identity = NULL, erased = $1, changed_at = $2 WHERE id = $3 AND erased IS NULL",
                params![entry.number as i64, entry.stamp.at, id.as_bytes()],
            )?;
            exactly_one(rows, "person", entry)?;
            tx.execute("DELETE FROM person_document WHERE person = $1", params![id.as_bytes()])?;
            tx.execute("DELETE FROM person_blob WHERE person = $1", params![id.as_bytes()])?;
        }
        _ => {}
    }
    Ok(())
}

/// A file whose key was destroyed before this replay: the row, without what it said. The erasure's own entry follows.
pub(super) fn apply_erased_registration(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    tx.execute(
        "INSERT INTO person (id, key_index, registered, identity, changed_at, erased) VALUES ($1, $2, $3, $3, $4, NULL)",
        params![subject_id(entry)?.as_bytes(), entry.key.as_i64(), entry.number as i64, entry.stamp.at],
    )?;
    Ok(())
}

fn add_document(tx: &mut Tx<'_>, keyring: &Keyring, person: PersonId, entry: u64, position: usize, document: &Document) -> Result<()> {
    let hash = keyring.lookup_hash(DOCUMENT_DOMAIN, &document.lookup_text());
    tx.execute(
        "INSERT INTO person_document (hash, person, entry, position) VALUES ($1, $2, $3, $4)",
        params![&hash, person.as_bytes(), entry as i64, position as i64],
    )?;
    Ok(())
}

pub(super) fn touch(tx: &mut Tx<'_>, entry: &Entry, id: PersonId) -> Result<()> {
    let rows = tx.execute("UPDATE person SET changed_at = $1 WHERE id = $2 AND erased IS NULL", params![entry.stamp.at, id.as_bytes()])?;
    exactly_one(rows, "person", entry)
}

/// The row of a person.
///
/// # Errors
/// When the engine refuses or the row is damaged.
pub fn get(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Person>> {
    tx.first("SELECT id, key_index, registered, identity, changed_at, erased FROM person WHERE id = $1", params![id.as_bytes()], person)
}

/// Files in the order they were made, newest first, before entry `before`; erased ones are left out.
///
/// # Errors
/// As [`get`].
pub fn newest(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<Person>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    tx.query(
        "SELECT id, key_index, registered, identity, changed_at, erased FROM person WHERE registered < $1 AND identity IS NOT NULL
         ORDER BY registered DESC LIMIT $2",
        params![before, limit.min(read::PAGE_MAX)],
        person,
    )
}

/// Persons on whose file a travel document stands, by its keyed hash. More than one is a case for an officer.
///
/// # Errors
/// As [`get`].
pub fn by_document(tx: &mut Tx<'_>, keyring: &Keyring, lookup_text: &str) -> Result<Vec<PersonId>> {
    let mut found = Vec::new();
    // While a look-up key is being replaced, some rows still carry the hash of the old one.
    for hash in keyring.lookup_hashes(DOCUMENT_DOMAIN, lookup_text) {
        found.extend(tx.query("SELECT DISTINCT person FROM person_document WHERE hash = $1 ORDER BY person LIMIT 20", params![&hash], |row| {
            Ok(PersonId::from_bytes(row.bytes(0)?))
        })?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// What the file says now of who the person is; `None` when erased.
///
/// # Errors
/// When the entry is missing or damaged.
pub fn identity(tx: &mut Tx<'_>, keyring: &Keyring, person: &Person) -> Result<Option<Identity>> {
    Ok(identity_since(tx, keyring, person)?.map(|(identity, _)| identity))
}

/// [`identity`] with the moment since which the file says so.
///
/// # Errors
/// As [`identity`].
pub fn identity_since(tx: &mut Tx<'_>, keyring: &Keyring, person: &Person) -> Result<Option<(Identity, Instant)>> {
    let Some(number) = person.identity else { return Ok(None) };
    let entry = read::entry(tx, number)?.ok_or(Error::Inconsistent { table: "person", column: "identity", row: number.to_string() })?;
    Ok(match entry.open(keyring)? {
        Some(Event::PersonRegistered(body)) => Some((body.identity, entry.stamp.at)),
        Some(Event::PersonCorrected(body)) => Some((body.identity, entry.stamp.at)),
        None => None,
        Some(_) => return Err(Error::Inconsistent { table: "person", column: "identity", row: number.to_string() }),
    })
}

/// The documents on a person's file, in the order they were recorded, each with the number of its entry. A document whose entry is
/// missing or damaged is handed back as that error, so that the others can be read.
///
/// # Errors
/// When the engine refuses.
pub fn documents(tx: &mut Tx<'_>, keyring: &Keyring, id: PersonId) -> Result<Vec<(u64, Result<Document>)>> {
    let places =
        tx.query("SELECT entry, position FROM person_document WHERE person = $1 ORDER BY entry, position LIMIT 200", params![id.as_bytes()], |row| {
            Ok((row.count(0)?, row.count(1)? as usize))
        })?;
    let mut found = Vec::with_capacity(places.len());
    for (number, position) in places {
        let document = match documents_in(tx, keyring, number) {
            Ok(Some(documents)) => documents.into_iter().nth(position).ok_or_else(|| no_document(number)),
            Ok(None) => continue,
            Err(error) if error.is_damage() => Err(error),
            Err(error) => return Err(error),
        };
        found.push((number, document));
    }
    Ok(found)
}

/// The documents that an entry put on a file; `None` when it was erased.
fn documents_in(tx: &mut Tx<'_>, keyring: &Keyring, number: u64) -> Result<Option<Vec<Document>>> {
    match read::entry(tx, number)?.ok_or_else(|| no_document(number))?.open(keyring)? {
        Some(Event::PersonRegistered(body)) => Ok(Some(body.documents)),
        Some(Event::DocumentAdded(body)) => Ok(Some(vec![body.document])),
        None => Ok(None),
        Some(_) => Err(no_document(number)),
    }
}

fn no_document(number: u64) -> Error {
    Error::Inconsistent { table: "person_document", column: "entry", row: number.to_string() }
}

/// The first 200 entries that added blobs to a person's file, with the blobs' addresses: what a page shows.
///
/// # Errors
/// As [`get`].
pub fn blobs(tx: &mut Tx<'_>, id: PersonId) -> Result<Vec<([u8; 32], u64)>> {
    tx.query("SELECT id, entry FROM person_blob WHERE person = $1 ORDER BY entry LIMIT 200", params![id.as_bytes()], |row| Ok((row.bytes(0)?, row.count(1)?)))
}

/// The addresses of all blobs of a person's file, however many: what an erasure removes. Read page by page.
///
/// # Errors
/// As [`get`].
pub fn every_blob(tx: &mut Tx<'_>, id: PersonId) -> Result<Vec<[u8; 32]>> {
    let (mut found, mut after) = (Vec::new(), (-1, [0; 32]));
    loop {
        let sql = "SELECT entry, id FROM person_blob WHERE person = $1 AND (entry, id) > ($2, $3) ORDER BY entry, id LIMIT $4";
        let page = tx.query(sql, params![id.as_bytes(), after.0, &after.1, read::PAGE_MAX], |row| Ok((row.int(0)?, row.bytes(1)?)))?;
        let Some(last) = page.last() else { return Ok(found) };
        after = *last;
        found.extend(page.into_iter().map(|(_, blob)| blob));
    }
}

/// The addresses of blobs that files name, each once, after the address `after`: how all of them are gone through.
///
/// # Errors
/// As [`get`].
pub(crate) fn named_blobs(tx: &mut Tx<'_>, after: &[u8], limit: u32) -> Result<Vec<[u8; 32]>> {
    let sql = "SELECT DISTINCT id FROM person_blob WHERE id > $1 ORDER BY id LIMIT $2";
    tx.query(sql, params![after, limit.min(read::PAGE_MAX)], |row| row.bytes(0))
}

/// A data key under which the picture or paper can be opened; `None` where no file names it, or its row names no key.
///
/// # Errors
/// As [`get`].
pub(crate) fn key_of_blob(tx: &mut Tx<'_>, blob: &[u8; 32]) -> Result<Option<KeyIndex>> {
    let sql = "SELECT p.key_index FROM person_blob b JOIN person p ON p.id = b.person WHERE b.id = $1 ORDER BY b.person LIMIT 1";
    Ok(tx.first(sql, params![blob], |row| row.int(0))?.and_then(KeyIndex::from_i64))
}

/// How many files there are and how many of them are erased.
///
/// # Errors
/// As [`get`].
pub fn count(tx: &mut Tx<'_>) -> Result<(u64, u64)> {
    Ok(tx.first("SELECT COUNT(*), COUNT(erased) FROM person", &[], |row| Ok((row.count(0)?, row.count(1)?)))?.unwrap_or((0, 0)))
}

/// Whether any file names this blob.
///
/// # Errors
/// When the engine refuses.
pub fn is_blob_named(tx: &mut Tx<'_>, blob: &[u8; 32]) -> Result<bool> {
    Ok(tx.first("SELECT 1 FROM person_blob WHERE id = $1 LIMIT 1", params![blob], |_| Ok(()))?.is_some())
}

/// Replaces the keyed hashes of a person's documents after the look-up key was rotated. Says which entries are missing or damaged: the
/// hashes of their documents cannot be computed and stay as they are.
///
/// # Errors
/// When the engine refuses.
pub fn rehash(tx: &mut Tx<'_>, keyring: &Keyring, id: PersonId) -> Result<Vec<u64>> {
    let rows = tx.query("SELECT hash, entry, position FROM person_document WHERE person = $1 ORDER BY entry, position", params![id.as_bytes()], |row| {
        Ok((row.bytes::<16>(0)?, row.count(1)?, row.count(2)? as usize))
    })?;
    let mut damaged = Vec::new();
    let mut opened: Option<(u64, Option<Vec<Document>>)> = None;
    for (old, number, position) in rows {
        if opened.as_ref().is_none_or(|(entry, _)| *entry != number) {
            let documents = match documents_in(tx, keyring, number) {
                Ok(documents) => documents,
                Err(error) if error.is_damage() => {
                    damaged.push(number);
                    None
                }
                Err(error) => return Err(error),
            };
            opened = Some((number, documents));
        }
        // Damaged, or erased meanwhile: the rows go with the entry of the erasure.
        let Some((_, Some(documents))) = &opened else { continue };
        let Some(document) = documents.get(position) else {
            damaged.push(number);
            continue;
        };
        let hash = keyring.lookup_hash(DOCUMENT_DOMAIN, &document.lookup_text());
        if hash != old {
            let rows = tx.execute(
                "UPDATE person_document SET hash = $1 WHERE hash = $2 AND person = $3 AND entry = $4 AND position = $5",
                params![&hash, &old, id.as_bytes(), number as i64, position as i64],
            )?;
            if rows != 1 {
                return Err(no_document(number));
            }
        }
    }
    damaged.dedup();
    Ok(damaged)
}
