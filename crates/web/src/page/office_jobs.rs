//! Work for later: what is due, what is tried again, what was given up.

use super::{
    Sample,
    office::{self, Parts},
};
use crate::{
    component::{
        badge::{self, Tone},
        card::Card,
        empty::empty,
        table::{self, Column},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_app::job::{BACKUP, DAILY, Listed, NOTIFY, REHASH};
use siger_domain::id::JobId;

/// The page.
pub fn page(page: &Page<'_>, jobs: &[Listed], parts: Parts) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-jobs-title");
    let columns = [
        Column::words(ui.text("office-job")),
        Column::words(ui.text("office-job-due")),
        Column::numbers(ui.text("office-job-tries")),
        Column::words(ui.text("office-job-failed")),
    ];
    let rows = jobs.iter().map(|job| vec![kind(ui, &job.kind), due(ui, job), html! { (ui.locale.number(i64::from(job.attempts))) }, failed(ui, job)]);
    page.desk(
        &Head::new(title).section(Section::Office),
        html! {
            (Heading::new(title).lead(html! { p { (ui.text("office-jobs-lead")) } }).html(ui))
            (office::parts(page, parts, office::JOBS))
            @if jobs.is_empty() { (Card::bare().html(empty(ui, "circle-check", ui.text("office-jobs-none"), ui.text("office-jobs-none-why"), None))) }
            @else { (Card::bare().flush().html(table::table(ui, title, false, &columns, rows))) }
        },
    )
}

fn kind(ui: &Ui<'_>, kind: &str) -> Markup {
    match kind {
        DAILY => html! { (ui.text("office-job-daily")) },
        BACKUP => html! { (ui.text("office-job-backup")) },
        NOTIFY => html! { (ui.text("office-job-notify")) },
        REHASH => html! { (ui.text("office-job-rehash")) },
        // Of a newer version of the program.
        other => html! { code translate="no" { (other) } },
    }
}

fn due(ui: &Ui<'_>, job: &Listed) -> Markup {
    match (job.due, job.given_up) {
        (_, Some(at)) => html! { (badge::badge(ui, Tone::Stop, ui.text("office-job-given-up"))) " " (ui.moment(at)) },
        (Some(at), None) => ui.moment(at),
        (None, None) => html! { span.muted { (ui.text("none")) } },
    }
}

fn failed(ui: &Ui<'_>, job: &Listed) -> Markup {
    match &job.failed {
        Some(why) => html! { @if job.given_up.is_none() { (badge::badge(ui, Tone::Heed, ui.text("office-job-again"))) " " } span lang="en" { (why) } },
        None => html! { span.muted { (ui.text("none")) } },
    }
}

/// Jobs in each state, and none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: office::JOBS, ..Page::sample(locale) };
    let parts = Parts { office: true, retention: true, jobs: true };
    let now = inside.ui.now;
    let job = |kind: &str, attempts, failed: Option<&str>| Listed {
        id: JobId::from_bytes([1; 16]),
        kind: kind.to_owned(),
        due: Some(now.plus_seconds(600)),
        given_up: None,
        attempts,
        failed: failed.map(str::to_owned),
    };
    let given_up = Listed { due: None, given_up: Some(now.plus_seconds(-3_600)), ..job(NOTIFY, 8, Some("the mail server cannot be reached")) };
    let jobs = [
        job(DAILY, 0, None),
        job(BACKUP, 0, None),
        job(NOTIFY, 3, Some("connection refused")),
        job(REHASH, 1, None),
        job("of a newer program", 1, None),
        given_up,
    ];
    vec![Sample::new("office-jobs", page(&inside, &jobs, parts)), Sample::new("office-jobs-none", page(&inside, &[], Parts { office: false, ..parts }))]
}
