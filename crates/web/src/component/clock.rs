//! The time of the office, and the time that is left. Written by the server; a script keeps them going.

use super::Example;
use crate::ui::Ui;
use maud::{Markup, html};
use siger_domain::time::Instant;

/// What must stay true.
pub const CRITERIA: &[&str] = &[
    "is right without script for the moment the page was made",
    "counts on from the server's time: a wrong clock of the device changes nothing",
    "is not read out each second",
    "a time that has passed says so in words",
];

/// Seconds before the end from which a countdown is shown as urgent.
const SOON_SECONDS: i64 = 300;

/// The office's time now: `09.42 WIB`.
pub fn clock(ui: &Ui<'_>) -> Markup {
    html! {
        time.clock datetime=(ui.now.to_rfc3339()) data-clock=(ui.now.unix_millis()) data-offset=(ui.zone.offset_seconds(ui.now)) data-mark=(ui.locale.clock_separator()) data-zone=(ui.zone.mark(ui.now)) {
            (ui.locale.time(ui.now, ui.zone))
        }
    }
}

/// What is left until a moment: `4 menit lagi`, counting by seconds within the last hour where scripts run.
pub fn countdown(ui: &Ui<'_>, until: Instant) -> Markup {
    let left = until.seconds_since(ui.now);
    let late = ui.text("countdown-late");
    html! {
        span.countdown.late[left <= 0].soon[left > 0 && left <= SOON_SECONDS] data-left=(left) data-word-left=(ui.format("moment-ahead", &[("length", "{}".into())])) data-word-late=(late) {
            (ui.icon("hourglass"))
            time datetime=(until.to_rfc3339()) title=(ui.locale.moment(until, ui.zone)) data-text {
                @if left <= 0 { (late) } @else { (ui.format("moment-ahead", &[("length", ui.locale.duration(left).into())])) }
            }
        }
    }
}

/// A moment and what is left until then; on a narrow screen under each other.
pub fn until(ui: &Ui<'_>, until: Instant) -> Markup {
    html! { span.until { (ui.moment(until)) " " (countdown(ui, until)) } }
}

/// Ways to use it.
pub fn examples(ui: &Ui<'_>) -> Vec<Example> {
    vec![
        Example { name: "clock", markup: clock(ui) },
        Example { name: "until", markup: until(ui, ui.now.plus_seconds(86_400)) },
        Example {
            name: "countdowns",
            markup: html! { div.cluster { (countdown(ui, ui.now.plus_seconds(86_400 * 2))) (countdown(ui, ui.now.plus_seconds(240))) (countdown(ui, ui.now.plus_seconds(-5))) } },
        },
    ]
}
