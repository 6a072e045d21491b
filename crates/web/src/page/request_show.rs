//! One request: what is asked, by whom, until when, and the answer.

use super::{Sample, officer, request};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, clock, confirm::confirm, facts, notice::Notice},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::{
    access::Role,
    request::{ErasureGround, Lost, State},
    time::Instant,
};

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Asked {
    /// Other roles.
    Roles {
        /// Whose.
        name: String,
        /// Their page.
        address: String,
        /// Roles held now; `None` once the request is over: they may have changed since.
        now: Option<Vec<Role>>,
        /// Roles asked for.
        new: Vec<Role>,
        /// They have not come in yet.
        invited: bool,
    },
    /// A way back in.
    Recover {
        /// For whom.
        name: String,
        /// Their page.
        address: String,
        /// What was lost.
        lost: Lost,
    },
    /// Erasure.
    Erase {
        /// Identifier of the person: the request names nobody.
        person: String,
        /// The file, for those who may open one.
        file: Option<String>,
        /// On which ground.
        ground: ErasureGround,
    },
}

/// Why the one who looks cannot answer, although the request is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotAnswer {
    /// They asked themselves.
    Yours,
    /// It is about them.
    AboutYou,
    /// Their roles do not include it.
    Role,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// This page.
    pub address: String,
    /// What is asked, in words.
    pub what: String,
    /// What is asked, in full.
    pub asked: Asked,
    /// Where it stands.
    pub state: State,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// When it lapses.
    pub until: Instant,
    /// Who answered, where a second person did.
    pub answered_by: Option<String>,
    /// When it was answered, was withdrawn or ran out; `None` while it is open.
    pub ended_at: Option<Instant>,
    /// Who could answer today.
    pub seconds: Vec<String>,
    /// Why no answer can be given; `None` when it can, or when the request is over.
    pub cannot: Option<CannotAnswer>,
    /// May take it back.
    pub may_withdraw: bool,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let open = view.state == State::Open;
    page.desk(
        &Head::new(&view.what).section(Section::Requests),
        html! {
            (Heading::new(&view.what).up(ui.text("request-title"), address::REQUESTS).mark(request::state(ui, view.state)).html(ui))
            div #request-now hx-get=[open.then_some(&view.address)] hx-trigger=[open.then_some("live:requests from:body")] hx-select="#request-now" hx-swap="outerHTML" {
                div.grid-main {
                    (asked(page, view))
                    div.stack {
                        (facts_card(page, view))
                        @if open { (answer(page, view)) }
                    }
                }
            }
        },
    )
}

fn asked(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let card = Card::new("request-asked", ui.text("request-asked")).front();
    match &view.asked {
        Asked::Roles { name, address, now, new, invited } => card.html(html! {
            p { (ui.text("request-roles-of")) " " a href=(address) { bdi { (name) } } }
            @if *invited && view.state == State::Open { (Notice::new(Tone::Heed, ui.text("request-invited")).body(html! { p { (ui.text("request-invited-why")) } }).html(ui)) }
            div.grid-2 {
                @if let Some(now) = now { div.stack-s { h3 { (ui.text("request-roles-now")) } (officer::roles(ui, now)) } }
                div.stack-s { h3 { (ui.text("request-roles-new")) } (officer::roles(ui, new)) }
            }
            @if let Some(now) = now {
                @let (gained, lost): (Vec<&Role>, Vec<&Role>) = (new.iter().filter(|role| !now.contains(role)).collect(), now.iter().filter(|role| !new.contains(role)).collect());
                @if !gained.is_empty() {
                    div.stack-s { h3 { (ui.text("request-roles-gained")) } ul { @for role in gained { li { b { (ui.word("role", role.as_str())) } ": " (ui.word("officer-role", role.as_str())) } } } }
                }
                @if !lost.is_empty() {
                    div.stack-s { h3 { (ui.text("request-roles-lost")) } ul { @for role in lost { li { b { (ui.word("role", role.as_str())) } ": " (ui.word("officer-role", role.as_str())) } } } }
                }
            }
        }),
        Asked::Recover { name, address, lost } => card.html(html! {
            (facts::facts(ui, &[
                (ui.text("request-recover-who"), Some(html! { a href=(address) { bdi { (name) } } })),
                (ui.text("request-recover-lost"), Some(html! { (ui.word("request-lost", lost.as_str())) })),
            ]))
            @if view.state == State::Open { (Notice::new(Tone::Heed, ui.text("request-recover-sure")).body(html! { p { (ui.text("request-recover-sure-why")) } }).html(ui)) }
            h3 { (ui.text("request-erase-what")) }
            ul {
                li { (ui.format("request-recover-code", &[("name", view.asked_by.as_str().into())])) }
                @if *lost != Lost::Invitation { li { (ui.text("request-recover-ends")) } }
                li { (ui.text("request-recover-told")) }
            }
        }),
        Asked::Erase { person, file, ground } => card.html(html! {
            (facts::facts(ui, &[
                (ui.text("request-person"), Some(html! { code.hash translate="no" { (person) } @if let Some(file) = file { " " a href=(file) { (ui.text("request-person-file")) } } })),
                (ui.text("request-ground"), Some(html! { (ui.word("request-ground", ground.as_str())) })),
                (ui.text("request-article"), Some(html! { (ui.text("request-article-text")) " " span.muted { "(" (ui.text("request-unconfirmed")) ")" } })),
            ]))
            h3 { (ui.text("request-erase-what")) }
            ul {
                li { (ui.text("request-erase-file")) }
                li { (ui.text("request-erase-copies")) }
                li { (ui.text("request-erase-stays")) }
            }
            @if view.state == State::Open { (Notice::new(Tone::Heed, ui.text("request-erase-final")).html(ui)) }
        }),
    }
}

fn facts_card(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let mut rows = vec![(ui.text("request-asked-by"), Some(html! { bdi { (view.asked_by) } })), (ui.text("request-asked-at"), Some(ui.moment(view.asked_at)))];
    if view.state == State::Open {
        rows.push((ui.text("request-until"), Some(html! { (clock::until(ui, view.until)) })));
        if !view.seconds.is_empty() {
            rows.push((ui.text("request-seconds"), Some(html! { @for (at, name) in view.seconds.iter().enumerate() { @if at > 0 { ", " } bdi { (name) } } })));
        }
    }
    if let Some(name) = &view.answered_by {
        rows.push((ui.text("request-answered-by"), Some(html! { bdi { (name) } })));
    }
    if let Some(at) = view.ended_at {
        let term = if view.answered_by.is_some() { ui.text("request-answered-at") } else { ui.text("request-ended-at") };
        rows.push((term, Some(ui.moment(at))));
    }
    Card::new("request-facts", ui.text("request-facts")).html(html! {
        @if view.state == State::Expired { (Notice::new(Tone::Heed, ui.text("request-lapsed")).body(html! { p { (ui.text("request-lapsed-why")) } }).html(ui)) }
        (facts::facts(ui, &rows))
    })
}

fn answer(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let act = |name: &str| format!("{}/{name}", view.address);
    let (agree, role) = match view.asked {
        Asked::Roles { .. } => (ui.text("request-approve-roles"), ui.text("request-role-roles")),
        Asked::Recover { .. } => (ui.text("request-approve-recover"), ui.text("request-role-recover")),
        Asked::Erase { .. } => (ui.text("request-approve-erase"), ui.text("request-role-erase")),
    };
    let (decline, withdraw) = (act("decline"), act("withdraw"));
    Card::new("request-answer", ui.text("request-answer")).html(html! {
        @match view.cannot {
            Some(CannotAnswer::Yours) => { (Notice::new(Tone::Calm, ui.text("request-own")).body(html! { p { (ui.text("request-own-why")) } }).html(ui)) }
            Some(CannotAnswer::AboutYou) => { (Notice::new(Tone::Calm, ui.text("request-about-you")).body(html! { p { (ui.text("request-own-why")) } }).html(ui)) }
            Some(CannotAnswer::Role) => p { (role) },
            None => {
                p { (ui.text("request-answer-note")) }
                form.stack method="post" action=(act("approve")) {
                    (page.csrf_field())
                    div.actions.wide {
                        @if matches!(view.asked, Asked::Erase { .. }) { (confirm(ui, agree, html! { p { (ui.text("request-approve-erase-ask")) } }, Button::danger(ui.text("request-approve-erase-act")).icon("trash-2"))) }
                        @else { (Button::primary(agree).icon("check").html(ui)) }
                    }
                }
                form.actions.wide method="post" action=(decline) { (page.csrf_field()) (Button::plain(ui.text("request-decline")).icon("x").html(ui)) }
            }
        }
        @if view.seconds.is_empty() { (Notice::new(Tone::Heed, ui.text("request-nobody")).body(html! { p { (ui.text("request-nobody-why")) } }).html(ui)) }
        @if view.may_withdraw {
            form.actions method="post" action=(withdraw) { (page.csrf_field()) (Button::plain(ui.text("request-withdraw")).icon("undo-2").html(ui)) }
        }
    })
}

/// Roles and erasure, for the second person and for others.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: request::SAMPLE_ADDRESS, ..Page::sample(locale) };
    let (ui, now) = (inside.ui, inside.ui.now);
    let roles = |current: Option<Vec<Role>>| Asked::Roles {
        name: ui.sample("Bagas P. (contoh)", "Bagas P. (sample)").to_owned(),
        address: officer::SAMPLE_ADDRESS.to_owned(),
        now: current,
        new: vec![Role::Desk, Role::Cashier],
        invited: false,
    };
    let head = ui.sample("Dewi L. (contoh)", "Dewi L. (sample)").to_owned();
    let view = View {
        address: request::SAMPLE_ADDRESS.to_owned(),
        what: ui.sample("Perubahan peran Bagas P. (contoh)", "Change of roles of Bagas P. (sample)").to_owned(),
        asked: roles(Some(vec![Role::Desk, Role::Monitor])),
        state: State::Open,
        asked_by: ui.sample("Ratih S. (contoh)", "Ratih S. (sample)").to_owned(),
        asked_at: now.plus_seconds(-7_200),
        until: now.plus_seconds(424_800),
        answered_by: None,
        ended_at: None,
        seconds: vec![head.clone(), ui.sample("Hadi K. (contoh)", "Hadi K. (sample)").to_owned()],
        cannot: None,
        may_withdraw: false,
    };
    let erase = View {
        what: ui.text("request-erase").to_owned(),
        asked: Asked::Erase { person: "019a9c3e-0000-7000-8000-0000000000aa".to_owned(), file: None, ground: ErasureGround::SubjectRequest },
        ..view.clone()
    };
    let closed = View { asked: roles(None), ended_at: Some(now.plus_seconds(-3_600)), seconds: Vec::new(), ..view.clone() };
    let over = View { state: State::Approved, answered_by: Some(head), ..closed.clone() };
    let invited = View {
        asked: Asked::Roles {
            name: ui.sample("Sari N. (contoh)", "Sari N. (sample)").to_owned(),
            address: officer::SAMPLE_ADDRESS.to_owned(),
            now: Some(Vec::new()),
            new: vec![Role::Desk],
            invited: true,
        },
        what: ui.sample("Perubahan peran Sari N. (contoh)", "Change of roles of Sari N. (sample)").to_owned(),
        ..view.clone()
    };
    let recover = |lost| View {
        asked: Asked::Recover { name: ui.sample("Bagas P. (contoh)", "Bagas P. (sample)").to_owned(), address: officer::SAMPLE_ADDRESS.to_owned(), lost },
        what: ui.sample("Jalan masuk kembali untuk Bagas P. (contoh)", "A way back in for Bagas P. (sample)").to_owned(),
        ..view.clone()
    };
    let nobody = View { cannot: Some(CannotAnswer::Yours), may_withdraw: true, seconds: Vec::new(), ..recover(Lost::Invitation) };
    vec![
        Sample::new("request", page(&inside, &view)),
        Sample::new("request-invited", page(&inside, &invited)),
        Sample::new("request-recover", page(&inside, &recover(Lost::Phone))),
        Sample::new("request-nobody", page(&inside, &nobody)),
        Sample::new("request-own", page(&inside, &View { cannot: Some(CannotAnswer::Yours), may_withdraw: true, ..view.clone() })),
        Sample::new("request-about-you", page(&inside, &View { cannot: Some(CannotAnswer::AboutYou), ..view.clone() })),
        Sample::new("request-role", page(&inside, &View { cannot: Some(CannotAnswer::Role), ..erase.clone() })),
        Sample::new("request-erase", page(&inside, &erase)),
        Sample::new("request-over", page(&inside, &over)),
        Sample::new("request-withdrawn", page(&inside, &View { state: State::Withdrawn, ..closed.clone() })),
        Sample::new("request-lapsed", page(&inside, &View { state: State::Expired, ..closed })),
    ]
}
