//! The journal as the office sees it, and the proof of one entry.

pub mod entry;
pub mod list;

use crate::{address, locale::Locale};
use maud::{Markup, Render, html};
use siger_domain::event::Subject;

pub(super) use super::Sample;

/// Which subjects lead somewhere for this officer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leads {
    /// Files can be opened.
    pub persons: bool,
    /// Who looked at a file can be seen.
    pub readers: bool,
    /// Officers can be seen.
    pub officers: bool,
    /// Requests can be seen.
    pub requests: bool,
}

/// What an entry is about, leading there where the officer may go. No name stands here: the journal is no way around a file's own rules.
fn subject(word: impl Render, subject: Subject, leads: Leads) -> Markup {
    html! {
        @match subject {
            Subject::Person(id) if leads.persons => a href={ (address::PERSONS) "/" (id) } { (word) },
            Subject::Person(id) if leads.readers => a href={ (address::PERSONS) "/" (id) "/readers" } { (word) },
            Subject::Officer(id) if leads.officers => a href={ (address::OFFICERS) "/" (id) } { (word) },
            Subject::Request(id) if leads.requests => a href={ (address::REQUESTS) "/" (id) } { (word) },
            _ => (word),
        }
    }
}

/// Every page of this area with each of its samples.
pub fn samples(locale: Locale) -> Vec<Sample> {
    [list::samples, entry::samples].into_iter().flat_map(|samples| samples(locale)).collect()
}
