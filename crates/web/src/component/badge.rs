//! The state of something: a word, an icon and a colour that say the same.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `tone` | what the state asks of the reader: nothing ([`Tone::Calm`]), good, heed, stop, live |
//! | `word` | the state itself, one to three words |

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["the word alone says the state; icon and colour repeat it", "keeps 4.5:1 in light and dark", "a long word wraps inside the badge at 320 px"];

/// What a state asks of the reader. Shared by badges, notices and facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A fact, nothing to do: waiting, recorded, ended.
    Calm,
    /// As it should be.
    Good,
    /// Somebody should look.
    Heed,
    /// Refused, stopped, failed.
    Stop,
    /// Going on right now.
    Live,
}

impl Tone {
    /// Class that colours it.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Good => "good",
            Self::Heed => "heed",
            Self::Stop => "stop",
            Self::Live => "live",
        }
    }

    /// Icon that goes with it.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Calm => "clock",
            Self::Good => "check",
            Self::Heed => "triangle-alert",
            Self::Stop => "circle-x",
            Self::Live => "refresh-cw",
        }
    }
}

/// A state in a pill.
pub fn badge(ui: &Ui<'_>, tone: Tone, word: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (ui.icon(tone.icon())) span { (word) } } }
}

/// A plain mark without a state: "contoh", "Anda".
pub fn mark(word: &str) -> Markup {
    html! { span.badge { span { (word) } } }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example {
            name: "tones",
            markup: html! {
                div.cluster {
                    (badge(ui, Tone::Calm, ui.sample("Menunggu orang kedua", "Waiting for a second person")))
                    (badge(ui, Tone::Good, ui.sample("Aktif", "Active")))
                    (badge(ui, Tone::Heed, ui.sample("Berakhir besok", "Ends tomorrow")))
                    (badge(ui, Tone::Stop, ui.sample("Ditolak", "Refused")))
                    (badge(ui, Tone::Live, ui.sample("Sedang berjalan", "In progress")))
                    (mark(ui.text("sample-mark")))
                }
            },
        },
        Example {
            name: "long-word",
            markup: badge(
                ui,
                Tone::Heed,
                ui.sample(
                    "Menunggu keputusan Kepala Seksi Izin Tinggal dan Status Keimigrasian",
                    "Waiting for the head of the section of stay permits and immigration status",
                ),
            ),
        },
    ]
}
