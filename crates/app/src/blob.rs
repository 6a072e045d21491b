//! Keeping a picture or paper: first sealed on the disk, then written down, so that no entry names what is not there.
//!
//! Blobs are named by their content, so the same scan sent again is the blob that the file already has. What is not written down
//! is therefore taken away only when this very keeping made it and nothing names it.

use std::io::ErrorKind;

use siger_domain::id::PersonId;
use siger_storage::Error as Store;
use siger_storage::blob::{Error as Refused, Put};
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

/// Keeps a picture or paper on a person's file.
///
/// # Errors
/// When not permitted or not there, or when the disk or the store refuses. Nothing is kept then, except where the store's answer never came: the
/// blob stays, since an entry may name it.
pub async fn keep(office: &Office, by: &Context, of: PersonId, given: Given) -> Result<Made> {
    let (office, by) = (office.clone(), by.clone());
    // Whoever sent it may go away meanwhile. What was begun is brought to its end all the same: no blob is left without its entry.
    tokio::spawn(async move { whole(&office, by, of, given).await }).await.map_err(Error::internal)?
}

async fn whole(office: &Office, by: Context, of: PersonId, given: Given) -> Result<Made> {
    // Between finding out that a blob is new and taking it away, nobody else may have begun to rely on it.
    let _one = office.keeping().lock().await;
    let Given { key, kind, media, bytes } = given;
    let length = bytes.len() as u64;
    let (folder, keyring) = (office.blobs().clone(), office.store().keyring().clone());
    let put = tokio::task::spawn_blocking(move || folder.put(&keyring, key, &bytes)).await.map_err(Error::internal)?;
    let put = put.map_err(refused)?;
    let note = BlobNote { blob: put.id, kind, bytes: length, media };
    let added = office.write(move |write| person::add_blob(write, &by, of, &note)).await;
    if let Err(error) = &added
        && put.new
        && !matches!(error, Error::Unavailable(Store::Unknown { .. }))
    {
        take_away(office, put).await;
    }
    added
}

/// Where this fails too, or the program ends before it, `siger check` lists the blob.
async fn take_away(office: &Office, put: Put) {
    let named = office.read(move |tx| Ok(is_blob_named(tx, put.id.as_bytes())?)).await;
    let folder = office.blobs().clone();
    let removed = match named {
        Ok(false) => tokio::task::spawn_blocking(move || folder.remove(put.id)).await.is_ok_and(|removed| removed.is_ok()),
        // An entry names it after all.
        Ok(true) => true,
        Err(_) => false,
    };
    if !removed {
        tracing::warn!("a blob that nothing names could not be removed; `siger check` lists it");
    }
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
