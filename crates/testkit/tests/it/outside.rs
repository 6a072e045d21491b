//! Any bytes from outside are read or refused. `fuzz/` does it for longer, but for what needs a whole office.

use axum::http::StatusCode;
use proptest::prelude::*;
use siger_domain::access::Role;
use siger_testkit::fault::Rng;
use siger_testkit::outside::{self, Empty};

use crate::desk::Desk;

/// Texts of the pieces that these formats are made of, so that more than the first letter is reached.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("4XK7-".to_owned()),
        Just("siger=".to_owned()),
        Just("; ".to_owned()),
        Just("{\"id\":\"".to_owned()),
        Just("\",\"rawId\":\"AAAA\",\"response\":{\"attestationObject\":\"o2Nm\",\"clientDataJSON\":\"e30\"},\"type\":\"public-key\"}".to_owned()),
        Just("GEZDGNBVGY3TQOJQ".to_owned()),
        Just("2026-".to_owned()),
        Just("-02-29".to_owned()),
        Just("@contoh.id".to_owned()),
        Just("\u{202e}\u{0301}".to_owned()),
        "[0-9A-Z]{1,8}",
        "\\PC{0,4}",
        "[\\x00-\\x20]{0,3}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn fields_of_forms(text in pieces()) {
        outside::fields(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sign_ins(text in pieces()) {
        outside::sign_in(&outside::passkeys(), &text);
    }
}

#[test]
fn keyrings_and_witness_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = Rng::new(61);
    let (test, _life) = crate::archive::lived(10, 61);
    let keyring = std::fs::read(test.folder().join("keys").join(siger_storage::keyring::KEYRING_NAME)).unwrap();
    let mut witness = Vec::new();
    for round in 0..300 {
        outside::keyring(folder.path(), &changed(&mut rng, &keyring));
        // Each begins with what the one before left.
        outside::witness(folder.path(), &changed(&mut rng, &witness));
        if round % 20 == 0 {
            witness = std::fs::read(folder.path().join("witness")).unwrap();
        }
    }
}

#[test]
fn archives() {
    let folder = tempfile::tempdir().unwrap();
    let empty = Empty::new(folder.path());
    let (test, _life) = crate::archive::lived(20, 62);
    let (whole, _) = crate::archive::archived(&test);
    let mut rng = Rng::new(62);
    // Whole, it is of another office.
    empty.archive(&whole);
    for _ in 0..100 {
        empty.archive(&changed(&mut rng, &whole));
        empty.archive(&bytes(&mut rng, 200));
    }
}

/// Any bytes.
fn bytes(rng: &mut Rng, most: usize) -> Vec<u8> {
    (0..rng.below(most)).map(|_| rng.below(256) as u8).collect()
}

/// The same with some bytes changed, cut, repeated or put in.
fn changed(rng: &mut Rng, from: &[u8]) -> Vec<u8> {
    let mut to = from.to_vec();
    for _ in 0..=rng.below(3) {
        let at = rng.below(to.len() + 1);
        match rng.below(4) {
            0 => to.truncate(at),
            1 => to.splice(at..at, bytes(rng, 20)).for_each(drop),
            2 => to.extend_from_within(at..),
            _ => to.iter_mut().skip(at).take(3).for_each(|byte| *byte ^= 1 << rng.below(8)),
        }
    }
    if to == from {
        to.push(0);
    }
    to
}

/// Whatever is sent to a page or to the API, the office answers and does not call it a fault of its own.
#[tokio::test]
async fn bodies_of_requests() {
    let desk = Desk::new();
    let (_, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let mut rng = Rng::new(63);
    let csrf = browser.csrf.clone();
    let upload = format!(
        "--x\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--x\r\ncontent-disposition: form-data; name=\"kind\"\r\n\r\nportrait\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n\u{ff}\u{d8}\u{ff}\r\n--x--\r\n"
    );
    let form = format!("csrf={csrf}&name=Contoh+Siti&sex=F&nationality=MYS&born=1985-03&kind=passport&issuer=MYS&number=A1234567&expires=");
    let json = crate::api::person("Contoh Siti", "A1234567").to_string();
    let made = browser.send("POST", "/api/v1/persons", Some(("application/json".into(), json.clone().into_bytes()))).await.is(201);
    let id = made.between("\"id\":\"", "\"");
    let mut refused = 0;
    for (path, media, body) in [
        (format!("/persons/{id}/blobs"), "multipart/form-data; boundary=x", upload.into_bytes()),
        ("/persons/new".to_owned(), "application/x-www-form-urlencoded", form.into_bytes()),
        ("/api/v1/persons".to_owned(), "application/json", json.into_bytes()),
        ("/account/passkey/finish".to_owned(), "application/json", b"{\"credential\":{\"id\":\"AAAA\",\"type\":\"public-key\"},\"next\":\"/\"}".to_vec()),
        ("/sign-in/passkey/finish".to_owned(), "application/json", b"{\"credential\":{\"id\":\"AAAA\",\"type\":\"public-key\"},\"next\":\"/\"}".to_vec()),
    ] {
        for _ in 0..40 {
            let seen = browser.send("POST", &path, Some((media.to_owned(), changed(&mut rng, &body)))).await;
            assert!(seen.status < StatusCode::INTERNAL_SERVER_ERROR, "{path}: {} {}", seen.status, seen.text);
            refused += u32::from(seen.status.is_client_error());
        }
    }
    assert!(refused > 100, "{refused} of 200 were refused");
}
