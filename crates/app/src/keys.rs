//! The office's keys: seeing them, a new one with overlap, the end of an old one.

use std::collections::HashSet;

use siger_domain::access::{Action, Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::time::Instant;
use siger_storage::journal::read;
use siger_storage::keyring::{KeyInfo, KeyState, RootSecret, Rotation, Which};
use siger_storage::{Stamp, Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::job::rehash;
use crate::office::Office;

/// A change that is younger is left to whoever made it.
pub(crate) const CATCH_UP_SECONDS: i64 = 120;

/// Whether look-up hashes are still computed anew, so that the old look-up key cannot be ended yet.
///
/// # Errors
/// When not permitted, or the store refuses.
pub async fn rehash_waits(office: &Office, by: &Context) -> Result<bool> {
    by.authorise(Action::OfficeRead, About::default())?;
    rehash::waits(office).await
}

/// The keys besides the data keys, by kind and age. Holds no secret.
///
/// # Errors
/// When not permitted.
pub fn list(office: &Office, by: &Context) -> Result<Vec<KeyInfo>> {
    by.authorise(Action::OfficeRead, About::default())?;
    Ok(office.store().keyring().list())
}

/// Puts a new key in the place of the one in use and says its id. The office key comes from outside (`new_root`); the
/// others are made here. After the look-up key a job computes the hashes anew; until then both keys are tried.
///
/// # Errors
/// When not permitted, a new root secret is missing or given for another key, too many keys are remembered, or the disk refuses.
pub async fn rotate(office: &Office, by: &Context, which: Which, new_root: Option<RootSecret>) -> Result<String> {
    let stamp = by.authorise(Action::OfficeKeys, About::default())?;
    if (which == Which::Office) != new_root.is_some() {
        return Err(Error::invalid("root", if new_root.is_some() { "unexpected" } else { "missing" }));
    }
    let office = office.clone();
    // A task of its own: whoever asked may go away between the key and its entry. What stops the machine there is written down by [`catch_up`].
    tokio::spawn(async move { rotated(&office, stamp, which, new_root).await }).await.map_err(Error::internal)?
}

async fn rotated(office: &Office, stamp: Stamp, which: Which, new_root: Option<RootSecret>) -> Result<String> {
    let _turn = office.changing_keys().lock().await;
    if which == Which::Lookup {
        rehash::foresee(office).await?;
    }
    let (keyring, now, random): (_, _, [u8; 32]) = (office.store().keyring().clone(), stamp.at, office.random());
    // On a thread that may wait: a passphrase is stretched for a second.
    let rotated = tokio::task::spawn_blocking(move || {
        let rotation = match (which, &new_root) {
            (Which::Office, Some(root)) => Rotation::Office(root),
            (Which::Log, _) => Rotation::Log,
            (Which::Seal, _) => Rotation::Seal,
            _ => Rotation::Lookup,
        };
        keyring.rotate(rotation, now, &random)
    });
    let key = rotated.await.map_err(Error::internal)??;
    let (entry_key, scheduler) = (key.clone(), office.clone());
    office.write(move |write| note_rotated(write, &scheduler, stamp, which, &entry_key)).await?;
    Ok(key)
}

fn note_rotated(write: &mut Write<'_, '_>, office: &Office, stamp: Stamp, which: Which, key: &str) -> Result<()> {
    let event = Event::KeyRotated(body::KeyRotated { which: which.as_str().to_owned(), key: key.to_owned() });
    write.append(stamp, Subject::Office, &event)?;
    if which == Which::Lookup {
        rehash::add(write, office, stamp.at, key)?;
    }
    Ok(())
}

fn note_retired(write: &mut Write<'_, '_>, stamp: Stamp, which: Which, key: &str) -> Result<()> {
    let event = Event::KeyRetired(body::KeyRetired { which: which.as_str().to_owned(), key: key.to_owned() });
    write.append(stamp, Subject::Office, &event)?;
    Ok(())
}

/// Ends a key that was replaced: it is no longer accepted and its secret is destroyed.
///
/// # Errors
/// When not permitted, there is no such key, it is in use, or hashes of the old look-up key still wait to be computed anew.
pub async fn retire(office: &Office, by: &Context, which: Which, id: &str) -> Result<()> {
    let stamp = by.authorise(Action::OfficeKeys, About::default())?;
    let (office, id) = (office.clone(), id.to_owned());
    tokio::spawn(async move { retired(&office, stamp, which, id).await }).await.map_err(Error::internal)?
}

async fn retired(office: &Office, stamp: Stamp, which: Which, id: String) -> Result<()> {
    let _turn = office.changing_keys().lock().await;
    let (keyring, key) = (office.store().keyring().clone(), id.clone());
    if which == Which::Lookup {
        // In this order, also for another process that rotates: its job is on the list before the key is replaced, so a key that is
        // seen replaced and for which no job waits has no hashes any more.
        if keyring.list().iter().any(|key| key.which == which && key.id == id && key.state == KeyState::Current) {
            return Err(Error::Conflict("key_in_use"));
        }
        if rehash::waits(office).await? {
            return Err(Error::Conflict("rehash_waits"));
        }
    }
    let retired = tokio::task::spawn_blocking(move || keyring.retire(which, &key, stamp.at)).await.map_err(Error::internal)?;
    let ended = retired.map_err(|error| match error {
        siger_storage::keyring::Error::NoSuchKey { .. } => Error::NotFound,
        siger_storage::keyring::Error::InUse { .. } => Error::Conflict("key_in_use"),
        other => other.into(),
    })?;
    if ended {
        office.write(move |write| note_retired(write, stamp, which, &id)).await?;
    }
    Ok(())
}

/// A change of keys that the journal does not know.
struct Unsaid {
    which: Which,
    key: String,
    retired: bool,
}

/// Writes down the changes of keys that the journal does not know: the machine stopped between the change and its entry, or the
/// journal is older than the keyring, because a backup was brought back. Says how many.
///
/// # Errors
/// When the store refuses.
pub async fn catch_up(office: &Office) -> Result<u32> {
    let _turn = office.changing_keys().lock().await;
    let writer = office.clone();
    let stamp = Stamp { at: office.now(), actor: None, role: Role::System, purpose: Purpose::Administration };
    let reader = office.clone();
    if office.read(move |tx| unsaid(tx, &reader, stamp.at)).await?.is_empty() {
        return Ok(0);
    }
    let written = office
        .write(move |write| {
            let changes = unsaid(write, &writer, stamp.at)?;
            for change in &changes {
                if change.retired {
                    note_retired(write, stamp, change.which, &change.key)?;
                } else {
                    note_rotated(write, &writer, stamp, change.which, &change.key)?;
                }
            }
            Ok(changes.len() as u32)
        })
        .await?;
    tracing::warn!(written, "keys were changed without an entry in the journal; it says so now");
    Ok(written)
}

fn unsaid(tx: &mut Tx<'_>, office: &Office, now: Instant) -> Result<Vec<Unsaid>> {
    let keyring = office.store().keyring();
    let mut said = HashSet::new();
    for kind in ["key.rotated", "key.retired"] {
        let mut before = u64::MAX;
        loop {
            let entries = read::newest_of_kind(tx, kind, before, read::PAGE_MAX)?;
            let Some(oldest) = entries.last() else { break };
            before = oldest.number;
            for entry in &entries {
                match entry.open(keyring) {
                    Ok(Some(Event::KeyRotated(body))) => said.insert((body.which, body.key, false)),
                    Ok(Some(Event::KeyRetired(body))) => said.insert((body.which, body.key, true)),
                    Ok(_) => false,
                    // Said once more below.
                    Err(error) if error.is_damage() => false,
                    Err(error) => return Err(error.into()),
                };
            }
        }
    }
    let (mut kinds, mut found) = (HashSet::new(), Vec::new());
    for key in keyring.list() {
        // The first of each kind was made with the keyring, and so was the office key as long as nothing changed it.
        let first = if key.which == Which::Office { key.since == keyring.created() } else { kinds.insert(key.which) };
        // A command at the console writes its own entry in a moment.
        if now.seconds_since(key.since) < CATCH_UP_SECONDS {
            continue;
        }
        let states = [(!first, false), (key.state == KeyState::Retired, true)];
        for (_, retired) in states.into_iter().filter(|(changed, _)| *changed) {
            if !said.contains(&(key.which.as_str().to_owned(), key.id.clone(), retired)) {
                found.push(Unsaid { which: key.which, key: key.id.clone(), retired });
            }
        }
    }
    Ok(found)
}
