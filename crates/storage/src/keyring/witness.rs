//! The witness file: the newest signed checkpoints of the log, kept outside the data folder, so that a rolled-back or re-signed copy of
//! that folder is found.
//!
//! A text file of records, each a line `--- siger witness AT BYTES SUM` and the checkpoint. `AT` is the time in microseconds since 1970,
//! `BYTES` the length of the checkpoint, `SUM` the first 8 bytes of SHA-256 over `AT`, a line end and the checkpoint. A record is appended with one write and an fsync. A torn one
//! fails its sum and is passed over; nothing before it is ever rewritten in place, so the newest complete record survives any crash.
//!
//! The file stays small: when it has grown by 512 KiB it is written anew (temporary file, fsync, rename) with the latest
//! 256 checkpoints and, of those before, the last of each day (UTC). That is about 150 KB for each year. Two neighbours that contradict each
//! other, the earlier one over more entries or over others, are kept for ever: they are the evidence that the data went back.
//!
//! A checkpoint over fewer entries than the newest record is not appended. So the newest record of a log is its largest one too, and a journal that went
//! back cannot push it out of the file by what it signs anew.

use sha2::{Digest, Sha256};
use siger_domain::time::Instant;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{Error, Result, durable, rotate::hex};

/// Longest checkpoint: origin, size, hash, and signature lines of the office's keys take some hundred bytes.
pub const CHECKPOINT_BYTES_MAX: usize = 4_096;

/// How many of the newest checkpoints are all kept; of older ones the last of each day.
pub const WITNESS_LATEST: usize = 256;

/// Growth after which the file is written anew: over a thousand checkpoints, so that this is rare beside the appends.
const GROWTH_BYTES_MAX: u64 = 512 << 10;

/// Longest file that is read: a thousand years of days. A longer one is not ours.
const WITNESS_BYTES_MAX: u64 = 256 << 20;

/// How much of the end is read to find the newest: over fifteen of the longest records.
const TAIL_BYTES: u64 = 64 << 10;

/// How a record begins.
pub(crate) const MARK: &str = "--- siger witness ";

/// A checkpoint and when it was witnessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    /// When it was appended, by the clock of the office.
    pub at: Instant,
    /// The signed note.
    pub checkpoint: String,
}

impl Witnessed {
    /// How many entries the checkpoint says that it is over: its second line (C2SP tlog-checkpoint), not verified.
    pub fn size(&self) -> Option<u64> {
        self.checkpoint.lines().nth(1)?.parse().ok()
    }

    /// The root that it says, not verified.
    fn root(&self) -> Option<&str> {
        self.checkpoint.lines().nth(2)
    }

    /// Which log it says that it is of, not verified.
    fn origin(&self) -> Option<&str> {
        self.checkpoint.lines().next()
    }

    /// Whether no log that only grows can have signed this one and then the other.
    fn contradicts(&self, later: &Self) -> bool {
        let of_one_log = self.origin() == later.origin();
        matches!((self.size(), later.size()), (Some(ours), Some(theirs)) if of_one_log && (ours > theirs || ours == theirs && self.root() != later.root()))
    }

    /// Whether this one says all that the other would add.
    fn covers(&self, later: &Self) -> bool {
        let of_one_log = self.origin() == later.origin();
        matches!((self.size(), later.size()), (Some(ours), Some(theirs)) if of_one_log && (ours > theirs || ours == theirs && self.root() == later.root()))
    }
}

/// Of all records those that tell whether a journal went back: of each stretch in which the log of this origin only grew, the last one. In good order that is
/// the newest record alone.
pub(crate) fn peaks<'w>(all: &'w [Witnessed], origin: &str) -> Vec<&'w Witnessed> {
    let ours: Vec<_> = all.iter().filter(|witnessed| witnessed.origin() == Some(origin)).collect();
    (0..ours.len()).filter(|&at| ours.get(at + 1).is_none_or(|next| ours[at].contradicts(next))).map(|at| ours[at]).collect()
}

/// The file. See the head of this module; several processes may append to it.
#[derive(Debug)]
pub struct WitnessFile {
    path: PathBuf,
    file: File,
    /// Length after the newest append of this process: a longer file holds records of others.
    own_bytes: u64,
    /// Length when it was last written anew by this process.
    base_bytes: u64,
}

impl WitnessFile {
    /// Opens the file, made when missing (mode 0600, folder 0700).
    ///
    /// # Errors
    /// When the folder or file can't be made or opened.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = folder(path);
        durable::make_folder(folder).map_err(Error::io("make the folder", folder))?;
        let file = open_for_append(path)?;
        durable::sync_folder(folder).map_err(Error::io("sync", folder))?;
        Ok(Self { path: path.to_owned(), file, own_bytes: 0, base_bytes: 0 })
    }

    /// Appends a checkpoint; it is on the disk when this returns. Not needed and not done where the newest record is the same or over more entries.
    ///
    /// # Errors
    /// When the text is empty, too long, does not end its last line, or the disk refuses.
    pub fn append(&mut self, at: Instant, checkpoint: &str) -> Result<()> {
        if checkpoint.is_empty() || checkpoint.len() > CHECKPOINT_BYTES_MAX || !checkpoint.ends_with('\n') || checkpoint.contains(MARK) {
            return Err(Error::Checkpoint { max: CHECKPOINT_BYTES_MAX });
        }
        let lock_path = self.path.with_extension("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock_path).map_err(Error::io("open", &lock_path))?;
        lock.lock().map_err(Error::io("lock", &lock_path))?;
        self.follow_replacement()?;

        let length = self.file.metadata().map_err(Error::io("look at", &self.path))?.len();
        let new = Witnessed { at, checkpoint: checkpoint.to_owned() };
        if length != self.own_bytes
            && let Some(newest) = self.newest()?
            && newest.covers(&new)
        {
            self.own_bytes = length;
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(checkpoint.len() + 128);
        if length > 0 && !self.ends_a_line(length)? {
            // A torn record before us; begin on a line of our own.
            bytes.push(b'\n');
        }
        bytes.extend_from_slice(record(at, checkpoint).as_bytes());
        self.file.write_all(&bytes).and_then(|()| self.file.sync_data()).map_err(Error::io("append to", &self.path))?;

        self.own_bytes = length + bytes.len() as u64;
        if self.own_bytes > self.base_bytes + GROWTH_BYTES_MAX { self.write_anew() } else { Ok(()) }
    }

    /// The checkpoint appended last.
    ///
    /// # Errors
    /// When the file can't be read or is not ours.
    pub fn newest(&self) -> Result<Option<Witnessed>> {
        let mut file = File::open(&self.path).map_err(Error::io("open", &self.path))?;
        let length = file.metadata().map_err(Error::io("look at", &self.path))?.len();
        let mut tail = Vec::new();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))
            .and_then(|_| file.take(TAIL_BYTES).read_to_end(&mut tail))
            .map_err(Error::io("read", &self.path))?;
        match records(&tail).pop() {
            Some(newest) => Ok(Some(newest)),
            // Nothing but damage at the end: look through all of it.
            None => Ok(self.all()?.pop()),
        }
    }

    /// All checkpoints in the file, oldest first.
    ///
    /// # Errors
    /// When the file can't be read or is not ours.
    pub fn all(&self) -> Result<Vec<Witnessed>> {
        let file = File::open(&self.path).map_err(Error::io("open", &self.path))?;
        if file.metadata().map_err(Error::io("look at", &self.path))?.len() > WITNESS_BYTES_MAX {
            return Err(Error::Damaged { path: self.path.clone(), what: "it is too large" });
        }
        let mut bytes = Vec::new();
        file.take(WITNESS_BYTES_MAX).read_to_end(&mut bytes).map_err(Error::io("read", &self.path))?;
        Ok(records(&bytes))
    }

    /// Another process may have written the file anew: then its new one is ours, too.
    fn follow_replacement(&mut self) -> Result<()> {
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let ours = self.file.metadata().map(identity).map_err(Error::io("look at", &self.path))?;
        if fs::metadata(&self.path).map(identity).ok() != Some(ours) {
            self.file = open_for_append(&self.path)?;
        }
        Ok(())
    }

    fn ends_a_line(&self, length: u64) -> Result<bool> {
        let mut last = [0];
        std::os::unix::fs::FileExt::read_exact_at(&self.file, &mut last, length - 1).map_err(Error::io("read", &self.path))?;
        Ok(last == *b"\n")
    }

    /// Drops what need not be kept. The caller holds the lock.
    fn write_anew(&mut self) -> Result<()> {
        let text: String = kept(self.all()?).iter().map(|witnessed| record(witnessed.at, &witnessed.checkpoint)).collect();
        let new = self.path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, &self.path)?;
            durable::sync_folder(folder(&self.path))
        };
        write().map_err(Error::io("write anew", &self.path))?;
        self.file = open_for_append(&self.path)?;
        self.base_bytes = text.len() as u64;
        self.own_bytes = self.base_bytes;
        Ok(())
    }
}

fn open_for_append(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path).map_err(Error::io("open", path))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn record(at: Instant, checkpoint: &str) -> String {
    let at = at.unix_micros();
    format!("{MARK}{at} {} {}\n{checkpoint}", checkpoint.len(), sum(at, checkpoint))
}

fn sum(at: i64, checkpoint: &str) -> String {
    hex(&Sha256::digest(format!("{at}\n{checkpoint}"))[..8])
}

/// The latest, of those before the last of each day, and neighbours that contradict each other: kept together they stay neighbours.
fn kept(all: Vec<Witnessed>) -> Vec<Witnessed> {
    const DAY_MICROS: i64 = 86_400_000_000;
    let day = |witnessed: &Witnessed| witnessed.at.unix_micros().div_euclid(DAY_MICROS);
    let latest_from = all.len().saturating_sub(WITNESS_LATEST);
    let mut keep: Vec<_> = (0..all.len()).map(|at| at >= latest_from || all.get(at + 1).map(day) != Some(day(&all[at]))).collect();
    for (at, pair) in all.windows(2).enumerate() {
        if pair[0].contradicts(&pair[1]) {
            (keep[at], keep[at + 1]) = (true, true);
        }
    }
    all.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(witnessed, _)| witnessed).collect()
}

/// The complete records in some bytes, in order; everything else is passed over.
pub(crate) fn records(mut bytes: &[u8]) -> Vec<Witnessed> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let next_line = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |at| at + 1);
        let (line, rest) = bytes.split_at(next_line);
        match complete(line, rest) {
            Some(witnessed) => {
                bytes = &rest[witnessed.checkpoint.len()..];
                found.push(witnessed);
            }
            None => bytes = rest,
        }
    }
    found
}

fn complete(line: &[u8], rest: &[u8]) -> Option<Witnessed> {
    let line = str::from_utf8(line).ok()?.strip_prefix(MARK)?.strip_suffix('\n')?;
    let mut words = line.split(' ');
    let (at, length, expected) = (words.next()?.parse().ok()?, words.next()?.parse::<usize>().ok()?, words.next()?);
    let checkpoint = str::from_utf8(rest.get(..length)?).ok()?;
    (words.next().is_none() && length > 0 && sum(at, checkpoint) == expected)
        .then(|| Witnessed { at: Instant::from_unix_micros(at), checkpoint: checkpoint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> Instant {
        Instant::from_unix_micros(1_795_478_400_000_000).plus_seconds(seconds)
    }

    fn checkpoint(number: usize) -> String {
        format!("siger.example/contoh\n{number}\nAAAA\n\n\u{2014} siger.example/contoh c2lnbmF0dXJl\n")
    }

    #[test]
    fn the_newest_survives_a_torn_write_of_any_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/witness");
        let mut file = WitnessFile::open(&path).unwrap();
        assert_eq!(file.newest().unwrap(), None);
        for number in 0..3 {
            file.append(moment(number), &checkpoint(number as usize)).unwrap();
        }
        let whole = fs::read(&path).unwrap();
        let next = record(moment(3), &checkpoint(3));
        for torn in (0..next.len()).step_by(5).chain([next.len() - 1]) {
            let mut bytes = whole.clone();
            bytes.extend_from_slice(&next.as_bytes()[..torn]);
            fs::write(&path, &bytes).unwrap();
            let mut file = WitnessFile::open(&path).unwrap();
            assert_eq!(file.newest().unwrap().unwrap().checkpoint, checkpoint(2), "torn after {torn} bytes");
            file.append(moment(4), &checkpoint(4)).unwrap();
            assert_eq!(file.newest().unwrap().unwrap(), Witnessed { at: moment(4), checkpoint: checkpoint(4) }, "torn after {torn} bytes");
            // When only the last line end is missing, the next append completes the record.
            let complete = if torn == next.len() - 1 { 5 } else { 4 };
            assert_eq!(file.all().unwrap().len(), complete, "torn after {torn} bytes");
        }
    }

    #[test]
    fn a_changed_record_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let mut file = WitnessFile::open(&path).unwrap();
        file.append(moment(0), &checkpoint(0)).unwrap();
        file.append(moment(1), &checkpoint(1)).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(file.newest().unwrap().unwrap().checkpoint, checkpoint(0));
    }

    #[test]
    fn keeps_the_latest_and_one_a_day() {
        let all: Vec<_> = (0..2_000).map(|hour| Witnessed { at: moment(hour * 3_600), checkpoint: checkpoint(hour as usize) }).collect();
        let kept = kept(all.clone());
        assert_eq!(kept[kept.len() - WITNESS_LATEST..], all[2_000 - WITNESS_LATEST..]);
        let older = &kept[..kept.len() - WITNESS_LATEST];
        assert_eq!(older.len(), (2_000 - WITNESS_LATEST) / 24, "one of each whole day");
        assert!(older.iter().all(|witnessed| witnessed.at.unix_seconds() % 86_400 == 23 * 3_600), "the last of the day");
    }

    /// What shows that the data went back is never pushed out by what is signed afterwards.
    #[test]
    fn keeps_for_ever_what_contradicts_a_later_record() {
        let witnessed = |at: i64, size: usize, root: &str| Witnessed {
            at: moment(at),
            checkpoint: format!("siger.example/contoh\n{size}\n{root}\n\n\u{2014} siger.example/contoh c2lnbmF0dXJl\n"),
        };
        // All on one day: up to 500, back to 450, on to 1,499; at 900 another root for as many entries.
        let mut all: Vec<_> = (0..=500).map(|size| witnessed(size as i64, size, "AAAA")).collect();
        all.extend((450..=900).map(|size| witnessed(1_000 + size as i64, size, "BBBB")));
        all.extend((900..1_500).map(|size| witnessed(2_000 + size as i64, size, "CCCC")));
        let mut file = all.clone();
        for _ in 0..3 {
            file = kept(file);
            assert_eq!(file.len(), WITNESS_LATEST + 4);
            for evidence in [&all[500], &all[501], &all[951], &all[952]] {
                assert!(file.contains(evidence), "{}", evidence.checkpoint);
            }
            let next = file.last().unwrap().size().unwrap() as usize + 1;
            file.extend((next..next + 700).map(|size| witnessed(2_000 + size as i64, size, "CCCC")));
        }
    }

    #[test]
    fn the_newest_record_is_the_largest_and_peaks_are_few() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let (mut one, mut other) = (WitnessFile::open(&path).unwrap(), WitnessFile::open(&path).unwrap());
        for number in 0..50 {
            let file = if number % 3 == 0 { &mut one } else { &mut other };
            file.append(moment(number), &checkpoint(number as usize)).unwrap();
        }
        // Of a journal that went back, of a process that was slower, or again after a start: nothing new.
        for number in [0, 30, 48, 49] {
            WitnessFile::open(&path).unwrap().append(moment(60), &checkpoint(number)).unwrap();
        }
        assert_eq!(one.all().unwrap().len(), 50);
        let peaks = || peaks(&one.all().unwrap(), "siger.example/contoh").into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(peaks(), [Witnessed { at: moment(49), checkpoint: checkpoint(49) }]);
        // As many entries, but others: that is evidence.
        let forged = checkpoint(49).replace("AAAA", "BBBB");
        WitnessFile::open(&path).unwrap().append(moment(61), &forged).unwrap();
        assert_eq!(peaks().into_iter().map(|found| found.checkpoint).collect::<Vec<_>>(), [checkpoint(49), forged]);
    }

    #[test]
    fn stays_small_and_is_followed_by_a_second_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("witness");
        let (mut one, mut other) = (WitnessFile::open(&path).unwrap(), WitnessFile::open(&path).unwrap());
        let long = |number: i64| format!("{number}\n{}\n", "x".repeat(3_500));
        let mut largest = 0;
        for number in 0..600 {
            let file = if number % 2 == 0 { &mut one } else { &mut other };
            file.append(moment(number), &long(number)).unwrap();
            if number % 50 == 0 {
                assert_eq!(file.newest().unwrap().unwrap().checkpoint, long(number));
                largest = largest.max(fs::metadata(&path).unwrap().len());
            }
        }
        // 600 records would have 2.1 MB.
        assert!(largest < 3_600 * WITNESS_LATEST as u64 + GROWTH_BYTES_MAX, "{largest}");
        assert!(one.all().unwrap().len() < 500, "it was written anew");
        assert_eq!(other.newest().unwrap(), one.newest().unwrap());
    }

    #[test]
    fn refuses_what_is_not_a_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = WitnessFile::open(&folder.path().join("witness")).unwrap();
        for text in ["", "no line end", &format!("{MARK}\n"), &("x".repeat(CHECKPOINT_BYTES_MAX) + "\n")] {
            assert!(matches!(file.append(moment(0), text), Err(Error::Checkpoint { .. })), "{text:.20}");
        }
    }
}
