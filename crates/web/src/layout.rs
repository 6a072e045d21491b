//! The shells that pages are set in: the desk for officers, the plain page for signing in and for errors.

use crate::{
    address,
    asset::Assets,
    component::{
        badge::{self, Tone},
        clock, search, switch,
    },
    locale::{Locale, Zone},
    ui::Ui,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use siger_app::live::NAMES;
use siger_domain::time::Instant;
use std::sync::LazyLock;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Device,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    /// The word in the cookie and in `data-theme`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }

    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Device => "monitor",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }
}

/// The sections of the desk, in the order of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// *Beranda*.
    Home,
    /// *Orang*.
    Persons,
    /// *Permintaan*.
    Requests,
    /// *Petugas*.
    Officers,
    /// *Jurnal*.
    Journal,
    /// *Kantor*.
    Office,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Home, Self::Persons, Self::Requests, Self::Officers, Self::Journal, Self::Office];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Persons => "persons",
            Self::Requests => "requests",
            Self::Officers => "officers",
            Self::Journal => "journal",
            Self::Office => "office",
        }
    }

    /// Its first page.
    pub const fn address(self) -> &'static str {
        match self {
            Self::Home => address::HOME,
            Self::Persons => address::PERSONS,
            Self::Requests => address::REQUESTS,
            Self::Officers => address::OFFICERS,
            Self::Journal => address::JOURNAL,
            Self::Office => address::OFFICE,
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Home => "house",
            Self::Persons => "users",
            Self::Requests => "inbox",
            Self::Officers => "id-card",
            Self::Journal => "book-text",
            Self::Office => "building-2",
        }
    }
}

/// The office whose page this is.
#[derive(Clone, Debug)]
pub struct OfficeView {
    /// As its people call it: "Kantor Imigrasi Way Kanan".
    pub name: String,
    /// Short code in the journal.
    pub code: String,
    /// Everything in it is made up; said on every page.
    pub is_sample: bool,
}

/// The officer who is signed in.
#[derive(Clone, Debug)]
pub struct OfficerView {
    /// As they want to be called.
    pub name: String,
    /// The sections that they may open; others are not in the menu.
    pub sections: Vec<Section>,
    /// Requests that wait for them as second person.
    pub requests_waiting: u64,
    /// Whether they may look persons up; the search box is there only then.
    pub may_search: bool,
}

/// What a request knows, whatever the page: made once for each by the router.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Language, assets, zone, moment.
    pub ui: Ui<'a>,
    /// Light or dark.
    pub theme: Theme,
    /// Whose page.
    pub office: &'a OfficeView,
    /// Who is signed in.
    pub officer: Option<&'a OfficerView>,
    /// Goes into every form as `csrf`.
    pub csrf: &'a str,
    /// Path and query of this page; the switches lead back here. For an answer to a POST: the page that the form stood on.
    pub here: &'a str,
    /// Where this page hears what changes, see [`address::LIVE`]. A part of it that must follow one of [`NAMES`] says
    /// `hx-get="..." hx-trigger="live:requests from:body"`.
    pub live: &'a str,
}

/// What differs from page to page outside its content.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Head<'a> {
    title: &'a str,
    section: Option<Section>,
    scripts: &'a [&'a str],
    wide: bool,
}

impl<'a> Head<'a> {
    /// A page with this title (the window's; the page's own heading is part of its content).
    pub const fn new(title: &'a str) -> Self {
        Self { title, section: None, scripts: &[], wide: false }
    }

    /// The section that the page belongs to.
    pub const fn section(mut self, section: Section) -> Self {
        self.section = Some(section);
        self
    }

    /// Scripts besides the one that every page has: `&["passkey.js"]`.
    pub const fn scripts(mut self, names: &'a [&'a str]) -> Self {
        self.scripts = names;
        self
    }

    /// In the plain shell: room for more than one question.
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

impl Page<'_> {
    /// A hidden field that every form with `method="post"` needs.
    pub fn csrf_field(&self) -> Markup {
        html! { input type="hidden" name="csrf" value=(self.csrf); }
    }

    /// The desk: menu at the side (on a phone behind a button that works without script), bar, content.
    pub fn desk(&self, head: &Head<'_>, content: Markup) -> Markup {
        let ui = &self.ui;
        self.document(
            head,
            true,
            html! {
                div.shell {
                    div.side { nav aria-label=(ui.text("menu-name")) {
                        (brand())
                        (self.menu(head.section))
                        p.foot { b { (self.office.name) } (ui.text("office-code")) " " (self.office.code) @if self.office.is_sample { br; (ui.text("sample-data")) } }
                    } }
                    div.column {
                        // On a phone one row: the menu, the search; the rest of the bar opens with the menu.
                        div.top {
                            details.phone-bar {
                                summary { (brand_mark()) span.open-menu { (ui.icon("menu")) (ui.text("menu-open")) } }
                                nav aria-label=(ui.text("menu-name")) { (self.menu(head.section)) }
                            }
                            header.bar {
                                @if self.officer.is_some_and(|officer| officer.may_search) { (search::search(ui, "search", address::SEARCH, "", self.csrf)) }
                                span.connection data-connection hidden role="status" {
                                    span data-when="on" hidden { (badge::badge(ui, Tone::Good, ui.text("connection-on"))) }
                                    span data-when="off" hidden { (badge::badge(ui, Tone::Heed, ui.text("connection-off"))) }
                                }
                                div.tools {
                                    (clock::clock(ui))
                                    (switch::language(ui, self.here))
                                    @if let Some(officer) = self.officer {
                                        a.who.push href=(address::ACCOUNT) { span.avatar aria-hidden="true" { (initials(&officer.name)) } span { span.unseen { (ui.text("account-of")) " " } bdi { (officer.name) } } }
                                        form method="post" action=(address::SIGN_OUT) { (self.csrf_field()) button.as-link type="submit" { (ui.text("action-sign-out")) } }
                                    }
                                }
                            }
                        }
                        div.tapis {}
                        (self.print_head())
                        main.content #main tabindex="-1" { (content) }
                        footer.foot-line {
                            span { (self.office.name) }
                            span { "Siger " (env!("CARGO_PKG_VERSION")) }
                            (switch::theme(ui, self.theme, self.here, self.csrf))
                        }
                    }
                }
            },
        )
    }

    /// The plain page: one question in the middle. For signing in, for errors, and whenever nobody is signed in.
    pub fn plain(&self, head: &Head<'_>, content: Markup) -> Markup {
        let ui = &self.ui;
        self.document(
            head,
            false,
            html! {
                div.plain {
                    header {
                        div.plain-bar {
                            a.brand href=(address::HOME) { (crown()) span { "Siger" } }
                            span.cluster { span.office { (self.office.name) } (switch::language(ui, self.here)) }
                        }
                        div.tapis {}
                    }
                    (self.print_head())
                    main.plain-main.wide[head.wide] #main tabindex="-1" { (content) }
                    footer.foot-line {
                        span { "Siger " (env!("CARGO_PKG_VERSION")) }
                        (switch::theme(ui, self.theme, self.here, self.csrf))
                    }
                }
            },
        )
    }

    fn document(&self, head: &Head<'_>, live: bool, body: Markup) -> Markup {
        let ui = &self.ui;
        let assets = ui.assets;
        let live = live && self.officer.is_some();
        html! {
            (DOCTYPE)
            html lang=(ui.locale.tag()) dir=(ui.locale.direction()) data-theme=(self.theme.as_str()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (head.title) " · " (self.office.name) " · Siger" }
                    meta name="color-scheme" content=(match self.theme { Theme::Device => "light dark", Theme::Light => "light", Theme::Dark => "dark" });
                    meta name="theme-color" content="#232060";
                    meta name="referrer" content="same-origin";
                    meta name="robots" content="noindex";
                    link rel="icon" href=(assets.url("siger.svg")) type="image/svg+xml";
                    @if let Some(font) = assets.find("font-latin.woff2") { link rel="preload" href=(font) as="font" type="font/woff2" crossorigin; }
                    link rel="stylesheet" href=(assets.url("site.css"));
                    @if let Some(htmx) = assets.find("htmx.js") {
                        // No evaluation and no style element: the content security policy has neither.
                        meta name="htmx-config" content=r#"{"includeIndicatorCSS":false,"defaultTimeout":20000,"history":false}"#;
                        script src=(htmx) defer {}
                    }
                    script src=(assets.url("siger.js")) defer {}
                    @for name in head.scripts { script src=(assets.url(name)) defer {} }
                }
                body data-live=[live.then_some(self.live)] data-live-names=[live.then(|| NAMES.join(" "))] {
                    a.skip href="#main" { (ui.text("skip")) }
                    @if self.office.is_sample { aside.sample aria-label=(ui.text("sample-name")) { (ui.icon("info")) span { (ui.text("sample-office")) } } }
                    (body)
                }
            }
        }
    }

    fn menu(&self, current: Option<Section>) -> Markup {
        let ui = &self.ui;
        html! {
            @if let Some(officer) = self.officer {
                ul.menu-list {
                    @for section in Section::ALL.into_iter().filter(|section| officer.sections.contains(section)) {
                        li { a href=(section.address()) aria-current=[(Some(section) == current).then_some("page")] {
                            (ui.icon(section.icon())) span { (ui.word("section", section.as_str())) }
                            @if section == Section::Requests && officer.requests_waiting > 0 {
                                span.count { (ui.locale.number(i64::try_from(officer.requests_waiting).unwrap_or(i64::MAX))) span.unseen { " " (ui.text("requests-waiting")) } }
                            }
                        } }
                    }
                }
            }
        }
    }

    fn print_head(&self) -> Markup {
        html! { div.print-head { span { (self.office.name) } span { (self.ui.locale.moment(self.ui.now, self.ui.zone)) } } }
    }

    /// A page of the sample office, for `sample()` views, snapshots and the style page: the same moment, officer and addresses each time.
    pub fn sample(locale: Locale) -> Page<'static> {
        static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::unhashed);
        static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("Asia/Jakarta").unwrap_or(Zone::UTC));
        static OFFICE: LazyLock<OfficeView> =
            LazyLock::new(|| OfficeView { name: "Kantor Imigrasi Way Kanan".to_owned(), code: "WKN".to_owned(), is_sample: true });
        static OFFICERS: LazyLock<[OfficerView; 2]> = LazyLock::new(|| {
            ["Ratih S. (contoh)", "Ratih S. (sample)"].map(|name| OfficerView {
                name: name.to_owned(),
                sections: Section::ALL.to_vec(),
                requests_waiting: 2,
                may_search: true,
            })
        });
        Page {
            // 2026-11-24T02:42:07Z, 09.42 in Way Kanan.
            ui: Ui { locale, assets: &ASSETS, zone: &ZONE, now: Instant::from_unix_micros(1_795_488_127_000_000) },
            theme: Theme::Device,
            office: &OFFICE,
            officer: Some(&OFFICERS[locale as usize]),
            csrf: "sample",
            here: "/",
            live: address::LIVE,
        }
    }

    /// The same with nobody signed in.
    pub fn sample_outside(locale: Locale) -> Page<'static> {
        Page { officer: None, ..Self::sample(locale) }
    }
}

/// The top of a page's content: where it belongs, its heading, one sentence, what can be done.
#[derive(Default)]
#[must_use]
pub struct Heading<'a> {
    title: &'a str,
    lead: Option<Markup>,
    up: Option<(&'a str, &'a str)>,
    mark: Option<Markup>,
    actions: Option<Markup>,
}

impl<'a> Heading<'a> {
    /// The heading (level 1), once on a page.
    pub fn new(title: &'a str) -> Self {
        Self { title, ..Self::default() }
    }

    /// One sentence under it.
    pub fn lead(mut self, lead: Markup) -> Self {
        self.lead = Some(lead);
        self
    }

    /// The page above this one: its name and address.
    pub fn up(mut self, name: &'a str, address: &'a str) -> Self {
        self.up = Some((name, address));
        self
    }

    /// A badge beside it.
    pub fn mark(mut self, mark: Markup) -> Self {
        self.mark = Some(mark);
        self
    }

    /// Links and buttons at the end of its line.
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// The heading's markup.
    pub fn html(self, ui: &Ui<'_>) -> Markup {
        html! {
            div.heading {
                div {
                    @if let Some((name, address)) = self.up { a.crumb href=(address) { (ui.icon("arrow-left")) (name) } }
                    div.cluster { h1 { bdi { (self.title) } } @if let Some(mark) = self.mark { (mark) } }
                    @if let Some(lead) = self.lead { div.lead { (lead) } }
                }
                @if let Some(actions) = self.actions { div.actions.no-print { (actions) } }
            }
        }
    }
}

/// Up to two letters for the round mark beside a name.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|part| part.chars().next()).filter(|c| c.is_alphabetic()).take(2).flat_map(char::to_uppercase).collect()
}

fn brand() -> Markup {
    html! { a.brand href=(address::HOME) { (crown()) span { "Siger" } } }
}

fn brand_mark() -> Markup {
    html! { span.brand { (crown()) span { "Siger" } } }
}

/// The crown: our own drawing of a siger, no emblem of a state.
fn crown() -> Markup {
    PreEscaped(
        r#"<svg viewBox="0 0 30 26" width="30" height="26" aria-hidden="true"><path d="M3.5 20 2 7.5l6 4.5 2.5-9L15 10l4.5-7 2.5 9 6-4.5L26.5 20zM4.5 24h21"/></svg>"#
            .to_owned(),
    )
}
