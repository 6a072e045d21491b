//! What holds for any case on any day.

use proptest::prelude::*;

use super::*;

fn days() -> impl Strategy<Value = CivilDate> {
    let first = day("2015-01-01");
    (0..9_000).prop_map(move |by| first.plus_days(by).expect("a day of the office"))
}

/// A case that shows its facts when a property fails: they are about nobody.
#[derive(Clone, Copy)]
struct Case(Facts);

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.0.known()).finish()
    }
}

/// Every fact is known. Days lie near the day that is asked about, where rules part.
fn cases() -> impl Strategy<Value = (Case, CivilDate)> {
    let near = prop_oneof![4 => -70..70_i32, 1 => -1_500..1_500_i32];
    let (of_days, of_counts) = (DayFact::ALL.len(), CountFact::ALL.len());
    let counts = prop::collection::vec(0..70_u32, of_counts);
    let flags = prop::collection::vec(any::<bool>(), FlagFact::ALL.len());
    let words = prop::collection::vec(any::<prop::sample::Index>(), WordFact::ALL.len());
    (days(), prop::collection::vec(near, of_days), counts, flags, words).prop_map(|(on, days, counts, flags, words)| {
        let mut facts = Facts::default();
        for (fact, by) in DayFact::ALL.iter().zip(days) {
            facts = facts.day(*fact, on.plus_days(by).expect("a day of the office"));
        }
        for (fact, count) in CountFact::ALL.iter().zip(counts) {
            // Nothing is granted for no day or month.
            let granted = matches!(fact, CountFact::GrantedDays | CountFact::GrantedMonths);
            facts = facts.count(*fact, count.max(u32::from(granted)));
        }
        for (fact, flag) in FlagFact::ALL.iter().zip(flags) {
            facts = facts.flag(*fact, flag);
        }
        for (fact, index) in WordFact::ALL.iter().zip(words) {
            let list: Vec<Word> = law().vocabulary().list(fact.as_str()).map(|(word, _)| word).collect();
            facts = facts.word(*fact, *index.get(&list));
        }
        (Case(facts), on)
    })
}

fn topics() -> impl Strategy<Value = Topic> {
    prop::sample::select(Topic::ALL)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No gap and no overlap: with every fact known, exactly one rule covers each case on each day of which its topic speaks.
    #[test]
    fn one_rule_covers_every_case((Case(facts), on) in cases(), topic in topics()) {
        let law = law();
        let finding = law.ask(topic, &facts, on);
        if on < law.since(topic) {
            prop_assert_eq!(finding.state(), State::NotInForce);
        } else if topic == Topic::ServiceClock && finding.rule().is_none() {
            let only_calendar = finding.needs().iter().all(|need| matches!(need, Need::Calendar { .. }));
            prop_assert!(only_calendar);
        } else {
            let finding_rule = finding.rule().map(|rule| rule.id.clone());
            prop_assert!(finding_rule.is_some() , "{:?}", finding.needs());
            let mut look = finding.look();
            let holding = law.in_force(topic, on).filter(|rule| rule.when.iter().all(|condition| look.holds(condition) == Some(true))).count();
            prop_assert_eq!(holding, 1);
        }
    }

    /// Knowing less gives the same answer or none, never another one.
    #[test]
    fn a_missing_fact_never_changes_an_answer((Case(facts), on) in cases(), topic in topics(), missing in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        let all: Vec<Fact> = Fact::all().collect();
        let less = missing.iter().fold(facts, |facts, index| facts.without(*index.get(&all)));
        let (whole, part) = (law().ask(topic, &facts, on), law().ask(topic, &less, on));
        if let Some(rule) = part.rule() {
            prop_assert_eq!(Some(&rule.id), whole.rule().map(|rule| &rule.id));
            prop_assert!(part.values().eq(whole.values()));
        } else if whole.rule().is_some() {
            prop_assert_eq!(part.state(), State::NotKnown);
            prop_assert!(!part.needs().is_empty());
            for need in part.needs() {
                if let Need::Missing { fact } = need {
                    prop_assert!(less.get(*fact).is_none());
                }
            }
        }
    }

    /// Applying a change changes the result as it says, and no smaller change of the same fact to that result does.
    #[test]
    fn a_flip_is_a_flip_and_the_nearest((Case(facts), on) in cases(), topic in topics()) {
        let finding = law().ask(topic, &facts, on);
        let changes = finding.changes();
        for change in &changes {
            let moved = change.steps.iter().fold(facts, |facts, step| facts.with(step.fact, step.to).expect("its kind"));
            let other = law().ask(topic, &moved, on);
            prop_assert_eq!(other.state(), change.state);
            prop_assert_eq!(other.rule().map(|rule| rule.id.clone()), Some(change.rule.clone()));
            prop_assert!(other.state() != finding.state() || !other.values().eq(finding.values()));
        }
        prop_assert!(changes.windows(2).all(|pair| pair[0].size() <= pair[1].size()));
    }

    /// The fee grows with each day and never falls, up to the day on which an officer decides.
    #[test]
    fn the_fee_only_grows(until in days(), over in 0..59_i32) {
        let case = Facts::default().day(DayFact::StayUntil, until).flag(FlagFact::RequestPending, false);
        let fee = |over| law().ask(Topic::OverstayFee, &case, until.plus_days(over).expect("a day")).fee().expect("a fee");
        prop_assert!(fee(over) < fee(over + 1) || law().ask(Topic::OverstayFee, &case, until.plus_days(over).expect("a day")).rule().map(|rule| &rule.id)
            != law().ask(Topic::OverstayFee, &case, until.plus_days(over + 1).expect("a day")).rule().map(|rule| &rule.id));
        prop_assert!(fee(over) <= fee(over + 1));
    }

    /// Between a day and the next change nothing changes; on that day it does.
    #[test]
    fn nothing_changes_before_the_next_change((Case(facts), on) in cases(), topic in topics()) {
        let finding = law().ask(topic, &facts, on);
        let own = finding.rule().map(|rule| rule.id.clone());
        let next = finding.next_change().map(|next| next.on());
        for by in 1..150 {
            let at = on.plus_days(by).expect("a day");
            if next == Some(at) {
                prop_assert_ne!(law().ask(topic, &facts, at).rule().map(|rule| rule.id.clone()), own);
                break;
            }
            prop_assert_eq!(law().ask(topic, &facts, at).rule().map(|rule| rule.id.clone()), own.clone(), "{} on {}", topic, at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Looking at every single step finds nothing nearer than the search did.
    #[test]
    fn walking_finds_nothing_smaller((Case(facts), on) in cases(), topic in topics()) {
        let finding = law().ask(topic, &facts, on);
        if finding.rule().is_none() {
            return Ok(());
        }
        let several = law().in_force(topic, on).any(|rule| Some(rule.verdict) != finding.rule().map(|rule| rule.verdict));
        let changes = finding.changes();
        let smallest = changes.first().filter(|change| change.steps.len() == 1).map_or(400, Change::size);
        for (fact, value) in facts.known() {
            for by in (1..smallest.min(400)).flat_map(|by| [by as i64, -(by as i64)]) {
                let moved = match value {
                    Value::Day(day) => day.plus_days(by as i32).map(Value::Day),
                    Value::Count(count) => Some(Value::Count(count + by)).filter(|_| count + by >= 0),
                    Value::Flag(flag) => (by == 1).then_some(Value::Flag(!flag)),
                    Value::Word(_) | Value::Rupiah(_) => None,
                };
                let Some(moved) = moved else { continue };
                let other = law().ask(topic, &facts.with(fact, moved).expect("its kind"), on);
                if other.rule().is_some() {
                    let same = if several { other.state() == finding.state() } else { other.values().eq(finding.values()) };
                    prop_assert!(same, "{} moved by {} is nearer than {:?}", fact, by, changes.first());
                }
            }
        }
    }
}
