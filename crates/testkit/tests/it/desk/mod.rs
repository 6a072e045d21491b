//! The desk's pages through the real router, as a browser without script asks them: a jar of cookies, forms with their hidden
//! field, no redirect followed unless a test does.

mod account;
mod edge;
mod home;
mod journal;
mod keys;
mod office;
mod officer;
mod person;
mod request;
mod routes;
mod sign_in;
mod upload;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use siger_app::identity::totp;
use siger_domain::access::Role;
use siger_testkit::office::{PASSWORD, TestOffice, TestOfficer};
use siger_web::asset::Assets;
use siger_web::server::{Config, State, router};
use std::net::SocketAddr;
use tower::ServiceExt;

pub(crate) struct Desk {
    pub(crate) test: TestOffice,
    router: axum::Router,
}

/// A browser of one officer, or of nobody.
pub(crate) struct Browser<'a> {
    desk: &'a Desk,
    cookies: Vec<(String, String)>,
    pub(crate) csrf: String,
    /// Sent with every request besides what a browser always sends.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) peer: std::net::IpAddr,
}

pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Seen {
    /// Every address that the page leads to or asks for, besides itself in another language.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let ends = [" href=\"", " action=\"", " formaction=\"", " hx-get=\"", " src=\""];
        let all = ends.iter().flat_map(|open| self.text.split(open).skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")));
        all.filter(|address| !address.contains("lang=")).collect()
    }

    /// Where a redirect leads; empty for a page.
    pub(crate) fn to(&self) -> &str {
        self.headers.get("location").map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "to {:?}: {}", self.to(), self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, what: &str) -> Self {
        assert!(self.text.contains(what), "no {what:?} in {}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn says_not(self, what: &str) -> Self {
        assert!(!self.text.contains(what), "{what:?} in {}", self.text);
        self
    }

    /// The first text between two others.
    #[track_caller]
    pub(crate) fn between(&self, before: &str, after: &str) -> String {
        let rest = self.text.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {}", self.text)).1;
        rest.split(after).next().unwrap().to_owned()
    }
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::with(|config| config)
    }

    /// With other settings than a sample office has.
    pub(crate) fn with(change: impl FnOnce(Config) -> Config) -> Self {
        Self::of(TestOffice::new(), change)
    }

    /// On an office of one's own.
    pub(crate) fn of(test: TestOffice, change: impl FnOnce(Config) -> Config) -> Self {
        let config = Config { assets: Assets::builtin(), origin: "http://localhost:8080".into(), tls: false, proxies: Vec::new() };
        let router = router(State::new(test.office.clone(), change(config)));
        Self { test, router }
    }

    pub(crate) const fn nobody(&self) -> Browser<'_> {
        Browser { desk: self, cookies: Vec::new(), csrf: String::new(), headers: Vec::new(), peer: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST) }
    }

    /// A browser in which an officer is signed in, since some minutes: nothing is fresh any more.
    pub(crate) async fn stale(&self, officer: &TestOfficer) -> Browser<'_> {
        self.test.clock.advance_seconds(400);
        self.signed_in(officer).await
    }

    /// A browser in which an officer is signed in just now.
    pub(crate) async fn signed_in(&self, officer: &TestOfficer) -> Browser<'_> {
        let mut browser = self.nobody();
        browser.cookies.push(("siger".into(), officer.begun.token.to_cookie()));
        let home = browser.get("/").await.is(200);
        browser.csrf = home.between("name=\"csrf\" value=\"", "\"");
        browser
    }

    /// An officer and a browser.
    pub(crate) async fn officer(&self, login: &str, roles: &[Role]) -> (TestOfficer, Browser<'_>) {
        let officer = self.test.officer(login, roles).await;
        let browser = self.signed_in(&officer).await;
        (officer, browser)
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        self.ask("GET", path, None).await
    }

    /// Sends a form with its hidden field.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let csrf = self.csrf.clone();
        let fields: Vec<(&str, &str)> = std::iter::once(("csrf", csrf.as_str())).chain(fields.iter().copied()).collect();
        self.post_bare(path, &fields).await
    }

    /// Sends exactly these fields.
    pub(crate) async fn post_bare(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body = fields.iter().map(|(key, value)| format!("{}={}", escape(key), escape(value))).collect::<Vec<_>>().join("&");
        self.ask("POST", path, Some(body)).await
    }

    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: Option<String>) -> Seen {
        self.send(method, path, body.map(|body| ("application/x-www-form-urlencoded".to_owned(), body.into_bytes()))).await
    }

    /// Sends a form with a file: its fields in this order, then the file.
    pub(crate) async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Seen {
        const BOUNDARY: &str = "----contoh";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send("POST", path, Some((format!("multipart/form-data; boundary={BOUNDARY}"), body))).await
    }

    /// Sends a body of a media type.
    pub(crate) async fn send(&mut self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> Seen {
        let (parts, body) = self.answer(method, path, body).await.into_parts();
        for set in parts.headers.get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        // What an open page listens to has no end.
        let listens = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let bytes = if listens { Vec::new() } else { to_bytes(body, 16 << 20).await.unwrap().to_vec() };
        Seen { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    /// An answer that has not been read yet.
    pub(crate) async fn open(&self, path: &str) -> Response {
        self.answer("GET", path, None).await
    }

    async fn answer(&self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> Response {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let mut request =
            Request::builder().method(method).uri(path).header("host", "localhost:8080").header("cookie", cookies).header("accept-language", "en");
        if let Some((media, _)) = &body {
            request = request.header("content-type", media).header("origin", "http://localhost:8080");
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let mut request = request.body(body.map_or_else(Body::empty, |(_, body)| Body::from(body))).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.peer, 4711)));
        self.desk.router.clone().oneshot(request).await.unwrap()
    }

    /// Confirms by a code that it is still them.
    pub(crate) async fn confirm(&mut self, officer: &TestOfficer) {
        // A code works once; the next one comes after half a minute.
        self.desk.test.clock.advance_seconds(30);
        let code = totp::code(&officer.secret, self.desk.test.office.now());
        self.post("/fresh", &[("next", "/"), ("code", &code)]).await.is(303);
    }

    /// Signs in with password and code.
    pub(crate) async fn sign_in(&mut self, login: &str, secret: &totp::Secret) -> Seen {
        self.desk.test.clock.advance_seconds(30);
        let code = totp::code(secret, self.desk.test.office.now());
        self.post_bare("/sign-in", &[("login", login), ("password", PASSWORD), ("code", &code)]).await
    }
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
