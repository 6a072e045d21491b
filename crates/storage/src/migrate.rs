//! Numbered, linear migrations. A released one is never edited.

use crate::engine::{Dialect, Tx};
use crate::error::{Error, Result};
use crate::params;

/// The migrations in order; the version of a database is how many of them it has.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
];

/// The newest version this program knows.
pub const VERSION: i64 = MIGRATIONS.len() as i64;

/// Brings the database to the newest version, inside the caller's transaction.
pub(crate) fn migrate(tx: &mut Tx<'_>) -> Result<()> {
    let ddl = tx.dialect().ddl("CREATE TABLE IF NOT EXISTS schema_version (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)");
    if tx.dialect() == Dialect::Postgres {
        // Two processes that start at once on an empty schema: one waits here for the other.
        tx.batch("SELECT pg_advisory_xact_lock(6075102)")?;
    }
    tx.batch(&ddl)?;
    let found = version(tx)?;
    if found > VERSION {
        return Err(Error::Newer { found, known: VERSION });
    }
    for sql in &MIGRATIONS[found as usize..] {
        let sql = tx.dialect().ddl(sql);
        tx.batch(&sql)?;
    }
    if found < VERSION {
        tx.execute("INSERT INTO schema_version (id, version) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET version = excluded.version", params![VERSION])?;
    }
    Ok(())
}

/// The version of the database; 0 when it is empty.
pub(crate) fn version(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.first("SELECT version FROM schema_version WHERE id = 1", &[], |row| row.int(0))?.unwrap_or(0))
}
