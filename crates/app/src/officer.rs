//! Officers: inviting, leave, stopping access, one-time ways back in.

use siger_domain::access::{Action, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::OfficerId;
use siger_domain::officer::{self, Leave, Profile, State};
use siger_domain::request::ErasureGround;
use siger_storage::keyring::Keyring;
use siger_storage::table::{officer as table, operation};
use siger_storage::{Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::recovery::{Code, LIFETIME_SECONDS, Purpose};
use crate::request::{Effect, another_administrator};

/// An officer with their profile.
#[derive(Clone, Debug)]
pub struct Known {
    /// The row.
    pub officer: table::Officer,
    /// Name, sign-in name, address.
    pub profile: Profile,
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
pub fn page(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context, before: u64, limit: u32) -> Result<Vec<Known>> {
    by.authorise(Action::OfficerList, About::default())?;
    let rows = table::newest(tx, before, limit)?;
    opened(tx, keyring, rows)
}

/// [`list`] without asking: for names on pages that the officer may see.
pub(crate) fn everybody(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<Vec<Known>> {
    let rows = table::all(tx)?;
    opened(tx, keyring, rows)
}

fn opened(tx: &mut Tx<'_>, keyring: &Keyring, rows: Vec<table::Officer>) -> Result<Vec<Known>> {
    let mut found = Vec::with_capacity(rows.len());
    for officer in rows {
        if let Some(profile) = table::profile(tx, keyring, &officer)? {
            found.push(Known { officer, profile });
        }
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
    let profile = table::profile(tx, keyring, &officer)?.ok_or(Error::NotFound)?;
    Ok(Known { officer, profile })
}

/// Invites somebody to work here; the code lets them in once.
///
/// # Errors
/// When not permitted, no role is given, or the sign-in name is taken.
pub fn invite(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, profile: Profile, roles: Vec<Role>, code: &Code) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerInvite, About::default())?;
    let roles = officer::roles(roles);
    if roles.is_empty() {
        return Err(Error::invalid("roles", "missing"));
    }
    let keyring = write.keyring().clone();
    if table::by_login(write, &keyring, &profile.login)?.is_some() {
        return Err(Error::invalid("login", "taken"));
    }
    let number = write.append(stamp, Subject::Officer(id), &Event::OfficerInvited(body::OfficerInvited { profile, roles }))?;
    issue(write, stamp, id, code, Purpose::Invitation)?;
    Ok(number)
}

/// Gives an officer who lost passkey or phone a one-time way back in. Their sign-ins end now; what they signed in with
/// before ends when the code is used.
///
/// # Errors
/// When not permitted, not there, or suspended.
pub fn recover(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, code: &Code, lost: Purpose) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerRecover, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = table::get(write, id)?.ok_or(Error::NotFound)?;
    if officer.state == State::Suspended {
        return Err(Error::Conflict("officer_suspended"));
    }
    let lost = if officer.state == State::Invited { Purpose::Invitation } else { lost };
    operation::delete_sessions_of(write, id)?;
    issue(write, stamp, id, code, lost)
}

fn issue(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, id: OfficerId, code: &Code, purpose: Purpose) -> Result<u64> {
    let event = Event::OfficerRecoveryIssued(body::OfficerRecoveryIssued {
        hash: siger_storage::to_hex(code.hash(purpose).as_bytes()),
        expires: stamp.at.plus_seconds(LIFETIME_SECONDS),
    });
    Ok(write.append(stamp, Subject::Officer(id), &event)?)
}

/// Records leave, or takes it back.
///
/// # Errors
/// When not permitted, not there, or the days are the wrong way round.
pub fn set_leave(write: &mut Write<'_, '_>, by: &Context, id: OfficerId, leave: Option<Leave>) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerLeave, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = table::get(write, id)?.ok_or(Error::NotFound)?;
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
    let officer = table::get(write, id)?.ok_or(Error::NotFound)?;
    if officer.state == State::Suspended {
        return Err(Error::Conflict("officer_suspended"));
    }
    if officer.roles.contains(&Role::Administrator) {
        another_administrator(write, id)?;
    }
    operation::delete_sessions_of(write, id)?;
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerSuspended(body::OfficerSuspended {}))?)
}

/// Gives access back.
///
/// # Errors
/// When not permitted, not there, or not suspended.
pub fn restore(write: &mut Write<'_, '_>, by: &Context, id: OfficerId) -> Result<u64> {
    let stamp = by.authorise(Action::OfficerRestore, About { own: by.officer == Some(id), ..About::default() })?;
    let officer = table::get(write, id)?.ok_or(Error::NotFound)?;
    if officer.state != State::Suspended {
        return Err(Error::Conflict("officer_active"));
    }
    Ok(write.append(stamp, Subject::Officer(id), &Event::OfficerRestored(body::OfficerRestored {}))?)
}

/// Records that what was known of somebody who left is erased; the key in `effect` is destroyed once it is on disk.
///
/// # Errors
/// When not there or erased before.
pub(crate) fn erase(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, of: &table::Officer, effect: &mut Effect) -> Result<()> {
    if of.erased.is_some() {
        return Err(Error::Conflict("erased"));
    }
    operation::delete_sessions_of(write, of.id)?;
    operation::delete_devices_of(write, of.id)?;
    effect.puncture.push(of.key);
    write.append(stamp, Subject::Officer(of.id), &Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeptUntil }))?;
    Ok(())
}
