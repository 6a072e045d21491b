//! Proofs from stored nodes.
//!
//! Only the hashes of complete subtrees of `256^level` leaves are stored; those between are computed from the tile (at most 255 hashes) that they
//! lie in. A proof in a tree of `n` entries reads at most two tiles for each of its `log256 n` levels, each once.

use super::{Edge, Hash, MAX_SIZE, TILE_HEIGHT, TILE_WIDTH, empty_root, node_hash};

/// Where the nodes of a log are kept.
pub trait Nodes {
    /// Why nodes could not be read.
    type Error;

    /// The hashes of `count` consecutive complete subtrees of `256^level` leaves, from the `start`-th on (level 0: leaf hashes). At most
    /// [`TILE_WIDTH`] are asked for at once, all of one tile. Nodes that do not exist are left out, which the caller reports.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    fn nodes(&mut self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>, Self::Error>;
}

/// Why a root or a proof could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProveError<E> {
    /// The store failed.
    #[error("cannot read {count} nodes of the log at level {level} from number {start}")]
    Read {
        /// Level of the nodes.
        level: u8,
        /// Number of the first.
        start: u64,
        /// How many were asked for.
        count: usize,
        /// What the store said.
        source: E,
    },
    /// The store has another number of nodes than a tree of this size has.
    #[error("the log should have {count} nodes at level {level} from number {start}, but {found} were found")]
    Missing {
        /// Level of the nodes.
        level: u8,
        /// Number of the first.
        start: u64,
        /// How many were asked for.
        count: usize,
        /// How many came.
        found: usize,
    },
    /// There is no such entry in a tree of this size.
    #[error("entry {index} is not in a log of {size} entries")]
    IndexOutside {
        /// Index of the entry.
        index: u64,
        /// Size of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("a log of {old} entries cannot be an earlier state of one of {new}")]
    SizeOrder {
        /// Size said to be older.
        old: u64,
        /// Size said to be newer.
        new: u64,
    },
    /// The size is not one a log can have.
    #[error("size {0} of the log exceeds {MAX_SIZE}")]
    TooLarge(u64),
}

/// The root of the tree of the first `size` entries.
///
/// # Errors
///
/// If nodes are missing or cannot be read.
pub fn root<N: Nodes>(nodes: &mut N, size: u64) -> Result<Hash, ProveError<N::Error>> {
    edge(nodes, size).map(|edge| edge.root())
}

/// The right edge of the tree of the first `size` entries, for example to check one that was kept.
///
/// # Errors
///
/// If nodes are missing or cannot be read.
pub fn edge<N: Nodes>(nodes: &mut N, size: u64) -> Result<Edge, ProveError<N::Error>> {
    let mut tree = Tree::new(nodes, size)?;
    Edge::from_peaks(size, |height| tree.subtree(height, (size >> height) - 1))
}

/// The proof that the entry `index` is in the tree of the first `size` entries (RFC 6962, section 2.1.1): the siblings of its path, leaf to root.
///
/// # Errors
///
/// If there is no such entry, or nodes are missing or cannot be read.
pub fn inclusion<N: Nodes>(nodes: &mut N, index: u64, size: u64) -> Result<Vec<Hash>, ProveError<N::Error>> {
    if index >= size {
        return Err(ProveError::IndexOutside { index, size });
    }
    let mut tree = Tree::new(nodes, size)?;
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(tree.range(middle, end)?);
            end = middle;
        } else {
            proof.push(tree.range(start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of the first `old` entries is the beginning of that of the first `new` (RFC 6962, section 2.1.2). Empty if the sizes are
/// equal or `old` is 0, where there is nothing to prove.
///
/// # Errors
///
/// If `old` exceeds `new`, or nodes are missing or cannot be read.
pub fn consistency<N: Nodes>(nodes: &mut N, old: u64, new: u64) -> Result<Vec<Hash>, ProveError<N::Error>> {
    consistent(Tree::new(nodes, new)?, old)
}

/// [`consistency`] with the tree that has this right edge. What the edge holds is taken from it, so that only the tiles are read in which the two trees
/// differ: usually the newest.
///
/// # Errors
///
/// As [`consistency`].
pub fn consistency_to<N: Nodes>(nodes: &mut N, old: u64, new: &Edge) -> Result<Vec<Hash>, ProveError<N::Error>> {
    consistent(Tree { edge: Some(new), ..Tree::new(nodes, new.size())? }, old)
}

fn consistent<N: Nodes>(mut tree: Tree<'_, N>, old: u64) -> Result<Vec<Hash>, ProveError<N::Error>> {
    let new = tree.size;
    if old > new {
        return Err(ProveError::SizeOrder { old, new });
    }
    let mut proof = Vec::new();
    if old == 0 {
        return Ok(proof);
    }
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(tree.range(middle, end)?);
            end = middle;
        } else {
            proof.push(tree.range(start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the root of the old tree; a part of it must be given.
    if start > 0 {
        proof.push(tree.range(start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Leaves left of the split of a tree of `size >= 2` leaves: the largest power of two smaller than `size`.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Reads subtrees of a tree of a given size, each tile once.
struct Tree<'a, N> {
    nodes: &'a mut N,
    size: u64,
    /// Its right edge, where that is known.
    edge: Option<&'a Edge>,
    /// Tiles read: level, index, hashes. Never more than two for each level, so looking through them is quicker than hashing.
    tiles: Vec<(u8, u64, Vec<Hash>)>,
}

impl<'a, N: Nodes> Tree<'a, N> {
    fn new(nodes: &'a mut N, size: u64) -> Result<Tree<'a, N>, ProveError<N::Error>> {
        if size > MAX_SIZE {
            return Err(ProveError::TooLarge(size));
        }
        Ok(Tree { nodes, size, edge: None, tiles: Vec::new() })
    }

    /// The root of the leaves `start..end`, not empty and cut as RFC 6962 cuts: from the left into complete subtrees, largest first.
    fn range(&mut self, start: u64, end: u64) -> Result<Hash, ProveError<N::Error>> {
        let mut end = end;
        let mut right = None;
        while end > start {
            let height = (end - start).trailing_zeros();
            end -= 1 << height;
            let left = self.subtree(height, end >> height)?;
            right = Some(right.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(right.unwrap_or_else(empty_root))
    }

    /// The root of the `index`-th complete subtree of `2^height` leaves.
    fn subtree(&mut self, height: u32, index: u64) -> Result<Hash, ProveError<N::Error>> {
        if let Some(peak) = self.edge.and_then(|edge| edge.peak(height, index)) {
            return Ok(peak);
        }
        let level = (height / TILE_HEIGHT) as u8;
        let first = index << (height % TILE_HEIGHT);
        let count = 1 << (height % TILE_HEIGHT);
        let start = (first % TILE_WIDTH) as usize;
        Ok(fold(&self.tile(level, first / TILE_WIDTH)?[start..start + count]))
    }

    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], ProveError<N::Error>> {
        let known = self.tiles.iter().position(|&(l, i, _)| (l, i) == (level, index));
        let position = match known {
            Some(position) => position,
            None => {
                let start = index * TILE_WIDTH;
                let count = ((self.size >> (TILE_HEIGHT * u32::from(level))) - start).min(TILE_WIDTH) as usize;
                let hashes = self.nodes.nodes(level, start, count).map_err(|source| ProveError::Read { level, start, count, source })?;
                if hashes.len() != count {
                    return Err(ProveError::Missing { level, start, count, found: hashes.len() });
                }
                self.tiles.push((level, index, hashes));
                self.tiles.len() - 1
            }
        };
        Ok(&self.tiles[position].2)
    }
}

/// The root over a power of two of hashes.
fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [hash] => *hash,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}
