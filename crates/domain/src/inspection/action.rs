//! What can be done in an inspection: an action with what it carries, and its bare name.

use serde::{Deserialize, Serialize};

use super::grant::{Grant, Stay, VisitPurpose};
use super::reason::RefusalReason;
use crate::finding::Findings;
use crate::id::{InspectionId, PersonId};
use crate::time::{CivilDate, Instant};

labelled! {
    /// The actions, without what they carry.
    Act, "action in an inspection" {
        /// Announce somebody for a day, or move the day.
        Expect = "expect", "daftarkan kedatangan", "announce";
        /// The day passed.
        Lapse = "lapse", "hari berlalu", "the day passes";
        /// The person is here: a QR code or a document was scanned.
        Present = "present", "hadir", "present";
        /// Call the person, or take them over from another officer.
        Take = "take", "panggil atau ambil alih", "call or take over";
        /// Put the person back among those who wait, keeping their place.
        Release = "release", "kembalikan ke antrean", "put back";
        /// Say that the file is another person's.
        Identify = "identify", "ganti berkas orang", "choose another file";
        /// Record what the checks said.
        Find = "find", "catat temuan", "record findings";
        /// Let in.
        Admit = "admit", "terima masuk", "admit";
        /// Register the visit.
        Register = "register", "daftarkan kunjungan", "register the visit";
        /// Let in subject to checks that follow.
        Defer = "defer", "terima bersyarat", "admit subject to a re-check";
        /// Send to secondary.
        Refer = "refer", "ke pemeriksaan lanjutan", "to secondary";
        /// Hand over.
        HandOver = "hand_over", "serahkan", "hand over";
        /// Propose to refuse.
        ProposeRefusal = "propose_refusal", "usulkan penolakan", "propose a refusal";
        /// Propose to let pass in spite of what stands against it.
        ProposePassage = "propose_passage", "usulkan penerimaan dengan orang kedua", "propose passage by two persons";
        /// The second person agrees.
        Approve = "approve", "setujui", "agree";
        /// The second person does not.
        Decline = "decline", "tolak usul", "disagree";
        /// Whoever proposed takes it back.
        TakeBack = "take_back", "tarik usul", "take the proposal back";
        /// Nobody answered in time.
        RunOut = "run_out", "waktu habis", "time runs out";
        /// The checks that were pending were made.
        Recheck = "recheck", "periksa ulang", "re-check";
        /// Look again at what was decided.
        Reopen = "reopen", "buka kembali", "open again";
        /// Record the departure.
        Depart = "depart", "catat keberangkatan", "record the departure";
        /// Record that a person who was refused entry has gone.
        Remove = "remove", "catat pemulangan", "record the removal";
        /// The person gives up, or has gone.
        Withdraw = "withdraw", "tarik kembali", "withdraw";
        /// Put right what a decision said. The earlier entry stays.
        Correct = "correct", "koreksi", "correct";
    }
}

impl Act {
    /// The decision that it is, where it is one.
    pub const fn decision(self) -> Option<Decision> {
        Some(match self {
            Self::Admit => Decision::Admit,
            Self::Register => Decision::RegisterVisit,
            Self::Defer => Decision::AdmitConditionally,
            Self::Refer => Decision::ToSecondary,
            Self::ProposeRefusal => Decision::Refuse,
            Self::HandOver => Decision::HandOver,
            Self::Depart => Decision::RecordDeparture,
            _ => return None,
        })
    }
}

labelled! {
    /// The decisions that an officer sees as buttons, and that a receipt names.
    Decision, "decision" {
        /// Let in.
        Admit = "admit", "diterima masuk", "admitted";
        /// Let in subject to checks that follow.
        AdmitConditionally = "admit_conditionally", "diterima bersyarat", "admitted subject to a re-check";
        /// Register a visit.
        RegisterVisit = "register_visit", "kunjungan terdaftar", "visit registered";
        /// Send to secondary.
        ToSecondary = "to_secondary", "ke pemeriksaan lanjutan", "to secondary";
        /// Refuse, with a second person.
        Refuse = "refuse", "ditolak", "refused";
        /// Hand over.
        HandOver = "hand_over", "diserahkan", "handed over";
        /// Record a departure.
        RecordDeparture = "record_departure", "keberangkatan dicatat", "departure recorded";
    }
}

labelled! {
    /// Why somebody is in secondary.
    ReferralCause, "cause of a referral" {
        /// A finding is not clear.
        Finding = "finding", "temuan", "a finding";
        /// The officer's own impression.
        Officer = "officer", "pertimbangan petugas", "the officer's judgement";
        /// The person asked for it, or needs time and quiet (a child, illness, language).
        Person = "person", "keadaan orangnya", "the person's situation";
        /// A re-check found something.
        Recheck = "recheck", "hasil periksa ulang", "a re-check";
        /// A decision was opened again: an error.
        Mistake = "mistake", "keputusan keliru", "a decision in error";
        /// A decision was opened again: something became known late.
        NewInformation = "new_information", "informasi baru", "new information";
        /// A decision was opened again: an objection was upheld.
        Objection = "objection", "keberatan dikabulkan", "an objection that was upheld";
    }
}

labelled! {
    /// Why an inspection ended before a decision.
    WithdrawalCause, "cause of a withdrawal" {
        /// The person gave up.
        ByPerson = "by_person", "dibatalkan orangnya", "the person gave up";
        /// The person left without a word, or did not answer the call.
        Left = "left", "pergi tanpa kabar", "left without a word";
        /// Made twice, or for nobody.
        Duplicate = "duplicate", "tercatat ganda", "recorded twice";
    }
}

labelled! {
    /// To whom somebody is handed over.
    Receiver, "receiver" {
        /// Intelligence and enforcement of this office.
        Intelligence = "intelligence", "Inteldakim", "intelligence and enforcement";
        /// The police.
        Police = "police", "kepolisian", "police";
        /// Doctors, health quarantine.
        Health = "health", "kesehatan", "health service";
        /// Protection of children.
        ChildProtection = "child_protection", "perlindungan anak", "protection of children";
        /// Whoever looks after people who seek protection.
        Protection = "protection", "penanganan pencari perlindungan", "protection of refugees";
    }
}

labelled! {
    /// What an officer says to findings that are not clear and let somebody pass all the same.
    Because, "ground of a passage" {
        /// Looked at by hand: the document is in order.
        Examined = "examined", "diperiksa langsung dan sesuai", "examined by hand and in order";
        /// Not the person whom the finding means.
        NotTheSame = "not_the_same", "bukan orang yang dimaksud", "not the person meant";
        /// The data were wrong and have been put right.
        DataCorrected = "data_corrected", "data telah dikoreksi", "the data were put right";
        /// A duty was fulfilled (a fee paid, a paper shown).
        Fulfilled = "fulfilled", "kewajiban dipenuhi", "the duty was fulfilled";
        /// A higher authority allows it.
        Allowed = "allowed", "persetujuan atasan", "allowed by a higher authority";
        /// For the sake of humanity.
        Humanitarian = "humanitarian", "kemanusiaan", "humanitarian";
    }
}

/// What waits for a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "proposal", rename_all = "snake_case")]
pub enum Proposal {
    /// Refuse on this ground.
    Refusal {
        /// The ground.
        reason: RefusalReason,
    },
    /// Let pass in spite of what stands against it (*override*), or by the one who looked first.
    Passage {
        /// What for and how long; `None` for a departure.
        grant: Option<Grant>,
        /// What is said to the findings.
        because: Because,
    },
}

/// What a correction changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "to", rename_all = "snake_case")]
pub enum Change {
    /// What the person came for.
    Purpose(VisitPurpose),
    /// How long they may stay. Only a secondary inspector puts it right.
    Stay(Stay),
}

/// What somebody does, with what it carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the actions are described at Act, what they carry at its type")]
pub enum Action {
    Expect { due: CivilDate },
    Lapse { today: CivilDate },
    Present,
    Take,
    Release,
    Identify { person: PersonId, citizen: bool },
    Find { findings: Findings },
    Admit { grant: Grant, because: Option<Because> },
    Register { grant: Grant, because: Option<Because> },
    Defer { grant: Grant, because: Option<Because> },
    Refer { cause: ReferralCause },
    HandOver { to: Receiver },
    ProposeRefusal { reason: RefusalReason, expires: Instant },
    ProposePassage { grant: Option<Grant>, because: Because, expires: Instant },
    Approve,
    Decline,
    TakeBack,
    RunOut,
    Recheck { findings: Findings },
    Reopen { cause: ReferralCause },
    Depart { because: Option<Because>, exit: Option<InspectionId> },
    Remove,
    Withdraw { cause: WithdrawalCause },
    Correct { change: Change },
}

impl Action {
    /// The bare name.
    pub const fn act(&self) -> Act {
        match self {
            Self::Expect { .. } => Act::Expect,
            Self::Lapse { .. } => Act::Lapse,
            Self::Present => Act::Present,
            Self::Take => Act::Take,
            Self::Release => Act::Release,
            Self::Identify { .. } => Act::Identify,
            Self::Find { .. } => Act::Find,
            Self::Admit { .. } => Act::Admit,
            Self::Register { .. } => Act::Register,
            Self::Defer { .. } => Act::Defer,
            Self::Refer { .. } => Act::Refer,
            Self::HandOver { .. } => Act::HandOver,
            Self::ProposeRefusal { .. } => Act::ProposeRefusal,
            Self::ProposePassage { .. } => Act::ProposePassage,
            Self::Approve => Act::Approve,
            Self::Decline => Act::Decline,
            Self::TakeBack => Act::TakeBack,
            Self::RunOut => Act::RunOut,
            Self::Recheck { .. } => Act::Recheck,
            Self::Reopen { .. } => Act::Reopen,
            Self::Depart { .. } => Act::Depart,
            Self::Remove => Act::Remove,
            Self::Withdraw { .. } => Act::Withdraw,
            Self::Correct { .. } => Act::Correct,
        }
    }
}
