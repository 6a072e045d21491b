//! Making an office: its first entry. The first administrator is then invited like anybody, by the program itself.

use siger_domain::access::Role;
use siger_domain::event::{Event, Subject, body};
use siger_storage::Write;
use siger_storage::table::office as table;

use crate::context::Context;
use crate::error::{Error, Result};

/// Longest short code of an office.
pub const CODE_CHARS_MAX: usize = 12;
/// Longest name of an office.
pub const NAME_CHARS_MAX: usize = 120;

/// What an office is made with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// Short code: capital letters, digits, hyphens.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Origin of its log: the keyring's.
    pub origin: String,
    /// Invented people only.
    pub sample: bool,
    /// IANA name of its time zone.
    pub time_zone: String,
}

/// Writes the office's first entry.
///
/// # Errors
/// When there is an office already, or a value cannot be used.
pub fn found(write: &mut Write<'_, '_>, by: &Context, founding: &Founding) -> Result<u64> {
    let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: siger_domain::access::Purpose::Administration };
    if table::get(write)?.is_some() {
        return Err(siger_storage::Error::OfficeExists.into());
    }
    let code_good =
        (1..=CODE_CHARS_MAX).contains(&founding.code.len()) && founding.code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
    if !code_good {
        return Err(Error::invalid("code", "malformed"));
    }
    let name = founding.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "malformed"));
    }
    if jiff::tz::TimeZone::get(&founding.time_zone).is_err() {
        return Err(Error::invalid("time_zone", "unknown"));
    }
    let event = Event::OfficeFounded(body::OfficeFounded {
        code: founding.code.clone(),
        name: name.to_owned(),
        origin: founding.origin.clone(),
        sample: founding.sample,
        time_zone: founding.time_zone.clone(),
    });
    Ok(write.append(stamp, Subject::Office, &event)?)
}
