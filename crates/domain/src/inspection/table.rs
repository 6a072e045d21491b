//! What a row of the one table of inspections says: from which state, by which action, to which state, who may, what must hold,
//! what follows, on what it rests, and why the edge is there. The code takes its steps from the rows ([`ROWS`]), and the
//! reference page is made of them.

use super::action::Act;
use super::guard::{Guard, When};
pub use super::rows::ROWS;
use super::state::{Stage, State};
use super::{Inspection, Kind};
use crate::access::Role;
use crate::finding::{Kind as Check, State as Verdict, Summary};
use crate::label::{Basis, Label};

labelled! {
    /// What follows from a step, beyond the new state.
    Effect, "effect" {
        /// The clock of the whole inspection begins.
        StartClock = "start_clock", "jam layanan mulai", "the clock of the visit starts";
        /// Called, not queued again.
        KeepPlace = "keep_place", "tempat antrean tetap", "keeps their place in the queue";
        /// Earlier findings count no longer.
        ForgetFindings = "forget_findings", "semua pemeriksaan diulang", "every check is made again";
        /// A stay begins, or goes on under this registration.
        BeginStay = "begin_stay", "masa tinggal mulai", "a stay begins or goes on";
        /// The stay is over.
        EndStay = "end_stay", "masa tinggal berakhir", "the stay ends";
        /// The departure was recorded in error: the stay goes on.
        RestoreStay = "restore_stay", "masa tinggal berlanjut", "the stay goes on";
        /// Page and PDF with number, log index and QR.
        Receipt = "receipt", "tanda terima", "receipt";
        /// The decision in a language that the person understands.
        Notice = "notice", "pemberitahuan tertulis", "written notice to the person";
        /// Whoever may answer is told, also at another post.
        AskSecond = "ask_second", "orang kedua diberi tahu", "who may answer is told";
        /// The head of office is told.
        TellHead = "tell_head", "kepala kantor diberi tahu", "the head of office is told";
    }
}

labelled! {
    /// Open work for an officer: where an edge leads into a machine that is not built yet, it ends here and never nowhere.
    Task, "task" {
        /// 5.3.
        WatchlistReview = "watchlist_review", "periksa kecocokan daftar", "review the watchlist hit";
        /// 5.3.
        TellListOwner = "tell_list_owner", "beri tahu pemilik daftar", "tell the owner of the list";
        /// 5.5.
        EnforcementCase = "enforcement_case", "buka perkara TAK", "open an enforcement case";
        /// 5.5.
        ReceivePerson = "receive_person", "terima penyerahan orang", "receive the person handed over";
        /// 5.5.
        FollowUp = "follow_up", "tindak lanjuti yang pergi", "follow up somebody who left";
        /// 5.6.
        DetentionCheck = "detention_check", "periksa perlunya pendetensian", "check for detention";
        /// 5.7.
        RecallPerson = "recall_person", "panggil kembali orangnya", "call the person back";
        /// 5.3.
        RecheckDeparted = "recheck_departed", "periksa ulang yang telah berangkat", "re-check somebody who has left";
    }
}

impl Task {
    /// Whose work it is.
    pub const fn role(self) -> Role {
        match self {
            Self::WatchlistReview | Self::TellListOwner | Self::RecheckDeparted | Self::RecallPerson => Role::Secondary,
            Self::EnforcementCase | Self::ReceivePerson | Self::FollowUp | Self::DetentionCheck => Role::Intelligence,
        }
    }

    /// The machine that will take it over, by its section of the domain description.
    pub const fn machine(self) -> &'static str {
        match self {
            Self::WatchlistReview | Self::TellListOwner | Self::RecheckDeparted => "5.3",
            Self::EnforcementCase | Self::ReceivePerson | Self::FollowUp => "5.5",
            Self::DetentionCheck => "5.6",
            Self::RecallPerson => "5.7",
        }
    }

    /// Whether it is opened, seen from the inspection after the step (and before it, for what the step ended).
    pub(super) fn is_due(self, before: Option<&Inspection>, after: &Inspection) -> bool {
        let findings = || after.state().findings().or_else(|| before.and_then(|before| before.state().findings()));
        let not_clear = |check| findings().is_some_and(|found| [Verdict::Attention, Verdict::Stop].iter().any(|state| found.has(check, *state)));
        match self {
            Self::WatchlistReview => not_clear(Check::Watchlist),
            Self::FollowUp => findings().is_some_and(|found| found.summary() == Summary::Stop),
            // Whoever leaves with days over, and every refused visit: the person is still in the country.
            Self::EnforcementCase => matches!(after.state(), State::Refused(_)) || not_clear(Check::Stay),
            Self::TellListOwner | Self::ReceivePerson | Self::DetentionCheck | Self::RecallPerson | Self::RecheckDeparted => true,
        }
    }
}

/// One edge.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// From; `None`: there was no inspection yet.
    pub from: Option<Stage>,
    /// By.
    pub act: Act,
    /// The case, where the same action leads to several states.
    pub when: Option<When>,
    /// To.
    pub to: Stage,
    /// Which role, in which kinds of inspection.
    pub who: &'static [(Role, &'static [Kind])],
    /// What must hold, asked in this order.
    pub guards: &'static [Guard],
    /// What follows.
    pub effects: &'static [Effect],
    /// What is opened for another officer, where it is due.
    pub tasks: &'static [Task],
    /// On what it rests.
    pub basis: Basis,
    /// Why the edge is there.
    pub why: Label,
}

impl Row {
    /// Whether the role takes this row in this kind of inspection.
    pub fn is_for(&self, role: Role, kind: Kind) -> bool {
        self.who.iter().any(|(who, kinds)| *who == role && kinds.contains(&kind))
    }
}

/// The rows of a state and an action; several only with different cases.
pub fn rows(from: Option<Stage>, act: Act) -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(move |row| row.from == from && row.act == act)
}
