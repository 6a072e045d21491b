//! The file layer with plain SQLite: what SQLite promises holds under it, and what SQLite does not promise is seen to break.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use siger_testkit::fault::{Cut, FaultVfs, Handle, Operation, Rng, Survey};

/// Where the database seems to lie. Nothing is ever written there.
const BASE: &str = "/nowhere/office";

/// Transactions of a run: enough for several checkpoints of the small log below.
const TRANSACTIONS: u64 = 80;

/// Pages after which the log is copied back: small, so that a run sees many checkpoints and logs begun anew.
const CHECKPOINT_PAGES: u32 = 12;

fn open_as_is(disk: &Handle) -> Result<Connection> {
    Ok(Connection::open_with_flags_and_vfs(Path::new(BASE).join("siger.db"), OpenFlags::default(), disk.name())?)
}

fn open(disk: &Handle, journal: &str, synchronous: &str) -> Result<Connection> {
    let db = Connection::open_with_flags_and_vfs(Path::new(BASE).join("siger.db"), OpenFlags::default(), disk.name())?;
    db.execute_batch(&format!("PRAGMA journal_mode = {journal}; PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};"))?;
    Ok(db)
}

/// The body of row `number`: known beforehand, so that a row of wrong bytes is found.
fn body(number: u64) -> &'static [u8] {
    static BODIES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let make = |number| {
            let mut rng = Rng::new(number);
            let words = 3 + rng.below(300);
            (0..words).flat_map(|_| rng.next_u64().to_le_bytes()).collect()
        };
        (0..1000).map(make).collect()
    });
    &BODIES[number as usize % BODIES.len()]
}

fn append(db: &Connection, number: u64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO entry (number, body) VALUES (?1, ?2)")?.execute((number as i64, body(number)))?;
    Ok(())
}

/// A seeded run: single appends, groups, changes of an old row and rollbacks; numbers are acknowledged only after their commit.
fn work(disk: &Handle, journal: &str, synchronous: &str) -> Result<()> {
    let mut rng = Rng::new(disk.seed());
    let mut db = open(disk, journal, synchronous)?;
    db.execute_batch(
        "CREATE TABLE entry (number INTEGER PRIMARY KEY, body BLOB NOT NULL); CREATE TABLE touched (times INTEGER NOT NULL); INSERT INTO touched VALUES (0);",
    )?;
    let mut number = 0;
    for _ in 0..TRANSACTIONS {
        let tx = db.transaction()?;
        let group = 1 + rng.below(4) as u64;
        for next in number + 1..=number + group {
            append(&tx, next)?;
        }
        tx.execute("UPDATE touched SET times = times + 1", [])?;
        if rng.chance(1, 10) {
            tx.rollback()?;
            continue;
        }
        tx.commit()?;
        number += group;
        disk.set_mark(number);
        disk.keep_cut();
    }
    Ok(())
}

/// One cut in so many is looked at through the real disk and SQLite's own layer; the others in memory, as the real disk's syncs take minutes.
const REAL_DISK_EVERY: u64 = 25;

fn look(cut: &Cut, after: &Handle) -> Result<u64> {
    if !cut.number.is_multiple_of(REAL_DISK_EVERY) {
        return last_whole(&open_as_is(after)?);
    }
    let folder = tempfile::tempdir()?;
    cut.write_to(Path::new(BASE), folder.path())?;
    last_whole(&Connection::open(folder.path().join("siger.db"))?)
}

/// The last row, where the file is sound and all rows up to it are there with the right bytes.
fn last_whole(db: &Connection) -> Result<u64> {
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(verdict == "ok", verdict);
    if !db.table_exists(None, "entry")? {
        return Ok(0);
    }
    let mut rows = db.prepare("SELECT number, body FROM entry ORDER BY number")?;
    let mut last = 0;
    for row in rows.query_map([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, Vec<u8>>(1)?)))? {
        let (number, found) = row?;
        ensure!(number == last + 1 && found == body(number), "row {number} after row {last}");
        last = number;
    }
    Ok(last)
}

fn survey(name: &str, seed: u64, journal: &str, synchronous: &str) -> Result<Survey> {
    let survey = Survey::run(name, seed, |disk| work(disk, journal, synchronous), look)?;
    let (lost, broken) = (survey.lost.len(), survey.broken.len());
    println!("{journal}, synchronous = {synchronous}, seed {seed}: {} cuts, {lost} lost something acknowledged, {broken} broken", survey.cuts);
    Ok(survey)
}

#[test]
fn a_log_synced_fully_loses_nothing() -> Result<()> {
    for seed in [1, 2] {
        let survey = survey(&format!("full-{seed}"), seed, "WAL", "FULL")?;
        ensure!(survey.cuts > 250, "only {} cuts", survey.cuts);
        ensure!(survey.lost.is_empty() && survey.broken.is_empty(), "{survey:?}");
    }
    Ok(())
}

/// SQLite promises no more: <https://www.sqlite.org/pragma.html#pragma_synchronous>.
#[test]
fn a_log_synced_normally_loses_the_last_but_never_breaks() -> Result<()> {
    let survey = survey("normal", 3, "WAL", "NORMAL")?;
    ensure!(!survey.lost.is_empty(), "the layer lost nothing that was not synced");
    ensure!(survey.broken.is_empty(), "{survey:?}");
    Ok(())
}

#[test]
fn a_log_never_synced_loses() -> Result<()> {
    let survey = survey("off", 4, "WAL", "OFF")?;
    ensure!(!survey.lost.is_empty(), "a run without any sync survived every cut: the layer finds nothing");
    Ok(())
}

/// The directory's part of the model: with FULL a deleted journal may come back after a power cut and undo a transaction; EXTRA syncs the directory.
#[test]
fn a_rollback_journal_needs_the_directory_synced() -> Result<()> {
    let extra = survey("delete-extra", 5, "DELETE", "EXTRA")?;
    ensure!(extra.lost.is_empty() && extra.broken.is_empty(), "{extra:?}");
    let full = survey("delete-full", 5, "DELETE", "FULL")?;
    ensure!(!full.lost.is_empty() && full.broken.is_empty(), "{full:?}");
    Ok(())
}

/// Power cut, restart, more work, power cut: what the first cut left half done must not hurt the second.
#[test]
fn cut_after_cut_loses_nothing() -> Result<()> {
    let mut rng = Rng::new(12);
    let mut disk = FaultVfs::register("again-0", 12)?;
    drop(small(&disk)?);
    let mut number = 1;
    for round in 1..=20 {
        let cut = disk.cut_now();
        disk = FaultVfs::register_after(&format!("again-{round}"), round, &cut)?;
        let db = open(&disk, "WAL", "FULL")?;
        let found = last_whole(&db).with_context(|| format!("round {round}"))?;
        ensure!(found >= number, "round {round}: {number} acknowledged, {found} found");
        number = found;
        for _ in 0..1 + rng.below(15) {
            number += 1;
            append(&db, number)?;
        }
        // In the middle of a transaction, and with the connection still open: nothing is put in order before the cut.
        db.execute_batch("BEGIN; UPDATE entry SET body = x'00'")?;
        db.cache_flush()?;
        let cut = disk.cut_now();
        drop(db);
        disk = FaultVfs::register_after(&format!("again-{round}-cut"), round, &cut)?;
    }
    Ok(())
}

/// A table and one acknowledged row.
fn small(disk: &Handle) -> Result<Connection> {
    let db = open(disk, "WAL", "FULL")?;
    db.execute_batch("CREATE TABLE entry (number INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    append(&db, 1)?;
    disk.set_mark(1);
    Ok(db)
}

/// A power cut now costs nothing acknowledged.
fn survives(disk: &Handle) -> Result<()> {
    let cut = disk.cut_now();
    let after = FaultVfs::register_after(&format!("{}-after", disk.name()), disk.seed(), &cut)?;
    let found = last_whole(&open_as_is(&after)?)?;
    ensure!(found >= cut.mark, "{} acknowledged, {found} found", cut.mark);
    Ok(())
}

fn code(error: &rusqlite::Error) -> Option<ErrorCode> {
    error.sqlite_error_code()
}

fn rows(db: &Connection) -> Result<u64> {
    Ok(db.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0))? as u64)
}

#[test]
fn a_full_disk_is_named_and_costs_only_what_did_not_fit() -> Result<()> {
    let disk = FaultVfs::register("full-disk", 6)?;
    let db = small(&disk)?;
    disk.limit_bytes(Some(disk.used_bytes() + 100_000));
    let mut number = 1;
    let error = loop {
        match append(&db, number + 1) {
            Ok(()) => number += 1,
            Err(error) => break error,
        }
        ensure!(number < 1000, "100 kB took a thousand rows");
    };
    ensure!(code(&error) == Some(ErrorCode::DiskFull), "{error}");
    disk.set_mark(number);
    ensure!(rows(&db)? == number);
    survives(&disk)?;
    disk.heal();
    append(&db, number + 1)?;
    ensure!(rows(&db)? == number + 1);
    Ok(())
}

#[test]
fn a_read_only_disk_still_answers_readers() -> Result<()> {
    let disk = FaultVfs::register("read-only", 7)?;
    let db = small(&disk)?;
    disk.set_read_only(true);
    let error = append(&db, 2).err().context("a read-only disk took a row")?;
    ensure!(matches!(code(&error), Some(ErrorCode::SystemIoFailure | ErrorCode::ReadOnly)), "{error}");
    ensure!(rows(&db)? == 1);
    survives(&disk)?;
    disk.set_read_only(false);
    append(&db, 2)?;
    Ok(())
}

#[test]
fn an_error_of_each_kind_reaches_the_caller() -> Result<()> {
    for (name, operation) in [("bad-write", Operation::Write), ("bad-sync", Operation::Sync)] {
        let disk = FaultVfs::register(name, 8)?;
        let db = small(&disk)?;
        disk.fail_once(operation, 1);
        let error = append(&db, 2).err().with_context(|| format!("{operation:?} failed unheard"))?;
        ensure!(code(&error) == Some(ErrorCode::SystemIoFailure), "{operation:?}: {error}");
        survives(&disk).with_context(|| format!("{operation:?}"))?;
    }
    let disk = FaultVfs::register("bad-read", 8)?;
    drop(small(&disk)?); // closing copies the log back, so that the next connection must read the file
    disk.fail_from(Operation::Read, 1);
    let error = open(&disk, "WAL", "FULL").and_then(|db| rows(&db)).err().context("a read failed unheard")?;
    ensure!(error.downcast_ref::<rusqlite::Error>().and_then(code) == Some(ErrorCode::SystemIoFailure), "{error}");
    disk.heal();
    ensure!(rows(&open(&disk, "WAL", "FULL")?)? == 1);
    Ok(())
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a commit takes is what is measured")]
fn a_slow_disk_slows_each_commit() -> Result<()> {
    let disk = FaultVfs::register("slow", 9)?;
    let db = small(&disk)?;
    let delay = Duration::from_millis(20);
    disk.set_sync_delay(delay);
    let start = Instant::now();
    for number in 2..=6 {
        append(&db, number)?;
    }
    ensure!(start.elapsed() >= 5 * delay, "five commits took {:?}", start.elapsed());
    Ok(())
}

#[test]
fn readers_beside_the_writer_see_whole_transactions() -> Result<()> {
    let disk = FaultVfs::register("readers", 10)?;
    let mut db = small(&disk)?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| -> Result<u64> {
                    let db = open(&disk, "WAL", "FULL")?;
                    let mut looks = 0;
                    while !done.load(Ordering::SeqCst) || looks == 0 {
                        let count = rows(&db)?;
                        ensure!(count % 2 == 1, "half a transaction: {count} rows");
                        looks += 1;
                    }
                    Ok(looks)
                })
            })
            .collect();
        let written = (|| -> Result<()> {
            for pair in 1..150 {
                let tx = db.transaction()?;
                append(&tx, pair * 2)?;
                append(&tx, pair * 2 + 1)?;
                tx.commit()?;
            }
            Ok(())
        })();
        done.store(true, Ordering::SeqCst);
        for reader in readers {
            let looks = reader.join().map_err(|_| anyhow::anyhow!("a reader panicked"))??;
            ensure!(looks > 0);
        }
        written
    })?;
    ensure!(rows(&db)? == 299);
    survives(&disk)?;
    Ok(())
}

#[test]
fn a_name_can_be_used_once_at_a_time() -> Result<()> {
    let disk = FaultVfs::register("name", 11)?;
    ensure!(FaultVfs::register("name", 11).is_err());
    drop(disk);
    FaultVfs::register("name", 11)?;
    Ok(())
}
