//! An office that is open: its store, keys, policies, clock, and what is remembered in memory.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use parking_lot::{Mutex, RwLock};
use siger_domain::access::RoleSet;
use siger_domain::id::{OfficerId, OperationId};
use siger_domain::officer::{Leave, State};
use siger_domain::time::{Clock, Instant};
use siger_storage::blob::Folder;
use siger_storage::table::office as table;
use siger_storage::{Store, Tx, Write};

use crate::access::Access;
use crate::backup::Backups;
use crate::blob;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::identity::guess::Guard;
use crate::identity::passkey::Passkeys;
use crate::identity::password::AT_ONCE_MAX;
use crate::index::Names;
use crate::officer;
use crate::random::Random;
use crate::request::{self, Opened};
use crate::session::Sessions;

/// Everything a use case's caller needs; cheap to clone.
#[derive(Clone)]
pub struct Office {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    blobs: Folder,
    access: Arc<Access>,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random>>,
    passkeys: Option<Passkeys>,
    backups: Option<Backups>,
    backing_up: Arc<tokio::sync::Mutex<()>>,
    applying: Arc<tokio::sync::Mutex<()>>,
    changing_keys: tokio::sync::Mutex<()>,
    guard: Mutex<Guard>,
    hashing: tokio::sync::Semaphore,
    keeping: Arc<tokio::sync::Semaphore>,
    info: table::Office,
    zone: TimeZone,
    directory: RwLock<(u64, Arc<Directory>)>,
    open_requests: RwLock<(u64, Arc<[Opened]>)>,
    sessions: Sessions,
    names: Names,
}

/// What an office is opened with.
pub struct Parts {
    /// The store, holding an office.
    pub store: Store,
    /// Where sealed blobs are.
    pub blobs: Folder,
    /// The policies.
    pub access: Arc<Access>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Secret bytes.
    pub random: Box<dyn Random>,
    /// The office as a relying party for passkeys; `None` where its address is not one that browsers allow.
    pub passkeys: Option<Passkeys>,
    /// Where backups go; `None`: the office makes none by itself.
    pub backups: Option<Backups>,
}

/// Who works here, as remembered.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    officers: HashMap<OfficerId, Colleague>,
}

/// Stands for a name whose entry is damaged, in every language.
pub const UNREADABLE: &str = "⚠ ???";

/// An officer, as remembered.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Name as shown.
    pub name: String,
    /// Where they stand.
    pub state: State,
    /// Roles held now.
    pub roles: RoleSet,
    /// Days away.
    pub leave: Option<Leave>,
}

impl Directory {
    /// An officer, if they work here.
    pub fn get(&self, id: OfficerId) -> Option<&Colleague> {
        self.officers.get(&id)
    }

    /// A name to show for who acted; `None` for the program itself and for somebody erased.
    pub fn name(&self, id: Option<OfficerId>) -> Option<&str> {
        id.and_then(|id| self.officers.get(&id)).map(|colleague| colleague.name.as_str())
    }

    /// Everybody.
    pub fn iter(&self) -> impl Iterator<Item = (&OfficerId, &Colleague)> {
        self.officers.iter()
    }
}

impl Office {
    /// Opens the office in a store.
    ///
    /// # Errors
    /// When the store holds none, or its time zone is not known.
    pub fn open(mut parts: Parts) -> Result<Self> {
        let info = parts.store.read_blocking(table::get)?.ok_or(siger_storage::Error::NoOffice)?;
        let zone = TimeZone::get(&info.time_zone).map_err(Error::internal)?;
        let guard = Mutex::new(Guard::new(&mut *parts.random));
        let inner = Inner {
            store: parts.store,
            blobs: parts.blobs,
            access: parts.access,
            clock: parts.clock,
            random: Mutex::new(parts.random),
            passkeys: parts.passkeys,
            backups: parts.backups,
            backing_up: Arc::default(),
            applying: Arc::default(),
            changing_keys: tokio::sync::Mutex::default(),
            guard,
            hashing: tokio::sync::Semaphore::new(AT_ONCE_MAX),
            keeping: Arc::new(tokio::sync::Semaphore::new(blob::AT_ONCE_MAX)),
            info,
            zone,
            directory: RwLock::new((u64::MAX, Arc::default())),
            open_requests: RwLock::new((u64::MAX, Arc::default())),
            sessions: Sessions::default(),
            names: Names::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The sealed blobs.
    pub fn blobs(&self) -> &Folder {
        &self.inner.blobs
    }

    /// The policies.
    pub fn access(&self) -> &Arc<Access> {
        &self.inner.access
    }

    /// The office as its journal made it.
    pub fn info(&self) -> &table::Office {
        &self.inner.info
    }

    /// The time zone in which days are counted and times shown.
    pub fn zone(&self) -> &TimeZone {
        &self.inner.zone
    }

    /// The present moment.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// Runs `f` with the source of secret bytes.
    pub fn with_random<T>(&self, f: impl FnOnce(&mut dyn Random) -> T) -> T {
        f(&mut **self.inner.random.lock())
    }

    /// Secret bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.with_random(crate::random::bytes)
    }

    /// A new identifier for an operation.
    pub fn operation(&self) -> OperationId {
        OperationId::new(self.now(), self.random())
    }

    /// The office as a relying party for passkeys.
    pub fn passkeys(&self) -> Option<&Passkeys> {
        self.inner.passkeys.as_ref()
    }

    /// Where backups go, where a folder is set.
    pub fn backups(&self) -> Option<&Backups> {
        self.inner.backups.as_ref()
    }

    pub(crate) fn backing_up(&self) -> &Arc<tokio::sync::Mutex<()>> {
        &self.inner.backing_up
    }

    /// Held while what is due by the law is ended: one run at a time.
    pub(crate) fn applying(&self) -> &Arc<tokio::sync::Mutex<()>> {
        &self.inner.applying
    }

    pub(crate) fn changing_keys(&self) -> &tokio::sync::Mutex<()> {
        &self.inner.changing_keys
    }

    /// The names in memory, once [`crate::index::spawn`] was called.
    pub fn names(&self) -> &Names {
        &self.inner.names
    }

    pub(crate) fn guard(&self) -> &Mutex<Guard> {
        &self.inner.guard
    }

    pub(crate) fn hashing(&self) -> &tokio::sync::Semaphore {
        &self.inner.hashing
    }

    /// A place of it is held while a picture is kept.
    pub(crate) fn keeping(&self) -> &Arc<tokio::sync::Semaphore> {
        &self.inner.keeping
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.inner.sessions
    }

    /// Who works here, never older than the newest change that was answered in this process.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn directory(&self) -> Result<Arc<Directory>> {
        let generation = self.inner.store.officers_generation();
        {
            let known = self.inner.directory.read();
            if known.0 == generation {
                return Ok(known.1.clone());
            }
        }
        let keyring = self.inner.store.keyring().clone();
        let officers = self.inner.store.read(move |tx| officer::everybody(tx, &keyring)).await?;
        let officers = officers
            .into_iter()
            .map(|known| {
                let colleague = Colleague {
                    name: known.name().to_owned(),
                    state: known.officer.state,
                    roles: known.officer.roles.iter().copied().collect(),
                    leave: known.officer.leave,
                };
                (known.officer.id, colleague)
            })
            .collect();
        let directory = Arc::new(Directory { officers });
        // Before the new directory is seen: whoever finds it finds no sign-in that was remembered before.
        self.inner.sessions.forget();
        *self.inner.directory.write() = (generation, directory.clone());
        Ok(directory)
    }

    /// The requests that wait for a second person, newest first, never older than the newest change that was answered in this process. Every page of
    /// whoever may answer some of them says how many, so they are remembered.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn open_requests(&self) -> Result<Arc<[Opened]>> {
        let generation = self.inner.store.requests_generation();
        {
            let known = self.inner.open_requests.read();
            if known.0 == generation {
                return Ok(known.1.clone());
            }
        }
        let keyring = self.inner.store.keyring().clone();
        let open: Arc<[Opened]> = self.inner.store.read(move |tx| request::waiting_of_all(tx, &keyring)).await?.into();
        *self.inner.open_requests.write() = (generation, open.clone());
        Ok(open)
    }

    /// The program itself as the one who acts.
    pub fn system(&self, purpose: siger_domain::access::Purpose) -> Context {
        Context::system(self.inner.access.clone(), self.operation(), self.now(), purpose)
    }

    /// Runs a use case that may change things.
    ///
    /// # Errors
    /// What the use case returns and what the store refuses.
    pub async fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.inner.store.write(f).await
    }

    /// Runs a use case that only reads.
    ///
    /// # Errors
    /// What the use case returns and what the store refuses.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.inner.store.read(f).await
    }

    /// [`Self::read`] for what reads a whole table: apart from the threads that answer others.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn read_long<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.inner.store.read_long(f).await
    }

    /// Runs a use case that erases, then does what [`Self::finish_erasure`] does. In a task of its own: whoever asked may go away, or
    /// wait no longer, between the entry and the end of the key.
    ///
    /// # Errors
    /// What the use case returns, what the store refuses, and as [`Self::finish_erasure`].
    pub async fn erase<T: Send + 'static>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<(T, request::Effect)> + Send + 'static) -> Result<T> {
        let office = self.clone();
        let erasing = tokio::spawn(async move {
            let (done, effect) = office.write(f).await?;
            office.finish_erasure(effect).await?;
            Ok(done)
        });
        erasing.await.map_err(Error::internal)?
    }

    /// Destroys the keys and removes the blobs of erased persons, after the erasure is on disk. Safe to repeat. The key goes first: it is
    /// what opens everything, and a backup under way tells a blob that was erased from one that is lost by it. Blobs that a crash leaves
    /// behind are swept by the daily job.
    ///
    /// # Errors
    /// When the keyring cannot be written: the erasure is recorded and this must be repeated (the daily job does).
    pub async fn finish_erasure(&self, effect: request::Effect) -> Result<()> {
        if effect.puncture.is_empty() {
            return Ok(());
        }
        let (store, blobs) = (self.inner.store.clone(), self.inner.blobs.clone());
        let done = tokio::task::spawn_blocking(move || -> Result<()> {
            store.keyring().puncture(&effect.puncture)?;
            for blob in &effect.blobs {
                blobs.remove(siger_storage::blob::BlobId::from_bytes(*blob)).map_err(Error::internal)?;
            }
            store.tidy()?;
            Ok(())
        });
        done.await.map_err(Error::internal)?
    }
}
