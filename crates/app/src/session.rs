//! Sign-ins that the server keeps: recognising one from its cookie, rotating, ending.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use siger_domain::access::{Action, Purpose, RoleSet};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, OperationId, SessionId};
use siger_domain::officer::State;
use siger_storage::keyring::Keyring;
use siger_storage::table::operation as table;
use siger_storage::{Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::token::{ABSOLUTE_SECONDS, Freshness, Presented, Session, Token, TokenHash};
use crate::office::Office;

/// Sessions remembered at most; beyond it the memory is emptied and filled again from the table.
const REMEMBERED_MAX: usize = 50_000;

/// What is remembered of sessions. Emptied whenever officers or sessions may have changed elsewhere.
#[derive(Default)]
pub(crate) struct Sessions {
    by_token: RwLock<HashMap<TokenHash, Arc<Live>>>,
}

struct Live {
    id: SessionId,
    officer: OfficerId,
    method: String,
    state: Mutex<Session>,
}

impl Sessions {
    pub(crate) fn forget(&self) {
        self.by_token.write().clear();
    }

    fn remember(&self, tokens: &[[u8; 32]], live: &Arc<Live>) {
        let mut known = self.by_token.write();
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        for token in tokens {
            known.insert(TokenHash::from_bytes(*token), live.clone());
        }
    }
}

/// An officer who is signed in.
#[derive(Clone)]
pub struct SignedIn {
    /// Who acts and how far; goes through every use case.
    pub context: Context,
    /// Their identifier.
    pub officer: OfficerId,
    /// Their name as shown.
    pub name: String,
    /// Value of the hidden field that every form carries.
    pub form_token: String,
    /// A new value for the cookie, to be sent with this answer.
    pub new_token: Option<Token>,
}

/// Who is behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody, or a program.
    Somebody,
    /// A page that stands open and renews itself. It does not put off the end of a sign-in that nobody uses.
    OpenPage,
}

/// Recognises a sign-in from its cookie. `None`: nobody is signed in with it (any more).
///
/// # Errors
/// When the store refuses.
pub async fn recognise(office: &Office, token: &Token, operation: OperationId, purpose: Option<Purpose>, asker: Asker) -> Result<Option<SignedIn>> {
    let now = office.now();
    let directory = office.directory().await?;
    let hash = token.hash();
    let remembered = office.sessions().by_token.read().get(&hash).cloned();
    let live = match remembered {
        Some(live) => live,
        None => match load(office, &hash).await? {
            Some(live) => live,
            None => return Ok(None),
        },
    };
    let Some(colleague) = directory.get(live.officer).filter(|colleague| colleague.state != State::Invited) else { return Ok(None) };
    let (presented, fresh, form_token, new_token, changed) = {
        let mut state = live.state.lock();
        let presented = match asker {
            Asker::Somebody => state.present(&hash, now),
            Asker::OpenPage => state.present_unattended(&hash, now),
        };
        let rotate = matches!(presented, Presented::Good { rotate: true, .. });
        let new_token = rotate.then(|| office.with_random(|random| state.offer(now, random)));
        let changed = rotate || matches!(presented, Presented::Good { changed: true, .. });
        (presented, matches!(state.freshness(now), Freshness::Fresh { .. }), state.form_secret.form_token(), new_token, changed.then(|| state.clone()))
    };
    match presented {
        Presented::Good { .. } => {}
        Presented::NotOurs => return Ok(None),
        Presented::Ended(_) => {
            let id = live.id;
            office.write(move |write| Ok(table::delete_session(write, id)?)).await?;
            office.sessions().forget();
            return Ok(None);
        }
    }
    if let Some(state) = changed {
        save(office, &live, state).await?;
    }
    let context = Context {
        operation,
        now,
        officer: Some(live.officer),
        session: Some(live.id),
        roles: colleague.roles,
        on_leave: colleague.leave.is_some_and(|leave| leave.covers(now.date_in(office.zone()))),
        suspended: colleague.state == State::Suspended,
        fresh,
        purpose,
        access: office.access().clone(),
    };
    Ok(Some(SignedIn { context, officer: live.officer, name: colleague.name.clone(), form_token, new_token }))
}

/// Whether a sign-in that was recognised before still stands.
///
/// # Errors
/// When the store refuses.
pub async fn stands(office: &Office, id: SessionId) -> Result<bool> {
    let keyring = office.store().keyring().clone();
    let Some(row) = office.read(move |tx| Ok(table::session_by_id(tx, &keyring, id)?)).await? else { return Ok(false) };
    let state: Session = serde_json::from_slice(&row.state).map_err(Error::internal)?;
    Ok(state.ended(office.now()).is_none())
}

async fn load(office: &Office, hash: &TokenHash) -> Result<Option<Arc<Live>>> {
    let (keyring, token) = (office.store().keyring().clone(), *hash.as_bytes());
    let Some(row) = office.read(move |tx| Ok(table::session_by_token(tx, &keyring, &token)?)).await? else { return Ok(None) };
    let state: Session = serde_json::from_slice(&row.state).map_err(Error::internal)?;
    let tokens = tokens(&state);
    let live = Arc::new(Live { id: row.id, officer: row.officer, method: row.method, state: Mutex::new(state) });
    office.sessions().remember(&tokens, &live);
    Ok(Some(live))
}

async fn save(office: &Office, live: &Arc<Live>, state: Session) -> Result<()> {
    let tokens = tokens(&state);
    let row = row(live.id, live.officer, &live.method, &state)?;
    let keyring = office.store().keyring().clone();
    let stored = tokens.clone();
    office
        .write(move |write| {
            // A session that was ended meanwhile must not come back.
            if table::session_by_id(write, &keyring, row.id)?.is_some() {
                table::save_session(write, &keyring, &row, &stored)?;
            }
            Ok(())
        })
        .await?;
    office.sessions().remember(&tokens, live);
    Ok(())
}

fn tokens(state: &Session) -> Vec<[u8; 32]> {
    let beside = [state.next, state.previous].into_iter().flatten().map(|beside| *beside.hash.as_bytes());
    let mut tokens: Vec<_> = std::iter::once(*state.current.as_bytes()).chain(beside).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

fn row(id: SessionId, officer: OfficerId, method: &str, state: &Session) -> Result<table::Session> {
    Ok(table::Session {
        id,
        officer,
        state: serde_json::to_vec(state).map_err(Error::internal)?,
        begun_at: state.started_at,
        seen_at: state.seen_at,
        expires: state.started_at.plus_seconds(ABSOLUTE_SECONDS),
        method: method.to_owned(),
    })
}

/// Begins a session in the transaction of a complete sign-in.
pub(crate) fn begin(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, officer: OfficerId, id: SessionId, method: &str, state: &Session) -> Result<()> {
    let keyring = write.keyring().clone();
    write.append(stamp, Subject::Officer(officer), &Event::SignedIn(body::SignedIn { session: id, method: method.to_owned() }))?;
    table::save_session(write, &keyring, &row(id, officer, method, state)?, &tokens(state))?;
    Ok(())
}

/// Writes down a proof of presence and gives the new cookie value.
///
/// # Errors
/// When the session has ended, or the store refuses.
pub(crate) async fn proved(office: &Office, by: &Context) -> Result<Token> {
    let id = by.session.ok_or(Error::NotFound)?;
    let keyring = office.store().keyring().clone();
    let row = office.read(move |tx| Ok(table::session_by_id(tx, &keyring, id)?)).await?.ok_or(Error::NotFound)?;
    let state: Session = serde_json::from_slice(&row.state).map_err(Error::internal)?;
    let live = Arc::new(Live { id, officer: row.officer, method: row.method, state: Mutex::new(state) });
    let (token, state) = {
        let mut state = live.state.lock();
        let token = office.with_random(|random| state.prove(by.now, random));
        (token, state.clone())
    };
    save(office, &live, state).await?;
    Ok(token)
}

/// A sign-in in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Identifier.
    pub id: SessionId,
    /// When it began, UTC microseconds.
    pub begun_at: siger_domain::time::Instant,
    /// Newest request, to the minute.
    pub seen_at: siger_domain::time::Instant,
    /// How they signed in.
    pub method: String,
    /// The one that asks.
    pub is_this: bool,
}

/// An officer's sign-ins, newest first.
///
/// # Errors
/// When not permitted.
pub fn list(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context, of: OfficerId) -> Result<Vec<Listed>> {
    by.authorise(Action::SessionList, About { own: by.officer == Some(of), ..About::default() })?;
    let rows = table::sessions_of(tx, keyring, of)?;
    Ok(rows
        .into_iter()
        .filter(|row| row.expires > by.now)
        .map(|row| Listed { id: row.id, begun_at: row.begun_at, seen_at: row.seen_at, method: row.method, is_this: by.session == Some(row.id) })
        .collect())
}

/// Ends a sign-in: one's own, or another's where permitted.
///
/// # Errors
/// When not permitted or not there.
pub fn end(write: &mut Write<'_, '_>, by: &Context, id: SessionId) -> Result<u64> {
    let keyring = write.keyring().clone();
    let row = table::session_by_id(write, &keyring, id)?.ok_or(Error::NotFound)?;
    let own = by.officer == Some(row.officer);
    let stamp = match by.authorise(Action::SessionRevoke, About { own, ..About::default() }) {
        // Leaving is always possible, whatever the policies say of the officer now.
        Err(_) if own => siger_storage::Stamp { at: by.now, actor: by.officer, role: first_role(by.roles), purpose: Purpose::Administration },
        answer => answer?,
    };
    table::delete_session(write, id)?;
    Ok(write.append(stamp, Subject::Officer(row.officer), &Event::SessionEnded(body::SessionEnded { session: id }))?)
}

/// The role under which something is written down that needs no right: the first the officer holds, if any.
pub(crate) fn first_role(roles: RoleSet) -> siger_domain::access::Role {
    roles.iter().next().unwrap_or(siger_domain::access::Role::Newcomer)
}
