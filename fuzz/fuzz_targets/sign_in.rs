//! One-time codes, cookies, secrets and digits, answers of passkeys.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use siger_app::identity::passkey::Passkeys;
use siger_testkit::outside;

static PASSKEYS: LazyLock<Passkeys> = LazyLock::new(outside::passkeys);

fuzz_target!(|text: &str| outside::sign_in(&PASSKEYS, text));
