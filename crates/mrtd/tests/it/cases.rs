//! Cases that were collected and made apart from this crate, each with what a reading of the standard expects of it. They lie
//! beside the project and are no part of it: without them the test says that it was skipped.

use serde_json::{Map, Value, json};
use siger_mrtd::{Zone, emit, parse};

/// Beside the project, or in it where it has a link to them that git does not keep.
const CASES: [&str; 2] =
    [concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/mrz/cases.jsonl"), concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/mrz/cases.jsonl")];

/// What `siger mrz parse` prints of a zone, by the same words.
fn answer(lines: &[String]) -> Map<String, Value> {
    let zone = match parse(lines) {
        Ok(zone) if zone.is_readable() => zone,
        Ok(_) => return object(json!({"format": null, "valid": false, "error": "charset"})),
        Err(_) => return object(json!({"format": null, "valid": false, "error": "length"})),
    };
    object(fields(&zone))
}

fn fields(zone: &Zone) -> Value {
    let checks: Map<String, Value> = zone.checks().iter().map(|(check, verdict)| (check.word().to_owned(), verdict.holds.into())).collect();
    json!({
        "format": zone.format().word(),
        "document_code": zone.document_code().as_str(),
        "issuing_state": zone.issuing_state().as_str(),
        "surname": zone.primary().to_string(),
        "given_names": zone.secondary().to_string(),
        "document_number": zone.document_number().to_string(),
        "nationality": zone.nationality().as_str(),
        "birth_date": zone.text(siger_mrtd::Field::BirthDate),
        "birth_date_state": zone.birth_date_state().word(),
        "sex": zone.sex().map(|sex| sex.letter().to_string()),
        "expiry_date": zone.text(siger_mrtd::Field::ExpiryDate),
        "expiry_date_state": zone.expiry_date_state().word(),
        "optional_1": zone.optional_1().raw(),
        "optional_2": zone.optional_2().raw(),
        "long_number": zone.is_long_number(),
        "name_field_full": zone.name_fills_field(),
        "checks": checks,
        "structure_errors": zone.structure().collect::<Vec<_>>(),
        "valid": zone.is_valid(),
    })
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

#[test]
fn every_case_reads_as_expected() {
    let Some(text) = CASES.iter().find_map(|path| std::fs::read_to_string(path).ok()) else {
        println!("skipped: no cases beside the project");
        return;
    };
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let lines: Vec<String> = serde_json::from_value(case["lines"].clone()).unwrap();
        let (found, expected) = (answer(&lines), object(case["expect"].clone()));
        for key in found.keys().chain(expected.keys()).filter(|key| found.get(*key) != expected.get(*key)) {
            wrong.push(format!("{}: {key} is {:?}, expected {:?}", case["id"], found.get(key), expected.get(key)));
        }
        if expected["valid"] == true {
            let written = emit(&parse(&lines).unwrap().document().unwrap()).unwrap();
            assert!(written.iter().eq(lines.iter().map(String::as_str)), "{}", case["id"]);
        }
        count += 1;
    }
    assert!(wrong.is_empty() && count > 100, "{count} cases\n{}", wrong.join("\n"));
}
