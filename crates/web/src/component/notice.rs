//! Something the reader should know before going on: what just happened, what is different today, what stands in the way.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `tone` | see [`Tone`]; `Stop` is announced at once to screen readers, the others when they come to it |
//! | `title` | one sentence that is enough alone |
//! | `body` | optional: why, and what to do next |

use super::{Example, badge::Tone};
use crate::ui::Ui;
use maud::{Markup, PreEscaped, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "the title alone is understood",
    "says what to do next where something can be done",
    "is not the answer to a wrong field: that is the error summary",
    "prints with a border",
];

/// A box with an icon, a sentence and room for more.
#[must_use]
pub struct Notice<'a> {
    tone: Tone,
    title: &'a str,
    body: Option<Markup>,
}

impl<'a> Notice<'a> {
    /// A notice with its one sentence.
    pub const fn new(tone: Tone, title: &'a str) -> Self {
        Self { tone, title, body: None }
    }

    /// Why, and what to do next.
    pub fn body(mut self, body: Markup) -> Self {
        self.body = Some(body);
        self
    }

    /// The box.
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        let icon = match self.tone {
            Tone::Calm | Tone::Live => "info",
            Tone::Good => "circle-check",
            other => other.icon(),
        };
        let role = if self.tone == Tone::Stop { "alert" } else { "status" };
        html! {
            div class={ "notice " (self.tone.class()) } role=(role) {
                (ui.icon(icon))
                div.body { p.title { (self.title) } (self.body.unwrap_or(PreEscaped(String::new()))) }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example { name: "good", markup: Notice::new(Tone::Good, ui.sample("Catatan disimpan dalam jurnal.", "The note is in the journal.")).html(ui) },
        Example {
            name: "heed",
            markup: Notice::new(Tone::Heed, ui.sample("Permintaan ini menunggu orang kedua.", "This request waits for a second person."))
                .body(html! { p { (ui.sample("Anda mengajukannya sendiri, jadi orang lain yang memutuskan.", "You made it yourself, so somebody else decides.")) } })
                .html(ui),
        },
        Example {
            name: "calm",
            markup: Notice::new(Tone::Calm, ui.sample("Indeks sedang dibangun; pencarian nomor sudah berjalan.", "The index is being built; look-up by number already works.")).html(ui),
        },
        Example {
            name: "stop",
            markup: Notice::new(Tone::Stop, ui.sample("Berkas ini sudah dihapus.", "This file was erased.")).body(html! { p { (ui.sample("Yang tersisa hanya bukti penghapusannya.", "Only the proof of its erasure remains.")) } }).html(ui),
        },
    ]
}
