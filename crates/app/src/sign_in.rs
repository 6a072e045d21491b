//! Signing in: password and code, or passkey; proving again that it is they; the first time by a one-time code.
//!
//! What must be remembered between two requests travels sealed in the form, so that any process of the office can answer
//! the second.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use siger_domain::access::Purpose;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, OfficerId, SessionId};
use siger_domain::officer::{Credential, Login, State};
use siger_domain::personal::Personal;
use siger_domain::time::Instant;
use siger_storage::keyring::{KeyIndex, Place};
use siger_storage::table::{officer as officers, operation};
use siger_storage::{Stamp, Write};

use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::guess::{Account, Guess, Network};
use crate::identity::passkey::{Answer, Authentication, PasskeyRecord, Registration};
use crate::identity::password::{self, Hashed, Typed, Verdict};
use crate::identity::recovery::{Code, CodeHash, Purpose as Recovery};
use crate::identity::token::{DEVICE_SECONDS, Session, Token, TokenHash};
use crate::identity::totp::{self, Secret};
use crate::notify::{self, Notice};
use crate::office::Office;
use crate::session;

/// Longest sealed state accepted back from a form: a passkey ceremony is below 4 KiB.
const CEREMONY_CHARS_MAX: usize = 32 * 1024;

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

/// What must be remembered between two requests of a sign-in.
#[derive(Serialize, Deserialize)]
enum Ceremony {
    /// A passkey was asked for.
    Passkey(Box<Authentication>),
    /// A first sign-in: the password that was chosen (its hash) and the secret that is shown.
    Join { code: CodeHash, phc: String, secret: String },
    /// A passkey is being made at a first sign-in.
    JoinPasskey { code: CodeHash, state: Box<Registration> },
}

pub(crate) fn seal<T: Serialize>(office: &Office, what: &str, value: &T) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    let place = Place { table: "ceremony", column: what, row: &[] };
    Ok(URL_SAFE_NO_PAD.encode(office.store().keyring().seal(KeyIndex::OFFICE, &place, &json)?))
}

pub(crate) fn unseal<T: DeserializeOwned>(office: &Office, what: &str, sealed: &str) -> Result<T> {
    let stale = || Error::Conflict("ceremony_over");
    if sealed.len() > CEREMONY_CHARS_MAX {
        return Err(stale());
    }
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| stale())?;
    let place = Place { table: "ceremony", column: what, row: &[] };
    let json = office.store().keyring().open_sealed(KeyIndex::OFFICE, &place, &bytes).ok().flatten().ok_or_else(stale)?;
    serde_json::from_slice(&json).map_err(|_| stale())
}

const SIGN_IN: &str = "sign in";

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
    let known_browser = admit(office, from, account, now).await?;
    let mut kept = None;
    if let Some(officer) = known.as_ref().filter(|officer| officer.state == State::Active) {
        kept = credentials(office, officer.id).await?.into_iter().find_map(|row| match row.credential {
            Credential::Password { phc } => Some(Hashed::from_phc(phc.reveal())),
            _ => None,
        });
    }
    let wrong = || Error::invalid("password", "wrong");
    if verify(office, typed, kept).await? == Verdict::Wrong {
        return Err(wrong());
    }
    let officer = known.ok_or_else(wrong)?.id;
    let (id, step) = check_code(office, officer, code, now).await.map_err(|error| if matches!(error, Error::Invalid(_)) { wrong() } else { error })?;
    let teller = office.clone();
    begin(office, officer, now, "password+totp", move |write| {
        use_code(write, id, step, now)?;
        if known_browser { Ok(()) } else { tell_of_new_device(write, &teller, officer) }
    })
    .await
}

async fn check_code(office: &Office, officer: OfficerId, code: &str, now: Instant) -> Result<(CredentialId, u64)> {
    let row = credentials(office, officer).await?.into_iter().find(|row| matches!(row.credential, Credential::Totp { .. }));
    let row = row.ok_or_else(|| Error::invalid("code", "wrong"))?;
    let Credential::Totp { secret } = &row.credential else { return Err(Error::invalid("code", "wrong")) };
    let secret = Secret::from_base32(secret.reveal()).ok_or_else(|| Error::internal("a kept code secret cannot be read"))?;
    let (keyring, id) = (office.store().keyring().clone(), row.id);
    let last = office.read(move |tx| Ok(operation::credential_use(tx, &keyring, id)?)).await?;
    let step = totp::verify(&secret, code, now, last.map(|last| last.mark as u64)).map_err(code_error)?;
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
    let keyring = write.keyring().clone();
    // The second of two requests with the same code finds the mark moved.
    if operation::use_credential(write, &keyring, id, step as i64, None, now)? { Ok(()) } else { Err(Error::invalid("code", "reused")) }
}

/// Begins a sign-in with a passkey: options for the browser, and the sealed state.
///
/// # Errors
/// When passkeys cannot be used at this office's address.
pub fn start_passkey(office: &Office) -> Result<(String, String)> {
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let (options, state) = passkeys.start_sign_in(office.now()).map_err(Error::internal)?;
    Ok((options, seal(office, SIGN_IN, &Ceremony::Passkey(Box::new(state)))?))
}

/// Ends a sign-in with a passkey.
///
/// # Errors
/// When the answer is not from a passkey of an officer with access.
pub async fn with_passkey(office: &Office, from: Arrival, ceremony: &str, answer: &str) -> Result<Begun> {
    let now = office.now();
    let Ceremony::Passkey(state) = unseal(office, SIGN_IN, ceremony)? else { return Err(Error::Conflict("ceremony_over")) };
    let answer = Answer::read(answer).map_err(|_| refused())?;
    let officer = answer.claim().officer.ok_or_else(refused)?;
    let (id, record) = finish_passkey(office, officer, *state, &answer, now).await?;
    let (known_browser, teller) = (known_device(office, from, officer, now).await?.is_some(), office.clone());
    begin(office, officer, now, "passkey", move |write| {
        use_passkey(write, id, &record, now)?;
        if known_browser { Ok(()) } else { tell_of_new_device(write, &teller, officer) }
    })
    .await
}

fn tell_of_new_device(write: &mut Write<'_, '_>, office: &Office, officer: OfficerId) -> Result<()> {
    notify::add(write, office, Notice { to: officer, about: notify::About::NewDevice })
}

fn refused() -> Error {
    Error::invalid("passkey", "refused")
}

async fn finish_passkey(office: &Office, officer: OfficerId, state: Authentication, answer: &Answer, now: Instant) -> Result<(CredentialId, PasskeyRecord)> {
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let claim = answer.claim();
    let records = passkey_records(office, officer).await?;
    let (id, record) = records.into_iter().find(|(_, record)| record.credential_id() == claim.credential_id).ok_or_else(refused)?;
    let used = passkeys.finish(answer, state, &record, now).map_err(|_| refused())?;
    Ok((id, used))
}

fn use_passkey(write: &mut Write<'_, '_>, id: CredentialId, record: &PasskeyRecord, now: Instant) -> Result<()> {
    let keyring = write.keyring().clone();
    let json = serde_json::to_vec(record).map_err(Error::internal)?;
    if operation::use_credential(write, &keyring, id, now.unix_micros(), Some(&json), now)? { Ok(()) } else { Err(refused()) }
}

/// An officer's passkeys, as their last use left them.
pub(crate) async fn passkey_records(office: &Office, officer: OfficerId) -> Result<Vec<(CredentialId, PasskeyRecord)>> {
    let keyring = office.store().keyring().clone();
    office
        .read(move |tx| {
            let mut found = Vec::new();
            for row in officers::credentials(tx, &keyring, officer)? {
                let Credential::Passkey { record } = &row.credential else { continue };
                let used = operation::credential_use(tx, &keyring, row.id)?.and_then(|used| used.record);
                let json = used.unwrap_or_else(|| record.reveal().as_bytes().to_vec());
                found.push((row.id, serde_json::from_slice(&json).map_err(Error::internal)?));
            }
            Ok(found)
        })
        .await
}

/// Proves again that it is they, with a fresh code. Gives the new cookie value.
///
/// # Errors
/// As [`with_password`].
pub async fn prove_with_code(office: &Office, from: Arrival, by: &Context, code: &str) -> Result<Token> {
    let officer = by.officer.ok_or(Error::NotFound)?;
    admit(office, from, Account::Officer(officer), by.now).await?;
    let (id, step) = check_code(office, officer, code, by.now).await?;
    let now = by.now;
    office.write(move |write| use_code(write, id, step, now)).await?;
    session::proved(office, by).await
}

/// Begins a proof with one of the officer's passkeys.
///
/// # Errors
/// When they have none.
pub async fn start_proof(office: &Office, by: &Context) -> Result<(String, String)> {
    let officer = by.officer.ok_or(Error::NotFound)?;
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let records: Vec<_> = passkey_records(office, officer).await?.into_iter().map(|(_, record)| record).collect();
    let (options, state) = passkeys.start_proof(officer, &records, by.now).map_err(|_| Error::Conflict("no_passkey"))?;
    Ok((options, seal(office, SIGN_IN, &Ceremony::Passkey(Box::new(state)))?))
}

/// Ends a proof with a passkey. Gives the new cookie value.
///
/// # Errors
/// As [`with_passkey`].
pub async fn prove_with_passkey(office: &Office, by: &Context, ceremony: &str, answer: &str) -> Result<Token> {
    let officer = by.officer.ok_or(Error::NotFound)?;
    let Ceremony::Passkey(state) = unseal(office, SIGN_IN, ceremony)? else { return Err(Error::Conflict("ceremony_over")) };
    let answer = Answer::read(answer).map_err(|_| refused())?;
    let (id, record) = finish_passkey(office, officer, *state, &answer, by.now).await?;
    let now = by.now;
    office.write(move |write| use_passkey(write, id, &record, now)).await?;
    session::proved(office, by).await
}

/// Somebody with a one-time code: who they are and what it is for.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// Their name.
    pub name: String,
    /// Their sign-in name.
    pub login: String,
    /// What the code is for.
    pub purpose: Recovery,
    /// Until when it opens.
    pub until: Instant,
    /// Whether a passkey can be made here.
    pub passkeys: bool,
}

/// A code generator to be set up.
#[derive(Clone)]
pub struct Setup {
    /// The secret, as typed by hand.
    pub secret: String,
    /// The same as an address for the QR code.
    pub uri: String,
    /// Sealed state for the next step.
    pub ceremony: String,
}

/// Recognises a one-time code, of whichever purpose.
///
/// # Errors
/// When it is mistyped, used, or has run out.
pub async fn welcome(office: &Office, typed: &str) -> Result<Welcome> {
    let (officer, _, purpose) = invited(office, typed).await?;
    let profile = profile(office, &officer).await?;
    Ok(Welcome {
        name: profile.name.reveal().to_owned(),
        login: profile.login.reveal().to_owned(),
        purpose,
        until: officer.recovery_expires.unwrap_or_else(|| office.now()),
        passkeys: office.passkeys().is_some(),
    })
}

async fn invited(office: &Office, typed: &str) -> Result<(officers::Officer, CodeHash, Recovery)> {
    let now = office.now();
    let code: Code = typed.parse().map_err(|_| Error::invalid("code", "mistyped"))?;
    // No limit on guesses: a code has 128 random bits.
    for purpose in [Recovery::Invitation, Recovery::LostPasskey, Recovery::LostPhone] {
        let hash = code.hash(purpose);
        let bytes = *hash.as_bytes();
        if let Some(officer) = office.read(move |tx| Ok(officers::by_recovery(tx, &bytes, now)?)).await?
            && officer.state != State::Suspended
        {
            return Ok((officer, hash, purpose));
        }
    }
    Err(Error::invalid("code", "not_in_force"))
}

async fn profile(office: &Office, officer: &officers::Officer) -> Result<siger_domain::officer::Profile> {
    let (keyring, officer) = (office.store().keyring().clone(), officer.clone());
    office.read(move |tx| officers::profile(tx, &keyring, &officer)?.ok_or(Error::NotFound)).await
}

/// First sign-in, first step: the password. Nothing is kept yet; the answer is the code generator to set up.
///
/// # Errors
/// When the password is weak, or the one-time code is not in force.
pub async fn join_password(office: &Office, one_time: &str, typed: Typed) -> Result<Setup> {
    let (officer, code, _) = invited(office, one_time).await?;
    let profile = profile(office, &officer).await?;
    let about = [profile.name.reveal(), profile.login.reveal()];
    password::check(&typed, &about).map_err(|weakness| Error::invalid("password", weakness.as_str()))?;
    let phc = hash(office, typed).await?;
    let secret = office.with_random(Secret::new);
    let uri = secret.to_uri(&office.info().name, profile.login.reveal());
    let ceremony = seal(office, SIGN_IN, &Ceremony::Join { code, phc, secret: secret.to_base32() })?;
    Ok(Setup { secret: secret.to_typed(), uri, ceremony })
}

/// The code generator of a first sign-in that is under way, to show it again.
///
/// # Errors
/// When the state is not one of this office's.
pub async fn join_setup(office: &Office, ceremony: &str) -> Result<Setup> {
    let now = office.now();
    let Ceremony::Join { code, secret, .. } = unseal(office, SIGN_IN, ceremony)? else { return Err(Error::Conflict("ceremony_over")) };
    let officer = still_invited(office, &code, now).await?;
    let profile = profile(office, &officer).await?;
    let secret = Secret::from_base32(&secret).ok_or(Error::Conflict("ceremony_over"))?;
    Ok(Setup { secret: secret.to_typed(), uri: secret.to_uri(&office.info().name, profile.login.reveal()), ceremony: ceremony.to_owned() })
}

/// First sign-in, second step: a code shows that the generator works. Earlier ways to sign in end, password and generator
/// are kept, a session begins.
///
/// # Errors
/// When the code is wrong, or the one-time code no longer in force.
pub async fn join_code(office: &Office, ceremony: &str, code: &str) -> Result<Begun> {
    let now = office.now();
    let Ceremony::Join { code: one_time, phc, secret } = unseal(office, SIGN_IN, ceremony)? else { return Err(Error::Conflict("ceremony_over")) };
    let officer = still_invited(office, &one_time, now).await?;
    let kept = Secret::from_base32(&secret).ok_or(Error::Conflict("ceremony_over"))?;
    let step = totp::verify(&kept, code, now, None).map_err(code_error)?;
    let (password_id, totp_id) = (CredentialId::new(now, office.random()), CredentialId::new(now, office.random()));
    let bytes = *one_time.as_bytes();
    begin(office, officer.id, now, "password+totp", move |write| {
        joined(write, officer.id, &bytes, now)?;
        add(write, officer.id, password_id, now, "password", Credential::Password { phc: Personal::new(phc) })?;
        add(write, officer.id, totp_id, now, "totp", Credential::Totp { secret: Personal::new(secret) })?;
        use_code(write, totp_id, step, now)
    })
    .await
}

/// Begins making a passkey at a first sign-in.
///
/// # Errors
/// When the one-time code is not in force.
pub async fn start_join_passkey(office: &Office, one_time: &str) -> Result<(String, String)> {
    let now = office.now();
    let (officer, code, _) = invited(office, one_time).await?;
    let profile = profile(office, &officer).await?;
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let (options, state) = passkeys.start_registration(officer.id, profile.login.reveal(), profile.name.reveal(), &[], now).map_err(Error::internal)?;
    Ok((options, seal(office, SIGN_IN, &Ceremony::JoinPasskey { code, state: Box::new(state) })?))
}

/// First sign-in with a passkey.
///
/// # Errors
/// As [`join_code`].
pub async fn join_with_passkey(office: &Office, ceremony: &str, answer: &str, label: &str) -> Result<Begun> {
    let now = office.now();
    let Ceremony::JoinPasskey { code, state } = unseal(office, SIGN_IN, ceremony)? else { return Err(Error::Conflict("ceremony_over")) };
    let officer = still_invited(office, &code, now).await?;
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let record = passkeys.finish_registration(answer, *state, label, now).map_err(|_| refused())?;
    let json = serde_json::to_string(&record).map_err(Error::internal)?;
    let (id, bytes, label) = (CredentialId::new(now, office.random()), *code.as_bytes(), record.label);
    begin(office, officer.id, now, "passkey", move |write| {
        joined(write, officer.id, &bytes, now)?;
        add(write, officer.id, id, now, &label, Credential::Passkey { record: Personal::new(json) })
    })
    .await
}

async fn still_invited(office: &Office, code: &CodeHash, now: Instant) -> Result<officers::Officer> {
    let bytes = *code.as_bytes();
    let officer = office.read(move |tx| Ok(officers::by_recovery(tx, &bytes, now)?)).await?;
    officer.filter(|officer| officer.state != State::Suspended).ok_or(Error::Conflict("ceremony_over"))
}

fn joined(write: &mut Write<'_, '_>, officer: OfficerId, code: &[u8; 32], now: Instant) -> Result<()> {
    // In the transaction, so that a code opens once.
    if officers::by_recovery(write, code, now)?.is_none_or(|found| found.id != officer) {
        return Err(Error::Conflict("ceremony_over"));
    }
    let stamp = own_stamp(write, officer, now)?;
    write.append(stamp, Subject::Officer(officer), &Event::OfficerJoined(body::OfficerJoined {}))?;
    Ok(())
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
            Ok(())
        })
        .await?;
    office.guard().lock().signed_in(officer, device_hash);
    Ok(Begun { officer, token, device })
}

/// Counts a guess; says whether the browser is one in which this officer signed in before.
async fn admit(office: &Office, from: Arrival, account: Account, now: Instant) -> Result<bool> {
    let known_device = match account {
        Account::Officer(officer) => known_device(office, from, officer, now).await?,
        _ => None,
    };
    let guess = Guess { account, known_device, network: from.network };
    office.guard().lock().admit(&guess, now).map_err(|wait| Error::TooMany { seconds: wait.seconds })?;
    Ok(known_device.is_some())
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
pub(crate) async fn verify(office: &Office, typed: Typed, kept: Option<Hashed>) -> Result<Verdict> {
    let _turn = office.hashing().acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || password::verify(&typed, kept.as_ref())).await.map_err(Error::internal)?.map_err(Error::internal)
}

/// Hashes a password on a thread that may be slow; only so many at once.
pub(crate) async fn hash(office: &Office, typed: Typed) -> Result<String> {
    let _turn = office.hashing().acquire().await.map_err(Error::internal)?;
    let salt: [u8; 32] = office.random();
    tokio::task::spawn_blocking(move || {
        let mut random = Drawn(salt);
        password::hash(&typed, &mut random).map(|hashed| hashed.as_phc().to_owned())
    })
    .await
    .map_err(Error::internal)?
    .map_err(Error::internal)
}

/// Secret bytes drawn beforehand, for a thread that does not hold the source.
struct Drawn([u8; 32]);

impl crate::random::Random for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) {
        assert!(bytes.len() <= self.0.len(), "a salt is at most 32 bytes");
        bytes.copy_from_slice(&self.0[..bytes.len()]);
    }
}
