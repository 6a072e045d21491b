//! The office's keys: seeing them, a new one with overlap, the end of an old one.

use siger_domain::access::Action;
use siger_domain::event::{Event, Subject, body};
use siger_storage::keyring::{KeyInfo, RootSecret, Rotation, Which};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::job::rehash;
use crate::office::Office;

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
    if which == Which::Lookup {
        rehash::foresee(office).await?;
    }
    let (keyring, now, random): (_, _, [u8; 32]) = (office.store().keyring().clone(), by.now, office.random());
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
    office
        .write(move |write| {
            let event = Event::KeyRotated(body::KeyRotated { which: which.as_str().to_owned(), key: entry_key.clone() });
            write.append(stamp, Subject::Office, &event)?;
            if which == Which::Lookup {
                rehash::add(write, &scheduler, now, &entry_key)?;
            }
            Ok(())
        })
        .await?;
    Ok(key)
}

/// Ends a key that was replaced: it is no longer accepted and its secret is destroyed.
///
/// # Errors
/// When not permitted, there is no such key, it is in use, or hashes of the old look-up key still wait to be computed anew.
pub async fn retire(office: &Office, by: &Context, which: Which, id: &str) -> Result<()> {
    let stamp = by.authorise(Action::OfficeKeys, About::default())?;
    if which == Which::Lookup && rehash::waits(office).await? {
        return Err(Error::Conflict("rehash_waits"));
    }
    let (keyring, key, now) = (office.store().keyring().clone(), id.to_owned(), by.now);
    let retired = tokio::task::spawn_blocking(move || keyring.retire(which, &key, now)).await.map_err(Error::internal)?;
    let ended = retired.map_err(|error| match error {
        siger_storage::keyring::Error::NoSuchKey { .. } => Error::NotFound,
        siger_storage::keyring::Error::InUse { .. } => Error::Conflict("key_in_use"),
        other => other.into(),
    })?;
    if ended {
        let event = Event::KeyRetired(body::KeyRetired { which: which.as_str().to_owned(), key: id.to_owned() });
        office.write(move |write| Ok(write.append(stamp, Subject::Office, &event)?)).await?;
    }
    Ok(())
}
