//! A picture or document from the device.

use super::{Example, field};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["the hint says which kinds of file and how large, before one is chosen", "on a phone a camera can be used where pictures are asked for"];

/// The field. `accept` lists media types (`image/jpeg,image/png,application/pdf`), `bytes_max` the limit that the server refuses beyond.
pub fn file_field(ui: &Ui<'_>, name: &str, label: &str, accept: &str, bytes_max: u64, error: Option<&str>) -> Markup {
    let kinds: Vec<String> = accept.split(',').map(|kind| kind.rsplit('/').next().unwrap_or(kind).to_ascii_uppercase()).collect();
    let hint = ui.format("file-hint", &[("kinds", kinds.join(", ").into()), ("size", ui.locale.bytes(bytes_max).into())]);
    html! {
        div.field.wrong[error.is_some()] {
            label for=(name) { (label) }
            (field::hint_and_error(ui, name, Some(&hint), error))
            input.input #(name) type="file" name=(name) accept=(accept) required aria-describedby=[field::described_by(name, true, error.is_some())] aria-invalid=[error.is_some().then_some("true")];
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "document",
        markup: file_field(ui, "example-file", ui.sample("Pindaian paspor", "Scan of the passport"), "image/jpeg,image/png,application/pdf", 8_000_000, None),
    }]
}
