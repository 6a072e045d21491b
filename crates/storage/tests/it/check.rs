//! What a check finds beyond the bytes of the journal, on both engines: keys that contradict erasures, and what people hold of the journal.

use std::sync::mpsc::channel;
use std::time::Duration;

use siger_domain::event::{Event, Subject, body};
use siger_domain::request::ErasureGround;
use siger_storage::check::{self, Kind, Verdict};
use siger_storage::journal::read;
use siger_storage::keyring::WitnessFile;
use siger_storage::table::{officer, person as persons};
use siger_storage::{Error, Open, Store, Url};

use crate::keys::erase;
use crate::place::{Place, START, invite, person, places, register, stamp};

#[test]
fn keys_and_erasures_that_contradict_each_other_are_named() {
    for place in places("contradict") {
        let store = place.office();
        let (gone, stays) = store
            .write_blocking(|write| {
                (1..5).try_for_each(|number| register(write, number).map(drop))?;
                Ok::<_, Error>((invite(write, 1)?, invite(write, 2)?))
            })
            .unwrap();
        erase(&store, 1);
        let findings = || {
            let report = check::verify(&store, &place.blobs(), check::Options::default()).unwrap();
            report.findings.into_iter().map(|finding| (finding.kind, finding.place)).collect::<Vec<_>>()
        };
        assert_eq!(findings(), [], "{}: an erasure that was done", place.engine);
        // Erased, and the key is still there.
        let event = Event::PersonErased(body::PersonErased { ground: ErasureGround::SubjectRequest, request: None });
        store.write_blocking(move |write| write.append(stamp(800), Subject::Person(person(2)), &event)).unwrap();
        let event = Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeptUntil });
        store.write_blocking(move |write| write.append(stamp(800), Subject::Officer(gone), &event)).unwrap();
        let expected = [(Kind::KeyNotDestroyed, format!("table person, row {}", person(2))), (Kind::KeyNotDestroyed, format!("table officer, row {gone}"))];
        assert_eq!(findings(), expected, "{}", place.engine);
        let of = |number| store.read_blocking(|tx| persons::get(tx, person(number))).unwrap().unwrap().key;
        let officers = store.read_blocking(officer::erased).unwrap();
        place.keyring.puncture(&[of(2), officers[0].key]).unwrap();
        assert_eq!(findings(), [], "{}: finished", place.engine);
        // Nobody erased them, and the key is gone.
        let working = store.read_blocking(officer::all).unwrap();
        place.keyring.puncture(&[of(3), working[0].key]).unwrap();
        let expected = [(Kind::KeyMissing, format!("table person, row {}", person(3))), (Kind::KeyMissing, format!("table officer, row {stays}"))];
        assert_eq!(findings(), expected, "{}", place.engine);
    }
}

/// A checkpoint, a receipt and a witness file, as people have them.
#[test]
fn what_people_hold_is_compared_as_they_hold_it() {
    for place in places("held") {
        let store = place.office();
        store.write_blocking(|write| (0..300).try_for_each(|number| register(write, number).map(drop))).unwrap();
        let then = store.head().unwrap();
        let receipt = |number: u64| store.read_blocking(|tx| read::receipt(tx, number)).unwrap().unwrap();
        let mut opened = receipt(7);
        let entry = store.read_blocking(|tx| read::entry(tx, 7)).unwrap().unwrap();
        opened.extra = [&entry.salt[..], &entry.canonical()].concat();
        let closed = receipt(280).encode();
        let path = place.folder.path().join("keys/witness");
        let mut witness = WitnessFile::open(&path).unwrap();
        witness.append(START, &then.checkpoint).unwrap();
        store.write_blocking(|write| register(write, 300)).unwrap();
        witness.append(START.plus_seconds(1), &store.head().unwrap().checkpoint).unwrap();

        let verdicts = |held: &str| check::against_held(&store, held.as_bytes()).unwrap();
        let (then, now) = (301, 302);
        let extension = Verdict::Extension { then, now };
        assert_eq!(verdicts(&store.head().unwrap().checkpoint), [Verdict::Same { size: now }], "{}", place.engine);
        assert_eq!(verdicts(&std::fs::read_to_string(&path).unwrap()), [extension.clone(), Verdict::Same { size: now }]);
        for receipt in [&closed, &closed.replace('\n', "\r\n"), closed.trim_end()] {
            assert_eq!(verdicts(receipt), [Verdict::Receipt { index: 280, then, now }]);
        }
        assert_eq!(verdicts(&opened.encode()), [Verdict::Receipt { index: 7, then, now }]);
        let bare = closed.split_once("\n\n").unwrap().1;
        for checkpoint in [bare, &bare.replace('\n', "\r\n"), bare.trim()] {
            assert_eq!(verdicts(checkpoint), std::slice::from_ref(&extension));
        }

        // Receipts that were not given out for these entries.
        let other = closed.replace("\nindex 280\n", "\nindex 279\n");
        assert_eq!(verdicts(&other), [Verdict::OtherEntry { index: 279 }], "{}", place.engine);
        opened.extra[40] ^= 1;
        assert!(matches!(&verdicts(&opened.encode())[..], [Verdict::Untrusted { why }] if why.contains("opening")));
        let unsigned = closed.replace(&format!("\n{then}\n"), "\n300\n");
        for nothing in ["", "\n\n", "no checkpoint", "c2sp.org/tlog-proof@v1\n", "--- siger witness 1 2 3\nx\n", &unsigned] {
            assert!(matches!(verdicts(nothing)[..], [Verdict::Untrusted { .. }]), "{nothing:?}");
        }
        assert!(matches!(check::against_held(&store, &[0xff, 0xfe]).unwrap()[..], [Verdict::Untrusted { .. }]));
    }
}

/// Changes a database behind the program's back.
fn behind(url: &Url, sql: &str) {
    match url {
        Url::Sqlite(folder) => rusqlite::Connection::open(folder.join("office.sqlite")).unwrap().execute_batch(sql).unwrap(),
        Url::Postgres(url) => postgres::Client::connect(url, postgres::NoTls).unwrap().batch_execute(sql).unwrap(),
    }
}

/// A database that goes back under a program that works with it: a fail-over to a copy that was behind, a folder put back.
#[test]
fn nothing_is_written_on_a_database_that_went_back() {
    for place in places("went_back") {
        let store = place.office();
        store.write_blocking(|write| register(write, 1)).unwrap();
        let old = store.head().unwrap();
        behind(&place.url, "CREATE TABLE kept AS SELECT * FROM tree_head");
        store.write_blocking(|write| register(write, 2)).unwrap();
        behind(
            &place.url,
            "DELETE FROM entry WHERE number > 1; DELETE FROM person WHERE registered > 1; DELETE FROM person_document WHERE entry > 1;
             DELETE FROM tree_head; INSERT INTO tree_head SELECT * FROM kept; DROP TABLE kept",
        );
        assert_eq!(store.head().unwrap().checkpoint, old.checkpoint);
        for _ in 0..2 {
            let refused = store.write_blocking(|write| register(write, 3));
            assert!(matches!(refused, Err(Error::Contradicted { verdict: Verdict::Rollback { signed: 3, now: 2 } })), "{}: {refused:?}", place.engine);
        }
        std::thread::sleep(Duration::from_millis(700));
        assert_eq!(*store.tail().borrow(), 3, "{}: what was seen is not unseen", place.engine);
    }
}

/// A backup or a check reads for minutes. An erasure must not wait for it, nor be left in the write-ahead log after it.
#[test]
fn a_long_reader_holds_up_nobody_and_the_log_is_emptied_after_it() {
    let place = Place::sqlite();
    let store = place.office();
    let (begun, reading) = channel();
    let (end, ended) = channel::<()>();
    let reader = {
        let store = store.clone();
        std::thread::spawn(move || {
            store.read_blocking(|tx| {
                read::head(tx)?;
                begun.send(()).unwrap();
                ended.recv().unwrap();
                Ok::<_, Error>(())
            })
        })
    };
    reading.recv().unwrap();
    store.write_blocking(|write| register(write, 1)).unwrap();
    let log = place.url.folder().unwrap().join("office.sqlite-wal");
    let bytes = || std::fs::metadata(&log).unwrap().len();
    let emptied = store.tidy().unwrap();
    assert!(!emptied && bytes() > 0, "somebody reads an older state");
    // Still reading, and others write.
    store.write_blocking(|write| register(write, 2)).unwrap();
    end.send(()).unwrap();
    reader.join().unwrap().unwrap();
    let waits = (0..200).find(|_| {
        std::thread::sleep(Duration::from_millis(50));
        bytes() == 0
    });
    assert!(waits.is_some(), "the log still holds {} bytes", bytes());
    assert!(store.tidy().unwrap());
    // Under load as well, when nobody looks in between.
    let busy = store.clone();
    busy.read_blocking(|tx| {
        read::head(tx)?;
        store.write_blocking(|write| register(write, 3))?;
        assert!(!store.tidy()?);
        Ok::<_, Error>(())
    })
    .unwrap();
    let mut before = bytes();
    let emptied = (4..400).any(|number| {
        store.write_blocking(move |write| register(write, number)).unwrap();
        std::mem::replace(&mut before, bytes()) > bytes()
    });
    assert!(emptied, "the log still holds {} bytes", bytes());
}

/// What reads a whole table must not keep everybody waiting whom the same thread answers.
#[test]
fn a_long_read_keeps_no_thread_that_answers() {
    for place in places("long_read") {
        let store = place.office();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (files, ran_on) = runtime.block_on(store.read_long(|tx| Ok::<_, Error>((persons::count(tx)?, std::thread::current().id())))).unwrap();
        assert_eq!(files, (0, 0));
        assert_ne!(ran_on, std::thread::current().id(), "{}", place.engine);
    }
}

#[test]
fn a_store_is_not_opened_on_what_contradicts_the_witness() {
    for place in places("contradicted") {
        let path = place.folder.path().join("keys/witness");
        let open = || Store::open(Open { witness: Some(WitnessFile::open(&path).unwrap()), ..Open::new(place.url.clone(), place.keyring.clone()) });
        let store = place.office();
        store.write_blocking(|write| register(write, 1)).unwrap();
        let mut witness = WitnessFile::open(&path).unwrap();
        witness.append(START, &store.head().unwrap().checkpoint).unwrap();
        store.write_blocking(|write| register(write, 2)).unwrap();
        drop((store, open().unwrap()));
        let known = witness.all().unwrap().len();
        drop(open().unwrap());
        assert_eq!(witness.all().unwrap().len(), known, "{}: a start by itself adds nothing", place.engine);
        // What another office signed, and what nobody did, is said and harms nothing, also when it looks newer.
        let elsewhere = Place::sqlite();
        let other = elsewhere.office();
        let stranger = other.head().unwrap().checkpoint.replace("siger.test/kontrak", "siger.test/lain").replace("\n1\n", "\n99\n");
        let forged = store_of(&place).head().unwrap().checkpoint.replace("\n3\n", "\n77\n");
        for text in [&stranger, &forged] {
            witness.append(START, text).unwrap();
            drop(open().unwrap());
        }
        // Another course of the same office, from before: a fork.
        other.write_blocking(|write| register(write, 9)).unwrap();
        std::fs::remove_file(&path).unwrap();
        WitnessFile::open(&path).unwrap().append(START, &other.head().unwrap().checkpoint).unwrap();
        let refused = |what: &str| match open() {
            Err(Error::Contradicted { verdict }) => verdict,
            opened => panic!("{}, {what}: {:?}", place.engine, opened.err()),
        };
        assert_eq!(refused("another course"), Verdict::Fork { signed: 2, now: 3 });
        // Over more entries than there are, with what nobody signed behind it.
        other.write_blocking(|write| (10..14).try_for_each(|number| register(write, number).map(drop))).unwrap();
        let ahead = other.head().unwrap().checkpoint;
        std::fs::remove_file(&path).unwrap();
        let mut witness = WitnessFile::open(&path).unwrap();
        for text in [&ahead, &forged] {
            witness.append(START, text).unwrap();
        }
        assert_eq!(refused("an older copy"), Verdict::Rollback { signed: 6, now: 3 });
        let said = open().err().unwrap().to_string();
        assert!(said.contains("rollback: 6 entries were signed, and there are 3") && said.contains("siger restore"), "{said}");
    }
}

/// Who can write the data folder but not the keys puts an older copy in place and takes away the rows by which it would be compared.
#[test]
fn an_older_copy_is_refused_whatever_is_missing_from_it() {
    for place in places("older_copy") {
        let path = place.folder.path().join("keys/witness");
        let open = || Store::open(Open { witness: Some(WitnessFile::open(&path).unwrap()), ..Open::new(place.url.clone(), place.keyring.clone()) });
        let store = place.office();
        store.write_blocking(|write| (1..300).try_for_each(|number| register(write, number).map(drop))).unwrap();
        behind(&place.url, "CREATE TABLE kept AS SELECT * FROM tree_head");
        store.write_blocking(|write| (300..310).try_for_each(|number| register(write, number).map(drop))).unwrap();
        let newest = store.head().unwrap().checkpoint;
        drop(store);
        let older = "DELETE FROM entry WHERE number >= 300; DELETE FROM person WHERE registered >= 300; DELETE FROM person_document WHERE entry >= 300";
        behind(&place.url, &format!("{older}; CREATE TABLE head AS SELECT * FROM tree_head; DELETE FROM tree_head"));
        behind(&place.url, "INSERT INTO tree_head SELECT * FROM kept");
        WitnessFile::open(&path).unwrap().append(START, &newest).unwrap();
        let refused = |what: &str| match open() {
            Err(Error::Contradicted { verdict }) => verdict,
            opened => panic!("{}, {what}: {:?}", place.engine, opened.err()),
        };
        for gone in ["SELECT 1", "DELETE FROM entry WHERE number = 290", "DELETE FROM node", "DELETE FROM entry WHERE number < 300"] {
            behind(&place.url, gone);
            assert_eq!(refused(gone), Verdict::Rollback { signed: 310, now: 300 });
        }
        behind(&place.url, "DELETE FROM tree_head");
        assert_eq!(refused("no head"), Verdict::Rollback { signed: 310, now: 0 });
        // Under the newest head.
        behind(&place.url, "INSERT INTO tree_head SELECT * FROM head");
        assert!(matches!(refused("the newest head"), Verdict::Unproven { signed: 310, now: 310, .. }));
    }
}

/// A hash of the log that is lost stops proofs, and not an office whose head is the one that was signed.
#[test]
fn an_office_goes_on_with_an_old_row_lost_and_not_where_nothing_can_be_shown() {
    for place in places("row_lost") {
        let path = place.folder.path().join("keys/witness");
        let witnessed = |checkpoint: &str| {
            drop(std::fs::remove_file(&path));
            let mut witness = WitnessFile::open(&path).unwrap();
            witness.append(START, checkpoint).unwrap();
            Store::open(Open { witness: Some(witness), ..Open::new(place.url.clone(), place.keyring.clone()) })
        };
        let store = place.office();
        let register_to = |size: u32| {
            let from = store.head().unwrap().edge.size() as u32;
            store.write_blocking(move |write| (from..size).try_for_each(|number| register(write, number).map(drop))).unwrap();
            store.head().unwrap().checkpoint
        };
        let (long_ago, before, newest) = (register_to(200), register_to(295), register_to(300));
        drop(store);
        behind(&place.url, "DELETE FROM node; DELETE FROM entry WHERE number = 5");
        for held in [&newest, &before] {
            let store = witnessed(held).unwrap();
            assert_eq!(check::verify(&store, &place.blobs(), check::Options::default()).unwrap().findings[0].kind, Kind::EntryMissing);
        }
        let grown = witnessed(&before).unwrap();
        grown.write_blocking(|write| register(write, 400)).unwrap();
        let newest = grown.head().unwrap().checkpoint;
        drop(grown);
        let unproven = |checkpoint: &str| match witnessed(checkpoint) {
            Err(error @ Error::Contradicted { verdict: Verdict::Unproven { .. } }) => error.to_string(),
            opened => panic!("{}: {:?}", place.engine, opened.err()),
        };
        // What was signed last lies so far back that the lost rows decide.
        let said = unproven(&long_ago);
        assert!(said.contains("hashes 0 to 256 are not all there") && said.contains("`siger check`") && said.contains("siger restore"), "{said}");
        // The end was cut off under its head.
        behind(&place.url, "DELETE FROM entry WHERE number = 290");
        assert!(unproven(&newest).contains("1 of the newest 256 entries are missing"));
    }
}

fn store_of(place: &Place) -> Store {
    Store::open(Open { only_look: true, ..Open::new(place.url.clone(), place.keyring.clone()) }).unwrap()
}
