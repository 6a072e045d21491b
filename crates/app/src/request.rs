//! The two-person rule: opening, answering, withdrawing, and doing what was agreed.

use siger_domain::access::{Action, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, PersonId, RequestId};
use siger_domain::officer;
use siger_domain::request::{ErasureGround, Lost, Matter, Move, MoveError, OPEN_SECONDS, State, next};
use siger_domain::time::Instant;
use siger_storage::keyring::KeyIndex;
use siger_storage::table::{officer as officers, person as persons, request as table};
use siger_storage::{Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::recovery::Code;
use crate::office::Office;
use crate::officer::working;
use crate::part::Part;

/// Requests on one page of a list.
pub const PAGE: u32 = 50;

/// A request with what it asks for.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The row.
    pub request: table::Request,
    /// What is asked for.
    pub matter: Matter,
}

/// What an answer led to, beyond the journal: work outside the transaction.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// Keys to destroy now that the erasure is recorded.
    pub puncture: Vec<KeyIndex>,
    /// Blobs to remove.
    pub blobs: Vec<[u8; 32]>,
    /// The entry of the answer.
    pub number: u64,
}

/// Asks that an officer's roles change.
///
/// # Errors
/// When not permitted, the officer is not there, the roles are none or the same, or such a request waits already.
pub fn open_roles(write: &mut Write<'_, '_>, by: &Context, id: RequestId, of: OfficerId, roles: Vec<Role>) -> Result<u64> {
    let own = by.officer == Some(of);
    let stamp = by.authorise(Action::OfficerRoles, About { own, ..About::default() })?;
    let target = working(write, of)?;
    let roles = officer::roles(roles);
    if roles.is_empty() {
        return Err(Error::invalid("roles", "missing"));
    }
    if roles == target.roles {
        return Err(Error::invalid("roles", "unchanged"));
    }
    if target.roles.contains(&Role::Administrator) && !roles.contains(&Role::Administrator) {
        another_administrator(write, of)?;
    }
    open(write, stamp, id, Matter::Roles { officer: of, roles })
}

/// Asks that an officer who lost passkey or phone be let in again by this code, which opens nothing before a second person
/// agrees.
///
/// # Errors
/// When not permitted, the officer is not there or was stopped, or such a request waits already.
pub fn open_recover(write: &mut Write<'_, '_>, by: &Context, id: RequestId, of: OfficerId, code: &Code, lost: Lost) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerRecover, About { own: by.officer == Some(of), ..About::default() })?;
    let lost = crate::officer::lost(&working(write, of)?, lost)?;
    let hash = siger_storage::to_hex(code.hash(lost.into()).as_bytes());
    open(write, stamp, id, Matter::Recover { officer: of, lost, hash })
}

/// Asks that a person's data be erased.
///
/// # Errors
/// When not permitted, not there or erased before, or such a request waits already.
pub fn open_erase(write: &mut Write<'_, '_>, by: &Context, id: RequestId, of: PersonId, ground: ErasureGround) -> Result<u64> {
    let stamp = by.authorise(Action::PersonErase, About::default())?;
    let person = persons::get(write, of)?.ok_or(Error::NotFound)?;
    if person.erased.is_some() {
        return Err(Error::Conflict("erased"));
    }
    open(write, stamp, id, Matter::Erase { person: of, ground })
}

fn open(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, id: RequestId, matter: Matter) -> Result<u64> {
    // One that ran out while nobody was here to end it keeps nobody waiting for the work of the day.
    if let Some(before) = table::open_for(write, matter.as_str(), matter.target())?
        && !end(write, &before, stamp.at)?
    {
        return Err(Error::Conflict("request_waits"));
    }
    let expires = stamp.at.plus_seconds(OPEN_SECONDS);
    Ok(write.append(stamp, Subject::Request(id), &Event::RequestOpened(body::RequestOpened { matter, expires }))?)
}

/// The request of a matter about somebody that still waits for its second person.
///
/// # Errors
/// When the engine refuses.
pub fn waits_for(tx: &mut Tx<'_>, matter: &str, target: &[u8; 16], now: Instant) -> Result<Option<RequestId>> {
    Ok(table::open_for(tx, matter, target)?.filter(|request| request.expires > now).map(|request| request.id))
}

/// Whether the officer may see everybody's requests, not only their own.
fn sees_all(by: &Context) -> Result<bool> {
    if by.authorise(Action::RequestList, About::default()).is_ok() {
        return Ok(true);
    }
    by.authorise(Action::RequestList, About { own: true, ..About::default() }).map(|_| false)
}

fn with_matters(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, requests: Vec<table::Request>) -> Result<Vec<Opened>> {
    let mut found = Vec::with_capacity(requests.len());
    for request in requests {
        match table::matter(tx, keyring, &request) {
            Ok(matter) => found.push(Opened { matter, request }),
            // What is asked for is not known, so nobody can answer it; it runs out.
            Err(error) if error.is_damage() => tracing::error!(request = %request.id, %error, "a request's entry cannot be read; the others are shown"),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// The requests opened before entry `before`, newest first, that the officer may see: all of them, or those that they opened.
///
/// # Errors
/// When not permitted to see even their own.
pub fn list(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, by: &Context, before: u64, limit: u32) -> Result<Part<Opened>> {
    let found = match by.officer {
        _ if sees_all(by)? => table::newest(tx, before, limit)?,
        Some(officer) => table::newest_of(tx, officer, before, limit)?,
        None => return Ok(Part::nothing()),
    };
    let (read, last) = (found.len(), found.last().map(|request| request.opened));
    Ok(Part { rows: with_matters(tx, keyring, found)?, read, last })
}

/// Those of [`list`] that nobody has answered, however old, newest first.
///
/// # Errors
/// As [`list`].
pub fn waiting(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, by: &Context) -> Result<Vec<Opened>> {
    let all = sees_all(by)?;
    let mut found = waiting_of_all(tx, keyring)?;
    found.retain(|opened| all || by.officer == Some(opened.request.opened_by));
    Ok(found)
}

/// Every request that nobody has answered, newest first, whoever may see or answer it.
pub(crate) fn waiting_of_all(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring) -> Result<Vec<Opened>> {
    let open = table::in_state(tx, State::Open)?;
    with_matters(tx, keyring, open)
}

/// One request. A request that is not the officer's own to see is refused, whatever it asks for.
///
/// # Errors
/// When not permitted or not there.
pub fn get(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, by: &Context, id: RequestId) -> Result<Opened> {
    let request = table::get(tx, id)?.ok_or(Error::NotFound)?;
    by.authorise(Action::RequestList, About { own: by.officer == Some(request.opened_by), ..About::default() })?;
    let matter = table::matter(tx, keyring, &request)?;
    Ok(Opened { request, matter })
}

/// Whether this officer may answer the request now, if need be after a fresh sign-in: for showing the buttons or not.
pub fn may_answer(by: &Context, opened: &Opened) -> bool {
    let own = by.officer == Some(opened.request.opened_by) || about_self(by, &opened.matter);
    opened.request.state == State::Open
        && opened.request.expires > by.now
        && !own
        && by.may(opened.matter.answer_action(), About { second_person: true, ..About::default() })
}

/// About the officer who answers counts as their own: nobody agrees to their own roles or way back in.
fn about_self(by: &Context, matter: &Matter) -> bool {
    matter.officer().is_some_and(|officer| by.officer == Some(officer))
}

/// Who could answer a request: by the policies, here today, neither who asked nor whom it is about.
///
/// # Errors
/// When the engine refuses.
pub fn second_persons(tx: &mut Tx<'_>, office: &Office, opened_by: Option<OfficerId>, matter: &Matter) -> Result<Vec<OfficerId>> {
    let mut who = crate::officer::who_may(tx, office, matter.answer_action(), About { second_person: true, ..About::default() })?;
    who.retain(|id| opened_by != Some(*id) && matter.officer() != Some(*id));
    Ok(who)
}

/// The second person agrees: what was asked for is done in the same transaction.
///
/// # Errors
/// When not permitted, not open, run out, or opened by the same person or about them.
pub fn approve(write: &mut Write<'_, '_>, by: &Context, id: RequestId) -> Result<Effect> {
    let (opened, stamp) = answer(write, by, id, Move::Approve)?;
    let mut effect = Effect { number: write.append(stamp, Subject::Request(id), &Event::RequestApproved(body::RequestApproved {}))?, ..Effect::default() };
    match opened.matter {
        Matter::Roles { officer, roles } => {
            let target = working(write, officer)?;
            if target.roles.contains(&Role::Administrator) && !roles.contains(&Role::Administrator) {
                another_administrator(write, officer)?;
            }
            write.append(stamp, Subject::Officer(officer), &Event::OfficerRolesChanged(body::OfficerRolesChanged { roles, request: id }))?;
        }
        Matter::Recover { officer, lost, hash } => {
            // They may have come in or been stopped since somebody asked.
            crate::officer::lost(&working(write, officer)?, lost)?;
            let hash = siger_storage::hex(&hash).ok_or_else(|| Error::internal("the hash of a code cannot be read"))?;
            crate::officer::let_back(write, stamp, officer, &hash)?;
        }
        Matter::Erase { person, ground } => erase(write, stamp, person, ground, Some(id), &mut effect)?,
    }
    Ok(effect)
}

/// Records an erasure; the keys in `effect` are destroyed once it is on disk.
///
/// # Errors
/// When not there or erased before.
pub fn erase(
    write: &mut Write<'_, '_>,
    stamp: siger_storage::Stamp,
    of: PersonId,
    ground: ErasureGround,
    request: Option<RequestId>,
    effect: &mut Effect,
) -> Result<()> {
    let person = persons::get(write, of)?.ok_or(Error::NotFound)?;
    if person.erased.is_some() {
        return Err(Error::Conflict("erased"));
    }
    effect.blobs.extend(persons::every_blob(write, of)?);
    effect.puncture.push(person.key);
    write.append(stamp, Subject::Person(of), &Event::PersonErased(body::PersonErased { ground, request }))?;
    Ok(())
}

/// The second person refuses.
///
/// # Errors
/// As [`approve`].
pub fn decline(write: &mut Write<'_, '_>, by: &Context, id: RequestId) -> Result<u64> {
    let (_, stamp) = answer(write, by, id, Move::Decline)?;
    Ok(write.append(stamp, Subject::Request(id), &Event::RequestDeclined(body::RequestDeclined {}))?)
}

/// The first person takes the request back.
///
/// # Errors
/// When it is not theirs, or it is over: what ran out has ended by itself.
pub fn withdraw(write: &mut Write<'_, '_>, by: &Context, id: RequestId) -> Result<u64> {
    let request = table::get(write, id)?.ok_or(Error::NotFound)?;
    let stamp = by.authorise(Action::RequestWithdraw, About { own: by.officer == Some(request.opened_by), ..About::default() })?;
    next(request.state, request.opened_by, request.expires, Move::Withdraw, by.officer, by.now).map_err(moved)?;
    Ok(write.append(stamp, Subject::Request(id), &Event::RequestWithdrawn(body::RequestWithdrawn {}))?)
}

/// Ends the requests that ran out; how many. Done by the program itself.
///
/// # Errors
/// When the engine refuses.
pub fn expire(write: &mut Write<'_, '_>, by: &Context) -> Result<u32> {
    let mut count = 0;
    for request in table::in_state(write, State::Open)? {
        count += u32::from(end(write, &request, by.now)?);
    }
    Ok(count)
}

/// Ends a request that ran out, as the program's own act; whether it had.
fn end(write: &mut Write<'_, '_>, request: &table::Request, now: Instant) -> Result<bool> {
    if next(request.state, request.opened_by, request.expires, Move::Expire, None, now).is_err() {
        return Ok(false);
    }
    let stamp = siger_storage::Stamp { at: now, actor: None, role: Role::System, purpose: siger_domain::access::Purpose::Administration };
    write.append(stamp, Subject::Request(request.id), &Event::RequestExpired(body::RequestExpired {}))?;
    Ok(true)
}

fn answer(write: &mut Write<'_, '_>, by: &Context, id: RequestId, step: Move) -> Result<(Opened, siger_storage::Stamp)> {
    let request = table::get(write, id)?.ok_or(Error::NotFound)?;
    let keyring = write.keyring().clone();
    let matter = table::matter(write, &keyring, &request)?;
    let own = by.officer == Some(request.opened_by) || about_self(by, &matter);
    let stamp = by.authorise(matter.answer_action(), About { own, second_person: !own, ..About::default() })?;
    next(request.state, request.opened_by, request.expires, step, by.officer, by.now).map_err(moved)?;
    Ok((Opened { request, matter }, stamp))
}

fn moved(error: MoveError) -> Error {
    match error {
        MoveError::SamePerson => Error::Forbidden(crate::access::Why::SecondPerson),
        MoveError::NotTheirs => Error::NotFound,
        MoveError::Answered => Error::Conflict("request_answered"),
        MoveError::Withdrawn => Error::Conflict("request_withdrawn"),
        MoveError::RanOut => Error::Conflict("request_ran_out"),
        MoveError::NotYet => Error::Conflict("request_waits"),
    }
}

/// An office without an administrator could never get one back.
pub(crate) fn another_administrator(tx: &mut Tx<'_>, besides: OfficerId) -> Result<()> {
    let others = officers::all(tx)?;
    if others.iter().any(|other| other.id != besides && other.state == officer::State::Active && other.roles.contains(&Role::Administrator)) {
        Ok(())
    } else {
        Err(Error::Conflict("last_administrator"))
    }
}
