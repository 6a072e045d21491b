//! Checkpoints: the signed head of a log (<https://c2sp.org/tlog-checkpoint>).
//!
//! ```text
//! imigrasi.example/way-kanan
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — imigrasi.example/way-kanan Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```

use super::{
    Hash, MAX_SIZE, empty_root,
    note::{self, NoteError, NoteSigner, NoteVerifier, SignedNote},
    text,
};

/// The state of a log: whose, how many entries, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its address without scheme, also the name of its key.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The signed note around it.
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    /// Fewer than three lines, an empty line, or no newline at the end.
    #[error("a checkpoint has at least three lines, none empty, each with a newline")]
    Lines,
    /// The origin is empty or has control characters.
    #[error("the origin {0:?} of a checkpoint is empty or has control characters")]
    OriginForm(String),
    /// The second line is not a size.
    #[error("the size {0:?} of a checkpoint is not a decimal number from 0 to {MAX_SIZE} without leading zeroes")]
    Size(String),
    /// The third line is not a hash.
    #[error("the root {0:?} of a checkpoint is not a SHA-256 hash in base64")]
    Root(String),
    /// A log without entries has one possible root.
    #[error("the checkpoint of an empty log has a root that is not that of an empty tree")]
    EmptyRoot,
    /// Another log's checkpoint.
    #[error("the checkpoint is of {found:?}, expected one of {expected:?}")]
    Origin {
        /// Origin in the checkpoint.
        found: String,
        /// Origin expected.
        expected: String,
    },
}

impl Checkpoint {
    /// The text that is signed: origin, size and root, a line each.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, text::encode(&self.root))
    }

    /// Reads the text of a checkpoint. Extension lines, which others may add below the root, are passed over: they are not part of the
    /// tree's state, and the signed note itself keeps them.
    ///
    /// # Errors
    ///
    /// If it is not written as the specification says.
    pub fn from_text(checkpoint: &str) -> Result<Checkpoint, CheckpointError> {
        let body = checkpoint.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        if body.split('\n').any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Lines);
        };
        let size = text::decimal(size).ok_or_else(|| CheckpointError::Size(size.to_owned()))?;
        let root = text::decode_hash(root).ok_or_else(|| CheckpointError::Root(root.to_owned()))?;
        let checkpoint = Checkpoint { origin: origin.to_owned(), size, root };
        checkpoint.check()?;
        Ok(checkpoint)
    }

    /// Signs the checkpoint with each of the log's keys. The first should be named as the origin.
    ///
    /// A log must sign only what follows from everything it signed before; the caller sees to that.
    ///
    /// # Errors
    ///
    /// If the origin cannot stand in a checkpoint, the size exceeds [`MAX_SIZE`], or there is no key.
    pub fn sign(&self, signers: &[&NoteSigner]) -> Result<String, CheckpointError> {
        self.check()?;
        Ok(note::sign(&self.to_text(), signers)?)
    }

    /// Reads a signed checkpoint of the log `origin`, signed by one of the log's keys.
    ///
    /// `keys` must be keys of the log only: a witness's signature alone makes no checkpoint.
    ///
    /// # Errors
    ///
    /// If it is malformed, of another log, or not signed by these keys.
    pub fn open(signed: &[u8], origin: &str, keys: &[NoteVerifier]) -> Result<Checkpoint, CheckpointError> {
        let (text, _) = SignedNote::parse(signed)?.verify(keys)?;
        let checkpoint = Checkpoint::from_text(text)?;
        if checkpoint.origin != origin {
            return Err(CheckpointError::Origin { found: checkpoint.origin, expected: origin.to_owned() });
        }
        Ok(checkpoint)
    }

    /// What must hold for any checkpoint, however it was made.
    fn check(&self) -> Result<(), CheckpointError> {
        if self.origin.is_empty() || self.origin.contains('\n') || !text::is_plain(&self.origin) {
            return Err(CheckpointError::OriginForm(self.origin.clone()));
        }
        if self.size > MAX_SIZE {
            return Err(CheckpointError::Size(self.size.to_string()));
        }
        if self.size == 0 && self.root != empty_root() {
            return Err(CheckpointError::EmptyRoot);
        }
        Ok(())
    }
}
