//! What must be remembered between the two requests of a ceremony. It travels sealed, so that any process of the office can answer the second; that it
//! is over is written down in the transaction of what the answer allowed, so that the same answer opens nothing twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use siger_domain::time::Instant;
use siger_storage::Write;
use siger_storage::keyring::{KeyIndex, Place};
use siger_storage::table::operation;

use crate::error::{Error, Result};
use crate::office::Office;

/// Longest sealed state: it travels in a cookie, and browsers drop one above 4,096 bytes, name and attributes included, without a word.
const SEALED_CHARS_MAX: usize = 3 * 1024;

/// Names one ceremony: SHA-256 of what was sealed, which holds a challenge or a secret of its own.
#[derive(Clone, Copy)]
pub(crate) struct CeremonyId([u8; 32]);

impl CeremonyId {
    /// Ends the ceremony.
    ///
    /// # Errors
    /// When it is over already.
    pub(crate) fn end(self, write: &mut Write<'_, '_>, now: Instant) -> Result<()> {
        if operation::end_ceremony(write, &self.0, now)? { Ok(()) } else { Err(over()) }
    }
}

/// There is no such ceremony, or no longer.
pub(crate) const fn over() -> Error {
    Error::Conflict("ceremony_over")
}

/// Seals what must be remembered. `what` names the kind of ceremony: a state of one kind is none of another.
///
/// # Errors
/// When no browser would bring it back.
pub(crate) fn seal<T: Serialize>(office: &Office, what: &str, value: &T) -> Result<String> {
    let json = serde_json::to_vec(value).map_err(Error::internal)?;
    let place = Place { table: "ceremony", column: what, row: &[] };
    let sealed = URL_SAFE_NO_PAD.encode(office.store().keyring().seal(KeyIndex::OFFICE, &place, &json)?);
    if sealed.len() > SEALED_CHARS_MAX {
        return Err(Error::internal(format!("the state of a ceremony is {} characters long, too long for a cookie", sealed.len())));
    }
    Ok(sealed)
}

/// Opens what [`seal`] sealed.
pub(crate) fn unseal<T: DeserializeOwned>(office: &Office, what: &str, sealed: &str) -> Result<(T, CeremonyId)> {
    if sealed.len() > SEALED_CHARS_MAX {
        return Err(over());
    }
    let bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| over())?;
    let place = Place { table: "ceremony", column: what, row: &[] };
    let json = office.store().keyring().open_sealed(KeyIndex::OFFICE, &place, &bytes).ok().flatten().ok_or_else(over)?;
    let value = serde_json::from_slice(&json).map_err(|_| over())?;
    Ok((value, CeremonyId(Sha256::digest(&json).into())))
}
