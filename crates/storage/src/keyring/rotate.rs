//! The keys besides the tree: how they begin, are changed with overlap, and end.
//!
//! | key | on rotation | while it overlaps | on retiring |
//! | --- | --- | --- | --- |
//! | office (root secret) | the file is sealed anew under the new root secret | nothing: the old secret opens old copies only | destroy it with those copies |
//! | log (Ed25519) | the new key signs first | old and new both sign each checkpoint, so that a verifier that knows only the old one follows | its secret is destroyed, its verifying key stays for old receipts |
//! | seal (ECDSA P-256) | the new key signs; the secret of the old one is destroyed at once, because nothing needs it | the old verifying key is accepted | it is no longer accepted |
//! | look-up | new hashes use the new key | look-ups also try the old one until the hashes are computed anew | its secret is destroyed |
//!
//! Rotating the office key makes no new tree. The tree's secrets never leave the keyring, and every data key follows from them; a new
//! tree would protect only what is sealed after it, and whoever has an old keyring *and* its root secret can open what was sealed before in
//! any case. What protects is that old copies stop being openable: they need the old root secret, and that is destroyed.

use ed25519_dalek::SigningKey;
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use siger_domain::time::Instant;
use zeroize::Zeroizing;

use super::{
    Error, Key, Punctured, Result, RootSecret,
    contents::{Contents, KEYS_PER_KIND_MAX, Record},
    lookup::LookupKey,
};

/// Kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Which {
    /// The root secret that opens the keyring.
    Office = 0,
    /// Signs checkpoints of the log (Ed25519).
    Log = 1,
    /// Signs seals on receipts and letters (ECDSA P-256).
    Seal = 2,
    /// Keys the hashes for exact look-ups.
    Lookup = 3,
}

impl Which {
    /// A word for messages and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Log => "log",
            Self::Seal => "seal",
            Self::Lookup => "lookup",
        }
    }

    /// From the byte in the file; `Office` is not among the keys in the file.
    pub(super) const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::Log,
            2 => Self::Seal,
            3 => Self::Lookup,
            _ => return None,
        })
    }
}

/// What a key is used for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum KeyState {
    /// In use.
    Current = 0,
    /// Replaced, and still accepted.
    Overlap = 1,
    /// No longer accepted; its secret is destroyed.
    Retired = 2,
}

impl KeyState {
    /// A word for messages and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Overlap => "overlap",
            Self::Retired => "retired",
        }
    }

    pub(super) const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Current,
            1 => Self::Overlap,
            2 => Self::Retired,
            _ => return None,
        })
    }
}

/// What to rotate. The office key comes from outside, so it is handed over; the others are made here.
#[derive(Clone, Copy, Debug)]
pub enum Rotation<'a> {
    /// The keyring is sealed under this root secret from now on.
    Office(&'a RootSecret),
    /// A new key for the log.
    Log,
    /// A new key for seals.
    Seal,
    /// A new key for look-ups; a job computes the hashes anew afterwards.
    Lookup,
}

impl Rotation<'_> {
    /// Which kind of key.
    pub const fn which(&self) -> Which {
        match self {
            Self::Office(_) => Which::Office,
            Self::Log => Which::Log,
            Self::Seal => Which::Seal,
            Self::Lookup => Which::Lookup,
        }
    }
}

/// One key, for a page and for `siger keys`. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Kind.
    pub which: Which,
    /// Names the key: hexadecimal digits.
    pub id: String,
    /// What it is used for now.
    pub state: KeyState,
    /// Since when it is in this state.
    pub since: Instant,
    /// Ed25519 verifying key (32 bytes) or P-256 point (33 bytes); empty for the others.
    pub verifying_key: Vec<u8>,
}

/// The contents of a new keyring. Everything in it follows from `random`, which must come from a cryptographic source.
pub(super) fn fresh(origin: &str, at: Instant, random: &[u8; 32]) -> Contents {
    Contents {
        revision: 1,
        created: at,
        rooted: at,
        epoch: 0,
        origin: origin.to_owned(),
        keys: [Which::Log, Which::Seal, Which::Lookup].map(|which| record(which, at, random)).into(),
        tree: Punctured::new(expand(random, b"siger keyring new tree", 0)),
    }
}

/// Puts a new key in the place of the current one and says its id.
pub(super) fn rotate(contents: &mut Contents, which: Which, at: Instant, random: &[u8; 32]) -> Result<String> {
    if contents.keys.iter().filter(|key| key.which == which).count() >= KEYS_PER_KIND_MAX {
        return Err(Error::TooManyKeys { which: which.as_str(), max: KEYS_PER_KIND_MAX });
    }
    for key in contents.keys.iter_mut().filter(|key| key.which == which && key.state == KeyState::Current) {
        key.state = KeyState::Overlap;
        key.since = at;
        if which == Which::Seal {
            key.secret = None;
        }
    }
    let new = record(which, at, random);
    let id = id(&new, &contents.origin);
    contents.keys.push(new);
    Ok(id)
}

/// Ends a key that was rotated before; says whether anything changed.
pub(super) fn retire(contents: &mut Contents, which: Which, wanted: &str, at: Instant) -> Result<bool> {
    let origin = contents.origin.clone();
    let Some(key) = contents.keys.iter_mut().find(|key| key.which == which && id(key, &origin) == wanted) else {
        return Err(Error::NoSuchKey { which: which.as_str(), id: wanted.to_owned() });
    };
    match key.state {
        KeyState::Current => Err(Error::InUse { which: which.as_str(), id: wanted.to_owned() }),
        KeyState::Retired => Ok(false),
        KeyState::Overlap => {
            key.state = KeyState::Retired;
            key.since = at;
            key.secret = None;
            Ok(true)
        }
    }
}

/// Names a key. A log key has the id that C2SP signed-note gives it: the first 4 bytes of
/// SHA-256(name || 0x0A || 0x01 || verifying key).
pub(super) fn id(key: &Record, origin: &str) -> String {
    match key.which {
        Which::Log => format!("{:08x}", log_key_id(origin, &key.public)),
        Which::Seal => hex(&Sha256::digest(&key.public)[..8]),
        Which::Lookup | Which::Office => hex(&key.public),
    }
}

pub(super) fn log_key_id(origin: &str, verifying_key: &[u8]) -> u32 {
    let hash = Sha256::new().chain_update(origin).chain_update(b"\n\x01").chain_update(verifying_key).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A salt for the head of the file.
pub(super) fn salt(random: &[u8; 32]) -> [u8; 32] {
    *expand(random, b"siger keyring new salt", 0).reveal()
}

fn record(which: Which, at: Instant, random: &[u8; 32]) -> Record {
    let (secret, public) = match which {
        Which::Log => {
            let secret = expand(random, b"siger keyring new log key", 0);
            let public = SigningKey::from_bytes(secret.reveal()).verifying_key().as_bytes().to_vec();
            (secret, public)
        }
        Which::Seal => (0..=u8::MAX)
            .find_map(|attempt| {
                // One of 2^32 values is not a scalar of P-256; then the next is taken.
                let secret = expand(random, b"siger keyring new seal key", attempt);
                let signing = p256::ecdsa::SigningKey::from_slice(secret.reveal()).ok()?;
                Some((secret, signing.verifying_key().to_sec1_point(true).as_bytes().to_vec()))
            })
            .expect("256 values in a row that are no scalars do not happen"),
        Which::Lookup | Which::Office => {
            let secret = expand(random, b"siger keyring new look-up key", 0);
            let public = LookupKey::new(&secret).hash("siger keyring id", "")[..4].to_vec();
            (secret, public)
        }
    };
    Record { which, state: KeyState::Current, since: at, public, secret: Some(secret) }
}

fn expand(random: &[u8; 32], purpose: &[u8], attempt: u8) -> Key {
    let mut out = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, random).expand_multi_info(&[purpose, &[attempt]], out.as_mut_slice()).expect("32 bytes are within HKDF's 8,160");
    Key::new(*out)
}
