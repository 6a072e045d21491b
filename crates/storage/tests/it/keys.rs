//! Data keys are never given twice, whatever is brought back: an older archive, an older copy of the data, an older copy of the keyring.

use std::fs;
use std::path::Path;

use siger_domain::event::{Event, Subject, body};
use siger_domain::request::ErasureGround;
use siger_storage::keyring::{KeyIndex, Keyring, RootSecret};
use siger_storage::table::person as persons;
use siger_storage::{Error, Open, Store, Url, archive, check};
use tempfile::TempDir;

use crate::place::{Place, person, places, register, stamp};

fn key(store: &Store, number: u32) -> KeyIndex {
    store.read_blocking(|tx| persons::get(tx, person(number))).unwrap().unwrap().key
}

/// Erases somebody as a use case does: first the entry, then the key.
pub fn erase(store: &Store, number: u32) {
    let event = Event::PersonErased(body::PersonErased { ground: ErasureGround::SubjectRequest, request: None });
    store.write_blocking(move |write| write.append(stamp(800), Subject::Person(person(number)), &event)).unwrap();
    store.keyring().puncture(&[key(store, number)]).unwrap();
}

fn archived(store: &Store, place: &Place) -> Vec<u8> {
    let mut out = Vec::new();
    archive::write(store, &place.blobs(), &mut out).unwrap();
    out
}

fn copy(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.path().join(file.file_name())).unwrap();
    }
    to
}

fn keyring(folder: &Path) -> Keyring {
    Keyring::open(folder, &RootSecret::from_bytes([3; 32])).unwrap()
}

/// An empty place that works with this keyring.
fn empty(folder: &TempDir, keyring: Keyring) -> Store {
    Store::open(Open::new(Url::Sqlite(folder.path().join("data")), keyring)).unwrap()
}

#[test]
fn a_second_restore_with_an_older_keyring_begins_an_epoch_that_nobody_has_keys_of() {
    for place in places("epochs") {
        let store = place.office();
        store.write_blocking(|write| register(write, 1)).unwrap();
        // Put away before the first restore: it knows of no epoch but the first.
        let old_keys = copy(&place.folder.path().join("keys"));
        let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let first = empty(&folders[0], place.keyring.clone());
        let input = std::io::Cursor::new(archived(&store, &place));
        assert_eq!(archive::restore(&first, &place.blobs(), stamp(900).at, input).unwrap().epoch, Some(1));
        first.write_blocking(|write| register(write, 1_000)).unwrap();
        assert_eq!(key(&first, 1_000), KeyIndex::new(1, 1));
        let bytes = archived(&first, &place);

        let second = empty(&folders[1], keyring(old_keys.path()));
        let brought = archive::restore(&second, &place.blobs(), stamp(1_100).at, std::io::Cursor::new(bytes.clone())).unwrap();
        assert_eq!(brought.epoch, Some(2), "{}", place.engine);
        second.write_blocking(|write| register(write, 1_200)).unwrap();
        assert_eq!(key(&second, 1_200), KeyIndex::new(2, 1));
        assert!(check::verify(&second, &place.blobs(), check::Options::default()).unwrap().is_clean());

        // The same for an office that moves with an older copy of its keyring.
        let older = copy(old_keys.path());
        let third = empty(&folders[2], keyring(older.path()));
        archive::import(&third, &place.blobs(), std::io::Cursor::new(bytes)).unwrap();
        third.write_blocking(|write| register(write, 1_200)).unwrap();
        assert!(key(&third, 1_200).epoch() > 1);
        assert!(check::verify(&third, &place.blobs(), check::Options::default()).unwrap().is_clean());
    }
}

#[test]
fn keys_that_were_destroyed_are_passed_over() {
    for place in places("passed") {
        let store = place.office();
        store.write_blocking(|write| register(write, 1)).unwrap();
        let older = archived(&store, &place);
        store.write_blocking(|write| (2..6).try_for_each(|number| register(write, number).map(drop))).unwrap();
        erase(&store, 2);
        erase(&store, 4);
        // An older archive, brought in with the keyring of today.
        let folder = tempfile::tempdir().unwrap();
        let moved = empty(&folder, place.keyring.clone());
        archive::import(&moved, &place.blobs(), std::io::Cursor::new(older)).unwrap();
        moved.write_blocking(|write| (12..15).try_for_each(|number| register(write, number).map(drop))).unwrap();
        let keys: Vec<_> = (12..15).map(|number| key(&moved, number)).collect();
        assert!(keys.iter().all(|key| !place.keyring.is_punctured(*key)) && keys.is_sorted(), "{}: {keys:?}", place.engine);
        assert!(check::verify(&moved, &place.blobs(), check::Options::default()).unwrap().is_clean());
    }
}

#[test]
fn data_that_is_older_than_its_keyring_gives_keys_of_a_new_epoch() {
    let place = Place::sqlite();
    let store = place.office();
    store.write_blocking(|write| register(write, 1)).unwrap();
    store.tidy().unwrap();
    let old = copy(&place.url.folder().unwrap());
    store.write_blocking(|write| (2..5).try_for_each(|number| register(write, number).map(drop))).unwrap();
    erase(&store, 3);
    drop(store);
    let keys = place.folder.path().join("keys");
    let open = |only_look: bool| Store::open(Open { only_look, ..Open::new(Url::Sqlite(old.path().to_owned()), keyring(&keys)) }).unwrap();
    // Looking changes neither data nor keyring.
    let before = (keyring(&keys).revision(), keyring(&keys).epoch());
    let looking = open(true);
    assert!(matches!(looking.write_blocking(|write| register(write, 9)), Err(Error::Unavailable { .. })));
    drop(looking);
    assert_eq!((keyring(&keys).revision(), keyring(&keys).epoch()), before);

    let older = open(false);
    older.write_blocking(|write| register(write, 9)).unwrap();
    assert_eq!(key(&older, 9), KeyIndex::new(1, 1), "the keys of persons 2 to 4 are not given to somebody else");
    assert!(check::verify(&older, &place.blobs(), check::Options::default()).unwrap().is_clean());
    drop(older);
    // Once is enough.
    drop(open(false));
    assert_eq!(keyring(&keys).epoch(), 1);
}
