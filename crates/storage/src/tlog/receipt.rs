//! Receipts: proof, checkable without a network, that an entry is in a log (<https://c2sp.org/tlog-proof>).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra VGhlIGxlYWYgZGF0YSBvciB3aGF0ZXZlciBsZWFkcyB0byBpdA==
//! index 1
//! gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
//!
//! imigrasi.example/way-kanan
//! 2
//! sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
//!
//! — imigrasi.example/way-kanan hI2DJw...
//! ```

use super::{
    Checkpoint, Hash, VerifyError,
    checkpoint::CheckpointError,
    note::{MAX_NOTE_BYTES, NoteVerifier},
    text, verify_inclusion,
};

/// How the first line of a receipt of any version begins.
pub(crate) const FAMILY: &str = "c2sp.org/tlog-proof@";

/// The first line of every receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes in a proof: the height of a tree of [`MAX_SIZE`](super::MAX_SIZE) entries.
pub const MAX_PROOF_HASHES: usize = 63;

/// The most extra data, in bytes: an entry of a bundle with its salt, doubled.
pub const MAX_EXTRA_BYTES: usize = 128 * 1024;

/// The largest receipt read: checkpoint, proof, and extra data in base64, with some room.
pub const MAX_RECEIPT_BYTES: usize = MAX_NOTE_BYTES + MAX_EXTRA_BYTES / 3 * 4 + 64 * MAX_PROOF_HASHES + 1024;

/// An entry's proof of being in the log. Nothing in it is to be trusted before [`Receipt::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The index of the entry.
    pub index: u64,
    /// The siblings on its path, leaf to root.
    pub proof: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
    /// What the application adds, for example what leads to the leaf. Nobody signs it. Empty: none.
    pub extra: Vec<u8>,
}

/// Why a receipt is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// More than [`MAX_RECEIPT_BYTES`].
    #[error("the receipt has {0} bytes, more than {MAX_RECEIPT_BYTES}")]
    TooLarge(usize),
    /// Not UTF-8, or another first line.
    #[error("this is not a receipt: its first line is not {HEADER}")]
    Header,
    /// The extra data is not base64, is empty or too long.
    #[error("the extra data of the receipt is empty, not base64, or longer than {MAX_EXTRA_BYTES} bytes")]
    Extra,
    /// There is no index line.
    #[error("the receipt has no index line, or its index is not a decimal number without leading zeroes")]
    Index,
    /// A line of the proof is not a hash.
    #[error("hash {0} of the receipt's proof is not a SHA-256 hash in base64")]
    Hash(usize),
    /// More than [`MAX_PROOF_HASHES`].
    #[error("the receipt's proof has more than {MAX_PROOF_HASHES} hashes")]
    ProofTooLong,
    /// Nothing after the empty line, or no empty line.
    #[error("the receipt has no checkpoint")]
    NoCheckpoint,
    /// The checkpoint in it.
    #[error("receipt: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The proof in it.
    #[error("receipt for entry {index}: {source}")]
    Proof {
        /// The index of the entry.
        index: u64,
        /// What failed.
        source: VerifyError,
    },
}

impl Receipt {
    /// The receipt as text.
    pub fn encode(&self) -> String {
        let mut out = format!("{HEADER}\n");
        if !self.extra.is_empty() {
            out.extend(["extra ", &text::encode(&self.extra), "\n"]);
        }
        out.push_str(&format!("index {}\n", self.index));
        for hash in &self.proof {
            out.extend([&text::encode(hash), "\n"]);
        }
        out.push('\n');
        out.push_str(&self.checkpoint);
        out
    }

    /// Reads a receipt. The checkpoint in it is read by [`Receipt::verify`].
    ///
    /// # Errors
    ///
    /// If it is too large or not written as the specification says.
    pub fn parse(bytes: &[u8]) -> Result<Receipt, ReceiptError> {
        if bytes.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptError::TooLarge(bytes.len()));
        }
        let receipt = std::str::from_utf8(bytes).map_err(|_| ReceiptError::Header)?;
        let rest = receipt.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n')).ok_or(ReceiptError::Header)?;
        let (head, checkpoint) = rest.split_once("\n\n").ok_or(ReceiptError::NoCheckpoint)?;
        if checkpoint.is_empty() {
            return Err(ReceiptError::NoCheckpoint);
        }
        let mut lines = head.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => read_extra(&line["extra ".len()..]).ok_or(ReceiptError::Extra)?,
            None => Vec::new(),
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(text::decimal).ok_or(ReceiptError::Index)?;
        let mut proof = Vec::new();
        for (position, line) in lines.enumerate() {
            if position == MAX_PROOF_HASHES {
                return Err(ReceiptError::ProofTooLong);
            }
            proof.push(text::decode_hash(line).ok_or(ReceiptError::Hash(position + 1))?);
        }
        Ok(Receipt { index, proof, checkpoint: checkpoint.to_owned(), extra })
    }

    /// Checks that the leaf with this hash is in the log `origin`, by a checkpoint signed with one of the log's keys, and returns the checkpoint.
    ///
    /// The leaf must be computed from what the receipt is said to be about, never taken from anywhere else.
    ///
    /// # Errors
    ///
    /// If the checkpoint is not the log's, or the proof does not lead from the leaf to its root.
    pub fn verify(&self, leaf: &Hash, origin: &str, keys: &[NoteVerifier]) -> Result<Checkpoint, ReceiptError> {
        let checkpoint = Checkpoint::open(self.checkpoint.as_bytes(), origin, keys)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.proof, &checkpoint.root)
            .map_err(|source| ReceiptError::Proof { index: self.index, source })?;
        Ok(checkpoint)
    }
}

fn read_extra(base64: &str) -> Option<Vec<u8>> {
    text::decode(base64).filter(|extra| !extra.is_empty() && extra.len() <= MAX_EXTRA_BYTES)
}
