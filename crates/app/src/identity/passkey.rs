//! Passkeys (WebAuthn Level 3): making one, signing in with or without typing a name, and proving presence again.
//!
//! Each ceremony is two requests. `start_*` returns the options for the browser, as JSON for `navigator.credentials`, and a state that holds for
//! [`CEREMONY_SECONDS`]; only the server can read or make one. `finish_*` takes the state by value. In the transaction of what the answer allows, the
//! caller writes down that this state is over, so that an answer is never accepted twice, asks [`PasskeyRecord::grew_from`] of the record as it is then,
//! and keeps the one that `finish` gave. The challenges are drawn by webauthn-rs from the operating system.
//!
//! A state holds the challenge and whose it is, and none of the officer's passkeys: it travels in a cookie, and browsers drop long ones. The passkeys are
//! named in the options, and those that are kept by then are looked at when the answer comes.
//!
//! Choices: the authenticator must have verified the person (PIN, finger, face) each time, which makes a passkey two factors in one; no
//! attestation, because the office does not prescribe a maker; a passkey is made discoverable where the authenticator has room; a counter that does
//! not grow is taken as a copy of the passkey and refused (WebAuthn §7.2 step 22). A passkey that its maker synchronises says so, and the
//! office shows it.
//!
//! A passkey belongs to a host name. Browsers offer them over HTTPS and on `http://localhost` (any port), never at a numeric address.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use siger_domain::{id::OfficerId, time::Instant};
use std::{fmt, time::Duration};
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid,
    Webauthn, WebauthnBuilder, WebauthnError,
};

/// Seconds between the two requests of a ceremony: what WebAuthn recommends as the browser's own limit, enough to look for a key in a bag.
pub const CEREMONY_SECONDS: i64 = 300;
/// Most bytes of an answer. Real ones are below 4 KiB; certificates of some security keys need more.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Most passkeys of one officer: the office machine, a phone, two security keys and some to spare.
pub const PASSKEYS_MAX: usize = 10;
/// Most characters of the name that an officer gives a passkey.
pub const LABEL_CHARACTERS_MAX: usize = 60;

/// The office's address cannot have passkeys.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Not a URL, or more than scheme, host and port.
    #[error("passkeys: {origin} is not an address of the form https://host or http://localhost:port")]
    Origin {
        /// As given.
        origin: String,
    },
    /// Browsers offer no passkeys without TLS, other than at localhost.
    #[error("passkeys: {origin} has no TLS; only http://localhost may go without")]
    NotSecure {
        /// As given.
        origin: String,
    },
    /// The host name that passkeys belong to must be the origin's host or a parent of it with at least one dot.
    #[error("passkeys: host name {rp_id} does not cover {origin}; a numeric address cannot have passkeys, use localhost or a name")]
    HostName {
        /// The host name that passkeys belong to.
        rp_id: String,
        /// As given.
        origin: String,
    },
    /// No origin was given.
    #[error("passkeys: no address given")]
    NoOrigin,
}

/// A ceremony failed.
#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    /// The answer is not what a browser sends, or longer than [`ANSWER_BYTES_MAX`].
    #[error("passkey answer cannot be read")]
    Unreadable,
    /// More than [`CEREMONY_SECONDS`] have passed.
    #[error("passkey ceremony took too long; begin again")]
    TooLate,
    /// The officer has [`PASSKEYS_MAX`] already.
    #[error("officer has {PASSKEYS_MAX} passkeys already; remove one first")]
    TooMany,
    /// The answer is for a passkey that is not the record's, or of another officer.
    #[error("passkey is not one of the officer's")]
    NotTheirs,
    /// The counter did not grow: the passkey was copied. Revoke it and tell the officer.
    #[error("passkey's counter went back: it may have been copied")]
    Copied,
    /// The authenticator did not verify the person.
    #[error("authenticator did not verify the person (PIN, finger or face)")]
    NotVerified,
    /// Anything else: wrong challenge, wrong origin, wrong signature.
    #[error("passkey answer is refused")]
    Refused(#[source] WebauthnError),
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        match error {
            WebauthnError::CredentialPossibleCompromise => Self::Copied,
            WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => Self::NotVerified,
            WebauthnError::CredentialNotFound => Self::NotTheirs,
            error => Self::Refused(error),
        }
    }
}

/// A passkey as the office keeps it, in sealed events. Holds no secret: the private key never leaves the authenticator.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasskeyRecord {
    /// Whose it is.
    pub officer: OfficerId,
    /// The name its owner gave it.
    pub label: String,
    /// When it was made.
    pub made_at: Instant,
    /// When it was last used.
    pub used_at: Option<Instant>,
    /// Its maker keeps a copy (a synchronised passkey), and it may exist on several devices.
    pub synchronised: bool,
    /// Public key, counter and flags, as webauthn-rs serialises them.
    key: Passkey,
}

impl PasskeyRecord {
    /// The credential id that an answer names; look a record up by it. 16 to 1,023 bytes.
    pub fn credential_id(&self) -> &[u8] {
        self.key.cred_id()
    }

    /// Whether this record, as [`Passkeys::finish`] gave it, may follow the one that is kept: its counter grew, or the authenticator has none. Two answers
    /// can be checked at once against the same kept record; the second to be written down must still beat the first.
    ///
    /// # Errors
    /// [`PasskeyError::Copied`].
    pub fn grew_from(&self, kept: &Self) -> Result<(), PasskeyError> {
        grew(kept.counter(), self.counter())
    }

    fn counter(&self) -> u32 {
        Credential::from(self.key.clone()).counter
    }

    /// How options name it (WebAuthn §5.8.3).
    fn named(&self) -> Value {
        let mut named = json!({ "type": "public-key", "id": URL_SAFE_NO_PAD.encode(self.credential_id()) });
        if let Some(transports) = Credential::from(self.key.clone()).transports {
            named["transports"] = json!(transports);
        }
        named
    }

    fn refresh(&mut self) {
        let credential = Credential::from(self.key.clone());
        self.synchronised = credential.backup_state;
    }
}

impl fmt::Debug for PasskeyRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasskeyRecord({:?}, {})", self.officer, URL_SAFE_NO_PAD.encode(&self.credential_id()[..self.credential_id().len().min(6)]))
    }
}

/// The state of making a passkey. Kept by the server, used once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Registration {
    officer: OfficerId,
    started_at: Instant,
    state: PasskeyRegistration,
}

/// The state of signing in or proving presence. Kept by the server, used once.
#[derive(Debug, Serialize, Deserialize)]
pub struct Authentication {
    started_at: Instant,
    who: Who,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    /// Whoever has a discoverable passkey.
    Anyone(DiscoverableAuthentication),
    /// One of the passkeys of one officer. To webauthn-rs it is the same ceremony: its own state for this one holds all of the officer's passkeys.
    Officer(OfficerId, DiscoverableAuthentication),
}

/// What an answer claims before anything is checked: enough to load the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The passkey that is said to have signed.
    pub credential_id: Vec<u8>,
    /// The officer whom the authenticator names, where it does.
    pub officer: Option<OfficerId>,
}

/// An answer to a sign-in, read but not believed.
#[derive(Debug)]
pub struct Answer(PublicKeyCredential);

impl Answer {
    /// Reads what the browser sent.
    ///
    /// # Errors
    /// [`PasskeyError::Unreadable`].
    pub fn read(json: &str) -> Result<Self, PasskeyError> {
        read(json).map(Self)
    }

    /// What it claims.
    pub fn claim(&self) -> Claim {
        let officer = self.0.get_user_unique_id().and_then(|handle| OfficerId::from_slice(handle).ok());
        Claim { credential_id: self.0.get_credential_id().to_vec(), officer }
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, PasskeyError> {
    if json.len() > ANSWER_BYTES_MAX {
        return Err(PasskeyError::Unreadable);
    }
    serde_json::from_str(json).map_err(|_| PasskeyError::Unreadable)
}

/// WebAuthn §7.2 step 22; an authenticator without a counter always says 0.
const fn grew(kept: u32, now: u32) -> Result<(), PasskeyError> {
    if (kept > 0 || now > 0) && now <= kept { Err(PasskeyError::Copied) } else { Ok(()) }
}

fn in_time(started_at: Instant, at: Instant) -> Result<(), PasskeyError> {
    // Both directions, so that a clock that was set back does not keep an old challenge alive.
    if at.seconds_since(started_at).abs() < CEREMONY_SECONDS { Ok(()) } else { Err(PasskeyError::TooLate) }
}

/// The office as a relying party.
#[derive(Debug)]
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// `rp_id` is the host name that passkeys belong to; changing it later loses all of them. `origins` are the addresses that officers open
    /// (scheme, host, port); `office` is shown by the browser.
    ///
    /// # Errors
    /// [`ConfigError`] says which setting is wrong.
    pub fn new(rp_id: &str, origins: &[&str], office: &str) -> Result<Self, ConfigError> {
        let mut urls = Vec::new();
        for origin in origins {
            let wrong = || ConfigError::Origin { origin: (*origin).to_owned() };
            let url = Url::parse(origin).map_err(|_| wrong())?;
            if !matches!(url.scheme(), "https" | "http") || url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty()
            {
                return Err(wrong());
            }
            let host = url.host_str().ok_or_else(wrong)?;
            if url.scheme() == "http" && host != "localhost" {
                return Err(ConfigError::NotSecure { origin: (*origin).to_owned() });
            }
            let covered = url.domain().is_some_and(|domain| domain == rp_id || domain.ends_with(&format!(".{rp_id}")));
            if !covered || !(rp_id == "localhost" || rp_id.contains('.')) {
                return Err(ConfigError::HostName { rp_id: rp_id.to_owned(), origin: (*origin).to_owned() });
            }
            urls.push(url);
        }
        let (first, more) = urls.split_first().ok_or(ConfigError::NoOrigin)?;
        let wrong = |_| ConfigError::HostName { rp_id: rp_id.to_owned(), origin: first.to_string() };
        let mut builder = WebauthnBuilder::new(rp_id, first).map_err(wrong)?.rp_name(office).timeout(Duration::from_secs(CEREMONY_SECONDS.unsigned_abs()));
        for url in more {
            builder = builder.append_allowed_origin(url);
        }
        builder.build().map(Self).map_err(wrong)
    }

    /// Begins making a passkey. `account` is the sign-in name and `name` the officer's name, both shown by the authenticator; `have` are the officer's
    /// passkeys, so that one authenticator does not get two.
    ///
    /// # Errors
    /// [`PasskeyError::TooMany`], or [`PasskeyError::Refused`] for an empty name.
    pub fn start_registration(
        &self,
        officer: OfficerId,
        account: &str,
        name: &str,
        have: &[PasskeyRecord],
        at: Instant,
    ) -> Result<(String, Registration), PasskeyError> {
        if have.len() >= PASSKEYS_MAX {
            return Err(PasskeyError::TooMany);
        }
        let user = Uuid::from_bytes(*officer.as_bytes());
        let (options, state) = self.0.start_passkey_registration(user, account, name, None)?;
        // webauthn-rs discourages discoverable passkeys to spare the few places of a security key. An officer needs one, and can then sign in
        // without typing a name; an authenticator without room may still make an ordinary one.
        let mut json = serde_json::to_value(&options).expect("options are plain data");
        json["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
        json["publicKey"]["excludeCredentials"] = have.iter().map(PasskeyRecord::named).collect();
        Ok((json.to_string(), Registration { officer, started_at: at, state }))
    }

    /// Checks the answer and returns the passkey to keep. The caller also checks, in the same transaction, that no record of this officer has this credential
    /// id: passkeys are looked for among those of the officer whom the answer names, so that one of another officer is another.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it is refused.
    pub fn finish_registration(&self, answer: &str, state: Registration, label: &str, at: Instant) -> Result<PasskeyRecord, PasskeyError> {
        in_time(state.started_at, at)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let key = self.0.finish_passkey_registration(&answer, &state.state)?;
        let label = label.trim().chars().take(LABEL_CHARACTERS_MAX).collect();
        let mut record = PasskeyRecord { officer: state.officer, label, made_at: at, used_at: None, synchronised: false, key };
        record.refresh();
        Ok(record)
    }

    /// Begins a sign-in without a name: the browser offers the passkeys it finds for this office.
    ///
    /// # Errors
    /// Only when options cannot be made.
    pub fn start_sign_in(&self, at: Instant) -> Result<(String, Authentication), PasskeyError> {
        let (options, state) = self.start_authentication()?;
        Ok((options.to_string(), Authentication { started_at: at, who: Who::Anyone(state) }))
    }

    fn start_authentication(&self) -> Result<(Value, DiscoverableAuthentication), PasskeyError> {
        let (options, state) = self.0.start_discoverable_authentication()?;
        let mut json = serde_json::to_value(&options).expect("options are plain data");
        // webauthn-rs asks for autofill; our page has a button, and may ask for autofill itself.
        if let Some(options) = json.as_object_mut() {
            options.remove("mediation");
        }
        Ok((json, state))
    }

    /// Begins a sign-in, or a proof of presence, with one of the passkeys of one officer.
    ///
    /// # Errors
    /// [`PasskeyError::NotTheirs`] when there is none, or one is somebody else's.
    pub fn start_proof(&self, officer: OfficerId, have: &[PasskeyRecord], at: Instant) -> Result<(String, Authentication), PasskeyError> {
        if have.is_empty() || have.iter().any(|record| record.officer != officer) {
            return Err(PasskeyError::NotTheirs);
        }
        let (mut options, state) = self.start_authentication()?;
        options["publicKey"]["allowCredentials"] = have.iter().map(PasskeyRecord::named).collect();
        Ok((options.to_string(), Authentication { started_at: at, who: Who::Officer(officer, state) }))
    }

    /// Checks an answer against the record that its [`Claim`] names. Returns the record as it must be kept from now on: its counter, flags and time of
    /// use have changed.
    ///
    /// # Errors
    /// [`PasskeyError`] says why it is refused; [`PasskeyError::Copied`] asks for more than a message.
    pub fn finish(&self, answer: &Answer, state: Authentication, record: &PasskeyRecord, at: Instant) -> Result<PasskeyRecord, PasskeyError> {
        in_time(state.started_at, at)?;
        let claim = answer.claim();
        if claim.credential_id != record.credential_id() {
            return Err(PasskeyError::NotTheirs);
        }
        let (state, theirs) = match state.who {
            // Without a name typed, the authenticator must say whose passkey it is (WebAuthn §7.2 step 6).
            Who::Anyone(state) => (state, claim.officer == Some(record.officer)),
            Who::Officer(officer, state) => (state, officer == record.officer && claim.officer.is_none_or(|claimed| claimed == officer)),
        };
        if !theirs {
            return Err(PasskeyError::NotTheirs);
        }
        let result = self.0.finish_discoverable_authentication_v2(&answer.0, state, DiscoverableKey::from(&record.key))?;
        if !result.user_verified() {
            return Err(PasskeyError::NotVerified);
        }
        let mut record = record.clone();
        record.key.update_credential(&result).ok_or(PasskeyError::NotTheirs)?;
        record.used_at = Some(at);
        record.refresh();
        Ok(record)
    }
}

#[cfg(test)]
mod tests;
