//! Every operation of the API without a sign-in, as every role, and from another site. An operation that is not in the table fails the test.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use siger_app::access::Access;
use siger_app::access::matrix::Matrix;
use siger_domain::access::{Action, Role};

use siger_testkit::zone::zone;

use crate::api::{Api, Ask, person};

/// Who may use an operation.
#[derive(Clone, Copy)]
enum For {
    /// Anybody, also signed out.
    Anybody,
    /// Every officer, for what is their own.
    Officers,
    /// Those who may do this to anybody's; one's own is not tried here.
    Who(Action),
}

use For::{Anybody, Officers, Who};

const OPERATIONS: &[(&str, For)] = &[
    ("register_person", Who(Action::PersonRegister)),
    ("list_persons", Who(Action::PersonSearch)),
    ("look_up_person", Who(Action::PersonSearch)),
    ("search_persons", Who(Action::PersonSearch)),
    ("open_person", Who(Action::PersonRead)),
    ("note_person", Who(Action::PersonNote)),
    ("correct_person", Who(Action::PersonCorrect)),
    ("add_document", Who(Action::PersonCorrect)),
    ("list_readers", Who(Action::PersonReaders)),
    ("scan_document", Who(Action::InspectionInspect)),
    ("show_inspection", Who(Action::InspectionRead)),
    // The step that is tried here is to call the person.
    ("step_inspection", Who(Action::InspectionInspect)),
    ("list_inspections", Who(Action::InspectionList)),
    ("list_journal", Who(Action::JournalList)),
    ("prove_entry", Who(Action::JournalProve)),
    ("list_requests", Officers),
    // The one that is opened here is for an erasure.
    ("open_request", Who(Action::PersonErase)),
    ("approve_request", Who(Action::RequestErase)),
    ("decline_request", Who(Action::RequestErase)),
    ("withdraw_request", Who(Action::RequestWithdraw)),
    ("list_officers", Who(Action::OfficerList)),
    ("show_office", Who(Action::OfficeRead)),
    ("show_session", Officers),
    ("describe", Anybody),
];

/// A body with which whoever may do it could.
fn body(operation: &str, about: &str) -> Value {
    match operation {
        "register_person" => person("Contoh Siti", "B1"),
        "look_up_person" => json!({ "issuer": "MYS", "number": "A1234567" }),
        "search_persons" => json!({ "name": "siti" }),
        "note_person" => json!({ "text": "Datang." }),
        "correct_person" => json!({ "seen": 1, "identity": { "name": "Contoh", "sex": "F", "nationality": "MYS" } }),
        "add_document" => json!({ "kind": "passport", "issuer": "MYS", "number": "C1" }),
        "scan_document" => json!({ "kind": "visit", "zone": zone("CONTOH", "SITI", "Z1") }),
        "step_inspection" => json!({ "seen": 1, "step": { "action": "take" } }),
        "open_request" => json!({ "matter": "erase", "person": about, "ground": "subject_request" }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn no_operation_lets_in_whom_it_should_not() {
    let api = Api::new();
    let matrix = Matrix::new(&Access::load().unwrap());
    let mut officers = Vec::new();
    for role in Role::OFFICER {
        officers.push((*role, api.test.officer(&format!("peran-{}", role.as_str().replace('_', "-")), &[*role]).await));
    }
    let by = |role: Role| &officers.iter().find(|(held, _)| *held == role).unwrap().1;
    let made = api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "A1234567")).by(by(Role::Desk))).await;
    let about = made.json()["id"].as_str().unwrap().to_owned();
    // Opened by somebody else than those who try.
    let other = api.test.officer("lain", &[Role::PrivacyOfficer]).await;
    let request = api.ask(Ask::post("/api/v1/requests", &body("open_request", &about)).by(&other)).await.json()["id"].as_str().unwrap().to_owned();

    let scanned = api.ask(Ask::post("/api/v1/inspections/scan", &body("scan_document", &about)).by(by(Role::Desk))).await;
    let inspection = scanned.json()["id"].as_str().unwrap().to_owned();

    let document = api.ask(Ask::get("/api/v1/openapi.json")).await.json();
    let (mut described, mut wrong) = (BTreeSet::new(), Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            described.insert(id.to_owned());
            let Some((_, whom)) = OPERATIONS.iter().find(|(known, _)| *known == id) else { continue };
            let thing = match path {
                path if path.contains("/requests/") => &request,
                path if path.contains("/inspections/") => &inspection,
                _ => &about,
            };
            let address = path.replace("{id}", thing).replace("{number}", "1").replace("{stage}", "presented");
            let ask = || if method == "post" { Ask::post(address.clone(), &body(id, &about)) } else { Ask::get(address.clone()) };
            let mut say = |who: &str, status: u16, fits: bool| {
                if !fits {
                    wrong.push(format!("{id} ({method} {path}) {who}: {status}"));
                }
            };
            let out = api.ask(ask()).await.status.as_u16();
            say("signed out", out, if matches!(whom, Anybody) { out == 200 } else { out == 401 });
            if method == "post" {
                let foreign = api.ask(ask().by(by(Role::Head)).header("sec-fetch-site", "cross-site")).await.status.as_u16();
                say("from another site", foreign, foreign == 403);
                let form = api.ask(ask().by(by(Role::Head)).header("content-type", "application/x-www-form-urlencoded")).await.status.as_u16();
                say("as a form", form, form == 415);
            }
            let Who(action) = whom else { continue };
            for (role, officer) in &officers {
                let may = !matrix.cell(*role, *action).any.is_empty();
                // What a change does is told elsewhere; here it would change what the next one finds.
                if may && method == "post" && !matches!(id, "look_up_person" | "search_persons") {
                    continue;
                }
                let answer = api.ask(ask().by(officer)).await;
                let status = answer.status.as_u16();
                say(role.as_str(), status, if may { status == 200 } else { matches!(status, 403 | 404) && !answer.text.contains("Siti") });
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(described, OPERATIONS.iter().map(|(id, _)| (*id).to_owned()).collect(), "described, or in the table, but not in both");
}
