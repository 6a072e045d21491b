//! What a rule is made of: conditions over terms, and formulas for what it gives.
//!
//! The language is small on purpose (docs/adr/0011). A condition is a set of allowed values of one term, and a rule applies
//! where all its conditions hold: so the cases of a rule are a box, and it can be decided exactly whether the boxes of a topic
//! cover every case and overlap nowhere.

use serde::Serialize;

use super::value::Word;
use super::word::{Answer, CountFact, DayFact, Fact, FlagFact, Topic, Verdict, WordFact};
use crate::cite::{Bilingual, Citation};
use crate::money::Rupiah;
use crate::time::CivilDate;

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    Count(CountFact),
    Flag(FlagFact),
    Word(WordFact),
    /// Place in the list of measures.
    Measure(usize),
    /// Place in the list of derived values.
    Derived(usize),
}

/// The values of a term that a condition allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// This one.
    Is(bool),
    /// Numbers from `min` to `max`, both included; open where there is none.
    Range {
        /// The least.
        #[serde(skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// The most.
        #[serde(skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// One of these words, in order.
    OneOf(Vec<Word>),
}

impl Test {
    pub(crate) fn allows_number(&self, number: i64) -> bool {
        matches!(self, Self::Range { min, max } if min.is_none_or(|min| min <= number) && max.is_none_or(|max| number <= max))
    }

    pub(crate) fn allows_flag(&self, flag: bool) -> bool {
        matches!(self, Self::Is(wanted) if *wanted == flag)
    }

    pub(crate) fn allows_word(&self, word: Word) -> bool {
        matches!(self, Self::OneOf(words) if words.binary_search(&word).is_ok())
    }

    /// Whether both allow a value.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Is(one), Self::Is(two)) => one == two,
            (Self::OneOf(one), Self::OneOf(two)) => one.iter().any(|word| two.binary_search(word).is_ok()),
            (Self::Range { min, max }, Self::Range { min: from, max: to }) => {
                let low = min.unwrap_or(i64::MIN).max(from.unwrap_or(i64::MIN));
                low <= max.unwrap_or(i64::MAX).min(to.unwrap_or(i64::MAX))
            }
            _ => false,
        }
    }

    /// The numbers at which the test changes its mind: it differs between `number - 1` and `number`.
    pub(crate) fn thresholds(&self) -> impl Iterator<Item = i64> {
        let (min, max) = match self {
            Self::Range { min, max } => (*min, max.and_then(|max| max.checked_add(1))),
            _ => (None, None),
        };
        min.into_iter().chain(max)
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    pub term: Term,
    pub test: Test,
}

/// A day that arithmetic begins or ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// The day that is asked about.
    On,
    Fact(DayFact),
}

impl Point {
    pub(crate) const fn fact(self) -> Option<DayFact> {
        match self {
            Self::On => None,
            Self::Fact(fact) => Some(fact),
        }
    }
}

/// How time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Calendar days; the day itself is day 0.
    Days,
    /// Calendar months; where a month is too short, its last day.
    Months,
    /// Days of a stay, by the convention of the topic `day_counting`.
    StayDays,
    /// Months of a stay, by the same convention.
    StayMonths,
    /// Working days of the office, by the calendar and the same topic.
    WorkingDays,
}

impl Unit {
    pub(crate) const ALL: [(&'static str, Self); 5] =
        [("days", Self::Days), ("months", Self::Months), ("stay_days", Self::StayDays), ("stay_months", Self::StayMonths), ("working_days", Self::WorkingDays)];

    /// Whether counting asks the topic `day_counting`.
    pub(crate) const fn uses_convention(self) -> bool {
        matches!(self, Self::StayDays | Self::StayMonths | Self::WorkingDays)
    }
}

/// How much time lies between two days.
#[derive(Clone, Debug)]
pub(crate) struct Measure {
    pub name: String,
    pub from: Point,
    pub to: Point,
    pub unit: Unit,
    pub text: Bilingual,
}

/// An answer of another topic, as a term.
#[derive(Clone, Debug)]
pub(crate) struct Derived {
    pub name: String,
    pub topic: Topic,
    pub answer: Answer,
    pub text: Bilingual,
}

/// A number in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Fixed(i64),
    Count(CountFact),
    Measure(usize),
}

/// A formula for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DayFormula {
    Plus { from: Point, unit: Unit, number: Number },
    Earliest(Vec<DayFormula>),
}

/// A formula for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    Day(DayFormula),
    Count(Number),
    Flag(bool),
    Word(Word),
    Fee { each: Rupiah, per: Option<Number> },
    FeeTable { by: WordFact, amounts: Vec<(Word, Rupiah)> },
}

impl Formula {
    /// Every part that looks at something: points, numbers, units.
    pub(crate) fn parts(&self) -> Parts {
        let mut parts = Parts::default();
        match self {
            Self::Day(day) => parts.day(day),
            Self::Count(number) => parts.number(*number),
            Self::Fee { per, .. } => per.iter().for_each(|number| parts.number(*number)),
            Self::FeeTable { by, .. } => parts.facts.push(Fact::Word(*by)),
            Self::Flag(_) | Self::Word(_) => {}
        }
        parts
    }
}

/// What formulas look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub facts: Vec<Fact>,
    pub measures: Vec<usize>,
    pub units: Vec<Unit>,
}

impl Parts {
    fn number(&mut self, number: Number) {
        match number {
            Number::Fixed(_) => {}
            Number::Count(fact) => self.facts.push(Fact::Count(fact)),
            Number::Measure(measure) => self.measures.push(measure),
        }
    }

    fn day(&mut self, formula: &DayFormula) {
        match formula {
            DayFormula::Plus { from, unit, number } => {
                self.facts.extend(from.fact().map(Fact::Day));
                self.units.push(*unit);
                self.number(*number);
            }
            DayFormula::Earliest(days) => days.iter().for_each(|day| self.day(day)),
        }
    }
}

/// A worked example, run at every start.
#[derive(Clone, Debug)]
pub struct Example {
    /// The case, in words.
    pub case: Bilingual,
    /// What is known of it.
    pub facts: super::Facts,
    /// Asked on this day.
    pub on: CivilDate,
    /// How the finding must stand.
    pub state: super::State,
    /// Every value that must come out.
    pub values: Vec<(Answer, super::Value)>,
}

/// One rule of the law, for the days on which it is in force.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Unique for ever, never used again for another rule.
    pub id: String,
    /// The file it stands in.
    pub file: String,
    /// The question it answers.
    pub topic: Topic,
    /// In force from this day.
    pub from: CivilDate,
    /// In force up to and including this day; `None` is until further notice.
    pub to: Option<CivilDate>,
    /// What it says, in the words of the person at the counter.
    pub text: Bilingual,
    /// How a case that it covers stands.
    pub verdict: Verdict,
    /// Rules that it takes precedence over where both cover a case.
    pub over: Vec<String>,
    /// What it rests on, never empty.
    pub basis: Vec<Citation>,
    /// Its numbers and conditions stand so in what it rests on, as read in a published copy.
    pub verified: bool,
    /// Worked examples, never empty.
    pub examples: Vec<Example>,
    /// SHA-256 over what the rule decides: id, topic, first day, conditions, verdict, what it gives, precedence. Neither its last
    /// day, which is set when another rule follows, nor its texts.
    pub hash: [u8; 32],
    pub(crate) when: Vec<Condition>,
    pub(crate) give: Vec<(Answer, Formula)>,
}

impl Rule {
    /// Whether the rule itself and every citation were confirmed; if not, pages say "office policy, unconfirmed".
    pub fn is_confirmed(&self) -> bool {
        self.verified && self.basis.iter().all(|citation| citation.verified)
    }

    /// Whether the rule is in force on a day.
    pub fn in_force(&self, on: CivilDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}
