//! The right edge of the log, kept in one row that is also the lock of the office.

use siger_domain::time::Instant;

use crate::engine::{Dialect, Tx};
use crate::error::{Error, Result};
use crate::keyring::{self, Keyring};
use crate::params;
use crate::tlog::Edge;

/// What is given out under the office's lock.
#[derive(Clone, Debug)]
pub struct Head {
    /// The log's right edge; its size is the number of the next entry.
    pub edge: Edge,
    /// Moment of the newest entry.
    pub last_at: Instant,
    /// Sequence of the next data key.
    pub next_key: u32,
    /// Signed checkpoint at this size.
    pub checkpoint: String,
    /// Newest revision of the keyring that this data has seen.
    pub keyring_revision: u64,
    /// What this transaction changed of that which processes remember.
    pub(crate) changed: Changed,
}

/// What processes remember and what entries have made stale.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Changed {
    /// Officers, or a session ended.
    pub(crate) officers: bool,
    /// Two-person requests.
    pub(crate) requests: bool,
}

impl Changed {
    /// Everything may have: other processes wrote, or an archive was read.
    pub(crate) const ALL: Self = Self { officers: true, requests: true };
}

impl Head {
    pub(crate) fn empty() -> Self {
        Self {
            edge: Edge::empty(),
            last_at: Instant::from_unix_micros(0),
            next_key: 1,
            checkpoint: String::new(),
            keyring_revision: 0,
            changed: Changed::default(),
        }
    }

    /// Reads the row; `None` in a database without an office. `lock`: no other process gives out numbers until the
    /// transaction ends.
    pub(crate) fn load(tx: &mut Tx<'_>, lock: bool) -> Result<Option<Self>> {
        let sql = match (lock, tx.dialect()) {
            // SQLite: BEGIN IMMEDIATE holds the lock already.
            (true, Dialect::Postgres) => "SELECT size, edge, last_at, next_key, checkpoint, keyring_revision FROM tree_head WHERE id = 1 FOR UPDATE",
            _ => "SELECT size, edge, last_at, next_key, checkpoint, keyring_revision FROM tree_head WHERE id = 1",
        };
        tx.first(sql, &[], |row| {
            let wrong = |column| Error::Inconsistent { table: "tree_head", column, row: "1".into() };
            let edge = Edge::from_bytes(&row.blob(1)?).map_err(|_| wrong("edge"))?;
            if edge.size() != row.count(0)? {
                return Err(wrong("size"));
            }
            Ok(Self {
                edge,
                last_at: Instant::from_unix_micros(row.int(2)?),
                next_key: u32::try_from(row.int(3)?).map_err(|_| wrong("next_key"))?,
                checkpoint: row.text(4)?,
                keyring_revision: row.count(5)?,
                changed: Changed::default(),
            })
        })
    }

    pub(crate) fn save(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (size, edge) = (self.edge.size() as i64, self.edge.to_bytes());
        tx.execute(
            "INSERT INTO tree_head (id, size, edge, last_at, next_key, checkpoint, keyring_revision) VALUES (1, $1, $2, $3, $4, $5, $6)
             ON CONFLICT (id) DO UPDATE SET size = excluded.size, edge = excluded.edge, last_at = excluded.last_at,
             next_key = excluded.next_key, checkpoint = excluded.checkpoint, keyring_revision = excluded.keyring_revision",
            params![size, &edge, self.last_at, self.next_key, &self.checkpoint, self.keyring_revision as i64],
        )?;
        Ok(())
    }

    /// Refuses a keyring that is older than what this data has seen, after a look whether another process has changed it meanwhile.
    pub(crate) fn accept(&self, keyring: &Keyring) -> Result<()> {
        let mut found = keyring.revision();
        if found < self.keyring_revision {
            keyring.reload().map_err(|error| match error {
                // The data is this office's own, so the secret is that of before a rotation.
                keyring::Error::WrongRoot(_) | keyring::Error::RootKind { .. } => Error::RootRotated,
                other => other.into(),
            })?;
            found = keyring.revision();
        }
        if found < self.keyring_revision { Err(Error::KeyringOlder { found, seen: self.keyring_revision }) } else { Ok(()) }
    }

    /// Whether the keyring was changed since this data last saw it: by a process that ended before it could write that down, or because this data is an
    /// older copy. Data of the first schema saw nothing.
    pub(crate) fn lags(&self, keyring: &Keyring) -> bool {
        (1..keyring.revision()).contains(&self.keyring_revision)
    }

    /// Gives keys from a new epoch: those that follow in this one may have been given and destroyed already.
    pub(crate) fn begin_epoch(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<()> {
        let Some(mut head) = Self::load(tx, true)? else { return Ok(()) };
        let epoch = keyring.begin_epoch(0)?;
        head.next_key = 1;
        head.keyring_revision = keyring.revision();
        head.save(tx)?;
        tracing::warn!(epoch, "the keyring knows of changes that this data does not; new keys are given from a new epoch. Make new copies of the keyring");
        Ok(())
    }

    /// Remembers the keyring's revision where nothing else is written: an erasure punctures after its entry is on disk.
    pub(crate) fn remember(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<()> {
        let revision = keyring.revision() as i64;
        tx.execute("UPDATE tree_head SET keyring_revision = $1 WHERE id = 1 AND keyring_revision < $1", params![revision])?;
        Ok(())
    }
}
