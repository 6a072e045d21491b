//! An answer in full: facts, rule, articles, what was considered and did not apply, what would change it. For a page and for
//! JSON; the names of the fields are stable.

use serde::{Deserialize, Serialize};

use super::flip::Change;
use super::rule::{Condition, Rule, Term, Test};
use super::value::{Facts, Value, Written};
use super::word::{Answer, Fact, State, Topic};
use super::{Finding, Law, Need, canonical};
use crate::cite::{Bilingual, Citation};
use crate::time::CivilDate;

/// Something with its name, what it is called, and its value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Named {
    /// As in the rules and files of facts.
    pub name: String,
    /// What it is called.
    pub text: Bilingual,
    /// Its value.
    pub value: Value,
    /// What the value is called, where it is a word of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_text: Option<Bilingual>,
}

/// A rule as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AsRule {
    /// Its id.
    pub id: String,
    /// The file it stands in.
    pub file: String,
    /// In force from this day.
    pub from: CivilDate,
    /// Up to and including this day; open where it is absent.
    pub to: Option<CivilDate>,
    /// What it says.
    pub text: Bilingual,
    /// Whether it and all that it cites were confirmed.
    pub confirmed: bool,
    /// What it rests on.
    pub basis: Vec<Citation>,
    /// Rules that it is an exception to.
    pub over: Vec<String>,
    /// SHA-256 over what it decides, in hexadecimal.
    pub hash: String,
}

/// A condition that did not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failed {
    /// What was looked at.
    pub name: String,
    /// What that is called.
    pub text: Bilingual,
    /// What it is; absent when it is not known.
    pub found: Option<Value>,
    /// What the rule asks for.
    pub wanted: Test,
}

/// What is missing, with its words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Needed {
    /// What.
    #[serde(flatten)]
    pub need: Need,
    /// What a page says of it.
    pub text: Bilingual,
}

/// A rule that was considered and does not answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Considered {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: Bilingual,
    /// The conditions that do not hold. Empty where the rule would hold, too, and another takes precedence.
    pub failed: Vec<Failed>,
}

/// When the answer changes by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Next {
    /// The first day.
    pub on: CivilDate,
    /// How the finding then stands.
    pub state: State,
    /// The rule that answers then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// An answer and everything that explains it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Why {
    /// The question.
    pub topic: Topic,
    /// What the question is called.
    pub topic_text: Bilingual,
    /// The day that was asked about.
    pub on: CivilDate,
    /// Hash of the rule set that answered.
    pub rule_set: String,
    /// How the case stands.
    pub state: State,
    /// What that is called.
    pub state_text: Bilingual,
    /// What the rule says, or what stands in the way of an answer.
    pub reason: Bilingual,
    /// Whether everything that the answer rests on was confirmed.
    pub confirmed: bool,
    /// What a page says beside an answer that is not: "office policy, unconfirmed".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Bilingual>,
    /// The rule that answers.
    pub rule: Option<AsRule>,
    /// What it gives.
    pub values: Vec<Named>,
    /// The facts that the topic looks at and that are known.
    pub facts: Vec<Named>,
    /// What was counted and derived from them.
    pub measured: Vec<Named>,
    /// Other rules that the answer rests on.
    pub rests_on: Vec<AsRule>,
    /// What the holidays rest on, where working days were counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calendar: Vec<Citation>,
    /// What is missing.
    pub needs: Vec<Needed>,
    /// Rules of the topic in force that day which do not answer, and why not.
    pub considered: Vec<Considered>,
    /// Rules of the topic of other days that would hold for the case.
    pub other_days: Vec<AsRule>,
    /// The smallest changes that would change the result, the smallest first.
    pub changes: Vec<Change>,
    /// When another rule answers, with the same facts.
    pub next_change: Option<Next>,
}

impl Law {
    /// Answers one question and says in full why. Takes some milliseconds, where [`Law::ask`] takes microseconds.
    pub fn why(&self, topic: Topic, facts: &Facts, on: CivilDate) -> Why {
        let finding = self.ask(topic, facts, on);
        let vocabulary = &self.vocabulary;
        let state = finding.state();
        let confirmed = finding.is_confirmed();
        let looked_at = self.facts_of(topic, on);
        let calendar = if finding.rests_on_calendar() { self.calendar.years().iter().flat_map(|year| year.basis.clone()).collect() } else { Vec::new() };
        Why {
            topic,
            topic_text: vocabulary.topic(topic).clone(),
            on,
            rule_set: self.rule_set_hash_hex(),
            state,
            state_text: vocabulary.state(state).clone(),
            reason: finding.reason().clone(),
            confirmed,
            label: (finding.rule().is_some() && !confirmed).then(|| vocabulary.unconfirmed().clone()),
            rule: finding.rule().map(AsRule::of),
            values: finding.values().map(|(answer, value)| self.named_answer(answer, value)).collect(),
            facts: looked_at.iter().filter_map(|fact| facts.get(*fact).map(|value| self.named(fact.as_str(), vocabulary.fact(*fact), value))).collect(),
            measured: self.measured(&finding),
            rests_on: finding.rests_on().into_iter().map(AsRule::of).collect(),
            calendar,
            needs: finding.needs().iter().map(|need| Needed { need: *need, text: vocabulary.need(need) }).collect(),
            considered: self.considered(&finding),
            other_days: self.other_days(&finding),
            changes: finding.changes(),
            next_change: finding.next_change().map(|next| Next { on: next.on(), state: next.state(), rule: next.rule().map(|rule| rule.id.clone()) }),
        }
    }

    fn named(&self, name: &str, text: &Bilingual, value: Value) -> Named {
        let value_text = if let Value::Word(word) = value { self.vocabulary.word(name, word).cloned() } else { None };
        Named { name: name.to_owned(), text: text.clone(), value, value_text }
    }

    fn named_answer(&self, answer: Answer, value: Value) -> Named {
        self.named(answer.as_str(), self.vocabulary.answer(answer), value)
    }

    fn term_name(&self, term: Term) -> (&str, &Bilingual) {
        match term {
            Term::Count(fact) => (fact.as_str(), self.vocabulary.fact(Fact::Count(fact))),
            Term::Flag(fact) => (fact.as_str(), self.vocabulary.fact(Fact::Flag(fact))),
            Term::Word(fact) => (fact.as_str(), self.vocabulary.fact(Fact::Word(fact))),
            Term::Measure(place) => (&self.measures[place].name, &self.measures[place].text),
            Term::Derived(place) => (&self.derived[place].name, &self.derived[place].text),
        }
    }

    /// Measures and derived values that the rules of the topic look at, as far as they are known.
    fn measured(&self, finding: &Finding<'_>) -> Vec<Named> {
        let mut terms: Vec<Term> = self.in_force(finding.topic(), finding.on()).flat_map(|rule| &rule.when).map(|condition| condition.term).collect();
        terms.retain(|term| matches!(term, Term::Measure(_) | Term::Derived(_)));
        terms.sort_unstable();
        terms.dedup();
        let mut look = finding.look();
        terms
            .into_iter()
            .filter_map(|term| {
                let (name, text) = self.term_name(term);
                let list = if let Term::Derived(place) = term { self.derived[place].answer.as_str() } else { name };
                look.term(term).map(|value| Named { name: name.to_owned(), ..self.named(list, text, value) })
            })
            .collect()
    }

    fn considered(&self, finding: &Finding<'_>) -> Vec<Considered> {
        let own = finding.rule().map(|rule| &rule.id);
        let others = self.in_force(finding.topic(), finding.on()).filter(|rule| Some(&rule.id) != own);
        others.map(|rule| Considered { id: rule.id.clone(), text: rule.text.clone(), failed: self.failed(finding, &rule.when) }).collect()
    }

    fn failed(&self, finding: &Finding<'_>, conditions: &[Condition]) -> Vec<Failed> {
        let mut look = finding.look();
        let failed = conditions.iter().filter(|condition| look.holds(condition) != Some(true)).collect::<Vec<_>>();
        failed
            .into_iter()
            .map(|condition| {
                let (name, text) = self.term_name(condition.term);
                Failed { name: name.to_owned(), text: text.clone(), found: look.term(condition.term), wanted: condition.test.clone() }
            })
            .collect()
    }

    fn other_days(&self, finding: &Finding<'_>) -> Vec<AsRule> {
        let mut look = finding.look();
        let others = self.rules.iter().filter(|rule| rule.topic == finding.topic() && !rule.in_force(finding.on()));
        others.filter(|rule| rule.when.iter().all(|condition| look.holds(condition) == Some(true))).map(AsRule::of).collect()
    }
}

impl AsRule {
    fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id.clone(),
            file: rule.file.clone(),
            from: rule.from,
            to: rule.to,
            text: rule.text.clone(),
            confirmed: rule.is_confirmed(),
            basis: rule.basis.clone(),
            over: rule.over.clone(),
            hash: canonical::hex(&rule.hash),
        }
    }
}

/// A file of facts that is longer is none.
pub const FACTS_BYTES_MAX: usize = 64 * 1024;

/// A file of facts is not one.
#[derive(Debug, thiserror::Error)]
pub enum FactsFileError {
    /// It is too long.
    #[error("the file of facts has more than {FACTS_BYTES_MAX} bytes")]
    TooLong,
    /// It is not JSON of the expected form.
    #[error("the file of facts is not of the form {{\"topic\": ..., \"facts\": {{...}}}}")]
    Form(#[source] serde_json::Error),
    /// It is an array.
    #[error("the file of facts is an array and not one object {{\"topic\": ..., \"facts\": {{...}}}}; ask one case a file")]
    Array,
    /// There is no such topic.
    #[error("no topic is called '{0}'; they are {topics}", topics = Topic::ALL.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(", "))]
    Topic(String),
    /// There is no such fact.
    #[error("no fact is called '{0}'; they are {facts}", facts = Fact::all().map(Fact::as_str).collect::<Vec<_>>().join(", "))]
    Fact(String),
    /// A fact stands there twice, and which of the two holds is not guessed.
    #[error("the fact '{0}' is given twice; give it once")]
    Twice(Fact),
    /// A fact has a value that is not of its kind.
    #[error(transparent)]
    Kind(#[from] super::WrongKind),
}

/// What a file of facts asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The topics that are asked about; empty asks for every topic that looks at one of the facts.
    pub topics: Vec<Topic>,
    /// What is known.
    pub facts: Facts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct RawQuestion {
    topic: Option<RawTopics>,
    facts: Pairs,
}

/// An object as it is written: a map would keep the last of two values for one name, in silence.
struct Pairs(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of facts")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        from.deserialize_map(Reader)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawTopics {
    One(String),
    Several(Vec<String>),
}

/// Reads a file of facts, as docs/ref/law.md describes it.
///
/// # Errors
/// See [`FactsFileError`].
pub fn read_questions(text: &str) -> Result<Question, FactsFileError> {
    if text.len() > FACTS_BYTES_MAX {
        return Err(FactsFileError::TooLong);
    }
    if text.trim_ascii_start().starts_with('[') {
        // An array would be read as the two values in their order.
        return Err(FactsFileError::Array);
    }
    let raw: RawQuestion = serde_json::from_str(text).map_err(FactsFileError::Form)?;
    let names = match raw.topic {
        None => Vec::new(),
        Some(RawTopics::One(name)) => vec![name],
        Some(RawTopics::Several(names)) => names,
    };
    let mut topics = Vec::new();
    for name in names {
        let topic = Topic::ALL.iter().find(|topic| topic.as_str() == name).ok_or(FactsFileError::Topic(name))?;
        // Asked twice is answered once: a short file must not ask for a long answer.
        if !topics.contains(topic) {
            topics.push(*topic);
        }
    }
    let mut facts = Facts::default();
    for (name, value) in raw.facts.0 {
        let fact = Fact::named(&name).ok_or(FactsFileError::Fact(name))?;
        if facts.get(fact).is_some() {
            return Err(FactsFileError::Twice(fact));
        }
        facts = facts.with_written(fact, &Written::from(&value))?;
    }
    Ok(Question { topics, facts })
}

impl Law {
    /// Answers what a file of facts asks, in the order it asks, or in the order of the topics.
    pub fn answer(&self, question: &Question, on: CivilDate) -> Vec<Why> {
        let topics: Vec<Topic> = if question.topics.is_empty() {
            let known: Vec<Fact> = question.facts.known().map(|(fact, _)| fact).collect();
            Topic::ALL.iter().copied().filter(|topic| self.facts_of(*topic, on).iter().any(|fact| known.contains(fact))).collect()
        } else {
            question.topics.clone()
        };
        topics.into_iter().map(|topic| self.why(topic, &question.facts, on)).collect()
    }
}
