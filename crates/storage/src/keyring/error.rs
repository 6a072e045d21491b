//! What can go wrong with the keyring. No message holds a secret or a personal value; each says what to do.

use std::{io, path::PathBuf};

use super::KeyIndex;

/// An operation on the keyring, the witness file or a sealed value failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("{operation} {}", path.display())]
    Io {
        /// What was tried, as a verb: "read", "rename".
        operation: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it was refused.
        #[source]
        source: io::Error,
    },
    /// A new keyring was to be made where there is one.
    #[error("{} exists already: a keyring is never replaced, choose another folder", .0.display())]
    Exists(PathBuf),
    /// There is no keyring.
    #[error("there is no keyring at {}: make an office with `siger init`, or put the keyring's copy back", .0.display())]
    Absent(PathBuf),
    /// Others than the owner can read the file.
    #[error("{} can be read by others (mode {mode:03o}): take that right away with `chmod 600`, and if strangers had it, rotate the office key", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is not what was written.
    #[error("{} is damaged ({what}): put its newest copy back", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which check failed.
        what: &'static str,
    },
    /// A newer program wrote the file.
    #[error("{} has format {found}, this program reads up to {known}: use the newer program", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The version in its header.
        found: u16,
        /// The newest version this program knows.
        known: u16,
    },
    /// The file is whole, but the root secret does not open it.
    #[error("the root secret does not open {}: it is the secret of another office, or of before or after a rotation", .0.display())]
    WrongRoot(PathBuf),
    /// A passphrase was given for a keyring with a stored secret, or the other way round.
    #[error("{} is opened with {expected}", path.display())]
    RootKind {
        /// The file.
        path: PathBuf,
        /// What the header asks for.
        expected: &'static str,
    },
    /// A root secret in a file or credential has the wrong form.
    #[error("{}: a root secret is 32 random bytes, or the same as 64 hexadecimal digits", .0.display())]
    RootForm(PathBuf),
    /// A passphrase is too easy to guess.
    #[error("the passphrase is too short: use at least {min} characters, for instance six random words")]
    PassphraseShort {
        /// Characters needed.
        min: usize,
    },
    /// The passphrase could not be stretched.
    #[error("the passphrase could not be stretched with the memory and rounds that the keyring asks for")]
    Stretch,
    /// The file on disk is older than what this process has already seen.
    #[error("{} is revision {found}, this process has seen {seen}: an old copy was put in its place, which brings erased keys back", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Revision in the file.
        found: u64,
        /// Newest revision seen.
        seen: u64,
    },
    /// The file holds the keys of another office.
    #[error("{} is the keyring of another office than before", .0.display())]
    OtherOffice(PathBuf),
    /// The keyring would grow beyond its limit.
    #[error("the keyring would have more than {max} bytes")]
    TooLarge {
        /// Bytes allowed.
        max: usize,
    },
    /// The name of the log is not one that a signed note can carry.
    #[error("the origin of the log must be 1 to {max} characters without spaces and plus signs")]
    Origin {
        /// Bytes allowed.
        max: usize,
    },
    /// The office's own key was to be erased.
    #[error("key 0 is the office itself and is never erased")]
    OfficeKey,
    /// Sequence number 0 was asked for; in epoch 0 it is the office itself.
    #[error("sequence number 0 is kept for the office itself: persons start at 1")]
    SequenceReserved,
    /// All 65,536 restore epochs were used.
    #[error("the keyring has been restored 65,535 times and can't be restored again: export the office and import it with a new keyring")]
    EpochsSpent,
    /// A value was to be sealed with an erased key.
    #[error("key {0} was erased, nothing can be sealed with it")]
    Erased(KeyIndex),
    /// A value is too long to seal.
    #[error("a value of {bytes} bytes is too long to seal, at most {max} are allowed")]
    ValueTooLarge {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// A sealed value was changed, cut, or moved from another row, column or table, or belongs to another key.
    #[error("the sealed value in {table}.{column} is damaged or was moved there from elsewhere: run `siger check`")]
    Sealed {
        /// Table of the value.
        table: String,
        /// Column of the value.
        column: String,
    },
    /// No such key.
    #[error("there is no {which} key {id}: see `siger keys`")]
    NoSuchKey {
        /// Kind of key.
        which: &'static str,
        /// The id asked for.
        id: String,
    },
    /// The key in use was to be retired.
    #[error("{which} key {id} is in use: rotate it before it is retired")]
    InUse {
        /// Kind of key.
        which: &'static str,
        /// The id asked for.
        id: String,
    },
    /// Too many keys of one kind are remembered.
    #[error("the keyring remembers {max} {which} keys and takes no more")]
    TooManyKeys {
        /// Kind of key.
        which: &'static str,
        /// Keys allowed.
        max: usize,
    },
    /// A checkpoint is too long or not text of the expected form for the witness file.
    #[error("a checkpoint must be non-empty text of at most {max} bytes that ends its last line")]
    Checkpoint {
        /// Bytes allowed.
        max: usize,
    },
}

impl Error {
    /// For `map_err`: names the operation and the file.
    pub(crate) fn io(operation: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { operation, path, source }
    }
}

/// What operations on the keyring hand back.
pub type Result<T, E = Error> = std::result::Result<T, E>;
