//! What things are called in both languages, and the lists of words: `law/vocabulary.toml`.

use std::collections::BTreeMap;

use super::Need;
use super::value::Word;
use super::word::{Answer, Fact, NeedKind, State, Topic};
use crate::cite::Bilingual;

/// A list of words, each with what it is called.
pub(crate) type List = BTreeMap<Word, Bilingual>;

/// What things are called, in both languages. Complete: loading refuses a vocabulary that lacks a text.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    pub(crate) topics: BTreeMap<Topic, Bilingual>,
    pub(crate) facts: BTreeMap<Fact, Bilingual>,
    pub(crate) answers: BTreeMap<Answer, Bilingual>,
    pub(crate) states: BTreeMap<State, Bilingual>,
    pub(crate) needs: BTreeMap<NeedKind, Bilingual>,
    pub(crate) lists: BTreeMap<String, List>,
    pub(crate) unconfirmed: Bilingual,
}

/// What stands for a text that loading would have refused to be without.
static NOTHING: Bilingual = Bilingual { id: String::new(), en: String::new() };

impl Vocabulary {
    /// What a topic is called.
    pub fn topic(&self, topic: Topic) -> &Bilingual {
        self.topics.get(&topic).unwrap_or(&NOTHING)
    }

    /// What a fact is called.
    pub fn fact(&self, fact: Fact) -> &Bilingual {
        self.facts.get(&fact).unwrap_or(&NOTHING)
    }

    /// What an answer is called.
    pub fn answer(&self, answer: Answer) -> &Bilingual {
        self.answers.get(&answer).unwrap_or(&NOTHING)
    }

    /// What a state is called.
    pub fn state(&self, state: State) -> &Bilingual {
        self.states.get(&state).unwrap_or(&NOTHING)
    }

    /// What is missing, in words: "permitted to stay until is needed".
    pub fn need(&self, need: &Need) -> Bilingual {
        let text = self.needs.get(&need.kind()).unwrap_or(&NOTHING);
        let said = |text: &str, language: fn(&Bilingual) -> &str| match need {
            Need::Missing { fact } => text.replace("{fact}", language(self.fact(*fact))),
            Need::NotInList { fact, word } => text.replace("{fact}", language(self.fact(*fact))).replace("{word}", word.as_str()),
            Need::Calendar { from, to } => text.replace("{from}", &from.to_string()).replace("{to}", &to.to_string()),
            Need::NotInForce { topic } => text.replace("{topic}", language(self.topic(*topic))),
            Need::OutOfRange => text.to_owned(),
        };
        Bilingual { id: said(&text.id, |text| &text.id), en: said(&text.en, |text| &text.en) }
    }

    /// The words of a list with what they are called, in order. The list of a fact or answer has its name.
    pub fn list(&self, name: &str) -> impl Iterator<Item = (Word, &Bilingual)> {
        self.lists.get(name).into_iter().flatten().map(|(word, text)| (*word, text))
    }

    /// What a word of a list is called.
    pub fn word(&self, list: &str, word: Word) -> Option<&Bilingual> {
        self.lists.get(list)?.get(&word)
    }

    /// Whether the list has the word.
    pub fn has_word(&self, list: &str, word: Word) -> bool {
        self.word(list, word).is_some()
    }

    /// What pages say beside everything that nobody confirmed: "kebijakan kantor, belum dikonfirmasi", "office policy,
    /// unconfirmed".
    pub const fn unconfirmed(&self) -> &Bilingual {
        &self.unconfirmed
    }
}
