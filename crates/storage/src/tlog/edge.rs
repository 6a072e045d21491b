//! The right edge of a tree: what must be kept to append to it.

use super::{Hash, MAX_SIZE, TILE_HEIGHT, empty_root, node_hash};
use std::fmt;

/// The right edge of a tree (its compact range): the roots of the largest complete subtrees that together hold all leaves, one for each bit set in the
/// size. Enough to append leaves and to know the root; 2 KB, never on the heap.
///
/// A push costs one hash on average and at most 63; [`Edge::root`] costs at most 62.
#[derive(Clone)]
pub struct Edge {
    size: u64,
    /// `peaks[h]` is the root of the complete subtree of `2^h` leaves if bit `h` of `size` is set, and stale otherwise.
    peaks: [Hash; 64],
}

/// Why bytes are not an [`Edge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgeError {
    /// The bytes end before the size.
    #[error("right edge of the tree: {0} bytes are too few to hold its size")]
    NoSize(usize),
    /// The size is not one a log can have.
    #[error("right edge of the tree: size {0} exceeds {MAX_SIZE}")]
    TooLarge(u64),
    /// There must be one hash for each bit set in the size.
    #[error("right edge of a tree of {size} entries: {found} bytes, expected {expected}")]
    Length {
        /// The size read.
        size: u64,
        /// Length of the bytes given.
        found: usize,
        /// Length that this size needs.
        expected: usize,
    },
}

impl Edge {
    /// The edge of a tree without leaves.
    pub fn empty() -> Edge {
        Edge { size: 0, peaks: [[0; 32]; 64] }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, given its hash ([`leaf_hash`](super::leaf_hash)), which gets the index [`Edge::size`] had before.
    ///
    /// Calls `on_node(level, index, hash)` for each subtree of `256^level` leaves, `level >= 1`, that this leaf completes, smallest first. These, and the
    /// leaf itself as level 0, are the nodes which [`Nodes`](super::Nodes) must later give back.
    pub fn push(&mut self, leaf: Hash, mut on_node: impl FnMut(u8, u64, Hash)) {
        let mut hash = leaf;
        let completed = self.size.trailing_ones();
        for height in 1..=completed {
            hash = node_hash(&self.peaks[height as usize - 1], &hash);
            if height % TILE_HEIGHT == 0 {
                on_node((height / TILE_HEIGHT) as u8, self.size >> height, hash);
            }
        }
        self.peaks[completed as usize] = hash;
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks_from_smallest();
        match peaks.next() {
            Some(smallest) => peaks.fold(*smallest, |right, left| node_hash(left, &right)),
            None => empty_root(),
        }
    }

    /// The edge as bytes: the size (8, big-endian), then its hashes (32 each), largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + 32 * self.size.count_ones() as usize);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        for height in (0..64).rev().filter(|height| self.size >> height & 1 == 1) {
            bytes.extend_from_slice(&self.peaks[height]);
        }
        bytes
    }

    /// Reads what [`Edge::to_bytes`] wrote. The hashes are taken as they are: compare [`Edge::root`] with a signed checkpoint.
    ///
    /// # Errors
    ///
    /// If the length does not fit the size, or the size exceeds [`MAX_SIZE`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Edge, EdgeError> {
        let (size, hashes) = bytes.split_first_chunk().ok_or(EdgeError::NoSize(bytes.len()))?;
        let size = u64::from_be_bytes(*size);
        if size > MAX_SIZE {
            return Err(EdgeError::TooLarge(size));
        }
        let (hashes, rest) = hashes.as_chunks::<32>();
        if hashes.len() != size.count_ones() as usize || !rest.is_empty() {
            return Err(EdgeError::Length { size, found: bytes.len(), expected: 8 + 32 * size.count_ones() as usize });
        }
        let mut edge = Edge { size, ..Edge::empty() };
        for (height, hash) in (0..64).rev().filter(|height| size >> height & 1 == 1).zip(hashes) {
            edge.peaks[height] = *hash;
        }
        Ok(edge)
    }

    /// An edge from the roots of its complete subtrees, by height. `peaks` is asked for each bit set in `size`, which is at most [`MAX_SIZE`].
    pub(super) fn from_peaks<E>(size: u64, mut peaks: impl FnMut(u32) -> Result<Hash, E>) -> Result<Edge, E> {
        let mut edge = Edge { size, ..Edge::empty() };
        for height in (0..64).filter(|height| size >> height & 1 == 1) {
            edge.peaks[height as usize] = peaks(height)?;
        }
        Ok(edge)
    }

    /// The root of the `index`-th complete subtree of `2^height` leaves, where that is one of those kept here.
    pub(super) fn peak(&self, height: u32, index: u64) -> Option<Hash> {
        let kept = self.size >> height & 1 == 1 && index == (self.size >> height) - 1;
        kept.then(|| self.peaks[height as usize])
    }

    fn peaks_from_smallest(&self) -> impl Iterator<Item = &Hash> {
        self.peaks.iter().enumerate().filter(|(height, _)| self.size >> height & 1 == 1).map(|(_, hash)| hash)
    }
}

impl Default for Edge {
    fn default() -> Edge {
        Edge::empty()
    }
}

impl PartialEq for Edge {
    fn eq(&self, other: &Edge) -> bool {
        self.size == other.size && self.peaks_from_smallest().eq(other.peaks_from_smallest())
    }
}

impl Eq for Edge {}

impl fmt::Debug for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edge({} entries, root {})", self.size, super::text::encode(&self.root()))
    }
}
