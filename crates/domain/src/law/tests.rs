//! The law as a whole: what the catalogue says, what loading refuses, and what always holds.

mod catalogue;
mod explained;
mod lock;
mod property;
mod refusal;

use super::*;
use crate::money::Rupiah;
use std::sync::OnceLock;

/// The rules that the program carries.
fn law() -> &'static Law {
    static LAW: OnceLock<Law> = OnceLock::new();
    LAW.get_or_init(|| load(FILES))
}

fn load(files: &[(&str, &str)]) -> Law {
    Law::load(files).unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn day(text: &str) -> CivilDate {
    text.parse().expect("a day of the test")
}

fn word(text: &str) -> Word {
    text.parse().expect("a word of the test")
}

/// Facts as a file holds them: `stay_until=2026-10-01 request_pending=false`.
fn facts(text: &str) -> Facts {
    let mut facts = serde_json::Map::new();
    for part in text.split_whitespace() {
        let (name, value) = part.split_once('=').expect("name=value");
        facts.insert(name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into()));
    }
    read_questions(&serde_json::json!({ "facts": facts }).to_string()).expect("facts of the test").facts
}

/// The embedded files, with one of them changed.
fn changed(file: &str, change: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let mut found = false;
    let files = FILES
        .iter()
        .map(|(name, text)| {
            let own = *name == file;
            found |= own;
            ((*name).to_owned(), if own { change(text) } else { (*text).to_owned() })
        })
        .collect();
    assert!(found, "no file {file}");
    files
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

#[test]
fn the_embedded_law_is_taken() {
    let law = law();
    for topic in Topic::ALL {
        assert!(law.rules().iter().any(|rule| rule.topic == *topic), "{topic}");
    }
    assert!(law.rules().iter().all(|rule| !rule.is_confirmed()), "nothing was read in a published copy yet, so nothing may look confirmed");
    assert!(law.rules().iter().all(|rule| !rule.examples.is_empty() && !rule.basis.is_empty()));
    assert_eq!(law.rule_set_hash_hex().len(), 64);
}

/// A decision names its rule and the hash of the set. Years later the set has grown, and the old day still gives the old answer.
#[test]
fn an_old_day_gives_the_old_answer_after_the_law_has_changed() {
    let old = law();
    let case = facts("stay_until=2026-10-01 request_pending=false");
    let before = old.ask(Topic::OverstayFee, &case, day("2026-10-11"));
    // The tariff changes on 1 January 2031: the rule in force gets its last day, and a new one follows.
    let files = changed("overstay.toml", |text| {
        let at = text.find("id = \"overstay-fee.3\"").expect("the rule in force");
        let end = at + text[at..].find("\n[[rule]]").expect("the next rule");
        let newer = text[at..end]
            .replace("overstay-fee.3", "overstay-fee.4")
            .replace("from = \"2024-12-17\"", "from = \"2031-01-01\"")
            .replace("1_000_000", "1_500_000")
            .replace("59_000_000", "88_500_000")
            .replace("2026-", "2031-");
        let older = text[at..end].replace("from = \"2024-12-17\"", "from = \"2024-12-17\"\nto = \"2030-12-31\"");
        format!("{}{older}\n[[rule]]\n{newer}{}", &text[..at], &text[end..])
    });
    let new = load(&borrowed(&files));
    assert_ne!(old.rule_set_hash(), new.rule_set_hash());
    let after = new.ask(Topic::OverstayFee, &case, day("2026-10-11"));
    assert_eq!((before.fee(), before.rule().map(|rule| (&rule.id, rule.hash))), (after.fee(), after.rule().map(|rule| (&rule.id, rule.hash))));
    assert_eq!(before.fee().map(Rupiah::rupiah), Some(10_000_000));
    let later = new.ask(Topic::OverstayFee, &facts("stay_until=2031-10-01 request_pending=false"), day("2031-10-02"));
    assert_eq!(later.fee().map(Rupiah::rupiah), Some(1_500_000));
}

#[test]
fn the_hash_stands_for_what_the_files_say() {
    let hash = |files: &[(String, String)]| load(&borrowed(files)).rule_set_hash();
    let own = law().rule_set_hash();
    let mut turned = changed("fee.toml", |text| format!("# a comment\n\n{text}\n"));
    turned.reverse();
    assert_eq!(hash(&turned), own, "neither comments nor the order of files matter");
    let mut joined = changed("fee.toml", |_| String::new());
    joined[0].1.push_str(FILES.iter().find(|(name, _)| *name == "fee.toml").expect("there").1);
    assert_eq!(hash(&joined), own, "nor the file that a rule stands in");
    assert_ne!(hash(&changed("fee.toml", |text| text.replace("Tarif PP 45/2024.", "Tarif menurut PP 45/2024."))), own, "a text does");
    assert_ne!(hash(&changed("calendar.toml", |text| text.replace("2026-12-24", "2026-12-23"))), own, "so does a holiday");
    assert_ne!(hash(&changed("source.toml", |text| text.replace("instrument = \"PP 45/2024\"", "instrument = \"PP 46/2024\""))), own, "and a citation");
}
