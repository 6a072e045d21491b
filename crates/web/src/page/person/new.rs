//! Registering a person, and correcting who they are.

use super::{
    Purposes, SAMPLE_ADDRESS, Sample, form,
    form::{Document, Fault, Identity},
    purpose_field, purpose_hidden, sample_purposes,
};
use crate::{
    address,
    component::{badge::Tone, button::Button, card::Card, error_summary, facts::facts, notice::Notice},
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::access::Purpose;

/// What was typed, and what was wrong with it.
#[derive(Clone, Debug)]
pub struct View {
    /// Who they are.
    pub identity: Identity,
    /// Documents, at least one group of fields.
    pub documents: Vec<Document>,
    /// There is room for another.
    pub may_add: bool,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// Documents that stand on a file already: issuer and number.
    pub known: Vec<(String, String)>,
    /// What for.
    pub purposes: Purposes,
}

/// The form that registers.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-register");
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-title"), address::PERSONS).lead(html! { p { (ui.text("person-register-lead")) } }).html(ui))
            (error_summary::error_summary(ui, &form::summary(ui, &view.faults)))
            (known(page, &view.known, view.purposes.chosen))
            form.stack method="post" action="/persons/new" {
                (page.csrf_field())
                input type="hidden" name="documents" value=(view.documents.len());
                (Card::new("person-identity", ui.text("person-identity")).front().html(html! { div.form { (form::identity(ui, &view.identity, &view.faults)) } }))
                @for (index, document) in view.documents.iter().enumerate() {
                    @let number = index + 1;
                    @let title = ui.format("person-document-nth", &[("number", number.into())]);
                    (Card::new(&format!("document-{number}"), &title).note(html! { (ui.text("person-document-optional")) }).html(html! {
                        div.form { (form::document(ui, &format!("-{number}"), document, &view.faults, true)) }
                    }))
                }
                @if view.may_add { div.actions { (Button::plain(ui.text("person-document-more")).icon("plus").name_value("more", "1").unchecked().html(ui)) } }
                (Card::bare().html(html! {
                    div.form {
                        (purpose_field(ui, "purpose", &view.purposes))
                        div.actions { (Button::primary(ui.text("person-register-act")).icon("user-plus").html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, address::PERSONS)) }
                    }
                }))
            }
        },
    )
}

/// What to do about documents that stand on a file already.
pub(super) fn known(page: &Page<'_>, known: &[(String, String)], purpose: Purpose) -> Markup {
    let ui = &page.ui;
    html! {
        @for (issuer, number) in known {
            (Notice::new(Tone::Heed, ui.text("person-known")).body(html! {
                p { (ui.text("person-known-why")) }
                form.actions method="post" action=(address::SEARCH) {
                    (page.csrf_field())
                    (purpose_hidden(purpose))
                    input type="hidden" name="issuer" value=(issuer);
                    input type="hidden" name="number" value=(number);
                    (Button::plain(ui.text("person-known-act")).icon("search").about(number).html(ui))
                }
            }).html(ui))
        }
    }
}

/// What the page that corrects shows.
#[derive(Clone, Debug)]
pub struct CorrectView {
    /// The file.
    pub address: String,
    /// What is typed; at first what the file says.
    pub identity: Identity,
    /// Entry of the identity that the officer saw.
    pub seen: u64,
    /// The entry that says who the person is, where it cannot be read.
    pub unreadable: Option<u64>,
    /// Somebody else corrected it meanwhile: what it says now.
    pub changed: Option<super::show::Who>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What for.
    pub purpose: Purpose,
}

/// The form that corrects.
pub fn correct_page(page: &Page<'_>, view: &CorrectView) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-correct-title");
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-back"), &view.address).lead(html! { p { (ui.text("person-correct-lead")) } }).html(ui))
            (error_summary::error_summary(ui, &form::summary(ui, &view.faults)))
            @if let Some(number) = view.unreadable {
                (Notice::new(Tone::Heed, ui.text("person-correct-unreadable")).body(html! {
                    p { (ui.format("person-correct-unreadable-why", &[("number", number.into())])) }
                }).html(ui))
            }
            @if let Some(now) = &view.changed {
                (Notice::new(Tone::Heed, ui.text("person-changed-since")).body(html! {
                    p { (ui.text("person-changed-since-why")) }
                    (facts(ui, &super::show::identity_facts(ui, now)))
                }).html(ui))
            }
            (Card::bare().front().html(html! {
                form.form method="post" action={ (address_of(&view.address)) "/correct" } {
                    (page.csrf_field())
                    (purpose_hidden(view.purpose))
                    input type="hidden" name="seen" value=(view.seen);
                    (form::identity(ui, &view.identity, &view.faults))
                    div.actions { (Button::primary(ui.text("person-correct-act")).html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, &view.address)) }
                }
            }))
        },
    )
}

/// An address without its query.
pub(super) fn address_of(address: &str) -> &str {
    address.split('?').next().unwrap_or(address)
}

/// Empty, everything wrong, a document that is known, a correction.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: "/persons/new", ..Page::sample(locale) };
    let empty = View {
        identity: Identity::default(),
        documents: vec![Document::default()],
        may_add: true,
        faults: Vec::new(),
        known: Vec::new(),
        purposes: sample_purposes(),
    };
    let fault = |field: &str, word| (field.to_owned(), word);
    let wrong = View {
        identity: Identity { name: String::new(), year: "85".to_owned(), nationality: "M1".to_owned(), ..form::sample_identity() },
        documents: vec![
            Document { issuer: "MYS".to_owned(), number: "A12'34".to_owned(), ..Document::default() },
            Document { kind: "identity_card".to_owned(), number: "990101-14-5555".to_owned(), ..Document::default() },
        ],
        faults: vec![fault("name", "name"), fault("born-year", "born"), fault("nationality", "code"), fault("number-1", "number"), fault("issuer-2", "code")],
        ..empty.clone()
    };
    let known = View {
        identity: form::sample_identity(),
        documents: vec![Document { issuer: "MYS".to_owned(), number: "A1234567".to_owned(), expires: "2028-05-14".to_owned(), ..Document::default() }],
        faults: vec![fault("number-1", "known")],
        known: vec![("MYS".to_owned(), "A1234567".to_owned())],
        ..empty.clone()
    };
    let correct = CorrectView {
        address: SAMPLE_ADDRESS.to_owned(),
        identity: form::sample_identity(),
        seen: 1_204,
        unreadable: None,
        changed: None,
        faults: Vec::new(),
        purpose: Purpose::CounterService,
    };
    let changed = CorrectView { changed: Some(super::show::sample_who()), ..correct.clone() };
    let unreadable = CorrectView { identity: Identity::default(), unreadable: Some(1_204), ..correct.clone() };
    let inside_file = Page { here: SAMPLE_ADDRESS, ..inside };
    vec![
        Sample::new("person-new", page(&inside, &empty)),
        Sample::new("person-new-wrong", page(&inside, &wrong)),
        Sample::new("person-new-known", page(&inside, &known)),
        Sample::new("person-correct", correct_page(&inside_file, &correct)),
        Sample::new("person-correct-changed", correct_page(&inside_file, &changed)),
        Sample::new("person-correct-unreadable", correct_page(&inside_file, &unreadable)),
    ]
}
