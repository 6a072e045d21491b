//! What can be checked without trusting the program: hashes, signed checkpoints, proofs.

use super::{Example, button::Button};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is shown in full, letter by letter, in a fixed-width face",
    "wraps anywhere at 320 px; copying gives it without the breaks",
    "says what it is before it is shown",
];

/// A hash within a sentence or a list.
pub fn hash(hash: &str) -> Markup {
    html! { code.hash translate="no" { (hash) } }
}

/// A proof as a block with a button that copies it; `id` must be unique on the page.
pub fn proof(ui: &Ui<'_>, id: &str, name: &str, text: &str) -> Markup {
    html! {
        figure.stack-s aria-labelledby={ (id) "-name" } {
            figcaption.spread { span.small id={ (id) "-name" } { (name) } (Button::quiet(ui.text("action-copy")).slim().icon("copy").about(name).copies(ui, id)) }
            pre.proof #(id) translate="no" { (text) }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let checkpoint = "siger.example/way-kanan\n18204\nQkFTRTY0IG9mIGEgc2FtcGxlIHJvb3QsIG5vdCByZWFsISE=\n\n— siger.example/way-kanan SAMPLE0000000000000000000000000000000000000000=\n";
    vec![
        Example {
            name: "hash",
            markup: html! { p { (ui.sample("Akar pohon: ", "Root of the tree: ")) (hash("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")) } },
        },
        Example {
            name: "checkpoint",
            markup: proof(ui, "example-checkpoint", ui.sample("Titik periksa bertanda tangan (contoh)", "Signed checkpoint (sample)"), checkpoint),
        },
    ]
}
