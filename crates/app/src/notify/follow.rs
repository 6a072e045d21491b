//! The follower of the journal that turns entries into messages: the cursor moves in the transaction that adds the jobs, so
//! that an entry becomes its messages exactly once, whichever process does it.

use siger_domain::access::Role;
use siger_domain::event::{Event, Subject};
use siger_domain::id::OfficerId;
use siger_domain::officer::State;
use siger_domain::request::{Lost, Matter};
use siger_storage::journal::read;
use siger_storage::table::{officer, operation};
use siger_storage::{Entry, Tx};

use super::{About, Notice};
use crate::error::Result;
use crate::office::Office;
use crate::officer::only_invited;
use crate::request;

/// Name of its cursor.
const CURSOR: &str = "notify";
/// Older entries make no message: an office that was imported or stood still does not send last year's mail.
const AGE_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Turns the entries since the last time into jobs; how many.
///
/// # Errors
/// When the store refuses.
pub async fn follow(office: &Office) -> Result<u32> {
    let mut made = 0;
    loop {
        let reader = office.clone();
        let (from, next, notices) = office
            .read(move |tx| {
                let from = operation::cursor(tx, CURSOR)?;
                let entries = read::from(tx, from, read::PAGE_MAX)?;
                let mut notices = Vec::new();
                for entry in &entries {
                    match notices_of(tx, &reader, entry) {
                        Ok(found) => notices.extend(found),
                        Err(error) if error.is_damage() => {
                            tracing::error!(entry = entry.number, error = &error as &dyn std::error::Error, "an entry cannot be read, so nobody is told of it");
                        }
                        Err(error) => return Err(error),
                    }
                }
                Ok((from, entries.last().map(|last| last.number + 1), notices))
            })
            .await?;
        let Some(next) = next else { return Ok(made) };
        let writer = office.clone();
        made += office
            .write(move |write| {
                // Another process may have done this part meanwhile.
                if operation::cursor(write, CURSOR)? != from {
                    return Ok(0);
                }
                for notice in &notices {
                    super::add(write, &writer, *notice)?;
                }
                operation::move_cursor(write, CURSOR, next)?;
                Ok(notices.len() as u32)
            })
            .await?;
    }
}

fn notices_of(tx: &mut Tx<'_>, office: &Office, entry: &Entry) -> Result<Vec<Notice>> {
    if office.now().seconds_since(entry.stamp.at) > AGE_SECONDS_MAX {
        return Ok(Vec::new());
    }
    let of = match entry.subject {
        Subject::Officer(of) => Some(of),
        _ => None,
    };
    let to = |about| of.map(|to| Notice { to, about }).into_iter().collect();
    match entry.kind.as_str() {
        "officer.invited" if entry.stamp.actor.is_none() => heads(tx, entry, of, About::Admitted),
        "officer.recovery_issued" => code_in_force(tx, entry, of),
        "officer.roles_changed" => Ok(to(About::RolesChanged)),
        "officer.suspended" => Ok(to(About::Suspended)),
        "officer.session_copied" => Ok(to(About::SessionCopied)),
        "officer.passkey_copied" => Ok(to(About::PasskeyCopied)),
        "officer.sign_in_limited" => Ok(to(About::SignInLimited)),
        "request.opened" => match entry.open(office.store().keyring())? {
            Some(Event::RequestOpened(body)) => {
                let mut found: Vec<Notice> = request::second_persons(tx, office, entry.stamp.actor, &body.matter)?
                    .into_iter()
                    .map(|to| Notice { to, about: About::RequestWaits })
                    .collect();
                // Whose way in is asked for is the first who knows whether they lost one.
                if let Matter::Recover { officer, lost: Lost::Passkey | Lost::Phone, .. } = body.matter {
                    found.push(Notice { to: officer, about: About::RecoveryAsked });
                }
                Ok(found)
            }
            _ => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}

/// The officer whom a code lets in hears of it, and every head of office. The code of an invitation is news to nobody: what it
/// gives is a request, or was told with the invitation.
fn code_in_force(tx: &mut Tx<'_>, entry: &Entry, of: Option<OfficerId>) -> Result<Vec<Notice>> {
    let Some(of) = of else { return Ok(Vec::new()) };
    let invited = match entry.number.checked_sub(1) {
        Some(before) => read::entry(tx, before)?.is_some_and(|before| before.kind == "officer.invited" && before.subject == entry.subject),
        None => false,
    };
    let Some(row) = officer::get(tx, of)?.filter(|row| !invited && !only_invited(row)) else { return Ok(Vec::new()) };
    let mut found = heads(tx, entry, Some(of), About::CodeOfOther)?;
    if row.state != State::Invited {
        found.push(Notice { to: of, about: About::Code });
    }
    Ok(found)
}

/// Every head of office who was here already, besides whom it is about and who did it.
fn heads(tx: &mut Tx<'_>, entry: &Entry, besides: Option<OfficerId>, about: About) -> Result<Vec<Notice>> {
    let heads = officer::all(tx)?.into_iter().filter(|row| row.state == State::Active && row.roles.contains(&Role::Head) && row.profile < entry.number);
    Ok(heads.filter(|row| Some(row.id) != besides && Some(row.id) != entry.stamp.actor).map(|row| Notice { to: row.id, about }).collect())
}
