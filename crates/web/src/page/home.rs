//! The first page after signing in: what waits for this officer, whether the office is well, what they did last.

use super::Sample;
use crate::{
    address,
    component::{
        badge::Tone,
        button::Button,
        card::Card,
        clock,
        empty::empty,
        notice::Notice,
        table::{self, Column},
        tile::Tile,
        trail,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

/// A request that this officer may answer as second person.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// What is asked, in words: "Perubahan peran untuk ...".
    pub what: String,
    /// Its page.
    pub address: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// When it lapses, where it does.
    pub until: Option<Instant>,
}

/// Something this officer did.
#[derive(Clone, Debug)]
pub struct Done {
    /// When.
    pub at: Instant,
    /// What, in words.
    pub what: String,
    /// For which purpose, in words.
    pub purpose: Option<String>,
    /// Number in the journal.
    pub number: u64,
}

/// The state of the journal.
#[derive(Clone, Copy, Debug)]
pub struct Journal {
    /// Entries in it.
    pub entries: u64,
    /// When the last checkpoint was signed.
    pub signed_at: Option<Instant>,
}

/// How it stands with backups.
#[derive(Clone, Copy, Debug)]
pub struct Backup {
    /// The newest.
    pub newest: Option<Instant>,
    /// A folder for them is set.
    pub is_set: bool,
    /// There is none, or it is too old.
    pub is_late: bool,
}

/// What the page shows. What the officer may not know about is `None` and absent from the page.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The requests at the top of the list, oldest first; how many there are in all stands in the officer's own view.
    pub waiting: Option<Vec<Waiting>>,
    /// The journal.
    pub journal: Option<Journal>,
    /// How it stands with backups.
    pub backup: Option<Backup>,
    /// Persons on file.
    pub persons: Option<u64>,
    /// May register a person.
    pub may_register: bool,
    /// Indexes that are still being built: finding nothing there means nothing yet.
    pub index_building: bool,
    /// The daily erasure waits, because the date jumped.
    pub retention_held: bool,
    /// What this officer did last, newest first.
    pub done: Vec<Done>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let name = page.officer.map_or("", |officer| officer.name.as_str());
    let greeting = ui.format("home-greeting", &[("name", name.into())]);
    page.desk(
        &Head::new(ui.text("home-title")).section(Section::Home),
        html! {
            (Heading::new(&greeting)
                .lead(html! { p { (ui.locale.date_long(ui.today())) } })
                .actions(html! { @if view.may_register { (Button::primary(ui.text("home-register")).icon("user-plus").link(ui, "/persons/new")) } })
                .html(ui))
            @if view.retention_held {
                (Notice::new(Tone::Heed, ui.text("home-held")).body(html! { p { (ui.text("home-held-why")) " " a href=(super::office::RETENTION) { (ui.text("office-part-retention")) } "." } }).html(ui))
            }
            @if view.index_building { (Notice::new(Tone::Heed, ui.text("home-index")).body(html! { p { (ui.text("home-index-why")) } }).html(ui)) }
            (tiles(page, view))
            div.grid-main {
                @if let Some(waiting) = &view.waiting { (requests(page, waiting)) }
                (own_trail(page, &view.done))
            }
        },
    )
}

fn tiles(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let number = |number: u64| ui.locale.number(i64::try_from(number).unwrap_or(i64::MAX));
    html! {
        div.tiles {
            @if view.waiting.is_some() {
                @let count = page.officer.map_or(0, |officer| officer.requests_waiting);
                (Tile { label: ui.text("home-waiting"), value: &number(count), note: if count == 0 { ui.text("home-waiting-none") } else { ui.text("home-waiting-note") }, icon: "inbox", address: Some(address::REQUESTS) }.html(ui))
            }
            @if let Some(persons) = view.persons {
                (Tile { label: ui.text("home-persons"), value: &number(persons), note: ui.text("home-persons-note"), icon: "users", address: Some(address::PERSONS) }.html(ui))
            }
            @if let Some(journal) = view.journal {
                @let note = match journal.signed_at { Some(at) => ui.format("home-journal-signed", &[("when", ui.locale.ago(at, ui.now).into())]), None => ui.text("home-journal-unsigned").to_owned() };
                (Tile { label: ui.text("home-journal"), value: &number(journal.entries), note: &note, icon: "book-text", address: Some(address::JOURNAL) }.html(ui))
            }
            @if let Some(backup) = view.backup {
                @let value = backup.newest.map_or_else(|| ui.text("home-backup-none").to_owned(), |at| ui.locale.ago(at, ui.now));
                @let note = match (backup.is_set, backup.is_late) { (false, _) => ui.text("home-backup-unset"), (true, true) => ui.text("home-backup-late"), (true, false) => ui.text("home-backup-note") };
                (Tile { label: ui.text("home-backup"), value: &value, note, icon: "history", address: Some(address::OFFICE) }.html(ui))
            }
        }
    }
}

fn requests(page: &Page<'_>, waiting: &[Waiting]) -> Markup {
    let ui = &page.ui;
    let columns = [
        Column::words(ui.text("home-request")),
        Column::words(ui.text("home-asked-by")),
        Column::words(ui.text("home-asked-at")),
        Column::words(ui.text("home-until")),
    ];
    let card = Card::new("waiting", ui.text("home-waiting-title"));
    if waiting.is_empty() {
        return card.html(empty(ui, "circle-check", ui.text("home-waiting-none"), ui.text("home-waiting-empty"), None));
    }
    let rows = waiting.iter().map(|it| {
        vec![
            html! { a href=(it.address) { (it.what) } },
            html! { bdi { (it.asked_by) } },
            ui.ago(it.asked_at),
            html! { @if let Some(until) = it.until { (clock::countdown(ui, until)) } @else { span.muted { (ui.text("none")) } } },
        ]
    });
    card.flush().action(html! { a href=(address::REQUESTS) { (ui.text("home-all-requests")) } }).html(table::table(
        ui,
        ui.text("home-waiting-title"),
        false,
        &columns,
        rows,
    ))
}

fn own_trail(page: &Page<'_>, done: &[Done]) -> Markup {
    let ui = &page.ui;
    let you = ui.text("home-you");
    let entries: Vec<trail::Entry<'_>> = done
        .iter()
        .map(|it| trail::Entry { at: it.at, what: html! { (it.what) }, who: you, purpose: it.purpose.as_deref(), number: Some(it.number) })
        .collect();
    Card::new("own-trail", ui.text("home-trail")).note(html! { (ui.text("home-trail-note")) }).html(if entries.is_empty() {
        empty(ui, "history", ui.text("home-trail-none"), ui.text("home-trail-empty"), None)
    } else {
        trail::trail(ui, &entries)
    })
}

/// The page with everything, and for an officer on the first day.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page::sample(locale);
    let (ui, now) = (inside.ui, inside.ui.now);
    let waiting = |what: &str, who: &str, seconds: i64| Waiting {
        what: what.to_owned(),
        address: "/requests/019a9c3e-0000-7000-8000-000000000000".to_owned(),
        asked_by: who.to_owned(),
        asked_at: now.plus_seconds(-seconds),
        until: Some(now.plus_seconds(86_400 * 3 - seconds)),
    };
    let full = View {
        waiting: Some(vec![
            waiting(
                ui.sample("Perubahan peran Bagas P. (contoh): tambah petugas rekonsiliasi PNBP", "Change of roles of Bagas P. (sample): add cashier"),
                ui.sample("Dewi L. (contoh)", "Dewi L. (sample)"),
                10_800,
            ),
            waiting(ui.sample("Penghapusan data seorang pemohon", "Erasure of an applicant's data"), ui.sample("Made W. (contoh)", "Made W. (sample)"), 2_400),
        ]),
        journal: Some(Journal { entries: 18_205, signed_at: Some(now.plus_seconds(-60)) }),
        backup: Some(Backup { newest: Some(now.plus_seconds(-21_600)), is_set: true, is_late: false }),
        persons: Some(1_482),
        may_register: true,
        index_building: false,
        retention_held: false,
        done: vec![
            Done {
                at: now.plus_seconds(-60),
                what: ui.word("action", "person.read").to_owned(),
                purpose: Some(ui.word("purpose", "counter_service").to_owned()),
                number: 18_204,
            },
            Done {
                at: now.plus_seconds(-1_500),
                what: ui.word("action", "person.note").to_owned(),
                purpose: Some(ui.word("purpose", "stay_permit").to_owned()),
                number: 18_190,
            },
        ],
    };
    let first_day = View {
        waiting: Some(Vec::new()),
        index_building: true,
        retention_held: true,
        backup: Some(Backup { newest: None, is_set: false, is_late: true }),
        journal: Some(Journal { entries: 3, signed_at: None }),
        ..View::default()
    };
    let late = View { backup: Some(Backup { newest: Some(now.plus_seconds(-300_000)), is_set: true, is_late: true }), ..full.clone() };
    vec![
        Sample::new("home-backup-late", page(&inside, &late)),
        Sample::new("home", page(&inside, &full)),
        Sample::new("home-first-day", page(&inside, &first_day)),
    ]
}
