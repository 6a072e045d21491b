//! Signing in: a passkey where the device has one, else name, password and code on one page.
//!
//! Which of name, password and code was wrong is never said, and the answer to a name that does not exist is the same page.

use super::{Sample, passkey_form};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, code, field::Field, notice::Notice},
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};

/// Why the page is shown again, or shown at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Name, password or code did not fit.
    Wrong,
    /// Too many tries from here; the next is answered after this time.
    Wait {
        /// Seconds, rounded up.
        seconds: i64,
    },
    /// The sign-in ended by itself or by somebody; what was open needs a new one.
    Ended,
    /// The same, and a form was sent after it: nothing of it was kept.
    Unsent,
    /// The sign-in was ended because its cookie was copied.
    Copied,
    /// The officer signed out.
    SignedOut,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Why, where there is a reason.
    pub reason: Option<Reason>,
    /// The name that was typed, kept after a mistake.
    pub login: String,
    /// Where to go afterwards; checked with [`address::is_own`].
    pub next: String,
}

/// The page. Posts `login`, `password`, `code`, `next` to [`address::SIGN_IN`].
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let next = html! { input type="hidden" name="next" value=(view.next); };
    page.plain(
        &Head::new(ui.text("sign-in-title")).scripts(&["passkey.js"]),
        html! {
            (Heading::new(ui.text("sign-in-title")).lead(html! { p { (ui.text("sign-in-lead")) } }).html(ui))
            @if let Some(reason) = view.reason { (said(page, reason)) }
            (Card::bare().front().html(html! {
                (passkey_form(page, "get", "/sign-in/passkey/start", "/sign-in/passkey/finish", next.clone(), ui.text("sign-in-passkey"), true))
                form.form method="post" action=(address::SIGN_IN) {
                    (page.csrf_field())
                    (next)
                    (Field::text("login", ui.text("sign-in-login")).value(&view.login).autocomplete("username").length_max(LOGIN_CHARS_TYPED_MAX).html(ui))
                    (Field::password("password", ui.text("sign-in-password"), true).html(ui))
                    (code::code(ui, "code", ui.text("sign-in-code"), Some(ui.text("sign-in-code-hint")), None, false))
                    (Button::primary(ui.text("sign-in-act")).html(ui))
                }
            }))
            p { a href=(address::JOIN) { (ui.text("sign-in-join")) } }
            p.small.muted { (ui.text("sign-in-lost")) }
            @if page.office.is_sample { p.small.muted { (ui.text("sign-in-sample")) } }
        },
    )
}

/// Longer than any name that exists, short enough that nothing large is hashed or logged.
const LOGIN_CHARS_TYPED_MAX: usize = 80;

fn said(page: &Page<'_>, reason: Reason) -> Markup {
    let ui = &page.ui;
    match reason {
        Reason::Wrong => Notice::new(Tone::Stop, ui.text("sign-in-wrong")).body(html! { p { (ui.text("sign-in-wrong-next")) } }).html(ui),
        Reason::Wait { seconds } => {
            let title = ui.format("sign-in-wait", &[("length", ui.locale.duration(seconds).into())]);
            Notice::new(Tone::Stop, &title).body(html! { p { (ui.text("sign-in-wait-why")) } }).html(ui)
        }
        Reason::Ended => Notice::new(Tone::Heed, ui.text("sign-in-ended")).body(html! { p { (ui.text("sign-in-ended-next")) } }).html(ui),
        Reason::Unsent => Notice::new(Tone::Heed, ui.text("sign-in-ended")).body(html! { p { (ui.text("sign-in-unsent-next")) } }).html(ui),
        Reason::Copied => Notice::new(Tone::Stop, ui.text("sign-in-copied")).body(html! { p { (ui.text("sign-in-copied-next")) } }).html(ui),
        Reason::SignedOut => Notice::new(Tone::Good, ui.text("sign-in-out")).html(ui),
    }
}

/// The page in each of its states.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let outside = Page { here: address::SIGN_IN, ..Page::sample_outside(locale) };
    let shown = |name, reason| {
        Sample::new(
            name,
            page(&outside, &View { reason, login: if reason == Some(Reason::Wrong) { "ratih".to_owned() } else { String::new() }, next: "/".to_owned() }),
        )
    };
    vec![
        shown("sign-in", None),
        shown("sign-in-wrong", Some(Reason::Wrong)),
        shown("sign-in-wait", Some(Reason::Wait { seconds: 90 })),
        shown("sign-in-ended", Some(Reason::Ended)),
        shown("sign-in-unsent", Some(Reason::Unsent)),
        shown("sign-in-copied", Some(Reason::Copied)),
        shown("sign-in-out", Some(Reason::SignedOut)),
    ]
}
