//! A list with nothing in it: why, and what to do.

use super::{Example, button::Button};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &["says whether there is nothing at all or nothing that fits the search", "offers the next step where there is one"];

/// The empty state.
pub fn empty(ui: &Ui<'_>, icon: &str, title: &str, why: &str, next: Option<Markup>) -> Markup {
    html! { div.empty { (ui.icon(icon)) p.title { (title) } p { (why) } @if let Some(next) = next { (next) } } }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example {
            name: "nothing-waits",
            markup: empty(
                ui,
                "inbox",
                ui.sample("Tidak ada yang menunggu", "Nothing is waiting"),
                ui.sample("Permintaan yang memerlukan orang kedua akan muncul di sini.", "Requests that need a second person appear here."),
                None,
            ),
        },
        Example {
            name: "nothing-found",
            markup: empty(
                ui,
                "search",
                ui.sample("Nomor A9999999 tidak ada di sini", "Number A9999999 is not here"),
                ui.sample("Periksa hurufnya, atau daftarkan orangnya.", "Check the letters, or register the person."),
                Some(Button::plain(ui.sample("Daftarkan orang", "Register a person")).icon("user-plus").link(ui, "/style")),
            ),
        },
    ]
}
