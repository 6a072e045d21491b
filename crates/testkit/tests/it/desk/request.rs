//! The two-person rule through the pages.

use super::Desk;
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{PersonId, RequestId};
use siger_domain::person::{CountryCode, Identity, Name, Sex};
use siger_domain::request::ErasureGround;

#[tokio::test]
async fn roles_change_when_another_agrees_and_the_open_session_sees_it_at_once() {
    let desk = Desk::new();
    let (ratih, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (_, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    counter.get("/").await.is(200).says_not("href=\"/journal\"");

    let same = admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "desk")]).await.is(422);
    same.says("These are the roles held now");
    admin.post(&format!("/officers/{}/roles", wati.id), &[]).await.is(422).says("Choose at least one role");
    let asked = admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "desk"), ("roles", "auditor")]).await.is(303);
    let page = asked.to().to_owned();
    admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "auditor")]).await.is(409);

    // Who asked cannot answer, and the page says why.
    admin.get(&page).await.is(200).says("This is your own request").says_not("Approve the roles");
    admin.post(&format!("{page}/approve"), &[]).await.is(403);
    admin.post(&format!("{page}/decline"), &[]).await.is(403);
    counter.get(&page).await.is(403);
    counter.post(&format!("{page}/approve"), &[]).await.is(403);
    head.get("/requests").await.is(200).says("wati (contoh)").says("You decide");
    head.get(&page).await.is(200).says("Would be added").says("Auditor");
    head.post_bare(&format!("{page}/approve"), &[]).await.is(403);
    counter.get("/").await.is(200).says_not("href=\"/journal\"");
    head.post(&format!("{page}/approve"), &[]).await.is(303);

    counter.get("/").await.is(200).says("href=\"/journal\"");
    head.post(&format!("{page}/approve"), &[]).await.is(409);
    head.get(&page).await.is(200).says("Approved").says("dewi (contoh)").says_not("Approve the roles");
    admin.get(&format!("/officers/{}", ratih.id)).await.is(200);
}

#[tokio::test]
async fn nobody_agrees_to_their_own_roles_and_declining_and_withdrawing_change_nothing() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let (dewi, mut head) = desk.officer("dewi", &[Role::Head]).await;
    let (_, mut second) = desk.officer("made", &[Role::Head]).await;
    let ask = [("roles", "head"), ("roles", "desk")];
    let page = admin.post(&format!("/officers/{}/roles", dewi.id), &ask).await.is(303).to().to_owned();
    head.get(&page).await.is(200).says("This request is about you").says_not("Approve the roles");
    head.post(&format!("{page}/approve"), &[]).await.is(403);
    second.post(&format!("{page}/decline"), &[]).await.is(303);
    second.post(&format!("{page}/withdraw"), &[]).await.is(403);
    admin.get(&page).await.is(200).says("Declined");
    let page = admin.post(&format!("/officers/{}/roles", dewi.id), &ask).await.is(303).to().to_owned();
    second.post(&format!("{page}/withdraw"), &[]).await.is(403);
    admin.post(&format!("{page}/withdraw"), &[]).await.is(303);
    second.post(&format!("{page}/approve"), &[]).await.is(409).says("Whoever asked has withdrawn this request.");
    second.get(&page).await.is(200).says("Withdrawn").says("Ended").says_not("Answered by");
    admin.post(&format!("{page}/withdraw"), &[]).await.is(409).says("has withdrawn this request");
    let page = admin.post(&format!("/officers/{}/roles", dewi.id), &ask).await.is(303).to().to_owned();
    desk.test.clock.advance_seconds(siger_domain::request::OPEN_SECONDS);
    // Everybody's sign-in has ended by then; somebody who signs in again finds it run out.
    let made = desk.test.officer("nyoman", &[Role::Head]).await;
    let mut late = desk.signed_in(&made).await;
    late.get(&page).await.is(200).says("Lapsed").says_not("Approve the roles");
    late.post(&format!("{page}/approve"), &[]).await.is(409).says("This request ended by itself");
    let roles = desk.test.office.directory().await.unwrap().get(dewi.id).unwrap().roles;
    assert_eq!(roles.iter().collect::<Vec<_>>(), [Role::Head]);
}

/// Somebody takes back what ran out a moment before, on a page that stood open; it matters to nobody whether that is written down yet.
#[tokio::test]
async fn taking_back_what_ran_out_is_told_that_nothing_is_left_to_do() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Administrator]).await;
    let wati = desk.test.officer("wati", &[Role::Desk]).await;
    let mut admin = desk.signed_in(&ratih).await;
    let page = admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "stay")]).await.is(303).to().to_owned();
    let (withdraw, api) = (format!("{page}/withdraw"), format!("/api/v1{page}/withdraw"));
    desk.test.clock.advance_seconds(siger_domain::request::OPEN_SECONDS);
    let mut admin = desk.nobody();
    admin.sign_in("ratih", &ratih.secret).await.is(303);
    admin.csrf = admin.get("/").await.is(200).between("name=\"csrf\" value=\"", "\"");
    for written in [false, true] {
        if written {
            let by = desk.test.office.system(Purpose::Administration);
            assert_eq!(desk.test.office.write(move |write| siger_app::request::expire(write, &by)).await.unwrap(), 1);
        }
        let told = admin.post(&withdraw, &[]).await.is(409).says("This request ended by itself: nobody decided in time.").says("nothing is left to do with it");
        told.says_not("answered already");
        let problem: serde_json::Value =
            serde_json::from_str(&admin.send("POST", &api, Some(("application/json".to_owned(), b"{}".to_vec()))).await.is(409).text).unwrap();
        assert_eq!(problem["type"], "/api/v1/openapi.json#problem-request_ran_out");
        assert!(problem["detail"].as_str().unwrap().starts_with("This request ended by itself"), "{problem}");
        let shown = admin.get(&page).await.is(200).says("Lapsed").says("Nobody decided in time, so this request ended by itself.");
        shown.says("What it asked for did not happen.").says_not("Withdraw the request").says_not("Answered by");
    }
    admin.get(&format!("{page}?lang=id")).await.is(200).says("berakhir sendiri");
    admin.headers = vec![("accept-language", "id".to_owned())];
    admin.post(&withdraw, &[]).await.is(409).says("Permintaan ini sudah berakhir sendiri");
}

#[tokio::test]
async fn an_answer_asks_for_a_fresh_sign_in() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let dewi = desk.test.officer("dewi", &[Role::Head]).await;
    let wati = desk.test.officer("wati", &[Role::Desk]).await;
    let page = admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "stay")]).await.is(303).to().to_owned();
    let mut head = desk.stale(&dewi).await;
    let confirm = head.post(&format!("{page}/approve"), &[]).await.is(303);
    assert_eq!(confirm.to(), format!("/fresh?next={}&what=request.roles", page.replace('/', "%2F")));
    head.confirm(&dewi).await;
    head.post(&format!("{page}/approve"), &[]).await.is(303);
    head.get(&page).await.is(200).says("Approved");
}

#[tokio::test]
async fn an_approved_erasure_destroys_the_key() {
    let desk = Desk::new();
    let (wati, mut counter) = desk.officer("wati", &[Role::Desk]).await;
    let (_, mut privacy) = desk.officer("putu", &[Role::PrivacyOfficer]).await;
    let office = &desk.test.office;
    let (person, request) = (PersonId::new(office.now(), office.random()), RequestId::new(office.now(), office.random()));
    let by = desk.test.context(&wati).await;
    let identity = Identity { name: Name::new("Contoh Lim").unwrap(), born: None, sex: Sex::F, nationality: CountryCode::new("nationality", "MYS").unwrap() };
    let (registering, asking) = (by.clone(), siger_app::Context { purpose: Some(Purpose::PrivacyRequest), ..by });
    office.write(move |write| siger_app::person::register(write, &registering, person, identity, Vec::new())).await.unwrap();
    office.write(move |write| siger_app::request::open_erase(write, &asking, request, person, ErasureGround::SubjectRequest)).await.unwrap();
    let key = office.read(move |tx| Ok(siger_storage::table::person::get(tx, person)?.unwrap().key)).await.unwrap();
    let page = format!("/requests/{request}");

    counter.get("/requests").await.is(200).says("Erasure of a person").says("The requests that you opened");
    counter.get(&page).await.is(200).says("This is your own request");
    counter.post(&format!("{page}/approve"), &[]).await.is(403);
    let seen = privacy.get(&page).await.is(200).says("The person asked for it").says("cannot be undone").says(&person.to_string());
    seen.says("UU 27/2022").says("not confirmed").says_not("Contoh Lim");
    privacy.post(&format!("{page}/approve"), &[]).await.is(303);
    assert!(office.store().keyring().is_punctured(key), "no backup opens it any more");
    privacy.get(&page).await.is(200).says("Approved");
}

/// Opens a request to change the roles of an officer and takes it back.
async fn asked_and_withdrawn(admin: &mut super::Browser<'_>, of: siger_domain::id::OfficerId) {
    let page = admin.post(&format!("/officers/{of}/roles"), &[("roles", "stay")]).await.is(303).to().to_owned();
    admin.post(&format!("{page}/withdraw"), &[]).await.is(303);
}

#[tokio::test]
async fn the_list_is_walked_and_holds_each_request_once() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let wati = desk.test.officer("wati", &[Role::Desk]).await;
    let made = desk.test.officer("made", &[Role::Desk]).await;
    for _ in 0..siger_app::request::PAGE {
        asked_and_withdrawn(&mut admin, wati.id).await;
    }
    // A full part is not followed by an empty one.
    let later = |seen: &super::Seen| seen.addresses().into_iter().find(|it| it.contains("before="));
    assert_eq!(later(&admin.get("/requests").await.is(200).says("50").says("live:requests")), None);
    let open = admin.post(&format!("/officers/{}/roles", wati.id), &[("roles", "stay")]).await.is(303).to().to_owned();
    for _ in 0..12 {
        asked_and_withdrawn(&mut admin, made.id).await;
    }
    let requests = |seen: &super::Seen| seen.addresses().into_iter().filter(|it| it.starts_with("/requests/")).collect::<Vec<_>>();
    let first = admin.get("/requests").await.is(200).says("live:requests");
    let mut all = requests(&first);
    assert_eq!(all[0], open, "what waits is on top, however old");
    let next = later(&first).unwrap();
    let second = admin.get(&next).await.is(200).says_not("live:requests").says("href=\"/requests\"");
    assert_eq!(later(&second), None);
    all.extend(requests(&second));
    let unique: std::collections::BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!((all.len(), unique.len()), (63, 63));
    // Somebody who sees only their own walks through those.
    let (_, mut other) = desk.officer("wayan", &[Role::Desk]).await;
    other.get(&next).await.is(200).says_not(&all[1]);
    admin.get("/requests?before=x").await.is(400);
}
