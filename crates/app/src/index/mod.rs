//! Names in memory: built in the background from the sealed rows, then kept up by the tail.
//!
//! Every process of an office builds its own. Until it is complete a search says "not checked yet", which never counts as
//! "nobody". What is found are identifiers; opening the files is a use case with its own entry ([`crate::person::by_name`]).

mod bearers;
mod fold;
mod table;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::RwLock;
use siger_domain::event::{Event, Subject};
use siger_domain::id::PersonId;
use siger_domain::person::Identity;
use siger_storage::journal::read;
use siger_storage::table::{person, upkeep};
use siger_storage::{Entry, Tx};
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::office::Office;

pub use fold::is_enough;
pub use table::{FOUND_MAX, WORDS_MAX};

/// Files opened in one transaction while building.
const STEP: u32 = 500;
/// Wait after a failure of the store.
const AGAIN: Duration = Duration::from_secs(1);

/// How far building has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files in the index.
    pub done: u64,
    /// Files there were when building began.
    pub of: u64,
}

/// The name index of an office; cheap to clone.
#[derive(Clone, Default)]
pub struct Names {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    table: RwLock<table::Table>,
    complete: AtomicBool,
    of: AtomicU64,
    /// First entry not looked at.
    next: AtomicU64,
    /// Files whose entry is damaged.
    unreadable: RwLock<HashSet<PersonId>>,
}

impl Names {
    /// Persons whose names have each of the typed words as a word or its beginning, best first, at most [`FOUND_MAX`]. With a
    /// year of birth, only those born then or in a year not known. An answer of an index that is not complete may lack some.
    pub fn search(&self, typed: &str, born: Option<i16>) -> Vec<PersonId> {
        self.inner.table.read().search(typed, born)
    }

    /// Whether every file is in it.
    pub fn is_complete(&self) -> bool {
        self.inner.complete.load(Ordering::Acquire)
    }

    /// How far building has come.
    pub fn progress(&self) -> Progress {
        Progress { done: self.inner.table.read().len() as u64, of: self.inner.of.load(Ordering::Relaxed) }
    }

    /// Files that could not be read, so that no search looked at their names.
    pub fn unreadable(&self) -> u64 {
        self.inner.unreadable.read().len() as u64
    }

    /// The first entry of the journal that it has not looked at.
    pub fn next(&self) -> u64 {
        self.inner.next.load(Ordering::Acquire)
    }

    fn put(&self, id: PersonId, registered: u64, identity: &Identity) {
        let born = identity.born.as_ref().map(|born| born.reveal().year());
        self.inner.table.write().put(id, registered, identity.name.reveal(), born);
        self.read_again(id);
    }

    fn read_again(&self, id: PersonId) {
        if !self.inner.unreadable.read().is_empty() {
            self.inner.unreadable.write().remove(&id);
        }
    }

    fn skip(&self, id: PersonId, error: &siger_storage::Error) {
        tracing::error!(person = %id, %error, "a file's entry cannot be read, so its name is not found; the others are");
        self.inner.unreadable.write().insert(id);
    }

    fn follow(&self, office: &Office, entries: &[Entry]) -> Result<()> {
        let keyring = office.store().keyring();
        for entry in entries {
            if let Subject::Person(id) = entry.subject {
                match entry.kind.as_str() {
                    "person.registered" | "person.corrected" => match entry.open(keyring) {
                        Ok(Some(Event::PersonRegistered(body))) => self.put(id, entry.number, &body.identity),
                        Ok(Some(Event::PersonCorrected(body))) => self.put(id, entry.number, &body.identity),
                        Ok(_) => {
                            self.inner.table.write().remove(id);
                        }
                        Err(error) if error.is_damage() => self.skip(id, &error),
                        Err(error) => return Err(error.into()),
                    },
                    "person.erased" => {
                        self.inner.table.write().remove(id);
                        self.read_again(id);
                    }
                    _ => {}
                }
            }
            self.inner.next.store(entry.number + 1, Ordering::Release);
        }
        Ok(())
    }
}

/// Starts building the office's name index, and keeps it up until the handle is aborted or the store closes.
pub fn spawn(office: &Office) -> JoinHandle<()> {
    let office = office.clone();
    tokio::spawn(async move {
        let mut tail = office.store().tail();
        loop {
            let building = office.clone();
            match tokio::task::spawn_blocking(move || build(&building)).await.map_err(Error::internal).and_then(|built| built) {
                Ok(()) => break,
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "the name index could not be built; it is begun again"),
            }
            tokio::time::sleep(AGAIN).await;
        }
        let names = office.names();
        loop {
            match catch_up(&office).await {
                Ok(()) => {
                    if !names.inner.complete.swap(true, Ordering::AcqRel) {
                        tracing::info!(persons = names.progress().done, "the name index is complete");
                    }
                }
                Err(error) => {
                    // Behind: what it says may lack somebody.
                    names.inner.complete.store(false, Ordering::Release);
                    tracing::error!(error = &error as &dyn std::error::Error, "the name index could not follow the journal; it tries again");
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
            }
            if tail.changed().await.is_err() {
                return;
            }
        }
    })
}

async fn catch_up(office: &Office) -> Result<()> {
    let names = office.names();
    loop {
        let next = names.next();
        let entries = office.read(move |tx| Ok(read::from(tx, next, read::PAGE_MAX)?)).await?;
        if entries.is_empty() {
            return Ok(());
        }
        names.follow(office, &entries)?;
    }
}

fn build(office: &Office) -> Result<()> {
    let (names, store) = (office.names(), office.store());
    // What happens from here on comes by the tail, after the rows: a row read later says the same or is said again.
    let (size, files) = store.read_blocking(|tx| -> Result<_> {
        let (files, erased) = person::count(tx)?;
        Ok((read::head(tx)?.edge.size(), files - erased))
    })?;
    names.inner.of.store(files, Ordering::Relaxed);
    // A second beginning must not keep whom an erasure between the two took out.
    *names.inner.table.write() = table::Table::with_room(usize::try_from(files).map_err(Error::internal)?);
    names.inner.unreadable.write().clear();
    let mut from = 0;
    loop {
        let keyring = store.keyring().clone();
        let step = store.read_blocking(|tx| chunk(tx, &keyring, from))?;
        let Some((last, _)) = step.last() else { break };
        from = last.registered + 1;
        for (row, identity) in &step {
            match identity {
                Ok(Some(identity)) => names.put(row.id, row.registered, identity),
                Ok(None) => {}
                Err(error) => names.skip(row.id, error),
            }
        }
    }
    names.inner.next.store(size, Ordering::Release);
    Ok(())
}

/// A file with who it is of; `None`: erased meanwhile.
type Read = (person::Person, Result<Option<Identity>, siger_storage::Error>);

fn chunk(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, from: u64) -> Result<Vec<Read>> {
    let mut found = Vec::new();
    for row in upkeep::files(tx, from, STEP)? {
        match person::identity(tx, keyring, &row) {
            Err(error) if !error.is_damage() => return Err(error.into()),
            identity => found.push((row, identity)),
        }
    }
    Ok(found)
}
