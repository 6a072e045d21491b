//! Blobs: pictures, scans and templates, each sealed and named by its content.

mod folder;

use sha2::{Digest, Sha256};
use std::{fmt, io, path::PathBuf, str::FromStr};

use crate::keyring;
pub use folder::{Folder, Turn};

/// Longest blob before sealing. A passport page scanned at 400 dpi as JPEG has 2 to 4 MB, a portrait at most 1; eight leave room, and bound
/// what one upload can take of memory (a blob is held whole: once open and once sealed).
pub const BLOB_BYTES_MAX: usize = 8 << 20;

/// Name of a blob: SHA-256 of its sealed bytes, so that whoever can't open it can still check it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId([u8; 32]);

impl BlobId {
    /// Of sealed bytes.
    pub(crate) fn of(sealed: &[u8]) -> Self {
        Self(Sha256::digest(sealed).into())
    }

    /// As the tables keep it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From the bytes of a column.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for BlobId {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blob:{self}")
    }
}

impl FromStr for BlobId {
    type Err = NotABlobId;
    fn from_str(text: &str) -> Result<Self, NotABlobId> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(NotABlobId) };
        if pairs.len() != 32 {
            return Err(NotABlobId);
        }
        // Small letters only: a blob has one name.
        let digit = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f').then(|| char::from(digit).to_digit(16)).flatten();
        let mut id = [0; 32];
        for (byte, pair) in id.iter_mut().zip(pairs) {
            let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else { return Err(NotABlobId) };
            *byte = (high << 4 | low) as u8;
        }
        Ok(Self(id))
    }
}

/// What came of keeping a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put {
    /// Its name.
    pub id: BlobId,
    /// Whether nothing of this name was there before.
    pub new: bool,
}

/// The text does not name a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a blob (expected 64 hexadecimal digits in small letters)")]
pub struct NotABlobId;

/// An operation on blobs failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("{operation} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        operation: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// Why it was refused.
        #[source]
        source: io::Error,
    },
    /// The blob is too long.
    #[error("a file of {bytes} bytes is too large, at most {max} are allowed: make the picture smaller")]
    TooLarge {
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// There is no such blob, though something names it.
    #[error("blob {0} is missing: put it back from a backup, `siger check` lists what names it")]
    Missing(BlobId),
    /// The bytes on the disk are not those that were written.
    #[error("blob {0} is damaged: put it back from a backup, `siger check` lists what names it")]
    Damaged(BlobId),
    /// In the folder lies something that is no blob.
    #[error("{} does not belong in the folder of blobs: move it elsewhere", .0.display())]
    Stranger(PathBuf),
    /// The keyring refused.
    #[error(transparent)]
    Keyring(#[from] keyring::Error),
}

impl Error {
    fn io(operation: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { operation, path, source }
    }
}

/// What operations on blobs hand back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let id = BlobId::of(b"sealed");
        assert_eq!(id.to_string().parse(), Ok(id));
        let text = id.to_string();
        for wrong in ["", &text[1..], &text.to_uppercase(), &format!("{text}00"), &text.replace(|c: char| c.is_ascii_digit(), "g")] {
            assert_eq!(wrong.parse::<BlobId>(), Err(NotABlobId), "{wrong}");
        }
    }
}
