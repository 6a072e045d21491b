//! The catalogue of visas, as a list to choose from.

use super::value::{Facts, Word};
use super::word::{Answer, State, Topic, WordFact};
use super::{Finding, Law};
use crate::cite::Bilingual;
use crate::time::CivilDate;

/// One visa of the catalogue on a day.
#[derive(Clone, Debug)]
pub struct Visa<'l> {
    /// Its index, `C1`.
    pub index: Word,
    /// What it is for.
    pub text: &'l Bilingual,
    /// What the catalogue says of it: class, permit, entries. A visa that is no longer given stands as `officer`.
    pub finding: Finding<'l>,
}

/// How long somebody may stay who arrives with a visa.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisaStay {
    /// The last day.
    pub last_day: CivilDate,
    /// The rule set leaves it to be confirmed by the office.
    pub confirmed: bool,
}

impl Visa<'_> {
    /// The class whose rules of stay it follows.
    pub fn class(&self) -> Option<Word> {
        self.finding.word(Answer::VisaClass)
    }

    /// Whether it is one that is given today.
    pub fn is_current(&self) -> bool {
        self.finding.state() == State::Clear
    }
}

impl Law {
    /// Every visa that the catalogue knows, in the order of the indices, also those of the past, which stay readable.
    pub fn visas(&self, on: CivilDate) -> Vec<Visa<'_>> {
        let list = self.vocabulary().list(WordFact::VisaIndex.as_str());
        list.map(|(index, text)| Visa { index, text, finding: self.ask(Topic::Visa, &Facts::default().word(WordFact::VisaIndex, index), on) }).collect()
    }

    /// The last day of a stay that begins as the facts say; `None` when the law leaves it open or a fact is missing. What is
    /// missing is said by [`Law::ask`] for [`Topic::Stay`].
    pub fn stay(&self, facts: &Facts, on: CivilDate) -> Option<VisaStay> {
        let finding = self.ask(Topic::Stay, facts, on);
        finding.day(Answer::LastDay).map(|last_day| VisaStay { last_day, confirmed: finding.is_confirmed() })
    }
}
