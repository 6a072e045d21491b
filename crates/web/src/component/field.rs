//! One question with a written answer: text, number, password, a long text, or one of a list.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `name` | of the form's value; the id too, unless [`Field::id`] |
//! | `label` | the question, or the noun asked for |
//! | `hint` | what the answer looks like, before it is wrong |
//! | `value` | what was typed, kept when something is wrong (never for secrets) |
//! | `error` | what is wrong and how to put it right |
//! | `autocomplete` | the token of HTML's autofill; people should not type what their device knows |

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "label, hint and error are read together with the field",
    "the error stands between label and field, in words, with an icon, not only a colour",
    "what was typed is still there after an error, secrets excepted",
    "nothing is lost by turning the phone, and nothing scrolls sideways at 320 px",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    Line { input_type: &'static str },
    Long { rows: u8 },
    Choice { options: &'a [(&'a str, &'a str)], first: Option<&'a str> },
}

/// A field; finish with [`Field::html`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: Kind<'a>,
    id: Option<&'a str>,
    hint: Option<&'a str>,
    value: Option<&'a str>,
    error: Option<&'a str>,
    autocomplete: &'a str,
    inputmode: Option<&'a str>,
    length_max: Option<usize>,
    required: bool,
    optional: bool,
    class: &'static str,
    readonly: bool,
    autofocus: bool,
    capitals: bool,
}

impl<'a> Field<'a> {
    const fn new(name: &'a str, label: &'a str, kind: Kind<'a>) -> Self {
        Self {
            name,
            label,
            kind,
            id: None,
            hint: None,
            value: None,
            error: None,
            autocomplete: "off",
            inputmode: None,
            length_max: None,
            required: true,
            optional: false,
            class: "input",
            readonly: false,
            autofocus: false,
            capitals: false,
        }
    }

    /// A line of text.
    pub const fn text(name: &'a str, label: &'a str) -> Self {
        Self::new(name, label, Kind::Line { input_type: "text" })
    }

    /// An e-mail address.
    pub const fn email(name: &'a str, label: &'a str) -> Self {
        let mut field = Self::new(name, label, Kind::Line { input_type: "email" });
        field.autocomplete = "email";
        field
    }

    /// A password that is there already (`current`) or being chosen; can be shown while it is typed.
    pub const fn password(name: &'a str, label: &'a str, current: bool) -> Self {
        let mut field = Self::new(name, label, Kind::Line { input_type: "password" });
        field.autocomplete = if current { "current-password" } else { "new-password" };
        field
    }

    /// A calendar date that is known in full, with the device's own calendar. For dates of birth see [`super::date_field`].
    pub const fn date(name: &'a str, label: &'a str) -> Self {
        let mut field = Self::new(name, label, Kind::Line { input_type: "date" });
        field.class = "input short";
        field
    }

    /// Several lines of text.
    pub const fn long(name: &'a str, label: &'a str, rows: u8) -> Self {
        Self::new(name, label, Kind::Long { rows })
    }

    /// One of a list of `(value, words)`. With `first`, nothing is chosen at first and these words ask for a choice.
    pub const fn select(name: &'a str, label: &'a str, options: &'a [(&'a str, &'a str)], first: Option<&'a str>) -> Self {
        Self::new(name, label, Kind::Choice { options, first })
    }

    /// Another id than the name (several forms on a page).
    pub const fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// What the answer looks like.
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What was typed or is known.
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = Some(value);
        self
    }

    /// What is wrong.
    pub const fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// A token of HTML's autofill; `off` unless set.
    pub const fn autocomplete(mut self, token: &'a str) -> Self {
        self.autocomplete = token;
        self
    }

    /// The keyboard a phone shows: `numeric`, `email`, `tel`.
    pub const fn inputmode(mut self, mode: &'a str) -> Self {
        self.inputmode = Some(mode);
        self
    }

    /// Longest answer in characters; the same number that the domain refuses beyond.
    pub const fn length_max(mut self, characters: usize) -> Self {
        self.length_max = Some(characters);
        self
    }

    /// May stay empty; the label says so.
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self.optional = true;
        self
    }

    /// May stay empty, and its options say what that means ("all").
    pub const fn any(mut self) -> Self {
        self.required = false;
        self
    }

    /// A short answer: the field is as wide as the answer.
    pub const fn short(mut self) -> Self {
        self.class = "input short";
        self
    }

    /// Written in capitals (document numbers); the value sent is what was typed.
    pub const fn capitals(mut self) -> Self {
        self.capitals = true;
        self
    }

    /// Shown, not changed.
    pub const fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    /// Takes the focus when the page opens. One on a page, and only where the page is this question.
    pub const fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// The field with its label, hint and error.
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        let id = self.id.unwrap_or(self.name);
        let described = described_by(id, self.hint.is_some(), self.error.is_some());
        let invalid = self.error.is_some().then_some("true");
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(id) { (self.label) @if self.optional { " " span.muted { "(" (ui.text("field-optional")) ")" } } }
                (hint_and_error(ui, id, self.hint, self.error))
                @match self.kind {
                    Kind::Line { input_type } => {
                        input #(id) class=(self.class) type=(input_type) name=(self.name) value=[self.value.filter(|_| input_type != "password")] autocomplete=(self.autocomplete)
                            inputmode=[self.inputmode] maxlength=[self.length_max] required[self.required] readonly[self.readonly] autofocus[self.autofocus]
                            autocapitalize=[self.capitals.then_some("characters")] spellcheck=[(self.capitals || input_type == "password").then_some("false")]
                            aria-describedby=[described] aria-invalid=[invalid];
                        @if input_type == "password" {
                            label.choice.show-secret.script-only { input type="checkbox" data-shows=(id); span { (ui.text("password-show")) } }
                        }
                    }
                    Kind::Long { rows } => {
                        textarea #(id) class=(self.class) name=(self.name) rows=(rows) maxlength=[self.length_max] required[self.required] readonly[self.readonly] autofocus[self.autofocus]
                            autocomplete=(self.autocomplete) aria-describedby=[described] aria-invalid=[invalid] { (self.value.unwrap_or_default()) }
                    }
                    Kind::Choice { options, first } => {
                        select #(id) class=(self.class) name=(self.name) required[self.required] autofocus[self.autofocus] autocomplete=(self.autocomplete) aria-describedby=[described] aria-invalid=[invalid] {
                            @if let Some(first) = first { option value="" { (first) } }
                            @for (value, words) in options { option value=(value) selected[self.value == Some(value)] { (words) } }
                        }
                    }
                }
            }
        }
    }
}

/// Ids of what explains a field, for `aria-describedby`.
pub(super) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (true, true) => Some(format!("{id}-hint {id}-error")),
    }
}

/// The two lines between label and field.
pub(super) fn hint_and_error(ui: &Ui<'_>, id: &str, hint: Option<&str>, error: Option<&str>) -> Markup {
    html! {
        @if let Some(hint) = hint { p.hint id={ (id) "-hint" } { (hint) } }
        @if let Some(error) = error { p.error id={ (id) "-error" } { (ui.icon("triangle-alert")) span { span.unseen { (ui.text("field-error")) " " } (error) } } }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let sections = [("desk", ui.word("role", "desk")), ("stay", ui.word("role", "stay"))];
    vec![
        Example {
            name: "text",
            markup: Field::text("example-name", ui.sample("Nama lengkap", "Full name"))
                .hint(ui.sample("Seperti pada halaman data paspor.", "As on the data page of the passport."))
                .value("Lim Wei Shen")
                .html(ui),
        },
        Example {
            name: "error",
            markup: Field::text("example-number", ui.sample("Nomor paspor", "Passport number"))
                .hint(ui.sample("Huruf dan angka, tanpa spasi.", "Letters and digits, no spaces."))
                .value("A12 34")
                .error(Some(ui.sample("Tulis nomor paspor seperti pada halaman datanya.", "Write the passport number as on its data page.")))
                .short()
                .capitals()
                .html(ui),
        },
        Example { name: "password", markup: Field::password("example-password", ui.sample("Kata sandi", "Password"), true).html(ui) },
        Example { name: "select", markup: Field::select("example-section", ui.sample("Bagian", "Section"), &sections, Some(ui.text("field-choose"))).html(ui) },
        Example { name: "long-optional", markup: Field::long("example-note", ui.sample("Catatan", "Note"), 3).optional().length_max(2_000).html(ui) },
        Example { name: "date", markup: Field::date("example-until", ui.sample("Cuti sampai", "On leave until")).value("2026-12-26").html(ui) },
        Example { name: "readonly", markup: Field::text("example-code", ui.sample("Kode kantor", "Office code")).value("WKN").readonly().short().html(ui) },
    ]
}
