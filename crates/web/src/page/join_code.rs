//! Where a one-time code is typed that came on paper or by telephone; a link goes past this page.

use super::Sample;
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, error_summary, field::Field, notice::Notice},
    layout::{Head, Heading, Page},
    locale::Locale,
};
use maud::{Markup, html};

/// Why the page is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Not a code: a letter too many, too few, or another.
    Mistyped,
    /// A code, and not one that works.
    NotInForce,
    /// Too many tries from here; the next is answered after this time.
    Wait {
        /// Seconds, rounded up.
        seconds: i64,
    },
}

/// The page. Posts `code` to [`address::JOIN`]. What was typed is kept only where it cannot be a code.
pub fn page(page: &Page<'_>, reason: Option<Reason>, typed: &str) -> Markup {
    let ui = &page.ui;
    let error = match reason {
        Some(Reason::Mistyped) => Some(ui.text("join-code-mistyped")),
        Some(Reason::NotInForce) => Some(ui.text("conflict-link_not_in_force")),
        Some(Reason::Wait { .. }) | None => None,
    };
    page.plain(
        &Head::new(ui.text("join-code-title")),
        html! {
            (Heading::new(ui.text("join-code-title")).up(ui.text("sign-in-title"), address::SIGN_IN).lead(html! { p { (ui.text("join-code-lead")) } }).html(ui))
            @if let Some(error) = error { (error_summary::error_summary(ui, &[("code", error)])) }
            @if let Some(Reason::Wait { seconds }) = reason {
                (Notice::new(Tone::Stop, &ui.format("sign-in-wait", &[("length", ui.locale.duration(seconds).into())])).html(ui))
            }
            (Card::bare().front().html(html! {
                form.form method="post" action=(address::JOIN) {
                    (page.csrf_field())
                    (Field::text("code", ui.text("join-code-field")).value(typed).hint(ui.text("join-code-field-hint")).length_max(TYPED_CHARS_MAX).capitals().error(error).autofocus().html(ui))
                    (Button::primary(ui.text("join-code-go")).html(ui))
                }
            }))
        },
    )
}

/// A code with every blank and hyphen that somebody may put into it.
pub const TYPED_CHARS_MAX: usize = 80;

/// The page in each of its states.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let outside = Page { here: address::JOIN, ..Page::sample_outside(locale) };
    vec![
        Sample::new("join-typed", page(&outside, None, "")),
        Sample::new("join-typed-wrong", page(&outside, Some(Reason::Mistyped), "SAMP-LESA")),
        Sample::new("join-typed-over", page(&outside, Some(Reason::NotInForce), "")),
        Sample::new("join-typed-wait", page(&outside, Some(Reason::Wait { seconds: 20 }), "")),
    ]
}
