//! An officer's own ways to sign in.

use serde::{Deserialize, Serialize};
use siger_domain::access::Action;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, SessionId};
use siger_domain::officer::Credential;
use siger_domain::personal::Personal;
use siger_domain::time::Instant;
use siger_storage::table::{officer as officers, operation};

use crate::ceremony::{self, CeremonyId, seal, unseal};
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::identity::passkey::{PASSKEYS_MAX, Registration};
use crate::identity::password::{self, Typed};
use crate::identity::totp::{self, Secret};
use crate::office::Office;
use crate::sign_in::{add, hash, passkey_records, records};

/// A way to sign in, as shown to its owner.
#[derive(Clone, Debug)]
pub struct Way {
    /// Identifier.
    pub id: CredentialId,
    /// `passkey`, `password` or `totp`.
    pub kind: &'static str,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub added_at: Instant,
    /// Newest use, where uses are written down.
    pub used_at: Option<Instant>,
    /// Whether enough remains without it.
    pub removable: bool,
}

/// The officer's own ways to sign in, oldest first.
///
/// # Errors
/// When nobody is signed in.
pub async fn ways(office: &Office, by: &Context) -> Result<Vec<Way>> {
    let officer = by.officer.ok_or(Error::NotFound)?;
    let keyring = office.store().keyring().clone();
    office
        .read(move |tx| {
            let rows = officers::credentials(tx, &keyring, officer)?;
            let kinds: Vec<&'static str> = rows.iter().map(|row| row.credential.kind()).collect();
            let mut ways = Vec::new();
            for (index, row) in rows.into_iter().enumerate() {
                let used_at = operation::credential_use(tx, &keyring, row.id)?.map(|used| used.used_at);
                ways.push(Way {
                    id: row.id,
                    kind: row.credential.kind(),
                    label: row.label,
                    added_at: row.added_at,
                    used_at,
                    removable: enough_without(&kinds, index),
                });
            }
            Ok(ways)
        })
        .await
}

/// Whether a complete way to sign in remains: a passkey, or a password with a code generator.
fn enough_without(kinds: &[&str], index: usize) -> bool {
    let rest: Vec<&str> = kinds.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, kind)| *kind).collect();
    rest.contains(&"passkey") || (rest.contains(&"password") && rest.contains(&"totp"))
}

fn own(by: &Context) -> Result<siger_storage::Stamp> {
    by.authorise(Action::OfficerCredential, About { own: true, ..About::default() })
}

/// What must be remembered between two requests, by the sign-in that began it and no other.
#[derive(Serialize, Deserialize)]
struct Adding {
    session: SessionId,
    what: What,
}

#[derive(Serialize, Deserialize)]
enum What {
    Passkey(Box<Registration>),
    Code { secret: String },
}

const ACCOUNT: &str = "account";

fn remember(office: &Office, by: &Context, what: What) -> Result<String> {
    seal(office, ACCOUNT, &Adding { session: by.session.ok_or(Error::NotFound)?, what })
}

fn remembered(office: &Office, by: &Context, sealed: &str) -> Result<(What, CeremonyId)> {
    let (Adding { session, what }, id) = unseal(office, ACCOUNT, sealed)?;
    if by.session == Some(session) { Ok((what, id)) } else { Err(ceremony::over()) }
}

/// Begins making another passkey.
///
/// # Errors
/// When not permitted without a fresh sign-in, or there are too many.
pub async fn start_passkey(office: &Office, by: &Context) -> Result<(String, String)> {
    own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let have: Vec<_> = passkey_records(office, officer).await?.into_iter().map(|(_, record)| record).collect();
    let keyring = office.store().keyring().clone();
    let profile = office
        .read(move |tx| {
            let row = officers::get(tx, officer)?.ok_or(Error::NotFound)?;
            officers::profile(tx, &keyring, &row)?.ok_or(Error::NotFound)
        })
        .await?;
    let (options, state) =
        passkeys.start_registration(officer, profile.login.reveal(), profile.name.reveal(), &have, by.now).map_err(|_| Error::Conflict("too_many_passkeys"))?;
    Ok((options, remember(office, by, What::Passkey(Box::new(state)))?))
}

/// Keeps the passkey that was made.
///
/// # Errors
/// When it is refused, or not permitted.
pub async fn finish_passkey(office: &Office, by: &Context, ceremony: &str, answer: &str, label: &str) -> Result<()> {
    own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let (What::Passkey(state), ceremony) = remembered(office, by, ceremony)? else { return Err(ceremony::over()) };
    let passkeys = office.passkeys().ok_or(Error::Conflict("passkeys_unavailable"))?;
    let record = passkeys.finish_registration(answer, *state, label, by.now).map_err(|_| Error::invalid("passkey", "refused"))?;
    if record.officer != officer {
        return Err(Error::invalid("passkey", "refused"));
    }
    let json = serde_json::to_string(&record).map_err(Error::internal)?;
    let (id, now) = (CredentialId::new(by.now, office.random()), by.now);
    office
        .write(move |write| {
            ceremony.end(write, now)?;
            let keyring = write.keyring().clone();
            let have = records(write, &keyring, officer)?;
            if have.iter().any(|(_, known)| known.credential_id() == record.credential_id()) {
                return Err(Error::invalid("passkey", "already_there"));
            }
            if have.len() >= PASSKEYS_MAX {
                return Err(Error::Conflict("too_many_passkeys"));
            }
            add(write, officer, id, now, &record.label, Credential::Passkey { record: Personal::new(json) })
        })
        .await
}

/// Sets a password, instead of the present one where there is one.
///
/// # Errors
/// When it is weak, or not permitted.
pub async fn set_password(office: &Office, by: &Context, typed: Typed) -> Result<()> {
    let stamp = own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let keyring = office.store().keyring().clone();
    let profile = office
        .read(move |tx| {
            let row = officers::get(tx, officer)?.ok_or(Error::NotFound)?;
            officers::profile(tx, &keyring, &row)?.ok_or(Error::NotFound)
        })
        .await?;
    password::check(&typed, &[profile.name.reveal(), profile.login.reveal()]).map_err(|weakness| Error::invalid("password", weakness.as_str()))?;
    let phc = hash(office, typed).await?;
    let (id, now) = (CredentialId::new(by.now, office.random()), by.now);
    office.write(move |write| replace(write, stamp, officer, id, now, "password", Credential::Password { phc: Personal::new(phc) })).await
}

/// A code generator to be set up: the secret and its address, and the sealed state.
///
/// # Errors
/// When not permitted.
pub async fn start_code(office: &Office, by: &Context) -> Result<(String, String, String)> {
    own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let secret = office.with_random(Secret::new);
    let name = office.directory().await?.name(Some(officer)).unwrap_or_default().to_owned();
    let uri = secret.to_uri(&office.info().name, &name);
    Ok((secret.to_typed(), uri, remember(office, by, What::Code { secret: secret.to_base32() })?))
}

/// The code generator that is being set up, to show it again after a wrong code: the secret and its address.
///
/// # Errors
/// When not permitted, or the state is not one of this office's.
pub async fn code_again(office: &Office, by: &Context, ceremony: &str) -> Result<(String, String)> {
    own(by)?;
    let (What::Code { secret }, _) = remembered(office, by, ceremony)? else { return Err(ceremony::over()) };
    let secret = Secret::from_base32(&secret).ok_or_else(ceremony::over)?;
    let name = office.directory().await?.name(by.officer).unwrap_or_default().to_owned();
    Ok((secret.to_typed(), secret.to_uri(&office.info().name, &name)))
}

/// Keeps the code generator, once it has shown a right code.
///
/// # Errors
/// When the code is wrong, or not permitted.
pub async fn finish_code(office: &Office, by: &Context, ceremony: &str, code: &str) -> Result<()> {
    let stamp = own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let (What::Code { secret }, ceremony) = remembered(office, by, ceremony)? else { return Err(ceremony::over()) };
    let kept = Secret::from_base32(&secret).ok_or_else(ceremony::over)?;
    let step = totp::verify(&kept, code, by.now, None).map_err(|_| Error::invalid("code", "wrong"))?;
    let (id, now) = (CredentialId::new(by.now, office.random()), by.now);
    office
        .write(move |write| {
            ceremony.end(write, now)?;
            replace(write, stamp, officer, id, now, "totp", Credential::Totp { secret: Personal::new(secret) })?;
            operation::use_mark(write, id, step as i64, totp::step_max(now) as i64, now)?;
            Ok(())
        })
        .await
}

fn replace(
    write: &mut siger_storage::Write<'_, '_>,
    stamp: siger_storage::Stamp,
    officer: siger_domain::id::OfficerId,
    id: CredentialId,
    now: Instant,
    label: &str,
    credential: Credential,
) -> Result<()> {
    let keyring = write.keyring().clone();
    for row in officers::credentials(write, &keyring, officer)? {
        if row.credential.kind() == credential.kind() {
            write.append(stamp, Subject::Officer(officer), &Event::CredentialRemoved(body::CredentialRemoved { id: row.id }))?;
        }
    }
    add(write, officer, id, now, label, credential)
}

/// Removes one of the officer's own ways to sign in.
///
/// # Errors
/// When not permitted, not theirs, or too little would remain.
pub async fn remove(office: &Office, by: &Context, id: CredentialId) -> Result<()> {
    let stamp = own(by)?;
    let officer = by.officer.ok_or(Error::NotFound)?;
    office
        .write(move |write| {
            let keyring = write.keyring().clone();
            let rows = officers::credentials(write, &keyring, officer)?;
            let index = rows.iter().position(|row| row.id == id).ok_or(Error::NotFound)?;
            let kinds: Vec<&str> = rows.iter().map(|row| row.credential.kind()).collect();
            if !enough_without(&kinds, index) {
                return Err(Error::Conflict("last_way"));
            }
            write.append(stamp, Subject::Officer(officer), &Event::CredentialRemoved(body::CredentialRemoved { id }))?;
            Ok(())
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::enough_without;

    #[test]
    fn a_complete_way_must_remain() {
        for (kinds, without, enough) in [
            (&["password", "totp"][..], 0, false),
            (&["password", "totp"], 1, false),
            (&["password", "totp", "passkey"], 0, true),
            (&["password", "totp", "passkey"], 2, true),
            (&["passkey"], 0, false),
            (&["passkey", "passkey"], 0, true),
            (&["password", "passkey"], 1, false),
        ] {
            assert_eq!(enough_without(kinds, without), enough, "{kinds:?} without {without}");
        }
    }
}
