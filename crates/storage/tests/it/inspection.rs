//! Inspections, stays and receipts in the store, on both engines: what an event changes, what an erasure takes, what replay gives.

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::finding::{Findings, Kind as Check};
use siger_domain::id::{InspectionId, OfficerId};
use siger_domain::inspection::action::Action;
use siger_domain::inspection::record::{Begun, Standing, Stepped};
use siger_domain::inspection::state::Stage;
use siger_domain::inspection::{Inspection, Kind};
use siger_domain::presence::Fact;
use siger_domain::receipt::ReceiptNumber;
use siger_domain::request::ErasureGround;
use siger_storage::table::{inspection as table, person as persons};
use siger_storage::{Error, Stamp, Write, check};

use crate::place::{START, person, places, register, stamp};

const REQUIRED: &[Check] = &[Check::CheckDigits];

fn by(seconds: i64) -> Stamp {
    Stamp { actor: Some(OfficerId::new(START, [7; 10])), role: Role::Primary, purpose: Purpose::Inspection, ..stamp(seconds) }
}

fn case(number: u8) -> InspectionId {
    InspectionId::from_bytes([number; 16])
}

/// Presented, and taken by an officer in a second entry.
fn begin(write: &mut Write<'_, '_>, id: InspectionId, whose: u32, seconds: i64) -> Result<u64, Error> {
    let begun = Begun { kind: Kind::Arrival, citizen: false, required: REQUIRED.to_vec() };
    let subject = Subject::Person(person(whose));
    let standing = Standing { stage: Stage::Presented, holder: None, presented: Some(by(seconds).at) };
    let steps = vec![Stepped { action: Action::Present, to: Stage::Presented }];
    let first = body::InspectionStepped { inspection: id, begin: Some(begun), steps, standing: standing.clone() };
    write.append(by(seconds), subject, &Event::InspectionStepped(first))?;
    let findings = Findings::unmade(REQUIRED).unwrap();
    let steps = vec![Stepped { action: Action::Take, to: Stage::Primary }, Stepped { action: Action::Find { findings }, to: Stage::Primary }];
    let standing = Standing { stage: Stage::Primary, holder: by(0).actor, ..standing };
    write.append(by(seconds + 1), subject, &Event::InspectionStepped(body::InspectionStepped { inspection: id, begin: None, steps, standing }))
}

fn receipt(write: &mut Write<'_, '_>, id: InspectionId, whose: u32) -> Result<u32, Error> {
    let running = table::next_running(write, 2026)?;
    let number = ReceiptNumber::new("WKN", 2026, running).unwrap();
    let event = body::InspectionReceipted { inspection: id, number, of: 1 };
    write.append(by(9_000), Subject::Person(person(whose)), &Event::InspectionReceipted(event))?;
    Ok(running)
}

fn stay(write: &mut Write<'_, '_>, id: InspectionId, whose: u32, fact: Fact, open: bool) -> Result<u64, Error> {
    let until = Some("2026-12-23".parse().unwrap());
    write.append(by(9_100), Subject::Person(person(whose)), &Event::PresenceRecorded(body::PresenceRecorded { stay: id, fact, until, open }))
}

#[test]
fn an_inspection_is_kept_recalled_listed_and_erased() {
    for place in places("inspection") {
        let store = place.office();
        let last = store
            .write_blocking(|write| -> Result<u64, Error> {
                for number in [1, 2] {
                    register(write, number)?;
                }
                begin(write, case(2), 2, 4_000)?;
                begin(write, case(1), 1, 5_000)
            })
            .unwrap();
        store
            .read_blocking(|tx| -> Result<(), Error> {
                let row = table::get(tx, case(1))?.unwrap();
                assert_eq!((row.kind, row.stage, row.holder, row.last_entry), (Kind::Arrival, Stage::Primary, by(0).actor, last), "{}", place.engine);
                assert_eq!((row.presented, row.first_entry), (Some(by(5_000).at), last - 1));
                assert_eq!(table::open_of(tx, person(1))?, Some(row.clone()));
                assert_eq!(table::open_of(tx, person(3))?, None);
                let listed = table::in_stage(tx, Stage::Primary, 10)?;
                assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [case(2), case(1)], "whoever is here longest first");
                assert_eq!(table::in_stage(tx, Stage::Presented, 10)?, []);
                let (recalled, at): (Inspection, _) = table::recall(tx, &place.keyring, &row)?.unwrap();
                assert_eq!((recalled.stage(), recalled.person(), at), (Stage::Primary, person(1), by(5_001).at));
                assert_eq!(Standing::of(&recalled), Standing { stage: row.stage, holder: row.holder, presented: row.presented });
                Ok(())
            })
            .unwrap();

        let begun = Fact::Begun { on: "2026-11-24".parse().unwrap(), until: Some("2026-12-23".parse().unwrap()) };
        let departed = Fact::Departed { on: "2026-12-01".parse().unwrap() };
        store
            .write_blocking(move |write| -> Result<(), Error> {
                assert_eq!((receipt(write, case(2), 2)?, receipt(write, case(1), 1)?), (1, 2));
                assert!(!table::is_staying(write, person(1))?);
                stay(write, case(1), 1, begun, true)?;
                stay(write, case(2), 2, begun, true)?;
                assert!(table::is_staying(write, person(1))?);
                stay(write, case(1), 1, departed, false)?;
                assert!(!table::is_staying(write, person(1))? && table::is_staying(write, person(2))?);
                assert_eq!(table::next_running(write, 2027)?, 1, "each year begins at one");
                Ok(())
            })
            .unwrap();
        // A step of an inspection that is not there, and a stay that did not begin, are refused with everything beside them.
        let lost = store.write_blocking(|write| {
            let standing = Standing { stage: Stage::Withdrawn, holder: None, presented: None };
            let event = body::InspectionStepped { inspection: case(9), begin: None, steps: Vec::new(), standing };
            write.append(by(9_200), Subject::Person(person(1)), &Event::InspectionStepped(event))
        });
        assert!(matches!(lost, Err(Error::Inconsistent { table: "inspection", .. })), "{lost:?}");
        assert!(matches!(store.write_blocking(move |write| stay(write, case(9), 1, departed, false)), Err(Error::Inconsistent { table: "presence", .. })));

        let clean = || {
            assert_eq!(check::replay(&store).unwrap().findings, [], "{}", place.engine);
            let verified = check::verify(&store, &place.blobs(), check::Options::default()).unwrap();
            assert!(verified.is_clean(), "{:?}", verified.findings);
        };
        clean();
        // Person 1 has the newest number.
        let key = store
            .write_blocking(|write| -> Result<_, Error> {
                let key = persons::get(write, person(1))?.unwrap().key;
                let erased = body::PersonErased { ground: ErasureGround::SubjectRequest, request: None };
                write.append(stamp(9_300), Subject::Person(person(1)), &Event::PersonErased(erased))?;
                Ok(key)
            })
            .unwrap();
        place.keyring.puncture(&[key]).unwrap();
        store
            .write_blocking(|write| -> Result<(), Error> {
                assert_eq!(table::get(write, case(1))?, None);
                assert_eq!(table::open_of(write, person(1))?, None);
                assert!(!table::is_staying(write, person(1))?);
                assert_eq!(table::next_running(write, 2026)?, 3, "no number is given twice, also after an erasure");
                assert!(table::get(write, case(2))?.is_some());
                Ok(())
            })
            .unwrap();
        clean();
    }
}
