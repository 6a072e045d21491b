//! Whether rules cover every case, and which two cover the same.
//!
//! The conditions of a rule are sets of values of single terms, so its cases are a box in the space of all terms, and both
//! questions are decided exactly. Two boxes meet where they meet in every term. A gap is looked for by parting one term after
//! the other into the intervals, words or flags between which no rule tells a difference, and going on with the rules that
//! are left; where one of them has no condition left, everything below is covered.
//!
//! Terms are taken as independent. Two measures of the same days are not, so a case may be asked for that cannot happen. That
//! errs on the side of one rule more, and the rule for "cannot happen" is one that an officer should read.

use std::collections::BTreeSet;

use crate::law::Word;
use crate::law::rule::{Condition, Rule, Term, Test};

/// A value that stands for all that no rule parts from it.
#[derive(Clone, Copy, Debug)]
enum Cell {
    Flag(bool),
    Number(i64),
    Word(Word),
}

/// What terms a law has, as far as parting them needs it.
pub(super) trait Terms {
    /// What the term is called.
    fn name(&self, term: Term) -> &str;
    /// The words that the term can take; none for other kinds.
    fn words(&self, term: Term) -> Vec<Word>;
}

/// Looking at more parts than this is a topic that no person can survey.
const PARTS_MAX: usize = 200_000;

/// A case without a rule.
#[derive(Debug)]
pub(super) enum Gap {
    /// Each term with the value for which nothing is left.
    Case(Vec<String>),
    /// There are more cases than can be looked at.
    TooMany,
}

/// Whether two rules cover a case in common, whatever the day.
pub(super) fn meet(one: &Rule, two: &Rule) -> bool {
    one.when.iter().all(|condition| two.when.iter().filter(|other| other.term == condition.term).all(|other| condition.test.meets(&other.test)))
}

/// A case that none of the rules covers, where there is one.
pub(super) fn gap(rules: &[&Rule], terms: &dyn Terms) -> Option<Gap> {
    let boxes: Vec<Vec<&Condition>> = rules.iter().map(|rule| rule.when.iter().collect()).collect();
    let mut parts = 0;
    let mut case = Vec::new();
    let found = search(&boxes, terms, &mut case, &mut parts);
    found.then_some(if parts > PARTS_MAX { Gap::TooMany } else { Gap::Case(case) })
}

/// Whether there is a gap; `case` then says where.
fn search(boxes: &[Vec<&Condition>], terms: &dyn Terms, case: &mut Vec<String>, parts: &mut usize) -> bool {
    *parts += 1;
    if *parts > PARTS_MAX || boxes.is_empty() {
        return true;
    }
    if boxes.iter().any(Vec::is_empty) {
        return false;
    }
    let term = boxes[0][0].term;
    for cell in cells(term, boxes, terms) {
        let left: Vec<Vec<&Condition>> = boxes
            .iter()
            .filter(|conditions| conditions.iter().all(|condition| condition.term != term || allows(&condition.test, cell)))
            .map(|conditions| conditions.iter().copied().filter(|condition| condition.term != term).collect())
            .collect();
        case.push(format!("{} = {}", terms.name(term), told(cell)));
        if search(&left, terms, case, parts) {
            return true;
        }
        case.pop();
    }
    false
}

/// One value for each part of a term that some rule tells apart.
fn cells(term: Term, boxes: &[Vec<&Condition>], terms: &dyn Terms) -> Vec<Cell> {
    match term {
        Term::Flag(_) => vec![Cell::Flag(false), Cell::Flag(true)],
        Term::Word(_) => terms.words(term).into_iter().map(Cell::Word).collect(),
        Term::Derived(_) => {
            let words = terms.words(term);
            if words.is_empty() { vec![Cell::Flag(false), Cell::Flag(true)] } else { words.into_iter().map(Cell::Word).collect() }
        }
        Term::Count(_) | Term::Measure(_) => {
            let tests = boxes.iter().flatten().filter(|condition| condition.term == term);
            let thresholds: BTreeSet<i64> = tests.flat_map(|condition| condition.test.thresholds()).collect();
            let below = thresholds.first().map(|first| first.saturating_sub(1));
            // A count is never negative, so nothing lies below zero.
            let least = if matches!(term, Term::Count(_)) { 0 } else { i64::MIN };
            below.into_iter().chain(thresholds.iter().copied()).filter(|number| *number >= least).map(Cell::Number).collect()
        }
    }
}

fn allows(test: &Test, cell: Cell) -> bool {
    match cell {
        Cell::Flag(flag) => test.allows_flag(flag),
        Cell::Number(number) => test.allows_number(number),
        Cell::Word(word) => test.allows_word(word),
    }
}

fn told(cell: Cell) -> String {
    match cell {
        Cell::Flag(flag) => flag.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Word(word) => word.to_string(),
    }
}
