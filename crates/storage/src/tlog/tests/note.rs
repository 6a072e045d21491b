use super::super::{Checkpoint, NoteSigner, NoteVerifier, SignedNote, checkpoint::CheckpointError, empty_root, note::*};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Key and note of Go's `golang.org/x/mod/sumdb/note` (BSD-3-Clause).
const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const NEUMANN_TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NEUMANN_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/// Key and note of the signed-note specification.
const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE: &str =
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn neumann() -> NoteSigner {
    // The seed in Go's signer key follows a type byte.
    let seed = STANDARD.decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
    NoteSigner::new("PeterNeumann", seed[1..].try_into().unwrap()).unwrap()
}

fn signer(name: &str, seed: u8) -> NoteSigner {
    NoteSigner::new(name, &[seed; 32]).unwrap()
}

fn open(note: &str, keys: &[&NoteVerifier]) -> Result<(String, usize), NoteError> {
    let keys: Vec<NoteVerifier> = keys.iter().map(|key| (*key).clone()).collect();
    SignedNote::parse(note.as_bytes())?.verify(&keys).map(|(text, signers)| (text.to_owned(), signers.len()))
}

#[test]
fn published_notes_verify_and_are_signed_alike() {
    assert_eq!(open(FOO_NOTE, &[&NoteVerifier::from_vkey(FOO).unwrap()]), Ok(("This is an example message.\n".to_owned(), 1)));
    let signed = format!("{NEUMANN_TEXT}\n{NEUMANN_LINE}");
    assert_eq!(open(&signed, &[&NoteVerifier::from_vkey(NEUMANN).unwrap()]), Ok((NEUMANN_TEXT.to_owned(), 1)));
    assert_eq!(sign(NEUMANN_TEXT, &[&neumann()]), Ok(signed));
    assert_eq!(neumann().verifier().vkey(), NEUMANN);
}

#[test]
fn verifier_keys_have_one_spelling() {
    for vkey in [NEUMANN, FOO] {
        assert_eq!(NoteVerifier::from_vkey(vkey).unwrap().vkey(), vkey);
    }
    // As Go's tests: no part of a key is a key, and no changed byte goes unseen.
    for start in 0..NEUMANN.len() {
        for end in start..=NEUMANN.len() {
            let part = &NEUMANN[start..end];
            assert!(part == NEUMANN || NoteVerifier::from_vkey(part).is_err(), "{part}");
        }
        let mut changed = NEUMANN.as_bytes().to_vec();
        changed[start] += 1;
        let changed = String::from_utf8(changed).unwrap();
        assert!(NoteVerifier::from_vkey(&changed).is_err(), "{changed}");
    }
    let form = |vkey: &str| NoteVerifier::from_vkey(vkey).unwrap_err();
    assert_eq!(form("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="), NoteError::KeyForm);
    assert_eq!(form("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), NoteError::KeyType { name: "PeterNeumann".to_owned(), kind: 0x65 });
    assert_eq!(form(&NEUMANN.replace("c74f20a3", "C74F20A3")), NoteError::KeyForm);
    assert_eq!(form(&NEUMANN.replace("c74f20a3", "+74f20a3")), NoteError::KeyForm);
    assert_eq!(form(&NEUMANN.replace("c74f20a3", "c74f20a4")), NoteError::KeyId { name: "PeterNeumann".to_owned(), found: 0xc74f_20a4, expected: 0xc74f_20a3 });
    assert_eq!(form(&format!("{NEUMANN}\n")), NoteError::KeyForm);
    assert_eq!(form(&NEUMANN.replace("Peter", "Peter ")), NoteError::Name("Peter Neumann".to_owned()));
}

#[test]
fn key_names_without_spaces_and_plus() {
    let long = "x".repeat(MAX_NAME_BYTES + 1);
    for name in ["", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{85}b", "a\u{1}b", long.as_str()] {
        assert_eq!(NoteSigner::new(name, &[1; 32]).unwrap_err(), NoteError::Name(name.to_owned()));
    }
    assert!(NoteSigner::new(&long[1..], &[1; 32]).is_ok());
    assert!(NoteSigner::new("kantor.contoh/Wäy-Kanan", &[1; 32]).is_ok());
}

#[test]
fn secrets_are_not_printed() {
    assert_eq!(format!("{:?}", neumann()), "NoteSigner(PeterNeumann+c74f20a3)");
}

#[test]
fn rotation_overlaps() {
    let (old, new, other) = (signer("log.contoh", 1), signer("log.contoh", 2), signer("log.contoh", 3));
    let signed = sign("text\n", &[&old, &new]).unwrap();
    assert_eq!(open(&signed, &[old.verifier()]).unwrap().1, 1);
    assert_eq!(open(&signed, &[new.verifier()]).unwrap().1, 1);
    assert_eq!(open(&signed, &[old.verifier(), new.verifier(), other.verifier()]).unwrap().1, 2);
    let untrusted = open(&signed, &[other.verifier()]).unwrap_err();
    let signed_by = [&old, &new].map(|key| format!("log.contoh+{:08x}", key.verifier().id())).to_vec();
    assert_eq!(untrusted, NoteError::Untrusted { signed_by });
    assert!(matches!(open(&signed, &[]), Err(NoteError::Untrusted { .. })));
}

#[test]
fn a_wrong_signature_of_a_known_key_condemns_the_note() {
    let (a, b) = (signer("a", 1), signer("b", 2));
    let line = |signed: String| signed.rsplit_once("\n\n").unwrap().1.to_owned();
    let of_other_text = line(sign("other\n", &[&b]).unwrap());
    let mixed = format!("{}{of_other_text}", sign("text\n", &[&a]).unwrap());
    assert_eq!(open(&mixed, &[a.verifier(), b.verifier()]), Err(NoteError::BadSignature { name: "b".to_owned(), id: b.verifier().id() }));
    assert_eq!(open(&mixed, &[a.verifier()]).unwrap().1, 1, "to those who do not know the key it says nothing");
    // Also when a right one of the same key came first.
    let repeated = format!("{}{}", sign("text\n", &[&a]).unwrap(), line(sign("other\n", &[&a]).unwrap()));
    assert!(matches!(open(&repeated, &[a.verifier()]), Err(NoteError::BadSignature { .. })));
    let twice = sign("text\n", &[&a, &a]).unwrap();
    assert_eq!(open(&twice, &[a.verifier(), a.verifier()]).unwrap().1, 1, "the same key counts once");
}

#[test]
fn every_changed_bit_is_noticed() {
    let key = NoteVerifier::from_vkey(FOO).unwrap();
    for at in 0..FOO_NOTE.len() {
        for bit in 0..8 {
            let mut changed = FOO_NOTE.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            let accepted = SignedNote::parse(&changed).and_then(|note| note.verify(std::slice::from_ref(&key)).map(|_| ())).is_ok();
            assert!(!accepted, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn the_text_ends_at_the_last_empty_line() {
    let a = signer("a", 1);
    for text in ["a\n", "\n", "\n\n", "a\n\nb\n", "a\n\n", "a\n\n— a AAAAAAA=\n"] {
        let signed = sign(text, &[&a]).unwrap();
        assert_eq!(open(&signed, &[a.verifier()]).unwrap().0, text);
    }
}

#[test]
fn malformed_notes_are_refused() {
    let many = format!("x\n\n{}", "— a AAAAAAA=\n".repeat(MAX_SIGNATURES + 1));
    let rows: [(&str, NoteError); 19] = [
        ("", NoteError::NoSignatures),
        ("x\n", NoteError::NoSignatures),
        ("x\n\n", NoteError::NoSignatures),
        ("x\n— a AAAAAAA=\n", NoteError::NoSignatures),
        ("x\n\n— a AAAAAAA=", NoteError::SignatureLine { line: 1 }),
        ("x\n\n- a AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n—a AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n—  AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a+b AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a\u{2003}b AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a  AAAAAAA=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a AAAAAAA= \n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a AAAAAAA\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a AAAAAAB=\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a AAAAAA==\n", NoteError::SignatureLine { line: 1 }),
        ("x\n\n— a AAAAAAA=\nb\n", NoteError::SignatureLine { line: 2 }),
        ("x\r\n\n— a AAAAAAA=\n", NoteError::NotPlain),
        ("x\ty\n\n— a AAAAAAA=\n", NoteError::NotPlain),
        (&many, NoteError::TooManySignatures),
    ];
    for (note, expected) in rows {
        assert_eq!(SignedNote::parse(note.as_bytes()), Err(expected), "{note:?}");
    }
    assert_eq!(SignedNote::parse(b"x\xff\n\n\xe2\x80\x94 a AAAAAAA=\n"), Err(NoteError::NotPlain));
    assert_eq!(SignedNote::parse(&vec![b'x'; MAX_NOTE_BYTES + 1]), Err(NoteError::TooLarge(MAX_NOTE_BYTES + 1)));
    // As many signatures as a verifier must accept, of the largest kind there is.
    let large = format!("x\n\n{}", format!("— a {}\n", STANDARD.encode(vec![0; 5000])).repeat(16));
    assert!(SignedNote::parse(large.as_bytes()).is_ok());
}

#[test]
fn what_cannot_be_read_is_not_signed() {
    let a = signer("a", 1);
    for text in ["", "x", "x\ny", "x\ty\n", "x\0\n"] {
        assert_eq!(sign(text, &[&a]), Err(NoteError::Text), "{text:?}");
    }
    assert_eq!(sign("x\n", &[]), Err(NoteError::NoSigner));
    assert_eq!(sign("x\n", &vec![&a; MAX_SIGNATURES + 1]), Err(NoteError::TooManySignatures));
    assert!(matches!(sign(&format!("{}\n", "x".repeat(MAX_NOTE_BYTES)), &[&a]), Err(NoteError::TooLarge(_))));
}

#[test]
fn checkpoints() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint = Checkpoint::from_text(text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size, checkpoint.root[0]), ("example.com/behind-the-sofa", 20_852_163, 0x0a));
    assert_eq!(checkpoint.to_text(), text);
    let key = signer("example.com/behind-the-sofa", 1);
    let signed = checkpoint.sign(&[&key]).unwrap();
    let keys = [key.verifier().clone()];
    assert_eq!(Checkpoint::open(signed.as_bytes(), &checkpoint.origin, &keys), Ok(checkpoint.clone()));
    let other = Checkpoint::open(signed.as_bytes(), "example.com/attic", &keys).unwrap_err();
    assert_eq!(other.to_string(), r#"the checkpoint is of "example.com/behind-the-sofa", expected one of "example.com/attic""#);
    // Extension lines are signed with the rest and passed over.
    let extended = sign(&format!("{text}an extension\nanother\n"), &[&key]).unwrap();
    assert_eq!(Checkpoint::open(extended.as_bytes(), &checkpoint.origin, &keys), Ok(checkpoint));
}

#[test]
fn malformed_checkpoints_are_refused() {
    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let size = |text: &str| CheckpointError::Size(text.to_owned());
    let rows = [
        (String::new(), CheckpointError::Lines),
        ("\n".to_owned(), CheckpointError::Lines),
        ("o\n1\n".to_owned(), CheckpointError::Lines),
        (format!("o\n1\n{ROOT}"), CheckpointError::Lines),
        (format!("\n1\n{ROOT}\n"), CheckpointError::Lines),
        (format!("o\n\n1\n{ROOT}\n"), CheckpointError::Lines),
        (format!("o\n1\n{ROOT}\n\n"), CheckpointError::Lines),
        (format!("o\n1\n{ROOT}\n\nx\n"), CheckpointError::Lines),
        (format!("o\n01\n{ROOT}\n"), size("01")),
        (format!("o\n+1\n{ROOT}\n"), size("+1")),
        (format!("o\n-1\n{ROOT}\n"), size("-1")),
        (format!("o\n1 \n{ROOT}\n"), size("1 ")),
        (format!("o\n00\n{ROOT}\n"), size("00")),
        (format!("o\n９\n{ROOT}\n"), size("９")),
        (format!("o\n9223372036854775808\n{ROOT}\n"), size("9223372036854775808")),
        (format!("o\n99999999999999999999\n{ROOT}\n"), size("99999999999999999999")),
        (format!("o\n1\n{}\n", &ROOT[..43]), CheckpointError::Root(ROOT[..43].to_owned())),
        ("o\n1\nAAAA\n".to_owned(), CheckpointError::Root("AAAA".to_owned())),
        (format!("o\n1\n{ROOT} \n"), CheckpointError::Root(format!("{ROOT} "))),
        (format!("o\n1\n{}J=\n", &ROOT[..42]), CheckpointError::Root(format!("{}J=", &ROOT[..42]))),
        (format!("o\n0\n{ROOT}\n"), CheckpointError::EmptyRoot),
    ];
    for (text, expected) in rows {
        assert_eq!(Checkpoint::from_text(&text), Err(expected), "{text:?}");
    }
    assert!(Checkpoint::from_text(&format!("o\n9223372036854775807\n{ROOT}\n")).is_ok());
    let empty = Checkpoint { origin: "o".to_owned(), size: 0, root: empty_root() };
    assert_eq!(Checkpoint::from_text(&empty.to_text()), Ok(empty.clone()));
    // What would be refused is not signed either.
    let key = signer("o", 1);
    for bad in [
        Checkpoint { origin: String::new(), ..empty.clone() },
        Checkpoint { origin: "two\nlines".to_owned(), ..empty.clone() },
        Checkpoint { root: [1; 32], ..empty.clone() },
        Checkpoint { size: u64::MAX, ..empty },
    ] {
        assert!(bad.sign(&[&key]).is_err(), "{bad:?}");
    }
}
