//! Typed identifiers: UUID version 7 (RFC 9562), one type per thing, so that mixing them up does not compile.
//!
//! A new id is never made from a global source: the caller hands over the time and the random bytes.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

use crate::time::Instant;

/// The text was not an identifier of the expected kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{kind}: not an identifier (expected a UUID)")]
pub struct IdError {
    kind: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier for the given moment; `random` must come from a cryptographic source.
            pub fn new(at: Instant, random: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(at.unix_millis(), &random).into_uuid())
            }

            /// The identifier as its sixteen bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// Reads sixteen bytes back, as the tables keep them.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Reads the bytes of a column.
            ///
            /// # Errors
            /// When there are not exactly sixteen.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
                Uuid::from_slice(bytes).map(Self).map_err(|_| IdError { kind: $kind })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($kind, ":{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError { kind: $kind })
            }
        }
    )*};
}

ids! {
    /// A person whom the office keeps a file on.
    PersonId = "person";
    /// Somebody who works in the office (*petugas*).
    OfficerId = "officer";
    /// A request that a second person must answer.
    RequestId = "request";
    /// One inspection of a person at the counter or at a post.
    InspectionId = "inspection";
    /// A sign-in that the server keeps.
    SessionId = "session";
    /// A way to sign in: a passkey, a password, a code generator.
    CredentialId = "credential";
    /// A piece of work for later.
    JobId = "job";
    /// One request to the program, for error pages and logs.
    OperationId = "operation";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        let id = PersonId::new(Instant::from_unix_micros(1_795_000_000_000_000), [7; 10]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(PersonId::from_slice(id.as_bytes()), Ok(id));
        assert!("not-an-id".parse::<PersonId>().is_err());
        assert!(PersonId::from_slice(&[1, 2, 3]).is_err());
    }

    #[test]
    fn later_is_greater() {
        let early = PersonId::new(Instant::from_unix_micros(1_000_000), [255; 10]);
        let late = PersonId::new(Instant::from_unix_micros(2_000_000), [0; 10]);
        assert!(early < late);
    }
}
