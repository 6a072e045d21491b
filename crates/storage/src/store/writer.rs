//! The writer thread: takes all that waits, runs each in a savepoint, commits once, then answers.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{oneshot, watch};

use super::url::Url;
use super::{Durability, Open};
use crate::engine::{Conn, Dialect, Tx, postgres, sqlite};
use crate::error::{Error, Result};
use crate::journal::{Changed, Head, Write};
use crate::keyring::{Keyring, WitnessFile};
use crate::migrate;
use crate::table;
use crate::tlog::{Checkpoint, NoteSigner};

/// Changes that may wait before new ones are refused: some seconds of work, so that a stuck disk is noticed at once.
const QUEUE_MAX: usize = 20_000;
/// Most changes in one commit: bounds how long the first waits for the last.
const BATCH_MAX: usize = 512;
/// How often the writer looks for entries of other processes, and writes the newest checkpoint to the witness file.
const LOOK: Duration = Duration::from_millis(500);
/// Under load the newest checkpoint goes to the witness file at least every so many entries.
const WITNESS_EVERY: u64 = 10_000;

/// Tells the waiting caller how it went; called once, after the commit.
type Answer = Box<dyn FnOnce(Option<Error>) + Send>;

/// A use case waiting for its turn.
trait Change: Send {
    /// Runs it. `true`: keep it (the answer comes after the commit); `false`: undo it.
    fn run(self: Box<Self>, write: &mut Write<'_, '_>) -> (bool, Answer);
    /// Answers without running it.
    fn fail(self: Box<Self>, error: Error);
}

struct Waiting<F, T, E> {
    f: F,
    answer: Reply<Result<T, E>>,
}

/// To a caller that awaits, or to a thread that waits.
enum Reply<T> {
    Awaited(oneshot::Sender<T>),
    Blocking(SyncSender<T>),
}

impl<T> Reply<T> {
    /// The caller may have gone away; the change stands all the same.
    fn send(self, value: T) {
        match self {
            Self::Awaited(sender) => drop(sender.send(value)),
            Self::Blocking(sender) => drop(sender.send(value)),
        }
    }
}

impl<F, T, E> Change for Waiting<F, T, E>
where
    F: FnOnce(&mut Write<'_, '_>) -> Result<T, E> + Send,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn run(self: Box<Self>, write: &mut Write<'_, '_>) -> (bool, Answer) {
        let Self { f, answer } = *self;
        let ran = catch_unwind(AssertUnwindSafe(|| f(write))).unwrap_or_else(|_| Err(Error::Panicked.into()));
        let keep = ran.is_ok();
        let deliver: Answer = Box::new(move |failed| answer.send(failed.map_or(ran, |error| Err(error.into()))));
        (keep, deliver)
    }

    fn fail(self: Box<Self>, error: Error) {
        self.answer.send(Err(error.into()));
    }
}

enum Message {
    Change(Box<dyn Change>),
    Tidy(SyncSender<Result<()>>),
}

/// Numbers that grow when what is remembered may have changed, here or in another process.
#[derive(Debug, Default)]
pub(super) struct Generations {
    officers: AtomicU64,
    requests: AtomicU64,
}

impl Generations {
    fn grow(&self, changed: Changed) {
        for (generation, _) in [(&self.officers, changed.officers), (&self.requests, changed.requests)].iter().filter(|(_, changed)| *changed) {
            generation.fetch_add(1, Ordering::Release);
        }
    }

    pub(super) fn officers(&self) -> u64 {
        self.officers.load(Ordering::Acquire)
    }

    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Acquire)
    }
}

pub(super) struct Writer {
    pub(super) generations: Arc<Generations>,
    queue: Option<SyncSender<Message>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(open: &mut Open, announce: watch::Sender<u64>) -> Result<Self> {
        let mut engine = Engine::open(&open.url, open.vfs.as_deref(), open.durability)?;
        let size = engine.prepare(&open.keyring)?;
        announce.send_replace(size);
        let generations = Arc::new(Generations::default());
        let (queue, waiting) = sync_channel(QUEUE_MAX);
        let mut work = Work {
            engine,
            keyring: open.keyring.clone(),
            witness: open.witness.take(),
            witnessed: 0,
            announce,
            accept_clock: open.accept_clock,
            generations: generations.clone(),
            own_size: size,
            signers: Signers::default(),
            suspect: false,
        };
        let thread = std::thread::Builder::new()
            .name("siger-writer".into())
            .spawn(move || work.run(&waiting))
            .map_err(|source| Error::File { operation: "start the writer", source })?;
        Ok(Self { generations, queue: Some(queue), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn queue<T, E>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T, E> + Send + 'static) -> Result<oneshot::Receiver<Result<T, E>>>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, receiver) = oneshot::channel();
        self.send(Message::Change(Box::new(Waiting { f, answer: Reply::Awaited(answer) })))?;
        Ok(receiver)
    }

    /// [`Writer::queue`] for a thread that waits for the answer.
    pub(super) fn run<T, E>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, receiver) = sync_channel(1);
        self.send(Message::Change(Box::new(Waiting { f, answer: Reply::Blocking(answer) })))?;
        receiver.recv().unwrap_or_else(|_| Err(closing().into()))
    }

    pub(super) fn tidy(&self) -> Result<()> {
        let (answer, receiver) = sync_channel(1);
        self.send(Message::Tidy(answer))?;
        receiver.recv().unwrap_or_else(|_| Err(closing()))
    }

    fn send(&self, message: Message) -> Result<()> {
        match self.queue.as_ref().map(|queue| queue.try_send(message)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Error::Unavailable { operation: "write", reason: "too many changes wait; the disk may be slow".into() }),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(closing()),
        }
    }
}

fn unsettled() -> Error {
    let reason = "the disk failed during a commit and does not work yet; reading goes on. Check the disk";
    Error::Unavailable { operation: "write", reason: reason.into() }
}

fn closing() -> Error {
    Error::Unavailable { operation: "write", reason: "the store is closing".into() }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread ends when the queue is empty and closed: what was queued is still written.
        self.queue = None;
        if let Some(thread) = self.thread.lock().take() {
            // A panic of the thread was already told to everybody who waited.
            let _ = thread.join();
        }
    }
}

/// The writer's connection.
enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres { url: String, conn: Box<postgres::Connection> },
}

impl Engine {
    fn open(url: &Url, vfs: Option<&str>, durability: Durability) -> Result<Self> {
        match url {
            Url::Sqlite(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| Error::File { operation: "make the data folder", source })?;
                Ok(Self::Sqlite(sqlite::open(&Url::file(folder), vfs, durability, true)?))
            }
            Url::Postgres(url) => Ok(Self::Postgres { url: url.clone(), conn: Box::new(postgres::Connection::open(url)?) }),
        }
    }

    /// Makes or migrates the tables; the size of the journal.
    fn prepare(&mut self, keyring: &Keyring) -> Result<u64> {
        self.transaction(|tx| {
            migrate::migrate(tx)?;
            let head = match Head::load(tx, false) {
                Ok(Some(head)) => head,
                Ok(None) => return Ok(0),
                // Opened all the same, so that a check can say what else is wrong. Every write meets the error again and is refused.
                Err(error @ Error::Inconsistent { .. }) => {
                    tracing::error!(%error, "the head of the log was damaged or changed; nothing is written until that is settled");
                    return Ok(0);
                }
                Err(error) => return Err(error),
            };
            head.accept(keyring)?;
            Head::remember(tx, keyring)?;
            Ok(head.edge.size())
        })
    }

    /// After a commit whose sync failed: moves everything that was acknowledged into the database file, syncs it, and cuts off what the failed commit
    /// left in the log. When that works the disk takes writes again, and the failed change is certainly not kept.
    ///
    /// Going on without it would trust pages that the system may have dropped when it reported the failure
    /// (Rebello et al., *Can Applications Recover from fsync Failures?*, USENIX ATC 2020).
    fn settle(&mut self) -> Result<()> {
        let Self::Sqlite(conn) = self else { return Ok(()) };
        let busy: i64 = conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|source| sqlite::error("look at the disk after a failed commit", source))?;
        if busy == 0 { Ok(()) } else { Err(unsettled()) }
    }

    fn tx(&mut self) -> Tx<'_> {
        Tx::new(match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres { conn, .. } => Conn::Postgres(conn),
        })
    }

    const fn begin(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres { .. } => "BEGIN",
        }
    }

    /// Whether a transaction is still open after an error: SQLite ends it by itself when the disk is full or fails.
    fn in_transaction(&self) -> bool {
        match self {
            Self::Sqlite(conn) => !conn.is_autocommit(),
            Self::Postgres { conn, .. } => !conn.is_closed(),
        }
    }

    fn reconnect(&mut self) -> Result<()> {
        if let Self::Postgres { url, conn } = self
            && conn.is_closed()
        {
            **conn = postgres::Connection::open(url)?;
        }
        Ok(())
    }

    fn transaction<T>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let begin = self.begin();
        let mut tx = self.tx();
        tx.batch(begin)?;
        match f(&mut tx).and_then(|value| tx.batch("COMMIT").map(|()| value)) {
            Ok(value) => Ok(value),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn roll_back(&mut self) {
        if self.in_transaction() {
            // The error that led here is the one to report.
            let _ = self.tx().batch("ROLLBACK");
        }
    }
}

struct Work {
    engine: Engine,
    keyring: Keyring,
    witness: Option<WitnessFile>,
    /// Size of the newest checkpoint in the witness file.
    witnessed: u64,
    announce: watch::Sender<u64>,
    accept_clock: bool,
    generations: Arc<Generations>,
    signers: Signers,
    /// Size after this process's newest commit: a greater one was made by another process.
    own_size: u64,
    /// The newest commit failed in a way that leaves unknown what the disk holds: nothing is written until that is settled.
    suspect: bool,
}

impl Work {
    fn run(&mut self, waiting: &Receiver<Message>) {
        loop {
            let first = match waiting.recv_timeout(LOOK) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    self.look();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut changes: Vec<Box<dyn Change>> = Vec::new();
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Change(change) => changes.push(change),
                    Message::Tidy(answer) => {
                        self.commit(std::mem::take(&mut changes));
                        let _ = answer.send(self.tidy());
                    }
                }
                next = if changes.len() < BATCH_MAX { waiting.try_recv().ok() } else { None };
            }
            self.commit(changes);
        }
        self.look();
    }

    /// Runs the changes in one transaction and answers each.
    fn commit(&mut self, changes: Vec<Box<dyn Change>>) {
        if changes.is_empty() {
            return;
        }
        let mut waiting = VecDeque::from(changes);
        let mut answers: Vec<Answer> = Vec::with_capacity(waiting.len());
        match self.try_commit(&mut waiting, &mut answers) {
            Ok(size) => {
                self.announce.send_if_modified(|known| std::mem::replace(known, size) != size);
                for answer in answers {
                    answer(None);
                }
                if size - self.witnessed.min(size) >= WITNESS_EVERY {
                    self.look();
                }
            }
            Err(error) => {
                self.engine.roll_back();
                let error = Arc::new(error);
                for answer in answers {
                    answer(Some(same(&error)));
                }
                for change in waiting {
                    change.fail(same(&error));
                }
            }
        }
    }

    /// Takes changes off `waiting`. Those kept leave their answer in `answers`, to be given after the commit; those
    /// undone are answered at once.
    fn try_commit(&mut self, waiting: &mut VecDeque<Box<dyn Change>>, answers: &mut Vec<Answer>) -> Result<u64> {
        self.engine.reconnect()?;
        self.settle()?;
        let begin = self.engine.begin();
        let (keyring, accept_clock) = (self.keyring.clone(), self.accept_clock);
        let mut tx = self.engine.tx();
        tx.step(begin)?;
        let mut head = Head::load(&mut tx, true)?.unwrap_or_else(Head::empty);
        head.accept(&keyring)?;
        let size_before = head.edge.size();
        let others_wrote = size_before != self.own_size;
        while let Some(change) = waiting.pop_front() {
            let before = head.clone();
            if let Err(error) = tx.step("SAVEPOINT change") {
                waiting.push_front(change);
                return Err(error);
            }
            let (keep, answer) = change.run(&mut Write { tx: &mut tx, head: &mut head, keyring: &keyring, accept_clock });
            if keep {
                answers.push(answer);
                tx.step("RELEASE change")?;
                continue;
            }
            head = before;
            let undone = tx.batch("ROLLBACK TO change; RELEASE change");
            answer(None);
            // When the engine ended the whole transaction by itself (disk full), nothing of the batch is kept: the reason is
            // the one that the change met.
            undone.map_err(|error| tx.disk_failure().unwrap_or(error))?;
        }
        let size = head.edge.size();
        if size != size_before {
            let office = table::office::get(&mut tx)?.ok_or(Error::NoOffice)?;
            head.checkpoint = checkpoint(&mut self.signers, &keyring, &office.origin, &head)?;
            head.keyring_revision = head.keyring_revision.max(keyring.revision());
            head.save(&mut tx)?;
        }
        let dialect = tx.dialect();
        if let Err(error) = tx.step("COMMIT") {
            return Err(match error {
                // A connection that breaks while it commits says nothing about the commit.
                Error::Unavailable { .. } if dialect == Dialect::Postgres => Error::Unknown { operation: "commit" },
                // A write or sync that fails while it commits: after a restart the change may be found in the log or not.
                Error::Unavailable { .. } | Error::Engine { .. } if dialect == Dialect::Sqlite => {
                    self.suspect = true;
                    Error::Unknown { operation: "commit" }
                }
                other => other,
            });
        }
        self.own_size = size;
        self.generations.grow(if others_wrote { Changed::ALL } else { head.changed });
        Ok(size)
    }

    fn settle(&mut self) -> Result<()> {
        if self.suspect {
            self.engine.settle().map_err(|error| match error {
                Error::DiskFull { .. } | Error::ReadOnly { .. } => error,
                _ => unsettled(),
            })?;
            self.suspect = false;
            tracing::info!("the disk takes writes again");
        }
        Ok(())
    }

    /// Looks for entries that another process made, and writes the newest checkpoint to the witness file.
    fn look(&mut self) {
        if self.engine.reconnect().is_err() || self.settle().is_err() {
            return;
        }
        let Ok(Some(head)) = Head::load(&mut self.engine.tx(), false) else { return };
        // Another process may have erased somebody or rotated a key: its revision says so.
        if let Err(error) = head.accept(&self.keyring) {
            tracing::error!(%error, "nothing is written until the keyring is the newest");
        }
        if head.keyring_revision < self.keyring.revision() {
            self.remember();
        }
        let size = head.edge.size();
        if size != self.own_size {
            self.own_size = size;
            self.generations.grow(Changed::ALL);
        }
        self.announce.send_if_modified(|known| std::mem::replace(known, size) != size);
        if let Some(witness) = &mut self.witness
            && size > self.witnessed
        {
            match witness.append(head.last_at, &head.checkpoint) {
                Ok(()) => self.witnessed = size,
                Err(error) => tracing::warn!(%error, "the witness file could not be written; rollback of the data would not be noticed"),
            }
        }
    }

    fn remember(&mut self) {
        let keyring = self.keyring.clone();
        if let Err(error) = self.engine.transaction(|tx| Head::remember(tx, &keyring)) {
            tracing::warn!(%error, "the keyring's revision could not be written down; an old copy of it would not be noticed");
        }
    }

    fn tidy(&mut self) -> Result<()> {
        self.settle()?;
        self.remember();
        match &self.engine {
            Engine::Sqlite(conn) => conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").map_err(|source| sqlite::error("empty the write-ahead log", source)),
            Engine::Postgres { .. } => Ok(()),
        }
    }
}

/// Signs the head with every log key in force, so that verifiers with the old or the new key accept it.
fn checkpoint(signers: &mut Signers, keyring: &Keyring, origin: &str, head: &Head) -> Result<String> {
    let refused = |error: &dyn std::fmt::Display| Error::Log(error.to_string());
    let revision = keyring.revision();
    if signers.revision != Some(revision) {
        let keys = keyring.log_signing_keys();
        signers.keys = keys.iter().map(|key| NoteSigner::new(&key.name, key.key.as_bytes())).collect::<Result<_, _>>().map_err(|error| refused(&error))?;
        signers.revision = Some(revision);
    }
    let checkpoint = Checkpoint { origin: origin.to_owned(), size: head.edge.size(), root: head.edge.root() };
    checkpoint.sign(&signers.keys.iter().collect::<Vec<_>>()).map_err(|error| refused(&error))
}

/// The log keys made ready, until the keyring changes.
#[derive(Default)]
struct Signers {
    revision: Option<u64>,
    keys: Vec<NoteSigner>,
}

/// The same error for each caller of a batch.
fn same(error: &Arc<Error>) -> Error {
    error.shareable().unwrap_or_else(|| Error::Engine { operation: "commit", source: Box::new(Shared(error.clone())) })
}

#[derive(Debug)]
struct Shared(Arc<Error>);

impl std::fmt::Display for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}
