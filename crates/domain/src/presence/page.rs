//! The table of stays as an officer reads it: the matrix as text, and the reference page `docs/ref/presence.md`.

use std::fmt::Write as _;

use super::rows::{self, Act, CLOCK, Guard, ROWS, Task};
use super::state::{Ending, Judged, Stage};
use crate::access::Role;
use crate::label::Label;

/// Nothing yet, and every state.
pub fn beginnings() -> impl Iterator<Item = Option<Stage>> {
    std::iter::once(None).chain(Stage::ALL.iter().copied().map(Some))
}

/// Whether the table gives a role the action in a state.
pub fn is_given(from: Option<Stage>, act: Act, role: Role) -> bool {
    rows::row(from, act).is_some_and(|row| row.who.contains(&role))
}

/// The matrix as text: rows are states and actions, columns the roles that record anything. `may` says of each cell whether it is
/// so: the table does for the page, the machine itself for the test.
pub fn matrix(may: impl Fn(Option<Stage>, Act, Role) -> bool) -> String {
    let columns: Vec<Role> = Role::ALL.iter().copied().filter(|role| beginnings().any(|from| Act::ALL.iter().any(|act| may(from, *act, *role)))).collect();
    let mut out = String::from(
        "Who may record what in which state of a stay. Written by the tests; do not edit.\n\
         Siapa boleh mencatat apa dalam keadaan masa tinggal yang mana.\n\n\
         \x20 A role without a column records nothing. What must hold besides stands in the table of edges.\n\n",
    );
    let mut line = format!("{:<52}", "");
    for role in &columns {
        write!(line, "{:<13}", role.as_str()).expect("writing to a string");
    }
    writeln!(out, "{}", line.trim_end()).expect("writing to a string");
    for from in beginnings() {
        let title = from.map_or_else(|| "(none yet / belum ada)".to_owned(), |stage| format!("{} / {}", stage.as_str(), stage.label().id));
        writeln!(out, "\n{title}").expect("writing to a string");
        let mut any = false;
        for act in Act::ALL.iter().filter(|act| rows::row(from, **act).is_some()) {
            any = true;
            let mut line = format!("  {:<50}", format!("{} / {}", act.as_str(), act.label().id));
            for role in &columns {
                write!(line, "{:<13}", if may(from, *act, *role) { "x" } else { "." }).expect("writing to a string");
            }
            writeln!(out, "{}", line.trim_end()).expect("writing to a string");
        }
        if !any {
            out.push_str("  - the end / akhir\n");
        }
    }
    out
}

fn words(stages: &[Stage]) -> String {
    stages.iter().map(|stage| format!("`{stage}`")).collect::<Vec<_>>().join(", ")
}

/// A table of words with their names; `third` is the title of a further column, empty where there is none.
fn vocabulary(out: &mut String, title: &str, words: impl Iterator<Item = (String, Label, String)>, third: &str) {
    let (head, line) = if third.is_empty() { (String::new(), "") } else { (format!(" {third} |"), " --- |") };
    write!(out, "\n## {title}\n\n| word | English | Indonesian |{head}\n| --- | --- | --- |{line}\n").expect("writing to a string");
    for (word, label, more) in words {
        let more = if third.is_empty() { String::new() } else { format!(" {more} |") };
        writeln!(out, "| `{word}` | {} | {} |{more}", label.en, label.id).expect("writing to a string");
    }
}

/// The reference page `docs/ref/presence.md`.
pub fn page() -> String {
    let mut out = String::from(
        "# Stays\n\n\
         Written from the table in `crates/domain/src/presence/rows.rs` by `SIGER_WRITE=1 cargo test -p siger-domain --test it`; a test\n\
         compares. Do not edit.\n\n\
         A stay is a list of recorded facts, each with the day on which it happened. Where it stands on a day is computed from the facts up to\n\
         that day; so it can be said again years later, and a payment that is reported late counts from its day. The last day is lawful, and the\n\
         day after it is day 1 of overstay. The numbers (reminders at 30, 14, 7 and 1 days left; the limit of 60 days over) come from `law/`.\n\n\
         The law speaks of *less than* and of *more than* 60 days (UU 6/2011 art. 78). The day at the limit is covered by neither, so an officer\n\
         decides what it counts as; until then no fee and no case is taken to be right.\n",
    );
    let clock = |stage: &Stage| stage.clock().map_or_else(|| "-".to_owned(), |clock| clock.label().en.to_owned());
    vocabulary(&mut out, "States", Stage::ALL.iter().map(|stage| (stage.to_string(), stage.label(), clock(stage))), "counts");
    write!(out, "\n## Matrix\n\n```text\n{}```\n", matrix(is_given)).expect("writing to a string");
    out.push_str(
        "\n## Edges that somebody records\n\n| action | from | to | who | must hold | rests on | why |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in ROWS {
        let join = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join("<br>") };
        writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} | {}<br>*{}* |",
            row.act,
            if row.from.is_empty() { "-".to_owned() } else { words(row.from) },
            words(row.to),
            join(row.who.iter().map(ToString::to_string).collect()),
            join(row.guards.iter().map(|guard| guard.label().en.to_owned()).collect()),
            row.basis,
            row.why.en,
            row.why.id
        )
        .expect("writing to a string");
    }
    out.push_str("\n## Edges that a day takes\n\n| from | to | why |\n| --- | --- | --- |\n");
    for passing in CLOCK {
        writeln!(out, "| `{}` | {} | {}<br>*{}* |", passing.from, words(passing.to), passing.why.en, passing.why.id).expect("writing to a string");
    }
    out.push_str("\nA day decides about nobody: it changes what is shown and opens the task that the new state asks for.\n");
    let due = |task: &Task| match task {
        Task::ApplicationCase => words(&[Stage::Bridged]),
        Task::FeeDue => words(&[Stage::OverstayShort]),
        Task::BoundaryDecision => words(&[Stage::OverstayBoundary]),
        Task::EnforcementCase => format!("{}, `departed` with days not paid", words(&[Stage::OverstayLong])),
    };
    vocabulary(&mut out, "Open tasks", Task::ALL.iter().map(|task| (task.to_string(), task.label(), format!("`{}`: {}", task.role(), due(task)))), "for, in");
    vocabulary(&mut out, "Guards", Guard::ALL.iter().map(|guard| (guard.to_string(), guard.label(), String::new())), "");
    vocabulary(&mut out, "The day at the limit", Judged::ALL.iter().map(|judged| (judged.to_string(), judged.label(), String::new())), "");
    vocabulary(&mut out, "Endings", Ending::ALL.iter().map(|ending| (ending.to_string(), ending.label(), String::new())), "");
    out
}
