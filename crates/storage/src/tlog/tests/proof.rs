use super::{super::*, MemoryLog, leaf, naive_consistency, naive_inclusion, naive_root};
use proptest::prelude::*;

/// Past two tiles. Every entry and every older size is tried in the sizes of [`sizes`], random ones of all sizes in the properties below.
const SIZES: u64 = 600;

/// Small sizes, the neighbours of powers of two, and the largest.
fn sizes() -> impl Iterator<Item = u64> {
    (0..70).chain([127, 128, 129, 255, 256, 257, 258, 511, 512, 513, SIZES])
}

/// Where the proofs are compared with naive ones, which cost much more.
const NAIVE_SIZES: [usize; 12] = [1, 2, 3, 7, 8, 64, 100, 255, 256, 257, 511, 513];

fn roots(log: &MemoryLog, size: u64) -> Vec<Hash> {
    let mut edge = Edge::empty();
    let mut roots = vec![edge.root()];
    for leaf in &log.levels[0][..size as usize] {
        edge.push(*leaf, |_, _, _| {});
        roots.push(edge.root());
    }
    roots
}

#[test]
fn every_inclusion_proof_verifies_for_its_entry_only() {
    let mut log = MemoryLog::of(SIZES);
    let roots = roots(&log, SIZES);
    for size in sizes() {
        for index in 0..size {
            let proof = inclusion(&mut log, index, size).unwrap();
            let root = &roots[size as usize];
            assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, root), Ok(()), "{index} in {size}");
            assert!(verify_inclusion(&leaf(index + 1), index, size, &proof, root).is_err(), "another entry: {index} in {size}");
            let other = (index + 1) % size;
            assert!(size == 1 || verify_inclusion(&leaf(index), other, size, &proof, root).is_err(), "another index: {index} in {size}");
        }
    }
}

#[test]
fn every_consistency_proof_verifies_for_its_roots_only() {
    let mut log = MemoryLog::of(SIZES);
    let roots = roots(&log, SIZES);
    for new in sizes() {
        for old in 0..=new {
            let proof = consistency(&mut log, old, new).unwrap();
            let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
            assert_eq!(verify_consistency(old, new, &proof, old_root, new_root), Ok(()), "{old} in {new}");
            assert!(verify_consistency(old, new, &proof, &[1; 32], new_root).is_err(), "another old root: {old} in {new}");
            let refused = verify_consistency(old, new, &proof, old_root, &[1; 32]).is_err();
            assert!(refused || (old == 0 && new > 0), "another new root: {old} in {new}");
        }
    }
}

#[test]
fn proofs_are_those_of_the_rfc() {
    let mut log = MemoryLog::of(513);
    let leaves = log.levels[0].clone();
    for size in NAIVE_SIZES {
        assert_eq!(root(&mut log, size as u64).unwrap(), naive_root(&leaves[..size]));
        for index in [0, 1, size / 3, size / 2, size - 1].into_iter().filter(|index| *index < size) {
            assert_eq!(inclusion(&mut log, index as u64, size as u64).unwrap(), naive_inclusion(index, &leaves[..size]), "{index} in {size}");
            let old = index + 1;
            let naive = naive_consistency(old, &leaves[..size], true);
            assert_eq!(consistency(&mut log, old as u64, size as u64).unwrap(), naive, "{old} in {size}");
            let new = edge(&mut log, size as u64).unwrap();
            assert_eq!(consistency_to(&mut log, old as u64, &new).unwrap(), naive, "{old} in {size}, by its edge");
        }
    }
}

#[test]
fn edge_is_rebuilt_from_nodes() {
    let mut log = MemoryLog::of(70_000);
    assert_eq!(edge(&mut log, 70_000).unwrap(), log.edge);
    assert_eq!(edge(&mut log, 0).unwrap(), Edge::empty());
    assert_eq!(root(&mut log, 66_000).unwrap(), MemoryLog::of(66_000).edge.root());
}

#[test]
fn a_proof_reads_few_tiles() {
    let mut log = MemoryLog::of(70_000);
    for index in [0, 65_535, 65_536, 69_999] {
        log.reads.clear();
        inclusion(&mut log, index, 70_000).unwrap();
        let mut tiles = log.reads.clone();
        assert!(tiles.len() <= 5, "{index}: {tiles:?}");
        tiles.dedup();
        assert_eq!(tiles, log.reads, "no tile is read twice");
        assert!(log.reads.iter().all(|(_, start, count)| start % 256 == 0 && (1..=256).contains(count)), "{:?}", log.reads);
    }
    log.reads.clear();
    consistency(&mut log, 12_345, 70_000).unwrap();
    assert!(log.reads.len() <= 5, "{:?}", log.reads);
    // With the edge at hand only that in which the trees differ.
    log.reads.clear();
    let new = log.edge.clone();
    consistency_to(&mut log, 69_990, &new).unwrap();
    assert_eq!(log.reads, [(0, 69_888, 112)]);
}

#[test]
fn what_is_missing_is_named() {
    let mut log = MemoryLog::of(1000);
    log.levels[0].truncate(999);
    let missing = inclusion(&mut log, 0, 1000).unwrap_err();
    assert_eq!(missing.to_string(), "the log should have 232 nodes at level 0 from number 768, but 231 were found");
    log.levels[1].clear();
    assert_eq!(root(&mut log, 1000).unwrap_err().to_string(), missing.to_string());
    assert_eq!(root(&mut log, 512).unwrap_err().to_string(), "the log should have 2 nodes at level 1 from number 0, but 0 were found");
    assert_eq!(inclusion(&mut log, 5, 5).unwrap_err().to_string(), "entry 5 is not in a log of 5 entries");
    let new = log.edge.clone();
    assert!(matches!(consistency_to(&mut log, 1001, &new), Err(ProveError::SizeOrder { old: 1001, new: 1000 })));
    assert_eq!(consistency(&mut log, 6, 5).unwrap_err().to_string(), "a log of 6 entries cannot be an earlier state of one of 5");
    assert!(matches!(root(&mut log, u64::MAX).unwrap_err(), ProveError::TooLarge(u64::MAX)));
    assert!(matches!(inclusion(&mut log, 1, u64::MAX).unwrap_err(), ProveError::TooLarge(u64::MAX)));
    assert!(matches!(root(&mut log, MAX_SIZE).unwrap_err(), ProveError::Missing { .. }));

    struct Broken;
    impl Nodes for Broken {
        type Error = std::io::Error;
        fn nodes(&mut self, _: u8, _: u64, _: usize) -> Result<Vec<Hash>, std::io::Error> {
            Err(std::io::Error::other("disk gone"))
        }
    }
    let broken = inclusion(&mut Broken, 3, 10).unwrap_err();
    assert_eq!(broken.to_string(), "cannot read 10 nodes of the log at level 0 from number 0");
    assert_eq!(std::error::Error::source(&broken).unwrap().to_string(), "disk gone");
}

#[test]
fn errors_say_what_failed() {
    let mut log = MemoryLog::of(20);
    let (root, old_root) = (log.edge.root(), root(&mut log, 13).unwrap());
    let proof = inclusion(&mut log, 7, 20).unwrap();
    assert_eq!(verify_inclusion(&leaf(7), 7, 20, &proof[1..], &root), Err(VerifyError::Length { found: 4, expected: 5 }));
    assert_eq!(verify_inclusion(&leaf(7), 20, 20, &proof, &root), Err(VerifyError::IndexOutside { index: 20, size: 20 }));
    assert!(matches!(verify_inclusion(&leaf(8), 7, 20, &proof, &root), Err(VerifyError::Root { .. })));
    let proof = consistency(&mut log, 13, 20).unwrap();
    assert!(matches!(verify_consistency(13, 20, &proof, &root, &root), Err(VerifyError::OldRoot { .. })));
    assert!(matches!(verify_consistency(13, 20, &proof, &old_root, &old_root), Err(VerifyError::NewRoot { .. })));
    assert_eq!(verify_consistency(20, 13, &proof, &root, &old_root), Err(VerifyError::SizeOrder { old: 20, new: 13 }));
    assert_eq!(verify_consistency(13, 20, &[], &old_root, &root), Err(VerifyError::Length { found: 0, expected: proof.len() }));
    assert_eq!(verify_consistency(13, 13, &proof, &root, &root), Err(VerifyError::Length { found: proof.len(), expected: 0 }));
    assert_eq!(verify_consistency(0, 0, &[], &empty_root(), &empty_root()), Ok(()));
    assert!(matches!(verify_consistency(0, 0, &[], &empty_root(), &root), Err(VerifyError::NewRoot { .. })));
}

fn flip(hash: &mut Hash, bit: usize) {
    hash[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #[test]
    fn proofs_of_any_size_verify(size in 1u64..SIZES, at in any::<prop::sample::Index>()) {
        let mut log = MemoryLog::of(size);
        let index = at.index(size as usize) as u64;
        prop_assert_eq!(root(&mut log, size).unwrap(), naive_root(&log.levels[0]));
        let proof = inclusion(&mut log, index, size).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, &log.edge.root()), Ok(()));
        let proof = consistency(&mut log, index, size).unwrap();
        let old_root = root(&mut log, index).unwrap();
        prop_assert_eq!(verify_consistency(index, size, &proof, &old_root, &log.edge.root()), Ok(()));
    }

    #[test]
    fn any_changed_bit_of_an_inclusion_proof_fails(size in 1u64..600, at in any::<prop::sample::Index>(), hash in any::<prop::sample::Index>(), bit in 0usize..256) {
        let mut log = MemoryLog::of(size);
        let index = at.index(size as usize) as u64;
        let mut hashes = inclusion(&mut log, index, size).unwrap();
        // The leaf and the root count as hashes of the proof, too.
        hashes.extend([leaf(index), log.edge.root()]);
        let changed = hash.index(hashes.len());
        flip(&mut hashes[changed], bit);
        let (proof, [leaf, root]) = hashes.split_last_chunk().unwrap();
        prop_assert!(verify_inclusion(leaf, index, size, proof, root).is_err());
    }

    #[test]
    fn any_changed_bit_of_a_consistency_proof_fails(new in 1u64..600, old in any::<prop::sample::Index>(), hash in any::<prop::sample::Index>(), bit in 0usize..256) {
        let mut log = MemoryLog::of(new);
        let old = 1 + old.index(new as usize) as u64;
        let mut hashes = consistency(&mut log, old, new).unwrap();
        hashes.extend([root(&mut log, old).unwrap(), log.edge.root()]);
        let changed = hash.index(hashes.len());
        flip(&mut hashes[changed], bit);
        let (proof, [old_root, new_root]) = hashes.split_last_chunk().unwrap();
        prop_assert!(verify_consistency(old, new, proof, old_root, new_root).is_err());
    }

    /// A proof is of one index and one size, except where the law ends: index and size enter only through the shape of the path. This must never
    /// make another leaf acceptable, nor panic.
    #[test]
    fn any_numbers_and_hashes_are_refused_or_right(index: u64, size: u64, old: u64, proof in prop::collection::vec(any::<Hash>(), 0..70), a: Hash, b: Hash) {
        prop_assert!(verify_inclusion(&a, index, size, &proof, &b).is_err() || (size == 1 && a == b));
        prop_assert!(verify_consistency(old, size, &proof, &a, &b).is_err());
    }

    /// Two logs that differ in one entry are never consistent across it.
    #[test]
    fn a_rewritten_entry_breaks_consistency(new in 2u64..400, old in any::<prop::sample::Index>(), entry in any::<prop::sample::Index>()) {
        let old = 1 + old.index(new as usize) as u64;
        let entry = entry.index(old as usize);
        let mut log = MemoryLog::of(new);
        let old_root = root(&mut log, old).unwrap();
        let mut leaves = log.levels[0].clone();
        leaves[entry] = leaf(u64::MAX);
        let mut forged = MemoryLog { edge: Edge::empty(), levels: vec![Vec::new(); 8], reads: Vec::new() };
        for leaf in leaves {
            forged.levels[0].push(leaf);
            let levels = &mut forged.levels;
            forged.edge.push(leaf, |level, _, hash| levels[usize::from(level)].push(hash));
        }
        let proof = consistency(&mut forged, old, new).unwrap();
        prop_assert!(verify_consistency(old, new, &proof, &old_root, &forged.edge.root()).is_err());
    }
}
