//! Settings: one TOML file, flags over it, parsed into types and refused when wrong.

mod raw;
pub mod reference;
mod wrong;

use std::net::{IpAddr, SocketAddr};
use std::path::{Component, Path, PathBuf};

use siger_app::backup::Backups;
use siger_domain::retention::{DataKind, RetentionRules, Span};
use siger_storage::Url;

pub use raw::Raw;
pub use wrong::Wrong;

/// Environment variable with the path of the settings file; `--settings` goes before it.
pub const VARIABLE: &str = "SIGER_SETTINGS";
/// Settings file that is read where neither flag nor variable names one, if it is there.
pub const FILE: &str = "siger.toml";
/// Largest settings file that is read: a full one has below 2 KB.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The settings of one office, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file they were read from.
    pub file: Option<PathBuf>,
    /// Which database.
    pub store: Url,
    /// The folder of the keyring and the witness file.
    pub keys: PathBuf,
    /// The folder of sealed pictures and papers.
    pub blobs: PathBuf,
    /// From where the root secret comes; `None`: found out.
    pub root: Option<Root>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Public address, where set.
    pub origin: Option<Origin>,
    /// Certificate and key files.
    pub tls: Option<Tls>,
    /// Addresses of trusted proxies.
    pub proxies: Vec<IpAddr>,
    /// Where backups go.
    pub backups: Option<Backups>,
    /// How mail goes out.
    pub mail: Option<Mail>,
    /// How logs are written.
    pub log: Log,
    /// Where the built assets are.
    pub assets: Option<PathBuf>,
}

/// From where the root secret comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The credentials folder of systemd.
    Systemd,
    /// Typed at each start.
    Passphrase,
    /// A file beside the keyring; a sample office only.
    File,
}

/// A public address: scheme, host, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// As written, without a slash at the end.
    pub text: String,
    /// The host name alone.
    pub host: String,
    /// Whether it is `https`.
    pub secure: bool,
}

/// Files for TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub certificate: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// TLS from the first byte (port 465).
    Implicit,
    /// STARTTLS, required (port 587).
    StartTls,
    /// None; a server on this machine only.
    None,
}

/// The mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Sender.
    pub from: String,
    /// Protection.
    pub tls: MailTls,
    /// User name; the password comes from the credential `siger-mail`.
    pub user: Option<String>,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line.
    Text,
    /// One JSON object a line.
    Json,
}

/// Logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Their form.
    pub format: LogFormat,
    /// What is written: a level, or filters by area.
    pub level: String,
}

impl Settings {
    /// Reads the file that is meant (`named`, then [`VARIABLE`], then [`FILE`]), puts `flags` over it and checks everything.
    ///
    /// # Errors
    /// [`Wrong`] names the setting and what was expected.
    pub fn load(named: Option<&Path>, flags: &Raw) -> Result<Self, Wrong> {
        let variable = std::env::var_os(VARIABLE).map(PathBuf::from);
        let file = named.map(Path::to_owned).or(variable).or_else(|| Path::new(FILE).is_file().then(|| FILE.into()));
        let raw = match &file {
            Some(path) => Self::read(path)?,
            None => Raw::default(),
        };
        Self::check(file, raw.under(flags))
    }

    /// Only the flags, for the sample office: a settings file of a real office that lies about must not mix with it.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn of_flags(flags: &Raw) -> Result<Self, Wrong> {
        Self::check(None, flags.clone())
    }

    fn read(path: &Path) -> Result<Raw, Wrong> {
        let unreadable = |why: String| Wrong::File { path: path.to_owned(), why };
        let size = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
        if size > FILE_BYTES_MAX {
            return Err(unreadable(format!("{size} bytes, expected at most {FILE_BYTES_MAX}")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let mut raw: Raw = toml::from_str(&text).map_err(|error| Wrong::Form { path: path.to_owned(), why: error.to_string().trim_end().to_owned() })?;
        raw.relative_to(path.parent().unwrap_or(Path::new("")));
        Ok(raw)
    }

    fn check(file: Option<PathBuf>, raw: Raw) -> Result<Self, Wrong> {
        let Raw { office, http, keys, backup, mail, log, assets } = raw;
        let data = office.data.unwrap_or_else(|| "sqlite:data".into());
        let store: Url = data.parse().map_err(Wrong::Database)?;
        let keys_folder = office.keys.unwrap_or_else(|| "keys".into());
        let blobs = match (office.blobs, store.folder()) {
            (Some(blobs), _) => blobs,
            (None, Some(folder)) => folder.join("blobs"),
            (None, None) => return Err(Wrong::value("office.blobs", "a folder: with PostgreSQL there is no data folder to put it in")),
        };
        for (name, folder) in [("office.data", store.folder()), ("office.blobs", Some(blobs.clone()))] {
            let Some(folder) = folder else { continue };
            if is_inside(&keys_folder, &folder) || is_inside(&folder, &keys_folder) {
                return Err(Wrong::KeysInside { other: name });
            }
        }
        let backups = backups(backup, store.folder().as_deref(), &blobs, &keys_folder)?;
        let tls = match (http.tls.certificate, http.tls.key) {
            (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
            (None, None) => None,
            (Some(_), None) => return Err(Wrong::value("http.tls.key", "the file of the private key that belongs to http.tls.certificate")),
            (None, Some(_)) => return Err(Wrong::value("http.tls.certificate", "the file of the certificate that belongs to http.tls.key")),
        };
        let listen: SocketAddr = http
            .listen
            .as_deref()
            .unwrap_or("127.0.0.1:8080")
            .parse()
            .map_err(|_| Wrong::value("http.listen", "ADDRESS:PORT with a numeric address, such as 127.0.0.1:8080 or [::]:443"))?;
        let mut proxies = Vec::new();
        for address in http.behind_proxy.unwrap_or_default() {
            proxies.push(address.parse().map_err(|_| Wrong::value("http.behind_proxy", "a list of numeric addresses of proxies, such as [\"127.0.0.1\"]"))?);
        }
        if !listen.ip().is_loopback() && tls.is_none() && proxies.is_empty() {
            return Err(Wrong::NotLoopback { listen });
        }
        let origin = http.origin.as_deref().map(origin).transpose()?;
        if origin.is_none() && (tls.is_some() || !proxies.is_empty()) {
            return Err(Wrong::value(
                "http.origin",
                "the address that officers open, such as https://siger.example.go.id: with TLS or behind a proxy it must be given",
            ));
        }
        if tls.is_some() && origin.as_ref().is_some_and(|origin| !origin.secure) {
            return Err(Wrong::value("http.origin", "an address with https://, since http.tls is given"));
        }
        let root = keys.root.as_deref().map(root).transpose()?;
        let mail = if mail.is_empty() { None } else { Some(mail_server(mail)?) };
        let log = Log { format: log_format(log.format.as_deref().unwrap_or("text"))?, level: log.level.unwrap_or_else(|| "info".into()) };
        crate::log::filter(&log.level)?;
        Ok(Self { file, store, keys: keys_folder, blobs, root, listen, origin, tls, proxies, backups, mail, log, assets: assets.folder })
    }
}

fn root(word: &str) -> Result<Root, Wrong> {
    match word {
        "systemd" => Ok(Root::Systemd),
        "passphrase" => Ok(Root::Passphrase),
        "file" => Ok(Root::File),
        _ => Err(Wrong::value("keys.root", "systemd, passphrase, or (in a sample office) file")),
    }
}

/// Outside everything that it saves, so that what takes the one does not take the other with it.
fn backups(raw: raw::Backup, data: Option<&Path>, blobs: &Path, keys: &Path) -> Result<Option<Backups>, Wrong> {
    let longest = keep_days_max()?;
    let keep_days = raw.keep_days.unwrap_or(longest);
    if !(1..=longest).contains(&keep_days) {
        return Err(Wrong::value("backup.keep_days", "at least 1 and at most the days of the rule for backups in law/retention.toml (90)"));
    }
    let Some(folder) = raw.folder else {
        return if raw.keep_days.is_some() { Err(Wrong::value("backup.folder", "the folder for backups, since backup.keep_days is given")) } else { Ok(None) };
    };
    if [data, Some(blobs), Some(keys)].into_iter().flatten().any(|other| is_inside(&folder, other) || is_inside(other, &folder)) {
        return Err(Wrong::value("backup.folder", "a folder that neither holds nor lies in office.data, office.blobs or office.keys"));
    }
    Ok(Some(Backups { folder, keep_days }))
}

/// Days that the law lets the office keep a backup.
fn keep_days_max() -> Result<u32, Wrong> {
    let wrong = || Wrong::value("backup.keep_days", "a rule for backups in law/retention.toml");
    let rules = RetentionRules::embedded().map_err(|_| wrong())?;
    let newest = rules.rules().iter().rfind(|rule| rule.kind == DataKind::Backup).ok_or_else(wrong)?;
    Ok(match newest.span {
        Span::Days(days) => days.into(),
        Span::Years(years) => u32::from(years) * 365,
    })
}

fn log_format(word: &str) -> Result<LogFormat, Wrong> {
    match word {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Wrong::value("log.format", "text or json")),
    }
}

fn origin(text: &str) -> Result<Origin, Wrong> {
    let wrong = || Wrong::value("http.origin", "scheme, host and if need be port, such as https://siger.example.go.id, without a path");
    let text = text.trim().trim_end_matches('/');
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let secure = match scheme {
        "https" => true,
        "http" => false,
        _ => return Err(wrong()),
    };
    let uri: axum::http::Uri = text.parse().map_err(|_| wrong())?;
    let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(wrong)?.to_owned();
    if rest.contains(['/', '?', '#', '@']) {
        return Err(wrong());
    }
    Ok(Origin { text: text.to_owned(), host, secure })
}

fn mail_server(mail: raw::Mail) -> Result<Mail, Wrong> {
    let host = mail.host.filter(|host| !host.is_empty()).ok_or_else(|| Wrong::value("mail.host", "the name of the mail server"))?;
    let from =
        mail.from.filter(|from| siger_domain::officer::email(from).is_some()).ok_or_else(|| Wrong::value("mail.from", "the e-mail address of the sender"))?;
    let tls = match mail.tls.as_deref().unwrap_or("starttls") {
        "implicit" => MailTls::Implicit,
        "starttls" => MailTls::StartTls,
        "none" if is_local(&host) => MailTls::None,
        "none" => return Err(Wrong::value("mail.tls", "implicit or starttls: without TLS only a mail server on this machine is accepted")),
        _ => return Err(Wrong::value("mail.tls", "implicit, starttls or none")),
    };
    let port = mail.port.unwrap_or(match tls {
        MailTls::Implicit => 465,
        MailTls::StartTls => 587,
        MailTls::None => 25,
    });
    Ok(Mail { host, port, from, tls, user: mail.user })
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a path is, or lies below, another. Links are followed as far as the paths exist.
fn is_inside(inner: &Path, outer: &Path) -> bool {
    real(inner).starts_with(real(outer))
}

/// The absolute path without `..`, links followed as far as it exists: part by part, since `..` after a link leaves the link's target.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for part in absolute.components() {
        if part == Component::ParentDir {
            real.pop();
        } else {
            real.push(part);
            real = real.canonicalize().unwrap_or(real);
        }
    }
    real
}

#[cfg(test)]
mod tests;
