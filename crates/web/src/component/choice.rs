//! One or several of a few things, all of them visible: radios and checkboxes.
//!
//! For more than about ten things use [`super::field::Field::select`].

use super::{Example, field};
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] =
    &["the question is the legend of the group", "the whole row can be pressed, 44 px high", "nothing is chosen beforehand where a choice is a decision"];

/// One thing that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    /// What the form sends.
    pub value: &'a str,
    /// What the person reads.
    pub label: &'a str,
    /// What choosing it means, where the label is not enough.
    pub hint: Option<&'a str>,
    /// Chosen now.
    pub chosen: bool,
}

/// A choice with its words only.
pub const fn option<'a>(value: &'a str, label: &'a str, chosen: bool) -> Choice<'a> {
    Choice { value, label, hint: None, chosen }
}

/// A group of choices; finish with [`Choices::html`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Choices<'a> {
    name: &'a str,
    legend: &'a str,
    options: &'a [Choice<'a>],
    several: bool,
    hint: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> Choices<'a> {
    /// Exactly one of them.
    pub const fn one(name: &'a str, legend: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self { name, legend, options, several: false, hint: None, error: None }
    }

    /// Any number of them; the form sends `name` once for each.
    pub const fn several(name: &'a str, legend: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self { name, legend, options, several: true, hint: None, error: None }
    }

    /// How to choose.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong.
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// The group. Ids are `{name}` (first choice, where the summary of errors leads), `{name}-2`, ...
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        let kind = if self.several { "checkbox" } else { "radio" };
        html! {
            div.field.wrong[self.error.is_some()] {
                fieldset aria-describedby=[field::described_by(self.name, self.hint.is_some(), self.error.is_some())] {
                    legend { (self.legend) }
                    (field::hint_and_error(ui, self.name, self.hint, self.error))
                    div.choices {
                        @for (index, option) in self.options.iter().enumerate() {
                            @let id = if index == 0 { self.name.to_owned() } else { format!("{}-{}", self.name, index + 1) };
                            label.choice for=(id) {
                                input #(id) type=(kind) name=(self.name) value=(option.value) checked[option.chosen] required[!self.several] aria-describedby=[option.hint.map(|_| format!("{id}-about"))];
                                span { span.label { (option.label) } @if let Some(hint) = option.hint { span.hint id={ (id) "-about" } { (hint) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// One box to tick that stands alone: an agreement, a filter.
pub fn tick(name: &str, value: &str, label: &str, chosen: bool) -> Markup {
    html! { label.choice { input #(name) type="checkbox" name=(name) value=(value) checked[chosen]; span.label { (label) } } }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let purposes = [
        Choice {
            hint: Some(ui.sample("Orangnya ada di loket.", "The person is at the counter.")),
            ..option("counter_service", ui.word("purpose", "counter_service"), false)
        },
        Choice {
            hint: Some(ui.sample("Menjawab permintaan tentang datanya sendiri.", "To answer a request about their own data.")),
            ..option("privacy_request", ui.word("purpose", "privacy_request"), false)
        },
    ];
    let roles =
        [option("desk", ui.word("role", "desk"), true), option("stay", ui.word("role", "stay"), false), option("cashier", ui.word("role", "cashier"), true)];
    vec![
        Example {
            name: "one",
            markup: Choices::one("example-purpose", ui.sample("Untuk apa Anda membuka berkas ini?", "What do you open this file for?"), &purposes)
                .hint(ui.sample("Tujuan dicatat dalam jurnal dan dapat dilihat orangnya.", "The purpose goes into the journal, and the person can see it."))
                .html(ui),
        },
        Example {
            name: "several-wrong",
            markup: Choices::several("example-roles", ui.sample("Peran", "Roles"), &roles)
                .error(Some(ui.sample("Petugas loket tidak boleh merangkap petugas rekonsiliasi PNBP.", "A counter officer can't be cashier as well.")))
                .html(ui),
        },
        Example { name: "tick", markup: tick("example-erased", "1", ui.sample("Tampilkan juga yang sudah dihapus", "Show erased ones too"), false) },
    ]
}
