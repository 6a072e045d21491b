//! Blobs in a folder: `ab/cd/<60 digits>`, where `ab` and `cd` are the first four digits of the name.
//!
//! A blob is written to `pending/`, fsynced, renamed to its name, and each folder that changed is fsynced: what a row may name is on the disk before the
//! row is. What a crash left in `pending/` is overwritten and removed when the folder is next opened by nobody else.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use siger_domain::time::Instant;

use super::{BLOB_BYTES_MAX, BlobId, Error, Put, Result};
use crate::keyring::{KeyIndex, Keyring, Place, SEALED_OVERHEAD_BYTES, durable};

const SEALED_BYTES_MAX: usize = BLOB_BYTES_MAX + SEALED_OVERHEAD_BYTES;

/// Every blob is sealed for this place: its name already follows from its content, and the same content for the same person shall
/// have the same name.
const PLACE: Place<'static> = Place { table: "blob", column: "content", row: b"" };

/// A folder of sealed blobs. Cheap to clone; several processes may use it.
#[derive(Clone, Debug)]
pub struct Folder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Shared while the folder is in use: only who finds it free may sweep.
    _in_use: File,
    next_pending: AtomicU64,
}

/// A turn at the folder among all processes that use it, from [`Folder::keeping`] or [`Folder::removing`]; over when it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "closing the file is what ends the turn")] File);

/// What lies in the folder beside the blobs.
const OWN: [&str; 3] = ["pending", "lock", "turn"];

impl Folder {
    /// Opens the folder, made when missing (mode 0700), and sweeps what a crash left behind.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn open(path: &Path) -> Result<Self> {
        let pending = path.join("pending");
        durable::make_folder(&pending).map_err(Error::io("make the folder", &pending))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&lock_path).map_err(Error::io("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => sweep(&pending)?,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", &lock_path)(error)),
        }
        lock.lock_shared().map_err(Error::io("lock", &lock_path))?;
        Ok(Self(Arc::new(Inner { path: path.to_owned(), _in_use: lock, next_pending: AtomicU64::new(0) })))
    }

    /// Held from before a blob is put until the row that names it is on the disk, in whatever process. Waits, on the thread that asks, for
    /// whoever holds [`Self::removing`].
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keeping(&self) -> Result<Turn> {
        self.turn(File::lock_shared)
    }

    /// Held from before it is found that no row names a blob until the blob is removed: nobody begins to rely on it in between, in
    /// whatever process. Waits, on the thread that asks, for whoever holds a turn.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn removing(&self) -> Result<Turn> {
        self.turn(File::lock)
    }

    fn turn(&self, lock: impl FnOnce(&File) -> io::Result<()>) -> Result<Turn> {
        let path = self.0.path.join("turn");
        // Opened anew for each: a lock belongs to what was opened, so that two threads of one process wait for each other, too.
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(Error::io("open", &path))?;
        lock(&file).map_err(Error::io("lock", &path))?;
        Ok(Turn(file))
    }

    /// Seals bytes with a person's key and keeps them. The same bytes for the same person have the same name and are kept once, so what is
    /// handed back also says whether they were there before: only what is new may be taken away again.
    ///
    /// # Errors
    /// When there are more than [`BLOB_BYTES_MAX`], the key was erased, or the disk refuses.
    pub fn put(&self, keyring: &Keyring, index: KeyIndex, bytes: &[u8]) -> Result<Put> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(Error::TooLarge { bytes: bytes.len(), max: BLOB_BYTES_MAX });
        }
        let sealed = keyring.seal(index, &PLACE, bytes)?;
        self.keep(&sealed)
    }

    /// Keeps bytes that are sealed already: an imported archive, another office's blob.
    ///
    /// # Errors
    /// When there are too many, or the disk refuses.
    pub fn put_sealed(&self, sealed: &[u8]) -> Result<BlobId> {
        Ok(self.keep(sealed)?.id)
    }

    fn keep(&self, sealed: &[u8]) -> Result<Put> {
        if sealed.len() > SEALED_BYTES_MAX {
            return Err(Error::TooLarge { bytes: sealed.len(), max: SEALED_BYTES_MAX });
        }
        let id = BlobId::of(sealed);
        let new = match self.verify(id) {
            Ok(()) => {
                self.renew(id)?;
                return Ok(Put { id, new: false });
            }
            Err(Error::Missing(_)) => true,
            // It is replaced by the good bytes at hand.
            Err(Error::Damaged(_)) => false,
            Err(error) => return Err(error),
        };
        let path = self.path(id);
        let folder = path.parent().unwrap_or(&self.0.path);
        durable::make_folder(folder).map_err(Error::io("make the folder", folder))?;
        let pending = self.pending();
        let write = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&pending)?;
            file.write_all(sealed)?;
            file.sync_all()
        };
        if let Err(error) = write() {
            // Best effort: on a full disk the rest of it is only in the way, and the next sweep finds it otherwise.
            let _ = fs::remove_file(&pending);
            return Err(Error::io("write", &pending)(error));
        }
        fs::rename(&pending, &path).map_err(Error::io("rename", &pending))?;
        durable::sync_folder(folder).map_err(Error::io("sync", folder))?;
        Ok(Put { id, new })
    }

    /// Makes a blob young again: until its row is written, it looks like one that nothing names.
    fn renew(&self, id: BlobId) -> Result<()> {
        let path = self.path(id);
        #[expect(clippy::disallowed_methods, reason = "the age of a file is by the clock of the machine, as if it were written now")]
        let now = SystemTime::now();
        File::open(&path).and_then(|file| file.set_modified(now)).map_err(Error::io("renew", &path))
    }

    /// The bytes of a blob; nothing when the person's key was erased.
    ///
    /// # Errors
    /// [`Error::Missing`] when there is no such blob, [`Error::Damaged`] when its bytes changed; also when it was sealed for somebody else.
    pub fn get(&self, keyring: &Keyring, index: KeyIndex, id: BlobId) -> Result<Option<Vec<u8>>> {
        if keyring.is_punctured(index) {
            return Ok(None);
        }
        Ok(keyring.open_sealed(index, &PLACE, &self.sealed(id)?)?)
    }

    /// The sealed bytes, for export and backup.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn sealed(&self, id: BlobId) -> Result<Vec<u8>> {
        let path = self.path(id);
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| {
            bytes.reserve(file.metadata()?.len().min(SEALED_BYTES_MAX as u64) as usize);
            file.take(SEALED_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)
        });
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::Missing(id)),
            Err(error) => Err(Error::io("read", &path)(error)),
            Ok(_) if BlobId::of(&bytes) == id => Ok(bytes),
            // Another thread may have been removing it while we read; then it is gone rather than damaged.
            Ok(_) => Err(if path.exists() { Error::Damaged(id) } else { Error::Missing(id) }),
        }
    }

    /// Removes a blob: overwritten with zeros, then unlinked. Says whether it was there.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove(&self, id: BlobId) -> Result<bool> {
        let (path, pending) = (self.path(id), self.pending());
        // First out of sight, so that no reader finds half of it; a crash from here on is finished by the sweep.
        match fs::rename(&path, &pending) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other.map_err(Error::io("rename", &path))?,
        }
        let folder = path.parent().unwrap_or(&self.0.path);
        durable::sync_folder(folder).map_err(Error::io("sync", folder))?;
        durable::wipe(&pending).map_err(Error::io("overwrite", &pending))?;
        Ok(true)
    }

    /// When a blob was put here, by the clock of the disk; `None`: it is not here.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn put_at(&self, id: BlobId) -> Result<Option<Instant>> {
        let path = self.path(id);
        let modified = match fs::metadata(&path).and_then(|metadata| metadata.modified()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(Error::io("look at", &path))?,
        };
        let since = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Some(Instant::from_unix_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))))
    }

    /// Whether a blob is there with the bytes that its name promises.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Damaged`], or the disk refuses.
    pub fn verify(&self, id: BlobId) -> Result<()> {
        self.sealed(id).map(drop)
    }

    /// All blobs in the folder, in order of their names within each sub-folder. What is no blob is named as an error, and the rest follows.
    pub fn iter(&self) -> impl Iterator<Item = Result<BlobId>> {
        let outer = sorted(&self.0.path).into_iter().flat_map(|entry| match entry {
            Ok(path) if path.file_name().is_some_and(|name| OWN.iter().any(|own| name == *own)) => Vec::new(),
            Ok(path) => sorted(&path),
            Err(error) => vec![Err(error)],
        });
        outer
            .flat_map(|entry| match entry {
                Ok(path) => sorted(&path),
                Err(error) => vec![Err(error)],
            })
            .map(|entry| {
                let path = entry?;
                id_of(&path).filter(|&id| self.path(id) == path).ok_or(Error::Stranger(path))
            })
    }

    fn path(&self, id: BlobId) -> PathBuf {
        let name = id.to_string();
        self.0.path.join(&name[..2]).join(&name[2..4]).join(&name[4..])
    }

    fn pending(&self) -> PathBuf {
        let number = self.0.next_pending.fetch_add(1, Ordering::Relaxed);
        // The address tells two folders opened by one process apart.
        self.0.path.join("pending").join(format!("{}-{:x}-{number}", std::process::id(), Arc::as_ptr(&self.0) as usize))
    }
}

/// The name that a path spells.
fn id_of(path: &Path) -> Option<BlobId> {
    let mut parts = path.components().rev().take(3).map(|part| part.as_os_str().to_str());
    let (last, middle, first) = (parts.next()??, parts.next()??, parts.next()??);
    format!("{first}{middle}{last}").parse().ok()
}

/// What lies in a folder, in order; a plain file where a folder belongs is a stranger.
fn sorted(folder: &Path) -> Vec<Result<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return vec![Err(Error::Stranger(folder.to_owned()))],
        Err(error) => return vec![Err(Error::io("list", folder)(error))],
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::io("list", folder))).collect();
    paths.sort_by(|one, other| one.as_ref().ok().cmp(&other.as_ref().ok()));
    paths
}

fn sweep(pending: &Path) -> Result<()> {
    for entry in fs::read_dir(pending).map_err(Error::io("list", pending))? {
        let path = entry.map_err(Error::io("list", pending))?.path();
        durable::wipe(&path).map_err(Error::io("overwrite", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keyring::{self, RootSecret};

    const PERSON: KeyIndex = KeyIndex::new(0, 1);
    const OTHER: KeyIndex = KeyIndex::new(0, 2);

    fn office() -> (tempfile::TempDir, Keyring, Folder) {
        let temp = tempfile::tempdir().unwrap();
        let root = RootSecret::from_bytes([1; 32]);
        let keyring = Keyring::create(&temp.path().join("keys"), &root, "siger.example/contoh", Instant::from_unix_micros(0), &[2; 32]).unwrap();
        let blobs = Folder::open(&temp.path().join("blobs")).unwrap();
        (temp, keyring, blobs)
    }

    fn listed(blobs: &Folder) -> Vec<BlobId> {
        blobs.iter().collect::<Result<_>>().unwrap()
    }

    #[test]
    fn keeps_each_content_once_for_each_person() {
        let (temp, keyring, blobs) = office();
        let id = blobs.put(&keyring, PERSON, b"picture").unwrap().id;
        assert_eq!(blobs.put(&keyring, PERSON, b"picture").unwrap(), Put { id, new: false });
        let other = blobs.put(&keyring, OTHER, b"picture").unwrap().id;
        assert_ne!(other, id, "two persons' files do not betray that they hold the same picture");
        assert_eq!(blobs.get(&keyring, PERSON, id).unwrap().as_deref(), Some(&b"picture"[..]));
        assert!(matches!(blobs.get(&keyring, PERSON, other), Err(Error::Keyring(keyring::Error::Sealed { .. }))));
        let mut expected = vec![id, other];
        expected.sort();
        assert_eq!(listed(&blobs), expected);
        assert!(!fs::read(blobs.path(id)).unwrap().windows(7).any(|bytes| bytes == b"picture"));
        drop(blobs);
        let again = Folder::open(&temp.path().join("blobs")).unwrap();
        assert_eq!(again.get(&keyring, PERSON, id).unwrap().as_deref(), Some(&b"picture"[..]));
    }

    #[test]
    fn erased_missing_and_damaged_are_told_apart() {
        let (_temp, keyring, blobs) = office();
        let id = blobs.put(&keyring, PERSON, b"picture").unwrap().id;
        let lost = blobs.put(&keyring, OTHER, b"scan").unwrap().id;
        fs::remove_file(blobs.path(lost)).unwrap();
        assert!(matches!(blobs.get(&keyring, OTHER, lost), Err(Error::Missing(named)) if named == lost));

        let path = blobs.path(id);
        let good = fs::read(&path).unwrap();
        for bytes in [&good[..good.len() - 1], &[], &[good.as_slice(), &[0]].concat(), &good.iter().map(|byte| byte ^ 1).collect::<Vec<_>>()] {
            fs::write(&path, bytes).unwrap();
            assert!(matches!(blobs.verify(id), Err(Error::Damaged(named)) if named == id));
            assert!(matches!(blobs.get(&keyring, PERSON, id), Err(Error::Damaged(_))));
        }
        assert_eq!(blobs.put(&keyring, PERSON, b"picture").unwrap().id, id, "putting it again heals it");
        blobs.verify(id).unwrap();

        keyring.puncture(&[PERSON]).unwrap();
        assert_eq!(blobs.get(&keyring, PERSON, id).unwrap(), None);
        assert!(matches!(blobs.put(&keyring, PERSON, b"picture"), Err(Error::Keyring(keyring::Error::Erased(_)))));
    }

    #[test]
    fn removing_overwrites() {
        let (temp, keyring, blobs) = office();
        let id = blobs.put(&keyring, PERSON, b"picture").unwrap().id;
        let second_name = temp.path().join("second-name");
        fs::hard_link(blobs.path(id), &second_name).unwrap();
        assert!(blobs.remove(id).unwrap());
        assert!(!blobs.remove(id).unwrap());
        assert!(fs::read(&second_name).unwrap().iter().all(|&byte| byte == 0));
        assert_eq!(listed(&blobs), []);
    }

    #[test]
    fn sweeps_leftovers_only_when_nobody_else_is_at_work() {
        let (temp, _keyring, blobs) = office();
        let path = temp.path().join("blobs");
        let leftover = path.join("pending/1234-0-0");
        fs::write(&leftover, b"half a blob").unwrap();
        let second = Folder::open(&path).unwrap();
        assert!(leftover.exists(), "the first may be writing it");
        drop((blobs, second));
        Folder::open(&path).unwrap();
        assert!(!leftover.exists());
    }

    #[test]
    fn what_is_put_again_is_young_again() {
        let (_temp, keyring, blobs) = office();
        let id = blobs.put(&keyring, PERSON, b"picture").unwrap().id;
        File::open(blobs.path(id)).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(blobs.put_at(id).unwrap(), Some(Instant::from_unix_micros(0)));
        assert!(!blobs.put(&keyring, PERSON, b"picture").unwrap().new);
        assert!(blobs.put_at(id).unwrap() > Some(Instant::from_unix_micros(0)));
    }

    #[test]
    fn who_removes_waits_for_whoever_keeps_also_in_another_process() {
        let (temp, _keyring, blobs) = office();
        // A second process opens the folder for itself.
        let other = Folder::open(&temp.path().join("blobs")).unwrap();
        let keeps = blobs.keeping().unwrap();
        drop(other.keeping().unwrap());
        let (sent, got) = std::sync::mpsc::channel();
        let removes = std::thread::spawn(move || {
            let turn = other.removing().unwrap();
            sent.send(()).unwrap();
            drop(turn);
        });
        assert!(got.recv_timeout(std::time::Duration::from_millis(100)).is_err(), "its row is not written yet");
        drop(keeps);
        got.recv().unwrap();
        removes.join().unwrap();
        assert_eq!(listed(&blobs), [], "the lock is no blob");
    }

    #[test]
    fn names_strangers_and_lists_the_rest() {
        let (_temp, keyring, blobs) = office();
        let id = blobs.put(&keyring, PERSON, b"picture").unwrap().id;
        let beside = blobs.path(id).with_file_name("notes.txt");
        fs::write(&beside, b"").unwrap();
        fs::write(blobs.0.path.join("stray"), b"").unwrap();
        let (good, bad): (Vec<_>, Vec<_>) = blobs.iter().partition(Result::is_ok);
        assert_eq!(good.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [id]);
        assert_eq!(bad.len(), 2);
        assert!(bad.iter().all(|entry| matches!(entry, Err(Error::Stranger(_)))));
    }

    #[test]
    fn bounds() {
        let (_temp, keyring, blobs) = office();
        let largest = vec![5; BLOB_BYTES_MAX];
        let id = blobs.put(&keyring, PERSON, &largest).unwrap().id;
        assert_eq!(blobs.get(&keyring, PERSON, id).unwrap().as_deref(), Some(&largest[..]));
        assert!(matches!(blobs.put(&keyring, PERSON, &vec![5; BLOB_BYTES_MAX + 1]), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn threads_may_put_the_same_and_remove_at_once() {
        let (_temp, keyring, blobs) = office();
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let (keyring, blobs) = (&keyring, &blobs);
                scope.spawn(move || {
                    for round in 0..20u8 {
                        let id = blobs.put(keyring, PERSON, &[round]).unwrap().id;
                        match blobs.get(keyring, PERSON, id) {
                            Ok(bytes) => assert_eq!(bytes.as_deref(), Some(&[round][..])),
                            Err(error) => assert!(matches!(error, Error::Missing(_)), "{error}"),
                        }
                        if thread == 0 {
                            blobs.remove(id).unwrap();
                        }
                    }
                });
            }
        });
        for id in listed(&blobs) {
            blobs.verify(id).unwrap();
        }
    }
}
