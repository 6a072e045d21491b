//! What happened, newest first: when, what, who, for which purpose, and the number of the journal entry that proves it.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};
use siger_domain::time::Instant;

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is an ordered list",
    "who and for which purpose are always said",
    "the number leads to the entry and its proof",
    "times are the office's, with the zone",
];

/// One thing that happened.
pub struct Entry<'a> {
    /// When.
    pub at: Instant,
    /// What, in words of the office; may hold a link.
    pub what: Markup,
    /// Who and as what: "Ratih S., petugas loket".
    pub who: &'a str,
    /// For which purpose, in words.
    pub purpose: Option<&'a str>,
    /// Number in the journal.
    pub number: Option<u64>,
}

/// The list. Numbers lead to `/journal/{number}`.
pub fn trail(ui: &Ui<'_>, entries: &[Entry<'_>]) -> Markup {
    html! {
        ol.trail {
            @for entry in entries {
                li {
                    (ui.moment(entry.at))
                    div {
                        div.what { (entry.what) }
                        div.by {
                            bdi { (entry.who) }
                            @if let Some(purpose) = entry.purpose { " · " (ui.text("trail-purpose")) " " (purpose) }
                            @if let Some(number) = entry.number {
                                " · " a href={ "/journal/" (number) } { (ui.format("trail-entry", &[("number", ui.locale.number(i64::try_from(number).unwrap_or(i64::MAX)).into())])) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let who = ui.sample("Ratih S. (contoh), petugas loket", "Ratih S. (sample), counter officer");
    vec![Example {
        name: "three",
        markup: trail(
            ui,
            &[
                Entry {
                    at: ui.now.plus_seconds(-60),
                    what: html! { (ui.sample("Berkas dibuka", "File opened")) },
                    who,
                    purpose: Some(ui.word("purpose", "counter_service")),
                    number: Some(18_204),
                },
                Entry {
                    at: ui.now.plus_seconds(-86_400),
                    what: html! { (ui.sample("Catatan ditambahkan", "Note added")) },
                    who,
                    purpose: Some(ui.word("purpose", "stay_permit")),
                    number: Some(18_102),
                },
                Entry {
                    at: ui.now.plus_seconds(-2_332_800),
                    what: html! { (ui.sample("Berkas dibuat", "File made")) },
                    who: ui.sample("Sistem", "The program"),
                    purpose: None,
                    number: None,
                },
            ],
        ),
    }]
}
