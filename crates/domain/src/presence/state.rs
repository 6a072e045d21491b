//! Where a stay stands on a day.

use crate::time::CivilDate;

labelled! {
    /// The states, without what they hold.
    Stage, "stage of a stay" {
        /// Days are left, more than the first reminder asks for.
        InStatus = "in_status", "izin tinggal berlaku", "in status";
        /// Few days are left; which step of the reminders it is stands beside.
        Expiring = "expiring", "segera berakhir", "expiring";
        /// An extension was granted; the old time still runs.
        Extended = "extended", "diperpanjang", "extended";
        /// An extension or conversion was asked for and paid in time: not overstay until it is decided.
        Bridged = "bridged", "menunggu keputusan permohonan", "bridged until the application is decided";
        /// It was refused; the person may be here until the day named.
        ApplicationRefused = "application_refused", "permohonan ditolak", "application refused";
        /// Days over, fewer than the number at which the law changes.
        OverstayShort = "overstay_short", "melebihi izin tinggal, kurang dari batas", "overstay below the limit";
        /// Exactly that number: the law says *less* and *more*, so an officer decides.
        OverstayBoundary = "overstay_boundary", "melebihi izin tinggal, tepat pada batas", "overstay at the limit, to be decided";
        /// More than that number.
        OverstayLong = "overstay_long", "melebihi izin tinggal, lebih dari batas", "overstay above the limit";
        /// The days over are paid up to today.
        ResolvedPaid = "resolved_paid", "biaya beban dibayar", "paid";
        /// An enforcement case is open.
        TakCase = "tak_case", "perkara TAK", "enforcement case";
        /// Left.
        Departed = "departed", "berangkat", "departed";
        /// There is no stay to watch any more.
        Ended = "ended", "berakhir", "ended";
    }
}

labelled! {
    /// What is counted in a state.
    Clock, "clock of a stay" {
        /// Days until the last one.
        DaysLeft = "days_left", "sisa hari", "days left";
        /// Days since the payment of an application.
        Decision = "decision", "menunggu keputusan", "days waiting for a decision";
        /// Days after the last lawful one.
        DaysOver = "days_over", "hari kelebihan", "days over";
        /// Days since a case was opened.
        Case = "case", "hari perkara", "days of the case";
    }
}

impl Stage {
    /// What is counted here.
    pub const fn clock(self) -> Option<Clock> {
        match self {
            Self::InStatus | Self::Expiring | Self::Extended | Self::ApplicationRefused => Some(Clock::DaysLeft),
            Self::Bridged => Some(Clock::Decision),
            Self::OverstayShort | Self::OverstayBoundary | Self::OverstayLong | Self::ResolvedPaid => Some(Clock::DaysOver),
            Self::TakCase => Some(Clock::Case),
            Self::Departed | Self::Ended => None,
        }
    }
}

labelled! {
    /// What the day that the law leaves open counts as.
    Judged, "judgement of the day at the limit" {
        /// As below the limit: fee.
        Short = "short", "kurang dari batas", "as below the limit";
        /// As above the limit: deportation and ban.
        Long = "long", "lebih dari batas", "as above the limit";
    }
}

labelled! {
    /// Why there is no stay any more, besides leaving.
    Ending, "ending of a stay" {
        /// The person died here.
        Died = "died", "meninggal dunia", "died";
        /// The person became a citizen.
        Naturalised = "naturalised", "menjadi warga negara", "became a citizen";
        /// Another record of a stay goes on in its place.
        Replaced = "replaced", "dilanjutkan catatan lain", "goes on under another record";
    }
}

/// Where a stay stands. Days are whole calendar days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the stages are described at Stage, the days at Clock")]
pub enum State {
    InStatus { days_left: Option<i32> },
    Expiring { step: i32, days_left: i32 },
    Extended { until: CivilDate, days_left: i32 },
    Bridged { since: CivilDate, until: CivilDate },
    ApplicationRefused { leave_by: CivilDate, days_left: i32 },
    OverstayShort { days_over: i32, unpaid: i32 },
    OverstayBoundary { days_over: i32, unpaid: i32 },
    OverstayLong { days_over: i32 },
    ResolvedPaid { days_over: i32, through: CivilDate },
    TakCase { since: CivilDate, days_over: i32 },
    Departed { on: CivilDate, days_over: i32, unpaid: i32 },
    Ended { on: CivilDate, cause: Ending },
}

impl State {
    /// The state without what it holds.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::InStatus { .. } => Stage::InStatus,
            Self::Expiring { .. } => Stage::Expiring,
            Self::Extended { .. } => Stage::Extended,
            Self::Bridged { .. } => Stage::Bridged,
            Self::ApplicationRefused { .. } => Stage::ApplicationRefused,
            Self::OverstayShort { .. } => Stage::OverstayShort,
            Self::OverstayBoundary { .. } => Stage::OverstayBoundary,
            Self::OverstayLong { .. } => Stage::OverstayLong,
            Self::ResolvedPaid { .. } => Stage::ResolvedPaid,
            Self::TakCase { .. } => Stage::TakCase,
            Self::Departed { .. } => Stage::Departed,
            Self::Ended { .. } => Stage::Ended,
        }
    }
}

/// Most steps of reminders: more than this nobody would read.
pub const STEPS_MAX: usize = 10;

/// The numbers cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("limits of a stay: 1 to {max} steps of days, each at least 1, and a limit of at least 2 days", max = STEPS_MAX)]
pub struct LimitsError;

/// The numbers of the law and of the office that a stay is measured by. They come from `law/`, never from code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Smallest first.
    expiring_days: Vec<i32>,
    boundary_days: i32,
}

impl Limits {
    /// The days left at which somebody is reminded, in any order, and the number of days over at which the law changes.
    ///
    /// # Errors
    /// When there are no or too many steps, or one is below 1, or the limit leaves no day below it.
    pub fn new(expiring_days: &[i32], boundary_days: i32) -> Result<Self, LimitsError> {
        let mut steps = expiring_days.to_vec();
        steps.sort_unstable();
        steps.dedup();
        let good = (1..=STEPS_MAX).contains(&steps.len()) && steps[0] >= 1 && boundary_days >= 2;
        if good { Ok(Self { expiring_days: steps, boundary_days }) } else { Err(LimitsError) }
    }

    /// The number of days over at which the law changes.
    pub const fn boundary_days(&self) -> i32 {
        self.boundary_days
    }

    /// The step of the reminders that so many days left fall under: the smallest that holds them.
    pub(super) fn step(&self, days_left: i32) -> Option<i32> {
        self.expiring_days.iter().copied().find(|step| days_left <= *step)
    }
}
