//! Receipts, and the checkpoint in them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_storage::tlog::{NoteVerifier, Receipt, receipt::MAX_PROOF_HASHES};

const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fuzz_target!(|data: &[u8]| {
    if let (Ok(receipt), Ok(key)) = (Receipt::parse(data), NoteVerifier::from_vkey(KEY)) {
        assert_eq!(receipt.encode().as_bytes(), data);
        assert!(receipt.proof.len() <= MAX_PROOF_HASHES);
        // Nobody has the key, so nothing can verify.
        assert!(receipt.verify(&[0; 32], "example.com/foo", &[key]).is_err());
    }
});
