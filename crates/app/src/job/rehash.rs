//! Keyed hashes anew after the look-up key was rotated, in steps, so that other writes wait for none of them long.
//!
//! Until it is done both keys are tried by every look-up. How far it came stands in a cursor, so that a restart goes on, and two
//! processes that do it at the same time share it.

use std::time::Duration;

use siger_domain::event::Subject;
use siger_domain::id::JobId;
use siger_domain::time::Instant;
use siger_storage::Write;
use siger_storage::table::{Left, operation, rehash_officers, rehash_persons, upkeep};

use super::CLAIM_SECONDS;
use crate::error::{Error, Result};
use crate::office::Office;

/// Cursor: files made before this entry are done.
const CURSOR: &str = "rehash";
/// Other processes look for a new keyring every half second: before they have it, a hash under its key would hide a file from them.
const NOTICED: Duration = Duration::from_secs(1);

/// What was computed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rehashed {
    /// Persons' files.
    pub persons: u64,
    /// Officers.
    pub officers: u64,
    /// Entries that cannot be read: their hashes stay those of the old key, by which nobody is found any more once it is retired.
    pub left: u64,
}

/// Puts the job on the list before the key changes: whatever interrupts the rotation, the old key is not retired before the
/// hashes are new, and they become new. [`add`] takes its place as soon as the rotation is written down.
///
/// # Errors
/// When the store refuses.
pub async fn foresee(office: &Office) -> Result<()> {
    let (scheduler, later) = (office.clone(), office.now().plus_seconds(CLAIM_SECONDS));
    office.write(move |write| put(write, &scheduler, later, "foreseen").map(drop)).await
}

/// Puts the job on the list, in the transaction that writes down the rotation. A run under way begins again.
///
/// # Errors
/// When the engine refuses.
pub fn add(write: &mut Write<'_, '_>, office: &Office, now: Instant, key: &str) -> Result<()> {
    put(write, office, now, key).map(drop)
}

/// [`add`] for a process that does the job itself at once, by [`now`]. Should it die, another takes the job when the claim runs out.
///
/// # Errors
/// When the engine refuses.
pub fn add_held(write: &mut Write<'_, '_>, office: &Office, now: Instant, key: &str) -> Result<()> {
    let id = put(write, office, now, key)?;
    Ok(operation::hold_job(write, id, now.plus_seconds(CLAIM_SECONDS))?)
}

fn put(write: &mut Write<'_, '_>, office: &Office, run_at: Instant, key: &str) -> Result<JobId> {
    // One that waits or was given up is replaced: the new one does its work too.
    upkeep::delete_jobs(write, super::REHASH, Instant::from_unix_micros(0), Instant::from_unix_micros(i64::MAX))?;
    operation::move_cursor(write, CURSOR, 0)?;
    let put = super::add(write, office, super::REHASH, Vec::new(), run_at, Some(&format!("{} {key}", super::REHASH)))?;
    put.ok_or_else(|| Error::internal("a job to compute hashes anew waits, although all were taken off the list"))
}

/// Whether hashes wait to be computed anew: the old look-up key is needed until then.
///
/// # Errors
/// When the store refuses.
pub async fn waits(office: &Office) -> Result<bool> {
    Ok(!waiting(office).await?.is_empty())
}

async fn waiting(office: &Office) -> Result<Vec<JobId>> {
    // By kind: behind however much mail it stands, it is found.
    office.read(|tx| Ok(upkeep::jobs_of_kind(tx, super::REHASH)?)).await
}

/// Does the job at once and takes it off the list, where one waits; beside another process that does it, too.
///
/// # Errors
/// When the store refuses; the job stays on the list then.
pub async fn now(office: &Office) -> Result<Rehashed> {
    let jobs = waiting(office).await?;
    if jobs.is_empty() {
        return Ok(Rehashed::default());
    }
    let done = run(office).await?;
    office.write(move |write| Ok(jobs.into_iter().try_for_each(|id| operation::finish_job(write, id).map(drop))?)).await?;
    Ok(done)
}

pub(super) async fn run(office: &Office) -> Result<Rehashed> {
    tokio::time::sleep(NOTICED).await;
    // Officers first: they are few, and each wants to sign in.
    let (officers, left) = office
        .write(|write| {
            let keyring = write.keyring().clone();
            Ok(rehash_officers(write, &keyring)?)
        })
        .await?;
    name(&left);
    let mut done = Rehashed { persons: 0, officers, left: left.len() as u64 };
    loop {
        let step = office
            .write(|write| {
                let keyring = write.keyring().clone();
                let from = operation::cursor(write, CURSOR)?;
                let step = rehash_persons(write, &keyring, from)?;
                if let Some(step) = &step {
                    operation::move_cursor(write, CURSOR, step.next)?;
                }
                Ok(step)
            })
            .await?;
        let Some(step) = step else { return Ok(done) };
        name(&step.left);
        done.persons += step.count;
        done.left += step.left.len() as u64;
    }
}

/// Says which entries cannot be read. They keep nothing waiting: nobody can compute their hashes before they are whole again.
fn name(left: &[Left]) {
    for Left { subject, entry } in left {
        let what = "an entry cannot be read and keeps its old look-up hash; once the old look-up key is retired it is found by no look-up; run `siger check`";
        match subject {
            Subject::Officer(id) => tracing::error!(officer = %id, entry, "{what}"),
            Subject::Person(id) => tracing::error!(person = %id, entry, "{what}"),
            _ => tracing::error!(entry, "{what}"),
        }
    }
}
