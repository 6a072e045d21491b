//! The one table of stays: from which state, by which fact, to which states, who records it, what must hold, on what it
//! rests, and why. Days that pass move a stay, too: those edges stand in [`CLOCK`].

use super::state::{Stage, State};
use crate::access::Role;
use crate::label::{Basis, Label};

labelled! {
    /// What can be recorded.
    Act, "action on a stay" {
        /// Begin the stay.
        Begin = "begin", "mulai masa tinggal", "begin the stay";
        /// An application was paid.
        Apply = "apply", "permohonan dibayar", "application paid";
        /// Grant it.
        Grant = "grant", "kabulkan permohonan", "grant the application";
        /// Refuse it.
        Refuse = "refuse", "tolak permohonan", "refuse the application";
        /// The fee was paid.
        Pay = "pay", "biaya beban dibayar", "fee paid";
        /// Decide the day at the limit.
        Judge = "judge", "putuskan hari batas", "decide the day at the limit";
        /// Open a case.
        OpenCase = "open_case", "buka perkara", "open a case";
        /// Close it; the person stays.
        CloseCase = "close_case", "tutup perkara", "close the case";
        /// Cancel or cut short.
        Shorten = "shorten", "batalkan atau persingkat", "cancel or cut short";
        /// Record the departure.
        Depart = "depart", "catat keberangkatan", "record the departure";
        /// It was another's.
        VoidDeparture = "void_departure", "batalkan catatan keberangkatan", "void the departure";
        /// Put the last day right.
        Correct = "correct", "koreksi hari terakhir", "correct the last day";
        /// End it otherwise.
        End = "end", "akhiri", "end otherwise";
    }
}

labelled! {
    /// What must hold.
    Guard, "guard of a stay" {
        /// Days in order.
        NotBackwards = "not_backwards", "hari terakhir tidak mendahului hari pertama", "the last day does not lie before the first";
        /// An extension extends.
        Later = "later", "hari terakhir baru lebih kemudian", "the new last day lies later";
        /// Cutting short does.
        Earlier = "earlier", "hari terakhir baru lebih awal dan belum lewat", "the new last day lies earlier and not in the past";
        /// A stay without end needs no extension.
        Limited = "limited", "masa tinggal ada batasnya", "the stay has an end";
        /// Paying covers open days below the limit.
        OpenDays = "open_days", "pembayaran menutup hari yang terbuka di bawah batas", "the payment covers open days below the limit";
        /// An entry that says nothing new is none.
        Changes = "changes", "ada yang berubah", "something changes";
    }
}

labelled! {
    /// Open work for an officer: where an edge leads into a machine that is not built yet, it ends here and never nowhere.
    Task, "task of a stay" {
        /// 5.2.
        ApplicationCase = "application_case", "putuskan permohonan", "decide the application";
        /// Cashier.
        FeeDue = "fee_due", "tagih biaya beban", "collect the fee";
        /// Day at the limit.
        BoundaryDecision = "boundary_decision", "putuskan hari batas", "decide the day at the limit";
        /// 5.5.
        EnforcementCase = "enforcement_case", "buka perkara TAK", "open an enforcement case";
    }
}

impl Task {
    /// Whose work it is.
    pub const fn role(self) -> Role {
        match self {
            Self::ApplicationCase => Role::Stay,
            Self::FeeDue => Role::Cashier,
            Self::BoundaryDecision => Role::Head,
            Self::EnforcementCase => Role::Intelligence,
        }
    }

    /// What a state asks for, whether somebody recorded it or a day brought it.
    pub const fn of(state: State) -> Option<Self> {
        match state {
            State::Bridged { .. } => Some(Self::ApplicationCase),
            State::OverstayShort { .. } => Some(Self::FeeDue),
            State::OverstayBoundary { .. } => Some(Self::BoundaryDecision),
            State::OverstayLong { .. } | State::Departed { unpaid: 1.., .. } => Some(Self::EnforcementCase),
            _ => None,
        }
    }
}

/// One row: from any of these states, by this fact.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// From; empty: nothing was recorded yet.
    pub from: &'static [Stage],
    /// By.
    pub act: Act,
    /// To one of these, as the days then say.
    pub to: &'static [Stage],
    /// Who records it.
    pub who: &'static [Role],
    /// What must hold, asked in this order.
    pub guards: &'static [Guard],
    /// On what it rests.
    pub basis: Basis,
    /// Why.
    pub why: Label,
}

/// The row for a fact in a state.
pub fn row(from: Option<Stage>, act: Act) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.act == act && from.map_or(row.from.is_empty(), |from| row.from.contains(&from)))
}

use Stage as S;

const FRONT: &[Role] = &[Role::Desk, Role::Primary, Role::Secondary, Role::Head, Role::System];
const LAWFUL: &[Stage] = &[S::InStatus, S::Expiring, S::Extended];
const HERE: &[Stage] = &[
    S::InStatus,
    S::Expiring,
    S::Extended,
    S::Bridged,
    S::ApplicationRefused,
    S::OverstayShort,
    S::OverstayBoundary,
    S::OverstayLong,
    S::ResolvedPaid,
    S::TakCase,
];
const NO_CASE: &[Stage] =
    &[S::InStatus, S::Expiring, S::Extended, S::Bridged, S::ApplicationRefused, S::OverstayShort, S::OverstayBoundary, S::OverstayLong, S::ResolvedPaid];
const ALL: &[Stage] = &[
    S::InStatus,
    S::Expiring,
    S::Extended,
    S::Bridged,
    S::ApplicationRefused,
    S::OverstayShort,
    S::OverstayBoundary,
    S::OverstayLong,
    S::ResolvedPaid,
    S::TakCase,
    S::Departed,
];

const OVER: Basis = Basis::unread("UU 6/2011 art. 78");
const CASE: Basis = Basis::unread("UU 6/2011 art. 75(2)");
const BRIDGE: Basis = Basis::unread("practice of offices: asked for and paid before expiry");

const fn edge(from: &'static [Stage], act: Act, to: &'static [Stage], who: &'static [Role]) -> Row {
    Row { from, act, to, who, guards: &[], basis: Basis::POLICY, why: Label { id: "", en: "" } }
}

impl Row {
    const fn needs(self, guards: &'static [Guard]) -> Self {
        Self { guards, ..self }
    }

    const fn rests(self, basis: Basis) -> Self {
        Self { basis, ..self }
    }

    const fn why(self, id: &'static str, en: &'static str) -> Self {
        Self { why: Label { id, en }, ..self }
    }
}

/// Every edge that somebody records. What is not here cannot be recorded. Without `rests` it is the office's own practice.
pub static ROWS: &[Row] = &[
    edge(&[], Act::Begin, &[S::InStatus, S::Expiring], FRONT)
        .needs(&[Guard::NotBackwards])
        .why("Diterima masuk, atau kunjungan terdaftar.", "Admitted, or a visit registered."),
    edge(LAWFUL, Act::Apply, &[S::Bridged], &[Role::Cashier, Role::System]).needs(&[Guard::Limited]).rests(BRIDGE).why(
        "Diminta dan dibayar sebelum berakhir: menunggu keputusan bukan kelebihan.",
        "Asked for and paid before the end: waiting for the decision is no overstay.",
    ),
    edge(
        &[S::InStatus, S::Expiring, S::Extended, S::Bridged, S::ApplicationRefused, S::OverstayShort, S::ResolvedPaid],
        Act::Grant,
        &[S::InStatus, S::Expiring, S::Extended],
        &[Role::Head],
    )
    .needs(&[Guard::Limited, Guard::Later])
    .why(
        "Permohonan dikabulkan; juga setelah keberatan, atau dalam keadaan terpaksa.",
        "The application is granted; also after an objection, or for reasons beyond the person's power.",
    ),
    edge(&[S::Bridged], Act::Refuse, &[S::ApplicationRefused], &[Role::Head])
        .needs(&[Guard::NotBackwards])
        .why("Permohonan ditolak; keputusan menyebut hari terakhir.", "The application is refused; the decision names the last day."),
    edge(&[S::OverstayShort], Act::Pay, &[S::ResolvedPaid], &[Role::Cashier, Role::System])
        .needs(&[Guard::OpenDays])
        .rests(OVER)
        .why("Biaya beban dibayar untuk setiap hari.", "The fee is paid for each day."),
    edge(&[S::OverstayBoundary], Act::Judge, &[S::OverstayShort, S::OverstayLong], &[Role::Head])
        .rests(OVER)
        .why("Undang-undang menyebut kurang dan lebih; hari ini diputus petugas.", "The law says less and more; this day is an officer's decision."),
    edge(NO_CASE, Act::OpenCase, &[S::TakCase], &[Role::Intelligence, Role::Monitor])
        .rests(CASE)
        .why("Perkara dibuka, juga tanpa kelebihan hari.", "A case is opened, also without days over."),
    edge(
        &[S::TakCase],
        Act::CloseCase,
        &[S::InStatus, S::Expiring, S::Extended, S::Bridged, S::ApplicationRefused, S::OverstayShort, S::OverstayBoundary, S::OverstayLong, S::ResolvedPaid],
        &[Role::Head],
    )
    .rests(CASE)
    .why("Tindakan dicabut atau diganti; orangnya tetap di sini.", "The measure is lifted or another; the person stays."),
    edge(
        &[S::InStatus, S::Expiring, S::Extended, S::Bridged, S::TakCase],
        Act::Shorten,
        &[S::InStatus, S::Expiring, S::TakCase],
        &[Role::Secondary, Role::Head],
    )
    .needs(&[Guard::Earlier])
    .rests(CASE)
    .why(
        "Izin dibatalkan atau dibatasi, atau masuk ditolak setelah dibuka kembali.",
        "The permit is cancelled or restricted, or entry was refused after it had been opened again.",
    ),
    edge(HERE, Act::Depart, &[S::Departed], FRONT)
        .why("Orangnya berangkat; hari yang belum dibayar tetap tercatat.", "The person leaves; days not paid stay on record."),
    edge(&[S::Departed], Act::VoidDeparture, HERE, &[Role::Secondary, Role::Head])
        .why("Keberangkatan tercatat atas orang yang salah.", "The departure was recorded for the wrong person."),
    edge(ALL, Act::Correct, ALL, &[Role::Secondary, Role::Head])
        .needs(&[Guard::Changes])
        .why("Hari terakhir salah catat: koreksi adalah entri baru.", "The last day was recorded wrongly: a correction is a new entry."),
    edge(HERE, Act::End, &[S::Ended], &[Role::Stay, Role::Head])
        .why("Meninggal, menjadi warga negara, atau dilanjutkan catatan lain.", "Died, became a citizen, or goes on under another record."),
];

/// An edge that the passing of days takes.
#[derive(Clone, Copy, Debug)]
pub struct Passing {
    /// From.
    pub from: Stage,
    /// To.
    pub to: &'static [Stage],
    /// Why.
    pub why: Label,
}

const fn passing(from: Stage, to: &'static [Stage], id: &'static str, en: &'static str) -> Passing {
    Passing { from, to, why: Label { id, en } }
}

/// Every edge that a day takes by itself; a state that is not here stays as it is until somebody records something.
/// Days that were paid before the last day was corrected to a later one stay paid.
pub static CLOCK: &[Passing] = &[
    passing(S::InStatus, &[S::Expiring], "Hari peringatan pertama.", "The day of the first reminder."),
    passing(S::Expiring, &[S::OverstayShort, S::ResolvedPaid], "Hari terakhir telah lewat.", "The last day has passed."),
    passing(S::Extended, &[S::InStatus, S::Expiring], "Masa lama habis; masa baru berjalan.", "The old time is over; the new one runs."),
    passing(
        S::ApplicationRefused,
        &[S::OverstayShort, S::ResolvedPaid],
        "Hari terakhir menurut keputusan telah lewat.",
        "The last day of the decision has passed.",
    ),
    passing(S::OverstayShort, &[S::OverstayBoundary, S::OverstayLong], "Batas tercapai.", "The limit is reached."),
    passing(S::OverstayBoundary, &[S::OverstayLong], "Batas terlampaui.", "The limit is passed."),
    passing(
        S::ResolvedPaid,
        &[S::OverstayShort, S::OverstayBoundary, S::OverstayLong],
        "Yang dibayar hanya sampai hari itu; orangnya masih di sini.",
        "It was paid up to that day only, and the person is still here.",
    ),
];
