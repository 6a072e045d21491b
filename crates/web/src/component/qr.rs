//! A code to scan, with the words of what it holds beside it.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &["dark on white in every theme, with its quiet zone", "never the only way: what it holds can be typed", "prints"];

/// The drawing: `side` in modules, quiet zone included; `path` the outline of the dark ones; `label` what scanning it does.
pub fn qr(side: usize, path: &str, label: &str) -> Markup {
    html! {
        div.qr { svg viewBox={ "0 0 " (side) " " (side) } width="200" height="200" role="img" aria-label=(label) shape-rendering="crispEdges" { path d=(path) fill="#000" {} } }
    }
}

/// A drawing that looks like a code and is none.
pub(crate) const SAMPLE: (usize, &str) = (
    15,
    "M4 4h3v1h-3zM9 4h1v1h-1zM4 5h1v2h-1zM6 5h1v2h-1zM8 6h3v1h-3zM4 7h3v1h-3zM9 8h2v1h-2zM5 9h2v1h-2zM8 9h1v2h-1zM4 10h1v1h-1zM6 10h1v1h-1zM10 10h1v1h-1z",
);

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![Example {
        name: "sample",
        markup: qr(SAMPLE.0, SAMPLE.1, ui.sample("Contoh gambar kode; tidak berisi apa-apa", "Sample drawing of a code; it holds nothing")),
    }]
}
