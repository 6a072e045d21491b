//! A sheet of paper on the ground: things that belong together, with a heading.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `title` | heading (level 2) |
//! | `note` | one line under it |
//! | `action` | a link or button at the end of the heading's line |
//! | `flush` | the content brings its own space (tables) |
//! | `front` | a gold edge: the one card the page is about |

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["has a heading, or stands alone on a page that has one", "is a region of the page only when it has a heading", "no card inside a card"];

/// A sheet; finish with [`Card::html`].
#[derive(Default)]
#[must_use]
pub struct Card<'a> {
    title: Option<&'a str>,
    id: Option<&'a str>,
    note: Option<Markup>,
    action: Option<Markup>,
    flush: bool,
    front: bool,
}

impl<'a> Card<'a> {
    /// A card with a heading; `id` is its anchor and must be unique on the page.
    pub fn new(id: &'a str, title: &'a str) -> Self {
        Self { title: Some(title), id: Some(id), ..Self::default() }
    }

    /// A card without a heading.
    pub fn bare() -> Self {
        Self::default()
    }

    /// One line under the heading.
    pub fn note(mut self, note: Markup) -> Self {
        self.note = Some(note);
        self
    }

    /// At the end of the heading's line.
    pub fn action(mut self, action: Markup) -> Self {
        self.action = Some(action);
        self
    }

    /// The content reaches the edges.
    pub fn flush(mut self) -> Self {
        self.flush = true;
        self
    }

    /// The card that the page is about.
    pub fn front(mut self) -> Self {
        self.front = true;
        self
    }

    /// The card around its content.
    pub fn html(self, content: Markup) -> Markup {
        html! {
            @match (self.title, self.id) {
                (Some(title), Some(id)) => {
                    section.card.flush[self.flush].front[self.front] #(id) aria-labelledby={ (id) "-title" } {
                        header { h2 id={ (id) "-title" } { (title) } @if let Some(action) = self.action { (action) } @if let Some(note) = self.note { p { (note) } } }
                        (content)
                    }
                }
                _ => { div.card.flush[self.flush].front[self.front] { (content) } }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example {
            name: "with-heading",
            markup: Card::new("example-card", ui.sample("Yang menunggu Anda", "What waits for you"))
                .note(html! { (ui.sample("Tertua di atas", "Oldest first")) })
                .action(html! { a href="/style" { (ui.sample("Semua permintaan", "All requests")) } })
                .html(html! { p { (ui.sample("Dua permintaan menunggu orang kedua.", "Two requests wait for a second person.")) } }),
        },
        Example {
            name: "front",
            markup: Card::bare()
                .front()
                .html(html! { p.huge { (ui.sample("26 Des 2026", "26 Dec 2026")) } p.muted { (ui.sample("32 hari lagi", "in 32 days")) } }),
        },
    ]
}
