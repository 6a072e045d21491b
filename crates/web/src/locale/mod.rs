//! The words of the pages: Indonesian first, English beside it.
//!
//! Words live in `locales/{id,en}/AREA.ftl` (Project Fluent). In the source they are named by [`Locale::text`],
//! [`Locale::format`] and [`Locale::word`] with a literal key, so that a test can find keys that are missing, unused, or
//! take other arguments in one language than in the other.
//!
//! Messages without arguments are resolved once, at first use; after that a text is one look-up in a hash table.

mod format;
mod negotiate;

pub use format::{Moments, Zone};
pub use negotiate::{LANGUAGE_COOKIE, Negotiated};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use std::{collections::HashMap, sync::LazyLock};
use unic_langid::LanguageIdentifier;

/// A value put into a message: text, or a number that chooses the plural form and is written with the language's digit groups.
pub use fluent_bundle::FluentValue as Value;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Indonesian, *Bahasa Indonesia*.
    #[default]
    Id,
    /// English.
    En,
}

macro_rules! areas {
    ($($area:literal),* $(,)?) => {
        /// Names of the files in each language's folder.
        pub const AREAS: &[&str] = &[$($area),*];
        const SOURCES: [&[&str]; 2] = [
            &[$(include_str!(concat!("../../locales/id/", $area, ".ftl"))),*],
            &[$(include_str!(concat!("../../locales/en/", $area, ".ftl"))),*],
        ];
    };
}

areas!(
    "common",
    "layout",
    "vocabulary",
    "event",
    "refusal",
    "style",
    "sign_in",
    "error",
    "home",
    "officer",
    "request",
    "account",
    "office",
    "person",
    "journal",
);

/// What is kept for one language.
struct Texts {
    /// Messages without arguments, finished.
    plain: HashMap<&'static str, &'static str, foldhash::fast::RandomState>,
    /// All messages; used for those with arguments.
    bundle: FluentBundle<FluentResource>,
}

static TEXTS: [LazyLock<Texts>; 2] = [LazyLock::new(|| Texts::read(Locale::Id)), LazyLock::new(|| Texts::read(Locale::En))];

impl Texts {
    fn read(locale: Locale) -> Self {
        let language: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Names of people and numbers are set in <bdi> by the markup; marks inside the text would end up in copies and print.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match locale {
            Locale::Id => write_value::<'.', _>,
            Locale::En => write_value::<',', _>,
        }));
        let sources = SOURCES[locale as usize];
        for source in sources {
            // What is readable is used; a test fails on a file with a fault in it and on a key defined twice.
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(language = locale.tag(), ?errors, "a message is defined twice");
            }
        }
        let mut plain = HashMap::default();
        for key in sources.iter().flat_map(|source| keys(source)) {
            let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else { continue };
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
            if errors.is_empty() {
                // Leaked on purpose: once for each message of the program, kept as long as it runs.
                plain.insert(key, &*Box::leak(text.into_boxed_str()));
            }
        }
        Self { plain, bundle }
    }
}

/// The keys that a file defines, in order.
fn keys(source: &'static str) -> impl Iterator<Item = &'static str> {
    source.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic())).filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim_end())
}

fn write_value<const SEPARATOR: char, M>(value: &Value<'_>, _: &M) -> Option<String> {
    match value {
        Value::Number(number) if number.value.fract() == 0.0 && number.value.abs() < 9e15 => Some(format::grouped(number.value as i64, SEPARATOR)),
        _ => None,
    }
}

impl Locale {
    /// Every language, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// The language tag (BCP 47), as in `lang="id"`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Id => "Bahasa Indonesia",
            Self::En => "English",
        }
    }

    /// The direction of writing, as in `dir="ltr"`.
    pub const fn direction(self) -> &'static str {
        "ltr"
    }

    /// The language with this tag; a region after it does not matter (`id-ID`). `in` is the old code of Indonesian.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.trim().to_ascii_lowercase().as_str() {
            "id" | "in" => Some(Self::Id),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    fn texts(self) -> &'static Texts {
        &TEXTS[self as usize]
    }

    /// A message without arguments. A key that does not exist (a test finds it) shows itself.
    pub fn text(self, key: &'static str) -> &'static str {
        self.texts().plain.get(key).copied().unwrap_or_else(|| {
            tracing::error!(language = self.tag(), key, "no such message");
            key
        })
    }

    /// A message with arguments.
    ///
    /// ```
    /// # use siger_web::locale::Locale;
    /// assert_eq!(Locale::Id.format("duration-days", &[("count", 18_204.into())]), "18.204 hari");
    /// ```
    pub fn format(self, key: &'static str, arguments: &[(&'static str, Value<'_>)]) -> String {
        let texts = self.texts();
        let Some(pattern) = texts.bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(language = self.tag(), key, "no such message");
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = texts.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(language = self.tag(), key, ?errors, "a message could not be completed");
        }
        text
    }

    /// The word for a member of a closed vocabulary: `word("role", Role::Desk.as_str())` is the message `role-desk`.
    /// A member without a word (a test finds it) shows itself.
    pub fn word(self, family: &'static str, member: &'static str) -> &'static str {
        let mut key = String::with_capacity(family.len() + 1 + member.len());
        key.push_str(family);
        key.push('-');
        // Fluent keys have no dots; the actions of the vocabulary do.
        key.extend(member.chars().map(|c| if c == '.' { '-' } else { c }));
        self.texts().plain.get(key.as_str()).copied().unwrap_or_else(|| {
            tracing::error!(language = self.tag(), key, "no such word");
            member
        })
    }

    /// Whether a message exists, with or without arguments.
    pub fn has(self, key: &str) -> bool {
        self.texts().bundle.has_message(key)
    }
}

/// The files of one language, for the tests that compare them.
pub fn sources(locale: Locale) -> impl Iterator<Item = (&'static str, &'static str)> {
    AREAS.iter().copied().zip(SOURCES[locale as usize].iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_resolved_once() {
        assert!(std::ptr::eq(Locale::Id.text("action-save"), Locale::Id.text("action-save")));
        assert_ne!(Locale::Id.text("action-save"), Locale::En.text("action-save"));
    }

    #[test]
    fn numbers_in_messages_follow_the_language() {
        assert_eq!(Locale::Id.format("duration-days", &[("count", 1_234_567.into())]), "1.234.567 hari");
        assert_eq!(Locale::En.format("duration-days", &[("count", 1_234_567.into())]), "1,234,567 days");
        assert_eq!(Locale::En.format("duration-days", &[("count", 1.into())]), "1 day");
    }

    #[test]
    fn an_unknown_key_shows_itself() {
        assert_eq!(Locale::Id.text(concat!("no-such", "-key")), "no-such-key");
        assert_eq!(Locale::Id.word(concat!("no-such", "-family"), "desk"), "desk");
    }

    #[test]
    fn tags() {
        for (tag, expected) in
            [("id", Some(Locale::Id)), ("id-ID", Some(Locale::Id)), ("in_ID", Some(Locale::Id)), ("EN-gb", Some(Locale::En)), ("ms", None), ("", None)]
        {
            assert_eq!(Locale::from_tag(tag), expected, "{tag}");
        }
    }
}
