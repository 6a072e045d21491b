//! The journal against a checkpoint that left the office: on a receipt, in the witness file, with another office.

use std::fmt;

use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::journal::{Head, read};
use crate::keyring::{Keyring, witness};
use crate::store::Store;
use crate::tlog::{self, Checkpoint, Hash, NoteVerifier, Receipt, SignedNote, receipt};

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
    /// The entry is the one that the receipt was given for, and the journal begins with what was signed then.
    Receipt {
        /// The entry.
        index: u64,
        /// Entries then.
        then: u64,
        /// Entries now.
        now: u64,
    },
    /// The entry here is not the one that the receipt was given for.
    OtherEntry {
        /// The entry.
        index: u64,
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
        matches!(self, Self::Same { .. } | Self::Extension { .. } | Self::Receipt { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same { size } => write!(f, "same: the journal is the one that was signed, {size} entries"),
            Self::Extension { then, now } => write!(f, "extension: the journal begins with the {then} entries that were signed and has {now} now"),
            Self::Receipt { index, then, now } => write!(
                f,
                "receipt: entry {index} is the one that it was given for, and the journal begins with the {then} entries that were signed then and has {now} now"
            ),
            Self::OtherEntry { index } => {
                write!(f, "other entry: entry {index} here is not the one that the receipt was given for. Keep this copy and the receipt as evidence")
            }
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
/// When hashes of the log are missing.
pub fn against(store: &Store, checkpoint: &str) -> Result<Verdict> {
    store.read_blocking(|tx| Present::of(tx, store.keyring())?.against(tx, checkpoint))
}

/// Compares the journal with what somebody holds: a checkpoint, a receipt (C2SP tlog-proof, as a page gives it out), or a witness file, of which
/// each record is compared. Of a receipt its proof is verified too, for the entry as it is here. Text that came by mail may have other line ends.
///
/// # Errors
/// As [`against`].
pub fn against_held(store: &Store, held: &[u8]) -> Result<Vec<Verdict>> {
    let Ok(text) = std::str::from_utf8(held) else { return Ok(vec![untrusted(&"it is not text")]) };
    if text.lines().any(|line| line.starts_with(witness::MARK)) {
        let records = witness::records(held);
        if records.is_empty() {
            return Ok(vec![untrusted(&"the witness file has no whole record")]);
        }
        return against_all(store, records.iter().map(|witnessed| witnessed.checkpoint.as_str()));
    }
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let text = format!("{}\n", text.trim());
    store.read_blocking(|tx| {
        let present = Present::of(tx, store.keyring())?;
        Ok(vec![if text.starts_with(receipt::FAMILY) { present.against_receipt(tx, &text)? } else { present.against(tx, &text)? }])
    })
}

/// Compares the journal with many checkpoints on one snapshot; the verdicts stand in their order.
///
/// # Errors
/// As [`against`].
pub fn against_all<'c>(store: &Store, checkpoints: impl Iterator<Item = &'c str>) -> Result<Vec<Verdict>> {
    store.read_blocking(|tx| {
        let present = Present::of(tx, store.keyring())?;
        checkpoints.map(|checkpoint| present.against(tx, checkpoint)).collect()
    })
}

fn untrusted(why: &dyn fmt::Display) -> Verdict {
    Verdict::Untrusted { why: why.to_string() }
}

/// The log as it is now.
pub(crate) struct Present {
    size: u64,
    root: Hash,
    origin: String,
    keys: Vec<NoteVerifier>,
}

impl Present {
    pub(crate) fn of(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<Self> {
        // An empty database has lost everything that was signed.
        let size = Head::load(tx, false)?.map_or(0, |head| head.edge.size());
        Ok(Self { size, root: tlog::root(tx, size).map_err(failed)?, origin: keyring.origin(), keys: keyring.log_verifiers() })
    }

    pub(crate) fn against(&self, tx: &mut Tx<'_>, checkpoint: &str) -> Result<Verdict> {
        // Whose it says that it is, before asking whether that is true: another office's keys are not known here.
        let claimed = match SignedNote::parse(checkpoint.as_bytes()) {
            Ok(note) => Checkpoint::from_text(note.unverified_text()),
            Err(error) => return Ok(untrusted(&error)),
        };
        match claimed {
            Ok(claimed) if claimed.origin != self.origin => return Ok(Verdict::OtherOffice { found: claimed.origin, expected: self.origin.clone() }),
            Ok(_) => {}
            Err(error) => return Ok(untrusted(&error)),
        }
        let signed = match Checkpoint::open(checkpoint.as_bytes(), &self.origin, &self.keys) {
            Ok(signed) => signed,
            Err(error) => return Ok(untrusted(&error)),
        };
        let now = self.size;
        if signed.size > now {
            return Ok(Verdict::Rollback { signed: signed.size, now });
        }
        let fork = Verdict::Fork { signed: signed.size, now };
        if signed.size == now {
            return Ok(if self.root == signed.root { Verdict::Same { size: now } } else { fork });
        }
        let proof = tlog::consistency(tx, signed.size, now).map_err(failed)?;
        let holds = tlog::verify_consistency(signed.size, now, &proof, &signed.root, &self.root).is_ok();
        Ok(if holds { Verdict::Extension { then: signed.size, now } } else { fork })
    }

    fn against_receipt(&self, tx: &mut Tx<'_>, text: &str) -> Result<Verdict> {
        let receipt = match Receipt::parse(text.as_bytes()) {
            Ok(receipt) => receipt,
            Err(error) => return Ok(untrusted(&error)),
        };
        let then = match self.against(tx, &receipt.checkpoint)? {
            Verdict::Same { size } => size,
            Verdict::Extension { then, .. } => then,
            wrong => return Ok(wrong),
        };
        let other = Verdict::OtherEntry { index: receipt.index };
        // An entry that cannot be read is not the one of the receipt.
        let Ok(Some(entry)) = read::entry(tx, receipt.index) else { return Ok(other) };
        let leaf = entry.expected_leaf();
        if receipt.verify(&leaf, &self.origin, &self.keys).is_err() {
            return Ok(other);
        }
        // Nobody signs the opening, so it is compared with the entry that the proof leads from.
        if !receipt.extra.is_empty() && receipt.extra != [&entry.salt[..], &entry.canonical()].concat() {
            return Ok(untrusted(&format!("its opening is not that of entry {}, although its proof is", receipt.index)));
        }
        Ok(Verdict::Receipt { index: receipt.index, then, now: self.size })
    }
}

fn failed(error: tlog::ProveError<Error>) -> Error {
    Error::Log(error.to_string())
}
