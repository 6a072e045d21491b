//! What is known about one thing: names and values in a list of definitions.

use super::{Example, badge};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &["what is not known is said (\"not known\"), not left blank", "long values wrap; on a phone the value stands under its name"];

/// The list. A value of `None` is shown as "not known".
pub fn facts(ui: &Ui<'_>, rows: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows {
                div { dt { (name) } dd { @if let Some(value) = value { (value) } @else { span.muted { (ui.text("not-known")) } } } }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "passport",
        markup: facts(
            ui,
            &[
                (ui.sample("Paspor", "Passport"), Some(html! { "A1234567 " (badge::badge(ui, badge::Tone::Good, ui.sample("chip asli", "chip genuine"))) })),
                (ui.sample("Berlaku sampai", "Valid until"), Some(html! { (ui.sample("14 Mei 2028", "14 May 2028")) })),
                (ui.sample("Penjamin", "Guarantor"), Some(html! { "CV Rimba Way Umpu " (badge::mark(ui.text("sample-mark"))) })),
                (ui.sample("Telepon", "Telephone"), None),
            ],
        ),
    }]
}
