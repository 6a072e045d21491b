//! What the program looks through by itself: files past their time, erasures not finished, sessions and jobs that are over.
//!
//! Each walk goes in steps along `registered`, so that no statement holds a table for long.

use siger_domain::id::JobId;
use siger_domain::time::Instant;

use super::person::{Person, person};
use crate::engine::Tx;
use crate::error::Result;
use crate::params;

/// Most rows of one step: bounds memory and the time of a statement.
pub const STEP_MAX: u32 = 1_000;

/// Files not erased whose newest change is before `before`, from entry `from` upwards.
///
/// # Errors
/// When the engine refuses or a row is damaged.
pub fn unchanged_since(tx: &mut Tx<'_>, before: Instant, from: u64, limit: u32) -> Result<Vec<Person>> {
    // Beyond the last number that a database holds there is nothing: a walk comes to its end there.
    let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
    tx.query(
        "SELECT id, key_index, registered, identity, changed_at, erased FROM person
         WHERE registered >= $1 AND erased IS NULL AND changed_at < $2 ORDER BY registered LIMIT $3",
        params![from, before, limit.min(STEP_MAX)],
        person,
    )
}

/// Erased files, from entry `from` upwards.
///
/// # Errors
/// As [`unchanged_since`].
pub fn erased(tx: &mut Tx<'_>, from: u64, limit: u32) -> Result<Vec<Person>> {
    let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
    tx.query(
        "SELECT id, key_index, registered, identity, changed_at, erased FROM person
         WHERE registered >= $1 AND erased IS NOT NULL ORDER BY registered LIMIT $2",
        params![from, limit.min(STEP_MAX)],
        person,
    )
}

/// All files, from entry `from` upwards.
///
/// # Errors
/// As [`unchanged_since`].
pub fn every(tx: &mut Tx<'_>, from: u64, limit: u32) -> Result<Vec<Person>> {
    let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
    tx.query(
        "SELECT id, key_index, registered, identity, changed_at, erased FROM person WHERE registered >= $1 ORDER BY registered LIMIT $2",
        params![from, limit.min(STEP_MAX)],
        person,
    )
}

/// Files not erased, from entry `from` upwards: how a job goes through all of them.
///
/// # Errors
/// As [`unchanged_since`].
pub fn files(tx: &mut Tx<'_>, from: u64, limit: u32) -> Result<Vec<Person>> {
    let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
    tx.query(
        "SELECT id, key_index, registered, identity, changed_at, erased FROM person
         WHERE registered >= $1 AND identity IS NOT NULL ORDER BY registered LIMIT $2",
        params![from, limit.min(STEP_MAX)],
        person,
    )
}

/// How many sessions ended before `before`.
///
/// # Errors
/// When the engine refuses.
pub fn count_sessions_ended(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    Ok(tx.first("SELECT COUNT(*) FROM session WHERE expires < $1", params![before], |row| row.count(0))?.unwrap_or(0))
}

/// Deletes the sessions of [`count_sessions_ended`]; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_sessions_ended(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM session_token WHERE session IN (SELECT id FROM session WHERE expires < $1)", params![before])?;
    tx.execute("DELETE FROM session WHERE expires < $1", params![before])
}

/// How many browsers were known until some moment before `before`.
///
/// # Errors
/// When the engine refuses.
pub fn count_devices_ended(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    Ok(tx.first("SELECT COUNT(*) FROM device WHERE expires < $1", params![before], |row| row.count(0))?.unwrap_or(0))
}

/// Deletes the browsers of [`count_devices_ended`]; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_devices_ended(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM device WHERE expires < $1", params![before])
}

/// How many answers to requests that may be repeated were given before `before`.
///
/// # Errors
/// When the engine refuses.
pub fn count_answers(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    Ok(tx.first("SELECT COUNT(*) FROM idempotency WHERE at < $1", params![before], |row| row.count(0))?.unwrap_or(0))
}

/// Deletes the answers of [`count_answers`]; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_answers(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM idempotency WHERE at < $1", params![before])
}

/// How many marks of use belong to credentials that were removed, with a last use before `before`.
///
/// # Errors
/// When the engine refuses.
pub fn count_orphan_uses(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    let sql = "SELECT COUNT(*) FROM credential_use WHERE used_at < $1 AND credential NOT IN (SELECT id FROM credential)";
    Ok(tx.first(sql, params![before], |row| row.count(0))?.unwrap_or(0))
}

/// Deletes the marks of [`count_orphan_uses`]; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_orphan_uses(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM credential_use WHERE used_at < $1 AND credential NOT IN (SELECT id FROM credential)", params![before])
}

/// How many requests were answered, withdrawn or ran out before `before`.
///
/// # Errors
/// When the engine refuses.
pub fn count_requests_closed(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    let sql = "SELECT COUNT(*) FROM request r JOIN entry e ON e.number = r.answered WHERE e.at < $1";
    Ok(tx.first(sql, params![before], |row| row.count(0))?.unwrap_or(0))
}

/// How many jobs of a kind stand between two moments.
///
/// # Errors
/// When the engine refuses.
pub fn count_jobs(tx: &mut Tx<'_>, kind: &str, from: Instant, before: Instant) -> Result<u64> {
    let sql = "SELECT COUNT(*) FROM job WHERE kind = $1 AND run_at >= $2 AND run_at < $3";
    Ok(tx.first(sql, params![kind, from, before], |row| row.count(0))?.unwrap_or(0))
}

/// Deletes the jobs of [`count_jobs`]; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_jobs(tx: &mut Tx<'_>, kind: &str, from: Instant, before: Instant) -> Result<u64> {
    tx.execute("DELETE FROM job WHERE kind = $1 AND run_at >= $2 AND run_at < $3", params![kind, from, before])
}

/// The jobs of one kind, whatever their state, next first; at most [`STEP_MAX`].
///
/// # Errors
/// When the engine refuses.
pub fn jobs_of_kind(tx: &mut Tx<'_>, kind: &str) -> Result<Vec<JobId>> {
    tx.query("SELECT id FROM job WHERE kind = $1 ORDER BY run_at, id LIMIT $2", params![kind, STEP_MAX], |row| Ok(JobId::from_bytes(row.bytes(0)?)))
}

/// Makes the jobs due at `now` that stand between `from` and `before` or are claimed until after `from`: a clock that read
/// far too late put them there. Says how many.
///
/// # Errors
/// When the engine refuses.
pub fn bring_back(tx: &mut Tx<'_>, now: Instant, from: Instant, before: Instant) -> Result<u64> {
    tx.execute("UPDATE job SET run_at = $1, claimed_until = NULL WHERE (run_at >= $2 OR claimed_until >= $2) AND run_at < $3", params![now, from, before])
}

/// Takes the claim off a job and sets when it is next due, only while it is still at that attempt: whoever lost the claim
/// meanwhile changes nothing.
///
/// # Errors
/// When the engine refuses.
pub fn put_back(tx: &mut Tx<'_>, id: JobId, attempt: u32, run_at: Instant, why: &str) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE job SET claimed_until = NULL, run_at = $1, failed = $2 WHERE id = $3 AND attempts = $4",
        params![run_at, why, id.as_bytes(), attempt],
    )?;
    Ok(rows == 1)
}

/// How many files [`unchanged_since`] would find.
///
/// # Errors
/// When the engine refuses.
pub fn count_unchanged_since(tx: &mut Tx<'_>, before: Instant) -> Result<u64> {
    Ok(tx.first("SELECT COUNT(*) FROM person WHERE erased IS NULL AND changed_at < $1", params![before], |row| row.count(0))?.unwrap_or(0))
}
