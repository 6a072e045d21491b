//! Keeping a picture or paper: first sealed on the disk, then written down, so that no entry names what is not there. And opening it.
//!
//! Blobs are named by their content, so the same scan sent again is the blob that the file already has. What is not written down
//! is therefore taken away only when this very keeping made it and nothing names it. Between finding that out and removing it
//! nobody, in whatever process, begins to rely on it: the folder gives turns ([`siger_storage::blob::Folder::keeping`]).

use std::io::ErrorKind;

use siger_domain::id::PersonId;
use siger_storage::Error as Store;
use siger_storage::blob::{BlobId, Error as Refused};
use siger_storage::keyring::{self, KeyIndex};
use siger_storage::table::person::is_blob_named;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::office::Office;
use crate::person::{self, BlobNote, Made};

/// What is to be kept.
pub struct Given {
    /// The key of the person, from [`person::blob_key`].
    pub key: KeyIndex,
    /// `portrait` or `paper`.
    pub kind: &'static str,
    /// Media type, found from the content.
    pub media: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Keepings at once. Each has a thread that may block until its entry is on the disk, and a disk that hangs must not take those of everybody
/// who looks something up. The disk gains little from more: the entries of all that wait are committed together anyway.
pub(crate) const AT_ONCE_MAX: usize = 8;

/// Keeps a picture or paper on a person's file.
///
/// # Errors
/// When not permitted or not there, or when the disk or the store refuses. Nothing is kept then, except where the store's answer never came: the
/// blob stays, since an entry may name it.
pub async fn keep(office: &Office, by: &Context, of: PersonId, given: Given) -> Result<Made> {
    let place = office.keeping().clone().acquire_owned().await.map_err(Error::internal)?;
    let (office, by) = (office.clone(), by.clone());
    // Whoever sent it may go away meanwhile. What was begun is brought to its end all the same: no blob is left without its entry.
    let whole = tokio::task::spawn_blocking(move || {
        let _place = place;
        whole(&office, by, of, given)
    });
    whole.await.map_err(Error::internal)?
}

/// Several may keep at once, the same bytes too, and more than one of them then find it new: a blob is put whole, under its name or not at
/// all, and whether it is taken away is decided alone ([`remove_unnamed`]).
fn whole(office: &Office, by: Context, of: PersonId, given: Given) -> Result<Made> {
    let Given { key, kind, media, bytes } = given;
    let turn = office.blobs().keeping().map_err(refused)?;
    let put = office.blobs().put(office.store().keyring(), key, &bytes).map_err(refused)?;
    let note = BlobNote { blob: put.id, kind, bytes: bytes.len() as u64, media };
    let added = office.store().write_blocking(move |write| person::add_blob(write, &by, of, &note));
    drop(turn);
    if let Err(error) = &added
        && put.new
        && !matches!(error, Error::Unavailable(Store::Unknown { .. }))
        // Where this fails too, or the program ends before it, the daily job takes the blob away.
        && remove_unnamed(office, put.id).is_err()
    {
        tracing::warn!("a blob that nothing names could not be removed; the daily work tries again");
    }
    added
}

/// Opens a picture or paper of a person's file: its bytes and its media type. The look is an entry, written before.
///
/// # Errors
/// When not permitted, not there or erased, or when its bytes are lost or damaged.
pub async fn open(office: &Office, by: Context, of: PersonId, blob: BlobId) -> Result<(Vec<u8>, String)> {
    let (key, media) = office.write(move |write| person::open_blob(write, &by, of, blob.as_bytes())).await?;
    let (folder, keyring) = (office.blobs().clone(), office.store().keyring().clone());
    let opening = tokio::task::spawn_blocking(move || folder.get(&keyring, key, blob));
    match opening.await.map_err(Error::internal)? {
        Ok(bytes) => Ok((bytes.ok_or(Error::NotFound)?, media)),
        // Erased since the look was written down, perhaps by another process, whose keyring is not read yet: nothing is lost then.
        Err(error) => match office.read(move |tx| Ok(is_blob_named(tx, blob.as_bytes())?)).await? {
            true => Err(Error::internal(error)),
            false => Err(Error::NotFound),
        },
    }
}

/// Removes a blob unless an entry names it. Says whether it did. Waits, on the thread that asks, for whoever keeps one.
///
/// # Errors
/// When the store or the disk refuses.
pub(crate) fn remove_unnamed(office: &Office, blob: BlobId) -> Result<bool> {
    let _turn = office.blobs().removing().map_err(Error::internal)?;
    // The same bytes may have been sent again, and the old blob be relied on. The writer is asked, not a reader: it first settles what became of a
    // commit whose answer never came, whose entry may name the blob.
    if office.store().write_blocking(move |write| is_blob_named(write, blob.as_bytes()))? {
        return Ok(false);
    }
    office.blobs().remove(blob).map_err(Error::internal)
}

fn refused(error: Refused) -> Error {
    const OPERATION: &str = "keep a picture";
    match error {
        Refused::Keyring(keyring::Error::Erased(_)) => Error::Conflict("erased"),
        Refused::TooLarge { max, .. } => Error::TooLarge { max_bytes: max as u64 },
        Refused::Io { ref source, .. } => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Unavailable(Store::DiskFull { operation: OPERATION }),
            ErrorKind::ReadOnlyFilesystem => Error::Unavailable(Store::ReadOnly { operation: OPERATION }),
            _ => Error::internal(error),
        },
        other => Error::internal(other),
    }
}
