//! Presence (*keberadaan*): one stay of a person, from being let in to having left, with its clocks and overstay.
//!
//! Where a stay stands is computed from the facts that were recorded and a date; no clock is read, and no day moves anything in a
//! table by itself. The numbers of the law (when a stay counts as expiring, the day whose treatment the law leaves open) come in
//! as [`Limits`]. The convention of counting is fixed here and nowhere else: the last day is lawful, and the day after it is
//! day 1 of overstay. Which day is the last is said by the rules of `law/`.
//!
//! What may be recorded when is [`rows::ROWS`], shared by code, tests and the reference page (`docs/ref/presence.md`).

pub mod page;
pub mod rows;
pub mod state;

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::time::CivilDate;

use rows::{Act, Guard, Row, Task};
use state::{Ending, Judged, Limits, Stage, State};

/// Most facts of one stay: a stay of ten years that is extended each month stays below half of it.
pub const FACTS_MAX: usize = 300;

/// Something that was recorded of a stay. `on` is the day on which it happened, which may lie before the day of recording: a
/// payment that the bank reports late still counts from its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// The stay began; `until`: its last day, none for a stay without end.
    Begun {
        /// First day.
        on: CivilDate,
        /// Last day.
        until: Option<CivilDate>,
    },
    /// An extension or conversion was asked for and paid.
    Applied {
        /// Day of the payment.
        on: CivilDate,
    },
    /// It was granted.
    Granted {
        /// Day of the decision.
        on: CivilDate,
        /// New last day; none without end.
        until: Option<CivilDate>,
    },
    /// It was refused.
    Refused {
        /// Day of the decision.
        on: CivilDate,
        /// Last day on which the person may still be here.
        leave_by: CivilDate,
    },
    /// The fee for days over was paid.
    Paid {
        /// Day of the payment.
        on: CivilDate,
        /// Last day that the payment covers.
        through: CivilDate,
    },
    /// An officer decided what the day that the law leaves open counts as.
    Judged {
        /// Day of the decision.
        on: CivilDate,
        /// As what.
        counts_as: Judged,
    },
    /// An enforcement case was opened.
    CaseOpened {
        /// Day.
        on: CivilDate,
    },
    /// The case is over and the person stays.
    CaseClosed {
        /// Day.
        on: CivilDate,
        /// New last day, where the decision gives one.
        until: Option<CivilDate>,
    },
    /// The permit was cancelled or cut short.
    Shortened {
        /// Day of the decision.
        on: CivilDate,
        /// New last day.
        until: CivilDate,
    },
    /// The person left.
    Departed {
        /// Day.
        on: CivilDate,
    },
    /// The departure was recorded for the wrong person.
    DepartureVoided {
        /// Day of the correction.
        on: CivilDate,
    },
    /// The last day was recorded wrongly. The earlier fact stays in the list.
    Corrected {
        /// Day of the correction; it counts from here on.
        on: CivilDate,
        /// The last day as it should have been; none without end.
        until: Option<CivilDate>,
    },
    /// There is nothing to watch any more.
    Ended {
        /// Day.
        on: CivilDate,
        /// Why.
        cause: Ending,
    },
}

impl Fact {
    /// The day on which it happened.
    pub const fn on(&self) -> CivilDate {
        match self {
            Self::Begun { on, .. }
            | Self::Applied { on }
            | Self::Granted { on, .. }
            | Self::Refused { on, .. }
            | Self::Paid { on, .. }
            | Self::Judged { on, .. }
            | Self::CaseOpened { on }
            | Self::CaseClosed { on, .. }
            | Self::Shortened { on, .. }
            | Self::Departed { on }
            | Self::DepartureVoided { on }
            | Self::Corrected { on, .. }
            | Self::Ended { on, .. } => *on,
        }
    }

    /// The action that records it.
    pub const fn act(&self) -> Act {
        match self {
            Self::Begun { .. } => Act::Begin,
            Self::Applied { .. } => Act::Apply,
            Self::Granted { .. } => Act::Grant,
            Self::Refused { .. } => Act::Refuse,
            Self::Paid { .. } => Act::Pay,
            Self::Judged { .. } => Act::Judge,
            Self::CaseOpened { .. } => Act::OpenCase,
            Self::CaseClosed { .. } => Act::CloseCase,
            Self::Shortened { .. } => Act::Shorten,
            Self::Departed { .. } => Act::Depart,
            Self::DepartureVoided { .. } => Act::VoidDeparture,
            Self::Corrected { .. } => Act::Correct,
            Self::Ended { .. } => Act::End,
        }
    }
}

/// Why a fact cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// Not from where the stay stood on that day.
    #[error("presence: {act} does not follow {}", .from.map_or("the time before the first day", Stage::as_str))]
    NotHere {
        /// Where it stood.
        from: Option<Stage>,
        /// The action.
        act: Act,
    },
    /// Not this role's to record.
    #[error("presence: {act} is not for the role {role}")]
    NotForRole {
        /// The action.
        act: Act,
        /// The role.
        role: Role,
    },
    /// Something that must hold does not.
    #[error("presence: {act} needs that {}", .guard.label().en)]
    Guard {
        /// The action.
        act: Act,
        /// What does not hold.
        guard: Guard,
    },
    /// It lies in the future.
    #[error("presence: the day lies in the future")]
    Future,
    /// [`FACTS_MAX`] facts were recorded.
    #[error("presence: at most {max} facts", max = FACTS_MAX)]
    TooMany,
}

/// One stay: the list of what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    facts: Vec<Fact>,
}

/// What recording a fact led to.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The stay with it.
    pub presence: Presence,
    /// The row of the table.
    pub row: &'static Row,
    /// Work that the stay now asks an officer for.
    pub task: Option<Task>,
}

impl Presence {
    /// The first fact.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn begin(fact: Fact, role: Role, today: CivilDate, limits: &Limits) -> Result<Recorded, FactError> {
        Self { facts: Vec::new() }.record(fact, role, today, limits)
    }

    /// The next fact: asked against where the stay stood on the day of the fact, which may lie before today.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn record(&self, fact: Fact, role: Role, today: CivilDate, limits: &Limits) -> Result<Recorded, FactError> {
        let (act, on) = (fact.act(), fact.on());
        if on > today {
            return Err(FactError::Future);
        }
        if self.facts.len() >= FACTS_MAX {
            return Err(FactError::TooMany);
        }
        let from = self.on(on, limits).map(|state| state.stage());
        // Before its first day a stay stands nowhere, as one that was not begun does; only the latter can be begun.
        let row = rows::row(from, act).filter(|_| from.is_some() || self.facts.is_empty()).ok_or(FactError::NotHere { from, act })?;
        if !row.who.contains(&role) {
            return Err(FactError::NotForRole { act, role });
        }
        if let Some(guard) = row.guards.iter().find(|guard| !self.holds(**guard, &fact, limits)) {
            return Err(FactError::Guard { act, guard: *guard });
        }
        let mut presence = self.clone();
        presence.facts.push(fact);
        // Today's: what was recorded late may ask for nothing any more.
        let task = presence.on(today, limits).and_then(Task::of);
        Ok(Recorded { presence, row, task })
    }

    /// What was recorded, in the order of recording.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Where the stay stands on a day, by what happened up to it; `None` before its first day.
    pub fn on(&self, day: CivilDate, limits: &Limits) -> Option<State> {
        let facts = Known::of(&self.facts, day)?;
        Some(facts.state(day, limits))
    }

    fn holds(&self, guard: Guard, fact: &Fact, limits: &Limits) -> bool {
        let on = fact.on();
        let known = Known::of(&self.facts, on);
        match (guard, fact, known) {
            (Guard::NotBackwards, Fact::Begun { on, until }, _) => until.is_none_or(|until| until >= *on),
            (Guard::NotBackwards, Fact::Refused { on, leave_by }, _) => leave_by >= on,
            (Guard::Later, Fact::Granted { until, .. }, Some(known)) => until.is_none_or(|until| until >= on && known.last().is_some_and(|last| until > last)),
            (Guard::Earlier, Fact::Shortened { until, .. }, Some(known)) => *until >= on && known.last().is_none_or(|last| *until < last),
            (Guard::Limited, _, Some(known)) => known.until.is_some(),
            (Guard::OpenDays, Fact::Paid { through, .. }, Some(known)) => known.last().is_some_and(|last| {
                let (days, most) = (through.days_since(last), limits.boundary_days() - i32::from(known.judged != Some(Judged::Short)));
                *through >= on && days <= most && known.paid_through.is_none_or(|paid| *through > paid)
            }),
            (Guard::Changes, Fact::Corrected { until, .. }, Some(known)) => *until != known.until && until.is_none_or(|until| until >= known.first),
            // A guard beside a fact that it does not know refuses: a row was written wrongly, and the tests say which.
            _ => false,
        }
    }
}

/// What the facts up to a day come to.
#[derive(Clone, Copy)]
struct Known {
    first: CivilDate,
    until: Option<CivilDate>,
    /// Last day before an extension that was granted.
    extended_from: Option<CivilDate>,
    applied: Option<CivilDate>,
    leave_by: Option<CivilDate>,
    paid_through: Option<CivilDate>,
    judged: Option<Judged>,
    case: Option<CivilDate>,
    departed: Option<CivilDate>,
    ended: Option<(CivilDate, Ending)>,
}

impl Known {
    fn of(facts: &[Fact], day: CivilDate) -> Option<Self> {
        let mut known: Option<Self> = None;
        let mut facts: Vec<&Fact> = facts.iter().filter(|fact| fact.on() <= day).collect();
        // In the order in which it happened; what happened on one day, in the order of recording.
        facts.sort_by_key(|fact| fact.on());
        for fact in facts {
            match (fact, &mut known) {
                (Fact::Begun { on, until }, None) => {
                    known = Some(Self {
                        first: *on,
                        until: *until,
                        extended_from: None,
                        applied: None,
                        leave_by: None,
                        paid_through: None,
                        judged: None,
                        case: None,
                        departed: None,
                        ended: None,
                    });
                }
                (fact, Some(known)) => known.add(fact),
                // Nothing precedes the beginning: recording refuses it.
                (_, None) => return None,
            }
        }
        known
    }

    fn add(&mut self, fact: &Fact) {
        match fact {
            Fact::Begun { .. } => {}
            Fact::Applied { on } => self.applied = Some(*on),
            Fact::Granted { until, .. } => {
                let extended_from = self.last();
                *self = Self { until: *until, extended_from, applied: None, leave_by: None, paid_through: None, judged: None, ..*self };
            }
            Fact::Refused { leave_by, .. } => *self = Self { applied: None, leave_by: Some(*leave_by), ..*self },
            Fact::Paid { through, .. } => self.paid_through = Some(*through),
            Fact::Judged { counts_as, .. } => self.judged = Some(*counts_as),
            Fact::CaseOpened { on } => self.case = Some(*on),
            Fact::CaseClosed { until, .. } => {
                self.case = None;
                if until.is_some() {
                    *self = Self { until: *until, extended_from: None, leave_by: None, paid_through: None, judged: None, ..*self };
                }
            }
            Fact::Shortened { until, .. } => *self = Self { until: Some(*until), extended_from: None, applied: None, leave_by: None, ..*self },
            Fact::Departed { on } => self.departed = Some(*on),
            Fact::DepartureVoided { .. } => self.departed = None,
            Fact::Corrected { until, .. } => {
                let extended_from = self.extended_from.filter(|before| until.is_none_or(|until| until > *before));
                *self = Self { until: *until, extended_from, judged: None, ..*self };
            }
            Fact::Ended { on, cause } => self.ended = Some((*on, *cause)),
        }
    }

    /// The last lawful day; `None` for a stay without end. The time of a decision that was asked for in time is not overstay, so
    /// a refusal moves it to the day by which the person must leave.
    fn last(&self) -> Option<CivilDate> {
        self.until.map(|until| self.leave_by.map_or(until, |leave_by| leave_by.max(until)))
    }

    fn days_over(&self, day: CivilDate) -> i32 {
        if self.applied.is_some() { 0 } else { self.last().map_or(0, |last| day.days_since(last).max(0)) }
    }

    fn state(&self, day: CivilDate, limits: &Limits) -> State {
        let over = self.days_over(day);
        let unpaid = self.paid_through.map_or(over, |paid| day.days_since(paid).clamp(0, over));
        if let Some((on, cause)) = self.ended {
            return State::Ended { on, cause };
        }
        if let Some(on) = self.departed {
            let unpaid = self.paid_through.map_or(self.days_over(on), |paid| on.days_since(paid).clamp(0, self.days_over(on)));
            return State::Departed { on, days_over: self.days_over(on), unpaid };
        }
        if let Some(since) = self.case {
            return State::TakCase { since, days_over: over };
        }
        let (Some(until), Some(last)) = (self.until, self.last()) else { return State::InStatus { days_left: None } };
        if let Some(since) = self.applied {
            return State::Bridged { since, until };
        }
        if over == 0 {
            let days_left = last.days_since(day);
            return match (self.leave_by, self.extended_from) {
                (Some(leave_by), _) => State::ApplicationRefused { leave_by: leave_by.max(until), days_left },
                (None, Some(before)) if day <= before => State::Extended { until, days_left },
                _ => limits.step(days_left).map_or(State::InStatus { days_left: Some(days_left) }, |step| State::Expiring { step, days_left }),
            };
        }
        if unpaid == 0 {
            return State::ResolvedPaid { days_over: over, through: self.paid_through.unwrap_or(day) };
        }
        match (over.cmp(&limits.boundary_days()), self.judged) {
            (std::cmp::Ordering::Less, _) | (std::cmp::Ordering::Equal, Some(Judged::Short)) => State::OverstayShort { days_over: over, unpaid },
            (std::cmp::Ordering::Equal, None) => State::OverstayBoundary { days_over: over, unpaid },
            (std::cmp::Ordering::Equal, Some(Judged::Long)) | (std::cmp::Ordering::Greater, _) => State::OverstayLong { days_over: over },
        }
    }
}
