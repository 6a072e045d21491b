//! Where an office keeps its data, as one word in the settings.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use postgres::config::Host;

/// Which database an office uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    /// A folder with one SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database; a schema of its own for each office (`options=-csearch_path%3D...`).
    Postgres(String),
}

/// The text names no database that can be used.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum UrlError {
    /// It names none.
    #[error("`sqlite:FOLDER` or `postgres://USER@HOST/NAME`")]
    Form,
    /// It names one on another machine, and the way there would be clear text.
    #[error(
        "a PostgreSQL server on this machine (a socket, localhost): the program speaks to it in clear text, and whoever is on the way to another machine could read and change everything. Reach that through a program on this machine that speaks TLS, such as stunnel (docs/guide/install.md)"
    )]
    Elsewhere,
}

/// Whether every server that a URL names is on this machine.
fn is_here(config: &postgres::Config) -> bool {
    let host = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    };
    config.get_hosts().iter().all(host) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

impl Url {
    /// The database file of a SQLite store.
    pub(crate) fn file(folder: &Path) -> PathBuf {
        folder.join("office.sqlite")
    }

    /// The folder of a SQLite store.
    pub fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(folder) => Some(folder.clone()),
            Self::Postgres(_) => None,
        }
    }

    /// For pages and logs: without password.
    pub fn shown(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("SQLite, {}", folder.display()),
            Self::Postgres(_) => "PostgreSQL".to_owned(),
        }
    }
}

impl FromStr for Url {
    type Err = UrlError;
    fn from_str(text: &str) -> Result<Self, UrlError> {
        if let Some(folder) = text.strip_prefix("sqlite:").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Sqlite(PathBuf::from(folder)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let config: postgres::Config = text.parse().map_err(|_| UrlError::Form)?;
            return if is_here(&config) { Ok(Self::Postgres(text.to_owned())) } else { Err(UrlError::Elsewhere) };
        }
        Err(UrlError::Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        assert_eq!("sqlite:data".parse(), Ok(Url::Sqlite("data".into())));
        for here in [
            "postgres://a:secret@localhost/n",
            "postgres://a@127.0.0.1:5433/n?sslmode=disable",
            "postgres://a@[::1]/n",
            "postgresql://a@/n?host=/run/postgresql&options=-csearch_path%3Dkantor",
            "postgresql://a@%2Frun%2Fpostgresql/n",
        ] {
            assert_eq!(here.parse::<Url>().map(|url| url.shown()), Ok("PostgreSQL".into()), "{here}");
        }
        // Clear text stays on this machine, whatever the words about TLS promise.
        for elsewhere in [
            "postgres://a:secret@db.example.go.id/n",
            "postgres://a@10.0.0.5/n?sslmode=require",
            "postgres://a@localhost,10.0.0.5/n",
            "postgres://a@localhost/n?hostaddr=10.0.0.5",
            "postgres://a@localhost.example/n",
        ] {
            assert_eq!(elsewhere.parse::<Url>(), Err(UrlError::Elsewhere), "{elsewhere}");
        }
        for bad in ["", "sqlite:", "mysql://x", "data", "postgres://a@localhost/n?no_such_word=1"] {
            assert_eq!(bad.parse::<Url>(), Err(UrlError::Form), "{bad}");
        }
    }
}
