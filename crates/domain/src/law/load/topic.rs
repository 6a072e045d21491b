//! The rules of a topic together: which take precedence, in which days which are in force, that no day and no case is left
//! out, and that no case has two answers.

use std::collections::BTreeSet;

use super::cover::{Gap, Terms, gap, meet};
use super::words::Words;
use super::{FaultKind, Faults};
use crate::law::rule::{Formula, Number, Rule, Term};
use crate::law::{Answer, Counting, Kind, Period, Topic, TopicRules, Word};
use crate::time::CivilDate;

impl Terms for Words {
    fn name(&self, term: Term) -> &str {
        Self::name(self, term)
    }

    fn words(&self, term: Term) -> Vec<Word> {
        if self.kind(term) == Kind::Word { self.vocabulary.list(self.list_of(term)).map(|(word, _)| word).collect() } else { Vec::new() }
    }
}

pub(super) fn topics(rules: &[Rule], words: &Words, faults: &mut Faults) -> Vec<TopicRules> {
    let mut topics = Vec::new();
    for topic in Topic::ALL {
        let of: Vec<usize> = (0..rules.len()).filter(|place| rules[*place].topic == *topic).collect();
        let order = precedence(rules, &of, faults);
        overlaps(rules, &of, faults);
        depth(rules, &of, words, faults);
        let gives = words.gives.get(topic);
        let since = gives.and_then(|gives| gives.since).unwrap_or(CivilDate::MAX);
        let file = gives.map_or("", |gives| gives.file.as_str());
        let at = format!("topic {topic}");
        topics.push(TopicRules { since, periods: periods((file, &at), rules, &order, since, words, faults) });
    }
    topics
}

/// The rules in an order in which each comes before those it takes precedence over; else in the order of their files.
fn precedence(rules: &[Rule], of: &[usize], faults: &mut Faults) -> Vec<usize> {
    for place in of {
        let rule = &rules[*place];
        let at = format!("rule {}", rule.id);
        for over in &rule.over {
            if !of.iter().any(|other| rules[*other].id == *over && other != place) {
                faults.push(
                    (&rule.file, &at),
                    FaultKind::Precedence,
                    format!("'{over}' is no other rule of this topic"),
                    "Name in 'over' the rule that it is an exception to",
                );
            }
        }
    }
    let mut left = of.to_vec();
    let mut order = Vec::new();
    while !left.is_empty() {
        // Next is a rule that none of those left takes precedence over.
        let free = left.iter().position(|place| !left.iter().any(|other| rules[*other].over.contains(&rules[*place].id)));
        let Some(free) = free else {
            let rule = &rules[left[0]];
            let at = format!("rule {}", rule.id);
            faults.push((&rule.file, &at), FaultKind::Precedence, "precedence goes round in a circle", "Take out one 'over' of the circle");
            break;
        };
        order.push(left.remove(free));
    }
    order
}

/// Two rules for the same case on the same day need a precedence between them.
fn overlaps(rules: &[Rule], of: &[usize], faults: &mut Faults) {
    for (place, one) in of.iter().enumerate() {
        for two in &of[place + 1..] {
            let (one, two) = (&rules[*one], &rules[*two]);
            let day = one.from.max(two.from);
            let ranked = one.over.contains(&two.id) || two.over.contains(&one.id);
            if !ranked && one.in_force(day) && two.in_force(day) && meet(one, two) {
                faults.push(
                    (&two.file, &format!("rule {}", two.id)),
                    FaultKind::Overlap,
                    format!("from {day} it covers cases that rule {} covers, too", one.id),
                    format!("Narrow one of them, end one with 'to', or say which is the exception: over = [\"{}\"]", one.id),
                );
            }
        }
    }
}

/// What is derived must not derive in its turn: an answer must be followed by a person in two steps.
fn depth(rules: &[Rule], of: &[usize], words: &Words, faults: &mut Faults) {
    for place in of {
        let rule = &rules[*place];
        let derives = rule.when.iter().any(|condition| matches!(condition.term, Term::Derived(_)));
        if derives && words.derived.iter().any(|derived| derived.topic == rule.topic) {
            faults.push(
                (&rule.file, &format!("rule {}", rule.id)),
                FaultKind::Form,
                "its topic is derived by others and derives itself",
                "Use the facts themselves in its conditions",
            );
        }
    }
}

fn periods(at: (&str, &str), rules: &[Rule], order: &[usize], since: CivilDate, words: &Words, faults: &mut Faults) -> Vec<Period> {
    let mut starts = BTreeSet::from([since]);
    for place in order {
        starts.insert(rules[*place].from.max(since));
        starts.extend(rules[*place].to.and_then(|to| to.plus_days(1)).filter(|next| *next > since));
    }
    let starts: Vec<CivilDate> = starts.into_iter().collect();
    let mut periods = Vec::new();
    for (place, from) in starts.iter().enumerate() {
        let to = starts.get(place + 1).and_then(|next| next.plus_days(-1));
        let in_force: Vec<usize> = order.iter().copied().filter(|place| rules[*place].in_force(*from)).collect();
        let days = to.map_or_else(|| format!("from {from} on"), |to| format!("from {from} to {to}"));
        if in_force.is_empty() {
            faults.push(at, FaultKind::GapInTime, format!("no rule is in force {days}"), "Add a rule for these days, or correct 'from' and 'to' beside them");
        } else {
            let of: Vec<&Rule> = in_force.iter().map(|place| &rules[*place]).collect();
            match gap(&of, words) {
                Some(Gap::Case(case)) => {
                    let file = &of[0].file;
                    let case = if case.is_empty() { "any case".to_owned() } else { case.join(", ") };
                    faults.push(
                        (file, at.1),
                        FaultKind::GapInCases,
                        format!("no rule covers {case}, {days}"),
                        "Add a rule for this case, or widen one; what the law leaves open is a rule with the verdict officer",
                    );
                }
                Some(Gap::TooMany) => {
                    faults.push(at, FaultKind::TooMany, format!("there are more cases than can be looked at, {days}"), "Use fewer terms in this topic")
                }
                None => {}
            }
        }
        periods.push(Period { from: *from, to, rules: in_force });
    }
    periods
}

/// The convention of counting in each period, ready to use: it is asked for with nearly every question.
pub(super) fn countings(rules: &[Rule], topics: &[TopicRules], faults: &mut Faults) -> Vec<Counting> {
    let own = &topics[Topic::DayCounting as usize];
    let mut countings = Vec::new();
    for period in &own.periods {
        let rule = &rules[period.rules[0]];
        let fixed = |answer| {
            rule.give.iter().find_map(|(given, formula)| match formula {
                Formula::Count(Number::Fixed(number @ 0..=1)) if *given == answer => Some(*number),
                _ => None,
            })
        };
        match (fixed(Answer::ArrivalDay), fixed(Answer::ClockDay)) {
            (Some(arrival_day), Some(clock_day)) if rule.when.is_empty() => {
                countings.push(Counting { from: period.from, arrival_day, clock_day, rule: period.rules[0] })
            }
            _ => faults.push(
                (&rule.file, &format!("rule {}", rule.id)),
                FaultKind::Form,
                "a convention of counting has conditions, or does not give arrival_day and clock_day as 0 or 1",
                "Write it without conditions, with both",
            ),
        }
    }
    for topic in Topic::ALL {
        if topics[*topic as usize].since < own.since {
            faults.push(
                ("vocabulary.toml", &format!("topic {topic}")),
                FaultKind::GapInTime,
                format!("it speaks of days before {}", own.since),
                "How days are counted must be said for all of them: set 'since' of day_counting earlier",
            );
        }
    }
    countings
}
