//! What a search found. It answers a POST: what was looked for stands in no address.

use super::{Purposes, Row, Sample, find, nothing, purpose_hidden, rows, sample_purposes, sample_rows};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, error_summary, field::Field, notice::Notice},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::person::DOCUMENT_NUMBER_CHARS_MAX;

/// What came of it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Files on which the document stands; none is an answer, too.
    ByNumber(Vec<Row>),
    /// Files of people with such a name, with whether every file was looked at.
    ByName {
        /// Best first.
        rows: Vec<Row>,
        /// The index of names holds every file.
        complete: bool,
    },
    /// A number alone names a document only together with who issued it.
    Issuer {
        /// As typed.
        number: String,
        /// As typed.
        issuer: String,
        /// Field and word of what is wrong.
        faults: Vec<(&'static str, &'static str)>,
    },
    /// There is no index of names yet: nobody was looked for.
    NotChecked,
    /// One letter is no name to look for.
    TooShort,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// As typed.
    pub q: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What for.
    pub purposes: Purposes,
    /// May register a person.
    pub may_register: bool,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-search-title");
    let faults: Vec<(&str, &str)> = match &view.outcome {
        Outcome::Issuer { faults, .. } => faults.iter().map(|(field, word)| (*field, ui.word("person-fault", word))).collect(),
        _ => Vec::new(),
    };
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-title"), address::PERSONS).lead(html! { p { (ui.text("person-search-recorded")) } }).html(ui))
            (error_summary::error_summary(ui, &faults))
            @match &view.outcome {
                Outcome::ByNumber(found) => {
                    @if found.is_empty() { (Card::bare().html(nothing(ui, ui.text("person-number-none"), ui.text("person-number-none-why"), view.may_register))) }
                    @else { (results(page, found)) }
                }
                Outcome::ByName { rows: found, complete } => {
                    @if !complete { (Notice::new(Tone::Heed, ui.text("person-names-building")).body(html! { p { (ui.text("person-names-building-why")) } }).html(ui)) }
                    @if !found.is_empty() { (results(page, found)) }
                    @else if *complete { (Card::bare().html(nothing(ui, ui.text("person-name-none"), ui.text("person-name-none-why"), view.may_register))) }
                }
                Outcome::Issuer { number, issuer, .. } => {
                    @let error = |field: &str| faults.iter().find(|(name, _)| *name == field).map(|(_, words)| *words);
                    (Card::new("person-issuer", ui.text("person-issuer-title")).front().note(html! { (ui.text("person-issuer-why")) }).html(html! {
                        form.form method="post" action=(address::SEARCH) {
                            (page.csrf_field())
                            (purpose_hidden(view.purposes.chosen))
                            div.grid-2 {
                                (Field::text("number", ui.text("person-number")).value(number).length_max(DOCUMENT_NUMBER_CHARS_MAX + 10).capitals().error(error("number")).html(ui))
                                (Field::text("issuer", ui.text("person-issuer")).hint(ui.text("person-code-hint")).value(issuer).length_max(3).capitals().short().autofocus().error(error("issuer")).html(ui))
                            }
                            div.actions { (Button::primary(ui.text("person-find-act")).icon("search").html(ui)) }
                        }
                    }))
                }
                Outcome::TooShort => {
                    (Notice::new(Tone::Stop, ui.text("person-name-short")).body(html! { p { (ui.text("person-name-short-why")) } }).html(ui))
                }
                Outcome::NotChecked => {
                    (Notice::new(Tone::Heed, ui.text("person-names-not-checked")).body(html! { p { (ui.text("person-names-not-checked-why")) } }).html(ui))
                }
            }
            (Card::new("person-find", ui.text("person-find-again")).html(find(page, &view.q, &view.purposes)))
        },
    )
}

fn results(page: &Page<'_>, found: &[Row]) -> Markup {
    let ui = &page.ui;
    let title = ui.format("person-found", &[("count", found.len().into())]);
    Card::new("person-found", &title).flush().html(rows(ui, &title, found))
}

/// Each outcome.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::PERSONS, ..Page::sample(locale) };
    let ui = inside.ui;
    let view = |q: &str, outcome| page(&inside, &View { q: q.to_owned(), outcome, purposes: sample_purposes(), may_register: true });
    let mut one = sample_rows(&ui);
    one.truncate(1);
    let issuer = |issuer: &str, faults| Outcome::Issuer { number: "A1234567".to_owned(), issuer: issuer.to_owned(), faults };
    vec![
        Sample::new("persons-search-number", view("MYS A1234567", Outcome::ByNumber(one))),
        Sample::new("persons-search-number-none", view("MYS A1234567", Outcome::ByNumber(Vec::new()))),
        Sample::new("persons-search-name", view("maria", Outcome::ByName { rows: sample_rows(&ui), complete: true })),
        Sample::new("persons-search-name-building", view("maria", Outcome::ByName { rows: Vec::new(), complete: false })),
        Sample::new("persons-search-issuer", view("A1234567", issuer("", Vec::new()))),
        Sample::new("persons-search-issuer-wrong", view("A1234567", issuer("M1", vec![("issuer", "code")]))),
        Sample::new("persons-search-short", view("m", Outcome::TooShort)),
        Sample::new("persons-search-not-checked", view("maria", Outcome::NotChecked)),
    ]
}
