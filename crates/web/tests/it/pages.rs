//! Every component and every page, with each sample, in each language. To look at them in a browser, name a folder in
//! `SIGER_PAGES_OUT`: they are written there as files.

use crate::markup::{attribute, faults, lines};
use siger_web::{component, layout::Page, locale::Locale, page, style_page};

#[test]
fn components() {
    for locale in Locale::ALL {
        let page = Page::sample(locale);
        for component in component::ALL {
            assert!(!component.criteria.is_empty(), "{} says what must stay true of it", component.name);
            for example in (component.examples)(&page.ui) {
                let html = example.markup.into_string();
                insta::assert_snapshot!(format!("component-{}-{}-{}", component.name, example.name, locale.tag()), lines(&html));
            }
        }
    }
}

#[test]
fn every_page_renders_with_every_sample_in_every_language() {
    let out = std::env::var_os("SIGER_PAGES_OUT");
    for locale in Locale::ALL {
        let mut all = page::samples(locale);
        all.push(page::Sample::new("style", style_page::sample(Page::sample(locale))));
        all.push(page::Sample::new("style-outside", style_page::sample(Page::sample_outside(locale))));
        for sample in all {
            let html = sample.markup.into_string();
            let name = format!("{}-{}", sample.name, locale.tag());
            assert_eq!(faults(&html), Vec::<String>::new(), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name} has one heading of the first level");
            assert!(html.starts_with("<!DOCTYPE html>") && html.contains(&format!("<html lang=\"{}\"", locale.tag())), "{name}");
            for form in html.split("<form").skip(1) {
                let (form, tag) = (form.split("</form>").next().unwrap_or_default(), form.split('>').next().unwrap_or_default());
                assert!(!tag.contains("method=\"post\"") || form.contains("name=\"csrf\""), "{name}: a form without its token: {tag}");
            }
            for id in attribute(&html, "href").filter_map(|address| address.strip_prefix('#')) {
                assert!(html.contains(&format!(" id=\"{id}\"")), "{name}: a link to #{id}, which is not there");
            }
            if let Some(out) = &out {
                std::fs::write(std::path::Path::new(out).join(format!("{name}.html")), &html).unwrap();
            }
            if !sample.name.starts_with("style") {
                insta::assert_snapshot!(format!("page-{name}"), lines(&html));
            }
        }
    }
}

#[test]
fn every_icon_that_is_named_is_in_the_list_of_the_sprite() {
    let list: Vec<&str> = include_str!("../../../../assets/icons.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut sorted = list.clone();
    sorted.sort_unstable();
    assert_eq!(list, sorted, "the list is in order");
    let mut source = String::new();
    crate::words::each_source(|_, text| source.push_str(text));
    for part in [".icon(\"", "icon: \"", "empty(ui, \""].iter().flat_map(|open| source.split(open).skip(1)) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(list.contains(&name), "icon {name} is used but not in assets/icons.txt");
    }
}
