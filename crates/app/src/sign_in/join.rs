//! The first time, and after a passkey or phone was lost: a one-time code leads to new ways to sign in.

use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, OfficerId};
use siger_domain::officer::{Credential, State};
use siger_domain::personal::Personal;
use siger_domain::time::Instant;
use siger_storage::Write;
use siger_storage::table::officer as officers;

use crate::alarm;
use crate::ceremony::{self, seal, unseal};
use crate::error::{Error, Result};
use crate::identity::password::{self, Typed};
use crate::identity::recovery::{Code, CodeHash, Purpose as Recovery};
use crate::identity::totp::{self, Secret};
use crate::office::Office;

use super::{Arrival, Begun, JOIN, Joining, add, begin, code_error, hash, own_stamp, refused, too_many, use_code};

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

/// Recognises a one-time code that somebody typed: gives it as links write it.
///
/// # Errors
/// When it is mistyped, used, or has run out, or one network has tried too many.
pub async fn typed_code(office: &Office, from: Arrival, typed: &str) -> Result<String> {
    let code: Code = typed.parse().map_err(|_| Error::invalid("code", "mistyped"))?;
    office.guard().lock().admit_network(from.network, office.now()).map_err(too_many)?;
    find(office, &code).await.inspect_err(|_| alarm::refused("one_time_code"))?;
    Ok(code.to_letters())
}

async fn invited(office: &Office, typed: &str) -> Result<(officers::Officer, CodeHash, Recovery)> {
    let code: Code = typed.parse().map_err(|_| Error::invalid("code", "mistyped"))?;
    find(office, &code).await
}

async fn find(office: &Office, code: &Code) -> Result<(officers::Officer, CodeHash, Recovery)> {
    let now = office.now();
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
    let ceremony = seal(office, JOIN, &Joining::Password { code, phc, secret: secret.to_base32() })?;
    Ok(Setup { secret: secret.to_typed(), uri, ceremony })
}

/// The code generator of a first sign-in that is under way, to show it again.
///
/// # Errors
/// When the state is not one of this office's.
pub async fn join_setup(office: &Office, ceremony: &str) -> Result<Setup> {
    let now = office.now();
    let (Joining::Password { code, secret, .. }, _) = unseal(office, JOIN, ceremony)? else { return Err(ceremony::over()) };
    let officer = still_invited(office, &code, now).await?;
    let profile = profile(office, &officer).await?;
    let secret = Secret::from_base32(&secret).ok_or_else(ceremony::over)?;
    Ok(Setup { secret: secret.to_typed(), uri: secret.to_uri(&office.info().name, profile.login.reveal()), ceremony: ceremony.to_owned() })
}

/// First sign-in, second step: a code shows that the generator works. Earlier ways to sign in end, password and generator
/// are kept, a session begins.
///
/// # Errors
/// When the code is wrong, or the one-time code no longer in force.
pub async fn join_code(office: &Office, ceremony: &str, code: &str) -> Result<Begun> {
    let now = office.now();
    let (Joining::Password { code: one_time, phc, secret }, _) = unseal(office, JOIN, ceremony)? else { return Err(ceremony::over()) };
    let officer = still_invited(office, &one_time, now).await?;
    let kept = Secret::from_base32(&secret).ok_or_else(ceremony::over)?;
    let step = totp::verify(&kept, code, now, None).map_err(code_error)?;
    let (password_id, totp_id) = (CredentialId::new(now, office.random()), CredentialId::new(now, office.random()));
    let bytes = *one_time.as_bytes();
    begin(office, officer.id, now, "password+totp", None, move |write| {
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
    Ok((options, seal(office, JOIN, &Joining::Passkey { code, state: Box::new(state) })?))
}

/// First sign-in with a passkey.
///
/// # Errors
/// As [`join_code`].
pub async fn join_with_passkey(office: &Office, ceremony: &str, answer: &str, label: &str) -> Result<Begun> {
    let now = office.now();
    let (Joining::Passkey { code, state }, ceremony) = unseal(office, JOIN, ceremony)? else { return Err(ceremony::over()) };
    let officer = still_invited(office, &code, now).await?;
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let record = passkeys.finish_registration(answer, *state, label, now).map_err(|_| refused())?;
    if record.officer != officer.id {
        return Err(refused());
    }
    let json = serde_json::to_string(&record).map_err(Error::internal)?;
    let (id, bytes, label) = (CredentialId::new(now, office.random()), *code.as_bytes(), record.label);
    begin(office, officer.id, now, "passkey", None, move |write| {
        ceremony.end(write, now)?;
        joined(write, officer.id, &bytes, now)?;
        add(write, officer.id, id, now, &label, Credential::Passkey { record: Personal::new(json) })
    })
    .await
}

async fn still_invited(office: &Office, code: &CodeHash, now: Instant) -> Result<officers::Officer> {
    let bytes = *code.as_bytes();
    let officer = office.read(move |tx| Ok(officers::by_recovery(tx, &bytes, now)?)).await?;
    officer.filter(|officer| officer.state != State::Suspended).ok_or_else(ceremony::over)
}

fn joined(write: &mut Write<'_, '_>, officer: OfficerId, code: &[u8; 32], now: Instant) -> Result<()> {
    // In the transaction, so that a code opens once.
    if officers::by_recovery(write, code, now)?.is_none_or(|found| found.id != officer) {
        return Err(ceremony::over());
    }
    let stamp = own_stamp(write, officer, now)?;
    write.append(stamp, Subject::Officer(officer), &Event::OfficerJoined(body::OfficerJoined {}))?;
    Ok(())
}
