//! Keyed hashes for exact look-ups: a column can be searched for a value without holding it.

use chacha20poly1305::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Key;

/// Bytes of a look-up hash. 128 bits: among 10 million values the chance of any two sharing a hash is below 2^-80, so equal hashes are
/// taken for equal values and nothing is opened to compare.
pub const LOOKUP_HASH_BYTES: usize = 16;

/// A look-up key made ready for use. Wiped when dropped.
pub(super) struct LookupKey(Hmac<Sha256>);

impl LookupKey {
    pub(super) fn new(key: &Key) -> Self {
        Self(KeyInit::new_from_slice(key.reveal()).expect("HMAC takes keys of any length"))
    }

    /// HMAC-SHA-256 of `length of domain (4 bytes) || domain || text`, cut to 16 bytes.
    pub(super) fn hash(&self, domain: &str, text: &str) -> [u8; LOOKUP_HASH_BYTES] {
        let length = (domain.len() as u32).to_be_bytes();
        let hash = self.0.clone().chain_update(length).chain_update(domain).chain_update(text).finalize().into_bytes();
        let mut cut = [0; LOOKUP_HASH_BYTES];
        cut.copy_from_slice(&hash[..LOOKUP_HASH_BYTES]);
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_key_domain_and_text() {
        let key = LookupKey::new(&Key::new([1; 32]));
        let hash = key.hash("passport", "X1234567");
        assert_eq!(hash, key.hash("passport", "X1234567"));
        for (what, other) in [
            ("text", key.hash("passport", "X1234568")),
            ("domain", key.hash("phone", "X1234567")),
            ("boundary", key.hash("passportX", "1234567")),
            ("key", LookupKey::new(&Key::new([2; 32])).hash("passport", "X1234567")),
        ] {
            assert_ne!(hash, other, "{what}");
        }
    }
}
