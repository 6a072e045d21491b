//! The words of all names and who bears them, packed for memory.
//!
//! A person is a slot of 32 bytes, found again by a table that holds five to ten bytes for each; the words of the slots lie in one arena; a word
//! lists its slots. Measured with one million persons of three words each (`cargo test -p siger-app --lib memory_of -- --ignored --nocapture
//! --test-threads 1`, one of the two at a time): 81 MB when words are shared as names are (22,500 words), 188 MB when each person has a word that
//! nobody else bears. With identifiers in the table and a list of its own for every word it was 113 MB and 253 MB.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::mem;
use std::ops::Bound;
use std::sync::Arc;

use hashbrown::HashTable;
use siger_domain::id::PersonId;

use super::bearers::Bearers;
use super::fold;

/// Most words of one name that are looked at: longer names are found by their first.
pub const WORDS_MAX: usize = 24;
/// Most persons of an answer: a page, which an officer can read.
pub const FOUND_MAX: usize = 50;

/// A year of birth that the file does not say.
const NO_YEAR: i16 = 0;

/// Found persons held before the best are picked: sorting so few costs little.
const CARRIED_MAX: usize = 4_096;

/// Quality, entry that made the file, slot: the least is the best.
type Found = (Reverse<u8>, Reverse<u64>, u32);

struct Slot {
    id: PersonId,
    /// Entry that made the file, for the order.
    registered: u64,
    /// First of its words in the arena.
    first: u32,
    words: u8,
    born: i16,
}

/// The index proper; not shared between threads.
#[derive(Default)]
pub struct Table {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Slots, found by the identifier that each of them holds: a table with keys of its own would hold every identifier twice.
    by_id: HashTable<u32>,
    hasher: RandomState,
    arena: Vec<u32>,
    /// Arena places that no slot uses any more.
    unused: usize,
    by_text: BTreeMap<Arc<str>, u32>,
    words: Vec<Word>,
    free_words: Vec<u32>,
}

#[derive(Default)]
struct Word {
    text: Option<Arc<str>>,
    bearers: Bearers,
}

impl Table {
    /// Empty, with room for so many persons.
    pub fn with_room(persons: usize) -> Self {
        Self { slots: Vec::with_capacity(persons), by_id: HashTable::with_capacity(persons), ..Self::default() }
    }

    /// Persons in it.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Puts a person in, or their new name in place of the old one.
    pub fn put(&mut self, id: PersonId, registered: u64, name: &str, born: Option<i16>) {
        // A correction is a later entry; the file keeps its place in the order.
        let registered = self.remove(id).map_or(registered, |before| before.min(registered));
        let mut texts = fold::words(name);
        texts.truncate(WORDS_MAX);
        texts.sort();
        texts.dedup();
        let first = self.arena.len() as u32;
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        for text in &texts {
            let word = self.word(text);
            self.words[word as usize].bearers.add(slot);
            self.arena.push(word);
        }
        let row = Slot { id, registered, first, words: texts.len() as u8, born: born.unwrap_or(NO_YEAR) };
        match self.slots.get_mut(slot as usize) {
            Some(place) => *place = row,
            None => self.slots.push(row),
        }
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.by_id.insert_unique(hasher.hash_one(id), slot, |slot| hasher.hash_one(slots[*slot as usize].id));
    }

    fn word(&mut self, text: &str) -> u32 {
        if let Some(word) = self.by_text.get(text) {
            return *word;
        }
        let text: Arc<str> = text.into();
        let new = Word { text: Some(text.clone()), bearers: Bearers::default() };
        let index = match self.free_words.pop() {
            Some(index) => {
                self.words[index as usize] = new;
                index
            }
            None => {
                self.words.push(new);
                (self.words.len() - 1) as u32
            }
        };
        self.by_text.insert(text, index);
        index
    }

    /// Takes a person out; words that nobody else bears leave the memory too. Gives back the entry that made the file, if they were in.
    pub fn remove(&mut self, id: PersonId) -> Option<u64> {
        let slots = &self.slots;
        let found = self.by_id.find_entry(self.hasher.hash_one(id), |slot| slots[*slot as usize].id == id);
        let (slot, _) = found.ok()?.remove();
        let row = &self.slots[slot as usize];
        let registered = row.registered;
        let (first, count) = (row.first as usize, usize::from(row.words));
        for place in first..first + count {
            let index = self.arena[place];
            let word = &mut self.words[index as usize];
            word.bearers.take_out(slot);
            if word.bearers.as_slice().is_empty() {
                if let Some(text) = mem::take(word).text {
                    self.by_text.remove(&text);
                }
                self.free_words.push(index);
            }
        }
        self.slots[slot as usize].words = 0;
        self.free.push(slot);
        self.unused += count;
        // Half of the arena unused: pack it, which costs one pass.
        if self.unused > 1_024 && self.unused * 2 > self.arena.len() {
            self.pack();
        }
        Some(registered)
    }

    fn pack(&mut self) {
        let mut arena = Vec::with_capacity(self.arena.len() - self.unused);
        for slot in &mut self.slots {
            let first = slot.first as usize;
            slot.first = arena.len() as u32;
            arena.extend_from_slice(&self.arena[first..first + usize::from(slot.words)]);
        }
        self.arena = arena;
        self.unused = 0;
    }

    /// Who has each of the typed words as a word of their name or as its beginning; with a year, only those born then or in
    /// a year not known. Best first: most whole words (a known year counts as one), then the newest file.
    pub fn search(&self, typed: &str, born: Option<i16>) -> Vec<PersonId> {
        let mut typed = fold::words(typed);
        typed.truncate(WORDS_MAX);
        typed.sort();
        typed.dedup();
        let mut wanted: Vec<Wanted> = typed.iter().map(|text| self.wanted(text)).collect();
        // The rarest word says who is looked at; the others are looked up in their words.
        wanted.sort_by_key(|wanted| wanted.slots);
        let Some((rarest, others)) = wanted.split_first() else { return Vec::new() };
        let mut found: Vec<Found> = Vec::new();
        for index in &rarest.words {
            for slot in self.words[*index as usize].bearers.as_slice() {
                let row = &self.slots[*slot as usize];
                if born.is_some_and(|year| row.born != NO_YEAR && row.born != year) {
                    continue;
                }
                let bears = &self.arena[row.first as usize..row.first as usize + usize::from(row.words)];
                let Some(quality) = others.iter().try_fold(0, |sum, wanted| Some(sum + wanted.quality(bears)?)) else { continue };
                let quality = quality + rarest.quality(bears).unwrap_or(0) + u8::from(born.is_some_and(|year| row.born == year));
                found.push((Reverse(quality), Reverse(row.registered), *slot));
                // One typed letter meets everybody: only the best are carried along.
                if found.len() >= CARRIED_MAX {
                    best(&mut found);
                }
            }
        }
        best(&mut found);
        found.into_iter().map(|(_, _, slot)| self.slots[slot as usize].id).collect()
    }

    fn wanted(&self, text: &str) -> Wanted {
        let range = self.by_text.range::<str, _>((Bound::Included(text), Bound::Unbounded));
        let mut words: Vec<u32> = range.take_while(|(word, _)| word.starts_with(text)).map(|(_, index)| *index).collect();
        let slots = words.iter().map(|index| self.words[*index as usize].bearers.as_slice().len()).sum();
        words.sort_unstable();
        Wanted { whole: self.by_text.get(text).copied(), words, slots }
    }
}

/// Keeps the best, each once: somebody with two words of the same beginning was met twice.
fn best(found: &mut Vec<Found>) {
    found.sort_unstable();
    found.dedup();
    found.truncate(FOUND_MAX);
}

/// A typed word: the words of names that begin with it.
struct Wanted {
    /// The word itself, where a name has it.
    whole: Option<u32>,
    words: Vec<u32>,
    slots: usize,
}

impl Wanted {
    /// `None`: the name has no such word; 1: it has the word itself; 0: it has one that begins so.
    fn quality(&self, bears: &[u32]) -> Option<u8> {
        if self.whole.is_some_and(|whole| bears.contains(&whole)) {
            return Some(1);
        }
        bears.iter().any(|word| self.words.binary_search(word).is_ok()).then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use siger_domain::time::Instant;

    use super::*;

    fn id(n: u8) -> PersonId {
        PersonId::new(Instant::from_unix_micros(1_000_000), [n; 10])
    }

    /// The same answer by looking at everybody.
    fn scan(all: &[(PersonId, u64, String, Option<i16>)], typed: &str, born: Option<i16>) -> Vec<PersonId> {
        let mut typed = fold::words(typed);
        typed.sort();
        typed.dedup();
        let mut found = Vec::new();
        for (id, registered, name, year) in all {
            if typed.is_empty() || (born.is_some() && year.is_some() && born != *year) {
                continue;
            }
            let words = fold::words(name);
            if typed.iter().all(|text| words.iter().any(|word| word.starts_with(text.as_str()))) {
                let whole = typed.iter().filter(|text| words.contains(text)).count() + usize::from(born.is_some() && born == *year);
                found.push((Reverse(whole), Reverse(*registered), *id));
            }
        }
        found.sort();
        found.truncate(FOUND_MAX);
        found.into_iter().map(|(_, _, id)| id).collect()
    }

    fn name() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(vec!["a", "an", "ani", "anita", "Bé", "be", "siti", "SITI", "王"]), 1..4).prop_map(|words| words.join(" "))
    }

    fn year() -> impl Strategy<Value = Option<i16>> {
        prop::option::of(1990i16..1993)
    }

    proptest! {
        #[test]
        fn answers_equal_a_scan(
            steps in prop::collection::vec((0u8..90, prop::option::weighted(0.8, (name(), year()))), 0..200),
            room in 0usize..100,
            typed in name(),
            born in year(),
        ) {
            let mut table = Table::with_room(room);
            let mut all: Vec<(PersonId, u64, String, Option<i16>)> = Vec::new();
            for (number, (n, step)) in steps.into_iter().enumerate() {
                let before = all.iter().position(|row| row.0 == id(n)).map(|at| all.remove(at));
                match step {
                    Some((name, born)) => {
                        let registered = before.map_or(number as u64, |row| row.1);
                        table.put(id(n), number as u64, &name, born);
                        all.push((id(n), registered, name, born));
                    }
                    None => prop_assert_eq!(table.remove(id(n)), before.map(|row| row.1)),
                }
            }
            prop_assert_eq!(table.len(), all.len());
            prop_assert_eq!(table.search(&typed, born), scan(&all, &typed, born));
            let first: String = fold::words(&typed)[0].chars().take(1).collect();
            prop_assert_eq!(table.search(&first, None), scan(&all, &first, None));
        }
    }

    #[test]
    fn an_erased_name_leaves_the_memory() {
        let mut table = Table::default();
        table.put(id(1), 1, "Contoh Unik", None);
        table.put(id(2), 2, "Contoh Lain", None);
        table.remove(id(1));
        assert_eq!(table.search("contoh", None), [id(2)]);
        assert!(!table.by_text.contains_key("unik"));
        for n in 0..200u64 {
            for round in 0..20u64 {
                table.put(id(n as u8), round, &format!("satu dua {round}"), None);
            }
        }
        assert!(table.arena.len() < 5_000, "unused places are packed: {}", table.arena.len());
        assert_eq!(table.search("dua 19", None).len(), FOUND_MAX);
    }

    #[test]
    fn a_common_beginning_is_bounded() {
        let mut table = Table::default();
        for n in 0..120 {
            table.put(id(n), u64::from(n), "Ani Anita", Some(1990));
        }
        let found = table.search("an", Some(1990));
        assert_eq!(found.len(), FOUND_MAX);
        assert_eq!(found[0], id(119), "the newest first");
        assert!(table.search("an", Some(1991)).is_empty());
        assert!(table.search("", None).is_empty());
    }

    #[test]
    fn places_left_free_are_taken_again_and_a_full_table_grows() {
        let mut table = Table::with_room(10);
        for n in 0..150 {
            table.put(id(n), u64::from(n), &format!("Contoh {n}"), None);
        }
        for n in 0..10 {
            assert_eq!(table.remove(id(n)), Some(u64::from(n)));
            assert_eq!(table.remove(id(n)), None);
        }
        for n in 5..15 {
            table.put(id(n), 1_000 + u64::from(n), &format!("Contoh Lagi {n}"), None);
        }
        table.put(id(200), 200, "Contoh 200", None);
        table.remove(id(20));
        assert_eq!((table.len(), table.slots.len()), (145, 150));
        assert_eq!(table.search("lagi 1", None), [14, 13, 12, 11, 10].map(id), "who was there before keeps their place in the order");
        assert_eq!(table.search("lagi", None)[..5], [9, 8, 7, 6, 5].map(id), "who comes back is new");
        assert_eq!((table.search("20", None), table.search("21", None)), (vec![id(200)], vec![id(21)]));
    }

    /// Prints what a million persons take of the memory, by the pages that the kernel counts.
    #[expect(clippy::disallowed_methods, reason = "measures, and decides nothing by it")]
    fn memory_of_a_million(name: impl Fn(u64) -> String) {
        const PERSONS: u64 = 1_000_000;
        let resident = || std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096;
        let before = resident();
        let mut table = Table::with_room(PERSONS as usize);
        for n in 0..PERSONS {
            let mut bytes = [0; 10];
            bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            table.put(PersonId::new(Instant::from_unix_micros(n as i64), bytes), n, &name(n), Some(1990));
        }
        println!("{} words, {} bytes a person", table.by_text.len(), (resident() - before) / PERSONS);
        let begin = std::time::Instant::now();
        let found: usize = (0..200).map(|n| table.search(&name(n * 4_999), None).len()).sum();
        println!("{found} found in 200 searches for whole names, {:?} each", begin.elapsed() / 200);
    }

    /// One of 22,500 words, the early ones far more often, as names are.
    fn shared(n: u64, which: u64) -> String {
        let drawn = ((n * 3 + which).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 40) as f64 / f64::from(1 << 24);
        let word = (22_500.0 * drawn.powi(3)) as u64;
        format!("{}{}", ["ba", "de", "ri", "su", "wa"][(word % 5) as usize], word / 5)
    }

    #[test]
    #[ignore = "prints a measurement"]
    fn memory_of_shared_words() {
        memory_of_a_million(|n| format!("{} {} {}", shared(n, 0), shared(n, 1), shared(n, 2)));
    }

    #[test]
    #[ignore = "prints a measurement"]
    fn memory_of_words_of_ones_own() {
        memory_of_a_million(|n| format!("{} {} x{n:07}", shared(n, 0), shared(n, 1)));
    }
}
