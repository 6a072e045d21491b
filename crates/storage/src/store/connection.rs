//! The writer's connection: how a database is opened to be written, on either engine, and how it is brought in order.

use std::time::Duration;

use super::Durability;
use super::url::Url;
use crate::check::{Present, Verdict};
use crate::engine::{Conn, Tx, postgres, sqlite};
use crate::error::{Error, Result};
use crate::journal::Head;
use crate::keyring::witness::peaks;
use crate::keyring::{Keyring, Witnessed};
use crate::migrate;

/// How long the writer waits for readers when it empties the write-ahead log: a page's read ends within it, and nobody at the counter notices.
const EMPTY_WAIT: Duration = Duration::from_millis(10);

/// The writer's connection.
pub(super) enum Engine {
    Sqlite(rusqlite::Connection),
    Postgres { url: String, conn: Box<postgres::Connection> },
}

impl Engine {
    pub(super) fn open(url: &Url, vfs: Option<&str>, durability: Durability) -> Result<Self> {
        match url {
            Url::Sqlite(folder) => {
                std::fs::create_dir_all(folder).map_err(|source| Error::File { operation: "make the data folder", source })?;
                Ok(Self::Sqlite(sqlite::open(&Url::file(folder), vfs, durability, true)?))
            }
            Url::Postgres(url) => Ok(Self::Postgres { url: url.clone(), conn: Box::new(postgres::Connection::open(url)?) }),
        }
    }

    /// Makes or migrates the tables; the size of the journal. Refuses data that is not what was witnessed.
    pub(super) fn prepare(&mut self, keyring: &Keyring, witnessed: &[Witnessed], only_look: bool) -> Result<u64> {
        self.transaction(|tx| {
            migrate::migrate(tx)?;
            let head = match Head::load(tx, false) {
                Ok(Some(head)) => head,
                // Where something was signed, the journal is lost, or its head was taken away.
                Ok(None) => return compare(tx, keyring, witnessed).map(|()| 0),
                // Opened all the same, so that a check can say what else is wrong. Every write meets the error again and is refused.
                Err(error @ Error::Inconsistent { .. }) => {
                    tracing::error!(%error, "the head of the log was damaged or changed; nothing is written until that is settled");
                    return Ok(0);
                }
                Err(error) => return Err(error),
            };
            head.accept(keyring)?;
            compare(tx, keyring, witnessed)?;
            if !only_look {
                if head.lags(keyring) {
                    Head::begin_epoch(tx, keyring)?;
                }
                Head::remember(tx, keyring)?;
            }
            Ok(head.edge.size())
        })
    }

    /// Moves the write-ahead log into the database file and empties it; `false` when somebody still reads an older state.
    pub(super) fn empty_log(&mut self) -> Result<bool> {
        let Self::Sqlite(conn) = self else { return Ok(true) };
        let failed = |source| sqlite::error("empty the write-ahead log", source);
        conn.busy_timeout(EMPTY_WAIT).map_err(failed)?;
        let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
        conn.busy_timeout(sqlite::BUSY).map_err(failed)?;
        Ok(busy.map_err(failed)? == 0)
    }

    /// After a commit whose sync failed: moves everything that was acknowledged into the database file, syncs it, and cuts off what the failed commit
    /// left in the log. When that works the disk takes writes again, and the failed change is certainly not kept.
    ///
    /// Going on without it would trust pages that the system may have dropped when it reported the failure
    /// (Rebello et al., *Can Applications Recover from fsync Failures?*, USENIX ATC 2020).
    pub(super) fn settle(&mut self) -> Result<()> {
        let Self::Sqlite(conn) = self else { return Ok(()) };
        let busy: i64 = conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .map_err(|source| sqlite::error("look at the disk after a failed commit", source))?;
        if busy == 0 { Ok(()) } else { Err(unsettled()) }
    }

    pub(super) fn tx(&mut self) -> Tx<'_> {
        Tx::new(match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres { conn, .. } => Conn::Postgres(conn),
        })
    }

    pub(super) const fn begin(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres { .. } => "BEGIN",
        }
    }

    /// Whether a transaction is still open after an error: SQLite ends it by itself when the disk is full or fails.
    fn in_transaction(&self) -> bool {
        match self {
            Self::Sqlite(conn) => !conn.is_autocommit(),
            Self::Postgres { conn, .. } => !conn.is_closed(),
        }
    }

    pub(super) fn reconnect(&mut self) -> Result<()> {
        if let Self::Postgres { url, conn } = self
            && conn.is_closed()
        {
            **conn = postgres::Connection::open(url)?;
        }
        Ok(())
    }

    pub(super) fn transaction<T>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let begin = self.begin();
        let mut tx = self.tx();
        tx.batch(begin)?;
        match f(&mut tx).and_then(|value| tx.batch("COMMIT").map(|()| value)) {
            Ok(value) => Ok(value),
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    pub(super) fn roll_back(&mut self) {
        if self.in_transaction() {
            // The error that led here is the one to report.
            let _ = self.tx().batch("ROLLBACK");
        }
    }
}

/// Compares the data with what was witnessed, and refuses what contradicts it or cannot be shown to agree with it.
///
/// What is refused is not served for reading either: to sign in and to open a file are entries, so nobody could work with it, and a start that ends says at
/// the console what to do. Check, doctor and backup open it to look.
fn compare(tx: &mut Tx<'_>, keyring: &Keyring, witnessed: &[Witnessed]) -> Result<()> {
    if witnessed.is_empty() {
        return Ok(());
    }
    let present = Present::of(tx, keyring)?;
    let mut judge = |records: &mut dyn Iterator<Item = &Witnessed>| -> Result<Vec<Verdict>> {
        records.map(|witnessed| present.against(tx, &witnessed.checkpoint)).collect()
    };
    // A start has a second, and a file of years has thousands of records: where the last one holds, those before it do.
    let mut verdicts = judge(&mut peaks(witnessed, &keyring.origin()).into_iter())?;
    if !verdicts.iter().all(Verdict::is_good) {
        verdicts = judge(&mut witnessed.iter())?;
    }
    // What contradicts is said before what only cannot be told; and the one over most entries says how much is lost.
    let weight = |verdict: &Verdict| match verdict {
        Verdict::Rollback { signed, .. } | Verdict::Fork { signed, .. } => Some((1, *signed)),
        Verdict::Unproven { signed, .. } => Some((0, *signed)),
        _ => None,
    };
    if let Some((_, verdict)) = verdicts.iter().filter_map(|verdict| Some((weight(verdict)?, verdict))).max_by_key(|(weight, _)| *weight) {
        return Err(Error::Contradicted { verdict: verdict.clone() });
    }
    for other in verdicts.iter().filter(|verdict| !verdict.is_good()) {
        tracing::warn!(found = %other, "the witness file holds something that this office did not sign");
    }
    Ok(())
}

pub(super) fn unsettled() -> Error {
    let reason = "the disk failed during a commit and does not work yet; reading goes on. Check the disk";
    Error::Unavailable { operation: "write", reason: reason.into() }
}
