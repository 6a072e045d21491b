//! A scanned zone as the use cases take it: read before the transaction, with what a new file would say.

use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Sex};
use siger_domain::personal::Personal;
use siger_domain::time::CivilDate;
use siger_mrtd::date::{Day, Known};
use siger_mrtd::{Zone, sex};

use crate::error::{Error, Result};

/// Longest line that is looked at: longer ones are no zone, and are refused without being read.
pub const LINE_CHARS_MAX: usize = 100;

/// A zone that says at least whose document it is.
#[derive(Clone, Debug)]
pub struct Read {
    /// As read, with its check digits.
    pub zone: Zone,
    /// Who the document says it belongs to.
    pub identity: Identity,
    /// The document.
    pub document: Document,
    /// Whether the last day of validity could be read; a document that has none counts as read.
    pub expiry_known: bool,
    /// The day on which it was read, in the office's calendar.
    pub today: CivilDate,
}

impl Read {
    /// Reads the lines of a zone, without repairing anything.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the field `zone`: it has the shape of no format, is a visa, or does not say whose document it is: read it again.
    pub fn of(lines: &[String], today: CivilDate) -> Result<Self> {
        let again = |reason| Error::invalid("zone", reason);
        if lines.len() > 3 || lines.iter().any(|line| line.chars().count() > LINE_CHARS_MAX) {
            return Err(again("no_zone"));
        }
        let zone = siger_mrtd::parse(lines).map_err(|_| again("no_zone"))?;
        if zone.format().is_visa() {
            return Err(again("visa"));
        }
        // A number that was misread finds nobody, or somebody else.
        if !zone.checks().get(siger_mrtd::check::Check::DocumentNumber).is_some_and(|verdict| verdict.holds) {
            return Err(again("document_number"));
        }
        let (year, month, day) = today.parts();
        let reference = Day::new(year.unsigned_abs(), month.unsigned_abs(), day.unsigned_abs()).ok_or_else(|| Error::internal("no such day"))?;
        let born = zone.birth_date().ok().and_then(|date| date.birth(reference)).and_then(|known| known.to_string().parse().ok());
        let (expires, expiry_known) = match zone.expiry_date() {
            Ok(date) => match date.expiry(reference) {
                Some(Known::Day(day)) => (day.to_string().parse().ok(), true),
                // Fillers: a document without a date of expiry.
                None if date.state() == siger_mrtd::date::State::Unknown => (None, true),
                _ => (None, false),
            },
            Err(_) => (None, false),
        };
        let name = format!("{} {}", zone.secondary(), zone.primary());
        let identity = Identity {
            name: Name::new(&name).map_err(|_| again("name"))?,
            born: born.map(Personal::new),
            sex: match zone.sex() {
                Some(sex::Sex::Female) => Sex::F,
                Some(sex::Sex::Male) => Sex::M,
                _ => Sex::X,
            },
            nationality: CountryCode::new("nationality", zone.nationality().as_str()).map_err(|_| again("nationality"))?,
        };
        let document = Document {
            kind: if zone.format() == siger_mrtd::Format::Td3 { DocumentKind::Passport } else { DocumentKind::IdentityCard },
            issuer: CountryCode::new("issuer", zone.issuing_state().as_str()).map_err(|_| again("issuer"))?,
            number: DocumentNumber::new(zone.document_number().as_str()).map_err(|_| again("document_number"))?,
            expires,
        };
        Ok(Self { zone, identity, document, expiry_known, today })
    }
}
