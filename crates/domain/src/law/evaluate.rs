//! Asking: which rule of a topic covers a case, and what it gives.
//!
//! Conditions are three-valued: what is not known makes a condition neither hold nor fail. The rules of a topic are tried in
//! the order of their precedence; the first that does not fail decides, and when it is not known whether it holds, neither is
//! the answer. Any rule further down that holds too is one it takes precedence over, because loading refuses other overlaps.
//!
//! Cost: one pass over the rules of the topic in force that day; each measure and derived value is computed once. Nothing is
//! allocated unless a fact is missing.

use super::rule::{Condition, DayFormula, Formula, Number, Point, Term, Unit};
use super::value::{Facts, Value};
use super::word::{Answer, Fact, Topic};
use super::{Law, Need};
use crate::money::Rupiah;
use crate::time::CivilDate;

/// More measures than this in one law would make the space for reading them too large to set up for each question.
pub(crate) const MEASURES_MAX: usize = 32;

/// The same for derived values.
pub(crate) const DERIVED_MAX: usize = 8;

/// What a rule gave, each answer at the place of its member.
pub(crate) type Values = [Option<Value>; Answer::ALL.len()];

/// What became of a question.
pub(crate) enum Decided {
    Rule(usize),
    Unknown,
    NotInForce,
}

#[derive(Clone, Copy)]
enum Slot<T> {
    Unread,
    Read(Option<T>),
}

/// One look at the facts of a case on one day.
pub(crate) struct Look<'l> {
    law: &'l Law,
    facts: Facts,
    on: CivilDate,
    measures: [Slot<i64>; MEASURES_MAX],
    derived: [Slot<Value>; DERIVED_MAX],
}

impl<'l> Look<'l> {
    pub(crate) const fn new(law: &'l Law, facts: &Facts, on: CivilDate) -> Self {
        Self { law, facts: *facts, on, measures: [Slot::Unread; MEASURES_MAX], derived: [Slot::Unread; DERIVED_MAX] }
    }

    /// The rule that covers the case.
    pub(crate) fn decide(&mut self, topic: Topic) -> Decided {
        let law = self.law;
        let Some(period) = law.period(topic, self.on) else { return Decided::NotInForce };
        for place in &period.rules {
            match self.all_hold(&law.rules[*place].when) {
                Some(true) => return Decided::Rule(*place),
                Some(false) => {}
                None => return Decided::Unknown,
            }
        }
        // Every case of the vocabulary is covered, so a word was asked about that no list has.
        Decided::Unknown
    }

    fn all_hold(&mut self, conditions: &[Condition]) -> Option<bool> {
        let mut known = true;
        for condition in conditions {
            match self.holds(condition) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => known = false,
            }
        }
        known.then_some(true)
    }

    /// Whether a condition holds; `None` when it is not known.
    pub(crate) fn holds(&mut self, condition: &Condition) -> Option<bool> {
        self.term(condition.term).map(|value| match value {
            Value::Flag(flag) => condition.test.allows_flag(flag),
            Value::Count(number) => condition.test.allows_number(number),
            Value::Word(word) => condition.test.allows_word(word),
            Value::Day(_) | Value::Rupiah(_) => false,
        })
    }

    /// The value of a term, where it is known.
    pub(crate) fn term(&mut self, term: Term) -> Option<Value> {
        match term {
            Term::Count(fact) => self.facts.get_count(fact).map(|count| Value::Count(i64::from(count))),
            Term::Flag(fact) => self.facts.get_flag(fact).map(Value::Flag),
            Term::Word(fact) => self.facts.get_word(fact).map(Value::Word),
            Term::Measure(place) => self.measure(place).map(Value::Count),
            Term::Derived(place) => self.derived(place),
        }
    }

    pub(crate) fn measure(&mut self, place: usize) -> Option<i64> {
        if let Slot::Read(value) = self.measures[place] {
            return value;
        }
        let measure = &self.law.measures[place];
        let value = self.point(measure.from).and_then(|from| self.between(from, self.point(measure.to)?, measure.unit));
        self.measures[place] = Slot::Read(value);
        value
    }

    pub(crate) fn derived(&mut self, place: usize) -> Option<Value> {
        if let Slot::Read(value) = self.derived[place] {
            return value;
        }
        let derived = &self.law.derived[place];
        let value = match self.decide(derived.topic) {
            Decided::Rule(rule) => self.give(rule, derived.answer),
            Decided::Unknown | Decided::NotInForce => None,
        };
        self.derived[place] = Slot::Read(value);
        value
    }

    fn point(&self, point: Point) -> Option<CivilDate> {
        match point {
            Point::On => Some(self.on),
            Point::Fact(fact) => self.facts.get_day(fact),
        }
    }

    fn between(&self, from: CivilDate, to: CivilDate, unit: Unit) -> Option<i64> {
        match unit {
            Unit::Days => Some(i64::from(to.days_since(from))),
            Unit::Months => Some(i64::from(to.months_since(from))),
            Unit::StayDays => Some(i64::from(to.days_since(from)) + self.law.counting(self.on)?.arrival_day),
            // The last day of n months is n months on, less the day that the arrival itself counts for.
            Unit::StayMonths => Some(i64::from(to.plus_days(self.arrival_day()?)?.months_since(from))),
            Unit::WorkingDays => self.law.calendar.working_days(self.clock_start(from)?, to),
        }
    }

    fn arrival_day(&self) -> Option<i32> {
        i32::try_from(self.law.counting(self.on)?.arrival_day).ok()
    }

    /// The day after which working days are counted.
    fn clock_start(&self, from: CivilDate) -> Option<CivilDate> {
        from.plus_days(-i32::try_from(self.law.counting(self.on)?.clock_day).ok()?)
    }

    fn number(&mut self, number: Number) -> Option<i64> {
        match number {
            Number::Fixed(number) => Some(number),
            Number::Count(fact) => self.facts.get_count(fact).map(i64::from),
            Number::Measure(place) => self.measure(place),
        }
    }

    fn day(&mut self, formula: &DayFormula) -> Option<CivilDate> {
        match formula {
            DayFormula::Plus { from, unit, number } => {
                let from = self.point(*from)?;
                let number = i32::try_from(self.number(*number)?).ok()?;
                // A stay of no day would end before it begins.
                if matches!(unit, Unit::StayDays | Unit::StayMonths) && number < 1 {
                    return None;
                }
                match unit {
                    Unit::Days => from.plus_days(number),
                    Unit::Months => from.plus_months(number),
                    Unit::StayDays => from.plus_days(number.checked_sub(self.arrival_day()?)?),
                    Unit::StayMonths => from.plus_months(number)?.plus_days(-self.arrival_day()?),
                    Unit::WorkingDays => self.law.calendar.plus_working_days(self.clock_start(from)?, u32::try_from(number).ok()?),
                }
            }
            DayFormula::Earliest(days) => {
                let mut earliest = None;
                for day in days {
                    let day = self.day(day)?;
                    earliest = Some(earliest.map_or(day, |earliest: CivilDate| earliest.min(day)));
                }
                earliest
            }
        }
    }

    fn formula(&mut self, formula: &Formula) -> Option<Value> {
        match formula {
            Formula::Day(day) => self.day(day).map(Value::Day),
            Formula::Count(number) => self.number(*number).filter(|number| *number >= 0).map(Value::Count),
            Formula::Flag(flag) => Some(Value::Flag(*flag)),
            Formula::Word(word) => Some(Value::Word(*word)),
            Formula::Fee { each, per: None } => Some(Value::Rupiah(*each)),
            Formula::Fee { each, per: Some(number) } => each.checked_mul(u64::try_from(self.number(*number)?).ok()?).map(Value::Rupiah),
            Formula::FeeTable { by, amounts } => {
                let word = self.facts.get_word(*by)?;
                let amount: Rupiah = amounts.binary_search_by_key(&word, |(word, _)| *word).ok().map(|place| amounts[place].1)?;
                Some(Value::Rupiah(amount))
            }
        }
    }

    fn give(&mut self, rule: usize, answer: Answer) -> Option<Value> {
        let law = self.law;
        law.rules[rule].give.iter().find(|(given, _)| *given == answer).and_then(|(_, formula)| self.formula(formula))
    }

    /// Everything that a rule gives; `None` when a fact for it is missing.
    pub(crate) fn give_all(&mut self, rule: usize) -> Option<Values> {
        let law = self.law;
        let mut values = [None; Answer::ALL.len()];
        for (answer, formula) in &law.rules[rule].give {
            values[*answer as usize] = Some(self.formula(formula)?);
        }
        Some(values)
    }

    /// What is missing for an answer, once it is known that something is: whatever each rule that may still answer asks for, so
    /// that nobody is asked for a fact that may turn out not to matter; where they ask for nothing in common, what the first
    /// of them asks for.
    pub(crate) fn needs(&mut self, topic: Topic) -> Vec<Need> {
        let law = self.law;
        let Some(period) = law.period(topic, self.on) else { return Vec::new() };
        let mut first: Option<Vec<Need>> = None;
        let mut common: Vec<Need> = Vec::new();
        for place in &period.rules {
            let rule = &law.rules[*place];
            let held = self.all_hold(&rule.when);
            let mut needs = Vec::new();
            match held {
                Some(false) => continue,
                Some(true) => rule.give.iter().for_each(|(_, formula)| self.needs_of_formula(formula, &mut needs)),
                None => rule.when.iter().for_each(|condition| self.needs_of_term(condition.term, &mut needs)),
            }
            // A rule that holds and takes precedence over no open one ends the list; what it gives matters only if it is alone.
            if held == Some(true) && first.is_some() {
                break;
            }
            match first {
                None => {
                    common.clone_from(&needs);
                    first = Some(needs);
                }
                Some(_) => common.retain(|need| needs.contains(need)),
            }
            if held == Some(true) {
                break;
            }
        }
        let mut needs = if common.is_empty() { first.unwrap_or_default() } else { common };
        if needs.is_empty() {
            // No rule is left: a word that is in no list.
            self.needs_of_words(topic, &mut needs);
        }
        needs
    }

    fn needs_of_words(&self, topic: Topic, needs: &mut Vec<Need>) {
        for fact in self.law.facts_of(topic, self.on) {
            if let (Fact::Word(fact), Some(Value::Word(word))) = (fact, self.facts.get(fact))
                && !self.law.vocabulary.has_word(fact.as_str(), word)
            {
                push(needs, Need::NotInList { fact: Fact::Word(fact), word });
            }
        }
    }

    fn needs_of_term(&mut self, term: Term, needs: &mut Vec<Need>) {
        if self.term(term).is_some() {
            return;
        }
        match term {
            Term::Count(fact) => push(needs, Need::Missing { fact: Fact::Count(fact) }),
            Term::Flag(fact) => push(needs, Need::Missing { fact: Fact::Flag(fact) }),
            Term::Word(fact) => push(needs, Need::Missing { fact: Fact::Word(fact) }),
            Term::Measure(place) => self.needs_of_measure(place, needs),
            Term::Derived(place) => {
                let derived = &self.law.derived[place];
                if self.law.period(derived.topic, self.on).is_none() {
                    push(needs, Need::NotInForce { topic: derived.topic });
                }
                for need in self.needs(derived.topic) {
                    push(needs, need);
                }
            }
        }
    }

    fn needs_of_measure(&self, place: usize, needs: &mut Vec<Need>) {
        let measure = &self.law.measures[place];
        let mut whole = true;
        for fact in [measure.from, measure.to].into_iter().filter_map(Point::fact) {
            if self.facts.get_day(fact).is_none() {
                whole = false;
                push(needs, Need::Missing { fact: Fact::Day(fact) });
            }
        }
        if whole {
            self.needs_of_time(measure.unit, needs);
        }
    }

    /// All days are known and yet nothing came out.
    fn needs_of_time(&self, unit: Unit, needs: &mut Vec<Need>) {
        let (from, to) = self.law.calendar.covers();
        push(needs, if unit == Unit::WorkingDays { Need::Calendar { from, to } } else { Need::OutOfRange });
    }

    fn needs_of_formula(&mut self, formula: &Formula, needs: &mut Vec<Need>) {
        if self.formula(formula).is_some() {
            return;
        }
        let mut missing = false;
        let parts = formula.parts();
        for fact in &parts.facts {
            if self.facts.get(*fact).is_none() {
                missing = true;
                push(needs, Need::Missing { fact: *fact });
            }
        }
        for place in parts.measures {
            if self.measure(place).is_none() {
                missing = true;
                self.needs_of_measure(place, needs);
            }
        }
        if !missing {
            let unit = parts.units.into_iter().find(|unit| *unit == Unit::WorkingDays).unwrap_or(Unit::Days);
            self.needs_of_time(unit, needs);
        }
    }
}

fn push(needs: &mut Vec<Need>, need: Need) {
    if !needs.contains(&need) {
        needs.push(need);
    }
}
