//! Backups that the office makes: every night by itself, and when somebody asks for one.
//!
//! They lie as sealed archives in a folder outside the data folder, which the settings name and which must be there: an outer disk
//! that is not mounted is noticed, and not replaced by a folder of the same name on the disk that is to be saved. How long they are
//! kept is a rule of the law ([`crate::retention`]); the newest stays until there is a newer one.
//!
//! When an archive was made stands in its name, by the clock of then. One from the future was made while the clock was ahead: it keeps
//! no other from being the newest, and its age counts from when the disk got it, or, where that is in the future too, from when that
//! was noticed. So a night has its backup also while the date is far from that of the newest run: a machine that stood still for weeks
//! looks the same as a clock that jumped, and needs one most.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use siger_domain::access::Action;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::OfficerId;
use siger_domain::retention::DataKind;
use siger_domain::time::Instant;
use siger_storage::archive::{self, Summary};
use siger_storage::{Stamp, Tx, Write, journal::read};
use tokio::task::JoinHandle;

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::office::Office;

/// After so long without a backup pages warn: one night may fail, two may not.
pub const LATE_SECONDS: i64 = 2 * 24 * 60 * 60;
/// Half an archive that is older was left by a process that died: no archive takes a day.
const LEFT_SECONDS: i64 = 24 * 60 * 60;
/// An archive whose name lies so far ahead is from a clock that was wrong, and not from one that was set right by a little.
const AHEAD_SECONDS: i64 = 24 * 60 * 60;
/// Files in the folder that are looked at: years of nights.
const FILES_MAX: usize = 10_000;
/// Form of the moment in a file's name, in UTC.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Where backups go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    /// The folder.
    pub folder: PathBuf,
    /// Kept so many days; never longer than the law says.
    pub keep_days: u32,
}

/// An archive in the folder, known by its name. What is named otherwise is somebody else's and left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Name of the file.
    pub file: String,
    /// [`DataKind::Backup`] or [`DataKind::Export`].
    pub kind: DataKind,
    /// When it was made, by its name.
    pub made: Instant,
    /// When the disk got it; what was carried here and back has a later moment than its name.
    pub put: Instant,
    /// Its size.
    pub bytes: u64,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Name of the file.
    pub file: String,
    /// What is in it.
    pub summary: Summary,
    /// The entry that says so.
    pub number: u64,
}

/// The newest backup that the journal knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newest {
    /// When.
    pub at: Instant,
    /// Who asked for it; `None`: the program, or somebody at the console.
    pub by: Option<OfficerId>,
    /// What its entry says; `None` where that cannot be read.
    pub body: Option<body::OfficeBackedUp>,
}

/// What pages say of backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether a folder is set.
    pub is_set: bool,
    /// The newest.
    pub newest: Option<Newest>,
    /// There is none, or it is older than [`LATE_SECONDS`].
    pub is_late: bool,
}

/// The name of a new archive.
pub fn file_name(kind: DataKind, code: &str, at: Instant) -> String {
    format!("{}{}.siger", prefix(kind, code), at.in_zone(&TimeZone::UTC).strftime(STAMP))
}

fn prefix(kind: DataKind, code: &str) -> String {
    format!("siger-{}-{code}-", kind.as_str())
}

/// Which archive of the office a file is, by its name.
fn known(code: &str, file: &str) -> Option<(DataKind, Instant)> {
    [DataKind::Backup, DataKind::Export].into_iter().find_map(|kind| {
        let stamp = file.strip_prefix(&prefix(kind, code))?.strip_suffix(".siger")?;
        let at = DateTime::strptime(STAMP, stamp).ok()?.to_zoned_datetime(TimeZone::UTC).ok()?;
        Some((kind, Instant::from_unix_micros(at.timestamp().as_microsecond())))
    })
}

/// The archives in the folder, oldest first.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn kept(backups: &Backups, code: &str) -> Result<Vec<Kept>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(&backups.folder).map_err(Error::internal)?.take(FILES_MAX) {
        let entry = entry.map_err(Error::internal)?;
        let Ok(file) = entry.file_name().into_string() else { continue };
        if let Some((kind, made)) = known(code, &file) {
            let metadata = entry.metadata().map_err(Error::internal)?;
            let put = metadata.modified().map_err(Error::internal)?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let put = Instant::from_unix_micros(i64::try_from(put.as_micros()).unwrap_or(i64::MAX));
            found.push(Kept { file, kind, made, put, bytes: metadata.len() });
        }
    }
    found.sort_by(|one, other| (one.made, &one.file).cmp(&(other.made, &other.file)));
    Ok(found)
}

impl Kept {
    /// Whether it is from the future.
    fn is_ahead(&self, now: Instant) -> bool {
        self.made.seconds_since(now) > AHEAD_SECONDS
    }

    /// From when its age counts.
    fn from(&self, now: Instant) -> Instant {
        if self.is_ahead(now) { self.put.min(now) } else { self.made }
    }
}

/// Those made before the moments given for backups and exports; never the newest backup.
pub(crate) fn due(mut kept: Vec<Kept>, now: Instant, backup_before: Option<Instant>, export_before: Option<Instant>) -> Vec<Kept> {
    let backups = kept.iter().filter(|kept| kept.kind == DataKind::Backup);
    // One from the future is the newest only where there is no other.
    let newest = backups.max_by_key(|kept| (!kept.is_ahead(now), kept.from(now), kept.made)).map(|kept| kept.file.clone());
    kept.retain(|kept| {
        let before = if kept.kind == DataKind::Backup { backup_before } else { export_before };
        before.is_some_and(|before| kept.from(now) < before) && Some(&kept.file) != newest.as_ref()
    });
    kept
}

/// Lets the age of archives whose name and whose file are from the future count from now.
///
/// # Errors
/// When the disk refuses.
pub(crate) fn date_back(backups: &Backups, code: &str, now: Instant) -> Result<()> {
    for ahead in kept(backups, code)?.into_iter().filter(|kept| kept.is_ahead(now) && kept.put > now) {
        let file = fs::File::open(backups.folder.join(&ahead.file)).map_err(Error::internal)?;
        let micros = u64::try_from(now.unix_micros()).map_err(Error::internal)?;
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_micros(micros)).map_err(Error::internal)?;
        tracing::warn!(file = ahead.file, "an archive was made while the clock was ahead; its age counts from now");
    }
    Ok(())
}

/// Removes archives; how many.
///
/// # Errors
/// When the disk refuses; what was removed before stays removed.
pub(crate) fn remove(backups: &Backups, files: &[Kept]) -> Result<u64> {
    let mut removed = 0;
    for kept in files {
        match fs::remove_file(backups.folder.join(&kept.file)) {
            Ok(()) => removed += 1,
            // Another process was here, and counts it.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::internal(error)),
        }
    }
    Ok(removed)
}

/// What a process that died left half written.
fn sweep(folder: &Path, code: &str, now: Instant) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(Error::internal)?.take(FILES_MAX) {
        let entry = entry.map_err(Error::internal)?;
        let left = entry.file_name().to_str().and_then(|file| file.strip_suffix(archive::PART)).and_then(|file| known(code, file));
        if left.is_some_and(|(_, begun)| now.seconds_since(begun) > LEFT_SECONDS) {
            fs::remove_file(entry.path()).map_err(Error::internal)?;
        }
    }
    Ok(())
}

/// Makes a backup now. It goes on, and is written down, also when nobody waits for the answer any more.
///
/// # Errors
/// When not permitted, no folder is set, or one is being made.
pub fn begin(office: &Office, by: &Context) -> Result<JoinHandle<Result<Made>>> {
    let stamp = by.authorise(Action::OfficeBackup, About::default())?;
    let backups = office.backups().cloned().ok_or(Error::Conflict("backup_no_folder"))?;
    let turn = Arc::clone(office.backing_up()).try_lock_owned().map_err(|_| Error::Conflict("backup_runs"))?;
    let office = office.clone();
    Ok(tokio::spawn(async move {
        let _turn = turn;
        make(&office, backups, stamp).await
    }))
}

async fn make(office: &Office, backups: Backups, stamp: Stamp) -> Result<Made> {
    let (store, blobs, code) = (office.store().clone(), office.blobs().clone(), office.info().code.clone());
    let file = file_name(DataKind::Backup, &code, stamp.at);
    let path = backups.folder.join(&file);
    let writing = tokio::task::spawn_blocking(move || -> Result<Summary> {
        if !backups.folder.is_dir() {
            return Err(Error::internal("the folder of backups (setting backup.folder) is missing; is its disk mounted?"));
        }
        sweep(&backups.folder, &code, stamp.at)?;
        Ok(archive::write_file(&store, &blobs, &path)?)
    });
    let summary = writing.await.map_err(Error::internal)??;
    let made = (file.clone(), summary.clone());
    // The moment at which it is whole, not the one at which it was begun.
    let stamp = Stamp { at: office.now(), ..stamp };
    let number = office.write(move |write| note(write, stamp, made.0, &made.1)).await?;
    if summary.missing_count > 0 {
        tracing::error!(blobs = summary.missing_count, "pictures or papers are missing or damaged, and so not in the backup; run siger check");
    }
    tracing::info!(entries = summary.size, blobs = summary.blobs, bytes = summary.bytes, "a backup was made");
    Ok(Made { file, summary, number })
}

/// Writes down that a backup was made.
///
/// # Errors
/// When the store refuses.
pub fn note(write: &mut Write<'_, '_>, stamp: Stamp, file: String, summary: &Summary) -> Result<u64> {
    let event = Event::OfficeBackedUp(body::OfficeBackedUp {
        size: summary.size,
        root: siger_storage::to_hex(summary.root.as_ref()),
        file,
        bytes: summary.bytes,
        missing: summary.missing_count,
    });
    Ok(write.append(stamp, Subject::Office, &event)?)
}

/// The backup of a night.
pub(crate) async fn nightly(office: &Office) -> Result<()> {
    if office.backups().is_none() {
        return Ok(());
    }
    match begin(office, &office.system(siger_domain::access::Purpose::Administration)) {
        Ok(making) => making.await.map_err(Error::internal)?.map(drop),
        // Somebody asked for one at this moment, which does as well.
        Err(Error::Conflict("backup_runs")) => Ok(()),
        Err(error) => Err(error),
    }
}

/// How it stands with backups.
///
/// # Errors
/// When not permitted, or the store refuses.
pub fn standing(tx: &mut Tx<'_>, office: &Office, by: &Context) -> Result<Standing> {
    by.authorise(Action::OfficeRead, About::default())?;
    let newest = read::newest_of_kind(tx, "office.backed_up", u64::MAX, 1)?.pop().map(|entry| {
        let body = match entry.open(office.store().keyring()) {
            Ok(Some(Event::OfficeBackedUp(body))) => Some(body),
            _ => None,
        };
        Newest { at: entry.stamp.at, by: entry.stamp.actor, body }
    });
    let is_late = newest.as_ref().is_none_or(|newest| {
        // The journal's time does not go back after a clock that was ahead; the name of what is made then does.
        let named = newest.body.as_ref().and_then(|body| known(&office.info().code, &body.file));
        let seconds = by.now.seconds_since(named.map_or(newest.at, |(_, made)| made));
        !(-LATE_SECONDS..=LATE_SECONDS).contains(&seconds)
    });
    Ok(Standing { is_set: office.backups().is_some(), newest, is_late })
}

/// The folder of backups as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it is.
    pub folder: PathBuf,
    /// Days that backups are kept.
    pub keep_days: u32,
    /// Archives in it and their bytes; `None`: it cannot be read.
    pub kept: Option<(u64, u64)>,
    /// One is being made now, by this process.
    pub runs: bool,
}

/// The folder, where one is set.
///
/// # Errors
/// When not permitted.
pub async fn place(office: &Office, by: &Context) -> Result<Option<Place>> {
    by.authorise(Action::OfficeRead, About::default())?;
    let Some(backups) = office.backups().cloned() else { return Ok(None) };
    let (looked, code) = (backups.clone(), office.info().code.clone());
    let found = tokio::task::spawn_blocking(move || kept(&looked, &code)).await.map_err(Error::internal)?;
    let kept = found.ok().map(|kept| (kept.len() as u64, kept.iter().map(|kept| kept.bytes).sum()));
    Ok(Some(Place { folder: backups.folder, keep_days: backups.keep_days, kept, runs: office.backing_up().try_lock().is_err() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_unix_micros(0).plus_seconds(seconds)
    }

    fn one(kind: DataKind, made: Instant) -> Kept {
        Kept { file: file_name(kind, "WKN", made), kind, made, put: made, bytes: 1 }
    }

    fn made(due: Vec<Kept>) -> Vec<Instant> {
        due.into_iter().map(|kept| kept.made).collect()
    }

    #[test]
    fn names_say_what_and_when() {
        let made = at(1_795_485_600);
        for kind in [DataKind::Backup, DataKind::Export] {
            assert_eq!(known("WKN", &file_name(kind, "WKN", made)), Some((kind, made)));
        }
        assert_eq!(file_name(DataKind::Backup, "WKN", made), "siger-backup-WKN-20261124T020000Z.siger");
        for other in ["siger-backup-BDL-20261124T020000Z.siger", "siger-backup-WKN-2026.siger", "siger-backup-WKN-20261124T020000Z.siger.part", "notes.txt"] {
            assert_eq!(known("WKN", other), None, "{other}");
        }
    }

    #[test]
    fn the_newest_backup_is_never_due() {
        let all = vec![one(DataKind::Backup, at(1)), one(DataKind::Export, at(2)), one(DataKind::Backup, at(3))];
        assert_eq!(made(due(all.clone(), at(10), Some(at(9)), Some(at(9)))), [at(1), at(2)]);
        assert_eq!(made(due(all.clone(), at(10), Some(at(1)), None)), []);
        assert_eq!(made(due(all, at(10), None, Some(at(3)))), [at(2)]);
    }

    #[test]
    fn a_backup_from_the_future_is_due_by_when_the_disk_got_it_and_saves_no_place_for_itself() {
        let ahead = Kept { put: at(2), ..one(DataKind::Backup, at(1_000_000)) };
        let all = vec![one(DataKind::Backup, at(1)), one(DataKind::Backup, at(3)), ahead.clone()];
        assert_eq!(made(due(all.clone(), at(10), Some(at(2)), None)), [at(1)]);
        assert_eq!(made(due(all, at(10), Some(at(9)), None)), [at(1), at(1_000_000)], "the newest of the others stays");
        assert_eq!(made(due(vec![ahead], at(10), Some(at(9)), None)), [], "the only one there is");
    }

    #[test]
    fn only_what_was_removed_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        let backups = Backups { folder: folder.path().to_owned(), keep_days: 90 };
        let (here, gone) = (one(DataKind::Backup, at(1)), one(DataKind::Backup, at(2)));
        fs::write(folder.path().join(&here.file), b"an archive").unwrap();
        assert_eq!(remove(&backups, &[here, gone]).unwrap(), 1);
    }
}
