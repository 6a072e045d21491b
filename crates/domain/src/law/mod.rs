//! The law as data: dated, cited rules of `law/*.toml`, and answers that explain themselves.
//!
//! A [`Law`] is read from text and checked as a whole. [`Law::ask`] answers a [`Topic`] from [`Facts`] on a day with a
//! [`Finding`]; [`Law::why`] says in full how it came about and what would change it; [`Finding::next_change`] says when it will
//! change by itself. Nothing is guessed: a missing fact is named, a day of which no rule speaks is said to be so, and neither
//! ever counts as clear. A finding advises; an officer decides.
//!
//! Pure: no clock, no file. The day is an argument, and an old day gives the old answer, because rules are never edited.
//!
//! ```
//! use siger_domain::law::{DayFact, Facts, FlagFact, Law, State, Topic};
//!
//! let law = Law::embedded().expect("the rules of this program");
//! let facts = Facts::default().day(DayFact::StayUntil, "2026-10-01".parse()?).flag(FlagFact::RequestPending, false);
//! let finding = law.ask(Topic::OverstayFee, &facts, "2026-10-11".parse()?);
//! assert_eq!((finding.state(), finding.fee().map(|fee| fee.rupiah())), (State::Duty, Some(10_000_000)));
//! assert_eq!(finding.basis()[0].to_string(), "UU 6/2011 art. 78(1)");
//! assert!(!finding.is_confirmed());
//! // On day 60 only an officer can say.
//! assert_eq!(finding.next_change().map(|next| (next.on().to_string(), next.state())), Some(("2026-11-30".to_owned(), State::Officer)));
//! # Ok::<(), siger_domain::time::DateError>(())
//! ```

mod calendar;
mod canonical;
mod evaluate;
mod finding;
mod flip;
mod load;
mod rule;
mod value;
mod visa;
mod vocabulary;
mod why;
mod word;

use serde::Serialize;

use crate::time::CivilDate;
use evaluate::{Decided, Look};
use rule::{Derived, Measure};

pub use calendar::{Calendar, Holiday, Year};
pub use finding::Finding;
pub use flip::{Change, Step};
pub use load::{Fault, FaultKind};
pub use rule::{Example, Rule, Test};
pub use value::{Facts, NotAWord, Value, Word, WrongKind};
pub use visa::{Visa, VisaStay};
pub use vocabulary::Vocabulary;
pub use why::{AsRule, Considered, FACTS_BYTES_MAX, FactsFileError, Failed, Named, Needed, Next, Question, Why, read_questions};
pub use word::{Answer, CountFact, DayFact, Fact, FlagFact, Kind, NeedKind, State, Topic, Verdict, WordFact};

/// The files that this program carries, each with its text.
pub const FILES: &[(&str, &str)] = &[
    ("calendar.toml", include_str!("../../../../law/calendar.toml")),
    ("conversion.toml", include_str!("../../../../law/conversion.toml")),
    ("counting.toml", include_str!("../../../../law/counting.toml")),
    ("document.toml", include_str!("../../../../law/document.toml")),
    ("duty.toml", include_str!("../../../../law/duty.toml")),
    ("extension.toml", include_str!("../../../../law/extension.toml")),
    ("fee.toml", include_str!("../../../../law/fee.toml")),
    ("overstay.toml", include_str!("../../../../law/overstay.toml")),
    ("service.toml", include_str!("../../../../law/service.toml")),
    ("source.toml", include_str!("../../../../law/source.toml")),
    ("stay.toml", include_str!("../../../../law/stay.toml")),
    ("visa.toml", include_str!("../../../../law/visa.toml")),
    ("vocabulary.toml", include_str!("../../../../law/vocabulary.toml")),
];

/// What is missing for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "need")]
pub enum Need {
    /// This fact is needed.
    Missing {
        /// Which.
        fact: Fact,
    },
    /// The word is in no list of the law: a visa index that the catalogue does not have, say.
    NotInList {
        /// Of which fact.
        fact: Fact,
        /// What was given.
        word: Word,
    },
    /// Working days are needed beyond the years that the calendar covers.
    Calendar {
        /// The first day covered.
        from: CivilDate,
        /// The last day covered.
        to: CivilDate,
    },
    /// Another topic is needed that does not speak of that day.
    NotInForce {
        /// Which.
        topic: Topic,
    },
    /// The facts lead to a day outside the calendar or to an amount that is none.
    OutOfRange,
}

impl Need {
    /// Of which kind it is.
    pub const fn kind(&self) -> NeedKind {
        match self {
            Self::Missing { .. } => NeedKind::Missing,
            Self::NotInList { .. } => NeedKind::NotInList,
            Self::Calendar { .. } => NeedKind::Calendar,
            Self::NotInForce { .. } => NeedKind::NotInForce,
            Self::OutOfRange => NeedKind::OutOfRange,
        }
    }
}

/// The days on which the same rules of a topic are in force.
#[derive(Clone, Debug)]
pub(crate) struct Period {
    from: CivilDate,
    to: Option<CivilDate>,
    /// Places of the rules, those that take precedence first.
    rules: Vec<usize>,
}

/// What a topic must and may give.
#[derive(Clone, Debug)]
pub(crate) struct TopicRules {
    /// The first day of which it speaks.
    since: CivilDate,
    /// In order, without a gap.
    periods: Vec<Period>,
}

/// How stays are counted in some days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counting {
    from: CivilDate,
    arrival_day: i64,
    clock_day: i64,
    rule: usize,
}

/// A rule set that passed every check.
#[derive(Clone, Debug)]
pub struct Law {
    rules: Vec<Rule>,
    measures: Vec<Measure>,
    derived: Vec<Derived>,
    /// At the place of each topic.
    topics: Vec<TopicRules>,
    /// In order of their days.
    countings: Vec<Counting>,
    calendar: Calendar,
    vocabulary: Vocabulary,
    hash: [u8; 32],
}

impl Law {
    /// Reads and checks a rule set, and runs its worked examples. `files` are names and texts; all of them together are one law.
    ///
    /// # Errors
    /// Every fault found, each with its file, its rule and what to do: see [`FaultKind`].
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Fault>> {
        load::load(files)
    }

    /// The rules that this program carries.
    ///
    /// # Errors
    /// As [`Law::load`]; a test keeps it from happening.
    pub fn embedded() -> Result<Self, Vec<Fault>> {
        Self::load(FILES)
    }

    /// Answers one question on one day.
    pub fn ask(&self, topic: Topic, facts: &Facts, on: CivilDate) -> Finding<'_> {
        let mut look = Look::new(self, facts, on);
        let outcome = match look.decide(topic) {
            Decided::NotInForce => finding::Outcome::NotInForce,
            Decided::Unknown => finding::Outcome::NotKnown(look.needs(topic)),
            Decided::Rule(rule) => match look.give_all(rule) {
                Some(values) => finding::Outcome::Ruled { rule, values },
                None => finding::Outcome::NotKnown(look.needs(topic)),
            },
        };
        Finding { law: self, topic, on, facts: *facts, outcome }
    }

    /// Every rule, in the order of its topic and then of its file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rules of a topic that are in force on a day, those that take precedence first.
    pub fn in_force(&self, topic: Topic, on: CivilDate) -> impl Iterator<Item = &Rule> {
        self.period(topic, on).into_iter().flat_map(|period| period.rules.iter().map(|place| &self.rules[*place]))
    }

    /// The first day of which a topic speaks.
    pub fn since(&self, topic: Topic) -> CivilDate {
        self.topics[topic as usize].since
    }

    /// Working days and holidays.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// What things are called in both languages, and the lists of words.
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// SHA-256 over a canonical form of everything that the files say, kept with each decision so that it can be told by which
    /// rules it was made. The order of rules, the file they stand in, comments and spacing do not matter.
    pub const fn rule_set_hash(&self) -> [u8; 32] {
        self.hash
    }

    /// [`Self::rule_set_hash`] in hexadecimal.
    pub fn rule_set_hash_hex(&self) -> String {
        canonical::hex(&self.hash)
    }

    fn period(&self, topic: Topic, on: CivilDate) -> Option<&Period> {
        let periods = &self.topics[topic as usize].periods;
        let after = periods.partition_point(|period| period.from <= on);
        after.checked_sub(1).map(|place| &periods[place]).filter(|period| period.to.is_none_or(|to| on <= to))
    }

    fn counting(&self, on: CivilDate) -> Option<&Counting> {
        let after = self.countings.partition_point(|counting| counting.from <= on);
        after.checked_sub(1).map(|place| &self.countings[place])
    }

    /// Every fact that the rules of a topic in force on a day look at, directly or through what they derive.
    fn facts_of(&self, topic: Topic, on: CivilDate) -> Vec<Fact> {
        let mut facts = Vec::new();
        self.collect_facts(topic, on, &mut facts);
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    fn collect_facts(&self, topic: Topic, on: CivilDate, facts: &mut Vec<Fact>) {
        use rule::{Point, Term};
        let of_measure = |place: usize, facts: &mut Vec<Fact>| {
            let measure: &Measure = &self.measures[place];
            facts.extend([measure.from, measure.to].into_iter().filter_map(Point::fact).map(Fact::Day));
        };
        for rule in self.in_force(topic, on) {
            for condition in &rule.when {
                match condition.term {
                    Term::Count(fact) => facts.push(Fact::Count(fact)),
                    Term::Flag(fact) => facts.push(Fact::Flag(fact)),
                    Term::Word(fact) => facts.push(Fact::Word(fact)),
                    Term::Measure(place) => of_measure(place, facts),
                    // Derived topics derive nothing themselves: loading refuses it.
                    Term::Derived(place) => self.collect_facts(self.derived[place].topic, on, facts),
                }
            }
            for (_, formula) in &rule.give {
                let parts = formula.parts();
                facts.extend(parts.facts);
                parts.measures.into_iter().for_each(|place| of_measure(place, facts));
            }
        }
    }
}

#[cfg(test)]
mod tests;
