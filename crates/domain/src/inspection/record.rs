//! An inspection as the journal keeps it: how it began, the steps of each entry with the states that they led to, and where it
//! stood after the last. Replay runs no rule, so everything that a table says is written here.

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::state::Stage;
use super::{Begin, By, Inspection, Kind, Step};
use crate::finding::{FindingError, Kind as Check};
use crate::id::{InspectionId, OfficerId, PersonId};
use crate::time::Instant;

/// Most steps of one entry: a scan has three.
pub const STEPS_OF_ENTRY_MAX: usize = 8;

/// How an inspection began. Stands in its first entry only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// What is inspected.
    pub kind: Kind,
    /// Whether the person is a citizen of Indonesia, as far as was known.
    pub citizen: bool,
    /// The checks that the post must make.
    pub required: Vec<Check>,
}

impl Begun {
    /// The beginning of the case.
    ///
    /// # Errors
    /// When no check is required.
    pub fn of(&self, id: InspectionId, person: PersonId) -> Result<Begin, FindingError> {
        Begin::new(id, self.kind, person, self.citizen, &self.required)
    }
}

/// One step with the state that it led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stepped {
    /// What was done.
    pub action: Action,
    /// Where it led.
    pub to: Stage,
}

/// Where the inspection stands after the last step of an entry: what the table of inspections shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The state, without what it holds.
    pub stage: Stage,
    /// Who has taken the person.
    pub holder: Option<OfficerId>,
    /// Since when the person is here.
    pub presented: Option<Instant>,
}

impl Standing {
    /// Of an inspection.
    pub const fn of(inspection: &Inspection) -> Self {
        Self { stage: inspection.stage(), holder: inspection.state().holder(), presented: inspection.presented() }
    }
}

/// The steps of one entry, as [`Inspection::recall`] takes them: they share moment and actor.
pub fn steps(at: Instant, by: By, stepped: Vec<Stepped>) -> impl Iterator<Item = (Step, Stage)> {
    stepped.into_iter().map(move |it| (Step { at, by, action: it.action }, it.to))
}
