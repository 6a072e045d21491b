//! Asking that a person's data be erased. A second person decides.

use super::{SAMPLE_ADDRESS, Sample, new::address_of};
use crate::{
    component::{
        badge::Tone,
        button::Button,
        card::Card,
        choice::{Choices, option},
        confirm::confirm,
        error_summary,
        notice::Notice,
    },
    layout::{Head, Heading, Page, Section},
    locale::Locale,
};
use maud::{Markup, html};
use siger_domain::request::ErasureGround;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct View {
    /// The file.
    pub address: String,
    /// Whose file, where the officer may know.
    pub name: Option<String>,
    /// Word of what is wrong with the ground.
    pub fault: Option<&'static str>,
}

/// The page.
pub fn page(page: &Page<'_>, view: &View) -> Markup {
    let ui = &page.ui;
    let title = ui.text("person-erase-title");
    let grounds: Vec<_> = ErasureGround::CHOICES.iter().map(|it| option(it.as_str(), ui.word("request-ground", it.as_str()), false)).collect();
    let error = view.fault.map(|word| ui.word("person-fault", word));
    page.desk(
        &Head::new(title).section(Section::Persons),
        html! {
            (Heading::new(title).up(ui.text("person-back"), &view.address)
                .lead(html! { @if let Some(name) = &view.name { p { (ui.text("person-erase-of")) " " b { bdi { (name) } } } } })
                .html(ui))
            @if let Some(error) = error { (error_summary::error_summary(ui, &[("ground", error)])) }
            (Notice::new(Tone::Heed, ui.text("person-erase-second")).body(html! { p { (ui.text("person-erase-second-why")) } }).html(ui))
            (Card::bare().front().html(html! {
                form.form method="post" action={ (address_of(&view.address)) "/erase" } {
                    (page.csrf_field())
                    (Choices::one("ground", ui.text("person-erase-ground"), &grounds).hint(ui.text("person-erase-ground-hint")).error(error).html(ui))
                    (confirm(
                        ui,
                        ui.text("person-erase-open"),
                        html! {
                            p { (ui.text("person-erase-ask")) }
                            ul { li { (ui.text("request-erase-file")) } li { (ui.text("request-erase-copies")) } li { (ui.text("request-erase-stays")) } }
                        },
                        Button::danger(ui.text("person-erase-act")).icon("trash-2"),
                    ))
                    p { a href=(view.address) { (ui.text("person-erase-not")) } }
                }
            }))
        },
    )
}

/// With a name, and without a ground.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let inside = Page { here: SAMPLE_ADDRESS, ..Page::sample(locale) };
    let view = View { address: SAMPLE_ADDRESS.to_owned(), name: Some("Lim Wei Shen (contoh)".to_owned()), fault: None };
    vec![
        Sample::new("person-erase", page(&inside, &view)),
        Sample::new("person-erase-wrong", page(&inside, &View { name: None, fault: Some("ground"), ..view })),
    ]
}
