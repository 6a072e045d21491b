//! Sealing of single values: equal input gives equal bytes, and a value opens only in its own place and with its own key.
//!
//! **Contract.** From the 32-byte data key follow two keys, `E = SHA-256(key || "siger seal cipher v1")` and
//! `N = SHA-256(key || "siger seal nonce v1")`. The place (table, column, row, each with its length before it) is the associated
//! data `A`. The nonce is the first 24 bytes of HMAC-SHA-256 under `N` of `A || value`, and
//! `sealed = 1 || nonce || XChaCha20-Poly1305 under E of (nonce, A, value)`: 41 bytes more than the value.
//!
//! **Why a nonce that follows from the content is safe here.** XChaCha20-Poly1305 breaks when one nonce serves two different
//! messages under one key. Here the nonce is a keyed hash of everything that is encrypted and authenticated: two different inputs
//! share a nonce only if 192 bits of HMAC-SHA-256 collide (about 2^96 values under one key), and equal inputs give equal
//! bytes, which tells an onlooker only that the same place holds the same value again. This is the synthetic IV of P. Rogaway and
//! T. Shrimpton, "Deterministic authenticated-encryption" (EUROCRYPT 2006), with an AEAD as the inner cipher instead of a plain
//! one, so that opening is checked by the tag and needs no second pass. `A` is of unambiguous length, so `A || value` can be read in
//! one way only. The two keys are independent, so the hash tells nothing of the key stream.
//!
//! **What it does not hide**: the length of a value, and whether a place holds what it held before.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{AeadInOut, Tag},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroize;

use super::Key;

/// Where a value is kept. A sealed value does not open in any other place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Table, or the kind of file.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// Primary key of the row.
    pub row: &'a [u8],
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places read the same.
    fn associated_data(&self) -> Vec<u8> {
        let parts = [self.table.as_bytes(), self.column.as_bytes(), self.row];
        let mut data = Vec::with_capacity(1 + parts.iter().map(|part| 4 + part.len()).sum::<usize>());
        data.push(FORMAT);
        for part in parts {
            data.extend_from_slice(&(part.len() as u32).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

/// First byte of every sealed value.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const HEAD_BYTES: usize = 1 + NONCE_BYTES;

/// Bytes by which a sealed value is longer than the value.
pub const SEALED_OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

/// Longest value to seal: twice the largest blob. A value is held in memory whole, sealed and open.
pub const VALUE_BYTES_MAX: usize = 16 << 20;

/// The keys that follow from one data key, made ready for use. Wiped when dropped.
pub(super) struct DataKey {
    cipher: XChaCha20Poly1305,
    nonce: Hmac<Sha256>,
}

impl DataKey {
    pub(super) fn new(key: &Key) -> Self {
        let derive = |purpose: &[u8]| Sha256::new().chain_update(key.reveal()).chain_update(purpose).finalize();
        let (mut cipher_key, mut nonce_key) = (derive(b"siger seal cipher v1"), derive(b"siger seal nonce v1"));
        let ready = Self { cipher: XChaCha20Poly1305::new(&cipher_key), nonce: KeyInit::new_from_slice(&nonce_key).expect("HMAC takes keys of any length") };
        cipher_key.as_mut_slice().zeroize();
        nonce_key.as_mut_slice().zeroize();
        ready
    }

    /// The value sealed for its place. The caller bounds its length.
    pub(super) fn seal(&self, place: &Place<'_>, value: &[u8]) -> Vec<u8> {
        let associated = place.associated_data();
        let hash = self.nonce.clone().chain_update(&associated).chain_update(value).finalize().into_bytes();
        let mut nonce = XNonce::default();
        nonce.copy_from_slice(&hash[..NONCE_BYTES]);

        let mut sealed = Vec::with_capacity(SEALED_OVERHEAD_BYTES + value.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(value);
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce, &associated, (&mut sealed[HEAD_BYTES..]).into())
            .expect("XChaCha20-Poly1305 takes values of up to 256 GiB, the callers' limits are far below");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// The value again; nothing when a bit of it, its place or its key differs.
    pub(super) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (&[FORMAT, ref nonce @ ..], rest) = sealed.split_first_chunk::<HEAD_BYTES>()? else { return None };
        let (encrypted, tag) = rest.split_last_chunk::<TAG_BYTES>()?;
        let mut value = encrypted.to_vec();
        let opened = self.cipher.decrypt_inout_detached(
            &XNonce::from(*nonce),
            &place.associated_data(),
            value.as_mut_slice().into(),
            &Tag::<XChaCha20Poly1305>::from(*tag),
        );
        opened.is_ok().then_some(value)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(data key)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACE: Place<'static> = Place { table: "person", column: "name", row: &[1, 2, 3] };

    fn key(byte: u8) -> DataKey {
        DataKey::new(&Key::new([byte; 32]))
    }

    #[test]
    fn equal_input_gives_equal_bytes() {
        let sealed = key(1).seal(&PLACE, b"CONTOH");
        assert_eq!(sealed, key(1).seal(&PLACE, b"CONTOH"));
        assert_eq!(sealed.len(), 6 + SEALED_OVERHEAD_BYTES);
        // Fixed for ever: replay must give equal bytes on every later version. Computed apart from this program, with Python's hmac.
        assert_eq!(sealed[..8], [1, 22, 200, 218, 119, 127, 28, 194]);
    }

    #[test]
    fn opens_in_its_own_place_only() {
        let sealed = key(1).seal(&PLACE, b"CONTOH");
        assert_eq!(key(1).open(&PLACE, &sealed).as_deref(), Some(&b"CONTOH"[..]));
        for (what, place) in [
            ("table", Place { table: "permit", ..PLACE }),
            ("column", Place { column: "number", ..PLACE }),
            ("row", Place { row: &[1, 2, 4], ..PLACE }),
            ("boundary between table and column", Place { table: "personn", column: "ame", row: PLACE.row }),
            ("boundary between column and row", Place { column: "nam", row: b"e\x01\x02\x03", ..PLACE }),
        ] {
            assert_eq!(key(1).open(&place, &sealed), None, "{what}");
            assert_ne!(key(1).seal(&place, b"CONTOH")[1..HEAD_BYTES], sealed[1..HEAD_BYTES], "the nonce depends on the {what}");
        }
        assert_eq!(key(2).open(&PLACE, &sealed), None, "another key");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn opens_what_it_sealed(value in prop::collection::vec(any::<u8>(), 0..300)) {
            let sealed = key(3).seal(&PLACE, &value);
            prop_assert_eq!(key(3).open(&PLACE, &sealed), Some(value));
        }

        #[test]
        fn notices_each_changed_bit_and_each_cut(value in prop::collection::vec(any::<u8>(), 0..40), at in any::<prop::sample::Index>(), bit in 0u32..8) {
            let sealed = key(3).seal(&PLACE, &value);
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1 << bit;
            prop_assert_eq!(key(3).open(&PLACE, &changed), None);
            prop_assert_eq!(key(3).open(&PLACE, &sealed[..at.index(sealed.len())]), None);
        }

        #[test]
        fn different_values_have_different_nonces(one in prop::collection::vec(any::<u8>(), 0..8), other in prop::collection::vec(any::<u8>(), 0..8)) {
            prop_assume!(one != other);
            prop_assert_ne!(&key(3).seal(&PLACE, &one)[..HEAD_BYTES], &key(3).seal(&PLACE, &other)[..HEAD_BYTES]);
        }
    }
}
