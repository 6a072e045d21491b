//! Everything that can happen in an inspection: who could act, what they could do, and where that leads. The cells of the golden
//! text come from here, not from the table.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use siger_domain::access::Role;
use siger_domain::finding::{Finding, Findings, Kind as Check, ReasonCode, RuleId, Source, Summary, Unmade, Verdict};
use siger_domain::id::{InspectionId, OfficerId, PersonId};
use siger_domain::inspection::action::{Act, Action, Because, Change, Proposal, Receiver, ReferralCause, WithdrawalCause};
use siger_domain::inspection::grant::{Grant, Stay, StayPeriod, VisitPurpose};
use siger_domain::inspection::guard::Guard;
use siger_domain::inspection::reason::RefusalReason;
use siger_domain::inspection::state::{Stage, State};
use siger_domain::inspection::table::{ROWS, Row};
use siger_domain::inspection::{Begin, By, Inspection, Kind, Moved, Step, StepError};
use siger_domain::time::{CivilDate, Instant};

/// The checks of the post in these tests.
pub const REQUIRED: &[Check] = &[Check::CheckDigits, Check::Stay, Check::Watchlist];
/// When the walk begins.
pub const START: Instant = Instant::from_unix_micros(1_795_478_400_000_000);
/// How long a second person has.
pub const SECOND_SECONDS: i64 = 60;

pub fn day(text: &str) -> CivilDate {
    text.parse().expect("a day")
}

pub fn officer(number: u8) -> OfficerId {
    OfficerId::from_bytes([number; 16])
}

pub fn by(number: u8, role: Role) -> By {
    By::officer_in(officer(number), role).expect("a role of an officer")
}

pub fn person(number: u8) -> PersonId {
    PersonId::from_bytes([100 + number; 16])
}

pub fn begin(kind: Kind, citizen: bool) -> Begin {
    Begin::new(InspectionId::from_bytes([9; 16]), kind, person(0), citizen, REQUIRED).expect("checks")
}

/// The findings of a whole check, of which one is otherwise than clear.
pub fn findings(summary: Summary) -> Findings {
    let made = |kind, verdict| Finding {
        kind,
        verdict,
        reason: ReasonCode::new("sample").expect("a code"),
        source: Source::File,
        rule: RuleId::new("sample.1").expect("a rule"),
        measure: None,
        refers: None,
    };
    let watchlist = match summary {
        Summary::Clear => Verdict::Clear,
        Summary::Pending => Verdict::NotChecked(Unmade::Offline),
        Summary::Unclear => Verdict::Attention,
        Summary::Stop => Verdict::Stop,
    };
    let made = vec![made(Check::CheckDigits, Verdict::Clear), made(Check::Stay, Verdict::Clear), made(Check::Watchlist, watchlist)];
    Findings::new(REQUIRED, made).expect("findings")
}

pub fn thirty_days() -> Grant {
    let period = StayPeriod::new(day("2026-11-24"), day("2026-12-23")).expect("a period");
    Grant { purpose: VisitPurpose::Tourism, stay: Stay::Limited(period) }
}

pub fn home() -> Grant {
    Grant { purpose: VisitPurpose::Return, stay: Stay::Unlimited }
}

/// Everything that somebody could try at a moment.
pub fn palette(at: Instant) -> Vec<Action> {
    let expires = at.plus_seconds(SECOND_SECONDS);
    let mut actions = vec![
        Action::Expect { due: day("2026-11-24") },
        Action::Expect { due: day("2026-11-25") },
        Action::Lapse { today: day("2026-11-24") },
        Action::Lapse { today: day("2026-11-26") },
        Action::Present,
        Action::Take,
        Action::Release,
        Action::Identify { person: person(0), citizen: false },
        Action::Identify { person: person(1), citizen: false },
        Action::Identify { person: person(0), citizen: true },
        Action::Refer { cause: ReferralCause::Finding },
        Action::HandOver { to: Receiver::Intelligence },
        Action::Approve,
        Action::Decline,
        Action::TakeBack,
        Action::RunOut,
        Action::Reopen { cause: ReferralCause::Mistake },
        Action::Remove,
        Action::Withdraw { cause: WithdrawalCause::ByPerson },
        Action::Correct { change: Change::Purpose(VisitPurpose::Tourism) },
        Action::Correct { change: Change::Purpose(VisitPurpose::Family) },
        Action::Correct { change: Change::Stay(Stay::Unlimited) },
        Action::Correct { change: Change::Stay(thirty_days().stay) },
        Action::Depart { because: None, exit: None },
        Action::Depart { because: Some(Because::Fulfilled), exit: None },
        Action::Depart { because: None, exit: Some(InspectionId::from_bytes([8; 16])) },
    ];
    for summary in Summary::ALL {
        actions.push(Action::Find { findings: findings(*summary) });
        actions.push(Action::Recheck { findings: findings(*summary) });
    }
    for grant in [thirty_days(), home()] {
        for because in [None, Some(Because::Examined)] {
            actions.push(Action::Admit { grant, because });
            actions.push(Action::Register { grant, because });
            actions.push(Action::Defer { grant, because });
        }
        actions.push(Action::ProposePassage { grant: Some(grant), because: Because::NotTheSame, expires });
    }
    actions.push(Action::ProposePassage { grant: None, because: Because::Fulfilled, expires });
    actions.push(Action::ProposePassage { grant: None, because: Because::Fulfilled, expires: at });
    for reason in [RefusalReason::NoVisa, RefusalReason::ExitBan, RefusalReason::NoStayPermit] {
        actions.push(Action::ProposeRefusal { reason, expires });
    }
    actions.push(Action::ProposeRefusal { reason: RefusalReason::NoVisa, expires: at });
    actions
}

/// Three officers, each in every role that an officer can hold, and the program.
pub fn actors() -> Vec<By> {
    let officers = (1..=3).flat_map(|number| Role::OFFICER.iter().map(move |role| by(number, *role)));
    officers.chain([By::PROGRAM]).collect()
}

/// What tells one standing from another for the guards.
fn key(inspection: &Inspection) -> String {
    let state = inspection.state();
    let summary = state.findings().map(|findings| findings.summary());
    let more = match state {
        State::Secondary(secondary) => format!("{:?}", secondary.first),
        State::AwaitingSecond { secondary, proposal, by, .. } => {
            let what = match proposal {
                Proposal::Refusal { .. } => "refusal",
                Proposal::Passage { grant: Some(_), .. } => "in",
                Proposal::Passage { grant: None, .. } => "out",
            };
            format!("{:?} {what} {by:?}", secondary.first)
        }
        State::Admitted(decision) | State::DeferredOffline(decision) | State::Departed { decision, .. } => {
            format!("{:?}", decision.grant.map(|grant| grant.stay == Stay::Unlimited))
        }
        _ => String::new(),
    };
    format!("{:?} {summary:?} {:?} {} {more}", inspection.stage(), state.holder(), inspection.is_citizen())
}

pub fn try_step(before: Option<&Inspection>, begin: &Begin, step: &Step) -> Result<Moved, StepError> {
    match before {
        None => Inspection::first(begin.clone(), step),
        Some(before) => before.next(step),
    }
}

/// What was seen on the walk through everything.
#[derive(Default)]
pub struct Walk {
    /// Who could do what in which state, in which kind of inspection.
    pub allowed: BTreeSet<(Option<Stage>, Act, Role, Kind)>,
    /// The rows of the table that were taken, by their place.
    pub taken: BTreeSet<usize>,
    /// The guards that stopped somebody.
    pub stopped: BTreeSet<Guard>,
    /// The states reached.
    pub stages: BTreeSet<Stage>,
    /// Steps tried.
    pub tried: u64,
}

fn place(row: &'static Row) -> usize {
    ROWS.iter().position(|other| std::ptr::eq(other, row)).expect("a row of the table")
}

/// From so many standings of a state everything is tried by everybody; after that by those who could do anything anywhere so far.
const BY_EVERYBODY: u32 = 12;

/// Goes through every standing that can be reached, and tries everything by everybody in each.
pub fn walk() -> Walk {
    let mut seen = Walk::default();
    let (mut times, mut able) = (BTreeMap::new(), BTreeSet::new());
    for kind in Kind::ALL {
        for citizen in [false, true] {
            let begin = begin(*kind, citizen);
            let mut open: VecDeque<(Option<Inspection>, Instant)> = VecDeque::from([(None, START)]);
            let mut known = BTreeSet::new();
            while let Some((before, last)) = open.pop_front() {
                let times: &mut u32 = times.entry((before.as_ref().map(Inspection::stage), *kind)).or_default();
                *times += 1;
                for later in [1, SECOND_SECONDS + 1] {
                    let at = last.plus_seconds(later);
                    let actions = palette(at);
                    for by in actors() {
                        if *times > BY_EVERYBODY && !able.contains(&by.role()) {
                            continue;
                        }
                        for action in &actions {
                            seen.tried += 1;
                            let step = Step { at, by, action: action.clone() };
                            match try_step(before.as_ref(), &begin, &step) {
                                Ok(moved) => {
                                    able.insert(by.role());
                                    seen.allowed.insert((before.as_ref().map(Inspection::stage), action.act(), by.role(), *kind));
                                    seen.taken.insert(place(moved.row));
                                    seen.stages.insert(moved.inspection.stage());
                                    assert_eq!(moved.inspection.stage(), moved.row.to, "{:?} leads where its row says", action.act());
                                    if known.insert(key(&moved.inspection)) {
                                        open.push_back((Some(moved.inspection), at));
                                    }
                                }
                                Err(StepError::Guard { guard, .. }) => drop(seen.stopped.insert(guard)),
                                Err(_) => {}
                            }
                        }
                    }
                }
            }
        }
    }
    seen
}
