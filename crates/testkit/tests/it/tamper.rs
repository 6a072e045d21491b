//! Somebody with the disk in their hands changes what is kept. Each change is found, and named for what it is and where.

use std::path::Path;

use rusqlite::Connection;
use siger_storage::blob::{BlobId, Folder};
use siger_storage::check::{self, Kind, Options, Report, Verdict};
use siger_storage::journal::read;
use siger_storage::keyring::Keyring;
use siger_storage::{Open, Store, Url, table};
use siger_testkit::fault::Rng;
use siger_testkit::fault::tamper::{self, Change};
use siger_testkit::life::{Life, Step};
use siger_testkit::office::{TestOffice, root};
use tempfile::TempDir;

use crate::archive::lived;
use crate::store::copy_folder;

/// More than one tile, so that there are nodes.
const ENTRIES: u64 = 270;

/// An office with a long enough life, whose folder can be copied.
fn office() -> (TestOffice, Life) {
    let (test, mut life) = lived(40, 31);
    let mut rng = Rng::new(32);
    let person = life.register("Contoh Gambar", "A7654321").unwrap();
    life.picture(person).unwrap();
    while test.office.store().head().unwrap().edge.size() < ENTRIES {
        life.step(Step::draw(&mut rng)).unwrap();
    }
    test.office.store().tidy().unwrap();
    (test, life)
}

/// A copy of the office's data.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn of(test: &TestOffice) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&test.data(), folder.path());
        Self { folder }
    }

    /// Changes it behind the program's back, past every constraint.
    fn change(&self, f: impl FnOnce(&Connection)) {
        let conn = Connection::open(self.folder.path().join("office.sqlite")).unwrap();
        conn.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").unwrap();
        f(&conn);
    }

    fn store(&self, test: &TestOffice) -> Store {
        store(self.folder.path(), test)
    }
}

fn store(data: &Path, test: &TestOffice) -> Store {
    let keys = test.folder().join("keys");
    Store::open(Open::new(Url::Sqlite(data.to_owned()), Keyring::open(&keys, &root(&keys)).unwrap())).unwrap()
}

fn named(report: &Report, kind: Kind, place: &str) -> bool {
    report.findings.iter().any(|finding| finding.kind == kind && finding.place.contains(place))
}

/// What is changed, by which statement, what a look at rows and entries finds, and what replay finds.
type TableCase<'c> = (&'c str, String, Option<(Kind, &'c str)>, (Kind, &'c str));

#[test]
fn what_is_changed_in_the_journal_is_named() {
    let (test, _life) = office();
    for Change { what, sql, found: expected } in tamper::journal(test.office.store().head().unwrap().edge.size()) {
        let copy = Copy::of(&test);
        copy.change(|conn| conn.execute_batch(sql).unwrap());
        let report = check::verify(&copy.store(&test), test.office.blobs(), Options::default()).unwrap();
        assert!(!report.is_clean(), "{what}: nothing was found");
        for (kind, place) in &expected {
            assert!(named(&report, *kind, place), "{what}: expected {kind:?} at {place}, found {:#?}", report.findings);
        }
        if expected.len() == 1 && matches!(expected[0].0, Kind::EntryChanged | Kind::NodeMissing | Kind::NextKey) {
            assert_eq!(report.findings.len(), 1, "{what}: one change is one finding: {:#?}", report.findings);
        }
    }
}

/// Who knows the format makes leaf and entry fit again; then the tree above it does not.
#[test]
fn a_change_with_its_leaf_is_found_by_the_tree() {
    let (test, _life) = office();
    let entries = test.office.store().read_blocking(|tx| read::from(tx, 0, 100)).unwrap();
    let number = entries.iter().rfind(|entry| entry.kind == "person.registered").unwrap().number;
    for (column, value, kind) in [("at", 1_i64, Kind::TimeBack), ("at", i64::MAX / 2, Kind::TimeBack), ("key_index", 4_000, Kind::EntrySealed)] {
        let copy = Copy::of(&test);
        copy.change(|conn| assert_eq!(conn.execute(&format!("UPDATE entry SET {column} = ?1 WHERE number = ?2"), [value, number as i64]).unwrap(), 1));
        let leaf = copy.store(&test).read_blocking(|tx| read::entry(tx, number)).unwrap().unwrap().expected_leaf();
        copy.change(|conn| assert_eq!(conn.execute("UPDATE entry SET leaf = ?1 WHERE number = ?2", (leaf.as_slice(), number as i64)).unwrap(), 1));
        let report = check::verify(&copy.store(&test), test.office.blobs(), Options::default()).unwrap();
        for (kind, place) in [(kind, ""), (Kind::NodeChanged, "entries 0 to 255"), (Kind::CheckpointOther, "")] {
            assert!(named(&report, kind, place), "{column}: expected {kind:?}, found {:#?}", report.findings);
        }
    }
}

#[test]
fn what_is_changed_in_the_tables_is_named() {
    let (test, life) = office();
    let there = *life.persons.iter().find(|id| !life.erased.contains(id)).unwrap();
    let id = there.to_string();
    let one = format!("x'{}'", siger_storage::to_hex(there.as_bytes()));
    let cases: &[TableCase<'_>] = &[
        ("a time", format!("UPDATE person SET changed_at = changed_at + 1 WHERE id = {one}"), None, (Kind::RowDiffers, "column changed_at")),
        (
            "another person's identity",
            format!("UPDATE person SET identity = (SELECT MAX(registered) FROM person WHERE id <> {one}) WHERE id = {one}"),
            Some((Kind::RowStray, &id)),
            (Kind::RowDiffers, "column identity"),
        ),
        ("a file removed", format!("DELETE FROM person WHERE id = {one}"), Some((Kind::RowMissing, "table person, 1 of")), (Kind::RowMissing, &id)),
        (
            "a file that nobody made",
            "INSERT INTO person VALUES (x'00000000000000000000000000000001', 9999, 1, 1, 1, NULL)".into(),
            Some((Kind::RowStray, "00000000-0000-0000-0000-000000000001")),
            (Kind::RowSurplus, "00000000-0000-0000-0000-000000000001"),
        ),
        (
            "a document removed",
            "DELETE FROM person_document WHERE entry = (SELECT MAX(entry) FROM person_document)".into(),
            None,
            (Kind::RowMissing, "person_document"),
        ),
        (
            "a document's hash",
            "UPDATE person_document SET hash = zeroblob(16) WHERE entry = (SELECT MAX(entry) FROM person_document)".into(),
            None,
            (Kind::RowSurplus, "person_document"),
        ),
        ("roles", "UPDATE officer SET roles = 'administrator' WHERE roles = 'desk'".into(), None, (Kind::RowDiffers, "column roles")),
        (
            "a second person who never agreed",
            "INSERT INTO request VALUES (x'00000000000000000000000000000002', 'erase', x'00', 'open', 1, x'00', 1, NULL, NULL)".into(),
            Some((Kind::RowStray, "request")),
            (Kind::RowSurplus, "request"),
        ),
        ("a credential", "UPDATE credential SET officer = zeroblob(16)".into(), Some((Kind::RowStray, "credential")), (Kind::RowDiffers, "column officer")),
        ("a value of another type", format!("UPDATE person SET changed_at = 1.5 WHERE id = {one}"), None, (Kind::RowDiffers, "column changed_at")),
        ("the office's epoch", "UPDATE office SET key_epoch = 7".into(), Some((Kind::KeyEpoch, "epoch 7")), (Kind::RowDiffers, "key_epoch")),
        ("the office's name", "UPDATE office SET name = 'x'".into(), None, (Kind::RowDiffers, "column name")),
        ("the office's name, now bytes", "UPDATE office SET name = x'00'".into(), Some((Kind::RowDiffers, "table office")), (Kind::RowDiffers, "column name")),
        ("a file's name, now a text", format!("UPDATE person SET id = 'x' WHERE id = {one}"), Some((Kind::RowStray, "(text)")), (Kind::RowMissing, &id)),
        (
            "a picture's address, shorter",
            "UPDATE person_blob SET id = x'0102' WHERE entry = (SELECT MAX(entry) FROM person_blob)".into(),
            Some((Kind::RowStray, "table person_blob, row 0102")),
            (Kind::RowSurplus, "person_blob"),
        ),
        (
            "a picture's address, now a text",
            "UPDATE person_blob SET id = 'x' WHERE entry = (SELECT MAX(entry) FROM person_blob)".into(),
            Some((Kind::RowStray, "of another type")),
            (Kind::RowSurplus, "person_blob"),
        ),
        (
            "a picture's entry, now a text",
            "UPDATE person_blob SET entry = 'x' WHERE entry = (SELECT MAX(entry) FROM person_blob)".into(),
            Some((Kind::RowStray, "table person_blob")),
            (Kind::RowDiffers, "column entry"),
        ),
    ];
    for (what, sql, rows, replay) in cases {
        let copy = Copy::of(&test);
        copy.change(|conn| assert!(conn.execute(sql, []).unwrap() > 0, "{what}: changed nothing"));
        let store = copy.store(&test);
        let verified = check::verify(&store, test.office.blobs(), Options::default()).unwrap();
        if let Some((kind, place)) = rows {
            assert!(named(&verified, *kind, place), "{what}: expected {kind:?} at {place}, found {:#?}", verified.findings);
        }
        let replayed = check::replay(&store).unwrap();
        assert!(named(&replayed, replay.0, replay.1), "{what}: expected {replay:?}, found {:#?}", replayed.findings);
    }
}

/// A number at the end of all numbers must not make those who read on and on read for ever.
#[test]
fn readers_of_the_tail_end_at_the_last_number_there_is() {
    let (test, _life) = lived(20, 35);
    test.office.store().tidy().unwrap();
    let copy = Copy::of(&test);
    copy.change(|conn| {
        let columns = "at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf";
        conn.execute(&format!("INSERT INTO entry SELECT 9223372036854775807, {columns} FROM entry WHERE number = 1"), []).unwrap();
        assert!(conn.execute("UPDATE person SET registered = 9223372036854775807 WHERE registered = (SELECT MAX(registered) FROM person)", []).unwrap() > 0);
    });
    let store = copy.store(&test);
    store
        .read_blocking(|tx| {
            let last = read::from(tx, 1 << 62, 10)?;
            assert_eq!(last.iter().map(|entry| entry.number).collect::<Vec<_>>(), [i64::MAX as u64]);
            assert_eq!(read::from(tx, i64::MAX as u64 + 1, 10)?, []);
            assert_eq!((read::entry(tx, u64::MAX)?, read::from(tx, u64::MAX, 10)?), (None, Vec::new()));
            let files = table::upkeep::files(tx, 1 << 62, 10)?;
            assert_eq!(files.iter().map(|row| row.registered).collect::<Vec<_>>(), [i64::MAX as u64]);
            assert_eq!(table::upkeep::files(tx, i64::MAX as u64 + 1, 10)?, []);
            Ok::<_, siger_storage::Error>(())
        })
        .unwrap();
    assert!(!check::replay(&store).unwrap().findings.is_empty());
}

#[test]
fn what_happens_to_blobs_is_named() {
    let (test, life) = office();
    let owned: Vec<[u8; 32]> = test
        .office
        .store()
        .read_blocking(|tx| {
            let mut found = Vec::new();
            for id in &life.persons {
                found.extend(table::person::blobs(tx, *id)?.into_iter().map(|(blob, _)| blob));
            }
            Ok::<_, siger_storage::Error>(found)
        })
        .unwrap();
    assert!(owned.len() >= 2, "pictures were stored");
    let blobs = test.folder().join("blobs");
    let path = |id: &[u8; 32]| {
        let name = siger_storage::to_hex(id);
        blobs.join(&name[..2]).join(&name[2..4]).join(&name[4..])
    };
    std::fs::remove_file(path(&owned[0])).unwrap();
    std::fs::write(path(&owned[1]), b"something else").unwrap();
    let orphan = test.office.blobs().put_sealed(b"an upload that was not finished").unwrap();
    std::fs::write(blobs.join("notes.txt"), b"").unwrap();
    let report = check::verify(test.office.store(), test.office.blobs(), Options::default()).unwrap();
    for (kind, place) in [
        (Kind::BlobMissing, BlobId::from_bytes(owned[0]).to_string()),
        (Kind::BlobDamaged, BlobId::from_bytes(owned[1]).to_string()),
        (Kind::BlobOrphan, orphan.to_string()),
        (Kind::BlobStranger, "notes.txt".into()),
    ] {
        assert!(named(&report, kind, &place), "expected {kind:?} at {place}, found {:#?}", report.findings);
    }
    assert_eq!(report.findings.len(), 4, "{:#?}", report.findings);
}

#[test]
fn a_checkpoint_from_outside_tells_what_the_folder_cannot() {
    let (test, mut life) = lived(30, 33);
    let then = test.office.store().head().unwrap();
    life.step(Step::Register { documents: 1 }).unwrap();
    let now = test.office.store().head().unwrap();
    let (old_size, size) = (then.edge.size(), now.edge.size());
    let verdict = |checkpoint: &str| check::against(test.office.store(), checkpoint).unwrap();
    assert_eq!(verdict(&now.checkpoint), Verdict::Same { size });
    assert_eq!(verdict(&then.checkpoint), Verdict::Extension { then: old_size, now: size });
    assert!(matches!(verdict("no checkpoint"), Verdict::Untrusted { .. }));
    assert!(matches!(verdict(&now.checkpoint.replace(&format!("\n{size}\n"), "\n5\n")), Verdict::Untrusted { .. }), "a size that was not signed");

    // The same keys sign another history: a whole new journal, sound in itself.
    let (forged, mut other) = lived(30, 34);
    let clean = check::verify(forged.office.store(), forged.office.blobs(), Options::default()).unwrap();
    assert!(clean.is_clean());
    while forged.office.store().head().unwrap().edge.size() < size {
        other.step(Step::Register { documents: 0 }).unwrap();
    }
    let forgery = check::against(forged.office.store(), &now.checkpoint).unwrap();
    assert!(matches!(forgery, Verdict::Fork { signed, .. } if signed == size), "{forgery}");
    let forgery = check::against(forged.office.store(), &then.checkpoint).unwrap();
    assert!(matches!(forgery, Verdict::Fork { signed, .. } if signed == old_size), "{forgery}");

    // Another office.
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let keyring = Keyring::create(&keys, &root(&keys), "siger.test/lain", siger_testkit::office::START, &[8; 32]).unwrap();
    let elsewhere = Store::open(Open::new(Url::Sqlite(folder.path().join("data")), keyring)).unwrap();
    assert!(matches!(check::against(&elsewhere, &now.checkpoint).unwrap(), Verdict::OtherOffice { .. }));
    let _ = Folder::open(&folder.path().join("blobs")).unwrap();
}
