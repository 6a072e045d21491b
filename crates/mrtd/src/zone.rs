//! A zone that was read: its fields, a verdict for each check digit, and what is wrong with it.

use std::fmt;

use crate::cells::{CELLS_NONE, Cells, FILLER, Spaced, as_text};
use crate::check::Checks;
use crate::code::DocumentCode;
use crate::date::{DateError, State, ZoneDate};
use crate::document::{Document, EmptyNumberCheck, Number, Optional};
use crate::format::{CELLS_MAX, Field, Format};
use crate::name::{Identifier, Name};
use crate::problem::{Fault, Problem, Problems, Severity};
use crate::sex::Sex;
use crate::state::StateCode;

/// The lines of a zone. `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    pub(crate) format: Format,
    pub(crate) cells: [u8; CELLS_MAX],
}

impl Lines {
    pub(crate) const fn blank(format: Format) -> Self {
        Self { format, cells: CELLS_NONE }
    }

    /// The lines, from the top.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.chunks(self.format.width()).take(self.format.lines()).map(as_text)
    }

    /// The characters of a field, none when the format does not have it.
    pub(crate) fn field(&self, field: Field) -> &[u8] {
        self.format.span(field).map_or(&[], |span| &self.cells[span.cells(self.format)])
    }

    pub(crate) fn field_mut(&mut self, field: Field) -> &mut [u8] {
        match self.format.span(field) {
            Some(span) => &mut self.cells[span.cells(self.format)],
            None => &mut [],
        }
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, line) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(line)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} lines of {})", self.format.word(), self.format.width())
    }
}

/// A zone that was read, right or wrong. Made by [`crate::parse`] only.
///
/// Every field can be asked for whatever is wrong with it or others: an officer can use the rest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    pub(crate) lines: Lines,
    /// How many characters of a long number stand in the optional data, without their check digit; 0 when the number is not long.
    pub(crate) rest: u8,
    /// Cells where a character stood that is none of a zone's.
    pub(crate) alien: u128,
    pub(crate) checks: Checks,
    pub(crate) problems: Problems,
}

impl Zone {
    /// Its format.
    pub const fn format(&self) -> Format {
        self.lines.format
    }

    /// Its lines. A character that cannot stand in a zone reads as a filler.
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// Whether every character belongs to the alphabet of zones.
    pub const fn is_readable(&self) -> bool {
        self.alien == 0
    }

    /// Whether every check digit is right and no field has a fault of structure. Not whether the document is genuine, still
    /// valid, or the holder's.
    pub fn is_valid(&self) -> bool {
        self.checks.hold() && self.problems.iter().all(|problem| problem.severity() == Severity::Notice)
    }

    /// A verdict for each check digit.
    pub const fn checks(&self) -> &Checks {
        &self.checks
    }

    /// What is wrong, and what is worth a look.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The words of the faults of structure ([`Problem::structure`]), each once: of dates, of the sex, of the name, of the document code.
    pub fn structure(&self) -> impl Iterator<Item = &'static str> {
        const ORDER: [&str; 6] = ["birth_date", "expiry_date", "sex", "name_charset", "names", "document_code"];
        ORDER.into_iter().filter(|word| self.problems.iter().any(|problem| problem.structure() == Some(word)))
    }

    /// A problem with the text that was found, for the page of the officer. Not for logs: it shows what stands in the field.
    pub fn explain(&self, problem: Problem) -> Explained<'_> {
        Explained { zone: self, problem }
    }

    /// The characters of a field as they stand, fillers and all; empty when the format does not have it.
    pub fn text(&self, field: Field) -> &str {
        as_text(self.lines.field(field))
    }

    /// The document code.
    pub fn document_code(&self) -> DocumentCode {
        DocumentCode(Cells::of(self.lines.field(Field::DocumentCode)))
    }

    /// The State or organisation that issued the document.
    pub fn issuing_state(&self) -> StateCode {
        StateCode(Cells::of(self.lines.field(Field::IssuingState)))
    }

    /// Usually the family name; the whole name where it is one.
    pub fn primary(&self) -> Identifier<'_> {
        Identifier::both(self.text(Field::Name)).0
    }

    /// Usually the given names; may be empty.
    pub fn secondary(&self) -> Identifier<'_> {
        Identifier::both(self.text(Field::Name)).1
    }

    /// Whether the name reaches the last character of its field, so that its end may be missing.
    pub fn name_fills_field(&self) -> bool {
        self.lines.field(Field::Name).last().is_some_and(|last| *last != FILLER)
    }

    /// The document number, put together again where it is long.
    pub fn document_number(&self) -> Number {
        let mut number = Number(Cells::of(self.lines.field(Field::DocumentNumber)));
        if self.rest > 0 {
            // A long number goes on after nine cells, whatever fillers these end with.
            let mut cells = [FILLER; 9 + 14];
            let all = cells.iter_mut().zip(self.lines.field(Field::DocumentNumber).iter().chain(self.optional_cells(true)));
            all.for_each(|(cell, found)| *cell = *found);
            number = Number(Cells::of(&cells));
        }
        number
    }

    /// Whether the number has more than nine characters and goes on in the optional data.
    pub const fn is_long_number(&self) -> bool {
        self.rest > 0
    }

    /// The nationality of the holder.
    pub fn nationality(&self) -> StateCode {
        StateCode(Cells::of(self.lines.field(Field::Nationality)))
    }

    /// The date of birth.
    ///
    /// # Errors
    /// When it is no date; [`Zone::text`] has the characters.
    pub fn birth_date(&self) -> Result<ZoneDate, DateError> {
        ZoneDate::read(self.text(Field::BirthDate))
    }

    /// The date of expiry; of a visa, the last day on which it can be used.
    ///
    /// # Errors
    /// When it is no date; [`Zone::text`] has the characters.
    pub fn expiry_date(&self) -> Result<ZoneDate, DateError> {
        ZoneDate::read(self.text(Field::ExpiryDate))
    }

    /// How much of the date of birth can be read.
    pub fn birth_date_state(&self) -> State {
        self.birth_date().map_or(State::Malformed, ZoneDate::state)
    }

    /// How much of the date of expiry can be read.
    pub fn expiry_date_state(&self) -> State {
        self.expiry_date().map_or(State::Malformed, ZoneDate::state)
    }

    /// The sex; nothing when the character is none of those.
    pub fn sex(&self) -> Option<Sex> {
        self.text(Field::Sex).chars().next().and_then(Sex::of)
    }

    /// The optional data of the issuer, without the rest of a long number; on a passport the personal number.
    pub fn optional_1(&self) -> Spaced<'_> {
        Spaced(as_text(self.optional_cells(false)))
    }

    /// The second optional data; TD1 only.
    pub fn optional_2(&self) -> Spaced<'_> {
        Spaced(self.text(Field::Optional2))
    }

    /// The rest of a long number, or what follows it, its check digit and the filler that ends it.
    fn optional_cells(&self, number: bool) -> &[u8] {
        let optional = self.lines.field(Field::Optional1);
        let rest = usize::from(self.rest);
        match number {
            true => &optional[..rest],
            false if rest == 0 => optional,
            false => optional.get(rest + 2..).unwrap_or_default(),
        }
    }

    /// What the zone says, to be written again by [`crate::emit`] with check digits of its own.
    ///
    /// # Errors
    /// With the first fault that is not a check digit: such a zone cannot be written.
    pub fn document(&self) -> Result<Document, Problem> {
        let fault = |problem: &&Problem| problem.severity() == Severity::Fault && !matches!(problem.fault, Fault::CheckDigit { .. });
        if let Some(problem) = self.problems.iter().find(fault) {
            return Err(*problem);
        }
        let cannot = |field, fault| move |_: DateError| Problem { field, fault };
        Ok(Document {
            format: self.format(),
            code: self.document_code(),
            issuing_state: self.issuing_state(),
            name: Name(Cells::of(self.lines.field(Field::Name))),
            number: self.document_number(),
            nationality: self.nationality(),
            birth_date: self.birth_date().map_err(cannot(Field::BirthDate, Fault::NotADate))?,
            sex: self.sex().ok_or(Problem { field: Field::Sex, fault: Fault::NotASex })?,
            expiry_date: self.expiry_date().map_err(cannot(Field::ExpiryDate, Fault::NotADate))?,
            optional_1: Optional(Cells::of(self.optional_cells(false))),
            optional_2: Optional(Cells::of(self.lines.field(Field::Optional2))),
            // Of a number that is not empty the digit is computed, whatever is printed.
            empty_number_check: match self.lines.field(Field::PersonalNumberCheck) {
                [FILLER] if self.optional_cells(false).iter().all(|cell| *cell == FILLER) => EmptyNumberCheck::Filler,
                _ => EmptyNumberCheck::Zero,
            },
        })
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zone").field("lines", &self.lines).field("valid", &self.is_valid()).field("problems", &self.problems).finish()
    }
}

/// A problem with what was found.
#[derive(Clone, Copy, Debug)]
pub struct Explained<'z> {
    zone: &'z Zone,
    problem: Problem,
}

impl Explained<'_> {
    /// The characters of the field; of a check digit, the digit; of a character that is none of a zone's, that one.
    pub fn found(&self) -> String {
        match self.problem.fault {
            Fault::CheckDigit { found, .. } | Fault::Character { found, .. } => found.to_string(),
            _ => self.zone.text(self.problem.field).to_owned(),
        }
    }

    /// What was expected.
    pub fn expected(&self) -> String {
        match self.problem.fault {
            Fault::CheckDigit { expected, .. } => format!("expected {expected}"),
            _ => self.problem.expected().to_owned(),
        }
    }
}

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}, {}", self.problem.field, self.found(), self.expected())?;
        match self.problem.fault {
            Fault::Character { column, .. } => write!(f, " (character {column} of its line)"),
            _ => Ok(()),
        }
    }
}
