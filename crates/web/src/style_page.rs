//! The living style page: every component with its examples, and what must stay true of it.

use crate::{
    address,
    component::{self, Component},
    layout::{Head, Heading, Page},
};
use maud::{Markup, html};

/// The page. Shown in the desk shell when somebody is signed in, in the plain one otherwise.
pub fn style_page(page: &Page<'_>) -> Markup {
    let ui = &page.ui;
    let content = html! {
        (Heading::new(ui.text("style-title")).lead(html! { p { (ui.text("style-lead")) } }).html(ui))
        nav.tabs aria-label=(ui.text("style-contents")) { ul { @for component in component::ALL { li { a href={ "#component-" (component.name) } lang="en" { (component.name) } } } } }
        @for component in component::ALL { (section(page, component)) }
    };
    let head = Head::new(ui.text("style-title")).wide();
    if page.officer.is_some() { page.desk(&head, content) } else { page.plain(&head, content) }
}

fn section(page: &Page<'_>, component: &Component) -> Markup {
    html! {
        section.stack id={ "component-" (component.name) } aria-labelledby={ "component-" (component.name) "-title" } {
            h2 id={ "component-" (component.name) "-title" } lang="en" { (component.name) }
            @for example in (component.examples)(&page.ui) {
                div.stack-s {
                    span.small.muted lang="en" { (example.name) }
                    (example.markup)
                }
            }
            details.more {
                summary { (page.ui.text("style-criteria")) }
                ul lang="en" { @for line in component.criteria { li { (line) } } }
            }
        }
    }
}

/// A page of the sample office as it would stand at [`address::STYLE`].
pub fn sample(page: Page<'_>) -> Markup {
    style_page(&Page { here: address::STYLE, ..page })
}
