//! What a check found, said so that a person knows where to look and what to do.

use std::fmt;

use crate::tlog::Hash;

/// Findings that are kept; more are only counted. Whoever has a thousand knows enough.
pub const FINDINGS_MAX: usize = 1_000;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $what:literal, $advice:expr;)*) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word for scripts.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What it means.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)* }
            }

            /// What to do about it.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

/// Most of what can be found is damage or tampering, and the answer is the same.
const RESTORE: &str = "stop writing, keep this copy as evidence, and restore the newest backup that checks clean";
/// Tables follow from the journal.
const RECOMPUTE: &str = "keep this copy as evidence and restore the newest backup: its tables are computed anew";

kinds! {
    /// The engine's own check found something.
    Engine = "engine", "the database file itself is damaged", "stop writing, keep this copy, check the disk, and restore the newest backup that checks clean";
    /// A number without an entry.
    EntryMissing = "entry-missing", "an entry is missing", RESTORE;
    /// An entry with a value that the program never writes.
    EntryUnreadable = "entry-unreadable", "the entry holds a value that the program never writes", RESTORE;
    /// The entry is not what its leaf in the log was made of.
    EntryChanged = "entry-changed", "the entry was changed, swapped or put in another's place: it is not what its leaf in the log commits to", RESTORE;
    /// The sealed body does not open in its place.
    EntrySealed = "entry-sealed", "the sealed body does not open under its key and number", "use the keyring of this office; if it is, keep this copy as evidence and restore the newest backup that checks clean";
    /// A kind or form of event that the program does not know.
    EntryUnknown = "entry-unknown", "the entry is of a kind or form that this program does not know", "check with the newest program";
    /// Earlier than the one before it.
    TimeBack = "time-back", "the entry's time is earlier than that of the entry before it", "keep this copy as evidence and restore the newest backup that checks clean";
    /// The journal ends before its head.
    Truncated = "truncated", "the journal ends before the size in its head: entries were cut off", RESTORE;
    /// Entries beyond the head.
    Surplus = "surplus", "there are entries that the head of the log does not count", RESTORE;
    /// A node of the log is missing.
    NodeMissing = "node-missing", "a hash of the log is missing: tiles and proofs cannot be served", "restore the newest backup that checks clean; the entries themselves are whole";
    /// A node of the log is wrong.
    NodeChanged = "node-changed", "a hash of the log is not that of its entries: they or it were changed", RESTORE;
    /// More nodes than the log has.
    NodeSurplus = "node-surplus", "there are hashes that a log of this size does not have", "keep this copy as evidence and restore the newest backup that checks clean";
    /// The head cannot be read or does not fit the entries.
    HeadChanged = "head-changed", "the head of the log does not fit the entries", RESTORE;
    /// The signature.
    CheckpointUnsigned = "checkpoint-unsigned", "the checkpoint is not signed by this office's log", "use the keyring of this office; if it is, keep this copy as evidence and restore the newest backup that checks clean";
    /// What was signed is another journal.
    CheckpointOther = "checkpoint-other", "the checkpoint was signed over other entries than these", RESTORE;
    /// Keys of an epoch that the keyring has not begun.
    KeyEpoch = "key-epoch", "keys were given out that the keyring does not know yet: the keyring is an old copy", "put the newest copy of the keyring back";
    /// The key of somebody who is not erased is gone.
    KeyMissing = "key-missing", "the data key was destroyed, and the journal knows of no erasure: the file can be read no more", "put the newest data back if this is an older copy of it; otherwise restore the newest backup into an empty place, which records the erasure";
    /// The key of somebody who is erased is still there.
    KeyNotDestroyed = "key-not-destroyed", "the journal says erased, and the data key still exists: the file can be read by who has the keys", "look again, since an erasure may be under way; if it stays, serve the office with its newest keyring: its daily work destroys the key";
    /// The next key was given out before.
    NextKey = "next-key", "the next data key was given out before", "stop writing and restore the newest backup that checks clean";
    /// A row points to no entry that could have made it.
    RowStray = "row-stray", "the row does not follow from the entry it names", "run `siger check --replay` to see what the journal says, and restore the newest backup that checks clean";
    /// The journal says there is a row, and there is none.
    RowMissing = "row-missing", "the journal says that there is this row, and it is missing", RECOMPUTE;
    /// A row that the journal knows nothing of.
    RowSurplus = "row-surplus", "the journal knows nothing of this row", RECOMPUTE;
    /// A row that says something else than the journal.
    RowDiffers = "row-differs", "the row says something else than the journal", "keep this copy as evidence and restore the newest backup: its tables are computed anew. After a rotation of the look-up key: finish computing the hashes anew";
    /// The entry contradicts the entries before it.
    ReplayFailed = "replay-failed", "the entry contradicts the entries before it", "keep this copy as evidence and restore the newest backup that checks clean";
    /// A blob that a row names is not there.
    BlobMissing = "blob-missing", "a blob is missing", "put it back from a backup";
    /// A blob whose bytes changed.
    BlobDamaged = "blob-damaged", "a blob is not the bytes that its name promises", "put it back from a backup and check the disk";
    /// A blob that no row names.
    BlobOrphan = "blob-orphan", "no file names this blob (harmless: an upload under way, or one that was not finished)", "nothing; it can be removed when no upload is under way";
    /// Something that is no blob.
    BlobStranger = "blob-stranger", "something lies among the blobs that is none (harmless)", "move it elsewhere";
}

impl Kind {
    /// Whether the office can go on as if nothing were found.
    pub const fn is_harmless(self) -> bool {
        matches!(self, Self::BlobOrphan | Self::BlobStranger)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Where: an entry, a row, a blob. Holds identifiers and names of columns, never a value.
    pub place: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. To do: {}.", self.place, self.kind.what(), self.kind.advice())
    }
}

/// What a check saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What is wrong, in the order found; empty when all is well.
    pub findings: Vec<Finding>,
    /// Findings beyond the first thousand, only counted.
    pub more: u64,
    /// Entries read.
    pub entries: u64,
    /// Rows compared.
    pub rows: u64,
    /// Blobs read.
    pub blobs: u64,
    /// Size of the journal as its head says.
    pub size: u64,
    /// Root computed from the entries, when they are all there.
    pub root: Option<Hash>,
}

impl Report {
    /// Whether nothing was found that matters.
    pub fn is_clean(&self) -> bool {
        self.more == 0 && self.findings.iter().all(|finding| finding.kind.is_harmless())
    }

    pub(super) fn add(&mut self, kind: Kind, place: impl Into<String>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding { kind, place: place.into() });
        } else {
            self.more += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_said_once_and_sentences_end_once() {
        let mut words: Vec<_> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Kind::ALL.len());
        assert!(Kind::ALL.iter().all(|kind| !kind.what().ends_with('.') && !kind.advice().ends_with('.')));
    }

    #[test]
    fn findings_are_bounded() {
        let mut report = Report::default();
        (0..FINDINGS_MAX + 5).for_each(|number| report.add(Kind::BlobOrphan, number.to_string()));
        assert_eq!((report.findings.len(), report.more), (FINDINGS_MAX, 5));
        assert!(!report.is_clean(), "what was not kept may matter");
    }
}
