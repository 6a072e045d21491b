//! The office's keys: which there are, a new one in the place of one in use, the end of an old one.

use super::{
    Sample,
    office::{self, Parts},
};
use crate::{
    component::{
        badge::{self, Tone},
        button::Button,
        card::Card,
        confirm::confirm,
        notice::Notice,
        proof,
        table::{self, Column},
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
    ui::Ui,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

/// A key of the keyring.
#[derive(Clone, Debug)]
pub struct Key {
    /// Names it.
    pub id: String,
    /// Word of its state: `current`.
    pub state: &'static str,
    /// Since when in this state.
    pub since: Instant,
}

/// The keys of one kind.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Word of what they are for: `log`.
    pub which: &'static str,
    /// Newest first.
    pub keys: Vec<Key>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// Each kind with its keys.
    pub kinds: Vec<Kind>,
    /// May put new keys in place and end old ones.
    pub may_change: bool,
    /// Look-up hashes are still computed anew: the old look-up key is needed.
    pub rehash_waits: bool,
    /// The parts of the office that may be seen.
    pub parts: Parts,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("office-keys");
    page.desk(
        &Head::new(title).section(Section::Office),
        html! {
            (Heading::new(title).lead(html! { p { (ui.text("office-keys-note")) } }).html(ui))
            (office::parts(page, view.parts, office::KEYS))
            @if view.rehash_waits { (Notice::new(Tone::Calm, ui.text("office-keys-rehash")).body(html! { p { (ui.text("office-keys-rehash-why")) } }).html(ui)) }
            div.stack.alike.keys { @for kind in &view.kinds { (card(page, view, kind)) } }
        },
    )
}

fn card(page: &Page<'_>, view: &View, kind: &Kind) -> Markup {
    let ui = &page.ui;
    let name = ui.word("office-which", kind.which);
    // The office key comes from outside, so no page can put one in its place.
    let here = view.may_change && kind.which != "office";
    let mut columns = vec![Column::words(ui.text("office-key-id")), Column::words(ui.text("office-key-state")), Column::words(ui.text("office-key-since"))];
    if here {
        columns.push(Column::actions());
    }
    let rows = kind.keys.iter().map(|key| row(page, view, kind, key, here));
    Card::new(&format!("keys-{}", kind.which), name).note(html! { (ui.word("office-key-about", kind.which)) }).html(html! {
        (table::table(ui, name, false, &columns, rows))
        @if kind.which == "office" { p { (ui.text("office-key-console")) " " code translate="no" { "siger keys rotate office" } } }
        @if here {
            form method="post" action={ (office::KEYS) "/" (kind.which) "/rotate" } {
                (page.csrf_field())
                (confirm(
                    ui,
                    ui.text("office-key-rotate"),
                    html! { p { (ui.word("office-key-rotate-ask", kind.which)) } },
                    Button::danger(ui.text("office-key-rotate-act")).icon("key-round").about(name),
                ))
            }
        }
    })
}

fn row(page: &Page<'_>, view: &View, kind: &Kind, key: &Key, here: bool) -> Vec<Markup> {
    let ui = &page.ui;
    let tone = if key.state == "current" { Tone::Good } else { Tone::Calm };
    let mut cells = vec![proof::hash(&key.id), badge::badge(ui, tone, ui.word("office-key", key.state)), ui.moment(key.since)];
    if here {
        cells.push(html! {
            @if key.state == "overlap" {
                @if kind.which == "lookup" && view.rehash_waits { span.muted { (ui.text("office-key-needed")) } }
                @else { (retire(page, kind.which, key, ui)) }
            }
        });
    }
    cells
}

fn retire(page: &Page<'_>, which: &'static str, key: &Key, ui: &Ui<'_>) -> Markup {
    html! {
        form method="post" action={ (office::KEYS) "/" (which) "/" (key.id) "/retire" } {
            (page.csrf_field())
            (confirm(
                ui,
                ui.text("office-key-retire"),
                html! { p { (ui.word("office-key-retire-ask", which)) } },
                Button::danger(ui.text("office-key-retire-act")).icon("ban").about(&key.id),
            ))
        }
    }
}

/// For who may change them, for who may look, and while hashes are computed.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: office::KEYS, ..Page::sample(locale) };
    let now = inside.ui.now;
    let key = |id: &str, state, days: i64| Key { id: id.to_owned(), state, since: now.plus_seconds(-86_400 * days) };
    let kind = |which, keys| Kind { which, keys };
    let view = View {
        kinds: vec![
            kind("office", vec![key("1c33a0de", "current", 90)]),
            kind("log", vec![key("5f1c0a77", "current", 30), key("a0c44e19", "overlap", 30)]),
            kind("seal", vec![key("77aa0123", "current", 90), key("9d02b7f1", "retired", 90)]),
            kind("lookup", vec![key("0b54c9e2", "current", 1), key("e41f7a90", "overlap", 1)]),
        ],
        may_change: true,
        rehash_waits: false,
        parts: Parts { office: true, retention: true, jobs: true },
    };
    vec![
        Sample::new("office-keys", page(&inside, &view)),
        Sample::new("office-keys-look", page(&inside, &View { may_change: false, ..view.clone() })),
        Sample::new("office-keys-rehash", page(&inside, &View { rehash_waits: true, ..view })),
    ]
}
