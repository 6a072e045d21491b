//! One format for backup, restore, export, import: `siger-archive 1` (described for others in `docs/ref/archive.md`).
//!
//! An archive holds the journal as it is stored and the sealed blobs it names; no derived or operational table and no keyed
//! hash (ADR 0006), so that it opens nothing by itself and nothing can be guessed against it. Bringing one back replays it:
//! numbers, salts and the root of the log stay exactly as they were, the tables are computed anew, and what the present
//! keyring can no longer open is applied as erased.

mod error;
mod file;
mod frame;
mod read;
mod write;

pub use error::ArchiveError;
pub use file::{PART, write_file};
pub use read::{import, restore};
pub use write::write;

use serde::{Deserialize, Serialize};

use crate::blob::BlobId;
use crate::tlog::Hash;

/// How the file begins.
pub const MAGIC: &[u8; 16] = b"siger-archive 1\n";
/// How the file of any version begins.
const MAGIC_ANY: &[u8] = b"siger-archive ";

/// Missing blobs that are named one by one; more are only counted.
pub const MISSING_NAMED_MAX: usize = 100;

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Short code of the office.
    pub code: String,
    /// Name of the office as shown.
    pub name: String,
    /// Origin of its log.
    pub origin: String,
    /// Invented people only.
    pub sample: bool,
    /// Entries in the archive.
    pub size: u64,
    /// Signed checkpoint at this size.
    pub checkpoint: String,
    /// Version of the tables of the database it was written from; for people, replay does not need it.
    pub schema: i64,
}

/// What was written or brought back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Origin of the office's log.
    pub origin: String,
    /// Entries in the archive.
    pub size: u64,
    /// Root of the log over them.
    pub root: Hash,
    /// Signed checkpoint over them, as in the archive.
    pub checkpoint: String,
    /// Sealed blobs written or brought back.
    pub blobs: u64,
    /// Blobs that an entry names and that are not there or damaged: the first [`MISSING_NAMED_MAX`].
    pub missing: Vec<BlobId>,
    /// How many those are in all.
    pub missing_count: u64,
    /// Bytes of the archive.
    pub bytes: u64,
    /// After a restore: persons whose key was found destroyed and whose erasure was recorded again.
    pub erasures_recorded: u64,
    /// After a restore: keys destroyed because the archive says that the person was erased.
    pub keys_destroyed: u64,
    /// After a restore: the epoch from which new keys are given.
    pub epoch: Option<u16>,
}

impl Summary {
    fn missing(&mut self, id: BlobId) {
        self.missing_count += 1;
        if self.missing.len() < MISSING_NAMED_MAX {
            self.missing.push(id);
        }
    }
}
