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

use super::Open;
use super::connection::{Engine, unsettled};
use super::said::{Said, Trouble};
use crate::check::Verdict;
use crate::engine::Dialect;
use crate::error::{Error, Result};
use crate::journal::{Changed, Head, Write};
use crate::keyring::{Keyring, WitnessFile};
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
/// Under load the write-ahead log that could not be emptied is tried again after so many commits: less than a second.
const EMPTY_EVERY: u32 = 64;

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
    Tidy(SyncSender<Result<bool>>),
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
    only_look: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(open: &mut Open, announce: watch::Sender<u64>) -> Result<Self> {
        let only_look = open.only_look;
        // What was witnessed is read first: what other processes append meanwhile is in the database already.
        let witnessed = open.witness.as_ref().map(WitnessFile::all).transpose()?.unwrap_or_default();
        let mut engine = Engine::open(&open.url, open.vfs.as_deref(), open.durability)?;
        let size = engine.prepare(&open.keyring, &witnessed, only_look)?;
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
            only_look,
            said: Said::default(),
            untidy: None,
        };
        let thread = std::thread::Builder::new()
            .name("siger-writer".into())
            .spawn(move || work.run(&waiting))
            .map_err(|source| Error::File { operation: "start the writer", source })?;
        Ok(Self { generations, queue: Some(queue), only_look, thread: Mutex::new(Some(thread)) })
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

    pub(super) fn tidy(&self) -> Result<bool> {
        let (answer, receiver) = sync_channel(1);
        self.send(Message::Tidy(answer))?;
        receiver.recv().unwrap_or_else(|_| Err(closing()))
    }

    fn send(&self, message: Message) -> Result<()> {
        if self.only_look {
            return Err(Error::Unavailable { operation: "write", reason: "it was opened to be looked at only".into() });
        }
        match self.queue.as_ref().map(|queue| queue.try_send(message)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(Error::Unavailable { operation: "write", reason: "too many changes wait; the disk may be slow".into() }),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(closing()),
        }
    }
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
    /// Opened to be looked at only.
    only_look: bool,
    /// What was said of the troubles that a look meets again and again.
    said: Said,
    /// The write-ahead log is still to be emptied; how many commits there were since the newest try.
    untidy: Option<u32>,
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
            // Under load nobody looks in between.
            if let Some(commits) = &mut self.untidy {
                *commits += 1;
                if *commits >= EMPTY_EVERY {
                    self.empty_log();
                }
            }
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
        if size_before < self.own_size {
            return Err(Error::Contradicted { verdict: Verdict::Rollback { signed: self.own_size, now: size_before } });
        }
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
        match head.accept(&self.keyring) {
            Ok(()) => self.said.over(Trouble::Keyring),
            Err(error) if self.said.is_new(Trouble::Keyring) => tracing::error!(%error, "nothing is written until the keyring is the newest"),
            Err(_) => {}
        }
        if head.keyring_revision < self.keyring.revision() && !self.only_look {
            self.remember();
        }
        if self.untidy.is_some() {
            self.empty_log();
        }
        let size = head.edge.size();
        if size < self.own_size {
            if self.said.is_new(Trouble::WentBack) {
                tracing::error!(before = self.own_size, now = size, "the database went back to an older state; nothing is written any more");
            }
            return;
        }
        if size != self.own_size {
            self.own_size = size;
            self.generations.grow(Changed::ALL);
        }
        self.announce.send_if_modified(|known| std::mem::replace(known, size) != size);
        if let Some(witness) = &mut self.witness
            && size > self.witnessed
        {
            match witness.append(head.last_at, &head.checkpoint) {
                Ok(()) => {
                    self.witnessed = size;
                    self.said.over(Trouble::Witness);
                }
                Err(error) if self.said.is_new(Trouble::Witness) => {
                    tracing::warn!(%error, "the witness file cannot be written; rollback of the data would not be noticed. It is tried again");
                }
                Err(_) => {}
            }
        }
    }

    fn remember(&mut self) {
        let keyring = self.keyring.clone();
        match self.engine.transaction(|tx| Head::remember(tx, &keyring)) {
            Ok(()) => self.said.over(Trouble::Revision),
            Err(error) if self.said.is_new(Trouble::Revision) => {
                tracing::warn!(%error, "the keyring's revision cannot be written down; an old copy of it would not be noticed. It is tried again");
            }
            Err(_) => {}
        }
    }

    fn tidy(&mut self) -> Result<bool> {
        self.untidy = Some(0);
        self.settle()?;
        self.remember();
        let emptied = self.engine.empty_log()?;
        if emptied {
            self.untidy = None;
            self.said.over(Trouble::Log);
        }
        Ok(emptied)
    }

    /// Tries again what [`Self::tidy`] could not do.
    fn empty_log(&mut self) {
        self.untidy = match self.engine.empty_log() {
            Ok(emptied) => {
                self.said.over(Trouble::Log);
                (!emptied).then_some(0)
            }
            Err(error) => {
                if self.said.is_new(Trouble::Log) {
                    tracing::warn!(%error, "the write-ahead log cannot be emptied; it is tried again");
                }
                Some(0)
            }
        };
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

#[cfg(test)]
mod tests;
