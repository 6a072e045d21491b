//! Taking steps: the role is chosen, the one table is asked, and the entry with everything that follows is appended.

use siger_domain::access::{Action as Right, RoleSet};
use siger_domain::event::{Event, Subject, body};
use siger_domain::inspection::action::{Act, Action, Change};
use siger_domain::inspection::grant::Stay;
use siger_domain::inspection::record::{Begun, Standing, Stepped};
use siger_domain::inspection::state::{Admission, State};
use siger_domain::inspection::table::Effect;
use siger_domain::inspection::{Begin, By, Inspection, Kind, Moved, Step, StepError};
use siger_domain::presence::Fact;
use siger_domain::receipt::ReceiptNumber;
use siger_domain::time::{CivilDate, Instant};
use siger_storage::table::{inspection as table, office};
use siger_storage::{Stamp, Write};

use crate::access::Why;
use crate::context::{About, Context};
use crate::error::{Error, Result};

/// The steps that this version takes, with the right that each needs. The others of the table are refused by name
/// (`inspection_not_yet`): a proposal needs the second person, a conditional admission its re-check, a departure its stay, and
/// an edge that opens work for somebody needs that work's list.
pub const TAKEN: &[(Act, Right)] = &[
    (Act::Present, Right::InspectionInspect),
    (Act::Take, Right::InspectionInspect),
    (Act::Find, Right::InspectionInspect),
    (Act::Release, Right::InspectionInspect),
    (Act::Withdraw, Right::InspectionInspect),
    (Act::Admit, Right::InspectionDecide),
    (Act::Register, Right::InspectionDecide),
    (Act::Refer, Right::InspectionRefer),
    (Act::Correct, Right::InspectionCorrect),
];

const NOT_YET: Error = Error::Conflict("inspection_not_yet");

/// The right that an action needs; `None`: this version does not take the step.
pub fn right(act: Act) -> Option<Right> {
    TAKEN.iter().find(|(taken, _)| *taken == act).map(|(_, right)| *right)
}

/// What steps led to.
pub(super) struct Advanced {
    /// The inspection after them.
    pub inspection: Inspection,
    /// Their entry.
    pub number: u64,
}

/// An inspection before a step, with the moment of its newest one.
pub(super) enum Before {
    None(Begin, Begun),
    At(Inspection, Instant),
}

/// Takes steps and appends them with what follows, in the first role that the policies permit alone and the table does not refuse.
pub(super) fn advance(write: &mut Write<'_, '_>, by: &Context, today: CivilDate, before: &Before, actions: &[Action]) -> Result<Advanced> {
    let rights: Vec<Right> = actions.iter().map(|action| right(action.act()).ok_or(NOT_YET)).collect::<Result<_>>()?;
    if actions.iter().any(|action| matches!(action, Action::Correct { change: Change::Stay(_) })) {
        return Err(NOT_YET);
    }
    let stamps = stamps(by, &rights)?;
    let mut refused = Error::Forbidden(Why::Role);
    let mut taken = None;
    for stamp in stamps {
        match moves(before, by, stamp, actions) {
            Ok(moved) => {
                taken = Some((stamp, moved));
                break;
            }
            // Another role of the officer may.
            Err(StepError::NotForRole { .. }) => {}
            Err(error) => {
                refused = step_error(error);
                break;
            }
        }
    }
    let (stamp, moved) = taken.ok_or(refused)?;
    append(write, stamp, today, before, actions, &moved)
}

/// For each role that has all the rights by itself: how an entry in that role is stamped.
fn stamps(by: &Context, rights: &[Right]) -> Result<Vec<Stamp>> {
    for right in rights {
        // All roles together first: some rules look at who holds which roles at once.
        by.authorise(*right, About::default())?;
    }
    let alone = by.roles.iter().filter_map(|role| {
        let alone = Context { roles: RoleSet::of(role), ..by.clone() };
        let mut stamp = None;
        for right in rights {
            stamp = Some(alone.authorise(*right, About::default()).ok()?);
        }
        stamp
    });
    Ok(alone.collect())
}

fn moves(before: &Before, by: &Context, stamp: Stamp, actions: &[Action]) -> Result<Vec<Moved>, StepError> {
    let who = by.officer.and_then(|officer| By::officer_in(officer, stamp.role)).unwrap_or(By::PROGRAM);
    let mut moved: Vec<Moved> = Vec::with_capacity(actions.len());
    for action in actions {
        let at = match before {
            Before::At(_, last) => stamp.at.max(*last),
            Before::None(..) => stamp.at,
        };
        let step = Step { at, by: who, action: action.clone() };
        let next = match (moved.last(), before) {
            (Some(last), _) => last.inspection.next(&step)?,
            (None, Before::At(inspection, _)) => inspection.next(&step)?,
            (None, Before::None(begin, _)) => Inspection::first(begin.clone(), &step)?,
        };
        moved.push(next);
    }
    Ok(moved)
}

fn append(write: &mut Write<'_, '_>, stamp: Stamp, today: CivilDate, before: &Before, actions: &[Action], moved: &[Moved]) -> Result<Advanced> {
    // What opens work for somebody is not done before that work has a list: it would be lost.
    if moved.iter().any(|moved| !moved.tasks.is_empty()) {
        return Err(NOT_YET);
    }
    let inspection = moved.last().ok_or_else(|| Error::internal("no step to take"))?.inspection.clone();
    let steps = actions.iter().zip(moved).map(|(action, moved)| Stepped { action: action.clone(), to: moved.inspection.stage() }).collect();
    let begin = match before {
        Before::None(_, begun) => Some(begun.clone()),
        Before::At(..) => None,
    };
    let subject = Subject::Person(inspection.person());
    let event = body::InspectionStepped { inspection: inspection.id(), begin, steps, standing: Standing::of(&inspection) };
    let number = write.append(stamp, subject, &Event::InspectionStepped(event))?;
    for effect in moved.iter().flat_map(|moved| moved.row.effects) {
        match effect {
            // In the state itself.
            Effect::StartClock | Effect::KeepPlace | Effect::ForgetFindings => {}
            Effect::BeginStay => begin_stay(write, stamp, today, &inspection)?,
            Effect::Receipt => receipt(write, stamp, today, &inspection, number)?,
            Effect::EndStay | Effect::RestoreStay | Effect::Notice | Effect::AskSecond | Effect::TellHead => return Err(NOT_YET),
        }
    }
    Ok(Advanced { inspection, number })
}

/// A stay begins. A visit of somebody whose stay goes on is part of that one, and a citizen has no stay to watch.
fn begin_stay(write: &mut Write<'_, '_>, stamp: Stamp, today: CivilDate, inspection: &Inspection) -> Result<()> {
    if inspection.is_citizen() || inspection.kind() == Kind::Visit && table::is_staying(write, inspection.person())? {
        return Ok(());
    }
    let State::Admitted(Admission { grant: Some(grant), .. }) = inspection.state() else { return Err(Error::internal("a stay begins by an admission")) };
    let (on, until) = match grant.stay {
        Stay::Limited(period) => (period.from(), Some(period.until())),
        // A permanent permit without limit.
        Stay::Unlimited => (today, None),
    };
    let event = body::PresenceRecorded { stay: inspection.id(), fact: Fact::Begun { on, until }, until, open: true };
    write.append(stamp, Subject::Person(inspection.person()), &Event::PresenceRecorded(event))?;
    Ok(())
}

fn receipt(write: &mut Write<'_, '_>, stamp: Stamp, today: CivilDate, inspection: &Inspection, of: u64) -> Result<()> {
    let office = office::get(write)?.ok_or(siger_storage::Error::NoOffice)?;
    let year = today.parts().0.unsigned_abs();
    let number = ReceiptNumber::new(&office.code.to_ascii_uppercase(), year, table::next_running(write, year)?).map_err(Error::internal)?;
    let event = body::InspectionReceipted { inspection: inspection.id(), number, of };
    write.append(stamp, Subject::Person(inspection.person()), &Event::InspectionReceipted(event))?;
    Ok(())
}

fn step_error(error: StepError) -> Error {
    match error {
        StepError::NotHere { .. } => Error::Conflict("inspection_not_here"),
        StepError::NotForRole { .. } => Error::Forbidden(Why::Role),
        StepError::Guard { guard, .. } => Error::invalid("action", guard.as_str()),
        StepError::ClockBack => Error::internal("inspection: the step lies before the one ahead of it"),
        StepError::TooManySteps => Error::Conflict("inspection_full"),
    }
}
