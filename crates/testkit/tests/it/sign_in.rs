//! Signing in against somebody who repeats, copies, guesses and races; and with a clock that was wrong.

use std::net::IpAddr;
use std::sync::Arc;

use siger_app::access::Access;
use siger_app::identity::guess::{ACCOUNT_BURST, ALARM_TRIES, Network};
use siger_app::identity::passkey::Passkeys;
use siger_app::identity::password::Typed;
use siger_app::identity::token::{Ended, GRACE_SECONDS, ROTATE_SECONDS, Token};
use siger_app::identity::totp;
use siger_app::office::Parts;
use siger_app::random::Seeded;
use siger_app::session::{self, Asker, Recognised, SignedIn};
use siger_app::sign_in::{self, Arrival, Begun};
use siger_app::{Error, Office, Result, account, notify};
use siger_domain::access::Role;
use siger_domain::event::{Event, Subject, body};
use siger_domain::officer::Credential;
use siger_domain::personal::Personal;
use siger_storage::blob::Folder;
use siger_storage::journal::read;
use siger_storage::store::Url;
use siger_storage::table::{officer as officers, operation};
use siger_storage::{Open, Stamp};
use siger_testkit::office::{PASSWORD, START, StoppedClock, TestOffice, TestOfficer, arrival, open};

use crate::soft::Soft;

/// The same officer with a passkey.
async fn with_passkey(test: &TestOffice, officer: &TestOfficer, seed: u8) -> Soft {
    let by = test.context(officer).await;
    let mut soft = Soft::new(seed, "http://localhost:8080", "localhost");
    let (options, ceremony) = account::start_passkey(&test.office, &by).await.unwrap();
    account::finish_passkey(&test.office, &by, &ceremony, &soft.register(&options), "Laptop").await.unwrap();
    soft
}

async fn by_passkey(office: &Office, soft: &mut Soft) -> Result<Begun> {
    let (options, ceremony) = sign_in::start_passkey(office).unwrap();
    sign_in::with_passkey(office, arrival(), &ceremony, &soft.sign(&options)).await
}

async fn by_password(office: &Office, from: Arrival, officer: &TestOfficer, password: &str) -> Result<Begun> {
    let code = totp::code(&officer.secret, office.now());
    sign_in::with_password(office, from, &officer.login, Typed::new(password.into()), &code).await
}

fn is_over<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Conflict("ceremony_over")))
}

fn is_copied<T>(outcome: Result<T>) -> bool {
    matches!(outcome, Err(Error::Invalid(faults)) if faults[0].reason == "copied")
}

/// How many entries of a kind the journal holds.
fn entries(office: &Office, kind: &'static str) -> usize {
    office.store().read_blocking(move |tx| read::newest_of_kind(tx, kind, u64::MAX, 100)).unwrap().len()
}

async fn recognise(office: &Office, token: &Token) -> Recognised {
    session::recognise(office, token, office.operation(), None, Asker::Somebody).await.unwrap()
}

async fn signed_in(office: &Office, token: &Token) -> SignedIn {
    recognise(office, token).await.signed_in().expect("signed in")
}

fn from(network: u32) -> Arrival {
    Arrival { network: Network::of(IpAddr::from(std::net::Ipv4Addr::from(0x0b00_0000 + (network << 8)))), device: None }
}

/// Another process of the same office: what it remembers is its own.
fn another(test: &TestOffice, clock: Arc<StoppedClock>) -> Office {
    let parts = Parts {
        store: test.office.store().clone(),
        blobs: Folder::open(&test.folder().join("blobs")).unwrap(),
        access: Arc::new(Access::load().unwrap()),
        clock,
        random: Box::new(Seeded::new(77)),
        passkeys: Some(Passkeys::new("localhost", &["http://localhost:8080"], "Way Kanan").unwrap()),
        backups: None,
    };
    Office::open(parts).unwrap()
}

#[tokio::test]
async fn an_answer_of_a_passkey_opens_once() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    // Without a counter, as every synchronised passkey.
    let mut soft = with_passkey(&test, &officer, 1).await;

    let (options, ceremony) = sign_in::start_passkey(office).unwrap();
    let answer = soft.sign(&options);
    let first = sign_in::with_passkey(office, arrival(), &ceremony, &answer).await.unwrap();
    signed_in(office, &first.token).await;
    for seconds in [0, 1, 60, 200] {
        test.clock.advance_seconds(seconds);
        assert!(is_over(sign_in::with_passkey(office, arrival(), &ceremony, &answer).await), "{seconds} s later");
    }
    assert_eq!(entries(office, "officer.signed_in"), 2, "joining, and once by the passkey");

    let by = signed_in(office, &first.token).await.context;
    let (options, ceremony) = sign_in::start_proof(office, &by).await.unwrap();
    let answer = soft.sign(&options);
    sign_in::prove_with_passkey(office, &by, &ceremony, &answer).await.unwrap();
    assert!(is_over(sign_in::prove_with_passkey(office, &by, &ceremony, &answer).await));

    // A passkey that is made is made once.
    let by = signed_in(office, &first.token).await.context;
    let mut other = Soft::new(9, "http://localhost:8080", "localhost");
    let (options, ceremony) = account::start_passkey(office, &by).await.unwrap();
    let made = other.register(&options);
    account::finish_passkey(office, &by, &ceremony, &made, "Ponsel").await.unwrap();
    assert!(is_over(account::finish_passkey(office, &by, &ceremony, &made, "Ponsel").await));
}

#[tokio::test]
async fn two_who_send_the_same_answer_at_once_get_one_session() {
    let test = TestOffice::new();
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    soft.counter = 5;
    let (options, ceremony) = sign_in::start_passkey(&test.office).unwrap();
    let answer = soft.sign(&options);
    let send = || sign_in::with_passkey(&test.office, arrival(), &ceremony, &answer);
    let outcomes: [Result<Begun>; 4] = tokio::join!(send(), send(), send(), send()).into();
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.into_iter().filter(Result::is_err).all(is_over));
    assert_eq!(entries(&test.office, "officer.passkey_copied"), 0, "a repetition is no copy");
}

#[tokio::test]
async fn an_answer_is_good_for_what_it_was_asked_for_only() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let other = test.officer("wati", &[Role::Desk]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    let by = test.context(&officer).await;

    // Asked for to sign in: proves nothing in a session; and the other way round.
    let (options, ceremony) = sign_in::start_passkey(office).unwrap();
    assert!(is_over(sign_in::prove_with_passkey(office, &by, &ceremony, &soft.sign(&options)).await));
    let (options, ceremony) = sign_in::start_proof(office, &by).await.unwrap();
    let answer = soft.sign(&options);
    assert!(is_over(sign_in::with_passkey(office, arrival(), &ceremony, &answer).await));
    assert!(is_over(account::finish_passkey(office, &by, &ceremony, &answer, "x").await));

    // Asked for in one session: proves nothing in another, of the same officer or of somebody else.
    test.clock.advance_seconds(30);
    let elsewhere = by_passkey(office, &mut soft).await.unwrap();
    let elsewhere = signed_in(office, &elsewhere.token).await.context;
    let stranger = test.context(&other).await;
    for by in [&elsewhere, &stranger] {
        assert!(is_over(sign_in::prove_with_passkey(office, by, &ceremony, &answer).await));
    }

    // A passkey or code generator that one began to add is not added to another.
    let (options, ceremony) = account::start_passkey(office, &by).await.unwrap();
    let made = Soft::new(3, "http://localhost:8080", "localhost").register(&options);
    let (secret, _, code) = account::start_code(office, &by).await.unwrap();
    let secret = totp::Secret::from_base32(&secret.replace(' ', "")).unwrap();
    for by in [&elsewhere, &stranger] {
        assert!(is_over(account::finish_passkey(office, by, &ceremony, &made, "x").await));
        assert!(is_over(account::code_again(office, by, &code).await));
        assert!(is_over(account::finish_code(office, by, &code, &totp::code(&secret, office.now())).await));
    }
    assert_eq!(account::ways(office, &stranger).await.unwrap().len(), 2);
    account::finish_passkey(office, &by, &ceremony, &made, "x").await.unwrap();
    account::finish_code(office, &by, &code, &totp::code(&secret, office.now())).await.unwrap();
    // One officer keeps a passkey once, also when both were begun before either was there.
    let (options, first) = account::start_passkey(office, &by).await.unwrap();
    let made = Soft::new(4, "http://localhost:8080", "localhost").register(&options);
    let (again, second) = account::start_passkey(office, &by).await.unwrap();
    let made_again = Soft::new(4, "http://localhost:8080", "localhost").register(&again);
    account::finish_passkey(office, &by, &first, &made, "x").await.unwrap();
    let outcome = account::finish_passkey(office, &by, &second, &made_again, "x").await;
    assert!(matches!(outcome, Err(Error::Invalid(faults)) if faults[0].reason == "already_there"));
}

#[tokio::test]
async fn a_copied_passkey_is_refused_and_told_once_a_day() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    soft.counter = 5;
    by_passkey(office, &mut soft).await.unwrap();
    for _ in 0..5 {
        assert!(is_copied(by_passkey(office, &mut soft).await));
    }
    assert_eq!(entries(office, "officer.passkey_copied"), 1);
    assert_eq!(notify::follow(office).await.unwrap(), 1, "the officer is told");
    // The same in a proof of presence.
    let by = test.context(&officer).await;
    let (options, ceremony) = sign_in::start_proof(office, &by).await.unwrap();
    assert!(is_copied(sign_in::prove_with_passkey(office, &by, &ceremony, &soft.sign(&options)).await));
    assert_eq!(entries(office, "officer.passkey_copied"), 1);
    test.clock.advance_seconds(operation::ALARM_SECONDS);
    assert!(is_copied(by_passkey(office, &mut soft).await));
    assert_eq!(entries(office, "officer.passkey_copied"), 2);
    // The true one goes on.
    soft.counter = 6;
    by_passkey(office, &mut soft).await.unwrap();
}

#[tokio::test]
async fn two_answers_that_were_checked_at_once_do_not_both_count() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    // The owner and a copy answer ceremonies of their own with the same counter.
    soft.counter = 5;
    let mut asked = Vec::new();
    for _ in 0..2 {
        let (options, ceremony) = sign_in::start_passkey(office).unwrap();
        asked.push((soft.sign(&options), ceremony));
    }
    let send = |index: usize| {
        let (answer, ceremony): &(String, String) = &asked[index];
        sign_in::with_passkey(office, arrival(), ceremony, answer)
    };
    let (one, two) = tokio::join!(send(0), send(1));
    assert!(one.is_ok() != two.is_ok());
    assert!(is_copied(one) || is_copied(two));
    assert_eq!(entries(office, "officer.passkey_copied"), 1);
}

#[tokio::test]
async fn many_guesses_are_told_once_a_day_and_a_sign_in_begins_anew() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    // From everywhere, a quarter of an hour apart: a night of guessing that no limit ever stops.
    let guess = async |number: u32, minutes: i64| {
        test.clock.advance_seconds(minutes * 60);
        assert!(matches!(by_password(office, from(number), &officer, "salah sekali ini").await, Err(Error::Invalid(_))));
    };
    for number in 1..ALARM_TRIES {
        guess(number, 15).await;
    }
    assert_eq!(entries(office, "officer.sign_in_limited"), 0);
    guess(ALARM_TRIES, 15).await;
    assert_eq!(entries(office, "officer.sign_in_limited"), 1);
    for number in 0..23 {
        guess(100 + number, 60).await;
    }
    assert_eq!(entries(office, "officer.sign_in_limited"), 1, "guessing fills no journal");
    assert_eq!(notify::follow(office).await.unwrap(), 1);
    guess(200, 60).await;
    assert_eq!(entries(office, "officer.sign_in_limited"), 2, "the next day it is said again");

    test.clock.advance_seconds(15 * 60);
    by_password(office, from(999), &officer, PASSWORD).await.unwrap();
    test.clock.advance_seconds(operation::ALARM_SECONDS);
    for number in 1..ALARM_TRIES {
        guess(300 + number, 15).await;
    }
    assert_eq!(entries(office, "officer.sign_in_limited"), 2, "a few slips are no danger");
    // Names that nobody has are told to nobody.
    for number in 0..=ALARM_TRIES {
        test.clock.advance_seconds(15 * 60);
        let outcome = sign_in::with_password(office, from(number), "siapa", Typed::new("salah sekali ini".into()), "000000").await;
        assert!(matches!(outcome, Err(Error::Invalid(_))));
    }
    assert_eq!(entries(office, "officer.sign_in_limited"), 2);
}

#[tokio::test]
async fn a_restart_and_a_second_process_give_a_stranger_nothing() {
    let test = TestOffice::new();
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let wrong = async |office: &Office, network: u32| by_password(office, from(network), &officer, "salah sekali ini").await;
    let beside = another(&test, test.clock.clone());
    // In turn in two processes: together they have what one has.
    for number in 0..ACCOUNT_BURST as u32 {
        let office = if number % 2 == 0 { &test.office } else { &beside };
        assert!(matches!(wrong(office, number).await, Err(Error::Invalid(_))), "{number}");
    }
    let after = open(test.office.store().clone(), &test.folder().join("blobs"), test.clock.clone(), 78);
    for office in [&test.office, &beside, &after] {
        assert!(matches!(wrong(office, 500).await, Err(Error::TooMany { .. })));
    }
    // The officer at a browser that she has used is not kept out.
    let known = Arrival { device: Some(officer.begun.device.hash()), ..from(600) };
    test.clock.advance_seconds(60);
    by_password(&test.office, known, &officer, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn proofs_by_code_are_no_slips() {
    let test = TestOffice::new();
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let known = Arrival { device: Some(officer.begun.device.hash()), ..arrival() };
    let mut token = officer.begun.token.clone();
    for number in 0..20 {
        test.clock.advance_seconds(60);
        let by = signed_in(&test.office, &token).await.context;
        let code = totp::code(&officer.secret, test.office.now());
        token = sign_in::prove_with_code(&test.office, known, &by, &code).await.unwrap_or_else(|error| panic!("{number}: {error}"));
    }
    assert_eq!(entries(&test.office, "officer.sign_in_limited"), 0);
}

#[tokio::test]
async fn after_a_wrong_clock_everybody_can_sign_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = Url::Sqlite(folder.path().join("data"));
    let test = TestOffice::opened(folder, |keyring| Open { accept_clock: true, ..Open::new(url, keyring) });
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Administrator]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    // For an hour of 2035: passkey, code, and a stranger's guesses.
    const YEARS: i64 = 9 * 365 * 24 * 60 * 60;
    test.clock.advance_seconds(YEARS);
    by_password(office, arrival(), &officer, PASSWORD).await.unwrap();
    let ahead = by_passkey(office, &mut soft).await.unwrap();
    signed_in(office, &ahead.token).await;
    for number in 0..ACCOUNT_BURST as u32 {
        let _ = by_password(office, from(number), &officer, "salah sekali ini").await;
    }
    test.clock.advance_seconds(60 - YEARS);
    by_passkey(office, &mut soft).await.unwrap();
    // Once it is right, the door is closed for a quarter of an hour at most, and the code is good.
    let stranger = by_password(office, from(700), &officer, PASSWORD).await;
    let Err(Error::TooMany { seconds }) = stranger else { panic!("the guesses of before count: {stranger:?}", stranger = stranger.err()) };
    assert!(seconds <= 15 * 60);
    test.clock.advance_seconds(seconds);
    by_password(office, from(700), &officer, PASSWORD).await.unwrap();
    let again = by_password(office, from(701), &officer, PASSWORD).await;
    assert!(matches!(again, Err(Error::TooMany { .. } | Error::Invalid(_))), "and good once");
    // A session of that hour has no age that anybody could tell.
    assert!(matches!(recognise(office, &ahead.token).await, Recognised::Ended(Ended::TooOld)));
}

#[tokio::test]
async fn a_copied_cookie_ends_the_session_for_both_and_is_told() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let stolen = officer.begun.token.clone();
    // The thief's process remembers the session as it was.
    let beside = another(&test, test.clock.clone());
    signed_in(&beside, &stolen).await;
    test.clock.advance_seconds(ROTATE_SECONDS);
    let new = signed_in(office, &stolen).await.new_token.expect("time for a new one");
    signed_in(office, &new).await;
    test.clock.advance_seconds(GRACE_SECONDS + 1);
    assert!(matches!(recognise(&beside, &stolen).await, Recognised::Ended(Ended::Copied)));
    assert_eq!(entries(office, "officer.session_copied"), 1);
    for (office, token) in [(office, &new), (office, &stolen), (&beside, &new), (&beside, &stolen)] {
        assert!(matches!(recognise(office, token).await, Recognised::Ended(Ended::Copied)), "each is told why");
    }
    assert_eq!(entries(office, "officer.session_copied"), 1, "and the journal once");
    assert_eq!(notify::follow(office).await.unwrap(), 1);
    let entry = office.store().read_blocking(|tx| read::newest_of_kind(tx, "officer.session_copied", u64::MAX, 1)).unwrap().remove(0);
    assert_eq!((entry.subject, entry.stamp.actor), (Subject::Officer(officer.id), None));
    // It is in no list any more.
    test.clock.advance_seconds(60);
    let again = by_password(office, arrival(), &officer, PASSWORD).await.unwrap();
    let by = signed_in(office, &again.token).await.context;
    let (keyring, of) = (office.store().keyring().clone(), officer.id);
    let listed = office.read(move |tx| session::list(tx, &keyring, &by, of)).await.unwrap();
    assert_eq!(listed.iter().map(|listed| listed.is_this).collect::<Vec<_>>(), [true]);
}

#[tokio::test]
async fn two_processes_undo_nothing_of_each_other() {
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let beside = another(&test, test.clock.clone());
    let mut token = officer.begun.token.clone();
    signed_in(office, &token).await;
    signed_in(&beside, &token).await;
    // The one proves; the other still remembers the session without the proof, and notes that it was used.
    test.clock.advance_seconds(400);
    let by = signed_in(office, &token).await.context;
    assert!(!by.fresh);
    let code = totp::code(&officer.secret, office.now());
    let proved = sign_in::prove_with_code(office, arrival(), &by, &code).await.unwrap();
    test.clock.advance_seconds(70);
    assert!(signed_in(&beside, &token).await.context.fresh, "the proof is not lost");
    token = proved;
    assert!(signed_in(&beside, &token).await.context.fresh && signed_in(office, &token).await.context.fresh);
    // Used in one only: it is not idle in the other, which last saw it long ago.
    for _ in 0..4 {
        test.clock.advance_seconds(20 * 60);
        if let Some(new) = signed_in(office, &token).await.new_token {
            token = new;
        }
    }
    signed_in(&beside, &token).await;
    // Both offer a new token at once: the browser holds the one or the other, and is in with each that was not replaced.
    test.clock.advance_seconds(ROTATE_SECONDS);
    let (one, two) = (signed_in(office, &token).await.new_token, signed_in(&beside, &token).await.new_token);
    assert!(one.is_some() && two.is_none(), "offered once");
    token = one.unwrap();
    signed_in(&beside, &token).await;
    signed_in(office, &token).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_was_ended_does_not_come_back() {
    let test = TestOffice::new();
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let mut soft = with_passkey(&test, &officer, 1).await;
    for round in 0..30 {
        let begun = by_passkey(&test.office, &mut soft).await.unwrap();
        let by = signed_in(&test.office, &begun.token).await.context;
        // Busy browsers, whose requests load and remember the session all the time, also because others change officers meanwhile.
        let busy: Vec<_> = (0..4)
            .map(|_| {
                let (office, token) = (test.office.clone(), begun.token.clone());
                tokio::spawn(async move {
                    while signed(&office, &token).await {
                        // What is remembered is answered without waiting: the timer must have its turn.
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        let id = by.session.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(round % 7)).await;
        test.office.write(move |write| session::end(write, &by, id)).await.unwrap();
        for _ in 0..20 {
            assert!(!signed(&test.office, &begun.token).await, "round {round}");
        }
        for task in busy {
            task.await.unwrap();
        }
        assert!(!signed(&test.office, &begun.token).await, "round {round}");
    }
}

async fn signed(office: &Office, token: &Token) -> bool {
    recognise(office, token).await.signed_in().is_some()
}

#[tokio::test]
async fn a_password_hashed_at_less_cost_is_hashed_anew_at_the_next_sign_in() {
    // Of PASSWORD with 8 MiB, computed with argon2-cffi.
    const WEAK: &str = "$argon2id$v=19$m=8192,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$sk3Av/WQHACk3rKohVXcNW0uMFFIy+20fNa4NUFwKas";
    let test = TestOffice::new();
    let office = &test.office;
    let officer = test.officer("ratih", &[Role::Desk]).await;
    let kept = || {
        let (keyring, id) = (office.store().keyring().clone(), officer.id);
        let rows = office.store().read_blocking(move |tx| officers::credentials(tx, &keyring, id)).unwrap();
        let phc = rows.into_iter().filter_map(|row| match row.credential {
            Credential::Password { phc } => Some((row.id, phc.reveal().to_owned())),
            _ => None,
        });
        phc.collect::<Vec<_>>()
    };
    let (old, id) = (kept()[0].0, officer.id);
    let stamp = Stamp { at: START, actor: Some(id), role: Role::Desk, purpose: siger_domain::access::Purpose::Administration };
    office
        .write(move |write| {
            write.append(stamp, Subject::Officer(id), &Event::CredentialRemoved(body::CredentialRemoved { id: old }))?;
            let credential = Credential::Password { phc: Personal::new(WEAK.into()) };
            Ok(write.append(stamp, Subject::Officer(id), &Event::CredentialAdded(body::CredentialAdded { id: old, label: "password".into(), credential }))?)
        })
        .await
        .unwrap();
    test.clock.advance_seconds(60);
    assert!(by_password(office, arrival(), &officer, "salah sekali ini").await.is_err());
    assert_eq!(kept()[0].1, WEAK, "who does not know it changes nothing");
    by_password(office, arrival(), &officer, PASSWORD).await.unwrap();
    let [(_, now)] = &kept()[..] else { panic!("one password") };
    assert!(now.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{now}");
    test.clock.advance_seconds(60);
    by_password(office, arrival(), &officer, PASSWORD).await.unwrap();
}
