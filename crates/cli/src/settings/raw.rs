//! The settings file as it is written: every setting optional, no other name accepted. Flags have the same form.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The whole file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Raw {
    pub office: Office,
    pub http: Http,
    pub keys: Keys,
    pub backup: Backup,
    pub mail: Mail,
    pub log: Log,
    pub assets: Assets,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    pub data: Option<String>,
    pub keys: Option<PathBuf>,
    pub blobs: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    pub listen: Option<String>,
    pub origin: Option<String>,
    pub tls: Tls,
    pub behind_proxy: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    pub root: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backup {
    pub folder: Option<PathBuf>,
    pub keep_days: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub from: Option<String>,
    pub tls: Option<String>,
    pub user: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: Option<String>,
    pub level: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Assets {
    pub folder: Option<PathBuf>,
}

impl Mail {
    /// Nothing is set: no mail is sent.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Raw {
    /// These settings with the ones of `flags` over them, where given.
    pub fn under(self, flags: &Self) -> Self {
        let f = flags.clone();
        Self {
            office: Office { data: f.office.data.or(self.office.data), keys: f.office.keys.or(self.office.keys), blobs: f.office.blobs.or(self.office.blobs) },
            http: Http {
                listen: f.http.listen.or(self.http.listen),
                origin: f.http.origin.or(self.http.origin),
                tls: Tls { certificate: f.http.tls.certificate.or(self.http.tls.certificate), key: f.http.tls.key.or(self.http.tls.key) },
                behind_proxy: f.http.behind_proxy.or(self.http.behind_proxy),
            },
            keys: Keys { root: f.keys.root.or(self.keys.root) },
            backup: Backup { folder: f.backup.folder.or(self.backup.folder), keep_days: self.backup.keep_days },
            mail: self.mail,
            log: Log { format: f.log.format.or(self.log.format), level: f.log.level.or(self.log.level) },
            assets: Assets { folder: f.assets.folder.or(self.assets.folder) },
        }
    }

    /// Relative paths in a file count from the file's own folder, wherever the program was started.
    pub fn relative_to(&mut self, folder: &Path) {
        let paths = [
            &mut self.office.keys,
            &mut self.office.blobs,
            &mut self.http.tls.certificate,
            &mut self.http.tls.key,
            &mut self.backup.folder,
            &mut self.assets.folder,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        if let Some(data) = &mut self.office.data
            && let Some(path) = data.strip_prefix("sqlite:").filter(|path| !path.is_empty())
        {
            *data = format!("sqlite:{}", folder.join(path).display());
        }
    }
}
