//! Keys: what seals personal data, what signs, and how a key is destroyed for good.
//!
//! A [`Keyring`] is one sealed file, opened by a [`RootSecret`] that never lies beside it. From its puncturable tree ([`Punctured`])
//! follows a data key for each [`KeyIndex`]; [`Keyring::puncture`] takes keys away so that neither backup nor export can be opened
//! with them again. Beside it lies the [`WitnessFile`] with the signed checkpoints of the log.
//!
//! Start reading at [`Keyring`]; then `seal.rs` (how a value is sealed), `puncture.rs` (how keys follow and vanish), `file.rs` (how the
//! file is replaced), `rotate.rs` (what each rotation means). The file's form for other programs: `docs/ref/keyring.md`.

mod cache;
mod contents;
pub(crate) mod durable;
mod error;
mod file;
mod index;
mod lookup;
mod puncture;
mod root;
mod rotate;
mod seal;
mod signing;
#[cfg(test)]
mod tests;
pub(crate) mod witness;

use parking_lot::{Mutex, RwLock};
use siger_domain::time::Instant;
use std::{fmt, path::Path, sync::Arc};

use cache::Cache;
use contents::{Contents, ORIGIN_BYTES_MAX};
pub use error::{Error, Result};
use file::{Head, Identity, Location, Lock};
pub use file::{KEYRING_BYTES_MAX, KEYRING_NAME};
pub use index::KeyIndex;
pub use lookup::LOOKUP_HASH_BYTES;
pub use puncture::{Key, Punctured};
use root::RootKey;
pub use root::{CREDENTIAL_NAME, ForSampleOffice, PASSPHRASE_CHARS_MIN, RootSecret};
pub use rotate::{KeyInfo, KeyState, Rotation, Which};
use seal::DataKey;
pub use seal::{Place, SEALED_OVERHEAD_BYTES, VALUE_BYTES_MAX};
use signing::Keys;
pub use signing::{LogKey, SealKey, SealVerifyingKey};
pub use witness::{CHECKPOINT_BYTES_MAX, WITNESS_LATEST, WitnessFile, Witnessed};

use crate::tlog::NoteVerifier;

/// The keys of one office. Cheap to clone; all clones are the same keyring.
///
/// Reading (sealing, opening, look-ups) takes no lock that a change holds for longer than it takes to swap a pointer. Changes are durable when
/// they return, and are made under a lock between processes.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    location: Location,
    state: RwLock<Arc<State>>,
    cache: Cache,
    /// Held during a change or a reload, so that the threads of this process take turns.
    changing: Mutex<()>,
}

/// What was read from the file, made ready for use. Replaced as a whole.
struct State {
    /// Counts the states of this process; a cached key belongs to one of them.
    generation: u64,
    identity: Identity,
    head: Head,
    root: Arc<RootKey>,
    contents: Contents,
    keys: Keys,
}

impl Keyring {
    /// Makes a new keyring in a folder (made when missing, mode 0700).
    ///
    /// `origin` is the name of the office's log. All keys follow from `random`, 32 bytes that must come from a cryptographic source and
    /// be used for nothing else.
    ///
    /// # Errors
    /// When there is a keyring in the folder, the origin can't name a log, a passphrase is too short, or the disk refuses.
    pub fn create(folder: &Path, root: &RootSecret, origin: &str, at: Instant, random: &[u8; 32]) -> Result<Self> {
        let is_name = |char: char| !char.is_whitespace() && !char.is_control() && char != '+';
        if origin.is_empty() || origin.len() > ORIGIN_BYTES_MAX || !origin.chars().all(is_name) {
            return Err(Error::Origin { max: ORIGIN_BYTES_MAX });
        }
        let location = Location::new(folder);
        location.make()?;
        let lock = location.lock()?;
        if location.exists()? {
            return Err(Error::Exists(location.keyring()));
        }
        let contents = rotate::fresh(origin, at, random);
        let (head, root) = file::root(root, rotate::salt(random), &location.keyring())?;
        let identity = location.replace(&lock, &head, &root, &contents)?;
        Self::from_parts(location, identity, head, root, contents)
    }

    /// Opens the keyring in a folder, and finishes what a crash interrupted there.
    ///
    /// # Errors
    /// When there is none, others can read it, the root secret is another one, or the file is damaged.
    pub fn open(folder: &Path, root: &RootSecret) -> Result<Self> {
        let location = Location::new(folder);
        if !location.exists()? {
            return Err(Error::Absent(location.keyring()));
        }
        let lock = location.lock()?;
        location.sweep(&lock)?;
        let sealed = location.read_locked()?;
        drop(lock);
        let root = root.key(sealed.head.stretching, &sealed.head.salt, &location.keyring())?;
        let contents = location.open(&sealed, &root)?;
        Self::from_parts(location, sealed.identity, sealed.head, root, contents)
    }

    fn from_parts(location: Location, identity: Identity, head: Head, root: RootKey, contents: Contents) -> Result<Self> {
        let keys = Keys::new(&contents, &location.keyring())?;
        let state = State { generation: 0, identity, head, root: Arc::new(root), contents, keys };
        Ok(Self(Arc::new(Inner { location, state: RwLock::new(Arc::new(state)), cache: Cache::new(0), changing: Mutex::new(()) })))
    }

    /// Reads the file again when another process has changed it; says whether it had. Costs one look at the file otherwise.
    ///
    /// # Errors
    /// As [`Self::open`]; also when the file is older than what was seen before or belongs to another office. The keys in memory stay
    /// as they are then.
    pub fn reload(&self) -> Result<bool> {
        if self.0.location.identity()? == self.state().identity {
            return Ok(false);
        }
        let _turn = self.0.changing.lock();
        self.reload_with(Location::read)
    }

    fn reload_with(&self, read: impl FnOnce(&Location) -> Result<file::Sealed>) -> Result<bool> {
        let (location, state) = (&self.0.location, self.state());
        if location.identity()? == state.identity {
            return Ok(false);
        }
        let sealed = read(location)?;
        let contents = location.open(&sealed, &state.root)?;
        if contents.origin != state.contents.origin || contents.created != state.contents.created {
            return Err(Error::OtherOffice(location.keyring()));
        }
        if contents.revision < state.contents.revision {
            return Err(Error::Older { path: location.keyring(), found: contents.revision, seen: state.contents.revision });
        }
        self.install(&state, sealed.identity, sealed.head, Arc::clone(&state.root), contents)?;
        Ok(true)
    }

    /// Seals a value for its place with the key of an index. Equal input gives equal bytes.
    ///
    /// # Errors
    /// When the key was erased or the value is longer than [`VALUE_BYTES_MAX`].
    pub fn seal(&self, index: KeyIndex, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>> {
        if plaintext.len() > VALUE_BYTES_MAX {
            return Err(Error::ValueTooLarge { bytes: plaintext.len(), max: VALUE_BYTES_MAX });
        }
        Ok(self.data_key(index).ok_or(Error::Erased(index))?.seal(place, plaintext))
    }

    /// Opens a sealed value in its place; nothing when its key was erased.
    ///
    /// # Errors
    /// When the value was changed, cut, or moved from another place, or belongs to another key.
    pub fn open_sealed(&self, index: KeyIndex, place: &Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(key) = self.data_key(index) else { return Ok(None) };
        let opened = key.open(place, sealed);
        opened.map(Some).ok_or_else(|| Error::Sealed { table: place.table.to_owned(), column: place.column.to_owned() })
    }

    fn data_key(&self, index: KeyIndex) -> Option<Arc<DataKey>> {
        let state = self.state();
        if let Some(key) = self.0.cache.get(state.generation, index) {
            return Some(key);
        }
        let key = Arc::new(DataKey::new(&state.contents.tree.derive(index)?));
        self.0.cache.put(state.generation, index, &key);
        Some(key)
    }

    /// Erases keys for good. When this returns the change is on the disk, and the file's bytes before it are overwritten.
    ///
    /// Keys that are erased already count as done, so a repeated erasure does no harm.
    ///
    /// # Errors
    /// When the office's own key is among them (then none is erased), or the disk refuses.
    pub fn puncture(&self, indexes: &[KeyIndex]) -> Result<()> {
        if indexes.contains(&KeyIndex::OFFICE) {
            return Err(Error::OfficeKey);
        }
        self.change(|contents| Ok(indexes.iter().filter(|&&index| contents.tree.puncture(index)).count() > 0))
    }

    /// Whether the key of an index was erased.
    pub fn is_punctured(&self, index: KeyIndex) -> bool {
        self.state().contents.tree.is_punctured(index)
    }

    /// The keyed hash under which an exact look-up finds a text. `domain` names the kind of text, so that equal texts of different kinds
    /// have different hashes. Bring the text into one form (case, spaces) first.
    pub fn lookup_hash(&self, domain: &str, text: &str) -> [u8; LOOKUP_HASH_BYTES] {
        self.state().keys.lookup[0].hash(domain, text)
    }

    /// The hash under the key in use, and behind it those under keys that still overlap: rows whose hash was not yet computed
    /// anew are found with these.
    pub fn lookup_hashes(&self, domain: &str, text: &str) -> Vec<[u8; LOOKUP_HASH_BYTES]> {
        self.state().keys.lookup.iter().map(|key| key.hash(domain, text)).collect()
    }

    /// The keys that sign each checkpoint: the one in use first, then those that overlap.
    pub fn log_signing_keys(&self) -> Arc<[LogKey]> {
        Arc::clone(&self.state().keys.log)
    }

    /// The verifying keys of all checkpoints ever signed, newest first, retired ones included: old receipts and old witnessed
    /// checkpoints are checked with these.
    pub fn log_verifiers(&self) -> Vec<NoteVerifier> {
        let state = self.state();
        let contents = &state.contents;
        let public = contents.keys.iter().rev().filter(|key| key.which == Which::Log).filter_map(|key| key.public.as_slice().try_into().ok());
        public.filter_map(|public| NoteVerifier::new(&contents.origin, public).ok()).collect()
    }

    /// The key that signs seals now.
    pub fn seal_key(&self) -> SealKey {
        self.state().keys.seal.clone()
    }

    /// The verifying keys of all seals ever signed, the one in use first, each with its state.
    pub fn seal_verifying_keys(&self) -> Arc<[SealVerifyingKey]> {
        Arc::clone(&self.state().keys.seals)
    }

    /// Puts a new key in place of the one in use, as the head of `rotate.rs` says for each kind; hands back the new key's id.
    ///
    /// `random` is 32 bytes from a cryptographic source, used for nothing else. Other processes with this keyring open notice a new key when
    /// they reload; after the office key was rotated they must be started again with the new root secret.
    ///
    /// # Errors
    /// When too many keys of this kind are remembered, a new passphrase is too short, or the disk refuses.
    pub fn rotate(&self, what: Rotation<'_>, at: Instant, random: &[u8; 32]) -> Result<String> {
        let mut id = String::new();
        match what {
            Rotation::Office(secret) => self.change_root(secret, at, random)?,
            Rotation::Log | Rotation::Seal | Rotation::Lookup => self.change(|contents| {
                id = rotate::rotate(contents, what.which(), at, random)?;
                Ok(true)
            })?,
        }
        Ok(if id.is_empty() { self.office_key_id() } else { id })
    }

    /// Ends a rotated key: it is no longer accepted and its secret is destroyed. Says whether it was not ended before.
    ///
    /// # Errors
    /// When there is no such key or it is in use. The office key is not retired here: destroy the old root secret and the copies it opens.
    pub fn retire(&self, which: Which, id: &str, at: Instant) -> Result<bool> {
        let mut ended = false;
        self.change(|contents| {
            ended = rotate::retire(contents, which, id, at)?;
            Ok(ended)
        })?;
        Ok(ended)
    }

    /// All keys besides the data keys, by kind and age.
    pub fn list(&self) -> Vec<KeyInfo> {
        let state = self.state();
        let contents = &state.contents;
        let office = KeyInfo { which: Which::Office, id: self.office_key_id(), state: KeyState::Current, since: contents.rooted, verifying_key: Vec::new() };
        let info = |key: &contents::Record| KeyInfo {
            which: key.which,
            id: rotate::id(key, &contents.origin),
            state: key.state,
            since: key.since,
            verifying_key: if key.which == Which::Lookup { Vec::new() } else { key.public.clone() },
        };
        let mut list: Vec<_> = std::iter::once(office).chain(contents.keys.iter().map(info)).collect();
        list.sort_by_key(|key| key.which);
        list
    }

    /// The name of the office's log and of its keys.
    pub fn origin(&self) -> String {
        self.state().contents.origin.clone()
    }

    /// When the keyring was made, with the first key of each kind.
    pub fn created(&self) -> Instant {
        self.state().contents.created
    }

    /// Number of changes so far. A database that remembers it notices an old copy of the keyring, which would bring erased keys back.
    pub fn revision(&self) -> u64 {
        self.state().contents.revision
    }

    /// Nodes of the tree of data keys, 39 bytes each in the file; 1 when nothing was erased.
    pub fn tree_nodes(&self) -> usize {
        self.state().contents.tree.node_count()
    }

    /// The restore epoch: the upper 16 bits of new key indexes.
    pub fn epoch(&self) -> u16 {
        self.state().contents.epoch
    }

    /// Begins a new restore epoch, before a database that may be older than the keyring gives out indexes: those it gave out later may
    /// have been used and erased since. `seen` is the newest epoch of an index in the database: an old copy of the keyring does not know it.
    /// Hands back the new epoch.
    ///
    /// # Errors
    /// When no epoch is left or the disk refuses.
    pub fn begin_epoch(&self, seen: u16) -> Result<u16> {
        let mut epoch = 0;
        self.change(|contents| {
            contents.epoch = contents.epoch.max(seen).checked_add(1).ok_or(Error::EpochsSpent)?;
            epoch = contents.epoch;
            Ok(true)
        })?;
        Ok(epoch)
    }

    /// The index of a new person in the present epoch; `sequence` counts from 1 and is never used twice in an epoch.
    ///
    /// # Errors
    /// When `sequence` is 0.
    pub fn new_index(&self, sequence: u32) -> Result<KeyIndex> {
        if sequence == 0 { Err(Error::SequenceReserved) } else { Ok(KeyIndex::new(self.epoch(), sequence)) }
    }

    fn office_key_id(&self) -> String {
        rotate::hex(&self.state().head.check[..4])
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.0.state.read())
    }

    /// Changes the contents: under the locks, on top of what is on the disk, durably. `alter` says whether anything changed.
    fn change(&self, alter: impl FnOnce(&mut Contents) -> Result<bool>) -> Result<()> {
        let _turn = self.0.changing.lock();
        let (lock, state) = self.newest_state()?;
        let mut contents = state.contents.clone();
        if !alter(&mut contents)? {
            // An earlier try may have put the new file in place and failed after it: then the bytes before it are still to be overwritten.
            return self.0.location.sweep(&lock);
        }
        contents.revision += 1;
        let identity = self.0.location.replace(&lock, &state.head, &state.root, &contents)?;
        self.install(&state, identity, state.head, Arc::clone(&state.root), contents)
    }

    fn change_root(&self, secret: &RootSecret, at: Instant, random: &[u8; 32]) -> Result<()> {
        let _turn = self.0.changing.lock();
        let (head, root) = file::root(secret, rotate::salt(random), &self.0.location.keyring())?;
        let (lock, state) = self.newest_state()?;
        let mut contents = state.contents.clone();
        contents.rooted = at;
        contents.revision += 1;
        let identity = self.0.location.replace(&lock, &head, &root, &contents)?;
        self.install(&state, identity, head, Arc::new(root), contents)
    }

    /// Takes the lock between processes, and what another process has changed meanwhile.
    fn newest_state(&self) -> Result<(Lock, Arc<State>)> {
        let lock = self.0.location.lock()?;
        self.reload_with(Location::read_locked)?;
        Ok((lock, self.state()))
    }

    fn install(&self, before: &State, identity: Identity, head: Head, root: Arc<RootKey>, contents: Contents) -> Result<()> {
        let keys = Keys::new(&contents, &self.0.location.keyring())?;
        let generation = before.generation + 1;
        *self.0.state.write() = Arc::new(State { generation, identity, head, root, contents, keys });
        self.0.cache.renew(generation);
        Ok(())
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Keyring").field("origin", &state.contents.origin).field("revision", &state.contents.revision).finish_non_exhaustive()
    }
}
