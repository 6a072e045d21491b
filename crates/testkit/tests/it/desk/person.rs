//! Persons through their pages.

use super::{Browser, Desk};
use serde_json::Value;
use siger_domain::access::{Purpose, Role};
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Identity, Name, Sex};
use siger_storage::blob::BLOB_BYTES_MAX;
use siger_storage::journal::read;

const NUMBER: &str = "A1234567";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR contoh";

const SITI: [(&str, &str); 11] = [
    ("name", "Contoh  Siti"),
    ("born-day", "3"),
    ("born-month", "3"),
    ("born-year", "1985"),
    ("sex", "F"),
    ("nationality", "mys"),
    ("documents", "1"),
    ("kind-1", "passport"),
    ("issuer-1", "MYS"),
    ("number-1", "a 123-4567"),
    ("expires-1", "2031-05-01"),
];

/// Registers somebody; the address of the file without its purpose.
async fn registered(officer: &mut Browser<'_>, fields: &[(&str, &str)]) -> String {
    let made = officer.post("/persons/new", fields).await.is(303);
    made.to().split('?').next().unwrap().to_owned()
}

/// The form of somebody else: the same fields with other values.
fn but<'a>(fields: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| !other.iter().any(|(changed, _)| changed == name));
    kept.chain(other).copied().collect()
}

/// The newest entry of the journal: kind and purpose.
async fn newest(desk: &Desk) -> (String, Purpose) {
    let entry = desk.test.office.read(|tx| Ok(read::newest(tx, u64::MAX, 1)?.remove(0))).await.unwrap();
    (entry.kind, entry.stamp.purpose)
}

#[tokio::test]
async fn a_person_is_registered_found_opened_and_the_looks_are_entries() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    ratih.get("/persons").await.is(200).says("No files yet");
    ratih.get("/persons/new").await.is(200).says("Date of birth");
    let made = ratih.post("/persons/new", &SITI).await.is(303);
    assert!(made.to().starts_with("/persons/0") && made.to().ends_with("?purpose=counter_service"), "{}", made.to());
    assert_eq!(newest(&desk).await.0, "person.registered");

    let file = ratih.get(made.to()).await.is(200);
    assert_eq!(newest(&desk).await, ("person.read".into(), Purpose::CounterService));
    let file = file.says("Contoh Siti").says("3 March 1985").says("(41 years)").says("MYS").says("A1234567").says("1 May 2031").says("Person was registered");
    assert!(file.addresses().iter().all(|address| !address.contains(NUMBER)), "{:?}", file.addresses());

    // The list, and a look for another purpose.
    let list = ratih.get("/persons?purpose=stay_permit").await.is(200).says("Contoh Siti");
    assert_eq!(newest(&desk).await, ("person.searched".into(), Purpose::StayPermit));
    assert!(list.addresses().iter().any(|address| address.ends_with("?purpose=stay_permit")), "the list opens files for its purpose: {:?}", list.addresses());
    // A purpose that is not the desk's.
    ratih.get("/persons?purpose=enforcement").await.is(403);
    ratih.get("/persons?purpose=nonsense").await.is(200);
}

#[tokio::test]
async fn a_search_asks_for_what_it_needs_and_leaves_nothing_in_addresses() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    registered(&mut ratih, &SITI).await;
    for q in ["MYS A1234567", "mys:a-123 4567"] {
        let found = ratih.post("/persons/search", &[("q", q), ("purpose", "stay_permit")]).await.is(200).says("1 file found").says("Contoh Siti");
        assert!(found.addresses().iter().all(|address| !address.contains(NUMBER)), "{:?}", found.addresses());
        assert_eq!(newest(&desk).await, ("person.searched".into(), Purpose::StayPermit));
    }
    let entries = *desk.test.office.store().tail().borrow();
    // A number alone: the issuer is asked for, and nobody was looked at yet.
    ratih.post("/persons/search", &[("q", NUMBER)]).await.is(200).says("Who issued this document?").says("value=\"A1234567\"");
    ratih.post("/persons/search", &[("number", NUMBER), ("issuer", "M1")]).await.is(422).says("A code of one to three letters");
    ratih.post("/persons/search", &[("number", "'"), ("issuer", "")]).await.is(422).says("letters and digits, 30 at most");
    assert_eq!(ratih.post("/persons/search", &[("q", " ")]).await.is(303).to(), "/persons");
    assert_eq!(*desk.test.office.store().tail().borrow(), entries);
    ratih.post("/persons/search", &[("number", NUMBER), ("issuer", "mys")]).await.is(200).says("Contoh Siti");
    ratih.post("/persons/search", &[("q", "SGP A1234567")]).await.is(200).says("This number is on no file").says_not("Contoh Siti");
    // Names: as long as nothing of the index is built nobody was looked for; then by any part of the name.
    ratih.post("/persons/search", &[("q", "siti")]).await.is(200).says("Search by name: not checked yet.").says_not("Contoh Siti");
    let entries = *desk.test.office.store().tail().borrow();
    let follower = siger_app::index::spawn(&desk.test.office);
    while !desk.test.office.names().is_complete() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    ratih.post("/persons/search", &[("q", "sit con")]).await.is(200).says("1 file found").says("Contoh Siti");
    for short in ["s", " S c "] {
        ratih.post("/persons/search", &[("q", short)]).await.is(422).says("at least two letters").says_not("Contoh Siti");
    }
    ratih.post("/persons/search", &[("q", "Rahma")]).await.is(200).says("There is no such name");
    assert_eq!(*desk.test.office.store().tail().borrow(), entries + 2);
    follower.abort();
    // A result has no address of its own.
    assert_eq!(ratih.get("/persons/search").await.is(303).to(), "/persons");
    ratih.get("/persons/search?q=A1234567").await.is(303);
}

#[tokio::test]
async fn wrong_input_is_said_beside_its_field_and_kept() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let wrong = but(&SITI, &[("name", " "), ("born-year", "85"), ("sex", "Q"), ("nationality", "M1"), ("number-1", "A'1"), ("issuer-1", "")]);
    let wrong = ratih.post("/persons/new", &wrong).await.is(422);
    for words in
        ["There are 6 things", "href=\"#name\"", "href=\"#born-year\"", "href=\"#sex\"", "href=\"#nationality\"", "href=\"#number-1\"", "href=\"#issuer-1\""]
    {
        assert!(wrong.text.contains(words), "{words} in {}", wrong.text);
    }
    wrong.says("value=\"85\"").says("value=\"M1\"");
    // Another group of fields, whatever is wrong so far.
    let more = ratih.post("/persons/new", &[("name", ""), ("documents", "1"), ("more", "1")]).await.is(200);
    more.says("Travel document 2").says_not("things to put right");
    // Nothing known of the date is said, not left out.
    let known = [("born-day", ""), ("born-month", ""), ("born-year", "")];
    ratih.post("/persons/new", &but(&SITI, &known)).await.is(422).says("tick that it is not known");
    let file = registered(&mut ratih, &but(&but(&SITI, &known), &[("born-unknown", "1")])).await;
    ratih.get(&file).await.is(200).says("Not known");

    // The document stands on a file now: a second file is refused, and the way to the first shown.
    let again = ratih.post("/persons/new", &SITI).await.is(422).says("This document is on a file already.");
    again.says("name=\"number\" value=\"A1234567\"");
    let twice = but(&SITI, &[("documents", "2"), ("number-1", "B1"), ("kind-2", "passport"), ("issuer-2", "MYS"), ("number-2", "b-1")]);
    ratih.post("/persons/new", &twice).await.is(422).says("You wrote this document above.");
}

#[tokio::test]
async fn a_file_is_noted_corrected_and_given_documents() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let file = registered(&mut ratih, &SITI).await;
    let noted = ratih.post(&format!("{file}/notes"), &[("note", "Datang <b>sendiri</b>.\nBesok lagi."), ("purpose", "stay_permit")]).await.is(303);
    assert_eq!(noted.to(), format!("{file}?purpose=stay_permit#notes"));
    assert_eq!(newest(&desk).await, ("person.noted".into(), Purpose::StayPermit));
    ratih.get(&file).await.is(200).says("Datang &lt;b&gt;sendiri&lt;/b&gt;.").says("ratih (contoh), counter officer");
    ratih.post(&format!("{file}/notes"), &[("note", "  ")]).await.is(422).says("Write the note first.");
    ratih.post(&format!("{file}/notes"), &[("note", &"x".repeat(4_001))]).await.is(422).says("4,000 characters at most");

    let form = ratih.get(&format!("{file}/correct")).await.is(200).says("value=\"Contoh Siti\"").says("value=\"1985\"");
    let seen = form.between("name=\"seen\" value=\"", "\"");
    let siti = but(&SITI, &[("name", "Contoh Siti Rahma"), ("seen", &seen)]);
    ratih.post(&format!("{file}/correct"), &siti).await.is(303);
    ratih.get(&file).await.is(200).says("Contoh Siti Rahma").says("File was corrected");
    // Somebody who saw what it said before sees what it says now, and can save then.
    let late = but(&SITI, &[("name", "Contoh Siti R"), ("seen", &seen)]);
    let late = ratih.post(&format!("{file}/correct"), &late).await.is(409).says("This file changed after you opened it.").says("Contoh Siti Rahma");
    let now = late.between("name=\"seen\" value=\"", "\"");
    assert_ne!(now, seen);
    late.says("value=\"Contoh Siti R\"");
    ratih.post(&format!("{file}/correct"), &but(&SITI, &[("name", ""), ("seen", &now)])).await.is(422);

    ratih.get(&format!("{file}/documents")).await.is(200);
    let document = [("kind", "identity_card"), ("issuer", "MYS"), ("number", "850303-14-5555"), ("expires", "")];
    ratih.post(&format!("{file}/documents"), &document).await.is(303);
    ratih.get(&file).await.is(200).says("850303145555").says("Identity card");
    ratih.post(&format!("{file}/documents"), &document).await.is(422).says("This document is on a file already.");
    ratih.post(&format!("{file}/documents"), &but(&document, &[("expires", "2026-02-30"), ("number", "")])).await.is(422).says("There are 2 things");
}

#[tokio::test]
async fn pictures_and_papers_are_sealed_and_given_out_as_what_they_are() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let file = registered(&mut ratih, &SITI).await;
    let blobs = format!("{file}/blobs");
    ratih.get(&format!("{file}/papers")).await.is(200).says("multipart/form-data").says("JPEG, PNG, PDF");
    let csrf = ratih.csrf.clone();
    let fields = |kind| [("csrf", csrf.as_str()), ("purpose", "counter_service"), ("kind", kind)];
    ratih.upload(&blobs, &fields("portrait"), PNG).await.is(303);
    ratih.upload(&blobs, &fields("paper"), b"%PDF-1.7 contoh").await.is(303);
    assert_eq!(newest(&desk).await.0, "person.blob_stored");

    let page = ratih.get(&file).await.is(200).says("Photograph 1").says("Paper 2");
    let addresses: Vec<String> = page.addresses().into_iter().filter(|address| address.contains("/blobs/")).collect();
    assert_eq!(addresses.len(), 2);
    let picture = ratih.get(&addresses[0]).await.is(200);
    assert_eq!(picture.bytes, PNG);
    for (name, value) in
        [("content-type", "image/png"), ("x-content-type-options", "nosniff"), ("content-disposition", "inline"), ("cache-control", "no-store")]
    {
        assert_eq!(picture.headers[name], value, "{name}");
    }
    assert_eq!(newest(&desk).await.0, "person.read");
    let paper = ratih.get(&addresses[1]).await.is(200);
    assert!(paper.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    // Nothing of it lies open on the disk.
    for entry in walk(desk.test.folder()) {
        let bytes = std::fs::read(&entry).unwrap();
        assert!(!bytes.windows(10).any(|window| window == b"IHDR conto"), "{}", entry.display());
    }

    ratih.upload(&blobs, &fields("paper"), b"<html>").await.is(422).says("no JPEG, PNG or PDF");
    ratih.upload(&blobs, &fields("paper"), b"").await.is(422).says("Choose the file first.");
    ratih.upload(&blobs, &fields("portrait"), b"%PDF-1.7").await.is(422).says("must be a JPEG or PNG");
    ratih.upload(&blobs, &fields("selfie"), PNG).await.is(422).says("Choose what it is.");
    let mut large = PNG.to_vec();
    large.resize(BLOB_BYTES_MAX + 1, 0);
    ratih.upload(&blobs, &fields("paper"), &large).await.is(422).says("The file is too large.");
    large.resize(BLOB_BYTES_MAX + (1 << 20), 0);
    ratih.upload(&blobs, &fields("paper"), &large).await.is(413);
    // Without the token, and with the token only after the file.
    ratih.upload(&blobs, &[("kind", "paper")], PNG).await.is(403);
    ratih.upload(&blobs, &[("csrf", "wrong"), ("kind", "paper")], PNG).await.is(403);
    assert_eq!(ratih.get(&file).await.is(200).addresses().iter().filter(|address| address.contains("/blobs/")).count(), 2);

    // Another person's picture is not this one's.
    let other = registered(&mut ratih, &but(&SITI, &[("number-1", "B7654321")])).await;
    let blob = addresses[0].split("/blobs/").nth(1).unwrap();
    ratih.get(&format!("{other}/blobs/{blob}")).await.is(404);
    ratih.get(&format!("{file}/blobs/00")).await.is(404);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn who_may_not_does_not_and_what_is_not_there_is_not_found() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let file = registered(&mut ratih, &SITI).await;
    let pages = |of: &str| ["", "/readers", "/correct", "/documents", "/papers", "/erase", "/blobs/00"].map(|part| format!("{of}{part}"));
    for login in ["bagas", "wati"] {
        let (_, mut other) = desk.officer(login, &[if login == "bagas" { Role::Cashier } else { Role::Administrator }]).await;
        other.get("/persons").await.is(403);
        other.get("/persons/new").await.is(403);
        other.post("/persons/search", &[("q", "MYS A1234567")]).await.is(403).says_not("Contoh Siti");
        other.post("/persons/new", &SITI).await.is(403);
        for page in pages(&file).iter().filter(|page| !page.ends_with("/00")) {
            other.get(page).await.is(403).says_not("Contoh Siti");
        }
        for (part, fields) in
            [("notes", &[("note", "x")]), ("correct", &[("seen", "1")]), ("documents", &[("number", "1")]), ("erase", &[("ground", "unlawful")])]
        {
            other.post(&format!("{file}/{part}"), fields).await.is(403);
        }
        let csrf = other.csrf.clone();
        other.upload(&format!("{file}/blobs"), &[("csrf", &csrf), ("kind", "paper")], PNG).await.is(403);
    }
    // The desk does not see who looked: that goes through the privacy officer.
    ratih.get(&format!("{file}/readers")).await.is(403);
    // Forms of somewhere else.
    for part in ["notes", "correct", "documents", "erase"] {
        ratih.post_bare(&format!("{file}/{part}"), &[("note", "x")]).await.is(403);
    }
    ratih.post_bare("/persons/search", &[("q", "MYS A1234567")]).await.is(403);
    ratih.post_bare("/persons/new", &SITI).await.is(403);
    // Nobody.
    assert!(desk.nobody().get(&file).await.is(303).to().starts_with("/sign-in?next=%2Fpersons%2F"));

    let nobody = format!("/persons/{}", PersonId::from_bytes([7; 16]));
    for of in [nobody.as_str(), "/persons/x"] {
        for page in pages(of).iter().filter(|page| !page.ends_with("/readers")) {
            let seen = ratih.get(page).await;
            assert!(seen.status == 404 || seen.to().starts_with("/fresh"), "{page}: {}", seen.status);
        }
    }
    ratih.post(&format!("{nobody}/notes"), &[("note", "x")]).await.is(404);
}

#[tokio::test]
async fn who_looked_is_for_those_who_watch() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut sari) = desk.officer("sari", &[Role::Auditor]).await;
    let file = registered(&mut ratih, &SITI).await;
    ratih.get(&format!("{file}?purpose=stay_permit")).await.is(200);
    let readers = sari.get(&format!("{file}/readers")).await.is(200).says("ratih (contoh)").says("Counter officer").says("stay permit").says_not("Contoh Siti");
    assert_eq!(newest(&desk).await, ("person.readers_read".into(), Purpose::Audit));
    readers.says_not("sari (contoh), ");
    // The look at the list is on the list, the file stays closed.
    sari.get(&format!("{file}/readers")).await.is(200).says("sari (contoh)");
    sari.get(&file).await.is(403).says_not("Contoh Siti");
}

/// The card of the file that says who looked.
fn looks(file: &super::Seen) -> String {
    file.between("<section class=\"card\" id=\"looks\"", "</section>")
}

#[tokio::test]
async fn a_file_shows_who_looked_at_it_and_gives_no_inquiry_away() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut wati) = desk.officer("wati", &[Role::Desk]).await;
    let (_, mut ilham) = desk.officer("ilham", &[Role::Intelligence]).await;
    let (_, mut dewi) = desk.officer("dewi", &[Role::PrivacyOfficer]).await;
    let (_, mut hadi) = desk.officer("hadi", &[Role::Head]).await;
    let file = registered(&mut ratih, &SITI).await;
    let first = ratih.get(&file).await.is(200).says("Nobody opened this file before you.").says_not("All who looked");
    assert!(!looks(&first).contains("ratih"), "this look stands above: {}", first.text);

    // A colleague sees who was there before, as what and what for.
    let seen = looks(&wati.get(&file).await.is(200));
    assert!(seen.contains("ratih (contoh), counter officer") && seen.contains("service at the counter"), "{seen}");
    // An inquiry looks; the counter does not learn of it, whatever its number.
    for _ in 0..30 {
        ilham.get(&file).await.is(200);
    }
    let seen = looks(&ratih.get(&file).await.is(200));
    assert!(seen.contains("wati (contoh)") && seen.contains("ratih (contoh)"), "{seen}");
    assert!(!seen.contains("ilham") && !seen.contains("enforcement"), "{seen}");
    // Whoever may see who looked for the purpose in hand sees all of it, and the way to the whole list; so does the head, whose purposes are all of these.
    for of in [&mut dewi, &mut hadi] {
        let seen = of.get(&file).await.is(200).says("All who looked");
        assert!(looks(&seen).contains("ratih (contoh)") && seen.addresses().contains(&format!("{file}/readers")), "{}", seen.text);
        ilham.get(&file).await.is(200);
        assert!(looks(&of.get(&file).await.is(200)).contains("ilham (contoh)"));
    }
    // Five and no more.
    assert_eq!(looks(&dewi.get(&file).await.is(200)).matches("<li").count(), 5);
}

#[tokio::test]
async fn a_note_of_an_inquiry_is_not_at_the_counter() {
    let desk = Desk::new();
    let (_, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let (_, mut ilham) = desk.officer("ilham", &[Role::Intelligence]).await;
    let (_, mut dewi) = desk.officer("dewi", &[Role::PrivacyOfficer]).await;
    let (_, mut hadi) = desk.officer("hadi", &[Role::Head]).await;
    let file = registered(&mut ratih, &SITI).await;
    let api = format!("/api/v1{file}");
    ratih.post(&format!("{file}/notes"), &[("note", "Datang bersama penjamin.")]).await.is(303);
    let before: Value = serde_json::from_str(&ratih.get(&api).await.is(200).text).unwrap();
    desk.test.clock.advance_seconds(120);
    ilham.post(&format!("{file}/notes"), &[("note", "Diduga bekerja tanpa izin."), ("purpose", "enforcement")]).await.is(303);

    // Neither what it says, nor by whom, nor that it is there: not its line, not its moment.
    ratih.get(&file).await.is(200).says("Datang bersama penjamin.").says_not("Diduga").says_not("ilham").says_not("enforcement");
    let seen = ratih.get(&api).await.is(200).says_not("Diduga").says_not("enforcement");
    let seen: Value = serde_json::from_str(&seen.text).unwrap();
    assert_eq!((&seen["history"], &seen["changed_at"]), (&before["history"], &before["changed_at"]));
    let part: Value = serde_json::from_str(&ratih.get(&format!("{api}?limit=1")).await.is(200).text).unwrap();
    assert_eq!(part["history"][0], before["history"][0], "it does not count");
    let list: Value = serde_json::from_str(&ratih.get("/api/v1/persons").await.is(200).text).unwrap();
    assert_eq!(list["persons"][0]["changed_at"], before["changed_at"]);

    // Those who make inquiries see it, and those who may see who looked; the counter's own note stays with the counter.
    ilham.get(&file).await.is(200).says("Diduga").says("ilham (contoh)").says_not("Datang bersama penjamin.");
    ilham.get(&api).await.is(200).says("Diduga").says("enforcement").says_not("Datang bersama penjamin.");
    for of in [&mut dewi, &mut hadi] {
        of.get(&file).await.is(200).says("Diduga").says("Datang bersama penjamin.");
    }

    // What it changes in what everybody sees is seen, without by whom and what for.
    let entry = seen["identity_entry"].to_string();
    let fields = but(&SITI, &[("name", "Contoh Siti Rahma"), ("seen", &entry), ("purpose", "enforcement")]);
    ilham.post(&format!("{file}/correct"), &fields).await.is(303);
    let page = ratih.get(&file).await.is(200).says("Contoh Siti Rahma").says("File was corrected").says_not("ilham").says_not("enforcement");
    page.says("Somebody, for a purpose that is not yours");
    let seen: Value = serde_json::from_str(&ratih.get(&api).await.is(200).text).unwrap();
    let corrected = seen["history"][0].as_object().unwrap();
    assert_eq!(corrected["kind"], "person.corrected");
    assert!(["actor", "role", "purpose"].iter().all(|field| !corrected.contains_key(*field)), "{corrected:?}");
    ilham.get(&file).await.is(200).says("ilham (contoh)");
}

#[tokio::test]
async fn lists_are_walked_by_position() {
    let desk = Desk::new();
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Desk]).await;
    let by = desk.test.context(&ratih).await;
    let office = desk.test.office.clone();
    let ids: Vec<PersonId> = (0..100).map(|_| PersonId::new(office.now(), office.random())).collect();
    office
        .write(move |write| {
            for (index, id) in ids.into_iter().enumerate() {
                let identity = Identity {
                    name: Name::new(&format!("Contoh {index:03}")).unwrap(),
                    born: None,
                    sex: Sex::X,
                    nationality: CountryCode::new("nationality", "UTO").unwrap(),
                };
                siger_app::person::register(write, &by, id, identity, Vec::new())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let first = browser.get("/persons").await.is(200).says("Contoh 099").says("Contoh 050").says_not("Contoh 049");
    let next = first.addresses().into_iter().find(|address| address.contains("before=")).unwrap();
    let second = browser.get(&next).await.is(200).says("Contoh 049").says("Contoh 000").says_not("Contoh 050");
    // Full, and the last one all the same.
    assert!(!second.addresses().iter().any(|address| address.contains("before=")), "{:?}", second.addresses());
    browser.get("/persons?before=x").await.is(400);
}

#[tokio::test]
async fn erasure_is_asked_for_by_one_decided_by_another_and_leaves_a_tombstone() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Desk]).await;
    let dewi = desk.test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let mut counter = desk.stale(&ratih).await;
    let file = registered(&mut counter, &SITI).await;
    let erase = format!("{file}/erase");
    counter.get(&format!("{file}?purpose=stay_permit")).await.is(200).says(&format!("href=\"{erase}\""));
    assert_eq!(counter.get(&erase).await.is(303).to(), format!("/fresh?next={}&what=person.erase", erase.replace('/', "%2F")));
    counter.confirm(&ratih).await;
    counter.get(&erase).await.is(200).says("Contoh Siti").says("waits for a second person");
    counter.post(&erase, &[("ground", "kept_until")]).await.is(422).says("Choose the ground.");
    let asked = counter.post(&erase, &[("ground", "subject_request")]).await.is(303);
    assert!(asked.to().starts_with("/requests/"), "{}", asked.to());
    counter.get(&file).await.is(200).says("waits for a second person").says("Contoh Siti");
    counter.post(&erase, &[("ground", "subject_request")]).await.is(409);

    let mut privacy = desk.signed_in(&dewi).await;
    privacy.confirm(&dewi).await;
    privacy.post(&format!("{}/approve", asked.to()), &[]).await.is(303);
    let tomb =
        counter.get(&file).await.is(200).says("An erased file").says("The person asked for it").says(asked.to()).says_not("Contoh Siti").says_not(NUMBER);
    tomb.says("dewi (contoh)");
    for part in ["correct", "documents", "papers"] {
        counter.get(&format!("{file}/{part}")).await.is(409);
    }
    counter.post(&format!("{file}/notes"), &[("note", "x")]).await.is(409);
    counter.post("/persons/search", &[("q", "MYS A1234567")]).await.is(200).says("This number is on no file");
    counter.get("/persons").await.is(200).says_not("Contoh Siti");
}
