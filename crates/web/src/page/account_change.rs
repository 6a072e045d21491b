//! Adding a passkey, choosing a password, setting up the code generator: one page each.

use super::{
    Sample,
    join::{Weak, weak_text},
    passkey_form,
};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, code, error_summary, field::Field, notice::Notice, proof, qr},
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};

/// Adding a passkey.
pub fn passkey(page: &Page<'_>) -> Markup {
    let ui = &page.ui;
    let title = ui.text("account-add-passkey");
    let label = Field::text("label", ui.text("passkey-label")).hint(ui.text("passkey-label-hint")).length_max(60).short().html(ui);
    page.desk(
        &Head::new(title).scripts(&["passkey.js"]),
        html! {
            (Heading::new(title).up(ui.text("account-title"), address::ACCOUNT).lead(html! { p { (ui.text("account-passkey-lead")) } }).html(ui))
            (Card::bare().front().html(html! {
                noscript { p { (ui.text("account-passkey-noscript")) } }
                (passkey_form(page, "create", "/account/passkey/start", "/account/passkey/finish", label, ui.text("join-passkey-act"), false))
                p { a href=(address::ACCOUNT) { (ui.text("action-cancel")) } }
            }))
        },
    )
}

/// Choosing a password; `weak` is why the one that was tried was refused.
pub fn password(page: &Page<'_>, login: &str, characters_min: usize, weak: Option<Weak>) -> Markup {
    let ui = &page.ui;
    let title = ui.text("account-password");
    let error = weak.map(|weak| weak_text(page, weak, characters_min));
    page.desk(
        &Head::new(title),
        html! {
            (Heading::new(title).up(ui.text("account-title"), address::ACCOUNT).lead(html! { p { (ui.text("account-password-lead")) } }).html(ui))
            @if let Some(error) = &error { (error_summary::error_summary(ui, &[("password", error)])) }
            (Card::bare().front().html(html! {
                form.form method="post" action="/account/password" {
                    (page.csrf_field())
                    // So that a password manager keeps the name beside the password.
                    input.unseen type="text" name="login" value=(login) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
                    (Field::password("password", ui.text("join-password-new"), false).hint(&ui.format("join-password-hint", &[("count", characters_min.into())])).error(error.as_deref()).html(ui))
                    div.actions { (Button::primary(ui.text("account-password-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, address::ACCOUNT)) }
                }
            }))
        },
    )
}

/// A code generator to be set up.
#[derive(Clone, Debug)]
pub struct CodeView {
    /// The drawing: width and height in modules.
    pub side: usize,
    /// The drawing: outline of the dark modules.
    pub path: String,
    /// The secret as it can be typed.
    pub secret: String,
    /// The code did not fit.
    pub wrong: bool,
}

/// Setting up the code generator.
pub fn generator(page: &Page<'_>, view: &CodeView) -> Markup {
    let ui = &page.ui;
    let title = ui.text("account-code");
    page.desk(
        &Head::new(title),
        html! {
            (Heading::new(title).up(ui.text("account-title"), address::ACCOUNT).lead(html! { p { (ui.text("account-code-lead")) } }).html(ui))
            @if view.wrong { (error_summary::error_summary(ui, &[("code", ui.text("code-wrong"))])) }
            (Card::new("account-scan", ui.text("join-scan")).front().note(html! { (ui.text("join-scan-note")) }).html(html! {
                (qr::qr(view.side, &view.path, ui.text("join-scan-label")))
                (proof::proof(ui, "secret", ui.text("join-secret"), &view.secret))
                form.form method="post" action="/account/code" {
                    (page.csrf_field())
                    (code::code(ui, "code", ui.text("join-code"), Some(ui.text("join-code-hint")), view.wrong.then(|| ui.text("code-wrong")), false))
                    div.actions { (Button::primary(ui.text("account-code-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, address::ACCOUNT)) }
                }
            }))
            (Notice::new(Tone::Calm, ui.text("join-secret-once")).html(ui))
        },
    )
}

/// Each page, and what was wrong.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/account/password", ..Page::sample(locale) };
    let code = CodeView { side: qr::SAMPLE.0, path: qr::SAMPLE.1.to_owned(), secret: "SAMP LESA MPLE SAMP LESA MPLE SAMP LESA".to_owned(), wrong: false };
    vec![
        Sample::new("account-passkey", passkey(&inside)),
        Sample::new("account-password", password(&inside, "ratih", 12, None)),
        Sample::new("account-password-weak", password(&inside, "ratih", 12, Some(Weak::Short))),
        Sample::new("account-code", generator(&inside, &code)),
        Sample::new("account-code-wrong", generator(&inside, &CodeView { wrong: true, ..code })),
    ]
}
