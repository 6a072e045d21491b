//! Fields of forms: names, numbers, dates, notes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_testkit::outside;

fuzz_target!(|text: &str| outside::fields(text));
