//! The machine of inspections: every cell of state, action and role, every edge and guard; stories of the counter; and what no
//! sequence of steps may reach.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use siger_domain::access::Role;
use siger_domain::finding::{Findings, Summary};
use siger_domain::inspection::action::{Act, Action, Because, Change, Receiver, ReferralCause, WithdrawalCause};
use siger_domain::inspection::grant::{Stay, VisitPurpose};
use siger_domain::inspection::guard::Guard;
use siger_domain::inspection::page::{self, beginnings, is_given};
use siger_domain::inspection::reason::RefusalReason;
use siger_domain::inspection::state::{Clock, Limits, Stage, State};
use siger_domain::inspection::table::{Effect, ROWS, Task};
use siger_domain::inspection::{Begin, By, Inspection, Kind, STEPS_MAX, Step, StepError};
use siger_domain::request::{self, Move};
use siger_domain::time::Instant;

use crate::inspection_walk::{REQUIRED, START, actors, begin, by, day, findings, home, officer, palette, person, thirty_days, try_step, walk};

#[test]
fn every_cell_is_the_golden_text_and_every_edge_and_guard_works() {
    let seen = walk();
    let machine = page::matrix(|from, act, role, kind| seen.allowed.contains(&(from, act, role, kind)));
    assert_eq!(machine, page::matrix(is_given), "what the machine does is what the table says");
    for from in beginnings() {
        for (act, role, kind) in Act::ALL.iter().flat_map(|act| Role::ALL.iter().flat_map(move |role| Kind::ALL.iter().map(move |kind| (act, role, kind)))) {
            assert_eq!(seen.allowed.contains(&(from, *act, *role, *kind)), is_given(from, *act, *role, *kind), "{from:?} {act} {role} {kind}");
        }
    }
    let untaken: Vec<_> = ROWS.iter().enumerate().filter(|(place, _)| !seen.taken.contains(place)).map(|(_, row)| (row.from, row.act, row.to)).collect();
    assert!(untaken.is_empty(), "no sequence of steps takes {untaken:?}");
    let idle: Vec<_> = Guard::ALL.iter().filter(|guard| !seen.stopped.contains(guard)).collect();
    assert!(idle.is_empty(), "{idle:?} never stopped anybody");
    assert_eq!(seen.stages.len(), Stage::ALL.len(), "a state cannot be reached");
    assert!(seen.tried > 1_000_000, "{} steps tried", seen.tried);
    crate::check_file("tests/it/inspection.golden.txt", &machine);
}

#[test]
fn the_reference_page_is_fresh() {
    crate::check_file("../../docs/ref/inspection.md", &page::page());
}

#[test]
fn the_table_is_complete_and_says_each_edge_once() {
    for row in ROWS {
        let what = format!("{:?} {} {}", row.from, row.act, row.to);
        let same = ROWS.iter().filter(|other| other.from == row.from && other.act == row.act && other.to == row.to);
        assert!(same.clone().count() == 1 || same.clone().all(|other| other.when.is_some()), "{what} stands twice");
        let others = ROWS.iter().filter(|other| other.from == row.from && other.act == row.act);
        assert!(others.count() == 1 || row.when.is_some(), "{what}: several rows without cases");
        assert!(!row.why.id.is_empty() && !row.why.en.is_empty(), "{what} has no reason");
        assert!(!row.who.is_empty(), "{what} is nobody's");
        for (role, _) in row.who {
            assert!(Role::OFFICER.contains(role) || *role == Role::System, "{what}: {role} does not act here");
        }
        // Where two decide, who answers is not who proposed; where one decides alone in secondary, not who looked first.
        if row.from == Some(Stage::AwaitingSecond) && matches!(row.act, Act::Approve | Act::Decline) {
            assert!(row.guards.contains(&Guard::SecondPerson), "{what}");
        }
        if row.to == Stage::Refused {
            assert_eq!(row.from, Some(Stage::AwaitingSecond), "{what}: a refusal passes through secondary and a second person");
        }
        if matches!(row.act, Act::Admit | Act::Register) || (row.act == Act::Depart && row.from == Some(Stage::Primary)) {
            let safe = row.guards.contains(&Guard::AllClear) || (row.guards.contains(&Guard::NoStop) && row.guards.contains(&Guard::NotFirst));
            assert!(safe, "{what}");
        }
        // Who leaves a machine that is built for one that is not, leaves a task for an officer.
        if matches!(row.to, Stage::HandedOver | Stage::Refused) {
            assert!(!row.tasks.is_empty(), "{what} is a dead end");
        }
    }
    for stage in Stage::ALL {
        let last = !ROWS.iter().any(|row| row.from == Some(*stage));
        assert_eq!(last, matches!(stage, Stage::Removed | Stage::Withdrawn), "{stage}");
        assert!(!last || stage.clock().is_none(), "a clock runs in {stage} and nobody can do anything about it");
    }
    for task in Task::ALL {
        assert!(ROWS.iter().any(|row| row.tasks.contains(task)), "nothing opens {task}");
        assert!(Role::OFFICER.contains(&task.role()));
    }
    for effect in Effect::ALL {
        assert!(ROWS.iter().any(|row| row.effects.contains(effect)), "nothing has the effect {effect}");
    }
    for reason in RefusalReason::ALL {
        assert!(reason.basis().article.is_empty() == (reason.kind() == Kind::Visit), "{reason}");
    }
}

const PRIMARY: (u8, Role) = (1, Role::Primary);
const SECONDARY: (u8, Role) = (2, Role::Secondary);
const OTHER: (u8, Role) = (3, Role::Secondary);
const HEAD: (u8, Role) = (4, Role::Head);
const PROGRAM: (u8, Role) = (0, Role::System);

fn steps(told: &[((u8, Role), Action)]) -> Vec<Step> {
    let at = |index: usize| START.plus_seconds(index as i64);
    let who = |(number, role)| if number == 0 { By::PROGRAM } else { by(number, role) };
    told.iter().enumerate().map(|(index, (actor, action))| Step { at: at(index), by: who(*actor), action: action.clone() }).collect()
}

fn find(summary: Summary) -> Action {
    Action::Find { findings: findings(summary) }
}

fn admit(because: Option<Because>) -> Action {
    Action::Admit { grant: thirty_days(), because }
}

fn refuse() -> Action {
    Action::ProposeRefusal { reason: RefusalReason::NoVisa, expires: START.plus_seconds(3_600) }
}

fn pass(because: Because) -> Action {
    Action::ProposePassage { grant: Some(thirty_days()), because, expires: START.plus_seconds(3_600) }
}

/// In primary, taken by the primary inspector, with these findings.
fn in_primary(summary: Summary) -> Vec<((u8, Role), Action)> {
    vec![(PRIMARY, Action::Present), (PRIMARY, Action::Take), (PRIMARY, find(summary))]
}

/// In secondary, taken by the secondary inspector.
fn in_secondary(summary: Summary) -> Vec<((u8, Role), Action)> {
    let mut told = in_primary(summary);
    told.extend([(PRIMARY, Action::Refer { cause: ReferralCause::Finding }), (SECONDARY, Action::Take)]);
    told
}

fn told(mut begun: Vec<((u8, Role), Action)>, more: &[((u8, Role), Action)]) -> Vec<((u8, Role), Action)> {
    begun.extend_from_slice(more);
    begun
}

#[test]
fn stories_of_the_counter() {
    use Summary::{Clear, Pending, Stop, Unclear};
    let guard = |act, guard| Err(StepError::Guard { act, guard });
    let arrival = |name: &'static str, steps, expected: Result<Stage, StepError>| (name, Kind::Arrival, false, steps, expected);
    let recheck = |summary| (PROGRAM, Action::Recheck { findings: findings(summary) });
    let defer = || (PRIMARY, Action::Defer { grant: thirty_days(), because: None });
    let rows = vec![
        arrival("a known traveller", told(in_primary(Clear), &[(PRIMARY, admit(None))]), Ok(Stage::Admitted)),
        arrival(
            "nothing was checked",
            told(vec![], &[(PRIMARY, Action::Present), (PRIMARY, Action::Take), (PRIMARY, admit(None))]),
            guard(Act::Admit, Guard::AllClear),
        ),
        arrival("a finding asks for attention", told(in_primary(Unclear), &[(PRIMARY, admit(Some(Because::Examined)))]), guard(Act::Admit, Guard::AllClear)),
        arrival("the network is missing", told(in_primary(Pending), &[(PRIMARY, admit(None))]), guard(Act::Admit, Guard::AllClear)),
        arrival("let in on the local lists", told(in_primary(Pending), &[defer()]), Ok(Stage::DeferredOffline)),
        arrival("more than the network is missing", told(in_primary(Unclear), &[defer()]), guard(Act::Defer, Guard::OnlyPending)),
        arrival("the re-check is clear", told(in_primary(Pending), &[defer(), recheck(Clear)]), Ok(Stage::Admitted)),
        arrival("the re-check still waits", told(in_primary(Pending), &[defer(), recheck(Pending)]), Ok(Stage::DeferredOffline)),
        arrival("the re-check finds a hit", told(in_primary(Pending), &[defer(), recheck(Stop)]), Ok(Stage::Secondary)),
        arrival(
            "whoever leaves before the re-check was inspected on leaving",
            told(in_primary(Pending), &[defer(), (PRIMARY, Action::Depart { because: None, exit: None })]),
            guard(Act::Depart, Guard::ExitDecided),
        ),
        arrival(
            "the primary inspector does not refuse",
            told(in_primary(Stop), &[(PRIMARY, refuse())]),
            Err(StepError::NotHere { from: Some(Stage::Primary), act: Act::ProposeRefusal }),
        ),
        arrival("nor does one secondary inspector alone", told(in_secondary(Stop), &[(SECONDARY, refuse())]), Ok(Stage::AwaitingSecond)),
        arrival(
            "not even by agreeing with themself",
            told(in_secondary(Stop), &[(SECONDARY, refuse()), (SECONDARY, Action::Approve)]),
            guard(Act::Approve, Guard::SecondPerson),
        ),
        arrival(
            "nor in another role",
            told(in_secondary(Stop), &[(SECONDARY, refuse()), ((2, Role::Head), Action::Approve)]),
            guard(Act::Approve, Guard::SecondPerson),
        ),
        arrival("two refuse", told(in_secondary(Stop), &[(SECONDARY, refuse()), (OTHER, Action::Approve)]), Ok(Stage::Refused)),
        arrival("the head is the second, from elsewhere", told(in_secondary(Stop), &[(SECONDARY, refuse()), (HEAD, Action::Approve)]), Ok(Stage::Refused)),
        arrival(
            "and the person goes",
            told(in_secondary(Stop), &[(SECONDARY, refuse()), (OTHER, Action::Approve), (PRIMARY, Action::Remove)]),
            Ok(Stage::Removed),
        ),
        arrival("the second does not agree", told(in_secondary(Stop), &[(SECONDARY, refuse()), (OTHER, Action::Decline)]), Ok(Stage::Secondary)),
        arrival("a stop is not passed by one", told(in_secondary(Stop), &[(SECONDARY, admit(Some(Because::NotTheSame)))]), guard(Act::Admit, Guard::NoStop)),
        arrival("but by two", told(in_secondary(Stop), &[(SECONDARY, pass(Because::NotTheSame)), (OTHER, Action::Approve)]), Ok(Stage::Admitted)),
        arrival("attention is answered by a second look", told(in_secondary(Unclear), &[(SECONDARY, admit(Some(Because::Examined)))]), Ok(Stage::Admitted)),
        arrival("and by a ground", told(in_secondary(Unclear), &[(SECONDARY, admit(None))]), guard(Act::Admit, Guard::Reasoned)),
        arrival(
            "the second look is another person's",
            told(
                in_primary(Unclear),
                &[
                    (PRIMARY, Action::Refer { cause: ReferralCause::Finding }),
                    ((1, Role::Secondary), Action::Take),
                    ((1, Role::Secondary), admit(Some(Because::Examined))),
                ],
            ),
            guard(Act::Admit, Guard::NotFirst),
        ),
        arrival(
            "opened again: a ground does not stand for checks that nobody made",
            told(
                in_primary(Clear),
                &[
                    (PRIMARY, admit(None)),
                    (SECONDARY, Action::Reopen { cause: ReferralCause::Mistake }),
                    (SECONDARY, Action::Take),
                    (SECONDARY, admit(Some(Because::Examined))),
                ],
            ),
            guard(Act::Admit, Guard::AllAsked),
        ),
        arrival(
            "two officers on one person: the one who took over decides",
            told(in_primary(Clear), &[((5, Role::Primary), Action::Take), (PRIMARY, admit(None))]),
            guard(Act::Admit, Guard::Held),
        ),
        arrival(
            "the same form sent twice",
            told(in_primary(Clear), &[(PRIMARY, admit(None)), (PRIMARY, admit(None))]),
            Err(StepError::NotHere { from: Some(Stage::Admitted), act: Act::Admit }),
        ),
        arrival(
            "the same name and birth date: the other file, and everything is checked again",
            told(in_primary(Clear), &[(PRIMARY, Action::Identify { person: person(1), citizen: false }), (PRIMARY, admit(None))]),
            guard(Act::Admit, Guard::AllClear),
        ),
        arrival(
            "with a stop nobody just walks off from primary",
            told(in_primary(Stop), &[(PRIMARY, Action::Withdraw { cause: WithdrawalCause::ByPerson })]),
            guard(Act::Withdraw, Guard::NoStop),
        ),
        arrival("whoever gave up may", vec![(PRIMARY, Action::Present), (PRIMARY, Action::Withdraw { cause: WithdrawalCause::Left })], Ok(Stage::Withdrawn)),
        arrival(
            "a late hit opens the decision again",
            told(in_primary(Clear), &[(PRIMARY, admit(None)), (SECONDARY, Action::Reopen { cause: ReferralCause::NewInformation })]),
            Ok(Stage::Secondary),
        ),
        arrival(
            "handed over, and given back",
            told(
                in_secondary(Stop),
                &[(SECONDARY, Action::HandOver { to: Receiver::Police }), (OTHER, Action::Reopen { cause: ReferralCause::NewInformation })],
            ),
            Ok(Stage::Secondary),
        ),
        arrival(
            "did not come, and comes the next week",
            vec![(PRIMARY, Action::Expect { due: day("2026-11-24") }), (PROGRAM, Action::Lapse { today: day("2026-11-25") }), (PRIMARY, Action::Present)],
            Ok(Stage::Presented),
        ),
        arrival(
            "not before the day is over",
            vec![(PRIMARY, Action::Expect { due: day("2026-11-24") }), (PROGRAM, Action::Lapse { today: day("2026-11-24") })],
            guard(Act::Lapse, Guard::DayPassed),
        ),
        arrival(
            "the counter inspects no traveller",
            vec![(PRIMARY, Action::Present), ((6, Role::Desk), Action::Take)],
            Err(StepError::NotForRole { act: Act::Take, role: Role::Desk }),
        ),
        (
            "the counter registers a visit",
            Kind::Visit,
            false,
            vec![
                ((6, Role::Desk), Action::Present),
                ((6, Role::Desk), Action::Take),
                ((6, Role::Desk), find(Clear)),
                ((6, Role::Desk), Action::Register { grant: thirty_days(), because: None }),
            ],
            Ok(Stage::Admitted),
        ),
        (
            "a visit is no arrival",
            Kind::Visit,
            false,
            told(in_primary(Clear), &[(PRIMARY, admit(None))]),
            Err(StepError::NotForRole { act: Act::Admit, role: Role::Primary }),
        ),
        ("a departure", Kind::Departure, false, told(in_primary(Clear), &[(PRIMARY, Action::Depart { because: None, exit: None })]), Ok(Stage::Departed)),
        (
            "a departure with days over",
            Kind::Departure,
            false,
            told(in_primary(Unclear), &[(PRIMARY, Action::Depart { because: Some(Because::Fulfilled), exit: None })]),
            guard(Act::Depart, Guard::AllClear),
        ),
        (
            "a citizen comes home",
            Kind::Arrival,
            true,
            told(in_primary(Clear), &[(PRIMARY, Action::Admit { grant: home(), because: None })]),
            Ok(Stage::Admitted),
        ),
        ("a citizen's stay has no end", Kind::Arrival, true, told(in_primary(Clear), &[(PRIMARY, admit(None))]), guard(Act::Admit, Guard::GrantFits)),
        (
            "a citizen is not refused entry",
            Kind::Arrival,
            true,
            told(in_secondary(Stop), &[(SECONDARY, refuse())]),
            guard(Act::ProposeRefusal, Guard::NotCitizen),
        ),
        (
            "two nationalities: a citizen by the other document",
            Kind::Arrival,
            false,
            told(in_secondary(Stop), &[(SECONDARY, Action::Identify { person: person(0), citizen: true }), (SECONDARY, refuse())]),
            guard(Act::ProposeRefusal, Guard::NotCitizen),
        ),
        (
            "a citizen can be kept from leaving",
            Kind::Departure,
            true,
            told(
                in_secondary(Stop),
                &[(SECONDARY, Action::ProposeRefusal { reason: RefusalReason::ExitBan, expires: START.plus_seconds(60) }), (OTHER, Action::Approve)],
            ),
            Ok(Stage::Refused),
        ),
        (
            "no entry ban on the way out",
            Kind::Departure,
            false,
            told(in_secondary(Stop), &[(SECONDARY, refuse())]),
            guard(Act::ProposeRefusal, Guard::ReasonFits),
        ),
    ];
    for (name, kind, citizen, told, expected) in rows {
        let steps = steps(&told);
        let last = steps.len() - 1;
        let led = match Inspection::replay(begin(kind, citizen), &steps) {
            Ok(Some(inspection)) => Ok(inspection.stage()),
            Ok(None) => unreachable!("every story has a step"),
            Err((number, error)) => {
                assert_eq!(number, last, "{name}: {error}");
                Err(error)
            }
        };
        assert_eq!(led, expected, "{name}");
    }
}

#[test]
fn tasks_are_opened_where_a_machine_is_missing() {
    let tasks = |kind, told: Vec<((u8, Role), Action)>| {
        let steps = steps(&told);
        let (last, before) = steps.split_last().expect("a step");
        Inspection::replay(begin(kind, false), before).expect("a way there").expect("a standing").next(last).expect("the last step").tasks
    };
    use Summary::{Clear, Pending, Stop, Unclear};
    let defer = (PRIMARY, Action::Defer { grant: thirty_days(), because: None });
    let ban = Action::ProposeRefusal { reason: RefusalReason::ExitBan, expires: START.plus_seconds(60) };
    for (what, kind, told, expected) in [
        ("a watchlist hit", Kind::Arrival, told(in_primary(Stop), &[(PRIMARY, Action::Refer { cause: ReferralCause::Finding })]), vec![Task::WatchlistReview]),
        ("no hit", Kind::Arrival, told(in_primary(Clear), &[(PRIMARY, Action::Refer { cause: ReferralCause::Officer })]), vec![]),
        ("refused entry", Kind::Arrival, told(in_secondary(Stop), &[(SECONDARY, refuse()), (OTHER, Action::Approve)]), vec![Task::DetentionCheck]),
        (
            "refused exit",
            Kind::Departure,
            told(in_secondary(Stop), &[(SECONDARY, ban), (OTHER, Action::Approve)]),
            vec![Task::EnforcementCase, Task::TellListOwner],
        ),
        ("handed over", Kind::Arrival, told(in_secondary(Unclear), &[(SECONDARY, Action::HandOver { to: Receiver::Health })]), vec![Task::ReceivePerson]),
        ("left with a stop", Kind::Arrival, told(in_secondary(Stop), &[(SECONDARY, Action::Withdraw { cause: WithdrawalCause::Left })]), vec![Task::FollowUp]),
        ("left without one", Kind::Arrival, told(in_secondary(Unclear), &[(SECONDARY, Action::Withdraw { cause: WithdrawalCause::Left })]), vec![]),
        (
            "a late hit",
            Kind::Arrival,
            told(in_primary(Pending), &[defer, (PROGRAM, Action::Recheck { findings: findings(Stop) })]),
            vec![Task::RecallPerson, Task::WatchlistReview],
        ),
    ] {
        assert_eq!(tasks(kind, told), expected, "{what}");
    }
}

#[test]
fn a_correction_is_an_entry_and_never_an_edit() {
    let mut told = told(in_primary(Summary::Clear), &[(PRIMARY, admit(None))]);
    let admitted = Inspection::replay(begin(Kind::Arrival, false), &steps(&told)).expect("a way").expect("a standing");
    told.push((PRIMARY, Action::Correct { change: Change::Purpose(VisitPurpose::Family) }));
    let all = steps(&told);
    let corrected = Inspection::replay(begin(Kind::Arrival, false), &all).expect("a way").expect("a standing");
    let purpose = |inspection: &Inspection| match inspection.state() {
        State::Admitted(decision) => decision.grant.map(|grant| grant.purpose),
        _ => None,
    };
    assert_eq!((purpose(&admitted), purpose(&corrected)), (Some(VisitPurpose::Tourism), Some(VisitPurpose::Family)));
    // The list still says what was decided first, by whom and when.
    assert_eq!(all[3].action, admit(None));
    let stay =
        |number, role, stay| corrected.next(&Step { at: START.plus_seconds(60), by: by(number, role), action: Action::Correct { change: Change::Stay(stay) } });
    let refused = |guard| Err(StepError::Guard { act: Act::Correct, guard });
    assert_eq!(stay(1, Role::Primary, Stay::Unlimited).map(|moved| moved.inspection.stage()), refused(Guard::StayBySecondary));
    assert_eq!(stay(2, Role::Secondary, thirty_days().stay).map(|moved| moved.inspection.stage()), refused(Guard::Changes));
    assert_eq!(stay(2, Role::Secondary, Stay::Unlimited).map(|moved| moved.inspection.stage()), Ok(Stage::Admitted));
}

#[test]
fn clocks_run_where_there_is_a_duty_and_keep_the_place() {
    let limits = Limits { queue_seconds: 600, examination_seconds: 90, secondary_seconds: 1_200, recheck_seconds: 86_400, removal_seconds: 172_800 };
    let stands = |told: &[((u8, Role), Action)]| Inspection::replay(begin(Kind::Arrival, false), &steps(told)).expect("a way").expect("a standing");
    let released =
        stands(&[(PRIMARY, Action::Expect { due: day("2026-11-24") }), (PRIMARY, Action::Present), (PRIMARY, Action::Take), (PRIMARY, Action::Release)]);
    let running = released.running(&limits).expect("a clock");
    assert_eq!((running.clock, running.since, released.presented()), (Clock::Queue, START.plus_seconds(1), Some(START.plus_seconds(1))));
    assert_eq!(
        (running.seconds_left(START.plus_seconds(1)), running.is_over(START.plus_seconds(600)), running.is_over(START.plus_seconds(601))),
        (600, false, true)
    );
    // The proposal runs out; the person is in secondary since they were sent there, and the clock says so.
    let waiting = stands(&told(in_secondary(Summary::Stop), &[(SECONDARY, refuse())]));
    assert_eq!(waiting.running(&limits).map(|running| running.until), Some(START.plus_seconds(3_600)));
    let ran_out = |seconds| waiting.next(&Step { at: START.plus_seconds(seconds), by: By::PROGRAM, action: Action::RunOut }).map(|moved| moved.inspection);
    assert_eq!(ran_out(3_599), Err(StepError::Guard { act: Act::RunOut, guard: Guard::TimeOver }));
    let back = ran_out(3_600).expect("the time is over");
    assert_eq!(back.running(&limits).map(|running| (running.clock, running.since)), Some((Clock::Secondary, START.plus_seconds(3))));
    let refused = |kind, reason| {
        let refuse = Action::ProposeRefusal { reason, expires: START.plus_seconds(3_600) };
        let steps = steps(&told(in_secondary(Summary::Stop), &[(SECONDARY, refuse), (OTHER, Action::Approve)]));
        Inspection::replay(begin(kind, false), &steps).expect("a way").expect("a standing").running(&limits).map(|running| running.clock)
    };
    assert_eq!(refused(Kind::Arrival, RefusalReason::NoVisa), Some(Clock::Removal));
    assert_eq!(refused(Kind::Departure, RefusalReason::ExitBan), None);
    for stage in Stage::ALL {
        let duty = matches!(
            stage,
            Stage::Expected | Stage::Presented | Stage::Primary | Stage::Secondary | Stage::AwaitingSecond | Stage::DeferredOffline | Stage::Refused
        );
        assert_eq!(stage.clock().is_some(), duty, "{stage}");
    }
}

#[test]
fn the_buttons_are_what_would_work() {
    let stands = |told: &[((u8, Role), Action)]| Inspection::replay(begin(Kind::Arrival, false), &steps(told)).expect("a way").expect("a standing");
    let now = START.plus_seconds(60);
    let clear = stands(&in_primary(Summary::Clear));
    assert_eq!(clear.open_to(by(1, Role::Primary), now), [Act::Release, Act::Identify, Act::Find, Act::Admit, Act::Refer, Act::Withdraw]);
    assert_eq!(clear.open_to(by(7, Role::Primary), now), [Act::Take]);
    let stopped = stands(&in_primary(Summary::Stop));
    assert_eq!(stopped.open_to(by(1, Role::Primary), now), [Act::Release, Act::Identify, Act::Find, Act::Refer]);
    let waiting = stands(&told(in_secondary(Summary::Stop), &[(SECONDARY, refuse())]));
    assert_eq!(waiting.open_to(by(2, Role::Secondary), now), [Act::TakeBack]);
    assert_eq!(waiting.open_to(by(3, Role::Secondary), now), [Act::Approve, Act::Decline]);
    assert_eq!(waiting.open_to(by(4, Role::Head), now), [Act::Approve, Act::Decline]);
    assert_eq!(waiting.open_to(by(3, Role::Auditor), now), []);
    let citizen = Inspection::replay(begin(Kind::Arrival, true), &steps(&in_secondary(Summary::Stop))).expect("a way").expect("a standing");
    assert!(!citizen.open_to(by(2, Role::Secondary), now).contains(&Act::ProposeRefusal));
}

/// The proposal that waits is a two-person request: the same rule decides both.
#[test]
fn the_second_person_is_the_one_of_requests() {
    let waiting = Inspection::replay(begin(Kind::Arrival, false), &steps(&told(in_secondary(Summary::Stop), &[(SECONDARY, refuse())])))
        .expect("a way")
        .expect("a standing");
    let expires = START.plus_seconds(3_600);
    for at in [START.plus_seconds(10), expires.plus_seconds(-1), expires, expires.plus_seconds(1)] {
        for (number, role) in [(2, Role::Secondary), (3, Role::Secondary)] {
            for (action, step) in [(Action::Approve, Move::Approve), (Action::Decline, Move::Decline)] {
                let here = waiting.next(&Step { at, by: by(number, role), action }).is_ok();
                let there = request::next(request::State::Open, officer(2), expires, step, Some(officer(number)), at).is_ok();
                assert_eq!(here, there, "{step:?} by {number} at {at:?}");
            }
        }
        let here = waiting.next(&Step { at, by: By::PROGRAM, action: Action::RunOut }).is_ok();
        assert_eq!(here, request::next(request::State::Open, officer(2), expires, Move::Expire, None, at).is_ok());
    }
}

#[test]
fn steps_have_an_order_and_an_end() {
    let mut now =
        Inspection::first(begin(Kind::Visit, false), &Step { at: START, by: by(6, Role::Desk), action: Action::Present }).expect("present").inspection;
    let back = Step { at: START.plus_seconds(-1), by: by(6, Role::Desk), action: Action::Take };
    assert_eq!(now.next(&back).map(|moved| moved.inspection), Err(StepError::ClockBack));
    for number in 1..STEPS_MAX {
        let other = person((number % 2) as u8 + 1);
        now =
            now.next(&Step { at: START, by: by(6, Role::Desk), action: Action::Identify { person: other, citizen: false } }).expect("another file").inspection;
    }
    assert_eq!(now.next(&Step { at: START, by: by(6, Role::Desk), action: Action::Take }).map(|moved| moved.inspection), Err(StepError::TooManySteps));
    assert_eq!(By::officer_in(officer(1), Role::System), None, "nobody borrows the program's role");
    // A caller cannot ask for fewer checks than the post must make.
    let fewer = Findings::new(&REQUIRED[..1], findings(Summary::Clear).made()[..1].to_vec()).expect("findings");
    assert_eq!(fewer.summary(), Summary::Clear);
    let told = [(PRIMARY, Action::Present), (PRIMARY, Action::Take), (PRIMARY, Action::Find { findings: fewer.clone() }), (PRIMARY, admit(None))];
    let refused = Inspection::replay(begin(Kind::Arrival, false), &steps(&told)).map(|_| ());
    assert_eq!(refused, Err((3, StepError::Guard { act: Act::Admit, guard: Guard::AllClear })));
    let told = told_deferred(Action::Recheck { findings: fewer });
    assert_eq!(Inspection::replay(begin(Kind::Arrival, false), &steps(&told)).map(|now| now.map(|now| now.stage())), Ok(Some(Stage::Secondary)));
}

fn told_deferred(last: Action) -> Vec<((u8, Role), Action)> {
    told(in_primary(Summary::Pending), &[(PRIMARY, Action::Defer { grant: thirty_days(), because: None }), (PROGRAM, last)])
}

#[test]
fn what_was_recorded_is_recalled_whatever_the_table_says_today() {
    let begin = begin(Kind::Arrival, false);
    // Nobody may do this today; it was recorded, so it is what happened.
    let told = steps(&[((6, Role::Desk), Action::Present), ((6, Role::Desk), Action::Take), ((6, Role::Desk), admit(None))]);
    let stages = [Stage::Presented, Stage::Primary, Stage::Admitted];
    let recorded: Vec<(Step, Stage)> = told.iter().cloned().zip(stages).collect();
    assert!(Inspection::replay(begin.clone(), &told).is_err());
    assert_eq!(Inspection::recall(&begin, &recorded).map(|now| now.map(|now| now.stage())), Ok(Some(Stage::Admitted)));
    // A step that cannot have led there is damage.
    let damaged: Vec<(Step, Stage)> = told.into_iter().zip([Stage::Presented, Stage::Primary, Stage::Refused]).collect();
    assert_eq!(Inspection::recall(&begin, &damaged), Err(2));
    assert_eq!(Inspection::recall(&begin, &[]), Ok(None));
}

#[test]
fn actions_are_read_back() {
    for action in palette(START) {
        let json = serde_json::to_string(&action).expect("JSON");
        assert_eq!(serde_json::from_str::<Action>(&json).expect("what was written is read"), action);
        assert!(json.starts_with(&format!("{{\"action\":\"{}\"", action.act())), "{json}");
    }
}

/// The first step that is taken, looked for from somewhere in the list of everything by everybody who can do anything here: most of
/// it is refused. Action by action, so that neighbours in the list differ in who acts. What ends a case or goes round in it is tried
/// only where it is said to be rare, or else most cases would end before anything is decided.
fn first_taken(stands: Option<&Inspection>, begin: &Begin, at: Instant, from_where: &prop::sample::Index, rare: bool) -> Option<(Step, Inspection)> {
    let roles = [Role::Desk, Role::Primary, Role::Secondary, Role::Head, Role::System];
    let ends = [Act::Withdraw, Act::Expect, Act::Release, Act::Identify, Act::Correct, Act::HandOver, Act::TakeBack, Act::Remove];
    let who: Vec<By> = actors().into_iter().filter(|by| roles.contains(&by.role())).collect();
    let what: Vec<Action> = palette(at).into_iter().filter(|action| rare || !ends.contains(&action.act())).collect();
    let all = who.len() * what.len();
    let start = from_where.index(all);
    (start..start + all).map(|place| place % all).find_map(|place| {
        let step = Step { at, by: who[place % who.len()], action: what[place / who.len()].clone() };
        let moved = try_step(stands, begin, &step).ok()?;
        Some((step, moved.inspection))
    })
}

/// Each step with the states before and after it.
type History = Vec<(Option<Stage>, Step, Stage)>;

/// The newest findings and everything decided, as the list of steps says it, computed beside the machine.
fn check_history(kind: Kind, history: &[(Option<Stage>, Step, Stage)]) -> Result<(), TestCaseError> {
    let mut summary: Option<Summary> = None;
    let mut citizen = false;
    let mut proposed: Option<&Step> = None;
    let mut looked: Option<By> = None;
    for (from, step, to) in history {
        match &step.action {
            Action::Find { findings } => summary = Some(findings.summary()),
            Action::Identify { citizen: now, .. } => {
                summary = None;
                citizen = *now;
            }
            Action::Present | Action::Release | Action::Reopen { .. } => summary = None,
            Action::Recheck { findings } => summary = Some(findings.summary()),
            Action::ProposeRefusal { .. } | Action::ProposePassage { .. } => proposed = Some(step),
            _ => {}
        }
        if *from == Some(Stage::Presented) && step.action.act() == Act::Take {
            summary = None;
        }
        if step.action.act() == Act::Refer {
            looked = history.iter().rev().map(|(_, step, _)| step).find(|other| other.at <= step.at && other.action.act() == Act::Take).map(|step| step.by);
        }
        match (from, to) {
            (Some(Stage::AwaitingSecond), Stage::Refused) => {
                let by = proposed.map(|step| step.by.officer());
                prop_assert_eq!(proposed.map(|step| step.action.act()), Some(Act::ProposeRefusal));
                prop_assert!(by.is_some_and(|by| by.is_some() && step.by.officer().is_some() && by != step.by.officer()), "one person refused");
                prop_assert!(kind == Kind::Departure || !citizen, "a citizen was refused");
            }
            (_, Stage::Refused) => prop_assert!(false, "refused without a second person"),
            (Some(Stage::AwaitingSecond), Stage::Admitted | Stage::Departed) => {
                let by = proposed.and_then(|step| step.by.officer());
                prop_assert!(by.is_some() && step.by.officer().is_some() && by != step.by.officer(), "one person passed a stop");
            }
            (Some(Stage::Primary), Stage::Admitted) => prop_assert_eq!(summary, Some(Summary::Clear), "admitted from primary, and not everything was clear"),
            (Some(Stage::Primary), Stage::Departed) => prop_assert_eq!(summary, Some(Summary::Clear)),
            (Some(Stage::Primary), Stage::DeferredOffline) => prop_assert_eq!(summary, Some(Summary::Pending)),
            (Some(Stage::Secondary), Stage::Admitted | Stage::Departed | Stage::DeferredOffline) => {
                prop_assert!(summary.is_some(), "decided on nothing");
                prop_assert!(summary != Some(Summary::Stop), "one person passed a stop");
                prop_assert!(
                    looked.is_none_or(|first| first.officer() != step.by.officer()) || history.iter().any(|(_, step, _)| step.action.act() == Act::Reopen)
                );
            }
            _ => {}
        }
        // The program lets nobody in, refuses nobody and hands nobody over.
        if step.by.is_program() && *to != from.unwrap_or(*to) {
            let confirmed = *from == Some(Stage::DeferredOffline) && *to == Stage::Admitted && summary == Some(Summary::Clear);
            let closed = *to == Stage::Departed && matches!(from, Some(Stage::Admitted | Stage::DeferredOffline));
            let decided = matches!(to, Stage::Admitted | Stage::Refused | Stage::HandedOver | Stage::Departed | Stage::DeferredOffline | Stage::Removed);
            prop_assert!(!decided || confirmed || closed, "the program decided: {:?} to {:?}", from, to);
        }
        prop_assert!(!matches!(from, Some(Stage::Removed | Stage::Withdrawn)), "something followed the end");
    }
    Ok(())
}

/// From where to look for the next step, seconds until it, and whether what is rare may be it (one time in twenty).
type Choice = (prop::sample::Index, i64, u8);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0i64..40, 0u8..20), 1..60)
}

/// A case as the choices make it: each step with the states before and after it, and where it stands at the end.
fn case(kind: Kind, choices: &[Choice]) -> (History, Option<Inspection>) {
    let (mut stands, mut at, mut history) = (None, START, History::new());
    for (from_where, seconds, rare) in choices {
        at = at.plus_seconds(*seconds);
        let from = stands.as_ref().map(Inspection::stage);
        let Some((step, after)) = first_taken(stands.as_ref(), &begin(kind, false), at, from_where, *rare == 0) else { break };
        history.push((from, step, after.stage()));
        stands = Some(after);
    }
    (history, stands)
}

/// Shows that the cases below decide something: each decision is among some of them.
#[test]
fn the_cases_reach_what_they_are_asked_about() {
    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for number in 0..120 {
        let choices = choices().new_tree(&mut runner).expect("choices").current();
        reached.extend(case(Kind::ALL[number % 3], &choices).0.into_iter().map(|(_, _, to)| to));
    }
    for stage in
        [Stage::Secondary, Stage::AwaitingSecond, Stage::DeferredOffline, Stage::Admitted, Stage::Refused, Stage::HandedOver, Stage::Departed, Stage::Withdrawn]
    {
        assert!(reached.contains(&stage), "no case reaches {stage}: {reached:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_steps_reaches_a_forbidden_state(kind in 0usize..3, choices in choices()) {
        let kind = Kind::ALL[kind];
        let (history, stands) = case(kind, &choices);
        check_history(kind, &history)?;
        // The same list, the same standing; and where two answered for it, they are two.
        let taken: Vec<Step> = history.iter().map(|(_, step, _)| step.clone()).collect();
        prop_assert_eq!(Inspection::replay(begin(kind, false), &taken), Ok(stands.clone()));
        let recorded: Vec<(Step, Stage)> = history.iter().map(|(_, step, to)| (step.clone(), *to)).collect();
        prop_assert_eq!(Inspection::recall(&begin(kind, false), &recorded), Ok(stands.clone()));
        if let Some(State::Admitted(decision) | State::DeferredOffline(decision)) = stands.as_ref().map(Inspection::state) {
            prop_assert_ne!(Some(decision.by), decision.second);
        }
    }
}
