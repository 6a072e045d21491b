//! What can go wrong in the store, said so that a person knows what to do next.

use crate::keyring;

/// An error of the store. Messages never hold values of rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No room for another write. What was acknowledged before is safe.
    #[error("{operation}: the disk is full; nothing of this change was kept. Free some space and try again")]
    DiskFull {
        /// What was being done.
        operation: &'static str,
    },
    /// The data cannot be written.
    #[error("{operation}: the disk or the data folder is read-only; nothing of this change was kept. Check mount and permissions")]
    ReadOnly {
        /// What was being done.
        operation: &'static str,
    },
    /// Too much waits, another process holds the database, or the database server is away.
    #[error("{operation}: the store is not available now ({reason}); nothing of this change was kept. Try again")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// Why, in a word.
        reason: String,
    },
    /// The answer of the commit never came: the change may or may not be kept.
    #[error("{operation}: the connection broke before the database answered; look whether the change is there before repeating it")]
    Unknown {
        /// What was being done.
        operation: &'static str,
    },
    /// The machine's clock reads earlier than the newest entry.
    #[error(
        "the clock reads {now}, more than {tolerance_seconds} s before the newest entry ({newest}); nothing was kept. Set the clock right; if the newest entry is wrong, start with --accept-clock"
    )]
    ClockBack {
        /// What the clock reads, RFC 3339.
        now: String,
        /// Moment of the newest entry, RFC 3339.
        newest: String,
        /// How much is forgiven.
        tolerance_seconds: i64,
    },
    /// A row that cannot become a value of the domain: damage or tampering.
    #[error("table {table}, column {column}, row {row}: holds a value that the program never writes; run `siger check`")]
    Inconsistent {
        /// Table.
        table: &'static str,
        /// Column.
        column: &'static str,
        /// Which row.
        row: String,
    },
    /// An entry cannot be opened under its own place: it was changed or moved.
    #[error("entry {number}: the sealed body was changed or belongs to another entry; run `siger check`")]
    Damaged {
        /// The entry.
        number: u64,
    },
    /// Data of a newer program.
    #[error("the data was written by a newer program (schema {found}, this program knows {known}); use that program")]
    Newer {
        /// Version found.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// The keyring is older than what this data has seen: erased people could be read again.
    #[error(
        "the keyring is revision {found}, and this data has seen {seen}: an old copy was put in its place, which brings erased keys back. Put the newest copy back; if it is lost, restore a backup into an empty place"
    )]
    KeyringOlder {
        /// Revision of the keyring.
        found: u64,
        /// Newest revision seen.
        seen: u64,
    },
    /// The data is older than what this office has signed, or another course of it, or it cannot be told.
    #[error(
        "the data does not prove to be what this office has signed. {verdict}. Nothing is written. If what is newer is lost: `siger backup` of this copy, then `siger restore` into an empty place (docs/guide/backup-drill.md)"
    )]
    Contradicted {
        /// How it stands to what was signed.
        verdict: crate::check::Verdict,
    },
    /// Another process rotated the office key: this one cannot follow the keyring any more.
    #[error("the office key was rotated, and this process has the old root secret; start it again with the new one. Nothing of this change was kept")]
    RootRotated,
    /// There is no office in this place.
    #[error("there is no office here yet; make one with `siger init`, or bring one back with `siger restore`")]
    NoOffice,
    /// There is an office already.
    #[error("there is an office here already; choose an empty place")]
    OfficeExists,
    /// The key side refused.
    #[error("keyring: {0}")]
    Keyring(#[from] keyring::Error),
    /// An archive cannot be used.
    #[error("archive: {0}")]
    Archive(#[from] crate::archive::ArchiveError),
    /// A sealed blob.
    #[error(transparent)]
    Blob(#[from] crate::blob::Error),
    /// An entry of a kind or form that this program does not know.
    #[error(transparent)]
    Decode(#[from] siger_domain::event::DecodeError),
    /// The tree of the log does not fit together.
    #[error("log: {0}")]
    Log(String),
    /// A file of the store cannot be used.
    #[error("{operation}: {source}")]
    File {
        /// What was being done.
        operation: &'static str,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// Anything else the engine answered.
    #[error("{operation}: the database refused")]
    Engine {
        /// What was being done.
        operation: &'static str,
        /// The engine's answer, for the log.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A use case panicked on the storage thread; its change was undone.
    #[error("an unexpected fault in a use case; its change was undone")]
    Panicked,
}

/// Shorthand of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether one row or entry is damaged, rather than the store as a whole: a list names it and goes on with the others.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Inconsistent { .. } | Self::Damaged { .. } | Self::Decode(_) | Self::Keyring(keyring::Error::Sealed { .. }))
    }

    /// The same error again, for the kinds that concern everybody who waits: disk, connection, clock of the store.
    pub(crate) fn shareable(&self) -> Option<Self> {
        Some(match self {
            Self::DiskFull { operation } => Self::DiskFull { operation },
            Self::ReadOnly { operation } => Self::ReadOnly { operation },
            Self::Unavailable { operation, reason } => Self::Unavailable { operation, reason: reason.clone() },
            Self::Unknown { operation } => Self::Unknown { operation },
            Self::NoOffice => Self::NoOffice,
            Self::RootRotated => Self::RootRotated,
            Self::Contradicted { verdict } => Self::Contradicted { verdict: verdict.clone() },
            Self::KeyringOlder { found, seen } => Self::KeyringOlder { found: *found, seen: *seen },
            _ => return None,
        })
    }
}
