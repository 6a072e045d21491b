//! What the program keeps for its own work and no journal knows: sessions, answers, jobs, cursors, what guards a sign-in.

use siger_domain::id::{CredentialId, JobId, OfficerId, SessionId};
use siger_storage::Error;
use siger_storage::table::operation::{self, Answer, Guesses, Job, Line, Session};

use crate::place::{START, places};

#[test]
fn sessions_answers_jobs_and_cursors() {
    for place in places("operation") {
        let store = place.office();
        let keyring = place.keyring.clone();
        let (id, whose) = (SessionId::new(START, [5; 10]), OfficerId::new(START, [6; 10]));
        let session = Session {
            id,
            officer: whose,
            state: b"state".to_vec(),
            begun_at: START,
            seen_at: START,
            expires: START.plus_seconds(100),
            method: "passkey".into(),
            version: 0,
        };
        let kept = session.clone();
        store.write_blocking(move |write| operation::begin_session(write, &keyring, &kept, &[[1; 32], [2; 32]])).unwrap();
        let by_token = |token: u8| store.read_blocking(|tx| operation::session_by_token(tx, &place.keyring, &[token; 32])).unwrap();
        assert_eq!(by_token(1).as_ref(), Some(&session));
        assert_eq!(by_token(2), by_token(1));
        // New tokens end the old ones. Who read the row before that changes nothing any more.
        let change = |session: Session, token: u8| {
            let keyring = place.keyring.clone();
            store.write_blocking(move |write| operation::change_session(write, &keyring, &session, &[[token; 32]])).unwrap()
        };
        assert!(change(Session { state: b"next".to_vec(), ..session.clone() }, 3));
        assert_eq!((by_token(1), by_token(3).map(|found| (found.state, found.version))), (None, Some((b"next".to_vec(), 1))));
        assert!(!change(Session { state: b"late".to_vec(), ..session.clone() }, 4), "overtaken");
        assert_eq!((by_token(4), by_token(3).map(|found| found.state)), (None, Some(b"next".to_vec())));
        assert!(change(by_token(3).unwrap(), 3));
        assert_eq!(store.write_blocking(move |write| operation::delete_sessions_of(write, whose)).unwrap(), 1);
        assert_eq!(by_token(3), None);
        assert!(!change(Session { version: 2, ..session.clone() }, 3), "ended");

        // A repeated request finds the first answer; the key is kept once.
        let answer = Answer { request: [7; 32], number: 12, subject: Some([8; 16]) };
        let first = answer.clone();
        store.write_blocking(move |write| operation::save_answer(write, &[9; 32], &first, START)).unwrap();
        assert_eq!(store.read_blocking(|tx| operation::answer(tx, &[9; 32])).unwrap(), Some(answer.clone()));
        assert!(store.write_blocking(move |write| operation::save_answer(write, &[9; 32], &answer, START)).is_err());

        // A job is claimed once, again when the claim ran out, and one under the same word waits only once.
        let job = |number: u8, due: i64| Job {
            id: JobId::new(START, [number; 10]),
            kind: "daily".into(),
            payload: vec![number],
            run_at: START.plus_seconds(due),
            attempts: 0,
            failed: None,
        };
        let keyring = place.keyring.clone();
        store
            .write_blocking(move |write| {
                assert!(operation::add_job(write, &keyring, &job(2, 20), Some("daily"))?);
                assert!(operation::add_job(write, &keyring, &job(1, 10), None)?);
                assert!(!operation::add_job(write, &keyring, &job(3, 5), Some("daily"))?, "one waits");
                // So it cannot be held.
                let held = operation::hold_job(write, JobId::new(START, [3; 10]), START);
                assert!(matches!(held, Err(Error::Inconsistent { table: "job", .. })), "{held:?}");
                Ok::<_, Error>(())
            })
            .unwrap();
        let claim_of = |line: Line<'static>, now: i64| {
            let keyring = place.keyring.clone();
            let (now, until) = (START.plus_seconds(now), START.plus_seconds(now + 60));
            store.write_blocking(move |write| operation::claim_job(write, &keyring, line, now, until)).unwrap().map(|job| (job.payload, job.attempts))
        };
        let claim = |now| claim_of(Line::Beside("backup"), now);
        assert_eq!(claim_of(Line::Of("backup"), 30), None, "they stand in the other line");
        assert_eq!(claim(5), None, "not due");
        assert_eq!(claim(30), Some((vec![1], 1)), "the one due first");
        assert_eq!(claim(30), Some((vec![2], 1)));
        assert_eq!(claim(30), None);
        assert_eq!(claim(120), Some((vec![1], 2)), "the claim ran out: a job may run twice");
        assert_eq!(claim_of(Line::Beside("daily"), 240), None);
        assert_eq!(claim_of(Line::Of("daily"), 240), Some((vec![1], 3)));
        let finish = || store.write_blocking(|write| operation::finish_job(write, JobId::new(START, [1; 10]))).unwrap();
        assert_eq!([finish(), finish()], [true, false]);
        assert_eq!(store.read_blocking(|tx| operation::jobs(tx, 10)).unwrap().len(), 1);

        let cursor = || store.read_blocking(|tx| operation::cursor(tx, "index")).unwrap();
        assert_eq!(cursor(), 0);
        for number in [5, 17] {
            store.write_blocking(move |write| operation::move_cursor(write, "index", number)).unwrap();
            assert_eq!(cursor(), number);
        }
    }
}

#[test]
fn what_guards_a_sign_in() {
    const DAY: i64 = 24 * 60 * 60;
    for place in places("guard") {
        let store = place.office();
        let after = |seconds: i64| START.plus_seconds(seconds);
        // A ceremony ends once; a day later, when its answer is long too late, it is forgotten, and so is what a wrong clock wrote.
        let end = |hash: u8, at: i64| store.write_blocking(move |write| operation::end_ceremony(write, &[hash; 32], after(at))).unwrap();
        assert_eq!([end(1, 0), end(1, 0), end(1, 300), end(2, 300), end(2, 0)], [true, false, false, true, false]);
        assert_eq!([end(1, DAY), end(1, DAY + 1), end(1, 2 * DAY + 2)], [false, true, true]);
        assert_eq!([end(3, 9 * 365 * DAY), end(3, 0), end(3, 1)], [true, true, false]);

        // A mark moves forward only; one beyond what can be counts as none.
        let id = CredentialId::new(START, [7; 10]);
        let mark = |mark: i64, mark_max: i64| store.write_blocking(move |write| operation::use_mark(write, id, mark, mark_max, START)).unwrap();
        assert_eq!([mark(10, 30), mark(10, 30), mark(9, 30), mark(11, 30)], [true, false, false, true]);
        assert_eq!([mark(900, 930), mark(12, 900), mark(12, 33), mark(12, 33), mark(13, 33)], [true, false, true, false, true]);
        // What a use changed is kept, again and again.
        let record = || {
            let keyring = place.keyring.clone();
            store.read_blocking(move |tx| operation::credential_use(tx, &keyring, id)).unwrap().unwrap().record
        };
        assert_eq!(record(), None);
        for kept in [b"one", b"two"] {
            let keyring = place.keyring.clone();
            store.write_blocking(move |write| operation::use_record(write, &keyring, id, kept, START)).unwrap();
            assert_eq!(record().unwrap(), kept);
        }

        // Guesses are kept for each account.
        let guesses = |account: u8| store.read_blocking(move |tx| operation::guesses(tx, &[account; 16])).unwrap();
        assert_eq!(guesses(1), None);
        for tries in [1, 2] {
            let kept = Guesses { owed: after(i64::from(tries)), tries };
            store.write_blocking(move |write| operation::save_guesses(write, &[1; 16], kept)).unwrap();
            assert_eq!((guesses(1), guesses(2)), (Some(kept), None));
        }
        store.write_blocking(|write| operation::forget_tries(write, &[1; 16])).unwrap();
        assert_eq!(guesses(1), Some(Guesses { owed: after(2), tries: 0 }), "what unknown browsers owe stays");

        // An alarm sounds once a day for each, and is not silent for years after a wrong clock.
        let alarm =
            |what: &'static str, whom: u8, at: i64| store.write_blocking(move |write| operation::sound_alarm(write, what, &[whom; 16], after(at))).unwrap();
        assert_eq!([alarm("a", 1, 0), alarm("a", 1, 1), alarm("a", 2, 1), alarm("b", 1, 1)], [true, false, true, true]);
        assert_eq!([alarm("a", 1, DAY - 1), alarm("a", 1, DAY), alarm("a", 1, DAY + 1)], [false, true, false]);
        assert_eq!([alarm("a", 1, 9 * 365 * DAY), alarm("a", 1, DAY), alarm("a", 1, DAY + 1)], [true, true, false]);

        // Who is erased leaves none of it.
        let officer = OfficerId::from_bytes([1; 16]);
        store.write_blocking(move |write| operation::delete_devices_of(write, officer)).unwrap();
        assert_eq!((guesses(1), alarm("a", 1, DAY + 2)), (None, true));
    }
}

#[test]
fn jobs_are_claimed_by_one_of_many() {
    for place in places("claims") {
        let stores = [place.office(), place.open()];
        let keyring = place.keyring.clone();
        stores[0]
            .write_blocking(move |write| {
                (0..40_u8).try_for_each(|number| {
                    let job = Job { id: JobId::new(START, [number; 10]), kind: "x".into(), payload: vec![number], run_at: START, attempts: 0, failed: None };
                    operation::add_job(write, &keyring, &job, None).map(drop)
                })
            })
            .unwrap();
        let claims: Vec<_> = (0..4)
            .map(|worker| {
                let (store, keyring) = (stores[worker % 2].clone(), place.keyring.clone());
                std::thread::spawn(move || {
                    let mut mine = Vec::new();
                    loop {
                        let keyring = keyring.clone();
                        let (now, until) = (START.plus_seconds(1), START.plus_seconds(600));
                        match store.write_blocking(move |write| operation::claim_job(write, &keyring, Line::Beside("backup"), now, until)).unwrap() {
                            Some(job) => mine.push(job.payload[0]),
                            None => return mine,
                        }
                    }
                })
            })
            .collect();
        let mut all: Vec<u8> = claims.into_iter().flat_map(|claims| claims.join().unwrap()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<_>>(), "{}: each job once", place.engine);
    }
}
