//! One officer: profile, roles, leave, sign-ins, and what the one who looks may do.

use super::{Sample, officer};
use crate::{
    address,
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        clock,
        confirm::confirm,
        error_summary, facts,
        field::Field,
        notice::Notice,
        table::{self, Column},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::{
    access::Role,
    officer::{Leave, State},
    time::Instant,
};

/// A sign-in that is in force.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Identifier, for the address that ends it.
    pub id: String,
    /// When it began.
    pub begun_at: Instant,
    /// Newest request.
    pub seen_at: Instant,
    /// Word of how: `passkey`, `password`.
    pub method: String,
    /// The one that looks at this page.
    pub is_this: bool,
}

/// What the one who looks may do, if need be after a fresh sign-in.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent rights, each of them one button")]
pub struct May {
    /// Ask for other roles.
    pub roles: bool,
    /// Record leave.
    pub leave: bool,
    /// Stop access.
    pub suspend: bool,
    /// Give access back.
    pub restore: bool,
    /// Make a one-time link, or ask for one.
    pub recover: bool,
    /// Withdraw a one-time link.
    pub withdraw: bool,
    /// End a sign-in.
    pub end: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// This page.
    pub address: String,
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// E-mail, where there is one.
    pub email: Option<String>,
    /// Where they stand.
    pub state: State,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Days away, past ones left out.
    pub leave: Option<Leave>,
    /// Away today.
    pub on_leave: bool,
    /// The officer looks at their own page.
    pub is_you: bool,
    /// A one-time link is in force until then.
    pub link_until: Option<Instant>,
    /// The page of a request for other roles that waits.
    pub role_request: Option<String>,
    /// The page of a request for a way back in that waits.
    pub recover_request: Option<String>,
    /// A new link needs no second person: they never came and hold no role.
    pub recover_alone: bool,
    /// Sign-ins in force; `None` where they may not be seen.
    pub sign_ins: Option<Vec<SignIn>>,
    /// What may be done.
    pub may: May,
    /// What was typed for leave: first and last day.
    pub typed: (String, String),
    /// Field and word of what is wrong with it.
    pub fault: Option<(&'static str, &'static str)>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let fault = view.fault.map(|(field, word)| (field, ui.word("officer-fault", word)));
    page.desk(
        &Head::new(&view.name).section(Section::Officers),
        html! {
            (Heading::new(&view.name)
                .up(ui.text("officer-title"), address::OFFICERS)
                .mark(html! { (officer::state(ui, view.state)) @if view.on_leave && view.state == State::Active { (officer::away(ui)) } @if view.is_you { (badge::mark(ui.text("officer-you"))) } })
                .html(ui))
            @if let Some(fault) = fault { (error_summary::error_summary(ui, &[fault])) }
            @if let Some(until) = view.link_until {
                (Notice::new(Tone::Calm, ui.text("officer-link-waits")).body(html! {
                    p { (ui.text("officer-link-until")) " " (clock::until(ui, until)) }
                    @if view.may.withdraw {
                        form method="post" action={ (view.address) "/withdraw-code" } { (page.csrf_field()) (Button::plain(ui.text("officer-link-withdraw")).slim().icon("undo-2").html(ui)) }
                    }
                }).html(ui))
            }
            div.grid-main {
                div.stack {
                    (profile(page, view))
                    @if let Some(sign_ins) = &view.sign_ins { (sign_ins_card(page, &format!("{}/sign-ins", view.address), sign_ins, view.may.end)) }
                }
                div.stack {
                    (leave(page, view, fault))
                    @if view.may.recover { (recover(page, view)) }
                    @if view.may.suspend || view.may.restore { (access(page, view)) }
                }
            }
        },
    )
}

fn profile(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    Card::new("officer-profile", ui.text("officer-profile")).html(html! {
        (facts::facts(ui, &[
            (ui.text("officer-login"), Some(html! { code { (view.login) } })),
            (ui.text("officer-email"), Some(html! { @if let Some(email) = &view.email { bdi { (email) } } @else { span.muted { (ui.text("none")) } } })),
            (ui.text("officer-roles"), Some(officer::roles(ui, &view.roles))),
        ]))
        @if let Some(request) = &view.role_request {
            (Notice::new(Tone::Calm, ui.text("officer-roles-waits")).body(html! { p { a href=(request) { (ui.text("officer-request-open")) } } }).html(ui))
        } @else if view.may.roles {
            div.actions { (Button::plain(ui.text("officer-roles-title")).icon("badge-check").link(ui, &format!("{}/roles", view.address))) }
        }
        @if view.is_you { p { a href=(address::ACCOUNT) { (ui.text("officer-account")) } } }
    })
}

/// Sign-ins in force as a table; each may be ended at `{action}/{id}/end`.
pub(super) fn sign_ins_card(page: &Page<'_>, action: &str, sign_ins: &[SignIn], may_end: bool) -> Markup {
    let ui = &page.ui;
    let card = Card::new("sign-ins", ui.text("officer-sign-ins"));
    if sign_ins.is_empty() {
        return card.html(html! { p.muted { (ui.text("officer-sign-ins-none")) } });
    }
    let columns = [
        Column::words(ui.text("officer-sign-in-begun")),
        Column::words(ui.text("officer-sign-in-seen")),
        Column::words(ui.text("officer-sign-in-method")),
        Column::actions(),
    ];
    let rows = sign_ins.iter().map(|it| {
        let method = if it.method == "passkey" { ui.text("officer-method-passkey") } else { ui.text("officer-method-password") };
        vec![
            ui.moment(it.begun_at),
            ui.ago(it.seen_at),
            html! { (method) },
            html! {
                @if it.is_this { (badge::mark(ui.text("officer-sign-in-this"))) }
                @else if may_end {
                    form method="post" action={ (action) "/" (it.id) "/end" } {
                        (page.csrf_field())
                        (Button::plain(ui.text("officer-sign-in-end")).slim().about(&ui.locale.moment(it.begun_at, ui.zone)).html(ui))
                    }
                }
            },
        ]
    });
    card.flush().html(table::table(ui, ui.text("officer-sign-ins"), false, &columns, rows))
}

fn leave(page: &Page<'_>, view: &View, fault: Option<(&str, &str)>) -> Markup {
    let ui = &page.ui;
    let error = |field: &str| fault.filter(|(name, _)| *name == field).map(|(_, words)| words);
    Card::new("officer-leave-card", ui.text("officer-leave")).html(html! {
        @if let Some(leave) = view.leave { p { (officer::days(ui, leave)) } } @else { p.muted { (ui.text("officer-leave-none")) } }
        @if view.may.leave {
            form.form method="post" action={ (view.address) "/leave" } {
                (page.csrf_field())
                (Field::date("leave_from", ui.text("officer-leave-from")).value(&view.typed.0).error(error("leave_from")).html(ui))
                (Field::date("leave_to", ui.text("officer-leave-to")).hint(ui.text("officer-leave-hint")).value(&view.typed.1).error(error("leave_to")).html(ui))
                div.actions { (Button::plain(ui.text("officer-leave-act")).html(ui)) }
            }
            @if view.leave.is_some() {
                form method="post" action={ (view.address) "/leave" } {
                    (page.csrf_field())
                    (Button::quiet(ui.text("officer-leave-cancel")).name_value("cancel", "yes").html(ui))
                }
            }
        }
    })
}

fn recover(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let invited = view.state == State::Invited;
    Card::new("officer-recover", if invited { ui.text("officer-again") } else { ui.text("officer-recover") })
        .note(html! { (if view.recover_alone { ui.text("officer-again-note") } else if invited { ui.text("officer-again-second") } else { ui.text("officer-recover-note") }) })
        .html(html! {
            @if let Some(request) = &view.recover_request {
                (Notice::new(Tone::Calm, ui.text("officer-recover-waits")).body(html! { p { a href=(request) { (ui.text("officer-request-open")) } } }).html(ui))
            } @else { form.actions method="post" action={ (view.address) "/recover" } {
                (page.csrf_field())
                @if invited { (Button::plain(ui.text("officer-again-act")).icon("mail").name_value("lost", "invitation").html(ui)) }
                @else {
                    (Button::plain(ui.text("officer-lost-passkey")).icon("key-round").name_value("lost", "passkey").html(ui))
                    (Button::plain(ui.text("officer-lost-phone")).icon("smartphone").name_value("lost", "phone").html(ui))
                }
            } }
        })
}

fn access(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    Card::new("officer-access", ui.text("officer-access")).html(html! {
        @if view.may.restore {
            p { (ui.text("officer-restore-note")) }
            form method="post" action={ (view.address) "/restore" } { (page.csrf_field()) (Button::plain(ui.text("officer-restore")).icon("undo-2").html(ui)) }
        } @else {
            p { (ui.text("officer-suspend-note")) }
            form method="post" action={ (view.address) "/suspend" } {
                (page.csrf_field())
                (confirm(ui, ui.text("officer-suspend"), html! { p { (ui.format("officer-suspend-ask", &[("name", view.name.as_str().into())])) } }, Button::danger(ui.text("officer-suspend-act")).icon("ban")))
            }
        }
    })
}

/// Seen by an administrator, by the officer, and when suspended or invited.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: officer::SAMPLE_ADDRESS, ..Page::sample(locale) };
    let (ui, now) = (inside.ui, inside.ui.now);
    let day = |days: i64| ui.zone.date(now.plus_seconds(86_400 * days));
    let sign_in = |number: u8, method: &str, is_this| SignIn {
        id: format!("019a9c3e-0000-7000-8000-00000000010{number}"),
        begun_at: now.plus_seconds(-7_200 * i64::from(number)),
        seen_at: now.plus_seconds(-60 * i64::from(number)),
        method: method.to_owned(),
        is_this,
    };
    let all = View {
        address: officer::SAMPLE_ADDRESS.to_owned(),
        name: ui.sample("Bagas P. (contoh)", "Bagas P. (sample)").to_owned(),
        login: "bagas".to_owned(),
        email: Some("bagas@kantor.example".to_owned()),
        state: State::Active,
        roles: vec![Role::Desk, Role::Cashier],
        leave: Some(Leave { from: day(8), to: day(12) }),
        on_leave: false,
        is_you: false,
        link_until: None,
        role_request: None,
        recover_request: None,
        recover_alone: false,
        sign_ins: Some(vec![sign_in(1, "passkey", false), sign_in(2, "password", false)]),
        may: May { roles: true, leave: true, suspend: true, restore: false, recover: true, withdraw: true, end: true },
        typed: (String::new(), String::new()),
        fault: None,
    };
    let own = View {
        is_you: true,
        leave: None,
        email: None,
        sign_ins: Some(vec![sign_in(1, "password", true)]),
        may: May { leave: true, end: true, ..May::default() },
        typed: ("2026-12-05".to_owned(), "2026-12-03".to_owned()),
        fault: Some(("leave_to", "leave_to_before_from")),
        ..all.clone()
    };
    let suspended = View {
        state: State::Suspended,
        sign_ins: Some(Vec::new()),
        role_request: Some("/requests/019a9c3e-0000-7000-8000-000000000000".to_owned()),
        may: May { restore: true, leave: true, roles: true, ..May::default() },
        ..all.clone()
    };
    let invited = View {
        state: State::Invited,
        roles: Vec::new(),
        sign_ins: None,
        leave: None,
        link_until: Some(now.plus_seconds(80_000)),
        role_request: Some("/requests/019a9c3e-0000-7000-8000-000000000000".to_owned()),
        recover_alone: true,
        ..all.clone()
    };
    let lost = View { recover_request: Some("/requests/019a9c3e-0000-7000-8000-000000000000".to_owned()), ..all.clone() };
    let late = View { state: State::Invited, sign_ins: None, leave: None, ..all.clone() };
    vec![
        Sample::new("officer", page(&inside, &all)),
        Sample::new("officer-own", page(&inside, &own)),
        Sample::new("officer-suspended", page(&inside, &suspended)),
        Sample::new("officer-invited", page(&inside, &invited)),
        Sample::new("officer-invited-late", page(&inside, &late)),
        Sample::new("officer-lost", page(&inside, &lost)),
    ]
}
