//! Keys are rotated while the office works; a new look-up key locks nobody out and loses no document.

use std::sync::Arc;

use siger_app::identity::password::Typed;
use siger_app::identity::totp;
use siger_app::notify::Off;
use siger_app::{Error, job, keys, sign_in};
use siger_domain::access::{Purpose, Role};
use siger_domain::event::Event;
use siger_storage::journal::read;
use siger_storage::keyring::{KeyState, Which};
use siger_storage::table::person as persons;
use siger_testkit::engine::apart;
use siger_testkit::office::{PASSWORD, TestOffice, TestOfficer, arrival};

use crate::retention::register;

async fn signs_in(test: &TestOffice, officer: &TestOfficer) {
    test.clock.advance_seconds(60);
    let code = totp::code(&officer.secret, test.office.now());
    sign_in::with_password(&test.office, arrival(), &officer.login, Typed::new(PASSWORD.into()), &code).await.expect("signed in");
}

#[tokio::test]
async fn a_new_lookup_key_finds_everything_before_and_after_the_hashes_are_new() {
    let test = TestOffice::new();
    let office = &test.office;
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let id = register(&test, &desk, "Contoh Lim").await;
    let keyring = office.store().keyring().clone();
    let text = office.read(move |tx| Ok(persons::documents(tx, &keyring, id)?)).await.unwrap().remove(0).1.unwrap().lookup_text();
    let found = || {
        let (keyring, text) = (office.store().keyring().clone(), text.clone());
        apart(|| office.store().read_blocking(move |tx| persons::by_document(tx, &keyring, &text))).unwrap()
    };

    let by = test.context(&desk).await;
    assert!(matches!(keys::rotate(office, &by, Which::Lookup, None).await, Err(Error::Forbidden(_))));
    let mut by = test.context(&administrator).await;
    by.purpose = Some(Purpose::Administration);
    assert!(matches!(keys::rotate(office, &by, Which::Office, None).await, Err(Error::Invalid(_))), "the office key comes from outside");
    let old = keys::list(office, &by).unwrap().into_iter().find(|key| key.which == Which::Lookup).unwrap();
    let new = keys::rotate(office, &by, Which::Lookup, None).await.unwrap();
    assert_ne!(old.id, new);
    let entry = office.read(|tx| Ok(read::newest_of_kind(tx, "key.rotated", u64::MAX, 1)?)).await.unwrap().remove(0);
    let Some(Event::KeyRotated(body)) = entry.open(office.store().keyring()).unwrap() else { panic!("another entry") };
    assert_eq!((body.which.as_str(), body.key.as_str()), ("lookup", new.as_str()));

    // Before the job: found by the old hash; and the old key cannot be ended yet.
    assert_eq!(found(), [id]);
    signs_in(&test, &desk).await;
    assert!(matches!(keys::retire(office, &by, Which::Lookup, &old.id).await, Err(Error::Conflict("rehash_waits"))));

    assert_eq!(job::run_due(office, &(Arc::new(Off) as _)).await.unwrap().given_up, 0);
    keys::retire(office, &by, Which::Lookup, &old.id).await.unwrap();
    let states: Vec<_> = keys::list(office, &by).unwrap().into_iter().filter(|key| key.which == Which::Lookup).map(|key| key.state).collect();
    assert!(states.contains(&KeyState::Retired) && states.contains(&KeyState::Current), "{states:?}");
    assert_eq!(found(), [id]);
    signs_in(&test, &desk).await;
}

#[tokio::test]
async fn the_other_keys_are_rotated_with_overlap() {
    let test = TestOffice::new();
    let office = &test.office;
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let mut by = test.context(&administrator).await;
    by.purpose = Some(Purpose::Administration);
    for which in [Which::Log, Which::Seal] {
        let before = keys::list(office, &by).unwrap();
        let old = before.iter().find(|key| key.which == which).unwrap().id.clone();
        let new = keys::rotate(office, &by, which, None).await.unwrap();
        assert!(matches!(keys::retire(office, &by, which, &new).await, Err(Error::Conflict("key_in_use"))));
        assert!(matches!(keys::retire(office, &by, which, "00").await, Err(Error::NotFound)));
        keys::retire(office, &by, which, &old).await.unwrap();
    }
    register(&test, &test.officer("ratih", &[Role::Desk]).await, "Contoh Lim").await;
}

#[tokio::test]
async fn a_change_of_keys_that_was_cut_off_is_written_down() {
    let test = TestOffice::new();
    let office = &test.office;
    test.officer("adi", &[Role::Administrator]).await;
    assert_eq!(keys::catch_up(office).await.unwrap(), 0, "the first keys need no entry");
    // The keyring changes; the machine stops before the entries.
    let keyring = office.store().keyring();
    let old = keyring.list().into_iter().find(|key| key.which == Which::Log).unwrap().id;
    let new = keyring.rotate(siger_storage::keyring::Rotation::Log, office.now(), &[3; 32]).unwrap();
    let lookup = keyring.rotate(siger_storage::keyring::Rotation::Lookup, office.now(), &[4; 32]).unwrap();
    keyring.retire(Which::Log, &old, office.now()).unwrap();
    assert_eq!(keys::catch_up(office).await.unwrap(), 0, "whoever did it may be about to write it down");
    test.clock.advance_seconds(600);
    assert_eq!(keys::catch_up(office).await.unwrap(), 3);
    assert_eq!(keys::catch_up(office).await.unwrap(), 0, "once");
    let mut said = Vec::new();
    for entry in office.read(|tx| Ok(read::newest(tx, u64::MAX, 3)?)).await.unwrap() {
        match entry.open(office.store().keyring()).unwrap() {
            Some(Event::KeyRotated(body)) => said.push((entry.kind, body.which, body.key)),
            Some(Event::KeyRetired(body)) => said.push((entry.kind, body.which, body.key)),
            other => panic!("{other:?}"),
        }
    }
    said.sort();
    let expected = [("key.retired", "log", old), ("key.rotated", "log", new), ("key.rotated", "lookup", lookup)];
    assert_eq!(said, expected.map(|(kind, which, key)| (kind.to_owned(), which.to_owned(), key)));
    assert!(job::rehash::waits(office).await.unwrap(), "the hashes are computed anew");
}

/// Whoever retires a key may have looked before another rotated it: the hashes that need it are asked for when it is their turn.
#[tokio::test]
async fn a_lookup_key_that_is_replaced_meanwhile_is_not_retired() {
    let test = TestOffice::new();
    let office = &test.office;
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let mut by = test.context(&administrator).await;
    by.purpose = Some(Purpose::Administration);
    let current = keys::list(office, &by).unwrap().into_iter().find(|key| key.which == Which::Lookup).unwrap().id;
    let (rotated, retired) = tokio::join!(keys::rotate(office, &by, Which::Lookup, None), keys::retire(office, &by, Which::Lookup, &current));
    rotated.unwrap();
    assert!(matches!(retired, Err(Error::Conflict("rehash_waits" | "key_in_use"))), "{retired:?}");
    let states: Vec<_> = keys::list(office, &by).unwrap().into_iter().filter(|key| key.which == Which::Lookup).map(|key| key.state).collect();
    assert!(states.contains(&KeyState::Overlap), "{states:?}");
}
