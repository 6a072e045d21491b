//! Where an office keeps its data, as one word in the settings.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which database an office uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Url {
    /// A folder with one SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database; a schema of its own for each office (`options=-csearch_path%3D...`).
    Postgres(String),
}

/// The text names no database.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("database: expected `sqlite:FOLDER` or `postgres://USER@HOST/NAME`")]
pub struct UrlError;

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
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(UrlError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        assert_eq!("sqlite:data".parse(), Ok(Url::Sqlite("data".into())));
        assert_eq!("postgres://a:secret@h/n".parse::<Url>().map(|url| url.shown()), Ok("PostgreSQL".into()));
        for bad in ["", "sqlite:", "mysql://x", "data"] {
            assert_eq!(bad.parse::<Url>(), Err(UrlError), "{bad}");
        }
    }
}
