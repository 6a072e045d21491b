use super::*;
use crate::random::Seeded;
use proptest::prelude::*;
use std::net::Ipv4Addr;

const START: Instant = Instant::from_unix_micros(1_795_478_400_000_000);

fn officer(n: u8) -> OfficerId {
    OfficerId::from_bytes([n; 16])
}

fn device(n: u8) -> TokenHash {
    TokenHash::from_bytes([n; 32])
}

fn v4(n: u32) -> Network {
    Network::of(IpAddr::V4(Ipv4Addr::from(0x0b00_0000 + (n << 8))))
}

fn stranger(victim: OfficerId, network: u32) -> Guess {
    Guess { account: Account::Officer(victim), known_device: None, network: v4(network) }
}

fn known(owner: OfficerId, cookie: u8) -> Guess {
    Guess { account: Account::Officer(owner), known_device: Some(device(cookie)), network: v4(1) }
}

fn guard() -> Guard {
    Guard::new(&mut Seeded::new(1))
}

#[test]
fn networks() {
    for (a, b, same) in [
        ("10.1.2.3", "10.1.2.250", true),
        ("10.1.2.3", "10.1.3.3", false),
        ("10.1.2.3", "::ffff:10.1.2.9", true),
        ("2001:db8:1:200::1", "2001:db8:1:2ff::9", true),
        ("2001:db8:1:200::1", "2001:db8:1:300::1", false),
        ("255.10.1.2", "10.1.2.3", false),
        ("::1", "127.0.0.1", false),
    ] {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network(a) == network(b), same, "{a} {b}");
    }
    assert_eq!(Account::nobody(" Sri@Contoh.id"), Account::nobody("sri@contoh.id"));
}

#[test]
fn a_known_device_pauses_for_at_most_five_minutes() {
    let mut guard = guard();
    let own = known(officer(1), 1);
    // Asking whether a pause follows is itself a guess while there is none, so the free ones are taken first.
    for _ in 0..DEVICE_FREE {
        guard.admit(&own, START).unwrap();
    }
    let mut now = START;
    let mut seen = Vec::new();
    for _ in 0..12 {
        let pause = guard.admit(&own, now).unwrap_err().seconds;
        seen.push(pause);
        now = now.plus_seconds(pause);
        guard.admit(&own, now).unwrap();
    }
    assert_eq!(seen, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    guard.signed_in(officer(1), device(1));
    assert_eq!(guard.admit(&own, now), Ok(()), "a complete sign-in forgets the slips");
}

#[test]
fn one_network_is_slowed_before_the_account_is() {
    let mut guard = guard();
    let guess = stranger(officer(1), 1);
    for _ in 0..NETWORK_FREE {
        guard.admit(&guess, START).unwrap();
    }
    let mut now = START;
    let mut seen = Vec::new();
    for _ in 0..14 {
        let pause = guard.admit(&guess, now).unwrap_err().seconds;
        seen.push(pause);
        now = now.plus_seconds(pause);
        guard.admit(&guess, now).unwrap();
    }
    assert_eq!(seen, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
    // Another network, and another account, have pauses of their own.
    assert_eq!(guard.admit(&stranger(officer(1), 2), now), Ok(()));
    assert_eq!(guard.admit(&stranger(officer(2), 1), now), Ok(()));
}

#[test]
fn one_password_on_every_name_is_slowed() {
    let mut guard = guard();
    let spray = |n: u32| Guess { account: Account::nobody(&n.to_string()), known_device: None, network: v4(1) };
    let admitted = (0..1_000).filter(|&n| guard.admit(&spray(n), START).is_ok()).count();
    assert_eq!(admitted as i64, NETWORK_BURST);
    assert_eq!(guard.admit(&spray(2_000), START), Err(Wait { seconds: NETWORK_INTERVAL }));
    assert_eq!(guard.admit(&spray(2_000), START.plus_seconds(NETWORK_INTERVAL)), Ok(()));
}

#[test]
fn the_greediest_attacker_reaches_the_bound_and_no_more() {
    let mut guard = guard();
    // A new network for every second of a day.
    let admitted = (0..DAY).filter(|&second| guard.admit(&stranger(officer(1), second as u32), START.plus_seconds(second)).is_ok()).count() as i64;
    assert!((GUESSES_A_DAY - 1..=GUESSES_A_DAY).contains(&admitted), "{admitted}");
    assert_eq!(GUESSES_A_DAY, 116);
    // Whoever stole a known device is bounded, too.
    let admitted = (0..DAY).map(|second| (0..6).filter(|_| guard.admit(&known(officer(2), 1), START.plus_seconds(second)).is_ok()).count() as i64).sum::<i64>();
    assert_eq!(admitted, DEVICE_GUESSES_A_DAY);
}

#[test]
fn names_that_nobody_has_meet_the_same_limits() {
    let mut guard = guard();
    let mut real = Vec::new();
    let mut invented = Vec::new();
    for turn in 0..400u32 {
        let at = START.plus_seconds(i64::from(turn) * 97);
        let (real_from, invented_from) = (v4(turn % 7), v4(1_000 + turn % 7));
        real.push(guard.admit(&Guess { account: Account::Officer(officer(1)), known_device: None, network: real_from }, at));
        invented.push(guard.admit(&Guess { account: Account::nobody("nobody"), known_device: None, network: invented_from }, at));
    }
    assert_eq!(real, invented);
    assert!(real.iter().any(Result::is_err));
}

#[test]
fn a_known_cookie_for_a_name_that_nobody_has_opens_nothing() {
    let mut guard = guard();
    let guess = |n: u32| Guess { account: Account::nobody("x"), known_device: Some(device(1)), network: v4(n) };
    let admitted = (0..100).filter(|&n| guard.admit(&guess(n), START).is_ok()).count();
    assert_eq!(admitted as i64, ACCOUNT_BURST);
}

#[test]
fn a_flood_forgets_nothing() {
    let mut guard = guard();
    for n in 0..ACCOUNT_BURST as u32 {
        guard.admit(&stranger(officer(1), n), START).unwrap();
    }
    for _ in 0..NETWORK_FREE {
        guard.admit(&stranger(officer(2), 77), START).unwrap();
    }
    let exact_before = guard.owed.len() + guard.devices.len();
    // A hundred thousand invented names from as many networks.
    for n in 0..100_000u32 {
        let _ = guard.admit(&Guess { account: Account::nobody(&n.to_string()), known_device: None, network: v4(10_000 + n % 60_000) }, START);
    }
    assert_eq!(guard.owed.len() + guard.devices.len(), exact_before, "invented names take no memory");
    assert!(guard.admit(&stranger(officer(1), 500), START).is_err(), "the account's bucket is still full");
    assert!(guard.admit(&stranger(officer(2), 77), START).is_err(), "the pause is still on");
    assert_eq!(guard.admit(&known(officer(1), 1), START), Ok(()), "and the officer gets in");
}

#[test]
fn state_of_the_past_is_swept() {
    let mut guard = guard();
    for n in 0..SWEEP_MIN as u64 * 3 {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&n.to_le_bytes());
        let at = START.plus_seconds(n as i64 * DAY);
        guard.admit(&stranger(OfficerId::from_bytes(id), n as u32), at).unwrap();
    }
    assert!(guard.owed.len() <= SWEEP_MIN, "{}", guard.owed.len());
}

#[test]
fn a_clock_set_right_locks_nobody_out() {
    let mut guard = guard();
    // Some years ahead everything is used up: the account, the pauses of a network and of a known device, a network.
    let ahead = START.plus_seconds(9 * 365 * DAY);
    for n in 0..ACCOUNT_BURST as u32 {
        guard.admit(&stranger(officer(1), n), ahead).unwrap();
    }
    for turn in 0..12 {
        let _ = guard.admit(&known(officer(1), 1), ahead.plus_seconds(turn * DEVICE_PAUSE_MAX));
        let _ = guard.admit(&stranger(officer(2), 77), ahead.plus_seconds(turn * NETWORK_PAUSE_MAX));
    }
    while guard.admit_network(v4(5_000), ahead).is_ok() {}
    // Set right: whatever is asked waits as long as its longest pause, once, and not for years.
    type Ask = fn(&mut Guard, Instant) -> Result<(), Wait>;
    let asks: [(Ask, i64); 4] = [
        (|guard, at| guard.admit(&known(officer(1), 1), at), DEVICE_PAUSE_MAX),
        (|guard, at| guard.admit(&stranger(officer(1), 900), at), ACCOUNT_INTERVAL),
        (|guard, at| guard.admit(&stranger(officer(2), 77), at), NETWORK_PAUSE_MAX),
        (|guard, at| guard.admit_network(v4(5_000), at), NETWORK_INTERVAL),
    ];
    for (number, (ask, longest)) in asks.into_iter().enumerate() {
        let seconds = ask(&mut guard, START).expect_err("it was used up").seconds;
        assert!(seconds <= longest, "{number}: {seconds}");
        assert_eq!(ask(&mut guard, START.plus_seconds(seconds)), Ok(()), "{number}");
    }
}

#[test]
fn requests_out_of_order_get_nothing_for_it() {
    let mut guard = guard();
    for n in 0..ACCOUNT_BURST as u32 {
        guard.admit(&stranger(officer(1), n), START).unwrap();
    }
    // Each says that it came up to ten minutes earlier.
    for n in 1..200u32 {
        assert!(guard.admit(&stranger(officer(1), 100 + n), START.plus_seconds(-i64::from(n) * 3)).is_err());
    }
    assert_eq!(guard.look(&stranger(officer(1), 999), START), Err(Wait { seconds: ACCOUNT_INTERVAL }));
}

#[test]
fn looking_counts_nothing() {
    let mut guard = guard();
    for _ in 0..1_000 {
        guard.look(&stranger(officer(1), 1), START).unwrap();
        guard.look(&known(officer(1), 1), START).unwrap();
    }
    for _ in 0..NETWORK_FREE {
        guard.admit(&stranger(officer(1), 1), START).unwrap();
    }
    assert_eq!(guard.look(&stranger(officer(1), 1), START), guard.admit(&stranger(officer(1), 1), START));
}

#[test]
fn what_is_owed_is_given_back() {
    let mut before = guard();
    for n in 0..ACCOUNT_BURST as u32 {
        before.admit(&stranger(officer(1), n), START).unwrap();
    }
    let mut after = guard();
    after.restore(officer(1), before.owed(officer(1)).unwrap(), START);
    after.restore(officer(1), START, START);
    assert!(after.admit(&stranger(officer(1), 99), START).is_err());
    // Kept while the clock was years ahead: the bucket is full, and empties although it is given back again and again.
    let mut late = guard();
    let ahead = START.plus_seconds(9 * 365 * DAY);
    late.restore(officer(1), ahead, START);
    assert_eq!(late.admit(&stranger(officer(1), 1), START), Err(Wait { seconds: ACCOUNT_INTERVAL }));
    late.restore(officer(1), ahead, START.plus_seconds(ACCOUNT_INTERVAL));
    assert_eq!(late.admit(&stranger(officer(1), 1), START.plus_seconds(ACCOUNT_INTERVAL)), Ok(()));
    assert_eq!(before.owed(officer(2)), None);
}

/// What an attacker may do in one step.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// Guess at the victim this often from this network.
    Victim { network: u32, times: u8 },
    /// Guess at invented names, to fill tables.
    Invented { first: u32, count: u8, network: u32 },
    /// Guess at a colleague, with a device cookie stolen from the colleague.
    Colleague { times: u8 },
}

fn moves() -> impl Strategy<Value = Vec<(i64, Move)>> {
    let one = prop_oneof![
        (0u32..5_000, 1u8..40).prop_map(|(network, times)| Move::Victim { network, times }),
        (0u32..1_000_000, 1u8..80, 0u32..5_000).prop_map(|(first, count, network)| { Move::Invented { first, count, network } }),
        (1u8..20).prop_map(|times| Move::Colleague { times }),
    ];
    // Pauses from none at all to hours.
    let pause = prop_oneof![Just(0i64), 1i64..60, 60i64..4_000, Just(ACCOUNT_INTERVAL), Just(NETWORK_PAUSE_MAX)];
    proptest::collection::vec((pause, one), 1..150)
}

fn play(guard: &mut Guard, action: Move, at: Instant, admitted: &mut Vec<Instant>) {
    match action {
        Move::Victim { network, times } => {
            for offset in 0..times {
                // Half of them from neighbouring networks.
                if guard.admit(&stranger(officer(1), network + u32::from(offset % 2)), at).is_ok() {
                    admitted.push(at);
                }
            }
        }
        Move::Invented { first, count, network } => {
            for n in first..first + u32::from(count) {
                let _ = guard.admit(&Guess { account: Account::nobody(&n.to_string()), known_device: None, network: v4(network) }, at);
            }
        }
        Move::Colleague { times } => {
            for _ in 0..times {
                let _ = guard.admit(&known(officer(2), 2), at);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No schedule gives more than `GUESSES_A_DAY` guesses at one officer in any day.
    #[test]
    fn guesses_from_elsewhere_are_bounded(schedule in moves()) {
        let mut guard = guard();
        let (mut now, mut admitted) = (START, Vec::new());
        for (pause, action) in schedule {
            now = now.plus_seconds(pause);
            play(&mut guard, action, now, &mut admitted);
        }
        for (index, first) in admitted.iter().enumerate() {
            let within = admitted[index..].iter().take_while(|at| at.seconds_since(*first) <= DAY).count() as i64;
            prop_assert!(within <= GUESSES_A_DAY, "{} in a day", within);
        }
    }

    /// The officer at her own device meets the same answers whether she is attacked or not, and never waits longer than five minutes.
    #[test]
    fn nobody_elsewhere_delays_the_officer(schedule in moves(), own in proptest::collection::vec(any::<bool>(), 150)) {
        let (mut attacked, mut quiet) = (guard(), guard());
        let (mut now, mut ignored) = (START, Vec::new());
        for ((pause, action), try_now) in schedule.into_iter().zip(own) {
            now = now.plus_seconds(pause);
            play(&mut attacked, action, now, &mut ignored);
            if try_now {
                let answer = attacked.admit(&known(officer(1), 1), now);
                prop_assert_eq!(answer, quiet.admit(&known(officer(1), 1), now));
                if let Err(wait) = answer {
                    prop_assert!(wait.seconds <= DEVICE_PAUSE_MAX);
                    prop_assert_eq!(attacked.admit(&known(officer(1), 1), now.plus_seconds(wait.seconds)), Ok(()));
                    prop_assert_eq!(quiet.admit(&known(officer(1), 1), now.plus_seconds(wait.seconds)), Ok(()));
                    now = now.plus_seconds(wait.seconds);
                }
            }
        }
    }

    /// A table of fixed size never admits what exact counting would refuse.
    #[test]
    fn the_tables_are_never_more_lenient_than_exact_counting(steps in proptest::collection::vec((0i64..2_000, 0u32..40, 0u32..6), 1..400)) {
        let mut guard = guard();
        let mut exact: HashMap<(u32, u32), Pause> = HashMap::new();
        let mut now = START;
        for (pause, name, network) in steps {
            now = now.plus_seconds(pause);
            let guess = Guess { account: Account::nobody(&name.to_string()), known_device: None, network: v4(network) };
            let own = exact.entry((name, network)).or_insert(Pause::NONE);
            if guard.admit(&guess, now).is_ok() {
                prop_assert!(own.wait(now) <= 0);
                *own = own.after(now, NETWORK_FREE, NETWORK_PAUSE_MAX);
            }
        }
    }
}
