//! The two engines behind one small face: one SQL text with `$1` parameters, four kinds of value, rows read by position.
//!
//! The rules that keep the text common: times are integer microseconds, money and truth are integers, every list has an
//! ORDER BY with a tie-breaker, and parameters first appear in ascending order (SQLite counts `$n` by first appearance;
//! checked in debug builds).

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::error::{Error, Result};

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Param<'a> {
    /// SQL NULL.
    Null,
    /// A 64-bit whole number.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
}

macro_rules! param_from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {$(
        impl<'a> From<$from> for Param<'a> {
            fn from($value: $from) -> Self { $to }
        }
    )*};
}

param_from! {
    i64 => |value| Param::Int(value);
    u32 => |value| Param::Int(i64::from(value));
    u16 => |value| Param::Int(i64::from(value));
    bool => |value| Param::Int(i64::from(value));
    &'a str => |value| Param::Text(value);
    &'a String => |value| Param::Text(value);
    &'a [u8] => |value| Param::Blob(value);
    &'a Vec<u8> => |value| Param::Blob(value);
    &'a [u8; 16] => |value| Param::Blob(value);
    &'a [u8; 32] => |value| Param::Blob(value);
    siger_domain::time::Instant => |value| Param::Int(value.unix_micros());
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null, Into::into)
    }
}

/// Builds a list of parameters from values of several types.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::engine::Param::from($value)),*] };
}

/// A row of an answer, read by position from 0.
pub enum Row<'r> {
    /// From SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// From PostgreSQL.
    Postgres(&'r ::postgres::Row),
}

macro_rules! column {
    ($($(#[$doc:meta])* $name:ident, $type:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// When the column is missing or of another type.
        pub fn $name(&self, index: usize) -> Result<$type> {
            match self {
                Self::Sqlite(row) => row.get(index).map_err(|source| sqlite::error("read a row", source)),
                Self::Postgres(row) => row.try_get(index).map_err(|source| postgres::error("read a row", source)),
            }
        }
    )*};
}

/// A value read whatever its type, for comparing tables. Ordered as both engines order columns of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    /// Of a type that the program never writes.
    Other,
}

impl<'a> From<&'a Value> for Param<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null | Value::Other => Self::Null,
            Value::Int(value) => Self::Int(*value),
            Value::Text(value) => Self::Text(value),
            Value::Blob(value) => Self::Blob(value),
        }
    }
}

impl Row<'_> {
    /// A value of any type that the schema uses.
    pub(crate) fn value(&self, index: usize) -> Result<Value> {
        match self {
            Self::Sqlite(row) => sqlite::value(row, index),
            Self::Postgres(row) => postgres::value(row, index),
        }
    }

    column! {
        /// A whole number.
        int, i64;
        /// A whole number, or nothing.
        int_or_null, Option<i64>;
        /// Text.
        text, String;
        /// Text, or nothing.
        text_or_null, Option<String>;
        /// Bytes.
        blob, Vec<u8>;
        /// Bytes, or nothing.
        blob_or_null, Option<Vec<u8>>;
    }

    /// What `read` makes of the text, which is not copied for it.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub(crate) fn read_text<T>(&self, index: usize, read: impl FnOnce(&str) -> T) -> Result<T> {
        match self {
            Self::Sqlite(row) => sqlite::text(row, index).map(read),
            Self::Postgres(row) => row.try_get(index).map(read).map_err(|source| postgres::error("read a row", source)),
        }
    }

    /// What `read` makes of the bytes or of their absence, which are not copied for it.
    fn read_blob<T>(&self, index: usize, read: impl FnOnce(Option<&[u8]>) -> T) -> Result<T> {
        match self {
            Self::Sqlite(row) => sqlite::blob(row, index).map(read),
            Self::Postgres(row) => row.try_get(index).map(read).map_err(|source| postgres::error("read a row", source)),
        }
    }

    /// A count or position that is never negative.
    ///
    /// # Errors
    /// As [`Row::int`], and when the number is negative.
    pub fn count(&self, index: usize) -> Result<u64> {
        u64::try_from(self.int(index)?).map_err(|_| Error::Inconsistent { table: "(any)", column: "(a count)", row: "below zero".into() })
    }

    /// Exactly `N` bytes.
    ///
    /// # Errors
    /// As [`Row::blob`], and when there are more or fewer.
    pub fn bytes<const N: usize>(&self, index: usize) -> Result<[u8; N]> {
        self.bytes_or_null(index)?.ok_or_else(not_of_that_length)
    }

    /// Exactly `N` bytes, or nothing.
    ///
    /// # Errors
    /// As [`Row::bytes`].
    pub fn bytes_or_null<const N: usize>(&self, index: usize) -> Result<Option<[u8; N]>> {
        self.read_blob(index, |bytes| bytes.map(<[u8; N]>::try_from).transpose())?.map_err(|_| not_of_that_length())
    }
}

fn not_of_that_length() -> Error {
    Error::Inconsistent { table: "(any)", column: "(an identifier or hash)", row: "of another length".into() }
}

/// The engine's side of a transaction.
pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut postgres::Connection),
}

/// A transaction in progress: statements run in it and nothing of it is kept until the store commits.
pub struct Tx<'c> {
    conn: Conn<'c>,
    /// The newest failure of the disk or the connection: an engine that ended the transaction by itself says only once why.
    disk_failure: Option<Error>,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(conn: Conn<'c>) -> Self {
        Self { conn, disk_failure: None }
    }

    fn noted<T>(&mut self, answer: Result<T>) -> Result<T> {
        if let Err(error) = &answer
            && let Some(failure) = error.shareable()
        {
            self.disk_failure = Some(failure);
        }
        answer
    }

    pub(crate) const fn disk_failure(&mut self) -> Option<Error> {
        self.disk_failure.take()
    }

    /// Runs a statement and says how many rows it touched.
    ///
    /// # Errors
    /// What the engine refuses.
    pub fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
        let answer = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::execute(conn, sql, params),
            Conn::Postgres(conn) => conn.execute(sql, params),
        };
        self.noted(answer)
    }

    /// Runs a query and reads each row.
    ///
    /// # Errors
    /// What the engine refuses, and what `each` returns.
    pub fn query<T>(&mut self, sql: &'static str, params: &[Param<'_>], each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let answer = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::query(conn, sql, params, each),
            Conn::Postgres(conn) => conn.query(sql, params, each),
        };
        self.noted(answer)
    }

    /// Runs a query of which at most one row is wanted; `None` when there is none.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub fn first<T>(&mut self, sql: &'static str, params: &[Param<'_>], each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Option<T>> {
        Ok(self.query(sql, params, each)?.into_iter().next())
    }

    /// [`Tx::query`] with a text made at run time, from names of the schema only.
    pub(crate) fn query_made<T>(&mut self, sql: &str, params: &[Param<'_>], each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let answer = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::query(conn, sql, params, each),
            Conn::Postgres(conn) => conn.query_made(sql, params, each),
        };
        self.noted(answer)
    }

    /// Runs statements without parameters or answers.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let answer = match &mut self.conn {
            Conn::Sqlite(conn) => conn.execute_batch(sql).map_err(|source| sqlite::error("run statements", source)),
            Conn::Postgres(conn) => conn.batch(sql),
        };
        self.noted(answer)
    }

    /// Runs one statement without parameters or answer that comes again and again: SQLite keeps it prepared.
    pub(crate) fn step(&mut self, sql: &'static str) -> Result<()> {
        let answer = match &mut self.conn {
            Conn::Sqlite(conn) => sqlite::execute(conn, sql, &[]).map(|_| ()),
            Conn::Postgres(conn) => conn.batch(sql),
        };
        self.noted(answer)
    }

    /// Which words this engine uses, for the few statements that differ.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::Sqlite(_) => Dialect::Sqlite,
            Conn::Postgres(_) => Dialect::Postgres,
        }
    }
}

/// The words in which the engines differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The data definition in this engine's words. The schema is written in SQLite's.
    pub(crate) fn ddl(self, sql: &str) -> String {
        match self {
            Self::Sqlite => sql.to_owned(),
            Self::Postgres => {
                sql.replace(" BLOB", " BYTEA").replace(" INTEGER", " BIGINT").replace(" WITHOUT ROWID", "").replace(" STRICT", "").replace("), STRICT", ")")
            }
        }
    }
}
