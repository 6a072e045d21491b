//! Officers through their pages.

use super::{Browser, Desk, Seen};
use siger_app::identity::recovery::Code;
use siger_app::identity::totp::{self, Secret};
use siger_app::{Error, officer};
use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::RequestId;
use siger_domain::officer::Leave;
use siger_domain::request::{ErasureGround, Lost};
use siger_storage::journal::read;
use siger_testkit::engine::apart;

#[tokio::test]
async fn somebody_is_invited_and_the_link_opens_once() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    admin.get("/officers/new").await.is(200).says("Counter officer").says("opens files for a service at the counter");

    let made =
        admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("email", ""), ("roles", "desk"), ("roles", "cashier")]).await.is(200);
    let link = made.between("http://localhost:8080/join/", "<");
    assert_eq!(link.split('-').map(str::len).collect::<Vec<_>>(), [4; 7], "letters in groups: {link}");
    let made = made.says("<svg").says("shown only now").says("The roles wait for a second person.");
    let request = made.between("href=\"/requests/", "\"");
    // Kept nowhere for a second look.
    let page = admin.get(&made.between("<a class=\"crumb\" href=\"", "\"")).await.is(200).says_not(&link).says("waiting to be used");
    drop(page);
    admin.get("/officers").await.is(200).says("Sari (contoh)").says("Invited");

    let mut new = desk.nobody();
    let join = format!("/join/{link}");
    new.get(&join).await.is(200).says("Sari (contoh)");
    for weak in ["short", "123456789012", "sarisarisari", "password1234"] {
        new.post_bare(&format!("{join}/password"), &[("password", weak)]).await.is(422);
    }
    let setup = new.post_bare(&format!("{join}/password"), &[("password", "sepeda tua di kebun lada")]).await.is(200);
    let secret = Secret::from_base32(&setup.between("id=\"secret\" translate=\"no\">", "<").replace(' ', "")).unwrap();
    new.post_bare(&format!("{join}/code"), &[("code", "000000")]).await.is(422);
    let code = totp::code(&secret, desk.test.office.now());
    assert_eq!(new.post_bare(&format!("{join}/code"), &[("code", &code)]).await.is(303).to(), "/");
    // In, and without a right until a second person agrees.
    new.get("/").await.is(200).says("Sari (contoh)").says_not("href=\"/persons\"");
    new.get("/persons").await.is(403);
    admin.post(&format!("/requests/{request}/approve"), &[]).await.is(403);
    head.get(&format!("/requests/{request}")).await.is(200).says("none approved yet").says("Would be added").says_not("has not come in yet");
    head.post(&format!("/requests/{request}/approve"), &[]).await.is(303);
    new.get("/persons").await.is(200);
    // Once.
    desk.nobody().get(&join).await.is(409);
    desk.nobody().post_bare(&format!("{join}/password"), &[("password", "sepeda tua di kebun lada")]).await.is(409);
}

#[tokio::test]
async fn a_wrong_invitation_keeps_what_was_typed() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let wrong = admin.post("/officers/new", &[("name", " "), ("login", "Two Words"), ("email", "nowhere"), ("roles", "system")]).await.is(422);
    wrong.says("value=\"Two Words\"").says("value=\"nowhere\"").says("Choose at least one role.").says("This is not an e-mail address.");
    let taken = admin.post("/officers/new", &[("name", "Lain (contoh)"), ("login", "Ratih"), ("roles", "desk")]).await.is(422);
    taken.says("Another officer has this sign-in name.").says_not("/join/");
}

#[tokio::test]
async fn what_takes_effect_at_once_asks_for_a_fresh_sign_in() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Administrator]).await;
    let wati = desk.test.officer("wati", &[Role::Desk]).await;
    let mut admin = desk.stale(&ratih).await;
    let page = format!("/officers/{}", wati.id);
    let confirm = |what: &str, next: &str| format!("/fresh?next={}&what={what}", next.replace('/', "%2F"));
    // Before the form is filled in, and when it is sent all the same.
    assert_eq!(admin.get("/officers/new").await.is(303).to(), confirm("officer.invite", "/officers/new"));
    assert_eq!(admin.get(&format!("{page}/roles")).await.is(303).to(), confirm("officer.roles", &format!("{page}/roles")));
    for (act, what) in [("suspend", "officer.suspend"), ("recover", "officer.recover")] {
        assert_eq!(admin.post(&format!("{page}/{act}"), &[("lost", "phone")]).await.is(303).to(), confirm(what, &page));
    }
    admin.confirm(&ratih).await;
    admin.get("/officers/new").await.is(200);
    assert_eq!(admin.post(&format!("{page}/suspend"), &[]).await.is(303).to(), page);
}

#[tokio::test]
async fn a_suspended_officer_is_out_at_once_until_access_is_back() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let page = format!("/officers/{}", wati.id);
    admin.post(&format!("{page}/suspend"), &[]).await.is(303);
    assert!(counter.get("/").await.is(303).to().starts_with("/sign-in"));
    admin.get(&page).await.is(200).says("Access stopped").says("Give access back").says_not("Stop access now");
    admin.post(&format!("{page}/suspend"), &[]).await.is(409);
    admin.post(&format!("{page}/restore"), &[]).await.is(303);
    assert_eq!(counter.sign_in("wati", &wati.secret).await.is(303).to(), "/");
    counter.get("/").await.is(200).says("wati (contoh)");
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let desk = Desk::new();
    let (ratih, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let page = format!("/officers/{}", ratih.id);
    admin.post(&format!("{page}/suspend"), &[]).await.is(403);
    head.post(&format!("{page}/suspend"), &[]).await.is(409).says("another active administrator");
    admin.post(&format!("{page}/roles"), &[("roles", "desk")]).await.is(409).says("another active administrator");
    admin.get("/").await.is(200);
    // With a second one it is possible.
    desk.officer("agus", &[Role::Administrator]).await;
    head.post(&format!("{page}/suspend"), &[]).await.is(303);
    assert!(admin.get("/").await.is(303).to().starts_with("/sign-in"));
}

/// Stopped by mistake before they came, and given back: they have still not come, and are no administrator on whom an office can count.
#[tokio::test]
async fn whoever_never_came_is_invited_again_once_access_is_given_back() {
    let desk = Desk::new();
    let (ratih, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let made = admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("roles", "administrator")]).await.is(200);
    let (join, request) = link_and_request(&made);
    head.post(&format!("{request}/approve"), &[]).await.is(303);
    let page = made.between("<a class=\"crumb\" href=\"", "\"");
    head.post(&format!("{page}/suspend"), &[]).await.is(303);
    desk.nobody().get(&join).await.is(409);
    head.post(&format!("{page}/restore"), &[]).await.is(303);

    admin.get(&page).await.is(200).says("Invited").says_not("Phone lost");
    head.post(&format!("/officers/{}/suspend", ratih.id), &[]).await.is(409).says("another active administrator");
    let mut sari = desk.nobody();
    sari.get(&join).await.is(200).says("Sari (contoh)");
    let (_, again) = link_and_request(&admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(200));
    admin.post(&format!("{again}/withdraw"), &[]).await.is(303);
    comes_in(&desk, &mut sari, &join, "sepeda tua di kebun lada").await;
    // Once they came, the same makes them active.
    head.post(&format!("{page}/suspend"), &[]).await.is(303);
    head.post(&format!("{page}/restore"), &[]).await.is(303);
    admin.get(&page).await.is(200).says("Phone lost");
    head.post(&format!("/officers/{}/suspend", ratih.id), &[]).await.is(303);
    assert_eq!(apart(|| siger_storage::check::replay(desk.test.office.store())).unwrap().findings, []);
}

/// The address of the link on a page that shows one, and the page of the request that it waits for.
fn link_and_request(seen: &Seen) -> (String, String) {
    (format!("/join/{}", seen.between("http://localhost:8080/join/", "<")), format!("/requests/{}", seen.between("href=\"/requests/", "\"")))
}

/// Comes in by a link with a new password and phone.
async fn comes_in(desk: &Desk, browser: &mut Browser<'_>, join: &str, password: &str) -> Secret {
    let setup = browser.post_bare(&format!("{join}/password"), &[("password", password)]).await.is(200);
    let secret = Secret::from_base32(&setup.between("id=\"secret\" translate=\"no\">", "<").replace(' ', "")).unwrap();
    desk.test.clock.advance_seconds(30);
    let code = totp::code(&secret, desk.test.office.now());
    browser.post_bare(&format!("{join}/code"), &[("code", &code)]).await.is(303);
    let home = browser.get("/").await.is(200);
    browser.csrf = home.between("name=\"csrf\" value=\"", "\"");
    secret
}

#[tokio::test]
async fn a_lost_phone_from_end_to_end() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let page = format!("/officers/{}", wati.id);
    let given = admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(200).says("Link for a new phone").says("This link opens nothing yet.");
    let (join, request) = link_and_request(&given);
    // One alone opens nothing, and the officer goes on working.
    desk.nobody().get(&join).await.is(409).says("a second person has not agreed yet");
    counter.get("/").await.is(200);
    admin.get(&page).await.is(200).says("A way back in waits for a second person.").says_not("Phone lost");
    admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(409).says("still waiting");
    admin.post(&format!("{request}/approve"), &[]).await.is(403);
    counter.post(&format!("{request}/approve"), &[]).await.is(403);

    head.get("/").await.is(200).says("A way back in for wati (contoh)");
    head.get(&request).await.is(200).says("the phone with the codes").says("Ask the officer yourself.");
    head.post(&format!("{request}/approve"), &[]).await.is(303);
    assert!(counter.get("/").await.is(303).to().starts_with("/sign-in"), "sign-ins end when the second person agrees");

    let mut phone = desk.nobody();
    phone.get(&join).await.is(200).says("Set up codes on a new phone");
    comes_in(&desk, &mut phone, &join, "gajah lampung minum kopi").await;
    phone.get("/persons").await.is(200).says("wati (contoh)");
    // Neither the old phone nor the old password opens anything, and the link is used up.
    desk.nobody().sign_in("wati", &wati.secret).await.is(422);
    desk.nobody().get(&join).await.is(409);
    admin.post(&format!("{page}/recover"), &[("lost", "everything")]).await.is(422);
    admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(409).says("has come in already");
}

/// An office that was closed for weeks: nothing ended the request meanwhile, and the work of the day waits for somebody who looks at the clock.
#[tokio::test]
async fn a_request_that_ran_out_keeps_no_new_one_waiting() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Administrator]).await;
    let wati = desk.test.officer("wati", &[Role::Desk]).await;
    let page = format!("/officers/{}", wati.id);
    let mut admin = desk.signed_in(&ratih).await;
    let (_, first) = link_and_request(&admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(200));
    let roles = admin.post(&format!("{page}/roles"), &[("roles", "stay")]).await.is(303).to().to_owned();
    desk.test.clock.advance_seconds(21 * 24 * 60 * 60);

    let mut admin = desk.nobody();
    admin.sign_in("ratih", &ratih.secret).await.is(303);
    admin.csrf = admin.get("/").await.is(200).between("name=\"csrf\" value=\"", "\"");
    admin.get(&page).await.is(200).says("Phone lost").says_not("waits for a second person");
    let (_, second) = link_and_request(&admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(200));
    assert_ne!(first, second);
    assert_ne!(admin.post(&format!("{page}/roles"), &[("roles", "stay")]).await.is(303).to(), roles);
    for over in [&first, &roles] {
        admin.get(over).await.is(200).says("Lapsed");
    }
    admin.get(&page).await.is(200).says("A way back in waits for a second person.");
    admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(409).says("still waiting");
    // Ended as the work of the day ends them: by the program itself, and once.
    let office = &desk.test.office;
    let ended = office.read(|tx| Ok(read::newest_of_kind(tx, "request.expired", u64::MAX, 10)?)).await.unwrap();
    assert_eq!(ended.iter().map(|entry| (entry.stamp.actor, entry.stamp.role)).collect::<Vec<_>>(), [(None, Role::System); 2]);
    let by = office.system(Purpose::Administration);
    assert_eq!(office.write(move |write| siger_app::request::expire(write, &by)).await.unwrap(), 0);
}

#[tokio::test]
async fn one_administrator_alone_gives_nobody_a_right_and_becomes_nobody_else() {
    let desk = Desk::new();
    let (ratih, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (dewi, mut head) = desk.officer("dewi", &[Role::Head]).await;
    // A puppet with every right.
    let every: Vec<(&str, &str)> = Role::OFFICER.iter().map(|role| ("roles", role.as_str())).collect();
    let made = admin.post("/officers/new", &[&[("name", "Boneka (contoh)"), ("login", "boneka")], &every[..]].concat()).await.is(200);
    let (join, request) = link_and_request(&made);
    let mut puppet = desk.nobody();
    comes_in(&desk, &mut puppet, &join, "tidak ada di kantor ini").await;
    for closed in ["/persons", "/officers", "/officers/new", "/journal", "/office", &request, &format!("/officers/{}", dewi.id)] {
        puppet.get(closed).await.is(403);
    }
    for browser in [&mut puppet, &mut admin] {
        browser.post(&format!("{request}/approve"), &[]).await.is(403);
        browser.post(&format!("/officers/{}/suspend", ratih.id), &[]).await.is(403);
    }
    // A new link only for who never came and holds nothing: the puppet came.
    let boneka = made.between("<a class=\"crumb\" href=\"", "\"");
    admin.post(&format!("{boneka}/recover"), &[("lost", "invitation")]).await.is(409);
    // The head's place.
    let given = admin.post(&format!("/officers/{}/recover", dewi.id), &[("lost", "passkey")]).await.is(200);
    let (join, request) = link_and_request(&given);
    desk.nobody().get(&join).await.is(409);
    desk.nobody().post_bare(&format!("{join}/password"), &[("password", "tidak ada di kantor ini")]).await.is(409);
    for browser in [&mut puppet, &mut admin, &mut head] {
        browser.post(&format!("{request}/approve"), &[]).await.is(403);
    }
    // Nobody can decide: the page says so, and the head sees it.
    admin.get(&request).await.is(200).says("Nobody here can decide this today.");
    head.get(&request).await.is(200).says("This request is about you");
    // With a privacy officer the head is let back in without the console.
    let (_, mut privacy) = desk.officer("putu", &[Role::PrivacyOfficer]).await;
    admin.get(&request).await.is(200).says("Can decide today").says("putu (contoh)");
    privacy.get("/requests").await.is(200).says("You decide");
    privacy.post(&format!("{request}/approve"), &[]).await.is(303);
    desk.nobody().get(&join).await.is(200).says("dewi (contoh)");
    assert!(head.get("/").await.is(303).to().starts_with("/sign-in"));
}

#[tokio::test]
async fn a_link_that_lapsed_is_made_anew_alone_only_while_it_opens_nothing() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let made = admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("roles", "desk")]).await.is(200);
    let (first, request) = link_and_request(&made);
    let page = made.between("<a class=\"crumb\" href=\"", "\"");
    let again = admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(200).says("Invitation made").says_not("/requests/0");
    let second = format!("/join/{}", again.between("http://localhost:8080/join/", "<"));
    desk.nobody().get(&first).await.is(409);
    desk.nobody().get(&second).await.is(200);
    // Once roles are approved, whoever comes in by a link has them.
    head.get(&request).await.is(200).says("has not come in yet");
    head.post(&format!("{request}/approve"), &[]).await.is(303);
    admin.get(&page).await.is(200).says("a second person must agree before a new link works");
    let (third, request) = link_and_request(&admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(200).says("Invitation made"));
    desk.nobody().get(&third).await.is(409);
    desk.nobody().get(&second).await.is(200);
    head.get(&request).await.is(200).says("the invitation, before they came in");
    // Somebody who came in meanwhile needs no other invitation.
    comes_in(&desk, &mut desk.nobody(), &second, "perahu kayu di way besai").await;
    head.post(&format!("{request}/approve"), &[]).await.is(409).says("has come in already");
}

#[tokio::test]
async fn a_link_that_went_astray_is_withdrawn() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let made = admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("roles", "desk")]).await.is(200);
    let (join, _) = link_and_request(&made);
    let page = made.between("<a class=\"crumb\" href=\"", "\"");
    desk.nobody().get(&join).await.is(200);
    admin.get(&page).await.is(200).says("Withdraw the link");
    assert_eq!(admin.post(&format!("{page}/withdraw-code"), &[]).await.is(303).to(), page);
    desk.nobody().get(&join).await.is(409).says("withdrawn");
    desk.nobody().post_bare(&format!("{join}/password"), &[("password", "perahu kayu di way besai")]).await.is(409);
    admin.get(&page).await.is(200).says_not("Withdraw the link").says_not("waiting to be used");
    head.get("/journal").await.is(200).says("One-time link was withdrawn");
    // There is nothing more to withdraw; a new one works, and the head may withdraw it too.
    admin.post(&format!("{page}/withdraw-code"), &[]).await.is(409).says("No one-time link");
    let again = admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(200);
    let join = format!("/join/{}", again.between("http://localhost:8080/join/", "<"));
    head.post(&format!("{page}/withdraw-code"), &[]).await.is(303);
    desk.nobody().get(&join).await.is(409);
    // One that has run out is none.
    admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(200);
    desk.test.clock.advance_seconds(siger_app::identity::recovery::LIFETIME_SECONDS);
    let agus = desk.test.officer("agus", &[Role::Administrator]).await;
    desk.signed_in(&agus).await.post(&format!("{page}/withdraw-code"), &[]).await.is(409);
}

#[tokio::test]
async fn somebody_without_a_role_looks_after_their_own_sign_in_and_nothing_else() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let made = admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("roles", "desk")]).await.is(200);
    let (join, request) = link_and_request(&made);
    let page = made.between("<a class=\"crumb\" href=\"", "\"");
    admin.post(&format!("{request}/withdraw"), &[]).await.is(303);
    let mut sari = desk.nobody();
    let secret = comes_in(&desk, &mut sari, &join, siger_testkit::office::PASSWORD).await;
    for open in ["/", "/account", "/requests", &page] {
        sari.get(open).await.is(200);
    }
    sari.post(&format!("{page}/leave"), &[("leave_from", "2026-12-03"), ("leave_to", "2026-12-05")]).await.is(303);
    sari.post("/account/password", &[("password", "gajah lampung minum kopi")]).await.is(303);
    sari.post("/sign-out", &[]).await.is(303);
    desk.test.clock.advance_seconds(30);
    let code = totp::code(&secret, desk.test.office.now());
    let mut back = desk.nobody();
    back.post_bare("/sign-in", &[("login", "sari"), ("password", "gajah lampung minum kopi"), ("code", &code)]).await.is(303);
    let id: siger_domain::id::OfficerId = page.rsplit('/').next().unwrap().parse().unwrap();
    let entries = desk.test.office.read(|tx| Ok(read::from(tx, 0, 500)?)).await.unwrap();
    let own: Vec<_> = entries.iter().filter(|entry| entry.stamp.actor == Some(id)).collect();
    assert!(own.len() >= 6 && own.iter().all(|entry| entry.stamp.role == Role::Newcomer), "{:?}", own.iter().map(|it| it.stamp.role).collect::<Vec<_>>());
}

#[tokio::test]
async fn of_an_officer_who_was_erased_nothing_changes_any_more() {
    let desk = Desk::new();
    let office = &desk.test.office;
    let ratih = desk.test.officer("ratih", &[Role::Administrator]).await;
    let dewi = desk.test.officer("dewi", &[Role::Head]).await;
    let left = desk.test.officer("wati", &[Role::Desk]).await.id;
    let (admin, head) = (desk.test.context(&ratih).await, desk.test.context(&dewi).await);
    let request = RequestId::new(office.now(), office.random());
    let by = admin.clone();
    office.write(move |write| siger_app::request::open_roles(write, &by, request, left, vec![Role::Stay])).await.unwrap();
    let by = admin.clone();
    office.write(move |write| officer::suspend(write, &by, left)).await.unwrap();
    let stamp = siger_storage::Stamp { at: office.now(), actor: None, role: Role::System, purpose: Purpose::Retention };
    let erased = Event::OfficerErased(body::OfficerErased { ground: ErasureGround::KeptUntil });
    office.write(move |write| Ok(write.append(stamp, Subject::Officer(left), &erased)?)).await.unwrap();
    let before = office.read(|tx| Ok(read::head(tx)?.edge.size())).await.unwrap();

    type Try = Box<dyn FnOnce(&mut siger_storage::Write<'_, '_>) -> Result<(), Error> + Send>;
    let (another, day) = (RequestId::new(office.now(), office.random()), "2026-12-03".parse().unwrap());
    let code = |office: &siger_app::Office| office.with_random(Code::new);
    let (one, two, three) = (code(office), code(office), code(office));
    let by = || admin.clone();
    let (b1, b2, b3, b4, b5, b6, b7) = (by(), by(), by(), by(), by(), by(), by());
    let system = office.system(Purpose::Administration);
    let tries: Vec<(&str, Try)> = vec![
        ("restore", Box::new(move |write| officer::restore(write, &b1, left).map(drop))),
        ("suspend", Box::new(move |write| officer::suspend(write, &b2, left).map(drop))),
        ("leave", Box::new(move |write| officer::set_leave(write, &b3, left, Some(Leave { from: day, to: day })).map(drop))),
        ("withdraw", Box::new(move |write| officer::withdraw_code(write, &b4, left).map(drop))),
        ("invite again", Box::new(move |write| officer::invite_again(write, &b5, left, &one).map(drop))),
        ("roles", Box::new(move |write| siger_app::request::open_roles(write, &b6, another, left, vec![Role::Desk]).map(drop))),
        ("recover", Box::new(move |write| siger_app::request::open_recover(write, &b7, another, left, &two, Lost::Phone).map(drop))),
        ("console", Box::new(move |write| officer::readmit(write, &system, left, &three, Lost::Phone).map(drop))),
        ("approve", Box::new(move |write| siger_app::request::approve(write, &head, request).map(drop))),
    ];
    for (what, act) in tries {
        assert!(matches!(office.write(act).await, Err(Error::Conflict("erased"))), "{what}");
    }
    let after = office.read(|tx| Ok(read::head(tx)?.edge.size())).await.unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn leave_is_recorded_by_the_officer_and_taken_back() {
    let desk = Desk::new();
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let page = format!("/officers/{}", wati.id);
    let days = |from, to| [("leave_from", from), ("leave_to", to)];
    counter.post(&format!("{page}/leave"), &days("2026-12-05", "2026-12-03")).await.is(422).says("before the first").says("value=\"2026-12-03\"");
    counter.post(&format!("{page}/leave"), &days("soon", "2026-12-03")).await.is(422).says("Give the first day");
    counter.post(&format!("{page}/leave"), &days("2026-12-03", "2026-12-05")).await.is(303);
    counter.post(&format!("{page}/leave"), &days("2026-12-03", "2026-12-05")).await.is(422).says("recorded already");
    admin.get("/officers").await.is(200).says("2026-12-05");
    admin.post(&format!("{page}/leave"), &[("cancel", "yes")]).await.is(303);
    counter.get(&page).await.is(200).says("No leave recorded");
}

#[tokio::test]
async fn sign_ins_are_seen_and_ended() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let mut elsewhere = desk.nobody();
    elsewhere.sign_in("wati", &wati.secret).await.is(303);
    elsewhere.get("/").await.is(200);
    let page = format!("/officers/{}", wati.id);
    let own = counter.get(&page).await.is(200).says("this one");
    let end = own.between(&format!("action=\"{page}/sign-ins/"), "\"");
    counter.post(&format!("{page}/sign-ins/{end}"), &[]).await.is(303);
    assert!(elsewhere.get("/").await.is(303).to().starts_with("/sign-in"), "the other one has ended");
    counter.get("/").await.is(200);
    let seen = admin.get(&page).await.is(200);
    let end = seen.between(&format!("action=\"{page}/sign-ins/"), "\"");
    admin.post(&format!("{page}/sign-ins/{end}"), &[]).await.is(303);
    assert!(counter.get("/").await.is(303).to().starts_with("/sign-in"));
}

#[tokio::test]
async fn other_roles_see_only_themselves_and_forms_need_their_hidden_field() {
    let desk = Desk::new();
    let (ratih, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    counter.get("/officers").await.is(403);
    counter.get("/officers/new").await.is(403);
    counter.get(&format!("/officers/{}", ratih.id)).await.is(403);
    counter.get(&format!("/officers/{}", wati.id)).await.is(200).says_not("Stop access").says_not("Ask for other roles");
    for act in ["suspend", "restore", "roles"] {
        counter.post(&format!("/officers/{}/{act}", ratih.id), &[("roles", "desk")]).await.is(403);
    }
    counter.post(&format!("/officers/{}/recover", ratih.id), &[("lost", "phone")]).await.is(403);
    admin.get("/officers/nobody").await.is(404);
    admin.get("/officers/019a9c3e-0000-7000-8000-000000000000").await.is(404);
    let page = format!("/officers/{}", wati.id);
    for fields in [&[][..], &[("csrf", "")], &[("csrf", "wrong")]] {
        admin.post_bare(&format!("{page}/suspend"), fields).await.is(403);
    }
    counter.get("/").await.is(200);
}
