//! Officers: inviting, leave, stopping access, one-time ways in.
//!
//! Nobody gives rights alone. An invitation without a role, and a new link for somebody who has neither come nor any role, open
//! nothing; roles and a way back in are requests that a second person answers ([`crate::request`]). At the console, with the
//! office's root secret, it goes without: an office begins so, and nobody stays locked out.

use siger_domain::access::{Action, Role, RoleSet};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, RequestId};
use siger_domain::officer::{self, Leave, Profile, State};
use siger_domain::request::{ErasureGround, Lost};
use siger_storage::keyring::Keyring;
use siger_storage::table::{officer as table, operation};
use siger_storage::{Stamp, Tx, Write};

use crate::access::Why;
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::recovery::{Code, LIFETIME_SECONDS, Purpose};
use crate::office::{Office, UNREADABLE};
use crate::part::Part;
use crate::request::{self, Effect, another_administrator};

/// An officer with their profile.
#[derive(Clone, Debug)]
pub struct Known {
    /// The row.
    pub officer: table::Officer,
    /// Name, sign-in name, address; `None`: its entry is damaged, and everything else is as it should be.
    pub profile: Option<Profile>,
}

impl Known {
    /// The name to show.
    pub fn name(&self) -> &str {
        self.profile.as_ref().map_or(UNREADABLE, |profile| profile.name.reveal())
    }

    /// The sign-in name to show.
    pub fn login(&self) -> &str {
        self.profile.as_ref().map_or(UNREADABLE, |profile| profile.login.reveal())
    }
}

/// The profile, or that it cannot be read: one damaged entry must not keep the others from their work.
fn readable(tx: &mut Tx<'_>, keyring: &Keyring, officer: table::Officer) -> Result<Option<Known>> {
    match table::profile(tx, keyring, &officer) {
        Ok(None) => Ok(None),
        Ok(profile) => Ok(Some(Known { officer, profile })),
        Err(error) if error.is_damage() => {
            tracing::error!(officer = %officer.id, entry = officer.profile, %error, "an officer's entry cannot be read; the others go on");
            Ok(Some(Known { officer, profile: None }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Everybody who works here, in the order they came.
///
/// # Errors
/// When not permitted.
pub fn list(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context) -> Result<Vec<Known>> {
    by.authorise(Action::OfficerList, About::default())?;
    everybody(tx, keyring)
}

/// Those invited before entry `before`, newest first, at most `limit`.
///
/// # Errors
/// When not permitted.
pub fn page(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context, before: u64, limit: u32) -> Result<Part<Known>> {
    by.authorise(Action::OfficerList, About::default())?;
    let rows = table::newest(tx, before, limit)?;
    let (read, last) = (rows.len(), rows.last().map(|row| row.profile));
    Ok(Part { rows: opened(tx, keyring, rows)?, read, last })
}

/// [`list`] without asking: for names on pages that the officer may see.
pub(crate) fn everybody(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<Vec<Known>> {
    let rows = table::all(tx)?;
    opened(tx, keyring, rows)
}

fn opened(tx: &mut Tx<'_>, keyring: &Keyring, rows: Vec<table::Officer>) -> Result<Vec<Known>> {
    let mut found = Vec::with_capacity(rows.len());
    for officer in rows {
        found.extend(readable(tx, keyring, officer)?);
    }
    Ok(found)
}

/// One officer.
///
/// # Errors
/// When not permitted or not there.
pub fn get(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context, id: OfficerId) -> Result<Known> {
    by.authorise(Action::OfficerList, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = table::get(tx, id)?.ok_or(Error::NotFound)?;
    readable(tx, keyring, officer)?.ok_or(Error::NotFound)
}

/// The officers who are here today and may do something.
pub(crate) fn who_may(tx: &mut Tx<'_>, office: &Office, action: Action, about: About) -> Result<Vec<OfficerId>> {
    let now = office.now();
    let today = now.date_in(office.zone());
    let mut found = Vec::new();
    for row in table::all(tx)?.into_iter().filter(|row| row.state == State::Active) {
        let would = Context {
            operation: office.operation(),
            now,
            officer: Some(row.id),
            session: None,
            roles: row.roles.iter().copied().collect::<RoleSet>(),
            on_leave: row.leave.is_some_and(|leave| leave.covers(today)),
            suspended: false,
            fresh: true,
            purpose: None,
            access: office.access().clone(),
        };
        if would.may(action, about) {
            found.push(row.id);
        }
    }
    Ok(found)
}

/// An officer whose row still says something: not one of those who left and were erased.
pub(crate) fn working(tx: &mut Tx<'_>, id: OfficerId) -> Result<table::Officer> {
    let officer = table::get(tx, id)?.ok_or(Error::NotFound)?;
    if officer.erased.is_some() { Err(Error::Conflict("erased")) } else { Ok(officer) }
}

/// Invites somebody to work here; the code lets them in once. Without rights: the roles are asked for in `request`, and are
/// theirs once a second person agrees.
///
/// # Errors
/// When not permitted, no role is given, or the sign-in name is taken.
pub fn invite(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, profile: Profile, roles: Vec<Role>, code: &Code, request: RequestId) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerInvite, About::default())?;
    let roles = some(roles)?;
    let number = enter(write, stamp, id, profile, Vec::new(), code)?;
    request::open_roles(write, by, request, id, roles)?;
    Ok(number)
}

/// At the console: lets somebody in who holds these roles from the first day. So an office begins, and goes on when
/// nobody is left who could agree.
///
/// # Errors
/// As [`invite`].
pub fn admit(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, profile: Profile, roles: Vec<Role>, code: &Code) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerAdmit, About::default())?;
    let roles = some(roles)?;
    enter(write, stamp, id, profile, roles, code)
}

fn some(roles: Vec<Role>) -> Result<Vec<Role>> {
    let roles = officer::roles(roles);
    if roles.is_empty() { Err(Error::invalid("roles", "missing")) } else { Ok(roles) }
}

fn enter(write: &mut Write<'_, '_>, stamp: Stamp, id: OfficerId, profile: Profile, roles: Vec<Role>, code: &Code) -> Result<u64> {
    let keyring = write.keyring().clone();
    if table::by_login(write, &keyring, &profile.login)?.is_some() {
        return Err(Error::invalid("login", "taken"));
    }
    let number = write.append(stamp, Subject::Officer(id), &Event::OfficerInvited(body::OfficerInvited { profile, roles }))?;
    issue(write, stamp, id, code.hash(Purpose::Invitation).as_bytes())?;
    Ok(number)
}

/// Whether a new link can be made for an officer without a second person: it lets in somebody who never came and holds no
/// role, so it opens nothing that the first link did not.
pub fn only_invited(officer: &table::Officer) -> bool {
    officer.state == State::Invited && officer.roles.is_empty()
}

/// A new link for somebody who was invited, did not come, and holds no role yet; the one before stops working.
///
/// # Errors
/// When not permitted or not there; a second person must agree for everybody else.
pub fn invite_again(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, code: &Code) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerInvite, About::default())?;
    if !only_invited(&working(write, id)?) {
        return Err(Error::Forbidden(Why::SecondPerson));
    }
    issue(write, stamp, id, code.hash(Purpose::Invitation).as_bytes())
}

/// What was lost, as it stands with this officer: somebody who never came lost an invitation, whatever else is said.
///
/// # Errors
/// When access was stopped, or the invitation of somebody who came is named.
pub(crate) fn lost(officer: &table::Officer, lost: Lost) -> Result<Lost> {
    match (officer.state, lost) {
        (State::Suspended, _) => Err(Error::Conflict("officer_suspended")),
        (State::Invited, _) => Ok(Lost::Invitation),
        (State::Active, Lost::Invitation) => Err(Error::Conflict("officer_joined")),
        (State::Active, lost) => Ok(lost),
    }
}

/// At the console: gives an officer who lost passkey or phone a one-time way back in. Their sign-ins end now; what they
/// signed in with before ends when the code is used.
///
/// # Errors
/// When not permitted, not there, or suspended.
pub fn readmit(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, code: &Code, what: Lost) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerAdmit, About::default())?;
    let what = lost(&working(write, id)?, what)?;
    let_back(write, stamp, id, code.hash(what.into()).as_bytes())
}

/// Puts a code in force by which somebody comes in again.
pub(crate) fn let_back(write: &mut Write<'_, '_>, stamp: Stamp, id: OfficerId, hash: &[u8; 32]) -> Result<u64> {
    operation::delete_sessions_of(write, id)?;
    issue(write, stamp, id, hash)
}

fn issue(write: &mut Write<'_, '_>, stamp: Stamp, id: OfficerId, hash: &[u8; 32]) -> Result<u64> {
    let event =
        Event::OfficerRecoveryIssued(body::OfficerRecoveryIssued { hash: siger_storage::to_hex(hash), expires: stamp.at.plus_seconds(LIFETIME_SECONDS) });
    Ok(write.append(stamp, Subject::Officer(id), &event)?)
}

/// Withdraws the one-time code in force: it went astray, or was made by mistake.
///
/// # Errors
/// When not permitted, not there, or no code is in force.
pub fn withdraw_code(write: &mut Write<'_, '_>, by: &Context, id: OfficerId) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerWithdraw, About { own: by.officer == Some(id), ..About::default() })?;
    if working(write, id)?.recovery_expires.is_none_or(|until| until <= by.now) {
        return Err(Error::Conflict("no_code"));
    }
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerRecoveryWithdrawn(body::OfficerRecoveryWithdrawn {}))?)
}

/// Records leave, or takes it back.
///
/// # Errors
/// When not permitted, not there, or the days are the wrong way round.
pub fn set_leave(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, leave: Option<Leave>) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerLeave, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = working(write, id)?;
    if leave.is_some_and(|leave| leave.to < leave.from) {
        return Err(Error::invalid("leave_to", "before_from"));
    }
    if officer.leave == leave {
        return Err(Error::invalid("leave_from", "unchanged"));
    }
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerLeaveSet(body::OfficerLeaveSet { leave }))?)
}

/// Stops an officer's access at once and ends their sign-ins.
///
/// # Errors
/// When not permitted, not there, suspended before, or the last administrator.
pub fn suspend(write: &mut Write<'_, '_>, by: &Context, id: OfficerId) -> Result<u64> {
    let own = by.officer == Some(id);
    let stamp = by.authorise(Action::OfficerSuspend, About { own, ..About::default() })?;
    let officer = working(write, id)?;
    if officer.state == State::Suspended {
        return Err(Error::Conflict("officer_suspended"));
    }
    if officer.roles.contains(&Role::Administrator) {
        another_administrator(write, id)?;
    }
    operation::delete_sessions_of(write, id)?;
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerSuspended(body::OfficerSuspended {}))?)
}

/// Gives access back: to somebody who never came, as an invitation that still stands.
///
/// # Errors
/// When not permitted, not there, or not suspended.
pub fn restore(write: &mut Write<'_, '_>, by: &Context, id: OfficerId) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerRestore, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = working(write, id)?;
    if officer.state != State::Suspended {
        return Err(Error::Conflict("officer_active"));
    }
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerRestored(body::OfficerRestored {}))?)
}

/// Records that what was known of somebody who left is erased; the key in `effect` is destroyed once it is on disk.
///
/// # Errors
/// When not there or erased before.
pub(crate) fn erase(write: &mut Write<'_, '_>, stamp: Stamp, of: &table::Officer, effect: &mut Effect) -> Result<()> {
    if of.erased.is_some() {
        return Err(Error::Conflict("erased"));
    }
    operation::delete_sessions_of(write, of.id)?;
    operation::delete_devices_of(write, of.id)?;
    effect.puncture.push(of.key);
    write.append(stamp, Subject::Officer(of.id), &Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeptUntil }))?;
    Ok(())
}
