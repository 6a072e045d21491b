//! A date of birth, of which day, or day and month, may be unknown.
//!
//! Travel documents exist with only a year (ICAO Doc 9303 part 3, §4.8), so day and month may stay empty. Whether the year may, the
//! form around it decides and the server checks. Names of the values: `{name}-day`, `{name}-month`, `{name}-year`.

use super::{Example, field};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is a group with the question as its legend, three fields with their own labels",
    "the month is chosen by name: 03/04 means two days in the world",
    "an unknown day or month is possible without a trick, and the hint says so",
    "the browser fills in the person's own birthday only where the person answers about themselves",
];

/// What was typed: day, month, year, as text, so that it is still there after an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Typed<'a> {
    /// Day of the month, or empty.
    pub day: &'a str,
    /// Month as 1 to 12, or empty.
    pub month: &'a str,
    /// Four digits.
    pub year: &'a str,
}

/// The three fields. The summary of errors links to `{name}-year`, the one that must be there.
pub fn date_field(ui: &Ui<'_>, name: &str, legend: &str, typed: Typed<'_>, error: Option<&str>) -> Markup {
    let described = field::described_by(name, true, error.is_some());
    let invalid = error.is_some().then_some("true");
    html! {
        div.field.wrong[error.is_some()] {
            fieldset aria-describedby=[described] {
                legend { (legend) }
                (field::hint_and_error(ui, name, Some(ui.text("date-partial-hint")), error))
                div.date-parts {
                    label { (ui.text("date-day")) input.input id={ (name) "-day" } type="text" name={ (name) "-day" } value=(typed.day) inputmode="numeric" maxlength="2" autocomplete="off" aria-invalid=[invalid]; }
                    label {
                        (ui.text("date-month"))
                        select.input id={ (name) "-month" } name={ (name) "-month" } autocomplete="off" aria-invalid=[invalid] {
                            option value="" { (ui.text("date-unknown")) }
                            @for (index, month) in ui.locale.months().iter().enumerate() { option value=(index + 1) selected[typed.month.parse() == Ok(index + 1)] { (month) } }
                        }
                    }
                    label { (ui.text("date-year")) input.input.year id={ (name) "-year" } type="text" name={ (name) "-year" } value=(typed.year) inputmode="numeric" maxlength="4" autocomplete="off" aria-invalid=[invalid]; }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let legend = ui.sample("Tanggal lahir", "Date of birth");
    vec![
        Example { name: "known", markup: date_field(ui, "example-birth", legend, Typed { day: "3", month: "3", year: "1985" }, None) },
        Example {
            name: "error",
            markup: date_field(
                ui,
                "example-born",
                legend,
                Typed { day: "", month: "", year: "85" },
                Some(ui.sample("Tahun lahir harus terdiri dari empat angka.", "The year of birth must have four digits.")),
            ),
        },
    ]
}
