//! The fields of who a person is and of a travel document, shared by the forms that ask for them.

use crate::{
    component::{
        choice::{Choices, option, tick},
        date_field::{self, date_field},
        field::Field,
    },
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::person::{DOCUMENT_NUMBER_CHARS_MAX, DocumentKind, NAME_CHARS_MAX};

/// What is wrong: id of the field and the word of the reason.
pub type Fault = (String, &'static str);

/// Who a person is, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Name.
    pub name: String,
    /// Day of birth.
    pub day: String,
    /// Month of birth, 1 to 12.
    pub month: String,
    /// Year of birth.
    pub year: String,
    /// Nothing is known of the date.
    pub unknown: bool,
    /// `F`, `M` or `X`.
    pub sex: String,
    /// Code.
    pub nationality: String,
}

/// A travel document, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Word of the kind.
    pub kind: String,
    /// Code.
    pub issuer: String,
    /// Number.
    pub number: String,
    /// `YYYY-MM-DD`, or empty.
    pub expires: String,
}

/// The words of what is wrong, for the summary.
pub(super) fn summary<'a>(ui: &Ui<'_>, faults: &'a [Fault]) -> Vec<(&'a str, &'static str)> {
    faults.iter().map(|(id, word)| (id.as_str(), ui.word("person-fault", word))).collect()
}

fn error(ui: &Ui<'_>, faults: &[Fault], id: &str) -> Option<&'static str> {
    faults.iter().find(|(field, _)| field == id).map(|(_, word)| ui.word("person-fault", word))
}

/// Name, birth, sex, nationality.
pub(super) fn identity(ui: &Ui<'_>, typed: &Identity, faults: &[Fault]) -> Markup {
    let sexes: Vec<_> = [("F", "f"), ("M", "m"), ("X", "x")].map(|(value, word)| option(value, ui.word("sex", word), typed.sex == value)).to_vec();
    let born = date_field::Typed { day: &typed.day, month: &typed.month, year: &typed.year };
    html! {
        (Field::text("name", ui.text("person-name")).hint(ui.text("person-name-hint")).value(&typed.name).length_max(NAME_CHARS_MAX).error(error(ui, faults, "name")).html(ui))
        div.stack-s {
            (date_field(ui, "born", ui.text("person-born"), born, error(ui, faults, "born-year")))
            (tick("born-unknown", "1", ui.text("person-born-unknown"), typed.unknown))
        }
        (Choices::one("sex", ui.text("person-sex"), &sexes).hint(ui.text("person-sex-hint")).error(error(ui, faults, "sex")).html(ui))
        (Field::text("nationality", ui.text("person-nationality")).hint(ui.text("person-code-hint")).value(&typed.nationality).length_max(3).short().capitals().error(error(ui, faults, "nationality")).html(ui))
    }
}

/// A document; `mark` ends the names of its fields: `-1`. Where it may stay empty, nothing of it is required.
pub(super) fn document(ui: &Ui<'_>, mark: &str, typed: &Document, faults: &[Fault], optional: bool) -> Markup {
    let id = |field: &str| format!("{field}{mark}");
    let [kind, issuer, number, expires] = ["kind", "issuer", "number", "expires"].map(id);
    let kinds: Vec<(&str, &str)> = DocumentKind::ALL.iter().map(|it| (it.as_str(), ui.word("document-kind", it.as_str()))).collect();
    html! {
        div.grid-2 {
            (Field::select(&kind, ui.text("person-document-kind"), &kinds, None).value(if typed.kind.is_empty() { DocumentKind::Passport.as_str() } else { &typed.kind }).error(error(ui, faults, &kind)).html(ui))
            (with(Field::text(&issuer, ui.text("person-issuer")), optional).hint(ui.text("person-code-hint")).value(&typed.issuer).length_max(3).capitals().error(error(ui, faults, &issuer)).html(ui))
            (with(Field::text(&number, ui.text("person-number")), optional).hint(ui.text("person-number-hint")).value(&typed.number).length_max(DOCUMENT_NUMBER_CHARS_MAX + 10).capitals().error(error(ui, faults, &number)).html(ui))
            (Field::date(&expires, ui.text("person-expires")).optional().hint(ui.text("person-expires-hint")).value(&typed.expires).error(error(ui, faults, &expires)).html(ui))
        }
    }
}

fn with(field: Field<'_>, optional: bool) -> Field<'_> {
    if optional { field.optional() } else { field }
}

/// What samples hold.
pub(super) fn sample_identity() -> Identity {
    Identity {
        name: "Lim Wei Shen (contoh)".to_owned(),
        day: "3".to_owned(),
        month: "3".to_owned(),
        year: "1985".to_owned(),
        unknown: false,
        sex: "M".to_owned(),
        nationality: "MYS".to_owned(),
    }
}
