//! The vocabulary: texts of everything that can be asked, known and answered; lists of words; measures; what is derived.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{FaultKind, Faults, Read, check_text, entries, form};
use crate::cite::Bilingual;
use crate::law::evaluate::{DERIVED_MAX, MEASURES_MAX};
use crate::law::rule::{Derived, Measure, Point, Term, Unit};
use crate::law::vocabulary::{List, Vocabulary};
use crate::law::{Answer, DayFact, Fact, Kind, NeedKind, State, Topic, Verdict, Word};
use crate::time::CivilDate;

/// Words of one list.
const LIST_MAX: usize = 500;

/// What a topic gives: answers that must come with a verdict, and such as may.
#[derive(Clone, Debug, Default)]
pub(super) struct Gives {
    pub since: Option<CivilDate>,
    pub must: BTreeMap<Verdict, Vec<Answer>>,
    pub may: Vec<Answer>,
    pub file: String,
}

/// The vocabulary and what hangs on it.
#[derive(Default)]
pub(super) struct Words {
    pub vocabulary: Vocabulary,
    pub measures: Vec<Measure>,
    pub derived: Vec<Derived>,
    pub gives: BTreeMap<Topic, Gives>,
}

impl Words {
    /// The term of this name.
    pub fn term(&self, name: &str) -> Option<Term> {
        let of_fact = Fact::named(name).and_then(|fact| match fact {
            Fact::Count(fact) => Some(Term::Count(fact)),
            Fact::Flag(fact) => Some(Term::Flag(fact)),
            Fact::Word(fact) => Some(Term::Word(fact)),
            // A day is looked at through a measure, never by itself: rules about one day of the past would be no rules.
            Fact::Day(_) => None,
        });
        of_fact.or_else(|| self.measure(name).map(Term::Measure)).or_else(|| self.derived.iter().position(|derived| derived.name == name).map(Term::Derived))
    }

    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.name == name)
    }

    pub fn name(&self, term: Term) -> &str {
        match term {
            Term::Count(fact) => fact.as_str(),
            Term::Flag(fact) => fact.as_str(),
            Term::Word(fact) => fact.as_str(),
            Term::Measure(place) => &self.measures[place].name,
            Term::Derived(place) => &self.derived[place].name,
        }
    }

    pub fn kind(&self, term: Term) -> Kind {
        match term {
            Term::Count(_) | Term::Measure(_) => Kind::Count,
            Term::Flag(_) => Kind::Flag,
            Term::Word(_) => Kind::Word,
            Term::Derived(place) => self.derived[place].answer.kind(),
        }
    }

    /// The name of the list that a term of words takes them from.
    pub fn list_of(&self, term: Term) -> &str {
        if let Term::Derived(place) = term { self.derived[place].answer.as_str() } else { self.name(term) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    text: Bilingual,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTopic {
    text: Bilingual,
    since: CivilDate,
    #[serde(default)]
    must: BTreeMap<Verdict, Vec<Answer>>,
    #[serde(default)]
    may: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMeasure {
    text: Bilingual,
    count: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDerived {
    text: Bilingual,
    topic: Topic,
    answer: Answer,
}

const FILE: &str = "vocabulary.toml";

pub(super) fn words(read: &Read, faults: &mut Faults) -> Words {
    let mut words = Words::default();
    texts(read, "fact", &|name| Fact::named(name), &mut words.vocabulary.facts, faults);
    texts(read, "answer", &|name| Answer::ALL.iter().find(|answer| answer.as_str() == name).copied(), &mut words.vocabulary.answers, faults);
    texts(read, "state", &|name| State::ALL.iter().find(|state| state.as_str() == name).copied(), &mut words.vocabulary.states, faults);
    texts(read, "need", &|name| NeedKind::ALL.iter().find(|kind| kind.as_str() == name).copied(), &mut words.vocabulary.needs, faults);
    complete("need", NeedKind::ALL.iter().map(|kind| kind.as_str()), &words.vocabulary.needs.keys().map(|kind| kind.as_str()).collect(), faults);
    complete("fact", Fact::all().map(Fact::as_str), &words.vocabulary.facts.keys().map(|fact| fact.as_str()).collect(), faults);
    complete("answer", Answer::ALL.iter().map(|answer| answer.as_str()), &words.vocabulary.answers.keys().map(|answer| answer.as_str()).collect(), faults);
    complete("state", State::ALL.iter().map(|state| state.as_str()), &words.vocabulary.states.keys().map(|state| state.as_str()).collect(), faults);
    topics(read, &mut words, faults);
    lists(read, &mut words, faults);
    measures(read, &mut words, faults);
    derived(read, &mut words, faults);
    match read.entries.get(&("unconfirmed".to_owned(), String::new())).map(|(file, value)| (file, value.clone().try_into::<Bilingual>())) {
        Some((file, Ok(text))) => {
            check_text((file, "unconfirmed"), "the label", &text, faults);
            words.vocabulary.unconfirmed = text;
        }
        Some((file, Err(error))) => form((file, "unconfirmed"), &error, faults),
        None => complete("unconfirmed", ["unconfirmed"].into_iter(), &BTreeSet::new(), faults),
    }
    words
}

/// Everything of which the program knows has its text.
fn complete<'n>(kind: &str, names: impl Iterator<Item = &'n str>, found: &BTreeSet<&str>, faults: &mut Faults) {
    for name in names.filter(|name| !found.contains(name)) {
        faults.push((FILE, &format!("{kind} {name}")), FaultKind::Text, "it has no entry", format!("Add [{kind}.{name}] with its text in both languages"));
    }
}

fn texts<K: Ord>(read: &Read, kind: &str, named: &dyn Fn(&str) -> Option<K>, into: &mut BTreeMap<K, Bilingual>, faults: &mut Faults) {
    for (name, file, value) in entries(read, kind) {
        let at = format!("{kind} {name}");
        match (named(name), value.clone().try_into::<RawText>()) {
            (None, _) => {
                faults.push((file, &at), FaultKind::Unknown, format!("the program knows no {kind} of this name"), "Correct the name, or take the entry out")
            }
            (_, Err(error)) => form((file, &at), &error, faults),
            (Some(key), Ok(raw)) => {
                check_text((file, &at), "the text", &raw.text, faults);
                into.insert(key, raw.text);
            }
        }
    }
}

fn topics(read: &Read, words: &mut Words, faults: &mut Faults) {
    for (name, file, value) in entries(read, "topic") {
        let at = format!("topic {name}");
        let Some(topic) = Topic::ALL.iter().find(|topic| topic.as_str() == name) else {
            faults.push((file, &at), FaultKind::Unknown, "the program knows no topic of this name", "Correct the name, or take the entry out");
            continue;
        };
        match value.clone().try_into::<RawTopic>() {
            Ok(raw) => {
                check_text((file, &at), "the text", &raw.text, faults);
                words.vocabulary.topics.insert(*topic, raw.text);
                words.gives.insert(*topic, Gives { since: Some(raw.since), must: raw.must, may: raw.may, file: file.to_owned() });
            }
            Err(error) => form((file, &at), &error, faults),
        }
    }
    let found = words.vocabulary.topics.keys().map(|topic| topic.as_str()).collect();
    if faults.is_empty() {
        complete("topic", Topic::ALL.iter().map(|topic| topic.as_str()), &found, faults);
    }
}

fn lists(read: &Read, words: &mut Words, faults: &mut Faults) {
    let facts = Fact::all().filter(|fact| fact.kind() == Kind::Word).map(Fact::as_str);
    let answers = Answer::ALL.iter().filter(|answer| answer.kind() == Kind::Word).map(|answer| answer.as_str());
    let wanted: BTreeSet<&str> = facts.chain(answers).collect();
    for (name, file, value) in entries(read, "word") {
        let at = format!("word {name}");
        if !wanted.contains(name) {
            faults.push((file, &at), FaultKind::Unknown, "no fact or answer takes its words from this list", "Name the list as the fact or answer");
        }
        match value.clone().try_into::<BTreeMap<String, Bilingual>>() {
            Ok(raw) => {
                if raw.is_empty() || raw.len() > LIST_MAX {
                    faults.push((file, &at), FaultKind::TooMany, format!("the list has {} words", raw.len()), format!("A list has 1 to {LIST_MAX}"));
                }
                let mut list = List::new();
                for (word, text) in raw {
                    check_text((file, &at), &format!("the text of {word}"), &text, faults);
                    match word.parse::<Word>() {
                        Ok(word) => drop(list.insert(word, text)),
                        Err(error) => faults.push((file, &at), FaultKind::Form, format!("'{word}' is {error}"), "Choose another word"),
                    }
                }
                words.vocabulary.lists.insert(name.to_owned(), list);
            }
            Err(error) => form((file, &at), &error, faults),
        }
    }
    complete("word", wanted.into_iter(), &words.vocabulary.lists.keys().map(String::as_str).collect(), faults);
}

/// `on`, or the name of a day.
pub(super) fn point(name: &str) -> Option<Point> {
    if name == "on" { Some(Point::On) } else { DayFact::ALL.iter().find(|fact| fact.as_str() == name).map(|fact| Point::Fact(*fact)) }
}

fn measures(read: &Read, words: &mut Words, faults: &mut Faults) {
    for (name, file, value) in entries(read, "measure") {
        let at = format!("measure {name}");
        let raw = match value.clone().try_into::<RawMeasure>() {
            Ok(raw) => raw,
            Err(error) => {
                form((file, &at), &error, faults);
                continue;
            }
        };
        check_text((file, &at), "the text", &raw.text, faults);
        let unit = Unit::ALL.into_iter().find(|(unit, _)| *unit == raw.count).map(|(_, unit)| unit);
        let (from, to) = (point(&raw.from), point(&raw.to));
        match (unit, from, to) {
            (Some(unit), Some(from), Some(to)) if from != to && Fact::named(name).is_none() => {
                words.measures.push(Measure { name: name.to_owned(), from, to, unit, text: raw.text });
            }
            _ => faults.push(
                (file, &at),
                FaultKind::Unknown,
                "it does not count from one known day to another, or has the name of a fact",
                format!("'count' is one of {}; 'from' and 'to' are two days or 'on'", Unit::ALL.map(|(name, _)| name).join(", ")),
            ),
        }
    }
    if words.measures.len() > MEASURES_MAX {
        faults.push((FILE, ""), FaultKind::TooMany, format!("{} measures", words.measures.len()), format!("At most {MEASURES_MAX} are kept for each question"));
    }
}

fn derived(read: &Read, words: &mut Words, faults: &mut Faults) {
    for (name, file, value) in entries(read, "derived") {
        let at = format!("derived {name}");
        match value.clone().try_into::<RawDerived>() {
            Ok(raw) => {
                check_text((file, &at), "the text", &raw.text, faults);
                if !matches!(raw.answer.kind(), Kind::Word | Kind::Flag) || Fact::named(name).is_some() || words.measure(name).is_some() {
                    faults.push(
                        (file, &at),
                        FaultKind::Form,
                        "only words and yes or no are derived, under a name of their own",
                        "Choose another answer or name",
                    );
                }
                words.derived.push(Derived { name: name.to_owned(), topic: raw.topic, answer: raw.answer, text: raw.text });
            }
            Err(error) => form((file, &at), &error, faults),
        }
    }
    if words.derived.len() > DERIVED_MAX {
        faults.push(
            (FILE, ""),
            FaultKind::TooMany,
            format!("{} derived values", words.derived.len()),
            format!("At most {DERIVED_MAX} are kept for each question"),
        );
    }
}
