//! Whatever happens in an office, its tables follow from its journal alone.

use proptest::prelude::*;
use siger_storage::check;
use siger_testkit::life::{Life, Step};
use siger_testkit::office::TestOffice;

/// Sequences tried: each takes about a second, most of it in syncs of the disk.
const CASES: u32 = 24;

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_use_cases_replays_to_equal_tables(choices in prop::collection::vec((0_u8..32, any::<u8>(), any::<u8>()), 1..70)) {
        let test = TestOffice::new();
        let mut life = Life::begin(&test).unwrap();
        for (kind, who, more) in choices {
            life.step(Step::of(kind, who, more)).unwrap();
        }
        let replayed = check::replay(test.office.store()).unwrap();
        prop_assert_eq!(replayed.findings, []);
        let verified = check::verify(test.office.store(), test.office.blobs(), check::Options::default()).unwrap();
        prop_assert!(verified.is_clean(), "{:?}", verified.findings);
        prop_assert_eq!(verified.entries, verified.size);
    }
}
