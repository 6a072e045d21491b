//! One entry is damaged: it is named, and everybody else goes on with their work.

use std::sync::Arc;
use std::time::Duration;

use siger_app::notify::Off;
use siger_app::office::UNREADABLE;
use siger_app::person::ByName;
use siger_app::{blob, index, job, officer, person, request, retention};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::RequestId;
use siger_domain::request::ErasureGround;
use siger_storage::table;
use siger_testkit::office::TestOffice;

use crate::retention::register;

/// Changes one bit of an entry's sealed body behind the program's back.
fn damage(test: &TestOffice, number: u64) {
    let conn = rusqlite::Connection::open(test.data().join("office.sqlite")).unwrap();
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    let mut body: Vec<u8> = conn.query_row("SELECT body FROM entry WHERE number = ?1", [number as i64], |row| row.get(0)).unwrap();
    body[30] ^= 1;
    assert_eq!(conn.execute("UPDATE entry SET body = ?1 WHERE number = ?2", (body, number as i64)).unwrap(), 1);
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
    assert_eq!(listed.iter().map(|it| (it.person.id, it.identity.is_some())).collect::<Vec<_>>(), [(found, true), (lost, false)]);

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
