//! The operational tables: sessions, uses of credentials, guesses, answers already given, jobs, cursors.

use siger_domain::id::{CredentialId, JobId, OfficerId, SessionId};
use siger_domain::time::Instant;

use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::keyring::{KeyIndex, Keyring, Place};
use crate::params;

/// A sign-in that the server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identifier, as in the journal.
    pub id: SessionId,
    /// Whose.
    pub officer: OfficerId,
    /// What the identity module keeps of it, opened.
    pub state: Vec<u8>,
    /// When it began.
    pub begun_at: Instant,
    /// Newest request, to the minute.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires: Instant,
    /// How they signed in.
    pub method: String,
    /// How often it was changed; what is newer has the larger number.
    pub version: i64,
}

fn state_place(id: &SessionId) -> Place<'_> {
    Place { table: "session", column: "state", row: id.as_bytes() }
}

fn sessions(tx: &mut Tx<'_>, keyring: &Keyring, sql: &'static str, id: &[u8]) -> Result<Vec<Session>> {
    let mut found = tx.query(sql, params![id], |row| {
        Ok(Session {
            id: SessionId::from_bytes(row.bytes(0)?),
            officer: OfficerId::from_bytes(row.bytes(1)?),
            state: row.blob(2)?,
            begun_at: Instant::from_unix_micros(row.int(3)?),
            seen_at: Instant::from_unix_micros(row.int(4)?),
            expires: Instant::from_unix_micros(row.int(5)?),
            method: row.text(6)?,
            version: row.int(7)?,
        })
    })?;
    for session in &mut found {
        session.state = keyring.open_sealed(KeyIndex::OFFICE, &state_place(&session.id), &session.state)?.unwrap_or_default();
    }
    Ok(found)
}

/// Keeps a session that begins, findable by these tokens (their SHA-256).
///
/// # Errors
/// When the engine refuses.
pub fn begin_session(tx: &mut Tx<'_>, keyring: &Keyring, session: &Session, tokens: &[[u8; 32]]) -> Result<()> {
    let state = keyring.seal(KeyIndex::OFFICE, &state_place(&session.id), &session.state)?;
    tx.execute(
        "INSERT INTO session (id, officer, state, begun_at, seen_at, expires, method, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            session.id.as_bytes(),
            session.officer.as_bytes(),
            &state,
            session.begun_at,
            session.seen_at,
            session.expires,
            &session.method,
            session.version
        ],
    )?;
    set_tokens(tx, session.id, tokens)
}

/// Keeps the new state of a session, findable by these tokens and no others, if it still stands as it was read; `false`: it ended or
/// changed meanwhile, and nothing was kept.
///
/// # Errors
/// When the engine refuses.
pub fn change_session(tx: &mut Tx<'_>, keyring: &Keyring, session: &Session, tokens: &[[u8; 32]]) -> Result<bool> {
    let state = keyring.seal(KeyIndex::OFFICE, &state_place(&session.id), &session.state)?;
    let rows = tx.execute(
        "UPDATE session SET state = $1, seen_at = $2, expires = $3, version = version + 1 WHERE id = $4 AND version = $5",
        params![&state, session.seen_at, session.expires, session.id.as_bytes(), session.version],
    )?;
    if rows == 1 {
        set_tokens(tx, session.id, tokens)?;
    }
    Ok(rows == 1)
}

fn set_tokens(tx: &mut Tx<'_>, id: SessionId, tokens: &[[u8; 32]]) -> Result<()> {
    tx.execute("DELETE FROM session_token WHERE session = $1", params![id.as_bytes()])?;
    for token in tokens {
        tx.execute("INSERT INTO session_token (hash, session) VALUES ($1, $2)", params![token, id.as_bytes()])?;
    }
    Ok(())
}

/// The session of a token (its SHA-256).
///
/// # Errors
/// When the engine refuses.
pub fn session_by_token(tx: &mut Tx<'_>, keyring: &Keyring, token: &[u8; 32]) -> Result<Option<Session>> {
    let sql = "SELECT s.id, s.officer, s.state, s.begun_at, s.seen_at, s.expires, s.method, s.version FROM session_token t JOIN session s ON s.id = t.session WHERE t.hash = $1";
    Ok(sessions(tx, keyring, sql, token)?.into_iter().next())
}

/// A session by its identifier.
///
/// # Errors
/// When the engine refuses.
pub fn session_by_id(tx: &mut Tx<'_>, keyring: &Keyring, id: SessionId) -> Result<Option<Session>> {
    let sql = "SELECT id, officer, state, begun_at, seen_at, expires, method, version FROM session WHERE id = $1";
    Ok(sessions(tx, keyring, sql, id.as_bytes())?.into_iter().next())
}

/// An officer's sessions, newest first.
///
/// # Errors
/// When the engine refuses.
pub fn sessions_of(tx: &mut Tx<'_>, keyring: &Keyring, officer: OfficerId) -> Result<Vec<Session>> {
    let sql = "SELECT id, officer, state, begun_at, seen_at, expires, method, version FROM session WHERE officer = $1 ORDER BY begun_at DESC, id LIMIT 100";
    sessions(tx, keyring, sql, officer.as_bytes())
}

/// Ends a session; says whether it was there.
///
/// # Errors
/// When the engine refuses.
pub fn delete_session(tx: &mut Tx<'_>, id: SessionId) -> Result<bool> {
    tx.execute("DELETE FROM session_token WHERE session = $1", params![id.as_bytes()])?;
    Ok(tx.execute("DELETE FROM session WHERE id = $1", params![id.as_bytes()])? > 0)
}

/// Ends every session of an officer; says how many.
///
/// # Errors
/// When the engine refuses.
pub fn delete_sessions_of(tx: &mut Tx<'_>, officer: OfficerId) -> Result<u64> {
    tx.execute("DELETE FROM session_token WHERE session IN (SELECT id FROM session WHERE officer = $1)", params![officer.as_bytes()])?;
    tx.execute("DELETE FROM session WHERE officer = $1", params![officer.as_bytes()])
}

fn record_place(id: &CredentialId) -> Place<'_> {
    Place { table: "credential_use", column: "record", row: id.as_bytes() }
}

/// Moves the mark of a credential forward. `false`: the mark is not newer than the one kept, so this use is a repetition. A kept mark above
/// `mark_max` comes from a clock that was wrong, and counts as none.
///
/// # Errors
/// When the engine refuses.
pub fn use_mark(tx: &mut Tx<'_>, id: CredentialId, mark: i64, mark_max: i64, now: Instant) -> Result<bool> {
    let rows = tx.execute(
        "INSERT INTO credential_use (credential, mark, used_at) VALUES ($1, $2, $3)
         ON CONFLICT (credential) DO UPDATE SET mark = excluded.mark, used_at = excluded.used_at
         WHERE credential_use.mark < excluded.mark OR credential_use.mark > $4",
        params![id.as_bytes(), mark, now, mark_max],
    )?;
    Ok(rows == 1)
}

/// Keeps what the use of a credential changed.
///
/// # Errors
/// When the engine refuses.
pub fn use_record(tx: &mut Tx<'_>, keyring: &Keyring, id: CredentialId, record: &[u8], now: Instant) -> Result<()> {
    let sealed = keyring.seal(KeyIndex::OFFICE, &record_place(&id), record)?;
    tx.execute(
        "INSERT INTO credential_use (credential, mark, record, used_at) VALUES ($1, 0, $2, $3)
         ON CONFLICT (credential) DO UPDATE SET mark = 0, record = excluded.record, used_at = excluded.used_at",
        params![id.as_bytes(), &sealed, now],
    )?;
    Ok(())
}

/// How a credential was last used.
#[derive(Clone, Debug)]
pub struct Use {
    /// Time step of the code; of a passkey it says nothing.
    pub mark: i64,
    /// The passkey as its last use left it, opened.
    pub record: Option<Vec<u8>>,
    /// When.
    pub used_at: Instant,
}

/// How a credential was last used, if it was.
///
/// # Errors
/// When the engine refuses.
pub fn credential_use(tx: &mut Tx<'_>, keyring: &Keyring, id: CredentialId) -> Result<Option<Use>> {
    let found = tx.first("SELECT mark, record, used_at FROM credential_use WHERE credential = $1", params![id.as_bytes()], |row| {
        Ok(Use { mark: row.int(0)?, record: row.blob_or_null(1)?, used_at: Instant::from_unix_micros(row.int(2)?) })
    })?;
    let Some(mut found) = found else { return Ok(None) };
    if let Some(sealed) = &found.record {
        found.record = keyring.open_sealed(KeyIndex::OFFICE, &record_place(&id), sealed)?;
    }
    Ok(Some(found))
}

/// Remembers a browser in which an officer signed in completely.
///
/// # Errors
/// When the engine refuses.
pub fn save_device(tx: &mut Tx<'_>, hash: &[u8; 32], officer: OfficerId, expires: Instant) -> Result<()> {
    tx.execute(
        "INSERT INTO device (hash, officer, expires) VALUES ($1, $2, $3) ON CONFLICT (hash) DO UPDATE SET officer = excluded.officer, expires = excluded.expires",
        params![hash, officer.as_bytes(), expires],
    )?;
    Ok(())
}

/// Forgets an officer's browsers, and the guesses at their account.
///
/// # Errors
/// When the engine refuses.
pub fn delete_devices_of(tx: &mut Tx<'_>, officer: OfficerId) -> Result<()> {
    tx.execute("DELETE FROM device WHERE officer = $1", params![officer.as_bytes()])?;
    tx.execute("DELETE FROM guess WHERE account = $1", params![officer.as_bytes()])?;
    tx.execute("DELETE FROM alarm WHERE whom = $1", params![officer.as_bytes()])?;
    Ok(())
}

/// Whose browser this is.
///
/// # Errors
/// When the engine refuses.
pub fn device_owner(tx: &mut Tx<'_>, hash: &[u8; 32], now: Instant) -> Result<Option<OfficerId>> {
    tx.first("SELECT officer FROM device WHERE hash = $1 AND expires > $2", params![hash, now], |row| Ok(OfficerId::from_bytes(row.bytes(0)?)))
}

/// How long it is remembered that a ceremony is over.
const CEREMONY_OVER_SECONDS: i64 = 24 * 60 * 60;

/// Ends a ceremony, by the SHA-256 of what was sealed between its two requests. `false`: it was ended before, so this answer is a repetition.
///
/// # Errors
/// When the engine refuses.
pub fn end_ceremony(tx: &mut Tx<'_>, hash: &[u8; 32], now: Instant) -> Result<bool> {
    // What a wrong clock left in the future goes with what is old.
    let (from, until) = (now.plus_seconds(-CEREMONY_OVER_SECONDS), now.plus_seconds(CEREMONY_OVER_SECONDS));
    tx.execute("DELETE FROM ceremony_over WHERE over_at < $1 OR over_at > $2", params![from, until])?;
    Ok(tx.execute("INSERT INTO ceremony_over (hash, over_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", params![hash, now])? == 1)
}

/// What is known of the guesses at an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guesses {
    /// Until when the bucket of unknown browsers is not empty.
    pub owed: Instant,
    /// How many since the newest complete sign-in.
    pub tries: u32,
}

/// The guesses at an account.
///
/// # Errors
/// When the engine refuses.
pub fn guesses(tx: &mut Tx<'_>, account: &[u8; 16]) -> Result<Option<Guesses>> {
    tx.first("SELECT owed, tries FROM guess WHERE account = $1", params![account], |row| {
        Ok(Guesses { owed: Instant::from_unix_micros(row.int(0)?), tries: u32::try_from(row.int(1)?).unwrap_or(u32::MAX) })
    })
}

/// Keeps the guesses at an account.
///
/// # Errors
/// When the engine refuses.
pub fn save_guesses(tx: &mut Tx<'_>, account: &[u8; 16], guesses: Guesses) -> Result<()> {
    tx.execute(
        "INSERT INTO guess (account, owed, tries) VALUES ($1, $2, $3) ON CONFLICT (account) DO UPDATE SET owed = excluded.owed, tries = excluded.tries",
        params![account, guesses.owed, guesses.tries],
    )?;
    Ok(())
}

/// After a complete sign-in the count begins anew. What unknown browsers owe stays.
///
/// # Errors
/// When the engine refuses.
pub fn forget_tries(tx: &mut Tx<'_>, account: &[u8; 16]) -> Result<()> {
    tx.execute("UPDATE guess SET tries = 0 WHERE account = $1", params![account])?;
    Ok(())
}

/// How long the journal is not told again of the same danger to the same.
pub const ALARM_SECONDS: i64 = 24 * 60 * 60;

/// Whether the journal is to be told of a danger now: once in [`ALARM_SECONDS`], and again if a wrong clock wrote the last time down.
///
/// # Errors
/// When the engine refuses.
pub fn sound_alarm(tx: &mut Tx<'_>, what: &str, whom: &[u8; 16], now: Instant) -> Result<bool> {
    let (from, until) = (now.plus_seconds(-ALARM_SECONDS), now.plus_seconds(ALARM_SECONDS));
    tx.execute("DELETE FROM alarm WHERE at <= $1 OR at > $2", params![from, until])?;
    Ok(tx.execute("INSERT INTO alarm (what, whom, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", params![what, whom, now])? == 1)
}

/// An answer already given to a request with an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// SHA-256 of the request's body.
    pub request: [u8; 32],
    /// Entry that the first request made.
    pub number: u64,
    /// What it made.
    pub subject: Option<[u8; 16]>,
}

/// The answer kept under a key.
///
/// # Errors
/// When the engine refuses.
pub fn answer(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<Option<Answer>> {
    tx.first("SELECT request, number, subject FROM idempotency WHERE key = $1", params![key], |row| {
        Ok(Answer { request: row.bytes(0)?, number: row.count(1)?, subject: row.blob_or_null(2)?.and_then(|id| id.try_into().ok()) })
    })
}

/// Keeps an answer under a key.
///
/// # Errors
/// When the engine refuses.
pub fn save_answer(tx: &mut Tx<'_>, key: &[u8; 32], answer: &Answer, at: Instant) -> Result<()> {
    tx.execute(
        "INSERT INTO idempotency (key, request, number, subject, at) VALUES ($1, $2, $3, $4, $5)",
        params![key, &answer.request, answer.number as i64, answer.subject.as_ref(), at],
    )?;
    Ok(())
}

/// A piece of work for later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Identifier.
    pub id: JobId,
    /// What to do.
    pub kind: String,
    /// What to do it with, opened.
    pub payload: Vec<u8>,
    /// When it is due.
    pub run_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub failed: Option<String>,
}

fn payload_place(id: &JobId) -> Place<'_> {
    Place { table: "job", column: "payload", row: id.as_bytes() }
}

/// Puts a job on the list. With `once`, a job under the same word that still waits is kept instead: `false`.
///
/// # Errors
/// When the engine refuses.
pub fn add_job(tx: &mut Tx<'_>, keyring: &Keyring, job: &Job, once: Option<&str>) -> Result<bool> {
    let sealed = keyring.seal(KeyIndex::OFFICE, &payload_place(&job.id), &job.payload)?;
    let rows = tx.execute(
        "INSERT INTO job (id, kind, once, payload, run_at, attempts) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING",
        params![job.id.as_bytes(), &job.kind, once, &sealed, job.run_at],
    )?;
    Ok(rows == 1)
}

/// Which jobs a runner takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Of this kind and no other.
    Of(&'a str),
    /// Of any other kind.
    Beside(&'a str),
}

/// Claims the next job of a line that is due, until `until`. A job whose claim ran out is claimed again, so a job may run twice.
///
/// # Errors
/// When the engine refuses.
pub fn claim_job(tx: &mut Tx<'_>, keyring: &Keyring, line: Line<'_>, now: Instant, until: Instant) -> Result<Option<Job>> {
    let (kind, of) = match line {
        Line::Of(kind) => (kind, 1_i64),
        Line::Beside(kind) => (kind, 0),
    };
    let found = tx.first(
        "UPDATE job SET claimed_until = $1, attempts = attempts + 1 WHERE id =
         (SELECT id FROM job WHERE run_at <= $2 AND (claimed_until IS NULL OR claimed_until < $2) AND CASE WHEN kind = $3 THEN 1 ELSE 0 END = $4
          ORDER BY run_at, id LIMIT 1)
         RETURNING id, kind, payload, run_at, attempts, failed",
        params![until, now, kind, of],
        |row| Ok((JobId::from_bytes(row.bytes(0)?), row.text(1)?, row.blob(2)?, row.int(3)?, row.int(4)?, row.text_or_null(5)?)),
    )?;
    let Some((id, kind, sealed, run_at, attempts, failed)) = found else { return Ok(None) };
    let payload = keyring.open_sealed(KeyIndex::OFFICE, &payload_place(&id), &sealed)?.unwrap_or_default();
    Ok(Some(Job { id, kind, payload, run_at: Instant::from_unix_micros(run_at), attempts: attempts as u32, failed }))
}

/// Claims a job for the one that puts it on the list, in the transaction that does: nobody else begins it before `until`.
///
/// # Errors
/// When the engine refuses, or the job is not on the list.
pub fn hold_job(tx: &mut Tx<'_>, id: JobId, until: Instant) -> Result<()> {
    let rows = tx.execute("UPDATE job SET claimed_until = $1, attempts = attempts + 1 WHERE id = $2", params![until, id.as_bytes()])?;
    if rows == 1 { Ok(()) } else { Err(Error::Inconsistent { table: "job", column: "id", row: id.to_string() }) }
}

/// Takes a job that is done off the list; `false`: it was off already, since a job may run twice.
///
/// # Errors
/// When the engine refuses.
pub fn finish_job(tx: &mut Tx<'_>, id: JobId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM job WHERE id = $1", params![id.as_bytes()])? == 1)
}

/// The jobs on the list, without what they hold, next first.
///
/// # Errors
/// When the engine refuses.
pub fn jobs(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Job>> {
    tx.query("SELECT id, kind, run_at, attempts, failed FROM job ORDER BY run_at, id LIMIT $1", params![limit.min(500)], |row| {
        Ok(Job {
            id: JobId::from_bytes(row.bytes(0)?),
            kind: row.text(1)?,
            payload: Vec::new(),
            run_at: Instant::from_unix_micros(row.int(2)?),
            attempts: row.int(3)? as u32,
            failed: row.text_or_null(4)?,
        })
    })
}

/// The first entry that a consumer has not seen.
///
/// # Errors
/// When the engine refuses.
pub fn cursor(tx: &mut Tx<'_>, consumer: &str) -> Result<u64> {
    Ok(tx.first("SELECT number FROM cursor WHERE consumer = $1", params![consumer], |row| row.count(0))?.unwrap_or(0))
}

/// Moves a consumer's cursor.
///
/// # Errors
/// When the engine refuses.
pub fn move_cursor(tx: &mut Tx<'_>, consumer: &str, number: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO cursor (consumer, number) VALUES ($1, $2) ON CONFLICT (consumer) DO UPDATE SET number = excluded.number",
        params![consumer, number as i64],
    )?;
    Ok(())
}
