//! The box that finds a person or a document. `/` goes to it from anywhere on the page.

use super::Example;
use crate::{address, ui::Ui};
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "has a label, unseen, besides the placeholder",
    "what is looked for never stands in an address",
    "is a search landmark",
    "Enter only searches: a scanner that types Enter decides nothing",
];

/// The form: posts `q` to `address`. Not by GET: a document number or a name must not end up in addresses, which browsers remember and
/// proxies log.
pub fn search(ui: &Ui<'_>, id: &str, address: &str, value: &str, csrf: &str) -> Markup {
    named(ui, ui.text("search-name"), id, address, value, csrf)
}

/// A page may hold two: each landmark needs a name of its own.
fn named(ui: &Ui<'_>, name: &str, id: &str, address: &str, value: &str, csrf: &str) -> Markup {
    html! {
        form.search role="search" aria-label=(name) method="post" action=(address) {
            input type="hidden" name="csrf" value=(csrf);
            label.unseen for=(id) { (ui.text("search-label")) }
            (ui.icon("search"))
            input.input #(id) type="search" name="q" value=(value) placeholder=(ui.text("search-placeholder")) autocomplete="off" spellcheck="false" enterkeyhint="search" maxlength="120" data-search;
            kbd.script-only aria-hidden="true" { "/" }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "with-value",
        markup: html! { div { (named(ui, ui.sample("Pencarian contoh", "Sample search"), "example-search", address::SEARCH, "A1234567", "sample")) } },
    }]
}
