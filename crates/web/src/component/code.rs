//! The six digits of a code generator.

use super::{Example, field};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is one field, so that paste, autofill and screen readers work",
    "phones show digits and offer the code from a message",
    "a wrong code is not shown again: it has been used up or is mistyped",
];

/// Digits of a code (RFC 6238, as authenticator apps show it).
pub const DIGITS: usize = 6;

/// The field for a code. `focus` when the page is this question.
pub fn code(ui: &Ui<'_>, name: &str, label: &str, hint: Option<&str>, error: Option<&str>, focus: bool) -> Markup {
    html! {
        div.field.wrong[error.is_some()] {
            label for=(name) { (label) }
            (field::hint_and_error(ui, name, hint, error))
            // Seven, so that a pasted "123 456" is not cut; the server takes the space out.
            input.input.code #(name) type="text" name=(name) inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" maxlength=(DIGITS + 1) required autofocus[focus] spellcheck="false"
                aria-describedby=[field::described_by(name, hint.is_some(), error.is_some())] aria-invalid=[error.is_some().then_some("true")];
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let label = ui.sample("Kode enam angka", "Six-digit code");
    vec![
        Example {
            name: "empty",
            markup: code(
                ui,
                "example-code-empty",
                label,
                Some(ui.sample("Dari aplikasi autentikator di ponsel Anda.", "From the authenticator app on your phone.")),
                None,
                false,
            ),
        },
        Example {
            name: "wrong",
            markup: code(
                ui,
                "example-code-wrong",
                label,
                None,
                Some(ui.sample("Kode itu tidak cocok. Tunggu kode berikutnya.", "That code does not match. Wait for the next one.")),
                false,
            ),
        },
    ]
}
