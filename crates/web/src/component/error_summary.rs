//! What must be put right before a form can go on: a list that takes the focus, each line a link to its field.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "takes the focus when the page opens (with script), and is the first thing in the content (without)",
    "each line has the same words as the error beside its field, and leads there",
    "is absent when there is no error",
];

/// A summary of `(id of the field, what is wrong)`; an empty id makes a line without a link (the form as a whole).
pub fn error_summary(ui: &Ui<'_>, errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.summary role="alert" tabindex="-1" data-takes-focus aria-labelledby="error-summary-title" {
                h2 #error-summary-title { (ui.icon("triangle-alert")) (ui.format("error-summary-title", &[("count", errors.len().into())])) }
                ul {
                    @for (id, what) in errors {
                        li { @if id.is_empty() { (what) } @else { a href={ "#" (id) } { (what) } } }
                    }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    // Fields with these ids are among the examples of the fields, so the links lead somewhere on the style page too.
    vec![Example {
        name: "two-errors",
        markup: error_summary(
            ui,
            &[
                ("example-number", ui.sample("Tulis nomor paspor seperti pada halaman datanya.", "Write the passport number as on its data page.")),
                ("example-born-year", ui.sample("Tahun lahir harus terdiri dari empat angka.", "The year of birth must have four digits.")),
            ],
        ),
    }]
}
