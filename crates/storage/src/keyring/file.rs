//! The keyring's file: its head, and how a change replaces it so that neither a crash nor a second process loses anything and the
//! bytes before the change do not stay on the disk.
//!
//! A change, under an exclusive lock on `keyring.lock`:
//!
//! 1. write `keyring.new` (mode 0600), fsync it;
//! 2. give the present file the second name `keyring.old`;
//! 3. rename `keyring.new` over `keyring`, fsync the folder: the change has happened;
//! 4. overwrite `keyring.old` with zeros, fsync, remove it.
//!
//! Whoever opens the keyring finishes what a crash interrupted: `keyring.new` never became valid, `keyring.old` is overwritten
//! unless it is still the same file as `keyring`. Overwriting is the best a program can do, not a promise: a copying file system or a
//! flash disk may keep old blocks. Against that stands the root secret: see the guide on rotation.

use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{
    Contents, Error, Place, Result, RootSecret, durable,
    root::{RootKey, Stretching},
    seal::SEALED_OVERHEAD_BYTES,
};

const MAGIC: &[u8; 16] = b"siger keyring\0\0\0";
const FORMAT: u16 = 1;
const HEAD_BYTES: usize = 88;

/// Largest keyring: 6.8 million nodes of the tree. n erasures scattered over N files need at most about n·log2(N/n) nodes, which is greatest at n = N/e
/// with 0.53·N: so it holds any erasures among 12 million files. It bounds what is read into memory.
pub const KEYRING_BYTES_MAX: usize = 256 << 20;

/// Name of the keyring in its folder.
pub const KEYRING_NAME: &str = "keyring";

/// What stands before the sealed contents, readable without the root secret and guarded by the seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) stretching: Stretching,
    pub(super) salt: [u8; 32],
    /// Follows from the root secret; tells a wrong secret from a damaged file.
    pub(super) check: [u8; 16],
}

impl Head {
    /// The 88 bytes; all numbers big-endian.
    fn write(&self) -> [u8; HEAD_BYTES] {
        let mut out = [0; HEAD_BYTES];
        out[..16].copy_from_slice(MAGIC);
        out[16..18].copy_from_slice(&FORMAT.to_be_bytes());
        if let Stretching::Argon2id { memory_kib, passes, lanes } = self.stretching {
            out[18] = 1;
            out[20..24].copy_from_slice(&memory_kib.to_be_bytes());
            out[24..28].copy_from_slice(&passes.to_be_bytes());
            out[28..32].copy_from_slice(&lanes.to_be_bytes());
        }
        out[32..64].copy_from_slice(&self.salt);
        out[64..80].copy_from_slice(&self.check);
        let sum = Sha256::digest(&out[..80]);
        out[80..].copy_from_slice(&sum[..8]);
        out
    }

    fn read(bytes: &[u8; HEAD_BYTES], path: &Path) -> Result<Self> {
        let damaged = |what| Error::Damaged { path: path.to_owned(), what };
        if &bytes[..16] != MAGIC {
            return Err(damaged("it does not begin like a keyring"));
        }
        let found = u16::from_be_bytes([bytes[16], bytes[17]]);
        if found > FORMAT {
            return Err(Error::Format { path: path.to_owned(), found, known: FORMAT });
        }
        if bytes[80..] != Sha256::digest(&bytes[..80])[..8] {
            return Err(damaged("the check sum of its head is wrong"));
        }
        let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let stretching = match bytes[18] {
            0 => Stretching::None,
            1 => Stretching::Argon2id { memory_kib: number(20), passes: number(24), lanes: number(28) },
            _ => return Err(damaged("its head asks for an unknown kind of root secret")),
        };
        if !stretching.is_bounded() {
            return Err(damaged("its head asks for more memory or rounds than any keyring needs"));
        }
        let mut head = Self { stretching, salt: [0; 32], check: [0; 16] };
        head.salt.copy_from_slice(&bytes[32..64]);
        head.check.copy_from_slice(&bytes[64..80]);
        Ok(head)
    }
}

/// Which file on the disk was read: a replaced one differs in at least one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
    modified: (i64, i64),
    bytes: u64,
}

impl Identity {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino(), modified: (metadata.mtime(), metadata.mtime_nsec()), bytes: metadata.size() }
    }
}

/// The folder with the keyring in it.
#[derive(Clone, Debug)]
pub(super) struct Location {
    folder: PathBuf,
}

/// The lock of the keyring's folder, held until dropped. One process waits for the other; all hold it for milliseconds only.
pub(super) struct Lock {
    _file: File,
}

/// A file that was read: head, sealed contents, identity.
pub(super) struct Sealed {
    pub(super) head: Head,
    contents: Vec<u8>,
    pub(super) identity: Identity,
}

impl Location {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn keyring(&self) -> PathBuf {
        self.folder.join(KEYRING_NAME)
    }

    /// Makes the folder (mode 0700) when it isn't there.
    pub(super) fn make(&self) -> Result<()> {
        durable::make_folder(&self.folder).map_err(Error::io("make the folder", &self.folder))
    }

    /// Waits for the right to change the keyring.
    pub(super) fn lock(&self) -> Result<Lock> {
        self.locked(File::lock)
    }

    fn lock_shared(&self) -> Result<Lock> {
        self.locked(File::lock_shared)
    }

    fn locked(&self, how: impl FnOnce(&File) -> io::Result<()>) -> Result<Lock> {
        let path = self.folder.join("keyring.lock");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = match open {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::Absent(self.keyring())),
            other => other.map_err(Error::io("open", &path))?,
        };
        how(&file).map_err(Error::io("lock", &path))?;
        Ok(Lock { _file: file })
    }

    /// Whether there is a keyring.
    pub(super) fn exists(&self) -> Result<bool> {
        let path = self.keyring();
        path.try_exists().map_err(Error::io("look for", &path))
    }

    /// The identity of the file that lies there now.
    pub(super) fn identity(&self) -> Result<Identity> {
        let path = self.keyring();
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::Absent(path)),
            other => Ok(Identity::of(&other.map_err(Error::io("look at", &path))?)),
        }
    }

    /// Reads the file. The lock keeps a writer from overwriting the old file while it is read.
    pub(super) fn read(&self) -> Result<Sealed> {
        let _lock = self.lock_shared()?;
        self.read_locked()
    }

    /// Reads the file; the caller holds the lock.
    pub(super) fn read_locked(&self) -> Result<Sealed> {
        let path = self.keyring();
        let damaged = |what| Error::Damaged { path: path.clone(), what };
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::Absent(path)),
            other => other.map_err(Error::io("open", &path))?,
        };
        let metadata = file.metadata().map_err(Error::io("look at", &path))?;
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Error::Readable { path, mode });
        }
        let length = usize::try_from(metadata.size()).ok().filter(|&length| length <= KEYRING_BYTES_MAX).ok_or_else(|| damaged("it is too large"))?;
        let mut bytes = Vec::with_capacity(length + 1);
        (&mut file).take(KEYRING_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).map_err(Error::io("read", &path))?;
        let (head, contents) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or_else(|| damaged("it is too short"))?;
        Ok(Sealed { head: Head::read(head, &path)?, contents: contents.to_vec(), identity: Identity::of(&metadata) })
    }

    /// Opens the contents with a key that belongs to the head.
    pub(super) fn open(&self, sealed: &Sealed, key: &RootKey) -> Result<Contents> {
        let path = self.keyring();
        if sealed.head.check != key.check {
            return Err(Error::WrongRoot(path));
        }
        let opened = key.cipher.open(&place(&sealed.head.write()), &sealed.contents).map(zeroize::Zeroizing::new);
        let Some(contents) = opened else { return Err(Error::Damaged { path, what: "its contents fail their authentication" }) };
        Contents::read(&contents).map_err(|what| Error::Damaged { path, what })
    }

    /// Replaces the file, as the head of this module says. The caller holds the exclusive lock.
    pub(super) fn replace(&self, _lock: &Lock, head: &Head, key: &RootKey, contents: &Contents) -> Result<Identity> {
        let (path, new, old) = (self.keyring(), self.folder.join("keyring.new"), self.folder.join("keyring.old"));
        let written_head = head.write();
        let plain = contents.write();
        if HEAD_BYTES + SEALED_OVERHEAD_BYTES + plain.len() > KEYRING_BYTES_MAX {
            return Err(Error::TooLarge { max: KEYRING_BYTES_MAX });
        }
        let sealed = key.cipher.seal(&place(&written_head), &plain);
        self.sweep_locked()?;

        let write = || -> io::Result<Identity> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(&written_head)?;
            file.write_all(&sealed)?;
            file.sync_all()?;
            Ok(Identity::of(&file.metadata()?))
        };
        let identity = write().map_err(Error::io("write", &new))?;
        match fs::hard_link(&path, &old) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(Error::io("link", &old))?,
        }
        fs::rename(&new, &path).map_err(Error::io("rename", &new))?;
        durable::sync_folder(&self.folder).map_err(Error::io("sync", &self.folder))?;
        self.sweep_locked()?;
        Ok(identity)
    }

    /// Finishes what a crash interrupted. The lock is exclusive.
    pub(super) fn sweep(&self, _lock: &Lock) -> Result<()> {
        self.sweep_locked()
    }

    fn sweep_locked(&self) -> Result<()> {
        let (path, new, old) = (self.keyring(), self.folder.join("keyring.new"), self.folder.join("keyring.old"));
        durable::wipe(&new).map_err(Error::io("overwrite", &new))?;
        let inode = |path: &Path| fs::metadata(path).map(|metadata| (metadata.dev(), metadata.ino()));
        match (inode(&path), inode(&old)) {
            // The crash came before the rename: the old name is a second name of the keyring itself.
            (Ok(current), Ok(previous)) if current == previous => fs::remove_file(&old).map_err(Error::io("remove", &old)),
            (Ok(_), Ok(_)) => durable::wipe(&old).map_err(Error::io("overwrite", &old)),
            // Without a keyring the old one may be the last that is left; a person must decide.
            _ => Ok(()),
        }
    }
}

/// The key for a new or re-rooted keyring, with its head.
pub(super) fn root(secret: &RootSecret, salt: [u8; 32], path: &Path) -> Result<(Head, RootKey)> {
    let stretching = secret.new_stretching()?;
    let key = secret.key(stretching, &salt, path)?;
    Ok((Head { stretching, salt, check: key.check }, key))
}

fn place(head: &[u8; HEAD_BYTES]) -> Place<'_> {
    Place { table: "keyring", column: "contents", row: head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let path = Path::new("keyring");
        for stretching in [Stretching::None, Stretching::Argon2id { memory_kib: 64 << 10, passes: 3, lanes: 4 }] {
            let head = Head { stretching, salt: [1; 32], check: [2; 16] };
            let bytes = head.write();
            assert_eq!(Head::read(&bytes, path).unwrap(), head);
            for at in 0..HEAD_BYTES {
                let mut changed = bytes;
                changed[at] ^= 1;
                assert!(Head::read(&changed, path).is_err(), "byte {at}");
            }
        }
        let greedy = Head { stretching: Stretching::Argon2id { memory_kib: u32::MAX, passes: 3, lanes: 4 }, salt: [1; 32], check: [2; 16] };
        assert!(matches!(Head::read(&greedy.write(), path), Err(Error::Damaged { .. })));
    }
}
