//! Officers through their pages.

use super::Desk;
use siger_app::identity::totp::{self, Secret};
use siger_domain::access::Role;

#[tokio::test]
async fn somebody_is_invited_and_the_link_opens_once() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    admin.get("/officers/new").await.is(200).says("Counter officer").says("opens files for a service at the counter");

    let made =
        admin.post("/officers/new", &[("name", "Sari (contoh)"), ("login", "sari"), ("email", ""), ("roles", "desk"), ("roles", "cashier")]).await.is(200);
    let link = made.between("http://localhost:8080/join/", "<");
    assert_eq!(link.split('-').map(str::len).collect::<Vec<_>>(), [4; 7], "letters in groups: {link}");
    let made = made.says("<svg").says("shown only now");
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
    new.get("/").await.is(200).says("Sari (contoh)");
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

#[tokio::test]
async fn a_lost_phone_from_end_to_end() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let page = format!("/officers/{}", wati.id);
    let given = admin.post(&format!("{page}/recover"), &[("lost", "phone")]).await.is(200).says("Link for a new phone");
    let join = format!("/join/{}", given.between("http://localhost:8080/join/", "<"));
    assert!(counter.get("/").await.is(303).to().starts_with("/sign-in"), "sign-ins end when the link is given");

    let mut phone = desk.nobody();
    phone.get(&join).await.is(200).says("Set up codes on a new phone");
    let setup = phone.post_bare(&format!("{join}/password"), &[("password", "gajah lampung minum kopi")]).await.is(200);
    let secret = Secret::from_base32(&setup.between("id=\"secret\" translate=\"no\">", "<").replace(' ', "")).unwrap();
    desk.test.clock.advance_seconds(30);
    let code = totp::code(&secret, desk.test.office.now());
    phone.post_bare(&format!("{join}/code"), &[("code", &code)]).await.is(303);
    phone.get("/").await.is(200).says("wati (contoh)");
    // Neither the old phone nor the old password opens anything, and the link is used up.
    desk.nobody().sign_in("wati", &wati.secret).await.is(422);
    desk.nobody().get(&join).await.is(409);
    admin.post(&format!("{page}/recover"), &[("lost", "everything")]).await.is(422);
    admin.post(&format!("{page}/recover"), &[("lost", "invitation")]).await.is(422);
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
