//! Sign-ins that the server keeps: recognising one from its cookie, rotating, ending.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};
use siger_domain::access::{Action, Purpose, RoleSet};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, OperationId, SessionId};
use siger_domain::officer::State;
use siger_domain::time::Instant;
use siger_storage::keyring::Keyring;
use siger_storage::table::operation as table;
use siger_storage::{Tx, Write};

use crate::alarm::Danger;
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::token::{ABSOLUTE_SECONDS, Ended, Freshness, Presented, Session, Token, TokenHash};
use crate::office::Office;
use crate::random::Drawn;

/// Sessions remembered at most; beyond it the memory is emptied and filled again from the table.
const REMEMBERED_MAX: usize = 50_000;

/// What is remembered of sessions, so that most requests ask the table nothing. Emptied whenever officers or sessions may have changed elsewhere.
/// What changes a session is decided on its row, inside a transaction; memory follows.
#[derive(Default)]
pub(crate) struct Sessions {
    by_token: RwLock<HashMap<TokenHash, Arc<Live>>>,
}

struct Live {
    id: SessionId,
    officer: OfficerId,
    /// The newest state that this process has seen, with the version of its row.
    state: Mutex<(i64, Session)>,
}

impl Sessions {
    pub(crate) fn forget(&self) {
        self.by_token.write().clear();
    }

    fn find(&self, token: &TokenHash) -> Option<Arc<Live>> {
        self.by_token.read().get(token).cloned()
    }

    /// Remembers what was read at a generation, unless something changed since: a session that was ended meanwhile must not come back.
    fn remember(&self, office: &Office, generation: u64, tokens: &[[u8; 32]], live: &Arc<Live>) {
        let mut known = self.by_token.write();
        // Whoever sees a newer generation empties the memory afterwards, under the same lock.
        if office.store().officers_generation() != generation {
            return;
        }
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

/// Whom a cookie names.
pub enum Recognised {
    /// An officer who is signed in.
    SignedIn(Box<SignedIn>),
    /// Somebody whose sign-in is over, and why.
    Ended(Ended),
    /// Nobody (any more).
    Nobody,
}

impl Recognised {
    /// The officer, where one is signed in.
    pub fn signed_in(self) -> Option<SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(*signed_in),
            Self::Ended(_) | Self::Nobody => None,
        }
    }
}

/// Who is behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody, or a program.
    Somebody,
    /// A page that stands open and renews itself. It does not put off the end of a sign-in that nobody uses.
    OpenPage,
}

impl Asker {
    fn present(self, state: &mut Session, token: &TokenHash, now: Instant) -> Presented {
        match self {
            Self::Somebody => state.present(token, now),
            Self::OpenPage => state.present_unattended(token, now),
        }
    }
}

/// Recognises a sign-in from its cookie.
///
/// # Errors
/// When the store refuses.
pub async fn recognise(office: &Office, token: &Token, operation: OperationId, purpose: Option<Purpose>, asker: Asker) -> Result<Recognised> {
    let now = office.now();
    let directory = office.directory().await?;
    let hash = token.hash();
    let judge = |live: Arc<Live>| {
        let mut state = live.state.lock().1.clone();
        let presented = asker.present(&mut state, &hash, now);
        (live, state, presented)
    };
    let mut found = office.sessions().find(&hash).map(judge);
    // What is remembered may have been overtaken, here or in another process; the table knows.
    if !found.as_ref().is_some_and(|(_, _, presented)| *presented != Presented::NotOurs) {
        found = load(office, &hash).await?.map(judge);
    }
    let Some((live, mut state, presented)) = found else { return Ok(Recognised::Nobody) };
    let Some(colleague) = directory.get(live.officer).filter(|colleague| colleague.state != State::Invited) else { return Ok(Recognised::Nobody) };
    let mut new_token = None;
    match presented {
        Presented::Good { changed: false, rotate: false } => {}
        Presented::NotOurs => return Ok(Recognised::Nobody),
        Presented::Ended { why, noticed: false } => return Ok(Recognised::Ended(why)),
        Presented::Good { .. } | Presented::Ended { .. } => match settle(office, &live, hash, now, asker).await? {
            Some((Presented::Good { .. }, kept, token)) => (state, new_token) = (kept, token),
            Some((Presented::Ended { why, .. }, ..)) => return Ok(Recognised::Ended(why)),
            Some((Presented::NotOurs, ..)) | None => return Ok(Recognised::Nobody),
        },
    }
    let context = Context {
        operation,
        now,
        officer: Some(live.officer),
        session: Some(live.id),
        roles: colleague.roles,
        on_leave: colleague.leave.is_some_and(|leave| leave.covers(now.date_in(office.zone()))),
        suspended: colleague.state == State::Suspended,
        fresh: matches!(state.freshness(now), Freshness::Fresh { .. }),
        purpose,
        access: office.access().clone(),
    };
    let form_token = state.form_secret.form_token();
    Ok(Recognised::SignedIn(Box::new(SignedIn { context, officer: live.officer, name: colleague.name.clone(), form_token, new_token })))
}

/// Whether a sign-in that was recognised before still stands.
///
/// # Errors
/// When the store refuses.
pub async fn stands(office: &Office, id: SessionId) -> Result<bool> {
    let keyring = office.store().keyring().clone();
    let Some(row) = office.read(move |tx| Ok(table::session_by_id(tx, &keyring, id)?)).await? else { return Ok(false) };
    Ok(read(&row)?.ended(office.now()).is_none())
}

fn read(row: &table::Session) -> Result<Session> {
    serde_json::from_slice(&row.state).map_err(Error::internal)
}

async fn load(office: &Office, hash: &TokenHash) -> Result<Option<Arc<Live>>> {
    let generation = office.store().officers_generation();
    let (keyring, token) = (office.store().keyring().clone(), *hash.as_bytes());
    let Some(row) = office.read(move |tx| Ok(table::session_by_token(tx, &keyring, &token)?)).await? else { return Ok(None) };
    let state = read(&row)?;
    let tokens = tokens(&state);
    let live = Arc::new(Live { id: row.id, officer: row.officer, state: Mutex::new((row.version, state)) });
    office.sessions().remember(office, generation, &tokens, &live);
    Ok(Some(live))
}

/// Judges a cookie that changes its session on the session's row, and keeps the change: one transaction after the other, so that neither two requests
/// nor two processes undo each other's. `None`: the session was ended by somebody.
async fn settle(office: &Office, live: &Arc<Live>, hash: TokenHash, now: Instant, asker: Asker) -> Result<Option<(Presented, Session, Option<Token>)>> {
    let generation = office.store().officers_generation();
    let (keyring, id, officer, random) = (office.store().keyring().clone(), live.id, live.officer, office.random());
    let settled = office
        .write(move |write| {
            let Some(row) = table::session_by_id(write, &keyring, id)? else { return Ok(None) };
            let (mut state, mut version, mut token) = (read(&row)?, row.version, None);
            let presented = asker.present(&mut state, &hash, now);
            let keep = match presented {
                Presented::Good { changed, rotate } => {
                    token = rotate.then(|| state.offer(now, &mut Drawn(random)));
                    changed || rotate
                }
                Presented::Ended { why, noticed } => {
                    if noticed && why == Ended::Copied {
                        Danger::SessionCopied(id).record(write, officer, now)?;
                    }
                    noticed
                }
                Presented::NotOurs => false,
            };
            if keep {
                version = self::keep(write, &keyring, row, &state)?;
            }
            Ok(Some((version, state, presented, token)))
        })
        .await?;
    let Some((version, state, presented, token)) = settled else { return Ok(None) };
    if presented == (Presented::Ended { why: Ended::Copied, noticed: true }) {
        Danger::SessionCopied(id).sound(officer);
    }
    {
        let mut kept = live.state.lock();
        if version > kept.0 {
            *kept = (version, state.clone());
        }
    }
    office.sessions().remember(office, generation, &tokens(&state), live);
    Ok(Some((presented, state, token)))
}

/// Keeps the new state of a session that was read in this transaction; says the version of its row.
fn keep(write: &mut Write<'_, '_>, keyring: &Keyring, row: table::Session, state: &Session) -> Result<i64> {
    let row = table::Session { state: serde_json::to_vec(state).map_err(Error::internal)?, seen_at: state.seen_at, ..row };
    if table::change_session(write, keyring, &row, &tokens(state))? {
        Ok(row.version + 1)
    } else {
        Err(Error::internal("a sign-in changed within the transaction that changes it"))
    }
}

fn tokens(state: &Session) -> Vec<[u8; 32]> {
    let beside = [state.next, state.previous].into_iter().flatten().map(|beside| *beside.hash.as_bytes());
    let mut tokens: Vec<_> = std::iter::once(*state.current.as_bytes()).chain(beside).collect();
    tokens.sort_unstable();
    tokens.dedup();
    tokens
}

/// Begins a session in the transaction of a complete sign-in.
pub(crate) fn begin(write: &mut Write<'_, '_>, stamp: siger_storage::Stamp, officer: OfficerId, id: SessionId, method: &str, state: &Session) -> Result<()> {
    let keyring = write.keyring().clone();
    write.append(stamp, Subject::Officer(officer), &Event::SignedIn(body::SignedIn { session: id, method: method.to_owned() }))?;
    let row = table::Session {
        id,
        officer,
        state: serde_json::to_vec(state).map_err(Error::internal)?,
        begun_at: state.started_at,
        seen_at: state.seen_at,
        expires: state.started_at.plus_seconds(ABSOLUTE_SECONDS),
        method: method.to_owned(),
        version: 0,
    };
    table::begin_session(write, &keyring, &row, &tokens(state))?;
    Ok(())
}

/// Writes down a proof of presence, in the transaction that uses up what proves it, and gives the new cookie value.
///
/// # Errors
/// What `proof` returns; when the session has ended, or the store refuses.
pub(crate) async fn prove(office: &Office, by: &Context, proof: impl FnOnce(&mut Write<'_, '_>) -> Result<()> + Send + 'static) -> Result<Token> {
    let generation = office.store().officers_generation();
    let (id, now, random) = (by.session.ok_or(Error::NotFound)?, by.now, office.random());
    let keyring = office.store().keyring().clone();
    let (officer, version, state, token) = office
        .write(move |write| {
            proof(write)?;
            let row = table::session_by_id(write, &keyring, id)?.ok_or(Error::NotFound)?;
            let (mut state, officer) = (read(&row)?, row.officer);
            if state.ended(now).is_some() {
                return Err(Error::NotFound);
            }
            let token = state.prove(now, &mut Drawn(random));
            let version = keep(write, &keyring, row, &state)?;
            Ok((officer, version, state, token))
        })
        .await?;
    let tokens = tokens(&state);
    let live = Arc::new(Live { id, officer, state: Mutex::new((version, state)) });
    office.sessions().remember(office, generation, &tokens, &live);
    Ok(token)
}

/// A sign-in in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Identifier.
    pub id: SessionId,
    /// When it began.
    pub begun_at: Instant,
    /// Newest request, to the minute.
    pub seen_at: Instant,
    /// How they signed in.
    pub method: String,
    /// The one that asks.
    pub is_this: bool,
}

/// An officer's sign-ins that stand, newest first.
///
/// # Errors
/// When not permitted.
pub fn list(tx: &mut Tx<'_>, keyring: &Keyring, by: &Context, of: OfficerId) -> Result<Vec<Listed>> {
    by.authorise(Action::SessionList, About { own: by.officer == Some(of), ..About::default() })?;
    let mut found = Vec::new();
    for row in table::sessions_of(tx, keyring, of)? {
        if read(&row)?.ended(by.now).is_none() {
            let is_this = by.session == Some(row.id);
            found.push(Listed { id: row.id, begun_at: row.begun_at, seen_at: row.seen_at, method: row.method, is_this });
        }
    }
    Ok(found)
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
