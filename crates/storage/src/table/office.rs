//! The office itself.

use siger_domain::event::Event;

use crate::engine::Tx;
use crate::error::Result;
use crate::journal::Entry;
use crate::params;

/// The office as its journal made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Short code.
    pub code: String,
    /// Name as shown.
    pub name: String,
    /// Origin line of its checkpoints.
    pub origin: String,
    /// Invented people only.
    pub sample: bool,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Epoch of new key indexes.
    pub key_epoch: u16,
}

pub(super) fn apply(tx: &mut Tx<'_>, entry: &Entry, event: &Event) -> Result<()> {
    match event {
        Event::OfficeFounded(body) => {
            tx.execute(
                "INSERT INTO office (id, code, name, origin, sample, time_zone, key_epoch) VALUES (1, $1, $2, $3, $4, $5, 0)",
                params![&body.code, &body.name, &body.origin, body.sample, &body.time_zone],
            )?;
        }
        Event::OfficeRestored(body) => {
            let rows = tx.execute("UPDATE office SET key_epoch = $1 WHERE id = 1", params![body.epoch])?;
            super::exactly_one(rows, "office", entry)?;
        }
        _ => {}
    }
    Ok(())
}

/// The office of this database, if there is one.
///
/// # Errors
/// When the engine refuses.
pub fn get(tx: &mut Tx<'_>) -> Result<Option<Office>> {
    tx.first("SELECT code, name, origin, sample, time_zone, key_epoch FROM office WHERE id = 1", &[], |row| {
        Ok(Office {
            code: row.text(0)?,
            name: row.text(1)?,
            origin: row.text(2)?,
            sample: row.int(3)? == 1,
            time_zone: row.text(4)?,
            key_epoch: u16::try_from(row.int(5)?).unwrap_or(u16::MAX),
        })
    })
}
