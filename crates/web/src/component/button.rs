//! Something to press: a button that sends a form, or a link that looks like one.
//!
//! | parameter | meaning |
//! | --- | --- |
//! | `label` | what happens, as a verb; the same words as in the trail afterwards |
//! | look | one `primary` on a page at most; `danger` for what takes something away; `quiet` beside a field |
//! | `key` | a letter: Alt and the letter press it. Never a letter alone, never Enter: scanners type both |
//! | `name_value` | what the form says when this button sent it |
//! | `icon` | repeats the word, never replaces it |

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is 44 px high at least, and its label wraps instead of being cut",
    "shows its key where there is one, and the key needs Alt",
    "a danger is said by the words, the colour only repeats it",
    "can be seen and told apart in forced colours",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Primary,
    Danger,
    Quiet,
}

/// A button; finish with [`Button::html`] (sends the form around it) or [`Button::link`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Button<'a> {
    label: &'a str,
    look: Look,
    key: Option<char>,
    icon: Option<&'a str>,
    name_value: Option<(&'a str, &'a str)>,
    slim: bool,
    formaction: Option<&'a str>,
    about: Option<&'a str>,
    unchecked: bool,
}

impl<'a> Button<'a> {
    const fn new(label: &'a str, look: Look) -> Self {
        Self { label, look, key: None, icon: None, name_value: None, slim: false, formaction: None, about: None, unchecked: false }
    }

    /// One of several things that can be done.
    pub const fn plain(label: &'a str) -> Self {
        Self::new(label, Look::Plain)
    }

    /// The thing this page is for.
    pub const fn primary(label: &'a str) -> Self {
        Self::new(label, Look::Primary)
    }

    /// Takes something away from somebody.
    pub const fn danger(label: &'a str) -> Self {
        Self::new(label, Look::Danger)
    }

    /// Beside something louder.
    pub const fn quiet(label: &'a str) -> Self {
        Self::new(label, Look::Quiet)
    }

    /// Alt and this letter press it.
    pub const fn key(mut self, letter: char) -> Self {
        self.key = Some(letter.to_ascii_lowercase());
        self
    }

    /// An icon before the label.
    pub const fn icon(mut self, name: &'a str) -> Self {
        self.icon = Some(name);
        self
    }

    /// The pair that the form sends when this button was pressed.
    pub const fn name_value(mut self, name: &'a str, value: &'a str) -> Self {
        self.name_value = Some((name, value));
        self
    }

    /// Sends the form to another address than the form's own.
    pub const fn to(mut self, address: &'a str) -> Self {
        self.formaction = Some(address);
        self
    }

    /// Words for screen readers after the label, where the label alone would be said many times on a page ("Open", of whom?).
    pub const fn about(mut self, what: &'a str) -> Self {
        self.about = Some(what);
        self
    }

    /// Sends the form as it is, also while required fields are empty: for a button that only changes the form.
    pub const fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// Less high, for rows of a table.
    pub const fn slim(mut self) -> Self {
        self.slim = true;
        self
    }

    /// The words of [`Button::about`].
    pub(super) const fn about_of(self) -> Option<&'a str> {
        self.about
    }

    const fn class(self) -> &'static str {
        match (self.look, self.slim) {
            (Look::Plain, false) => "button",
            (Look::Primary, false) => "button primary",
            (Look::Danger, false) => "button danger",
            (Look::Quiet, false) => "button quiet",
            (Look::Plain, true) => "button slim",
            (Look::Primary, true) => "button primary slim",
            (Look::Danger, true) => "button danger slim",
            (Look::Quiet, true) => "button quiet slim",
        }
    }

    fn inner(self, ui: &Ui<'_>) -> Markup {
        html! {
            @if let Some(icon) = self.icon { (ui.icon(icon)) }
            span data-text { (self.label) }
            @if let Some(about) = self.about { span.unseen { " " (about) } }
            @if let Some(key) = self.key { kbd aria-hidden="true" { "Alt " (key.to_ascii_uppercase()) } }
        }
    }

    /// A button that sends the form it stands in.
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        html! {
            button type="submit" class=(self.class()) accesskey=[self.key] name=[self.name_value.map(|it| it.0)] value=[self.name_value.map(|it| it.1)] formaction=[self.formaction] formnovalidate[self.unchecked] {
                (self.inner(ui))
            }
        }
    }

    /// A link to another page.
    pub fn link(self, ui: &Ui<'_>, address: &str) -> Markup {
        html! { a class=(self.class()) href=(address) accesskey=[self.key] { (self.inner(ui)) } }
    }

    /// A button that copies the text of the element with this id. Only shown where scripts run.
    pub fn copies(self, ui: &Ui<'_>, id: &str) -> Markup {
        html! {
            button type="button" class={ (self.class()) " script-only" } data-copies=(id) data-word-done=(ui.text("action-copied")) { (self.inner(ui)) }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    let (accept, later, refuse) = (ui.sample("Terima permohonan", "Accept the application"), ui.sample("Lanjutan", "Secondary"), ui.sample("Tolak", "Refuse"));
    vec![
        Example {
            name: "looks",
            markup: html! {
                div.actions { (Button::primary(accept).key('t').html(ui)) (Button::plain(later).key('l').html(ui)) (Button::danger(refuse).key('k').html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, "/style")) }
            },
        },
        Example {
            name: "icon-and-slim",
            markup: html! {
                div.actions {
                    (Button::plain(ui.sample("Undang petugas", "Invite an officer")).icon("user-plus").link(ui, "/style"))
                    (Button::plain(ui.sample("Buka", "Open")).slim().about("Lim Wei Shen").link(ui, "/style"))
                }
            },
        },
        Example {
            name: "long-label",
            markup: html! {
                div.actions.wide {
                    (Button::primary(ui.sample("Terima, terbitkan tagihan, dan beri tahu pemohon serta penjaminnya", "Accept, issue the bill, and tell both the applicant and the guarantor")).key('s').html(ui))
                }
            },
        },
    ]
}
