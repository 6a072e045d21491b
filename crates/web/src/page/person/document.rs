//! Recording another travel document.

use super::{
    SAMPLE_ADDRESS, Sample, form,
    form::{Document, Fault},
    new::{address_of, known},
    purpose_hidden,
};
use crate::{
    component::{button::Button, card::Card, error_summary},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::access::Purpose;

/// What was typed, and what was wrong with it.
#[derive(Clone, Debug)]
pub struct View {
    /// The file.
    pub address: String,
    /// What was typed.
    pub document: Document,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// It stands on a file already: issuer and number.
    pub known: Vec<(String, String)>,
    /// What for.
    pub purpose: Purpose,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-document-add");
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-back"), &view.address).lead(html! { p { (ui.text("person-document-lead")) } }).html(ui))
            (error_summary::error_summary(ui, &form::summary(ui, &view.faults)))
            (known(page, &view.known, view.purpose))
            (Card::bare().front().html(html! {
                form.form method="post" action={ (address_of(&view.address)) "/documents" } {
                    (page.csrf_field())
                    (purpose_hidden(view.purpose))
                    (form::document(ui, "", &view.document, &view.faults, false))
                    div.actions { (Button::primary(ui.text("person-document-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, &view.address)) }
                }
            }))
        },
    )
}

/// Empty, and a document that is known.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: SAMPLE_ADDRESS, ..Page::sample(locale) };
    let view =
        View { address: SAMPLE_ADDRESS.to_owned(), document: Document::default(), faults: Vec::new(), known: Vec::new(), purpose: Purpose::CounterService };
    let known = View {
        document: Document { issuer: "MYS".to_owned(), number: "A1234567".to_owned(), ..Document::default() },
        faults: vec![("number".to_owned(), "known")],
        known: vec![("MYS".to_owned(), "A1234567".to_owned())],
        ..view.clone()
    };
    vec![Sample::new("person-document", page(&inside, &view)), Sample::new("person-document-known", page(&inside, &known))]
}
