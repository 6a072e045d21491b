//! Where somebody is in something that takes several steps: what is done, what is now, what comes.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["is an ordered list; the present step is said to be the present one, not only drawn so", "each finished step says that it is done"];

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Behind.
    Done,
    /// Here.
    Now,
    /// Ahead.
    Ahead,
}

/// The steps: `(title, note, state)`.
pub fn steps(ui: &Ui<'_>, steps: &[(&str, &str, State)]) -> Markup {
    html! {
        ol.steps-list {
            @for (title, note, state) in steps {
                li.done[*state == State::Done] aria-current=[(*state == State::Now).then_some("step")] {
                    strong { (title) @if *state == State::Done { span.unseen { " (" (ui.text("step-done")) ")" } } }
                    @if !note.is_empty() { span.muted.small { (note) } }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "first-sign-in",
        markup: steps(
            ui,
            &[
                (ui.sample("Undangan dibuka", "Invitation opened"), ui.sample("24 Nov 2026, 09.12 WIB", "24 Nov 2026, 09:12 WIB"), State::Done),
                (ui.sample("Kata sandi", "Password"), ui.sample("Sekurang-kurangnya 12 huruf", "At least 12 characters"), State::Now),
                (ui.sample("Kode dari ponsel", "Code from your phone"), "", State::Ahead),
            ],
        ),
    }]
}
