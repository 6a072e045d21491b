//! The first sign-in, by invitation or after something was lost: a one-time link leads here, and the officer leaves with a way to sign
//! in that only they know.

use super::{Sample, passkey_form};
use crate::{
    component::{
        badge::Tone,
        button::Button,
        card::Card,
        clock, code, error_summary, facts,
        field::Field,
        notice::Notice,
        proof, qr,
        steps::{self, State},
    },
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

/// What the link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new officer.
    Invitation,
    /// The passkey is gone; a new one is made, the old ones no longer open anything.
    LostPasskey,
    /// The phone is gone; a new secret for codes is made, the old one no longer opens anything.
    LostPhone,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::LostPasskey => "lost_passkey",
            Self::LostPhone => "lost_phone",
        }
    }
}

/// Why a new password was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer characters than `characters_min`.
    Short,
    /// More than can be kept.
    Long,
    /// Digits only, or a pattern that programs try first.
    Pattern,
    /// Built from the officer's own name or the office's.
    AboutYou,
    /// In the lists that programs try first.
    Common,
}

impl Weak {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Pattern => "pattern",
            Self::AboutYou => "about_you",
            Self::Common => "common",
        }
    }
}

/// Where the officer is.
#[derive(Clone, Debug)]
pub enum Step {
    /// Choose: a passkey, or a password and codes.
    Choose {
        /// The password that was tried.
        weak: Option<Weak>,
    },
    /// Put the secret into the phone and prove it with a code.
    Code {
        /// The drawing: width and height in modules.
        side: usize,
        /// The drawing: outline of the dark modules.
        path: String,
        /// The secret as it can be typed.
        secret: String,
        /// The code did not fit.
        wrong: bool,
    },
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// What the link is for.
    pub kind: Kind,
    /// Whose link it is.
    pub name: String,
    /// The name to sign in with.
    pub login: String,
    /// Until when the link works.
    pub until: Instant,
    /// Where the forms go: `/join/CODE`. They post to `{action}/password`, `{action}/code`, `{action}/passkey/start` and `/finish`.
    pub action: String,
    /// Fewest characters of a password.
    pub characters_min: usize,
    /// Where the officer is.
    pub step: Step,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.word("join-title", view.kind.as_str());
    let at_code = matches!(view.step, Step::Code { .. });
    page.plain(
        &Head::new(title).scripts(&["passkey.js"]),
        html! {
            (Heading::new(title).lead(html! { p { (ui.word("join-lead", view.kind.as_str())) } }).html(ui))
            @if let Step::Choose { weak: Some(weak) } = view.step { (error_summary::error_summary(ui, &[("password", &weak_text(page, weak, view.characters_min))])) }
            (facts::facts(ui, &[
                (ui.text("join-name"), Some(html! { bdi { (view.name) } })),
                (ui.text("sign-in-login"), Some(html! { code { (view.login) } })),
                (ui.text("join-until"), Some(html! { (clock::until(ui, view.until)) })),
            ]))
            @if view.kind == Kind::Invitation {
                (steps::steps(ui, &[
                    (ui.text("join-step-way"), "", if at_code { State::Done } else { State::Now }),
                    (ui.text("join-step-code"), if at_code { "" } else { ui.text("join-step-code-note") }, if at_code { State::Now } else { State::Ahead }),
                ]))
            }
            @match &view.step {
                Step::Choose { weak } => (choose(page, view, *weak)),
                Step::Code { side, path, secret, wrong } => (scan(page, view, *side, path, secret, *wrong)),
            }
        },
    )
}

/// What is wrong with a password, in words.
pub(super) fn weak_text(page: &Page<'_>, weak: Weak, characters_min: usize) -> String {
    match weak {
        Weak::Short => page.ui.format("join-password-short", &[("count", characters_min.into())]),
        other => page.ui.word("join-password", other.as_str()).to_owned(),
    }
}

fn choose(page: &Page<'_>, view: &View, weak: Option<Weak>) -> Markup {
    let ui = &page.ui;
    let error = weak.map(|weak| weak_text(page, weak, view.characters_min));
    let label = Field::text("label", ui.text("passkey-label")).hint(ui.text("passkey-label-hint")).length_max(60).short().html(ui);
    html! {
        (Card::new("join-passkey", ui.text("join-passkey")).front().note(html! { (ui.text("join-passkey-note")) }).html(html! {
            noscript { p { (ui.text("join-passkey-noscript")) } }
            (passkey_form(page, "create", &format!("{}/passkey/start", view.action), &format!("{}/passkey/finish", view.action), label, ui.text("join-passkey-act"), false))
        }))
        (Card::new("join-password", ui.text("join-password")).note(html! { (ui.text("join-password-note")) }).html(html! {
            form.form method="post" action={ (view.action) "/password" } {
                (page.csrf_field())
                // So that a password manager keeps the name beside the password.
                input.unseen type="text" name="login" value=(view.login) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
                (Field::password("password", ui.text("join-password-new"), false).hint(&ui.format("join-password-hint", &[("count", view.characters_min.into())])).error(error.as_deref()).html(ui))
                (Button::plain(ui.text("join-password-act")).html(ui))
            }
        }))
    }
}

fn scan(page: &Page<'_>, view: &View, side: usize, path: &str, secret: &str, wrong: bool) -> Markup {
    let ui = &page.ui;
    html! {
        (Card::new("join-scan", ui.text("join-scan")).front().note(html! { (ui.text("join-scan-note")) }).html(html! {
            (qr::qr(side, path, ui.text("join-scan-label")))
            (proof::proof(ui, "secret", ui.text("join-secret"), secret))
            (Notice::new(Tone::Calm, ui.text("join-secret-once")).html(ui))
            form.form method="post" action={ (view.action) "/code" } {
                (page.csrf_field())
                (code::code(ui, "code", ui.text("join-code"), Some(ui.text("join-code-hint")), wrong.then(|| ui.text("code-wrong")), wrong))
                (Button::primary(ui.text("join-code-act")).html(ui))
            }
        }))
    }
}

/// The page in each of its states.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let outside = Page { here: "/join/SAMPLE", ..Page::sample_outside(locale) };
    let view = |kind, step| View {
        kind,
        name: outside.ui.sample("Ratih S. (contoh)", "Ratih S. (sample)").to_owned(),
        login: "ratih".to_owned(),
        until: outside.ui.now.plus_seconds(172_800),
        action: "/join/SAMPLE".to_owned(),
        characters_min: 12,
        step,
    };
    let code = |wrong| Step::Code { side: qr::SAMPLE.0, path: qr::SAMPLE.1.to_owned(), secret: "SAMP LESA MPLE SAMP LESA MPLE SAMP LESA".to_owned(), wrong };
    vec![
        Sample::new("join", page(&outside, &view(Kind::Invitation, Step::Choose { weak: None }))),
        Sample::new("join-short", page(&outside, &view(Kind::Invitation, Step::Choose { weak: Some(Weak::Short) }))),
        Sample::new("join-common", page(&outside, &view(Kind::LostPasskey, Step::Choose { weak: Some(Weak::Common) }))),
        Sample::new("join-code", page(&outside, &view(Kind::Invitation, code(false)))),
        Sample::new("join-code-wrong", page(&outside, &view(Kind::LostPhone, code(true)))),
    ]
}
