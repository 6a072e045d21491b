//! The why of an answer, and that its smallest change is one.

use super::*;

fn first(why: &Why) -> Vec<String> {
    why.changes.first().map(|change| change.steps.iter().map(|step| format!("{} {}", step.fact, step.by)).collect()).unwrap_or_default()
}

#[test]
fn the_smallest_change_is_found() {
    for (topic, case, on, steps, state) in [
        // A passport one day short of six months, and one with a month to spare.
        (
            Topic::DocumentValidity,
            "document_kind=passport document_without_expiry=false document_expires_on=2027-05-23",
            "2026-11-24",
            &["document_expires_on 1"][..],
            State::Clear,
        ),
        (
            Topic::DocumentValidity,
            "document_kind=passport document_without_expiry=false document_expires_on=2027-05-26",
            "2026-11-24",
            &["document_without_expiry 1"],
            State::Officer,
        ),
        // From the end of August: 28 February is the first day that is six months on.
        (
            Topic::DocumentValidity,
            "document_kind=passport document_without_expiry=false document_expires_on=2027-02-27",
            "2026-08-31",
            &["document_expires_on 1"],
            State::Clear,
        ),
        (Topic::OverstayFee, "stay_until=2026-10-01 request_pending=false", "2026-11-29", &["stay_until -1"], State::Officer),
        (Topic::OverstayFee, "stay_until=2026-10-01 request_pending=false", "2026-10-02", &["stay_until 1"], State::Clear),
        (Topic::Extension, "visa_index=B1 stay_until=2026-12-01 extensions_made=1", "2026-11-24", &["extensions_made -1"], State::Clear),
        (Topic::Conversion, "convert_to=itas visa_index=B1", "2026-11-24", &["visa_index 1"], State::Officer),
    ] {
        let why = law().why(topic, &facts(case), day(on));
        assert_eq!(first(&why), steps, "{topic} {case}");
        assert_eq!(why.changes[0].state, state, "{topic} {case}");
    }
}

#[test]
fn where_no_single_fact_is_enough_two_are_changed() {
    let walled = load(&borrowed(&changed("duty.toml", |text| {
        let at = text.find("\n[[rule]]\nid = \"lodging-done.1\"").expect("the first lodging rule");
        let end = text.find("\n[[rule]]\nid = \"re-entry.1\"").expect("the rules after");
        format!("{}{WALLED}{}", &text[..at], &text[end..])
    })));
    let case = facts("lodging_reported=false hours_since_check_in=4");
    let finding = walled.ask(Topic::LodgingReport, &case, day("2026-11-24"));
    let changes = finding.changes();
    let steps: Vec<(String, i64)> = changes[0].steps.iter().map(|step| (step.fact.to_string(), step.by)).collect();
    assert_eq!(steps, [("hours_since_check_in".to_owned(), 6), ("lodging_reported".to_owned(), 1)]);
    assert_eq!(changes[0].state, State::Officer);
}

/// Only late and reported needs an officer, as an exception to everything else, which is clear.
const WALLED: &str = r#"
[[rule]]
id = "wall.1"
topic = "lodging_report"
from = "2015-01-01"
text = { id = "t", en = "t" }
verdict = "clear"
basis = ["office-lodging"]
verified = false

[[rule.example]]
case = { id = "c", en = "c" }
on = "2026-11-24"
facts = { lodging_reported = false, hours_since_check_in = 4 }
expect = { state = "clear" }

[[rule]]
id = "wall.2"
topic = "lodging_report"
from = "2015-01-01"
text = { id = "t", en = "t" }
when.lodging_reported = true
when.hours_since_check_in = { min = 10 }
over = ["wall.1"]
verdict = "officer"
basis = ["office-lodging"]
verified = false

[[rule.example]]
case = { id = "c", en = "c" }
facts = { lodging_reported = true, hours_since_check_in = 10 }
on = "2026-11-24"
expect = { state = "officer" }
"#;

/// A table of fees has one verdict, so another result is another amount.
#[test]
fn where_all_verdicts_are_the_same_the_values_count() {
    let law = load(&borrowed(&changed("fee.toml", |text| {
        let at = text.find("\n[[rule]]\nid = \"fee-unknown.2\"").expect("the last rule");
        text[..at]
            .replace("same_day = 1_000_000 }", "same_day = 1_000_000, itas_6m = 1, itas_1y = 2, itas_2y = 3, itas_kek_5y = 4, itap = 5 }")
            .replace("\"splp_citizen\", \"same_day\"]", "\"splp_citizen\", \"same_day\", \"itas_6m\", \"itas_1y\", \"itas_2y\", \"itas_kek_5y\", \"itap\"]")
    })));
    let finding = law.ask(Topic::Fee, &facts("fee_item=itas_1y"), day("2026-11-24"));
    assert_eq!(finding.fee().map(Rupiah::rupiah), Some(2));
    assert!(finding.changes().iter().all(|change| change.values.get(&Answer::Fee) != finding.value(Answer::Fee).as_ref()));
    assert!(!finding.changes().is_empty());
}

#[test]
fn a_why_tells_facts_rule_articles_and_what_was_considered() {
    let why = law().why(Topic::OverstayFee, &facts("stay_until=2026-10-01 request_pending=false"), day("2026-10-11"));
    assert_eq!((why.state, why.confirmed), (State::Duty, false));
    let label = why.label.as_ref().expect("a label");
    assert_eq!((label.id.as_str(), label.en.as_str()), ("kebijakan kantor, belum dikonfirmasi", "office policy, unconfirmed"));
    assert_eq!(why.facts.iter().map(|fact| fact.name.as_str()).collect::<Vec<_>>(), ["stay_until", "request_pending"]);
    assert!(why.measured.iter().any(|measured| measured.name == "days_over" && measured.value == Value::Count(10)));
    let rule = why.rule.as_ref().expect("a rule");
    assert_eq!((rule.id.as_str(), rule.from, rule.to), ("overstay-fee.3", day("2024-12-17"), None));
    assert!(rule.basis.iter().any(|citation| citation.to_string() == "UU 6/2011 art. 78(1)"));
    assert!(why.rests_on.iter().any(|rule| rule.id == "bridging-none.1"), "the answer rests on there being no request");
    let day_60 = why.considered.iter().find(|considered| considered.id == "overstay-fee-day-60.1").expect("considered");
    assert_eq!(day_60.failed.len(), 1);
    assert_eq!((day_60.failed[0].name.as_str(), day_60.failed[0].found), ("days_over", Some(Value::Count(10))));
    assert_eq!(why.other_days.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["overstay-fee.1", "overstay-fee.2"]);
    assert_eq!(why.next_change.as_ref().map(|next| (next.on, next.state)), Some((day("2026-11-30"), State::Officer)));
    let json = serde_json::to_value(&why).expect("JSON");
    assert_eq!(json["values"][1]["name"], "fee");
    assert_eq!(json["values"][1]["value"], 10_000_000);
    assert_eq!(json["changes"][0]["steps"][0]["fact"], "stay_until");
    let stay = law().why(Topic::Stay, &facts("visa_index=B1 arrived_on=2026-11-24"), day("2026-11-24"));
    assert!(stay.rests_on.iter().any(|rule| rule.id == "day-counting.1"), "the convention of counting is cited with every stay");
    let clock = law().why(Topic::ServiceClock, &facts("service=itk complete_on=2026-11-20"), day("2026-11-24"));
    assert!(!clock.calendar.is_empty());
}

#[test]
fn what_is_missing_is_said_in_both_languages() {
    for (topic, case, on, id, en) in [
        (Topic::Stay, "visa_index=B1", "2026-11-24", "Diperlukan: tanggal masuk", "Needed: arrived"),
        (Topic::Visa, "visa_index=Z9", "2026-11-24", "indeks visa: 'Z9' tidak ada dalam daftar", "visa index: 'Z9' is in no list"),
        (
            Topic::ServiceClock,
            "service=itk complete_on=2026-12-30",
            "2026-12-30",
            "Hari kerja hanya diketahui dari 2025-01-01 sampai 2026-12-31",
            "Working days are known only from 2025-01-01 to 2026-12-31",
        ),
    ] {
        let why = law().why(topic, &facts(case), day(on));
        assert_eq!(why.state, State::NotKnown);
        assert_eq!(why.needs.iter().map(|needed| (needed.text.id.as_str(), needed.text.en.as_str())).collect::<Vec<_>>(), [(id, en)]);
        assert!(why.changes.is_empty() && why.rule.is_none());
    }
}

#[test]
fn files_of_facts_are_checked() {
    for (text, said) in [
        ("{", "not of the form"),
        ("{\"facts\": {}, \"shoe\": 1}", "not of the form"),
        ("{\"topic\": \"shoe\", \"facts\": {}}", "no topic is called 'shoe'"),
        ("{\"facts\": {\"shoe\": 1}}", "no fact is called 'shoe'"),
        ("{\"facts\": {\"stay_until\": \"2026-02-29\"}}", "stay_until must be a day"),
        ("{\"facts\": {\"request_pending\": \"no\"}}", "request_pending must be true or false"),
    ] {
        let error = read_questions(text).expect_err(text).to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
    assert!(matches!(read_questions(&" ".repeat(70_000)), Err(FactsFileError::TooLong)));
    let all = read_questions("{\"facts\": {\"stay_until\": \"2026-10-01\"}}").expect("facts");
    let topics: Vec<Topic> = law().answer(&all, day("2026-11-24")).iter().map(|why| why.topic).collect();
    assert!(topics.contains(&Topic::Presence) && topics.contains(&Topic::OverstayFee) && !topics.contains(&Topic::Fee), "{topics:?}");
}

#[test]
fn a_topic_named_twice_is_answered_once() {
    let question = read_questions(r#"{"topic": ["fee", "stay", "fee"], "facts": {}}"#).expect("a question");
    assert_eq!(question.topics, [Topic::Fee, Topic::Stay]);
    assert_eq!(law().answer(&question, day("2026-11-24")).len(), 2);
}
