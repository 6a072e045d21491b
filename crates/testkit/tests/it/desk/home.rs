//! The first page.

use super::Desk;
use siger_domain::access::Role;
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Identity, Name, Sex};

#[tokio::test]
async fn an_officers_own_trail_is_found_however_long_ago_it_was() {
    let desk = Desk::new();
    let (_, mut sari) = desk.officer("sari", &[Role::Auditor]).await;
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Desk]).await;
    // A day on which colleagues did a thousand things.
    let by = desk.test.context(&ratih).await;
    let office = desk.test.office.clone();
    let ids: Vec<PersonId> = (0..1_000).map(|_| PersonId::new(office.now(), office.random())).collect();
    office
        .write(move |write| {
            for id in ids {
                let nationality = CountryCode::new("nationality", "UTO").unwrap();
                let identity = Identity { name: Name::new("Contoh").unwrap(), born: None, sex: Sex::X, nationality };
                siger_app::person::register(write, &by, id, identity, Vec::new())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    sari.get("/").await.is(200).says_not("No trail yet").says("Officer signed in").says_not("Person was registered");
    let home = browser.get("/").await.is(200).says("1,000").says("Person was registered");
    assert_eq!(home.between("id=\"own-trail\"", "</section>").matches("<li").count(), 8);
}

#[tokio::test]
async fn persons_on_file_are_counted_with_and_without_the_index() {
    let desk = Desk::new();
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Desk]).await;
    let by = desk.test.context(&ratih).await;
    let office = desk.test.office.clone();
    let ids: Vec<PersonId> = (0..3).map(|_| PersonId::new(office.now(), office.random())).collect();
    office
        .write(move |write| {
            for id in ids {
                let nationality = CountryCode::new("nationality", "UTO").unwrap();
                // A name of which the index keeps no word counts as well.
                let identity = Identity { name: Name::new("-").unwrap(), born: None, sex: Sex::X, nationality };
                siger_app::person::register(write, &by, id, identity, Vec::new())?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let counted = |home: &super::Seen| home.between("Persons on file", "files in this office");
    let without = browser.get("/").await.is(200).says("The search index is being built.");
    let follower = siger_app::index::spawn(&desk.test.office);
    while !desk.test.office.names().is_complete() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let with = browser.get("/").await.is(200).says_not("The search index is being built.");
    assert!(counted(&without).contains(">3<"), "{}", counted(&without));
    assert_eq!(counted(&with), counted(&without));
    follower.abort();
}
