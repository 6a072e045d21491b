//! Guards: what must hold before a row of the table is taken, each a sentence for the officer and a question to the facts.

use super::action::{Action, Change, Proposal};
use super::grant::{Grant, Stay};
use super::state::State;
use super::{By, Inspection, Kind};
use crate::access::Role;
use crate::finding::{Findings, Summary};
use crate::id::OfficerId;
use crate::label::Basis;
use crate::time::Instant;

labelled! {
    /// What must hold.
    Guard, "guard" {
        /// The program acts for whoever has taken the person.
        Held = "held", "orang ini sedang diperiksa oleh yang bertindak", "whoever acts has taken this person";
        /// For calling and taking over.
        NotTheirs = "not_theirs", "belum diperiksa oleh yang bertindak", "whoever acts has not taken this person yet";
        /// Silence is never clear.
        AllClear = "all_clear", "semua pemeriksaan wajib dilakukan dan bersih", "every required check was made and is clear";
        /// Nothing else than the network or an index is missing.
        OnlyPending = "only_pending", "yang belum bersih hanya menunggu jaringan atau indeks", "what is not clear only waits for the network or an index";
        /// Something follows by itself.
        SomePending = "some_pending", "ada pemeriksaan yang menunggu jaringan atau indeks", "some check waits for the network or an index";
        /// For letting in for good.
        NonePending = "none_pending", "tidak ada pemeriksaan yang menunggu jaringan atau indeks", "no check waits for the network or an index";
        /// A check of which nobody knows anything is not answered by a ground.
        AllAsked = "all_asked", "setiap pemeriksaan wajib memberi temuan, walau belum dapat dilakukan", "every required check gave a finding, if only that it could not be made";
        /// What stands against somebody is passed by two persons only.
        NoStop = "no_stop", "tidak ada temuan yang menghalangi", "no finding says stop";
        /// An officer needs no reason to have somebody looked at more closely; the program does.
        ProgramNeedsFinding = "program_needs_finding", "program hanya mengirim bila ada temuan", "the program sends somebody only for a finding";
        /// The second look is another person's.
        NotFirst = "not_first", "bukan petugas yang memeriksa atau memutus sebelumnya", "not the officer who looked or decided before";
        /// What is not clear is answered.
        Reasoned = "reasoned", "temuan yang tidak bersih dijawab dengan alasan", "findings that are not clear are answered by a ground";
        /// A citizen's stay has no end; a departure grants nothing.
        GrantFits = "grant_fits", "lama tinggal sesuai dengan orang dan jenis pemeriksaan", "the stay fits the person and the kind of inspection";
        /// The ground belongs to what is refused.
        ReasonFits = "reason_fits", "alasan sesuai dengan jenis pemeriksaan", "the ground fits the kind of inspection";
        /// UU 6/2011 art. 14(1).
        NotCitizen = "not_citizen", "bukan warga negara Indonesia yang masuk", "not a citizen of Indonesia who comes in";
        /// The second person has time.
        TimeToAnswer = "time_to_answer", "orang kedua diberi waktu", "the second person is given time";
        /// The two-person rule.
        SecondPerson = "second_person", "bukan pengusul", "somebody else than whoever proposed";
        /// Whoever proposed.
        Proposer = "proposer", "pengusul sendiri", "whoever proposed";
        /// Before the time is over.
        InTime = "in_time", "waktu belum habis", "the time is not over";
        /// Not before.
        TimeOver = "time_over", "waktu habis", "the time is over";
        /// Not before.
        DayPassed = "day_passed", "hari yang didaftarkan telah lewat", "the announced day has passed";
        /// Nobody leaves the country unchecked.
        ExitDecided = "exit_decided", "kunjungan, atau keberangkatan diputus dalam pemeriksaan tersendiri", "a visit, or the departure was decided in an inspection of its own";
        /// An entry that says nothing new is none.
        Changes = "changes", "ada yang berubah", "something changes";
        /// Days are a decision.
        StayBySecondary = "stay_by_secondary", "lama tinggal hanya dikoreksi pemeriksa lanjutan", "only a secondary inspector puts the stay right";
    }
}

/// One question: may this be done now?
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub before: Option<&'a Inspection>,
    pub by: By,
    /// `None`: only what the state says is asked, for showing what is open.
    pub action: Option<&'a Action>,
    pub at: Instant,
}

impl Guard {
    /// What it rests on, where a law says it.
    pub const fn basis(self) -> Basis {
        match self {
            Self::NotCitizen => Basis::unread("UU 6/2011 art. 14(1)"),
            _ => Basis::POLICY,
        }
    }

    /// Whether it holds. What is asked of the action holds where there is no action yet.
    pub(super) fn holds(self, asked: &Asked<'_>) -> bool {
        let summary = || asked.before.and_then(|before| before.state().findings()).map(Findings::summary);
        let pending = || asked.before.and_then(|before| before.state().findings()).is_some_and(Findings::is_pending);
        match self {
            Self::Held => asked.by.is_program() || (asked.holder().is_some() && asked.holder() == asked.by.officer()),
            Self::NotTheirs => asked.by.officer().is_some() && asked.holder() != asked.by.officer(),
            Self::AllClear => summary() == Some(Summary::Clear),
            Self::OnlyPending => summary() == Some(Summary::Pending),
            Self::SomePending => pending(),
            Self::NonePending => !pending(),
            Self::AllAsked => asked.before.and_then(|before| before.state().findings()).is_some_and(|findings| findings.missing().next().is_none()),
            Self::NoStop => summary() != Some(Summary::Stop),
            Self::ProgramNeedsFinding => !asked.by.is_program() || summary() != Some(Summary::Clear),
            Self::NotFirst => match asked.before.map(Inspection::state) {
                Some(State::Secondary(secondary)) => secondary.first.is_none() || secondary.first != asked.by.officer(),
                _ => false,
            },
            Self::SecondPerson => asked.proposal().is_some_and(|(by, _)| asked.by.officer().is_some_and(|officer| officer != by)),
            Self::Proposer => asked.proposal().is_some_and(|(by, _)| asked.by.officer() == Some(by)),
            Self::InTime => asked.proposal().is_some_and(|(_, expires)| asked.at < expires),
            Self::TimeOver => asked.proposal().is_some_and(|(_, expires)| asked.at >= expires),
            Self::Reasoned
            | Self::GrantFits
            | Self::ReasonFits
            | Self::NotCitizen
            | Self::TimeToAnswer
            | Self::DayPassed
            | Self::ExitDecided
            | Self::Changes
            | Self::StayBySecondary => self.holds_of(asked),
        }
    }

    /// The guards that look at what the action carries.
    fn holds_of(self, asked: &Asked<'_>) -> bool {
        let (Some(before), Some(action)) = (asked.before, asked.action) else { return self != Self::NotCitizen || asked.before.is_some_and(may_be_refused) };
        match (self, action) {
            (
                Self::Reasoned,
                Action::Admit { because, .. } | Action::Register { because, .. } | Action::Defer { because, .. } | Action::Depart { because, .. },
            ) => because.is_some() || before.state().findings().is_some_and(|findings| findings.summary() == Summary::Clear),
            (Self::GrantFits, Action::Admit { grant, .. } | Action::Register { grant, .. } | Action::Defer { grant, .. }) => fits(before, grant),
            (Self::GrantFits, Action::ProposePassage { grant, .. }) => match grant {
                Some(grant) => before.kind() != Kind::Departure && fits(before, grant),
                None => before.kind() == Kind::Departure,
            },
            (Self::GrantFits, Action::Correct { change: Change::Stay(stay) }) => !before.is_citizen() || *stay == Stay::Unlimited,
            (Self::GrantFits, Action::Correct { .. }) => true,
            (Self::ReasonFits, Action::ProposeRefusal { reason, .. }) => reason.kind() == before.kind(),
            (Self::NotCitizen, _) => may_be_refused(before),
            (Self::TimeToAnswer, Action::ProposeRefusal { expires, .. } | Action::ProposePassage { expires, .. }) => *expires > asked.at,
            (Self::DayPassed, Action::Lapse { today }) => matches!(before.state(), State::Expected { due } if today > due),
            (Self::ExitDecided, Action::Depart { exit, .. }) => before.kind() == Kind::Visit || exit.is_some(),
            (Self::Changes, Action::Expect { due: new }) => !matches!(before.state(), State::Expected { due } if due == new),
            (Self::Changes, Action::Identify { person, citizen }) => *person != before.person() || *citizen != before.is_citizen(),
            (Self::Changes, Action::Correct { change }) => match (before.state(), change) {
                (State::Admitted(decision) | State::DeferredOffline(decision) | State::Departed { decision, .. }, change) => {
                    decision.grant.is_some_and(|grant| match change {
                        Change::Purpose(purpose) => grant.purpose != *purpose,
                        Change::Stay(stay) => grant.stay != *stay,
                    })
                }
                _ => false,
            },
            (Self::StayBySecondary, Action::Correct { change: Change::Stay(_) }) => asked.by.role() == Role::Secondary,
            (Self::StayBySecondary, Action::Correct { .. }) => true,
            // A guard beside an action that it does not know refuses: a row was written wrongly, and the tests say which.
            _ => false,
        }
    }
}

fn fits(before: &Inspection, grant: &Grant) -> bool {
    !before.is_citizen() || grant.stay == Stay::Unlimited
}

/// A citizen is not refused entry (UU 6/2011 art. 14(1)), and needs no registration of a visit. Leaving can be refused to anybody.
fn may_be_refused(before: &Inspection) -> bool {
    before.kind() == Kind::Departure || !before.is_citizen()
}

impl Asked<'_> {
    fn holder(&self) -> Option<OfficerId> {
        self.before.and_then(|before| before.state().holder())
    }

    /// Who proposed, and until when the proposal waits.
    fn proposal(&self) -> Option<(OfficerId, Instant)> {
        match self.before.map(Inspection::state) {
            Some(State::AwaitingSecond { by, expires, .. }) => Some((*by, *expires)),
            _ => None,
        }
    }
}

labelled! {
    /// What chooses between rows of the same state and action.
    When, "case" {
        /// Agreed: a refusal.
        Refusal = "refusal", "usul penolakan", "a refusal was proposed";
        /// Agreed: letting in or registering.
        PassageIn = "passage_in", "usul penerimaan", "an admission or a visit was proposed";
        /// Agreed: a departure.
        PassageOut = "passage_out", "usul keberangkatan", "a departure was proposed";
        /// The re-check is clear.
        NowClear = "now_clear", "hasilnya bersih", "the result is clear";
        /// The re-check still waits.
        StillPending = "still_pending", "masih menunggu", "some checks still wait";
        /// The re-check found something.
        NotClear = "not_clear", "hasilnya tidak bersih", "the result is not clear";
    }
}

impl When {
    pub(super) fn holds(self, asked: &Asked<'_>) -> bool {
        let proposal = match asked.before.map(Inspection::state) {
            Some(State::AwaitingSecond { proposal, .. }) => Some(proposal),
            _ => None,
        };
        let rechecked = match asked.action {
            Some(Action::Recheck { findings }) => asked.before.map(|before| before.held_against(findings).summary()),
            _ => None,
        };
        match self {
            Self::Refusal => matches!(proposal, Some(Proposal::Refusal { .. })),
            Self::PassageIn => matches!(proposal, Some(Proposal::Passage { grant: Some(_), .. })),
            Self::PassageOut => matches!(proposal, Some(Proposal::Passage { grant: None, .. })),
            Self::NowClear => rechecked == Some(Summary::Clear),
            Self::StillPending => rechecked == Some(Summary::Pending),
            Self::NotClear => matches!(rechecked, Some(Summary::Unclear | Summary::Stop)),
        }
    }
}
