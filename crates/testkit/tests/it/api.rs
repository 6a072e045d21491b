//! The API through the real router: what it answers, once and again, and to whom.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use siger_domain::access::Role;
use siger_testkit::office::{TestOffice, TestOfficer};
use siger_web::asset::Assets;
use siger_web::server::{Config, State, router};
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;

pub(crate) struct Api {
    pub(crate) test: TestOffice,
    router: axum::Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("JSON, not {}", self.text))
    }
}

/// One request, for tests.
pub(crate) struct Ask<'a> {
    method: &'a str,
    path: String,
    headers: Vec<(&'a str, String)>,
    body: Option<String>,
    peer: IpAddr,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: None, peer: IpAddr::from([127, 0, 0, 1]) }
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { method: "POST", body: Some(body.to_string()), ..Self::get(path) }.header("content-type", "application/json")
    }

    pub(crate) fn header(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn by(self, officer: &TestOfficer) -> Self {
        self.header("cookie", format!("siger={}", officer.begun.token.to_cookie()))
    }

    /// Another body than JSON of a value.
    pub(crate) fn raw(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    fn from(mut self, peer: [u8; 4]) -> Self {
        self.peer = IpAddr::from(peer);
        self
    }
}

impl Api {
    pub(crate) fn new() -> Self {
        Self::with(|config| config)
    }

    fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let test = TestOffice::new();
        let config = Config { assets: Assets::builtin(), origin: "http://localhost:8080".into(), tls: false, proxies: Vec::new() };
        let router = router(State::new(test.office.clone(), change(config)));
        Self { test, router }
    }

    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(&ask.path).header("host", "localhost:8080");
        for (name, value) in &ask.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(ask.body.map_or_else(Body::empty, Body::from)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ask.peer, 4711)));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, 4 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

pub(crate) fn person(name: &str, number: &str) -> Value {
    json!({
        "identity": { "name": name, "born": "1985-03", "sex": "F", "nationality": "MYS" },
        "documents": [{ "kind": "passport", "issuer": "MYS", "number": number, "expires": "2031-05-01" }],
    })
}

async fn registered(api: &Api, desk: &TestOfficer) -> String {
    let made = api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "A1234567")).by(desk)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_repeated_request_happens_once() {
    let api = Api::new();
    let desk = api.test.officer("ratih", &[Role::Desk]).await;
    let other = api.test.officer("wati", &[Role::Desk]).await;
    let notes = format!("/api/v1/persons/{}/notes", registered(&api, &desk).await);
    let body = json!({ "text": "Datang dengan penjamin." });
    let keyed = |officer| Ask::post(&notes, &body).by(officer).header("idempotency-key", "4f0c-1");

    let first = api.ask(keyed(&desk)).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert!(!first.headers.contains_key("idempotent-replay"));
    let again = api.ask(keyed(&desk)).await;
    assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
    assert_eq!(again.headers["idempotent-replay"], "true");

    // Another body under the same key is a mistake; another officer's key, another route, or no key are other requests.
    let mistaken = api.ask(Ask::post(&notes, &json!({ "text": "Lain." })).by(&desk).header("idempotency-key", "4f0c-1")).await;
    assert_eq!(mistaken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(mistaken.headers["content-type"], "application/problem+json");
    for ask in [keyed(&other), Ask::post(&notes, &body).by(&desk), keyed(&desk).header("idempotency-key", "4f0c-2")] {
        let another = api.ask(ask).await;
        assert_eq!(another.status, StatusCode::CREATED);
        assert_ne!(another.text, first.text);
    }
    for key in [String::new(), "x".repeat(129), "ä".into()] {
        assert_eq!(api.ask(keyed(&desk).header("idempotency-key", key)).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_that_come_together_happen_once() {
    let api = std::sync::Arc::new(Api::new());
    let desk = std::sync::Arc::new(api.test.officer("ratih", &[Role::Desk]).await);
    let notes = format!("/api/v1/persons/{}/notes", registered(&api, &desk).await);
    let before = *api.test.office.store().tail().borrow();
    let asked: Vec<_> = (0..16)
        .map(|_| {
            let (api, desk, notes) = (api.clone(), desk.clone(), notes.clone());
            tokio::spawn(async move { api.ask(Ask::post(notes, &json!({ "text": "Sekali." })).by(&desk).header("idempotency-key", "k")).await })
        })
        .collect();
    let mut replays = 0;
    let mut texts = std::collections::BTreeSet::new();
    for asked in asked {
        let answer = asked.await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED);
        replays += usize::from(answer.headers.contains_key("idempotent-replay"));
        texts.insert(answer.text);
    }
    assert_eq!((replays, texts.len()), (15, 1));
    assert_eq!(*api.test.office.store().tail().borrow(), before + 1);
}

#[tokio::test]
async fn it_says_whether_it_lives_and_works() {
    let api = Api::new();
    assert_eq!(api.ask(Ask::get("/health")).await.status, StatusCode::OK);
    let ready = api.ask(Ask::get("/ready")).await;
    assert_eq!((ready.status, ready.json()["status"].as_str()), (StatusCode::OK, Some("ready")));
    // Numbers are looked up at once; that names are not all read yet is said, and counts for nothing.
    assert_eq!(ready.json()["building"], json!(["names"]));
    let follower = siger_app::index::spawn(&api.test.office);
    while !api.test.office.names().is_complete() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let ready = api.ask(Ask::get("/ready")).await;
    assert_eq!((ready.status, &ready.json()["building"]), (StatusCode::OK, &json!([])));
    follower.abort();
}

#[tokio::test]
async fn figures_are_for_this_machine_only() {
    let api = Api::new();
    api.ask(Ask::get("/health")).await;
    let form = Ask::post("/sign-in", &json!(null)).header("content-type", "application/x-www-form-urlencoded");
    api.ask(form.raw("login=siapa&password=salah")).await;
    let figures = api.ask(Ask::get("/metrics")).await;
    assert_eq!(figures.status, StatusCode::OK);
    assert!(figures.text.contains("siger_answer_seconds_bucket{route=\"/health\""), "{}", figures.text);
    assert!(figures.text.contains("siger_journal_entries"));
    assert!(figures.text.contains("siger_sign_in_refusals_total{why=\"wrong\"}"), "{}", figures.text);
    let through = |header| Ask::get("/metrics").header(header, "127.0.0.1");
    for elsewhere in [Ask::get("/metrics").from([203, 0, 113, 9]), through("x-forwarded-for"), through("forwarded"), through("x-real-ip"), through("via")] {
        assert_eq!(api.ask(elsewhere).await.status, StatusCode::NOT_FOUND);
    }
    // Not through a proxy that is trusted either, whoever it says is behind it.
    let proxies = vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()];
    let api = Api::with(|config| Config { proxies, ..config });
    for through in [Ask::get("/metrics").from([10, 0, 0, 1]), through("x-forwarded-for"), through("x-forwarded-for").from([10, 0, 0, 1])] {
        assert_eq!(api.ask(through).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(api.ask(Ask::get("/metrics")).await.status, StatusCode::OK, "a collector on this machine");
}
