//! Who works here: everybody with state, roles and leave.

use super::Sample;
use crate::{
    address,
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        table::{self, Column},
        tags,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::{
    access::Role,
    officer::{Leave, State},
};

/// An officer in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Their page.
    pub address: String,
    /// Name as shown.
    pub name: String,
    /// Where they stand.
    pub state: State,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Days away, past ones left out.
    pub leave: Option<Leave>,
    /// Away today.
    pub on_leave: bool,
    /// The one who looks.
    pub is_you: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// In the order they came.
    pub rows: Vec<Row>,
    /// May invite somebody.
    pub may_invite: bool,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let columns = [
        Column::words(ui.text("officer-name")),
        Column::words(ui.text("officer-state")),
        Column::words(ui.text("officer-roles")),
        Column::words(ui.text("officer-leave")),
    ];
    let rows = view.rows.iter().map(|row| {
        vec![
            html! { span.cluster { a href=(row.address) { bdi { (row.name) } } @if row.is_you { (badge::mark(ui.text("officer-you"))) } } },
            html! { span.cluster { (state(ui, row.state)) @if row.on_leave && row.state == State::Active { (away(ui)) } } },
            roles(ui, &row.roles),
            html! { @if let Some(leave) = row.leave { (days(ui, leave)) } @else { span.muted { (ui.text("none")) } } },
        ]
    });
    page.desk(
        &Head::new(ui.text("officer-title")).section(Section::Officers),
        html! {
            (Heading::new(ui.text("officer-title"))
                .lead(html! { p { (ui.format("officer-count", &[("count", view.rows.len().into())])) } })
                .actions(html! { @if view.may_invite { (Button::primary(ui.text("officer-invite")).icon("user-plus").link(ui, "/officers/new")) } })
                .html(ui))
            div #officers-list hx-get=(address::OFFICERS) hx-trigger="live:officers from:body" hx-select="#officers-list" hx-swap="outerHTML" {
                (Card::bare().flush().html(table::table(ui, ui.text("officer-title"), false, &columns, rows)))
            }
        },
    )
}

/// Where an officer stands.
pub(super) fn state(ui: &Ui<'_>, state: State) -> Markup {
    let tone = match state {
        State::Invited => Tone::Calm,
        State::Active => Tone::Good,
        State::Suspended => Tone::Stop,
    };
    badge::badge(ui, tone, ui.word("officer-state", state.as_str()))
}

/// The mark of somebody who is away today.
pub(super) fn away(ui: &Ui<'_>) -> Markup {
    badge::badge(ui, Tone::Heed, ui.text("officer-away"))
}

/// Roles as a list of words.
pub(super) fn roles(ui: &Ui<'_>, roles: &[Role]) -> Markup {
    if roles.is_empty() {
        return html! { span.muted { (ui.text("officer-roles-none")) } };
    }
    let words: Vec<&str> = roles.iter().map(|role| ui.word("role", role.as_str())).collect();
    tags::tags(ui, ui.text("officer-roles"), &words)
}

/// First and last day away.
pub(super) fn days(ui: &Ui<'_>, leave: Leave) -> Markup {
    html! {
        time datetime=(leave.from) { (ui.locale.date_short(leave.from)) }
        @if leave.to != leave.from { " – " time datetime=(leave.to) { (ui.locale.date_short(leave.to)) } }
    }
}

/// The choice of roles, each with what it is for.
pub(super) fn role_choices(ui: &Ui<'_>, chosen: &[Role], error: Option<&str>) -> Markup {
    let options: Vec<_> = Role::OFFICER
        .iter()
        .map(|role| crate::component::choice::Choice {
            value: role.as_str(),
            label: ui.word("role", role.as_str()),
            hint: Some(ui.word("officer-role", role.as_str())),
            chosen: chosen.contains(role),
        })
        .collect();
    crate::component::choice::Choices::several("roles", ui.text("officer-roles"), &options).hint(ui.text("officer-roles-hint")).error(error).html(ui)
}

/// Address of an officer's page in samples.
pub(super) const SAMPLE_ADDRESS: &str = "/officers/019a9c3e-0000-7000-8000-000000000001";

/// The list with every state.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::OFFICERS, ..Page::sample(locale) };
    let ui = inside.ui;
    let day = |days: i64| ui.zone.date(ui.now.plus_seconds(86_400 * days));
    let row = |name: &str, state, roles: &[Role]| Row {
        address: SAMPLE_ADDRESS.to_owned(),
        name: name.to_owned(),
        state,
        roles: roles.to_vec(),
        leave: None,
        on_leave: false,
        is_you: false,
    };
    let rows = vec![
        Row { is_you: true, ..row(ui.sample("Ratih S. (contoh)", "Ratih S. (sample)"), State::Active, &[Role::Administrator]) },
        row(ui.sample("Dewi L. (contoh)", "Dewi L. (sample)"), State::Active, &[Role::Head]),
        Row {
            leave: Some(Leave { from: day(-1), to: day(3) }),
            on_leave: true,
            ..row(ui.sample("Bagas P. (contoh)", "Bagas P. (sample)"), State::Active, &[Role::Desk, Role::Cashier])
        },
        row(ui.sample("Made W. (contoh)", "Made W. (sample)"), State::Suspended, &[Role::Monitor]),
        row(ui.sample("Sari N. (contoh)", "Sari N. (sample)"), State::Invited, &[]),
    ];
    vec![
        Sample::new("officers", page(&inside, &View { rows: rows.clone(), may_invite: true })),
        Sample::new("officers-own", page(&inside, &View { rows: rows[..1].to_vec(), may_invite: false })),
    ]
}
