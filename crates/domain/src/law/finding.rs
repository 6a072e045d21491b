//! An answer: how a case stands on a day, by which rule, with which values, resting on which articles.

use super::evaluate::{Look, Values};
use super::rule::{Rule, Term};
use super::value::{Facts, Value, Word};
use super::word::{Answer, State, Topic};
use super::{Law, Need};
use crate::cite::{Bilingual, Citation};
use crate::money::Rupiah;
use crate::time::CivilDate;

/// What became of a question.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "the usual answer lies on the stack; boxing it would allocate for each question of each decision")]
pub(crate) enum Outcome {
    Ruled { rule: usize, values: Values },
    NotKnown(Vec<Need>),
    NotInForce,
}

/// The answer of the law to one question. A machine's finding: it decides nothing.
#[derive(Clone, Debug)]
pub struct Finding<'l> {
    pub(crate) law: &'l Law,
    pub(crate) topic: Topic,
    pub(crate) on: CivilDate,
    pub(crate) facts: Facts,
    pub(crate) outcome: Outcome,
}

impl<'l> Finding<'l> {
    /// The question.
    pub const fn topic(&self) -> Topic {
        self.topic
    }

    /// The day that was asked about.
    pub const fn on(&self) -> CivilDate {
        self.on
    }

    /// How the case stands.
    pub fn state(&self) -> State {
        self.rule().map_or_else(|| if matches!(self.outcome, Outcome::NotInForce) { State::NotInForce } else { State::NotKnown }, |rule| rule.verdict.into())
    }

    /// The rule that answers, where one does.
    pub fn rule(&self) -> Option<&'l Rule> {
        match self.outcome {
            Outcome::Ruled { rule, .. } => Some(&self.law.rules[rule]),
            Outcome::NotKnown(_) | Outcome::NotInForce => None,
        }
    }

    /// Why, in the words of the person at the counter: what the rule says, or what stands in the way of an answer.
    pub fn reason(&self) -> &'l Bilingual {
        self.rule().map_or_else(|| self.law.vocabulary.state(self.state()), |rule| &rule.text)
    }

    /// The articles that the rule itself rests on.
    pub fn basis(&self) -> &'l [Citation] {
        self.rule().map_or(&[], |rule| &rule.basis)
    }

    /// What is missing; empty when there is an answer, or when the rules do not speak of that day.
    pub fn needs(&self) -> &[Need] {
        if let Outcome::NotKnown(needs) = &self.outcome { needs } else { &[] }
    }

    /// A value that the rule gives.
    pub fn value(&self, answer: Answer) -> Option<Value> {
        if let Outcome::Ruled { values, .. } = &self.outcome { values[answer as usize] } else { None }
    }

    /// Every value that the rule gives.
    pub fn values(&self) -> impl Iterator<Item = (Answer, Value)> {
        Answer::ALL.iter().filter_map(|answer| self.value(*answer).map(|value| (*answer, value)))
    }

    /// A day that the rule gives.
    pub fn day(&self, answer: Answer) -> Option<CivilDate> {
        if let Some(Value::Day(day)) = self.value(answer) { Some(day) } else { None }
    }

    /// A number that the rule gives.
    pub fn count(&self, answer: Answer) -> Option<i64> {
        if let Some(Value::Count(count)) = self.value(answer) { Some(count) } else { None }
    }

    /// A yes or no that the rule gives.
    pub fn flag(&self, answer: Answer) -> Option<bool> {
        if let Some(Value::Flag(flag)) = self.value(answer) { Some(flag) } else { None }
    }

    /// A word that the rule gives.
    pub fn word(&self, answer: Answer) -> Option<Word> {
        if let Some(Value::Word(word)) = self.value(answer) { Some(word) } else { None }
    }

    /// What is to be paid, where the rule says so.
    pub fn fee(&self) -> Option<Rupiah> {
        if let Some(Value::Rupiah(amount)) = self.value(Answer::Fee) { Some(amount) } else { None }
    }

    /// Other rules that the answer rests on: of what it derives, and of how days are counted.
    pub fn rests_on(&self) -> Vec<&'l Rule> {
        let law = self.law;
        let Some(rule) = self.rule() else { return Vec::new() };
        let mut others = Vec::new();
        let mut counted = uses_convention(law, rule);
        for condition in &rule.when {
            if let Term::Derived(place) = condition.term
                && let Some(other) = law.ask(law.derived[place].topic, &self.facts, self.on).rule()
                && !others.iter().any(|known: &&Rule| known.id == other.id)
            {
                counted |= uses_convention(law, other);
                others.push(other);
            }
        }
        if counted && let Some(counting) = law.counting(self.on) {
            others.push(&law.rules[counting.rule]);
        }
        others
    }

    /// Whether working days were counted, so that the answer rests on the calendar, too.
    pub fn rests_on_calendar(&self) -> bool {
        self.rule().is_some_and(|rule| units(self.law, rule).contains(&super::rule::Unit::WorkingDays))
    }

    /// Whether everything that the answer rests on was confirmed; if not, pages say "office policy, unconfirmed". Without an
    /// answer nothing is confirmed.
    pub fn is_confirmed(&self) -> bool {
        self.rule().is_some_and(Rule::is_confirmed)
            && self.rests_on().into_iter().all(Rule::is_confirmed)
            && (!self.rests_on_calendar() || self.law.calendar.is_confirmed())
    }

    /// A look at the same case, for what was measured and derived.
    pub(crate) fn look(&self) -> Look<'l> {
        Look::new(self.law, &self.facts, self.on)
    }
}

fn uses_convention(law: &Law, rule: &Rule) -> bool {
    units(law, rule).iter().any(|unit| unit.uses_convention())
}

/// How a rule counts, in its conditions and in what it gives.
fn units(law: &Law, rule: &Rule) -> Vec<super::rule::Unit> {
    let mut units = Vec::new();
    let mut measures: Vec<usize> =
        rule.when.iter().filter_map(|condition| if let Term::Measure(place) = condition.term { Some(place) } else { None }).collect();
    for (_, formula) in &rule.give {
        let parts = formula.parts();
        units.extend(parts.units);
        measures.extend(parts.measures);
    }
    units.extend(measures.into_iter().map(|place| law.measures[place].unit));
    units
}
