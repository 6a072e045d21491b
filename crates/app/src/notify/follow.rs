//! The follower of the journal that turns entries into messages: the cursor moves in the transaction that adds the jobs, so
//! that an entry becomes its messages exactly once, whichever process does it.

use siger_domain::access::RoleSet;
use siger_domain::event::{Event, Subject};
use siger_domain::officer::State;
use siger_domain::request::Matter;
use siger_storage::journal::read;
use siger_storage::table::{officer, operation};
use siger_storage::{Entry, Tx};

use super::{About, Notice};
use crate::context::{self, Context};
use crate::error::Result;
use crate::office::Office;

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
                    notices.extend(notices_of(tx, &reader, entry)?);
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
    let to = |about| match entry.subject {
        Subject::Officer(to) => vec![Notice { to, about }],
        _ => Vec::new(),
    };
    match entry.kind.as_str() {
        "officer.roles_changed" => Ok(to(About::RolesChanged)),
        "officer.suspended" => Ok(to(About::Suspended)),
        "request.opened" => match entry.open(office.store().keyring())? {
            Some(Event::RequestOpened(body)) => second_persons(tx, office, entry, &body.matter),
            _ => Ok(Vec::new()),
        },
        _ => Ok(Vec::new()),
    }
}

/// Who could answer a request: by the policies, here today, neither who asked nor whom it is about.
fn second_persons(tx: &mut Tx<'_>, office: &Office, entry: &Entry, matter: &Matter) -> Result<Vec<Notice>> {
    let now = office.now();
    let today = now.date_in(office.zone());
    let about = match matter {
        Matter::Roles { officer, .. } => Some(*officer),
        Matter::Erase { .. } => None,
    };
    let mut found = Vec::new();
    for row in officer::all(tx)? {
        if row.state != State::Active || entry.stamp.actor == Some(row.id) || about == Some(row.id) {
            continue;
        }
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
        if would.may(matter.answer_action(), context::About { second_person: true, ..context::About::default() }) {
            found.push(Notice { to: row.id, about: About::RequestWaits });
        }
    }
    Ok(found)
}
