//! The office's own pages.

use super::Desk;
use crate::retention::register;
use siger_app::job;
use siger_app::notify::Off;
use siger_domain::access::{Action, Role};
use siger_domain::retention::DataKind;
use siger_storage::table::{operation, person};
use siger_testkit::engine::{Engine, apart};
use std::sync::Arc;

#[tokio::test]
async fn settings_and_proof_are_shown_without_a_secret() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let page = admin.get("/office").await.is(200);
    let page = page.says("siger.test/way-kanan").says(Engine::meant().name()).says("Asia/Jakarta").says("Readable");
    let head = apart(|| desk.test.office.store().head()).unwrap();
    let page = page.says(head.checkpoint.lines().nth(2).unwrap());
    for verifier in desk.test.office.store().keyring().log_verifiers() {
        assert!(page.text.contains(&verifier.vkey().replace('&', "&amp;")), "{}", verifier.vkey());
    }
    // What is no sealed picture in the folder of pictures is said, not passed over.
    std::fs::create_dir_all(desk.test.folder().join("blobs/00")).unwrap();
    std::fs::write(desk.test.folder().join("blobs/00/not-a-blob"), "x").unwrap();
    admin.get("/office").await.is(200).says("siger check");
}

#[tokio::test]
async fn every_action_and_every_policy_can_be_read_with_its_reason() {
    let desk = Desk::new();
    let (_, mut auditor) = desk.officer("nyoman", &[Role::Auditor]).await;
    let page = auditor.get("/office/access").await.is(200);
    for action in Action::ALL {
        let word = siger_web::locale::Locale::En.word("action", action.as_str());
        assert!(page.text.contains(&word.replace('&', "&amp;")), "{action}");
    }
    for policy in desk.test.office.access().policies() {
        assert!(page.text.contains(&format!("<code>{}</code>", policy.id)), "{}", policy.id);
    }
    let rules = auditor.get("/office/retention").await.is(200).says("Office policy, unconfirmed");
    for kind in DataKind::ALL {
        assert!(rules.text.contains(&format!("id=\"rule-{}\"", kind.as_str())), "{kind}");
    }
    auditor.get("/office/jobs").await.is(403);
}

#[tokio::test]
async fn each_part_is_for_those_who_need_it() {
    let desk = Desk::new();
    let (_, mut privacy) = desk.officer("putu", &[Role::PrivacyOfficer]).await;
    privacy.get("/office").await.is(403);
    privacy.get("/office/retention").await.is(200).says_not("href=\"/office/jobs\"").says_not("href=\"/office/access\"");
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    admin.get("/office/jobs").await.is(200).says("Nothing to do");
}

#[tokio::test]
async fn jobs_say_what_waits_what_failed_and_what_was_given_up() {
    let desk = Desk::new();
    let (ratih, _) = desk.officer("ratih", &[Role::Administrator]).await;
    let office = desk.test.office.clone();
    let id = siger_domain::id::JobId::new(office.now(), office.random());
    let unknown = operation::Job { id, kind: "of a newer program".into(), payload: Vec::new(), run_at: office.now(), attempts: 0, failed: None };
    let keyring = office.store().keyring().clone();
    office.write(move |write| Ok(operation::add_job(write, &keyring, &unknown, None)?)).await.unwrap();
    let mut admin = desk.signed_in(&ratih).await;
    admin.get("/office/jobs").await.is(200).says("of a newer program").says_not("Will be tried again").says_not("Given up");
    for tries in 1..=job::ATTEMPTS_MAX {
        job::run_due(&office, &(Arc::new(Off) as _)).await.unwrap();
        if tries < job::ATTEMPTS_MAX {
            admin.get("/office/jobs").await.is(200).says("Will be tried again").says("does not know");
            desk.test.clock.advance_seconds(3_600);
            admin = desk.signed_in(&desk.test.officer(&format!("admin-{tries}"), &[Role::Administrator]).await).await;
        }
    }
    // Given up stands with the moment it was, not with the far future in which its row is parked.
    let page = admin.get("/office/jobs").await.is(200).says("Given up").says_not("Will be tried again");
    page.says("2026").says_not("3026");
}

#[tokio::test]
async fn what_is_due_is_shown_and_ended_by_hand() {
    let desk = Desk::new();
    let ratih = desk.test.officer("ratih", &[Role::Desk]).await;
    let old = register(&desk.test, &ratih, "Contoh Lama").await;
    let (_, mut privacy) = desk.officer("putu", &[Role::PrivacyOfficer]).await;
    privacy.get("/office/retention").await.is(200).says("Nothing is due today").says_not("/office/retention/apply");
    desk.test.clock.advance_seconds(1_827 * 24 * 3_600);

    let dewi = desk.test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let mut stale = desk.stale(&dewi).await;
    let page = stale.get("/office/retention").await.is(200).says("Due today").says("Identity of a person").says("action=\"/office/retention/apply\"");
    let page = page.says("UU 27/2022").says_not("Contoh Lama");
    // Five years lie between: the program has not run it by itself, and says why.
    page.says("The program waits for you to look").says("name=\"despite\"");
    stale.get("/").await.is(200).says("The daily erasure waits for somebody to look");
    let row = || apart(|| desk.test.office.store().read_blocking(|tx| person::get(tx, old))).unwrap().unwrap();
    assert!(row().erased.is_none(), "looking changes nothing");
    let asked = stale.post("/office/retention/apply", &[]).await.is(303);
    assert_eq!(asked.to(), "/fresh?next=%2Foffice%2Fretention&what=retention.apply");
    assert!(row().erased.is_none());
    stale.confirm(&dewi).await;
    stale.post("/office/retention/apply", &[]).await.is(409).says("The date jumped");
    assert!(row().erased.is_none(), "whoever has not seen the reason ends nothing");
    assert_eq!(stale.post("/office/retention/apply", &[("despite", "held")]).await.is(303).to(), "/office/retention#due");
    let erased = row();
    assert!(erased.erased.is_some() && desk.test.office.store().keyring().is_punctured(erased.key));
    stale.get("/office/retention").await.is(200).says("Nothing is due today").says("dewi (contoh)").says("Newest run");

    // The head looks; the desk does not.
    let (_, mut head) = desk.officer("hadi", &[Role::Head]).await;
    head.get("/office/retention").await.is(200).says("Newest run").says_not("/office/retention/apply");
    // The administrator reads the rules only.
    let (_, mut admin) = desk.officer("arif", &[Role::Administrator]).await;
    admin.get("/office/retention").await.is(200).says_not("Due today");
}
