//! Signed notes: a text and signatures below it (<https://c2sp.org/signed-note>), with Ed25519 keys.
//!
//! ```text
//! This is an example message.
//!
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
//! ```
//!
//! A note may carry signatures of several keys. While a key is rotated the log signs with the old and the new one, so that a verifier who knows
//! either is served. Signatures of unknown keys are passed over; a wrong signature of a known key condemns the whole note.

use super::text;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// The largest note read. Room for 16 post-quantum signatures (5 kB each, the least a verifier must accept) twice over.
pub const MAX_NOTE_BYTES: usize = 256 * 1024;

/// The most signatures read in one note. 16 is the least a verifier must accept; a log with all its witnesses has fewer than this.
pub const MAX_SIGNATURES: usize = 64;

/// The longest key name. Ours are host names with a path.
pub const MAX_NAME_BYTES: usize = 255;

/// The signature type of plain Ed25519 signatures in key ids and verifier keys.
const ED25519: u8 = 1;

/// What every signature line begins with: em dash, space.
const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a key, a text or a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key name is empty, too long, or has a space or plus.
    #[error("the key name {0:?} is empty, longer than {MAX_NAME_BYTES} bytes, or has a space, plus or control character")]
    Name(String),
    /// The text is not `name+id+key`.
    #[error("the verifier key is not of the form name+id+key")]
    KeyForm,
    /// Only plain Ed25519 keys are known here.
    #[error("the verifier key of {name} is of type {kind}, expected {ED25519} (Ed25519)")]
    KeyType {
        /// Name of the key.
        name: String,
        /// Type of the key.
        kind: u8,
    },
    /// The bytes are no point on the curve.
    #[error("the public key of {0} is not an Ed25519 key")]
    Key(String),
    /// The id in the verifier key is not that of name and key: one of the three was mistyped.
    #[error("the verifier key of {name} says id {found:08x}, but name and key give {expected:08x}")]
    KeyId {
        /// Name of the key.
        name: String,
        /// Id in the text.
        found: u32,
        /// Id computed.
        expected: u32,
    },
    /// The text to sign does not end in a newline, or has control characters.
    #[error("a text to sign must end in a newline and have no other control characters")]
    Text,
    /// A note that nobody signed is not a signed note.
    #[error("no key was given to sign with")]
    NoSigner,
    /// More than [`MAX_NOTE_BYTES`].
    #[error("the note has {0} bytes, more than {MAX_NOTE_BYTES}")]
    TooLarge(usize),
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// Not UTF-8, or control characters.
    #[error("the note is not plain UTF-8 text")]
    NotPlain,
    /// No empty line, or nothing after it.
    #[error("the note has no signatures below its text")]
    NoSignatures,
    /// A line among the signatures is not one.
    #[error("signature line {line} of the note is not of the form \u{2014} name base64")]
    SignatureLine {
        /// Counted from 1.
        line: usize,
    },
    /// Two of the keys trusted have the same name and id.
    #[error("two different keys are called {name}+{id:08x}")]
    Ambiguous {
        /// Name of the keys.
        name: String,
        /// Id of the keys.
        id: u32,
    },
    /// A known key's signature is wrong.
    #[error("the signature of {name}+{id:08x} is wrong: the text was changed, or the key did not sign it")]
    BadSignature {
        /// Name of the key.
        name: String,
        /// Id of the key.
        id: u32,
    },
    /// No known key signed.
    #[error("none of the trusted keys signed the note (signed by: {})", signed_by.join(", "))]
    Untrusted {
        /// Names and ids of the keys that did.
        signed_by: Vec<String>,
    },
}

/// A public key that verifies notes: name, id and Ed25519 key.
#[derive(Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl NoteVerifier {
    /// A key of this name. The name of a log's key is the log's origin.
    ///
    /// # Errors
    ///
    /// If the name cannot stand in a note or the bytes are not a public key.
    pub fn new(name: &str, public_key: &[u8; 32]) -> Result<NoteVerifier, NoteError> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| NoteError::Key(name.to_owned()))?;
        Ok(NoteVerifier { name: name.to_owned(), id: key_id(name, public_key), key })
    }

    /// Reads a verifier key, `name+id+key`.
    ///
    /// # Errors
    ///
    /// If it is written differently than [`NoteVerifier::vkey`] writes it, or is of another type than Ed25519.
    pub fn from_vkey(vkey: &str) -> Result<NoteVerifier, NoteError> {
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::KeyForm);
        };
        check_name(name)?;
        let is_hex = id.len() == 8 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let found = u32::from_str_radix(id, 16).ok().filter(|_| is_hex).ok_or(NoteError::KeyForm)?;
        let key = text::decode(key).ok_or(NoteError::KeyForm)?;
        let (&kind, key) = key.split_first().ok_or(NoteError::KeyForm)?;
        if kind != ED25519 {
            return Err(NoteError::KeyType { name: name.to_owned(), kind });
        }
        let verifier = NoteVerifier::new(name, key.try_into().map_err(|_| NoteError::KeyForm)?)?;
        if verifier.id != found {
            return Err(NoteError::KeyId { name: name.to_owned(), found, expected: verifier.id });
        }
        Ok(verifier)
    }

    /// The key as text: `name+id+key`, id in hexadecimal, type and key in base64.
    pub fn vkey(&self) -> String {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.as_bytes());
        format!("{}+{:08x}+{}", self.name, self.id, text::encode(&key))
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key: the first 4 bytes of `SHA-256(name || 0x0A || 0x01 || public key)`. Finds a key, proves nothing.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether this is the key's signature of the text (RFC 8032; keys and signatures of small order are refused too).
    pub fn is_signature(&self, text: &str, signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Debug for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteVerifier({})", self.vkey())
    }
}

/// A key that signs notes. Its secret is wiped when dropped and never printed.
#[derive(Clone)]
pub struct NoteSigner {
    key: SigningKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// A key of this name from its 32-byte Ed25519 seed.
    ///
    /// # Errors
    ///
    /// If the name cannot stand in a note.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<NoteSigner, NoteError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = NoteVerifier::new(name, key.verifying_key().as_bytes())?;
        Ok(NoteSigner { key, verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    fn sign_line(&self, text: &str, note: &mut String) {
        let mut signature = [0; 68];
        signature[..4].copy_from_slice(&self.verifier.id.to_be_bytes());
        signature[4..].copy_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        note.extend([SIGNATURE_PREFIX, &self.verifier.name, " ", &text::encode(&signature), "\n"]);
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({}+{:08x})", self.verifier.name, self.verifier.id)
    }
}

/// Signs a text with each of the keys, in this order, and returns the note.
///
/// # Errors
///
/// If the text does not end in a newline or has other control characters, if there is no key, or if the note would be too large to be read.
pub fn sign(text: &str, signers: &[&NoteSigner]) -> Result<String, NoteError> {
    if !text.ends_with('\n') || !text::is_plain(text) {
        return Err(NoteError::Text);
    }
    if signers.is_empty() {
        return Err(NoteError::NoSigner);
    }
    if signers.len() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    let mut note = String::with_capacity(text.len() + 1 + 200 * signers.len());
    note.push_str(text);
    note.push('\n');
    for signer in signers {
        signer.sign_line(text, &mut note);
    }
    if note.len() > MAX_NOTE_BYTES { Err(NoteError::TooLarge(note.len())) } else { Ok(note) }
}

/// A note that was read but not verified: trust nothing in it before [`SignedNote::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote<'a> {
    text: &'a str,
    signatures: Vec<NoteSignature<'a>>,
}

/// A signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NoteSignature<'a> {
    name: &'a str,
    id: u32,
    signature: Vec<u8>,
}

impl<'a> SignedNote<'a> {
    /// Reads a note.
    ///
    /// # Errors
    ///
    /// If it is too large or not written as the specification says.
    pub fn parse(bytes: &'a [u8]) -> Result<SignedNote<'a>, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge(bytes.len()));
        }
        let note = std::str::from_utf8(bytes).ok().filter(|note| text::is_plain(note)).ok_or(NoteError::NotPlain)?;
        // The text ends at the last empty line and includes its own newline.
        let end = note.rfind("\n\n").ok_or(NoteError::NoSignatures)? + 1;
        let (text, lines) = (&note[..end], &note[end + 1..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let mut signatures = Vec::new();
        for (position, line) in lines.split_inclusive('\n').enumerate() {
            if position == MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(parse_signature(line).ok_or(NoteError::SignatureLine { line: position + 1 })?);
        }
        Ok(SignedNote { text, signatures })
    }

    /// The text, which nobody may have signed.
    pub fn unverified_text(&self) -> &'a str {
        self.text
    }

    /// Verifies the signatures of all known keys and returns the text and the keys that signed it, each once.
    ///
    /// # Errors
    ///
    /// If a known key's signature is wrong, or no known key signed.
    pub fn verify<'k>(&self, known: &'k [NoteVerifier]) -> Result<(&'a str, Vec<&'k NoteVerifier>), NoteError> {
        let mut signers: Vec<&NoteVerifier> = Vec::new();
        for signature in &self.signatures {
            let mut matching = known.iter().filter(|key| key.name == signature.name && key.id == signature.id);
            let Some(key) = matching.next() else { continue };
            if matching.any(|other| other != key) {
                return Err(NoteError::Ambiguous { name: key.name.clone(), id: key.id });
            }
            if !key.is_signature(self.text, &signature.signature) {
                return Err(NoteError::BadSignature { name: key.name.clone(), id: key.id });
            }
            if !signers.contains(&key) {
                signers.push(key);
            }
        }
        if signers.is_empty() {
            return Err(NoteError::Untrusted { signed_by: self.signatures.iter().map(|s| format!("{}+{:08x}", s.name, s.id)).collect() });
        }
        Ok((self.text, signers))
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature<'_>> {
    let (name, signature) = line.strip_suffix('\n')?.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = text::decode(signature)?;
    let (id, signature) = bytes.split_first_chunk()?;
    // Every type of signature has at least one byte; Go's verifier insists too.
    (!signature.is_empty()).then(|| NoteSignature { name, id: u32::from_be_bytes(*id), signature: signature.to_vec() })
}

fn check_name(name: &str) -> Result<(), NoteError> {
    let bad = |c: char| c == '+' || c.is_whitespace() || c < ' ';
    if name.is_empty() || name.len() > MAX_NAME_BYTES || name.contains(bad) { Err(NoteError::Name(name.to_owned())) } else { Ok(()) }
}

fn key_id(name: &str, public_key: &[u8; 32]) -> u32 {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(public_key).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}
