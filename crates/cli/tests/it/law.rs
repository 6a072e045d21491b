//! The rules looked at and asked from a shell, with no office, settings or network.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run;

/// The folder of rules of this tree.
fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law")
}

/// A copy of the rules, in which a text of one file was changed.
fn changed(file: &str, from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(rules()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not hold {from}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    folder
}

#[test]
fn the_rules_are_looked_at_without_an_office() {
    let folder = tempfile::tempdir().unwrap();
    // Settings that cannot be read are of no interest here.
    std::fs::write(folder.path().join("siger.toml"), "[http\n").unwrap();
    let (status, own, err) = run(folder.path(), &["law", "check"]);
    assert!(status == 0 && err.is_empty(), "{status} {err}");
    for said in [
        "ok     overstay_fee: ",
        "ok     retention.toml: ",
        "mind   unconfirmed: overstay-fee.3 (UU 6/2011 art. 78(1)",
        "mind   unconfirmed: holidays of 2026",
        "rule set ",
    ] {
        assert!(own.contains(said), "{said}: {own}");
    }
    let (status, same, _) = run(folder.path(), &["law", "check", "--law", rules().to_str().unwrap()]);
    assert_eq!((status, same), (0, own), "the program carries the rules of this tree");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was made");
}

#[test]
fn faults_are_told_with_file_rule_and_what_to_do() {
    for (file, from, to, said) in [
        ("overstay.toml", "when.days_over = 60", "when.days_over = 62", "law/overstay.toml: topic overstay_fee: no rule covers days_over = 60"),
        ("fee.toml", "basis = [\"pp45-2024\", \"page-voa\"]", "basis = []", "law/fee.toml: rule fee.2: nothing is cited. Name in 'basis'"),
        ("stay.toml", "last_day = \"2026-11-30\"", "last_day = \"2026-12-01\"", "law/stay.toml: rule stay-exemption.1, example 1: last_day is 2026-11-30"),
        ("retention.toml", "days = 7", "days = 8", "law/retention.toml: retention rule answer.1, example 1"),
    ] {
        let folder = changed(file, from, to);
        let (status, out, err) = run(folder.path(), &["law", "check", "--law", "."]);
        assert!(status == 3 && out.contains(said) && err.contains(" in the rules; what to do stands beside each"), "{status} {out} {err}");
        let facts = folder.path().join("facts.json");
        std::fs::write(&facts, "{\"facts\": {}}").unwrap();
        let (status, out, err) = run(folder.path(), &["law", "why", "--facts", "facts.json", "--on", "2026-11-24", "--law", "."]);
        let asked = if file == "retention.toml" { 0 } else { 3 };
        assert!(status == asked && (asked == 0 || (out.is_empty() && err.contains(said))), "{status} {out} {err}");
    }
    let empty = tempfile::tempdir().unwrap();
    for (arguments, status_expected, said) in [
        (&["law", "check", "--law", "absent"][..], 1, "absent"),
        (&["law", "check", "--law", "."], 1, "no .toml files"),
        (&["law", "why", "--on", "2026-11-24"], 2, "--facts"),
        (&["law", "why", "--facts", "absent.json", "--on", "2026-11-24"], 1, "absent.json"),
        (&["law", "why", "--facts", "absent.json", "--on", "2026-02-29"], 2, "--on"),
    ] {
        let (status, out, err) = run(empty.path(), arguments);
        assert!(status == status_expected && out.is_empty() && err.contains(said), "{arguments:?}: {status} {out}{err}");
    }
}

/// A folder may hold anything that ends in `.toml`.
#[test]
fn a_file_of_rules_that_is_too_long_or_no_text_is_named() {
    for (bytes, said) in [(vec![b'#'; (1 << 20) + 1], "more than 1048576 bytes"), (vec![0xff], "save it as UTF-8")] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("odd.toml"), bytes).unwrap();
        let (status, out, err) = run(folder.path(), &["law", "check", "--law", "."]);
        assert!(status == 1 && out.is_empty() && err.contains("odd.toml") && err.contains(said), "{status} {out}{err}");
    }
}

#[test]
fn a_file_of_facts_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (text, said) in [
        ("{", "not of the form"),
        ("{\"facts\": {\"shoe\": 1}}", "no fact is called 'shoe'"),
        ("{\"topic\": \"shoe\", \"facts\": {}}", "no topic is called 'shoe'"),
        ("{\"facts\": {\"stay_until\": \"2026-02-29\"}}", "stay_until must be a day"),
        ("{\"facts\": {\"stay_until\": \"2026-02-28\", \"stay_until\": \"2026-03-01\"}}", "the fact 'stay_until' is given twice"),
        ("[\"stay\", {}]", "is an array"),
        ("{\"facts\": []}", "an object of facts"),
        (&format!("{{\"facts\": {{}}}}{}", " ".repeat(64 << 10)), "more than 65536 bytes"),
        (&"é".repeat(64 << 10), "more than 65536 bytes"),
    ] {
        std::fs::write(folder.path().join("facts.json"), text).unwrap();
        let (status, out, err) = run(folder.path(), &["law", "why", "--facts", "facts.json", "--on", "2026-11-24"]);
        assert!(status == 2 && out.is_empty() && err.contains(said) && err.contains("docs/ref/law.md"), "{text}: {status} {out}{err}");
    }
}

/// Whether `whole` says everything that `part` says.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part))),
        (Value::Array(whole), Value::Array(part)) => part.len() <= whole.len() && part.iter().zip(whole).all(|(part, whole)| holds(whole, part)),
        _ => whole == part,
    }
}

/// The examples of docs/ref/law.md are what the program says.
#[test]
fn the_examples_of_the_reference_come_out() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ref/law.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut examples = 0;
    for example in page.split("```json facts\n").skip(1) {
        let (facts, rest) = example.split_once("```").unwrap();
        let (_, rest) = rest.split_once("--on ").unwrap();
        let (on, rest) = rest.split_once('\n').unwrap();
        let (_, rest) = rest.split_once("```json answer\n").unwrap();
        let (part, _) = rest.split_once("```").unwrap();
        std::fs::write(folder.path().join("facts.json"), facts).unwrap();
        let (status, out, err) = run(folder.path(), &["law", "why", "--facts", "facts.json", "--on", on]);
        assert!(status == 0 && err.is_empty(), "{facts} {err}");
        let (whole, part): (Value, Value) = (serde_json::from_str(&out).unwrap(), serde_json::from_str(part).unwrap());
        assert!(holds(&whole["answers"][0], &part), "{facts} on {on}: {out}");
        examples += 1;
    }
    assert!(examples >= 4, "only {examples} examples");
}

/// Every word that a file of facts may hold stands in the reference.
#[test]
fn the_reference_names_every_topic_fact_and_answer() {
    use siger_domain::law::{Answer, Fact, State, Topic};
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ref/law.md")).unwrap();
    let topics = Topic::ALL.iter().map(|topic| topic.as_str());
    let answers = Answer::ALL.iter().map(|answer| answer.as_str());
    let states = State::ALL.iter().map(|state| state.as_str());
    for name in topics.chain(Fact::all().map(Fact::as_str)).chain(answers).chain(states) {
        assert!(page.contains(&format!("`{name}`")), "{name} is not in docs/ref/law.md");
    }
}
