//! How long each kind of personal data is kept, on which ground, and what happens then; and what is due today.

use super::{
    Sample,
    office::{self, Parts},
};
use crate::{
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        confirm::confirm,
        empty::empty,
        facts,
        notice::Notice,
        table::{self, Column},
        tags,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_app::retention::{Due, Held};
use siger_domain::{
    retention::{Bilingual, Citation, RetentionRules, Rule, Span},
    time::Instant,
};

/// A run of the erasure.
#[derive(Clone, Debug)]
pub struct Run {
    /// When.
    pub at: Instant,
    /// Who started it; `None`: the program.
    pub by: Option<String>,
    /// Files erased.
    pub erased: u32,
    /// Rows deleted.
    pub deleted: u32,
}

/// What the next run would end, and the newest one.
#[derive(Clone, Debug)]
pub struct Dry {
    /// What is due, by rule. Names nobody.
    pub due: Vec<Due>,
    /// The newest run.
    pub newest: Option<Run>,
    /// May run it now.
    pub may_apply: bool,
    /// Why the program does not run it by itself.
    pub held: Option<Held>,
    /// A run goes on now.
    pub runs: bool,
}

/// What the page shows: rules in force today.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// In the order of the kinds of data.
    pub rules: &'a [Rule],
    /// Hash over the text of all rules.
    pub hash: &'a str,
    /// What is due today, for who may know.
    pub due: Option<Dry>,
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
            @if let Some(dry) = &view.due { (due(page, dry)) }
            @for rule in view.rules { (card(ui, rule)) }
            p.small.muted { (ui.text("office-retention-hash")) " " (crate::component::proof::hash(view.hash)) }
        },
    )
}

fn due(page: &Page<'_>, dry: &Dry) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-due");
    let columns = [
        Column::words(ui.text("office-due-what")),
        Column::numbers(ui.text("office-due-count")),
        Column::words(ui.text("office-end")),
        Column::words(ui.text("office-basis")),
    ];
    let rows = dry.due.iter().map(|due| {
        vec![
            html! { a href={ "#rule-" (due.rule.kind.as_str()) } { (ui.word("office-kind", due.rule.kind.as_str())) } },
            html! { (ui.locale.number(i64::try_from(due.count).unwrap_or(i64::MAX))) },
            html! { (ui.word("office-end", due.rule.end.as_str())) @if !due.by_job { " " span.muted { "(" (ui.text("office-due-nothing-to-do")) ")" } } },
            html! { (due.rule.basis.iter().map(|citation| cited(ui, citation)).collect::<Vec<_>>().join("; ")) },
        ]
    });
    let newest = dry.newest.as_ref().map(|run| {
        let counts = ui.format("office-run-counts", &[("erased", run.erased.into()), ("deleted", run.deleted.into())]);
        html! { p.small {
            (ui.text("office-run-newest")) " " (ui.moment(run.at)) ", "
            @if let Some(name) = &run.by { bdi { (name) } } @else { (ui.text("office-run-program")) }
            ": " (counts)
        } }
    });
    // What somebody must look at comes first, as what the page is for then.
    let held = dry.held.filter(|_| !dry.runs);
    let card = Card::new("due", title).note(html! { (ui.text("office-due-note")) });
    let card = if held.is_some() { card.front() } else { card };
    card.html(html! {
        @if dry.runs { (Notice::new(Tone::Live, ui.text("office-run-going")).body(html! { p { (ui.text("office-run-going-why")) } }).html(ui)) }
        @else if let Some(held) = held { (self::held(ui, held)) }
        @match (dry.due.is_empty(), held) {
            (false, _) => { (table::table(ui, title, false, &columns, rows)) }
            (true, None) => { (empty(ui, "circle-check", ui.text("office-due-none"), ui.text("office-due-none-why"), None)) }
            (true, Some(_)) => p { (ui.text("office-due-none")) "." }
        }
        @if let Some(newest) = newest { (newest) }
        @if !dry.runs && dry.may_apply && (held.is_some() || dry.due.iter().any(|due| due.by_job)) {
            form method="post" action={ (office::RETENTION) "/apply" } {
                (page.csrf_field())
                @if dry.held.is_some() { input type="hidden" name="despite" value="held"; }
                (confirm(ui, ui.text("office-run"), html! {
                    @if dry.held.is_some() { p { (ui.format("office-held-ask", &[("today", ui.locale.date_long(ui.today()).into())])) } }
                    p { (ui.text("office-run-ask")) }
                }, Button::danger(ui.text("office-run-act")).icon("trash-2")))
            }
        }
    })
}

/// Instrument and article as the language cites them: `44(1)(a)` is article, paragraph, letter.
fn cited(ui: &Ui<'_>, citation: &Citation) -> String {
    let instrument = citation.instrument.as_str();
    let parts: Vec<&str> = citation.article.split(['(', ')']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [] => instrument.to_owned(),
        [article, paragraph, letter] => ui.format(
            "office-article-letter",
            &[("instrument", instrument.into()), ("article", article.into()), ("paragraph", paragraph.into()), ("letter", letter.into())],
        ),
        [article, paragraph] => {
            ui.format("office-article-paragraph", &[("instrument", instrument.into()), ("article", article.into()), ("paragraph", paragraph.into())])
        }
        _ => ui.format("office-article", &[("instrument", instrument.into()), ("article", citation.article.as_str().into())]),
    }
}

/// Why the program waits for somebody to look.
fn held(ui: &Ui<'_>, held: Held) -> Markup {
    let why = match held {
        Held::Clock { last } => {
            ui.format("office-held-clock", &[("today", ui.locale.date_long(ui.today()).into()), ("last", ui.locale.date_long(last).into())])
        }
        Held::Share { due, files } => ui.format("office-held-share", &[("due", due.into()), ("files", files.into())]),
    };
    Notice::new(Tone::Heed, ui.text("office-held")).body(html! { p { (why) } }).html(ui)
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
            li { b { (cited(ui, citation)) } @if !citation.verified { " " span.muted { "(" (ui.text("office-citation-unread")) ")" } } ": " (said(ui, &citation.says)) }
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

/// The rules that the program carries, with something due and nothing.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: office::RETENTION, ..Page::sample(locale) };
    let parts = Parts { office: true, retention: true, jobs: true };
    let rules = RetentionRules::embedded().map(|rules| rules.rules().to_vec()).unwrap_or_default();
    let take = |index: usize, count, by_job| rules.get(index).map(|rule| Due { rule: rule.clone(), count, by_job });
    let now = inside.ui.now;
    let run = Run { at: now.plus_seconds(-40_000), by: None, erased: 4, deleted: 31 };
    let dry = Dry {
        due: [take(0, 3, true), take(11, 1, false)].into_iter().flatten().collect(),
        newest: Some(run.clone()),
        may_apply: true,
        held: None,
        runs: false,
    };
    let by_hand = Run { by: Some(inside.ui.sample("Putu A. (contoh)", "Putu A. (sample)").to_owned()), ..run };
    let none = Dry { due: Vec::new(), newest: Some(by_hand), may_apply: true, held: None, runs: false };
    let jumped = Dry { held: Some(Held::Clock { last: inside.ui.today() }), ..dry.clone() };
    let much = Dry { held: Some(Held::Share { due: 412, files: 1_482 }), ..dry.clone() };
    let jumped_none = Dry { held: jumped.held, ..none.clone() };
    let going = Dry { runs: true, ..much.clone() };
    let first = Dry { newest: None, may_apply: false, ..dry.clone() };
    let view = |due| View { rules: &rules, hash: "sample", due, parts };
    vec![
        Sample::new("office-retention", page(&inside, &view(Some(dry)))),
        Sample::new("office-retention-look", page(&inside, &view(Some(first)))),
        Sample::new("office-retention-none", page(&inside, &view(Some(none)))),
        Sample::new("office-retention-clock", page(&inside, &view(Some(jumped)))),
        Sample::new("office-retention-clock-none", page(&inside, &view(Some(jumped_none)))),
        Sample::new("office-retention-much", page(&inside, &view(Some(much)))),
        Sample::new("office-retention-going", page(&inside, &view(Some(going)))),
        Sample::new("office-retention-rules", page(&inside, &view(None))),
    ]
}
