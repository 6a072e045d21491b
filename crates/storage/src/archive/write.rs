//! Writing an archive while the office works.

use super::frame::{Kind, Writer};
use super::{ArchiveError, Header, Summary};
use crate::blob::{self, BlobId, Folder};
use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::journal::read;
use crate::keyring::Keyring;
use crate::store::Store;
use crate::tlog::Edge;
use crate::{migrate, table};

/// Rows of blobs read at a time.
const PAGE: u32 = 500;

/// Writes the whole office to `out`, as one snapshot sees it, while others read and write. Memory stays small whatever the size.
///
/// Each entry is hashed on the way and the root compared with the checkpoint: an archive that was written whole can be brought
/// back. A blob that is missing or damaged doesn't stop the rest from being saved; the summary names it.
///
/// # Errors
/// When there is no office, the journal does not fit its checkpoint, or the disk refuses.
pub fn write(store: &Store, blobs: &Folder, out: &mut impl std::io::Write) -> Result<Summary> {
    store.read_blocking(|tx| snapshot(tx, store.keyring(), blobs, out))
}

fn snapshot(tx: &mut Tx<'_>, keyring: &Keyring, blobs: &Folder, out: &mut impl std::io::Write) -> Result<Summary> {
    let head = read::head(tx)?;
    let office = table::office::get(tx)?.ok_or(Error::NoOffice)?;
    let size = head.edge.size();
    let header = Header {
        code: office.code,
        name: office.name,
        origin: office.origin,
        sample: office.sample,
        size,
        checkpoint: head.checkpoint,
        schema: migrate::version(tx)?,
    };
    let mut writer = Writer::begin(out)?;
    let json = serde_json::to_vec(&header).expect("text and numbers only, which JSON can write");
    writer.part(Kind::Header, &[&json])?;

    let mut edge = Edge::empty();
    while edge.size() < size {
        let entries = read::from(tx, edge.size(), read::PAGE_MAX)?;
        if entries.is_empty() {
            break;
        }
        for entry in entries.iter().take((size - edge.size()) as usize) {
            if entry.number != edge.size() {
                return Err(ArchiveError::JournalDamaged.into());
            }
            edge.push(entry.expected_leaf(), |_, _, _| {});
            writer.part(Kind::Entry, &[&entry.salt, &entry.canonical()])?;
        }
    }
    if edge != head.edge {
        return Err(ArchiveError::JournalDamaged.into());
    }

    let mut summary = Summary { origin: header.origin, size, root: edge.root(), checkpoint: header.checkpoint, ..Summary::default() };
    let mut after = Vec::new();
    loop {
        let page = table::person::named_blobs(tx, &after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.to_vec();
        for id in page {
            one_blob(tx, &mut writer, &mut summary, keyring, blobs, BlobId::from_bytes(id))?;
        }
    }
    summary.bytes = writer.end()?;
    Ok(summary)
}

fn one_blob<W: std::io::Write>(
    tx: &mut Tx<'_>,
    writer: &mut Writer<'_, W>,
    summary: &mut Summary,
    keyring: &Keyring,
    blobs: &Folder,
    id: BlobId,
) -> Result<()> {
    match blobs.sealed(id) {
        Ok(sealed) => {
            writer.part(Kind::Blob, &[&sealed])?;
            summary.blobs += 1;
        }
        Err(blob::Error::Missing(_) | blob::Error::Damaged(_)) => {
            // An erasure that ran after the snapshot was taken destroys the key first and then removes the blob.
            keyring.reload()?;
            if !table::person::key_of_blob(tx, id.as_bytes())?.is_some_and(|key| keyring.is_punctured(key)) {
                summary.missing(id);
            }
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
