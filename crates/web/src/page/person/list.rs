//! The newest files.

use super::{Purposes, Row, Sample, find, nothing, purpose_field, rows, sample_purposes, sample_rows};
use crate::{
    address,
    component::{button::Button, card::Card, pager::Pager},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Files, newest first.
    pub rows: Vec<Row>,
    /// What they are opened for.
    pub purposes: Purposes,
    /// The first part of the list.
    pub newest: Option<String>,
    /// The part after this one.
    pub next: Option<String>,
    /// May register a person.
    pub may_register: bool,
}

/// The page. It does not follow what changes: each look is an entry of the journal, and nobody looked.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-title");
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title)
                .lead(html! { p { (ui.text("person-recorded")) } })
                .actions(html! { @if view.may_register { (Button::plain(ui.text("person-register")).icon("user-plus").link(ui, "/persons/new")) } })
                .html(ui))
            (Card::new("person-find", ui.text("person-find")).front().html(find(page, "", &view.purposes)))
            @if view.rows.is_empty() {
                (Card::new("person-newest", ui.text("person-newest")).html(nothing(ui, ui.text("person-none"), ui.text("person-none-why"), view.may_register)))
            } @else {
                (Card::new("person-newest", ui.text("person-newest")).flush().action(html! {
                    @if view.purposes.offered.len() > 1 {
                        form.cluster.no-print method="get" action=(address::PERSONS) { (purpose_field(ui, "list-purpose", &view.purposes)) (Button::quiet(ui.text("person-purpose-act")).slim().html(ui)) }
                    }
                }).html(rows(ui, ui.text("person-newest"), &view.rows)))
                (Pager { shown: view.rows.len(), total: None, previous: view.newest.as_deref(), next: view.next.as_deref() }.html(ui))
            }
        },
    )
}

/// With files, and on the first day.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::PERSONS, ..Page::sample(locale) };
    let view = View {
        rows: sample_rows(&inside.ui),
        purposes: sample_purposes(),
        newest: None,
        next: Some("/persons?before=1204&purpose=counter_service".to_owned()),
        may_register: true,
    };
    let mut one = sample_purposes();
    one.offered.truncate(1);
    vec![
        Sample::new("persons", page(&inside, &view)),
        Sample::new("persons-none", page(&inside, &View { rows: Vec::new(), purposes: one, next: None, ..view })),
    ]
}
