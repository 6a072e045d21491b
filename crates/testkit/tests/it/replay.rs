//! Whatever happens in an office, its tables follow from its journal alone, on both engines.

use std::collections::BTreeSet;

use proptest::prelude::*;
use siger_storage::check;
use siger_storage::journal::read;
use siger_testkit::engine::Engine;
use siger_testkit::fault::Rng;
use siger_testkit::life::{Life, Step};
use siger_testkit::office::TestOffice;

const REACHED: &[&str] = &[
    "inspection.receipted",
    "inspection.stepped",
    "key.retired",
    "key.rotated",
    "office.restored",
    "officer.credential_added",
    "officer.credential_removed",
    "officer.erased",
    "officer.invited",
    "officer.joined",
    "officer.leave_set",
    "officer.recovery_issued",
    "officer.restored",
    "officer.roles_changed",
    "officer.session_ended",
    "officer.signed_in",
    "officer.suspended",
    "person.blob_stored",
    "person.corrected",
    "person.document_added",
    "person.erased",
    "person.noted",
    "person.read",
    "person.registered",
    "person.searched",
    "presence.recorded",
    "request.approved",
    "request.declined",
    "request.expired",
    "request.opened",
    "request.withdrawn",
    "retention.applied",
];

/// Sequences tried on each engine: each takes about a second, most of it in syncs of the disk.
const CASES: u32 = 24;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_use_cases_replays_to_equal_tables(choices in prop::collection::vec((0..Step::KINDS, any::<u8>(), any::<u8>()), 1..70)) {
        for engine in Engine::all() {
            let test = TestOffice::on(engine);
            let mut life = Life::begin(&test).unwrap();
            for (kind, who, more) in &choices {
                life.step(Step::of(*kind, *who, *more)).unwrap();
            }
            let replayed = check::replay(life.office.store()).unwrap();
            prop_assert_eq!(replayed.findings, [], "{:?}", engine);
            let verified = check::verify(life.office.store(), life.office.blobs(), check::Options::default()).unwrap();
            prop_assert!(verified.is_clean(), "{:?}: {:?}", engine, verified.findings);
            prop_assert_eq!(verified.entries, verified.size);
        }
    }
}

/// Shows that the lives above are no sequence of refusals: each kind of event that use cases write is reached by some.
#[test]
fn the_steps_reach_what_use_cases_write() {
    let mut reached = BTreeSet::new();
    let mut rng = Rng::new(5);
    for _ in 0..12 {
        let test = TestOffice::new();
        let mut life = Life::begin(&test).unwrap();
        for _ in 0..120 {
            life.step(Step::of(rng.below(usize::from(Step::KINDS)) as u8, rng.below(256) as u8, rng.below(256) as u8)).unwrap();
        }
        let entries = life.office.store().read_blocking(|tx| read::from(tx, 0, 1_000)).unwrap();
        reached.extend(entries.into_iter().map(|entry| entry.kind));
        assert_eq!(check::replay(life.office.store()).unwrap().findings, []);
    }
    let missing: Vec<&str> = REACHED.iter().copied().filter(|kind| !reached.contains(*kind)).collect();
    assert!(missing.is_empty(), "{missing:?} are not among {reached:?}");
}
