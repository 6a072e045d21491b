//! Keyring files.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use siger_testkit::outside;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|data: &[u8]| outside::keyring(FOLDER.path(), data));
