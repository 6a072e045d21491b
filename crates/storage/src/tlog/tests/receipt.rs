use super::{
    super::{
        Checkpoint, NoteSigner, NoteVerifier, Receipt,
        checkpoint::CheckpointError,
        commitment, inclusion, leaf_hash,
        note::NoteError,
        receipt::{MAX_EXTRA_BYTES, MAX_RECEIPT_BYTES, ReceiptError},
        verify::VerifyError,
    },
    MemoryLog, leaf,
};

const ORIGIN: &str = "imigrasi.contoh/way-kanan";

fn sample(index: u64, size: u64, extra: &[u8]) -> (Receipt, Vec<NoteVerifier>) {
    let key = NoteSigner::new(ORIGIN, &[9; 32]).unwrap();
    let mut log = MemoryLog::of(size);
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root: log.edge.root() }.sign(&[&key]).unwrap();
    let receipt = Receipt { index, proof: inclusion(&mut log, index, size).unwrap(), checkpoint, extra: extra.to_vec() };
    (receipt, vec![key.verifier().clone()])
}

#[test]
fn a_receipt_verifies_offline_after_being_written_and_read() {
    for (index, size, extra) in [(0, 1, &b""[..]), (0, 2, b"x"), (299, 300, b"salt and entry"), (7, 300, b"")] {
        let (receipt, keys) = sample(index, size, extra);
        let text = receipt.encode();
        let again = Receipt::parse(text.as_bytes()).unwrap();
        assert_eq!(again, receipt);
        assert_eq!(again.encode(), text);
        assert_eq!(again.verify(&leaf(index), ORIGIN, &keys).unwrap().size, size);
    }
}

#[test]
fn a_receipt_looks_like_this() {
    let (receipt, _) = sample(1, 2, b"extra");
    let (head, checkpoint) = receipt.checkpoint.split_once("\n\n").unwrap();
    let expected = format!("c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 1\n{}\n\n{head}\n\n{checkpoint}", super::super::text::encode(&leaf(0)));
    assert_eq!(receipt.encode(), expected);
}

#[test]
fn errors_say_what_failed() {
    let (receipt, keys) = sample(7, 300, b"");
    let proof_error = |receipt: &Receipt, entry| match receipt.verify(&leaf(entry), ORIGIN, &keys).unwrap_err() {
        ReceiptError::Proof { index: 7 | 300, source } => source,
        other => panic!("{other}"),
    };
    assert!(matches!(proof_error(&receipt, 8), VerifyError::Root { .. }));
    assert_eq!(proof_error(&Receipt { proof: receipt.proof[1..].to_vec(), ..receipt.clone() }, 7), VerifyError::Length { found: 8, expected: 9 });
    assert_eq!(proof_error(&Receipt { index: 300, ..receipt.clone() }, 7), VerifyError::IndexOutside { index: 300, size: 300 });
    let other_key = [NoteSigner::new(ORIGIN, &[8; 32]).unwrap().verifier().clone()];
    assert!(matches!(receipt.verify(&leaf(7), ORIGIN, &other_key), Err(ReceiptError::Checkpoint(CheckpointError::Note(NoteError::Untrusted { .. })))));
    assert!(matches!(receipt.verify(&leaf(7), "imigrasi.contoh/other", &keys), Err(ReceiptError::Checkpoint(CheckpointError::Origin { .. }))));
}

#[test]
fn any_changed_character_is_noticed_or_is_extra_data() {
    let (receipt, keys) = sample(3, 11, b"not signed by anybody");
    let text = receipt.encode();
    for at in 0..text.len() {
        let mut changed = text.clone().into_bytes();
        changed[at] ^= 1;
        let verified = Receipt::parse(&changed).ok().filter(|changed| changed.verify(&leaf(3), ORIGIN, &keys).is_ok());
        assert!(verified.is_none_or(|changed| Receipt { extra: receipt.extra.clone(), ..changed } == receipt), "character {at}");
    }
}

#[test]
fn malformed_receipts_are_refused() {
    let (receipt, _) = sample(1, 2, b"");
    let text = receipt.encode();
    let hash = super::super::text::encode(&leaf(0));
    let long = "AAAA".repeat(MAX_EXTRA_BYTES / 3 + 1);
    let rows = [
        (String::new(), ReceiptError::Header),
        (text.replace("v1", "v2"), ReceiptError::Header),
        (format!(" {text}"), ReceiptError::Header),
        (text.replace("@v1\n", "@v1\r\n"), ReceiptError::Header),
        ("c2sp.org/tlog-proof@v1\n".to_owned(), ReceiptError::NoCheckpoint),
        ("c2sp.org/tlog-proof@v1\nindex 1\n\n".to_owned(), ReceiptError::NoCheckpoint),
        (text.replace("index 1\n", ""), ReceiptError::Index),
        (text.replace("index 1\n", "index 01\n"), ReceiptError::Index),
        (text.replace("index 1\n", "index -1\n"), ReceiptError::Index),
        (text.replace("index 1\n", "index  1\n"), ReceiptError::Index),
        (text.replace("index 1\n", "index 9223372036854775808\n"), ReceiptError::Index),
        (text.replace("index 1\n", "extra \nindex 1\n"), ReceiptError::Extra),
        (text.replace("index 1\n", "extra A\nindex 1\n"), ReceiptError::Extra),
        (text.replace("index 1\n", &format!("extra {long}\nindex 1\n")), ReceiptError::Extra),
        (text.replace("index 1\n", "extra AAAA\nextra AAAA\nindex 1\n"), ReceiptError::Index),
        (text.replace("index 1\n", "index 1\nextra AAAA\n"), ReceiptError::Hash(1)),
        (text.replace(&hash, &format!("{hash} ")), ReceiptError::Hash(1)),
        (text.replace(&hash, &format!("{hash}\n{}", &hash[1..])), ReceiptError::Hash(2)),
        (text.replace(&hash, &vec![hash.as_str(); 64].join("\n")), ReceiptError::ProofTooLong),
        ("x".repeat(MAX_RECEIPT_BYTES + 1), ReceiptError::TooLarge(MAX_RECEIPT_BYTES + 1)),
    ];
    for (text, expected) in rows {
        assert_eq!(Receipt::parse(text.as_bytes()), Err(expected), "{text:.200?}");
    }
    assert_eq!(Receipt::parse(b"c2sp.org/tlog-proof@v1\nindex 1\n\n\xff"), Err(ReceiptError::Header));
}

#[test]
fn a_commitment_holds_salt_and_entry() {
    let salt = [5; 32];
    let sample = commitment(&salt, b"entry");
    assert_ne!(sample, commitment(&salt, b"entrx"));
    assert_ne!(sample, commitment(&[6; 32], b"entry"));
    // Also written down in the document and computed by the verifiers in other languages: a change here breaks every log.
    assert_eq!(super::super::text::encode(&leaf_hash(&sample)), "CIMKkD2yCGwqRgw2rfuQ3Y2dKT7Ec3yOVeEMXYg7dII=");
}
