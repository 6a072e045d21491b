//! Signed notes and verifier keys.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_storage::tlog::{NoteVerifier, SignedNote};

const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fuzz_target!(|data: &[u8]| {
    if let (Ok(note), Ok(key)) = (SignedNote::parse(data), NoteVerifier::from_vkey(KEY)) {
        assert!(note.verify(&[]).is_err());
        if let Ok((text, signers)) = note.verify(&[key]) {
            assert_eq!(signers.len(), 1);
            assert!(text.ends_with('\n'));
        }
    }
    if let Ok(text) = str::from_utf8(data)
        && let Ok(key) = NoteVerifier::from_vkey(text)
    {
        assert_eq!(key.vkey(), text);
    }
});
