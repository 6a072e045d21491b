//! One entry is damaged: it is named, and everybody else goes on with their work.

use std::sync::Arc;
use std::time::Duration;

use siger_app::notify::Off;
use siger_app::office::UNREADABLE;
use siger_app::person::{ByName, Who};
use siger_app::{blob, index, job, keys, officer, person, request, retention};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{PersonId, RequestId};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Note};
use siger_domain::request::ErasureGround;
use siger_storage::keyring::Which;
use siger_storage::table;
use siger_testkit::office::{TestOffice, TestOfficer};

use crate::desk::Desk;
use crate::retention::register;

/// Changes one bit of an entry's sealed body behind the program's back.
fn damage(test: &TestOffice, number: u64) {
    let conn = rusqlite::Connection::open(test.data().join("office.sqlite")).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    let mut body: Vec<u8> = conn.query_row("SELECT body FROM entry WHERE number = ?1", [number as i64], |row| row.get(0)).unwrap();
    body[30] ^= 1;
    assert_eq!(conn.execute("UPDATE entry SET body = ?1 WHERE number = ?2", (body, number as i64)).unwrap(), 1);
}

/// Puts a word into an entry's open part that the program never writes.
fn spoil(test: &TestOffice, number: u64) {
    let conn = rusqlite::Connection::open(test.data().join("office.sqlite")).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(conn.execute("UPDATE entry SET role = 'nobody' WHERE number = ?1", [number as i64]).unwrap(), 1);
}

/// A file with everything on it: the entries of its registration, two notes, a second document and a paper.
async fn full_file(test: &TestOffice, desk: &TestOfficer) -> (PersonId, [u64; 5]) {
    let (office, id, by) = (&test.office, register(test, desk, "Contoh Siti").await, test.context(desk).await);
    let row = office.read(move |tx| Ok(table::person::get(tx, id)?)).await.unwrap().unwrap();
    let mut numbers = vec![row.registered];
    for text in ["Catatan pertama", "Catatan kedua"] {
        let (by, note) = (by.clone(), Note::new(text).unwrap());
        numbers.push(office.write(move |write| person::note(write, &by, id, note)).await.unwrap().number);
    }
    let issuer = CountryCode::new("issuer", "MYS").unwrap();
    let document = Document { kind: DocumentKind::IdentityCard, issuer, number: DocumentNumber::new("K7654321").unwrap(), expires: None };
    let adder = by.clone();
    numbers.push(office.write(move |write| person::add_document(write, &adder, id, document)).await.unwrap().number);
    let keeper = by.clone();
    let key = office.read(move |tx| person::blob_key(tx, &keeper, id)).await.unwrap();
    let given = blob::Given { key, kind: "paper", media: "application/pdf", bytes: b"%PDF-1.7 contoh".to_vec() };
    numbers.push(blob::keep(office, &by, id, given).await.unwrap().number);
    (id, numbers.try_into().unwrap())
}

#[tokio::test]
async fn a_file_says_which_of_its_entries_cannot_be_read_and_shows_the_rest() {
    let desk = Desk::new();
    let test = &desk.test;
    let (officer, mut ratih) = desk.officer("ratih", &[Role::Desk]).await;
    let (id, [registered, first, second, added, paper]) = full_file(test, &officer).await;
    let (page, api) = (format!("/persons/{id}"), format!("/api/v1/persons/{id}"));
    ratih.get(&page).await.is(200).says_not("Cannot be read").says("Catatan pertama").says("K7654321").says("PDF");
    let whole = ratih.get(&api).await.is(200).says_not("unreadable");

    // A note: the other one is there, and it is said which one is not.
    damage(test, first);
    let seen = ratih.get(&page).await.is(200).says("Not everything in this file can be read.").says("Contoh Siti").says("Catatan kedua").says("K7654321");
    assert!(seen.between("id=\"notes\"", "</section>").contains("Cannot be read"), "{}", seen.text);
    let opened: serde_json::Value = serde_json::from_str(&ratih.get(&api).await.is(200).text).unwrap();
    assert_eq!(opened["unreadable"], serde_json::json!([{ "part": "history", "entry": first }]));
    let noted = |of: &serde_json::Value| of["history"].as_array().unwrap().iter().filter_map(|it| it["note"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    assert_eq!(noted(&opened), ["Catatan kedua"]);
    assert_eq!(opened["history"].as_array().unwrap().len(), 5, "that there was a note is known");

    // A document, a paper, the open part of a note, a look, and at last who the person is.
    damage(test, added);
    damage(test, paper);
    spoil(test, second);
    spoil(test, serde_json::from_str::<serde_json::Value>(&whole.text).unwrap()["read_entry"].as_u64().unwrap());
    let seen = ratih.get(&page).await.is(200).says("Contoh Siti").says_not("K7654321").says_not("Catatan kedua").says_not("PDF");
    for part in ["documents", "papers", "notes", "history", "looks"] {
        assert!(seen.between(&format!("id=\"{part}\""), "</section>").contains("Cannot be read"), "{part}: {}", seen.text);
    }
    damage(test, registered);
    ratih.get(&page).await.is(200).says("Not everything in this file can be read.").says_not("Contoh Siti");
    // Of whom nothing can be read, nothing is said: a date of birth that nobody knows is another thing.
    ratih.get("/persons").await.is(200).says("Cannot be read").says("data-label=\"Date of birth\">–</td>").says("data-label=\"Nationality\">–</td>");
    let opened: serde_json::Value = serde_json::from_str(&ratih.get(&api).await.is(200).text).unwrap();
    assert_eq!((&opened["identity"], &opened["identity_entry"]), (&serde_json::Value::Null, &serde_json::json!(registered)));
    let parts: Vec<_> = opened["unreadable"].as_array().unwrap().iter().map(|it| it["part"].as_str().unwrap()).collect();
    assert!(["identity", "documents", "history", "looks"].iter().all(|part| parts.contains(part)), "{parts:?}");

    // A correction takes the place of what cannot be read.
    ratih.get(&format!("{page}/correct")).await.is(200).says("What this file said about the person cannot be read.");
    let seen = registered.to_string();
    let fields = [("name", "Contoh Siti Baru"), ("born-unknown", "1"), ("sex", "F"), ("nationality", "MYS"), ("seen", &seen)];
    ratih.post(&format!("{page}/correct"), &fields).await.is(303);
    ratih.get(&page).await.is(200).says("Contoh Siti Baru");
}

#[tokio::test]
async fn an_officer_who_cannot_be_read_stops_nobody() {
    let test = TestOffice::new();
    let office = &test.office;
    let hurt = test.officer("ratih", &[Role::Desk]).await;
    let id = hurt.id;
    let row = office.read(move |tx| Ok(table::officer::get(tx, id)?)).await.unwrap().unwrap();
    damage(&test, row.profile);
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let directory = office.directory().await.unwrap();
    assert_eq!(directory.name(Some(hurt.id)), Some(UNREADABLE));
    assert_eq!(directory.name(Some(administrator.id)), Some("adi (contoh)"));
    // Both still act; the one without a name too.
    register(&test, &hurt, "Contoh Lim").await;
    let (by, keyring) = (test.context(&administrator).await, office.store().keyring().clone());
    let listed = office.read(move |tx| officer::list(tx, &keyring, &by)).await.unwrap();
    assert_eq!(listed.iter().map(|known| known.profile.is_some()).collect::<Vec<_>>(), [false, true]);
    // And access can be stopped.
    let by = test.context(&administrator).await;
    office.write(move |write| officer::suspend(write, &by, id)).await.unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_shown_as_such() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let (lost, found) = (register(&test, &desk, "Contoh Hilang").await, register(&test, &desk, "Contoh Tampak").await);
    let row = office.read(move |tx| Ok(table::person::get(tx, lost)?)).await.unwrap().unwrap();
    damage(&test, row.registered);

    let by = test.context(&desk).await;
    let listed = office.write(move |write| person::list(write, &by, u64::MAX)).await.unwrap();
    assert_eq!(listed.rows.iter().map(|it| (it.person.id, it.who.known().is_some())).collect::<Vec<_>>(), [(found, true), (lost, false)]);
    assert_eq!(listed.rows[1].who, Who::Unreadable { number: row.registered });

    let names = office.names();
    let follower = index::spawn(office);
    for _ in 0..1_000 {
        if names.is_complete() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(names.is_complete() && names.unreadable() == 1);
    let ByName::Found { persons, complete } = person::search_name(office, &test.context(&desk).await, "contoh").await.unwrap() else { panic!("not checked") };
    assert_eq!(persons.iter().map(|it| it.person.id).collect::<Vec<_>>(), [found]);
    assert!(!complete, "not every file was looked at");
    follower.abort();
}

#[tokio::test]
async fn a_request_that_cannot_be_read_keeps_no_work_waiting() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    test.officer("hadi", &[Role::Head]).await;
    let mut opened = Vec::new();
    for name in ["Contoh Satu", "Contoh Dua"] {
        let (person, id) = (register(&test, &desk, name).await, RequestId::new(office.now(), office.random()));
        let by = test.context(&privacy).await;
        let number = office.write(move |write| request::open_erase(write, &by, id, person, ErasureGround::SubjectRequest)).await.unwrap();
        opened.push((id, number));
    }
    damage(&test, opened[0].1);
    let shown = office.open_requests().await.unwrap();
    assert_eq!(shown.iter().map(|it| it.request.id).collect::<Vec<_>>(), [opened[1].0]);
    let ran = job::step(office, &(Arc::new(Off) as _)).await.unwrap();
    assert!(ran.done >= 2 && ran.again == 0, "the work of the day, and the message about the other request: {ran:?}");
    // A request that nobody can read runs out like any other.
    test.clock.advance_seconds(siger_domain::request::OPEN_SECONDS + 1);
    let by = office.system(Purpose::Administration);
    assert_eq!(office.write(move |write| request::expire(write, &by)).await.unwrap(), 2);
}

#[tokio::test]
async fn a_picture_that_cannot_be_read_keeps_no_key_alive() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let mut rows = Vec::new();
    for name in ["Contoh Satu", "Contoh Dua"] {
        let (person, by) = (register(&test, &desk, name).await, test.context(&desk).await);
        let key = office.read(move |tx| person::blob_key(tx, &by, person)).await.unwrap();
        let given = blob::Given { key, kind: "paper", media: "image/png", bytes: name.into() };
        let made = blob::keep(office, &test.context(&desk).await, person, given).await.unwrap();
        if rows.is_empty() {
            damage(&test, made.number);
        }
        // The erasure is recorded; the machine stops before the key is destroyed.
        let stamp = siger_storage::Stamp { at: office.now(), actor: None, role: Role::System, purpose: Purpose::Retention };
        office.write(move |write| request::erase(write, stamp, person, ErasureGround::KeptUntil, None, &mut request::Effect::default())).await.unwrap();
        rows.push(office.read(move |tx| Ok(table::person::get(tx, person)?)).await.unwrap().unwrap());
    }
    assert_eq!(retention::finish_erasures(office).await.unwrap(), 2);
    assert!(rows.iter().all(|row| office.store().keyring().is_punctured(row.key)));
    assert_eq!(office.blobs().iter().count(), 1, "the other's picture is gone; this one is left to the daily job");
}

#[tokio::test]
async fn a_list_goes_on_behind_a_request_that_cannot_be_read() {
    let desk = Desk::new();
    let office = &desk.test.office;
    let (officer, _) = desk.officer("ratih", &[Role::Desk]).await;
    let (privacy, mut dewi) = desk.officer("dewi", &[Role::PrivacyOfficer]).await;
    let mut opened = Vec::new();
    for name in ["Contoh Satu", "Contoh Dua"] {
        let (person, id) = (register(&desk.test, &officer, name).await, RequestId::new(office.now(), office.random()));
        let by = desk.test.context(&privacy).await;
        let number = office.write(move |write| request::open_erase(write, &by, id, person, ErasureGround::SubjectRequest)).await.unwrap();
        opened.push((id, number));
    }
    damage(&desk.test, opened[1].1);
    let (by, keyring) = (desk.test.context(&privacy).await, office.store().keyring().clone());
    let part = office.read(move |tx| request::list(tx, &keyring, &by, u64::MAX, 1)).await.unwrap();
    assert_eq!((part.rows.len(), part.read, part.full(1)), (0, 1, Some(opened[1].1)));
    let first: serde_json::Value = serde_json::from_str(&dewi.get("/api/v1/requests?limit=1").await.is(200).text).unwrap();
    assert_eq!(first["requests"], serde_json::json!([]));
    let next = dewi.get(first["next"].as_str().expect("the older one")).await.is(200);
    next.says(&opened[0].0.to_string());
}

#[tokio::test]
async fn entries_that_cannot_be_read_keep_no_lookup_key_in_force() {
    let test = TestOffice::new();
    let office = &test.office;
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let (lost, found) = (register(&test, &desk, "Contoh Hilang").await, register(&test, &desk, "Contoh Tampak").await);
    let keyring = office.store().keyring().clone();
    let text = office.read(move |tx| Ok(table::person::documents(tx, &keyring, found)?)).await.unwrap().remove(0).1.unwrap().lookup_text();
    let registered = office.read(move |tx| Ok(table::person::get(tx, lost)?)).await.unwrap().unwrap().registered;
    let hurt = desk.id;
    let profile = office.read(move |tx| Ok(table::officer::get(tx, hurt)?)).await.unwrap().unwrap().profile;
    let mut by = test.context(&administrator).await;
    by.purpose = Some(Purpose::Administration);
    damage(&test, registered);
    damage(&test, profile);

    let old = keys::list(office, &by).unwrap().into_iter().find(|key| key.which == Which::Lookup).unwrap().id;
    keys::rotate(office, &by, Which::Lookup, None).await.unwrap();
    let ran = job::run_due(office, &(Arc::new(Off) as _)).await.unwrap();
    assert!(ran.done >= 1 && ran.again == 0 && ran.given_up == 0, "{ran:?}");
    keys::retire(office, &by, Which::Lookup, &old).await.unwrap();
    let keyring = office.store().keyring().clone();
    assert_eq!(office.read(move |tx| Ok(table::person::by_document(tx, &keyring, &text)?)).await.unwrap(), [found], "whoever can be read is found");
    // Each time it is said anew.
    keys::rotate(office, &by, Which::Lookup, None).await.unwrap();
    let done = job::rehash::now(office).await.unwrap();
    assert_eq!((done.persons, done.officers, done.left), (2, 2, 2));
}
