//! Rules are never edited: `law/rules.lock` holds the hash of what each decides.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::*;

const HEAD: &str = "# What each rule decides, as SHA-256 (see `hash` in docs/ref/law.md). A test compares; new rules are added with\n\
    # SIGER_WRITE=1 cargo test -p siger-domain the_lock. Lines are added and never changed: a rule that was in force gets its last\n\
    # day, and another rule follows. Before a first release a line may be taken out by hand, with its reason in the commit.\n";

#[test]
fn the_lock_of_rules_holds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../law/rules.lock");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let locked: BTreeMap<&str, &str> = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect();
    let now: BTreeMap<&str, String> = law().rules().iter().map(|rule| (rule.id.as_str(), canonical::hex(&rule.hash))).collect();
    for (id, hash) in &locked {
        let own = now.get(id).unwrap_or_else(|| panic!("rule {id} is gone: decisions name it. Keep it, with its last day"));
        assert_eq!(own, hash, "rule {id} was edited: give it its last day, and write another rule that follows");
    }
    let added: Vec<&str> = now.keys().copied().filter(|id| !locked.contains_key(id)).collect();
    if !added.is_empty() && std::env::var_os("SIGER_WRITE").is_some() {
        let mut lock = HEAD.to_owned();
        for (id, hash) in &now {
            writeln!(lock, "{id} {hash}").expect("a text takes a line");
        }
        std::fs::write(&path, lock).expect("law/rules.lock is written");
    } else {
        assert!(added.is_empty(), "rules that law/rules.lock does not know: {added:?}. Add them: SIGER_WRITE=1 cargo test -p siger-domain the_lock");
    }
}

/// Its texts and its last day may change; what it decides may not.
#[test]
fn the_hash_of_a_rule_is_that_of_what_it_decides() {
    let hash = |from: &str, to: &str, id: &str| {
        let files = changed("overstay.toml", |text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        // Not a whole law any more in some rows, so each rule is hashed as loading hashes it.
        let text = files.iter().find(|(name, _)| name == "overstay.toml").expect("there").1.clone();
        let table: toml::Table = toml::from_str(&text).expect("TOML");
        let rules = table["rule"].as_array().expect("rules").clone();
        load::rule_hash(rules.iter().find(|rule| rule["id"].as_str() == Some(id)).expect("the rule"))
    };
    let id = "overstay-fee.2";
    let own = law().rules().iter().find(|rule| rule.id == id).expect("the rule").hash;
    assert_eq!(hash("to = \"2024-12-16\"\n", "", id), own, "the last day");
    assert_eq!(hash("1,000,000 rupiah for each day", "1,000,000 rupiah a day", id), own, "its text");
    assert_ne!(hash("from = \"2019-05-01\"", "from = \"2019-05-02\"", id), own, "the first day");
    assert_ne!(hash("rupiah = 1_000_000", "rupiah = 1_000_001", id), own, "what it gives");
}
