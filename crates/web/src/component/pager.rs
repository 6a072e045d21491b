//! Which part of a list this is, and the way to the parts before and after.
//!
//! Lists are walked by position (`?after=...`), not by page number: the office's lists grow while they are read.

use super::{Example, button::Button};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["says how many are shown, and of how many where that is known", "is a navigation with a name", "a direction that leads nowhere is not shown"];

/// How much of a list is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pager<'a> {
    /// Entries on this page.
    pub shown: usize,
    /// All entries, where counting them is cheap.
    pub total: Option<u64>,
    /// Address of the part before.
    pub previous: Option<&'a str>,
    /// Address of the part after.
    pub next: Option<&'a str>,
}

impl Pager<'_> {
    /// The line under a list.
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        self.named(ui, ui.text("pager-name"))
    }

    /// The same for a page with several lists: the name says which.
    pub fn named(self, ui: &Ui<'_>, name: &str) -> Markup {
        let count = match self.total {
            Some(total) => ui.format("pager-of", &[("shown", self.shown.into()), ("total", total.into())]),
            None => ui.format("pager-shown", &[("shown", self.shown.into())]),
        };
        html! {
            nav.pager aria-label=(name) {
                span.muted { (count) }
                @if self.previous.is_some() || self.next.is_some() {
                    span.steps {
                        @if let Some(address) = self.previous { (Button::plain(ui.text("pager-previous")).slim().icon("arrow-left").link(ui, address)) }
                        @if let Some(address) = self.next { (Button::plain(ui.text("pager-next")).slim().icon("arrow-right").link(ui, address)) }
                    }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example {
            name: "middle",
            markup: Pager { shown: 50, total: Some(18_204), previous: Some("/style?before=51"), next: Some("/style?after=100") }
                .named(ui, ui.sample("Bagian daftar contoh", "Parts of the sample list")),
        },
        Example { name: "only", markup: Pager { shown: 3, total: None, previous: None, next: None }.html(ui) },
    ]
}
