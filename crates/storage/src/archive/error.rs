//! What can be wrong with an archive. No message holds anything that stands in an entry.

/// Why an archive cannot be used. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Another kind of file.
    #[error("this is no archive of an office")]
    NotAnArchive,
    /// Of a newer program.
    #[error("the archive has a format that this program does not know; use a newer program")]
    Format,
    /// The file ends before it says so.
    #[error("the archive ends early, after {entries} entries: it was cut short or is still being written; take another copy")]
    Truncated {
        /// Whole entries before the end.
        entries: u64,
    },
    /// A part is larger than the format allows, of no known kind, or in the wrong place.
    #[error("the archive is damaged after {entries} entries ({what}); take another copy")]
    Damaged {
        /// Whole entries before it.
        entries: u64,
        /// What does not fit.
        what: &'static str,
    },
    /// The sum over all bytes is another.
    #[error("the archive's sum does not fit its bytes: it was damaged or changed; take another copy")]
    Sum,
    /// The signature on its checkpoint.
    #[error("the archive's checkpoint is not signed by this office's log: {0}")]
    Checkpoint(String),
    /// The entries lead to another root than was signed.
    #[error("the archive's entries are not those that the checkpoint was signed over: entries were changed, removed or put in; take another copy")]
    Root,
    /// Of another office than the keyring.
    #[error("the archive is of {found}, the keyring of {expected}; use the keyring of the same office")]
    OtherOffice {
        /// Origin in the archive.
        found: String,
        /// Origin of the keyring.
        expected: String,
    },
    /// The journal to be written does not fit its own checkpoint.
    #[error("the journal does not fit its checkpoint, so the archive could not be brought back; run `siger check`")]
    JournalDamaged,
}
