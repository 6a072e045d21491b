//! What the store promises, on both engines.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, JobId, OfficerId, RequestId, SessionId};
use siger_domain::officer::Login;
use siger_domain::person::Note;
use siger_domain::request::{ErasureGround, Matter, State};
use siger_storage::journal::read;
use siger_storage::table::operation::{self, Answer, Guesses, Job, Line, Session};
use siger_storage::table::{self, officer, person as persons, request};
use siger_storage::{Error, Stamp, Store, archive, check, tlog};

use crate::place::{START, document, invite, person, places, register, stamp};

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
fn a_trail_the_changes_of_a_file_and_the_looks_at_it_are_found_apart() {
    for place in places("trail") {
        let store = place.office();
        let by = |officer: u8, purpose, seconds| Stamp { actor: Some(OfficerId::new(START, [officer; 10])), role: Role::Desk, purpose, ..stamp(seconds) };
        store
            .write_blocking(move |write| {
                let (of, other) = (Subject::Person(person(1)), Subject::Person(person(2)));
                register(write, 1)?;
                register(write, 2)?;
                let look = Event::PersonRead(body::PersonRead {});
                for (officer, purpose, subject) in
                    [(7, Purpose::CounterService, of), (8, Purpose::Enforcement, of), (7, Purpose::CounterService, other), (9, Purpose::StayPermit, of)]
                {
                    write.append(by(officer, purpose, 10), subject, &look)?;
                }
                let note = body::PersonNoted { note: Note::new("Datang.").unwrap() };
                write.append(by(7, Purpose::CounterService, 11), of, &Event::PersonNoted(note))?;
                write.append(by(9, Purpose::Audit, 12), of, &Event::ReadersRead(body::ReadersRead {}))
            })
            .unwrap();
        let numbers = |found: Vec<siger_storage::journal::Line>| found.iter().map(|line| line.number).collect::<Vec<_>>();
        let read_by_read =
            |found: Vec<(u64, Result<siger_storage::journal::Line, Error>)>| found.into_iter().map(|(_, line)| line.unwrap()).collect::<Vec<_>>();
        store
            .read_blocking(|tx| -> Result<(), Error> {
                let seven = OfficerId::new(START, [7; 10]);
                assert_eq!(numbers(read::newest_lines_of_actor(tx, seven, u64::MAX, 8)?), [7, 5, 3], "{}", place.engine);
                assert_eq!(numbers(read::newest_lines_of_actor(tx, seven, 7, 1)?), [5]);
                assert_eq!(numbers(read::newest_lines_of_actor(tx, OfficerId::new(START, [1; 10]), u64::MAX, 8)?), [0; 0]);
                let mut changes = |notes: &[Purpose]| read::changes_of_person(tx, person(1), notes, u64::MAX, 10);
                assert_eq!(changes(Purpose::ALL)?.iter().map(|(number, entry)| (*number, entry.is_ok())).collect::<Vec<_>>(), [(7, true), (1, true)]);
                for (notes, expected) in [(&[Purpose::Inspection, Purpose::CounterService][..], &[7, 1][..]), (&[Purpose::Enforcement], &[1]), (&[], &[1])] {
                    assert_eq!(changes(notes)?.iter().map(|(number, _)| *number).collect::<Vec<_>>(), expected, "{}: {notes:?}", place.engine);
                }
                let looks = read::looks_of_person(tx, person(1), u64::MAX, 10)?;
                assert_eq!(looks.iter().map(|entry| entry.number).collect::<Vec<_>>(), [8, 6, 4, 3]);
                let mut of = |purposes: &[Purpose], before, limit| {
                    read::look_lines_of_person(tx, person(1), purposes, before, limit).map(|found| numbers(read_by_read(found)))
                };
                assert_eq!(of(Purpose::ALL, u64::MAX, 10)?, [8, 6, 4, 3]);
                assert_eq!(of(&[Purpose::CounterService, Purpose::StayPermit], u64::MAX, 10)?, [6, 3]);
                assert_eq!(of(&[Purpose::CounterService, Purpose::StayPermit], 6, 10)?, [3]);
                assert_eq!(of(Purpose::ALL, u64::MAX, 1)?, [8]);
                assert_eq!(of(&[], u64::MAX, 10)?, [0; 0]);
                Ok(())
            })
            .unwrap();
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
fn lists_are_in_order_and_go_on_where_a_page_ended() {
    for place in places("lists") {
        let store = place.office();
        store
            .write_blocking(|write| {
                (0..60).try_for_each(|number| register(write, number).map(drop))?;
                (1..4).try_for_each(|number| invite(write, number).map(drop))
            })
            .unwrap();
        let page = |before| store.read_blocking(move |tx| persons::newest(tx, before, 25)).unwrap();
        let first = page(u64::MAX);
        let second = page(first.last().unwrap().registered);
        let third = page(second.last().unwrap().registered);
        let all: Vec<_> = first.iter().chain(&second).chain(&third).map(|row| row.id).collect();
        assert_eq!(all, (0..60).rev().map(person).collect::<Vec<_>>(), "{}", place.engine);
        assert_eq!(page(third.last().unwrap().registered), []);
        let keyring = &place.keyring;
        let found = store.read_blocking(|tx| persons::by_document(tx, keyring, &document("C0000042").lookup_text())).unwrap();
        assert_eq!(found, [person(42)]);
        let names: Vec<_> = store.read_blocking(officer::all).unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(names, (1..4).map(|number| OfficerId::new(START, [number; 10])).collect::<Vec<_>>());
        let login = Login::new("petugas-2").unwrap();
        assert_eq!(store.read_blocking(|tx| officer::by_login(tx, keyring, &login)).unwrap().unwrap().id, names[1]);

        // Requests, newest first, open ones apart.
        let by = Stamp { actor: Some(names[0]), role: Role::PrivacyOfficer, ..stamp(100) };
        store
            .write_blocking(move |write| {
                for number in 0..5 {
                    let matter = Matter::Erase { person: person(u32::from(number)), ground: ErasureGround::SubjectRequest };
                    let event = Event::RequestOpened(body::RequestOpened { matter, expires: START.plus_seconds(1_000) });
                    write.append(by, Subject::Request(RequestId::new(START, [number; 10])), &event)?;
                }
                write.append(by, Subject::Request(RequestId::new(START, [1; 10])), &Event::RequestWithdrawn(body::RequestWithdrawn {}))
            })
            .unwrap();
        let ids = |rows: Vec<request::Request>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        let named = |numbers: &[u8]| numbers.iter().map(|number| RequestId::new(START, [*number; 10])).collect::<Vec<_>>();
        assert_eq!(ids(store.read_blocking(|tx| request::in_state(tx, State::Open)).unwrap()), named(&[4, 3, 2, 0]));
        let newest = store.read_blocking(|tx| request::newest(tx, u64::MAX, 3)).unwrap();
        let before = newest[2].opened;
        assert_eq!(ids(newest), named(&[4, 3, 2]));
        assert_eq!(ids(store.read_blocking(|tx| request::newest(tx, before, 3)).unwrap()), named(&[1, 0]));
        assert_eq!(ids(store.read_blocking(|tx| request::newest_of(tx, names[0], before, 1)).unwrap()), named(&[1]));
        assert_eq!(ids(store.read_blocking(|tx| request::newest_of(tx, names[1], u64::MAX, 9)).unwrap()), named(&[]));
        assert_eq!(
            store.read_blocking(|tx| request::open_for(tx, "erase", person(2).as_bytes())).unwrap().map(|row| row.id),
            Some(RequestId::new(START, [2; 10]))
        );
    }
}

/// More papers than a page of any kind holds: an erasure must know them all.
#[test]
fn every_blob_of_a_file_is_named() {
    for place in places("blobs") {
        let store = place.office();
        store.write_blocking(|write| register(write, 1).and(register(write, 2))).unwrap();
        let blob = |number: u32| {
            let mut id = [0; 32];
            // Not in the order of their entries.
            id[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
            id
        };
        store
            .write_blocking(move |write| {
                for number in 0..2_200 {
                    let body = body::BlobStored { blob: siger_storage::to_hex(&blob(number)), kind: "paper".into(), bytes: 1, media: "image/png".into() };
                    write.append(stamp(5), Subject::Person(person(1 + number % 2)), &Event::BlobStored(body))?;
                }
                Ok::<_, Error>(())
            })
            .unwrap();
        let all = store.read_blocking(|tx| persons::every_blob(tx, person(1))).unwrap();
        assert_eq!(all, (0..2_200).step_by(2).map(blob).collect::<Vec<_>>(), "{}", place.engine);
        assert_eq!(store.read_blocking(|tx| persons::blobs(tx, person(1))).unwrap().len(), 200, "a page shows fewer");
        let named = |id: [u8; 32]| store.read_blocking(|tx| persons::is_blob_named(tx, &id)).unwrap();
        assert!(named(blob(0)) && named(blob(2_199)) && !named(blob(2_200)), "{}", place.engine);
    }
}

#[test]
fn sessions_answers_jobs_and_cursors() {
    for place in places("operation") {
        let store = place.office();
        let keyring = place.keyring.clone();
        let (id, whose) = (SessionId::new(START, [5; 10]), OfficerId::new(START, [6; 10]));
        let session = Session {
            id,
            officer: whose,
            state: b"state".to_vec(),
            begun_at: START,
            seen_at: START,
            expires: START.plus_seconds(100),
            method: "passkey".into(),
            version: 0,
        };
        let kept = session.clone();
        store.write_blocking(move |write| operation::begin_session(write, &keyring, &kept, &[[1; 32], [2; 32]])).unwrap();
        let by_token = |token: u8| store.read_blocking(|tx| operation::session_by_token(tx, &place.keyring, &[token; 32])).unwrap();
        assert_eq!(by_token(1).as_ref(), Some(&session));
        assert_eq!(by_token(2), by_token(1));
        // New tokens end the old ones. Who read the row before that changes nothing any more.
        let change = |session: Session, token: u8| {
            let keyring = place.keyring.clone();
            store.write_blocking(move |write| operation::change_session(write, &keyring, &session, &[[token; 32]])).unwrap()
        };
        assert!(change(Session { state: b"next".to_vec(), ..session.clone() }, 3));
        assert_eq!((by_token(1), by_token(3).map(|found| (found.state, found.version))), (None, Some((b"next".to_vec(), 1))));
        assert!(!change(Session { state: b"late".to_vec(), ..session.clone() }, 4), "overtaken");
        assert_eq!((by_token(4), by_token(3).map(|found| found.state)), (None, Some(b"next".to_vec())));
        assert!(change(by_token(3).unwrap(), 3));
        assert_eq!(store.write_blocking(move |write| operation::delete_sessions_of(write, whose)).unwrap(), 1);
        assert_eq!(by_token(3), None);
        assert!(!change(Session { version: 2, ..session.clone() }, 3), "ended");

        // A repeated request finds the first answer; the key is kept once.
        let answer = Answer { request: [7; 32], number: 12, subject: Some([8; 16]) };
        let first = answer.clone();
        store.write_blocking(move |write| operation::save_answer(write, &[9; 32], &first, START)).unwrap();
        assert_eq!(store.read_blocking(|tx| operation::answer(tx, &[9; 32])).unwrap(), Some(answer.clone()));
        assert!(store.write_blocking(move |write| operation::save_answer(write, &[9; 32], &answer, START)).is_err());

        // A job is claimed once, again when the claim ran out, and one under the same word waits only once.
        let job = |number: u8, due: i64| Job {
            id: JobId::new(START, [number; 10]),
            kind: "daily".into(),
            payload: vec![number],
            run_at: START.plus_seconds(due),
            attempts: 0,
            failed: None,
        };
        let keyring = place.keyring.clone();
        store
            .write_blocking(move |write| {
                assert!(operation::add_job(write, &keyring, &job(2, 20), Some("daily"))?);
                assert!(operation::add_job(write, &keyring, &job(1, 10), None)?);
                assert!(!operation::add_job(write, &keyring, &job(3, 5), Some("daily"))?, "one waits");
                // So it cannot be held.
                let held = operation::hold_job(write, JobId::new(START, [3; 10]), START);
                assert!(matches!(held, Err(Error::Inconsistent { table: "job", .. })), "{held:?}");
                Ok::<_, Error>(())
            })
            .unwrap();
        let claim_of = |line: Line<'static>, now: i64| {
            let keyring = place.keyring.clone();
            let (now, until) = (START.plus_seconds(now), START.plus_seconds(now + 60));
            store.write_blocking(move |write| operation::claim_job(write, &keyring, line, now, until)).unwrap().map(|job| (job.payload, job.attempts))
        };
        let claim = |now| claim_of(Line::Beside("backup"), now);
        assert_eq!(claim_of(Line::Of("backup"), 30), None, "they stand in the other line");
        assert_eq!(claim(5), None, "not due");
        assert_eq!(claim(30), Some((vec![1], 1)), "the one due first");
        assert_eq!(claim(30), Some((vec![2], 1)));
        assert_eq!(claim(30), None);
        assert_eq!(claim(120), Some((vec![1], 2)), "the claim ran out: a job may run twice");
        assert_eq!(claim_of(Line::Beside("daily"), 240), None);
        assert_eq!(claim_of(Line::Of("daily"), 240), Some((vec![1], 3)));
        let finish = || store.write_blocking(|write| operation::finish_job(write, JobId::new(START, [1; 10]))).unwrap();
        assert_eq!([finish(), finish()], [true, false]);
        assert_eq!(store.read_blocking(|tx| operation::jobs(tx, 10)).unwrap().len(), 1);

        let cursor = || store.read_blocking(|tx| operation::cursor(tx, "index")).unwrap();
        assert_eq!(cursor(), 0);
        for number in [5, 17] {
            store.write_blocking(move |write| operation::move_cursor(write, "index", number)).unwrap();
            assert_eq!(cursor(), number);
        }
    }
}

#[test]
fn what_guards_a_sign_in() {
    const DAY: i64 = 24 * 60 * 60;
    for place in places("guard") {
        let store = place.office();
        let after = |seconds: i64| START.plus_seconds(seconds);
        // A ceremony ends once; a day later, when its answer is long too late, it is forgotten, and so is what a wrong clock wrote.
        let end = |hash: u8, at: i64| store.write_blocking(move |write| operation::end_ceremony(write, &[hash; 32], after(at))).unwrap();
        assert_eq!([end(1, 0), end(1, 0), end(1, 300), end(2, 300), end(2, 0)], [true, false, false, true, false]);
        assert_eq!([end(1, DAY), end(1, DAY + 1), end(1, 2 * DAY + 2)], [false, true, true]);
        assert_eq!([end(3, 9 * 365 * DAY), end(3, 0), end(3, 1)], [true, true, false]);

        // A mark moves forward only; one beyond what can be counts as none.
        let id = CredentialId::new(START, [7; 10]);
        let mark = |mark: i64, mark_max: i64| store.write_blocking(move |write| operation::use_mark(write, id, mark, mark_max, START)).unwrap();
        assert_eq!([mark(10, 30), mark(10, 30), mark(9, 30), mark(11, 30)], [true, false, false, true]);
        assert_eq!([mark(900, 930), mark(12, 900), mark(12, 33), mark(12, 33), mark(13, 33)], [true, false, true, false, true]);
        // What a use changed is kept, again and again.
        let record = || {
            let keyring = place.keyring.clone();
            store.read_blocking(move |tx| operation::credential_use(tx, &keyring, id)).unwrap().unwrap().record
        };
        assert_eq!(record(), None);
        for kept in [b"one", b"two"] {
            let keyring = place.keyring.clone();
            store.write_blocking(move |write| operation::use_record(write, &keyring, id, kept, START)).unwrap();
            assert_eq!(record().unwrap(), kept);
        }

        // Guesses are kept for each account.
        let guesses = |account: u8| store.read_blocking(move |tx| operation::guesses(tx, &[account; 16])).unwrap();
        assert_eq!(guesses(1), None);
        for tries in [1, 2] {
            let kept = Guesses { owed: after(i64::from(tries)), tries };
            store.write_blocking(move |write| operation::save_guesses(write, &[1; 16], kept)).unwrap();
            assert_eq!((guesses(1), guesses(2)), (Some(kept), None));
        }
        store.write_blocking(|write| operation::forget_tries(write, &[1; 16])).unwrap();
        assert_eq!(guesses(1), Some(Guesses { owed: after(2), tries: 0 }), "what unknown browsers owe stays");

        // An alarm sounds once a day for each, and is not silent for years after a wrong clock.
        let alarm =
            |what: &'static str, whom: u8, at: i64| store.write_blocking(move |write| operation::sound_alarm(write, what, &[whom; 16], after(at))).unwrap();
        assert_eq!([alarm("a", 1, 0), alarm("a", 1, 1), alarm("a", 2, 1), alarm("b", 1, 1)], [true, false, true, true]);
        assert_eq!([alarm("a", 1, DAY - 1), alarm("a", 1, DAY), alarm("a", 1, DAY + 1)], [false, true, false]);
        assert_eq!([alarm("a", 1, 9 * 365 * DAY), alarm("a", 1, DAY), alarm("a", 1, DAY + 1)], [true, true, false]);

        // Who is erased leaves none of it.
        let officer = OfficerId::from_bytes([1; 16]);
        store.write_blocking(move |write| operation::delete_devices_of(write, officer)).unwrap();
        assert_eq!((guesses(1), alarm("a", 1, DAY + 2)), (None, true));
    }
}

#[test]
fn jobs_are_claimed_by_one_of_many() {
    for place in places("claims") {
        let stores = [place.office(), place.open()];
        let keyring = place.keyring.clone();
        stores[0]
            .write_blocking(move |write| {
                (0..40_u8).try_for_each(|number| {
                    let job = Job { id: JobId::new(START, [number; 10]), kind: "x".into(), payload: vec![number], run_at: START, attempts: 0, failed: None };
                    operation::add_job(write, &keyring, &job, None).map(drop)
                })
            })
            .unwrap();
        let claims: Vec<_> = (0..4)
            .map(|worker| {
                let (store, keyring) = (stores[worker % 2].clone(), place.keyring.clone());
                std::thread::spawn(move || {
                    let mut mine = Vec::new();
                    loop {
                        let keyring = keyring.clone();
                        let (now, until) = (START.plus_seconds(1), START.plus_seconds(600));
                        match store.write_blocking(move |write| operation::claim_job(write, &keyring, Line::Beside("backup"), now, until)).unwrap() {
                            Some(job) => mine.push(job.payload[0]),
                            None => return mine,
                        }
                    }
                })
            })
            .collect();
        let mut all: Vec<u8> = claims.into_iter().flat_map(|claims| claims.join().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>(), "{}: each job once", place.engine);
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
