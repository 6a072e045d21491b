//! The store: one writer, many readers, and the tail that tells of new entries.
//!
//! Use cases are plain closures. `write` queues one for the writer thread, which runs all that wait, each in a savepoint,
//! commits once and only then answers (group commit): an answer means that the change is on disk. `read` runs one on a
//! reader. Both answers can be awaited.

mod connection;
mod reader;
mod said;
mod url;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

pub use crate::engine::sqlite::Durability;
pub use url::{Url, UrlError};

use crate::engine::Tx;
use crate::error::{Error, Result};
use crate::journal::{Head, Write, read};
use crate::keyring::{Keyring, WitnessFile};
use reader::Readers;
use writer::Writer;

/// How to open a store.
pub struct Open {
    /// Which database.
    pub url: Url,
    /// The keys of the office.
    pub keyring: Keyring,
    /// Where checkpoints are also written, outside the data folder.
    pub witness: Option<WitnessFile>,
    /// A SQLite file layer other than the system's; for tests.
    pub vfs: Option<String>,
    /// How safe a commit is; `Full` everywhere but in one test.
    pub durability: Durability,
    /// Go on although the clock reads long before the newest entry.
    pub accept_clock: bool,
    /// To be looked at only: nothing is written down that opening a store to work in it writes down. Writes are refused.
    pub only_look: bool,
}

impl Open {
    /// With everything as an office needs it.
    pub fn new(url: Url, keyring: Keyring) -> Self {
        Self { url, keyring, witness: None, vfs: None, durability: Durability::Full, accept_clock: false, only_look: false }
    }
}

/// A store that is open. Clones share it; the threads end when the last clone goes.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    readers: Readers,
    keyring: Keyring,
    url: Url,
    tail: watch::Receiver<u64>,
}

impl Store {
    /// Opens the database, makes or migrates its tables, and starts the writer.
    ///
    /// # Errors
    /// When the database cannot be opened or was written by a newer program; when it is older than what the witness file holds
    /// ([`Error::Contradicted`]).
    pub fn open(mut open: Open) -> Result<Self> {
        let (announce, tail) = watch::channel(0);
        let writer = Writer::start(&mut open, announce)?;
        let readers = Readers::new(&open);
        Ok(Self { inner: Arc::new(Inner { writer, readers, keyring: open.keyring, url: open.url, tail }) })
    }

    /// Runs a use case that may change things; answers when the change is on disk, or undone.
    ///
    /// # Errors
    /// What the closure returns, and what the store refuses.
    pub async fn write<T, E>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match self.inner.writer.queue(f)?.await {
            Ok(answer) => answer,
            Err(_) => Err(Error::Unavailable { operation: "write", reason: "the store is closing".into() }.into()),
        }
    }

    /// [`Store::write`] for threads that may wait.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, E>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.writer.run(f)
    }

    /// Runs a use case that only reads, on one snapshot.
    ///
    /// # Errors
    /// What the closure returns, and what the store refuses.
    pub async fn read<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.readers.read(f).await
    }

    /// [`Store::read`] for what takes longer than a change of threads, as counting a table does: it keeps no thread that answers others.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read_long<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.readers.read_long(f).await
    }

    /// [`Store::read`] for threads that may wait; for long reads too, since each call has a connection of its own.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_blocking<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<Error>,
    {
        self.inner.readers.read_blocking(f)
    }

    /// The tail: the size of the journal after each commit seen by this process.
    pub fn tail(&self) -> watch::Receiver<u64> {
        self.inner.tail.clone()
    }

    /// Grows when what is remembered of officers and sessions may be stale, before the change that made it so is answered.
    pub fn officers_generation(&self) -> u64 {
        self.inner.writer.generations.officers()
    }

    /// The same of two-person requests.
    pub fn requests_generation(&self) -> u64 {
        self.inner.writer.generations.requests()
    }

    /// The keys of the office.
    pub fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }

    /// Which database this is.
    pub fn url(&self) -> &Url {
        &self.inner.url
    }

    /// The newest committed head.
    ///
    /// # Errors
    /// [`Error::NoOffice`] in an empty database.
    pub fn head(&self) -> Result<Head> {
        self.read_blocking(read::head)
    }

    /// Moves the write-ahead log into the database and empties it, so that deleted bytes do not linger there. `false`: somebody still reads
    /// an older state (a backup, a check); nobody waits for that, and it is tried again until it is done.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn tidy(&self) -> Result<bool> {
        self.inner.writer.tidy()
    }

    /// The folder of a SQLite store.
    pub fn folder(&self) -> Option<PathBuf> {
        self.inner.url.folder()
    }
}
