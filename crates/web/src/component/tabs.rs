//! The parts of one thing, each a page of its own: a navigation, not the ARIA tab widget, because each part has an address.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["is a navigation with a name", "the present part is said to be the present page", "wraps on a phone", "is not there where there is only one part"];

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tab<'a> {
    /// Its name.
    pub label: &'a str,
    /// Its address.
    pub address: &'a str,
    /// This is the page.
    pub current: bool,
    /// How many things it holds.
    pub count: Option<u64>,
}

/// The parts; `name` says of what.
pub fn tabs(ui: &Ui<'_>, name: &str, tabs: &[Tab<'_>]) -> Markup {
    // One part alone leads nowhere.
    if tabs.len() < 2 {
        return Markup::default();
    }
    html! {
        nav.tabs aria-label=(name) { ul {
            @for tab in tabs {
                li { a href=(tab.address) aria-current=[tab.current.then_some("page")] { (tab.label) @if let Some(count) = tab.count { " " span.badge { (ui.locale.number(i64::try_from(count).unwrap_or(i64::MAX))) } } } }
            }
        } }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "person",
        markup: tabs(
            ui,
            ui.sample("Bagian berkas", "Parts of the file"),
            &[
                Tab { label: ui.sample("Berkas", "File"), address: "/style", current: true, count: None },
                Tab { label: ui.sample("Siapa melihat", "Who looked"), address: "/style?part=readers", current: false, count: Some(14) },
                Tab { label: ui.sample("Dokumen", "Documents"), address: "/style?part=documents", current: false, count: Some(2) },
            ],
        ),
    }]
}
