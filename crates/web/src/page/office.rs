//! The office: what it is, where its data is, its journal.

use super::Sample;
use crate::{
    address,
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        facts,
        notice::Notice,
        proof,
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
/// A backup now.
pub const BACKUP: &str = "/office/backup";
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

/// Where backups go.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Its path.
    pub path: String,
    /// Days that they are kept.
    pub keep_days: u32,
    /// Archives in it, and their bytes; `None`: it cannot be read.
    pub kept: Option<(u64, u64)>,
    /// One is being made now.
    pub runs: bool,
}

/// The newest backup.
#[derive(Clone, Debug)]
pub struct Newest {
    /// When.
    pub at: Instant,
    /// Who asked for it; `None`: the program.
    pub by: Option<String>,
    /// Name of its file and entries in it, where that can be read.
    pub file: Option<(String, u64)>,
    /// Pictures and papers that it lacks.
    pub missing: u64,
}

/// How it stands with backups.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Where they go, where that is set.
    pub folder: Option<Folder>,
    /// The newest.
    pub newest: Option<Newest>,
    /// There is none, or it is too old.
    pub is_late: bool,
    /// May make one now.
    pub may_make: bool,
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
    /// Backups.
    pub backup: Backup,
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
            let found =
                if more { ui.format("office-blobs-more", &[("count", found.into())]) } else { ui.format("office-blobs-count", &[("count", found.into())]) };
            html! { span.cluster { (badge::badge(ui, Tone::Good, ui.text("office-blobs-good"))) (found) } }
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
                    (ui.text("office-name"), Some(html! { span.cluster { bdi { (view.name) } @if view.is_sample { (badge::mark(ui.text("sample-mark"))) } } })),
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
            (backup(page, &view.backup))
            (Card::new("office-proof", ui.text("office-proof")).note(html! { (ui.text("office-proof-note")) }).html(html! {
                (proof::proof(ui, "checkpoint", ui.text("office-checkpoint"), &view.checkpoint))
                @for (index, verifier) in view.verifiers.iter().enumerate() { (proof::proof(ui, &format!("verifier-{}", index + 1), &ui.format("office-verifier", &[("number", (index + 1).into())]), verifier)) }
            }))
        },
    )
}

fn backup(page: &Page<'_>, backup: &Backup) -> Markup {
    let ui = &page.ui;
    let heed = match (&backup.folder, backup.is_late) {
        (None, _) => Some((ui.text("office-backup-unset"), ui.text("office-backup-unset-why"))),
        (Some(Folder { kept: None, .. }), _) => Some((ui.text("office-backup-faulty"), ui.text("office-backup-faulty-why"))),
        (Some(_), true) => Some((ui.text("office-backup-late"), ui.text("office-backup-late-why"))),
        (Some(_), false) => None,
    };
    let newest = match &backup.newest {
        None => html! { span.muted { (ui.text("office-backup-none")) } },
        Some(newest) => html! {
            (ui.moment(newest.at)) ", " @if let Some(name) = &newest.by { bdi { (name) } } @else { (ui.text("office-run-program")) }
            @if let Some((file, size)) = &newest.file { br; code.hash { (file) } " (" (ui.format("office-backup-size", &[("count", (*size).into())])) ")" }
            @if newest.missing > 0 { br; (badge::badge(ui, Tone::Stop, &ui.format("office-backup-missing", &[("count", newest.missing.into())]))) }
        },
    };
    let folder = backup.folder.as_ref().map(|folder| html! { code.hash { (folder.path) } });
    let kept = backup.folder.as_ref().map(|folder| {
        let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
        html! {
            (ui.format("office-backup-days", &[("count", folder.keep_days.into())]))
            @if let Some((count, bytes)) = folder.kept { "; " (ui.format("office-backup-kept", &[("count", count.into()), ("megabytes", megabytes(bytes).into())])) }
        }
    });
    Card::new("backup", ui.text("office-backup")).note(html! { (ui.text("office-backup-note")) }).html(html! {
        @if let Some((title, why)) = heed { (Notice::new(Tone::Heed, title).body(html! { p { (why) } }).html(ui)) }
        (facts::facts(ui, &[
            (ui.text("office-backup-newest"), Some(newest)),
            (ui.text("office-backup-folder"), folder),
            (ui.text("office-until"), kept),
        ]))
        @if backup.folder.as_ref().is_some_and(|folder| folder.runs) { p { (ui.text("office-backup-runs")) } }
        @else if backup.may_make && backup.folder.is_some() {
            form method="post" action=(BACKUP) {
                (page.csrf_field())
                (Button::plain(ui.text("office-backup-make")).icon("history").html(ui))
            }
        }
    })
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
        backup: Backup {
            folder: Some(Folder { path: "/mnt/backups/siger".to_owned(), keep_days: 90, kept: Some((88, 212_000_000)), runs: false }),
            newest: Some(Newest {
                at: now.plus_seconds(-21_600),
                by: None,
                file: Some(("siger-backup-WKN-20261124T170000Z.siger".to_owned(), 18_190)),
                missing: 0,
            }),
            is_late: false,
            may_make: true,
        },
        verifiers: vec!["siger.example/way-kanan+00000000+SAMPLE".to_owned()],
        parts: Parts { office: true, retention: true, jobs: true },
    };
    let unset = Backup { folder: None, newest: None, is_late: true, may_make: true };
    let late = Backup {
        folder: view.backup.folder.clone().map(|folder| Folder { runs: true, ..folder }),
        newest: view.backup.newest.clone().map(|newest| Newest {
            at: now.plus_seconds(-300_000),
            by: Some(inside.ui.sample("Arif S. (contoh)", "Arif S. (sample)").to_owned()),
            missing: 2,
            ..newest
        }),
        is_late: true,
        may_make: true,
    };
    let lost = Backup { folder: view.backup.folder.clone().map(|folder| Folder { kept: None, ..folder }), may_make: false, ..view.backup.clone() };
    let late = View { backup: late, ..view.clone() };
    let lost = View { backup: lost, ..view.clone() };
    let faulty = View { backup: unset, blobs: Blobs::Faulty, is_sample: false, parts: Parts { office: true, ..Parts::default() }, ..view.clone() };
    vec![
        Sample::new("office", page(&inside, &view)),
        Sample::new("office-faulty", page(&inside, &faulty)),
        Sample::new("office-backup-late", page(&inside, &late)),
        Sample::new("office-backup-lost", page(&inside, &lost)),
    ]
}
