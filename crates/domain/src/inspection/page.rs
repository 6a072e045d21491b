//! The table as an officer reads it: the matrix as text, and the reference page `docs/ref/inspection.md`.

use std::fmt::Write as _;

use super::Kind;
use super::action::{Act, Decision};
use super::guard::{Guard, When};
use super::reason::RefusalReason;
use super::state::{Clock, Stage};
use super::table::{self, Effect, ROWS, Row, Task};
use crate::access::Role;
use crate::finding::{self, Summary, Unmade};
use crate::label::Label;

/// The roles of the domain description and the roles that policies know: the same people under other names.
pub const ROLES: &[(&str, Role)] = &[
    ("DESK", Role::Desk),
    ("PRIM", Role::Primary),
    ("SEC", Role::Secondary),
    ("STAY", Role::Stay),
    ("INTEL", Role::Intelligence),
    ("HEAD", Role::Head),
    ("DG", Role::HigherApproval),
    ("CASH", Role::Cashier),
    ("MON", Role::Monitor),
    ("OPS", Role::Operator),
    ("DPO", Role::PrivacyOfficer),
    ("PPID", Role::InformationOfficer),
    ("AUD", Role::Auditor),
    ("SYS", Role::System),
    ("APP", Role::Applicant),
    ("GUA", Role::Guarantor),
    ("LODGE", Role::Lodging),
];

/// Beginnings and states, in the order of the matrix.
pub fn beginnings() -> impl Iterator<Item = Option<Stage>> {
    std::iter::once(None).chain(Stage::ALL.iter().copied().map(Some))
}

/// Whether the table gives a role the action in a state, in a kind of inspection, if everything else is in order.
pub fn is_given(from: Option<Stage>, act: Act, role: Role, kind: Kind) -> bool {
    table::rows(from, act).any(|row| row.is_for(role, kind))
}

const fn letter(kind: Kind) -> char {
    match kind {
        Kind::Arrival => 'A',
        Kind::Visit => 'V',
        Kind::Departure => 'D',
    }
}

/// The matrix as text: rows are states and actions, columns the roles that can do anything at all, cells the kinds of inspection.
/// `may` says of each cell whether it is so: the table does for the page, the machine itself for the test.
pub fn matrix(may: impl Fn(Option<Stage>, Act, Role, Kind) -> bool) -> String {
    let cell = |from, act, role| Kind::ALL.iter().filter(|kind| may(from, act, role, **kind)).map(|kind| letter(*kind)).collect::<String>();
    let acts = |from| Act::ALL.iter().copied().filter(move |act| table::rows(from, *act).next().is_some());
    let columns: Vec<Role> =
        Role::ALL.iter().copied().filter(|role| beginnings().any(|from| Act::ALL.iter().any(|act| !cell(from, *act, *role).is_empty()))).collect();
    let mut out = String::from(
        "Who may do what in which state of an inspection. Written by the tests; do not edit.\n\
         Siapa boleh berbuat apa dalam keadaan pemeriksaan yang mana.\n\n",
    );
    for kind in Kind::ALL {
        let label = kind.label();
        writeln!(out, "  {} {} ({})", letter(*kind), label.en, label.id).expect("writing to a string");
    }
    out.push_str("\n  A role without a column may do nothing in any state. What must hold besides stands in the table of edges.\n\n");
    let mut line = format!("{:<62}", "");
    for role in &columns {
        write!(line, "{:<11}", role.as_str()).expect("writing to a string");
    }
    writeln!(out, "{}", line.trim_end()).expect("writing to a string");
    for from in beginnings() {
        let title = from.map_or_else(|| "(none yet / belum ada)".to_owned(), |stage| format!("{} / {}", stage.as_str(), stage.label().id));
        writeln!(out, "\n{title}").expect("writing to a string");
        for act in acts(from) {
            let mut line = format!("  {:<60}", format!("{} / {}", act.as_str(), act.label().id));
            for role in &columns {
                let letters = cell(from, act, *role);
                write!(line, "{:<11}", if letters.is_empty() { "." } else { &letters }).expect("writing to a string");
            }
            writeln!(out, "{}", line.trim_end()).expect("writing to a string");
        }
        if acts(from).next().is_none() {
            out.push_str("  - the end / akhir\n");
        }
    }
    out
}

fn both(label: Label) -> String {
    format!("{}<br>*{}*", label.en, label.id)
}

fn list<T: Copy>(of: &[T], show: impl Fn(T) -> String) -> String {
    if of.is_empty() { "-".to_owned() } else { of.iter().map(|item| show(*item)).collect::<Vec<_>>().join("<br>") }
}

fn who(row: &Row) -> String {
    list(row.who, |(role, kinds)| {
        let kinds = if kinds.len() == Kind::ALL.len() { String::new() } else { format!(" ({})", kinds.iter().map(|kind| letter(*kind)).collect::<String>()) };
        format!("{role}{kinds}")
    })
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

/// What a summary of findings leaves open to an officer who has taken the person, by state: those edges whose guards the
/// summary alone decides.
pub fn opens(from: Stage, summary: Summary) -> Vec<&'static Row> {
    let blocked = |guard: &Guard| match guard {
        Guard::AllClear => summary != Summary::Clear,
        Guard::OnlyPending => summary != Summary::Pending,
        // A stop may come with pending checks; what is only unclear may, too.
        Guard::SomePending => summary == Summary::Clear,
        Guard::NonePending => summary == Summary::Pending,
        Guard::NoStop => summary == Summary::Stop,
        _ => false,
    };
    ROWS.iter().filter(|row| row.from == Some(from) && row.act.decision().is_some() && !row.guards.iter().any(blocked)).collect()
}

/// The reference page `docs/ref/inspection.md`.
pub fn page() -> String {
    let mut out = String::from(
        "# Inspections\n\n\
         Written from the table in `crates/domain/src/inspection/rows.rs` by `SIGER_WRITE=1 cargo test -p siger-domain --test it`; a test\n\
         compares. Do not edit.\n\n\
         An inspection is one person at the counter or at a post, from being announced to a recorded decision. It is a list of steps: who, in\n\
         which role, when, what. Where it stands is computed from the list. A correction is a step of its own and changes no earlier one.\n\
         Guards are asked in the order given; the first that does not hold is the answer. Nothing happens by a clock alone but what the\n\
         role `system` does below, and none of that decides about a person.\n\n\
         What is marked *office policy, unconfirmed* was not read in a published text of the law, or is the office's own practice.\n\n\
         ## Roles\n\n\
         The domain description names roles by abbreviations; these are the roles of the policies that stand for them. The roles\n\
         `administrator` and `newcomer` have no counterpart there and no part in an inspection. A visit is registered by the counter, so `desk`\n\
         is PRIM in a visit; it is nothing in an arrival or departure. *Second SEC* is another officer in the role `secondary`, or the head of\n\
         office: in a small office nobody else is there. Signature rights differ between offices and are unconfirmed.\n\n\
         | there | role |\n| --- | --- |\n",
    );
    for (there, role) in ROLES {
        writeln!(out, "| {there} | `{role}` |").expect("writing to a string");
    }
    let clock = |stage: &Stage| stage.clock().map_or_else(|| "-".to_owned(), |clock| format!("`{clock}`"));
    vocabulary(&mut out, "States", Stage::ALL.iter().map(|stage| (stage.to_string(), stage.label(), clock(stage))), "clock");
    out.push_str(
        "\nHow long a clock may run is a setting of the office (office policy, unconfirmed). A clock that runs out is shown and escalates. Two\n\
         clocks change the state by their end: an announced day that passes, and the second person's, after which the proposal has lapsed and the\n\
         person waits on in `secondary`. The clock of the removal runs in arrivals only.\n",
    );
    vocabulary(&mut out, "Clocks", Clock::ALL.iter().map(|clock| (clock.to_string(), clock.label(), runs_in(*clock))), "runs in");
    vocabulary(
        &mut out,
        "Actions",
        Act::ALL.iter().map(|act| (act.to_string(), act.label(), act.decision().map_or_else(|| "-".to_owned(), |decision| format!("`{decision}`")))),
        "decision",
    );
    write!(out, "\n## Matrix\n\n```text\n{}```\n", matrix(is_given)).expect("writing to a string");
    edges(&mut out);
    findings(&mut out);
    vocabulary(&mut out, "Guards", Guard::ALL.iter().map(|guard| (guard.to_string(), guard.label(), guard.basis().to_string())), "rests on");
    vocabulary(&mut out, "Cases", When::ALL.iter().map(|when| (when.to_string(), when.label(), String::new())), "");
    vocabulary(&mut out, "Effects", Effect::ALL.iter().map(|effect| (effect.to_string(), effect.label(), String::new())), "");
    vocabulary(
        &mut out,
        "Open tasks",
        Task::ALL.iter().map(|task| (task.to_string(), task.label(), format!("`{}`, until {} is built", task.role(), task.machine()))),
        "for",
    );
    vocabulary(
        &mut out,
        "Grounds of a refusal",
        RefusalReason::ALL.iter().map(|reason| (reason.to_string(), reason.label(), format!("{}: {}", letter(reason.kind()), reason.basis()))),
        "in, article",
    );
    vocabulary(&mut out, "Decisions", Decision::ALL.iter().map(|decision| (decision.to_string(), decision.label(), String::new())), "");
    out
}

fn runs_in(clock: Clock) -> String {
    let stages: Vec<String> = Stage::ALL.iter().filter(|stage| stage.clock() == Some(clock)).map(|stage| format!("`{stage}`")).collect();
    stages.join(", ")
}

fn edges(out: &mut String) {
    out.push_str("\n## Edges\n\nA kind in brackets limits a role to it: A arrival, V visit, D departure.\n");
    for from in beginnings() {
        let rows: Vec<&Row> = ROWS.iter().filter(|row| row.from == from).collect();
        if rows.is_empty() {
            continue;
        }
        let title = from.map_or_else(|| "none yet".to_owned(), |stage| stage.to_string());
        write!(
            out,
            "\n### From {title}\n\n| action | to | clock | who | must hold | follows | rests on | why |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        )
        .expect("writing to a string");
        for row in rows {
            let case = row.when.map_or_else(String::new, |when| format!("<br>if {}", when.label().en));
            let mut follows: Vec<String> = row.effects.iter().map(|effect| effect.label().en.to_owned()).collect();
            follows.extend(row.tasks.iter().map(|task| format!("task `{task}`")));
            let follows = if follows.is_empty() { "-".to_owned() } else { follows.join("<br>") };
            writeln!(
                out,
                "| `{}`{case} | `{}` | {} | {} | {} | {follows} | {} | {} |",
                row.act,
                row.to,
                row.to.clock().map_or_else(|| "-".to_owned(), |clock| format!("`{clock}`")),
                who(row),
                list(row.guards, |guard| guard.label().en.to_owned()),
                row.basis,
                both(row.why)
            )
            .expect("writing to a string");
        }
    }
}

fn findings(out: &mut String) {
    vocabulary(
        out,
        "States of a finding",
        finding::State::ALL.iter().map(|state| {
            let why = if *state == finding::State::NotChecked {
                Unmade::ALL.iter().map(|why| format!("`{why}`{}", if why.is_pending() { " (made later by itself)" } else { "" })).collect::<Vec<_>>().join(", ")
            } else {
                "-".to_owned()
            };
            (state.to_string(), state.label(), why)
        }),
        "because",
    );
    out.push_str(
        "\n## What findings open\n\n\
         The worst finding counts. A check that the post must make and that gave no finding counts as not checked. The decisions below are\n\
         open to whoever has taken the person, with the guards of the edge.\n\n\
         | findings | in | decisions |\n| --- | --- | --- |\n",
    );
    for summary in Summary::ALL {
        for from in [Stage::Primary, Stage::Secondary] {
            let open = opens(from, *summary).into_iter().map(|row| format!("`{}`: {}", row.act, who(row).replace("<br>", ", "))).collect::<Vec<_>>();
            writeln!(out, "| {} | `{from}` | {} |", both(summary.label()), open.join("<br>")).expect("writing to a string");
        }
    }
    out.push_str("\nProposing passage by two persons (`propose_passage`) is open in `secondary` whatever the findings are.\n");
}
