//! The machine of stays: every cell of state, action and role, every edge and guard, stories told by days, and what no list of
//! facts may come to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proptest::prelude::*;
use siger_domain::access::Role;
use siger_domain::presence::page::{self, beginnings, is_given};
use siger_domain::presence::rows::{Act, CLOCK, Guard, ROWS, Row, Task};
use siger_domain::presence::state::{Ending, Judged, Limits, LimitsError, Stage, State};
use siger_domain::presence::{FACTS_MAX, Fact, FactError, Presence, Recorded};
use siger_domain::time::CivilDate;

/// The first day in these tests, and days after it.
fn day(offset: i32) -> CivilDate {
    let (mut year, mut month, mut rest) = (2026, 1, offset);
    loop {
        let length = (28..=31).rev().find(|last| CivilDate::new(year, month, *last).is_ok()).expect("a month has a last day");
        if rest < i32::from(length) {
            return CivilDate::new(year, month, rest as i8 + 1).expect("a day of the month");
        }
        rest -= i32::from(length);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
}

fn record(stay: Option<&Presence>, fact: Fact, role: Role, today: CivilDate, limits: &Limits) -> Result<Recorded, FactError> {
    match stay {
        None => Presence::begin(fact, role, today, limits),
        Some(stay) => stay.record(fact, role, today, limits),
    }
}

/// Everything that somebody could try to record of a day.
fn palette(offset: i32) -> Vec<Fact> {
    let on = day(offset);
    let later = |days| Some(day(offset + days));
    let mut facts = vec![
        Fact::Applied { on },
        Fact::CaseOpened { on },
        Fact::CaseClosed { on, until: None },
        Fact::CaseClosed { on, until: later(5) },
        Fact::Departed { on },
        Fact::DepartureVoided { on },
        Fact::Ended { on, cause: Ending::Died },
        Fact::Judged { on, counts_as: Judged::Short },
        Fact::Judged { on, counts_as: Judged::Long },
        Fact::Refused { on, leave_by: on },
        Fact::Refused { on, leave_by: day(offset + 1) },
        Fact::Paid { on, through: on },
        Fact::Paid { on, through: day(offset + 1) },
        Fact::Shortened { on, until: on },
        Fact::Shortened { on, until: day(offset + 4) },
    ];
    for until in [None, Some(on), later(2), later(6)] {
        facts.push(Fact::Begun { on, until });
        facts.push(Fact::Granted { on, until });
        facts.push(Fact::Corrected { on, until });
    }
    if offset > 0 {
        facts.push(Fact::Begun { on, until: Some(day(offset - 1)) });
        facts.push(Fact::Refused { on, leave_by: day(offset - 1) });
        facts.push(Fact::Corrected { on, until: Some(day(offset - 1)) });
        facts.push(Fact::Corrected { on, until: Some(day(0)) });
    }
    facts
}

/// What was seen on the walk through everything.
#[derive(Default)]
struct Walk {
    allowed: BTreeSet<(Option<Stage>, Act, Role)>,
    edges: BTreeSet<(usize, Stage, Stage)>,
    begun: BTreeSet<Stage>,
    passed: BTreeSet<(Stage, Stage)>,
    stopped: BTreeSet<Guard>,
    tried: u64,
}

fn place(row: &'static Row) -> usize {
    ROWS.iter().position(|other| std::ptr::eq(other, row)).expect("a row of the table")
}

/// So often each fact is tried in every role from each state; after that, until a role is let through to the fact itself.
const ALL_ROLES: u32 = 20;

/// Small numbers, so that every state lies within days: reminders at 3 days and 1 day left, the limit at 3 days over.
fn walk(days: i32) -> Walk {
    let limits = Limits::new(&[1, 3], 3).expect("numbers");
    let mut seen = Walk::default();
    let mut open: VecDeque<(Option<Presence>, i32)> = VecDeque::from([(None, 0)]);
    let (mut known, mut times) = (BTreeSet::new(), BTreeMap::new());
    while let Some((stay, offset)) = open.pop_front() {
        let today = day(offset);
        let from = stay.as_ref().and_then(|stay| stay.on(today, &limits)).map(|state| state.stage());
        if let (Some(stay), Some(from)) = (&stay, from) {
            let tomorrow = stay.on(day(offset + 1), &limits).expect("a day later").stage();
            if tomorrow != from {
                seen.passed.insert((from, tomorrow));
            }
            if offset < days && known.insert((offset + 1, standing(stay, offset + 1, &limits))) {
                open.push_back((Some(stay.clone()), offset + 1));
            }
        }
        for fact in palette(offset) {
            let times = times.entry((from, fact.act())).or_insert(0u32);
            *times += 1;
            for role in Role::ALL {
                seen.tried += 1;
                let tried = record(stay.as_ref(), fact, *role, today, &limits);
                if let Err(FactError::Guard { guard, .. }) = tried {
                    seen.stopped.insert(guard);
                }
                let role_is_not_the_reason = !matches!(tried, Err(FactError::NotForRole { .. }));
                if let Ok(recorded) = tried {
                    seen.allowed.insert((from, fact.act(), *role));
                    let to = recorded.presence.on(today, &limits).expect("begun").stage();
                    assert!(recorded.row.to.contains(&to), "{:?} by {} leads to {to}, which its row does not say", from, fact.act());
                    match from {
                        Some(from) => drop(seen.edges.insert((place(recorded.row), from, to))),
                        None => drop(seen.begun.insert(to)),
                    }
                    if known.insert((offset, standing(&recorded.presence, offset, &limits))) {
                        open.push_back((Some(recorded.presence), offset));
                    }
                }
                if role_is_not_the_reason && *times > ALL_ROLES {
                    break;
                }
            }
        }
    }
    seen
}

/// What tells one standing from another: where it is, what the next days would bring, and what a case, a departure or an
/// application hides.
fn standing(stay: &Presence, offset: i32, limits: &Limits) -> String {
    let now = |stay: &Presence| [0, 1, 3].map(|days| stay.on(day(offset + days), limits));
    let on = day(offset);
    let hidden = [Fact::CaseClosed { on, until: None }, Fact::DepartureVoided { on }, Fact::Refused { on, leave_by: on }]
        .map(|fact| stay.record(fact, Role::Head, on, limits).ok().map(|open| now(&open.presence)));
    format!("{:?} {hidden:?}", now(stay))
}

#[test]
fn every_cell_is_the_golden_text_and_every_edge_and_guard_works() {
    let seen = walk(4);
    let machine = page::matrix(|from, act, role| seen.allowed.contains(&(from, act, role)));
    assert_eq!(machine, page::matrix(is_given), "what the machine does is what the table says");
    for from in beginnings() {
        for (act, role) in Act::ALL.iter().flat_map(|act| Role::ALL.iter().map(move |role| (act, role))) {
            assert_eq!(seen.allowed.contains(&(from, *act, *role)), is_given(from, *act, *role), "{from:?} {act} {role}");
        }
    }
    for (place, row) in ROWS.iter().enumerate() {
        for to in row.to {
            let reached = seen.edges.iter().any(|(at, _, led)| *at == place && led == to) || (row.from.is_empty() && seen.begun.contains(to));
            assert!(reached, "{} never leads to {to}", row.act);
        }
        for from in row.from {
            assert!(seen.edges.iter().any(|(at, left, _)| *at == place && left == from), "{} is never recorded from {from}", row.act);
        }
    }
    let told: BTreeSet<(Stage, Stage)> = CLOCK.iter().flat_map(|passing| passing.to.iter().map(|to| (passing.from, *to))).collect();
    assert_eq!(seen.passed, told, "what days bring is what the table says");
    let idle: Vec<_> = Guard::ALL.iter().filter(|guard| !seen.stopped.contains(guard)).collect();
    assert!(idle.is_empty(), "{idle:?} never stopped anybody");
    assert!(seen.tried > 20_000, "{} facts tried", seen.tried);
    crate::check_file("tests/it/presence.golden.txt", &machine);
}

#[test]
fn the_reference_page_is_fresh() {
    crate::check_file("../../docs/ref/presence.md", &page::page());
}

#[test]
fn the_table_says_each_edge_once_and_leaves_no_dead_end() {
    for row in ROWS {
        assert!(!row.why.id.is_empty() && !row.why.en.is_empty() && !row.who.is_empty() && !row.to.is_empty(), "{}", row.act);
        for from in row.from {
            assert_eq!(ROWS.iter().filter(|other| other.act == row.act && other.from.contains(from)).count(), 1, "{} from {from} stands twice", row.act);
        }
    }
    for stage in Stage::ALL {
        let left = ROWS.iter().any(|row| row.from.contains(stage));
        assert_eq!(left, *stage != Stage::Ended, "{stage}");
        // Whoever is here can always leave, and whatever is watched can be put right.
        let here = !matches!(stage, Stage::Departed | Stage::Ended);
        assert_eq!(ROWS.iter().any(|row| row.act == Act::Depart && row.from.contains(stage)), here, "{stage}");
        assert_eq!(stage.clock().is_some(), here, "{stage} counts something");
    }
    for task in Task::ALL {
        assert!(Role::OFFICER.contains(&task.role()));
    }
}

/// The numbers of the law as the domain description has them.
fn law() -> Limits {
    Limits::new(&[30, 14, 7, 1], 60).expect("numbers")
}

fn stay(facts: &[(Fact, Role)]) -> Presence {
    let mut now: Option<Presence> = None;
    for (fact, role) in facts {
        now = Some(record(now.as_ref(), *fact, *role, day(3_000), &law()).unwrap_or_else(|error| panic!("{fact:?}: {error}")).presence);
    }
    now.expect("a fact")
}

fn begun(until: i32) -> (Fact, Role) {
    (Fact::Begun { on: day(0), until: Some(day(until)) }, Role::System)
}

#[test]
fn days_tell_the_story() {
    let applied = |on| (Fact::Applied { on: day(on) }, Role::System);
    let paid = |on, through| (Fact::Paid { on: day(on), through: day(through) }, Role::Cashier);
    let over = |days_over, unpaid| State::OverstayShort { days_over, unpaid };
    type Story = (&'static str, Vec<(Fact, Role)>, Vec<(i32, State)>);
    let rows: Vec<Story> = vec![
        (
            "reminders and the last day",
            vec![begun(59)],
            vec![
                (0, State::InStatus { days_left: Some(59) }),
                (28, State::InStatus { days_left: Some(31) }),
                (29, State::Expiring { step: 30, days_left: 30 }),
                (44, State::Expiring { step: 30, days_left: 15 }),
                (45, State::Expiring { step: 14, days_left: 14 }),
                (52, State::Expiring { step: 7, days_left: 7 }),
                (58, State::Expiring { step: 1, days_left: 1 }),
                (59, State::Expiring { step: 1, days_left: 0 }),
                (60, over(1, 1)),
            ],
        ),
        (
            "the sixtieth day is an officer's",
            vec![begun(29)],
            vec![
                (29, State::Expiring { step: 1, days_left: 0 }),
                (88, over(59, 59)),
                (89, State::OverstayBoundary { days_over: 60, unpaid: 60 }),
                (90, State::OverstayLong { days_over: 61 }),
            ],
        ),
        (
            "judged as below the limit, and only for that day",
            vec![begun(29), (Fact::Judged { on: day(89), counts_as: Judged::Short }, Role::Head)],
            vec![(88, over(59, 59)), (89, over(60, 60)), (90, State::OverstayLong { days_over: 61 })],
        ),
        (
            "judged as above it",
            vec![begun(29), (Fact::Judged { on: day(89), counts_as: Judged::Long }, Role::Head)],
            vec![(89, State::OverstayLong { days_over: 60 })],
        ),
        (
            "asked for and paid in time: no day over until the decision",
            vec![begun(29), applied(29), (Fact::Granted { on: day(35), until: Some(day(89)) }, Role::Head)],
            vec![
                (28, State::Expiring { step: 1, days_left: 1 }),
                (29, State::Bridged { since: day(29), until: day(29) }),
                (34, State::Bridged { since: day(29), until: day(29) }),
                (35, State::InStatus { days_left: Some(54) }),
            ],
        ),
        (
            "granted early: extended until the old time is over",
            vec![begun(29), applied(10), (Fact::Granted { on: day(12), until: Some(day(89)) }, Role::Head)],
            vec![
                (11, State::Bridged { since: day(10), until: day(29) }),
                (29, State::Extended { until: day(89), days_left: 60 }),
                (30, State::InStatus { days_left: Some(59) }),
            ],
        ),
        (
            "refused after the last day: counted from the day by which to leave",
            vec![begun(29), applied(25), (Fact::Refused { on: day(40), leave_by: day(47) }, Role::Head)],
            vec![
                (40, State::ApplicationRefused { leave_by: day(47), days_left: 7 }),
                (47, State::ApplicationRefused { leave_by: day(47), days_left: 0 }),
                (48, over(1, 1)),
            ],
        ),
        (
            "a payment that the bank reports late counts from its day",
            vec![begun(29), (Fact::Granted { on: day(33), until: Some(day(59)) }, Role::Head), applied(28)],
            vec![(30, State::Bridged { since: day(28), until: day(29) }), (33, State::Expiring { step: 30, days_left: 26 })],
        ),
        (
            "paid, stayed on, paid again, left",
            vec![begun(29), paid(34, 34), paid(39, 40), (Fact::Departed { on: day(40) }, Role::Primary)],
            vec![
                (33, over(4, 4)),
                (34, State::ResolvedPaid { days_over: 5, through: day(34) }),
                (36, over(7, 2)),
                (39, State::ResolvedPaid { days_over: 10, through: day(40) }),
                (41, State::Departed { on: day(40), days_over: 11, unpaid: 0 }),
            ],
        ),
        (
            "left without paying",
            vec![begun(29), (Fact::Departed { on: day(35) }, Role::Primary)],
            vec![(60, State::Departed { on: day(35), days_over: 6, unpaid: 6 })],
        ),
        (
            "a case, and the person stays",
            vec![begun(29), (Fact::CaseOpened { on: day(95) }, Role::Intelligence), (Fact::CaseClosed { on: day(100), until: Some(day(120)) }, Role::Head)],
            vec![
                (94, State::OverstayLong { days_over: 65 }),
                (99, State::TakCase { since: day(95), days_over: 70 }),
                (100, State::Expiring { step: 30, days_left: 20 }),
            ],
        ),
        (
            "the departure was another's",
            vec![begun(29), (Fact::Departed { on: day(10) }, Role::Primary), (Fact::DepartureVoided { on: day(12) }, Role::Secondary)],
            vec![(11, State::Departed { on: day(10), days_over: 0, unpaid: 0 }), (12, State::Expiring { step: 30, days_left: 17 })],
        ),
        (
            "corrected: the day before the correction still says what was known then",
            vec![begun(29), (Fact::Corrected { on: day(35), until: Some(day(59)) }, Role::Secondary)],
            vec![(34, over(5, 5)), (35, State::Expiring { step: 30, days_left: 24 })],
        ),
        (
            "cancelled",
            vec![begun(59), (Fact::Shortened { on: day(5), until: day(12) }, Role::Head)],
            vec![(5, State::Expiring { step: 7, days_left: 7 }), (13, over(1, 1))],
        ),
        ("a citizen", vec![(Fact::Begun { on: day(0), until: None }, Role::System)], vec![(2_000, State::InStatus { days_left: None })]),
        (
            "became one",
            vec![begun(29), (Fact::Ended { on: day(5), cause: Ending::Naturalised }, Role::Head)],
            vec![(4, State::Expiring { step: 30, days_left: 25 }), (500, State::Ended { on: day(5), cause: Ending::Naturalised })],
        ),
    ];
    for (name, facts, days) in rows {
        let stay = stay(&facts);
        for (offset, expected) in days {
            assert_eq!(stay.on(day(offset), &law()), Some(expected), "{name}, day {offset}");
        }
    }
    assert_eq!(stay(&[begun(29)]).on(day(0), &Limits::new(&[60], 60).expect("numbers")), Some(State::Expiring { step: 60, days_left: 29 }));
}

#[test]
fn what_is_refused_says_why() {
    let guard = |act, guard| Some(FactError::Guard { act, guard });
    let long = [begun(29)];
    for (name, fact, role, today, expected) in [
        (
            "paying above the limit",
            Fact::Paid { on: day(95), through: day(95) },
            Role::Cashier,
            95,
            Some(FactError::NotHere { from: Some(Stage::OverstayLong), act: Act::Pay }),
        ),
        ("paying the open day before it is judged", Fact::Paid { on: day(88), through: day(89) }, Role::Cashier, 88, guard(Act::Pay, Guard::OpenDays)),
        ("paying for days gone by only", Fact::Paid { on: day(40), through: day(39) }, Role::Cashier, 40, guard(Act::Pay, Guard::OpenDays)),
        ("an extension that does not extend", Fact::Granted { on: day(10), until: Some(day(29)) }, Role::Head, 10, guard(Act::Grant, Guard::Later)),
        ("asking too late", Fact::Applied { on: day(30) }, Role::System, 30, Some(FactError::NotHere { from: Some(Stage::OverstayShort), act: Act::Apply })),
        ("tomorrow", Fact::Departed { on: day(11) }, Role::Primary, 10, Some(FactError::Future)),
        (
            "a second beginning",
            Fact::Begun { on: day(5), until: None },
            Role::System,
            10,
            Some(FactError::NotHere { from: Some(Stage::Expiring), act: Act::Begin }),
        ),
        (
            "the cashier decides nothing",
            Fact::Judged { on: day(89), counts_as: Judged::Short },
            Role::Cashier,
            89,
            Some(FactError::NotForRole { act: Act::Judge, role: Role::Cashier }),
        ),
        ("the head does", Fact::Judged { on: day(89), counts_as: Judged::Short }, Role::Head, 89, None),
    ] {
        assert_eq!(stay(&long).record(fact, role, day(today), &law()).err(), expected, "{name}");
    }
    // A second beginning before the first would take the place of the first one's last day.
    let later = Presence::begin(Fact::Begun { on: day(10), until: Some(day(39)) }, Role::Primary, day(10), &law()).expect("a beginning").presence;
    for (fact, act) in [(Fact::Begun { on: day(5), until: None }, Act::Begin), (Fact::Departed { on: day(5) }, Act::Depart)] {
        let refused = later.record(fact, Role::Primary, day(12), &law()).err();
        assert_eq!(refused, Some(FactError::NotHere { from: None, act }), "before the first day");
    }
    let mut full = stay(&long);
    for number in 1..FACTS_MAX {
        let until = Some(day(30 + (number % 2) as i32));
        full = full.record(Fact::Corrected { on: day(1), until }, Role::Secondary, day(1), &law()).expect("a correction").presence;
    }
    assert_eq!(full.record(Fact::Departed { on: day(2) }, Role::Primary, day(2), &law()).err(), Some(FactError::TooMany));
    for (steps, boundary) in [(&[][..], 60), (&[0][..], 60), (&[1][..], 1), (&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11][..], 60)] {
        assert_eq!(Limits::new(steps, boundary), Err(LimitsError));
    }
}

/// Two places say where a stay stands: the table of stays from recorded facts, the rules of `law/` from facts that somebody gives. They say the
/// same of each day, also while a request waits that was paid on the last day.
#[test]
fn the_rules_of_the_law_say_the_same_of_each_day() {
    use siger_domain::law::{Answer, DayFact, Facts, FlagFact, Law, Topic};
    let rules = Law::embedded().expect("a law");
    let given = Facts::default().day(DayFact::StayUntil, day(45));
    let plain = (stay(&[begun(45)]), given.flag(FlagFact::RequestPending, false));
    let waiting = given.flag(FlagFact::RequestPending, true).flag(FlagFact::RequestPaid, true).day(DayFact::PaidOn, day(45));
    let bridged = (stay(&[begun(45), (Fact::Applied { on: day(45) }, Role::Cashier)]), waiting);
    for ((stay, facts), days) in [(plain, 0..45 + 70), (bridged, 46..45 + 70)] {
        for offset in days {
            let finding = rules.ask(Topic::Presence, &facts, day(offset));
            let said = finding.values().find(|(answer, _)| *answer == Answer::Presence).map(|(_, value)| value.to_string());
            let stands = match stay.on(day(offset), &law()).expect("a day of the stay") {
                State::Expiring { step, .. } => format!("expiring_{step}"),
                state => state.stage().as_str().to_owned(),
            };
            assert_eq!(said.as_deref(), Some(stands.as_str()), "day {offset}");
        }
    }
}

#[test]
fn facts_are_read_back() {
    for fact in palette(4) {
        let json = serde_json::to_string(&fact).expect("JSON");
        assert_eq!(serde_json::from_str::<Fact>(&json).expect("what was written is read"), fact);
    }
    assert!(serde_json::from_str::<Fact>(r#"{"fact":"departed","on":"2026-02-30"}"#).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_list_of_facts_makes_a_lawful_day_an_overstay(choices in prop::collection::vec((any::<prop::sample::Index>(), 0i32..12), 1..30)) {
        let limits = Limits::new(&[30, 14, 7, 1], 20).expect("numbers");
        let mut stay: Option<Presence> = None;
        let (mut offset, mut taken) = (0, Vec::new());
        for (which, days) in choices {
            offset += days;
            let facts = palette(offset);
            let start = which.index(facts.len());
            let everything = facts[start..].iter().chain(&facts[..start]).flat_map(|fact| Role::ALL.iter().map(move |role| (*fact, *role)));
            for (fact, role) in everything {
                if let Ok(recorded) = record(stay.as_ref(), fact, role, day(offset), &limits) {
                    prop_assert_eq!(recorded.task, recorded.presence.on(day(offset), &limits).and_then(Task::of));
                    taken.push((fact, role));
                    stay = Some(recorded.presence);
                    break;
                }
            }
        }
        let Some(stay) = stay else { return Ok(()) };
        // The same list, the same stay.
        prop_assert_eq!(stay.facts(), &taken.iter().map(|(fact, _)| *fact).collect::<Vec<_>>()[..]);
        let mut last_lawful: Option<Option<CivilDate>> = None;
        let (mut open, mut judged) = (false, None);
        let mut next = stay.facts().iter().peekable();
        for offset in 0..offset + 60 {
            let today = day(offset);
            while let Some(fact) = next.next_if(|fact| fact.on() <= today) {
                match fact {
                    Fact::Begun { until, .. } => last_lawful = Some(*until),
                    Fact::Granted { until, .. } => (last_lawful, open, judged) = (Some(*until), false, None),
                    Fact::Corrected { until, .. } => {
                        // A refusal's day by which to leave may lie later; this shadow only knows lower bounds.
                        (last_lawful, judged) = (Some(*until), None);
                    }
                    Fact::CaseClosed { until: Some(until), .. } => (last_lawful, judged) = (Some(Some(*until)), None),
                    Fact::Shortened { until, .. } => (last_lawful, open) = (Some(Some(*until)), false),
                    Fact::Applied { .. } => open = true,
                    Fact::Refused { .. } => open = false,
                    Fact::Judged { counts_as, .. } => judged = Some(*counts_as),
                    _ => {}
                }
            }
            let (Some(last), Some(state)) = (last_lawful, stay.on(today, &limits)) else { continue };
            let lawful = last.is_none_or(|last| today <= last) || open;
            let counted = matches!(state.stage(), Stage::OverstayShort | Stage::OverstayBoundary | Stage::OverstayLong | Stage::ResolvedPaid);
            prop_assert!(!(lawful && counted), "day {} is lawful and counts as {:?}", offset, state);
            match state {
                State::OverstayShort { days_over, unpaid } => {
                    prop_assert!(days_over < 20 || (days_over == 20 && judged == Some(Judged::Short)), "day {}: {:?}", offset, state);
                    prop_assert!((1..=days_over).contains(&unpaid));
                }
                State::OverstayLong { days_over } => prop_assert!(days_over > 20 || (days_over == 20 && judged == Some(Judged::Long))),
                State::OverstayBoundary { days_over, .. } => prop_assert!(days_over == 20 && judged.is_none()),
                State::Expiring { step, days_left } => prop_assert!(days_left <= step && days_left >= 0),
                State::Departed { days_over, unpaid, .. } => prop_assert!((0..=days_over).contains(&unpaid)),
                _ => {}
            }
        }
    }
}
