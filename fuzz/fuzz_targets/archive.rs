//! Archives.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use siger_testkit::outside::Empty;
use tempfile::TempDir;

static PLACE: LazyLock<(Empty, TempDir)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    (Empty::new(folder.path()), folder)
});

fuzz_target!(|data: &[u8]| PLACE.0.archive(data));
