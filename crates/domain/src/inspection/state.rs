//! Where an inspection stands: a variant holds exactly what exists then.

use super::action::{Because, Proposal, Receiver, ReferralCause, WithdrawalCause};
use super::grant::Grant;
use super::reason::RefusalReason;
use crate::finding::Findings;
use crate::id::OfficerId;
use crate::time::{CivilDate, Instant};

labelled! {
    /// The states, without what they hold. Names and order are those of the domain description; `lapsed` and
    /// `awaiting_second` were added for what a real counter meets.
    Stage, "stage of an inspection" {
        /// Announced before: a QR code or a number of a pre-registration.
        Expected = "expected", "akan datang", "expected";
        /// Announced, and did not come on the day.
        Lapsed = "lapsed", "tidak datang", "did not come";
        /// At the counter or post, waiting to be called. The clock of the whole inspection runs from here.
        Presented = "presented", "hadir", "presented";
        /// An officer looks at person and document for the first time.
        Primary = "primary", "pemeriksaan pertama", "primary inspection";
        /// A second, closer look.
        Secondary = "secondary", "pemeriksaan lanjutan", "secondary inspection";
        /// In secondary still; what an inspector proposes waits for a second person.
        AwaitingSecond = "awaiting_second", "menunggu orang kedua", "waiting for a second person";
        /// Let in on the local lists; checks that need the network or an index follow by themselves.
        DeferredOffline = "deferred_offline", "diterima bersyarat", "admitted subject to a re-check";
        /// Let in, or the visit registered.
        Admitted = "admitted", "diterima", "admitted";
        /// Entry, exit or the registration of a visit refused by two persons.
        Refused = "refused", "ditolak", "refused";
        /// Handed over to somebody else with their own duty.
        HandedOver = "handed_over", "diserahkan", "handed over";
        /// Left.
        Departed = "departed", "berangkat", "departed";
        /// Refused entry, and gone again.
        Removed = "removed", "dipulangkan", "removed";
        /// Ended before a decision.
        Withdrawn = "withdrawn", "ditarik kembali", "withdrawn";
    }
}

labelled! {
    /// The clock that runs in a state with a duty. How long it may run is the office's setting ([`Limits`]), never a number in
    /// here; a clock that runs out is shown and escalates, and decides about nobody.
    Clock, "clock" {
        /// Until the announced day is over.
        Arrival = "arrival", "hari kedatangan", "day of arrival";
        /// From being present to being called.
        Queue = "queue", "antrean", "queue";
        /// From being called to a decision.
        Examination = "examination", "pemeriksaan", "examination";
        /// In secondary, from being sent there.
        Secondary = "secondary", "pemeriksaan lanjutan", "secondary inspection";
        /// Until the second person answers.
        Second = "second", "orang kedua", "second person";
        /// Until the checks that were pending are made.
        Recheck = "recheck", "pemeriksaan ulang", "re-check";
        /// Until a person who was refused entry has left.
        Removal = "removal", "pemulangan", "removal";
    }
}

impl Stage {
    /// The clock that runs here.
    pub const fn clock(self) -> Option<Clock> {
        match self {
            Self::Expected => Some(Clock::Arrival),
            Self::Presented => Some(Clock::Queue),
            Self::Primary => Some(Clock::Examination),
            Self::Secondary => Some(Clock::Secondary),
            Self::AwaitingSecond => Some(Clock::Second),
            Self::DeferredOffline => Some(Clock::Recheck),
            Self::Refused => Some(Clock::Removal),
            // The stay has a machine of its own (`presence`); the others ask nothing more of anybody here.
            Self::Admitted | Self::Lapsed | Self::HandedOver | Self::Departed | Self::Removed | Self::Withdrawn => None,
        }
    }
}

/// How long each clock may run, in seconds. Settings of the office, shown as "office policy, unconfirmed".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// [`Clock::Queue`].
    pub queue_seconds: i64,
    /// [`Clock::Examination`].
    pub examination_seconds: i64,
    /// [`Clock::Secondary`].
    pub secondary_seconds: i64,
    /// [`Clock::Recheck`].
    pub recheck_seconds: i64,
    /// [`Clock::Removal`].
    pub removal_seconds: i64,
}

/// A clock that runs, to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// Which.
    pub clock: Clock,
    /// Since when.
    pub since: Instant,
    /// Until when it should be over.
    pub until: Instant,
}

impl Running {
    /// Seconds left; negative when over.
    pub const fn seconds_left(&self, now: Instant) -> i64 {
        self.until.seconds_since(now)
    }

    /// Whether the time is over.
    pub fn is_over(&self, now: Instant) -> bool {
        now >= self.until
    }
}

/// Somebody in secondary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secondary {
    /// Why they were sent there.
    pub cause: ReferralCause,
    /// Since when.
    pub since: Instant,
    /// Who looked or decided before: alone they do not decide here.
    pub first: Option<OfficerId>,
    /// Who looks now; `None`: waits to be called.
    pub examiner: Option<OfficerId>,
    /// What the checks say.
    pub findings: Findings,
}

/// A decision by which somebody is let in, their visit is registered, or their departure recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// What for and how long; `None` for a departure.
    pub grant: Option<Grant>,
    /// Who decided.
    pub by: OfficerId,
    /// Who agreed, where two decided.
    pub second: Option<OfficerId>,
    /// When.
    pub at: Instant,
    /// What the officer said to findings that were not clear.
    pub because: Option<Because>,
    /// What the checks said.
    pub findings: Findings,
}

/// A decision by which somebody is refused: always two persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// On which ground.
    pub reason: RefusalReason,
    /// Who proposed it.
    pub by: OfficerId,
    /// Who agreed; never the same.
    pub second: OfficerId,
    /// When.
    pub at: Instant,
}

/// Where an inspection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the stages are described at Stage, what they hold at its type")]
pub enum State {
    Expected { due: CivilDate },
    Lapsed { due: CivilDate },
    Presented { since: Instant },
    Primary { officer: OfficerId, since: Instant, findings: Findings },
    Secondary(Secondary),
    AwaitingSecond { secondary: Secondary, proposal: Proposal, by: OfficerId, since: Instant, expires: Instant },
    DeferredOffline(Admission),
    Admitted(Admission),
    Refused(Refusal),
    HandedOver { to: Receiver, by: OfficerId, at: Instant },
    Departed { by: Option<OfficerId>, at: Instant, decision: Admission },
    Removed { refusal: Refusal, by: OfficerId, at: Instant },
    Withdrawn { cause: WithdrawalCause, by: Option<OfficerId>, at: Instant },
}

impl State {
    /// The state without what it holds.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Expected { .. } => Stage::Expected,
            Self::Lapsed { .. } => Stage::Lapsed,
            Self::Presented { .. } => Stage::Presented,
            Self::Primary { .. } => Stage::Primary,
            Self::Secondary(_) => Stage::Secondary,
            Self::AwaitingSecond { .. } => Stage::AwaitingSecond,
            Self::DeferredOffline(_) => Stage::DeferredOffline,
            Self::Admitted(_) => Stage::Admitted,
            Self::Refused(_) => Stage::Refused,
            Self::HandedOver { .. } => Stage::HandedOver,
            Self::Departed { .. } => Stage::Departed,
            Self::Removed { .. } => Stage::Removed,
            Self::Withdrawn { .. } => Stage::Withdrawn,
        }
    }

    /// What the checks say, where there are any.
    pub const fn findings(&self) -> Option<&Findings> {
        match self {
            Self::Primary { findings, .. } => Some(findings),
            Self::Secondary(secondary) | Self::AwaitingSecond { secondary, .. } => Some(&secondary.findings),
            Self::DeferredOffline(decision) | Self::Admitted(decision) | Self::Departed { decision, .. } => Some(&decision.findings),
            _ => None,
        }
    }

    /// Who has taken the person, where somebody has.
    pub const fn holder(&self) -> Option<OfficerId> {
        match self {
            Self::Primary { officer, .. } => Some(*officer),
            Self::Secondary(secondary) => secondary.examiner,
            _ => None,
        }
    }

    /// The clock that runs, with its end; the day of arrival has no seconds.
    pub(super) const fn running(&self, limits: &Limits) -> Option<Running> {
        let (clock, since, seconds) = match self {
            Self::Presented { since } => (Clock::Queue, *since, limits.queue_seconds),
            Self::Primary { since, .. } => (Clock::Examination, *since, limits.examination_seconds),
            Self::Secondary(secondary) => (Clock::Secondary, secondary.since, limits.secondary_seconds),
            Self::AwaitingSecond { since, expires, .. } => return Some(Running { clock: Clock::Second, since: *since, until: *expires }),
            Self::DeferredOffline(decision) => (Clock::Recheck, decision.at, limits.recheck_seconds),
            Self::Refused(refusal) => (Clock::Removal, refusal.at, limits.removal_seconds),
            _ => return None,
        };
        Some(Running { clock, since, until: since.plus_seconds(seconds) })
    }
}
