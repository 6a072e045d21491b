//! Who may do what, for which purpose, and why: the policies as a table and as sentences.

use super::{
    Sample,
    office::{self, Parts},
};
use crate::{
    component::{
        badge::{self, Tone},
        card::Card,
        table::{self, Column},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::access::{Action, Purpose, ResourceKind, Role};

/// What is true of one action.
#[derive(Clone, Debug)]
pub struct Row {
    /// The action.
    pub action: Action,
    /// For each set of purposes, the roles that may do it for those.
    pub may: Vec<(Vec<Role>, Vec<Purpose>)>,
    /// Purposes for which everyone may do it to what is their own.
    pub own: Vec<Purpose>,
    /// Asks for a fresh sign-in.
    pub fresh: bool,
    /// Only a second person.
    pub second: bool,
}

/// A policy with its reason.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id.
    pub id: String,
    /// It takes instead of giving.
    pub forbids: bool,
    /// The reason in the language of the page.
    pub why: String,
    /// The reason in the other language.
    pub other: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Every action.
    pub rows: Vec<Row>,
    /// Every policy.
    pub policies: Vec<Policy>,
    /// The parts of the office that may be seen.
    pub parts: Parts,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-access-title");
    let columns = [
        Column::words(ui.text("office-access-action")),
        Column::words(ui.text("office-access-who")),
        Column::words(ui.text("office-access-own")),
        Column::words(ui.text("office-access-conditions")),
    ];
    let purposes = |purposes: &[Purpose]| purposes.iter().map(|purpose| ui.word("purpose", purpose.as_str())).collect::<Vec<_>>().join(", ");
    let row = |row: &Row| {
        vec![
            html! { (ui.word("action", row.action.as_str())) },
            html! {
                @if row.may.is_empty() { span.muted { (ui.text("office-access-nobody")) } }
                @else { ul { @for (roles, why) in &row.may { li { b { (roles.iter().map(|role| ui.word("role", role.as_str())).collect::<Vec<_>>().join(", ")) } ": " (purposes(why)) } } } }
            },
            html! { @if row.own.is_empty() { span.muted { (ui.text("none")) } } @else { (ui.text("office-access-everyone")) ": " (purposes(&row.own)) } },
            html! {
                @if !row.fresh && !row.second { span.muted { (ui.text("none")) } }
                div.cluster {
                    @if row.fresh { (badge::badge(ui, Tone::Calm, ui.text("office-access-fresh"))) }
                    @if row.second { (badge::badge(ui, Tone::Heed, ui.text("office-access-second"))) }
                }
            },
        ]
    };
    let other = Locale::ALL.into_iter().find(|locale| *locale != ui.locale).unwrap_or_default();
    page.desk(
        &Head::new(title).section(Section::Office),
        html! {
            (Heading::new(title).lead(html! { p { (ui.text("office-access-lead")) } }).html(ui))
            (office::parts(page, view.parts, office::ACCESS))
            div.stack.alike.access {
                @for kind in ResourceKind::ALL {
                    @let of_kind: Vec<&Row> = view.rows.iter().filter(|row| row.action.resource() == *kind).collect();
                    @if !of_kind.is_empty() {
                        @let name = ui.word("resource", kind.as_str());
                        (Card::new(&format!("access-{kind}"), name).flush().html(table::table(ui, name, false, &columns, of_kind.into_iter().map(row))))
                    }
                }
            }
            (Card::new("policies", ui.text("office-policies")).note(html! { (ui.text("office-policies-note")) }).html(html! {
                @for policy in &view.policies {
                    div.stack-s {
                        h3.cluster { code { (policy.id) } @if policy.forbids { (badge::badge(ui, Tone::Stop, ui.text("office-policy-forbids"))) } @else { (badge::badge(ui, Tone::Good, ui.text("office-policy-permits"))) } }
                        p { (policy.why) }
                        p.small.muted lang=(other.tag()) { (policy.other) }
                    }
                }
            }))
        },
    )
}

/// Some rows.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: office::ACCESS, ..Page::sample(locale) };
    let view = View {
        rows: vec![
            Row {
                action: Action::PersonSearch,
                may: vec![
                    (vec![Role::Desk], vec![Purpose::CounterService, Purpose::StayPermit]),
                    (vec![Role::Primary, Role::Secondary], vec![Purpose::Inspection]),
                ],
                own: Vec::new(),
                fresh: false,
                second: false,
            },
            Row { action: Action::RequestRoles, may: vec![(vec![Role::Head], vec![Purpose::Administration])], own: Vec::new(), fresh: true, second: true },
            Row { action: Action::OfficerCredential, may: Vec::new(), own: vec![Purpose::Administration], fresh: true, second: false },
        ],
        policies: vec![
            Policy { id: "always-suspended".to_owned(), forbids: true, why: inside.ui.text("refused-suspended").to_owned(), other: "–".to_owned() },
            Policy { id: "request-roles".to_owned(), forbids: false, why: inside.ui.text("request-role-roles").to_owned(), other: "–".to_owned() },
        ],
        parts: Parts { office: true, retention: true, jobs: true },
    };
    vec![Sample::new("office-access", page(&inside, &view))]
}
