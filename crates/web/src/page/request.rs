//! Requests that a second person answers: the list.

use super::Sample;
use crate::{
    address,
    component::{
        badge::{self, Tone},
        card::Card,
        clock,
        empty::empty,
        pager::Pager,
        table::{self, Column},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::{request::State, time::Instant};

/// A request in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is asked, in words.
    pub what: String,
    /// Its page.
    pub address: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// When it lapses.
    pub until: Instant,
    /// Where it stands; a request past its time is shown as run out.
    pub state: State,
    /// Who answered, where somebody did.
    pub answered_by: Option<String>,
    /// The one who looks may answer.
    pub yours: bool,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Those that wait, the one that lapses first on top.
    pub open: Vec<Row>,
    /// Those that are over, newest first.
    pub over: Vec<Row>,
    /// Only what the officer opened can be seen.
    pub own_only: bool,
    /// The first part of the list, from a later one.
    pub newest: Option<String>,
    /// The part after this one.
    pub next: Option<String>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    page.desk(
        &Head::new(ui.text("request-title")).section(Section::Requests),
        html! {
            (Heading::new(ui.text("request-title")).lead(html! { p { (if view.own_only { ui.text("request-lead-own") } else { ui.text("request-lead") }) } }).html(ui))
            // A later part stays as it is while somebody reads it.
            @let live = view.newest.is_none();
            div.stack #requests-list hx-get=[live.then_some(address::REQUESTS)] hx-trigger=[live.then_some("live:requests from:body")] hx-select=[live.then_some("#requests-list")] hx-swap=[live.then_some("outerHTML")] {
                @if live { (open(ui, &view.open)) }
                @if !view.over.is_empty() { (over(ui, &view.over)) }
                @if !view.over.is_empty() || view.next.is_some() || view.newest.is_some() {
                    (Pager { shown: view.over.len(), total: None, previous: view.newest.as_deref(), next: view.next.as_deref() }.named(ui, ui.text("request-over")))
                }
            }
        },
    )
}

fn open(ui: &Ui<'_>, rows: &[Row]) -> Markup {
    let card = Card::new("request-open", ui.text("request-open"));
    if rows.is_empty() {
        return card.html(empty(ui, "circle-check", ui.text("request-none"), ui.text("request-none-why"), None));
    }
    let columns = [
        Column::words(ui.text("request-what")),
        Column::words(ui.text("request-asked-by")),
        Column::words(ui.text("request-asked-at")),
        Column::words(ui.text("request-left")),
    ];
    let rows = rows.iter().map(|row| {
        vec![
            html! { span.cluster { a href=(row.address) { (row.what) } @if row.yours { (badge::badge(ui, Tone::Heed, ui.text("request-yours"))) } } },
            html! { bdi { (row.asked_by) } },
            ui.ago(row.asked_at),
            clock::countdown(ui, row.until),
        ]
    });
    card.flush().html(table::table(ui, ui.text("request-open"), false, &columns, rows))
}

fn over(ui: &Ui<'_>, rows: &[Row]) -> Markup {
    let columns = [
        Column::words(ui.text("request-what")),
        Column::words(ui.text("request-asked-by")),
        Column::words(ui.text("request-asked-at")),
        Column::words(ui.text("request-outcome")),
        Column::words(ui.text("request-answered-by")),
    ];
    let rows = rows.iter().map(|row| {
        vec![
            html! { a href=(row.address) { (row.what) } },
            html! { bdi { (row.asked_by) } },
            ui.moment(row.asked_at),
            state(ui, row.state),
            html! { @if let Some(name) = &row.answered_by { bdi { (name) } } @else { span.muted { (ui.text("none")) } } },
        ]
    });
    Card::new("request-over", ui.text("request-over")).flush().html(table::table(ui, ui.text("request-over"), false, &columns, rows))
}

/// Where a request stands.
pub(super) fn state(ui: &Ui<'_>, state: State) -> Markup {
    let tone = match state {
        State::Open | State::Withdrawn => Tone::Calm,
        State::Approved => Tone::Good,
        State::Declined => Tone::Stop,
        State::Expired => Tone::Heed,
    };
    badge::badge(ui, tone, ui.word("request-state", state.as_str()))
}

/// Address of a request's page in samples.
pub(super) const SAMPLE_ADDRESS: &str = "/requests/019a9c3e-0000-7000-8000-000000000000";

/// Requests in each state, and none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::REQUESTS, ..Page::sample(locale) };
    let (ui, now) = (inside.ui, inside.ui.now);
    let row = |what: &str, state, answered_by: Option<&str>, seconds: i64| Row {
        what: what.to_owned(),
        address: SAMPLE_ADDRESS.to_owned(),
        asked_by: ui.sample("Ratih S. (contoh)", "Ratih S. (sample)").to_owned(),
        asked_at: now.plus_seconds(-seconds),
        until: now.plus_seconds(432_000 - seconds),
        state,
        answered_by: answered_by.map(str::to_owned),
        yours: false,
    };
    let roles = ui.sample("Perubahan peran Bagas P. (contoh)", "Change of roles of Bagas P. (sample)");
    let erase = ui.text("request-erase");
    let head = ui.sample("Dewi L. (contoh)", "Dewi L. (sample)");
    let full = View {
        open: vec![row(erase, State::Open, None, 430_000), Row { yours: true, ..row(roles, State::Open, None, 7_200) }],
        over: vec![
            row(roles, State::Approved, Some(head), 600_000),
            row(erase, State::Declined, Some(head), 700_000),
            row(roles, State::Withdrawn, None, 800_000),
            row(erase, State::Expired, None, 900_000),
        ],
        own_only: false,
        newest: None,
        next: Some("/requests?before=17204".to_owned()),
    };
    let later = View { open: Vec::new(), newest: Some(address::REQUESTS.to_owned()), next: None, ..full.clone() };
    vec![
        Sample::new("requests", page(&inside, &full)),
        Sample::new("requests-later", page(&inside, &later)),
        Sample::new("requests-none", page(&inside, &View { own_only: true, ..View::default() })),
    ]
}
