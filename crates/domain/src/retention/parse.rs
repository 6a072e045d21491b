//! Reading a retention rule set: every fault is collected, so that whoever edits the law file sees them all at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Bilingual, Citation, DataKind, End, Event, Facts, RetentionRules, Rule, Span, Specific, When};
use crate::access::Purpose;
use crate::time::CivilDate;

/// Longer than any record of a person is plausibly kept; catches a typing error.
const YEARS_MAX: u8 = 100;

/// Periods of more days than this are written in years.
const DAYS_MAX: u16 = 3_660;

/// Parts the hash from other uses of SHA-256 over the same text.
const HASH_TAG: &[u8] = b"siger retention rules v1\n";

/// A fault in a rule set.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// The file is not TOML, or has something else than rules.
    #[error("retention rules: {0}")]
    File(String),
    /// A rule is not of the expected form.
    #[error("retention rule {rule}: {fault}")]
    Rule {
        /// Its id, or its place in the file when it has none.
        rule: String,
        /// What is wrong.
        fault: String,
    },
    /// The dates of the rules for one kind leave days without a rule, or give two.
    #[error("retention rules for {kind}: {fault}")]
    Dates {
        /// The kind of data.
        kind: DataKind,
        /// What is wrong.
        fault: String,
    },
    /// A kind of data has no rule.
    #[error("retention rules: no rule for {kind}")]
    Missing {
        /// The kind of data.
        kind: DataKind,
    },
    /// A worked example came out otherwise.
    #[error("retention rule {rule}, example {number}: {fault}")]
    Example {
        /// The rule's id.
        rule: String,
        /// Counted from 1.
        number: usize,
        /// What is wrong.
        fault: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    rule: Vec<toml::Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    kind: DataKind,
    from: CivilDate,
    to: Option<CivilDate>,
    text: Bilingual,
    purposes: Vec<Purpose>,
    #[serde(default)]
    basis: Vec<Citation>,
    #[serde(default)]
    specific: Vec<Specific>,
    keep: RawKeep,
    end: End,
    #[serde(default)]
    example: Vec<RawExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKeep {
    after: Event,
    days: Option<u16>,
    years: Option<u8>,
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExample {
    /// What is shown, in words.
    case: Bilingual,
    #[serde(default)]
    facts: BTreeMap<Event, CivilDate>,
    #[serde(default)]
    held: bool,
    on: CivilDate,
    /// The last day, `waiting` or `held`.
    expect: String,
    due: bool,
}

pub(super) fn parse(text: &str) -> Result<RetentionRules, Vec<Error>> {
    let file: RawFile = toml::from_str(text).map_err(|error| vec![Error::File(error.to_string())])?;
    let mut errors = Vec::new();
    let mut rules = Vec::new();
    let mut examples = Vec::new();
    let mut ids = BTreeSet::new();
    for (place, table) in file.rule.into_iter().enumerate() {
        let name = table.get("id").and_then(toml::Value::as_str).map_or_else(|| format!("number {}", place + 1), str::to_owned);
        match table.try_into::<RawRule>() {
            Err(error) => errors.push(Error::Rule { rule: name, fault: error.to_string().trim().to_owned() }),
            Ok(raw) => {
                if !ids.insert(raw.id.clone()) {
                    errors.push(Error::Rule { rule: name.clone(), fault: "the id is used twice".to_owned() });
                }
                let (rule, shown) = check_rule(raw, &mut errors);
                examples.push((rule.id.clone(), shown));
                rules.push(rule);
            }
        }
    }
    rules.sort_by_key(|rule| (rule.kind, rule.from));
    for kind in DataKind::ALL {
        check_dates(*kind, rules.iter().filter(|rule| rule.kind == *kind), &mut errors);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let set = RetentionRules { rules, hash: Sha256::new().chain_update(HASH_TAG).chain_update(text).finalize().into() };
    for (id, shown) in examples {
        for (index, example) in shown.into_iter().enumerate() {
            if let Some(fault) = run(&set, &id, example) {
                errors.push(Error::Example { rule: id.clone(), number: index + 1, fault });
            }
        }
    }
    if errors.is_empty() { Ok(set) } else { Err(errors) }
}

fn check_rule(raw: RawRule, errors: &mut Vec<Error>) -> (Rule, Vec<RawExample>) {
    let mut fault = |fault: &str| errors.push(Error::Rule { rule: raw.id.clone(), fault: fault.to_owned() });
    let good_id = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    if !good_id(&raw.id) {
        fault("the id must be of a-z, 0-9, '.', '-'");
    }
    let full = |text: &Bilingual| !text.id.trim().is_empty() && !text.en.trim().is_empty();
    if !full(&raw.text) {
        fault("the text is missing in Indonesian or English");
    }
    if raw.purposes.is_empty() {
        fault("has no purpose");
    }
    if raw.basis.is_empty() {
        fault("has no citation (basis)");
    }
    if raw.basis.iter().any(|citation| citation.instrument.trim().is_empty() || !full(&citation.says)) {
        fault("a citation lacks its instrument or what it says");
    }
    if raw.example.is_empty() {
        fault("has no worked example");
    }
    if raw.example.iter().any(|example| !full(&example.case)) {
        fault("an example is not described in both languages");
    }
    if raw.to.is_some_and(|to| to < raw.from) {
        fault("ends before it begins");
    }
    let span = match (raw.keep.days, raw.keep.years) {
        (Some(days), None) if days <= DAYS_MAX => Span::Days(days),
        (None, Some(years)) if (1..=YEARS_MAX).contains(&years) => Span::Years(years),
        _ => {
            fault("keep needs either days (0 to 3660) or years (1 to 100)");
            Span::Years(YEARS_MAX)
        }
    };
    let rule = Rule {
        id: raw.id,
        kind: raw.kind,
        from: raw.from,
        to: raw.to,
        text: raw.text,
        purposes: raw.purposes,
        basis: raw.basis,
        specific: raw.specific,
        after: raw.keep.after,
        span,
        period_verified: raw.keep.verified,
        end: raw.end,
    };
    (rule, raw.example)
}

/// Rules of one kind, in order of their dates, must follow each other day by day and end open.
fn check_dates<'a>(kind: DataKind, mut rules: impl Iterator<Item = &'a Rule>, errors: &mut Vec<Error>) {
    let Some(mut last) = rules.next() else {
        errors.push(Error::Missing { kind });
        return;
    };
    let mut fault = |fault: String| errors.push(Error::Dates { kind, fault });
    for next in rules {
        match last.to {
            None => fault(format!("{} has no end, yet {} follows", last.id, next.id)),
            Some(to) if next.from <= to => fault(format!("{} and {} overlap", last.id, next.id)),
            Some(to) if next.from.days_since(to) > 1 => fault(format!("no rule between {to} and {}", next.from)),
            Some(_) => {}
        }
        last = next;
    }
    if let Some(to) = last.to {
        fault(format!("no rule after {to}"));
    }
}

/// Runs a worked example; says what came out otherwise.
fn run(rules: &RetentionRules, id: &str, example: RawExample) -> Option<String> {
    let kind = rules.rules.iter().find(|rule| rule.id == id)?.kind;
    let facts = Facts { events: example.facts, held: example.held };
    let kept = rules.kept_until(kind, &facts, example.on);
    if kept.rule.id != id {
        return Some(format!("on {} the rule {} is in force, not this one", example.on, kept.rule.id));
    }
    let found = match kept.when {
        When::Date(date) => date.to_string(),
        When::Waiting(_) => "waiting".to_owned(),
        When::Held => "held".to_owned(),
        When::NotInForce => "not in force".to_owned(),
    };
    if found != example.expect {
        return Some(format!("kept until {found}, expected {}", example.expect));
    }
    let due = kept.is_due(example.on);
    (due != example.due).then(|| format!("due on {}: {due}, expected {}", example.on, example.due))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with one good rule for each kind, changed by the row of the test.
    fn file(change: impl Fn(&str) -> String) -> String {
        let rule = |kind: &DataKind| {
            format!(
                r#"
[[rule]]
id = "{id}"
kind = "{kind}"
from = "2024-10-17"
text = {{ id = "t", en = "t" }}
purposes = ["retention"]
basis = [{{ instrument = "UU 27/2022", article = "44", verified = true, says = {{ id = "s", en = "s" }} }}]
keep = {{ after = "made", days = 10, verified = false }}
end = "delete_row"
[[rule.example]]
case = {{ id = "c", en = "c" }}
facts = {{ made = "2026-01-01" }}
on = "2026-01-12"
expect = "2026-01-11"
due = true
"#,
                id = kind.as_str().replace('_', "-")
            )
        };
        let (first, rest) = DataKind::ALL.split_first().expect("kinds");
        change(&rule(first)) + &rest.iter().map(rule).collect::<String>()
    }

    #[test]
    fn faults_are_found_and_named() {
        assert!(parse(&file(str::to_owned)).is_ok());
        let second = |rule: &str, from: &str, to: &str| {
            let old = rule.replace("from = \"2024-10-17\"", &format!("from = \"2024-10-17\"\nto = \"{to}\""));
            let old = old.replace("2026-01", "2024-11");
            old + &rule.replace("id = \"person-identity\"", "id = \"person-identity-2\"").replace("2024-10-17", from)
        };
        assert!(parse(&file(|rule| second(rule, "2025-01-01", "2024-12-31"))).is_ok(), "one rule after the other");
        let rows: &[(&str, String, &str)] = &[
            ("not TOML", "rule = [".to_owned(), "retention rules:"),
            ("missing kind", file(|_| String::new()), "no rule for person_identity"),
            ("unknown kind", file(|rule| rule.replace("person_identity", "person_shoe")), "person_shoe"),
            ("unknown purpose", file(|rule| rule.replace("\"retention\"", "\"fun\"")), "person-identity"),
            ("unknown field", file(|rule| rule.replace("end =", "endd =")), "endd"),
            ("no purpose", file(|rule| rule.replace("[\"retention\"]", "[]")), "has no purpose"),
            ("no citation", file(|rule| rule.lines().filter(|line| !line.starts_with("basis")).map(|line| format!("{line}\n")).collect()), "no citation"),
            ("no example", file(|rule| rule.split("[[rule.example]]").next().expect("a head").to_owned()), "no worked example"),
            ("no English", file(|rule| rule.replace("text = { id = \"t\", en = \"t\" }", "text = { id = \"t\", en = \"\" }")), "the text is missing"),
            ("days and years", file(|rule| rule.replace("days = 10", "days = 10, years = 1")), "either days"),
            ("too long", file(|rule| rule.replace("days = 10", "years = 101")), "either days"),
            ("id twice", file(|rule| rule.to_owned() + &rule.replace("person_identity", "person_note")), "used twice"),
            ("gap", file(|rule| second(rule, "2025-01-02", "2024-12-31")), "no rule between"),
            ("overlap", file(|rule| second(rule, "2024-12-31", "2024-12-31")), "overlap"),
            ("two without end", file(|rule| second(rule, "2025-01-01", "2024-12-31").replace("to = \"2024-12-31\"\n", "")), "has no end"),
            ("ends", file(|rule| rule.replace("from = \"2024-10-17\"", "from = \"2024-10-17\"\nto = \"2030-01-01\"")), "no rule after"),
            ("backwards", file(|rule| rule.replace("from = \"2024-10-17\"", "from = \"2024-10-17\"\nto = \"2020-01-01\"")), "before it begins"),
            ("example differs", file(|rule| rule.replace("expect = \"2026-01-11\"", "expect = \"2026-01-10\"")), "kept until 2026-01-11"),
            ("example not due", file(|rule| rule.replace("due = true", "due = false")), "due on 2026-01-12: true"),
            ("example of another time", file(|rule| rule.replace("on = \"2026-01-12\"", "on = \"2020-01-12\"")), "not in force"),
        ];
        for (name, text, expected) in rows {
            match parse(text) {
                Ok(_) => panic!("{name}: was taken"),
                Err(errors) => {
                    let said: Vec<String> = errors.iter().map(Error::to_string).collect();
                    assert!(said.iter().any(|line| line.contains(expected)), "{name}: {said:#?}");
                }
            }
        }
    }

    #[test]
    fn several_faults_are_told_at_once() {
        let text = file(|rule| rule.replace("[\"retention\"]", "[]")).replace("[[rule.example]]\ncase", "[[rule.example]]\nwhat = 1\ncase");
        assert!(parse(&text).expect_err("faults").len() >= DataKind::ALL.len());
    }

    #[test]
    fn the_hash_tells_texts_apart() {
        let hash = |text: &str| parse(text).expect("good").rule_set_hash();
        assert_eq!(hash(&file(str::to_owned)), hash(&file(str::to_owned)));
        assert_ne!(hash(&file(str::to_owned)), hash(&(file(str::to_owned) + "\n")));
    }
}
