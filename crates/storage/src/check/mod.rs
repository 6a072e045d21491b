//! Checking what is kept: the journal against its own proof, the tables against the journal, the blobs against their names, and all
//! of it against a checkpoint that left the office.
//!
//! | function | asks |
//! | --- | --- |
//! | [`verify`] | does the journal prove itself, down to each byte, and do rows and blobs fit its entries? |
//! | [`replay`] | do the tables say what the journal says, no more and no less? |
//! | [`against`], [`against_held`] | is this the journal that a checkpoint, a receipt or a witness file speaks of, or an older copy, or a fork? |
//!
//! A finding names what, where and what to do; never a value. Each function reads one snapshot while the office works, and streams: memory
//! does not grow with the journal. Only what erasures destroy meanwhile (keys, blobs) is looked at anew.

mod against;
mod blob;
mod finding;
mod journal;
mod key;
mod replay;
mod row;

pub(crate) use against::Present;
pub use against::{Verdict, against, against_all, against_held};
pub use finding::{Finding, Kind, Report};
pub use replay::replay;

use crate::blob::Folder;
use crate::error::{Error, Result};
use crate::store::Store;

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Open the sealed body of each entry: finds one that was moved or whose key is wrong. Most of the time of a check.
    pub bodies: bool,
    /// Read each blob.
    pub blobs: bool,
    /// Let the engine check its own file and indexes (SQLite).
    pub engine: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { bodies: true, blobs: true, engine: true }
    }
}

/// Asks all that a check asks of the tables, also where they are empty: for the test that looks how each statement is answered.
#[cfg(test)]
pub(crate) fn ask(store: &Store, blobs: &Folder) -> Result<()> {
    let (mut report, one) = (Report::default(), [0; 16]);
    store.read_blocking(|tx| {
        row::check(tx, &mut report)?;
        blob::check(tx, store.keyring(), blobs, &mut report)?;
        key::TABLES.iter().try_for_each(|(_, _, sql)| tx.first(sql, crate::params![&one], |_| Ok(())).map(drop))
    })?;
    key::check(store, &mut report)
}

/// Checks journal, log, keys, rows and blobs.
///
/// # Errors
/// When there is no office or the database cannot be read at all; what is wrong *in* it is a finding.
pub fn verify(store: &Store, blobs: &Folder, options: Options) -> Result<Report> {
    let keyring = store.keyring().clone();
    let mut report = store.read_blocking(|tx| {
        let mut report = Report::default();
        if options.engine {
            row::engine(tx, &mut report)?;
        }
        journal::check(tx, &keyring, options.bodies, &mut report)?;
        row::check(tx, &mut report)?;
        if options.blobs {
            blob::check(tx, &keyring, blobs, &mut report)?;
        }
        Ok::<_, Error>(report)
    })?;
    key::check(store, &mut report)?;
    Ok(report)
}
