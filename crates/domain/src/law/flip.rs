//! The smallest change of the facts that would change the result, and the next day on which it changes by itself. Both are
//! computed by asking again, never written down.
//!
//! What counts as another result: another verdict; and where all rules in force give the same verdict (a table of fees),
//! other values.
//!
//! The search is exact for one fact. Conditions are thresholds on terms, and every measure only grows (or only falls) with each
//! of its days, so the result can change only where a term passes a threshold; those values are found by bisection and tried,
//! the nearest first. Where no single fact changes the result, each of these values is set in turn and the search goes on
//! with one fact more. Only facts that are known are changed. The size of a change is its days or units; a word or a yes
//! or no counts as 1.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evaluate::Look;
use super::rule::{Point, Rule, Term, Unit};
use super::value::{Facts, Value};
use super::word::{Answer, DayFact, Fact, State, Topic, WordFact};
use super::{Finding, Law};
use crate::cite::Bilingual;
use crate::time::CivilDate;

/// A day is moved by a hundred years at most: further is no case of an office.
const DAYS_MAX: i32 = 36_600;

/// Questions asked for pairs of facts; a topic of ten facts with twenty thresholds each stays below.
const PAIRS_MAX: usize = 50_000;

/// One fact that is different.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Which.
    pub fact: Fact,
    /// What it is called.
    pub text: Bilingual,
    /// What it is.
    pub from: Value,
    /// What it would be.
    pub to: Value,
    /// How far that is: days, units, or 1 for a word or a yes or no. Negative for less or earlier.
    pub by: i64,
}

/// A change of the facts that changes the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The facts that are different: one, or two where no single one is enough.
    pub steps: Vec<Step>,
    /// How the finding would stand.
    pub state: State,
    /// The rule that would answer.
    pub rule: String,
    /// What that rule says.
    pub text: Bilingual,
    /// What it would give.
    pub values: BTreeMap<Answer, Value>,
}

impl Change {
    /// How much is different, all facts together.
    pub fn size(&self) -> u64 {
        self.steps.iter().map(|step| step.by.unsigned_abs()).sum()
    }
}

impl Finding<'_> {
    /// The smallest changes that would change the result, the smallest first: one fact each, and for each fact and result the
    /// nearest value; two facts each where no single one is enough. Empty where there is no result, or no such change.
    pub fn changes(&self) -> Vec<Change> {
        if self.rule().is_none() {
            return Vec::new();
        }
        let facts = self.law.facts_of(self.topic, self.on);
        let mut changes: Vec<Change> = facts.iter().flat_map(|fact| self.of_one(*fact, &self.facts, &[])).collect();
        if changes.is_empty() {
            changes = self.of_two(&facts);
        }
        changes.sort_by_cached_key(|change| (change.size(), change.steps.iter().map(|step| step.fact).collect::<Vec<_>>()));
        changes
    }

    /// The first later day on which, with the same facts, another rule answers or none does. `None` when that never comes.
    pub fn next_change(&self) -> Option<Self> {
        let mut days = self.days_of_change();
        days.sort_unstable();
        days.dedup();
        let own = self.rule().map(|rule| &rule.id);
        days.into_iter().map(|on| self.law.ask(self.topic, &self.facts, on)).find(|other| other.rule().map(|rule| &rule.id) != own)
    }

    /// Nearest values of one fact that give another result, one for each result.
    fn of_one(&self, fact: Fact, facts: &Facts, before: &[Step]) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for step in self.steps(fact, facts) {
            if let Some(change) = self.tried(facts, before, step)
                && !changes.iter().any(|known| known.state == change.state && (known.rule == change.rule || !matches!(fact, Fact::Word(_))))
            {
                changes.push(change);
            }
        }
        changes
    }

    /// The smallest of those that change two facts.
    fn of_two(&self, facts: &[Fact]) -> Vec<Change> {
        let mut best: Vec<Change> = Vec::new();
        let mut asked = 0;
        for (place, one) in facts.iter().enumerate() {
            for first in self.steps(*one, &self.facts) {
                let Ok(moved) = self.facts.with(*one, first.to) else { continue };
                for two in &facts[place + 1..] {
                    for second in self.steps(*two, &moved) {
                        asked += 1;
                        if asked > PAIRS_MAX {
                            return best;
                        }
                        let Some(change) = self.tried(&moved, std::slice::from_ref(&first), second) else { continue };
                        match best.iter_mut().find(|known| known.state == change.state && known.rule == change.rule) {
                            Some(known) if known.size() > change.size() => *known = change,
                            Some(_) => {}
                            None => best.push(change),
                        }
                    }
                }
            }
        }
        best
    }

    /// What a step more leads to, where that is another result.
    fn tried(&self, facts: &Facts, before: &[Step], step: Step) -> Option<Change> {
        let other = self.law.ask(self.topic, &facts.with(step.fact, step.to).ok()?, self.on);
        let rule = other.rule()?;
        self.is_other(&other).then(|| Change {
            steps: before.iter().cloned().chain([step]).collect(),
            state: other.state(),
            rule: rule.id.clone(),
            text: rule.text.clone(),
            values: other.values().collect(),
        })
    }

    /// Whether both are results, and different ones.
    fn is_other(&self, other: &Finding<'_>) -> bool {
        let (Some(own), Some(rule)) = (self.rule(), other.rule()) else { return false };
        if self.several_verdicts() { own.verdict != rule.verdict } else { !self.values().eq(other.values()) }
    }

    fn several_verdicts(&self) -> bool {
        let mut verdicts = self.law.in_force(self.topic, self.on).map(|rule| rule.verdict);
        let first = verdicts.next();
        verdicts.any(|verdict| Some(verdict) != first)
    }

    /// The values worth trying for a fact, the nearest first; nothing when the fact is not known.
    fn steps(&self, fact: Fact, facts: &Facts) -> Vec<Step> {
        let Some(from) = facts.get(fact) else { return Vec::new() };
        let mut values: Vec<(Value, i64)> = match (fact, from) {
            (Fact::Flag(_), Value::Flag(flag)) => vec![(Value::Flag(!flag), 1)],
            (Fact::Word(fact), Value::Word(word)) => {
                self.words_beside(fact).into_iter().filter(|other| *other != word).map(|other| (Value::Word(other), 1)).collect()
            }
            (Fact::Count(of), Value::Count(count)) => {
                let mut counts: Vec<i64> = self.thresholds_of(Term::Count(of)).into_iter().flat_map(|at| [at - 1, at]).collect();
                counts.extend([count - 1, count + 1]);
                counts.into_iter().filter(|other| *other >= 0 && *other != count).map(|other| (Value::Count(other), other - count)).collect()
            }
            (Fact::Day(fact), Value::Day(day)) => self
                .days_beside(fact, day, facts)
                .into_iter()
                .filter(|other| *other != day)
                .map(|other| (Value::Day(other), i64::from(other.days_since(day))))
                .collect(),
            _ => Vec::new(),
        };
        // Less before more where both are as near: sorting keeps the order of signs by the second key.
        values.sort_by_key(|(_, by)| (by.unsigned_abs(), *by));
        values.dedup_by_key(|(value, _)| *value);
        let text = self.law.vocabulary.fact(fact);
        values.into_iter().map(|(to, by)| Step { fact, text: text.clone(), from, to, by }).collect()
    }

    fn words_beside(&self, fact: WordFact) -> Vec<super::Word> {
        self.law.vocabulary.list(fact.as_str()).map(|(word, _)| word).collect()
    }

    /// The rules that the result can depend on: of the topic, and of what they derive.
    fn rules_behind(&self) -> Vec<&Rule> {
        let law = self.law;
        let mut rules: Vec<&Rule> = law.in_force(self.topic, self.on).collect();
        for topic in topics_behind(law, &rules) {
            rules.extend(law.in_force(topic, self.on));
        }
        rules
    }

    fn thresholds_of(&self, term: Term) -> Vec<i64> {
        let mut thresholds = thresholds(&self.rules_behind(), term);
        thresholds.sort_unstable();
        thresholds.dedup();
        thresholds
    }

    /// The days on both sides of each threshold of each measure that the fact is an end of, and the days beside it.
    fn days_beside(&self, fact: DayFact, day: CivilDate, facts: &Facts) -> Vec<CivilDate> {
        let mut days: Vec<CivilDate> = [-1, 1].into_iter().filter_map(|by| day.plus_days(by)).collect();
        for (place, measure) in self.law.measures.iter().enumerate() {
            let grows = measure.to == Point::Fact(fact);
            if !grows && measure.from != Point::Fact(fact) {
                continue;
            }
            let value = |moved: CivilDate| Look::new(self.law, &facts.day(fact, moved), self.on).measure(place);
            for threshold in self.thresholds_of(Term::Measure(place)) {
                days.extend(self.sides(day, measure.unit, grows, threshold, &value).into_iter().flatten());
            }
        }
        days
    }

    /// The last day on one side of a threshold and the first on the other, within the bounds of the search.
    fn sides(&self, day: CivilDate, unit: Unit, grows: bool, threshold: i64, value: &dyn Fn(CivilDate) -> Option<i64>) -> [Option<CivilDate>; 2] {
        let (mut low, mut high) = self.bounds(day, unit);
        // In growing days, the measure is first below the threshold and then not; turned round where it falls.
        let beyond = |day: CivilDate| value(day).map(|value| (value >= threshold) == grows);
        if beyond(low) != Some(false) || beyond(high) != Some(true) {
            return [None, None];
        }
        while high.days_since(low) > 1 {
            let Some(middle) = low.plus_days(high.days_since(low) / 2) else { return [None, None] };
            match beyond(middle) {
                Some(true) => high = middle,
                Some(false) => low = middle,
                None => return [None, None],
            }
        }
        [Some(low), Some(high)]
    }

    /// From when to when a day is moved: a hundred years each way, and for working days the calendar.
    fn bounds(&self, day: CivilDate, unit: Unit) -> (CivilDate, CivilDate) {
        let low = day.plus_days(-DAYS_MAX).unwrap_or(day);
        let high = day.plus_days(DAYS_MAX).unwrap_or(CivilDate::MAX);
        if unit != Unit::WorkingDays {
            return (low, high);
        }
        let (first, last) = self.law.calendar.covers();
        // The clock may begin on the day before the first.
        (low.max(first.plus_days(1).unwrap_or(first)), high.min(last))
    }

    /// Every later day on which something that the result depends on passes a threshold or comes into force.
    fn days_of_change(&self) -> Vec<CivilDate> {
        let law = self.law;
        let all: Vec<&Rule> = law.rules.iter().filter(|rule| rule.topic == self.topic).collect();
        let mut topics = topics_behind(law, &all);
        topics.extend([self.topic, Topic::DayCounting]);
        let mut days = Vec::new();
        for topic in &topics {
            for period in &law.topics[*topic as usize].periods {
                days.push(period.from);
                days.extend(period.to.and_then(|to| to.plus_days(1)));
            }
        }
        let behind: Vec<&Rule> = law.rules.iter().filter(|rule| topics.contains(&rule.topic)).collect();
        for (place, measure) in law.measures.iter().enumerate() {
            let grows = measure.to == Point::On;
            if !grows && measure.from != Point::On {
                continue;
            }
            let value = |on: CivilDate| Look::new(law, &self.facts, on).measure(place);
            for threshold in thresholds(&behind, Term::Measure(place)) {
                days.extend(self.sides(self.on, measure.unit, grows, threshold, &value)[1]);
            }
        }
        // Before the calendar begins and beyond its end, what counts working days has no answer.
        let (first, last) = law.calendar.covers();
        days.push(first);
        days.extend(last.plus_days(1));
        days.retain(|day| *day > self.on);
        days
    }
}

fn topics_behind(law: &Law, rules: &[&Rule]) -> Vec<Topic> {
    let derived = rules
        .iter()
        .flat_map(|rule| &rule.when)
        .filter_map(|condition| if let Term::Derived(place) = condition.term { Some(law.derived[place].topic) } else { None });
    let mut topics: Vec<Topic> = derived.collect();
    topics.sort_unstable();
    topics.dedup();
    topics
}

fn thresholds(rules: &[&Rule], term: Term) -> Vec<i64> {
    rules.iter().flat_map(|rule| &rule.when).filter(|condition| condition.term == term).flat_map(|condition| condition.test.thresholds()).collect()
}
