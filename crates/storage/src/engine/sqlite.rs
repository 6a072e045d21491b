//! SQLite: one file, write-ahead log, every commit on disk before it is answered.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::{Param, Row, Value};
use crate::error::{Error, Result};

/// How long a statement waits for another process that holds the database (a backup, a command of the administrator).
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept a connection: more than there are statements in this crate.
const STATEMENTS: usize = 256;
/// Pages of the write-ahead log after which a commit also moves them into the database file: 32 MB, so that a burst of
/// small commits is not slowed by moving pages, and the log of a quiet office stays small.
const CHECKPOINT_PAGES: u32 = 8_000;

/// How safe a commit is. Everything but tests uses `Full`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On disk before it is answered.
    Full,
    /// Left to the operating system: used once, to show that the crash test can fail.
    Off,
}

/// Opens a connection for writing or for reading.
pub(crate) fn open(path: &Path, vfs: Option<&str>, durability: Durability, writes: bool) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_READ_WRITE | if writes { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let opened = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs),
        None => Connection::open_with_flags(path, flags),
    };
    let conn = opened.map_err(|source| error("open the database", source))?;
    let synchronous = match durability {
        Durability::Full => "FULL",
        Durability::Off => "OFF",
    };
    conn.busy_timeout(BUSY).map_err(|source| error("open the database", source))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // A plan does not depend on the values bound, so that no statement is prepared again for them: that took a sixth of the time of a page.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|source| error("open the database", source))?;
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA trusted_schema = OFF;"
    ))
    .map_err(|source| error("open the database", source))?;
    if !writes {
        conn.execute_batch("PRAGMA query_only = ON;").map_err(|source| error("open the database", source))?;
    }
    Ok(conn)
}

/// A private database that is gone when it is closed: in memory while it is small, in an unlinked temporary file beyond.
pub(crate) fn open_temporary() -> Result<Connection> {
    let failed = |source| error("make a temporary database", source);
    let conn = Connection::open("").map_err(failed)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000; PRAGMA trusted_schema = OFF;").map_err(failed)?;
    Ok(conn)
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Param<'_>]) -> rusqlite::Result<()> {
    for (index, param) in (1..).zip(params) {
        debug_assert_eq!(statement.parameter_name(index), Some(format!("${index}").as_str()), "parameters first appear in ascending order");
        match param {
            Param::Null => statement.raw_bind_parameter(index, rusqlite::types::Null)?,
            Param::Int(value) => statement.raw_bind_parameter(index, value)?,
            Param::Text(value) => statement.raw_bind_parameter(index, value)?,
            Param::Blob(value) => statement.raw_bind_parameter(index, value)?,
        }
    }
    Ok(())
}

pub(super) fn execute(conn: &Connection, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
    let run = || {
        let mut statement = conn.prepare_cached(sql)?;
        bind(&mut statement, params)?;
        statement.raw_execute()
    };
    run().map(|rows| rows as u64).map_err(|source| error("write", source))
}

pub(super) fn query<T>(conn: &Connection, sql: &str, params: &[Param<'_>], mut each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    let failed = |source| error("read", source);
    #[cfg(test)]
    statements::note(sql);
    let mut statement = conn.prepare_cached(sql).map_err(failed)?;
    bind(&mut statement, params).map_err(failed)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(each(&Row::Sqlite(row))?);
    }
    Ok(found)
}

pub(super) fn text<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<&'r str> {
    let text = row.get_ref(index).and_then(|value| value.as_str().map_err(|source| wrong_type(index, source)));
    text.map_err(|source| error("read a row", source))
}

pub(super) fn blob<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<Option<&'r [u8]>> {
    let blob = row.get_ref(index).and_then(|value| value.as_blob_or_null().map_err(|source| wrong_type(index, source)));
    blob.map_err(|source| error("read a row", source))
}

fn wrong_type(index: usize, source: rusqlite::types::FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Null, Box::new(source))
}

pub(super) fn value(row: &rusqlite::Row<'_>, index: usize) -> Result<Value> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(index).map_err(|source| error("read a row", source))? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Text(value) => String::from_utf8(value.to_vec()).map_or(Value::Other, Value::Text),
        ValueRef::Blob(value) => Value::Blob(value.to_vec()),
        ValueRef::Real(_) => Value::Other,
    })
}

/// Turns SQLite's answer into an error that says what to do.
pub(crate) fn error(operation: &'static str, source: rusqlite::Error) -> Error {
    match &source {
        rusqlite::Error::SqliteFailure(failure, _) => match (failure.code, failure.extended_code) {
            (ErrorCode::DiskFull, _) => Error::DiskFull { operation },
            (ErrorCode::ReadOnly, _) => Error::ReadOnly { operation },
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::Unavailable { operation, reason: "another process holds the database".into() },
            (ErrorCode::CannotOpen, _) => {
                Error::Unavailable { operation, reason: "the database file cannot be opened; check the path and its permissions".into() }
            }
            (ErrorCode::SystemIoFailure, ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) => {
                Error::Unavailable { operation, reason: "the disk did not take a write; check the disk".into() }
            }
            _ => Error::Engine { operation, source: Box::new(source) },
        },
        // SQLite keeps any type in any column: only tampering or damage puts another one there.
        rusqlite::Error::InvalidColumnType(_, column, _) => {
            Error::Inconsistent { table: "(any)", column: "(of another type)", row: format!("(read), column {column}") }
        }
        rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::Utf8Error(..) => {
            Error::Inconsistent { table: "(any)", column: "(no text)", row: "(read)".into() }
        }
        _ => Error::Engine { operation, source: Box::new(source) },
    }
}

/// Which queries a test made on its thread, so that their plans can be looked at.
#[cfg(test)]
pub(crate) mod statements {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static ASKED: RefCell<Option<BTreeSet<String>>> = const { RefCell::new(None) };
    }

    pub(super) fn note(sql: &str) {
        ASKED.with_borrow_mut(|asked| {
            if let Some(asked) = asked {
                asked.insert(sql.to_owned());
            }
        });
    }

    /// Runs `f` and hands back the different queries that it made.
    pub(crate) fn recorded(f: impl FnOnce()) -> BTreeSet<String> {
        ASKED.set(Some(BTreeSet::new()));
        f();
        ASKED.take().unwrap_or_default()
    }
}
