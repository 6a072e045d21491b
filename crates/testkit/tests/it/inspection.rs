//! The counter through the API: a scan, what it finds, a decision, and what two officers do at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use siger_domain::access::Role;
use siger_storage::check;
use siger_testkit::office::TestOfficer;
use siger_testkit::zone::{zone, zone_of};

use crate::api::{Answer, Api, Ask};

/// An office whose index of names is complete.
async fn office() -> Api {
    let api = Api::new();
    siger_app::index::spawn(&api.test.office);
    while !api.test.office.names().is_complete() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    api
}

async fn scan(api: &Api, by: &TestOfficer, kind: &str, zone: &[String]) -> Answer {
    api.ask(Ask::post("/api/v1/inspections/scan", &json!({ "kind": kind, "zone": zone })).by(by)).await
}

async fn show(api: &Api, by: &TestOfficer, id: &str) -> Value {
    let answer = api.ask(Ask::get(format!("/api/v1/inspections/{id}")).by(by)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

async fn step(api: &Api, by: &TestOfficer, id: &str, seen: u64, step: Value) -> Answer {
    api.ask(Ask::post(format!("/api/v1/inspections/{id}/steps"), &json!({ "seen": seen, "step": step })).by(by)).await
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn number(answer: &Answer) -> u64 {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()["number"].as_u64().unwrap()
}

/// The status and the word of a problem; of refused fields, the first one's reason.
fn problem(answer: &Answer) -> (u16, String) {
    let json = answer.json();
    let kind = json["type"].as_str().unwrap().rsplit('-').next().unwrap().to_owned();
    (answer.status.as_u16(), json["faults"][0]["reason"].as_str().map_or(kind, str::to_owned))
}

fn state(shown: &Value, kind: &str) -> (String, String) {
    let found = shown["findings"].as_array().unwrap().iter().find(|finding| finding["kind"] == kind).unwrap();
    (found["state"].as_str().unwrap().to_owned(), found["reason"].as_str().unwrap_or_default().to_owned())
}

fn admit(word: &str) -> Value {
    json!({ "action": word, "purpose": "tourism", "until": "2026-12-23" })
}

fn clean(api: &Api) {
    assert_eq!(check::replay(api.test.office.store()).unwrap().findings, []);
    let verified = check::verify(api.test.office.store(), api.test.office.blobs(), check::Options::default()).unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
}

#[tokio::test]
async fn a_clear_traveller_is_scanned_admitted_and_given_a_receipt() {
    let api = office().await;
    let primary = api.test.officer("ratih", &[Role::Primary]).await;
    let lines = zone("CONTOH", "SITI", "A1234567");
    let before = *api.test.office.store().tail().borrow();
    let scanned = scan(&api, &primary, "arrival", &lines).await;
    let (case, seen) = (id(&scanned), number(&scanned));
    assert_eq!(*api.test.office.store().tail().borrow(), before + 2, "a file and the scan");
    let shown = show(&api, &primary, &case).await;
    assert_eq!((&shown["stage"], &shown["summary"], &shown["last_entry"]), (&json!("primary"), &json!("clear"), &json!(seen)));
    assert_eq!(shown["open"], json!(["take", "release", "admit", "refer", "withdraw"].iter().filter(|act| **act != "take").collect::<Vec<_>>()));
    assert!(shown["receipt"].is_null());

    // Sent twice under one key: decided once.
    let body = json!({ "seen": seen, "step": admit("admit") });
    let decide = || Ask::post(format!("/api/v1/inspections/{case}/steps"), &body).by(&primary).header("idempotency-key", "k-1");
    let (first, again) = (api.ask(decide()).await, api.ask(decide()).await);
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert_eq!((again.text, again.headers.contains_key("idempotent-replay")), (first.text.clone(), true));
    let shown = show(&api, &primary, &case).await;
    assert_eq!((&shown["stage"], &shown["purpose"], &shown["until"]), (&json!("admitted"), &json!("tourism"), &json!("2026-12-23")));
    assert!(shown["receipt"].as_str().unwrap().starts_with("WKN-2026-000001-"), "{shown}");
    assert_eq!(problem(&step(&api, &primary, &case, seen, admit("admit")).await), (409, "changed_since".into()));
    assert_eq!(problem(&step(&api, &primary, &case, number(&first), admit("admit")).await), (409, "inspection_not_here".into()));

    // A correction is an entry with a receipt of its own; the stay is not put right here yet.
    let corrected = step(&api, &primary, &case, number(&first), json!({ "action": "correct_purpose", "purpose": "business" })).await;
    number(&corrected);
    let shown = show(&api, &primary, &case).await;
    assert_eq!(shown["purpose"], "business");
    assert!(shown["receipt"].as_str().unwrap().starts_with("WKN-2026-000002-"), "{shown}");
    // Known now: found by the document, and everything checked anew.
    let known = scan(&api, &primary, "arrival", &lines).await;
    let second = show(&api, &primary, &id(&known)).await;
    assert_eq!((&second["person"], &second["summary"]), (&shown["person"], &json!("clear")));
    assert_eq!(state(&second, "identity"), ("clear".into(), "same".into()));
    clean(&api);
}

#[tokio::test]
async fn findings_stand_in_the_way_of_one_officer() {
    let api = office().await;
    let primary = api.test.officer("ratih", &[Role::Primary]).await;
    let secondary = api.test.officer("wati", &[Role::Secondary]).await;
    let scanned = scan(&api, &primary, "arrival", &zone_of("CONTOH", "BUDI", "A1", "850203", "200101")).await;
    let case = id(&scanned);
    let shown = show(&api, &primary, &case).await;
    assert_eq!((state(&shown, "document_validity"), &shown["summary"]), (("stop".into(), "expired".into()), &json!("stop")));
    assert_eq!(problem(&step(&api, &primary, &case, number(&scanned), admit("admit")).await), (422, "all_clear".into()));
    let referred = step(&api, &primary, &case, number(&scanned), json!({ "action": "refer", "cause": "finding" })).await;
    let queue = api.ask(Ask::get("/api/v1/inspections/queue/secondary").by(&secondary)).await.json();
    assert_eq!((&queue["inspections"][0]["id"], queue["inspections"].as_array().unwrap().len()), (&json!(case), 1));
    let taken = step(&api, &secondary, &case, number(&referred), json!({ "action": "take" })).await;
    let because = json!({ "action": "admit", "purpose": "tourism", "until": "2026-12-23", "because": "examined" });
    assert_eq!(problem(&step(&api, &secondary, &case, number(&taken), because).await), (422, "no_stop".into()));
    // Whoever leaves with a stop opens work for enforcement, whose list is not there: refused, not forgotten.
    assert_eq!(
        problem(&step(&api, &secondary, &case, number(&taken), json!({ "action": "withdraw", "cause": "left" })).await),
        (409, "inspection_not_yet".into())
    );

    // Attention is answered by the second look of another officer, with a ground.
    let child = scan(&api, &primary, "arrival", &zone_of("CONTOH", "ANAK", "A2", "150203", "320101")).await;
    let case = id(&child);
    assert_eq!(state(&show(&api, &primary, &case).await, "child"), ("attention".into(), "child".into()));
    let referred = step(&api, &primary, &case, number(&child), json!({ "action": "refer", "cause": "person" })).await;
    let taken = step(&api, &secondary, &case, number(&referred), json!({ "action": "take" })).await;
    assert_eq!(problem(&step(&api, &secondary, &case, number(&taken), admit("admit")).await), (422, "reasoned".into()));
    let because = json!({ "action": "admit", "purpose": "family", "until": "2026-12-23", "because": "examined" });
    number(&step(&api, &secondary, &case, number(&taken), because).await);
    clean(&api);
}

#[tokio::test]
async fn a_citizen_has_no_last_day_and_no_stay_to_watch() {
    let api = office().await;
    let primary = api.test.officer("ratih", &[Role::Primary]).await;
    let staying = |person: &Value| {
        let person: siger_domain::id::PersonId = person.as_str().unwrap().parse().unwrap();
        siger_testkit::engine::apart(|| api.test.office.store().read_blocking(move |tx| siger_storage::table::inspection::is_staying(tx, person))).unwrap()
    };
    let unlimited = json!({ "action": "admit", "purpose": "return", "until": "unlimited" });
    // The check digits do not cover the nationality.
    for (number_of, nationality, goes_on) in [("C1", "IDN", false), ("C2", "MYS", true)] {
        let mut lines = zone("CONTOH", if goes_on { "SITI" } else { "SARI" }, number_of);
        lines[1] = lines[1].replace("MYS", nationality);
        let scanned = scan(&api, &primary, "arrival", &lines).await;
        let case = id(&scanned);
        if !goes_on {
            assert_eq!(problem(&step(&api, &primary, &case, number(&scanned), admit("admit")).await), (422, "grant_fits".into()));
        }
        number(&step(&api, &primary, &case, number(&scanned), unlimited.clone()).await);
        let shown = show(&api, &primary, &case).await;
        assert_eq!((&shown["stage"], staying(&shown["person"])), (&json!("admitted"), goes_on), "{nationality}");
    }
    clean(&api);
}

#[tokio::test]
async fn two_officers_do_not_decide_past_each_other() {
    let api = office().await;
    let (one, two) = (api.test.officer("ratih", &[Role::Primary]).await, api.test.officer("wati", &[Role::Primary]).await);
    let lines = zone("CONTOH", "SITI", "A1234567");
    let scanned = scan(&api, &one, "arrival", &lines).await;
    let case = id(&scanned);
    assert_eq!(problem(&scan(&api, &two, "arrival", &lines).await), (409, "open_elsewhere".into()));
    assert_eq!(problem(&step(&api, &two, &case, number(&scanned), admit("admit")).await), (422, "held".into()));
    // The same officer scans again: joined, and checked anew.
    let again = scan(&api, &one, "arrival", &lines).await;
    assert_eq!(id(&again), case);
    let taken = step(&api, &two, &case, number(&again), json!({ "action": "take" })).await;
    assert_eq!(problem(&step(&api, &one, &case, number(&again), admit("admit")).await), (409, "changed_since".into()));
    number(&step(&api, &two, &case, number(&taken), admit("admit")).await);
    clean(&api);
}

#[tokio::test]
async fn the_counter_registers_visits_only_and_namesakes_are_told_apart() {
    let api = office().await;
    let desk = api.test.officer("ratih", &[Role::Desk]).await;
    assert_eq!(problem(&scan(&api, &desk, "arrival", &zone("CONTOH", "SITI", "A1")).await), (403, "role".into()));
    assert_eq!(problem(&scan(&api, &desk, "departure", &zone("CONTOH", "SITI", "A1")).await), (422, "not_yet".into()));
    let first = scan(&api, &desk, "visit", &zone("CONTOH", "SITI", "A1")).await;
    number(&step(&api, &desk, &id(&first), number(&first), admit("register")).await);
    // At once: also whom the index of names has not seen yet is a namesake.
    let other = scan(&api, &desk, "visit", &zone("CONTOH", "SITI", "A2")).await;
    let shown = show(&api, &desk, &id(&other)).await;
    assert_eq!(state(&shown, "namesake"), ("attention".into(), "same_name_and_date".into()));
    let found = shown["findings"].as_array().unwrap().iter().find(|finding| finding["kind"] == "namesake").unwrap();
    assert_eq!(found["refers"], show(&api, &desk, &id(&first)).await["person"]);
    assert_eq!(problem(&step(&api, &desk, &id(&other), number(&other), admit("register")).await), (422, "all_clear".into()));
    clean(&api);
}

#[tokio::test]
async fn what_cannot_be_checked_or_read_is_not_clear() {
    // The index of names is not built.
    let api = Api::new();
    let desk = api.test.officer("ratih", &[Role::Desk]).await;
    let scanned = scan(&api, &desk, "visit", &zone("CONTOH", "SITI", "A1")).await;
    let shown = show(&api, &desk, &id(&scanned)).await;
    assert_eq!((state(&shown, "namesake"), &shown["summary"]), (("not_checked".into(), "indexing".into()), &json!("pending")));
    assert_eq!(problem(&step(&api, &desk, &id(&scanned), number(&scanned), admit("register")).await), (422, "all_clear".into()));

    let good = zone("CONTOH", "BUDI", "B1");
    let changed = |at: usize, with: &str| vec![good[0].clone(), format!("{}{with}{}", &good[1][..at], &good[1][at + with.len()..])];
    let long = vec!["P".repeat(5_000), good[1].clone()];
    let before = *api.test.office.store().tail().borrow();
    for (what, lines, reason) in [
        ("nothing", vec![], "no_zone"),
        ("a word", vec!["SITI".into()], "no_zone"),
        ("too long", long, "no_zone"),
        ("the number is misread", changed(1, "2"), "document_number"),
        ("the date of birth is misread", changed(13, "9"), "not_valid"),
        ("no such month", changed(15, "19"), "not_valid"),
    ] {
        assert_eq!(problem(&scan(&api, &desk, "visit", &lines).await), (422, reason.into()), "{what}");
    }
    assert_eq!(*api.test.office.store().tail().borrow(), before, "nothing was written");
    clean(&api);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn decisions_that_come_together_are_made_once_and_no_receipt_number_is_given_twice() {
    let api = Arc::new(office().await);
    let primary = Arc::new(api.test.officer("ratih", &[Role::Primary]).await);
    let mut cases = Vec::new();
    for number_of in 0..6 {
        let scanned = scan(&api, &primary, "arrival", &zone("CONTOH", &"ABCDEF"[number_of..=number_of].repeat(4), &format!("A{number_of}"))).await;
        cases.push((id(&scanned), number(&scanned)));
    }
    let asked: Vec<_> = (0..24)
        .map(|at| {
            let (api, primary, (case, seen)) = (api.clone(), primary.clone(), cases[at % cases.len()].clone());
            tokio::spawn(async move { step(&api, &primary, &case, seen, admit("admit")).await.status.as_u16() })
        })
        .collect();
    let (mut made, mut refused) = (0, 0);
    for asked in asked {
        match asked.await.unwrap() {
            201 => made += 1,
            409 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!((made, refused), (6, 18));
    let mut receipts = BTreeSet::new();
    for (case, _) in &cases {
        receipts.insert(show(&api, &primary, case).await["receipt"].as_str().unwrap()[..15].to_owned());
    }
    assert_eq!(receipts, (1..=6).map(|running| format!("WKN-2026-{running:06}")).collect());
    clean(&api);
}
