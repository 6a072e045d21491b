//! Values: the words of the law's lists, what a rule gives, and the facts that a caller brings.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::word::{CountFact, DayFact, Fact, FlagFact, Kind, WordFact};
use crate::money::Rupiah;
use crate::time::CivilDate;

/// Longest word of a list. Room for every index and item, small enough to lie in the value itself.
const WORD_BYTES_MAX: usize = 23;

/// The text is no word of a list.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a word of the law (expected 1 to {WORD_BYTES_MAX} of A-Z, a-z, 0-9, '_', '-')")]
pub struct NotAWord;

/// A word of one of the law's lists: `B1`, `passport`. Whether the list has it is asked when a rule is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word {
    bytes: [u8; WORD_BYTES_MAX],
    len: u8,
}

impl Word {
    /// The word as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl FromStr for Word {
    type Err = NotAWord;
    fn from_str(text: &str) -> Result<Self, NotAWord> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if text.is_empty() || text.len() > WORD_BYTES_MAX || !text.bytes().all(good) {
            return Err(NotAWord);
        }
        let mut bytes = [0; WORD_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { bytes, len: text.len() as u8 })
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Word {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A value of a fact, a measure or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A day.
    Day(CivilDate),
    /// A whole number. Of a measure it may be negative; of a fact or answer never.
    Count(i64),
    /// Yes or no.
    Flag(bool),
    /// A word of a list.
    Word(Word),
    /// An amount of money.
    Rupiah(Rupiah),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(word) => word.fmt(f),
            Self::Rupiah(amount) => amount.fmt(f),
        }
    }
}

/// A value is not of the kind that its fact is.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{fact} must be {wanted}")]
pub struct WrongKind {
    /// The fact.
    pub fact: Fact,
    /// What it must be.
    pub wanted: Kind,
}

/// A fact as it stands in a file, before its kind is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Text(String),
    Number(i64),
    Flag(bool),
    /// A list, a table, a fraction, nothing.
    Other,
}

impl From<&toml::Value> for Written {
    fn from(value: &toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::Text(text.clone()),
            toml::Value::Integer(number) => Self::Number(*number),
            toml::Value::Boolean(flag) => Self::Flag(*flag),
            _ => Self::Other,
        }
    }
}

impl From<&serde_json::Value> for Written {
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Bool(flag) => Self::Flag(*flag),
            serde_json::Value::Number(number) => number.as_i64().map_or(Self::Other, Self::Number),
            _ => Self::Other,
        }
    }
}

/// What a caller knows of a case. What is not set is not known, and nothing is assumed in its place.
///
/// ```
/// use siger_domain::law::{DayFact, Facts, FlagFact};
///
/// let facts = Facts::default().day(DayFact::StayUntil, "2026-10-01".parse()?).flag(FlagFact::RequestPending, false);
/// # Ok::<(), siger_domain::time::DateError>(())
/// ```
///
/// `Debug` says which facts are known and not what they are: they are about somebody.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    days: [Option<CivilDate>; DayFact::ALL.len()],
    counts: [Option<u32>; CountFact::ALL.len()],
    flags: [Option<bool>; FlagFact::ALL.len()],
    words: [Option<Word>; WordFact::ALL.len()],
}

impl Facts {
    /// These facts and a day more.
    #[must_use]
    pub const fn day(mut self, fact: DayFact, day: CivilDate) -> Self {
        self.days[fact as usize] = Some(day);
        self
    }

    /// These facts and a number more.
    #[must_use]
    pub const fn count(mut self, fact: CountFact, count: u32) -> Self {
        self.counts[fact as usize] = Some(count);
        self
    }

    /// These facts and a yes or no more.
    #[must_use]
    pub const fn flag(mut self, fact: FlagFact, flag: bool) -> Self {
        self.flags[fact as usize] = Some(flag);
        self
    }

    /// These facts and a word more.
    #[must_use]
    pub const fn word(mut self, fact: WordFact, word: Word) -> Self {
        self.words[fact as usize] = Some(word);
        self
    }

    /// These facts without one of them.
    #[must_use]
    pub const fn without(mut self, fact: Fact) -> Self {
        match fact {
            Fact::Day(fact) => self.days[fact as usize] = None,
            Fact::Count(fact) => self.counts[fact as usize] = None,
            Fact::Flag(fact) => self.flags[fact as usize] = None,
            Fact::Word(fact) => self.words[fact as usize] = None,
        }
        self
    }

    /// The value of a fact, where it is known.
    pub fn get(&self, fact: Fact) -> Option<Value> {
        match fact {
            Fact::Day(fact) => self.get_day(fact).map(Value::Day),
            Fact::Count(fact) => self.get_count(fact).map(|count| Value::Count(i64::from(count))),
            Fact::Flag(fact) => self.get_flag(fact).map(Value::Flag),
            Fact::Word(fact) => self.get_word(fact).map(Value::Word),
        }
    }

    /// These facts with the value of one set.
    ///
    /// # Errors
    /// When the value is not of the fact's kind.
    pub fn with(self, fact: Fact, value: Value) -> Result<Self, WrongKind> {
        let wrong = WrongKind { fact, wanted: fact.kind() };
        match (fact, value) {
            (Fact::Day(fact), Value::Day(day)) => Ok(self.day(fact, day)),
            (Fact::Count(fact), Value::Count(count)) => u32::try_from(count).map(|count| self.count(fact, count)).map_err(|_| wrong),
            (Fact::Flag(fact), Value::Flag(flag)) => Ok(self.flag(fact, flag)),
            (Fact::Word(fact), Value::Word(word)) => Ok(self.word(fact, word)),
            _ => Err(wrong),
        }
    }

    /// Every fact that is known, with its value.
    pub fn known(&self) -> impl Iterator<Item = (Fact, Value)> {
        Fact::all().filter_map(|fact| self.get(fact).map(|value| (fact, value)))
    }

    pub(crate) const fn get_day(&self, fact: DayFact) -> Option<CivilDate> {
        self.days[fact as usize]
    }

    pub(crate) const fn get_count(&self, fact: CountFact) -> Option<u32> {
        self.counts[fact as usize]
    }

    pub(crate) const fn get_flag(&self, fact: FlagFact) -> Option<bool> {
        self.flags[fact as usize]
    }

    pub(crate) const fn get_word(&self, fact: WordFact) -> Option<Word> {
        self.words[fact as usize]
    }

    /// These facts and one that was read from a file; what it must be, when it is not that.
    pub(crate) fn with_written(self, fact: Fact, written: &Written) -> Result<Self, WrongKind> {
        let value = match (fact.kind(), written) {
            (Kind::Day, Written::Text(text)) => text.parse().ok().map(Value::Day),
            (Kind::Count, Written::Number(number)) => Some(Value::Count(*number)),
            (Kind::Flag, Written::Flag(flag)) => Some(Value::Flag(*flag)),
            (Kind::Word, Written::Text(text)) => text.parse().ok().map(Value::Word),
            _ => None,
        };
        value.map_or(Err(WrongKind { fact, wanted: fact.kind() }), |value| self.with(fact, value))
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<&str> = self.known().map(|(fact, _)| fact.as_str()).collect();
        write!(f, "facts: [{}]", known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_which_facts_and_not_what_they_are() {
        let facts = Facts::default().day(DayFact::MarriedOn, "2024-02-29".parse().expect("a day")).flag(FlagFact::MarriedToCitizen, true);
        assert_eq!(format!("{facts:?}"), "facts: [married_on, married_to_citizen]");
    }

    #[test]
    fn words_are_bounded() {
        for (text, good) in [("B1", true), ("re_entry_10y", true), ("", false), ("a b", false), ("é", false), (&"x".repeat(23), true), (&"x".repeat(24), false)]
        {
            let word = text.parse::<Word>();
            assert_eq!(word.is_ok(), good, "{text}");
            if let Ok(word) = word {
                assert_eq!(word.as_str(), text);
            }
        }
    }

    #[test]
    fn a_fact_takes_only_its_own_kind() {
        for fact in Fact::all() {
            assert_eq!(Fact::named(fact.as_str()), Some(fact), "each name is used once");
            for value in
                [Value::Day(CivilDate::MAX), Value::Count(7), Value::Flag(true), Value::Word("B1".parse().expect("a word")), Value::Rupiah(Rupiah::ZERO)]
            {
                let set = Facts::default().with(fact, value);
                let same = matches!(
                    (fact.kind(), value),
                    (Kind::Day, Value::Day(_)) | (Kind::Count, Value::Count(_)) | (Kind::Flag, Value::Flag(_)) | (Kind::Word, Value::Word(_))
                );
                assert_eq!(set.is_ok(), same, "{fact} {value}");
                if let Ok(facts) = set {
                    assert_eq!(facts.known().collect::<Vec<_>>(), [(fact, value)]);
                    assert_eq!(facts.without(fact), Facts::default());
                }
            }
        }
        let below = Facts::default().with(Fact::Count(CountFact::ExtensionsMade), Value::Count(-1));
        assert!(below.is_err());
    }

    #[test]
    fn what_is_written_wrongly_is_refused() {
        let day = Fact::Day(DayFact::StayUntil);
        for written in [Written::Text("2026-02-29".into()), Written::Text("tomorrow".into()), Written::Number(20260228), Written::Flag(true), Written::Other] {
            assert!(Facts::default().with_written(day, &written).is_err(), "{written:?}");
        }
        assert!(Facts::default().with_written(day, &Written::Text("2024-02-29".into())).is_ok());
        assert!(Facts::default().with_written(Fact::Count(CountFact::GrantedDays), &Written::from(&serde_json::json!(1.5))).is_err());
    }
}
