//! Who opened a person's file, when, in which role and what for. The person has a right to know it; what the file says does not stand here.

use super::{SAMPLE_ADDRESS, Sample};
use crate::{
    address,
    component::{card::Card, empty::empty, pager::Pager, table, table::Column},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::{
    access::{Purpose, Role},
    time::Instant,
};

/// A look.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who; `None`: the program.
    pub who: Option<String>,
    /// In which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// When.
    pub at: Instant,
    /// They looked at this list rather than at the file.
    pub readers: bool,
    /// Entry.
    pub number: u64,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Newest first.
    pub rows: Vec<Row>,
    /// The file, where the officer may open it.
    pub file: Option<String>,
    /// Entries lead to their proof.
    pub may_prove: bool,
    /// The newest part of the list.
    pub newest: Option<String>,
    /// The part after this one.
    pub next: Option<String>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-readers-title");
    let (up, up_address) = match &view.file {
        Some(file) => (ui.text("person-back"), file.as_str()),
        None => (ui.text("section-journal"), address::JOURNAL),
    };
    let columns = [
        Column::words(ui.text("person-reader")),
        Column::words(ui.text("person-reader-role")),
        Column::words(ui.text("person-reader-purpose")),
        Column::words(ui.text("person-reader-what")),
        Column::words(ui.text("person-reader-at")),
        Column::numbers(ui.text("person-reader-entry")),
    ];
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(up, up_address).lead(html! { p { (ui.text("person-readers-lead")) } }).html(ui))
            @if view.rows.is_empty() { (Card::bare().html(empty(ui, "eye", ui.text("person-readers-none"), ui.text("person-readers-none-why"), None))) }
            @else {
                (Card::bare().flush().html(table::table(ui, title, false, &columns, view.rows.iter().map(|row| vec![
                    html! { bdi { (row.who.as_deref().unwrap_or(ui.text("person-program"))) } },
                    html! { (ui.word("role", row.role.as_str())) },
                    html! { (ui.word("purpose", row.purpose.as_str())) },
                    html! { (ui.word("event", if row.readers { "person.readers_read" } else { "person.read" })) },
                    ui.moment(row.at),
                    super::show::entry(ui, row.number, view.may_prove),
                ]))))
                (Pager { shown: view.rows.len(), total: None, previous: view.newest.as_deref(), next: view.next.as_deref() }.html(ui))
            }
        },
    )
}

/// Some looks, and none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: SAMPLE_ADDRESS, ..Page::sample(locale) };
    let ui = inside.ui;
    let row = |who: Option<&str>, role, purpose, seconds: i64, number, readers| Row {
        who: who.map(str::to_owned),
        role,
        purpose,
        at: ui.now.plus_seconds(-seconds),
        readers,
        number,
    };
    let rows = vec![
        row(Some(ui.sample("Dewi L. (contoh)", "Dewi L. (sample)")), Role::PrivacyOfficer, Purpose::PrivacyRequest, 60, 18_204, true),
        row(Some(ui.sample("Ratih S. (contoh)", "Ratih S. (sample)")), Role::Desk, Purpose::CounterService, 3_600, 18_190, false),
        row(None, Role::System, Purpose::Retention, 90_000, 17_002, false),
    ];
    let view = View { rows, file: Some(SAMPLE_ADDRESS.to_owned()), may_prove: true, newest: None, next: None };
    vec![Sample::new("person-readers", page(&inside, &view)), Sample::new("person-readers-none", page(&inside, &View { rows: Vec::new(), file: None, ..view }))]
}
