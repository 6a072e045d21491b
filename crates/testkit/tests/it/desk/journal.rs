//! The journal through its pages, and its log as anybody fetches it.

use super::{Browser, Desk};
use siger_domain::access::Role;
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Note, Sex};
use siger_storage::journal::read;
use siger_storage::tlog::{Checkpoint, NoteVerifier, Receipt, TilePath};
use siger_testkit::engine::apart;
use siger_testkit::office::TestOfficer;
use std::path::Path;
use std::process::Command;

const ORIGIN: &str = "siger.test/way-kanan";

/// A person with a passport and `notes` notes on their file.
async fn filled(desk: &Desk, officer: &TestOfficer, passport: &str, notes: u32) -> PersonId {
    let (by, office) = (desk.test.context(officer).await, desk.test.office.clone());
    let id = PersonId::new(office.now(), office.random());
    let code = |field| CountryCode::new(field, "UTO").unwrap();
    let identity = Identity { name: Name::new("Contoh Siti").unwrap(), born: None, sex: Sex::F, nationality: code("nationality") };
    let document = Document { kind: DocumentKind::Passport, issuer: code("issuer"), number: DocumentNumber::new(passport).unwrap(), expires: None };
    office
        .write(move |write| {
            siger_app::person::register(write, &by, id, identity, vec![document])?;
            for number in 0..notes {
                siger_app::person::note(write, &by, id, Note::new(&format!("Catatan {number}")).unwrap())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    id
}

fn size(desk: &Desk) -> u64 {
    apart(|| desk.test.office.store().read_blocking(read::head)).unwrap().edge.size()
}

#[tokio::test]
async fn the_journal_is_walked_and_filtered_and_names_no_person() {
    let desk = Desk::new();
    let (ratih, _) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut sari) = desk.officer("sari", &[Role::Auditor]).await;
    let person = filled(&desk, &ratih, "A1234567", 120).await;
    let size = size(&desk);

    let first = sari.get("/journal").await.is(200).says("Note was added").says("ratih (contoh)").says("Counter officer");
    let first =
        first.says(&format!("50 of {size}")).says("hx-trigger=\"live:journal from:body\"").says_not("Contoh Siti").says_not("A1234567").says_not("Catatan");
    assert_eq!(first.text.matches("<tr>").count(), 51);
    // The auditor sees who looked at the file, not the file.
    assert!(first.addresses().contains(&format!("/persons/{person}/readers")));
    assert!(!first.addresses().contains(&format!("/persons/{person}")));

    let (mut seen, mut at) = (50, first);
    while let Some(next) = at.addresses().into_iter().find(|address| address.contains("before=")) {
        at = sari.get(&next).await.is(200).says_not("live:journal");
        seen += at.text.matches("<tr>").count() - 1;
    }
    assert_eq!(seen as u64, size, "every entry once");

    let kind = sari.get("/journal?kind=person.registered").await.is(200).says("Person was registered");
    assert_eq!(kind.text.matches("<tr>").count(), 2);
    let notes = sari.get("/journal?kind=person.noted").await.is(200);
    let next = notes.addresses().into_iter().find(|address| address.contains("before=")).unwrap();
    assert!(next.starts_with("/journal?kind=person.noted&before="), "{next}");
    let third = sari.get(&next).await.is(200);
    let next = third.addresses().into_iter().find(|address| address.contains("before=")).unwrap();
    // 20 are left, and then there are no more.
    let last = sari.get(&next).await.is(200);
    assert_eq!(last.text.matches("<tr>").count(), 21);
    assert!(!last.addresses().iter().any(|address| address.contains("before=")));
    sari.get("/journal?kind=person.erased").await.is(200).says("Nothing of this kind happened yet.");
    sari.get("/journal?kind=%27%3B--").await.is(200).says("Note was added");
    sari.get("/journal?before=x").await.is(400);
    // Reading the journal is no entry of it: it names no person.
    assert_eq!(self::size(&desk), size);
}

fn keys(text: &str) -> Vec<NoteVerifier> {
    text.lines().map(|line| NoteVerifier::from_vkey(line).unwrap()).collect()
}

/// A receipt as a browser saves it.
async fn receipt_of(browser: &mut Browser<'_>, address: &str) -> Receipt {
    let seen = browser.get(address).await.is(200);
    assert!(seen.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(seen.headers["content-disposition"].to_str().unwrap().contains(".tlog-proof"));
    Receipt::parse(&seen.bytes).unwrap()
}

#[tokio::test]
async fn an_entry_is_proved_without_saying_more_than_the_officer_may_know() {
    let desk = Desk::new();
    let (ratih, mut counter) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut sari) = desk.officer("sari", &[Role::Auditor]).await;
    filled(&desk, &ratih, "A1234567", 3).await;
    let number = size(&desk) - 2;
    let entry = desk.test.office.read(move |tx| Ok(read::entry(tx, number)?.unwrap())).await.unwrap();

    let page = sari.get(&format!("/journal/{number}")).await.is(200).says("Note was added").says("ratih (contoh)").says(&siger_storage::to_hex(&entry.leaf));
    page.says(&siger_storage::to_hex(&entry.commitment())).says(ORIGIN).says_not("Contoh Siti").says_not("Catatan");
    // The desk hands the proof out; who did what is not part of it.
    counter.get("/journal").await.is(403);
    let page = counter.get(&format!("/journal/{number}")).await.is(200).says(&siger_storage::to_hex(&entry.leaf));
    page.says_not("Note was added").says_not("opening=1");

    let verifiers = keys(&desk.nobody().get("/log/vkey").await.is(200).text);
    let receipt = receipt_of(&mut counter, &format!("/journal/{number}/receipt")).await;
    assert_eq!((receipt.index, receipt.extra.len()), (number, 0));
    let checkpoint = receipt.verify(&entry.leaf, ORIGIN, &verifiers).unwrap();
    assert_eq!(checkpoint.size, size(&desk));
    counter.get(&format!("/journal/{number}/receipt?opening=1")).await.is(403);
    let open = receipt_of(&mut sari, &format!("/journal/{number}/receipt?opening=1")).await;
    let (salt, canonical) = open.extra.split_at(32);
    let leaf = siger_storage::tlog::leaf_hash(&siger_storage::tlog::commitment(salt.try_into().unwrap(), canonical));
    open.verify(&leaf, ORIGIN, &verifiers).unwrap();
    // What was downloaded is what `siger check --against` takes.
    for given in [&receipt, &open] {
        let verdict = apart(|| siger_storage::check::against_held(desk.test.office.store(), given.encode().as_bytes())).unwrap();
        assert!(matches!(verdict[..], [siger_storage::check::Verdict::Receipt { index, .. }] if index == number), "{verdict:?}");
    }
    for name in ["Contoh Siti", "A1234567", "Catatan"] {
        assert!(!open.extra.windows(name.len()).any(|window| window == name.as_bytes()), "{name} lies open in the opening");
    }
    for nowhere in ["/journal/999999", "/journal/x", "/journal/-1", "/journal/999999/receipt"] {
        sari.get(nowhere).await.is(404);
    }
}

/// Copies the log as a stranger does: only what its own addresses give.
async fn copy(desk: &Desk, to: &Path) -> u64 {
    let mut stranger = desk.nobody();
    let signed = stranger.get("/log/checkpoint").await.is(200);
    assert_eq!(signed.headers["cache-control"], "no-cache");
    assert_eq!(signed.headers["access-control-allow-origin"], "*");
    std::fs::write(to.join("checkpoint"), &signed.bytes).unwrap();
    let verifiers = keys(&stranger.get("/log/vkey").await.is(200).text);
    let checkpoint = Checkpoint::open(&signed.bytes, ORIGIN, &verifiers).unwrap();
    for path in TilePath::all(checkpoint.size) {
        let tile = stranger.get(&format!("/log/{path}")).await.is(200);
        assert_eq!(tile.headers["content-type"], "application/octet-stream", "{path}");
        let kept = tile.headers["cache-control"].to_str().unwrap();
        assert_eq!(kept.contains("immutable"), !path.is_partial(), "{path}: {kept}");
        let file = to.join(path.to_string());
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &tile.bytes).unwrap();
    }
    checkpoint.size
}

#[tokio::test]
async fn a_stranger_copies_the_log_and_checks_it_with_another_program() {
    let desk = Desk::new();
    let (ratih, _) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut sari) = desk.officer("sari", &[Role::Auditor]).await;
    filled(&desk, &ratih, "A1234567", 600).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path();
    let earlier = desk.nobody().get("/log/checkpoint").await.is(200).bytes;
    filled(&desk, &ratih, "B7654321", 50).await;
    let size = copy(&desk, to).await;
    assert!(size > 512, "two full tiles at least");
    for name in ["receipts", "checkpoints"] {
        std::fs::create_dir(to.join(name)).unwrap();
    }
    std::fs::write(to.join("checkpoints/earlier"), earlier).unwrap();
    for number in [0, 255, 256, size - 1] {
        let receipt = sari.get(&format!("/journal/{number}/receipt?opening=1")).await.is(200);
        std::fs::write(to.join(format!("receipts/{number}.tlog-proof")), &receipt.bytes).unwrap();
        std::fs::write(to.join(format!("receipts/{number}.opening")), Receipt::parse(&receipt.bytes).unwrap().extra).unwrap();
    }
    let vkey = desk.nobody().get("/log/vkey").await.is(200).text;
    // No tile is there that the log does not have yet, and no other spelling of one that it has.
    let mut stranger = desk.nobody();
    for nothing in [
        "tile/0/999",
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/8/000",
        "tile/entries/x000",
        "tile/entries/003",
        "tile/",
        "nothing",
        "../checkpoint",
    ] {
        stranger.get(&format!("/log/{nothing}")).await.is(404);
    }
    // A tile narrower than what is there now still says the same.
    let narrow = stranger.get("/log/tile/0/000.p/3").await.is(200).bytes;
    assert_eq!(narrow, std::fs::read(to.join("tile/0/000")).unwrap()[..96]);

    let verifier = Path::new(env!("CARGO_MANIFEST_DIR")).join("../storage/tests/verifiers/verify.py");
    match Command::new("python3").arg(&verifier).arg(to).arg(vkey.trim()).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
            assert!(said.contains(&format!("{size} entries")) && said.contains("4 verified, 4 of them opened"), "{said}");
            // One changed byte is found.
            let tile = to.join("tile/entries/000");
            let mut bytes = std::fs::read(&tile).unwrap();
            bytes[100] ^= 1;
            std::fs::write(&tile, bytes).unwrap();
            assert!(!Command::new("python3").arg(&verifier).arg(to).arg(vkey.trim()).output().unwrap().status.success());
        }
        Err(error) => println!("skipped: python3 cannot be started ({error})"),
    }
}
