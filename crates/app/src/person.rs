//! Persons: registering, finding, reading, correcting, and who looked.

mod file;

use siger_domain::access::{Action, Purpose};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::PersonId;
use siger_domain::person::{Document, Identity, Note};
use siger_storage::blob::BlobId;
use siger_storage::journal::read;
use siger_storage::table::person as table;
use siger_storage::{Entry, Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::index;
use crate::office::Office;
use crate::part::Part;

pub use file::{Change, File, Paper, Place, Shown, Unreadable, open, show};

/// Persons on one page of a list.
pub const PAGE: u32 = 50;
/// Entries of a file's history on one page.
pub const HISTORY: u32 = 50;
/// Looks at a file on one page.
pub const READERS: u32 = 200;
/// The newest looks at a file that stand on the file itself: enough to see that somebody was there today.
pub const LOOKS: u32 = 5;
/// Documents that can be given at once when a file is made: nobody carries more.
pub const DOCUMENTS_MAX: usize = 10;

/// Pictures and papers on one file: what a page lists. A file that needs more holds something that belongs elsewhere.
pub const PAPERS_MAX: usize = 200;

/// What a new entry made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// Whom it is about.
    pub person: PersonId,
    /// The entry.
    pub number: u64,
}

/// Makes a file for a person.
///
/// # Errors
/// When not permitted, or a document given already stands on another file (a case for an officer: look there first).
pub fn register(write: &mut Write<'_, '_>, by: &Context, id: PersonId, identity: Identity, documents: Vec<Document>) -> Result<Made> {
    let stamp = by.authorise(Action::PersonRegister, About::default())?;
    if documents.len() > DOCUMENTS_MAX {
        return Err(Error::invalid("documents", "too_many"));
    }
    let keyring = write.keyring().clone();
    for document in &documents {
        if !table::by_document(write, &keyring, &document.lookup_text())?.is_empty() {
            return Err(Error::Conflict("document_known"));
        }
    }
    let event = Event::PersonRegistered(body::PersonRegistered { identity, documents });
    let number = write.append(stamp, Subject::Person(id), &event)?;
    Ok(Made { person: id, number })
}

/// Corrects who a person is. `seen` is the entry of the identity that the officer saw, so that two officers do not
/// overwrite each other.
///
/// # Errors
/// When not permitted, not there, or changed since.
pub fn correct(write: &mut Write<'_, '_>, by: &Context, id: PersonId, seen: u64, identity: Identity) -> Result<Made> {
    let stamp = by.authorise(Action::PersonCorrect, About::default())?;
    let person = present(write, id)?;
    if person.identity != Some(seen) {
        return Err(Error::Conflict("changed_since"));
    }
    let number = write.append(stamp, Subject::Person(id), &Event::PersonCorrected(body::PersonCorrected { identity }))?;
    Ok(Made { person: id, number })
}

/// Records another travel document.
///
/// # Errors
/// When not permitted, not there, or the document stands on this or another file already.
pub fn add_document(write: &mut Write<'_, '_>, by: &Context, id: PersonId, document: Document) -> Result<Made> {
    let stamp = by.authorise(Action::PersonCorrect, About::default())?;
    present(write, id)?;
    let keyring = write.keyring().clone();
    if !table::by_document(write, &keyring, &document.lookup_text())?.is_empty() {
        return Err(Error::Conflict("document_known"));
    }
    let number = write.append(stamp, Subject::Person(id), &Event::DocumentAdded(body::DocumentAdded { document }))?;
    Ok(Made { person: id, number })
}

/// Adds a note.
///
/// # Errors
/// When not permitted or not there.
pub fn note(write: &mut Write<'_, '_>, by: &Context, id: PersonId, note: Note) -> Result<Made> {
    let stamp = by.authorise(Action::PersonNote, About::default())?;
    present(write, id)?;
    let number = write.append(stamp, Subject::Person(id), &Event::PersonNoted(body::PersonNoted { note }))?;
    Ok(Made { person: id, number })
}

/// What kind of picture or paper it is.
#[derive(Clone, Debug)]
pub struct BlobNote {
    /// Where it was put before this transaction.
    pub blob: BlobId,
    /// `portrait` or `paper`.
    pub kind: &'static str,
    /// Bytes before sealing.
    pub bytes: u64,
    /// Media type, found from the content.
    pub media: &'static str,
}

/// Whether a picture may be stored on a file, and under which key: asked before the slow work.
///
/// # Errors
/// When not permitted, not there, or the file holds [`PAPERS_MAX`] already.
pub fn blob_key(tx: &mut Tx<'_>, by: &Context, id: PersonId) -> Result<siger_storage::keyring::KeyIndex> {
    by.authorise(Action::BlobStore, About::default())?;
    let person = present(tx, id)?;
    room_for_one(tx, id)?;
    Ok(person.key)
}

fn room_for_one(tx: &mut Tx<'_>, id: PersonId) -> Result<()> {
    if table::blobs(tx, id)?.len() >= PAPERS_MAX { Err(Error::Conflict("papers_full")) } else { Ok(()) }
}

/// Writes down that a sealed blob belongs to a file.
///
/// # Errors
/// When not permitted, not there, or the file holds [`PAPERS_MAX`] already.
pub fn add_blob(write: &mut Write<'_, '_>, by: &Context, id: PersonId, blob: &BlobNote) -> Result<Made> {
    let stamp = by.authorise(Action::BlobStore, About::default())?;
    present(write, id)?;
    room_for_one(write, id)?;
    let event =
        Event::BlobStored(body::BlobStored { blob: blob.blob.to_string(), kind: blob.kind.to_owned(), bytes: blob.bytes, media: blob.media.to_owned() });
    let number = write.append(stamp, Subject::Person(id), &event)?;
    Ok(Made { person: id, number })
}

/// Who a file is about, as far as it can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// What the file says now.
    Known(Identity),
    /// Nothing any more: the data was erased. A list leaves such files out.
    Erased,
    /// The entry that says it cannot be read. A correction takes its place.
    Unreadable {
        /// The entry.
        number: u64,
    },
}

impl Who {
    /// What the file says now, where it can be read.
    pub const fn known(&self) -> Option<&Identity> {
        match self {
            Self::Known(identity) => Some(identity),
            Self::Erased | Self::Unreadable { .. } => None,
        }
    }
}

/// A person in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The row; its newest change is the newest of which the officer may know.
    pub person: table::Person,
    /// Who they are.
    pub who: Who,
}

/// The newest files before entry `before`. The look is itself an entry.
///
/// # Errors
/// When not permitted.
pub fn list(write: &mut Write<'_, '_>, by: &Context, before: u64) -> Result<Part<Listed>> {
    page(write, by, before, PAGE)
}

/// [`list`] with at most `limit` files.
///
/// # Errors
/// When not permitted.
pub fn page(write: &mut Write<'_, '_>, by: &Context, before: u64, limit: u32) -> Result<Part<Listed>> {
    let stamp = by.authorise(Action::PersonSearch, About::default())?;
    let rows = table::newest(write, before, limit)?;
    let (read, last) = (rows.len(), rows.last().map(|row| row.registered));
    let rows = identities(write, by, stamp.purpose, rows)?;
    searched(write, stamp, "list", rows.len())?;
    Ok(Part { rows, read, last })
}

/// The persons on whose files a document stands. The look is itself an entry.
///
/// # Errors
/// When not permitted.
pub fn by_document(write: &mut Write<'_, '_>, by: &Context, lookup_text: &str) -> Result<Vec<Listed>> {
    let stamp = by.authorise(Action::PersonSearch, About::default())?;
    let keyring = write.keyring().clone();
    let ids = table::by_document(write, &keyring, lookup_text)?;
    let rows = by_ids(write, &ids)?;
    let found = identities(write, by, stamp.purpose, rows)?;
    searched(write, stamp, "number", found.len())?;
    Ok(found)
}

/// What a search by name found.
#[derive(Clone, Debug)]
pub enum ByName {
    /// Nothing is in the index yet: nobody was looked for, and nothing is written down.
    NotChecked,
    /// These; others, too, where not every file was looked at.
    Found {
        /// Best first.
        persons: Vec<Listed>,
        /// Whether every file was looked at.
        complete: bool,
    },
}

/// Looks for a name in the index in memory. The look is itself an entry.
///
/// # Errors
/// When not permitted, or fewer than two letters are given.
pub async fn search_name(office: &Office, by: &Context, typed: &str) -> Result<ByName> {
    by.authorise(Action::PersonSearch, About::default())?;
    if !index::is_enough(typed) {
        return Err(Error::invalid("name", "too_short"));
    }
    let names = office.names();
    // Asked before the search: what became complete meanwhile may have come too late for it. Whoever could not be read was not looked at.
    let complete = names.is_complete() && names.unreadable() == 0;
    if !complete && names.progress().done == 0 {
        return Ok(ByName::NotChecked);
    }
    let (ids, by) = (names.search(typed, None), by.clone());
    let persons = office.write(move |write| by_name(write, &by, &ids)).await?;
    Ok(ByName::Found { persons, complete })
}

/// The persons that the index in memory found by name. The look is itself an entry.
///
/// # Errors
/// When not permitted.
pub fn by_name(write: &mut Write<'_, '_>, by: &Context, ids: &[PersonId]) -> Result<Vec<Listed>> {
    let stamp = by.authorise(Action::PersonSearch, About::default())?;
    let rows = by_ids(write, ids)?;
    let found = identities(write, by, stamp.purpose, rows)?;
    searched(write, stamp, "name", found.len())?;
    Ok(found)
}

fn by_ids(tx: &mut Tx<'_>, ids: &[PersonId]) -> Result<Vec<table::Person>> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids.iter().take(PAGE as usize) {
        rows.extend(table::get(tx, *id)?);
    }
    Ok(rows)
}

fn identities(write: &mut Write<'_, '_>, by: &Context, purpose: Purpose, rows: Vec<table::Person>) -> Result<Vec<Listed>> {
    let (keyring, known) = (write.keyring().clone(), file::known(by, purpose));
    let mut found = Vec::with_capacity(rows.len());
    for mut person in rows {
        let (who, since) = match table::identity_since(write, &keyring, &person) {
            // Erased between its row and its entry.
            Ok(None) => continue,
            Ok(Some((identity, since))) => (Who::Known(identity), Some(since)),
            Err(error) if error.is_damage() => {
                tracing::error!(person = %person.id, %error, "a file's entry cannot be read; the list goes on");
                (Who::Unreadable { number: person.identity.unwrap_or(person.registered) }, None)
            }
            Err(error) => return Err(error.into()),
        };
        // Most files never change again, and are not looked at twice.
        if since != Some(person.changed_at) {
            person.changed_at = file::changed_at(write, &person, &known)?;
        }
        found.push(Listed { person, who });
    }
    Ok(found)
}

fn searched(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, by: &str, found: usize) -> Result<()> {
    let event = Event::PersonsSearched(body::PersonsSearched { by: by.to_owned(), found: found as u32 });
    write.append(stamp, Subject::Office, &event)?;
    Ok(())
}

/// Who opened a person's file, newest first, at most `limit` looks. This one is an entry, too.
///
/// # Errors
/// When not permitted or not there.
pub fn readers(write: &mut Write<'_, '_>, by: &Context, id: PersonId, before: u64, limit: u32) -> Result<Vec<Entry>> {
    let stamp = by.authorise(Action::PersonReaders, About::default())?;
    table::get(write, id)?.ok_or(Error::NotFound)?;
    let entries = read::looks_of_person(write, id, before, limit)?;
    write.append(stamp, Subject::Person(id), &Event::ReadersRead(body::ReadersRead {}))?;
    Ok(entries)
}

/// Whether the officer may see a picture or paper of a file, and its key. The look is itself an entry.
///
/// # Errors
/// When not permitted, or the blob is not of that file.
pub fn open_blob(write: &mut Write<'_, '_>, by: &Context, id: PersonId, blob: &[u8; 32]) -> Result<(siger_storage::keyring::KeyIndex, String)> {
    let stamp = by.authorise(Action::BlobRead, About::default())?;
    let person = present(write, id)?;
    let (_, number) = table::blobs(write, id)?.into_iter().find(|(found, _)| found == blob).ok_or(Error::NotFound)?;
    let keyring = write.keyring().clone();
    let media = match read::entry(write, number)?.ok_or(Error::NotFound)?.open(&keyring)? {
        Some(Event::BlobStored(body)) => body.media,
        _ => return Err(Error::NotFound),
    };
    write.append(stamp, Subject::Person(id), &Event::PersonRead(body::PersonRead {}))?;
    Ok((person.key, media))
}

/// The row of a person whose file is not erased.
fn present(tx: &mut Tx<'_>, id: PersonId) -> Result<table::Person> {
    let person = table::get(tx, id)?.ok_or(Error::NotFound)?;
    if person.erased.is_some() { Err(Error::Conflict("erased")) } else { Ok(person) }
}
