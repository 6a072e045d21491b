//! The keys of a keyring made ready for use.

use ed25519_dalek::SigningKey;
use siger_domain::time::Instant;
use std::{fmt, path::Path};

use super::{
    Error, KeyState, Result, Which,
    contents::{Contents, Record},
    lookup::LookupKey,
    rotate,
};
use crate::tlog::{NoteSigner, note::NoteError};

/// A key that signs checkpoints as C2SP signed notes.
#[derive(Clone)]
pub struct LogKey {
    /// Name of the key on the signature line: the origin of the log.
    pub name: String,
    /// Key id of the signed note, the first 4 bytes before the signature.
    pub id: u32,
    /// In use or overlapping.
    pub state: KeyState,
    /// The key itself. Wiped when dropped.
    pub key: SigningKey,
}

impl LogKey {
    /// The key as the log signs checkpoints with it.
    ///
    /// # Errors
    /// Never for a key out of a keyring: its name was checked when the keyring was made.
    pub fn signer(&self) -> Result<NoteSigner, NoteError> {
        NoteSigner::new(&self.name, self.key.as_bytes())
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKey").field("name", &self.name).field("id", &format_args!("{:08x}", self.id)).finish_non_exhaustive()
    }
}

/// The key that signs seals (ECDSA P-256 with SHA-256, as ICAO Doc 9303 part 13 allows for visible digital seals).
#[derive(Clone)]
pub struct SealKey {
    /// Names the key; the verifying key in [`super::Keyring::seal_verifying_keys`] has the same id.
    pub id: String,
    /// The key itself. Wiped when dropped.
    pub key: p256::ecdsa::SigningKey,
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key that verifies seals.
#[derive(Clone, Debug)]
pub struct SealVerifyingKey {
    /// Names the key.
    pub id: String,
    /// A retired key is shown, and accepted no more.
    pub state: KeyState,
    /// Since when it is in this state.
    pub since: Instant,
    /// The key itself.
    pub key: p256::ecdsa::VerifyingKey,
}

/// All of them, each kind with the key in use first.
pub(super) struct Keys {
    pub(super) log: std::sync::Arc<[LogKey]>,
    pub(super) seal: SealKey,
    pub(super) seals: std::sync::Arc<[SealVerifyingKey]>,
    pub(super) lookup: Vec<LookupKey>,
}

impl Keys {
    pub(super) fn new(contents: &Contents, path: &Path) -> Result<Self> {
        let damaged = |what| Error::Damaged { path: path.to_owned(), what };
        // Newest first: the key in use is always the newest of its kind.
        let of = |which| contents.keys.iter().rev().filter(move |key| key.which == which);

        let mut log = Vec::new();
        let mut lookup = Vec::new();
        for (key, secret) in of(Which::Log).filter_map(with_secret) {
            let signing = SigningKey::from_bytes(secret.reveal());
            if signing.verifying_key().as_bytes() != key.public.as_slice() {
                return Err(damaged("a log key does not fit its verifying key"));
            }
            let id = rotate::log_key_id(&contents.origin, &key.public);
            log.push(LogKey { name: contents.origin.clone(), id, state: key.state, key: signing });
        }
        for (_, secret) in of(Which::Lookup).filter_map(with_secret) {
            lookup.push(LookupKey::new(secret));
        }

        let mut seals = Vec::new();
        let mut seal = None;
        for key in of(Which::Seal) {
            let id = rotate::id(key, &contents.origin);
            let verifying = p256::ecdsa::VerifyingKey::from_sec1_bytes(&key.public).map_err(|_| damaged("a seal's verifying key is not a point of P-256"))?;
            if let Some((_, secret)) = with_secret(key) {
                let signing = p256::ecdsa::SigningKey::from_slice(secret.reveal()).map_err(|_| damaged("a seal key is not a scalar of P-256"))?;
                if signing.verifying_key() != &verifying {
                    return Err(damaged("a seal key does not fit its verifying key"));
                }
                seal = Some(SealKey { id: id.clone(), key: signing });
            }
            seals.push(SealVerifyingKey { id, state: key.state, since: key.since, key: verifying });
        }
        let in_use = |key: Option<KeyState>| key == Some(KeyState::Current);
        let order_holds = in_use(log.first().map(|key| key.state)) && in_use(seals.first().map(|key| key.state));
        match seal {
            Some(seal) if order_holds && !lookup.is_empty() => Ok(Self { log: log.into(), seal, seals: seals.into(), lookup }),
            _ => Err(damaged("the keys are out of order")),
        }
    }
}

fn with_secret(key: &Record) -> Option<(&Record, &super::Key)> {
    key.secret.as_ref().map(|secret| (key, secret))
}
