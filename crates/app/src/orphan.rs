//! Sealed pictures and papers that belong to nobody: an upload that was cut off, or an erasure between key and file.

use siger_domain::time::Instant;
use siger_storage::Store;
use siger_storage::blob::{BlobId, Folder};
use siger_storage::table::person;

use crate::blob;
use crate::error::{Error, Result};
use crate::office::Office;
use crate::person::PAPERS_MAX;
use crate::retention::alone_max;

/// A blob lies on the disk before its entry is written, so a young one is left alone. No upload takes a day.
const YOUNG_SECONDS: i64 = 24 * 60 * 60;
/// Blobs asked about in one transaction.
const STEP: usize = 500;

/// Removes the blobs that no file names; how many.
///
/// # Errors
/// When the store or the disk refuses, or so many belong to nobody that the tables must be at fault: then none is removed.
pub async fn sweep(office: &Office) -> Result<u32> {
    let (store, blobs, now) = (office.store().clone(), office.blobs().clone(), office.now());
    let looking = tokio::task::spawn_blocking(move || orphans(&store, &blobs, now));
    let (orphans, all) = looking.await.map_err(Error::internal)??;
    if orphans.len() as u64 > alone_max(all).max(PAPERS_MAX as u64) {
        return Err(Error::internal("too many pictures and papers belong to nobody, so none was removed; run `siger check`"));
    }
    let mut removed = 0;
    for blob in orphans {
        let office = office.clone();
        removed += u32::from(tokio::task::spawn_blocking(move || blob::remove_unnamed(&office, blob)).await.map_err(Error::internal)??);
    }
    Ok(removed)
}

/// Those that no file names and that are not young, and how many blobs there are.
fn orphans(store: &Store, blobs: &Folder, now: Instant) -> Result<(Vec<BlobId>, u64)> {
    let (mut all, mut found) = (0, Vec::new());
    // What is no blob is named by `siger check`; it is not ours to remove.
    let mut rest = blobs.iter().filter_map(std::result::Result::ok);
    loop {
        let step: Vec<BlobId> = rest.by_ref().take(STEP).collect();
        if step.is_empty() {
            return Ok((found, all));
        }
        all += step.len() as u64;
        let unnamed = store.read_blocking(move |tx| -> Result<_> {
            let mut unnamed = Vec::new();
            for blob in step {
                if !person::is_blob_named(tx, blob.as_bytes())? {
                    unnamed.push(blob);
                }
            }
            Ok(unnamed)
        })?;
        for blob in unnamed {
            let put = blobs.put_at(blob).map_err(Error::internal)?;
            if put.is_some_and(|put| now.seconds_since(put) > YOUNG_SECONDS) {
                found.push(blob);
            }
        }
    }
}
