//! The parts of the file: a kind (1 byte), a length (4, big-endian), that many bytes. Everything is summed with SHA-256 on the
//! way; the last part holds the sum over all before it.

use std::io::{Read, Write};

use sha2::{Digest, Sha256};

use super::{ArchiveError, MAGIC, MAGIC_ANY};
use crate::blob::BLOB_BYTES_MAX;
use crate::error::{Error, Result};
use crate::keyring::{SEALED_OVERHEAD_BYTES, VALUE_BYTES_MAX};

/// Longest header: a code, a name, an origin and a checkpoint take less than 8 KiB.
const HEADER_BYTES_MAX: usize = 64 << 10;
/// The open part of an entry, with its salt: some two hundred bytes.
const OPEN_BYTES_MAX: usize = 4 << 10;

/// What a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// [`super::Header`] as JSON.
    Header,
    /// Salt (32 bytes), then the canonical bytes of an entry.
    Entry,
    /// The sealed bytes of a blob.
    Blob,
    /// SHA-256 of everything before.
    End,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Header => b'H',
            Self::Entry => b'E',
            Self::Blob => b'B',
            Self::End => b'Z',
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            b'H' => Self::Header,
            b'E' => Self::Entry,
            b'B' => Self::Blob,
            b'Z' => Self::End,
            _ => return None,
        })
    }

    const fn bytes_max(self) -> usize {
        match self {
            Self::Header => HEADER_BYTES_MAX,
            Self::Entry => OPEN_BYTES_MAX + VALUE_BYTES_MAX + SEALED_OVERHEAD_BYTES,
            Self::Blob => BLOB_BYTES_MAX + SEALED_OVERHEAD_BYTES,
            Self::End => 32,
        }
    }
}

pub(super) struct Writer<'w, W> {
    out: &'w mut W,
    sum: Sha256,
    pub(super) bytes: u64,
}

impl<'w, W: Write> Writer<'w, W> {
    pub(super) fn begin(out: &'w mut W) -> Result<Self> {
        let mut writer = Self { out, sum: Sha256::new(), bytes: 0 };
        writer.put(MAGIC)?;
        Ok(writer)
    }

    pub(super) fn part(&mut self, kind: Kind, pieces: &[&[u8]]) -> Result<()> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert!(length <= kind.bytes_max(), "what is stored keeps to limits below those of the format");
        self.put(&[kind.byte()])?;
        self.put(&(length as u32).to_be_bytes())?;
        pieces.iter().try_for_each(|piece| self.put(piece))
    }

    /// Writes the sum and hands everything to the system; whether it is on the disk is the caller's business.
    pub(super) fn end(mut self) -> Result<u64> {
        let sum: [u8; 32] = self.sum.clone().finalize().into();
        self.part(Kind::End, &[&sum])?;
        self.out.flush().map_err(failed)?;
        Ok(self.bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(failed)
    }
}

fn failed(source: std::io::Error) -> Error {
    match source.kind() {
        std::io::ErrorKind::StorageFull => Error::DiskFull { operation: "write the archive" },
        std::io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly { operation: "write the archive" },
        _ => Error::File { operation: "write the archive", source },
    }
}

pub(super) struct Reader<R> {
    input: R,
    sum: Sha256,
    pub(super) bytes: u64,
    /// Whole entries read, for messages.
    pub(super) entries: u64,
    /// The bytes of the newest part.
    pub(super) part: Vec<u8>,
}

impl<R: Read> Reader<R> {
    pub(super) fn begin(input: R) -> Result<Self> {
        let mut reader = Self { input, sum: Sha256::new(), bytes: 0, entries: 0, part: Vec::new() };
        match reader.take(MAGIC.len()) {
            Ok(()) if reader.part == MAGIC => Ok(reader),
            Ok(()) if reader.part.starts_with(MAGIC_ANY) => Err(ArchiveError::Format.into()),
            Ok(()) | Err(Error::Archive(_)) => Err(ArchiveError::NotAnArchive.into()),
            Err(error) => Err(error),
        }
    }

    /// Reads the next part into [`Reader::part`].
    pub(super) fn next(&mut self) -> Result<Kind> {
        let sum: [u8; 32] = self.sum.clone().finalize().into();
        self.take(5)?;
        let kind = Kind::from_byte(self.part[0]).ok_or_else(|| self.damaged("a part of no known kind"))?;
        let length = u32::from_be_bytes([self.part[1], self.part[2], self.part[3], self.part[4]]) as usize;
        if length > kind.bytes_max() {
            return Err(self.damaged("a part is too long"));
        }
        self.take(length)?;
        if kind == Kind::End {
            if self.part != sum {
                return Err(ArchiveError::Sum.into());
            }
            let mut beyond = [0];
            if self.input.read(&mut beyond).map_err(|source| Error::File { operation: "read the archive", source })? != 0 {
                return Err(self.damaged("something follows its end"));
            }
        }
        Ok(kind)
    }

    pub(super) fn damaged(&self, what: &'static str) -> Error {
        ArchiveError::Damaged { entries: self.entries, what }.into()
    }

    /// Memory grows with what is really there, not with a length that was only claimed.
    fn take(&mut self, length: usize) -> Result<()> {
        self.part.clear();
        let read =
            self.input.by_ref().take(length as u64).read_to_end(&mut self.part).map_err(|source| Error::File { operation: "read the archive", source })?;
        if read < length {
            return Err(ArchiveError::Truncated { entries: self.entries }.into());
        }
        self.sum.update(&self.part);
        self.bytes += length as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive() -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Writer::begin(&mut out).unwrap();
        writer.part(Kind::Header, &[b"{}"]).unwrap();
        writer.part(Kind::Entry, &[&[1; 32], b"entry"]).unwrap();
        writer.end().unwrap();
        out
    }

    fn read(bytes: &[u8]) -> Result<Vec<Kind>> {
        let mut reader = Reader::begin(bytes)?;
        let mut kinds = Vec::new();
        loop {
            kinds.push(reader.next()?);
            if kinds.last() == Some(&Kind::End) {
                return Ok(kinds);
            }
        }
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(read(&archive()).unwrap(), [Kind::Header, Kind::Entry, Kind::End]);
    }

    #[test]
    fn every_cut_and_every_changed_bit_is_refused() {
        let whole = archive();
        for length in 0..whole.len() {
            assert!(matches!(read(&whole[..length]), Err(Error::Archive(_))), "cut after {length} bytes");
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[at] ^= 1 << bit;
                assert!(matches!(read(&changed), Err(Error::Archive(_))), "bit {bit} of byte {at}");
            }
        }
        assert!(matches!(read(&[whole.as_slice(), b"x"].concat()), Err(Error::Archive(ArchiveError::Damaged { .. }))));
        assert!(matches!(read(b"siger-archive 2\n"), Err(Error::Archive(ArchiveError::Format))));
    }

    #[test]
    fn a_claimed_length_takes_no_memory() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(b"H\xff\xff\xff\xff");
        assert!(matches!(read(&bytes), Err(Error::Archive(ArchiveError::Damaged { .. }))));
    }
}
