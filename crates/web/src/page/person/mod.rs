//! Persons: finding, registering, the file and what is done with it.

pub mod document;
pub mod erase;
pub mod form;
pub mod list;
pub mod new;
pub mod paper;
pub mod readers;
pub mod search;
pub mod show;

use crate::{
    component::{button::Button, empty::empty, field::Field, table, table::Column},
    layout::Page,
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::{
    access::Purpose,
    time::{Instant, PartialDate},
};

pub(super) use super::Sample;

/// A file that does not exist, for samples.
pub(crate) const SAMPLE_ADDRESS: &str = "/persons/019a9c3e-0000-7000-8000-0000000000aa";

/// What files are opened for: chosen now, and what else would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purposes {
    /// Goes into the journal with the next look.
    pub chosen: Purpose,
    /// All that the officer may name; the choice is shown when there is more than one.
    pub offered: Vec<Purpose>,
}

/// Who somebody is, beside their name: nationality and birth, for telling namesakes apart.
#[derive(Clone, Debug)]
pub struct Row {
    /// The file.
    pub address: String,
    /// Name; or that it cannot be read.
    pub name: String,
    /// Date of birth, as far as known.
    pub born: Option<PartialDate>,
    /// Code of nationality; `None`: who they are cannot be read, and nothing is said of them.
    pub nationality: Option<String>,
    /// Newest change.
    pub changed_at: Instant,
}

/// The choice of a purpose within a form; nothing when there is none to make.
fn purpose_field(ui: &Ui<'_>, id: &str, purposes: &Purposes) -> Markup {
    let options: Vec<(&str, &str)> = purposes.offered.iter().map(|it| (it.as_str(), ui.word("purpose", it.as_str()))).collect();
    html! {
        @if options.len() > 1 { (Field::select("purpose", ui.text("person-purpose"), &options, None).id(id).value(purposes.chosen.as_str()).html(ui)) }
        @else { (purpose_hidden(purposes.chosen)) }
    }
}

/// Carries the purpose on with a form.
fn purpose_hidden(purpose: Purpose) -> Markup {
    html! { input type="hidden" name="purpose" value=(purpose.as_str()); }
}

/// The form that finds: by whole document number, or by name.
fn find(page: &Page<'_>, q: &str, purposes: &Purposes) -> Markup {
    let ui = &page.ui;
    html! {
        form.form method="post" action=(crate::address::SEARCH) {
            (page.csrf_field())
            div.grid-2 {
                (Field::text("q", ui.text("person-find-what")).id("find").hint(ui.text("person-find-hint")).value(q).length_max(120).html(ui))
                (purpose_field(ui, "find-purpose", purposes))
            }
            div.actions { (Button::primary(ui.text("person-find-act")).icon("search").html(ui)) }
        }
    }
}

fn rows(ui: &Ui<'_>, caption: &str, rows: &[Row]) -> Markup {
    let columns = [
        Column::words(ui.text("person-name")),
        Column::words(ui.text("person-born")),
        Column::words(ui.text("person-nationality")),
        Column::words(ui.text("person-changed")),
    ];
    let rows = rows.iter().map(|row| {
        let (born, nationality) = match &row.nationality {
            Some(code) => (born(ui, row.born), html! { (code) }),
            None => (html! { "–" }, html! { "–" }),
        };
        vec![html! { a href=(row.address) { bdi { (row.name) } } }, born, nationality, ui.ago(row.changed_at)]
    });
    table::table(ui, caption, false, &columns, rows)
}

fn born(ui: &Ui<'_>, born: Option<PartialDate>) -> Markup {
    html! { @if let Some(born) = born { (ui.locale.partial_date(born)) } @else { span.muted { (ui.text("not-known")) } } }
}

fn nothing(ui: &Ui<'_>, title: &str, why: &str, may_register: bool) -> Markup {
    let register = may_register.then(|| Button::plain(ui.text("person-register")).icon("user-plus").link(ui, "/persons/new"));
    empty(ui, "search", title, why, register)
}

/// Some rows, for samples.
fn sample_rows(ui: &Ui<'_>) -> Vec<Row> {
    let row = |name: &str, born: &str, nationality: &str, seconds: i64| Row {
        address: format!("{SAMPLE_ADDRESS}?purpose=counter_service"),
        name: name.to_owned(),
        born: born.parse().ok(),
        nationality: Some(nationality.to_owned()),
        changed_at: ui.now.plus_seconds(-seconds),
    };
    vec![
        row("Lim Wei Shen (contoh)", "1985-03-03", "MYS", 240),
        row("محمد عبد الرحمن السيد", "1990", "EGY", 7_200),
        row("Maria da Conceição Guimarães de Almeida e Vasconcelos (contoh)", "1978-11", "TLS", 86_400 * 3),
        row("Suparman", "", "UTO", 86_400 * 40),
    ]
}

fn sample_purposes() -> Purposes {
    Purposes { chosen: Purpose::CounterService, offered: vec![Purpose::CounterService, Purpose::StayPermit] }
}

/// Every page of this area with each of its samples.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let areas = [list::samples, search::samples, new::samples, show::samples, document::samples, paper::samples, readers::samples, erase::samples];
    areas.into_iter().flat_map(|samples| samples(locale)).collect()
}
