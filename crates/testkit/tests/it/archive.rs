//! Archives: what leaves an office can be brought back, and brings back nobody who was erased.

use std::path::Path;

use siger_storage::archive::{self, ArchiveError, Summary};
use siger_storage::blob::Folder;
use siger_storage::keyring::Keyring;
use siger_storage::{Error, Open, Store, Url, check, table};
use siger_testkit::fault::Rng;
use siger_testkit::life::{Life, Step, passport};
use siger_testkit::office::{TestOffice, root};

/// An office after a seeded while.
pub fn lived(steps: usize, seed: u64) -> (TestOffice, Life) {
    let test = TestOffice::new();
    let mut life = Life::begin(&test).unwrap();
    let mut rng = Rng::new(seed);
    for _ in 0..steps {
        life.step(Step::draw(&mut rng)).unwrap();
    }
    (test, life)
}

pub fn archived(test: &TestOffice) -> (Vec<u8>, Summary) {
    let mut out = Vec::new();
    let summary = archive::write(test.office.store(), test.office.blobs(), &mut out).unwrap();
    assert_eq!(summary.bytes, out.len() as u64);
    (out, summary)
}

/// An empty place with the keyring as it is now.
pub fn empty(test: &TestOffice, folder: &Path) -> (Store, Folder) {
    let keys = test.folder().join("keys");
    let keyring = Keyring::open(&keys, &root(&keys)).unwrap();
    let store = Store::open(Open::new(Url::Sqlite(folder.join("data")), keyring)).unwrap();
    (store, Folder::open(&folder.join("blobs")).unwrap())
}

pub fn clean(store: &Store, blobs: &Folder) {
    let verified = check::verify(store, blobs, check::Options::default()).unwrap();
    assert!(verified.is_clean(), "{:#?}", verified.findings);
    let replayed = check::replay(store).unwrap();
    assert_eq!(replayed.findings, [], "replay");
    assert_eq!((verified.entries, replayed.entries), (verified.size, verified.size));
}

#[test]
fn an_office_moves_whole_and_keeps_its_root() {
    let (test, life) = lived(120, 1);
    clean(test.office.store(), test.office.blobs());
    let (bytes, written) = archived(&test);
    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = empty(&test, folder.path());
    let read = archive::import(&store, &blobs, std::io::Cursor::new(bytes.clone())).unwrap();
    assert_eq!(read, written);
    let (here, there) = (test.office.store().head().unwrap(), store.head().unwrap());
    assert_eq!((here.edge, here.last_at), (there.edge, there.last_at));
    clean(&store, &blobs);
    assert_eq!(check::against(&store, &here.checkpoint).unwrap(), check::Verdict::Same { size: written.size });
    assert!(matches!(archive::import(&store, &blobs, std::io::Cursor::new(bytes)), Err(Error::OfficeExists)), "an office is never replaced");
    // The tables are the same, row by row: counts of both, and somebody who is in both.
    let counts = |store: &Store| store.read_blocking(table::person::count).unwrap();
    assert_eq!(counts(test.office.store()), counts(&store));
    assert_eq!(counts(&store).0, life.persons.len() as u64);
}

#[test]
fn a_restore_brings_back_nobody_who_was_erased_since() {
    let (test, mut life) = lived(60, 2);
    let erased = life.register("Contoh Terhapus", "A7654321").unwrap();
    let kept = life.register("Contoh Tinggal", "A7654322").unwrap();
    life.picture(erased).unwrap();
    life.picture(kept).unwrap();
    let (before, written) = archived(&test);
    life.erase(erased).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = empty(&test, folder.path());
    let at = test.office.now();
    let read = archive::restore(&store, &blobs, at, std::io::Cursor::new(before)).unwrap();
    assert_eq!((read.root, read.size), (written.root, written.size));
    assert_eq!((read.erasures_recorded, read.epoch, read.missing_count), (1, Some(1), 0), "{read:?}");
    assert_eq!(read.blobs + 1, written.blobs, "the picture of the erased person stays away");
    clean(&store, &blobs);
    let keyring = store.keyring().clone();
    store
        .read_blocking(|tx| {
            let row = table::person::get(tx, erased)?.unwrap();
            assert!(row.erased.is_some());
            assert_eq!(table::person::identity(tx, &keyring, &row)?, None);
            assert!(table::person::by_document(tx, &keyring, &passport("A7654321").lookup_text())?.is_empty());
            assert_eq!(table::person::by_document(tx, &keyring, &passport("A7654322").lookup_text())?, [kept]);
            Ok::<_, Error>(())
        })
        .unwrap();
    assert_eq!(store.head().unwrap().edge.size(), written.size + 2, "the restore and the erasure");
    assert!(matches!(check::against(&store, &written.checkpoint).unwrap(), check::Verdict::Extension { .. }));
}

#[test]
fn a_restore_destroys_keys_that_an_old_keyring_still_has() {
    let (test, mut life) = lived(20, 3);
    let erased = life.register("Contoh Terhapus", "A7654321").unwrap();
    let old_keys = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(test.folder().join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), old_keys.path().join(file.file_name())).unwrap();
    }
    life.erase(erased).unwrap();
    let (bytes, written) = archived(&test);
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::open(old_keys.path(), &root(old_keys.path())).unwrap();
    let store = Store::open(Open::new(Url::Sqlite(folder.path().join("data")), keyring)).unwrap();
    let blobs = Folder::open(&folder.path().join("blobs")).unwrap();
    let read = archive::restore(&store, &blobs, test.office.now(), std::io::Cursor::new(bytes)).unwrap();
    assert_eq!((read.keys_destroyed, read.erasures_recorded, read.root), (1, 0, written.root));
    let key = store.read_blocking(|tx| table::person::get(tx, erased)).unwrap().unwrap().key;
    assert!(store.keyring().is_punctured(key));
    clean(&store, &blobs);
}

#[test]
fn a_damaged_changed_or_foreign_archive_leaves_nothing() {
    let (test, _life) = lived(40, 4);
    let (whole, _) = archived(&test);
    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = empty(&test, folder.path());
    let mut rng = Rng::new(4);
    let refused = |bytes: Vec<u8>, what: &str| {
        let answer = archive::import(&store, &blobs, std::io::Cursor::new(bytes));
        assert!(matches!(answer, Err(Error::Archive(_))), "{what}: {answer:?}");
        assert!(matches!(store.head(), Err(Error::NoOffice)), "{what}: nothing was kept");
    };
    for _ in 0..40 {
        let at = rng.below(whole.len());
        let mut changed = whole.clone();
        changed[at] ^= 1 << rng.below(8);
        refused(changed, &format!("byte {at} changed"));
        refused(whole[..at].to_vec(), &format!("cut after {at} bytes"));
    }
    // Of another office: the same archive with another keyring.
    let other = tempfile::tempdir().unwrap();
    let secret = root(&other.path().join("keys"));
    let keyring = Keyring::create(&other.path().join("keys"), &secret, "siger.test/lain", siger_testkit::office::START, &[8; 32]).unwrap();
    let elsewhere = Store::open(Open::new(Url::Sqlite(other.path().join("data")), keyring)).unwrap();
    let answer = archive::import(&elsewhere, &blobs, std::io::Cursor::new(whole.clone()));
    assert!(matches!(answer, Err(Error::Archive(ArchiveError::OtherOffice { .. }))), "{answer:?}");
    // And after all that the whole one still comes in.
    archive::import(&store, &blobs, std::io::Cursor::new(whole)).unwrap();
    clean(&store, &blobs);
}

#[test]
fn a_missing_blob_is_named_and_the_rest_is_saved() {
    let (test, mut life) = lived(10, 5);
    let id = life.register("Contoh Foto", "A7000001").unwrap();
    life.picture(id).unwrap();
    let blob = test.office.store().read_blocking(|tx| table::person::blobs(tx, id)).unwrap()[0].0;
    test.office.blobs().remove(siger_storage::blob::BlobId::from_bytes(blob)).unwrap();
    let (bytes, written) = archived(&test);
    assert_eq!(written.missing, [siger_storage::blob::BlobId::from_bytes(blob)]);
    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = empty(&test, folder.path());
    let read = archive::import(&store, &blobs, std::io::Cursor::new(bytes)).unwrap();
    assert_eq!((read.missing, read.missing_count), (written.missing, 1));
}
