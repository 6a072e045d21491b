//! The office: what it is, where its data is, its journal.

use super::Sample;
use crate::{
    address,
    component::{
        badge::{self, Tone},
        card::Card,
        facts, proof,
        tabs::{Tab, tabs},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

/// Who may do what.
pub const ACCESS: &str = "/office/access";
/// Keys, and new ones in their place.
pub const KEYS: &str = "/office/keys";
/// How long data is kept.
pub const RETENTION: &str = "/office/retention";
/// Work for later.
pub const JOBS: &str = "/office/jobs";

/// The parts of the office that the one who looks may see.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parts {
    /// Settings, state, and who may do what.
    pub office: bool,
    /// How long data is kept.
    pub retention: bool,
    /// Work for later.
    pub jobs: bool,
}

/// Whether the folder of sealed pictures and papers can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blobs {
    /// It can; so many lie there, or at least so many.
    Readable {
        /// How many were counted.
        count: u64,
        /// Counting stopped there.
        more: bool,
    },
    /// Something in it is no sealed picture or cannot be read.
    Faulty,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Short code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Origin of the log.
    pub origin: String,
    /// Zone of times and days.
    pub time_zone: String,
    /// Everything in it is made up.
    pub is_sample: bool,
    /// Kind and place of the database, without secrets.
    pub database: String,
    /// Sealed pictures and papers.
    pub blobs: Blobs,
    /// Entries in the journal.
    pub entries: u64,
    /// Moment of the newest.
    pub newest: Instant,
    /// The signed checkpoint at that size.
    pub checkpoint: String,
    /// Verifying keys of the log, as programs take them.
    pub verifiers: Vec<String>,
    /// What else may be seen.
    pub parts: Parts,
}

/// Navigation between the parts; `here` is the address of this one.
pub(super) fn parts(page: &Page<'_>, parts: Parts, here: &str) -> Markup {
    let ui = &page.ui;
    let all = [
        (parts.office, ui.text("office-part-office"), address::OFFICE),
        (parts.office, ui.text("office-part-keys"), KEYS),
        (parts.office, ui.text("office-part-access"), ACCESS),
        (parts.retention, ui.text("office-part-retention"), RETENTION),
        (parts.jobs, ui.text("office-part-jobs"), JOBS),
    ];
    let shown: Vec<Tab<'_>> =
        all.into_iter().filter(|(may, _, _)| *may).map(|(_, label, address)| Tab { label, address, current: address == here, count: None }).collect();
    tabs(ui, ui.text("office-parts"), &shown)
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let count = |count: u64| ui.locale.number(i64::try_from(count).unwrap_or(i64::MAX));
    let blobs = match view.blobs {
        Blobs::Readable { count: found, more } => {
            let found = count(found);
            html! { (badge::badge(ui, Tone::Good, ui.text("office-blobs-good"))) " " (if more { ui.format("office-blobs-more", &[("count", found.into())]) } else { ui.format("office-blobs-count", &[("count", found.into())]) }) }
        }
        Blobs::Faulty => badge::badge(ui, Tone::Stop, ui.text("office-blobs-faulty")),
    };
    page.desk(
        &Head::new(ui.text("office-title")).section(Section::Office),
        html! {
            (Heading::new(ui.text("office-title")).lead(html! { p { (ui.text("office-lead")) } }).html(ui))
            (parts(page, view.parts, address::OFFICE))
            div.grid-2 {
                (Card::new("office-settings", ui.text("office-settings")).html(facts::facts(ui, &[
                    (ui.text("office-name"), Some(html! { bdi { (view.name) } @if view.is_sample { " " (badge::mark(ui.text("sample-mark"))) } })),
                    (ui.text("office-code"), Some(html! { code { (view.code) } })),
                    (ui.text("office-origin"), Some(html! { code.hash { (view.origin) } })),
                    (ui.text("office-zone"), Some(html! { (view.time_zone) })),
                ])))
                (Card::new("office-state", ui.text("office-state")).html(facts::facts(ui, &[
                    (ui.text("office-database"), Some(html! { code.hash { (view.database) } })),
                    (ui.text("office-blobs"), Some(blobs)),
                    (ui.text("office-entries"), Some(html! { (count(view.entries)) })),
                    (ui.text("office-newest"), Some(ui.moment(view.newest))),
                ])))
            }
            (Card::new("office-proof", ui.text("office-proof")).note(html! { (ui.text("office-proof-note")) }).html(html! {
                (proof::proof(ui, "checkpoint", ui.text("office-checkpoint"), &view.checkpoint))
                @for (index, verifier) in view.verifiers.iter().enumerate() { (proof::proof(ui, &format!("verifier-{}", index + 1), &ui.format("office-verifier", &[("number", (index + 1).into())]), verifier)) }
            }))
        },
    )
}

/// A sample office.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::OFFICE, ..Page::sample(locale) };
    let now = inside.ui.now;
    let view = View {
        code: "WKN".to_owned(),
        name: inside.office.name.clone(),
        origin: "siger.example/way-kanan".to_owned(),
        time_zone: "Asia/Jakarta".to_owned(),
        is_sample: true,
        database: "SQLite, data".to_owned(),
        blobs: Blobs::Readable { count: 1_204, more: false },
        entries: 18_205,
        newest: now.plus_seconds(-60),
        checkpoint: "siger.example/way-kanan\n18205\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— siger.example/way-kanan SAMPLE\n".to_owned(),
        verifiers: vec!["siger.example/way-kanan+00000000+SAMPLE".to_owned()],
        parts: Parts { office: true, retention: true, jobs: true },
    };
    let faulty = View { blobs: Blobs::Faulty, is_sample: false, parts: Parts { office: true, ..Parts::default() }, ..view.clone() };
    vec![Sample::new("office", page(&inside, &view)), Sample::new("office-faulty", page(&inside, &faulty))]
}
