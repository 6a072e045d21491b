//! The pages, one file each: the view, its samples, the markup.

pub mod account;
pub mod account_change;
pub mod error;
pub mod fresh;
pub mod home;
pub mod join;
pub mod join_code;
pub mod journal;
pub mod office;
pub mod office_access;
pub mod office_jobs;
pub mod office_keys;
pub mod office_retention;
pub mod officer;
pub mod officer_link;
pub mod officer_new;
pub mod officer_show;
pub mod person;
pub mod request;
pub mod request_show;
pub mod sign_in;

use crate::locale::Locale;
use maud::Markup;

/// A page with one of its samples.
pub struct Sample {
    /// Names the snapshot: page, then what is special about the sample.
    pub name: &'static str,
    /// The whole page.
    pub markup: Markup,
}

impl Sample {
    /// A sample under its name.
    pub const fn new(name: &'static str, markup: Markup) -> Self {
        Self { name, markup }
    }
}

/// Every page with each of its samples, for the test that renders them all. A new page adds itself here.
pub fn samples(locale: Locale) -> Vec<Sample> {
    [
        sign_in::samples,
        fresh::samples,
        join::samples,
        join_code::samples,
        error::samples,
        home::samples,
        officer::samples,
        officer_new::samples,
        officer_link::samples,
        officer_show::samples,
        request::samples,
        request_show::samples,
        account::samples,
        account_change::samples,
        office::samples,
        office_access::samples,
        office_jobs::samples,
        office_keys::samples,
        office_retention::samples,
        person::samples,
        journal::samples,
    ]
    .into_iter()
    .flat_map(|samples| samples(locale))
    .collect()
}

/// A form that offers a passkey where the device can: hidden without script. `kind` is `get` or `create`; `start` gives the
/// options, `finish` takes the answer; `fields` are sent with both; with `or`, a form for password and code follows.
pub(crate) fn passkey_form(page: &crate::layout::Page<'_>, kind: &'static str, start: &str, finish: &str, fields: Markup, label: &str, or: bool) -> Markup {
    let ui = &page.ui;
    maud::html! {
        form.stack.script-only method="post" data-passkey=(kind) data-options=(start) data-url=(finish)
            data-word-wait=(ui.text("passkey-wait")) data-word-cancelled=(ui.text("passkey-cancelled")) data-word-missing=(ui.text("passkey-missing"))
            data-word-known=(ui.text("passkey-known")) data-word-failed=(ui.text("passkey-failed")) {
            (page.csrf_field())
            (fields)
            button.button.primary[kind == "create"] type="submit" hidden data-passkey-button { (ui.icon("key-round")) span { (label) } }
            p.small.muted role="status" data-passkey-says {}
            @if or { p.or { (ui.text("passkey-or")) } }
        }
    }
}
