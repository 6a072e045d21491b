//! What a leaf of an office's log says: a salted commitment to a stored entry.
//!
//! The log is open to anybody, the entries are not. A leaf is therefore `SHA-256(TAG || salt || entry)`: with the salt, which is stored beside
//! the entry and random for each, a holder can show that this entry is the one that was logged; without it nobody can test a guess.

use sha2::{Digest, Sha256};

/// Bytes before the salt, so that this hash is never one of another protocol. Ends in a NUL, which occurs nowhere else in it.
pub const TAG: &[u8] = b"siger/journal-entry/v1\0";

/// Length of a salt in bytes. Drawn at random for each entry.
pub const SALT_BYTES: usize = 32;

/// The leaf data of an entry: 32 bytes, `SHA-256(TAG || salt || entry)`. `entry` is the canonical encoding of the entry as stored (sealed).
///
/// The hash of the leaf in the tree is [`leaf_hash`](super::leaf_hash) of this.
pub fn commitment(salt: &[u8; SALT_BYTES], entry: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(TAG).chain_update(salt).chain_update(entry).finalize().into()
}
