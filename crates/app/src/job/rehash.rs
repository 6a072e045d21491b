//! Keyed hashes anew after the look-up key was rotated, in steps, so that other writes wait for none of them long.
//!
//! Until it is done both keys are tried by every look-up. How far it came stands in a cursor, so that a restart goes on.

use siger_domain::time::Instant;
use siger_storage::Write;
use siger_storage::table::{officer, operation, person, upkeep};

use crate::error::Result;
use crate::office::Office;

/// Files in one transaction: about 10 ms.
const STEP: u32 = 200;
/// Cursor: files made before this entry are done.
const CURSOR: &str = "rehash";

/// Puts the job on the list, in the transaction that writes down the rotation. A run under way begins again.
///
/// # Errors
/// When the engine refuses.
pub fn add(write: &mut Write<'_, '_>, office: &Office, now: Instant, key: &str) -> Result<()> {
    // One that waits or was given up is replaced: the new one does its work too.
    upkeep::delete_jobs(write, super::REHASH, Instant::from_unix_micros(0), Instant::from_unix_micros(i64::MAX))?;
    operation::move_cursor(write, CURSOR, 0)?;
    super::add(write, office, super::REHASH, Vec::new(), now, Some(&format!("{} {key}", super::REHASH)))
}

pub(super) async fn run(office: &Office) -> Result<()> {
    // Officers first: they are few, and each wants to sign in.
    office
        .write(|write| {
            let keyring = write.keyring().clone();
            for row in officer::all(write)? {
                officer::rehash(write, &keyring, &row)?;
            }
            Ok(())
        })
        .await?;
    loop {
        let more = office
            .write(|write| {
                let keyring = write.keyring().clone();
                let from = operation::cursor(write, CURSOR)?;
                let rows = upkeep::files(write, from, STEP)?;
                let Some(last) = rows.last() else { return Ok(false) };
                let next = last.registered + 1;
                for row in &rows {
                    person::rehash(write, &keyring, row.id)?;
                }
                operation::move_cursor(write, CURSOR, next)?;
                Ok(true)
            })
            .await?;
        if !more {
            return Ok(());
        }
    }
}
