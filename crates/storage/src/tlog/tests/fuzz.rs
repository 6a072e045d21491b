//! Parsers of what comes from outside never panic, and what they accept they would write the same way. `fuzz/` does it for longer.

use super::super::{Checkpoint, Edge, NoteVerifier, Receipt, SignedNote, TilePath, tile};
use proptest::prelude::*;

/// Text of the pieces that these formats are made of, so that more than the first line is reached.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("— ".to_owned()),
        Just(" ".to_owned()),
        Just("+".to_owned()),
        Just("c2sp.org/tlog-proof@v1\n".to_owned()),
        Just("extra ".to_owned()),
        Just("index ".to_owned()),
        Just("tile/".to_owned()),
        Just("entries/".to_owned()),
        Just("x001/".to_owned()),
        Just("000".to_owned()),
        Just(".p/".to_owned()),
        Just("530d903a".to_owned()),
        Just("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n".to_owned()),
        Just("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n".to_owned()),
        Just("example.com/foo".to_owned()),
        "[0-9]{1,20}",
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn check(bytes: &[u8]) {
    let _ = Edge::from_bytes(bytes).map(|edge| assert_eq!(edge.to_bytes(), bytes));
    let _ = SignedNote::parse(bytes).map(|note| note.verify(&[]).unwrap_err());
    let _ = Receipt::parse(bytes).map(|receipt| assert_eq!(receipt.encode().as_bytes(), bytes));
    for width in [0, 1, 2, 256] {
        let _ = tile::decode_bundle(bytes, width).map(|entries| assert_eq!(tile::encode_bundle(entries).unwrap(), bytes));
        let _ = tile::decode_hashes(bytes, width).map(|hashes| assert_eq!(tile::encode_hashes(&hashes), bytes));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = text.parse().map(|path: TilePath| assert_eq!(path.to_string(), text));
        let _ = NoteVerifier::from_vkey(text).map(|key| assert_eq!(key.vkey(), text));
        let _ = Checkpoint::from_text(text).map(|checkpoint| assert!(text.starts_with(&checkpoint.to_text())));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn any_pieces(text in pieces()) {
        check(text.as_bytes());
    }
}
