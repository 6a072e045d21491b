//! Inviting somebody to work here, and asking that somebody's roles change: who, and in which roles.

use super::{Sample, officer};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, error_summary, field::Field, notice::Notice},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::{
    access::Role,
    officer::{EMAIL_CHARS_MAX, LOGIN_CHARS_MAX},
    person::NAME_CHARS_MAX,
};

/// What was typed, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// E-mail, or empty.
    pub email: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Field and word of what is wrong: `login_taken`.
    pub faults: Vec<(&'static str, &'static str)>,
}

/// The form that invites.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let wrong: Vec<(&str, &str)> = view.faults.iter().map(|(field, word)| (*field, ui.word("officer-fault", word))).collect();
    let error = |field: &str| wrong.iter().find(|(name, _)| *name == field).map(|(_, words)| *words);
    let title = ui.text("officer-invite");
    page.desk(
        &Head::new(title).section(Section::Officers),
        html! {
            (Heading::new(title).up(ui.text("officer-title"), address::OFFICERS).lead(html! { p { (ui.text("officer-invite-lead")) } }).html(ui))
            (error_summary::error_summary(ui, &wrong))
            (Card::bare().front().html(html! {
                form.form method="post" action="/officers/new" {
                    (page.csrf_field())
                    (Field::text("name", ui.text("officer-name")).hint(ui.text("officer-name-hint")).value(&view.name).length_max(NAME_CHARS_MAX).error(error("name")).html(ui))
                    (Field::text("login", ui.text("officer-login")).hint(ui.text("officer-login-hint")).value(&view.login).length_max(LOGIN_CHARS_MAX).short().error(error("login")).html(ui))
                    (Field::email("email", ui.text("officer-email")).autocomplete("off").hint(ui.text("officer-email-hint")).value(&view.email).length_max(EMAIL_CHARS_MAX).optional().error(error("email")).html(ui))
                    (officer::role_choices(ui, &view.roles, error("roles")))
                    div.actions { (Button::primary(ui.text("officer-invite-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, address::OFFICERS)) }
                }
            }))
        },
    )
}

/// What the page that asks for other roles shows.
#[derive(Clone, Debug)]
pub struct RolesView {
    /// The officer's page.
    pub address: String,
    /// Name.
    pub name: String,
    /// Roles held now.
    pub now: Vec<Role>,
    /// Roles chosen in the form.
    pub chosen: Vec<Role>,
    /// Word of what is wrong.
    pub fault: Option<&'static str>,
}

/// The form that asks for a change of roles.
pub fn roles_page(page: &Page<'_>, view: &RolesView) -> Markup {
    let ui = &page.ui;
    let title = ui.text("officer-roles-title");
    let error = view.fault.map(|fault| ui.word("officer-fault", fault));
    page.desk(
        &Head::new(title).section(Section::Officers),
        html! {
            (Heading::new(title).up(&view.name, &view.address).lead(html! { p { (ui.format("officer-roles-lead", &[("name", view.name.as_str().into())])) } }).html(ui))
            @if let Some(error) = error { (error_summary::error_summary(ui, &[("roles", error)])) }
            (Notice::new(Tone::Calm, ui.text("officer-roles-second")).body(html! { p { (ui.text("officer-roles-second-why")) } }).html(ui))
            (Card::bare().front().html(html! {
                div.stack-s { p.small.muted { (ui.text("officer-roles-now")) } (officer::roles(ui, &view.now)) }
                form.form method="post" action={ (view.address) "/roles" } {
                    (page.csrf_field())
                    (officer::role_choices(ui, &view.chosen, error))
                    div.actions { (Button::primary(ui.text("officer-roles-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, &view.address)) }
                }
            }))
        },
    )
}

/// Empty, and with everything wrong; other roles.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/officers/new", ..Page::sample(locale) };
    let wrong = View {
        name: String::new(),
        login: "Ratih S".to_owned(),
        email: "ratih@".to_owned(),
        roles: Vec::new(),
        faults: vec![("name", "name_wrong"), ("login", "login_wrong"), ("email", "email_wrong"), ("roles", "roles_missing")],
    };
    let roles = RolesView {
        address: officer::SAMPLE_ADDRESS.to_owned(),
        name: inside.ui.sample("Bagas P. (contoh)", "Bagas P. (sample)").to_owned(),
        now: vec![Role::Desk],
        chosen: vec![Role::Desk],
        fault: None,
    };
    vec![
        Sample::new("officer-new", page(&inside, &View::default())),
        Sample::new("officer-new-wrong", page(&inside, &wrong)),
        Sample::new("officer-new-roles", roles_page(&inside, &roles)),
        Sample::new("officer-new-roles-same", roles_page(&inside, &RolesView { fault: Some("roles_unchanged"), ..roles })),
    ]
}
