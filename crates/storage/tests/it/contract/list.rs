//! What is listed: in order, page after page, and nothing left out.

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, RequestId};
use siger_domain::officer::Login;
use siger_domain::person::Note;
use siger_domain::request::{ErasureGround, Matter, State};
use siger_storage::journal::read;
use siger_storage::table::{officer, person as persons, request};
use siger_storage::{Error, Stamp};

use crate::place::{START, document, invite, person, places, register, stamp};

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
