//! The page of the office's keys.

use std::sync::Arc;

use super::{Browser, Desk};
use siger_app::job;
use siger_app::notify::Off;
use siger_domain::access::Role;
use siger_storage::journal::read;
use siger_storage::keyring::{KeyState, Which};

/// The id of the key of a kind in a state.
fn key(desk: &Desk, which: Which, state: KeyState) -> Option<String> {
    desk.test.office.store().keyring().list().into_iter().find(|key| key.which == which && key.state == state).map(|key| key.id)
}

async fn entries(desk: &Desk, kind: &'static str) -> usize {
    desk.test.office.read(move |tx| Ok(read::newest_of_kind(tx, kind, u64::MAX, 100)?)).await.unwrap().len()
}

async fn rotate(browser: &mut Browser<'_>, which: &str) {
    assert_eq!(browser.post(&format!("/office/keys/{which}/rotate"), &[]).await.is(303).to(), "/office/keys");
}

#[tokio::test]
async fn keys_are_listed_rotated_and_retired() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    admin.get("/office").await.is(200).says("href=\"/office/keys\"");
    let before = admin.get("/office/keys").await.is(200).says("siger keys rotate office").says_not("/office/keys/office/rotate").says_not("/retire");
    for known in desk.test.office.store().keyring().list() {
        assert!(before.text.contains(&known.id), "{}", known.id);
    }
    for which in [Which::Log, Which::Seal] {
        let old = key(&desk, which, KeyState::Current).unwrap();
        let path = format!("/office/keys/{}/{old}/retire", which.as_str());
        admin.post(&path, &[]).await.is(409).says("This key is in use");
        rotate(&mut admin, which.as_str()).await;
        assert_eq!(key(&desk, which, KeyState::Overlap).unwrap(), old);
        admin.get("/office/keys").await.is(200).says(&format!("action=\"{path}\""));
        assert_eq!(admin.post(&path, &[]).await.is(303).to(), "/office/keys");
        assert_eq!(key(&desk, which, KeyState::Retired).unwrap(), old);
        admin.get("/office/keys").await.is(200).says("Retired").says_not(&path);
        // Again changes nothing and writes nothing.
        admin.post(&path, &[]).await.is(303);
    }
    assert_eq!((entries(&desk, "key.rotated").await, entries(&desk, "key.retired").await), (2, 2));
    admin.post("/office/keys/log/00/retire", &[]).await.is(404);
    admin.post("/office/keys/none/rotate", &[]).await.is(404);
    // No page can take a new root secret.
    admin.post("/office/keys/office/rotate", &[]).await.is(422).says("siger keys rotate office");
}

#[tokio::test]
async fn an_old_lookup_key_stays_until_the_hashes_are_new() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let old = key(&desk, Which::Lookup, KeyState::Current).unwrap();
    let path = format!("/office/keys/lookup/{old}/retire");
    rotate(&mut admin, "lookup").await;
    admin.get("/office/keys").await.is(200).says("being computed anew").says("still needed").says_not(&path);
    admin.post(&path, &[]).await.is(409).says("still being computed anew");
    let ran = job::run_due(&desk.test.office, &(Arc::new(Off) as _)).await.unwrap();
    assert_eq!((ran.again, ran.given_up), (0, 0));
    admin.get("/office/keys").await.is(200).says_not("being computed anew").says(&path);
    admin.post(&path, &[]).await.is(303);
    assert_eq!(key(&desk, Which::Lookup, KeyState::Retired).unwrap(), old);
}

#[tokio::test]
async fn changes_ask_for_a_fresh_sign_in_and_only_who_may_sees_them() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Administrator]).await;
    let mut stale = desk.stale(&ratih).await;
    stale.get("/office/keys").await.is(200).says("/office/keys/log/rotate");
    let asked = stale.post("/office/keys/log/rotate", &[]).await.is(303);
    assert_eq!(asked.to(), "/fresh?next=%2Foffice%2Fkeys&what=office.keys");
    assert_eq!(entries(&desk, "key.rotated").await, 0);
    stale.confirm(&ratih).await;
    rotate(&mut stale, "log").await;
    let (_, mut auditor) = desk.officer("nyoman", &[Role::Auditor]).await;
    auditor.get("/office/keys").await.is(200).says_not("/rotate\"").says_not("/retire\"");
}
