//! Readers: SQLite on the caller's own thread with a pooled connection, PostgreSQL on a thread that may block.
//!
//! A read of SQLite takes some tens of microseconds, less than a change of threads; a PostgreSQL client must not wait on
//! an async thread. What reads a whole table says so and goes to a thread that may block on both.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::url::Url;
use super::{Durability, Open};
use crate::engine::{Conn, Tx, postgres, sqlite};
use crate::error::{Error, Result};

/// Idle connections kept.
const IDLE_MAX: usize = 16;
/// Reads of PostgreSQL at once, each with a connection that then stays open: a new one costs the server a process, and it has no more than a hundred
/// for everybody. Who comes later waits in the order of coming.
const POSTGRES_MAX: usize = IDLE_MAX;

#[derive(Clone)]
pub(super) struct Readers {
    pool: Arc<Pool>,
}

enum Pool {
    Sqlite { file: PathBuf, vfs: Option<String>, idle: Mutex<Vec<rusqlite::Connection>> },
    Postgres { url: String, idle: Mutex<Vec<postgres::Connection>>, places: Arc<Semaphore> },
}

impl Readers {
    pub(super) fn new(open: &Open) -> Self {
        let pool = match &open.url {
            Url::Sqlite(folder) => Pool::Sqlite { file: Url::file(folder), vfs: open.vfs.clone(), idle: Mutex::default() },
            Url::Postgres(url) => Pool::Postgres { url: url.clone(), idle: Mutex::default(), places: Arc::new(Semaphore::new(POSTGRES_MAX)) },
        };
        Self { pool: Arc::new(pool) }
    }

    pub(super) async fn read<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        match *self.pool {
            Pool::Sqlite { .. } => self.read_blocking(f),
            Pool::Postgres { .. } => self.read_long(f).await,
        }
    }

    /// [`Self::read`] on a thread that may block, on either engine.
    pub(super) async fn read_long<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = match &*self.pool {
            Pool::Sqlite { .. } => None,
            Pool::Postgres { places, .. } => Arc::clone(places).acquire_owned().await.ok(),
        };
        let readers = self.clone();
        match tokio::task::spawn_blocking(move || {
            // Held until the connection is given back, also when whoever asked waits no longer.
            let _place = place;
            readers.read_blocking(f)
        })
        .await
        {
            Ok(answer) => answer,
            Err(_) => Err(Error::Panicked.into()),
        }
    }

    pub(super) fn read_blocking<T, E: From<Error>>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match &*self.pool {
            Pool::Sqlite { file, vfs, idle } => {
                let pooled = idle.lock().pop();
                let conn = match pooled {
                    Some(conn) => conn,
                    None => sqlite::open(file, vfs.as_deref(), Durability::Full, false)?,
                };
                let mut tx = Tx::new(Conn::Sqlite(&conn));
                let answer = snapshot(&mut tx, "BEGIN", f);
                give_back(idle, conn);
                answer
            }
            Pool::Postgres { url, idle, .. } => {
                let pooled = idle.lock().pop();
                let mut conn = match pooled {
                    Some(conn) => conn,
                    None => postgres::Connection::open(url)?,
                };
                let mut tx = Tx::new(Conn::Postgres(&mut conn));
                let answer = snapshot(&mut tx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", f);
                if !conn.is_closed() {
                    give_back(idle, conn);
                }
                answer
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Pool::Postgres { idle, .. } = self {
            // Taking leave of the server waits for it, which an async thread must not; the last handle of a store may be dropped on one.
            let idle = std::mem::take(idle.get_mut());
            drop(std::thread::spawn(move || drop(idle)));
        }
    }
}

fn give_back<C>(idle: &Mutex<Vec<C>>, conn: C) {
    let mut idle = idle.lock();
    if idle.len() < IDLE_MAX {
        idle.push(conn);
    }
}

fn snapshot<T, E: From<Error>>(tx: &mut Tx<'_>, begin: &'static str, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
    tx.step(begin)?;
    let answer = f(tx);
    // Nothing was written: ending the snapshot cannot lose anything, and an answer that was read is an answer.
    let ended = tx.step("ROLLBACK");
    let answer = answer?;
    ended?;
    Ok(answer)
}
