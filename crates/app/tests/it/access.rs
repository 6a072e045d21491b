//! Access: the whole matrix as a golden text, the rules that hold for every role, and the cache.
//!
//! `SIGER_WRITE=1` writes the golden text and the reference page anew.

use siger_app::access::matrix::{self, Matrix};
use siger_app::access::{Access, ActorFacts, Decision, Request, ResourceFacts, Why};
use siger_domain::access::{Action, Competence, Purpose, ResourceKind, Role, RoleSet};

fn access() -> Access {
    Access::load().unwrap_or_else(|error| panic!("{error}"))
}

/// Everything in order: not on leave, fresh, a second person, somebody else's thing.
fn asking<'a>(roles: &[Role], action: Action, purpose: Purpose) -> Request<'a> {
    let actor = ActorFacts { roles: roles.iter().copied().collect(), competences: &[], on_leave: false, suspended: false };
    Request { fresh_sign_in: true, second_person: true, ..Request::new(actor, action, purpose) }
}

fn check_file(path: &str, now: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("SIGER_WRITE").is_some() {
        std::fs::write(&path, now).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "{} is not what the policies say. If the change is meant: SIGER_WRITE=1 cargo test -p siger-app --test it access\n{now}",
        path.display()
    );
}

#[test]
fn the_matrix_is_the_golden_text_complete_and_the_reference_page_is_fresh() {
    let access = access();
    let table = Matrix::new(&access);
    let golden = matrix::text(&table);
    check_file("tests/it/matrix.golden.txt", &golden);
    check_file("../../docs/ref/access.md", &matrix::page(&access, &table));
    for action in Action::ALL {
        assert!(golden.lines().any(|line| line.split_whitespace().next() == Some(action.as_str())), "{action} has no row");
        let cells: Vec<_> = Role::ALL.iter().map(|role| table.cell(*role, *action)).collect();
        assert!(cells.iter().any(|cell| !cell.any.is_empty() || !cell.own.is_empty()), "no policy lets anybody do {action}");
        assert!(cells.iter().any(|cell| cell.any.is_empty() && cell.own.is_empty()), "everybody may do {action}");
        assert_eq!(table.conditions(*action).fresh_sign_in, action.needs_fresh_sign_in(), "the vocabulary and the policies agree on {action}");
    }
    for kind in ResourceKind::ALL {
        assert!(Action::ALL.iter().any(|action| action.resource() == *kind), "{kind} has no row");
    }
}

#[test]
fn each_refusal_says_why() {
    let access = access();
    use Action::*;
    let purpose = |allowed: &[Purpose]| Some(Why::Purpose { allowed: allowed.into() });
    let plain = asking(&[], PersonRead, Purpose::CounterService);
    let with = |roles: &[Role], action: Action, purpose: Purpose| asking(roles, action, purpose);
    let rows: Vec<(&str, Request<'_>, Option<Why>)> = vec![
        ("desk serves", with(&[Role::Desk], PersonRead, Purpose::CounterService), None),
        ("desk does not enforce", with(&[Role::Desk], PersonRead, Purpose::Enforcement), purpose(&[Purpose::CounterService, Purpose::StayPermit])),
        ("invited, no role yet", plain, Some(Why::Role)),
        ("administrator reads no file", with(&[Role::Administrator], PersonRead, Purpose::Administration), Some(Why::Role)),
        ("auditor reads no file", with(&[Role::Auditor], PersonRead, Purpose::Audit), Some(Why::Role)),
        ("auditor sees who looked", with(&[Role::Auditor], PersonReaders, Purpose::Audit), None),
        ("auditor beside the desk writes nothing", with(&[Role::Auditor, Role::Desk], PersonRegister, Purpose::CounterService), Some(Why::Role)),
        ("roles add up", with(&[Role::Administrator, Role::Desk], PersonRead, Purpose::CounterService), None),
        ("operator sees no file", with(&[Role::Operator], PersonSearch, Purpose::Enforcement), Some(Why::Role)),
        ("outside", with(&[Role::Applicant], OfficerCredential, Purpose::Administration), Some(Why::Role)),
        ("outside beside the desk", with(&[Role::Applicant, Role::Desk], PersonRead, Purpose::CounterService), Some(Why::Role)),
        ("borrowed program", with(&[Role::System, Role::Desk], RetentionApply, Purpose::Retention), Some(Why::Role)),
        ("program needs no sign-in", Request { fresh_sign_in: false, ..with(&[Role::System], RetentionApply, Purpose::Retention) }, None),
        ("not fresh", Request { fresh_sign_in: false, ..with(&[Role::Head], RequestRoles, Purpose::Administration) }, Some(Why::FreshSignIn)),
        ("no right beats not fresh", Request { fresh_sign_in: false, ..with(&[Role::Desk], RequestRoles, Purpose::Administration) }, Some(Why::Role)),
        (
            "second person beats not fresh",
            Request { fresh_sign_in: false, second_person: false, ..with(&[Role::Head], RequestRoles, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        ("opened it", Request { second_person: false, ..with(&[Role::Head], RequestErase, Purpose::PrivacyRequest) }, Some(Why::SecondPerson)),
        (
            "is about oneself",
            Request { resource: ResourceFacts::own(ResourceKind::Request), ..with(&[Role::Head], RequestRoles, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        (
            "holding every right does not help",
            Request { second_person: false, ..with(&[Role::Administrator, Role::Head], RequestRoles, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        (
            "own recovery",
            Request { resource: ResourceFacts::own(ResourceKind::Officer), ..with(&[Role::Administrator], OfficerRecover, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        (
            "own passkey before any role",
            Request { resource: ResourceFacts::own(ResourceKind::Officer), ..with(&[], OfficerCredential, Purpose::Administration) },
            None,
        ),
        ("console gives roles", with(&[Role::System], OfficerAdmit, Purpose::Administration), None),
        ("console invites like nobody else", with(&[Role::System], OfficerInvite, Purpose::Administration), Some(Why::Role)),
        ("administrator gives no roles", with(&[Role::Administrator, Role::Head], OfficerAdmit, Purpose::Administration), Some(Why::Role)),
        ("administrator lets nobody back in", with(&[Role::Administrator], RequestRecover, Purpose::Administration), Some(Why::Role)),
        ("head agrees to a way back in", with(&[Role::Head], RequestRecover, Purpose::Administration), None),
        (
            "asked for the way back in",
            Request { second_person: false, ..with(&[Role::Head], RequestRecover, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        (
            "own way back in",
            Request { resource: ResourceFacts::own(ResourceKind::Request), ..with(&[Role::PrivacyOfficer], RequestRecover, Purpose::Administration) },
            Some(Why::SecondPerson),
        ),
        ("another's passkey", with(&[Role::Administrator], OfficerCredential, Purpose::Administration), Some(Why::Role)),
        ("another's request is not withdrawn", with(&[Role::Head], RequestWithdraw, Purpose::Administration), Some(Why::Role)),
        (
            "secret to who has no right",
            Request { resource: ResourceFacts { secret: true, ..ResourceFacts::of(ResourceKind::Person) }, ..with(&[Role::Desk], PersonRead, Purpose::Audit) },
            Some(Why::Hidden),
        ),
        (
            "a secret is open to who has the right",
            Request {
                resource: ResourceFacts { secret: true, ..ResourceFacts::of(ResourceKind::Person) },
                ..with(&[Role::Intelligence], PersonRead, Purpose::Enforcement)
            },
            None,
        ),
        ("wrong kind of thing", Request { resource: ResourceFacts::of(ResourceKind::Job), ..plain }, Some(Why::Fault)),
    ];
    for (name, request, expected) in rows {
        match (access.decide(&request), expected) {
            (Decision::Allow { policies }, None) => assert!(!policies.is_empty(), "{name}"),
            (Decision::Deny(why), Some(expected)) => assert_eq!(why, expected, "{name}"),
            (found, expected) => panic!("{name}: {found:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn who_is_stopped_or_on_leave_does_nothing() {
    let access = access();
    for role in Role::OFFICER {
        for action in Action::ALL {
            for purpose in Purpose::ALL {
                for own in [false, true] {
                    let mut asked = asking(&[*role], *action, *purpose);
                    asked.resource.own = own;
                    let suspended = Request { actor: ActorFacts { suspended: true, ..asked.actor }, ..asked };
                    assert_eq!(access.decide_uncached(&suspended), Decision::Deny(Why::Suspended), "{role} {action}");
                    let away = access.decide_uncached(&Request { actor: ActorFacts { on_leave: true, ..asked.actor }, ..asked });
                    let kept = own && matches!(action, Action::OfficerCredential | Action::SessionList | Action::SessionRevoke);
                    assert!(away == Decision::Deny(Why::OnLeave) || kept, "{role} {action}");
                }
            }
        }
    }
}

/// What gives somebody a right or a way in is a second person's, or the console's: no role and no set of roles does it alone.
#[test]
fn nobody_gives_a_right_alone() {
    let access = access();
    let all: RoleSet = Role::OFFICER.iter().copied().filter(|role| *role != Role::Auditor).collect();
    for action in [Action::OfficerAdmit, Action::RequestRoles, Action::RequestRecover, Action::RequestErase] {
        for roles in Role::ALL.iter().filter(|role| **role != Role::System).map(|role| RoleSet::of(*role)).chain([all]) {
            for purpose in Purpose::ALL {
                for own in [false, true] {
                    let mut alone = asking(&[], action, *purpose);
                    (alone.actor.roles, alone.resource.own, alone.second_person) = (roles, own, false);
                    assert!(!access.allows_uncached(&alone), "{action} for {purpose}");
                }
            }
        }
    }
}

/// Whoever audits writes nothing of others, whatever other roles they hold.
#[test]
fn an_auditor_with_another_role_writes_only_what_is_their_own() {
    use Action::*;
    const READS: &[Action] = &[
        PersonSearch,
        PersonRead,
        PersonReaders,
        BlobRead,
        InspectionList,
        InspectionRead,
        OfficerList,
        SessionList,
        RequestList,
        JournalList,
        JournalProve,
        OfficeRead,
        RetentionPreview,
        JobList,
    ];
    const OWN: &[Action] = &[OfficerLeave, OfficerCredential, SessionRevoke, RequestWithdraw];
    let access = access();
    let mut own_writes = std::collections::BTreeSet::new();
    for role in Role::OFFICER {
        for action in Action::ALL.iter().filter(|action| !READS.contains(action)) {
            for purpose in Purpose::ALL {
                for own in [false, true] {
                    let mut asked = asking(&[Role::Auditor, *role], *action, *purpose);
                    asked.resource.own = own;
                    if access.allows_uncached(&asked) {
                        assert!(own && OWN.contains(action), "auditor and {role}: {action} for {purpose}, own {own}");
                        own_writes.insert(action.as_str());
                    }
                }
            }
        }
    }
    assert_eq!(own_writes.len(), OWN.len(), "{own_writes:?}");
}

/// Rights only add up: whoever holds one role more is refused nothing that they could do before, except where a policy says
/// so by name (auditor, outside, the program).
#[test]
fn more_roles_take_nothing_away() {
    let access = access();
    let plain: Vec<Role> = Role::OFFICER.iter().copied().filter(|role| *role != Role::Auditor).collect();
    let all: RoleSet = plain.iter().copied().collect();
    for action in Action::ALL {
        for purpose in Purpose::ALL {
            let of = |roles| {
                let asked = asking(&[], *action, *purpose);
                access.allows_uncached(&Request { actor: ActorFacts { roles, ..asked.actor }, ..asked })
            };
            assert_eq!(of(all), plain.iter().any(|role| of(RoleSet::of(*role))), "{action} for {purpose}");
        }
    }
}

#[test]
fn cached_answers_equal_the_policies_over_the_whole_space() {
    let access = access();
    let unnamed = [Competence("not.named.by.any.policy".to_owned())];
    let mut sets: Vec<RoleSet> = Role::ALL.iter().map(|role| RoleSet::of(*role)).collect();
    sets.extend([RoleSet::EMPTY, RoleSet::of(Role::Auditor).with(Role::Desk), RoleSet::of(Role::Head).with(Role::Administrator)]);
    let mut asked = 0_u32;
    for roles in sets {
        for action in Action::ALL {
            for purpose in Purpose::ALL {
                // That no two questions share a key is tested over all flags beside the cache. Here the answers themselves,
                // walking through the flags (5 and 64 share no divisor), because asking Cedar takes most of the time.
                let flags = (asked * 5 % 64) as u8;
                let flag = |bit: u8| flags & 1 << bit != 0;
                let competences: &[Competence] = if flag(0) { &unnamed } else { &[] };
                let actor = ActorFacts { roles, competences, on_leave: flag(1) && flag(2), suspended: flag(1) && !flag(2) };
                let resource = ResourceFacts { kind: action.resource(), own: flag(3), secret: flag(0) };
                let request = Request { actor, action: *action, resource, purpose: *purpose, fresh_sign_in: flag(4), second_person: flag(5) };
                let first = access.decide(&request);
                assert_eq!(access.decide(&request), first, "from the cache");
                assert_eq!(access.decide_uncached(&request), first, "{:?} {action} {purpose} {flags:06b}", roles.iter().collect::<Vec<_>>());
                asked += 1;
            }
        }
    }
}

#[test]
fn wrong_policies_are_refused_with_the_reason() {
    let schema = include_str!("../../../../policy/siger.cedarschema");
    let good = r#"@id("a") @why("w") @sebab("s") permit (principal in Siger::Role::"desk", action == Siger::Action::"job.list", resource is Siger::job);"#;
    let rows: &[(&str, String, String, &str)] = &[
        ("no id", schema.into(), good.replace(r#"@id("a")"#, ""), "has no @id"),
        ("no reason", schema.into(), good.replace(r#"@why("w")"#, ""), "@why is missing"),
        ("no reason in Indonesian", schema.into(), good.replace(r#"@sebab("s")"#, ""), "@sebab is missing"),
        ("id twice", schema.into(), format!("{good}\n{good}"), "used twice"),
        ("forbids without a word", schema.into(), good.replace("permit", "forbid"), "needs @deny"),
        ("no such role", schema.into(), good.replace("desk", "dessk"), "dessk"),
        ("no such action", schema.into(), good.replace("job.list", "job.lst"), "job.lst"),
        ("action on the wrong kind", schema.into(), good.replace("Siger::job", "Siger::person"), "a"),
        ("not Cedar", schema.into(), "permit (".into(), "x.cedar"),
        ("no such fact", schema.into(), good.replace(";", " when { context.weather };"), "weather"),
        ("schema lacks a role", schema.replace("\"monitor\", ", ""), good.into(), "role monitor is missing"),
        (
            "schema has one action more",
            schema.replace("action \"job.list\"", "action \"job.list\", \"job.run\""),
            good.into(),
            "job.run on job is not in the vocabulary",
        ),
    ];
    assert!(Access::from_sources(schema, &[("x.cedar", good)]).is_ok());
    for (name, schema, text, expected) in rows {
        match Access::from_sources(schema, &[("x.cedar", text)]) {
            Ok(_) => panic!("{name}: was taken"),
            Err(error) => assert!(error.to_string().contains(expected), "{name}: {error}"),
        }
    }
}

/// Prints the time of a decision; the budget is kept in `bench/`, not asserted here.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures, and asserts nothing about it")]
fn a_cached_decision_is_quick() {
    let access = access();
    let request = asking(&[Role::Desk], Action::PersonRead, Purpose::CounterService);
    access.decide(&request);
    // The best of many short batches: the machine that runs the tests is rarely idle.
    let best = |batches: u32, rounds: u32, work: &dyn Fn()| {
        let times = (0..batches).map(|_| {
            let start = std::time::Instant::now();
            (0..rounds).for_each(|_| work());
            start.elapsed().as_nanos() / u128::from(rounds)
        });
        times.min().unwrap_or_default()
    };
    println!("cached decision: {} ns", best(200, 500, &|| drop(std::hint::black_box(access.decide(std::hint::black_box(&request))))));
    println!("uncached decision: {} ns", best(20, 5, &|| drop(std::hint::black_box(access.decide_uncached(std::hint::black_box(&request))))));
}

/// The table of inspections and the policies say the same of who may: for each right, the roles of the steps that need it, and nobody else. In which
/// kind of inspection is the table's alone.
#[test]
fn the_policies_of_inspections_and_their_table_name_the_same_roles() {
    use siger_app::inspection::{TAKEN, right};
    use siger_domain::inspection::table::ROWS;
    let access = access();
    let rights: std::collections::BTreeSet<Action> = TAKEN.iter().map(|(_, right)| *right).collect();
    assert!(rights.len() > 3, "{rights:?}");
    for wanted in rights {
        for role in Role::OFFICER {
            let in_table = ROWS.iter().any(|row| right(row.act) == Some(wanted) && row.who.iter().any(|(who, _)| who == role));
            let permitted = Purpose::ALL.iter().any(|purpose| access.decide_uncached(&asking(&[*role], wanted, *purpose)).is_allowed());
            assert_eq!(permitted, in_table, "{wanted} by {role}");
        }
    }
    // Whoever takes a step may see where it led.
    for role in [Role::Desk, Role::Primary, Role::Secondary] {
        for seen in [Action::InspectionRead, Action::InspectionList] {
            assert!(Purpose::ALL.iter().any(|purpose| access.decide_uncached(&asking(&[role], seen, *purpose)).is_allowed()), "{seen} by {role}");
        }
    }
}
