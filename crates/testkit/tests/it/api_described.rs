//! Each operation of the API answers as its description says: once as asked for, once wrongly.

use siger_testkit::engine::apart;
use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde_json::{Value, json};
use siger_domain::access::Role;

use crate::api::{Answer, Api, Ask, person};

/// The description, and which of its operations were seen to answer well and badly.
struct Description {
    document: Value,
    seen: BTreeMap<String, (bool, bool)>,
}

impl Description {
    fn operation(&self, id: &str) -> &Value {
        let paths = self.document["paths"].as_object().unwrap();
        let mut operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
        operations.find(|operation| operation["operationId"] == id).unwrap_or_else(|| panic!("{id} is not described"))
    }

    /// Compares an answer with the description of its operation.
    fn check(&mut self, id: &str, answer: &Answer, expected: u16) {
        assert_eq!(answer.status.as_u16(), expected, "{id}: {}", answer.text);
        let described = &self.operation(id)["responses"][expected.to_string()];
        assert!(described.is_object(), "{id}: status {expected} is not described");
        let media = answer.headers["content-type"].to_str().unwrap();
        let content = &described["content"][media];
        assert!(content.is_object(), "{id}: {expected} as {media} is not described");
        let body = answer.json();
        if content["schema"].is_object() {
            self.fits(id, &content["schema"], &body);
        }
        if expected >= 400 {
            assert_eq!(body["status"], expected);
            let operation = answer.headers["x-operation-id"].to_str().unwrap();
            assert_eq!(body["instance"], format!("urn:uuid:{operation}"), "{id}");
        }
        let seen = self.seen.entry(id.to_owned()).or_default();
        *if expected < 400 { &mut seen.0 } else { &mut seen.1 } = true;
    }

    /// Required fields are there and of their type, and nothing is there that is not described.
    fn fits(&self, at: &str, schema: &Value, value: &Value) {
        let schema = match schema["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => schema,
        };
        if schema["oneOf"].is_array() || schema["allOf"].is_array() {
            return;
        }
        if let Some(items) = schema.get("items") {
            for (index, item) in value.as_array().unwrap_or_else(|| panic!("{at}: a list")).iter().enumerate() {
                self.fits(&format!("{at}[{index}]"), items, item);
            }
            return;
        }
        let Some(properties) = schema["properties"].as_object() else {
            let kind = &schema["type"];
            let is = |name: &str| kind == name || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == name));
            let fits = match value {
                Value::String(_) => is("string"),
                Value::Number(_) => is("integer") || is("number"),
                Value::Bool(_) => is("boolean"),
                Value::Null => is("null"),
                _ => false,
            };
            assert!(fits, "{at}: {value} is not a {kind}");
            return;
        };
        let object = value.as_object().unwrap_or_else(|| panic!("{at}: an object"));
        for required in schema["required"].as_array().into_iter().flatten() {
            assert!(object.contains_key(required.as_str().unwrap()), "{at}: {required} is missing");
        }
        for (name, value) in object {
            let property = properties.get(name).unwrap_or_else(|| panic!("{at}: {name} is not described"));
            self.fits(&format!("{at}.{name}"), property, value);
        }
    }
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_operation_answers_as_described() {
    let api = Api::new();
    let desk = api.test.officer("ratih", &[Role::Desk]).await;
    let privacy = api.test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let head = api.test.officer("hadi", &[Role::Head]).await;
    let admin = api.test.officer("agus", &[Role::Administrator]).await;
    let auditor = api.test.officer("tono", &[Role::Auditor]).await;
    let served = api.ask(Ask::get("/api/v1/openapi.json")).await;
    let mut description = Description { document: served.json(), seen: BTreeMap::new() };
    assert_eq!(served.status, StatusCode::OK);
    let nobody = "/api/v1/persons/019ab4de-3a00-7abc-8def-0123456789ab";
    let nobody_asked = "/api/v1/requests/019ab4de-3a00-7abc-8def-0123456789ab";

    // Persons.
    let made = api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "A1234567")).by(&desk)).await;
    description.check("register_person", &made, 201);
    let file = made.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(file, format!("/api/v1/persons/{}", id(&made)));
    let wrong = json!({ "identity": { "name": " ", "born": "soon", "sex": "?", "nationality": "1" } });
    let refused = api.ask(Ask::post("/api/v1/persons", &wrong).by(&desk)).await;
    description.check("register_person", &refused, 422);
    let faults: Vec<_> = refused.json()["faults"].as_array().unwrap().iter().map(|fault| fault["field"].clone()).collect();
    assert_eq!(faults, ["name", "born", "sex", "nationality"]);
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "a 123-4567")).by(&desk)).await, 409);
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &json!({ "identity": {}, "rank": 1 })).by(&desk)).await, 400);
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &wrong).by(&desk).header("content-type", "text/plain")).await, 415);
    let large = json!({ "identity": { "name": "x".repeat(70_000), "sex": "X", "nationality": "UTO" } });
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &large).by(&desk)).await, 413);
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &json!(null)).raw(&deep).by(&desk)).await, 400);
    description.check("register_person", &api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "B1")).by(&auditor)).await, 403);

    api.ask(Ask::post("/api/v1/persons", &person("Contoh Lim", "A7654321")).by(&desk)).await;
    let page = api.ask(Ask::get("/api/v1/persons?limit=1").by(&desk)).await;
    description.check("list_persons", &page, 200);
    let next = api.ask(Ask::get(page.json()["next"].as_str().unwrap()).by(&desk)).await;
    assert_eq!(next.json()["persons"][0]["identity"]["name"], "Contoh Siti");
    for query in ["limit=0", "limit=201", "limit=x", "offset=3", "kind=person.noted"] {
        description.check("list_persons", &api.ask(Ask::get(format!("/api/v1/persons?{query}")).by(&desk)).await, 400);
    }
    description.check("list_persons", &api.ask(Ask::get("/api/v1/persons")).await, 401);
    description.check("list_persons", &api.ask(Ask::get("/api/v1/persons").by(&desk).header("x-purpose", "curiosity")).await, 400);

    let found = api.ask(Ask::post("/api/v1/persons/lookup", &json!({ "issuer": "mys", "number": "a-1234567" })).by(&desk)).await;
    description.check("look_up_person", &found, 200);
    assert_eq!(found.json()["persons"].as_array().unwrap().len(), 1);
    description.check("look_up_person", &api.ask(Ask::post("/api/v1/persons/lookup", &json!({ "issuer": "mys", "number": "''" })).by(&desk)).await, 422);

    let search = |name: &str| Ask::post("/api/v1/persons/search", &json!({ "name": name })).by(&desk);
    let entries = apart(|| api.test.office.store().head()).unwrap().edge.size();
    let unchecked = api.ask(search("siti")).await;
    description.check("search_persons", &unchecked, 200);
    assert_eq!(unchecked.json(), json!({ "persons": [], "complete": false }), "nobody was looked for yet");
    let follower = siger_app::index::spawn(&api.test.office);
    while !api.test.office.names().is_complete() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let short = api.ask(search("s").header("accept-language", "en")).await;
    description.check("search_persons", &short, 422);
    assert!(short.text.contains("at least two letters") && short.text.contains("too_short"), "{}", short.text);
    assert_eq!(apart(|| api.test.office.store().head()).unwrap().edge.size(), entries, "none of these looked for anybody");
    let named = api.ask(search("sit")).await;
    description.check("search_persons", &named, 200);
    assert_eq!((named.json()["persons"][0]["id"].as_str(), &named.json()["complete"]), (Some(id(&made).as_str()), &json!(true)));
    description.check("search_persons", &api.ask(Ask::post("/api/v1/persons/search", &json!({ "name": "siti" }))).await, 401);
    follower.abort();

    // An inquiry's look is on the file for those who make inquiries, and not at the counter.
    let inquiry = api.test.officer("ilham", &[Role::Intelligence]).await;
    let looked = api.ask(Ask::get(&file).by(&inquiry)).await;
    let again = api.ask(Ask::get(&file).by(&inquiry)).await;
    assert_eq!(again.json()["looks"][0]["number"], looked.json()["read_entry"]);
    let opened = api.ask(Ask::get(&file).by(&desk)).await;
    description.check("open_person", &opened, 200);
    assert_eq!((&opened.json()["looks"], opened.text.contains("enforcement")), (&json!([]), false), "{}", opened.text);
    description.check("open_person", &api.ask(Ask::get(nobody).by(&desk)).await, 404);
    description.check("open_person", &api.ask(Ask::get("/api/v1/persons/me").by(&desk)).await, 404);

    description.check("note_person", &api.ask(Ask::post(format!("{file}/notes"), &json!({ "text": "Datang." })).by(&desk)).await, 201);
    description.check("note_person", &api.ask(Ask::post(format!("{nobody}/notes"), &json!({ "text": "Datang." })).by(&desk)).await, 404);
    description.check("note_person", &api.ask(Ask::post(format!("{file}/notes"), &json!({ "text": "" })).by(&desk)).await, 422);

    let correction = json!({ "seen": opened.json()["identity_entry"], "identity": { "name": "Contoh Siti Lim", "sex": "F", "nationality": "MYS" } });
    description.check("correct_person", &api.ask(Ask::post(format!("{file}/corrections"), &correction).by(&desk)).await, 201);
    description.check("correct_person", &api.ask(Ask::post(format!("{file}/corrections"), &correction).by(&desk)).await, 409);

    let document = json!({ "kind": "travel_document", "issuer": "MYS", "number": "T99" });
    description.check("add_document", &api.ask(Ask::post(format!("{file}/documents"), &document).by(&desk)).await, 201);
    description.check("add_document", &api.ask(Ask::post(format!("{file}/documents"), &document).by(&desk)).await, 409);

    let readers = api.ask(Ask::get(format!("{file}/readers?limit=1")).by(&privacy)).await;
    description.check("list_readers", &readers, 200);
    // The newest look is this list's own predecessor, and the rest is where `next` says.
    assert_eq!(readers.json()["readers"].as_array().unwrap().len(), 1);
    let more = api.ask(Ask::get(readers.json()["next"].as_str().expect("more")).by(&privacy)).await;
    description.check("list_readers", &more, 200);
    assert!(more.json()["readers"][0]["number"].as_u64() < readers.json()["readers"][0]["number"].as_u64());
    for query in ["limit=0", "limit=201", "kind=person.read"] {
        description.check("list_readers", &api.ask(Ask::get(format!("{file}/readers?{query}")).by(&privacy)).await, 400);
    }
    description.check("list_readers", &api.ask(Ask::get(format!("{nobody}/readers")).by(&privacy)).await, 404);

    // Journal, office.
    let journal = api.ask(Ask::get("/api/v1/journal?kind=person.noted&limit=1").by(&auditor)).await;
    description.check("list_journal", &journal, 200);
    let noted = &journal.json()["entries"][0];
    assert_eq!(noted["kind"], "person.noted");
    description.check("list_journal", &api.ask(Ask::get("/api/v1/journal?kind=person.adored").by(&auditor)).await, 400);
    let proof = api.ask(Ask::get(format!("/api/v1/journal/{}", noted["number"])).by(&auditor)).await;
    description.check("prove_entry", &proof, 200);
    assert!(proof.json()["receipt"].as_str().unwrap().starts_with("c2sp.org/tlog-proof@v1\n"));
    description.check("prove_entry", &api.ask(Ask::get("/api/v1/journal/999999").by(&auditor)).await, 404);
    let officers = api.ask(Ask::get("/api/v1/officers?limit=2").by(&admin)).await;
    description.check("list_officers", &officers, 200);
    let name = |answer: &Answer, index: usize| answer.json()["officers"][index]["name"].as_str().unwrap().to_owned();
    assert_eq!((name(&officers, 0), name(&officers, 1)), ("ilham (contoh)".to_owned(), "tono (contoh)".to_owned()));
    let more = api.ask(Ask::get(officers.json()["next"].as_str().expect("more")).by(&admin)).await;
    assert_eq!(name(&more, 0), "agus (contoh)");
    description.check("list_officers", &api.ask(Ask::get("/api/v1/officers?kind=desk").by(&admin)).await, 400);
    description.check("list_officers", &api.ask(Ask::get("/api/v1/officers")).await, 401);
    description.check("show_office", &api.ask(Ask::get("/api/v1/office").by(&admin)).await, 200);
    description.check("show_office", &api.ask(Ask::get("/api/v1/office")).await, 401);
    let session = api.ask(Ask::get("/api/v1/session").by(&desk)).await;
    description.check("show_session", &session, 200);
    assert_eq!(session.json()["roles"], json!(["desk"]));
    description.check("show_session", &api.ask(Ask::get("/api/v1/session").header("cookie", "siger=no")).await, 401);

    // Two persons.
    let erase = json!({ "matter": "erase", "person": id(&made), "ground": "subject_request" });
    let asked = api.ask(Ask::post("/api/v1/requests", &erase).by(&privacy)).await;
    description.check("open_request", &asked, 201);
    description.check("open_request", &api.ask(Ask::post("/api/v1/requests", &erase).by(&privacy)).await, 409);
    let wrong = json!({ "matter": "erase", "person": id(&made), "ground": "boredom" });
    description.check("open_request", &api.ask(Ask::post("/api/v1/requests", &wrong).by(&privacy)).await, 422);
    let list = api.ask(Ask::get("/api/v1/requests").by(&head)).await;
    description.check("list_requests", &list, 200);
    assert_eq!(list.json()["requests"][0]["ground"], "subject_request");
    description.check("list_requests", &api.ask(Ask::get("/api/v1/requests")).await, 401);
    description.check("list_requests", &api.ask(Ask::get("/api/v1/requests?kind=erase").by(&head)).await, 400);
    let step = |asked: &Answer, step: &str| format!("/api/v1/requests/{}/{step}", id(asked));
    let nothing = json!({});
    description.check("withdraw_request", &api.ask(Ask::post(step(&asked, "withdraw"), &nothing).by(&privacy)).await, 201);
    description.check("withdraw_request", &api.ask(Ask::post(step(&asked, "withdraw"), &nothing).by(&privacy)).await, 409);
    let asked = api.ask(Ask::post("/api/v1/requests", &erase).by(&privacy)).await;
    description.check("approve_request", &api.ask(Ask::post(step(&asked, "approve"), &nothing).by(&privacy)).await, 403);
    description.check("decline_request", &api.ask(Ask::post(step(&asked, "decline"), &nothing).raw("").by(&head)).await, 201);
    description.check("decline_request", &api.ask(Ask::post(format!("{nobody_asked}/decline"), &nothing).by(&head)).await, 404);
    let asked = api.ask(Ask::post("/api/v1/requests", &erase).by(&privacy)).await;
    let agree = || Ask::post(step(&asked, "approve"), &nothing).by(&head).header("idempotency-key", "agree");
    let agreed = api.ask(agree()).await;
    description.check("approve_request", &agreed, 201);
    assert_eq!(api.ask(agree()).await.text, agreed.text);
    let erased = api.ask(Ask::get(&file).by(&desk)).await;
    description.check("open_person", &erased, 200);
    assert!(erased.json().get("identity").is_none() && !erased.text.contains("Siti"), "{}", erased.text);
    description.check("note_person", &api.ask(Ask::post(format!("{file}/notes"), &json!({ "text": "Datang." })).by(&desk)).await, 409);

    // Inspections.
    let body = json!({ "kind": "visit", "zone": siger_testkit::zone::zone("CONTOH", "WATI", "W1") });
    let scanned = api.ask(Ask::post("/api/v1/inspections/scan", &body).by(&desk)).await;
    description.check("scan_document", &scanned, 201);
    let case = scanned.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(case, format!("/api/v1/inspections/{}", id(&scanned)));
    let unread = json!({ "kind": "visit", "zone": ["WATI"] });
    description.check("scan_document", &api.ask(Ask::post("/api/v1/inspections/scan", &unread).by(&desk)).await, 422);
    let shown = api.ask(Ask::get(&case).by(&head)).await;
    description.check("show_inspection", &shown, 200);
    assert_eq!((&shown.json()["stage"], &shown.json()["open"]), (&json!("primary"), &json!([])), "the head sees, and takes no step");
    let nowhere = "/api/v1/inspections/019ab4de-3a00-7abc-8def-0123456789ab";
    description.check("show_inspection", &api.ask(Ask::get(nowhere).by(&head)).await, 404);
    let release = json!({ "seen": scanned.json()["number"], "step": { "action": "release" } });
    description.check("step_inspection", &api.ask(Ask::post(format!("{case}/steps"), &release).by(&desk)).await, 201);
    description.check("step_inspection", &api.ask(Ask::post(format!("{case}/steps"), &release).by(&desk)).await, 409);
    description.check("step_inspection", &api.ask(Ask::post(format!("{nowhere}/steps"), &release).by(&desk)).await, 404);
    for wrong in [json!({ "action": "teleport" }), json!({ "action": "release", "to": "x" })] {
        let wrong = json!({ "seen": 1, "step": wrong });
        description.check("step_inspection", &api.ask(Ask::post(format!("{case}/steps"), &wrong).by(&desk)).await, 400);
    }
    let waiting = api.ask(Ask::get("/api/v1/inspections/queue/presented").by(&desk)).await;
    description.check("list_inspections", &waiting, 200);
    assert_eq!(waiting.json()["inspections"][0]["id"], scanned.json()["id"]);
    description.check("list_inspections", &api.ask(Ask::get("/api/v1/inspections/queue/asleep").by(&desk)).await, 404);

    // What is not there, or comes from another site, is a problem too.
    for ask in [Ask::get("/api/v1/people").by(&desk), Ask::get("/api/v2").by(&desk), Ask::get(format!("{file}/notes")).by(&desk)] {
        let answer = api.ask(ask).await;
        assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (StatusCode::NOT_FOUND, "application/problem+json"));
    }
    let foreign = api.ask(Ask::post("/api/v1/persons", &person("Contoh Siti", "C1")).by(&desk).header("sec-fetch-site", "cross-site")).await;
    assert_eq!((foreign.status, foreign.json()["status"].as_u64()), (StatusCode::FORBIDDEN, Some(403)));

    let described: BTreeSet<String> = description.document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap().to_owned())
        .filter(|id| id != "describe")
        .collect();
    let well_and_badly: BTreeSet<String> = description.seen.into_iter().filter(|(_, (well, badly))| *well && *badly).map(|(id, _)| id).collect();
    assert_eq!(described, well_and_badly, "each described operation answers well and badly in this test");
}
