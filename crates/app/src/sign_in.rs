//! Signing in: password and code, or passkey; proving again that it is they; the first time by a one-time code.

mod join;

use serde::{Deserialize, Serialize};
use siger_domain::access::Purpose;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, OfficerId, SessionId};
use siger_domain::officer::{Credential, Login, State};
use siger_domain::personal::Personal;
use siger_domain::time::Instant;
use siger_storage::keyring::Keyring;
use siger_storage::table::{officer as officers, operation};
use siger_storage::{Stamp, Tx, Write};

use crate::alarm::{self, Danger};
use crate::ceremony::{self, CeremonyId, seal, unseal};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::guess::{ALARM_TRIES, Account, Guess, Network, Wait};
use crate::identity::passkey::{Answer, Authentication, PasskeyError, PasskeyRecord, Registration};
use crate::identity::password::{self, Hashed, Typed, Verdict};
use crate::identity::recovery::CodeHash;
use crate::identity::token::{DEVICE_SECONDS, Session, Token, TokenHash};
use crate::identity::totp::{self, Secret};
use crate::notify::{self, Notice};
use crate::office::Office;
use crate::random::Drawn;
use crate::session;

pub use join::{Setup, Welcome, join_code, join_password, join_setup, join_with_passkey, start_join_passkey, typed_code, welcome};

/// From where somebody comes.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Prefix of their address.
    pub network: Network,
    /// Hash of the device cookie, where the browser showed one.
    pub device: Option<TokenHash>,
}

/// A complete sign-in: what goes into the cookies.
#[derive(Clone)]
pub struct Begun {
    /// Whose.
    pub officer: OfficerId,
    /// Value of the session cookie.
    pub token: Token,
    /// Value of the device cookie.
    pub device: Token,
}

/// What must be remembered between the two requests of a first sign-in.
#[derive(Serialize, Deserialize)]
enum Joining {
    /// The password that was chosen (its hash) and the secret that is shown.
    Password { code: CodeHash, phc: String, secret: String },
    /// A passkey is being made.
    Passkey { code: CodeHash, state: Box<Registration> },
}

/// What must be remembered while one sign-in proves again that it is they. It proves nothing of another.
#[derive(Serialize, Deserialize)]
struct Proving {
    session: SessionId,
    state: Box<Authentication>,
}

// Kinds of ceremonies.
const SIGN_IN: &str = "sign in";
const PROVE: &str = "prove";
const JOIN: &str = "join";

/// Signs in with name, password and code. The same answer, after the same work, for a name that nobody has, a wrong
/// password, a wrong code and an officer without access.
///
/// # Errors
/// When wrong, or too many guesses were made.
pub async fn with_password(office: &Office, from: Arrival, login: &str, typed: Typed, code: &str) -> Result<Begun> {
    let now = office.now();
    let known = match Login::new(login) {
        Ok(login) => {
            let keyring = office.store().keyring().clone();
            office.read(move |tx| Ok(officers::by_login(tx, &keyring, &login)?)).await?
        }
        Err(_) => None,
    };
    let account = known.as_ref().map_or_else(|| Account::nobody(login), |officer| Account::Officer(officer.id));
    let known_device = admit(office, from, account, now).await?;
    let mut kept = None;
    if let Some(officer) = known.as_ref().filter(|officer| officer.state == State::Active) {
        kept = credentials(office, officer.id).await?.into_iter().find_map(|row| match row.credential {
            Credential::Password { phc } => Some((row.id, Hashed::from_phc(phc.reveal()))),
            _ => None,
        });
    }
    let wrong = || {
        alarm::refused("wrong");
        Error::invalid("password", "wrong")
    };
    let (password_id, kept) = kept.unzip();
    let (verdict, typed) = verify(office, typed, kept).await?;
    let Verdict::Right { upgrade } = verdict else { return Err(wrong()) };
    let officer = known.ok_or_else(wrong)?.id;
    let (id, step) = check_code(office, officer, code, now).await.map_err(|error| if matches!(error, Error::Invalid(_)) { wrong() } else { error })?;
    // Hashed when hashing was cheaper: now that the password is known, it is hashed as it is today.
    let stronger = match password_id.filter(|_| upgrade) {
        Some(old) => Some((old, CredentialId::new(now, office.random()), hash(office, typed).await?)),
        None => None,
    };
    let teller = office.clone();
    begin(office, officer, now, "password+totp", known_device, move |write| {
        use_code(write, id, step, now)?;
        if let Some((old, new, phc)) = stronger {
            rehashed(write, officer, old, new, phc, now)?;
        }
        if known_device.is_some() { Ok(()) } else { tell_of_new_device(write, &teller, officer) }
    })
    .await
}

/// Keeps the same password under today's cost, unless it was replaced meanwhile.
fn rehashed(write: &mut Write<'_, '_>, officer: OfficerId, old: CredentialId, new: CredentialId, phc: String, now: Instant) -> Result<()> {
    if officers::credential_owner(write, old)? != Some(officer) {
        return Ok(());
    }
    let stamp = own_stamp(write, officer, now)?;
    write.append(stamp, Subject::Officer(officer), &Event::CredentialRemoved(body::CredentialRemoved { id: old }))?;
    add(write, officer, new, now, "password", Credential::Password { phc: Personal::new(phc) })
}

async fn check_code(office: &Office, officer: OfficerId, code: &str, now: Instant) -> Result<(CredentialId, u64)> {
    let row = credentials(office, officer).await?.into_iter().find(|row| matches!(row.credential, Credential::Totp { .. }));
    let row = row.ok_or_else(|| Error::invalid("code", "wrong"))?;
    let Credential::Totp { secret } = &row.credential else { return Err(Error::invalid("code", "wrong")) };
    let secret = Secret::from_base32(secret.reveal()).ok_or_else(|| Error::internal("a kept code secret cannot be read"))?;
    let (keyring, id) = (office.store().keyring().clone(), row.id);
    let last = office.read(move |tx| Ok(operation::credential_use(tx, &keyring, id)?)).await?;
    let last = last.and_then(|last| u64::try_from(last.mark).ok());
    let step = totp::verify(&secret, code, now, last).map_err(code_error)?;
    Ok((row.id, step))
}

fn code_error(error: totp::CodeError) -> Error {
    match error {
        totp::CodeError::Malformed => Error::invalid("code", "malformed"),
        totp::CodeError::Wrong => Error::invalid("code", "wrong"),
        totp::CodeError::Reused => Error::invalid("code", "reused"),
    }
}

fn use_code(write: &mut Write<'_, '_>, id: CredentialId, step: u64, now: Instant) -> Result<()> {
    // The second of two requests with the same code finds the mark moved.
    if operation::use_mark(write, id, step as i64, totp::step_max(now) as i64, now)? { Ok(()) } else { Err(Error::invalid("code", "reused")) }
}

/// Begins a sign-in with a passkey: options for the browser, and the sealed state.
///
/// # Errors
/// When passkeys cannot be used at this office's address.
pub fn start_passkey(office: &Office) -> Result<(String, String)> {
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let (options, state) = passkeys.start_sign_in(office.now()).map_err(Error::internal)?;
    Ok((options, seal(office, SIGN_IN, &state)?))
}

/// Ends a sign-in with a passkey.
///
/// # Errors
/// When the answer is not from a passkey of an officer with access, or was given before.
pub async fn with_passkey(office: &Office, from: Arrival, ceremony: &str, answer: &str) -> Result<Begun> {
    let now = office.now();
    let (state, ceremony) = unseal::<Authentication>(office, SIGN_IN, ceremony)?;
    let answer = Answer::read(answer).map_err(|_| refused())?;
    let officer = answer.claim().officer.ok_or_else(refused)?;
    let used = finish_passkey(office, officer, state, ceremony, &answer, now).await?;
    let (known_device, teller, id) = (known_device(office, from, officer, now).await?, office.clone(), used.id);
    let begun = begin(office, officer, now, "passkey", known_device, move |write| {
        used.keep(write, officer, now)?;
        if known_device.is_some() { Ok(()) } else { tell_of_new_device(write, &teller, officer) }
    });
    tell_of_copy(office, officer, id, ceremony, now, begun.await).await
}

fn tell_of_new_device(write: &mut Write<'_, '_>, office: &Office, officer: OfficerId) -> Result<()> {
    notify::add(write, office, Notice { to: officer, about: notify::About::NewDevice })
}

fn refused() -> Error {
    alarm::refused("passkey");
    Error::invalid("passkey", "refused")
}

fn copied() -> Error {
    Error::invalid("passkey", "copied")
}

/// A passkey whose answer is right, as it must be kept.
struct Used {
    id: CredentialId,
    record: PasskeyRecord,
    ceremony: CeremonyId,
}

impl Used {
    /// Uses the answer up: in the transaction of what it allows.
    fn keep(self, write: &mut Write<'_, '_>, officer: OfficerId, now: Instant) -> Result<()> {
        self.ceremony.end(write, now)?;
        let keyring = write.keyring().clone();
        // It may have been removed, or used once more, since it was looked at.
        let kept = records(write, &keyring, officer)?.into_iter().find(|(id, _)| *id == self.id).ok_or_else(refused)?.1;
        self.record.grew_from(&kept).map_err(|_| copied())?;
        let json = serde_json::to_vec(&self.record).map_err(Error::internal)?;
        Ok(operation::use_record(write, &keyring, self.id, &json, now)?)
    }
}

async fn finish_passkey(office: &Office, officer: OfficerId, state: Authentication, ceremony: CeremonyId, answer: &Answer, now: Instant) -> Result<Used> {
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let claim = answer.claim();
    let records = passkey_records(office, officer).await?;
    let (id, record) = records.into_iter().find(|(_, record)| record.credential_id() == claim.credential_id).ok_or_else(refused)?;
    let record = match passkeys.finish(answer, state, &record, now) {
        Ok(record) => Ok(record),
        Err(PasskeyError::Copied) => Err(copied()),
        Err(_) => Err(refused()),
    };
    let record = tell_of_copy(office, officer, id, ceremony, now, record).await?;
    Ok(Used { id, record, ceremony })
}

/// Where a passkey turned out to be a copy: says so in the journal, once, unless it was only the same answer that came again.
async fn tell_of_copy<T>(office: &Office, officer: OfficerId, id: CredentialId, ceremony: CeremonyId, now: Instant, outcome: Result<T>) -> Result<T> {
    if !matches!(&outcome, Err(Error::Invalid(faults)) if faults.iter().any(|fault| fault.reason == "copied")) {
        return outcome;
    }
    let danger = Danger::PasskeyCopied(id);
    let told = office
        .write(move |write| {
            ceremony.end(write, now)?;
            danger.record(write, officer, now)
        })
        .await?;
    alarm::refused("passkey_copied");
    if told {
        danger.sound(officer);
    }
    outcome
}

/// An officer's passkeys, as their last use left them.
pub(crate) async fn passkey_records(office: &Office, officer: OfficerId) -> Result<Vec<(CredentialId, PasskeyRecord)>> {
    let keyring = office.store().keyring().clone();
    office.read(move |tx| records(tx, &keyring, officer)).await
}

/// [`passkey_records`] inside a transaction.
pub(crate) fn records(tx: &mut Tx<'_>, keyring: &Keyring, officer: OfficerId) -> Result<Vec<(CredentialId, PasskeyRecord)>> {
    let mut found = Vec::new();
    for row in officers::credentials(tx, keyring, officer)? {
        let Credential::Passkey { record } = &row.credential else { continue };
        let used = operation::credential_use(tx, keyring, row.id)?.and_then(|used| used.record);
        let json = used.unwrap_or_else(|| record.reveal().as_bytes().to_vec());
        found.push((row.id, serde_json::from_slice(&json).map_err(Error::internal)?));
    }
    Ok(found)
}

/// Proves again that it is they, with a fresh code. Gives the new cookie value.
///
/// # Errors
/// As [`with_password`].
pub async fn prove_with_code(office: &Office, from: Arrival, by: &Context, code: &str) -> Result<Token> {
    let (officer, now) = (by.officer.ok_or(Error::NotFound)?, by.now);
    let known_device = admit(office, from, Account::Officer(officer), now).await?;
    let (id, step) = check_code(office, officer, code, now).await.inspect_err(|_| alarm::refused("code"))?;
    let token = session::prove(office, by, move |write| {
        use_code(write, id, step, now)?;
        Ok(operation::forget_tries(write, officer.as_bytes())?)
    });
    let token = token.await?;
    if let Some(device) = known_device {
        office.guard().lock().signed_in(officer, device);
    }
    Ok(token)
}

/// Begins a proof with one of the officer's passkeys.
///
/// # Errors
/// When they have none.
pub async fn start_proof(office: &Office, by: &Context) -> Result<(String, String)> {
    let (officer, session) = (by.officer.ok_or(Error::NotFound)?, by.session.ok_or(Error::NotFound)?);
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let records: Vec<_> = passkey_records(office, officer).await?.into_iter().map(|(_, record)| record).collect();
    let (options, state) = passkeys.start_proof(officer, &records, by.now).map_err(|_| Error::Conflict("no_passkey"))?;
    Ok((options, seal(office, PROVE, &Proving { session, state: Box::new(state) })?))
}

/// Ends a proof with a passkey. Gives the new cookie value.
///
/// # Errors
/// As [`with_passkey`].
pub async fn prove_with_passkey(office: &Office, by: &Context, ceremony: &str, answer: &str) -> Result<Token> {
    let (officer, now) = (by.officer.ok_or(Error::NotFound)?, by.now);
    let (Proving { session, state }, ceremony) = unseal(office, PROVE, ceremony)?;
    if by.session != Some(session) {
        return Err(ceremony::over());
    }
    let answer = Answer::read(answer).map_err(|_| refused())?;
    let used = finish_passkey(office, officer, *state, ceremony, &answer, now).await?;
    let id = used.id;
    let proved = session::prove(office, by, move |write| used.keep(write, officer, now));
    tell_of_copy(office, officer, id, ceremony, now, proved.await).await
}

/// Adds a way to sign in, stamped by its owner.
pub(crate) fn add(write: &mut Write<'_, '_>, officer: OfficerId, id: CredentialId, now: Instant, label: &str, credential: Credential) -> Result<()> {
    let stamp = own_stamp(write, officer, now)?;
    write.append(stamp, Subject::Officer(officer), &Event::CredentialAdded(body::CredentialAdded { id, label: label.to_owned(), credential }))?;
    Ok(())
}

/// What an officer does to their own sign-in, in the first of their roles, if they hold one.
pub(crate) fn own_stamp(write: &mut Write<'_, '_>, officer: OfficerId, now: Instant) -> Result<Stamp> {
    let row = officers::get(write, officer)?.ok_or(Error::NotFound)?;
    Ok(Stamp { at: now, actor: Some(officer), role: session::first_role(row.roles.into_iter().collect()), purpose: Purpose::Administration })
}

async fn begin(
    office: &Office,
    officer: OfficerId,
    now: Instant,
    method: &'static str,
    known_device: Option<TokenHash>,
    first: impl FnOnce(&mut Write<'_, '_>) -> Result<()> + Send + 'static,
) -> Result<Begun> {
    let (token, state) = office.with_random(|random| Session::start(now, random));
    let device = office.with_random(Token::new);
    let (id, device_hash) = (SessionId::new(now, office.random()), device.hash());
    office
        .write(move |write| {
            first(write)?;
            // Access may have been stopped since the first step.
            if officers::get(write, officer)?.is_none_or(|row| row.state != State::Active) {
                return Err(Error::Forbidden(crate::access::Why::Suspended));
            }
            let stamp = own_stamp(write, officer, now)?;
            session::begin(write, stamp, officer, id, method, &state)?;
            operation::save_device(write, device_hash.as_bytes(), officer, now.plus_seconds(DEVICE_SECONDS))?;
            operation::forget_tries(write, officer.as_bytes())?;
            Ok(())
        })
        .await?;
    if let Some(device) = known_device {
        office.guard().lock().signed_in(officer, device);
    }
    alarm::signed_in(method);
    Ok(Begun { officer, token, device })
}

/// Counts a guess; gives the device cookie, where it is one that this officer's browser was given.
async fn admit(office: &Office, from: Arrival, account: Account, now: Instant) -> Result<Option<TokenHash>> {
    let known_device = match account {
        Account::Officer(officer) => known_device(office, from, officer, now).await?,
        _ => None,
    };
    let guess = Guess { account, known_device, network: from.network };
    // Knocking on a door that this process knows to be closed costs the store nothing.
    office.guard().lock().look(&guess, now).map_err(too_many)?;
    let counter = office.clone();
    let (admitted, told) = office.write(move |write| count(write, &counter, &guess, now)).await?;
    if let (Account::Officer(officer), true) = (account, told) {
        Danger::Guesses.sound(officer);
    }
    admitted.map_err(too_many)?;
    Ok(known_device)
}

fn too_many(wait: Wait) -> Error {
    alarm::refused("wait");
    Error::TooMany { seconds: wait.seconds }
}

/// Counts a guess where all processes of the office and the next start find it; the same work for a name that nobody has. Says whether it is admitted, and
/// whether the journal was told that there are many.
fn count(write: &mut Write<'_, '_>, office: &Office, guess: &Guess, now: Instant) -> Result<(Result<(), Wait>, bool)> {
    let row = guess.account.row();
    let kept = operation::guesses(write, &row)?.unwrap_or(operation::Guesses { owed: Instant::from_unix_micros(0), tries: 0 });
    let Account::Officer(officer) = guess.account else {
        let admitted = office.guard().lock().admit(guess, now);
        if admitted.is_ok() {
            operation::save_guesses(write, &row, operation::Guesses { owed: now, tries: 0 })?;
        }
        return Ok((admitted, false));
    };
    let (admitted, owed) = {
        let mut guard = office.guard().lock();
        guard.restore(officer, kept.owed, now);
        (guard.admit(guess, now), guard.owed(officer).unwrap_or(kept.owed))
    };
    let tries = kept.tries.saturating_add(u32::from(admitted.is_ok()));
    // Also where it is refused: what a wrong clock wrote is put right.
    if admitted.is_ok() || owed != kept.owed {
        operation::save_guesses(write, &row, operation::Guesses { owed, tries })?;
    }
    let told = admitted.is_ok() && tries >= ALARM_TRIES && Danger::Guesses.record(write, officer, now)?;
    Ok((admitted, told))
}

/// The device cookie, where it is one that this officer's browser was given.
async fn known_device(office: &Office, from: Arrival, officer: OfficerId, now: Instant) -> Result<Option<TokenHash>> {
    let Some(device) = from.device else { return Ok(None) };
    let bytes = *device.as_bytes();
    let owner = office.read(move |tx| Ok(operation::device_owner(tx, &bytes, now)?)).await?;
    Ok((owner == Some(officer)).then_some(device))
}

async fn credentials(office: &Office, officer: OfficerId) -> Result<Vec<officers::CredentialRow>> {
    let keyring = office.store().keyring().clone();
    office.read(move |tx| Ok(officers::credentials(tx, &keyring, officer)?)).await
}

/// Compares a password on a thread that may be slow; only so many at once.
async fn verify(office: &Office, typed: Typed, kept: Option<Hashed>) -> Result<(Verdict, Typed)> {
    let _turn = office.hashing().acquire().await.map_err(Error::internal)?;
    let compared = tokio::task::spawn_blocking(move || password::verify(&typed, kept.as_ref()).map(|verdict| (verdict, typed)));
    compared.await.map_err(Error::internal)?.map_err(Error::internal)
}

/// Hashes a password on a thread that may be slow; only so many at once.
pub(crate) async fn hash(office: &Office, typed: Typed) -> Result<String> {
    let _turn = office.hashing().acquire().await.map_err(Error::internal)?;
    let salt: [u8; 32] = office.random();
    let hashed = tokio::task::spawn_blocking(move || password::hash(&typed, &mut Drawn(salt)).map(|hashed| hashed.as_phc().to_owned()));
    hashed.await.map_err(Error::internal)?.map_err(Error::internal)
}
