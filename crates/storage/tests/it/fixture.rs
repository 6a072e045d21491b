//! What a released version wrote is read by every later one: archive, keyring and data folder of a sample office as version 0.1 left them.
//!
//! A fixture of a released version is never made anew. Until 0.1 is released: `cargo test -p siger-storage --test it fixture::make -- --ignored`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, RequestId};
use siger_domain::officer::{Credential, State};
use siger_domain::personal::Personal;
use siger_domain::request::{ErasureGround, Matter};
use siger_storage::blob::Folder;
use siger_storage::keyring::{KEYRING_NAME, Keyring, RootSecret, Rotation};
use siger_storage::table::{officer, person as persons};
use siger_storage::{Error, Open, Stamp, Store, Url, archive, check, to_hex};
use tempfile::TempDir;

use crate::place::{Place, START, document, invite, person, register, stamp};

/// Every released version.
const VERSIONS: &[&str] = &["v0.1"];

fn folder(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(version)
}

/// The keyring of a fixture, copied to where it may be changed and read by its owner alone.
fn keyring(version: &str, to: &Path) -> Keyring {
    let keys = to.join("keys");
    fs::create_dir_all(&keys).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
    let copy = keys.join(KEYRING_NAME);
    fs::copy(folder(version).join("keyring"), &copy).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
    let secret = fs::read_to_string(folder(version).join("root.secret")).unwrap();
    Keyring::open(&keys, &RootSecret::from_bytes(siger_storage::hex(secret.trim()).unwrap())).unwrap()
}

/// Size and root as they were written then.
fn expected(version: &str) -> (u64, String) {
    let text = fs::read_to_string(folder(version).join("root.txt")).unwrap();
    let (size, root) = text.trim().split_once(' ').unwrap();
    (size.parse().unwrap(), root.to_owned())
}

/// What the office looked like then.
fn holds(store: &Store, blobs: &Folder) {
    let verified = check::verify(store, blobs, check::Options::default()).unwrap();
    assert!(verified.is_clean(), "{:#?}", verified.findings);
    assert_eq!(check::replay(store).unwrap().findings, []);
    assert_eq!(store.read_blocking(persons::count).unwrap(), (4, 1));
    store
        .read_blocking(|tx| {
            let keyring = store.keyring();
            let erased = persons::get(tx, person(2))?.unwrap();
            assert!(erased.erased.is_some() && persons::identity(tx, keyring, &erased)?.is_none());
            assert_eq!(persons::by_document(tx, keyring, &document("C0000003").lookup_text())?, [person(3)]);
            let row = persons::get(tx, person(3))?.unwrap();
            assert_eq!(persons::identity(tx, keyring, &row)?.unwrap().name.reveal(), "Orang Contoh 3");
            let blob = persons::blobs(tx, person(1))?[0].0;
            let key = persons::get(tx, person(1))?.unwrap().key;
            assert_eq!(blobs.get(keyring, key, siger_storage::blob::BlobId::from_bytes(blob)).unwrap().unwrap(), b"sample picture");
            assert_eq!(officer::all(tx)?.len(), 2);
            Ok::<_, Error>(())
        })
        .unwrap();
}

#[test]
fn archives_of_released_versions_come_in_with_their_root() {
    for version in VERSIONS {
        let to = tempfile::tempdir().unwrap();
        let store = Store::open(Open::new(Url::Sqlite(to.path().join("data")), keyring(version, to.path()))).unwrap();
        let blobs = Folder::open(&to.path().join("blobs")).unwrap();
        let input = fs::File::open(folder(version).join("office.siger-archive")).unwrap();
        let summary = archive::import(&store, &blobs, input).unwrap();
        assert_eq!((summary.size, to_hex(&summary.root)), expected(version), "{version}");
        holds(&store, &blobs);
        store.write_blocking(|write| register(write, 900)).unwrap();
    }
}

#[test]
fn data_folders_of_released_versions_open_migrate_and_keep_their_root() {
    for version in VERSIONS {
        let to = tempfile::tempdir().unwrap();
        let data = to.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::copy(folder(version).join("office.sqlite"), data.join("office.sqlite")).unwrap();
        fs::set_permissions(data.join("office.sqlite"), fs::Permissions::from_mode(0o600)).unwrap();
        let store = Store::open(Open::new(Url::Sqlite(data), keyring(version, to.path()))).unwrap();
        let head = store.head().unwrap();
        assert_eq!((head.edge.size(), to_hex(&head.edge.root())), expected(version), "{version}");
        assert_eq!(head.keyring_revision, store.keyring().revision(), "what the migration added is filled");
        // The blobs come from the archive: they were not in the data folder.
        let archive = archive_blobs(version, to.path());
        holds(&store, &archive);
        store.write_blocking(|write| register(write, 900)).unwrap();
        assert!(check::verify(&store, &archive, check::Options::default()).unwrap().is_clean());
    }
}

/// Versions before 0007 counted somebody as active whose access was stopped and given back before they came.
#[test]
fn whoever_never_came_is_invited_once_migrated() {
    let place = Place::sqlite();
    let store = place.office();
    let came = Event::OfficerJoined(body::OfficerJoined {});
    let password = |id| body::CredentialAdded { id, label: "password".into(), credential: Credential::Password { phc: Personal::new("x".into()) } };
    let (never, in_office) = store
        .write_blocking(move |write| {
            let (never, in_office) = (invite(write, 1)?, invite(write, 2)?);
            write.append(stamp(10), Subject::Officer(in_office), &came)?;
            write.append(stamp(10), Subject::Officer(in_office), &Event::CredentialAdded(password(CredentialId::from_bytes([7; 16]))))?;
            for id in [never, in_office] {
                write.append(stamp(20), Subject::Officer(id), &Event::OfficerSuspended(body::OfficerSuspended {}))?;
                write.append(stamp(30), Subject::Officer(id), &Event::OfficerRestored(body::OfficerRestored {}))?;
            }
            Ok::<_, Error>((never, in_office))
        })
        .unwrap();
    let standing = |store: &Store| store.read_blocking(|tx| Ok::<_, Error>([never, in_office].map(|id| officer::get(tx, id).unwrap().unwrap().state))).unwrap();
    assert_eq!(standing(&store), [State::Invited, State::Active]);
    store.tidy().unwrap();
    drop(store);
    let conn = rusqlite::Connection::open(place.url.folder().unwrap().join("office.sqlite")).unwrap();
    let later = "DROP TABLE inspection; DROP TABLE inspection_entry; DROP TABLE presence; DROP TABLE receipt;";
    conn.execute_batch(&format!("UPDATE officer SET state = 'active'; {later} UPDATE schema_version SET version = 6;")).unwrap();
    drop(conn);
    let store = place.open();
    assert_eq!(standing(&store), [State::Invited, State::Active]);
    assert_eq!(check::replay(&store).unwrap().findings, []);
}

fn archive_blobs(version: &str, to: &Path) -> Folder {
    let beside = to.join("beside");
    let store = Store::open(Open::new(Url::Sqlite(beside.join("data")), keyring(version, &beside))).unwrap();
    let blobs = Folder::open(&beside.join("blobs")).unwrap();
    archive::import(&store, &blobs, fs::File::open(folder(version).join("office.siger-archive")).unwrap()).unwrap();
    blobs
}

#[test]
#[ignore = "makes the fixture of a version that is not released yet"]
fn make() {
    let place = Place::sqlite();
    let store = sample(&place);
    let to = folder("v0.1");
    fs::create_dir_all(&to).unwrap();
    let mut out = fs::File::create(to.join("office.siger-archive")).unwrap();
    let summary = archive::write(&store, &place.blobs(), &mut out).unwrap();
    fs::write(to.join("root.txt"), format!("{} {}\n", summary.size, to_hex(&summary.root))).unwrap();
    fs::write(to.join("root.secret"), format!("{}\n", to_hex(&[3; 32]))).unwrap();
    fs::copy(place.folder.path().join("keys").join(KEYRING_NAME), to.join("keyring")).unwrap();
    drop(store);
    as_the_first_schema(&place.url.folder().unwrap().join("office.sqlite"), &to.join("office.sqlite"));
}

/// A small office in which a little of everything has happened.
fn sample(place: &Place) -> Store {
    let store = place.office();
    let (requester, second) = store.write_blocking(|write| Ok::<_, Error>((invite(write, 1)?, invite(write, 2)?))).unwrap();
    store.write_blocking(|write| (0..4).try_for_each(|number| register(write, number).map(drop))).unwrap();
    let key = store.read_blocking(|tx| persons::get(tx, person(1))).unwrap().unwrap().key;
    let blob = place.blobs().put(&place.keyring, key, b"sample picture").unwrap().id;
    let request = RequestId::new(START, [9; 10]);
    store
        .write_blocking(move |write| {
            let at = stamp(50);
            let event = Event::BlobStored(body::BlobStored { blob: blob.to_string(), kind: "portrait".into(), bytes: 14, media: "image/png".into() });
            write.append(at, Subject::Person(person(1)), &event)?;
            write.append(at, Subject::Person(person(3)), &Event::DocumentAdded(body::DocumentAdded { document: document("C1000003") }))?;
            let matter = Matter::Erase { person: person(2), ground: ErasureGround::SubjectRequest };
            let opened = Event::RequestOpened(body::RequestOpened { matter, expires: START.plus_seconds(1_000) });
            write.append(Stamp { actor: Some(requester), ..at }, Subject::Request(request), &opened)?;
            write.append(Stamp { actor: Some(second), ..at }, Subject::Request(request), &Event::RequestApproved(body::RequestApproved {}))?;
            let erased = Event::PersonErased(body::PersonErased { ground: ErasureGround::SubjectRequest, request: Some(request) });
            write.append(Stamp { actor: Some(second), ..at }, Subject::Person(person(2)), &erased)
        })
        .unwrap();
    let erased = store.read_blocking(|tx| persons::get(tx, person(2))).unwrap().unwrap();
    place.keyring.puncture(&[erased.key]).unwrap();
    // A rotated log key, so that the newest checkpoint has two signatures.
    let key = place.keyring.rotate(Rotation::Log, START, &[5; 32]).unwrap();
    let event = Event::KeyRotated(body::KeyRotated { which: "log".into(), key });
    store.write_blocking(move |write| write.append(stamp(60), Subject::Office, &event)).unwrap();
    store.tidy().unwrap();
    store
}

/// The database as the first schema wrote it, in small pages so that it takes little room.
fn as_the_first_schema(from: &Path, to: &Path) {
    let _ = fs::remove_file(to);
    let work = TempDir::new().unwrap();
    let copy = work.path().join("office.sqlite");
    fs::copy(from, &copy).unwrap();
    let conn = rusqlite::Connection::open(&copy).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = DELETE; ALTER TABLE tree_head DROP COLUMN keyring_revision; DROP INDEX request_by_opener; ALTER TABLE officer DROP COLUMN erased;
         DROP INDEX entry_by_actor; DROP INDEX entry_change_of_person;
         ALTER TABLE session DROP COLUMN version; DROP TABLE ceremony_over; DROP TABLE guess; DROP TABLE alarm;
         DROP TABLE inspection; DROP TABLE inspection_entry; DROP TABLE presence; DROP TABLE receipt; UPDATE schema_version SET version = 1;
         PRAGMA page_size = 512; VACUUM;",
    )
    .unwrap();
    drop(conn);
    fs::copy(copy, to).unwrap();
}
