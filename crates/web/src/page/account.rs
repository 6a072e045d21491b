//! The officer's own ways to sign in, own sign-ins, language and appearance.

use super::{
    Sample,
    officer_show::{SignIn, sign_ins_card},
};
use crate::{
    address,
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        confirm::confirm,
        notice::Notice,
        switch,
        table::{self, Column},
    },
    layout::{Head, Heading, Page},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

/// A way to sign in.
#[derive(Clone, Debug)]
pub struct Way {
    /// Identifier, for the address that removes it.
    pub id: String,
    /// `passkey`, `password` or `totp`.
    pub kind: &'static str,
    /// What its owner calls it; empty for passwords and code generators.
    pub label: String,
    /// Since when.
    pub added_at: Instant,
    /// Newest use, where uses are written down.
    pub used_at: Option<Instant>,
    /// Enough remains without it.
    pub removable: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Ways to sign in, oldest first.
    pub ways: Vec<Way>,
    /// Passkeys can be used at this office's address.
    pub passkeys: bool,
    /// Sign-ins in force.
    pub sign_ins: Vec<SignIn>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let has = |kind| view.ways.iter().any(|way| way.kind == kind);
    let complete = has("passkey") || (has("password") && has("totp"));
    page.desk(
        &Head::new(ui.text("account-title")),
        html! {
            (Heading::new(ui.text("account-title")).lead(html! { p { (ui.text("account-lead")) } }).html(ui))
            @if !complete { (Notice::new(Tone::Heed, ui.text("account-incomplete")).body(html! { p { (ui.text("account-incomplete-why")) } }).html(ui)) }
            (ways(page, view, has("password"), has("totp")))
            (sign_ins_card(page, "/account/sign-ins", &view.sign_ins, true))
            (Card::new("account-look", ui.text("account-look")).note(html! { (ui.text("account-look-note")) }).html(html! {
                div.cluster {
                    (switch::language_named(ui, ui.text("account-language"), page.here))
                    (switch::theme_named(ui, ui.text("account-theme"), page.theme, page.here, page.csrf))
                }
            }))
        },
    )
}

fn kind(ui: &Ui<'_>, kind: &'static str) -> Markup {
    html! { (ui.word("account-way", kind)) }
}

fn ways(page: &Page<'_>, view: &View, has_password: bool, has_code: bool) -> Markup {
    let ui = &page.ui;
    let columns = [Column::words(ui.text("account-way")), Column::words(ui.text("account-since")), Column::words(ui.text("account-used")), Column::actions()];
    let rows = view.ways.iter().map(|way| {
        // Of several ways each button says which it removes, where eyes do not see the row around it.
        let mut name = ui.word("account-way", way.kind).to_owned();
        if way.kind == "passkey" && !way.label.is_empty() {
            name = format!("{name}: {}", way.label);
        }
        vec![
            html! { (kind(ui, way.kind)) @if way.kind == "passkey" && !way.label.is_empty() { ": " bdi { (way.label) } } },
            ui.moment(way.added_at),
            html! { @if let Some(at) = way.used_at { (ui.ago(at)) } @else { span.muted { (ui.text("account-unused")) } } },
            html! {
                @if way.removable {
                    form method="post" action={ "/account/ways/" (way.id) "/remove" } {
                        (page.csrf_field())
                        (confirm(ui, ui.text("account-remove"), html! { p { (ui.word("account-remove-ask", way.kind)) } }, Button::danger(ui.text("account-remove-act")).icon("trash-2").about(&name)))
                    }
                } @else { (badge::mark(ui.text("account-needed"))) }
            },
        ]
    });
    Card::new("account-ways", ui.text("account-ways")).note(html! { (ui.text("account-ways-note")) }).html(html! {
        (table::table(ui, ui.text("account-ways"), false, &columns, rows))
        div.actions {
            @if view.passkeys { (Button::primary(ui.text("account-add-passkey")).icon("key-round").link(ui, "/account/passkey")) }
            (Button::plain(if has_password { ui.text("account-change-password") } else { ui.text("account-set-password") }).icon("lock").link(ui, "/account/password"))
            (Button::plain(if has_code { ui.text("account-change-code") } else { ui.text("account-set-code") }).icon("smartphone").link(ui, "/account/code"))
        }
    })
}

/// With everything, and with a password only.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: address::ACCOUNT, ..Page::sample(locale) };
    let (ui, now) = (inside.ui, inside.ui.now);
    let way = |kind, label: &str, used: Option<i64>, removable| Way {
        id: "019a9c3e-0000-7000-8000-000000000200".to_owned(),
        kind,
        label: label.to_owned(),
        added_at: now.plus_seconds(-8_640_000),
        used_at: used.map(|seconds| now.plus_seconds(-seconds)),
        removable,
    };
    let sign_in = |number: u8, is_this| SignIn {
        id: format!("019a9c3e-0000-7000-8000-00000000010{number}"),
        begun_at: now.plus_seconds(-7_200 * i64::from(number)),
        seen_at: now.plus_seconds(-60 * i64::from(number)),
        method: if is_this { "passkey" } else { "password" }.to_owned(),
        is_this,
    };
    let full = View {
        ways: vec![
            way("password", "", None, true),
            way("totp", "", Some(90_000), true),
            way("passkey", ui.sample("Laptop meja 2", "Laptop, desk 2"), Some(600), true),
            way("passkey", ui.sample("Ponsel kantor", "Office phone"), None, true),
        ],
        passkeys: true,
        sign_ins: vec![sign_in(1, true), sign_in(2, false)],
    };
    let least = View { ways: vec![way("password", "", None, false)], passkeys: false, sign_ins: vec![sign_in(1, true)] };
    vec![Sample::new("account", page(&inside, &full)), Sample::new("account-incomplete", page(&inside, &least))]
}
