//! The real store with real use cases on a disk that fails: power cuts at every sync, a full disk, a read-only one, a slow one, a failed sync, a clock
//! set back.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use siger_app::Error as AppError;
use siger_storage::blob::Folder;
use siger_storage::keyring::{Keyring, WitnessFile};
use siger_storage::store::Durability;
use siger_storage::{Error, Open, Store, Url, check};
use siger_testkit::fault::{Cut, FaultVfs, Handle, Operation, Rng, Survey};
use siger_testkit::life::{Life, Step};
use siger_testkit::office::{TestOffice, root};

/// Steps of a run: some two hundred cuts.
const STEPS: usize = 70;

/// An office whose database lies on `disk`; keys and blobs lie on the real one.
fn on(disk: &Handle, durability: Durability) -> TestOffice {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    TestOffice::opened(folder, |keyring| Open { vfs: Some(disk.name().to_owned()), durability, ..Open::new(Url::Sqlite(data), keyring) })
}

fn copy_keys(test: &TestOffice, number: usize) -> PathBuf {
    let to = test.folder().join(format!("keys-{number}"));
    std::fs::create_dir(&to).unwrap();
    for file in std::fs::read_dir(test.folder().join("keys")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    to
}

/// A seeded run of real use cases. Each cut is opened by the real store: every acknowledged entry must be there, and journal, proof, rows and tables must fit.
fn survey(name: &str, seed: u64, durability: Durability) -> Result<Survey> {
    // The office, and the keyring as it was when so many entries were acknowledged: keys lie on another disk and are changed after the commit.
    let place: Mutex<Option<TestOffice>> = Mutex::new(None);
    let keyrings: Mutex<Vec<(u64, PathBuf)>> = Mutex::default();
    let work = |disk: &Handle| -> Result<()> {
        let test = on(disk, durability);
        let newest = disk.marker();
        let mut life = Life::begin(&test)?;
        let mark = disk.marker();
        life.acknowledged = Box::new(move |size| mark.set(size));
        keyrings.lock().unwrap().push((0, copy_keys(&test, 0)));
        let mut rng = Rng::new(seed);
        let mut revision = test.office.store().keyring().revision();
        for step in 0..STEPS {
            match step % 23 {
                22 => {
                    if let Some(id) = life.persons.iter().copied().find(|id| !life.erased.contains(id)) {
                        // A request may wait already; then the office refuses and life goes on.
                        let _ = life.erase(id);
                    }
                }
                _ => drop(life.step(Step::draw(&mut rng))?),
            }
            let size = newest.get();
            if step % 5 == 0 {
                disk.keep_cut();
            }
            if test.office.store().keyring().revision() != revision {
                revision = test.office.store().keyring().revision();
                let mut keyrings = keyrings.lock().unwrap();
                let number = keyrings.len();
                keyrings.push((size, copy_keys(&test, number)));
            }
        }
        *place.lock().unwrap() = Some(test);
        Ok(())
    };
    let look = |cut: &Cut, after: &Handle| -> Result<u64> {
        let place = place.lock().unwrap();
        let test = place.as_ref().context("the run ended")?;
        let keyrings = keyrings.lock().unwrap();
        let keys = &keyrings.iter().rev().find(|(mark, _)| *mark <= cut.mark).context("a keyring")?.1;
        let keyring = Keyring::open(keys, &root(keys))?;
        let store = Store::open(Open { vfs: Some(after.name().to_owned()), ..Open::new(Url::Sqlite(test.data()), keyring) })?;
        let size = match store.head() {
            Ok(head) => head.edge.size(),
            Err(Error::NoOffice) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        // Blobs lie on the real disk and are those of the end of the run.
        let verified = check::verify(&store, test.office.blobs(), check::Options { blobs: false, ..check::Options::default() })?;
        // A cut between an erasure and the destruction of its key leaves the key; the daily work of an office finishes that.
        let unfinished = |finding: &check::Finding| finding.kind == check::Kind::KeyNotDestroyed;
        ensure!(verified.more == 0 && verified.findings.iter().all(unfinished) && verified.entries == size, "{verified:?}");
        let replayed = check::replay(&store)?;
        ensure!(replayed.findings.is_empty(), "{replayed:?}");
        Ok(size)
    };
    let survey = Survey::run(name, seed, work, look)?;
    println!("{durability:?}, seed {seed}: {} cuts, {} lost something acknowledged, {} broken", survey.cuts, survey.lost.len(), survey.broken.len());
    Ok(survey)
}

#[test]
fn no_power_cut_takes_anything_acknowledged() -> Result<()> {
    for seed in [11, 12] {
        let survey = survey(&format!("store-full-{seed}"), seed, Durability::Full)?;
        ensure!(survey.cuts > 120, "only {} cuts", survey.cuts);
        ensure!(survey.lost.is_empty() && survey.broken.is_empty(), "{survey:#?}");
    }
    Ok(())
}

/// Shows that the test above can fail.
#[test]
fn without_syncs_a_power_cut_takes_what_was_acknowledged() -> Result<()> {
    let survey = survey("store-off", 13, Durability::Off)?;
    ensure!(!survey.lost.is_empty() || !survey.broken.is_empty(), "a store that never syncs survived every cut: the test finds nothing");
    Ok(())
}

fn storage(error: AppError) -> Error {
    match error {
        AppError::Unavailable(error) => error,
        other => panic!("the store should have refused, not the office: {other:?}"),
    }
}

fn clean(store: &Store, blobs: &Folder) {
    let verified = check::verify(store, blobs, check::Options::default()).unwrap();
    assert!(verified.is_clean() && verified.entries == verified.size, "{verified:#?}");
    let replayed = check::replay(store).unwrap();
    assert_eq!(replayed.findings, []);
}

/// Opens what the disk holds now after a power cut, and says how many entries it has.
fn after_cut(disk: &Handle, test: &TestOffice, name: &str) -> u64 {
    let after = FaultVfs::register_after(name, disk.seed(), &disk.cut_now()).unwrap();
    let keys = test.folder().join("keys");
    let keyring = Keyring::open(&keys, &root(&keys)).unwrap();
    let store = Store::open(Open { vfs: Some(after.name().to_owned()), ..Open::new(Url::Sqlite(test.data()), keyring) }).unwrap();
    clean(&store, test.office.blobs());
    store.head().unwrap().edge.size()
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    let disk = FaultVfs::register("store-full-disk", 21).unwrap();
    let test = on(&disk, Durability::Full);
    let mut life = Life::begin(&test).unwrap();
    disk.limit_bytes(Some(disk.used_bytes() + 60_000));
    let mut refused = 0;
    for _ in 0..80 {
        if let Err(error) = life.step(Step::Register { documents: 2 }) {
            let error = storage(error);
            assert!(matches!(error, Error::DiskFull { .. }), "{error:?}");
            assert!(error.to_string().contains("Free some space"), "{error}");
            refused += 1;
        }
    }
    assert!(refused > 10, "the disk was full {refused} times");
    let size = test.office.store().head().unwrap().edge.size();
    assert_eq!(after_cut(&disk, &test, "store-full-disk-cut"), size, "nothing acknowledged is lost, and nothing refused is there");
    disk.heal();
    life.step(Step::Register { documents: 1 }).unwrap().expect("room again");
    clean(test.office.store(), test.office.blobs());
}

#[test]
fn a_read_only_disk_is_said_and_reading_goes_on() {
    let disk = FaultVfs::register("store-read-only", 22).unwrap();
    let test = on(&disk, Durability::Full);
    let mut life = Life::begin(&test).unwrap();
    life.step(Step::Register { documents: 1 }).unwrap();
    let size = test.office.store().head().unwrap().edge.size();
    disk.set_read_only(true);
    for _ in 0..3 {
        let error = storage(life.step(Step::Register { documents: 1 }).unwrap_err());
        assert!(matches!(error, Error::ReadOnly { .. } | Error::Unavailable { .. } | Error::Unknown { .. }), "{error:?}");
        assert!(error.to_string().to_lowercase().contains("disk") || matches!(error, Error::Unknown { .. }), "{error}");
    }
    assert_eq!(test.office.store().head().unwrap().edge.size(), size, "reading goes on");
    disk.heal();
    life.step(Step::Register { documents: 1 }).unwrap().expect("the disk can be written again");
    clean(test.office.store(), test.office.blobs());
    assert_eq!(after_cut(&disk, &test, "store-read-only-cut"), size + 1);
}

#[test]
fn a_slow_disk_is_shared_by_those_who_wait() {
    let disk = FaultVfs::register("store-slow", 23).unwrap();
    let test = on(&disk, Durability::Full);
    let life = Life::begin(&test).unwrap();
    disk.set_sync_delay(Duration::from_millis(30));
    let (before, syncs) = (test.office.store().head().unwrap().edge.size(), disk.counts().sync);
    let waiting: Vec<_> = (0..60)
        .map(|_| {
            let (office, by) = (test.office.clone(), life.by(0, siger_domain::access::Role::Desk));
            std::thread::spawn(move || office.store().write_blocking(move |write| siger_app::person::list(write, &by, u64::MAX)))
        })
        .collect();
    for waits in waiting {
        waits.join().unwrap().unwrap();
    }
    let taken = disk.counts().sync - syncs;
    assert!(taken <= 30, "60 changes took {taken} syncs: those who waited were not committed together");
    assert_eq!(test.office.store().head().unwrap().edge.size(), before + 60);
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_until_the_disk_works() {
    let disk = FaultVfs::register("store-failed-sync", 24).unwrap();
    let test = on(&disk, Durability::Full);
    let mut life = Life::begin(&test).unwrap();
    for round in 0..4 {
        let size = test.office.store().head().unwrap().edge.size();
        disk.fail_from(Operation::Sync, 1);
        let first = storage(life.step(Step::Register { documents: 1 }).unwrap_err());
        assert!(matches!(first, Error::Unknown { .. }), "whether it is on the disk nobody knows: {first:?}");
        for _ in 0..3 {
            let next = storage(life.step(Step::Register { documents: 1 }).unwrap_err());
            assert!(matches!(&next, Error::Unavailable { reason, .. } if reason.contains("disk failed")), "{next:?}");
        }
        assert_eq!(test.office.store().head().unwrap().edge.size(), size, "reading goes on, and shows nothing that was refused");
        disk.heal();
        life.step(Step::Register { documents: 1 }).unwrap().expect("the disk works again");
        assert_eq!(test.office.store().head().unwrap().edge.size(), size + 1);
        clean(test.office.store(), test.office.blobs());
        assert_eq!(after_cut(&disk, &test, &format!("store-failed-sync-cut-{round}")), size + 1);
    }
}

#[test]
fn one_failed_sync_or_write_loses_nothing_wherever_it_happens() {
    let mut answers = [0; 2];
    for (operation, nth) in [Operation::Sync, Operation::Write].into_iter().flat_map(|operation| (1..=12).map(move |nth| (operation, nth))) {
        let name = format!("store-fails-{operation:?}-{nth}");
        let disk = FaultVfs::register(&name, 25).unwrap();
        let test = on(&disk, Durability::Full);
        let mut life = Life::begin(&test).unwrap();
        disk.fail_once(operation, nth);
        for _ in 0..8 {
            match life.step(Step::Register { documents: 1 }) {
                Ok(_) => answers[0] += 1,
                Err(error) => {
                    let error = storage(error);
                    assert!(matches!(error, Error::Unknown { .. } | Error::Unavailable { .. }), "{name}: {error:?}");
                    answers[1] += 1;
                }
            }
        }
        disk.heal();
        // Until it is settled, a change whose commit failed may be found after a cut: that is what its answer says.
        test.office.store().tidy().unwrap();
        let size = test.office.store().head().unwrap().edge.size();
        clean(test.office.store(), test.office.blobs());
        assert_eq!(after_cut(&disk, &test, &format!("{name}-cut")), size, "{name}");
    }
    assert!(answers[1] >= 12, "failures were met: {answers:?}");
}

#[test]
fn a_clock_set_back_is_said_and_loses_nothing() {
    let (test, mut life) = crate::archive::lived(10, 26);
    let size = test.office.store().head().unwrap().edge.size();
    test.clock.advance_seconds(-599);
    life.step(Step::Register { documents: 0 }).unwrap().expect("a small step of a time server is forgiven");
    test.clock.advance_seconds(-3_600);
    let error = storage(life.step(Step::Register { documents: 0 }).unwrap_err());
    assert!(matches!(error, Error::ClockBack { .. }), "{error:?}");
    assert!(error.to_string().contains("--accept-clock"), "{error}");
    test.clock.advance_seconds(2 * 3_600);
    life.step(Step::Register { documents: 0 }).unwrap().expect("the clock is right again");
    assert_eq!(test.office.store().head().unwrap().edge.size(), size + 2);
    clean(test.office.store(), test.office.blobs());
}

#[test]
fn an_old_copy_of_the_keyring_is_refused() {
    let (test, mut life) = crate::archive::lived(10, 27);
    let id = life.register("Contoh Terhapus", "A7654321").unwrap();
    let old = copy_keys(&test, 0);
    life.erase(id).unwrap();
    let (data, folder) = (test.data(), tempfile::tempdir().unwrap());
    copy_folder(&data, folder.path());
    let open = |keys: &Path| {
        let keyring = Keyring::open(keys, &root(keys)).unwrap();
        Store::open(Open::new(Url::Sqlite(folder.path().to_owned()), keyring))
    };
    let Err(refused) = open(&old) else { panic!("the old keyring was accepted") };
    assert!(matches!(refused, Error::KeyringOlder { .. }), "{refused:?}");
    assert!(refused.to_string().contains("Put the newest copy back"), "{refused}");
    open(&test.folder().join("keys")).unwrap();
}

/// Copies a data folder as a copying tool would, after the log was moved into the database.
pub fn copy_folder(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() && !file.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

#[test]
fn an_old_copy_of_the_whole_folder_is_found_by_the_witness() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let witness_path = folder.path().join("keys/witness");
    let witness = witness_path.clone();
    let test = TestOffice::opened(folder, |keyring| Open { witness: Some(WitnessFile::open(&witness).unwrap()), ..Open::new(Url::Sqlite(data), keyring) });
    let mut life = Life::begin(&test).unwrap();
    life.step(Step::Register { documents: 1 }).unwrap();
    test.office.store().tidy().unwrap();
    let old = tempfile::tempdir().unwrap();
    copy_folder(&test.data(), old.path());
    life.step(Step::Register { documents: 1 }).unwrap();
    let newest = test.office.store().head().unwrap();
    // The witness is written when the writer has nothing else to do.
    let witnessed = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(50));
        WitnessFile::open(&witness).unwrap().newest().unwrap().filter(|found| found.checkpoint == newest.checkpoint)
    });
    let witnessed = witnessed.expect("the newest checkpoint is witnessed").checkpoint;
    assert_eq!(check::against(test.office.store(), &witnessed).unwrap(), check::Verdict::Same { size: newest.edge.size() });
    let keys = test.folder().join("keys");
    let store = Store::open(Open::new(Url::Sqlite(old.path().to_owned()), Keyring::open(&keys, &root(&keys)).unwrap())).unwrap();
    clean(&store, test.office.blobs());
    let verdict = check::against(&store, &witnessed).unwrap();
    assert!(matches!(verdict, check::Verdict::Rollback { .. }), "an old copy is sound in itself, and only a checkpoint from outside tells: {verdict}");
    drop(store);

    // The witness file was out of the way, and the office caught up and overtook what was lost: that is not forgotten.
    let reopened = |with: Option<WitnessFile>| {
        let keyring = Keyring::open(&keys, &root(&keys)).unwrap();
        Store::open(Open { witness: with, ..Open::new(Url::Sqlite(old.path().to_owned()), keyring) })
    };
    let lost = newest.edge.size() - reopened(None).unwrap().head().unwrap().edge.size();
    let mut forked = 0;
    for _ in 0..lost + 2 {
        let store = reopened(None).unwrap();
        let by = life.by(0, siger_domain::access::Role::Desk);
        store.write_blocking(move |write| siger_app::person::list(write, &by, u64::MAX)).unwrap();
        let held = std::fs::read(&witness_path).unwrap();
        let verdicts = check::against_held(&store, &held).unwrap();
        assert!(verdicts.iter().any(|verdict| !verdict.is_good()), "{verdicts:?}");
        forked += u64::from(verdicts.iter().any(|verdict| matches!(verdict, check::Verdict::Fork { .. })));
        drop(store);
        let refused = reopened(Some(WitnessFile::open(&witness_path).unwrap())).err();
        assert!(matches!(refused, Some(Error::Contradicted { .. })), "{refused:?}");
    }
    assert!(forked >= 3, "as many entries as were lost, and more");
}
