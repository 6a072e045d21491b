//! When something did not go as asked: what happened, what to do next, and the number under which the log knows it.

use super::Sample;
use crate::{
    address,
    component::{button::Button, facts, proof},
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};

/// The errors that have a page. Any other status is shown as the nearest of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 403: not allowed.
    Forbidden,
    /// 403: a form that is not of this sign-in's pages.
    Foreign,
    /// 404: not here, or not to be known about.
    NotFound,
    /// 408: what was sent did not arrive in time.
    TooSlow,
    /// 409: somebody else was first.
    Conflict,
    /// 413: too large.
    TooLarge,
    /// 415: a kind of file or form that is not taken.
    UnsupportedKind,
    /// 422: understood, but not possible.
    Invalid,
    /// 429: too often.
    TooOften,
    /// 500: our mistake.
    Internal,
    /// 503: not now.
    Unavailable,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Forbidden,
        Self::Foreign,
        Self::NotFound,
        Self::TooSlow,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedKind,
        Self::Invalid,
        Self::TooOften,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The page for a status.
    pub const fn of(status: u16) -> Self {
        match status {
            401 | 403 => Self::Forbidden,
            404 | 405 | 410 => Self::NotFound,
            408 => Self::TooSlow,
            409 | 412 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::UnsupportedKind,
            429 => Self::TooOften,
            502..=504 => Self::Unavailable,
            400..500 => Self::Invalid,
            _ => Self::Internal,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Foreign => "foreign",
            Self::NotFound => "not_found",
            Self::TooSlow => "too_slow",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::UnsupportedKind => "unsupported_kind",
            Self::Invalid => "invalid",
            Self::TooOften => "too_often",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What the page shows.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Which error.
    pub kind: Kind,
    /// Status of the answer.
    pub status: u16,
    /// A sentence about this very case, already in the person's language, where there is one.
    pub about: Option<&'a str>,
    /// Seconds after which it is worth trying again.
    pub retry_seconds: Option<i64>,
    /// The number in the log.
    pub operation: Option<&'a str>,
}

/// The page: in the desk when somebody is signed in, else in the plain shell.
pub fn page(page: &Page<'_>, view: &View<'_>) -> Markup {
    let ui = &page.ui;
    let kind = view.kind;
    let title = ui.word("error-title", kind.as_str());
    let content = html! {
        (Heading::new(title).html(ui))
        div.prose {
            // What is known of this very case takes the place of what is true of all such cases; of a conflict it says all there is to do.
            p { @match view.about { Some(about) => strong { (about) }, None => (ui.word("error-what", kind.as_str())) } }
            @if view.about.is_none() || kind != Kind::Conflict { p { (ui.word("error-next", kind.as_str())) } }
            @if let Some(seconds) = view.retry_seconds { p { (ui.format("error-retry", &[("length", ui.locale.duration(seconds).into())])) } }
        }
        div.actions {
            @if page.officer.is_some() { (Button::primary(ui.text("error-home")).link(ui, address::HOME)) } @else { (Button::primary(ui.text("error-sign-in")).link(ui, address::SIGN_IN)) }
            @if matches!(kind, Kind::Foreign | Kind::TooSlow | Kind::Conflict | Kind::TooOften | Kind::Internal | Kind::Unavailable) { (Button::plain(ui.text("error-again")).icon("refresh-cw").link(ui, page.here)) }
        }
        (facts::facts(ui, &[
            (ui.text("error-status"), Some(html! { (view.status) })),
            (ui.text("error-operation"), view.operation.map(proof::hash)),
            (ui.text("error-time"), Some(html! { (ui.moment(ui.now)) })),
        ]))
        @if view.operation.is_some() { p.small.muted { (ui.text("error-operation-why")) } }
    };
    let head = Head::new(title);
    if page.officer.is_some() { page.desk(&head, content) } else { page.plain(&head, content) }
}

/// The page for every kind of error, and once for somebody who is not signed in.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/persons", ..Page::sample(locale) };
    let outside = Page { here: "/persons", ..Page::sample_outside(locale) };
    let view = |status| View { kind: Kind::of(status), status, about: None, retry_seconds: None, operation: Some("019a9c3e-0000-7000-8000-000000000000") };
    let about = inside.ui.sample("Permintaan ini sudah diputuskan oleh petugas lain.", "Another officer has decided on this request.");
    vec![
        Sample::new("error-403", page(&inside, &view(403))),
        Sample::new("error-403-foreign", page(&inside, &View { kind: Kind::Foreign, about: Some(inside.ui.text("refused-hidden")), ..view(403) })),
        Sample::new("error-404", page(&inside, &View { operation: None, ..view(404) })),
        Sample::new("error-404-outside", page(&outside, &View { operation: None, ..view(404) })),
        Sample::new("error-408", page(&inside, &view(408))),
        Sample::new("error-409", page(&inside, &View { about: Some(about), ..view(409) })),
        Sample::new("error-413", page(&inside, &view(413))),
        Sample::new("error-415", page(&inside, &view(415))),
        Sample::new("error-422", page(&inside, &view(422))),
        Sample::new("error-429", page(&inside, &View { retry_seconds: Some(60), ..view(429) })),
        Sample::new("error-500", page(&inside, &view(500))),
        Sample::new("error-503", page(&inside, &View { retry_seconds: Some(10), ..view(503) })),
    ]
}
