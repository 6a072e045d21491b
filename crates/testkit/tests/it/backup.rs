//! Backups that the office makes by itself and when asked: whole, written down, kept as long as the law says.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use siger_app::notify::{Notifier, Off};
use siger_app::{Error, backup, job, retention};
use siger_domain::access::{Purpose, Role};
use siger_domain::retention::DataKind;
use siger_testkit::office::{TestOffice, TestOfficer};

use crate::archive::{clean, empty};
use crate::retention::register;

const DAY: i64 = 24 * 3_600;

/// An office whose folder of backups is there.
fn office() -> TestOffice {
    TestOffice::with_backups()
}

fn files(test: &TestOffice) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(test.folder().join("backups")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// The work of the day, then what stands in the line of backups.
async fn step(test: &TestOffice) -> job::Ran {
    let off: Arc<dyn Notifier> = Arc::new(Off);
    let (others, backups) = (job::step(&test.office, &off).await.unwrap(), job::run_backups(&test.office, &off).await.unwrap());
    job::Ran { done: others.done + backups.done, again: others.again + backups.again, given_up: others.given_up + backups.given_up }
}

async fn standing(test: &TestOffice) -> backup::Standing {
    let (office, mut by) = (test.office.clone(), test.office.system(Purpose::Administration));
    by.roles = siger_domain::access::RoleSet::of(Role::Administrator);
    test.office.read(move |tx| backup::standing(tx, &office, &by)).await.unwrap()
}

#[tokio::test]
async fn each_night_makes_one_that_brings_the_office_back() {
    let test = office();
    let desk = test.officer("ratih", &[Role::Desk]).await;
    register(&test, &desk, "Contoh Lim").await;
    assert!(standing(&test).await.is_late, "there is none yet");
    assert_eq!(step(&test).await, job::Ran { done: 2, ..job::Ran::default() }, "the work of the day and the backup");
    assert_eq!(step(&test).await, job::Ran::default(), "one a night");
    let now = standing(&test).await;
    let newest = now.newest.clone().unwrap();
    assert!(!now.is_late && now.is_set && newest.by.is_none());
    let said = newest.body.unwrap();
    assert_eq!(files(&test), [test.folder().join("backups").join(&said.file)]);
    assert_eq!(said.bytes, files(&test)[0].metadata().unwrap().len());

    clean(test.office.store(), test.office.blobs());
    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = empty(&test, folder.path());
    let restored = siger_storage::archive::restore(&store, &blobs, test.office.now(), Cursor::new(fs::read(&files(&test)[0]).unwrap())).unwrap();
    assert_eq!((siger_storage::to_hex(restored.root.as_ref()), restored.size), (said.root, said.size));
    clean(&store, &blobs);

    test.clock.advance_seconds(DAY);
    step(&test).await;
    assert_eq!(files(&test).len(), 2);
    test.clock.advance_seconds(backup::LATE_SECONDS + 1);
    assert!(standing(&test).await.is_late, "two nights without one");
}

#[tokio::test]
async fn archives_are_deleted_when_the_law_says_and_the_newest_stays() {
    let test = office();
    let own = test.folder().join("backups/notes.siger");
    fs::write(&own, b"somebody's own").unwrap();
    let exported = backup::file_name(DataKind::Export, "WKN", test.office.now());
    fs::write(test.folder().join("backups").join(&exported), b"an export").unwrap();
    let left = backup::file_name(DataKind::Backup, "WKN", test.office.now().plus_seconds(-2 * DAY)) + ".part";
    fs::write(test.folder().join("backups").join(&left), b"half a backup").unwrap();
    step(&test).await;
    let first = files(&test).into_iter().find(|file| file.to_string_lossy().contains("siger-backup-")).unwrap();
    assert!(!test.folder().join("backups").join(&left).exists(), "what a dead process left is gone");

    let by = async || {
        let privacy = test.officer(&format!("dewi-{:08x}", u32::from_be_bytes(test.office.random())), &[Role::PrivacyOfficer]).await;
        test.context(&privacy).await
    };
    test.clock.advance_seconds(31 * DAY);
    retention::apply(&test.office, &by().await, true).await.unwrap();
    assert_eq!(files(&test).len(), 2, "the export is gone after thirty days: {:?}", files(&test));
    test.clock.advance_seconds(60 * DAY);
    retention::apply(&test.office, &by().await, true).await.unwrap();
    assert!(first.exists(), "the newest backup stays, however old");
    step(&test).await;
    assert_eq!(files(&test).len(), 3, "there is a newer one now");
    let (office, asker) = (test.office.clone(), by().await);
    let due = test.office.read(move |tx| retention::preview(tx, &office, &asker)).await.unwrap();
    assert_eq!(due.iter().find(|due| due.rule.kind == DataKind::Backup).map(|due| (due.count, due.by_job)), Some((1, true)));
    retention::apply(&test.office, &by().await, true).await.unwrap();
    assert!(!first.exists() && own.exists() && files(&test).len() == 2, "{:?}", files(&test));
}

async fn begin(test: &TestOffice, officer: &TestOfficer) -> Result<backup::Made, Error> {
    let by = test.context(officer).await;
    backup::begin(&test.office, &by)?.await.unwrap()
}

#[tokio::test]
async fn an_administrator_asks_for_one_and_nobody_else() {
    let test = office();
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    assert!(matches!(begin(&test, &desk).await, Err(Error::Forbidden(_))));
    let made = begin(&test, &administrator).await.unwrap();
    let entry = test.office.read(move |tx| Ok(siger_storage::journal::read::entry(tx, made.number)?)).await.unwrap().unwrap();
    assert_eq!((entry.kind.as_str(), entry.stamp.actor), ("office.backed_up", Some(administrator.id)));
    // One at a time, and never over another.
    let by = test.context(&administrator).await;
    let running = backup::begin(&test.office, &by).unwrap();
    assert!(matches!(backup::begin(&test.office, &by), Err(Error::Conflict("backup_runs"))));
    assert!(running.await.unwrap().is_err(), "the same second has the same name");
    assert_eq!(files(&test).len(), 1);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said_and_not_made() {
    let test = office();
    let folder = test.folder().join("backups");
    fs::remove_dir(&folder).unwrap();
    assert_eq!(step(&test).await, job::Ran { done: 1, again: 1, ..job::Ran::default() });
    assert!(!folder.exists());
    let jobs = test.office.read(|tx| Ok(siger_storage::table::operation::jobs(tx, 10)?)).await.unwrap();
    assert!(jobs[0].kind == job::BACKUP && jobs[0].failed.as_deref().unwrap().contains("is its disk mounted?"), "{jobs:?}");
    fs::create_dir(&folder).unwrap();
    test.clock.advance_seconds(60);
    assert_eq!(step(&test).await.done, 1);
    assert_eq!(files(&test).len(), 1);

    let none = TestOffice::new();
    let administrator = none.officer("adi", &[Role::Administrator]).await;
    assert!(matches!(begin(&none, &administrator).await, Err(Error::Conflict("backup_no_folder"))));
    assert_eq!(step(&none).await.done, 1, "the work of the day only");
}

async fn waiting(test: &TestOffice) -> Vec<(String, u32)> {
    let jobs = test.office.read(|tx| Ok(siger_storage::table::operation::jobs(tx, 10)?)).await.unwrap();
    jobs.into_iter().map(|job| (job.kind, job.attempts)).collect()
}

#[tokio::test]
async fn nothing_else_waits_for_a_backup_that_takes_its_time() {
    let test = office();
    assert!(job::schedule(&test.office).await.unwrap());
    // Its disk takes the archive when it pleases.
    test.clock.advance_seconds(1);
    let slow = test.folder().join("backups").join(backup::file_name(DataKind::Backup, "WKN", test.office.now()) + ".part");
    assert!(std::process::Command::new("mkfifo").arg(&slow).status().unwrap().success());
    let runner = job::spawn(&test.office, Arc::new(Off));
    let backup_only = [(job::BACKUP.to_owned(), 1)];
    for _ in 0..1_000 {
        if waiting(&test).await == backup_only {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(waiting(&test).await, backup_only, "the work of the day is done, the backup goes on");
    runner.abort();
    siger_testkit::engine::apart(|| drop(fs::read(&slow)));
}

#[tokio::test]
async fn a_night_that_worked_ends_what_was_given_up_before() {
    let test = office();
    let folder = test.folder().join("backups");
    fs::remove_dir(&folder).unwrap();
    while step(&test).await.given_up == 0 {
        test.clock.advance_seconds(3_600);
    }
    test.clock.advance_seconds(DAY);
    assert_eq!(waiting(&test).await, [(job::BACKUP.to_owned(), job::ATTEMPTS_MAX)], "the page of jobs shows it");
    fs::create_dir(&folder).unwrap();
    step(&test).await;
    assert_eq!(waiting(&test).await, []);
}

#[tokio::test]
async fn an_archive_from_the_future_shields_no_night_and_outlives_no_rule() {
    let test = office();
    let now = test.office.now();
    let put = |days: i64| {
        let file = test.folder().join("backups").join(backup::file_name(DataKind::Backup, "WKN", now.plus_seconds(days * DAY)));
        fs::write(&file, b"an archive").unwrap();
        // By the clock of then, as its name.
        let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs((now.unix_seconds() as i64 + days * DAY) as u64);
        fs::File::open(&file).unwrap().set_modified(then).unwrap();
        file
    };
    let (old, last, ahead) = (put(-100), put(-95), put(365));
    let apply = async || {
        let privacy = test.officer(&format!("dewi-{:08x}", u32::from_be_bytes(test.office.random())), &[Role::PrivacyOfficer]).await;
        retention::apply(&test.office, &test.context(&privacy).await, true).await.unwrap()
    };
    apply().await;
    assert!(!old.exists() && last.exists() && ahead.exists(), "the last good one stays: {:?}", files(&test));
    test.clock.advance_seconds(92 * DAY);
    apply().await;
    assert!(last.exists() && !ahead.exists(), "{:?}", files(&test));
}

#[tokio::test]
async fn a_backup_from_the_future_does_not_say_that_this_night_has_one() {
    let test = office();
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    begin(&test, &administrator).await.unwrap();
    assert!(!standing(&test).await.is_late);
    test.clock.advance_seconds(-365 * DAY);
    assert!(standing(&test).await.is_late);
}
