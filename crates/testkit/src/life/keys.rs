//! Keys in the life of an office: the look-up key is rotated, and a backup brought back with today's keys.

use siger_app::{Context, Error, keys};
use siger_domain::access::{Purpose, Role};
use siger_storage::blob::Folder;
use siger_storage::keyring::{KeyState, Which};
use siger_storage::table::{self, operation};
use siger_storage::{Open, Store, archive};

use super::{ADMINISTRATOR, KEYS_MAX, Life};
use crate::engine::Place;
use crate::office::open;

impl Life {
    /// A new look-up key, the hashes computed anew in steps as the job does, and the old key ended.
    pub(super) fn rotate_lookup(&mut self) -> Result<Option<u64>, Error> {
        let by = Context { purpose: Some(Purpose::Administration), ..self.by(ADMINISTRATOR, Role::Administrator) };
        let store = self.office.store().clone();
        let old = store.keyring().list().into_iter().find(|key| key.which == Which::Lookup && key.state == KeyState::Current).ok_or(Error::NotFound)?;
        if store.keyring().list().len() > KEYS_MAX {
            return Ok(None);
        }
        self.wait(keys::rotate(&self.office, &by, Which::Lookup, None))?;
        self.write(|write| {
            let keyring = write.keyring().clone();
            Ok(table::rehash_officers(write, &keyring)?)
        })?;
        let mut from = 0;
        loop {
            let step = self.write(move |write| {
                let keyring = write.keyring().clone();
                Ok(table::rehash_persons(write, &keyring, from)?)
            })?;
            let Some(step) = step else { break };
            from = step.next;
        }
        self.write(|write| {
            let jobs = operation::jobs(write, 100)?;
            jobs.into_iter().try_for_each(|job| operation::finish_job(write, job.id).map(drop))?;
            Ok(())
        })?;
        self.wait(keys::retire(&self.office, &by, Which::Lookup, &old.id))?;
        Ok(None)
    }

    /// The office is lost, and its backup brought back into an empty database with today's keys. Life goes on there.
    pub(super) fn bring_back(&mut self) -> Result<Option<u64>, Error> {
        let mut backup = Vec::new();
        archive::write(self.office.store(), self.office.blobs(), &mut backup)?;
        let place = Place::of(self.office.store().url());
        let store = Store::open(Open::new(place.url(), self.office.store().keyring().clone()))?;
        let blobs = Folder::open(&place.blobs()).map_err(siger_storage::Error::from)?;
        archive::restore(&store, &blobs, self.office.now(), std::io::Cursor::new(backup))?;
        // Sign-ins are in no archive.
        self.sessions.clear();
        let seed = u64::from(self.next());
        self.office = open(store, &place.blobs(), self.clock.clone(), seed);
        self.places.push(place);
        Ok(None)
    }
}
