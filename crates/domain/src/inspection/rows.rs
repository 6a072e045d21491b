//! The rows of the one table of inspections. How to read one: [`super::table`].

use super::Kind;
use super::action::Act;
use super::guard::{Guard, When};
use super::state::Stage;
use super::table::{Effect, Row, Task};
use crate::access::Role;
use crate::label::{Basis, Label};

const ALL: &[Kind] = Kind::ALL;
const ARRIVAL: &[Kind] = &[Kind::Arrival];
const VISIT: &[Kind] = &[Kind::Visit];
const DEPARTURE: &[Kind] = &[Kind::Departure];
const IN: &[Kind] = &[Kind::Arrival, Kind::Visit];
const OUT_OR_VISIT: &[Kind] = &[Kind::Departure, Kind::Visit];

/// The counter registers visits; travellers who enter or leave are the inspectors' (DESK is PRIM for a visit).
const FRONT: &[(Role, &[Kind])] = &[(Role::Desk, VISIT), (Role::Primary, ALL), (Role::Secondary, ALL)];
const FRONT_OR_PROGRAM: &[(Role, &[Kind])] = &[(Role::Desk, VISIT), (Role::Primary, ALL), (Role::Secondary, ALL), (Role::System, ALL)];
const FRONT_IN: &[(Role, &[Kind])] = &[(Role::Desk, VISIT), (Role::Primary, IN), (Role::Secondary, IN)];
const CLOSES: &[(Role, &[Kind])] = &[(Role::Desk, VISIT), (Role::Primary, IN), (Role::Secondary, IN), (Role::System, IN)];
const SECONDARY: &[(Role, &[Kind])] = &[(Role::Secondary, ALL)];
const SECONDARY_IN: &[(Role, &[Kind])] = &[(Role::Secondary, IN)];
const SECONDARY_OR_PROGRAM: &[(Role, &[Kind])] = &[(Role::Secondary, ALL), (Role::System, ALL)];
/// Who answers as the second person, and who opens again: a second inspector, or the head, so that an office with one inspector
/// on duty is not stuck. Signature rights are unverified, so this is the office's policy.
const LEAD: &[(Role, &[Kind])] = &[(Role::Secondary, ALL), (Role::Head, ALL)];
const LEAD_IN: &[(Role, &[Kind])] = &[(Role::Secondary, IN), (Role::Head, IN)];
const LEAD_DEPARTURE: &[(Role, &[Kind])] = &[(Role::Secondary, DEPARTURE), (Role::Head, DEPARTURE)];
const PROGRAM: &[(Role, &[Kind])] = &[(Role::System, ALL)];

const INSPECTION: Basis = Basis::unread("UU 6/2011 art. 9(1)");
const TPI: Basis = Basis::unread("Permenkumham 9/2024");
const REFUSAL: Basis = Basis::unread("UU 6/2011 art. 13(1)");
const REFUSED: Basis = Basis::unread("UU 6/2011 art. 13(2)");

const fn edge(from: Option<Stage>, act: Act, to: Stage, who: &'static [(Role, &'static [Kind])]) -> Row {
    Row { from, act, when: None, to, who, guards: &[], effects: &[], tasks: &[], basis: Basis::POLICY, why: Label { id: "", en: "" } }
}

impl Row {
    const fn case(self, when: When) -> Self {
        Self { when: Some(when), ..self }
    }

    const fn needs(self, guards: &'static [Guard]) -> Self {
        Self { guards, ..self }
    }

    const fn then(self, effects: &'static [Effect]) -> Self {
        Self { effects, ..self }
    }

    const fn opens(self, tasks: &'static [Task]) -> Self {
        Self { tasks, ..self }
    }

    const fn rests(self, basis: Basis) -> Self {
        Self { basis, ..self }
    }

    const fn why(self, id: &'static str, en: &'static str) -> Self {
        Self { why: Label { id, en }, ..self }
    }
}

use Act as A;
use Effect as E;
use Guard as G;
use Stage as S;
use Task as T;

/// Every edge. What is not here cannot be done. Without `rests` it is the office's own practice.
pub static ROWS: &[Row] = &[
    // ------------------------------------------------------------ before the counter
    edge(None, A::Expect, S::Expected, FRONT_OR_PROGRAM)
        .why("Pendaftaran awal mengisi data sebelum orangnya datang.", "A pre-registration fills the data before the person comes."),
    edge(None, A::Present, S::Presented, FRONT_OR_PROGRAM)
        .then(&[E::StartClock])
        .rests(INSPECTION)
        .why("Siapa pun dapat datang tanpa mendaftar lebih dahulu.", "Anybody may come without announcing it."),
    edge(Some(S::Expected), A::Present, S::Presented, FRONT_OR_PROGRAM)
        .then(&[E::StartClock])
        .rests(TPI)
        .why("Kode QR atau dokumen dipindai.", "The QR code or the document was scanned."),
    edge(Some(S::Expected), A::Expect, S::Expected, FRONT_OR_PROGRAM)
        .needs(&[G::Changes])
        .why("Kedatangan dipindah ke hari lain.", "The arrival is moved to another day."),
    edge(Some(S::Expected), A::Lapse, S::Lapsed, PROGRAM)
        .needs(&[G::DayPassed])
        .why("Yang tidak datang tidak tinggal dalam daftar selamanya.", "Whoever did not come does not stay on the list for ever."),
    edge(Some(S::Expected), A::Withdraw, S::Withdrawn, FRONT_OR_PROGRAM).why("Orangnya membatalkan.", "The person cancels."),
    edge(Some(S::Lapsed), A::Present, S::Presented, FRONT_OR_PROGRAM)
        .then(&[E::StartClock])
        .why("Yang datang terlambat tidak perlu mendaftar lagi.", "Whoever comes later need not announce it again."),
    // ------------------------------------------------------------ waiting to be called
    edge(Some(S::Presented), A::Take, S::Primary, FRONT).rests(INSPECTION).why("Petugas memanggil orang berikutnya.", "An officer calls the next person."),
    edge(Some(S::Presented), A::Identify, S::Presented, FRONT)
        .needs(&[G::Changes])
        .why("Berkas orang lain yang terpilih.", "Another person's file had been chosen."),
    edge(Some(S::Presented), A::Withdraw, S::Withdrawn, FRONT_OR_PROGRAM).why("Orangnya pergi sebelum dipanggil.", "The person leaves before being called."),
    // ------------------------------------------------------------ primary
    edge(Some(S::Primary), A::Take, S::Primary, FRONT).needs(&[G::NotTheirs]).why(
        "Petugas lain mengambil alih dengan terlihat; yang pertama tidak dapat lagi memutus.",
        "Another officer takes over visibly; the first can no longer decide.",
    ),
    edge(Some(S::Primary), A::Release, S::Presented, FRONT_OR_PROGRAM)
        .needs(&[G::Held])
        .then(&[E::KeepPlace, E::ForgetFindings])
        .why("Petugas berhenti, atau sesinya berakhir.", "The officer stops, or their sign-in ends."),
    edge(Some(S::Primary), A::Identify, S::Primary, FRONT)
        .needs(&[G::Held, G::Changes])
        .then(&[E::ForgetFindings])
        .why("Nama dan tanggal lahir yang sama milik dua orang.", "Two people of the same name and date of birth."),
    edge(Some(S::Primary), A::Find, S::Primary, FRONT_OR_PROGRAM)
        .needs(&[G::Held])
        .rests(INSPECTION)
        .why("Pemeriksaan memberi hasil, juga diulang setelah pindaian yang buruk.", "The checks gave a result, also again after a bad scan."),
    edge(Some(S::Primary), A::Admit, S::Admitted, &[(Role::Primary, ARRIVAL), (Role::Secondary, ARRIVAL)])
        .needs(&[G::Held, G::AllClear, G::GrantFits])
        .then(&[E::BeginStay, E::Receipt])
        .rests(TPI)
        .why("Semua bersih.", "Everything is clear."),
    edge(Some(S::Primary), A::Register, S::Admitted, &[(Role::Desk, VISIT), (Role::Primary, VISIT), (Role::Secondary, VISIT)])
        .needs(&[G::Held, G::AllClear, G::GrantFits])
        .then(&[E::BeginStay, E::Receipt])
        .why("Kunjungan di wilayah kantor didaftarkan.", "A visit to the office's area is registered."),
    edge(Some(S::Primary), A::Depart, S::Departed, &[(Role::Primary, DEPARTURE), (Role::Secondary, DEPARTURE)])
        .needs(&[G::Held, G::AllClear])
        .then(&[E::EndStay, E::Receipt])
        .rests(INSPECTION)
        .why("Keberangkatan diperiksa dan dicatat.", "A departure is inspected and recorded."),
    edge(Some(S::Primary), A::Defer, S::DeferredOffline, FRONT_IN).needs(&[G::Held, G::OnlyPending, G::GrantFits]).then(&[E::BeginStay, E::Receipt]).why(
        "Jaringan terputus: petugas memutus dengan daftar setempat, sisanya diperiksa kemudian.",
        "The line is down: the officer decides on the local lists, the rest is checked later.",
    ),
    edge(Some(S::Primary), A::Refer, S::Secondary, FRONT_OR_PROGRAM)
        .needs(&[G::Held, G::ProgramNeedsFinding])
        .then(&[E::KeepPlace])
        .opens(&[T::WatchlistReview])
        .rests(INSPECTION)
        .why("Ada yang tidak bersih, atau petugas ingin dilihat lebih dekat.", "Something is not clear, or the officer wants a closer look."),
    edge(Some(S::Primary), A::Withdraw, S::Withdrawn, FRONT)
        .needs(&[G::Held, G::NoStop])
        .why("Orangnya membatalkan dan tidak ada halangan.", "The person gives up, and nothing stands against them."),
    // ------------------------------------------------------------ secondary
    edge(Some(S::Secondary), A::Take, S::Secondary, SECONDARY)
        .needs(&[G::NotTheirs])
        .rests(INSPECTION)
        .why("Pemeriksa lanjutan memanggil atau mengambil alih.", "A secondary inspector calls, or takes over."),
    edge(Some(S::Secondary), A::Identify, S::Secondary, SECONDARY)
        .needs(&[G::Held, G::Changes])
        .then(&[E::ForgetFindings])
        .why("Ternyata orang lain.", "It is another person after all."),
    edge(Some(S::Secondary), A::Find, S::Secondary, SECONDARY_OR_PROGRAM)
        .needs(&[G::Held])
        .rests(INSPECTION)
        .why("Pemeriksaan diulang atau dilengkapi.", "Checks are made again, or completed."),
    edge(Some(S::Secondary), A::Admit, S::Admitted, &[(Role::Secondary, ARRIVAL)])
        .needs(&[G::Held, G::AllAsked, G::NoStop, G::NonePending, G::NotFirst, G::Reasoned, G::GrantFits])
        .then(&[E::BeginStay, E::Receipt])
        .rests(INSPECTION)
        .why("Dilihat oleh petugas kedua dan dijawab.", "Looked at by a second officer, and answered."),
    edge(Some(S::Secondary), A::Register, S::Admitted, &[(Role::Secondary, VISIT)])
        .needs(&[G::Held, G::AllAsked, G::NoStop, G::NonePending, G::NotFirst, G::Reasoned, G::GrantFits])
        .then(&[E::BeginStay, E::Receipt])
        .why("Dilihat oleh petugas kedua dan dijawab.", "Looked at by a second officer, and answered."),
    edge(Some(S::Secondary), A::Depart, S::Departed, &[(Role::Secondary, DEPARTURE)])
        .needs(&[G::Held, G::AllAsked, G::NoStop, G::NotFirst, G::Reasoned])
        .then(&[E::EndStay, E::Receipt])
        .opens(&[T::EnforcementCase])
        .rests(INSPECTION)
        .why("Kelebihan hari telah dijawab; orangnya berangkat.", "Days over were answered; the person leaves."),
    edge(Some(S::Secondary), A::Defer, S::DeferredOffline, SECONDARY_IN)
        .needs(&[G::Held, G::AllAsked, G::NoStop, G::SomePending, G::NotFirst, G::Reasoned, G::GrantFits])
        .then(&[E::BeginStay, E::Receipt])
        .why("Jaringan terputus selama pemeriksaan lanjutan.", "The line is down during secondary inspection."),
    edge(Some(S::Secondary), A::HandOver, S::HandedOver, SECONDARY)
        .needs(&[G::Held])
        .opens(&[T::ReceivePerson])
        .why("Orang lain berkewajiban: penindakan, polisi, kesehatan, anak.", "Somebody else has the duty: enforcement, police, health, children."),
    edge(Some(S::Secondary), A::ProposeRefusal, S::AwaitingSecond, SECONDARY)
        .needs(&[G::Held, G::ReasonFits, G::NotCitizen, G::TimeToAnswer])
        .then(&[E::AskSecond])
        .rests(REFUSAL)
        .why("Penolakan selalu diputus dua orang; yang kedua boleh di pos lain.", "A refusal is always decided by two; the second may be at another post."),
    edge(Some(S::Secondary), A::ProposePassage, S::AwaitingSecond, SECONDARY).needs(&[G::Held, G::GrantFits, G::TimeToAnswer]).then(&[E::AskSecond]).why(
        "Halangan hanya dilewati dengan keputusan dua orang; juga bila pemeriksa pertama sendirian.",
        "A stop is passed by two only; so is a case in which the first inspector is alone.",
    ),
    edge(Some(S::Secondary), A::Withdraw, S::Withdrawn, SECONDARY).needs(&[G::Held]).opens(&[T::FollowUp]).why(
        "Orangnya membatalkan atau pergi; bila ada halangan, ditindaklanjuti.",
        "The person gives up or has gone; if something stands against them, somebody follows up.",
    ),
    // ------------------------------------------------------------ waiting for the second person
    edge(Some(S::AwaitingSecond), A::Approve, S::Refused, &[(Role::Secondary, ARRIVAL), (Role::Head, ARRIVAL)])
        .case(When::Refusal)
        .needs(&[G::SecondPerson, G::InTime])
        .then(&[E::EndStay, E::Notice, E::Receipt])
        .opens(&[T::DetentionCheck])
        .rests(REFUSED)
        .why(
            "Orang kedua setuju menolak masuk; selanjutnya dalam pengawasan sampai dipulangkan.",
            "The second person agrees to refuse entry; then under supervision until gone.",
        ),
    edge(Some(S::AwaitingSecond), A::Approve, S::Refused, &[(Role::Secondary, OUT_OR_VISIT), (Role::Head, OUT_OR_VISIT)])
        .case(When::Refusal)
        .needs(&[G::SecondPerson, G::InTime])
        .then(&[E::Notice, E::Receipt])
        .opens(&[T::EnforcementCase, T::TellListOwner])
        .rests(Basis::unread("UU 6/2011 art. 16(1)"))
        .why(
            "Orang kedua setuju menolak keberangkatan atau kunjungan; orangnya masih di wilayah.",
            "The second person agrees to refuse exit or visit; the person is still in the country.",
        ),
    edge(Some(S::AwaitingSecond), A::Approve, S::Admitted, LEAD_IN)
        .case(When::PassageIn)
        .needs(&[G::SecondPerson, G::InTime])
        .then(&[E::BeginStay, E::Receipt])
        .why("Dua orang menanggungnya.", "Two persons answer for it."),
    edge(Some(S::AwaitingSecond), A::Approve, S::Departed, LEAD_DEPARTURE)
        .case(When::PassageOut)
        .needs(&[G::SecondPerson, G::InTime])
        .then(&[E::EndStay, E::Receipt])
        .opens(&[T::EnforcementCase])
        .why("Dua orang menanggungnya.", "Two persons answer for it."),
    edge(Some(S::AwaitingSecond), A::Decline, S::Secondary, LEAD)
        .needs(&[G::SecondPerson, G::InTime])
        .why("Orang kedua tidak setuju: diperiksa lagi.", "The second person does not agree: looked at again."),
    edge(Some(S::AwaitingSecond), A::TakeBack, S::Secondary, SECONDARY)
        .needs(&[G::Proposer])
        .why("Pengusul berubah pikiran atau ada temuan baru.", "Whoever proposed thinks again, or something new was found."),
    edge(Some(S::AwaitingSecond), A::RunOut, S::Secondary, PROGRAM).needs(&[G::TimeOver]).then(&[E::TellHead]).why(
        "Tidak ada jawaban: yang diusulkan tidak terjadi, orangnya tetap menunggu dengan jam yang terlihat.",
        "No answer: what was proposed did not happen, and the person waits on with a visible clock.",
    ),
    // ------------------------------------------------------------ admitted subject to a re-check
    edge(Some(S::DeferredOffline), A::Recheck, S::Admitted, &[(Role::Secondary, IN), (Role::System, IN)])
        .case(When::NowClear)
        .then(&[E::Receipt])
        .why("Syarat keputusan petugas terpenuhi.", "The condition of the officer's decision is met."),
    edge(Some(S::DeferredOffline), A::Recheck, S::DeferredOffline, &[(Role::Secondary, IN), (Role::System, IN)])
        .case(When::StillPending)
        .why("Belum semua dapat diperiksa.", "Not everything could be checked yet."),
    edge(Some(S::DeferredOffline), A::Recheck, S::Secondary, &[(Role::Secondary, IN), (Role::System, IN)])
        .case(When::NotClear)
        .then(&[E::TellHead])
        .opens(&[T::RecallPerson, T::WatchlistReview])
        .why("Pemeriksaan ulang menemukan sesuatu; mesin tidak memutus.", "The re-check found something; the machine decides nothing."),
    edge(Some(S::DeferredOffline), A::Reopen, S::Secondary, LEAD_IN)
        .then(&[E::ForgetFindings])
        .opens(&[T::RecallPerson])
        .why("Sesuatu diketahui sebelum jaringan pulih.", "Something became known before the line was back."),
    edge(Some(S::DeferredOffline), A::Depart, S::Departed, CLOSES)
        .needs(&[G::ExitDecided])
        .then(&[E::EndStay])
        .opens(&[T::RecheckDeparted])
        .why("Orangnya berangkat sebelum diperiksa ulang; pemeriksaan itu tetap dilakukan.", "The person leaves before the re-check; it is made all the same."),
    edge(Some(S::DeferredOffline), A::Correct, S::DeferredOffline, FRONT_IN)
        .needs(&[G::Changes, G::StayBySecondary, G::GrantFits])
        .then(&[E::Receipt])
        .why("Salah catat: koreksi adalah entri baru.", "A slip: a correction is a new entry."),
    // ------------------------------------------------------------ after a decision
    edge(Some(S::Admitted), A::Depart, S::Departed, CLOSES)
        .needs(&[G::ExitDecided])
        .then(&[E::EndStay])
        .rests(INSPECTION)
        .why("Orangnya berangkat.", "The person leaves."),
    edge(Some(S::Admitted), A::Reopen, S::Secondary, LEAD_IN)
        .then(&[E::ForgetFindings])
        .opens(&[T::RecallPerson])
        .why("Keputusan keliru, atau kecocokan yang terlambat diketahui.", "A decision in error, or a hit that came late."),
    edge(Some(S::Admitted), A::Correct, S::Admitted, FRONT_IN)
        .needs(&[G::Changes, G::StayBySecondary, G::GrantFits])
        .then(&[E::Receipt])
        .why("Salah catat: koreksi adalah entri baru.", "A slip: a correction is a new entry."),
    edge(Some(S::Refused), A::Remove, S::Removed, &[(Role::Primary, ARRIVAL), (Role::Secondary, ARRIVAL)])
        .rests(REFUSED)
        .why("Yang ditolak masuk telah dipulangkan.", "Whoever was refused entry has gone."),
    edge(Some(S::Refused), A::Reopen, S::Secondary, LEAD)
        .then(&[E::ForgetFindings])
        .why("Penolakan keliru, atau keberatan dikabulkan.", "A refusal in error, or an objection that was upheld."),
    edge(Some(S::HandedOver), A::Reopen, S::Secondary, LEAD).then(&[E::ForgetFindings]).why("Orangnya dikembalikan.", "The person is given back."),
    edge(Some(S::Departed), A::Reopen, S::Secondary, LEAD)
        .then(&[E::ForgetFindings, E::RestoreStay])
        .why("Keberangkatan tercatat atas orang yang salah.", "The departure was recorded for the wrong person."),
    edge(Some(S::Departed), A::Correct, S::Departed, FRONT_IN)
        .needs(&[G::Changes, G::StayBySecondary, G::GrantFits])
        .then(&[E::Receipt])
        .why("Salah catat: koreksi adalah entri baru.", "A slip: a correction is a new entry."),
];
