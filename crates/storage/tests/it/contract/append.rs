//! What is appended: kept in order, proved, undone when it fails, and read while others write.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use siger_domain::event::{Event, Subject};
use siger_storage::journal::read;
use siger_storage::table::person as persons;
use siger_storage::{Error, check, tlog};

use crate::place::{person, places, register};

#[test]
fn what_was_appended_is_read_and_proved() {
    for place in places("append") {
        let store = place.office();
        for number in 0..300 {
            assert_eq!(store.write_blocking(move |write| register(write, number)).unwrap(), u64::from(number) + 1, "{}", place.engine);
        }
        let read = |first, limit| store.read_blocking(move |tx| read::from(tx, first, limit)).unwrap();
        assert_eq!(read(0, 1_000).iter().map(|entry| entry.number).collect::<Vec<_>>(), (0..301).collect::<Vec<_>>());
        assert_eq!(read(299, 10).len(), 2);
        let newest = store.read_blocking(|tx| read::newest(tx, u64::MAX, 3)).unwrap();
        assert_eq!(newest.iter().map(|entry| entry.number).collect::<Vec<_>>(), [300, 299, 298]);
        let of_kind = store.read_blocking(|tx| read::newest_of_kind(tx, "person.registered", 5, 2)).unwrap();
        assert_eq!(of_kind.iter().map(|entry| entry.number).collect::<Vec<_>>(), [4, 3]);
        let history = store.read_blocking(|tx| read::newest_of_subject(tx, Subject::Person(person(7)), u64::MAX, 5)).unwrap();
        assert_eq!(history.iter().map(|entry| entry.number).collect::<Vec<_>>(), [8]);
        assert!(store.read_blocking(|tx| read::entry(tx, 301)).unwrap().is_none());
        assert!(matches!(history[0].open(&place.keyring).unwrap(), Some(Event::PersonRegistered(_))));

        let keys = place.keyring.log_verifiers();
        for number in [0, 8, 255, 256, 300] {
            let receipt = store.read_blocking(move |tx| read::receipt(tx, number)).unwrap().unwrap();
            let signed = tlog::Checkpoint::open(receipt.checkpoint.as_bytes(), "siger.test/kontrak", &keys).unwrap();
            let leaf = store.read_blocking(move |tx| read::entry(tx, number)).unwrap().unwrap().expected_leaf();
            tlog::verify_inclusion(&leaf, number, signed.size, &receipt.proof, &signed.root).unwrap();
        }
        // Opened again, everything is there.
        drop(store);
        assert_eq!(place.open().head().unwrap().edge.size(), 301);
    }
}

#[test]
fn a_use_case_that_fails_is_undone_and_its_neighbours_are_kept() {
    for place in places("undo") {
        let store = place.office();
        let failed = store.write_blocking(|write| {
            register(write, 1)?;
            Err::<(), _>(Error::OfficeExists)
        });
        assert!(matches!(failed, Err(Error::OfficeExists)));
        let panicked = store.write_blocking(|write| -> Result<(), Error> {
            register(write, 1)?;
            panic!("on purpose");
        });
        assert!(matches!(panicked, Err(Error::Panicked)));
        // A statement that the engine refuses (a person twice) undoes the change and nothing else.
        let (first, twice) = (store.clone(), store.clone());
        let threads: Vec<_> = (0..40_u32)
            .map(|number| {
                let store = if number % 2 == 0 { first.clone() } else { twice.clone() };
                std::thread::spawn(move || {
                    store.write_blocking(move |write| {
                        let made = register(write, number)?;
                        if number % 2 == 1 {
                            register(write, number)?;
                        }
                        Ok::<_, Error>(made)
                    })
                })
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let kept: BTreeSet<u64> = answers.iter().filter_map(|answer| answer.as_ref().ok().copied()).collect();
        assert_eq!(kept, (1..21).collect(), "{}: numbers without a gap", place.engine);
        assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 20);
        assert_eq!(store.read_blocking(persons::count).unwrap(), (20, 0));
        assert!(check::verify(&store, &place.blobs(), check::Options::default()).unwrap().is_clean());
        assert_eq!(check::replay(&store).unwrap().findings, []);
    }
}

/// Two stores on one database, as two processes would be, and a reader that follows the tail of a third.
#[test]
fn writers_race_without_a_gap_and_no_reader_of_the_tail_skips() {
    const WRITERS: u32 = 8;
    const EACH: u32 = 40;
    for place in places("race") {
        let stores = [place.office(), place.open()];
        let total = u64::from(WRITERS * EACH) + 1;
        let follower = place.open();
        let follows = std::thread::spawn(move || {
            let (mut seen, mut tail) = (Vec::new(), follower.tail());
            while (seen.len() as u64) < total {
                let known = *tail.borrow_and_update();
                let next = seen.len() as u64;
                let entries = follower.read_blocking(|tx| read::from(tx, next, 1_000)).unwrap();
                seen.extend(entries.iter().map(|entry| entry.number));
                assert!(seen.len() as u64 >= known, "the tail said {known}, and {} were there", seen.len());
                std::thread::yield_now();
            }
            seen
        });
        let writes: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let store = stores[writer as usize % 2].clone();
                std::thread::spawn(move || {
                    (0..EACH).map(|number| store.write_blocking(move |write| register(write, writer * EACH + number)).unwrap()).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut given = BTreeSet::new();
        for writes in writes {
            let numbers = writes.join().unwrap();
            assert!(numbers.is_sorted(), "{}: answers of one caller come in the order of the numbers", place.engine);
            given.extend(numbers);
        }
        assert_eq!(given, (1..total).collect(), "{}: each number once", place.engine);
        assert_eq!(follows.join().unwrap(), (0..total).collect::<Vec<_>>(), "{}", place.engine);
        let keys: BTreeSet<i64> = stores[0].read_blocking(|tx| read::from(tx, 1, 1_000)).unwrap().iter().map(|entry| entry.key.as_i64()).collect();
        assert_eq!(keys.len() as u64, total - 1, "{}: each file has a key of its own", place.engine);
        assert!(check::verify(&stores[1], &place.blobs(), check::Options::default()).unwrap().is_clean());
        assert_eq!(check::replay(&stores[1]).unwrap().findings, []);
    }
}

#[test]
fn a_reader_keeps_its_snapshot_while_others_write() {
    for place in places("snapshot") {
        let store = place.office();
        let (writer, done) = (store.clone(), Arc::new(AtomicBool::new(false)));
        store
            .read_blocking(|tx| {
                let before = read::head(tx)?.edge.size();
                let told = done.clone();
                let thread = std::thread::spawn(move || {
                    writer.write_blocking(|write| register(write, 1)).unwrap();
                    told.store(true, Ordering::SeqCst);
                });
                thread.join().unwrap();
                assert!(done.load(Ordering::SeqCst), "a reader holds up no writer");
                assert_eq!(read::head(tx)?.edge.size(), before, "{}", place.engine);
                assert!(read::entry(tx, 1)?.is_none());
                Ok::<_, Error>(())
            })
            .unwrap();
        assert_eq!(store.head().unwrap().edge.size(), 2);
    }
}
