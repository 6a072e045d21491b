//! Before something that cannot easily be undone: confirm that it is still you, by passkey or by a fresh code.

use super::{Sample, passkey_form};
use crate::{
    component::{badge::Tone, button::Button, card::Card, code, notice::Notice},
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// What is about to be done, in words: the word of the action.
    pub what: String,
    /// Where to go on afterwards.
    pub next: String,
    /// Where to go when it is not to be done.
    pub back: String,
    /// The officer has a passkey.
    pub has_passkey: bool,
    /// The officer has a code generator.
    pub has_code: bool,
    /// The code did not fit.
    pub wrong: bool,
    /// Too many tries: seconds until the next.
    pub wait_seconds: Option<i64>,
}

/// The page. Posts `code`, `next` to `/fresh`; passkeys go through `/fresh/passkey/start` and `/fresh/passkey/finish`.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let next = html! { input type="hidden" name="next" value=(view.next); };
    let error = view.wrong.then(|| ui.text("code-wrong"));
    page.plain(
        &Head::new(ui.text("fresh-title")).scripts(&["passkey.js"]),
        html! {
            (Heading::new(ui.text("fresh-title")).lead(html! { p { (ui.format("fresh-lead", &[("what", view.what.as_str().into())])) } }).html(ui))
            @if let Some(seconds) = view.wait_seconds {
                (Notice::new(Tone::Stop, &ui.format("sign-in-wait", &[("length", ui.locale.duration(seconds).into())])).body(html! { p { (ui.text("sign-in-wait-why")) } }).html(ui))
            }
            (Card::bare().front().html(html! {
                @if view.has_passkey { (passkey_form(page, "get", "/fresh/passkey/start", "/fresh/passkey/finish", next.clone(), ui.text("fresh-passkey"), view.has_code)) }
                @if view.has_code {
                    form.form method="post" action="/fresh" {
                        (page.csrf_field())
                        (next)
                        (code::code(ui, "code", ui.text("fresh-code"), Some(ui.text("fresh-code-hint")), error, true))
                        (Button::primary(ui.text("fresh-act")).html(ui))
                    }
                }
                @if !view.has_passkey && !view.has_code { p { (ui.text("fresh-none")) } }
                p { a href=(view.back) { (ui.text("fresh-back")) } }
            }))
        },
    )
}

/// The page in each of its states.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/fresh", ..Page::sample(locale) };
    let view = View {
        what: locale.word("action", "officer.suspend").to_owned(),
        next: "/officers".to_owned(),
        back: "/officers".to_owned(),
        has_passkey: true,
        has_code: true,
        wrong: false,
        wait_seconds: None,
    };
    vec![
        Sample::new("fresh", page(&inside, &view)),
        Sample::new("fresh-wrong", page(&inside, &View { wrong: true, has_passkey: false, ..view.clone() })),
        Sample::new("fresh-wait", page(&inside, &View { wait_seconds: Some(30), ..view.clone() })),
        Sample::new("fresh-none", page(&inside, &View { has_passkey: false, has_code: false, ..view })),
    ]
}
