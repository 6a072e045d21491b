//! The two-person rule: one asks, another answers (*prinsip empat mata*).
//!
//! Nobody answers a request that they opened. An unanswered request ends by itself; what it asked for did not happen.

use serde::{Deserialize, Serialize};

use crate::access::{Action, Role};
use crate::id::{OfficerId, PersonId};
use crate::time::Instant;

/// How long a request waits for its second person: a long weekend with a holiday, so that a small office can answer on
/// its next working day.
pub const OPEN_SECONDS: i64 = 5 * 24 * 60 * 60;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub enum Matter {
    /// Give an officer these roles instead of the present ones.
    Roles {
        /// Whose roles.
        officer: OfficerId,
        /// The whole new set.
        roles: Vec<Role>,
    },
    /// Let an officer in again who lost what they signed in with.
    Recover {
        /// Whom.
        officer: OfficerId,
        /// What was lost.
        lost: Lost,
        /// SHA-256 of the code, which whoever asks has seen once; it opens nothing before a second person agrees.
        hash: String,
    },
    /// Erase a person's data.
    Erase {
        /// Whose data.
        person: PersonId,
        /// On which ground.
        ground: ErasureGround,
    },
}

impl Matter {
    /// The word kept in the table.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Roles { .. } => "roles",
            Self::Recover { .. } => "recover",
            Self::Erase { .. } => "erase",
        }
    }

    /// The action by which the second person answers.
    pub const fn answer_action(&self) -> Action {
        match self {
            Self::Roles { .. } => Action::RequestRoles,
            Self::Recover { .. } => Action::RequestRecover,
            Self::Erase { .. } => Action::RequestErase,
        }
    }

    /// The officer it is about, who does not answer it.
    pub const fn officer(&self) -> Option<OfficerId> {
        match self {
            Self::Roles { officer, .. } | Self::Recover { officer, .. } => Some(*officer),
            Self::Erase { .. } => None,
        }
    }

    /// The identifier of the officer or person it is about.
    pub fn target(&self) -> &[u8; 16] {
        match self {
            Self::Roles { officer, .. } | Self::Recover { officer, .. } => officer.as_bytes(),
            Self::Erase { person, .. } => person.as_bytes(),
        }
    }
}

/// What an officer lost who is to be let in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The device with the passkey.
    Passkey,
    /// The phone that shows codes.
    Phone,
    /// The invitation, of somebody who holds roles and has not come in yet.
    Invitation,
}

impl Lost {
    /// The word used in forms and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Phone => "phone",
            Self::Invitation => "invitation",
        }
    }
}

/// The ground on which personal data is erased (UU 27/2022 art. 43; which items the article lists is unverified here and
/// shown so). There is no free text: it would be kept with the request and could name the person again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureGround {
    /// No longer needed for the purpose it was collected for.
    PurposeEnded,
    /// The person withdrew consent.
    ConsentWithdrawn,
    /// The person asked for it.
    SubjectRequest,
    /// It was obtained or processed unlawfully.
    Unlawful,
    /// Kept-until has passed (the daily job).
    KeptUntil,
    /// A restored archive was older than the erasure: the key was found destroyed, and the archive does not say on which ground.
    KeyDestroyed,
}

impl ErasureGround {
    /// The grounds an officer can choose.
    pub const CHOICES: &'static [Self] = &[Self::PurposeEnded, Self::ConsentWithdrawn, Self::SubjectRequest, Self::Unlawful];

    /// The word used in the journal and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PurposeEnded => "purpose_ended",
            Self::ConsentWithdrawn => "consent_withdrawn",
            Self::SubjectRequest => "subject_request",
            Self::Unlawful => "unlawful",
            Self::KeptUntil => "kept_until",
            Self::KeyDestroyed => "key_destroyed",
        }
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the second person.
    Open,
    /// The second person agreed; what was asked for is done.
    Approved,
    /// The second person refused.
    Declined,
    /// The first person took it back.
    Withdrawn,
    /// Nobody answered in time.
    Expired,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Open, Self::Approved, Self::Declined, Self::Withdrawn, Self::Expired];

    /// The word kept in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// Reads the word of the table.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }
}

/// What can be done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// The second person agrees.
    Approve,
    /// The second person refuses.
    Decline,
    /// The first person takes it back.
    Withdraw,
    /// The clock runs out.
    Expire,
}

/// Why a request cannot be moved so.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoveError {
    /// A second person agreed or refused before.
    #[error("the request was answered before")]
    Answered,
    /// The person who opened it took it back before.
    #[error("the request was withdrawn before")]
    Withdrawn,
    /// The two-person rule.
    #[error("the person who opened a request cannot answer it")]
    SamePerson,
    /// Only the person who opened it takes it back.
    #[error("only the person who opened a request can withdraw it")]
    NotTheirs,
    /// Too late: it has run out, also where nobody has written that down yet.
    #[error("the request has run out")]
    RanOut,
    /// Too early to expire.
    #[error("the request has not run out yet")]
    NotYet,
}

/// The one table of moves: from an open request only, by whom and when.
///
/// # Errors
/// Which rule the move breaks.
pub fn next(state: State, opened_by: OfficerId, expires: Instant, step: Move, by: Option<OfficerId>, now: Instant) -> Result<State, MoveError> {
    match state {
        State::Open => {}
        State::Approved | State::Declined => return Err(MoveError::Answered),
        State::Withdrawn => return Err(MoveError::Withdrawn),
        State::Expired => return Err(MoveError::RanOut),
    }
    let ran_out = now >= expires;
    match step {
        Move::Expire if ran_out => Ok(State::Expired),
        Move::Expire => Err(MoveError::NotYet),
        _ if ran_out => Err(MoveError::RanOut),
        Move::Withdraw if by == Some(opened_by) => Ok(State::Withdrawn),
        Move::Withdraw => Err(MoveError::NotTheirs),
        Move::Approve | Move::Decline if by.is_none() || by == Some(opened_by) => Err(MoveError::SamePerson),
        Move::Approve => Ok(State::Approved),
        Move::Decline => Ok(State::Declined),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_of_the_table() {
        let at = Instant::from_unix_micros(1_000_000_000);
        let expires = at.plus_seconds(OPEN_SECONDS);
        let first = OfficerId::new(at, [1; 10]);
        let second = OfficerId::new(at, [2; 10]);
        for state in State::ALL {
            for step in [Move::Approve, Move::Decline, Move::Withdraw, Move::Expire] {
                for (by, late) in [(Some(first), false), (Some(second), false), (None, false), (Some(first), true), (Some(second), true), (None, true)] {
                    let now = if late { expires } else { at };
                    let expected = match (state, step, by == Some(first), by.is_some(), late) {
                        (State::Open, Move::Expire, _, _, true) => Ok(State::Expired),
                        (State::Open, Move::Expire, _, _, false) => Err(MoveError::NotYet),
                        (State::Open, _, _, _, true) => Err(MoveError::RanOut),
                        (State::Open, Move::Withdraw, true, _, false) => Ok(State::Withdrawn),
                        (State::Open, Move::Withdraw, ..) => Err(MoveError::NotTheirs),
                        (State::Open, Move::Approve, false, true, _) => Ok(State::Approved),
                        (State::Open, Move::Decline, false, true, _) => Ok(State::Declined),
                        (State::Open, ..) => Err(MoveError::SamePerson),
                        (State::Approved | State::Declined, ..) => Err(MoveError::Answered),
                        (State::Withdrawn, ..) => Err(MoveError::Withdrawn),
                        (State::Expired, ..) => Err(MoveError::RanOut),
                    };
                    assert_eq!(next(*state, first, expires, step, by, now), expected, "{state:?} {step:?} {by:?} late {late}");
                }
            }
        }
    }
}
