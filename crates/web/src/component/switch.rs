//! The switches of language and of light and dark.

use super::Example;
use crate::{address, layout::Theme, locale::Locale, ui::Ui};
use maud::{Markup, html};

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "each language is named in itself, with its own lang",
    "works without script: links and a form",
    "the present choice is said, not only drawn",
    "leads back to the same page",
];

/// Links to the same page in the other languages. `here` is the path and query of the page.
pub fn language(ui: &Ui<'_>, here: &str) -> Markup {
    language_named(ui, ui.text("language-switch"), here)
}

/// [`language`] under another name, where a page has it twice.
pub(crate) fn language_named(ui: &Ui<'_>, name: &str, here: &str) -> Markup {
    html! {
        nav.switch aria-label=(name) {
            @for locale in Locale::ALL {
                a href=(locale.address(here)) lang=(locale.tag()) hreflang=(locale.tag()) aria-current=[(locale == ui.locale).then_some("true")] {
                    span aria-hidden="true" { (locale.tag().to_uppercase()) } span.unseen { (locale.own_name()) }
                }
            }
        }
    }
}

/// A form with one button for each theme; posts `theme` and `back` to [`address::LOOK`].
pub fn theme(ui: &Ui<'_>, now: Theme, here: &str, csrf: &str) -> Markup {
    theme_named(ui, ui.text("theme-switch"), now, here, csrf)
}

/// [`theme`] under another name, where a page has it twice.
pub(crate) fn theme_named(ui: &Ui<'_>, name: &str, now: Theme, here: &str, csrf: &str) -> Markup {
    html! {
        form.switch method="post" action=(address::LOOK) aria-label=(name) {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="back" value=(here);
            @for theme in Theme::ALL {
                @let word = ui.word("theme", theme.as_str());
                button type="submit" name="theme" value=(theme.as_str()) title=(word) aria-pressed=(if theme == now { "true" } else { "false" }) {
                    @if ui.assets.has_icon(theme.icon()) { (ui.icon(theme.icon())) span.unseen { (word) } } @else { (word) }
                }
            }
        }
    }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example { name: "language", markup: language_named(ui, ui.sample("Bahasa (contoh)", "Language (sample)"), "/style") },
        Example { name: "theme", markup: theme_named(ui, ui.sample("Tampilan (contoh)", "Appearance (sample)"), Theme::Device, "/style", "sample") },
    ]
}
