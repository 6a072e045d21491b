//! The databases that test offices lie in: SQLite in a temporary folder, or a schema of its own on the PostgreSQL that the environment names.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use siger_storage::store::Url;
use tempfile::TempDir;

/// Names a PostgreSQL database in which tests may make schemas of their own.
pub const POSTGRES: &str = "SIGER_TEST_POSTGRES";
/// The engine of test offices that ask for none: `postgres`, else SQLite.
pub const ENGINE: &str = "SIGER_TEST_ENGINE";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// Those that are there; says which was skipped.
    pub fn all() -> Vec<Self> {
        if postgres().is_some() {
            return vec![Self::Sqlite, Self::Postgres];
        }
        println!("skipped on PostgreSQL: {POSTGRES} is not set");
        vec![Self::Sqlite]
    }

    /// Its name, as pages show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// The one for test offices that ask for none.
    pub fn meant() -> Self {
        if std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres") { Self::Postgres } else { Self::Sqlite }
    }
}

/// The PostgreSQL for tests.
pub fn postgres() -> Option<String> {
    std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())
}

/// Runs what waits for a database on a thread of its own: the client of PostgreSQL may not wait on one that drives an asynchronous test.
///
/// # Panics
/// As `f`.
pub fn apart<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(f).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// An empty database and a folder for what lies beside it. Both go when it is dropped.
pub struct Place {
    folder: TempDir,
    schema: Option<Schema>,
}

impl Place {
    /// An empty place on an engine.
    ///
    /// # Panics
    /// When it cannot be made, or PostgreSQL is wanted and not named: the test cannot go on.
    pub fn empty(engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let schema = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Schema::new(postgres().expect("SIGER_TEST_POSTGRES names a database"))),
        };
        Self { folder, schema }
    }

    /// An empty place on the engine that a database is on.
    ///
    /// # Panics
    /// As [`Place::empty`].
    pub fn of(url: &Url) -> Self {
        Self::empty(if matches!(url, Url::Sqlite(_)) { Engine::Sqlite } else { Engine::Postgres })
    }

    /// A place in a folder that is there, on SQLite.
    pub const fn in_folder(folder: TempDir) -> Self {
        Self { folder, schema: None }
    }

    /// Its database.
    pub fn url(&self) -> Url {
        self.schema.as_ref().map_or_else(|| Url::Sqlite(self.data()), |schema| Url::Postgres(schema.url()))
    }

    /// Everything beside the database.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder, on SQLite.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Where its blobs lie.
    pub fn blobs(&self) -> PathBuf {
        self.folder.path().join("blobs")
    }
}

/// A schema of its own.
struct Schema {
    base: String,
    name: String,
}

impl Schema {
    fn new(base: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_office_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        tell(&base, &format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")).expect("a schema for the test");
        Self { base, name }
    }

    fn url(&self) -> String {
        let mark = if self.base.contains('?') { '&' } else { '?' };
        format!("{}{mark}options=-csearch_path%3D{}", self.base, self.name)
    }
}

fn tell(base: &str, sql: &str) -> Result<(), postgres::Error> {
    apart(|| postgres::Client::connect(base, postgres::NoTls)?.batch_execute(sql))
}

impl Drop for Schema {
    fn drop(&mut self) {
        // What a failed test leaves goes with the database.
        let _ = tell(&self.base, &format!("DROP SCHEMA {} CASCADE", self.name));
    }
}
