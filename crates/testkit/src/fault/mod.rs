//! A disk that fails on purpose: a file layer (VFS) for SQLite that keeps all files in memory and knows which bytes a power cut would lose.
//!
//! A test registers a layer under a name, opens the real engine with that name, and then asks for faults or for *cuts*: the files that a power cut at
//! a certain moment could leave. A cut is written to a real folder and opened there by the real engine with SQLite's own layer.
//!
//! # The model
//!
//! - A file has a durable content: what it held at its last sync. Each write after that is cut into sectors of 512 bytes, and each sector is, independently of
//!   the others and of their order, lost, kept, or torn (a beginning of the new bytes, then the old ones or noise). Truncations and growth since
//!   the sync are lost or kept likewise. A torn sector never changes bytes outside of the write: SQLite is told so by this layer and by its own.
//! - A created or deleted name is lost or kept until its directory is synced. SQLite does that when it first syncs a journal or log that it may have
//!   created, and when it deletes a journal with the wish to be sure; this layer follows its Unix layer in both.
//! - A sync that fails loses a part of what was pending for good, while reads still show it: that is what Linux does.
//! - The shared memory of a write-ahead log is in process memory: several connections of **one** process work, several processes do not.
//! - Files which exist only on the real disk are read from there when first opened and count as durable; the real disk is never changed. Files that
//!   other code writes past SQLite (sealed blobs, keys) are not part of a cut.
//!
//! Everything random follows from the seed; SQLite's own random bytes (the salt of a log) do not, so two runs make the same choices over
//! slightly different bytes.

mod disk;
mod layer;
mod lock;
mod rng;
mod survey;
pub mod tamper;
mod vfs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use disk::Disk;
use layer::{Failure, Faults, Layer};
pub use rng::Rng;
pub use survey::{Finding, Survey};

/// Most cuts kept by one layer at a time; more are not taken. A cut holds a copy of all files, and a test that forgets [`Handle::take_cuts`] should not
/// fill the memory of the machine.
pub const MAX_CUTS: usize = 4096;

/// What SQLite asks of the layer, as far as it can be counted and made to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Opening or creating a file.
    Open,
    /// Reading from a file.
    Read,
    /// Writing to a file.
    Write,
    /// Cutting a file short.
    Truncate,
    /// Making a file or a directory durable.
    Sync,
    /// Deleting a file.
    Delete,
}

/// How often each operation was asked for since the layer was registered; failed ones count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named after the operations")]
pub struct Counts {
    pub open: u64,
    pub read: u64,
    pub write: u64,
    pub truncate: u64,
    pub sync: u64,
    pub delete: u64,
}

impl Counts {
    fn of(&mut self, operation: Operation) -> &mut u64 {
        match operation {
            Operation::Open => &mut self.open,
            Operation::Read => &mut self.read,
            Operation::Write => &mut self.write,
            Operation::Truncate => &mut self.truncate,
            Operation::Sync => &mut self.sync,
            Operation::Delete => &mut self.delete,
        }
    }
}

/// When cuts are taken by themselves: at every n-th event of each kind, 0 for never.
#[derive(Debug, Clone, Copy, Default)]
pub struct CutPlan {
    /// Just before a sync takes effect, with the writes that it was to make durable still in the air.
    pub before_sync: u64,
    /// Just after a sync took effect, before the engine hears of it.
    pub after_sync: u64,
    /// Just after a write.
    pub after_write: u64,
}

impl CutPlan {
    /// Before and after each sync: the moments at which what the disk must hold changes.
    pub const EACH_SYNC: CutPlan = CutPlan { before_sync: 1, after_sync: 1, after_write: 0 };
}

/// The moment of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before a sync took effect.
    BeforeSync,
    /// After a sync took effect.
    AfterSync,
    /// After a write.
    AfterWrite,
    /// When a test asked, see [`Handle::cut_now`].
    Asked,
}

/// What a power cut at one moment left.
#[derive(Debug, Clone)]
pub struct Cut {
    /// Counts the cuts of a layer from 1.
    pub number: u64,
    /// When it was taken.
    pub moment: Moment,
    /// The last [`Handle::set_mark`] before it: what the program had acknowledged by then at least.
    pub mark: u64,
    /// Number of syncs that SQLite had asked for.
    pub syncs: u64,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Cut {
    /// The files, with the full names under which they were opened.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        self.files.iter().map(|(path, content)| (path.as_path(), content.as_slice()))
    }

    /// Writes the files below `base` into the existing folder `target`, at the same place relative to it.
    ///
    /// # Errors
    /// Those of the real disk.
    pub fn write_to(&self, base: &Path, target: &Path) -> std::io::Result<()> {
        for (path, content) in &self.files {
            let Ok(inside) = path.strip_prefix(base) else {
                continue;
            };
            let place = target.join(inside);
            if let Some(folder) = place.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(place, content)?;
        }
        Ok(())
    }
}

/// Registers file layers.
#[derive(Debug)]
pub struct FaultVfs;

impl FaultVfs {
    /// Makes a layer known to SQLite under `name`, which must be free in this process. It works without fault until the handle says otherwise.
    ///
    /// ```
    /// use rusqlite::{Connection, OpenFlags};
    /// use siger_testkit::fault::{CutPlan, FaultVfs};
    ///
    /// let disk = FaultVfs::register("doc", 1)?;
    /// disk.plan(CutPlan::EACH_SYNC);
    /// let db = Connection::open_with_flags_and_vfs("/nowhere/office.db", OpenFlags::default(), disk.name())?;
    /// db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (n INTEGER);")?;
    /// assert!(!disk.take_cuts().is_empty());
    /// # Ok::<(), anyhow::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the name is taken or holds a zero byte.
    pub fn register(name: &str, seed: u64) -> anyhow::Result<Handle> {
        Self::register_on(name, seed, Disk::default())
    }

    /// A layer whose disk holds what a cut left: the machine after its restart. Much faster than [`Cut::write_to`] where thousands of cuts are looked at,
    /// and the run may go on from there to the next cut.
    ///
    /// # Errors
    /// As [`FaultVfs::register`].
    pub fn register_after(name: &str, seed: u64, cut: &Cut) -> anyhow::Result<Handle> {
        Self::register_on(name, seed, Disk::holding(&cut.files))
    }

    fn register_on(name: &str, seed: u64, disk: Disk) -> anyhow::Result<Handle> {
        let layer = Arc::new(Layer::new(seed, disk));
        let registration = vfs::register(name, &layer)?;
        Ok(Handle { name: name.to_owned(), layer, _registration: registration })
    }
}

/// Notes what the program has acknowledged, see [`Handle::set_mark`].
#[derive(Debug, Clone)]
pub struct Marker(Arc<Layer>);

impl Marker {
    /// The program has acknowledged this much (a number that only grows).
    pub fn set(&self, acknowledged: u64) {
        self.0.mark.fetch_max(acknowledged, Ordering::SeqCst);
    }

    /// What was noted last.
    pub fn get(&self) -> u64 {
        self.0.mark.load(Ordering::SeqCst)
    }
}

/// A registered layer. Dropping it frees the name; connections that are still open go on, new ones fail.
#[derive(Debug)]
pub struct Handle {
    name: String,
    layer: Arc<Layer>,
    _registration: vfs::Registration,
}

impl Handle {
    /// The name to open databases with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The seed, to be printed when a test fails.
    pub fn seed(&self) -> u64 {
        self.layer.seed
    }

    /// Operations so far.
    pub fn counts(&self) -> Counts {
        self.layer.state().counts
    }

    /// Bytes in all files, temporary ones included.
    pub fn used_bytes(&self) -> u64 {
        self.layer.state().disk.used()
    }

    /// Notes what the program has acknowledged by now (a number that only grows); each cut carries it. Call it *after* the acknowledgement.
    pub fn set_mark(&self, acknowledged: u64) {
        self.layer.mark.fetch_max(acknowledged, Ordering::SeqCst);
    }

    /// Notes as [`Handle::set_mark`] does, and can be given away, to a callback for instance.
    pub fn marker(&self) -> Marker {
        Marker(self.layer.clone())
    }

    /// From now on takes cuts by that plan, up to [`MAX_CUTS`].
    pub fn plan(&self, plan: CutPlan) {
        self.layer.state().plan = plan;
    }

    /// Takes the cuts made so far.
    pub fn take_cuts(&self) -> Vec<Cut> {
        std::mem::take(&mut self.layer.state().cuts)
    }

    /// What a power cut now could leave; asked again, another outcome of the same moment.
    pub fn cut_now(&self) -> Cut {
        self.layer.cut(&mut self.layer.state(), Moment::Asked)
    }

    /// Takes a cut now and keeps it with those of the plan.
    pub fn keep_cut(&self) {
        let mut state = self.layer.state();
        if state.cuts.len() < MAX_CUTS {
            let cut = self.layer.cut(&mut state, Moment::Asked);
            state.cuts.push(cut);
        }
    }

    /// The disk is full when its files hold that many bytes; `None` for no bound. Writes that do not fit are cut short and answered with `SQLITE_FULL`.
    pub fn limit_bytes(&self, capacity: Option<u64>) {
        self.layer.state().faults.capacity = capacity;
    }

    /// Writes, truncations and deletions fail, new files can't be made, and files open for reading only: a disk that the kernel took away after an
    /// error, or a read-only mount.
    pub fn set_read_only(&self, read_only: bool) {
        self.layer.state().faults.read_only = read_only;
    }

    /// Each sync of a file takes that much longer.
    pub fn set_sync_delay(&self, delay: Duration) {
        self.layer.state().faults.sync_delay = delay;
    }

    /// The `nth` operation of that kind from now (1 is the next one) fails with an I/O error.
    pub fn fail_once(&self, operation: Operation, nth: u64) {
        self.fail(operation, nth, false);
    }

    /// All operations of that kind fail, from the `nth` on.
    pub fn fail_from(&self, operation: Operation, nth: u64) {
        self.fail(operation, nth, true);
    }

    fn fail(&self, operation: Operation, nth: u64, for_good: bool) {
        let mut state = self.layer.state();
        let at = *state.counts.of(operation) + nth;
        state.faults.failures.push(Failure { operation, at, for_good });
    }

    /// Takes all faults away; what they have spoiled stays spoiled.
    pub fn heal(&self) {
        self.layer.state().faults = Faults::default();
    }
}
