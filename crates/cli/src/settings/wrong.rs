//! Why settings are refused.

use std::net::SocketAddr;
use std::path::PathBuf;

/// A setting is wrong. The message names it and says what was expected; it never repeats the value, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// The file cannot be read.
    #[error("settings: {path} cannot be read: {why}")]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's answer.
        why: String,
    },
    /// The file is not TOML, or has a name that is no setting.
    #[error("settings: {path}: {why}\nAll settings: docs/ref/settings.md")]
    Form {
        /// Which file.
        path: PathBuf,
        /// Where, and what was expected.
        why: String,
    },
    /// A value that cannot be used.
    #[error("settings: {name}: expected {expected}")]
    Value {
        /// The setting.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A database that cannot be used.
    #[error("settings: office.data: expected {0}")]
    Database(siger_storage::store::UrlError),
    /// The keys lie beside what they open.
    #[error(
        "settings: office.keys: the folder of keys and {other} must not lie in one another: whoever copies or steals the data must not get the keys with it. Put the keys elsewhere, best on another disk"
    )]
    KeysInside {
        /// The other setting.
        other: &'static str,
    },
    /// Others could read along.
    #[error(
        "settings: http.listen: {listen} can be reached from other machines, and nothing would protect what they send. Give http.tls.certificate and http.tls.key, or http.behind_proxy, or listen on 127.0.0.1"
    )]
    NotLoopback {
        /// Where it would listen.
        listen: SocketAddr,
    },
}

impl Wrong {
    pub(crate) const fn value(name: &'static str, expected: &'static str) -> Self {
        Self::Value { name, expected }
    }
}
