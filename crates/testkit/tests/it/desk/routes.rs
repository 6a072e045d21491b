//! Every route without a sign-in and as every role, with what its answers say to the browser. A route that is not in the table fails the test, so that nobody
//! adds one and forgets to think who may use it.

use super::{Browser, Desk, Seen};
use siger_app::access::Access;
use siger_app::access::matrix::Matrix;
use siger_domain::access::{Action, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who may use a route.
#[derive(Clone, Copy, Debug)]
enum For {
    /// Anybody, also signed out.
    Anybody,
    /// Every officer who is signed in, for what is their own.
    Officers,
    /// Those who may do one of these to anybody's; one's own is not tried here.
    Who(&'static [Action]),
}

use For::{Anybody, Officers, Who};

/// Method, path as registered, who. `{id}` and the like stand for the identifiers below.
const ROUTES: &[(&str, &str, For)] = &[
    ("GET", "/", Officers),
    ("GET", "/sign-in", Anybody),
    ("POST", "/sign-in", Anybody),
    ("POST", "/sign-in/passkey/start", Anybody),
    ("POST", "/sign-in/passkey/finish", Anybody),
    ("POST", "/sign-out", Officers),
    ("GET", "/join", Anybody),
    ("POST", "/join", Anybody),
    ("GET", "/join/{code}", Anybody),
    ("GET", "/join/{code}/password", Anybody),
    ("POST", "/join/{code}/password", Anybody),
    ("GET", "/join/{code}/code", Anybody),
    ("POST", "/join/{code}/code", Anybody),
    ("POST", "/join/{code}/passkey/start", Anybody),
    ("POST", "/join/{code}/passkey/finish", Anybody),
    ("GET", "/fresh", Officers),
    ("POST", "/fresh", Officers),
    ("POST", "/fresh/passkey/start", Officers),
    ("POST", "/fresh/passkey/finish", Officers),
    ("GET", "/style", Anybody),
    ("POST", "/look", Anybody),
    ("GET", "/assets/{file}", Anybody),
    // Signed out it says only that.
    ("GET", "/live", Anybody),
    ("GET", "/health", Anybody),
    ("GET", "/ready", Anybody),
    // Anybody on this machine.
    ("GET", "/metrics", Anybody),
    // What is none of the API's operations; those have a table of their own.
    ("ANY", "/api/{*rest}", Anybody),
    ("GET", "/officers", Who(&[Action::OfficerList])),
    ("GET", "/officers/new", Who(&[Action::OfficerInvite])),
    ("POST", "/officers/new", Who(&[Action::OfficerInvite])),
    ("GET", "/officers/{id}", Who(&[Action::OfficerList])),
    ("GET", "/officers/{id}/roles", Who(&[Action::OfficerRoles])),
    ("POST", "/officers/{id}/roles", Who(&[Action::OfficerRoles])),
    ("GET", "/officers/{id}/leave", Anybody),
    ("POST", "/officers/{id}/leave", Who(&[Action::OfficerLeave])),
    ("POST", "/officers/{id}/suspend", Who(&[Action::OfficerSuspend])),
    ("POST", "/officers/{id}/restore", Who(&[Action::OfficerRestore])),
    ("POST", "/officers/{id}/recover", Who(&[Action::OfficerRecover])),
    ("POST", "/officers/{id}/withdraw-code", Who(&[Action::OfficerWithdraw])),
    ("POST", "/officers/{id}/sign-ins/{session}/end", Who(&[Action::SessionRevoke])),
    ("GET", "/persons", Who(&[Action::PersonSearch])),
    ("GET", "/persons/search", Anybody),
    ("POST", "/persons/search", Who(&[Action::PersonSearch])),
    ("GET", "/persons/new", Who(&[Action::PersonRegister])),
    ("POST", "/persons/new", Who(&[Action::PersonRegister])),
    ("GET", "/persons/{id}", Who(&[Action::PersonRead])),
    ("GET", "/persons/{id}/readers", Who(&[Action::PersonReaders])),
    ("GET", "/persons/{id}/notes", Anybody),
    ("POST", "/persons/{id}/notes", Who(&[Action::PersonNote])),
    ("GET", "/persons/{id}/correct", Who(&[Action::PersonCorrect])),
    ("POST", "/persons/{id}/correct", Who(&[Action::PersonCorrect])),
    ("GET", "/persons/{id}/documents", Who(&[Action::PersonCorrect])),
    ("POST", "/persons/{id}/documents", Who(&[Action::PersonCorrect])),
    ("GET", "/persons/{id}/papers", Who(&[Action::BlobStore])),
    ("GET", "/persons/{id}/blobs", Anybody),
    ("POST", "/persons/{id}/blobs", Who(&[Action::BlobStore])),
    ("GET", "/persons/{id}/blobs/{blob}", Who(&[Action::BlobRead])),
    ("GET", "/persons/{id}/erase", Who(&[Action::PersonErase])),
    ("POST", "/persons/{id}/erase", Who(&[Action::PersonErase])),
    ("GET", "/journal", Who(&[Action::JournalList])),
    ("GET", "/journal/{number}", Who(&[Action::JournalProve])),
    ("GET", "/journal/{number}/receipt", Who(&[Action::JournalProve])),
    ("GET", "/log/checkpoint", Anybody),
    ("GET", "/log/vkey", Anybody),
    ("GET", "/log/tile/{*rest}", Anybody),
    ("GET", "/requests", Officers),
    ("GET", "/requests/{id}", Who(&[Action::RequestList])),
    ("POST", "/requests/{id}/approve", Who(&[Action::RequestRoles])),
    ("POST", "/requests/{id}/decline", Who(&[Action::RequestRoles])),
    ("POST", "/requests/{id}/withdraw", Who(&[Action::RequestWithdraw])),
    ("GET", "/account", Officers),
    ("GET", "/account/passkey", Officers),
    ("POST", "/account/passkey/start", Officers),
    ("POST", "/account/passkey/finish", Officers),
    ("GET", "/account/password", Officers),
    ("POST", "/account/password", Officers),
    ("GET", "/account/code", Officers),
    ("POST", "/account/code", Officers),
    // One's own only: for another's identifier there is no such thing.
    ("POST", "/account/ways/{id}/remove", Who(&[Action::OfficerCredential])),
    ("POST", "/account/sign-ins/{id}/end", Who(&[Action::SessionRevoke])),
    ("GET", "/office", Who(&[Action::OfficeRead])),
    ("GET", "/office/keys", Who(&[Action::OfficeRead])),
    ("POST", "/office/keys/{which}/rotate", Who(&[Action::OfficeKeys])),
    ("POST", "/office/keys/{which}/{id}/retire", Who(&[Action::OfficeKeys])),
    ("GET", "/office/access", Who(&[Action::OfficeRead])),
    ("POST", "/office/backup", Who(&[Action::OfficeBackup])),
    ("GET", "/office/retention", Who(&[Action::OfficeRead, Action::RetentionPreview])),
    ("POST", "/office/retention/apply", Who(&[Action::RetentionApply])),
    ("GET", "/office/jobs", Who(&[Action::JobList])),
];

/// The pairs of method and path that the source registers: `.route(PATH, get(..).post(..))`.
fn registered() -> BTreeSet<(String, String)> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/src");
    let constants: BTreeMap<String, String> = std::fs::read_to_string(web.join("address.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \""))
        .map(|(name, value)| (format!("address::{name}"), value.trim_end_matches("\";").to_owned()))
        .collect();
    let mut found = BTreeSet::new();
    let mut folders = vec![web.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap();
            for registration in text.split(".route(").skip(1) {
                let (address, rest) = registration.split_once(',').unwrap();
                let address = address.trim();
                // The operations of the API, from their list.
                if address.starts_with("&format!") {
                    continue;
                }
                let address = match address.strip_prefix('"') {
                    Some(literal) => literal.trim_end_matches('"').to_owned(),
                    None => constants.get(address).unwrap_or_else(|| panic!("{}: {address} is neither a literal nor in address.rs", path.display())).clone(),
                };
                // Up to the parenthesis that closes the registration.
                let mut depth = 1;
                let end = rest.char_indices().find(|(_, c)| {
                    depth += i32::from(*c == '(') - i32::from(*c == ')');
                    depth == 0
                });
                let handlers = &rest[..end.unwrap().0];
                let before = found.len();
                for (word, method) in [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("delete(", "DELETE"), ("patch(", "PATCH"), ("any(", "ANY")] {
                    if handlers.contains(word) {
                        found.insert((method.to_owned(), address.clone()));
                    }
                }
                assert!(found.len() > before, "{}: no method found for {address}", path.display());
            }
        }
    }
    found
}

#[test]
fn every_route_is_in_the_table() {
    let listed: BTreeSet<(String, String)> = ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let registered = registered();
    assert_eq!(registered.difference(&listed).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "registered, but nobody said who may use it");
    assert_eq!(listed.difference(&registered).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "in the table, but not registered");
}

/// An office with somebody's file, officer, request and sign-in for each route to be about.
struct Things {
    desk: Desk,
    request: String,
    officer: String,
    person: String,
    blob: String,
    way: String,
    session: String,
}

impl Things {
    async fn new() -> Self {
        let desk = Desk::new();
        let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
        let (other, _) = desk.officer("wati", &[Role::Desk]).await;
        let request = admin.post(&format!("/officers/{}/roles", other.id), &[("roles", "stay")]).await.is(303).to().replace("/requests/", "");
        let own = desk.test.context(&other).await;
        let (made, by) = (siger_domain::id::PersonId::new(desk.test.office.now(), desk.test.office.random()), own.clone());
        let identity = siger_domain::person::Identity {
            name: siger_domain::person::Name::new("Contoh Siti").unwrap(),
            born: None,
            sex: siger_domain::person::Sex::F,
            nationality: siger_domain::person::CountryCode::new("nationality", "UTO").unwrap(),
        };
        desk.test.office.write(move |write| siger_app::person::register(write, &by, made, identity, Vec::new())).await.unwrap();
        let by = own.clone();
        let key = desk.test.office.read(move |tx| siger_app::person::blob_key(tx, &by, made)).await.unwrap();
        let paper = siger_app::blob::Given { key, kind: "paper", media: "application/pdf", bytes: b"%PDF-1.7 contoh".to_vec() };
        siger_app::blob::keep(&desk.test.office, &own, made, paper).await.unwrap();
        let blob = desk.test.office.blobs().iter().next().unwrap().unwrap().to_string();
        let way = siger_app::account::ways(&desk.test.office, &own).await.unwrap()[0].id.to_string();
        let session = own.session.unwrap().to_string();
        Self { request, officer: other.id.to_string(), person: made.to_string(), blob, way, session, desk }
    }

    fn address(&self, path: &str) -> String {
        let id = match path.split('/').nth(1) {
            Some("officers") => &self.officer,
            Some("requests") => &self.request,
            Some("persons") => &self.person,
            _ if path.contains("/ways/") => &self.way,
            _ => &self.session,
        };
        path.replace("{id}", id)
            .replace("{session}", &self.session)
            .replace("{code}", "0000-0000-0000-0000-0000-0000-0000")
            .replace("{blob}", &self.blob)
            .replace("{number}", "1")
            .replace("{which}", "log")
            .replace("{file}", "none.css")
            .replace("{*rest}", "0/000.p/1")
    }
}

const FIELDS: [(&str, &str); 6] =
    [("roles", "auditor"), ("lost", "phone"), ("cancel", "yes"), ("password", "perahu kayu di way besai"), ("name", "x"), ("login", "lain")];

/// The one form with a file.
fn is_upload(method: &str, path: &str) -> bool {
    method == "POST" && path.ends_with("/blobs")
}

async fn ask(browser: &mut Browser<'_>, method: &str, path: &str, address: &str) -> Seen {
    let csrf = browser.csrf.clone();
    match method {
        "GET" | "ANY" => browser.get(address).await,
        _ if is_upload(method, path) => browser.upload(address, &[("csrf", &csrf), ("kind", "paper")], b"%PDF-").await,
        _ => browser.post(address, &FIELDS).await,
    }
}

#[tokio::test]
async fn no_route_lets_in_whom_it_should_not() {
    let things = Things::new().await;
    let desk = &things.desk;
    let matrix = Matrix::new(&Access::load().unwrap());
    let mut officers = Vec::new();
    for role in Role::OFFICER {
        officers.push((*role, desk.officer(&format!("peran-{}", role.as_str().replace('_', "-")), &[*role]).await.1));
    }
    let mut wrong = Vec::new();
    for (method, path, whom) in ROUTES {
        let address = things.address(path);
        let seen = ask(&mut desk.nobody(), method, path, &address).await;
        if matches!(whom, Anybody) {
            assert!(!seen.to().starts_with("/sign-in?next"), "{method} {path} asks for a sign-in");
            continue;
        }
        assert_eq!((seen.status.as_u16(), seen.to().split('?').next()), (303, Some("/sign-in")), "{method} {path}, signed out: {}", seen.text);

        // A form without its hidden field changes nothing, whoever sends it.
        if *method == "POST" && !path.ends_with("/passkey/finish") {
            for (role, browser) in &mut officers {
                let bare = if is_upload(method, path) { browser.upload(&address, &FIELDS, b"%PDF-").await } else { browser.post_bare(&address, &FIELDS).await };
                assert_eq!(bare.status.as_u16(), 403, "POST {path} without the hidden field, as {role}");
                assert!(bare.text.contains("This form cannot be taken"), "POST {path} without the hidden field, as {role}: {}", bare.text);
            }
        }
        let Who(actions) = whom else { continue };
        for (role, browser) in &mut officers {
            let may = actions.iter().any(|action| !matrix.cell(*role, *action).any.is_empty());
            // What a form does to those who may is told elsewhere; here it would change what the next one finds.
            if may && *method == "POST" {
                continue;
            }
            let seen = ask(browser, method, path, &address).await;
            let refused = matches!(seen.status.as_u16(), 403 | 404);
            if refused == may || seen.status.is_server_error() {
                wrong.push(format!("{method} {path} as {role}, who may {}: {} to {:?}", if may { "" } else { "not" }, seen.status, seen.to()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let (_, counter) = officers.iter_mut().find(|(role, _)| *role == Role::Desk).unwrap();
    counter.get("/").await.is(200).says_not("href=\"/journal\"");
}

/// What every answer says to the browser, whatever it is about and whoever asked.
#[tokio::test]
async fn every_answer_is_dressed() {
    let things = Things::new().await;
    let (_, mut officer) = things.desk.officer("semua", Role::OFFICER).await;
    for (method, path, _) in ROUTES {
        let address = things.address(path);
        let mut nobody = things.desk.nobody();
        for browser in [&mut nobody, &mut officer] {
            // What would end the sign-in that goes on asking.
            if browser.csrf.is_empty() || *method != "POST" {
                dressed(&ask(browser, method, path, &address).await, path, false);
            }
        }
    }
    for path in ["/nowhere", "/assets/nowhere", "/api/v1/nowhere", "/api/v1/openapi.json"] {
        dressed(&things.desk.nobody().get(path).await, path, false);
    }
    for (method, path) in [("PUT", "/"), ("POST", "/api/v1/persons")] {
        dressed(&things.desk.nobody().ask(method, path, Some(String::new())).await, path, false);
    }
}

fn dressed(seen: &Seen, path: &str, tls: bool) {
    let header = |name: &str| seen.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let policy = header("content-security-policy");
    let file = policy == "default-src 'none'; sandbox" && path.ends_with("/blobs/{blob}");
    assert!(file || policy == siger_web::asset::CONTENT_SECURITY_POLICY, "{path}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        // The log is for everybody to check, also from a page of their own.
        ("cross-origin-resource-policy", if path.starts_with("/log/") && seen.status == 200 { "cross-origin" } else { "same-origin" }),
        ("strict-transport-security", if tls { "max-age=31536000" } else { "" }),
    ] {
        assert_eq!(header(name), value, "{path}: {name}");
    }
    assert!(header("permissions-policy").contains("microphone=()"), "{path}");
    assert_eq!(header("x-operation-id").len(), 36, "{path}");
    assert_eq!(seen.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
    let kept = header("cache-control");
    let public = path.starts_with("/assets/") || path.starts_with("/log/");
    assert!(kept == "no-store" || kept == "no-cache" && path == "/live" || public && !kept.is_empty(), "{path}: cache-control {kept}");
}

/// Behind TLS: the same answers say that they must stay there, and cookies are bound to this host.
#[tokio::test]
async fn over_tls_cookies_and_answers_stay_there() {
    let desk = Desk::with(|config| siger_web::server::Config { tls: true, origin: "https://siger.test".into(), ..config });
    let ratih = desk.test.officer("ratih", &[Role::Desk]).await;
    let mut browser = desk.nobody();
    dressed(&browser.get("/sign-in").await.is(200), "/sign-in", true);
    dressed(&browser.get("/nowhere").await.is(404), "/nowhere", true);
    let begun = browser.sign_in("ratih", &ratih.secret).await.is(303);
    let set: Vec<&str> = begun.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    for name in ["__Host-siger", "__Host-siger-device"] {
        let cookie = set.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap_or_else(|| panic!("no {name} in {set:?}"));
        for part in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}: {part}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let home = browser.get("/").await.is(200).says("ratih (contoh)");
    dressed(&home, "/", true);
    browser.csrf = home.between("name=\"csrf\" value=\"", "\"");
    // Options of a passkey: their sealed state travels for minutes, over TLS only.
    let options = browser.post("/fresh/passkey/start", &[]).await;
    for cookie in options.headers.get_all("set-cookie") {
        assert!(cookie.to_str().unwrap().ends_with("; SameSite=Strict; HttpOnly; Secure"), "{cookie:?}");
    }
    // The name that counts without TLS counts for nothing here.
    let mut plain = desk.nobody();
    plain.cookies.push(("siger".into(), ratih.begun.token.to_cookie()));
    plain.get("/").await.is(303);
    let left = browser.post("/sign-out", &[]).await.is(303);
    let gone = left.headers["set-cookie"].to_str().unwrap();
    assert!(gone.starts_with("__Host-siger=;") && gone.contains("; Secure") && gone.contains("; Max-Age=0"), "{gone}");
    browser.get("/").await.is(303);
}
