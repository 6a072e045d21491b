//! Tests of the log against naive trees, published vectors, and damaged input.

mod edge;
mod fuzz;
mod note;
mod proof;
mod receipt;
mod tile;
mod vectors;

use super::{Edge, Hash, Nodes, empty_root, leaf_hash, node_hash};
use std::convert::Infallible;

/// A log in memory, as a store keeps it: nodes of each level, and the right edge.
pub struct MemoryLog {
    pub edge: Edge,
    pub levels: Vec<Vec<Hash>>,
    /// Nodes that were read: level, start, count.
    pub reads: Vec<(u8, u64, usize)>,
}

impl MemoryLog {
    /// A log of `size` entries that all differ.
    pub fn of(size: u64) -> MemoryLog {
        let mut log = MemoryLog { edge: Edge::empty(), levels: vec![Vec::new(); 8], reads: Vec::new() };
        for index in 0..size {
            let leaf = leaf(index);
            log.levels[0].push(leaf);
            let levels = &mut log.levels;
            log.edge.push(leaf, |level, index, hash| {
                assert_eq!(levels[usize::from(level)].len() as u64, index, "nodes come in order");
                levels[usize::from(level)].push(hash);
            });
        }
        log
    }
}

impl Nodes for MemoryLog {
    type Error = Infallible;

    fn nodes(&mut self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>, Infallible> {
        self.reads.push((level, start, count));
        Ok(self.levels[usize::from(level)].iter().skip(start as usize).take(count).copied().collect())
    }
}

/// The hash of entry `index` of a [`MemoryLog`].
pub fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

/// MTH of RFC 6962, section 2.1, word for word.
pub fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of RFC 6962, section 2.1.1, word for word.
pub fn naive_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if index < k { (naive_inclusion(index, left), right) } else { (naive_inclusion(index - k, right), left) };
    path.push(naive_root(sibling));
    path
}

/// SUBPROOF of RFC 6962, section 2.1.2, word for word.
pub fn naive_consistency(old: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if known { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if old <= k { (naive_consistency(old, left, known), right) } else { (naive_consistency(old - k, right, false), left) };
    proof.push(naive_root(sibling));
    proof
}

fn naive_split(count: usize) -> usize {
    let mut k = 1;
    while k * 2 < count {
        k *= 2;
    }
    k
}
