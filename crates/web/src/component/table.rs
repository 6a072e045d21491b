//! Rows of the same kind. On a phone each row becomes a small sheet with its headings beside the values.

use super::{Example, badge};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "has a caption that says what the rows are, seen or unseen",
    "the first column is the row's heading",
    "numbers end-aligned with equal digits; dates and names are not",
    "at 320 px nothing scrolls sideways: headings move beside their values",
    "an empty table is not shown: use the empty state",
];

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Heading, also beside the value on a phone. Empty for a column of buttons.
    pub label: &'a str,
    /// Numbers, end-aligned.
    pub number: bool,
}

impl<'a> Column<'a> {
    /// A column of words, names, dates.
    pub const fn words(label: &'a str) -> Self {
        Self { label, number: false }
    }

    /// A column of numbers.
    pub const fn numbers(label: &'a str) -> Self {
        Self { label, number: true }
    }

    /// A column of links or buttons, without a visible heading.
    pub const fn actions() -> Self {
        Self { label: "", number: false }
    }
}

/// A table. Each row has one cell for each column; the first is the heading of the row.
pub fn table<R: IntoIterator<Item = Vec<Markup>>>(ui: &Ui<'_>, caption: &str, caption_seen: bool, columns: &[Column<'_>], rows: R) -> Markup {
    html! {
        div.table-box {
            table.table.stacks {
                caption.unseen[!caption_seen] { (caption) }
                thead { tr {
                    @for column in columns {
                        th scope="col" class=[column.number.then_some("number")] { @if column.label.is_empty() { span.unseen { (ui.text("table-actions")) } } @else { (column.label) } }
                    }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (index, (cell, column)) in row.iter().zip(columns).enumerate() {
                                @if index == 0 { th scope="row" { (cell) } }
                                @else if column.label.is_empty() { td.actions-cell { (cell) } }
                                @else { td.number[column.number] data-label=(column.label) { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let columns = [
        Column::words(ui.sample("Nama", "Name")),
        Column::words(ui.sample("Kewarganegaraan", "Nationality")),
        Column::words(ui.sample("Keadaan", "State")),
        Column::numbers(ui.sample("Catatan", "Notes")),
        Column::actions(),
    ];
    let row = |name: &'static str, nationality: &'static str, tone, word, notes| {
        vec![
            html! { bdi { (name) } },
            html! { (nationality) },
            badge::badge(ui, tone, word),
            html! { (ui.locale.number(notes)) },
            super::button::Button::plain(ui.sample("Buka", "Open")).slim().about(name).link(ui, "/style"),
        ]
    };
    let rows = vec![
        row("Lim Wei Shen", "Malaysia", badge::Tone::Good, ui.sample("Lengkap", "Complete"), 3),
        row("محمد عبد الرحمن السيد", ui.sample("Mesir", "Egypt"), badge::Tone::Heed, ui.sample("Berakhir besok", "Ends tomorrow"), 12),
        row("Maria da Conceição Guimarães de Almeida e Vasconcelos", "Timor-Leste", badge::Tone::Calm, ui.sample("Menunggu", "Waiting"), 1_204),
    ];
    vec![Example { name: "people", markup: table(ui, ui.sample("Orang contoh", "Sample people"), true, &columns, rows) }]
}
