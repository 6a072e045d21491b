//! The one value that every component gets: language, assets, zone and the present moment.

use crate::{
    asset::Assets,
    locale::{Locale, Value, Zone},
};
use maud::{Markup, html};
use siger_domain::time::{CivilDate, Instant};

/// The words of one long list as markup, each looked up and written once however often it comes.
#[derive(Debug)]
pub struct Words {
    locale: Locale,
    known: Vec<(&'static str, &'static str, Markup)>,
}

impl Words {
    /// For a list in this language.
    pub const fn new(locale: Locale) -> Self {
        Self { locale, known: Vec::new() }
    }

    /// As [`Locale::word`]. Words are told apart by where they stand: the same word from elsewhere is looked up once more.
    pub fn word(&mut self, family: &'static str, member: &'static str) -> &Markup {
        let known = self.known.iter().position(|(of, word, _)| std::ptr::eq(*word, member) && *of == family);
        let place = known.unwrap_or_else(|| {
            self.known.push((family, member, html! { (self.locale.word(family, member)) }));
            self.known.len() - 1
        });
        &self.known[place].2
    }
}

/// What markup needs to know besides its view. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Ui<'a> {
    /// Language of the page.
    pub locale: Locale,
    /// Where style sheet, scripts and icons are.
    pub assets: &'a Assets,
    /// Zone that moments are shown in.
    pub zone: &'a Zone,
    /// The moment the page is made; "today" and "4 minutes ago" are seen from here.
    pub now: Instant,
}

impl Ui<'_> {
    /// See [`Locale::text`].
    pub fn text(&self, key: &'static str) -> &'static str {
        self.locale.text(key)
    }

    /// See [`Locale::format`].
    pub fn format(&self, key: &'static str, arguments: &[(&'static str, Value<'_>)]) -> String {
        self.locale.format(key, arguments)
    }

    /// See [`Locale::word`].
    pub fn word(&self, family: &'static str, member: &'static str) -> &'static str {
        self.locale.word(family, member)
    }

    /// Sample text, written in both languages beside each other. Only for `sample()` views and `examples()`; words of pages live in `locales/`.
    pub fn sample(&self, id: &'static str, en: &'static str) -> &'static str {
        match self.locale {
            Locale::Id => id,
            Locale::En => en,
        }
    }

    /// An icon of the sprite. It only repeats what a word beside it says, so it is hidden from screen readers; where the sprite lacks
    /// it, nothing is shown.
    pub fn icon(&self, name: &str) -> Markup {
        html! {
            @if self.assets.has_icon(name) {
                svg.icon.icon-turns[name.starts_with("arrow-")] aria-hidden="true" width="18" height="18" {
                    use href={ (self.assets.url("icons.svg")) "#" (name) } {}
                }
            }
        }
    }

    /// A moment as people read it, with the exact one for machines: `24 Nov 2026, 09.42 WIB`.
    pub fn moment(&self, moment: Instant) -> Markup {
        html! { time datetime=(moment.to_rfc3339()) { (self.locale.moment(moment, self.zone)) } }
    }

    /// How long ago, the full moment as its title: `4 menit lalu`.
    pub fn ago(&self, moment: Instant) -> Markup {
        html! { time datetime=(moment.to_rfc3339()) title=(self.locale.moment(moment, self.zone)) { (self.locale.ago(moment, self.now)) } }
    }

    /// A calendar date: `24 November 2026`.
    pub fn date(&self, date: CivilDate) -> Markup {
        html! { time datetime=(date) { (self.locale.date(date)) } }
    }

    /// Today in the office's zone.
    pub fn today(&self) -> CivilDate {
        self.zone.date(self.now)
    }
}
