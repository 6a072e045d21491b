//! Each rule by itself: its form, its texts, what it rests on, its conditions and what it gives.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::words::{Gives, Words, point};
use super::{FaultKind, Faults, Read, check_text, form};
use crate::cite::{Bilingual, Citation};
use crate::law::rule::{Condition, DayFormula, Example, Formula, Number, Rule, Term, Test, Unit};
use crate::law::value::Written;
use crate::law::{Answer, Fact, Facts, Kind, State, Topic, Value, Verdict, Word, canonical};
use crate::money::Rupiah;
use crate::time::CivilDate;

/// Rules of one law.
const RULES_MAX: usize = 2_000;

/// Conditions of one rule: more and nobody can read it aloud.
const CONDITIONS_MAX: usize = 12;

/// Worked examples of one rule.
const EXAMPLES_MAX: usize = 32;

/// Longest id.
const ID_BYTES_MAX: usize = 64;

/// Parts the hash of a rule from other uses of SHA-256.
const RULE_TAG: &str = "siger law rule v1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: String,
    topic: Topic,
    from: CivilDate,
    to: Option<CivilDate>,
    text: Bilingual,
    #[serde(default)]
    when: toml::Table,
    verdict: Verdict,
    #[serde(default)]
    give: toml::Table,
    #[serde(default)]
    over: Vec<String>,
    #[serde(default)]
    basis: Vec<String>,
    verified: bool,
    #[serde(default)]
    example: Vec<RawExample>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExample {
    case: Bilingual,
    #[serde(default)]
    facts: toml::Table,
    on: CivilDate,
    expect: toml::Table,
}

/// Worked examples, at the place of the rule that shows them.
pub(super) type Examples = Vec<Vec<Example>>;

/// Reads the rules, sorted by topic; rules of one topic stay in the order of their files.
pub(super) fn rules(read: &Read, words: &Words, sources: &BTreeMap<String, Citation>, faults: &mut Faults) -> (Vec<Rule>, Examples) {
    let mut found: Vec<(Rule, Vec<Example>)> = Vec::new();
    let mut ids = BTreeSet::new();
    if read.rules.len() > RULES_MAX {
        faults.push(("", ""), FaultKind::TooMany, format!("{} rules", read.rules.len()), format!("A law has at most {RULES_MAX}"));
        return (Vec::new(), Vec::new());
    }
    for (place, (file, value)) in read.rules.iter().enumerate() {
        let id = value.get("id").and_then(toml::Value::as_str).map_or_else(|| format!("rule number {}", place + 1), |id| format!("rule {id}"));
        let at = (file.as_str(), id.as_str());
        match value.clone().try_into::<RawRule>() {
            Err(error) => form(at, &error, faults),
            Ok(raw) => {
                if !ids.insert(raw.id.clone()) {
                    faults.push(at, FaultKind::Id, "the id is used twice", "Give the new rule an id that was never used");
                }
                found.extend(rule(at, raw, value, words, sources, faults));
            }
        }
    }
    found.sort_by_key(|(rule, _)| rule.topic);
    found.into_iter().unzip()
}

fn rule(
    at: (&str, &str),
    raw: RawRule,
    value: &toml::Value,
    words: &Words,
    sources: &BTreeMap<String, Citation>,
    faults: &mut Faults,
) -> Option<(Rule, Vec<Example>)> {
    let before = faults.0.len();
    let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    if raw.id.is_empty() || raw.id.len() > ID_BYTES_MAX || !raw.id.bytes().all(good) {
        faults.push(at, FaultKind::Id, "it cannot be an id", format!("Use 1 to {ID_BYTES_MAX} of a-z, 0-9, '.', '-'"));
    }
    check_text(at, "the text", &raw.text, faults);
    if raw.to.is_some_and(|to| to < raw.from) {
        faults.push(at, FaultKind::GapInTime, "it ends before it begins", "Correct 'from' or 'to'");
    }
    let basis = basis(at, &raw.basis, sources, faults);
    let mut when = Vec::new();
    if raw.when.len() > CONDITIONS_MAX {
        faults.push(at, FaultKind::TooMany, format!("{} conditions", raw.when.len()), format!("Part the rule: at most {CONDITIONS_MAX} are taken"));
    }
    for (name, value) in &raw.when {
        when.extend(condition(at, name, value, words, faults));
    }
    let mut give = Vec::new();
    for (name, value) in &raw.give {
        give.extend(answer(at, name, value, &when, words, faults));
    }
    if let Some(gives) = words.gives.get(&raw.topic) {
        check_gives(at, raw.verdict, &give, gives, faults);
        if gives.since.is_some_and(|since| raw.from < since) {
            let since = gives.since.map(|since| since.to_string()).unwrap_or_default();
            faults.push(at, FaultKind::GapInTime, format!("it begins before its topic speaks ({since})"), "Begin later, or set 'since' of the topic earlier");
        }
    }
    if raw.example.is_empty() {
        faults.push(at, FaultKind::NoExample, "there is no worked example", "Show at least one case with its facts, the day, and what comes out");
    }
    if raw.example.len() > EXAMPLES_MAX {
        faults.push(at, FaultKind::TooMany, format!("{} examples", raw.example.len()), format!("At most {EXAMPLES_MAX} are run at every start"));
    }
    let mut examples = Vec::new();
    for (number, raw) in raw.example.into_iter().enumerate() {
        let at = (at.0, format!("{}, example {}", at.1, number + 1));
        examples.extend(example((at.0, &at.1), raw, words, faults));
    }
    (faults.0.len() == before).then(|| {
        let rule = Rule {
            id: raw.id,
            file: at.0.to_owned(),
            topic: raw.topic,
            from: raw.from,
            to: raw.to,
            text: raw.text,
            verdict: raw.verdict,
            over: raw.over,
            basis,
            verified: raw.verified,
            examples: examples.clone(),
            hash: hash(value),
            when,
            give,
        };
        (rule, examples)
    })
}

/// Over what the rule decides.
pub(in crate::law) fn hash(value: &toml::Value) -> [u8; 32] {
    let decides = ["id", "topic", "from", "when", "verdict", "give", "over"];
    let table: toml::Table = decides.iter().filter_map(|key| value.get(key).map(|value| ((*key).to_owned(), value.clone()))).collect();
    canonical::hash(RULE_TAG, &table.into())
}

/// The citations that are named.
pub(super) fn basis(at: (&str, &str), names: &[String], sources: &BTreeMap<String, Citation>, faults: &mut Faults) -> Vec<Citation> {
    if names.is_empty() {
        faults.push(at, FaultKind::NoCitation, "nothing is cited", "Name in 'basis' what it rests on, an entry of law/source.toml");
    }
    let mut basis = Vec::new();
    for name in names {
        match sources.get(name) {
            Some(citation) => basis.push(citation.clone()),
            None => {
                faults.push(at, FaultKind::NoCitation, format!("'{name}' is no source"), "Add it to law/source.toml with what it says, or correct the name")
            }
        }
    }
    basis
}

fn check_gives(at: (&str, &str), verdict: Verdict, give: &[(Answer, Formula)], gives: &Gives, faults: &mut Faults) {
    let must = gives.must.get(&verdict).map_or(&[][..], Vec::as_slice);
    for answer in must.iter().filter(|answer| !give.iter().any(|(given, _)| given == *answer)) {
        faults.push(at, FaultKind::Give, format!("it does not give {answer}"), format!("Add give.{answer}: the topic must give it with the verdict {verdict}"));
    }
    for (answer, _) in give.iter().filter(|(answer, _)| !must.contains(answer) && !gives.may.contains(answer)) {
        faults.push(
            at,
            FaultKind::Give,
            format!("its topic does not give {answer} with the verdict {verdict}"),
            "Take it out, or add it to 'must' or 'may' of the topic",
        );
    }
}

/// A word that its list has.
fn word(at: (&str, &str), list: &str, text: &str, words: &Words, faults: &mut Faults) -> Option<Word> {
    let found = text.parse::<Word>().ok().filter(|word| words.vocabulary.has_word(list, *word));
    if found.is_none() {
        faults.push(at, FaultKind::Unknown, format!("'{text}' is no word of {list}"), format!("Correct it, or add it to [word.{list}] in law/vocabulary.toml"));
    }
    found
}

fn condition(at: (&str, &str), name: &str, value: &toml::Value, words: &Words, faults: &mut Faults) -> Option<Condition> {
    let Some(term) = words.term(name) else {
        faults.push(
            at,
            FaultKind::Unknown,
            format!("nothing to look at is called '{name}'"),
            "Use a number, yes-or-no or word among the facts, a measure or a derived value of law/vocabulary.toml; a day is looked at through a measure",
        );
        return None;
    };
    let test = match (words.kind(term), value) {
        (Kind::Flag, toml::Value::Boolean(flag)) => Some(Test::Is(*flag)),
        (Kind::Word, toml::Value::String(text)) => Some(Test::OneOf(vec![word(at, words.list_of(term), text, words, faults)?])),
        (Kind::Word, toml::Value::Array(texts)) if !texts.is_empty() => {
            let texts: Option<Vec<&str>> = texts.iter().map(toml::Value::as_str).collect();
            let mut of: Vec<Word> = texts?.into_iter().map(|text| word(at, words.list_of(term), text, words, faults)).collect::<Option<_>>()?;
            of.sort_unstable();
            of.dedup();
            Some(Test::OneOf(of))
        }
        (Kind::Count, toml::Value::Integer(number)) => Some(Test::Range { min: Some(*number), max: Some(*number) }),
        (Kind::Count, toml::Value::Table(range)) => {
            let bound = |key| range.get(key).map(toml::Value::as_integer);
            let known = range.keys().all(|key| key == "min" || key == "max");
            match (bound("min"), bound("max")) {
                (Some(Some(min)), Some(Some(max))) if known && min <= max => Some(Test::Range { min: Some(min), max: Some(max) }),
                (Some(Some(min)), None) if known => Some(Test::Range { min: Some(min), max: None }),
                (None, Some(Some(max))) if known => Some(Test::Range { min: None, max: Some(max) }),
                _ => None,
            }
        }
        _ => None,
    };
    if test.is_none() {
        let wanted = match words.kind(term) {
            Kind::Flag => "true or false",
            Kind::Word => "one word or a list of words",
            _ => "a whole number, or { min = ..., max = ... } with min not above max",
        };
        faults.push(at, FaultKind::Form, format!("the condition on '{name}' is not of its type"), format!("Write {wanted}"));
    }
    test.map(|test| Condition { term, test })
}

fn answer(at: (&str, &str), name: &str, value: &toml::Value, when: &[Condition], words: &Words, faults: &mut Faults) -> Option<(Answer, Formula)> {
    let Some(answer) = Answer::ALL.iter().find(|answer| answer.as_str() == name).copied() else {
        faults.push(at, FaultKind::Unknown, format!("no answer is called '{name}'"), "Use an answer of law/vocabulary.toml");
        return None;
    };
    let formula = match (answer.kind(), value) {
        (Kind::Day, value) => day(value, words).map(Formula::Day),
        (Kind::Count, value) => number(value, words).map(Formula::Count),
        (Kind::Flag, toml::Value::Boolean(flag)) => Some(Formula::Flag(*flag)),
        (Kind::Word, toml::Value::String(text)) => Some(Formula::Word(word(at, answer.as_str(), text, words, faults)?)),
        (Kind::Rupiah, value) => fee(at, value, when, words, faults)?,
        _ => None,
    };
    if formula.is_none() {
        faults.push(at, FaultKind::Form, format!("give.{name} is no formula for {}", answer.kind()), "See 'Formulas' in law/README.md");
    }
    formula.map(|formula| (answer, formula))
}

/// A number as it stands, or the name of a count or measure.
fn number(value: &toml::Value, words: &Words) -> Option<Number> {
    match value {
        toml::Value::Integer(number) => Some(Number::Fixed(*number)),
        toml::Value::String(name) => match words.term(name)? {
            Term::Count(fact) => Some(Number::Count(fact)),
            Term::Measure(place) => Some(Number::Measure(place)),
            _ => None,
        },
        _ => None,
    }
}

/// `{ from = "stay_until", days = -30 }`, or `{ earliest = [ ... ] }`.
fn day(value: &toml::Value, words: &Words) -> Option<DayFormula> {
    let table = value.as_table()?;
    if let Some(days) = table.get("earliest") {
        let days: Vec<DayFormula> = days.as_array()?.iter().map(|one| day(one, words)).collect::<Option<_>>()?;
        return (table.len() == 1 && !days.is_empty()).then_some(DayFormula::Earliest(days));
    }
    let from = point(table.get("from")?.as_str()?)?;
    let (unit, value) = Unit::ALL.into_iter().find_map(|(name, unit)| table.get(name).map(|value| (unit, value)))?;
    (table.len() == 2).then_some(DayFormula::Plus { from, unit, number: number(value, words)? })
}

/// `500_000`, `{ rupiah = 1_000_000, per = "days_over" }`, or `{ by = "fee_item", rupiah = { itk_7 = 250_000, ... } }`. The
/// words of a table are exactly those of the rule's condition, so that every case has its amount.
#[expect(clippy::option_option, reason = "the outer one says that the fault was told already")]
fn fee(at: (&str, &str), value: &toml::Value, when: &[Condition], words: &Words, faults: &mut Faults) -> Option<Option<Formula>> {
    let amount = |value: &toml::Value| value.as_integer().and_then(|number| u64::try_from(number).ok()).and_then(|number| Rupiah::new(number).ok());
    let Some(table) = value.as_table() else { return Some(amount(value).map(|each| Formula::Fee { each, per: None })) };
    if let Some(by) = table.get("by") {
        let (Some(Term::Word(by)), Some(rupiah)) = (by.as_str().and_then(|by| words.term(by)), table.get("rupiah").and_then(toml::Value::as_table)) else {
            return Some(None);
        };
        let mut amounts = Vec::new();
        for (text, value) in rupiah {
            let word = word(at, by.as_str(), text, words, faults)?;
            let Some(amount) = amount(value) else { return Some(None) };
            amounts.push((word, amount));
        }
        amounts.sort_unstable();
        let wanted = when.iter().find(|condition| condition.term == Term::Word(by)).map(|condition| &condition.test);
        let listed = Test::OneOf(amounts.iter().map(|(word, _)| *word).collect());
        if wanted != Some(&listed) {
            faults.push(at, FaultKind::Give, format!("the amounts are not for the same words as the condition on {by}"), "List the same words in both");
            return None;
        }
        return Some(Some(Formula::FeeTable { by, amounts }));
    }
    let each = table.get("rupiah").and_then(amount);
    let per = table.get("per").and_then(|per| number(per, words));
    Some(each.zip(per).filter(|_| table.len() == 2).map(|(each, per)| Formula::Fee { each, per: Some(per) }))
}

fn example(at: (&str, &str), raw: RawExample, words: &Words, faults: &mut Faults) -> Option<Example> {
    check_text(at, "the case", &raw.case, faults);
    let mut facts = Facts::default();
    for (name, value) in &raw.facts {
        let Some(fact) = Fact::named(name) else {
            faults.push(at, FaultKind::Unknown, format!("no fact is called '{name}'"), "Use a fact of law/vocabulary.toml");
            continue;
        };
        match facts.with_written(fact, &Written::from(value)) {
            Ok(with) => facts = with,
            Err(error) => faults.push(at, FaultKind::Form, error.to_string(), "Correct the fact of the example"),
        }
        if let Some(Value::Word(text)) = facts.get(fact) {
            word(at, fact.as_str(), text.as_str(), words, faults);
        }
    }
    let mut state = None;
    let mut values = Vec::new();
    for (name, value) in &raw.expect {
        if name == "state" {
            state = State::ALL.iter().find(|state| Some(state.as_str()) == value.as_str()).copied();
            continue;
        }
        let answer = Answer::ALL.iter().find(|answer| answer.as_str() == name).copied();
        let expected = answer.and_then(|answer| match (answer.kind(), value) {
            (Kind::Day, toml::Value::String(text)) => text.parse().ok().map(Value::Day),
            (Kind::Count, toml::Value::Integer(number)) => Some(Value::Count(*number)),
            (Kind::Flag, toml::Value::Boolean(flag)) => Some(Value::Flag(*flag)),
            (Kind::Word, toml::Value::String(text)) => text.parse().ok().map(Value::Word),
            (Kind::Rupiah, toml::Value::Integer(number)) => u64::try_from(*number).ok().and_then(|number| Rupiah::new(number).ok()).map(Value::Rupiah),
            _ => None,
        });
        match answer.zip(expected) {
            Some(expected) => values.push(expected),
            None => faults.push(at, FaultKind::Form, format!("'{name}' is no answer, or its value is not of its type"), "Correct 'expect'"),
        }
    }
    let Some(state) = state else {
        faults.push(at, FaultKind::Form, "it does not say how the finding stands", "Add expect.state, the verdict of the rule");
        return None;
    };
    Some(Example { case: raw.case, facts, on: raw.on, state, values })
}
