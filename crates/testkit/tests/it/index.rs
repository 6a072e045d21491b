//! The name index of a real office: built from what is there, kept up by the tail, without whom was erased.

use std::time::Duration;

use siger_app::{index, person, request};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Identity, Name, Sex};
use siger_domain::personal::Personal;
use siger_domain::request::ErasureGround;
use siger_testkit::engine::apart;
use siger_testkit::office::{TestOffice, TestOfficer};

fn identity(name: &str, born: &str) -> Identity {
    let born = Some(Personal::new(born.parse().unwrap()));
    Identity { name: Name::new(name).unwrap(), born, sex: Sex::X, nationality: CountryCode::new("nationality", "MYS").unwrap() }
}

async fn register(test: &TestOffice, desk: &TestOfficer, name: &str, born: &str) -> PersonId {
    let (id, identity, by) = (PersonId::new(test.office.now(), test.office.random()), identity(name, born), test.context(desk).await);
    test.office.write(move |write| person::register(write, &by, id, identity, Vec::new())).await.unwrap().person
}

async fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("did not come true within ten seconds");
}

#[tokio::test]
async fn names_are_found_kept_up_and_forgotten() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let early = register(&test, &desk, "Contoh José Lim", "1985").await;
    let names = office.names();
    assert!(!names.is_complete() && names.search("jose", None).is_empty(), "nothing is found, and it says that it does not know yet");

    let follower = index::spawn(office);
    until(|| names.is_complete()).await;
    assert_eq!(names.search("LIM jose", None), [early]);
    assert_eq!(names.progress().done, 1);

    // Registered, corrected and erased after the start.
    let late = register(&test, &desk, "Contoh Joselito", "1990-02").await;
    until(|| names.search("jose", None).len() == 2).await;
    assert_eq!(names.search("jose", None), [early, late], "a whole word is before a beginning");
    assert_eq!(names.search("jose", Some(1990)), [late]);
    let by = test.context(&desk).await;
    office
        .write(move |write| {
            let seen = siger_storage::table::person::get(write, early)?.and_then(|row| row.identity).unwrap();
            person::correct(write, &by, early, seen, identity("Contoh Yusuf Lim", "1985"))
        })
        .await
        .unwrap();
    until(|| names.search("yusuf", None) == [early]).await;
    assert_eq!(names.search("jose", None), [late]);

    let by = office.system(Purpose::Retention);
    let effect = office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Retention };
            let mut effect = request::Effect::default();
            request::erase(write, stamp, late, ErasureGround::KeptUntil, None, &mut effect)?;
            Ok(effect)
        })
        .await
        .unwrap();
    office.finish_erasure(effect).await.unwrap();
    until(|| names.search("joselito", None).is_empty()).await;
    assert_eq!(names.next(), apart(|| office.store().head()).unwrap().edge.size());
    follower.abort();
}
