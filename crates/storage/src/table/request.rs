//! Two-person requests.

use siger_domain::event::{Event, Subject};
use siger_domain::id::{OfficerId, RequestId};
use siger_domain::request::{Matter, State};
use siger_domain::time::Instant;

use super::exactly_one;
use crate::engine::{Row, Tx};
use crate::error::{Error, Result};
use crate::journal::{Entry, read};
use crate::keyring::Keyring;
use crate::params;

/// Most requests listed at once; open ones run out by themselves, so an office stays far below.
pub const REQUESTS_MAX: u32 = 500;

/// A row of `request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Identifier.
    pub id: RequestId,
    /// Where it stands.
    pub state: State,
    /// Entry that opened it.
    pub opened: u64,
    /// Who opened it.
    pub opened_by: OfficerId,
    /// Until when it waits.
    pub expires: Instant,
    /// Entry of the answer.
    pub answered: Option<u64>,
    /// Who answered.
    pub answered_by: Option<OfficerId>,
}

fn request(row: &Row<'_>) -> Result<Request> {
    Ok(Request {
        id: RequestId::from_bytes(row.bytes(0)?),
        state: State::parse(&row.text(1)?).ok_or(Error::Inconsistent { table: "request", column: "state", row: "(read)".into() })?,
        opened: row.count(2)?,
        opened_by: OfficerId::from_bytes(row.bytes(3)?),
        expires: Instant::from_unix_micros(row.int(4)?),
        answered: row.int_or_null(5)?.map(|n| n as u64),
        answered_by: row.blob_or_null(6)?.map(|id| OfficerId::from_slice(&id)).transpose().map_err(|_| Error::Inconsistent {
            table: "request",
            column: "answered_by",
            row: "(read)".into(),
        })?,
    })
}

pub(super) fn apply(tx: &mut Tx<'_>, entry: &Entry, event: &Event) -> Result<()> {
    let state = match event {
        Event::RequestOpened(body) => {
            let wrong = |column| Error::Inconsistent { table: "entry", column, row: entry.number.to_string() };
            let Subject::Request(id) = entry.subject else { return Err(wrong("subject")) };
            let by = entry.stamp.actor.ok_or_else(|| wrong("actor"))?;
            tx.execute(
                "INSERT INTO request (id, matter, target, state, opened, opened_by, expires) VALUES ($1, $2, $3, 'open', $4, $5, $6)",
                params![id.as_bytes(), body.matter.as_str(), body.matter.target(), entry.number as i64, by.as_bytes(), body.expires],
            )?;
            return Ok(());
        }
        Event::RequestApproved(_) => State::Approved,
        Event::RequestDeclined(_) => State::Declined,
        Event::RequestWithdrawn(_) => State::Withdrawn,
        Event::RequestExpired(_) => State::Expired,
        _ => return Ok(()),
    };
    let Subject::Request(id) = entry.subject else {
        return Err(Error::Inconsistent { table: "entry", column: "subject", row: entry.number.to_string() });
    };
    let rows = tx.execute(
        "UPDATE request SET state = $1, answered = $2, answered_by = $3 WHERE id = $4 AND state = 'open'",
        params![state.as_str(), entry.number as i64, entry.stamp.actor.as_ref().map(|id| id.as_bytes()), id.as_bytes()],
    )?;
    exactly_one(rows, "request", entry)
}

/// One request.
///
/// # Errors
/// When the engine refuses or the row is damaged.
pub fn get(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Request>> {
    tx.first("SELECT id, state, opened, opened_by, expires, answered, answered_by FROM request WHERE id = $1", params![id.as_bytes()], request)
}

/// Requests in one state, newest first.
///
/// # Errors
/// As [`get`].
pub fn in_state(tx: &mut Tx<'_>, state: State) -> Result<Vec<Request>> {
    tx.query(
        "SELECT id, state, opened, opened_by, expires, answered, answered_by FROM request WHERE state = $1 ORDER BY opened DESC LIMIT $2",
        params![state.as_str(), REQUESTS_MAX],
        request,
    )
}

/// The newest requests that were opened before entry `before`, whatever their state.
///
/// # Errors
/// As [`get`].
pub fn newest(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<Request>> {
    tx.query(
        "SELECT id, state, opened, opened_by, expires, answered, answered_by FROM request WHERE opened < $1 ORDER BY opened DESC LIMIT $2",
        params![i64::try_from(before).unwrap_or(i64::MAX), limit.min(REQUESTS_MAX)],
        request,
    )
}

/// [`newest`] of one officer's own.
///
/// # Errors
/// As [`get`].
pub fn newest_of(tx: &mut Tx<'_>, opener: OfficerId, before: u64, limit: u32) -> Result<Vec<Request>> {
    tx.query(
        "SELECT id, state, opened, opened_by, expires, answered, answered_by FROM request WHERE opened_by = $1 AND opened < $2 ORDER BY opened DESC LIMIT $3",
        params![opener.as_bytes(), i64::try_from(before).unwrap_or(i64::MAX), limit.min(REQUESTS_MAX)],
        request,
    )
}

/// The open request of a matter that the same target has already; its time may be over without anybody having said so.
///
/// # Errors
/// As [`get`].
pub fn open_for(tx: &mut Tx<'_>, matter: &str, target: &[u8; 16]) -> Result<Option<Request>> {
    tx.first(
        "SELECT id, state, opened, opened_by, expires, answered, answered_by FROM request
         WHERE state = 'open' AND matter = $1 AND target = $2 ORDER BY opened LIMIT 1",
        params![matter, target],
        request,
    )
}

/// What a request asks for.
///
/// # Errors
/// When the entry is missing or damaged.
pub fn matter(tx: &mut Tx<'_>, keyring: &Keyring, request: &Request) -> Result<Matter> {
    let wrong = || Error::Inconsistent { table: "request", column: "opened", row: request.opened.to_string() };
    match read::entry(tx, request.opened)?.ok_or_else(wrong)?.open(keyring)? {
        Some(Event::RequestOpened(body)) => Ok(body.matter),
        _ => Err(wrong()),
    }
}
