//! Work for later in a real office: once a day, again after a failure, given up at last, taken over from the dead.

use std::sync::Arc;

use siger_app::notify::{Message, Notifier, NotifyError, Off};
use siger_app::{job, request};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{JobId, PersonId, RequestId};
use siger_domain::request::{ErasureGround, OPEN_SECONDS};
use siger_storage::table::{operation, request as requests};
use siger_testkit::engine::apart;
use siger_testkit::office::{TestOffice, TestOfficer};

use crate::retention::register;

fn off() -> Arc<dyn Notifier> {
    Arc::new(Off)
}

struct Never;

impl Notifier for Never {
    fn send(&self, _: &Message) -> Result<(), NotifyError> {
        Err(NotifyError::Unreachable)
    }
}

pub(crate) async fn listed(test: &TestOffice, administrator: &TestOfficer) -> Vec<job::Listed> {
    let mut by = test.context(administrator).await;
    by.purpose = Some(Purpose::Administration);
    test.office.read(move |tx| job::list(tx, &by)).await.unwrap()
}

async fn put(test: &TestOffice, kind: &str, payload: &[u8]) -> JobId {
    let office = &test.office;
    let id = JobId::new(office.now(), office.random());
    let job = operation::Job { id, kind: kind.to_owned(), payload: payload.to_vec(), run_at: office.now(), attempts: 0, failed: None };
    office
        .write(move |write| {
            let keyring = write.keyring().clone();
            Ok(operation::add_job(write, &keyring, &job, None)?)
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn the_daily_job_is_made_once_a_day_and_ends_requests() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let person = register(&test, &desk, "Contoh Lim").await;
    let (by, id) = (test.context(&privacy).await, RequestId::new(office.now(), office.random()));
    office.write(move |write| request::open_erase(write, &by, id, person, ErasureGround::SubjectRequest)).await.unwrap();

    assert!(job::schedule(office).await.unwrap());
    assert!(!job::schedule(office).await.unwrap(), "a day has one");
    assert_eq!(job::run_due(office, &off()).await.unwrap(), job::Ran { done: 1, ..job::Ran::default() });
    assert!(!job::schedule(office).await.unwrap(), "also after it was done");

    // 09.00 in Way Kanan: 15 hours on it is another day there, though not yet in Greenwich.
    test.clock.advance_seconds(15 * 3_600);
    assert!(job::schedule(office).await.unwrap());
    test.clock.advance_seconds(OPEN_SECONDS);
    assert_eq!(job::run_due(office, &off()).await.unwrap().done, 1);
    let row = office.read(move |tx| Ok(requests::get(tx, id)?)).await.unwrap().unwrap();
    assert_eq!(row.state, siger_domain::request::State::Expired);
}

#[tokio::test]
async fn a_failing_job_is_tried_with_pauses_given_up_and_shown() {
    let test = TestOffice::new();
    let id = put(&test, "of a newer program", b"").await;
    let mut tries = 0;
    loop {
        let ran = job::run_due(&test.office, &off()).await.unwrap();
        tries += 1;
        if ran.given_up == 1 {
            break;
        }
        assert_eq!(ran, job::Ran { again: 1, ..job::Ran::default() });
        assert_eq!(job::run_due(&test.office, &off()).await.unwrap(), job::Ran::default(), "not before the pause is over");
        let due = operation_due(&test, id).await;
        test.clock.advance_seconds(due.seconds_since(test.office.now()));
    }
    assert_eq!(tries, job::ATTEMPTS_MAX);
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let listed = listed(&test, &administrator).await;
    let kept = listed.iter().find(|listed| listed.id == id).expect("it stays on the list");
    assert_eq!((kept.due, kept.given_up, kept.attempts), (None, Some(test.office.now()), job::ATTEMPTS_MAX));
    assert!(kept.failed.as_deref().unwrap().contains("does not know"), "{kept:?}");
    test.clock.advance_seconds(10 * 365 * 24 * 3_600);
    assert_eq!(job::run_due(&test.office, &off()).await.unwrap(), job::Ran::default(), "given up is given up");
}

async fn operation_due(test: &TestOffice, id: JobId) -> siger_domain::time::Instant {
    let jobs = test.office.read(|tx| Ok(operation::jobs(tx, 100)?)).await.unwrap();
    jobs.into_iter().find(|job| job.id == id).unwrap().run_at
}

#[tokio::test]
async fn the_claim_of_a_dead_process_runs_out() {
    let test = TestOffice::new();
    let office = &test.office;
    let id = put(&test, job::DAILY, b"").await;
    // A process claims it and dies.
    let (keyring, now) = (office.store().keyring().clone(), office.now());
    let claimed =
        office.write(move |write| Ok(operation::claim_job(write, &keyring, operation::Line::Of(job::DAILY), now, now.plus_seconds(900))?)).await.unwrap();
    assert_eq!(claimed.map(|job| job.id), Some(id));
    assert_eq!(job::run_due(office, &off()).await.unwrap(), job::Ran::default(), "it is another's");
    test.clock.advance_seconds(901);
    assert_eq!(job::run_due(office, &off()).await.unwrap().done, 1);
    assert_eq!(job::run_due(office, &off()).await.unwrap(), job::Ran::default());
}

#[tokio::test]
async fn after_a_clock_that_read_too_late_the_work_of_each_day_goes_on() {
    let test = TestOffice::new();
    let office = &test.office;
    test.officer("ratih", &[Role::Desk]).await;
    assert_eq!(job::step(office, &off()).await.unwrap().done, 1);
    // Nine years on: the work of that day is made and done, and a job that fails is put off by that clock.
    test.clock.advance_seconds(9 * 365 * 24 * 3_600);
    assert!(job::schedule(office).await.unwrap());
    let stuck = put(&test, job::REHASH, b"").await;
    let later = office.now().plus_seconds(3_600);
    office.write(move |write| Ok(siger_storage::table::upkeep::put_back(write, stuck, 0, later, "away")?)).await.unwrap();
    // Set right, to the next day.
    test.clock.advance_seconds(-(9 * 365 - 1) * 24 * 3_600);
    assert!(job::schedule(office).await.unwrap(), "today has its work although a later day had it");
    assert!(!job::schedule(office).await.unwrap(), "and has it once");
    assert_eq!(operation_due(&test, stuck).await, office.now());
    // An hour back over midnight makes no second one.
    test.clock.advance_seconds(-10 * 3_600);
    assert!(!job::schedule(office).await.unwrap());
}

#[tokio::test]
async fn a_waiting_rehash_is_found_behind_any_number_of_jobs() {
    let test = TestOffice::new();
    let office = &test.office;
    let filler = office.clone();
    office
        .write(move |write| {
            let keyring = write.keyring().clone();
            for kind in std::iter::repeat_n(job::NOTIFY, 600).chain([job::REHASH]) {
                let at = filler.now();
                let id = JobId::new(at, filler.random());
                operation::add_job(
                    write,
                    &keyring,
                    &operation::Job { id, kind: kind.to_owned(), payload: Vec::new(), run_at: at, attempts: 0, failed: None },
                    None,
                )?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert!(job::rehash::waits(office).await.unwrap());
}

#[tokio::test]
async fn the_runner_wakes_for_a_new_entry_and_survives_failures() {
    let test = TestOffice::new();
    let office = &test.office;
    let runner = job::spawn(office, Arc::new(Never));
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let _: PersonId = register(&test, &desk, "Contoh Lim").await;
    let size = apart(|| office.store().head()).unwrap().edge.size();
    for _ in 0..1_000 {
        let seen = office.read(|tx| Ok(operation::cursor(tx, "notify")?)).await.unwrap();
        let jobs = office.read(|tx| Ok(operation::jobs(tx, 10)?)).await.unwrap();
        if seen >= size && jobs.is_empty() {
            runner.abort();
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the runner did not look at the new entries within ten seconds");
}
