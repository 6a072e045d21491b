//! What happens to an office over the years: it changes engine and keys, officers leave, and programs grow old.

use siger_domain::access::Role;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::OfficerId;
use siger_domain::officer::Login;
use siger_domain::request::ErasureGround;
use siger_storage::table::{self, officer, person as persons};
use siger_storage::{Error, Store, archive, check};

use crate::place::{START, document, invite, person, places, register, stamp};

#[test]
fn an_office_moves_between_the_engines_and_back() {
    let mut places = places("moves");
    let Some(other) = places.pop().filter(|place| place.engine == "PostgreSQL") else { return };
    let first = places.remove(0);
    let store = first.office();
    for number in 0..280 {
        store.write_blocking(move |write| register(write, number)).unwrap();
    }
    let key = store.read_blocking(|tx| persons::get(tx, person(3))).unwrap().unwrap().key;
    let blob = first.blobs().put(&first.keyring, key, b"picture").unwrap().id;
    let event = Event::BlobStored(body::BlobStored { blob: blob.to_string(), kind: "portrait".into(), bytes: 7, media: "image/png".into() });
    store.write_blocking(move |write| write.append(stamp(900), Subject::Person(person(3)), &event)).unwrap();
    let written = |store: &Store, blobs: &siger_storage::blob::Folder| {
        let mut out = Vec::new();
        archive::write(store, blobs, &mut out).unwrap();
        out
    };
    let bytes = written(&store, &first.blobs());
    // The keys are the same office's: both places were made from the same random bytes.
    let there = other.open();
    let moved = archive::import(&there, &other.blobs(), std::io::Cursor::new(bytes.clone())).unwrap();
    assert_eq!(moved.root, store.head().unwrap().edge.root());
    assert!(check::verify(&there, &other.blobs(), check::Options::default()).unwrap().is_clean());
    assert_eq!(check::replay(&there).unwrap().findings, []);
    let there_again = written(&there, &other.blobs());
    assert_eq!(there_again.len(), bytes.len());
    let back = crate::place::Place::sqlite();
    let home = back.open();
    let returned = archive::import(&home, &back.blobs(), std::io::Cursor::new(there_again)).unwrap();
    assert_eq!((returned.root, returned.blobs, returned.missing_count), (moved.root, 1, 0));
    assert_eq!(check::replay(&home).unwrap().findings, []);
    // And goes on there.
    assert_eq!(home.write_blocking(|write| register(write, 500)).unwrap(), 282);
    assert!(check::verify(&home, &back.blobs(), check::Options::default()).unwrap().is_clean());
}

#[test]
fn hashes_are_computed_anew_while_the_office_works() {
    use siger_storage::keyring::{Rotation, Which};
    for place in places("rehash") {
        let store = place.office();
        store
            .write_blocking(|write| {
                (0..450).try_for_each(|number| register(write, number).map(drop))?;
                (1..4).try_for_each(|number| invite(write, number).map(drop))
            })
            .unwrap();
        let old = place.keyring.list().into_iter().find(|key| key.which == Which::Lookup).unwrap().id;
        place.keyring.rotate(Rotation::Lookup, START, &[77; 32]).unwrap();
        let found =
            |number: u32| store.read_blocking(|tx| persons::by_document(tx, &place.keyring, &document(&format!("C{number:07}")).lookup_text())).unwrap();
        let known = |number: u8| {
            let login = Login::new(&format!("petugas-{number}")).unwrap();
            store.read_blocking(|tx| officer::by_login(tx, &place.keyring, &login)).unwrap().is_some()
        };
        assert_eq!((found(3), known(2)), (vec![person(3)], true), "{}: before", place.engine);
        // Somebody comes in between, under the new key.
        store.write_blocking(|write| register(write, 451)).unwrap();
        let rehash = || {
            let keyring = place.keyring.clone();
            let officers = store.write_blocking(move |write| table::rehash_officers(write, &keyring)).unwrap();
            let (mut persons, mut from) = (0, 0);
            loop {
                let keyring = place.keyring.clone();
                let Some(step) = store.write_blocking(move |write| table::rehash_persons(write, &keyring, from)).unwrap() else { break };
                (persons, from) = (persons + step.count, step.next);
            }
            assert_eq!(officers.1, []);
            (persons, officers.0)
        };
        assert_eq!(rehash(), (451, 3));
        place.keyring.retire(Which::Lookup, &old, START).unwrap();
        for number in [0, 3, 449, 451] {
            assert_eq!(found(number), [person(number)], "{}: after", place.engine);
        }
        assert!((1..4).all(known));
        assert_eq!(check::replay(&store).unwrap().findings, [], "{}: hashes are those that replay computes", place.engine);
        assert_eq!(rehash(), (451, 3), "again does no harm");
        // An officer who has no row is not taken for done.
        let keyring = place.keyring.clone();
        let computed = store.write_blocking(move |write| {
            let row = officer::all(write)?.swap_remove(0);
            officer::rehash(write, &keyring, &officer::Officer { id: OfficerId::from_bytes([9; 16]), ..row })
        });
        assert!(matches!(computed, Err(Error::Inconsistent { table: "officer", .. })), "{}: {computed:?}", place.engine);
    }
}

#[test]
fn an_officer_who_left_is_erased_and_replays() {
    for place in places("officer_erased") {
        let store = place.office();
        let (gone, stays) = store.write_blocking(|write| Ok::<_, Error>((invite(write, 1)?, invite(write, 2)?))).unwrap();
        store
            .write_blocking(move |write| {
                write.append(stamp(5), Subject::Officer(stays), &Event::OfficerJoined(body::OfficerJoined {}))?;
                write.append(stamp(9), Subject::Officer(gone), &Event::OfficerSuspended(body::OfficerSuspended {}))
            })
            .unwrap();
        let left = |before| store.read_blocking(|tx| officer::gone_since(tx, START.plus_seconds(before))).unwrap().into_iter().map(|row| row.id);
        assert_eq!((left(9).count(), left(10).collect::<Vec<_>>()), (0, vec![gone]), "{}", place.engine);
        let event = Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeptUntil });
        store.write_blocking(move |write| write.append(stamp(20), Subject::Officer(gone), &event)).unwrap();
        let row = store.read_blocking(officer::erased).unwrap().remove(0);
        assert_eq!((row.id, row.roles.len(), left(30).count()), (gone, 0, 0));
        assert_eq!(store.read_blocking(officer::all).unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>(), [stays]);
        assert_eq!(check::replay(&store).unwrap().findings, [], "{}: before the key is destroyed", place.engine);
        place.keyring.puncture(&[row.key]).unwrap();
        assert_eq!(check::replay(&store).unwrap().findings, [], "{}: after it", place.engine);
        assert!(store.read_blocking(|tx| officer::profile(tx, &place.keyring, &row)).unwrap().is_none());
        // The sign-in name is free again.
        let again = OfficerId::from_bytes([77; 16]);
        let profile = siger_domain::officer::Profile {
            name: siger_domain::person::Name::new("Contoh Lain").unwrap(),
            login: Login::new("petugas-1").unwrap(),
            email: None,
        };
        let event = Event::OfficerInvited(body::OfficerInvited { profile, roles: vec![Role::Desk] });
        store.write_blocking(move |write| write.append(stamp(40), Subject::Officer(again), &event)).unwrap();
        assert!(check::verify(&store, &place.blobs(), check::Options::default()).unwrap().is_clean());
    }
}

#[test]
fn data_of_a_newer_program_is_refused() {
    let place = crate::place::Place::sqlite();
    drop(place.office());
    let file = place.url.folder().unwrap().join("office.sqlite");
    rusqlite::Connection::open(file).unwrap().execute("UPDATE schema_version SET version = 999", []).unwrap();
    let refused = Store::open(siger_storage::Open::new(place.url.clone(), place.keyring.clone()));
    assert!(matches!(refused, Err(Error::Newer { found: 999, .. })));
}
