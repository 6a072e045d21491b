//! Bringing an archive back into an empty place.

use std::cmp::Ordering;

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::request::ErasureGround;
use siger_domain::time::Instant;

use super::frame::{Kind, Reader};
use super::{ArchiveError, Header, Summary};
use crate::blob::{BlobId, Folder};
use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::journal::{Changed, Entry, Stamp, Write, write::insert};
use crate::keyring::KeyIndex;
use crate::store::Store;
use crate::table;
use crate::table::officer;
use crate::tlog::Checkpoint;

/// Persons looked at in one step after a restore.
const PAGE: u32 = 1_000;

/// Moves a whole office into an empty database: the journal with its numbers, salts and root exactly as they were, and the
/// blobs. For an office that stops where it was; a backup of one that may have gone on since is brought back by [`restore`].
///
/// All or nothing: entries, signature and sum are checked in the same transaction that keeps them.
///
/// # Errors
/// [`Error::OfficeExists`] when the database is not empty; [`Error::Archive`] when the archive is damaged, changed or of another
/// office; what disk and keyring refuse. A blob that the archive lacks is no error: the summary names it.
pub fn import(store: &Store, blobs: &Folder, input: impl std::io::Read + Send + 'static) -> Result<Summary> {
    let blobs = blobs.clone();
    store.write_blocking(move |write| {
        let brought = bring_back(write, &blobs, input)?;
        write.head.next_key = brought.newest_key.sequence().saturating_add(1);
        match brought.newest_key.epoch().cmp(&write.keyring.epoch()) {
            Ordering::Equal => {}
            // Nobody was given a key since the newest epoch began.
            Ordering::Less => write.head.next_key = 1,
            // An old copy of the keyring: it does not know which keys of that epoch were given.
            Ordering::Greater => begin_epoch(write, brought.newest_key).map(drop)?,
        }
        Ok(brought.summary)
    })
}

/// Brings a backup back into an empty database, and goes on from there in a new epoch of keys. Then erasures are applied again: a
/// person whose key the keyring no longer has gets the entry of the erasure if the archive is older than it, and keys
/// of persons whom the archive knows as erased are destroyed if the keyring still has them.
///
/// `at` is the present moment.
///
/// # Errors
/// As [`import`]; also when the clock reads before the newest entry.
pub fn restore(store: &Store, blobs: &Folder, at: Instant, input: impl std::io::Read + Send + 'static) -> Result<Summary> {
    let blobs = blobs.clone();
    let (mut summary, destroy) = store.write_blocking(move |write| {
        let Brought { mut summary, newest_key } = bring_back(write, &blobs, input)?;
        let epoch = begin_epoch(write, newest_key)?;
        summary.epoch = Some(epoch);
        let stamp = Stamp { at, actor: None, role: Role::System, purpose: Purpose::Administration };
        write.append(stamp, Subject::Office, &Event::OfficeRestored(body::OfficeRestored { size: summary.size, epoch }))?;
        let destroy = erase_again(write, Stamp { purpose: Purpose::Retention, ..stamp }, &mut summary)?;
        Ok::<_, Error>((summary, destroy))
    })?;
    // After the journal is on disk, as any erasure; a crash in between is finished by the daily job.
    store.keyring().puncture(&destroy)?;
    summary.keys_destroyed = destroy.len() as u64;
    Ok(summary)
}

struct Brought {
    summary: Summary,
    /// Greatest key that an entry has.
    newest_key: KeyIndex,
}

/// New keys are given from an epoch of which none was given before.
fn begin_epoch(write: &mut Write<'_, '_>, newest_key: KeyIndex) -> Result<u16> {
    let recorded = table::office::get(write)?.map_or(0, |office| office.key_epoch);
    write.head.next_key = 1;
    Ok(write.keyring.begin_epoch(newest_key.epoch().max(recorded))?)
}

fn bring_back(write: &mut Write<'_, '_>, blobs: &Folder, input: impl std::io::Read) -> Result<Brought> {
    if write.head.edge.size() != 0 || table::office::get(write)?.is_some() {
        return Err(Error::OfficeExists);
    }
    let mut reader = Reader::begin(input)?;
    let (header, checkpoint) = header(&mut reader, write)?;
    let mut summary = Summary { origin: header.origin, size: checkpoint.size, root: checkpoint.root, checkpoint: header.checkpoint, ..Summary::default() };
    let mut newest_key = KeyIndex::OFFICE;
    // Why an entry could not be applied. Told only after the root was compared: changed bytes lead here too, and then that is the answer.
    let mut unfit = None;
    loop {
        let kind = reader.next()?;
        let whole = write.head.edge.size() == summary.size;
        match kind {
            Kind::Header => return Err(reader.damaged("a second header")),
            Kind::Entry if whole => return Err(reader.damaged("more entries than its checkpoint counts")),
            Kind::Entry => {
                let entry = entry(&reader, write)?;
                newest_key = newest_key.max(entry.key);
                insert(write.tx, write.head, &entry)?;
                if unfit.is_none() {
                    let applied = entry.open(write.keyring).and_then(|event| table::apply(write.tx, write.keyring, &entry, event.as_ref()));
                    unfit = match applied {
                        Err(error @ (Error::Decode(_) | Error::Damaged { .. } | Error::Inconsistent { .. } | Error::Engine { .. })) => Some(error),
                        applied => applied.map(|()| None)?,
                    };
                }
                reader.entries += 1;
                if reader.entries == summary.size {
                    if write.head.edge.root() != summary.root {
                        return Err(ArchiveError::Root.into());
                    }
                    if let Some(error) = unfit.take() {
                        return Err(error);
                    }
                }
            }
            _ if !whole => return Err(reader.damaged("fewer entries than its checkpoint counts")),
            Kind::Blob => {
                // Only what a row names is kept: the pictures of somebody erased since do not come back.
                let id = BlobId::of(&reader.part);
                if table::person::is_blob_named(write, id.as_bytes())? {
                    blobs.put_sealed(&reader.part)?;
                    summary.blobs += 1;
                }
            }
            Kind::End => break,
        }
    }
    summary.bytes = reader.bytes;
    missing(write, blobs, &mut summary)?;
    write.head.changed = Changed::ALL;
    Ok(Brought { summary, newest_key })
}

fn header(reader: &mut Reader<impl std::io::Read>, write: &Write<'_, '_>) -> Result<(Header, Checkpoint)> {
    if reader.next()? != Kind::Header {
        return Err(reader.damaged("no header"));
    }
    let header: Header = serde_json::from_slice(&reader.part).map_err(|_| reader.damaged("a header of another form"))?;
    let expected = write.keyring.origin();
    if header.origin != expected {
        return Err(ArchiveError::OtherOffice { found: header.origin, expected }.into());
    }
    let checkpoint = Checkpoint::open(header.checkpoint.as_bytes(), &expected, &write.keyring.log_verifiers())
        .map_err(|error| ArchiveError::Checkpoint(error.to_string()))?;
    if checkpoint.size != header.size || checkpoint.size == 0 {
        return Err(reader.damaged("a header that contradicts its checkpoint"));
    }
    Ok((header, checkpoint))
}

fn entry(reader: &Reader<impl std::io::Read>, write: &Write<'_, '_>) -> Result<Entry> {
    let wrong = || reader.damaged("an entry of another form");
    let (salt, canonical) = reader.part.split_first_chunk::<32>().ok_or_else(wrong)?;
    let entry = Entry::from_canonical(canonical, *salt).ok_or_else(wrong)?;
    if entry.number != write.head.edge.size() {
        return Err(reader.damaged("an entry out of order"));
    }
    if entry.number > 0 && entry.stamp.at < write.head.last_at {
        return Err(reader.damaged("an entry earlier than the one before it"));
    }
    Ok(entry)
}

/// Names the blobs that rows of the new database name and that did not come.
fn missing(tx: &mut Tx<'_>, blobs: &Folder, summary: &mut Summary) -> Result<()> {
    let mut after = Vec::new();
    loop {
        let page = table::person::named_blobs(tx, &after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.to_vec();
        for id in page {
            let id = BlobId::from_bytes(id);
            if blobs.verify(id).is_err() {
                summary.missing(id);
            }
        }
    }
}

/// Records erasures that the archive does not know of; says which keys the keyring still has of persons and officers erased.
fn erase_again(write: &mut Write<'_, '_>, stamp: Stamp, summary: &mut Summary) -> Result<Vec<KeyIndex>> {
    let mut destroy: Vec<_> = officer::erased(write)?.into_iter().map(|row| row.key).filter(|key| !write.keyring.is_punctured(*key)).collect();
    for row in officer::all(write)? {
        if write.keyring.is_punctured(row.key) {
            let event = Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeyDestroyed });
            write.append(stamp, Subject::Officer(row.id), &event)?;
            summary.erasures_recorded += 1;
        }
    }
    let mut from = 0;
    loop {
        let page = table::upkeep::every(write, from, PAGE)?;
        let Some(last) = page.last() else { return Ok(destroy) };
        from = last.registered + 1;
        for row in page {
            match (row.erased.is_some(), write.keyring.is_punctured(row.key)) {
                (false, true) => {
                    let event = Event::PersonErased(body::PersonErased { ground: ErasureGround::KeyDestroyed, request: None });
                    write.append(stamp, Subject::Person(row.id), &event)?;
                    summary.erasures_recorded += 1;
                }
                (true, false) => destroy.push(row.key),
                _ => {}
            }
        }
    }
}
