//! Flags that several commands have: which office, and how it is served. They go over the settings file.

use std::path::PathBuf;

use clap::Args;

use crate::place::Place;
use crate::settings::{Raw, Settings, Wrong};

/// Which office.
#[derive(Args, Clone, Debug, Default)]
pub struct Where {
    /// Settings file; else what SIGER_SETTINGS names, else ./siger.toml where it is there
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Data folder, or postgres://...
    #[arg(long, value_name = "FOLDER")]
    data: Option<String>,
    /// Database other than SQLite in the data folder: postgres://... (`sqlite`: the data folder)
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Folder of the keyring and the witness file; never inside the data folder
    #[arg(long, value_name = "FOLDER")]
    keys: Option<PathBuf>,
    /// Folder of sealed pictures and papers
    #[arg(long, value_name = "FOLDER")]
    blobs: Option<PathBuf>,
    /// `text` or `json`
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
}

/// How it is served.
#[derive(Args, Clone, Debug, Default)]
pub struct How {
    /// Address to listen on; without TLS and without a proxy this machine only
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Address that officers open: scheme, host, port
    #[arg(long, value_name = "URL")]
    origin: Option<String>,
    /// Folder of style sheets, fonts and scripts; without it pages use what is part of the program
    #[arg(long, value_name = "FOLDER")]
    assets: Option<PathBuf>,
}

impl Where {
    fn raw(&self, how: &How) -> Raw {
        let mut raw = Raw::default();
        let folder = self.data.as_deref().filter(|data| !data.contains("://"));
        let folder = folder.map(|data| data.strip_prefix("sqlite:").unwrap_or(data));
        let elsewhere = self.store.as_deref().filter(|store| *store != "sqlite").or_else(|| self.data.as_deref().filter(|data| data.contains("://")));
        raw.office.data = elsewhere.map(str::to_owned).or_else(|| folder.map(|folder| format!("sqlite:{folder}")));
        // With PostgreSQL the blobs go into the data folder where one is named.
        let beside = elsewhere.and(folder).map(|folder| PathBuf::from(folder).join("blobs"));
        raw.office.blobs = self.blobs.clone().or(beside);
        raw.office.keys.clone_from(&self.keys);
        raw.log.format.clone_from(&self.log_format);
        raw.http.listen.clone_from(&how.listen);
        raw.http.origin.clone_from(&how.origin);
        raw.assets.folder.clone_from(&how.assets);
        raw
    }

    /// The office that settings and flags name. Logs begin as they say.
    ///
    /// # Errors
    /// When a setting is wrong.
    pub fn place(&self, how: &How) -> Result<Place, Wrong> {
        let settings = Settings::load(self.settings.as_deref(), &self.raw(how))?;
        crate::log::start(&settings.log)?;
        Ok(Place::new(settings))
    }

    /// The same, without a settings file that is not named: the sample office must not mix with a real one's.
    ///
    /// # Errors
    /// As [`Where::place`].
    pub fn sample_place(&self, how: &How) -> Result<Place, Wrong> {
        if self.settings.is_some() {
            return self.place(how);
        }
        let mut raw = self.raw(how);
        // A sample office shows how backups go on; a real one names a folder on another disk.
        let data = raw.office.data.as_deref().map_or(Some("data"), |data| data.strip_prefix("sqlite:"));
        raw.backup.folder = data.map(|data| std::path::Path::new(data).with_file_name("backups"));
        let settings = Settings::of_flags(&raw)?;
        crate::log::start(&settings.log)?;
        Ok(Place::new(settings))
    }
}
