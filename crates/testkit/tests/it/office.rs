//! The ground in one story: an office is made, officers come, a person is registered, read, erased by two.

use siger_app::person::Who;
use siger_app::{Error, person, request};
use siger_domain::access::Role;
use siger_domain::id::{PersonId, RequestId};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Sex};
use siger_domain::request::ErasureGround;
use siger_testkit::office::TestOffice;

fn identity(name: &str) -> Identity {
    Identity { name: Name::new(name).expect("a name"), born: None, sex: Sex::X, nationality: CountryCode::new("nationality", "MYS").expect("a code") }
}

fn passport(number: &str) -> Document {
    Document {
        kind: DocumentKind::Passport,
        issuer: CountryCode::new("issuer", "MYS").expect("a code"),
        number: DocumentNumber::new(number).expect("a number"),
        expires: None,
    }
}

#[tokio::test]
async fn a_person_is_registered_read_and_erased_by_two() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let head = test.officer("hadi", &[Role::Head]).await;

    let id = PersonId::new(office.now(), office.random());
    let by = test.context(&desk).await;
    let made = office.write(move |write| person::register(write, &by, id, identity("Contoh Lim"), vec![passport("A1234567")])).await.expect("registered");
    assert_eq!(made.person, id);

    // The same document on a second file is refused.
    let (by, other) = (test.context(&desk).await, PersonId::new(office.now(), office.random()));
    let again = office.write(move |write| person::register(write, &by, other, identity("Contoh Lim"), vec![passport("a-1234567")])).await;
    assert!(matches!(again, Err(Error::Conflict("document_known"))), "{again:?}");

    // Found by number, opened, and the next to open it sees the look.
    let by = test.context(&desk).await;
    let found = office.write(move |write| person::by_document(write, &by, &passport("A1234567").lookup_text())).await.expect("looked up");
    assert_eq!(found.iter().map(|listed| listed.person.id).collect::<Vec<_>>(), [id]);
    let by = test.context(&desk).await;
    let file = office.write(move |write| person::open(write, &by, id, u64::MAX, person::HISTORY)).await.expect("opened");
    assert_eq!(file.who, Who::Known(identity("Contoh Lim")));
    assert_eq!(file.history.rows.iter().map(|change| change.line.kind.as_str()).collect::<Vec<_>>(), ["person.registered"]);
    assert_eq!(file.looks, []);
    let by = test.context(&desk).await;
    let again = office.write(move |write| person::open(write, &by, id, u64::MAX, person::HISTORY)).await.expect("opened");
    assert_eq!(again.looks.iter().map(|look| (look.number, look.stamp.actor)).collect::<Vec<_>>(), [(file.number, Some(desk.id))]);

    // The desk cannot ask for an erasure on its own account of right; the privacy officer can, and the head agrees.
    let (by, request) = (test.context(&head).await, RequestId::new(office.now(), office.random()));
    let refused = office.write(move |write| request::open_erase(write, &by, request, id, ErasureGround::SubjectRequest)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    let by = test.context(&privacy).await;
    office.write(move |write| request::open_erase(write, &by, request, id, ErasureGround::SubjectRequest)).await.expect("asked");
    let by = test.context(&privacy).await;
    let self_answer = office.write(move |write| request::approve(write, &by, request)).await;
    assert!(matches!(self_answer, Err(Error::Forbidden(siger_app::access::Why::SecondPerson))), "{self_answer:?}");
    let by = test.context(&head).await;
    let effect = office.write(move |write| request::approve(write, &by, request)).await.expect("agreed");
    office.finish_erasure(effect).await.expect("keys destroyed");

    let by = test.context(&desk).await;
    let file = office.write(move |write| person::open(write, &by, id, u64::MAX, person::HISTORY)).await.expect("a tombstone");
    assert_eq!(file.who, Who::Erased);
    assert!(file.documents.is_empty());
    let by = test.context(&desk).await;
    let found = office.write(move |write| person::by_document(write, &by, &passport("A1234567").lookup_text())).await.expect("looked up");
    assert!(found.is_empty());
}
