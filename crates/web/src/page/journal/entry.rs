//! One entry with everything that proves it: without trusting this program.

use super::{Leads, Sample, list, subject};
use crate::{
    address,
    component::{button::Button, card::Card, facts::facts, proof},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Number.
    pub number: u64,
    /// The open part, for those who may read the journal; a proof alone names nobody.
    pub open: Option<list::Row<'a>>,
    /// Which subjects lead somewhere.
    pub leads: Leads,
    /// Leaf data, hexadecimal.
    pub commitment: String,
    /// Leaf hash, hexadecimal.
    pub leaf: String,
    /// Entries under the checkpoint.
    pub size: u64,
    /// Siblings on the path from the leaf to the root, base64.
    pub path: Vec<String>,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// Verifier keys of the log, a line each.
    pub keys: String,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View<'_>) -> Markup {
    let ui = &page.ui;
    let title = ui.format("journal-entry", &[("number", view.number.into())]);
    let receipt = format!("{}/{}/receipt", address::JOURNAL, view.number);
    let up = if view.open.is_some() { (ui.text("section-journal"), address::JOURNAL) } else { (ui.text("section-home"), address::HOME) };
    page.desk(
        &Head::new(&title).section(Section::Journal),
        html! {
            (Heading::new(&title).up(up.0, up.1).lead(html! { p { (ui.text("journal-entry-lead")) } }).html(ui))
            div.grid-main {
                div.stack {
                    @if let Some(row) = &view.open {
                        (Card::new("open", ui.text("journal-open")).front().note(html! { (ui.text("journal-open-note")) }).html(facts(ui, &[
                            (ui.text("journal-what"), Some(html! { (ui.word("event", row.kind)) })),
                            (ui.text("journal-at"), Some(html! { time datetime=(row.at.to_rfc3339()) { (ui.locale.moment_exact(row.at, ui.zone)) } })),
                            (ui.text("journal-about"), Some(subject(ui.word("resource", row.subject.kind()), row.subject, view.leads))),
                            (ui.text("journal-who"), Some(html! { bdi { (match row.who { Some(name) => name, None if row.program => ui.text("person-program"), None => ui.text("journal-gone") }) } ", " (ui.word("role", row.role.as_str())) })),
                            (ui.text("journal-purpose"), Some(html! { (ui.word("purpose", row.purpose.as_str())) })),
                        ])))
                    }
                    (Card::new("proof", ui.text("journal-proof")).note(html! { (ui.text("journal-proof-note")) }).html(html! {
                        (proof::proof(ui, "commitment", ui.text("journal-commitment"), &view.commitment))
                        (proof::proof(ui, "leaf", ui.text("journal-leaf"), &view.leaf))
                        @if view.path.is_empty() { p.muted { (ui.text("journal-path-none")) } }
                        @else { (proof::proof(ui, "path", &ui.format("journal-path", &[("count", view.path.len().into()), ("size", view.size.into())]), &view.path.join("\n"))) }
                        (proof::proof(ui, "checkpoint", ui.text("journal-checkpoint"), &view.checkpoint))
                    }))
                }
                div.stack {
                    div.no-print { (Card::new("receipt", ui.text("journal-receipt")).html(html! {
                        p { (ui.text("journal-receipt-note")) }
                        div.actions { (Button::primary(ui.text("journal-receipt-act")).icon("stamp").link(ui, &receipt)) }
                        @if view.open.is_some() {
                            p { (ui.text("journal-opening-note")) }
                            div.actions { (Button::plain(ui.text("journal-opening-act")).icon("eye").link(ui, &format!("{receipt}?opening=1"))) }
                        }
                    })) }
                    (Card::new("verify", ui.text("journal-verify")).html(html! {
                        ol.stack-s {
                            li { (ui.text("journal-verify-key")) " " a href="/log/vkey" { "/log/vkey" } }
                            li { (ui.text("journal-verify-leaf")) }
                            li { (ui.text("journal-verify-path")) }
                            li { (ui.text("journal-verify-keep")) " " a href="/log/checkpoint" { "/log/checkpoint" } }
                        }
                        p.small.muted { (ui.text("journal-verify-formats")) " " code { "docs/ref/transparency-log.md" } }
                        (proof::proof(ui, "keys", ui.text("journal-keys"), &view.keys))
                    }))
                }
            }
        },
    )
}

/// For those who read the journal, and a proof alone.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/journal/18204", ..Page::sample(locale) };
    let open = list::sample_rows(&inside.ui).into_iter().next();
    let view = View {
        number: 18_204,
        open,
        leads: Leads { persons: true, readers: true, officers: true, requests: true },
        commitment: "b06794bf6be9f8a27847e77065ad093e9ee23affba0480d740c245ec9573a05d".to_owned(),
        leaf: "08830a903db2086c2a460c36adfb90dd8d9d293ec4737c8e55e10c5d883b7482".to_owned(),
        size: 18_205,
        path: vec!["gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=".to_owned(), "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=".to_owned()],
        checkpoint: "siger.example/way-kanan\n18205\nQkFTRTY0IG9mIGEgc2FtcGxlIHJvb3QsIG5vdCByZWFsISE=\n\n— siger.example/way-kanan SAMPLE0000000000000000000000000000000000000000=\n".to_owned(),
        keys: "siger.example/way-kanan+9c7e6d0f+SAMPLE000000000000000000000000000000000000000\n".to_owned(),
    };
    let alone = View { number: 0, open: None, leads: Leads::default(), path: Vec::new(), size: 1, ..view.clone() };
    vec![Sample::new("journal-entry", page(&inside, &view)), Sample::new("journal-entry-proof", page(&inside, &alone))]
}
