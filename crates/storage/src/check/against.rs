//! The journal against a checkpoint that left the office: on a receipt, in the witness file, with another office.

use std::fmt;

use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::journal::{Head, read};
use crate::keyring::{Keyring, witness};
use crate::store::Store;
use crate::tlog::{self, Checkpoint, Edge, NoteVerifier, ProveError, Receipt, SignedNote, receipt};

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
    /// Nothing is known to be wrong, and it cannot be shown that nothing is: rows are missing that must be compared.
    Unproven {
        /// Entries in the checkpoint.
        signed: u64,
        /// Entries now.
        now: u64,
        /// What is missing.
        missing: String,
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
            Self::Unproven { signed, now, missing } => write!(
                f,
                "unproven: whether these {now} entries begin with the {signed} that were signed cannot be told: {missing}. Stop writing, keep this copy as evidence; `siger check` names each row that is missing"
            ),
            Self::OtherOffice { found, expected } => write!(f, "other office: the checkpoint is of {found}, this office is {expected}"),
            Self::Untrusted { why } => write!(f, "not a checkpoint of this office: {why}"),
        }
    }
}

/// Compares the journal with a signed checkpoint. Reads the head and a few hashes, not the entries: [`super::verify`] shows that those are what the hashes
/// say.
///
/// # Errors
/// When the head of the log cannot be read.
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

/// Newest entries that must be there: about what an office of some clerks writes in a day. Who puts an older copy in place under the newest head is
/// found by them; who brings the rows of more days along is found by [`super::verify`], which reads all.
const NEWEST: u64 = 256;

/// The log as it is now: its head, from which the next checkpoint will be signed. What agrees with the head is not contradicted by anything that is signed
/// from it, also where an old hash of the log is lost: that stops proofs and is named by a check, and the office goes on.
pub(crate) struct Present {
    edge: Edge,
    /// How many of the newest entries are not there.
    gone: u64,
    origin: String,
    keys: Vec<NoteVerifier>,
}

impl Present {
    pub(crate) fn of(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<Self> {
        // An empty database has lost everything that was signed.
        let edge = Head::load(tx, false)?.map_or_else(Edge::empty, |head| head.edge);
        let newest = edge.size().min(NEWEST);
        let gone = newest.saturating_sub(read::count(tx, edge.size() - newest, edge.size())?);
        Ok(Self { edge, gone, origin: keyring.origin(), keys: keyring.log_verifiers() })
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
        let now = self.edge.size();
        // Before any hash is asked for: whoever puts an older copy in place can take away a row that a comparison would need.
        if signed.size > now {
            return Ok(Verdict::Rollback { signed: signed.size, now });
        }
        let fork = Verdict::Fork { signed: signed.size, now };
        let unproven = |missing: String| Verdict::Unproven { signed: signed.size, now, missing };
        let root = self.edge.root();
        let good = if signed.size == now {
            if root != signed.root {
                return Ok(fork);
            }
            Verdict::Same { size: now }
        } else {
            let proof = match tlog::consistency_to(tx, signed.size, &self.edge) {
                Ok(proof) => proof,
                Err(ProveError::Read { source: Error::Log(missing), .. }) => return Ok(unproven(missing)),
                Err(ProveError::Read { source, .. }) if !source.is_damage() => return Err(source),
                Err(ProveError::Read { source, .. }) => return Ok(unproven(source.to_string())),
                Err(error) => return Ok(unproven(error.to_string())),
            };
            if tlog::verify_consistency(signed.size, now, &proof, &signed.root, &root).is_err() {
                return Ok(fork);
            }
            Verdict::Extension { then: signed.size, now }
        };
        Ok(if self.gone == 0 { good } else { unproven(format!("{} of the newest {} entries are missing", self.gone, now.min(NEWEST))) })
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
        Ok(Verdict::Receipt { index: receipt.index, then, now: self.edge.size() })
    }
}
