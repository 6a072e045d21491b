//! Asking once more before something that cannot be taken back, without a dialog and without script: the button opens the question
//! in its place, and only the button inside it does the thing.

use super::{Example, button::Button};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "says what will happen and to whom, not \"are you sure?\"",
    "the button inside has other words than \"yes\"",
    "works with the keyboard alone; nothing is trapped or covered",
    "typing letters or Enter never does the thing by itself",
    "where it stands more than once on a page, both buttons say of what",
];

/// The question. `open` are the words of the first button, `content` says what will happen and holds what the form asks, `act` is
/// the button that does it; what that is about ([`Button::about`]) is said after `open`, too. Stands inside the form.
pub fn confirm(ui: &Ui<'_>, open: &str, content: Markup, act: Button<'_>) -> Markup {
    html! {
        details.confirm {
            summary.button.danger { (open) @if let Some(about) = act.about_of() { span.unseen { " " (about) } } }
            div.ask { (content) div.actions { (act.html(ui)) } }
        }
    }
}

/// More that only some need: opens in its place.
pub fn more(summary: &str, content: Markup) -> Markup {
    html! { details.more { summary { (summary) } (content) } }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example {
            name: "suspend",
            markup: html! {
                form method="get" action="/style" {
                    (confirm(
                        ui,
                        ui.sample("Hentikan akses", "Stop access"),
                        html! { p { (ui.sample("Semua sesi Ratih S. (contoh) berakhir sekarang juga. Kepala kantor diberi tahu.", "All sessions of Ratih S. (sample) end at once. The head of office is told.")) } },
                        Button::danger(ui.sample("Hentikan akses Ratih S.", "Stop access of Ratih S.")),
                    ))
                }
            },
        },
        Example {
            name: "more",
            markup: more(
                ui.sample("Mengapa nomor ini tidak ditemukan?", "Why is this number not found?"),
                html! { p { (ui.sample("Hanya nomor lengkap yang dicari; nomor tersimpan tersegel.", "Only whole numbers are looked up; numbers are stored sealed.")) } },
            ),
        },
    ]
}
