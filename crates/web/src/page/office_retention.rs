//! How long each kind of personal data is kept, on which ground, and what happens then. And the work for later.

use super::{
    Sample,
    office::{self, Parts},
};
use crate::{
    component::{
        badge::{self, Tone},
        card::Card,
        empty::empty,
        facts,
        table::{self, Column},
        tags,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::{
    retention::{Bilingual, RetentionRules, Rule, Span},
    time::Instant,
};

/// What the page shows: rules in force today.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// In the order of the kinds of data.
    pub rules: &'a [Rule],
    /// Hash over the text of all rules.
    pub hash: &'a str,
    /// The parts of the office that may be seen.
    pub parts: Parts,
}

fn said<'a>(ui: &Ui<'_>, text: &'a Bilingual) -> &'a str {
    match ui.locale {
        Locale::Id => &text.id,
        Locale::En => &text.en,
    }
}

/// The page.
pub fn page(page: &Page<'_>, view: &View<'_>) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-retention-title");
    page.desk(
        &Head::new(title).section(Section::Office),
        html! {
            (Heading::new(title).lead(html! { p { (ui.text("office-retention-lead")) } }).html(ui))
            (office::parts(page, view.parts, office::RETENTION))
            @for rule in view.rules { (card(ui, rule)) }
            p.small.muted { (ui.text("office-retention-hash")) " " (crate::component::proof::hash(view.hash)) }
        },
    )
}

fn card(ui: &Ui<'_>, rule: &Rule) -> Markup {
    let length = match rule.span {
        Span::Days(days) => ui.format("office-days", &[("count", days.into())]),
        Span::Years(years) => ui.format("office-years", &[("count", years.into())]),
    };
    let mark = if rule.is_confirmed() {
        badge::badge(ui, Tone::Good, ui.text("office-confirmed"))
    } else {
        badge::badge(ui, Tone::Heed, ui.text("office-unconfirmed"))
    };
    let purposes: Vec<&str> = rule.purposes.iter().map(|purpose| ui.word("purpose", purpose.as_str())).collect();
    let specific: Vec<&str> = rule.specific.iter().map(|specific| ui.word("office-specific", specific.as_str())).collect();
    let until = html! { b { (length) } " " (ui.word("office-after", rule.after.as_str())) @if !rule.period_verified { " " span.muted { "(" (ui.text("office-period-own")) ")" } } };
    let basis = html! {
        ul { @for citation in &rule.basis {
            li { b { (citation) } @if !citation.verified { " " span.muted { "(" (ui.text("office-citation-unread")) ")" } } ": " (said(ui, &citation.says)) }
        } }
    };
    Card::new(&format!("rule-{}", rule.kind.as_str()), ui.word("office-kind", rule.kind.as_str())).action(mark).note(html! { (said(ui, &rule.text)) }).html(
        facts::facts(
            ui,
            &[
                (ui.text("office-until"), Some(until)),
                (ui.text("office-end"), Some(html! { (ui.word("office-end", rule.end.as_str())) })),
                (ui.text("office-basis"), Some(basis)),
                (ui.text("office-purposes"), Some(tags::tags(ui, ui.text("office-purposes"), &purposes))),
                (ui.text("office-specific"), Some(tags::tags(ui, ui.text("office-specific"), &specific))),
            ],
        ),
    )
}

/// A piece of work.
#[derive(Clone, Debug)]
pub struct Job {
    /// What, as the program calls it.
    pub kind: String,
    /// When it is due.
    pub run_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub failed: Option<String>,
}

/// The page of work for later.
pub fn jobs(page: &Page<'_>, jobs: &[Job], parts: Parts) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-jobs-title");
    let columns = [
        Column::words(ui.text("office-job")),
        Column::words(ui.text("office-job-due")),
        Column::numbers(ui.text("office-job-tries")),
        Column::words(ui.text("office-job-failed")),
    ];
    let rows = jobs.iter().map(|job| {
        vec![
            html! { code { (job.kind) } },
            ui.moment(job.run_at),
            html! { (ui.locale.number(i64::from(job.attempts))) },
            html! { @if let Some(why) = &job.failed { (badge::badge(ui, Tone::Heed, ui.text("office-job-again"))) " " (why) } @else { span.muted { (ui.text("none")) } } },
        ]
    });
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

/// The rules that the program carries; jobs and none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: office::RETENTION, ..Page::sample(locale) };
    let parts = Parts { office: true, retention: true, jobs: true };
    let rules = RetentionRules::embedded().map(|rules| rules.rules().to_vec()).unwrap_or_default();
    let job = |kind: &str, attempts, failed: Option<&str>| Job {
        kind: kind.to_owned(),
        run_at: inside.ui.now.plus_seconds(600),
        attempts,
        failed: failed.map(str::to_owned),
    };
    vec![
        Sample::new("office-retention", page(&inside, &View { rules: &rules, hash: "sample", parts })),
        Sample::new("office-jobs", jobs(&inside, &[job("retention", 0, None), job("mail", 3, Some("connection refused"))], parts)),
        Sample::new("office-jobs-none", jobs(&inside, &[], Parts { office: false, ..parts })),
    ]
}
