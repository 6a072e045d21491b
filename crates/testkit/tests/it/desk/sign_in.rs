//! The pages around signing in: why nobody is signed in any more, and where a one-time code is typed.

use siger_app::identity::guess::NETWORK_BURST;
use siger_app::identity::recovery::Code;
use siger_app::identity::token::{GRACE_SECONDS, IDLE_SECONDS, ROTATE_SECONDS};
use siger_app::officer;
use siger_domain::access::{Purpose, Role};
use siger_domain::id::OfficerId;
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;

use super::Desk;

#[tokio::test]
async fn whoever_comes_with_a_copied_cookie_is_told() {
    let desk = Desk::new();
    let (_, mut owner) = desk.officer("wati", &[Role::Desk]).await;
    let mut thief = desk.nobody();
    thief.cookies.clone_from(&owner.cookies);
    desk.test.clock.advance_seconds(ROTATE_SECONDS);
    // The owner's browser is given a new cookie and shows it; the thief's is then one that was replaced.
    owner.get("/").await.is(200);
    owner.get("/").await.is(200);
    assert_ne!(owner.cookies[0], thief.cookies[0]);
    desk.test.clock.advance_seconds(GRACE_SECONDS + 1);
    for browser in [&mut thief, &mut owner] {
        let to = browser.get("/persons").await.is(303).to().to_owned();
        assert_eq!(to, "/sign-in?next=%2Fpersons&reason=ended");
        browser.get(&to).await.is(200).says("Your session was copied").says("tell the administrator");
    }
    let (_, mut auditor) = desk.officer("agus", &[Role::Auditor]).await;
    auditor.get("/journal?kind=officer.session_copied").await.is(200).says("Session was copied and ended");
}

#[tokio::test]
async fn whoever_was_away_is_told_that_it_ended() {
    let desk = Desk::new();
    let (_, mut wati) = desk.officer("wati", &[Role::Desk]).await;
    desk.test.clock.advance_seconds(IDLE_SECONDS);
    let to = wati.get("/").await.is(303).to().to_owned();
    wati.get(&to).await.is(200).says("Your sign-in has ended").says_not("copied");
    // A clock that is set back opens nothing again.
    desk.test.clock.advance_seconds(-IDLE_SECONDS);
    wati.get("/").await.is(303);
}

async fn invited(desk: &Desk) -> String {
    let office = &desk.test.office;
    let (id, code) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let profile = Profile { name: Name::new("Sari (contoh)").unwrap(), login: Login::new("sari").unwrap(), email: None };
    let (by, letters) = (office.system(Purpose::Administration), code.to_letters());
    office.write(move |write| officer::admit(write, &by, id, profile, vec![Role::Desk], &code)).await.unwrap();
    letters
}

#[tokio::test]
async fn a_one_time_code_is_typed_where_the_sign_in_page_says() {
    let desk = Desk::new();
    let letters = invited(&desk).await;
    let mut browser = desk.nobody();
    browser.get("/sign-in").await.is(200).says("href=\"/join\"");
    browser.get("/join").await.is(200).says("name=\"code\"");
    // As read out over the telephone.
    let typed = format!(" {} ", letters.to_lowercase().replace('-', " ").replacen('0', "o", 1));
    assert_eq!(browser.post_bare("/join", &[("code", &typed)]).await.is(303).to(), format!("/join/{letters}"));
    browser.get(&format!("/join/{letters}")).await.is(200).says("Sari (contoh)");
    // A slip is told apart from a code that does not work, and stays in the field.
    let slip = letters.replacen(&letters[..1], if letters.starts_with('A') { "B" } else { "A" }, 1);
    browser.post_bare("/join", &[("code", &slip)]).await.is(422).says("mistyped").says(&format!("value=\"{slip}\""));
    browser.post_bare("/join", &[("code", "<script>")]).await.is(422).says("mistyped").says_not("<script>");
    browser.post_bare("/join", &[]).await.is(422).says("mistyped");
    browser.post_bare("/join", &[("code", &Code::new(&mut siger_app::random::Seeded::new(5)).to_letters())]).await.is(422).says("withdrawn or has run out");
}

#[tokio::test]
async fn one_network_tries_codes_for_so_long() {
    let desk = Desk::new();
    let letters = invited(&desk).await;
    let mut browser = desk.nobody();
    let mut random = siger_app::random::Seeded::new(5);
    for _ in 0..NETWORK_BURST {
        browser.post_bare("/join", &[("code", &Code::new(&mut random).to_letters())]).await.is(422);
    }
    browser.post_bare("/join", &[("code", &letters)]).await.is(429).says("Too many tries");
    // Its link is not typed, and opens all the same.
    browser.get(&format!("/join/{letters}")).await.is(200);
    desk.test.clock.advance_seconds(60);
    browser.post_bare("/join", &[("code", &letters)]).await.is(303);
}
