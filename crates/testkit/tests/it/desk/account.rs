//! An officer's own ways to sign in, through the pages.

use super::{Desk, Seen};
use crate::soft::Soft;
use siger_app::identity::passkey::PASSKEYS_MAX;
use siger_app::identity::totp::{self, Secret};
use siger_domain::access::Role;

#[tokio::test]
async fn a_password_is_changed_and_weak_ones_are_refused() {
    let desk = Desk::new();
    let (wati, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    browser.get("/account").await.is(200).says("Password").says("Code generator").says("needed").says("this one");
    browser.get("/account/password").await.is(200).says("value=\"wati\"");
    for weak in ["short", "123456789012", "wati wati wati", "aaaaaaaaaaaaaaaa"] {
        browser.post("/account/password", &[("password", weak)]).await.is(422).says("error-summary").says_not(&format!("value=\"{weak}\""));
    }
    browser.post_bare("/account/password", &[("password", "perahu kayu di way besai")]).await.is(403);
    assert_eq!(browser.post("/account/password", &[("password", "perahu kayu di way besai")]).await.is(303).to(), "/account");
    // The old one opens nothing any more.
    desk.nobody().sign_in("wati", &wati.secret).await.is(422);
    desk.test.clock.advance_seconds(60);
    let code = totp::code(&wati.secret, desk.test.office.now());
    let mut again = desk.nobody();
    again.post_bare("/sign-in", &[("login", "wati"), ("password", "perahu kayu di way besai"), ("code", &code)]).await.is(303);
}

#[tokio::test]
async fn the_code_generator_is_replaced_once_the_new_one_has_shown_a_code() {
    let desk = Desk::new();
    let (wati, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let shown = browser.get("/account/code").await.is(200).says("<svg");
    let typed = shown.between("id=\"secret\" translate=\"no\">", "<");
    let secret = Secret::from_base32(&typed.replace(' ', "")).unwrap();
    // After a wrong code the same secret is shown: it may be in the phone already.
    browser.post("/account/code", &[("code", "000000")]).await.is(422).says(&typed).says("<svg");
    let code = totp::code(&secret, desk.test.office.now());
    assert_eq!(browser.post("/account/code", &[("code", &code)]).await.is(303).to(), "/account");
    desk.nobody().sign_in("wati", &wati.secret).await.is(422);
    let mut again = desk.nobody();
    again.sign_in("wati", &secret).await.is(303);
}

#[tokio::test]
async fn a_complete_way_must_remain_and_changes_ask_for_a_fresh_sign_in() {
    let desk = Desk::new();
    let (wati, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let by = desk.test.context(&wati).await;
    let ways = siger_app::account::ways(&desk.test.office, &by).await.unwrap();
    for way in &ways {
        browser.post(&format!("/account/ways/{}/remove", way.id), &[]).await.is(409).says("One complete way to sign in must remain");
    }
    // Somebody else's is not there.
    let (_, mut other) = desk.officer("made", &[Role::Desk]).await;
    other.post(&format!("/account/ways/{}/remove", ways[0].id), &[]).await.is(404);
    let mut stale = desk.stale(&wati).await;
    for path in ["/account/password", "/account/code", "/account/passkey"] {
        let to = stale.get(path).await.is(303).to().to_owned();
        assert_eq!(to, format!("/fresh?next={}&what=officer.credential", path.replace('/', "%2F")));
    }
    assert!(stale.post("/account/password", &[("password", "perahu kayu di way besai")]).await.is(303).to().starts_with("/fresh"));
    stale.get("/account").await.is(200);
    stale.confirm(&wati).await;
    stale.get("/account/passkey").await.is(200).says("data-passkey=\"create\"").says("noscript");
    let options = stale.post("/account/passkey/start", &[("label", "Laptop")]).await.is(200);
    assert!(options.text.contains("challenge"), "{}", options.text);
}

#[tokio::test]
async fn other_sign_ins_are_ended_from_the_account() {
    let desk = Desk::new();
    let (wati, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let mut elsewhere = desk.nobody();
    elsewhere.sign_in("wati", &wati.secret).await.is(303);
    let end = browser.get("/account").await.is(200).between("action=\"/account/sign-ins/", "\"");
    assert_eq!(browser.post(&format!("/account/sign-ins/{end}"), &[]).await.is(303).to(), "/account");
    assert!(elsewhere.get("/").await.is(303).to().starts_with("/sign-in"));
    browser.get("/account").await.is(200).says_not("action=\"/account/sign-ins/");
    browser.post(&format!("/account/sign-ins/{end}"), &[]).await.is(404);
}

#[tokio::test]
async fn each_button_that_removes_says_what() {
    let desk = Desk::new();
    let (wati, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let by = desk.test.context(&wati).await;
    for (seed, label) in [(1, "Laptop"), (2, "Ponsel")] {
        let mut soft = Soft::new(seed, "http://localhost:8080", "localhost");
        let (options, ceremony) = siger_app::account::start_passkey(&desk.test.office, &by).await.unwrap();
        siger_app::account::finish_passkey(&desk.test.office, &by, &ceremony, &soft.register(&options), label).await.unwrap();
    }
    let page = browser.get("/account").await.is(200);
    for way in ["Password", "Code generator", "Passkey: Laptop", "Passkey: Ponsel"] {
        // Once on the button that opens the question, once on the one that removes.
        assert_eq!(page.text.matches(&format!("<span class=\"unseen\"> {way}</span>")).count(), 2, "{way}: {}", page.text);
    }
}

/// Browsers drop a cookie above 4,096 bytes without a word, so the state between the two requests of a ceremony must not grow with the passkeys.
#[tokio::test]
async fn whoever_has_all_the_passkeys_that_are_allowed_confirms_with_each() {
    const COOKIE_BYTES_MAX: usize = 2_048;
    let short = |seen: Seen| {
        for cookie in seen.headers.get_all("set-cookie") {
            assert!(cookie.len() < COOKIE_BYTES_MAX, "a cookie of {} bytes", cookie.len());
        }
        seen.text
    };
    let desk = Desk::new();
    let (_, mut browser) = desk.officer("wati", &[Role::Desk]).await;
    let mut softs = Vec::new();
    let answered = |csrf: &str, answer: &str| {
        let credential: serde_json::Value = serde_json::from_str(answer).unwrap();
        let sent = serde_json::json!({ "csrf": csrf, "next": "/account", "label": "Kunci", "credential": credential });
        Some(("application/json".to_owned(), sent.to_string().into_bytes()))
    };
    for seed in 1..=PASSKEYS_MAX as u8 {
        let mut soft = Soft::new(seed, "http://localhost:8080", "localhost");
        soft.id = vec![seed; 128];
        let options = short(browser.post("/account/passkey/start", &[]).await.is(200));
        let made = answered(&browser.csrf, &soft.register(&options));
        browser.send("POST", "/account/passkey/finish", made).await.is(200);
        softs.push(soft);
    }
    browser.post("/account/passkey/start", &[]).await.is(409);
    for mut soft in softs {
        desk.test.clock.advance_seconds(400);
        assert!(browser.get("/account/password").await.is(303).to().starts_with("/fresh"));
        let options = short(browser.post("/fresh/passkey/start", &[]).await.is(200));
        assert_eq!(options.matches("\"public-key\"").count(), PASSKEYS_MAX, "each may answer: {options}");
        let signed = answered(&browser.csrf, &soft.sign(&options));
        browser.send("POST", "/fresh/passkey/finish", signed).await.is(200);
        browser.get("/account/password").await.is(200);
    }
}
