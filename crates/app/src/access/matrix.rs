//! The whole of access, written down: which role may do what, for which purpose. An officer can read it, and a test keeps
//! it equal to the policies.

use std::fmt::Write as _;

use siger_domain::access::{Action, Purpose, ResourceKind, Role, RoleSet};

use super::{Access, ActorFacts, Effect, Request, ResourceFacts};

/// What one role may do by one action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Purposes for which it may be done to anything of the kind.
    pub any: Vec<Purpose>,
    /// Purposes for which it may be done to one's own thing only.
    pub own: Vec<Purpose>,
}

/// What holds for an action whoever does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Asks the officer to prove again that it is they.
    pub fresh_sign_in: bool,
    /// Only a second person may do it.
    pub second_person: bool,
}

/// One letter for each purpose, in the order of [`Purpose::ALL`].
const fn letter(purpose: Purpose) -> char {
    match purpose {
        Purpose::CounterService => 'C',
        Purpose::Inspection => 'I',
        Purpose::StayPermit => 'S',
        Purpose::Enforcement => 'E',
        Purpose::PrivacyRequest => 'P',
        Purpose::Audit => 'A',
        Purpose::Administration => 'D',
        Purpose::Retention => 'R',
    }
}

fn best<'a>(roles: RoleSet, action: Action, purpose: Purpose, own: bool) -> Request<'a> {
    let actor = ActorFacts { roles, competences: &[], on_leave: false, suspended: false };
    let resource = ResourceFacts { kind: action.resource(), own, secret: false };
    Request { actor, action, resource, purpose, fresh_sign_in: true, second_person: true }
}

/// What a role may do by an action when everything else is in order.
fn cell(access: &Access, role: Role, action: Action) -> Cell {
    let mut cell = Cell::default();
    for purpose in Purpose::ALL {
        let allowed = |own| access.allows_uncached(&best(RoleSet::of(role), action, *purpose, own));
        if allowed(false) {
            cell.any.push(*purpose);
        } else if allowed(true) {
            cell.own.push(*purpose);
        }
    }
    cell
}

/// The whole matrix, computed once.
pub struct Matrix {
    /// By action and role, in the order of their lists.
    cells: Vec<Vec<Cell>>,
    /// By action.
    conditions: Vec<Conditions>,
}

impl Matrix {
    /// Asks the policies about every action, role and purpose; some thousand questions, so for tests and generated pages.
    pub fn new(access: &Access) -> Self {
        let cells: Vec<Vec<Cell>> = Action::ALL.iter().map(|action| Role::ALL.iter().map(|role| cell(access, *role, *action)).collect()).collect();
        let conditions = Action::ALL.iter().zip(&cells).map(|(action, cells)| conditions(access, *action, cells)).collect();
        Self { cells, conditions }
    }

    /// What a role may do by an action when everything else is in order.
    pub fn cell(&self, role: Role, action: Action) -> &Cell {
        &self.cells[action as usize][role as usize]
    }

    /// What holds for the action whoever does it.
    pub fn conditions(&self, action: Action) -> Conditions {
        self.conditions[action as usize]
    }
}

/// What holds for the action whoever in the office does it, seen from what the policies refuse.
fn conditions(access: &Access, action: Action, cells: &[Cell]) -> Conditions {
    let mut conditions = Conditions::default();
    for role in Role::OFFICER {
        let cell = &cells[*role as usize];
        for (purpose, own) in cell.any.iter().map(|purpose| (purpose, false)).chain(cell.own.iter().map(|purpose| (purpose, true))) {
            let asked = best(RoleSet::of(*role), action, *purpose, own);
            conditions.fresh_sign_in |= !access.allows_uncached(&Request { fresh_sign_in: false, ..asked });
            conditions.second_person |= !access.allows_uncached(&Request { second_person: false, ..asked });
        }
    }
    conditions
}

/// The matrix as text: rows are actions, columns roles, cells the letters of the purposes.
pub fn text(matrix: &Matrix) -> String {
    let mut out = String::from(
        "Who may do what, for which purpose. Written by the tests from policy/; do not edit.\n\
         Siapa boleh berbuat apa, untuk tujuan apa.\n\n",
    );
    for purpose in Purpose::ALL {
        writeln!(out, "  {} {purpose}", letter(*purpose)).expect("writing to a string");
    }
    out.push_str("\n  small letter: only one's own (own record, own sign-in, a request that one opened)\n");
    out.push_str("  !             asks for a fresh sign-in          2  only a second person\n\n");
    let short = |role: &Role| match role {
        Role::Desk => "desk",
        Role::Primary => "prim",
        Role::Secondary => "sec",
        Role::Stay => "stay",
        Role::Intelligence => "intel",
        Role::Head => "head",
        Role::Cashier => "cash",
        Role::Monitor => "mon",
        Role::Operator => "oper",
        Role::PrivacyOfficer => "priv",
        Role::InformationOfficer => "info",
        Role::Auditor => "audit",
        Role::Administrator => "admin",
        Role::Newcomer => "newc",
        Role::HigherApproval => "high",
        Role::Applicant => "appl",
        Role::Guarantor => "guar",
        Role::Lodging => "lodg",
        Role::System => "sys",
    };
    let mut line = format!("{:<22}", "");
    for role in Role::ALL {
        write!(line, "{:<7}", short(role)).expect("writing to a string");
    }
    writeln!(out, "{}", line.trim_end()).expect("writing to a string");
    for kind in ResourceKind::ALL {
        out.push('\n');
        for action in Action::ALL.iter().filter(|action| action.resource() == *kind) {
            let held = matrix.conditions(*action);
            let marks = format!("{}{}", if held.fresh_sign_in { "!" } else { "" }, if held.second_person { "2" } else { "" });
            let mut line = format!("{:<19}{marks:<3}", action.as_str());
            for role in Role::ALL {
                let cell = matrix.cell(*role, *action);
                let letters: String =
                    cell.any.iter().map(|purpose| letter(*purpose)).chain(cell.own.iter().map(|purpose| letter(*purpose).to_ascii_lowercase())).collect();
                write!(line, "{:<7}", if letters.is_empty() { "." } else { &letters }).expect("writing to a string");
            }
            writeln!(out, "{}", line.trim_end()).expect("writing to a string");
        }
    }
    out
}

/// The reference page `docs/ref/access.md`.
pub fn page(access: &Access, matrix: &Matrix) -> String {
    let mut out = String::from(
        "# Who may do what\n\n\
         Written from `policy/` by `SIGER_WRITE=1 cargo test -p siger-app --test it access`; a test compares. Do not edit.\n\n\
         Every use case asks with five things: who (the roles held now, competences, leave), which action, on which kind of\n\
         thing (and whether it is one's own), for which purpose, and in which circumstances (a fresh sign-in, a second person).\n\
         Rights of several roles add up. The two-person rule is about persons: whoever opened a request, or is its subject,\n\
         does not answer it, whatever roles they hold.\n\n\
         A refusal gives the first reason that holds: `suspended`, `on_leave`, `hidden` (answered as not found), `role`,\n\
         `purpose` (with those that would do), `second_person`, `fresh_sign_in`.\n\n\
         A file is opened for a purpose, and it shows what was done for purposes for which the officer could open it: looks and notes of\n\
         others are absent (page, API, their number, the moment of the newest change), so that an inquiry is not given away at the counter.\n\
         Of another change that everybody sees, a correction say, by whom and what for is left out. Whoever may see who looked\n\
         (`person.readers`) for the purpose in hand sees all of it.\n\n\
         ## Matrix\n\n```text\n",
    );
    out.push_str(&text(matrix));
    out.push_str("```\n\n## By action\n\n| action | who, for which purpose | conditions |\n| --- | --- | --- |\n");
    for action in Action::ALL {
        let mut who = Vec::new();
        for role in Role::ALL {
            let cell = matrix.cell(*role, *action);
            let words = |purposes: &[Purpose]| purposes.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>().join(", ");
            if !cell.any.is_empty() {
                who.push(format!("{role}: {}", words(&cell.any)));
            }
        }
        let own: std::collections::BTreeSet<Purpose> = Role::OFFICER.iter().flat_map(|role| matrix.cell(*role, *action).own.iter().copied()).collect();
        if !own.is_empty() {
            who.push(format!("everyone, one's own: {}", own.iter().map(|purpose| purpose.as_str()).collect::<Vec<_>>().join(", ")));
        }
        let held = matrix.conditions(*action);
        let conditions: Vec<&str> = [(held.fresh_sign_in, "fresh sign-in"), (held.second_person, "second person")]
            .into_iter()
            .filter_map(|(held, word)| held.then_some(word))
            .collect();
        writeln!(out, "| `{action}` | {} | {} |", who.join("<br>"), conditions.join(", ")).expect("writing to a string");
    }
    out.push_str("\n## Policies\n\n");
    for policy in access.policies() {
        let effect = match policy.effect {
            Effect::Permit => "permits",
            Effect::Forbid(_) => "forbids",
        };
        writeln!(out, "### `{}`\n\n{effect} · `policy/{}`\n\n{}\n\n*{}*\n", policy.id, policy.file, policy.why_en, policy.why_id).expect("writing to a string");
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
