//! Adding a picture or paper to a file.

use super::{SAMPLE_ADDRESS, Sample, new::address_of, purpose_hidden};
use crate::{
    component::{
        button::Button,
        card::Card,
        choice::{Choice, Choices},
        error_summary,
        file_field::file_field,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::access::Purpose;
use siger_storage::blob::BLOB_BYTES_MAX;

/// What a browser offers to choose; the server looks at the content itself.
pub const ACCEPT: &str = "image/jpeg,image/png,application/pdf";

/// What was chosen, and what was wrong with it.
#[derive(Clone, Debug)]
pub struct View {
    /// The file.
    pub address: String,
    /// `portrait` or `paper`.
    pub kind: String,
    /// Field and word of what is wrong.
    pub fault: Option<(&'static str, &'static str)>,
    /// What for.
    pub purpose: Purpose,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-paper-add");
    let wrong = view.fault.map(|(field, word)| (field, ui.word("person-fault", word)));
    let error = |field: &str| wrong.filter(|(name, _)| *name == field).map(|(_, words)| words);
    let kind = |value: &'static str, hint| Choice { value, label: ui.word("paper-kind", value), hint: Some(hint), chosen: view.kind == value };
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-back"), &view.address).lead(html! { p { (ui.text("person-paper-lead")) } }).html(ui))
            (error_summary::error_summary(ui, wrong.as_slice()))
            (Card::bare().front().html(html! {
                // The token comes first, so that a foreign form is refused before its file is read.
                form.form method="post" action={ (address_of(&view.address)) "/blobs" } enctype="multipart/form-data" {
                    (page.csrf_field())
                    (purpose_hidden(view.purpose))
                    (Choices::one("kind", ui.text("person-paper-kind"), &[kind("portrait", ui.text("person-portrait-hint")), kind("paper", ui.text("person-paper-hint"))]).error(error("kind")).html(ui))
                    (file_field(ui, "file", ui.text("person-paper-file"), ACCEPT, BLOB_BYTES_MAX as u64, error("file")))
                    div.actions { (Button::primary(ui.text("person-paper-act")).icon("upload").html(ui)) (Button::quiet(ui.text("action-cancel")).link(ui, &view.address)) }
                }
            }))
        },
    )
}

/// Empty, and with a file that is none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: SAMPLE_ADDRESS, ..Page::sample(locale) };
    let view = View { address: SAMPLE_ADDRESS.to_owned(), kind: "paper".to_owned(), fault: None, purpose: Purpose::CounterService };
    vec![
        Sample::new("person-paper", page(&inside, &view)),
        Sample::new("person-paper-wrong", page(&inside, &View { fault: Some(("file", "file_kind")), ..view })),
    ]
}
