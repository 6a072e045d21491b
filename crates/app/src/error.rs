//! The closed set of ways a use case can fail. `web` turns each into a status and a page in one place.

use crate::access::Why;

/// A field that was refused, and why, as a key of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Name of the field as in the form and the API.
    pub field: &'static str,
    /// Word of the reason; the texts have one for each.
    pub reason: &'static str,
}

/// Why a use case failed. None of these ever holds a personal value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given cannot be used.
    #[error("{}", faults(.0))]
    Invalid(Vec<Fault>),
    /// The policies say no.
    #[error("not permitted: {}", .0.as_str())]
    Forbidden(Why),
    /// There is no such thing, or whether there is one is a secret.
    #[error("not found")]
    NotFound,
    /// The thing changed or stands otherwise than the action needs; the word says how.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Too many guesses.
    #[error("too many tries; the next is possible in {seconds} s")]
    TooMany {
        /// Until the next, rounded up.
        seconds: i64,
    },
    /// More bytes than allowed.
    #[error("too large: at most {max_bytes} bytes")]
    TooLarge {
        /// The bound.
        max_bytes: u64,
    },
    /// The store cannot take it now; nothing was kept.
    #[error("not available now")]
    Unavailable(#[source] siger_storage::Error),
    /// A fault of the program or damage of the data.
    #[error("internal fault")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn faults(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{}: {}", fault.field, fault.reason)).collect::<Vec<_>>().join("; ")
}

impl Error {
    /// One refused field.
    pub fn invalid(field: &'static str, reason: &'static str) -> Self {
        Self::Invalid(vec![Fault { field, reason }])
    }

    /// Whether one row or entry is damaged ([`siger_storage::Error::is_damage`]).
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Internal(inner) if inner.downcast_ref::<siger_storage::Error>().is_some_and(siger_storage::Error::is_damage))
    }

    /// A fault of the program.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<siger_storage::Error> for Error {
    fn from(error: siger_storage::Error) -> Self {
        use siger_storage::Error as Store;
        match error {
            Store::DiskFull { .. }
            | Store::ReadOnly { .. }
            | Store::Unavailable { .. }
            | Store::Unknown { .. }
            | Store::ClockBack { .. }
            | Store::RootRotated => Self::Unavailable(error),
            // Nothing more is kept about somebody who was erased, whoever asks and whenever it happened.
            Store::Keyring(siger_storage::keyring::Error::Erased(_)) => Self::Conflict("erased"),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<siger_storage::keyring::Error> for Error {
    fn from(error: siger_storage::keyring::Error) -> Self {
        Self::from(siger_storage::Error::from(error))
    }
}

/// Shorthand of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
