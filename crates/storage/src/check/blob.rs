//! Blobs against the rows that name them.

use super::row::shown;
use super::{Kind, Report};
use crate::blob::{BlobId, Error as BlobError, Folder};
use crate::engine::{Tx, Value};
use crate::error::Result;
use crate::keyring::{KeyIndex, Keyring};
use crate::{params, table};

const PAGE: u32 = 500;

pub(super) fn check(tx: &mut Tx<'_>, keyring: &Keyring, blobs: &Folder, report: &mut Report) -> Result<()> {
    let (mut after, mut seen) = ((Vec::new(), Vec::new()), 0);
    loop {
        let page = tx.query(
            "SELECT b.id, b.person, b.entry, p.key_index FROM person_blob b LEFT JOIN person p ON p.id = b.person
             WHERE (b.id, b.person) > ($1, $2) ORDER BY b.id, b.person LIMIT $3",
            params![&after.0, &after.1, PAGE],
            |row| Ok((row.value(0)?, row.value(1)?, row.value(2)?, row.value(3)?)),
        )?;
        // Rows are read in the order of bytes, so the last one's name is bytes, or the order is not one to go on in.
        let Some((Value::Blob(id), Value::Blob(person), ..)) = page.last() else { break };
        after = (id.clone(), person.clone());
        for (id, person, entry, key) in page {
            seen += 1;
            let Some(id) = bytes(&id) else {
                report.add(Kind::RowStray, format!("table person_blob, row {} {}", shown(&id), shown(&person)));
                continue;
            };
            report.blobs += 1;
            let kind = match blobs.verify(id) {
                Ok(()) => continue,
                Err(BlobError::Missing(_)) => Kind::BlobMissing,
                Err(BlobError::Damaged(_)) => Kind::BlobDamaged,
                Err(error) => return Err(error.into()),
            };
            // An erasure that ran after the snapshot was taken destroys the key first and then removes the blob.
            keyring.reload()?;
            let key = if let Value::Int(key) = key { KeyIndex::from_i64(key) } else { None };
            if !key.is_some_and(|key| keyring.is_punctured(key)) {
                report.add(kind, format!("blob {id}, named by entry {}", shown(&entry)));
            }
        }
    }
    let rows = tx.first("SELECT COUNT(*) FROM person_blob", &[], |row| row.count(0))?.unwrap_or(0);
    if rows > seen {
        report.add(Kind::RowStray, format!("table person_blob, {} of {rows} rows, whose identifiers are of another type", rows - seen));
    }
    for found in blobs.iter() {
        match found {
            Ok(id) => {
                if !table::person::is_blob_named(tx, id.as_bytes())? {
                    report.add(Kind::BlobOrphan, format!("blob {id}"));
                }
            }
            Err(BlobError::Stranger(path)) => report.add(Kind::BlobStranger, path.display().to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn bytes(id: &Value) -> Option<BlobId> {
    if let Value::Blob(id) = id { id.as_slice().try_into().ok().map(BlobId::from_bytes) } else { None }
}
