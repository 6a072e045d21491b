//! A list of short words of the same kind: the roles of an officer, the labels of a document.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &["is a list for screen readers, with a name", "wraps; no tag is cut", "an empty list says so in words"];

/// The words as a list; `name` says what they are.
pub fn tags(ui: &Ui<'_>, name: &str, words: &[&str]) -> Markup {
    html! {
        @if words.is_empty() { span.muted { (ui.text("none")) } }
        @else { ul.tags aria-label=(name) { @for word in words { li { (word) } } } }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let name = ui.sample("Peran", "Roles");
    vec![
        Example { name: "some", markup: tags(ui, name, &[ui.word("role", "desk"), ui.word("role", "stay"), ui.word("role", "privacy_officer")]) },
        Example { name: "none", markup: tags(ui, name, &[]) },
    ]
}
