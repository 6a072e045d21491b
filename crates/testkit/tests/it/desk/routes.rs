//! Every route without a sign-in and with too few rights. A route that is not in the table fails the test, so that nobody
//! adds one and forgets to think who may use it.

use super::Desk;
use siger_domain::access::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who may use a route.
#[derive(Clone, Copy, Debug)]
enum For {
    /// Anybody, also signed out.
    Anybody,
    /// Every officer who is signed in, for what is their own.
    Officers,
    /// Those who may; a sample role that may not.
    Not(Role),
}

use For::{Anybody, Not, Officers};

/// Method, path as registered, who. `{id}` and the like stand for the identifiers below.
const ROUTES: &[(&str, &str, For)] = &[
    ("GET", "/", Officers),
    ("GET", "/sign-in", Anybody),
    ("POST", "/sign-in", Anybody),
    ("POST", "/sign-in/passkey/start", Anybody),
    ("POST", "/sign-in/passkey/finish", Anybody),
    ("POST", "/sign-out", Officers),
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
    ("GET", "/officers", Not(Role::Desk)),
    ("GET", "/officers/new", Not(Role::Head)),
    ("POST", "/officers/new", Not(Role::Head)),
    ("GET", "/officers/{id}", Not(Role::Desk)),
    ("GET", "/officers/{id}/roles", Not(Role::Head)),
    ("POST", "/officers/{id}/roles", Not(Role::Head)),
    ("POST", "/officers/{id}/leave", Not(Role::Desk)),
    ("POST", "/officers/{id}/suspend", Not(Role::Desk)),
    ("POST", "/officers/{id}/restore", Not(Role::Desk)),
    ("POST", "/officers/{id}/recover", Not(Role::Head)),
    ("POST", "/officers/{id}/sign-ins/{session}/end", Not(Role::Desk)),
    ("GET", "/persons", Not(Role::Cashier)),
    ("GET", "/persons/search", Anybody),
    ("POST", "/persons/search", Not(Role::Administrator)),
    ("GET", "/persons/new", Not(Role::Head)),
    ("POST", "/persons/new", Not(Role::PrivacyOfficer)),
    ("GET", "/persons/{id}", Not(Role::Auditor)),
    ("GET", "/persons/{id}/readers", Not(Role::Desk)),
    ("GET", "/persons/{id}/notes", Anybody),
    ("POST", "/persons/{id}/notes", Not(Role::Cashier)),
    ("GET", "/persons/{id}/correct", Not(Role::Head)),
    ("POST", "/persons/{id}/correct", Not(Role::Monitor)),
    ("GET", "/persons/{id}/documents", Not(Role::Head)),
    ("POST", "/persons/{id}/documents", Not(Role::Monitor)),
    ("GET", "/persons/{id}/papers", Not(Role::PrivacyOfficer)),
    ("POST", "/persons/{id}/blobs", Not(Role::Head)),
    ("GET", "/persons/{id}/blobs/{blob}", Not(Role::Auditor)),
    ("GET", "/persons/{id}/erase", Not(Role::Head)),
    ("POST", "/persons/{id}/erase", Not(Role::Stay)),
    ("GET", "/journal", Not(Role::Desk)),
    ("GET", "/journal/{number}", Not(Role::Cashier)),
    ("GET", "/journal/{number}/receipt", Not(Role::Stay)),
    ("GET", "/log/checkpoint", Anybody),
    ("GET", "/log/vkey", Anybody),
    ("GET", "/log/tile/{*rest}", Anybody),
    ("GET", "/requests", Officers),
    ("GET", "/requests/{id}", Not(Role::Desk)),
    ("POST", "/requests/{id}/approve", Not(Role::PrivacyOfficer)),
    ("POST", "/requests/{id}/decline", Not(Role::PrivacyOfficer)),
    ("POST", "/requests/{id}/withdraw", Not(Role::Head)),
    ("GET", "/account", Officers),
    ("GET", "/account/passkey", Officers),
    ("POST", "/account/passkey/start", Officers),
    ("POST", "/account/passkey/finish", Officers),
    ("GET", "/account/password", Officers),
    ("POST", "/account/password", Officers),
    ("GET", "/account/code", Officers),
    ("POST", "/account/code", Officers),
    // One's own only: for another's identifier there is no such thing.
    ("POST", "/account/ways/{id}/remove", Not(Role::Administrator)),
    ("POST", "/account/sign-ins/{id}/end", Not(Role::Desk)),
    ("GET", "/office", Not(Role::Desk)),
    ("GET", "/office/keys", Not(Role::Desk)),
    ("POST", "/office/keys/{which}/rotate", Not(Role::Head)),
    ("POST", "/office/keys/{which}/{id}/retire", Not(Role::Auditor)),
    ("GET", "/office/access", Not(Role::PrivacyOfficer)),
    ("GET", "/office/retention", Not(Role::Desk)),
    ("POST", "/office/retention/apply", Not(Role::Head)),
    ("GET", "/office/jobs", Not(Role::Head)),
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
    let mut folders = vec![web.join("route")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for registration in text.split(".route(").skip(1) {
                let (address, rest) = registration.split_once(',').unwrap();
                let address = address.trim();
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
fn every_route_of_the_pages_is_in_the_table() {
    let listed: BTreeSet<(String, String)> = ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let registered = registered();
    assert_eq!(registered.difference(&listed).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "registered, but nobody said who may use it");
    assert_eq!(listed.difference(&registered).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "in the table, but not registered");
}

#[tokio::test]
async fn no_route_lets_in_whom_it_should_not() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (other, mut counter) = desk.officer("wati", &[Role::Desk]).await;
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
    let way = siger_app::account::ways(&desk.test.office, &own).await.unwrap()[0].id;
    let session = own.session.unwrap();

    let mut without = BTreeMap::new();
    for (method, path, whom) in ROUTES {
        let id = match path.split('/').nth(1) {
            Some("officers") => other.id.to_string(),
            Some("requests") => request.clone(),
            Some("persons") => made.to_string(),
            _ if path.contains("/ways/") => way.to_string(),
            _ => session.to_string(),
        };
        let address = path
            .replace("{id}", &id)
            .replace("{session}", &session.to_string())
            .replace("{code}", "0000-0000-0000-0000-0000-0000-0000")
            .replace("{blob}", &"00".repeat(32))
            .replace("{number}", "1")
            .replace("{which}", "log")
            .replace("{*rest}", "0/000.p/1");
        let fields = [("roles", "auditor"), ("lost", "phone"), ("cancel", "yes"), ("password", "perahu kayu di way besai"), ("name", "x"), ("login", "lain")];

        let mut nobody = desk.nobody();
        // The one form with a file.
        let upload = *method == "POST" && path.ends_with("/blobs");
        let seen = match *method {
            "GET" => nobody.get(&address).await,
            _ if upload => nobody.upload(&address, &[("csrf", "")], b"%PDF-").await,
            _ => nobody.post(&address, &fields).await,
        };
        if matches!(whom, Anybody) {
            assert!(!seen.to().starts_with("/sign-in?next"), "{method} {path} asks for a sign-in");
            continue;
        }
        assert_eq!((seen.status.as_u16(), seen.to().split('?').next()), (303, Some("/sign-in")), "{method} {path}, signed out: {}", seen.text);

        // A form without its hidden field changes nothing, whoever sends it.
        if *method == "POST" && !path.ends_with("/passkey/finish") {
            let seen = if upload { admin.upload(&address, &fields, b"%PDF-").await } else { admin.post_bare(&address, &fields).await };
            assert_eq!(seen.status.as_u16(), 403, "POST {path} without the hidden field");
        }
        let Not(role) = whom else { continue };
        if !without.contains_key(role) {
            without.insert(*role, desk.officer(&format!("tanpa-{}", role.as_str().replace('_', "-")), &[*role]).await.1);
        }
        let browser = without.get_mut(role).unwrap();
        let csrf = browser.csrf.clone();
        let seen = match *method {
            "GET" => browser.get(&address).await,
            _ if upload => browser.upload(&address, &[("csrf", &csrf), ("kind", "paper")], b"%PDF-").await,
            _ => browser.post(&address, &fields).await,
        };
        assert!(matches!(seen.status.as_u16(), 403 | 404), "{method} {path} as {role}: {} to {:?}", seen.status, seen.to());
    }
    counter.get("/").await.is(200).says_not("href=\"/journal\"");
}
