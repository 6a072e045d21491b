//! The puncturable tree: one secret from which 2^48 keys follow, and from which single keys can be taken away for good.
//!
//! **Contract.** A full binary tree of depth 48 whose nodes are 32-byte secrets. The children of a node `k` are
//! `left = H(k, 0)` and `right = H(k, 1)` with `H(k, b) = SHA-256(k || TAG || b)`; the leaf at index `i` is reached by the bits
//! of `i`, most significant first. Source: O. Goldreich, S. Goldwasser, S. Micali, "How to construct random functions",
//! J. ACM 33(4), 1986; puncturing as in D. Boneh, B. Waters, "Constrained pseudorandom functions and their applications",
//! ASIACRYPT 2013, §3.3.
//!
//! What is kept is a set of nodes with disjoint subtrees that cover exactly the leaves not punctured. To puncture a leaf, the node
//! above it gives way to the siblings along the path from it down to the leaf. SHA-256 can't be walked upwards, so nothing
//! that is left leads to the punctured leaf. The set is the smallest possible: neighbours that are punctured leave no siblings
//! between them, and a completely punctured subtree leaves nothing.
//!
//! **Cost.** `H` hashes 32 + 22 + 1 = 55 bytes, the longest message that SHA-256 pads into one block, so a step is one
//! compression and a derivation at most 48. The first puncture costs 48 nodes of 39 bytes; n punctures scattered
//! over N dense indexes cost about n·log2(N/n) nodes (a test counts them).

use std::{collections::BTreeMap, fmt};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::KeyIndex;

/// Domain separation: no other use of SHA-256 in this program hashes 55 bytes with this text at offset 32.
const TAG: &[u8; 22] = b"siger keyring tree v1\0";

/// SHA-256's initial state, FIPS 180-4 §5.3.3.
const SHA_256_INITIAL: [u32; 8] = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// Bytes of one node when written: depth, first leaf, secret.
pub(super) const NODE_BYTES: usize = 1 + 6 + 32;

/// A secret of 32 bytes: a node of the tree, or the data key of one index. Wiped when dropped; prints nothing of itself.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// From bytes out of a cryptographic source.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret itself.
    pub const fn reveal(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(key)")
    }
}

#[derive(Clone)]
struct Node {
    /// 0 for the root, 48 for a leaf.
    depth: u8,
    /// Boxed, so that moving the map's entries about leaves no copies of the secret behind.
    secret: Box<Key>,
}

impl Node {
    /// Number of leaves below.
    const fn span(&self) -> u64 {
        1 << (KeyIndex::BITS - self.depth as u32)
    }
}

/// The tree with some leaves taken away. See the head of this file.
#[derive(Clone)]
pub struct Punctured {
    /// By the first leaf of each node.
    nodes: BTreeMap<u64, Node>,
}

/// Written bytes are not a tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotATree;

impl Punctured {
    /// The whole tree above which `root` stands.
    pub fn new(root: Key) -> Self {
        Self { nodes: BTreeMap::from([(0, Node { depth: 0, secret: Box::new(root) })]) }
    }

    /// The key at an index; nothing when it was punctured.
    pub fn derive(&self, index: KeyIndex) -> Option<Key> {
        let (_, node) = self.above(index.bits())?;
        Some(walk(&node.secret, index.bits(), u32::from(node.depth), KeyIndex::BITS))
    }

    /// Whether the key at an index was taken away.
    pub fn is_punctured(&self, index: KeyIndex) -> bool {
        self.above(index.bits()).is_none()
    }

    /// Takes the key at an index away; says whether it was there.
    pub fn puncture(&mut self, index: KeyIndex) -> bool {
        let leaf = index.bits();
        let Some((start, _)) = self.above(leaf) else { return false };
        let Some(node) = self.nodes.remove(&start) else { return false };
        let mut steps = Steps::new(&node.secret);
        for depth in u32::from(node.depth)..KeyIndex::BITS {
            let span_bit = 1 << (KeyIndex::BITS - 1 - depth);
            let right = leaf & span_bit != 0;
            let sibling_start = (leaf & !(span_bit - 1)) ^ span_bit;
            self.nodes.insert(sibling_start, Node { depth: depth as u8 + 1, secret: Box::new(steps.child(!right)) });
            steps.down(right);
        }
        true
    }

    /// Number of nodes kept: 1 for a whole tree.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// Appends the nodes in order of their leaves, [`NODE_BYTES`] each, to a buffer that the caller wipes.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        for (start, node) in &self.nodes {
            out.push(node.depth);
            out.extend_from_slice(&start.to_be_bytes()[2..]);
            out.extend_from_slice(node.secret.reveal());
        }
    }

    /// Reads what [`Self::write`] wrote; refuses nodes that overlap, are out of order or do not lie on their own boundary.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, NotATree> {
        let (records, rest) = bytes.as_chunks::<NODE_BYTES>();
        if !rest.is_empty() {
            return Err(NotATree);
        }
        let mut nodes = BTreeMap::new();
        let mut free_from = 0;
        for record in records {
            let mut start = [0; 8];
            start[2..].copy_from_slice(&record[1..7]);
            let start = u64::from_be_bytes(start);
            if u32::from(record[0]) > KeyIndex::BITS || start < free_from {
                return Err(NotATree);
            }
            let mut secret = Zeroizing::new([0; 32]);
            secret.copy_from_slice(&record[7..]);
            let node = Node { depth: record[0], secret: Box::new(Key(*secret)) };
            if start % node.span() != 0 {
                return Err(NotATree);
            }
            free_from = start + node.span();
            nodes.insert(start, node);
        }
        Ok(Self { nodes })
    }

    /// The node in whose subtree a leaf lies.
    fn above(&self, leaf: u64) -> Option<(u64, &Node)> {
        let (&start, node) = self.nodes.range(..=leaf).next_back()?;
        (leaf - start < node.span()).then_some((start, node))
    }
}

impl fmt::Debug for Punctured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Punctured").field("nodes", &self.nodes.len()).finish_non_exhaustive()
    }
}

/// Walks from a node at depth `from` down to depth `to` along the bits of `leaf`.
fn walk(secret: &Key, leaf: u64, from: u32, to: u32) -> Key {
    let mut steps = Steps::new(secret);
    for depth in from..to {
        steps.down(leaf >> (KeyIndex::BITS - 1 - depth) & 1 == 1);
    }
    steps.here()
}

/// One SHA-256 block that always holds `node || TAG || bit || padding`, so that a step writes 33 bytes and compresses once. Wiped when
/// dropped; until then each step overwrites the last.
struct Steps {
    block: [[u8; 64]; 1],
    state: [u32; 8],
}

impl Steps {
    fn new(secret: &Key) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(secret.reveal());
        block[32..54].copy_from_slice(TAG);
        // FIPS 180-4 §5.1.1: a one bit, zeros, and the length of the message in bits (55 bytes = 440) in the last 64.
        block[55] = 0x80;
        block[62..].copy_from_slice(&440u16.to_be_bytes());
        Self { block: [block], state: SHA_256_INITIAL }
    }

    /// Leaves the child in `state`.
    fn compress(&mut self, right: bool) {
        self.block[0][54] = u8::from(right);
        self.state = SHA_256_INITIAL;
        sha2::block_api::compress256(&mut self.state, &self.block);
    }

    fn child(&mut self, right: bool) -> Key {
        self.compress(right);
        let mut key = Key([0; 32]);
        write_words(&self.state, &mut key.0);
        key
    }

    fn down(&mut self, right: bool) {
        self.compress(right);
        write_words(&self.state, &mut self.block[0][..32]);
    }

    fn here(&self) -> Key {
        let mut key = Key([0; 32]);
        key.0.copy_from_slice(&self.block[0][..32]);
        key
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.block[0].zeroize();
        self.state.zeroize();
    }
}

fn write_words(words: &[u32; 8], out: &mut [u8]) {
    for (bytes, word) in out.chunks_exact_mut(4).zip(words) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest, Sha256};
    use std::collections::BTreeSet;

    const ROOT: [u8; 32] = [7; 32];

    /// The definition, without the fast path.
    fn reference(root: [u8; 32], index: u64) -> [u8; 32] {
        (0..KeyIndex::BITS).fold(root, |node, depth| {
            let bit = (index >> (KeyIndex::BITS - 1 - depth) & 1) as u8;
            Sha256::new().chain_update(node).chain_update(TAG).chain_update([bit]).finalize().into()
        })
    }

    /// Some node that is kept stands above the leaf, found without `above`.
    fn has_ancestor(tree: &Punctured, leaf: u64) -> bool {
        tree.nodes.iter().any(|(start, node)| leaf >> (KeyIndex::BITS - u32::from(node.depth)) == start >> (KeyIndex::BITS - u32::from(node.depth)))
    }

    /// Indexes that lie close together, far apart, and at the edges.
    fn index() -> impl Strategy<Value = u64> {
        prop_oneof![0u64..40, Just((1 << 48) - 1), (0u64..3).prop_map(|n| (1 << 32) - 1 + n), 0u64..1 << 48]
    }

    #[test]
    fn follows_the_definition() {
        let tree = Punctured::new(Key(ROOT));
        for index in [0, 1, 2, 1 << 31, (1 << 32) + 5, (1 << 48) - 1, 0x1234_5678_9abc] {
            assert_eq!(tree.derive(KeyIndex::from_bits(index)).map(|key| key.0), Some(reference(ROOT, index)), "{index}");
        }
        // Fixed for ever: a change here would make every office's data unreadable. Computed apart from this program, with Python's hashlib.
        assert_eq!(reference(ROOT, 1)[..4], [220, 182, 141, 5]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn exactly_the_punctured_are_gone(gone in prop::collection::vec(index(), 0..40), others in prop::collection::vec(index(), 0..40)) {
            let mut tree = Punctured::new(Key(ROOT));
            let set: BTreeSet<u64> = gone.iter().copied().collect();
            for &leaf in &gone {
                let first = !tree.is_punctured(KeyIndex::from_bits(leaf));
                prop_assert_eq!(tree.puncture(KeyIndex::from_bits(leaf)), first);
            }
            let neighbours = gone.iter().flat_map(|&leaf| [leaf ^ 1, leaf.saturating_sub(1), (leaf + 1) % (1 << 48)]);
            for leaf in gone.iter().copied().chain(others.iter().copied()).chain(neighbours) {
                let key = tree.derive(KeyIndex::from_bits(leaf)).map(|key| key.0);
                prop_assert_eq!(key.is_none(), set.contains(&leaf));
                prop_assert_eq!(key.is_none(), tree.is_punctured(KeyIndex::from_bits(leaf)));
                if let Some(key) = key {
                    prop_assert_eq!(key, reference(ROOT, leaf));
                }
            }
            for &leaf in &set {
                prop_assert!(!has_ancestor(&tree, leaf), "a node above punctured leaf {} was kept", leaf);
            }
            // Disjoint and complete: the leaves below the nodes and the punctured ones are all there are.
            let covered: u64 = tree.nodes.values().map(Node::span).sum();
            prop_assert_eq!(covered + set.len() as u64, 1 << 48);
            // Smallest: no two siblings are both kept, or their parent would have been.
            for (start, node) in &tree.nodes {
                let sibling = tree.nodes.get(&(start ^ node.span()));
                prop_assert!(node.depth == 0 || sibling.is_none_or(|sibling| sibling.depth != node.depth));
            }
            let mut bytes = Vec::new();
            tree.write(&mut bytes);
            let again = Punctured::read(&bytes).map_err(|_| TestCaseError::fail("does not read what it wrote"))?;
            let mut second = Vec::new();
            again.write(&mut second);
            prop_assert_eq!(bytes, second);
        }

        #[test]
        fn order_does_not_matter(gone in prop::collection::vec(index(), 0..20)) {
            let written = |order: &mut dyn Iterator<Item = u64>| {
                let mut tree = Punctured::new(Key(ROOT));
                order.for_each(|leaf| { tree.puncture(KeyIndex::from_bits(leaf)); });
                let mut bytes = Vec::new();
                tree.write(&mut bytes);
                bytes
            };
            prop_assert_eq!(written(&mut gone.iter().copied()), written(&mut gone.iter().rev().copied()));
        }
    }

    #[test]
    fn neighbours_collapse() {
        let mut tree = Punctured::new(Key(ROOT));
        tree.puncture(KeyIndex::from_bits(8));
        assert_eq!(tree.node_count(), 48);
        for leaf in 9..16 {
            tree.puncture(KeyIndex::from_bits(leaf));
        }
        assert_eq!(tree.node_count(), 45, "eight neighbours cost three nodes less than one leaf");
    }

    #[test]
    fn scattered_punctures_cost_what_the_head_of_the_file_says() {
        // 1,000 of 65,536 persons, scattered by a fixed multiplier.
        let mut tree = Punctured::new(Key(ROOT));
        let mut leaf = 1u64;
        for _ in 0..1_000 {
            leaf = leaf.wrapping_mul(25_173).wrapping_add(13_849) % 65_536;
            tree.puncture(KeyIndex::from_bits(leaf));
        }
        let expected = 1_000.0 * (65_536.0f64 / 1_000.0).log2();
        assert!((tree.node_count() as f64) < expected * 1.2, "{} nodes, expected about {expected}", tree.node_count());
    }

    #[test]
    fn refuses_what_is_not_a_tree() {
        let mut tree = Punctured::new(Key(ROOT));
        tree.puncture(KeyIndex::from_bits(5));
        let mut good = Vec::new();
        tree.write(&mut good);
        assert!(Punctured::read(&good).is_ok());
        let swapped = [&good[NODE_BYTES..2 * NODE_BYTES], &good[..NODE_BYTES], &good[2 * NODE_BYTES..]].concat();
        let doubled = [&good[..NODE_BYTES], &good].concat();
        let mut deep = good.clone();
        deep[0] = 49;
        let mut crooked = good.clone();
        crooked[6] ^= 1;
        for (what, bytes) in [("cut", &good[..good.len() - 1]), ("swapped", &swapped), ("doubled", &doubled), ("too deep", &deep), ("crooked", &crooked)] {
            assert!(Punctured::read(bytes).is_err(), "{what}");
        }
    }

    #[test]
    fn prints_no_secret() {
        let text = format!("{:?} {:?}", Punctured::new(Key(ROOT)), Key(ROOT));
        assert!(!text.contains('7'), "{text}");
    }
}
