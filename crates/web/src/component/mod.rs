//! The parts that pages are made of, one file each: parameters, acceptance criteria, examples.
//!
//! A component is a small builder with an `html(&ui)` at its end. The examples feed the style page, the snapshots and the
//! accessibility test. Nothing here writes a `style` attribute or a script into a page: the content security policy forbids both.

pub mod badge;
pub mod button;
pub mod card;
pub mod choice;
pub mod clock;
pub mod code;
pub mod confirm;
pub mod date_field;
pub mod empty;
pub mod error_summary;
pub mod facts;
pub mod field;
pub mod file_field;
pub mod notice;
pub mod pager;
pub mod proof;
pub mod qr;
pub mod search;
pub mod steps;
pub mod switch;
pub mod table;
pub mod tabs;
pub mod tags;
pub mod tile;
pub mod trail;

use crate::ui::Ui;
use maud::Markup;

/// One way to use a component, shown on the style page.
pub struct Example {
    /// Names the snapshot, too: lower case, hyphens.
    pub name: &'static str,
    /// What it looks like.
    pub markup: Markup,
}

/// A component as the style page shows it.
pub struct Component {
    /// Its module.
    pub name: &'static str,
    /// What must be true of it, for whoever changes it.
    pub criteria: &'static [&'static str],
    /// Its examples in the language of the page.
    pub examples: fn(&Ui<'_>) -> Vec<Example>,
}

macro_rules! components {
    ($($module:ident),* $(,)?) => {
        /// Every component, in the order of the style page.
        pub const ALL: &[Component] = &[$(Component { name: stringify!($module), criteria: $module::CRITERIA, examples: $module::examples }),*];
    };
}

components!(
    button,
    badge,
    tags,
    notice,
    error_summary,
    card,
    tile,
    field,
    code,
    date_field,
    choice,
    file_field,
    table,
    pager,
    facts,
    trail,
    steps,
    empty,
    tabs,
    search,
    switch,
    clock,
    proof,
    confirm
);
