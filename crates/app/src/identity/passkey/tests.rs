mod soft;

use super::*;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use soft::{Soft, USER_PRESENT, USER_VERIFIED, b64};

const NOW: Instant = Instant::from_unix_micros(1_795_478_400_000_000);
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;

const ORIGIN: &str = "https://siger.contoh.go.id";
const RP_ID: &str = "siger.contoh.go.id";

fn office() -> Passkeys {
    Passkeys::new(RP_ID, &[ORIGIN], "Kantor Imigrasi Contoh").unwrap()
}

fn officer(n: u8) -> OfficerId {
    OfficerId::from_bytes([n; 16])
}

fn register(office: &Passkeys, soft: &mut Soft, whose: OfficerId) -> Result<PasskeyRecord, PasskeyError> {
    let (options, state) = office.start_registration(whose, "sri", "Sri (contoh)", &[], NOW).unwrap();
    office.finish_registration(&soft.register(&options), kept(&state), " kunci ", NOW)
}

/// Through JSON and back, as the server keeps it between the two requests.
fn kept<T: Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn sign_in(office: &Passkeys, soft: &mut Soft, record: &PasskeyRecord) -> Result<PasskeyRecord, PasskeyError> {
    let (options, state) = office.start_sign_in(NOW)?;
    office.finish(&Answer::read(&soft.sign(&options))?, kept(&state), record, NOW)
}

fn prove(office: &Passkeys, soft: &mut Soft, record: &PasskeyRecord) -> Result<PasskeyRecord, PasskeyError> {
    let (options, state) = office.start_proof(record.officer, std::slice::from_ref(record), NOW)?;
    office.finish(&Answer::read(&soft.sign(&options))?, kept(&state), record, NOW)
}

#[test]
fn settings() {
    let origin = |origin: &str| ConfigError::Origin { origin: origin.into() };
    let host = |rp_id: &str, origin: &str| ConfigError::HostName { rp_id: rp_id.into(), origin: origin.into() };
    for (rp_id, origins, expected) in [
        ("siger.contoh.go.id", &["https://siger.contoh.go.id"] as &[&str], None),
        ("contoh.go.id", &["https://siger.contoh.go.id", "https://loket.contoh.go.id:8443"], None),
        ("localhost", &["http://localhost:8080"], None),
        ("localhost", &["https://localhost:8443"], None),
        ("localhost", &[], Some(ConfigError::NoOrigin)),
        ("siger.contoh.go.id", &["http://siger.contoh.go.id"], Some(ConfigError::NotSecure { origin: "http://siger.contoh.go.id".into() })),
        ("127.0.0.1", &["http://127.0.0.1:8080"], Some(ConfigError::NotSecure { origin: "http://127.0.0.1:8080".into() })),
        ("127.0.0.1", &["https://127.0.0.1"], Some(host("127.0.0.1", "https://127.0.0.1"))),
        ("oh.go.id", &["https://siger.contoh.go.id"], Some(host("oh.go.id", "https://siger.contoh.go.id"))),
        ("id", &["https://siger.contoh.go.id"], Some(host("id", "https://siger.contoh.go.id"))),
        ("", &["https://siger.contoh.go.id"], Some(host("", "https://siger.contoh.go.id"))),
        ("contoh.go.id", &["https://siger.contoh.go.id", "https://lain.id"], Some(host("contoh.go.id", "https://lain.id"))),
        ("contoh.go.id", &["siger.contoh.go.id"], Some(origin("siger.contoh.go.id"))),
        ("contoh.go.id", &["https://siger.contoh.go.id/masuk"], Some(origin("https://siger.contoh.go.id/masuk"))),
        ("contoh.go.id", &["ftp://siger.contoh.go.id"], Some(origin("ftp://siger.contoh.go.id"))),
    ] {
        assert_eq!(Passkeys::new(rp_id, origins, "Kantor").err(), expected, "{rp_id} {origins:?}");
    }
}

#[test]
fn options_ask_for_what_we_want() {
    let office = office();
    let record = register(&office, &mut Soft::new(1, ORIGIN, RP_ID), officer(1)).unwrap();
    let (options, _) = office.start_registration(officer(1), "sri", "Sri (contoh)", std::slice::from_ref(&record), NOW).unwrap();
    let options: Value = serde_json::from_str(&options).unwrap();
    let selection = &options["publicKey"]["authenticatorSelection"];
    assert_eq!((&selection["userVerification"], &selection["residentKey"]), (&json!("required"), &json!("preferred")));
    assert_eq!(options["publicKey"]["excludeCredentials"][0]["id"], json!(b64(record.credential_id())));
    assert_eq!(options["publicKey"]["attestation"], json!("none"));
    assert_eq!(options["publicKey"]["rp"]["id"], json!(RP_ID));
    for (who, allowed) in [(None, json!([])), (Some(officer(1)), json!([{ "type": "public-key", "id": b64(record.credential_id()) }]))] {
        let started = who.map_or_else(|| office.start_sign_in(NOW), |who| office.start_proof(who, std::slice::from_ref(&record), NOW));
        let options: Value = serde_json::from_str(&started.unwrap().0).unwrap();
        assert_eq!(options["publicKey"]["userVerification"], json!("required"));
        assert_eq!(options["publicKey"]["allowCredentials"], allowed);
        assert!(options.get("mediation").is_none(), "{options}");
    }
}

/// A state travels in a cookie: as long for ten passkeys with the longest names as for one.
#[test]
fn a_state_does_not_grow_with_the_passkeys() {
    let office = office();
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    soft.id = vec![7; 1_023];
    let record = register(&office, &mut soft, officer(1)).unwrap();
    let long = |state: String| assert!(state.len() < 1_000, "{} bytes: {state}", state.len());
    let (options, state) = office.start_proof(officer(1), &vec![record.clone(); PASSKEYS_MAX], NOW).unwrap();
    long(serde_json::to_string(&state).unwrap());
    office.finish(&Answer::read(&soft.sign(&options)).unwrap(), state, &record, NOW).unwrap();
    let (_, state) = office.start_registration(officer(1), "sri", "Sri (contoh)", &vec![record; PASSKEYS_MAX - 1], NOW).unwrap();
    long(serde_json::to_string(&state).unwrap());
}

#[test]
fn a_passkey_is_made_and_used() {
    for (origin, rp_id) in [(ORIGIN, RP_ID), ("http://localhost:8080", "localhost")] {
        let office = Passkeys::new(rp_id, &[origin], "Kantor").unwrap();
        let mut soft = Soft::new(1, origin, rp_id);
        let record = register(&office, &mut soft, officer(1)).unwrap();
        assert_eq!((record.officer, record.label.as_str(), record.synchronised, record.used_at), (officer(1), "kunci", false, None));
        assert_eq!(record.credential_id(), soft.id);
        let record: PasskeyRecord = kept(&record);
        let used = sign_in(&office, &mut soft, &record).unwrap();
        assert_eq!(used.used_at, Some(NOW));
        prove(&office, &mut soft, &used).unwrap();
        let claim = Answer::read(&soft.sign(&office.start_sign_in(NOW).unwrap().0)).unwrap().claim();
        assert_eq!(claim, Claim { credential_id: soft.id.clone(), officer: Some(officer(1)) });
    }
}

#[test]
fn wrong_answers_are_refused() {
    type Spoil = fn(&mut Soft);
    let cases: &[(&str, Spoil, &str)] = &[
        ("as it should be", |_| {}, "ok"),
        ("other origin", |soft| soft.origin = "https://siger.contoh.go.id.jahat.id".into(), "refused"),
        ("other port", |soft| soft.origin = "https://siger.contoh.go.id:8443".into(), "refused"),
        ("no TLS", |soft| soft.origin = "http://siger.contoh.go.id".into(), "refused"),
        ("other host name", |soft| soft.rp_id = "contoh.go.id".into(), "refused"),
        ("other challenge", |soft| soft.challenge = Some(b64(&[7; 32])), "refused"),
        ("person not verified", |soft| soft.flags = USER_PRESENT, "not verified"),
        ("person not there", |soft| soft.flags = USER_VERIFIED, "not verified"),
        ("signature spoilt", |soft| soft.spoil_signature = true, "refused"),
        ("other key", |soft| soft.key = SigningKey::from_slice(&[9; 32]).unwrap(), "refused"),
        ("other passkey", |soft| soft.id = vec![9; 32], "not theirs"),
        ("other officer", |soft| soft.user = vec![2; 16], "not theirs"),
    ];
    let office = office();
    let word = |result: Result<PasskeyRecord, PasskeyError>| match result {
        Ok(_) => "ok",
        Err(PasskeyError::Refused(_)) => "refused",
        Err(PasskeyError::NotVerified) => "not verified",
        Err(PasskeyError::NotTheirs) => "not theirs",
        Err(error) => panic!("{error}"),
    };
    for (name, spoil, expected) in cases {
        let mut soft = Soft::new(1, ORIGIN, RP_ID);
        let record = register(&office, &mut soft, officer(1)).unwrap();
        spoil(&mut soft);
        assert_eq!(word(sign_in(&office, &mut soft, &record)), *expected, "sign-in: {name}");
        assert_eq!(word(prove(&office, &mut soft, &record)), *expected, "proof: {name}");
    }
    // Old security keys name nobody: good enough when the officer typed a name, not otherwise.
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    let record = register(&office, &mut soft, officer(1)).unwrap();
    soft.silent = true;
    assert_eq!(word(sign_in(&office, &mut soft, &record)), "not theirs");
    assert_eq!(word(prove(&office, &mut soft, &record)), "ok");
}

#[test]
fn wrong_registrations_are_refused() {
    let office = office();
    let spoilt = |spoil: fn(&mut Soft)| {
        let mut soft = Soft::new(1, ORIGIN, RP_ID);
        spoil(&mut soft);
        register(&office, &mut soft, officer(1)).is_err()
    };
    assert!(!spoilt(|_| {}));
    assert!(spoilt(|soft| soft.origin = "https://jahat.id".into()));
    assert!(spoilt(|soft| soft.rp_id = "jahat.id".into()));
    assert!(spoilt(|soft| soft.challenge = Some(b64(&[7; 32]))));
    assert!(spoilt(|soft| soft.flags = USER_PRESENT));
    // One too many.
    let record = register(&office, &mut Soft::new(1, ORIGIN, RP_ID), officer(1)).unwrap();
    let many = vec![record; PASSKEYS_MAX];
    assert!(matches!(office.start_registration(officer(1), "sri", "Sri (contoh)", &many, NOW), Err(PasskeyError::TooMany)));
}

#[test]
fn a_counter_that_does_not_grow_is_a_copy() {
    let office = office();
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    soft.counter = 5;
    let mut record = register(&office, &mut soft, officer(1)).unwrap();
    type Step = fn(&Passkeys, &mut Soft, &PasskeyRecord) -> Result<PasskeyRecord, PasskeyError>;
    for (step, counter, copied) in
        [(sign_in as Step, 6, false), (sign_in, 6, true), (prove, 6, true), (prove, 9, false), (sign_in, 8, true), (prove, 0, true), (sign_in, 10, false)]
    {
        soft.counter = counter;
        match step(&office, &mut soft, &record) {
            Ok(used) => {
                assert!(!copied, "{counter}");
                record = used;
            }
            Err(PasskeyError::Copied) => assert!(copied, "{counter}"),
            Err(error) => panic!("{error}"),
        }
    }
    // Two proofs under way at once: the second answer's counter must beat the record as it is then, not as it was at the start.
    let (options, first) = office.start_proof(officer(1), std::slice::from_ref(&record), NOW).unwrap();
    soft.counter = 20;
    let answer = Answer::read(&soft.sign(&options)).unwrap();
    let moved_on = {
        soft.counter = 30;
        prove(&office, &mut soft, &record).unwrap()
    };
    assert!(matches!(office.finish(&answer, kept(&first), &moved_on, NOW), Err(PasskeyError::Copied)));
    // Checked before the other was kept, it is found when it is to be kept.
    let late = office.finish(&answer, first, &record, NOW).unwrap();
    assert!(late.grew_from(&record).is_ok() && moved_on.grew_from(&late).is_ok());
    assert!(matches!(late.grew_from(&moved_on), Err(PasskeyError::Copied)));
    assert!(matches!(late.grew_from(&late), Err(PasskeyError::Copied)));
}

#[test]
fn a_synchronised_passkey_says_so() {
    let office = office();
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    soft.flags |= BACKUP_ELIGIBLE;
    let record = register(&office, &mut soft, officer(1)).unwrap();
    assert!(!record.synchronised);
    soft.flags |= BACKED_UP;
    let record = sign_in(&office, &mut soft, &record).unwrap();
    assert!(record.synchronised, "the flag follows the authenticator");
    assert!(register(&office, &mut soft, officer(1)).unwrap().synchronised);
    // A passkey never stops being one that may be copied by its maker.
    soft.flags = USER_PRESENT | USER_VERIFIED;
    assert!(sign_in(&office, &mut soft, &record).is_err());
}

#[test]
fn a_ceremony_lasts_five_minutes() {
    let office = office();
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    let record = register(&office, &mut soft, officer(1)).unwrap();
    for (later, good) in [(0, true), (CEREMONY_SECONDS - 1, true), (CEREMONY_SECONDS, false), (-60, true), (-CEREMONY_SECONDS, false)] {
        let at = NOW.plus_seconds(later);
        let (options, state) = office.start_sign_in(NOW).unwrap();
        let result = office.finish(&Answer::read(&soft.sign(&options)).unwrap(), state, &record, at);
        assert_eq!(result.is_ok(), good, "{later}");
        let (options, state) = office.start_registration(officer(1), "sri", "Sri (contoh)", &[], NOW).unwrap();
        assert_eq!(office.finish_registration(&soft.register(&options), state, "x", at).is_ok(), good, "{later}");
    }
}

#[test]
fn an_answer_fits_its_own_ceremony_only() {
    let office = office();
    let mut soft = Soft::new(1, ORIGIN, RP_ID);
    let record = register(&office, &mut soft, officer(1)).unwrap();
    let (options, _) = office.start_sign_in(NOW).unwrap();
    let answer = Answer::read(&soft.sign(&options)).unwrap();
    let (_, other) = office.start_sign_in(NOW).unwrap();
    assert!(matches!(office.finish(&answer, other, &record, NOW), Err(PasskeyError::Refused(_))));
    // A proof for one officer is not answered by another officer's passkey.
    let mut theirs = Soft::new(2, ORIGIN, RP_ID);
    let foreign = register(&office, &mut theirs, officer(2)).unwrap();
    let (options, state) = office.start_proof(officer(1), &[record], NOW).unwrap();
    let answer = Answer::read(&theirs.sign(&options)).unwrap();
    assert!(matches!(office.finish(&answer, state, &foreign, NOW), Err(PasskeyError::NotTheirs)));
    assert!(matches!(office.start_proof(officer(1), &[foreign], NOW), Err(PasskeyError::NotTheirs)));
    assert!(matches!(office.start_proof(officer(1), &[], NOW), Err(PasskeyError::NotTheirs)));
}

#[test]
fn unreadable_answers() {
    let long = format!("\"{}\"", "x".repeat(ANSWER_BYTES_MAX));
    for json in ["", "{}", "null", "[]", "{\"id\":1}", long.as_str()] {
        assert!(matches!(Answer::read(json), Err(PasskeyError::Unreadable)), "{}", &json[..json.len().min(20)]);
        let (_, state) = office().start_registration(officer(1), "sri", "Sri (contoh)", &[], NOW).unwrap();
        assert!(matches!(office().finish_registration(json, state, "x", NOW), Err(PasskeyError::Unreadable)));
    }
}
