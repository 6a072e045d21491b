//! PostgreSQL 15 or newer: a plain synchronous client on a plain thread.

use std::collections::HashMap;
use std::error::Error as _;

use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::{Param, Row, Value};
use crate::error::{Error, Result};

/// A client with its prepared statements.
pub(crate) struct Connection {
    pub(crate) client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Connection {
    pub(crate) fn open(url: &str) -> Result<Self> {
        let client = Client::connect(url, NoTls).map_err(|source| error("connect to the database", source))?;
        let mut connection = Self { client, statements: HashMap::new() };
        // A commit is answered when it is on disk, whatever the server's default says.
        connection.batch("SET synchronous_commit = on; SET client_min_messages = warning; SET lock_timeout = '10s'; SET statement_timeout = 0")?;
        Ok(connection)
    }

    fn prepared(&mut self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|source| error("prepare a statement", source))?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<u64> {
        let statement = self.prepared(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &params).map_err(|source| error("write", source))
    }

    pub(super) fn query<T>(&mut self, sql: &'static str, params: &[Param<'_>], mut each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let statement = self.prepared(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(&statement, &params).map_err(|source| error("read", source))?;
        rows.iter().map(|row| each(&Row::Postgres(row))).collect()
    }

    /// A query whose text is not kept prepared.
    pub(super) fn query_made<T>(&mut self, sql: &str, params: &[Param<'_>], mut each: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(sql, &params).map_err(|source| error("read", source))?;
        rows.iter().map(|row| each(&Row::Postgres(row))).collect()
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(|source| error("run statements", source))
    }

    /// Whether the connection is gone and a new one must be made.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }
}

pub(super) fn value(row: &postgres::Row, index: usize) -> Result<Value> {
    let failed = |source| error("read a row", source);
    Ok(match *row.columns()[index].type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(index).map_err(failed)?.map_or(Value::Null, Value::Int),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map_err(failed)?.map_or(Value::Null, Value::Blob),
        _ => row.try_get::<_, Option<String>>(index).map_err(failed)?.map_or(Value::Null, Value::Text),
    })
}

impl ToSql for Param<'_> {
    fn to_sql(&self, wanted: &Type, out: &mut postgres::types::private::BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(value) if *wanted == Type::INT4 => i32::try_from(*value)?.to_sql(wanted, out),
            Param::Int(value) => value.to_sql(wanted, out),
            Param::Text(value) => value.to_sql(wanted, out),
            Param::Blob(value) => value.to_sql(wanted, out),
        }
    }

    fn accepts(wanted: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::VARCHAR, Type::BYTEA].contains(wanted)
    }

    to_sql_checked!();
}

/// Turns the server's answer into an error that says what to do.
pub(crate) fn error(operation: &'static str, source: postgres::Error) -> Error {
    use postgres::error::SqlState;
    let Some(code) = source.code() else {
        // No code: the connection, not the statement.
        let reason = source.source().map_or_else(|| "the database server is away".to_owned(), |cause| format!("the database server is away: {cause}"));
        return Error::Unavailable { operation, reason };
    };
    if *code == SqlState::DISK_FULL {
        Error::DiskFull { operation }
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        Error::ReadOnly { operation }
    } else if [
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
    ]
    .contains(code)
    {
        Error::Unavailable { operation, reason: "the database server is busy or restarting".into() }
    } else {
        Error::Engine { operation, source: Box::new(source) }
    }
}
