//! The newest entries.
//!
//! The page that is asked for most: its table is written in one go instead of cell by cell, and moments share what they have in common.

use super::{Leads, Sample, subject};
use crate::{
    address,
    component::{button::Button, card::Card, empty::empty, field::Field, pager::Pager},
    layout::{Head, Heading, Page, Section},
    locale::{Locale, Moments},
    ui::{Ui, Words},
};
use maud::{Markup, PreEscaped, html};
use siger_domain::{
    access::{Purpose, Role},
    event::{Event, Subject},
    id::{OfficerId, PersonId, RequestId},
    time::Instant,
};
use std::sync::OnceLock;

/// An entry, without its body.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// Number.
    pub number: u64,
    /// When.
    pub at: Instant,
    /// What, as a kind that the texts know.
    pub kind: &'static str,
    /// About what.
    pub subject: Subject,
    /// Who; `None`: the program, or somebody who no longer has a name here.
    pub who: Option<&'a str>,
    /// The program itself.
    pub program: bool,
    /// In which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Newest first.
    pub rows: Vec<Row<'a>>,
    /// Only this kind.
    pub kind: Option<&'static str>,
    /// Only entries before this one.
    pub before: Option<u64>,
    /// There are older ones.
    pub more: bool,
    /// How many there are in all, where the page knows it.
    pub total: Option<u64>,
    /// Which subjects lead somewhere.
    pub leads: Leads,
    /// Entries lead to their proof.
    pub may_prove: bool,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View<'_>) -> Markup {
    let ui = &page.ui;
    let title = ui.text("section-journal");
    let here = address_of(view.kind, None);
    // The first part follows what happens; an older one stays as it is.
    let live = view.before.is_none();
    page.desk(
        &Head::new(title).section(Section::Journal),
        html! {
            (Heading::new(title).lead(html! { p { (ui.text("journal-lead")) } }).html(ui))
            @match view.kind { None => { (OPEN_FILTER[ui.locale as usize].get_or_init(|| filter(ui, None))) } chosen => { (filter(ui, chosen)) } }
            div.stack #journal-rows hx-get=[live.then_some(&here)] hx-trigger=[live.then_some("live:journal from:body")] hx-select="#journal-rows" hx-swap="outerHTML" {
                @if view.rows.is_empty() { (Card::bare().html(empty(ui, "book-text", ui.text("journal-none"), ui.text("journal-none-why"), None))) }
                @else {
                    (Card::bare().flush().html(table(ui, view)))
                    @let next = view.rows.last().filter(|_| view.more).map(|last| address_of(view.kind, Some(last.number)));
                    (Pager { shown: view.rows.len(), total: view.total, previous: view.before.map(|_| here.as_str()), next: next.as_deref() }.html(ui))
                }
            }
        },
    )
}

fn address_of(kind: Option<&str>, before: Option<u64>) -> String {
    match (kind, before) {
        (None, None) => address::JOURNAL.to_owned(),
        (Some(kind), None) => format!("{}?kind={kind}", address::JOURNAL),
        (None, Some(before)) => format!("{}?before={before}", address::JOURNAL),
        (Some(kind), Some(before)) => format!("{}?kind={kind}&before={before}", address::JOURNAL),
    }
}

/// The filter before anything is chosen, in each language: its many words are the same on every such page.
static OPEN_FILTER: [OnceLock<Markup>; 2] = [const { OnceLock::new() }; 2];

fn filter(ui: &Ui<'_>, kind: Option<&str>) -> Markup {
    let options: Vec<(&str, &str)> =
        std::iter::once(("", ui.text("journal-all"))).chain(Event::KINDS.iter().map(|(kind, _)| (*kind, ui.word("event", kind)))).collect();
    html! {
        form.filter.no-print method="get" action=(address::JOURNAL) data-sends-itself {
            (Field::select("kind", ui.text("journal-kind"), &options, None).any().value(kind.unwrap_or("")).html(ui))
            (Button::plain(ui.text("journal-show")).html(ui))
        }
    }
}

fn table(ui: &Ui<'_>, view: &View<'_>) -> Markup {
    let [number, at, what, about, who, purpose] = [
        ui.text("journal-number"),
        ui.text("journal-at"),
        ui.text("journal-what"),
        ui.text("journal-about"),
        ui.text("journal-who"),
        ui.text("journal-purpose"),
    ];
    // Written into markup once, not once for each row.
    let [number, at, what, about, who, purpose] = [number, at, what, about, who, purpose].map(|label| html! { (label) });
    let (program, gone) = (ui.text("person-program"), ui.text("journal-gone"));
    // Numbers and moments have no sign that markup would take for its own: they are not looked through for one.
    let digits = |number: u64| PreEscaped(ui.locale.number(number as i64));
    let (mut moments, mut words) = (Moments::new(ui.locale, ui.zone), Words::new(ui.locale));
    html! {
        div.table-box {
            table.table.stacks {
                caption.unseen { (ui.text("journal-caption")) }
                thead { tr { @for label in [&number, &at, &what, &about, &who, &purpose] { th scope="col" { (label) } } } }
                tbody {
                    @for row in &view.rows {
                        tr {
                            th scope="row" { @if view.may_prove { a href={ (address::JOURNAL) "/" (row.number) } { (digits(row.number)) } } @else { (digits(row.number)) } }
                            td data-label=(at) { time datetime=(PreEscaped(row.at.to_rfc3339())) { (moments.exact(row.at)) } }
                            td data-label=(what) { (words.word("event", row.kind)) }
                            td data-label=(about) { (subject(words.word("resource", row.subject.kind()), row.subject, view.leads)) }
                            td data-label=(who) { bdi { (match row.who { Some(name) => name, None if row.program => program, None => gone }) } br; span.small.muted { (words.word("role", row.role.as_str())) } }
                            td data-label=(purpose) { (words.word("purpose", row.purpose.as_str())) }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn sample_rows<'a>(ui: &Ui<'a>) -> Vec<Row<'a>> {
    let ratih = ui.sample("Ratih S. (contoh)", "Ratih S. (sample)");
    let person = Subject::Person(PersonId::from_bytes([7; 16]));
    let row = |number, seconds: i64, kind, subject, who: Option<&'a str>, role, purpose| Row {
        number,
        at: ui.now.plus_seconds(-seconds),
        kind,
        subject,
        who,
        program: role == Role::System,
        role,
        purpose,
    };
    vec![
        row(18_204, 5, "person.read", person, Some(ratih), Role::Desk, Purpose::CounterService),
        row(18_203, 90, "person.searched", Subject::Office, Some(ratih), Role::Desk, Purpose::CounterService),
        row(18_202, 4_000, "officer.signed_in", Subject::Officer(OfficerId::from_bytes([8; 16])), Some(ratih), Role::Desk, Purpose::CounterService),
        row(18_201, 40_000, "retention.applied", Subject::Office, None, Role::System, Purpose::Retention),
        row(18_200, 90_000, "request.opened", Subject::Request(RequestId::from_bytes([9; 16])), None, Role::PrivacyOfficer, Purpose::PrivacyRequest),
        row(18_199, 90_100, "unknown", person, Some(ratih), Role::Desk, Purpose::CounterService),
    ]
}

/// Some entries, one kind of which there are none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::JOURNAL, ..Page::sample(locale) };
    let leads = Leads { persons: true, readers: true, officers: true, requests: true };
    let view = View { rows: sample_rows(&inside.ui), kind: None, before: None, more: true, total: Some(18_205), leads, may_prove: true };
    let none = View { rows: Vec::new(), kind: Some("person.erased"), more: false, total: None, ..view.clone() };
    let older = View { before: Some(18_205), kind: Some("person.read"), leads: Leads::default(), may_prove: false, total: None, ..view.clone() };
    vec![Sample::new("journal", page(&inside, &view)), Sample::new("journal-none", page(&inside, &none)), Sample::new("journal-older", page(&inside, &older))]
}
