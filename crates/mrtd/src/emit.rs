//! Writes a zone. Whatever is written, [`crate::parse`] calls valid, and reads as the same document.

use crate::cells::FILLER;
use crate::check::{self, Check};
use crate::date::State;
use crate::document::{Document, EmptyNumberCheck};
use crate::format::{Field, Format};
use crate::parse::digit_field;
use crate::zone::Lines;

/// Why a document cannot be written in its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// A text is longer than its field.
    #[error("{field}: {found} characters, and {format} has room for {most}")]
    TooLong {
        /// Where.
        field: Field,
        /// How it is laid out.
        format: Format,
        /// How many characters there are.
        found: usize,
        /// How many there is room for.
        most: usize,
    },
    /// The format does not have the document code.
    #[error("{format} has no such document code")]
    DocumentCode {
        /// How it is laid out.
        format: Format,
    },
    /// A date of expiry is known or left open, not known in part.
    #[error("the date of expiry is known in part only")]
    PartlyKnown,
    /// The name has no letter, or has digits.
    #[error("a name has at least one letter and no digits")]
    Name,
}

/// Writes the lines of a zone, with its check digits.
///
/// A number of more than nine characters goes on in the optional data of TD1 and TD2, before what else stands there.
///
/// # Errors
/// When the format has no room for a text, not this code, or none for a date of expiry that is known in part.
///
/// # Examples
/// ```
/// let lines = ["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"];
/// let document = siger_mrtd::parse(&lines).unwrap().document().unwrap();
/// assert_eq!(document.number.as_str(), "D23145890734");
/// assert!(siger_mrtd::emit(&document).unwrap().iter().eq(lines));
/// ```
pub fn emit(document: &Document) -> Result<Lines, EmitError> {
    let format = document.format;
    if !document.code.fits(format) {
        return Err(EmitError::DocumentCode { format });
    }
    if document.expiry_date.state() == State::Partial {
        return Err(EmitError::PartlyKnown);
    }
    if document.name.primary().is_empty() && document.name.secondary().is_empty() || document.name.as_str().bytes().any(|cell| cell.is_ascii_digit()) {
        return Err(EmitError::Name);
    }
    let mut lines = Lines::blank(format);
    put(&mut lines, Field::DocumentCode, document.code.as_str())?;
    put(&mut lines, Field::IssuingState, document.issuing_state.as_str())?;
    put(&mut lines, Field::Name, document.name.as_str())?;
    put(&mut lines, Field::Nationality, document.nationality.as_str())?;
    put(&mut lines, Field::Optional2, document.optional_2.as_str())?;
    lines.field_mut(Field::Sex).fill(document.sex.cell() as u8);
    lines.field_mut(Field::BirthDate).copy_from_slice(&document.birth_date.cells());
    lines.field_mut(Field::ExpiryDate).copy_from_slice(&document.expiry_date.cells());
    put_number(&mut lines, document)?;

    put_digit(&mut lines, Check::BirthDate, Field::BirthDate);
    put_digit(&mut lines, Check::ExpiryDate, Field::ExpiryDate);
    if document.optional_1.as_str().is_empty() && document.empty_number_check == EmptyNumberCheck::Filler {
        lines.field_mut(Field::PersonalNumberCheck).fill(FILLER);
    } else {
        put_digit(&mut lines, Check::PersonalNumber, Field::Optional1);
    }
    let composite = check::of(&format.covered(&lines.cells));
    lines.field_mut(Field::CompositeCheck).fill(composite);
    Ok(lines)
}

/// The number with its check digit, and the optional data, of which a long number takes the beginning.
fn put_number(lines: &mut Lines, document: &Document) -> Result<(), EmitError> {
    let number = document.number.as_str();
    if number.len() <= 9 || !lines.format.continues_numbers() {
        put(lines, Field::DocumentNumber, number)?;
        put(lines, Field::Optional1, document.optional_1.as_str())?;
        put_digit(lines, Check::DocumentNumber, Field::DocumentNumber);
        return Ok(());
    }
    let (beginning, rest) = number.split_at(9);
    let room = lines.field(Field::Optional1).len();
    // A filler inside the rest would end it.
    if rest.len() + 1 > room || rest.contains('<') {
        return Err(EmitError::TooLong { field: Field::DocumentNumber, format: lines.format, found: number.len(), most: 9 + room - 1 });
    }
    let optional = document.optional_1.as_str();
    let most = room.saturating_sub(rest.len() + 2);
    if optional.len() > most {
        return Err(EmitError::TooLong { field: Field::Optional1, format: lines.format, found: optional.len(), most });
    }
    put(lines, Field::DocumentNumber, beginning)?;
    lines.field_mut(Field::DocumentNumberCheck).fill(FILLER);
    let digit = check::of(&[number.as_bytes()]);
    let written = rest.bytes().chain([digit, FILLER]).chain(optional.bytes());
    lines.field_mut(Field::Optional1).iter_mut().zip(written).for_each(|(cell, byte)| *cell = byte);
    Ok(())
}

fn put(lines: &mut Lines, field: Field, text: &str) -> Result<(), EmitError> {
    let format = lines.format;
    let cells = lines.field_mut(field);
    if text.len() > cells.len() {
        return Err(EmitError::TooLong { field, format, found: text.len(), most: cells.len() });
    }
    cells[..text.len()].copy_from_slice(text.as_bytes());
    Ok(())
}

fn put_digit(lines: &mut Lines, check: Check, covered: Field) {
    let digit = check::of(&[lines.field(covered)]);
    lines.field_mut(digit_field(check)).fill(digit);
}
