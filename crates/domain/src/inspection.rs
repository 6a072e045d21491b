//! Inspection (*pemeriksaan*): one person at the counter or at a post, from being announced to a recorded decision.
//!
//! A case is a list of steps; where it stands is computed from the list. What may follow what is [`table::ROWS`], the one table
//! that code, tests and the reference page (`docs/ref/inspection.md`) share. A correction is a step of its own: no step is ever
//! changed. Nothing here reads a clock, and no number of the law stands here: limits and days come in as values.

pub mod action;
pub mod grant;
pub mod guard;
pub mod page;
pub mod reason;
pub mod record;
mod rows;
pub mod state;
pub mod table;

use crate::access::Role;
use crate::finding::{FindingError, Findings, Kind as Check};
use crate::id::{InspectionId, OfficerId, PersonId};
use crate::time::Instant;

use action::{Act, Action, Change, Proposal, ReferralCause};
use guard::{Asked, Guard};
use state::{Admission, Clock, Limits, Refusal, Running, Secondary, Stage, State};
use table::{Row, Task};

/// Most steps of one inspection. The longest real ones (several re-checks, corrections, an objection) stay far below; a program
/// that runs in a circle stops here.
pub const STEPS_MAX: u32 = 1_000;

labelled! {
    /// What is inspected.
    Kind, "kind of inspection" {
        /// Somebody enters the country, at a post.
        Arrival = "arrival", "kedatangan", "arrival";
        /// Somebody who is in the country registers their visit to the office's area.
        Visit = "visit", "kunjungan", "visit";
        /// Somebody leaves the country, at a post.
        Departure = "departure", "keberangkatan", "departure";
    }
}

/// Who takes a step: an officer in one of their roles, or the program itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    officer: Option<OfficerId>,
    role: Role,
}

impl By {
    /// The program: clocks and checks.
    pub const PROGRAM: Self = Self { officer: None, role: Role::System };

    /// An officer in a role; `None` for a role that no officer holds.
    pub fn officer_in(id: OfficerId, role: Role) -> Option<Self> {
        Role::OFFICER.contains(&role).then_some(Self { officer: Some(id), role })
    }

    /// Which officer.
    pub const fn officer(self) -> Option<OfficerId> {
        self.officer
    }

    /// In which role.
    pub const fn role(self) -> Role {
        self.role
    }

    /// Whether it is the program.
    pub const fn is_program(self) -> bool {
        self.officer.is_none()
    }
}

/// What is known when an inspection begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    id: InspectionId,
    kind: Kind,
    person: PersonId,
    citizen: bool,
    unmade: Findings,
}

impl Begin {
    /// An inspection of a person; `citizen`: of Indonesia, by any document they hold; `required`: the checks that this post must make.
    ///
    /// # Errors
    /// When no check is required: nobody could then be found clear.
    pub fn new(id: InspectionId, kind: Kind, person: PersonId, citizen: bool, required: &[Check]) -> Result<Self, FindingError> {
        Ok(Self { id, kind, person, citizen, unmade: Findings::unmade(required)? })
    }
}

/// One step of the list: when, who, what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: By,
    /// What.
    pub action: Action,
}

/// Why a step cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The table has no such edge.
    #[error("inspection: nothing leads from {} by {act}", stage(.from))]
    NotHere {
        /// Where it stands; `None`: there is none yet.
        from: Option<Stage>,
        /// The action.
        act: Act,
    },
    /// The edge is not this role's, in this kind of inspection.
    #[error("inspection: {act} is not for the role {role} here")]
    NotForRole {
        /// The action.
        act: Act,
        /// The role.
        role: Role,
    },
    /// Something that must hold does not.
    #[error("inspection: {act} needs that {}", .guard.label().en)]
    Guard {
        /// The action.
        act: Act,
        /// What does not hold.
        guard: Guard,
    },
    /// The step lies before the one ahead of it.
    #[error("inspection: the step lies before the one ahead of it")]
    ClockBack,
    /// [`STEPS_MAX`] steps were taken.
    #[error("inspection: at most {max} steps", max = STEPS_MAX)]
    TooManySteps,
}

fn stage(from: &Option<Stage>) -> &'static str {
    from.map_or("the beginning", Stage::as_str)
}

/// An inspection as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    begin: Begin,
    person: PersonId,
    citizen: bool,
    state: State,
    presented: Option<Instant>,
    last: Instant,
    steps: u32,
}

/// What a step led to.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The inspection after it.
    pub inspection: Inspection,
    /// The row of the table that was taken; its effects are to be done in the same transaction.
    pub row: &'static Row,
    /// Work that is opened for other officers.
    pub tasks: Vec<Task>,
}

impl Inspection {
    /// The first step.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn first(begin: Begin, step: &Step) -> Result<Moved, StepError> {
        take(None, &begin, step)
    }

    /// The next step. Nothing of the old value changes.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn next(&self, step: &Step) -> Result<Moved, StepError> {
        if step.at < self.last {
            return Err(StepError::ClockBack);
        }
        if self.steps >= STEPS_MAX {
            return Err(StepError::TooManySteps);
        }
        take(Some(self), &self.begin, step)
    }

    /// Where the list of steps leads; `None` for an empty list.
    ///
    /// # Errors
    /// The number of the step that cannot follow, and why.
    pub fn replay(begin: Begin, steps: &[Step]) -> Result<Option<Self>, (usize, StepError)> {
        let mut stands: Option<Self> = None;
        for (number, step) in steps.iter().enumerate() {
            let moved = match &stands {
                None => Self::first(begin.clone(), step),
                Some(before) => before.next(step),
            };
            stands = Some(moved.map_err(|error| (number, error))?.inspection);
        }
        Ok(stands)
    }

    /// Where a list of steps led that was recorded with the states it led to. Asks no guard and looks at no row: what was allowed
    /// when it was recorded stays so, whatever the table says today.
    ///
    /// # Errors
    /// The number of the step that cannot have led there: the list is damaged.
    pub fn recall(begin: &Begin, steps: &[(Step, Stage)]) -> Result<Option<Self>, usize> {
        let mut stands: Option<Self> = None;
        for (number, (step, to)) in steps.iter().enumerate() {
            stands = Some(led(stands.as_ref(), begin, *to, step).filter(|after| after.stage() == *to).ok_or(number)?);
        }
        Ok(stands)
    }

    /// The actions that the state leaves open to somebody now: what a page shows as buttons. What an action carries is asked when
    /// it is taken.
    pub fn open_to(&self, by: By, now: Instant) -> Vec<Act> {
        let asked = Asked { before: Some(self), by, action: None, at: now };
        let open = |act: &Act| {
            table::rows(Some(self.stage()), *act).any(|row| row.is_for(by.role, self.begin.kind) && row.guards.iter().all(|guard| guard.holds(&asked)))
        };
        Act::ALL.iter().copied().filter(open).collect()
    }

    /// Its identifier.
    pub const fn id(&self) -> InspectionId {
        self.begin.id
    }

    /// What is inspected.
    pub const fn kind(&self) -> Kind {
        self.begin.kind
    }

    /// Whose file it stands on.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Whether the person is a citizen of Indonesia.
    pub const fn is_citizen(&self) -> bool {
        self.citizen
    }

    /// Where it stands.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Where it stands, without what it holds.
    pub const fn stage(&self) -> Stage {
        self.state.stage()
    }

    /// Findings held against the checks that this post must make, whatever they were held against before.
    fn held_against(&self, findings: &Findings) -> Findings {
        findings.against(&self.begin.unmade)
    }

    /// The clock that runs, with its end, to be shown; the day of arrival has no seconds. Whoever was refused a visit or the exit
    /// is not on their way out of the country, so no clock runs to that.
    pub fn running(&self, limits: &Limits) -> Option<Running> {
        self.state.running(limits).filter(|running| running.clock != Clock::Removal || self.begin.kind == Kind::Arrival)
    }

    /// Since when the person is here: their place in every queue.
    pub const fn presented(&self) -> Option<Instant> {
        self.presented
    }
}

fn take(before: Option<&Inspection>, begin: &Begin, step: &Step) -> Result<Moved, StepError> {
    let (from, act) = (before.map(Inspection::stage), step.action.act());
    let asked = Asked { before, by: step.by, action: Some(&step.action), at: step.at };
    let mut refused = StepError::NotHere { from, act };
    let mut chosen = None;
    for row in table::rows(from, act).filter(|row| row.when.is_none_or(|when| when.holds(&asked))) {
        if row.is_for(step.by.role, begin.kind) {
            chosen = Some(row);
            break;
        }
        refused = StepError::NotForRole { act, role: step.by.role };
    }
    let row = chosen.ok_or(refused)?;
    if let Some(guard) = row.guards.iter().find(|guard| !guard.holds(&asked)) {
        return Err(StepError::Guard { act, guard: *guard });
    }
    let inspection = led(before, begin, row.to, step).ok_or(StepError::NotHere { from, act })?;
    let tasks = row.tasks.iter().copied().filter(|task| task.is_due(before, &inspection)).collect();
    Ok(Moved { inspection, row, tasks })
}

/// The inspection after a step that leads to a state.
fn led(before: Option<&Inspection>, begin: &Begin, to: Stage, step: &Step) -> Option<Inspection> {
    let state = enter(before, begin, to, step)?;
    let (person, citizen) = match step.action {
        Action::Identify { person, citizen } => (person, citizen),
        _ => before.map_or((begin.person, begin.citizen), |before| (before.person, before.citizen)),
    };
    let presented = match step.action {
        Action::Present => Some(step.at),
        _ => before.and_then(|before| before.presented),
    };
    let steps = before.map_or(0, |before| before.steps) + 1;
    Some(Inspection { begin: begin.clone(), person, citizen, state, presented, last: step.at, steps })
}

/// The new state. `None` where a row of the table leads somewhere that no arm here builds, or where an officer is missing: the
/// tests take every row, so neither happens.
fn enter(before: Option<&Inspection>, begin: &Begin, to: Stage, step: &Step) -> Option<State> {
    let (at, officer) = (step.at, step.by.officer);
    let secondary = |cause, first| State::Secondary(Secondary { cause, since: at, first, examiner: None, findings: begin.unmade.clone() });
    Some(match (before.map(|before| &before.state), &step.action) {
        (None | Some(State::Expected { .. }), Action::Expect { due }) => State::Expected { due: *due },
        (None | Some(State::Expected { .. } | State::Lapsed { .. }), Action::Present) => State::Presented { since: at },
        (Some(State::Expected { due }), Action::Lapse { .. }) => State::Lapsed { due: *due },
        (Some(_), Action::Withdraw { cause }) => State::Withdrawn { cause: *cause, by: officer, at },

        (Some(State::Presented { .. }), Action::Take) => State::Primary { officer: officer?, since: at, findings: begin.unmade.clone() },
        (Some(State::Presented { since }), Action::Identify { .. }) => State::Presented { since: *since },
        (Some(State::Primary { since, findings, .. }), Action::Take) => State::Primary { officer: officer?, since: *since, findings: findings.clone() },
        // Back to their place: the queue's clock goes on from when they came.
        (Some(State::Primary { since, .. }), Action::Release) => State::Presented { since: before?.presented.unwrap_or(*since) },
        (Some(State::Primary { officer, since, .. }), Action::Identify { .. }) => {
            State::Primary { officer: *officer, since: *since, findings: begin.unmade.clone() }
        }
        (Some(State::Primary { officer, since, .. }), Action::Find { findings }) => {
            State::Primary { officer: *officer, since: *since, findings: findings.against(&begin.unmade) }
        }
        (Some(State::Primary { officer, findings, .. }), Action::Refer { cause }) => {
            State::Secondary(Secondary { cause: *cause, since: at, first: Some(*officer), examiner: None, findings: findings.clone() })
        }

        (Some(State::Secondary(now)), Action::Take) => State::Secondary(Secondary { examiner: Some(officer?), ..now.clone() }),
        (Some(State::Secondary(now)), Action::Identify { .. }) => State::Secondary(Secondary { findings: begin.unmade.clone(), ..now.clone() }),
        (Some(State::Secondary(now)), Action::Find { findings }) => State::Secondary(Secondary { findings: findings.against(&begin.unmade), ..now.clone() }),
        (Some(State::Secondary(_)), Action::HandOver { to }) => State::HandedOver { to: *to, by: officer?, at },
        (Some(State::Secondary(now)), Action::ProposeRefusal { reason, expires }) => {
            State::AwaitingSecond { secondary: now.clone(), proposal: Proposal::Refusal { reason: *reason }, by: officer?, since: at, expires: *expires }
        }
        (Some(State::Secondary(now)), Action::ProposePassage { grant, because, expires }) => State::AwaitingSecond {
            secondary: now.clone(),
            proposal: Proposal::Passage { grant: *grant, because: *because },
            by: officer?,
            since: at,
            expires: *expires,
        },

        (Some(state), Action::Admit { grant, because } | Action::Register { grant, because }) => {
            State::Admitted(decided(state, Some(*grant), *because, officer?, at)?)
        }
        (Some(state), Action::Defer { grant, because }) => State::DeferredOffline(decided(state, Some(*grant), *because, officer?, at)?),
        (Some(state @ (State::Primary { .. } | State::Secondary(_))), Action::Depart { because, .. }) => {
            State::Departed { by: officer, at, decision: decided(state, None, *because, officer?, at)? }
        }
        (Some(State::Admitted(decision) | State::DeferredOffline(decision)), Action::Depart { .. }) => {
            State::Departed { by: officer, at, decision: decision.clone() }
        }

        (Some(State::AwaitingSecond { secondary, proposal, by, .. }), Action::Approve) => {
            let second = officer?;
            match proposal {
                Proposal::Refusal { reason } => State::Refused(Refusal { reason: *reason, by: *by, second, at }),
                Proposal::Passage { grant, because } => {
                    let decision =
                        Admission { grant: *grant, by: *by, second: Some(second), at, because: Some(*because), findings: secondary.findings.clone() };
                    if to == Stage::Departed { State::Departed { by: Some(*by), at, decision } } else { State::Admitted(decision) }
                }
            }
        }
        (Some(State::AwaitingSecond { secondary, .. }), Action::Decline | Action::TakeBack | Action::RunOut) => State::Secondary(secondary.clone()),

        (Some(State::DeferredOffline(decision)), Action::Recheck { findings }) => {
            let findings = findings.against(&begin.unmade);
            match to {
                Stage::Admitted => State::Admitted(Admission { findings, ..decision.clone() }),
                Stage::DeferredOffline => State::DeferredOffline(Admission { findings, ..decision.clone() }),
                _ => State::Secondary(Secondary { cause: ReferralCause::Recheck, since: at, first: Some(decision.by), examiner: None, findings }),
            }
        }

        (Some(State::Admitted(decision) | State::DeferredOffline(decision)), Action::Reopen { cause }) => secondary(*cause, Some(decision.by)),
        (Some(State::Departed { decision, .. }), Action::Reopen { cause }) => secondary(*cause, Some(decision.by)),
        (Some(State::Refused(refusal)), Action::Reopen { cause }) => secondary(*cause, Some(refusal.by)),
        (Some(State::HandedOver { by, .. }), Action::Reopen { cause }) => secondary(*cause, Some(*by)),
        (Some(State::Refused(refusal)), Action::Remove) => State::Removed { refusal: *refusal, by: officer?, at },

        (Some(State::Admitted(decision)), Action::Correct { change }) => State::Admitted(corrected(decision, *change)?),
        (Some(State::DeferredOffline(decision)), Action::Correct { change }) => State::DeferredOffline(corrected(decision, *change)?),
        (Some(State::Departed { by, at, decision }), Action::Correct { change }) => {
            State::Departed { by: *by, at: *at, decision: corrected(decision, *change)? }
        }
        _ => return None,
    })
}

fn decided(state: &State, grant: Option<grant::Grant>, because: Option<action::Because>, by: OfficerId, at: Instant) -> Option<Admission> {
    Some(Admission { grant, by, second: None, at, because, findings: state.findings()?.clone() })
}

fn corrected(decision: &Admission, change: Change) -> Option<Admission> {
    let mut grant = decision.grant?;
    match change {
        Change::Purpose(purpose) => grant.purpose = purpose,
        Change::Stay(stay) => grant.stay = stay,
    }
    Some(Admission { grant: Some(grant), ..decision.clone() })
}
