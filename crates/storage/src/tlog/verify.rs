//! Checking proofs. Nothing here is trusted except the roots, which come from signed checkpoints.
//!
//! The path from a leaf to the root of a tree has an *inner* part, where the subtrees it meets may lie on either side, and a *border*, where it runs
//! along the right edge and meets only left siblings. Their lengths follow from index and size, so a proof of the wrong length is refused
//! before anything is hashed. (RFC 9162, sections 2.1.3.2 and 2.1.4.2; this way of putting it is that of the Certificate Transparency verifiers.)

use super::{Hash, empty_root, node_hash, text};

/// What a proof failed to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
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
    /// Index and sizes say how many hashes a proof has.
    #[error("the proof has {found} hashes, expected {expected}")]
    Length {
        /// Hashes in the proof.
        found: usize,
        /// Hashes that it needs.
        expected: usize,
    },
    /// The entry and the proof lead to another root: the entry is not the one in the log, or the proof is not its.
    #[error("entry and proof give the root {}, but the checkpoint says {}", text::encode(.computed), text::encode(.expected))]
    Root {
        /// What was computed.
        computed: Hash,
        /// What was signed.
        expected: Hash,
    },
    /// The proof does not lead to the older root.
    #[error("the proof gives {} as the root of the older log, but its checkpoint says {}", text::encode(.computed), text::encode(.expected))]
    OldRoot {
        /// What was computed.
        computed: Hash,
        /// What was signed.
        expected: Hash,
    },
    /// The proof leads to the older root but not to the newer: entries were changed or removed.
    #[error("the proof gives {} as the root of the newer log, but its checkpoint says {}", text::encode(.computed), text::encode(.expected))]
    NewRoot {
        /// What was computed.
        computed: Hash,
        /// What was signed.
        expected: Hash,
    },
}

/// Checks that the leaf with hash `leaf` is entry `index` of the log of `size` entries with this root.
///
/// # Errors
///
/// What does not fit.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::IndexOutside { index, size });
    }
    let inner = inner_length(index, size);
    let (inner_part, border_part) = cut(proof, inner, inner + border_length(index, inner))?;
    let computed = climb_border(climb_inner(*leaf, inner_part, index), border_part);
    if computed != *root { Err(VerifyError::Root { computed, expected: *root }) } else { Ok(()) }
}

/// Checks that the log of `old` entries with the root `old_root` is the beginning of that of `new` entries with the root `new_root`.
///
/// # Errors
///
/// What does not fit.
pub fn verify_consistency(old: u64, new: u64, proof: &[Hash], old_root: &Hash, new_root: &Hash) -> Result<(), VerifyError> {
    if old > new {
        return Err(VerifyError::SizeOrder { old, new });
    }
    if old == 0 || old == new {
        cut(proof, 0, 0)?;
        // A tree without entries has one root; a tree of any other size is its own beginning.
        let expected_old = if old == 0 { empty_root() } else { *new_root };
        let expected_new = if new == 0 { empty_root() } else { *new_root };
        return compare(expected_old, old_root, expected_new, new_root);
    }
    // The path of the last entry of the old log in the new one, from the largest subtree on that both share.
    let shared = old.trailing_zeros();
    let inner = inner_length(old - 1, new) - shared as usize;
    let border = border_length(old - 1, inner + shared as usize);
    // If the old log is that subtree, its root is where the path begins; otherwise the proof gives the subtree first.
    let seeded = usize::from(!old.is_power_of_two());
    let (first, rest) = cut(proof, seeded, seeded + inner + border)?;
    let seed = first.first().unwrap_or(old_root);
    let (inner_part, border_part) = rest.split_at(inner);
    let path = (old - 1) >> shared;
    let computed_old = climb_border(climb_inner_left_only(*seed, inner_part, path), border_part);
    let computed_new = climb_border(climb_inner(*seed, inner_part, path), border_part);
    compare(computed_old, old_root, computed_new, new_root)
}

fn compare(computed_old: Hash, old_root: &Hash, computed_new: Hash, new_root: &Hash) -> Result<(), VerifyError> {
    if computed_old != *old_root {
        Err(VerifyError::OldRoot { computed: computed_old, expected: *old_root })
    } else if computed_new != *new_root {
        Err(VerifyError::NewRoot { computed: computed_new, expected: *new_root })
    } else {
        Ok(())
    }
}

/// The first `at` hashes of a proof and the others, if there are `expected` in all.
fn cut(proof: &[Hash], at: usize, expected: usize) -> Result<(&[Hash], &[Hash]), VerifyError> {
    if proof.len() != expected {
        return Err(VerifyError::Length { found: proof.len(), expected });
    }
    Ok(proof.split_at(at))
}

/// Levels below the one where the path of `index` joins that of the last leaf of a tree of `size > index` leaves.
fn inner_length(index: u64, size: u64) -> usize {
    (u64::BITS - (index ^ (size - 1)).leading_zeros()) as usize
}

/// Left siblings above the inner part.
fn border_length(index: u64, inner: usize) -> usize {
    index.checked_shr(inner as u32).unwrap_or(0).count_ones() as usize
}

fn climb_inner(seed: Hash, proof: &[Hash], path: u64) -> Hash {
    proof.iter().enumerate().fold(seed, |hash, (level, sibling)| if path >> level & 1 == 0 { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) })
}

/// As [`climb_inner`] in a tree that ends where the path began: there are no right siblings.
fn climb_inner_left_only(seed: Hash, proof: &[Hash], path: u64) -> Hash {
    proof.iter().enumerate().filter(|(level, _)| path >> level & 1 == 1).fold(seed, |hash, (_, sibling)| node_hash(sibling, &hash))
}

fn climb_border(seed: Hash, proof: &[Hash]) -> Hash {
    proof.iter().fold(seed, |hash, sibling| node_hash(sibling, &hash))
}
