//! A figure that can be opened: how many wait, how many entries, when the last backup was.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "the label says what the figure counts, the note since when or why",
    "the whole tile is one link, or none",
    "a figure is never coloured to say something that the note does not say",
];

/// One figure.
#[must_use]
pub struct Tile<'a> {
    /// What is counted.
    pub label: &'a str,
    /// The figure, already written in the language.
    pub value: &'a str,
    /// Since when, compared to what, or what to do.
    pub note: &'a str,
    /// Icon beside the label.
    pub icon: &'a str,
    /// Where it leads.
    pub address: Option<&'a str>,
}

impl Tile<'_> {
    /// The tile. Stands in a `div.tiles`.
    pub fn html(&self, ui: &Ui<'_>) -> Markup {
        let inner = html! { span.label { (ui.icon(self.icon)) (self.label) } span.value { (self.value) } span.note { (self.note) } };
        html! { @if let Some(address) = self.address { a.tile href=(address) { (inner) } } @else { div.tile { (inner) } } }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "row",
        markup: html! {
            div.tiles {
                (Tile { label: ui.sample("Menunggu Anda", "Waiting for you"), value: "2", note: ui.sample("Tertua 3 jam", "Oldest 3 hours"), icon: "inbox", address: Some("/style") }.html(ui))
                (Tile { label: ui.sample("Entri jurnal", "Journal entries"), value: &ui.locale.number(18_204), note: ui.sample("Ditandatangani 09.41", "Signed 09:41"), icon: "book-text", address: Some("/style") }.html(ui))
                (Tile { label: ui.sample("Cadangan terakhir", "Last backup"), value: ui.sample("6 jam", "6 hours"), note: ui.sample("Dipulihkan dalam latihan 12 Nov", "Restored in a drill on 12 Nov"), icon: "history", address: None }.html(ui))
            }
        },
    }]
}
