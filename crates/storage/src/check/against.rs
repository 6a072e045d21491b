//! The journal against a checkpoint that left the office: on a receipt, in the witness file, with another office.

use std::fmt;

use crate::error::{Error, Result};
use crate::journal::read;
use crate::store::Store;
use crate::tlog::{self, Checkpoint, SignedNote};

/// How the journal stands to a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The checkpoint is of the journal as it is now.
    Same {
        /// Entries.
        size: u64,
    },
    /// The journal grew since and begins with exactly what the checkpoint was signed over.
    Extension {
        /// Entries then.
        then: u64,
        /// Entries now.
        now: u64,
    },
    /// The journal has fewer entries than were signed: an older copy of the data is in its place, or its end was cut off.
    Rollback {
        /// Entries in the checkpoint.
        signed: u64,
        /// Entries now.
        now: u64,
    },
    /// The office's key signed another journal: entries before the checkpoint were changed, removed or put in, and the rest signed anew.
    Fork {
        /// Entries in the checkpoint.
        signed: u64,
        /// Entries now.
        now: u64,
    },
    /// The checkpoint is of another office's log.
    OtherOffice {
        /// Its origin.
        found: String,
        /// This office's.
        expected: String,
    },
    /// The checkpoint proves nothing: malformed, or not signed by a key of this office.
    Untrusted {
        /// Why.
        why: String,
    },
}

impl Verdict {
    /// Whether the journal is what it was.
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Same { .. } | Self::Extension { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { size } => write!(f, "same: the journal is the one that was signed, {size} entries"),
            Self::Extension { then, now } => write!(f, "extension: the journal begins with the {then} entries that were signed and has {now} now"),
            Self::Rollback { signed, now } => write!(
                f,
                "rollback: {signed} entries were signed, and there are {now}: an older copy of the data is in its place, or its end was cut off. Stop writing, keep this copy as evidence, and look for the newer one"
            ),
            Self::Fork { signed, now } => write!(
                f,
                "fork: another journal was signed at {signed} entries than the first {signed} of these {now}: entries were changed, removed or put in and signed anew. Keep this copy and the checkpoint as evidence"
            ),
            Self::OtherOffice { found, expected } => write!(f, "other office: the checkpoint is of {found}, this office is {expected}"),
            Self::Untrusted { why } => write!(f, "not a checkpoint of this office: {why}"),
        }
    }
}

/// Compares the journal with a signed checkpoint. Reads a few hashes, not the entries: [`super::verify`] shows that those are what the hashes say.
///
/// # Errors
/// When there is no office, or hashes of the log are missing.
pub fn against(store: &Store, checkpoint: &str) -> Result<Verdict> {
    let keyring = store.keyring();
    let expected = keyring.origin();
    let untrusted = |error: &dyn fmt::Display| Verdict::Untrusted { why: error.to_string() };
    // Whose it says that it is, before asking whether that is true: another office's keys are not known here.
    let claimed = match SignedNote::parse(checkpoint.as_bytes()) {
        Ok(note) => Checkpoint::from_text(note.unverified_text()),
        Err(error) => return Ok(untrusted(&error)),
    };
    match claimed {
        Ok(claimed) if claimed.origin != expected => return Ok(Verdict::OtherOffice { found: claimed.origin, expected }),
        Ok(_) => {}
        Err(error) => return Ok(untrusted(&error)),
    }
    let signed = match Checkpoint::open(checkpoint.as_bytes(), &expected, &keyring.log_verifiers()) {
        Ok(signed) => signed,
        Err(error) => return Ok(untrusted(&error)),
    };
    store.read_blocking(|tx| {
        let now = read::head(tx)?.edge.size();
        let failed = |error: tlog::ProveError<Error>| Error::Log(error.to_string());
        if signed.size > now {
            return Ok(Verdict::Rollback { signed: signed.size, now });
        }
        let fork = Verdict::Fork { signed: signed.size, now };
        let root = tlog::root(tx, now).map_err(failed)?;
        if signed.size == now {
            return Ok(if root == signed.root { Verdict::Same { size: now } } else { fork });
        }
        let proof = tlog::consistency(tx, signed.size, now).map_err(failed)?;
        let holds = tlog::verify_consistency(signed.size, now, &proof, &signed.root, &root).is_ok();
        Ok(if holds { Verdict::Extension { then: signed.size, now } } else { fork })
    })
}
