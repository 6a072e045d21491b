//! Where the office meets browsers and proxies: who is behind a request, forms that came too late, open pages that listen.

use super::{Browser, Desk};
use axum::body::{Body, HttpBody as _};
use siger_app::person::register;
use siger_domain::access::Role;
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Identity, Name, Sex};
use siger_web::server::Config;
use std::pin::Pin;
use std::time::Duration;

#[tokio::test]
async fn a_guesser_behind_a_proxy_cannot_choose_where_they_are() {
    let desk = Desk::with(|config| Config { proxies: vec!["10.0.0.1".parse().unwrap()], ..config });
    desk.test.officer("ratih", &[Role::Desk]).await;
    let mut tries = Vec::new();
    for round in 0..6 {
        let mut guesser = desk.nobody();
        // As a socket on [::] shows an IPv4 proxy, which adds a line of its own.
        guesser.peer = "::ffff:10.0.0.1".parse().unwrap();
        guesser.headers = vec![("x-forwarded-for", format!("192.0.{round}.1")), ("x-forwarded-for", "198.51.100.7".to_owned())];
        let tried = guesser.post_bare("/sign-in", &[("login", "ratih"), ("password", "salah"), ("code", "000000")]).await;
        tries.push(tried.status.as_u16());
    }
    assert_eq!(tries, [422, 422, 422, 429, 429, 429], "one network, whatever it says of itself");
    // Another client of the same proxy is another network.
    let mut other = desk.nobody();
    other.peer = "10.0.0.1".parse().unwrap();
    other.headers = vec![("x-forwarded-for", "203.0.113.9".to_owned())];
    other.post_bare("/sign-in", &[("login", "ratih"), ("password", "salah"), ("code", "000000")]).await.is(422);
}

#[tokio::test]
async fn a_form_that_comes_too_late_says_so_and_leads_back_to_its_page() {
    let desk = Desk::new();
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Desk]).await;
    browser.headers = vec![("referer", "http://localhost:8080/persons/new?purpose=stay_permit".to_owned())];
    // Of a page from before this sign-in.
    let stale = browser.post_bare("/persons/new", &[("csrf", "old"), ("name", "Contoh")]).await.is(403);
    stale.says("This form cannot be taken").says("href=\"/persons/new?purpose=stay_permit\"").says_not("ask the office");
    let nobody = PersonId::from_bytes([7; 16]);
    browser.upload(&format!("/persons/{nobody}/blobs"), &[("csrf", "old")], b"%PDF-").await.is(403).says("This form cannot be taken");
    // A form that was shown again stands at the address that takes it: that one leads to the form as well.
    assert_eq!(browser.get(&format!("/persons/{nobody}/blobs")).await.is(303).to(), format!("/persons/{nobody}/papers"));
    assert_eq!(browser.get(&format!("/officers/{}/leave", ratih.id)).await.is(303).to(), format!("/officers/{}", ratih.id));
    // Of another office's page: nowhere to lead back to but home.
    browser.headers = vec![("referer", "https://evil.example/persons/new".to_owned()), ("sec-fetch-site", "cross-site".to_owned())];
    browser.post("/persons/new", &[("name", "Contoh")]).await.is(403).says("This form cannot be taken").says_not("evil.example");

    // The sign-in ends elsewhere.
    let by = desk.test.context(&ratih).await;
    let session = by.session.unwrap();
    desk.test.office.write(move |write| siger_app::session::end(write, &by, session)).await.unwrap();
    browser.headers = vec![("referer", "http://localhost:8080/persons/new?purpose=stay_permit".to_owned())];
    let unsent = browser.post("/persons/new", &[("name", "Contoh")]).await.is(303);
    assert_eq!(unsent.to(), "/sign-in?next=%2Fpersons%2Fnew%3Fpurpose%3Dstay_permit&reason=unsent");
    browser.get(unsent.to()).await.is(200).says("Your sign-in has ended.").says("was not saved").says("value=\"/persons/new?purpose=stay_permit\"");
    let ended = browser.get("/persons?before=9").await.is(303);
    assert_eq!(ended.to(), "/sign-in?next=%2Fpersons%3Fbefore%3D9&reason=ended");
    browser.get(ended.to()).await.is(200).says("Your sign-in has ended.").says_not("was not saved");
    // Whoever never was signed in hears nothing of the kind.
    assert_eq!(desk.nobody().get("/persons").await.is(303).to(), "/sign-in?next=%2Fpersons");
}

/// What an open page hears.
struct Listening(Body);

impl Listening {
    async fn at(browser: &Browser<'_>, address: &str) -> Self {
        let answer = browser.open(address).await;
        assert_eq!(answer.status(), 200, "{address}");
        assert_eq!(
            (&answer.headers()["content-type"], &answer.headers()["x-accel-buffering"]),
            (&"text/event-stream".parse().unwrap(), &"no".parse().unwrap())
        );
        Self(answer.into_body())
    }

    /// The next thing told, if anything is within a moment: `journal 12`, name and number.
    async fn next(&mut self) -> Option<String> {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut self.0).poll_frame(cx));
        let frame = tokio::time::timeout(Duration::from_secs(2), frame).await.ok()??;
        let text = String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap();
        let of = |field: &str| text.lines().find_map(|line| line.strip_prefix(field)).map(str::to_owned);
        assert_eq!(of("event: "), of("data: "), "{text}");
        Some([of("event: "), of("id: ")].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }

    async fn all(&mut self, count: usize) -> Vec<String> {
        let mut told = Vec::new();
        while told.len() < count {
            told.extend(Some(self.next().await.unwrap_or_else(|| panic!("only {told:?}"))));
        }
        told
    }
}

#[tokio::test]
async fn an_open_page_misses_nothing_and_hears_when_its_sign_in_is_over() {
    let desk = Desk::new();
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Administrator]).await;
    let size = || *desk.test.office.store().tail().borrow();
    let page = browser.get("/").await.is(200).between("data-live=\"", "\"").replace("&amp;", "&");
    let session = desk.test.context(&ratih).await.session.unwrap();
    assert_eq!(page, format!("/live?of={session}&from={}", size()));

    // Between the page and its listening something happened.
    let (wati, counter) = desk.officer("wati", &[Role::Desk]).await;
    let mut listening = Listening::at(&browser, &page).await;
    assert_eq!(listening.all(2).await, ["journal".to_owned(), format!("officers {}", size())]);
    // Then nothing, until something happens.
    assert_eq!(listening.next().await, None);
    let by = desk.test.context(&wati).await;
    desk.test.office.write(move |write| register(write, &by, PersonId::from_bytes([1; 16]), siti(), Vec::new())).await.unwrap();
    assert_eq!(listening.all(2).await, ["journal".to_owned(), format!("persons {}", size())]);
    drop(listening);

    // A connection that broke: the browser says up to where it heard.
    let heard = size();
    browser.post(&format!("/officers/{}/roles", wati.id), &[("roles", "stay")]).await.is(303);
    browser.headers = vec![("last-event-id", heard.to_string())];
    assert_eq!(Listening::at(&browser, &page).await.all(2).await, ["journal".to_owned(), format!("requests {}", size())]);
    // Away for long, or from a time that this journal does not know (an older copy was put in its place): everything may be new.
    let by = desk.test.context(&wati).await;
    let many: Vec<_> = (0..501u32).map(|n| PersonId::from_bytes([[2; 12].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap())).collect();
    desk.test.office.write(move |write| many.into_iter().try_for_each(|id| register(write, &by, id, siti(), Vec::new()).map(drop))).await.unwrap();
    for from in [size() - 501, size() + 40] {
        browser.headers = vec![("last-event-id", from.to_string())];
        let all = Listening::at(&browser, &page).await.all(4).await;
        assert_eq!(all, ["journal".to_owned(), "officers".to_owned(), "persons".to_owned(), format!("requests {}", size())]);
    }
    browser.headers.clear();

    // A page of another sign-in, left open in this browser, is over; so is one of nobody.
    for (browser, address) in [(&counter, page.as_str()), (&desk.nobody(), page.as_str()), (&desk.nobody(), "/live")] {
        let mut over = Listening::at(browser, address).await;
        assert_eq!((over.next().await.as_deref(), over.next().await), (Some("ended"), None), "{address}");
    }
    // Stopped or signed out while it listens.
    let mut listening = Listening::at(&browser, &format!("/live?of={session}&from={}", size())).await;
    assert_eq!(listening.next().await, None);
    let by = desk.test.context(&ratih).await;
    desk.test.office.write(move |write| siger_app::session::end(write, &by, session)).await.unwrap();
    assert_eq!(listening.next().await.as_deref(), Some("ended"));
}

pub(super) fn siti() -> Identity {
    let nationality = CountryCode::new("nationality", "UTO").unwrap();
    Identity { name: Name::new("Contoh Siti").unwrap(), born: None, sex: Sex::F, nationality }
}
