//! A one-time link, shown once: to an officer who is new, or who lost passkey or phone.

use super::{Sample, officer, request};
use crate::{
    component::{badge::Tone, button::Button, card::Card, clock, facts, notice::Notice, proof, qr},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::time::Instant;

use super::join::Kind;

/// What a second person must still agree to, with the address of the request.
#[derive(Clone, Debug)]
pub enum Second {
    /// Nothing.
    Nobody,
    /// The roles: the link works, and lets in somebody without any.
    Roles(String),
    /// The link itself: it opens nothing before.
    Code(String),
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// The officer's page.
    pub address: String,
    /// Whose link.
    pub name: String,
    /// The name to sign in with.
    pub login: String,
    /// What the link is for.
    pub kind: Kind,
    /// The whole link.
    pub link: String,
    /// The code in it, letters in groups.
    pub letters: String,
    /// The drawing: width and height in modules, outline of the dark ones; `None` where the address is too long for it.
    pub qr: Option<(usize, String)>,
    /// Until when it works, where it works already.
    pub until: Instant,
    /// What waits for a second person.
    pub second: Second,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.word("officer-link", view.kind.as_str());
    page.desk(
        &Head::new(title).section(Section::Officers),
        html! {
            (Heading::new(title).up(&view.name, &view.address).lead(html! { p { (ui.format("officer-link-lead", &[("name", view.name.as_str().into())])) } }).html(ui))
            (Notice::new(Tone::Heed, ui.text("officer-link-once")).body(html! { p { (ui.text("officer-link-once-why")) } }).html(ui))
            @match &view.second {
                Second::Nobody => {}
                Second::Roles(request) => { (second(page, request, ui.text("officer-link-roles"), ui.text("officer-link-roles-why"))) }
                Second::Code(request) => { (second(page, request, ui.text("officer-link-second"), ui.text("officer-link-second-why"))) }
            }
            div.grid-2 {
                (Card::new("officer-link", ui.text("officer-link-title")).front().html(html! {
                    @if let Some((side, path)) = &view.qr { (qr::qr(*side, path, ui.text("officer-link-scan"))) }
                    (proof::proof(ui, "link", ui.text("officer-link-whole"), &view.link))
                    (proof::proof(ui, "letters", ui.text("officer-link-letters"), &view.letters))
                    (facts::facts(ui, &[
                        (ui.text("officer-login"), Some(html! { code { (view.login) } })),
                        (ui.text("officer-link-until"), Some(html! {
                            @if matches!(view.second, Second::Code(_)) { (ui.text("officer-link-day")) } @else { (clock::until(ui, view.until)) }
                        })),
                    ]))
                }))
                (Card::new("officer-tell", ui.text("officer-tell")).html(html! {
                    ol.prose {
                        li { (ui.text("officer-tell-hand")) }
                        li { (ui.text("officer-tell-open")) }
                        li { (ui.word("officer-tell-next", view.kind.as_str())) }
                        li { (ui.text("officer-tell-wrong")) }
                    }
                }))
            }
            div.actions { (Button::plain(ui.text("officer-link-done")).link(ui, &view.address)) }
        },
    )
}

fn second(page: &Page<'_>, request: &str, what: &str, why: &str) -> Markup {
    let ui = &page.ui;
    Notice::new(Tone::Heed, what).body(html! { p { (why) " " a href=(request) { (ui.text("officer-request-open")) } } }).html(ui)
}

/// A link of each kind.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/officers/new", ..Page::sample(locale) };
    let view = |kind| View {
        address: officer::SAMPLE_ADDRESS.to_owned(),
        name: inside.ui.sample("Sari N. (contoh)", "Sari N. (sample)").to_owned(),
        login: "sari".to_owned(),
        kind,
        link: "https://siger.example/join/SAMP-LESA-MPLE-SAMP-LESA-MPLE-SAMP".to_owned(),
        letters: "SAMP-LESA-MPLE-SAMP-LESA-MPLE-SAMP".to_owned(),
        qr: Some((qr::SAMPLE.0, qr::SAMPLE.1.to_owned())),
        until: inside.ui.now.plus_seconds(86_400),
        second: Second::Code(request::SAMPLE_ADDRESS.to_owned()),
    };
    vec![
        Sample::new("officer-link", page(&inside, &View { second: Second::Roles(request::SAMPLE_ADDRESS.to_owned()), ..view(Kind::Invitation) })),
        Sample::new("officer-link-again", page(&inside, &View { second: Second::Nobody, ..view(Kind::Invitation) })),
        Sample::new("officer-link-passkey", page(&inside, &view(Kind::LostPasskey))),
        Sample::new("officer-link-phone", page(&inside, &View { qr: None, ..view(Kind::LostPhone) })),
    ]
}
