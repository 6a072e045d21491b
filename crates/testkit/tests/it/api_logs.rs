//! What the program writes down about its work says nothing about anybody: a story through the real router, with all its log
//! lines caught at the level of debugging.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use siger_domain::access::Role;
use siger_testkit::office::PASSWORD;
use tracing_subscriber::fmt::MakeWriter;

use crate::api::{Api, Ask, person};

#[derive(Clone, Default)]
struct Caught(Arc<Mutex<Vec<u8>>>);

impl Write for Caught {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Caught {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const SECRETS: &[&str] =
    &["Zulaikha", "Marbun", "ZX9081726", "rahasiakecil", "1974-12-19", "uniklogin", "cari-nama-ini", PASSWORD, "kunci-idempotensi", "QQ-55-QQ"];

#[test]
fn a_story_leaves_no_personal_data_in_logs_or_refusals() {
    let caught = Caught::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(caught.clone()).finish();
    // The storage thread has no subscriber of its own, so the whole process gets this one; other tests only add lines.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (refusals, token) = runtime.block_on(story());
    let lines = String::from_utf8(caught.0.lock().unwrap().clone()).unwrap();
    assert!(lines.contains("answered") && lines.contains("/api/v1/persons/{id}"), "the lines of the requests were caught:\n{lines}");
    for secret in SECRETS.iter().copied().chain([token.as_str()]) {
        for line in lines.lines() {
            assert!(!line.to_lowercase().contains(&secret.to_lowercase()), "a log line tells {secret}: {line}");
        }
        for refusal in &refusals {
            assert!(!refusal.contains(secret), "a refusal tells {secret}: {refusal}");
        }
    }
}

/// What was answered to requests that were refused, and the token of the session.
async fn story() -> (Vec<String>, String) {
    let api = Api::new();
    let desk = api.test.officer("uniklogin", &[Role::Desk]).await;
    let privacy = api.test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let mut refusals = Vec::new();
    let made = api.ask(Ask::post("/api/v1/persons", &person("Zulaikha Marbun", "ZX9081726")).by(&desk).header("idempotency-key", "kunci-idempotensi")).await;
    assert!(made.status.is_success(), "{}", made.text);
    let file = made.headers["location"].to_str().unwrap().to_owned();
    let notes = format!("{file}/notes");
    let good = [
        Ask::get(&file),
        Ask::get("/api/v1/persons"),
        Ask::post("/api/v1/persons/lookup", &json!({ "issuer": "MYS", "number": "ZX9081726" })),
        Ask::post(&notes, &json!({ "text": "rahasiakecil" })),
        Ask::post(format!("{file}/documents"), &json!({ "kind": "passport", "issuer": "MYS", "number": "QQ-55-QQ" })),
    ];
    for ask in good {
        let answer = api.ask(ask.by(&desk)).await;
        assert!(answer.status.is_success(), "{}", answer.text);
    }
    let bad = [
        Ask::post("/api/v1/persons", &person("Zulaikha Marbun", "ZX9081726")),
        Ask::post("/api/v1/persons", &json!({ "identity": { "name": "Zulaikha", "born": "1974-12-19x", "sex": "Marbun", "nationality": "ZX9081726" } })),
        Ask::post(&notes, &json!({ "rahasiakecil": "Zulaikha" })),
        Ask::post(&notes, &json!({ "text": { "Zulaikha": 1 } })),
        Ask::post(&notes, &json!("rahasiakecil")),
        Ask::post(&notes, &json!(null)).raw("{\"text\": rahasiakecil"),
        Ask::post("/api/v1/persons/lookup", &json!({ "issuer": "Zulaikha", "number": "rahasiakecil'" })),
        Ask::post(&notes, &json!({ "text": "lain" })).header("idempotency-key", "kunci-idempotensi-ä"),
        Ask::post(&notes, &json!({ "text": "lain" })).header("x-purpose", "Zulaikha"),
        Ask::get("/api/v1/persons?name=cari-nama-ini"),
        Ask::get("/api/v1/persons/cari-nama-ini"),
    ];
    for ask in bad {
        let answer = api.ask(ask.by(&desk)).await;
        assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.text);
        refusals.push(answer.text);
    }
    // A page leads back to the address that was asked for (to change the language), so only its log lines are looked at.
    for address in ["/persons/cari-nama-ini?q=Zulaikha", "/cari-nama-ini"] {
        assert!(api.ask(Ask::get(address).by(&desk)).await.status.is_client_error());
    }
    // A form of signing in that is wrong, from nobody.
    let form = Ask::post("/sign-in", &json!(null)).header("content-type", "application/x-www-form-urlencoded");
    let wrong = api.ask(form.raw("login=uniklogin&password=rahasiakecil")).await;
    assert!(!wrong.text.contains("rahasiakecil"), "a password comes back: {}", wrong.text);
    let asked = json!({ "matter": "erase", "person": made.json()["id"], "ground": "Zulaikha" });
    refusals.push(api.ask(Ask::post("/api/v1/requests", &asked).by(&privacy)).await.text);
    (refusals, desk.begun.token.to_cookie())
}
