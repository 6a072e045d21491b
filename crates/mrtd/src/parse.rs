//! Reads the lines of a zone. It never stops at the first fault, and it never repairs: what is printed is what is said.

use crate::cells::{Cells, FILLER, as_text, is_cell};
use crate::check::{self, Check, Checks, Verdict};
use crate::code::DocumentCode;
use crate::date::{DateError, State, ZoneDate};
use crate::format::{Field, Format};
use crate::problem::{Fault, Problems, Refusal};
use crate::sex::Sex;
use crate::state::{Kind, StateCode};
use crate::zone::{Lines, Zone};

/// Reads a zone. The lines are taken as they are: no spaces are cut off, no letters made large.
///
/// Wrong check digits, impossible dates and the like are no refusal: the zone is read, and says what is wrong with it.
///
/// # Errors
/// When the lines have not the number and length of any format, so that no field can be told from another.
///
/// # Examples
/// ```
/// use siger_mrtd::check::Check;
///
/// let zone = siger_mrtd::parse(&["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"])?;
/// assert!(zone.is_valid());
/// assert_eq!(zone.primary().to_string(), "ERIKSSON");
/// assert!(zone.checks().get(Check::Composite).is_some_and(|verdict| verdict.holds));
/// # Ok::<(), siger_mrtd::Refusal>(())
/// ```
pub fn parse<L: AsRef<str>>(lines: &[L]) -> Result<Zone, Refusal> {
    let mut lengths = [0; 3];
    let mut texts = [""; 3];
    for ((length, text), line) in lengths.iter_mut().zip(&mut texts).zip(lines) {
        *text = line.as_ref();
        *length = if text.is_ascii() { text.len() } else { text.chars().count() };
    }
    let texts = texts.get(..lines.len()).unwrap_or_default();
    let first = texts.first().and_then(|text| text.chars().next());
    let format = lengths.get(..lines.len()).and_then(|lengths| Format::of(lengths, first)).ok_or(Refusal::Length { lines: lines.len(), lengths })?;
    Ok(read(format, texts))
}

/// Reads lines that have the number and lengths of the format.
fn read(format: Format, texts: &[&str]) -> Zone {
    let mut zone = Zone { lines: Lines::blank(format), rest: 0, alien: 0, checks: Checks([None; 5]), problems: Problems::NONE };
    let mut seen = [false; Field::ALL.len()];
    for (line, text) in texts.iter().enumerate() {
        let begins = line * format.width();
        if text.bytes().all(|byte| is_cell(char::from(byte))) {
            zone.lines.cells[begins..begins + text.len()].copy_from_slice(text.as_bytes());
            continue;
        }
        for (index, character) in (begins..).zip(text.chars()) {
            if is_cell(character) {
                zone.lines.cells[index] = character as u8;
                continue;
            }
            zone.alien |= 1 << index;
            let field = format.field_at(index);
            if !std::mem::replace(&mut seen[field as usize], true) {
                zone.problems.push(field, Fault::Character { found: character, column: (index - begins) as u8 + 1 });
            }
        }
    }
    zone.rest = rest_of_long_number(&zone.lines);
    zone.checks = checks(&zone);
    let wrong = |check: Check| zone.checks.get(check).filter(|verdict| !verdict.holds).map(|verdict| (check, verdict));
    for (check, verdict) in Check::ALL.into_iter().filter_map(wrong) {
        zone.problems.push(digit_field(check), Fault::CheckDigit { check, found: verdict.found, expected: verdict.expected });
    }
    for field in Field::ALL {
        // What a character that is none of a zone's makes of the field is said already.
        if format.span(field).is_some() && !seen[field as usize] {
            look(&mut zone, field);
        }
    }
    zone
}

/// The field of a check digit.
pub(crate) const fn digit_field(check: Check) -> Field {
    match check {
        Check::DocumentNumber => Field::DocumentNumberCheck,
        Check::BirthDate => Field::BirthDateCheck,
        Check::ExpiryDate => Field::ExpiryDateCheck,
        Check::PersonalNumber => Field::PersonalNumberCheck,
        Check::Composite => Field::CompositeCheck,
    }
}

/// How many characters of a document number stand in the optional data.
///
/// A filler in place of the check digit says that there are some: they begin the optional data, the check digit follows them,
/// then a filler (part 5 §4.2.2 note j and §4.2.4; part 6 the same). That filler is missing where number and digit fill the
/// field, which the standard does not foresee and cards have.
fn rest_of_long_number(lines: &Lines) -> u8 {
    if !lines.format.continues_numbers() || lines.field(Field::DocumentNumberCheck) != [FILLER] {
        return 0;
    }
    let optional = lines.field(Field::Optional1);
    let filled = optional.iter().position(|cell| *cell == FILLER).unwrap_or(optional.len());
    // One character alone would be a digit without more of a number.
    filled.saturating_sub(1) as u8
}

fn checks(zone: &Zone) -> Checks {
    let lines = &zone.lines;
    let digit = |check| lines.field(digit_field(check)).first().copied();
    // A field and the digit behind it.
    let plain = |check, field| digit(check).map(|found| Verdict::new(found, check::of(&[lines.field(field)])));
    let number = match zone.rest {
        0 => plain(Check::DocumentNumber, Field::DocumentNumber),
        rest => {
            // The filler between the two pieces is not counted (part 5 §4.2.4).
            let (rest, after) = lines.field(Field::Optional1).split_at(usize::from(rest));
            after.first().map(|found| Verdict::new(*found, check::of(&[lines.field(Field::DocumentNumber), rest])))
        }
    };
    let personal = plain(Check::PersonalNumber, Field::Optional1);
    let empty = lines.field(Field::Optional1).iter().all(|cell| *cell == FILLER);
    let composite = digit(Check::Composite).map(|found| Verdict::new(found, check::of(&lines.format.covered(&lines.cells))));
    let mut checks = Checks([
        number,
        plain(Check::BirthDate, Field::BirthDate),
        plain(Check::ExpiryDate, Field::ExpiryDate),
        personal.map(|verdict| verdict.or_filler(empty)),
        composite,
    ]);
    if zone.alien != 0 {
        doubt(zone, &mut checks);
    }
    checks
}

/// No digit is right that covers a character which is none of a zone's, or is one.
fn doubt(zone: &Zone, checks: &mut Checks) {
    let format = zone.format();
    let alien = |field: Field| format.span(field).is_some_and(|span| span.cells(format).any(|cell| zone.alien >> cell & 1 == 1));
    for (check, verdict) in Check::ALL.into_iter().zip(&mut checks.0) {
        let doubtful = match check {
            Check::DocumentNumber => alien(Field::DocumentNumber) || zone.rest > 0 && alien(Field::Optional1),
            Check::BirthDate => alien(Field::BirthDate),
            Check::ExpiryDate => alien(Field::ExpiryDate),
            Check::PersonalNumber => alien(Field::Optional1),
            Check::Composite => format.composite().iter().any(|span| span.cells(format).any(|cell| zone.alien >> cell & 1 == 1)),
        };
        if let Some(verdict) = verdict {
            verdict.holds &= !doubtful && !alien(digit_field(check));
        }
    }
}

/// Looks at one field and writes down what is wrong with it.
fn look(zone: &mut Zone, field: Field) {
    let mut say = |fault| zone.problems.push(field, fault);
    match field {
        Field::DocumentCode => {
            let code = DocumentCode(Cells::of(zone.lines.field(field)));
            if !code.fits(zone.lines.format) {
                say(Fault::DocumentCode);
            } else if zone.lines.format == Format::Td3 && code.as_str().len() == 2 && code.passport().is_none() {
                say(Fault::PassportUnknown);
            }
        }
        Field::IssuingState | Field::Nationality => {
            let code = StateCode(Cells::of(zone.lines.field(field)));
            match code.entry() {
                None if code.as_str().is_empty() => say(Fault::StateMissing),
                None => say(Fault::StateUnknown),
                Some(entry) if entry.kind == Kind::Specimen && field == Field::IssuingState => say(Fault::Specimen),
                Some(_) => {}
            }
        }
        Field::Name => look_at_name(zone),
        Field::DocumentNumber if zone.lines.field(field).iter().all(|cell| *cell == FILLER) => say(Fault::NumberMissing),
        Field::BirthDate | Field::ExpiryDate => match ZoneDate::read(as_text(zone.lines.field(field))) {
            Err(DateError::NotADate) => say(Fault::NotADate),
            Err(DateError::NoSuchDay) => say(Fault::NoSuchDay),
            Ok(date) if field == Field::ExpiryDate && date.state() == State::Partial => say(Fault::PartlyKnown),
            Ok(date) if field == Field::ExpiryDate && date.state() == State::Unknown => say(Fault::NoExpiry),
            Ok(_) => {}
        },
        Field::Sex if zone.lines.field(field).first().is_none_or(|cell| Sex::of(char::from(*cell)).is_none()) => say(Fault::NotASex),
        _ => {}
    }
}

/// One pass over the name: digits, and fillers that are not as the standard has them. Single ones stand between parts, two once, between the
/// identifiers, also at the beginning where there is no primary one.
fn look_at_name(zone: &mut Zone) {
    let cells = zone.lines.field(Field::Name);
    let filled = cells.iter().rposition(|cell| *cell != FILLER).map_or(0, |last| last + 1);
    let (mut run, mut pairs, mut odd, mut digits) = (0, 0, false, false);
    for (index, cell) in cells[..filled].iter().enumerate() {
        if *cell == FILLER {
            run += 1;
            continue;
        }
        digits |= cell.is_ascii_digit();
        match std::mem::take(&mut run) {
            0 => {}
            1 => odd |= index == 1,
            2 => pairs += 1,
            _ => odd = true,
        }
    }
    let full = filled == cells.len();
    for (is, fault) in [(digits, Fault::DigitInName), (filled == 0, Fault::NoName), (odd || pairs > 1, Fault::NameSeparators), (full, Fault::MaybeTruncated)] {
        if is {
            zone.problems.push(Field::Name, fault);
        }
    }
}
