//! The number of a data key.

use std::fmt;

/// Number of a data key: 48 bits, of which the upper 16 are the restore epoch and the lower 32 the sequence number in it.
///
/// The epoch makes sure that an index is never given twice: after a restore from a backup, the sequence of the database is
/// older than the keyring, so a new epoch begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIndex(u64);

impl KeyIndex {
    /// Bits of an index, and depth of the tree of keys.
    pub const BITS: u32 = 48;

    /// The office itself: what belongs to no person. Its key is never erased.
    pub const OFFICE: Self = Self(0);

    /// The index of a sequence number in a restore epoch.
    pub const fn new(epoch: u16, sequence: u32) -> Self {
        Self((epoch as u64) << 32 | sequence as u64)
    }

    /// The restore epoch.
    pub const fn epoch(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// The sequence number within the epoch.
    pub const fn sequence(self) -> u32 {
        self.0 as u32
    }

    /// As the tables keep it; never negative.
    pub const fn as_i64(self) -> i64 {
        self.0 as i64
    }

    /// Reads a column; nothing when the number is negative or has more than 48 bits.
    pub const fn from_i64(column: i64) -> Option<Self> {
        if column >= 0 && column < 1 << Self::BITS { Some(Self(column as u64)) } else { None }
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    #[cfg(test)]
    pub(super) const fn from_bits(bits: u64) -> Self {
        assert!(bits < 1 << Self::BITS);
        Self(bits)
    }
}

impl fmt::Display for KeyIndex {
    /// `epoch.sequence`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch(), self.sequence())
    }
}

impl fmt::Debug for KeyIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key:{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
        for (epoch, sequence, column) in [(0, 0, 0), (0, 1, 1), (1, 0, 1 << 32), (u16::MAX, u32::MAX, (1 << 48) - 1)] {
            let index = KeyIndex::new(epoch, sequence);
            assert_eq!(index.as_i64(), column);
            assert_eq!(KeyIndex::from_i64(column), Some(index));
            assert_eq!((index.epoch(), index.sequence()), (epoch, sequence));
        }
        assert_eq!(KeyIndex::from_i64(-1), None);
        assert_eq!(KeyIndex::from_i64(1 << 48), None);
        assert_eq!(KeyIndex::new(0, 0), KeyIndex::OFFICE);
    }
}
