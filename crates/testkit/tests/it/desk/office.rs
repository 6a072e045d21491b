//! The office's own pages.

use super::Desk;
use siger_domain::access::{Action, Role};
use siger_domain::retention::DataKind;

#[tokio::test]
async fn settings_and_proof_are_shown_without_a_secret() {
    let desk = Desk::new();
    let (_, mut admin) = desk.officer("ratih", &[Role::Administrator]).await;
    let page = admin.get("/office").await.is(200);
    let page = page.says("siger.test/way-kanan").says("SQLite").says("Asia/Jakarta").says("Readable");
    let head = desk.test.office.store().head().unwrap();
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
