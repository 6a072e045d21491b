//! What SQLite asks of a file layer, answered from a [`Disk`] and spoiled by the [`Faults`] in force. Answers are SQLite's result codes.

use std::collections::BTreeMap;
use std::ffi::c_int;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::ffi;

use super::disk::{Disk, NodeId};
use super::lock::{FileLock, Holder, Level, ShmLocks};
use super::rng::Rng;
use super::{Counts, Cut, CutPlan, MAX_CUTS, Moment, Operation};

/// An answer without a value: `Err` holds the code.
pub type Answer<T = ()> = Result<T, c_int>;

/// The faults in force.
#[derive(Debug, Default)]
pub struct Faults {
    pub capacity: Option<u64>,
    pub read_only: bool,
    pub sync_delay: Duration,
    pub failures: Vec<Failure>,
}

/// Operations of one kind that fail: the one numbered `at` in the counting of [`Counts`], and all after it where `for_good`.
#[derive(Debug)]
pub struct Failure {
    pub operation: Operation,
    pub at: u64,
    pub for_good: bool,
}

/// Shared memory of one write-ahead log. The words are atomics because several connections use them at once, from threads that only SQLite knows.
#[derive(Debug, Default)]
struct Shm {
    regions: Vec<Box<[AtomicU64]>>,
    users: Vec<Holder>,
    locks: ShmLocks,
}

#[derive(Debug)]
pub struct State {
    pub disk: Disk,
    pub faults: Faults,
    pub counts: Counts,
    pub plan: CutPlan,
    pub cuts: Vec<Cut>,
    cut_number: u64,
    rng: Rng,
    locks: BTreeMap<NodeId, FileLock>,
    shm: BTreeMap<NodeId, Shm>,
    next_holder: Holder,
}

/// One registered file layer.
#[derive(Debug)]
pub struct Layer {
    state: Mutex<State>,
    pub mark: AtomicU64,
    pub seed: u64,
}

/// One file opened by one connection.
#[derive(Debug)]
pub struct Opened {
    pub layer: Arc<Layer>,
    pub node: NodeId,
    pub holder: Holder,
    pub path: Option<PathBuf>,
    pub delete_on_close: bool,
    /// The directory is to be synced with the first sync of the file: SQLite's Unix layer does so for journals and logs that it may have created.
    pub directory_sync_due: bool,
    pub persist_wal: bool,
    pub flags: c_int,
}

impl Layer {
    pub fn new(seed: u64, disk: Disk) -> Self {
        let state = State {
            disk,
            faults: Faults::default(),
            counts: Counts::default(),
            plan: CutPlan::default(),
            cuts: Vec::new(),
            cut_number: 0,
            rng: Rng::new(seed),
            locks: BTreeMap::new(),
            shm: BTreeMap::new(),
            next_holder: 0,
        };
        Layer { state: Mutex::new(state), mark: AtomicU64::new(0), seed }
    }

    /// The state stays usable after a panic of a test thread: it is data of a test, and the panic is reported anyway.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a power cut now could leave.
    pub fn cut(&self, state: &mut State, moment: Moment) -> Cut {
        state.cut_number += 1;
        let number = state.cut_number;
        // Of its own seed, so that the outcome does not depend on how many random numbers other threads have drawn.
        let mut rng = Rng::new(self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let files = state.disk.cut(&mut rng);
        Cut { number, moment, mark: self.mark.load(Ordering::SeqCst), syncs: state.counts.sync, files }
    }

    fn planned_cut(&self, state: &mut State, moment: Moment, nth: u64) {
        let every = match moment {
            Moment::BeforeSync => state.plan.before_sync,
            Moment::AfterSync => state.plan.after_sync,
            Moment::AfterWrite => state.plan.after_write,
            Moment::Asked => 0,
        };
        if every > 0 && nth.is_multiple_of(every) && state.cuts.len() < MAX_CUTS {
            let cut = self.cut(state, moment);
            state.cuts.push(cut);
        }
    }

    pub fn open(self: &Arc<Self>, path: Option<PathBuf>, flags: c_int) -> Answer<Opened> {
        let mut state = self.state();
        state.begin(Operation::Open, ffi::SQLITE_CANTOPEN)?;
        let mut flags = flags;
        let create = flags & ffi::SQLITE_OPEN_CREATE != 0;
        let node = match &path {
            None => state.disk.create_nameless(),
            Some(path) => match state.disk.find(path) {
                Some(_) if flags & ffi::SQLITE_OPEN_EXCLUSIVE != 0 && create => {
                    return Err(ffi::SQLITE_CANTOPEN);
                }
                Some(node) => {
                    if state.faults.read_only && flags & ffi::SQLITE_OPEN_READWRITE != 0 {
                        flags = flags & !(ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE) | ffi::SQLITE_OPEN_READONLY;
                    }
                    node
                }
                None if create && !state.faults.read_only => state.disk.create(path),
                None => return Err(ffi::SQLITE_CANTOPEN),
            },
        };
        state.disk.opened(node);
        state.next_holder += 1;
        let journal = flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL) != 0;
        Ok(Opened {
            layer: Arc::clone(self),
            node,
            holder: state.next_holder,
            path,
            delete_on_close: flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0,
            directory_sync_due: create && journal,
            persist_wal: false,
            flags,
        })
    }

    pub fn delete(&self, path: &Path, sync_directory: bool) -> Answer {
        let mut state = self.state();
        state.begin(Operation::Delete, ffi::SQLITE_IOERR_DELETE)?;
        if state.faults.read_only {
            return Err(ffi::SQLITE_IOERR_DELETE);
        }
        if !state.disk.delete(path) {
            return Err(ffi::SQLITE_IOERR_DELETE_NOENT);
        }
        if sync_directory { self.sync_directory(&mut state, path) } else { Ok(()) }
    }

    /// Whether the file is there with content (SQLite's Unix layer counts an empty file as absent) and, where asked, may be written.
    pub fn access(&self, path: &Path, to_write: bool) -> bool {
        let mut state = self.state();
        let there = match state.disk.find(path) {
            Some(node) => to_write || state.disk.len(node) > 0,
            None => path.is_dir(),
        };
        there && !(to_write && state.faults.read_only)
    }

    fn sync_directory(&self, state: &mut State, file: &Path) -> Answer {
        let nth = state.counts.sync + 1;
        self.planned_cut(state, Moment::BeforeSync, nth);
        state.begin(Operation::Sync, ffi::SQLITE_IOERR_DIR_FSYNC)?;
        if let Some(directory) = file.parent() {
            state.disk.sync_directory(directory);
        }
        self.planned_cut(state, Moment::AfterSync, nth);
        Ok(())
    }
}

impl State {
    /// Counts the operation and says whether it is one that shall fail.
    fn begin(&mut self, operation: Operation, code: c_int) -> Answer {
        let count = self.counts.of(operation);
        *count += 1;
        let nth = *count;
        let fails = self.faults.failures.iter().any(|f| f.operation == operation && (f.at == nth || f.for_good && f.at < nth));
        if fails { Err(code) } else { Ok(()) }
    }
}

impl Opened {
    pub fn close(&mut self) {
        if self.delete_on_close
            && let Some(path) = &self.path
        {
            self.layer.state().disk.delete(path);
        }
        self.shm_unmap();
        let mut state = self.layer.state();
        if let Some(lock) = state.locks.get_mut(&self.node) {
            lock.lower(self.holder, Level::None);
        }
        state.disk.closed(self.node);
    }

    /// Fills `out`; what lies beyond the end reads as zeros, and the code says so.
    pub fn read(&self, at: u64, out: &mut [u8]) -> Answer {
        let mut state = self.layer.state();
        state.begin(Operation::Read, ffi::SQLITE_IOERR_READ)?;
        let count = state.disk.read(self.node, at, out);
        out[count..].fill(0);
        if count < out.len() { Err(ffi::SQLITE_IOERR_SHORT_READ) } else { Ok(()) }
    }

    pub fn write(&self, at: u64, data: &[u8]) -> Answer {
        let mut state = self.layer.state();
        state.begin(Operation::Write, ffi::SQLITE_IOERR_WRITE)?;
        if state.faults.read_only {
            return Err(ffi::SQLITE_IOERR_WRITE);
        }
        let growth = (at + data.len() as u64).saturating_sub(state.disk.len(self.node));
        let room = state.faults.capacity.map_or(u64::MAX, |capacity| capacity.saturating_sub(state.disk.used()));
        if growth > room {
            // A full disk takes what still fits, and then says that it is full.
            let fits = data.len().saturating_sub((growth - room) as usize);
            if fits > 0 {
                state.disk.write(self.node, at, &data[..fits]);
            }
            return Err(ffi::SQLITE_FULL);
        }
        state.disk.write(self.node, at, data);
        let nth = state.counts.write;
        self.layer.planned_cut(&mut state, Moment::AfterWrite, nth);
        Ok(())
    }

    pub fn truncate(&self, len: u64) -> Answer {
        let mut state = self.layer.state();
        state.begin(Operation::Truncate, ffi::SQLITE_IOERR_TRUNCATE)?;
        if state.faults.read_only {
            return Err(ffi::SQLITE_IOERR_TRUNCATE);
        }
        state.disk.truncate(self.node, len);
        Ok(())
    }

    pub fn sync(&mut self) -> Answer {
        let delay = self.layer.state().faults.sync_delay;
        if !delay.is_zero() {
            std::thread::sleep(delay);
        }
        let mut guard = self.layer.state();
        let state = &mut *guard;
        let nth = state.counts.sync + 1;
        self.layer.planned_cut(state, Moment::BeforeSync, nth);
        if let Err(code) = state.begin(Operation::Sync, ffi::SQLITE_IOERR_FSYNC) {
            state.disk.fail_sync(self.node, &mut state.rng);
            return Err(code);
        }
        state.disk.sync(self.node);
        self.layer.planned_cut(state, Moment::AfterSync, nth);
        if self.directory_sync_due
            && let Some(path) = &self.path
        {
            self.layer.sync_directory(state, path)?;
            self.directory_sync_due = false;
        }
        Ok(())
    }

    pub fn len(&self) -> u64 {
        self.layer.state().disk.len(self.node)
    }

    pub fn lock(&self, level: Level) -> Answer {
        let got = self.layer.state().locks.entry(self.node).or_default().raise(self.holder, level);
        if got { Ok(()) } else { Err(ffi::SQLITE_BUSY) }
    }

    pub fn unlock(&self, level: Level) {
        self.layer.state().locks.entry(self.node).or_default().lower(self.holder, level);
    }

    pub fn reserved(&self) -> bool {
        self.layer.state().locks.get(&self.node).is_some_and(FileLock::reserved)
    }

    /// The first word of the region, made where `extend`; `None` where there is no such region. It stays in place until its last user has left.
    pub fn shm_map(&self, region: usize, bytes: usize, extend: bool) -> Option<*const AtomicU64> {
        let mut state = self.layer.state();
        let shm = state.shm.entry(self.node).or_default();
        if !shm.users.contains(&self.holder) {
            shm.users.push(self.holder);
        }
        while extend && shm.regions.len() <= region {
            shm.regions.push((0..bytes.div_ceil(8)).map(|_| AtomicU64::new(0)).collect());
        }
        shm.regions.get(region).map(|words| words.as_ptr())
    }

    pub fn shm_lock(&self, first: usize, count: usize, exclusive: bool) -> Answer {
        let got = self.layer.state().shm.entry(self.node).or_default().locks.lock(self.holder, first, count, exclusive);
        if got { Ok(()) } else { Err(ffi::SQLITE_BUSY) }
    }

    pub fn shm_unlock(&self, first: usize, count: usize) {
        self.layer.state().shm.entry(self.node).or_default().locks.unlock(self.holder, first, count);
    }

    /// Leaves the shared memory; the last one to leave destroys it, as the first one to come clears it in SQLite's Unix layer.
    pub fn shm_unmap(&self) {
        let mut state = self.layer.state();
        if let Some(shm) = state.shm.get_mut(&self.node) {
            shm.locks.leave(self.holder);
            shm.users.retain(|user| *user != self.holder);
            if shm.users.is_empty() {
                state.shm.remove(&self.node);
            }
        }
    }
}
