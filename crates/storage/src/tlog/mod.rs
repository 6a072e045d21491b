//! The transparency log, pure: bytes and hashes in, hashes, proofs and texts out. No SQL, no clock, no files.
//!
//! Each office keeps one append-only log in the format of [C2SP tlog-tiles]: a Merkle tree of RFC 6962 over SHA-256, cut into tiles of height 8, whose
//! head is signed as a [checkpoint]. Anybody with the office's public key can check that an entry is in the log ([`verify_inclusion`]) and that
//! nothing was removed or changed between two checkpoints ([`verify_consistency`]). The formats as an outsider sees them are described in
//! `docs/ref/transparency-log.md`; verifiers in other languages lie in `tests/verifiers/`.
//!
//! | part | what it does |
//! | --- | --- |
//! | [`Edge`] | grows the tree by one leaf at a time and knows its root; hot |
//! | [`Nodes`], [`root`], [`inclusion`], [`consistency`] | proofs from stored nodes, reading a few tiles |
//! | [`verify_inclusion`], [`verify_consistency`] | checking proofs, with nothing stored |
//! | [`tile`] | names and contents of tiles and entry bundles |
//! | [`note`], [`checkpoint`], [`receipt`] | signed texts: keys, tree heads, and what a person takes home |
//! | [`commitment`] | what a leaf says about an entry |
//!
//! [C2SP tlog-tiles]: https://c2sp.org/tlog-tiles
//! [checkpoint]: https://c2sp.org/tlog-checkpoint

pub mod checkpoint;
pub mod commitment;
mod edge;
pub mod note;
mod prove;
pub mod receipt;
mod text;
pub mod tile;
mod verify;

#[cfg(test)]
mod tests;

pub use checkpoint::Checkpoint;
pub use commitment::commitment;
pub use edge::{Edge, EdgeError};
pub use note::{NoteSigner, NoteVerifier, SignedNote};
pub use prove::{Nodes, ProveError, consistency, consistency_to, edge, inclusion, root};
pub use receipt::Receipt;
pub use tile::TilePath;
pub use verify::{VerifyError, verify_consistency, verify_inclusion};

use sha2::{Digest, Sha256};

/// A SHA-256 hash: of a leaf, of a node, or the root of a tree.
pub type Hash = [u8; 32];

/// The most entries a tree may have: what a signed 64-bit integer holds, because SQL and other verifiers count with those.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// How many nodes make a tile, and how many leaves of one level make a node of the next.
pub const TILE_WIDTH: u64 = 256;

/// Binary levels of the tree in one tile: `2^TILE_HEIGHT == TILE_WIDTH`.
const TILE_HEIGHT: u32 = 8;

/// The hash of a leaf (RFC 6962, section 2.1: `SHA-256(0x00 || data)`).
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// The hash of an inner node (RFC 6962, section 2.1: `SHA-256(0x01 || left || right)`).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [0; 65];
    input[0] = 1;
    input[1..33].copy_from_slice(left);
    input[33..].copy_from_slice(right);
    Sha256::digest(input).into()
}

/// The root of a tree without leaves (RFC 6962, section 2.1: the hash of an empty string).
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}
