//! Blobs against the rows that name them.

use super::{Kind, Report};
use crate::blob::{BlobId, Error as BlobError, Folder};
use crate::engine::Tx;
use crate::error::Result;
use crate::keyring::{KeyIndex, Keyring};
use crate::{params, table};

const PAGE: u32 = 500;

pub(super) fn check(tx: &mut Tx<'_>, keyring: &Keyring, blobs: &Folder, report: &mut Report) -> Result<()> {
    let mut after = Vec::new();
    loop {
        let page = tx.query(
            "SELECT b.id, b.entry, p.key_index FROM person_blob b LEFT JOIN person p ON p.id = b.person WHERE b.id > $1 ORDER BY b.id LIMIT $2",
            params![&after, PAGE],
            |row| Ok((row.bytes::<32>(0)?, row.int(1)?, row.int_or_null(2)?)),
        )?;
        let Some((last, ..)) = page.last() else { break };
        after = last.to_vec();
        for (id, entry, key) in page {
            report.blobs += 1;
            let id = BlobId::from_bytes(id);
            let kind = match blobs.verify(id) {
                Ok(()) => continue,
                Err(BlobError::Missing(_)) => Kind::BlobMissing,
                Err(BlobError::Damaged(_)) => Kind::BlobDamaged,
                Err(error) => return Err(error.into()),
            };
            // An erasure that ran after the snapshot was taken destroys the key first and then removes the blob.
            keyring.reload()?;
            if !key.and_then(KeyIndex::from_i64).is_some_and(|key| keyring.is_punctured(key)) {
                report.add(kind, format!("blob {id}, named by entry {entry}"));
            }
        }
    }
    for found in blobs.iter() {
        match found {
            Ok(id) => {
                if table::person::blob_owners(tx, id.as_bytes())?.is_empty() {
                    report.add(Kind::BlobOrphan, format!("blob {id}"));
                }
            }
            Err(BlobError::Stranger(path)) => report.add(Kind::BlobStranger, path.display().to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
