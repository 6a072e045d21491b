//! Where an office lies and how it is opened: database, keys, root secret, blobs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use siger_app::Office;
use siger_app::access::Access;
use siger_app::identity::passkey::Passkeys;
use siger_app::office::Parts;
use siger_app::random::Os;
use siger_domain::time::{Clock, Instant};
use siger_storage::blob::Folder;
use siger_storage::keyring::{ForSampleOffice, Keyring, RootSecret, WitnessFile};
use siger_storage::{Open, Store, Url};

/// The machine's clock.
#[derive(Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the program asks the machine for the time")]
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Instant::from_unix_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Secret bytes from the machine.
#[expect(clippy::disallowed_methods, reason = "the one place where the program asks the machine for secret bytes at start")]
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the machine has no random bytes: {error}"))?;
    Ok(bytes)
}

/// The folders and the database of an office.
pub struct Place {
    /// Which database.
    pub url: Url,
    /// Keyring and witness file; never inside the data folder.
    pub keys: PathBuf,
    /// Sealed blobs.
    pub blobs: PathBuf,
}

impl Place {
    /// Reads `--data` (a folder, or a database URL) and `--keys`.
    pub fn new(data: &str, keys: &Path) -> Result<Self> {
        let url: Url = if data.contains("://") || data.starts_with("sqlite:") { data.parse()? } else { Url::Sqlite(data.into()) };
        let blobs = match &url {
            Url::Sqlite(folder) => folder.join("blobs"),
            Url::Postgres(_) => keys.join("../blobs"),
        };
        if let Url::Sqlite(folder) = &url {
            let absolute = |path: &Path| std::path::absolute(path).context("a path that cannot be made absolute");
            ensure!(
                !absolute(keys)?.starts_with(absolute(folder)?),
                "the keys ({}) lie inside the data folder ({}): whoever copies the data would have the keys; choose another folder for --keys",
                keys.display(),
                folder.display()
            );
        }
        Ok(Self { url, keys: keys.to_owned(), blobs })
    }

    /// Where a sample office keeps its root secret. Only a sample office has it in a file, and says so on every page.
    pub fn sample_secret(&self) -> PathBuf {
        self.keys.join("sample-root.secret")
    }

    /// Whether there is an office here already.
    pub fn holds_office(&self) -> bool {
        self.keys.join("keyring").exists() || self.sample_secret().exists()
    }

    /// The root secret of an office that exists: a sample office's file, systemd's credential, or the passphrase.
    pub fn root(&self) -> Result<RootSecret> {
        if self.sample_secret().exists() {
            return Ok(RootSecret::from_file(&self.sample_secret(), ForSampleOffice)?);
        }
        if let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") {
            return Ok(RootSecret::from_credentials(Path::new(&folder))?);
        }
        Ok(RootSecret::from_passphrase(passphrase()?))
    }

    /// Opens the store with its keyring and witness file.
    pub fn store(&self, keyring: Keyring, accept_clock: bool) -> Result<Store> {
        let mut open = Open::new(self.url.clone(), keyring);
        open.witness = Some(WitnessFile::open(&self.keys.join("witness"))?);
        open.accept_clock = accept_clock;
        Store::open(open).context("the store cannot be opened")
    }

    /// Opens the office that the store holds. `origin` is the address that browsers see.
    pub fn office(&self, store: Store, origin: &str) -> Result<Office> {
        let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        // Browsers give passkeys to names, never to numbers: elsewhere password and code remain.
        let passkeys = Passkeys::new(host, &[origin], "Siger").ok();
        let parts = Parts {
            store,
            blobs: Folder::open(&self.blobs)?,
            access: Arc::new(Access::load().map_err(|error| anyhow::anyhow!("the policies: {error}"))?),
            clock: Arc::new(MachineClock),
            random: Box::new(Os),
            passkeys,
        };
        Ok(Office::open(parts)?)
    }
}

/// The passphrase of the office's keys, from the environment (so that no process list shows it).
pub fn passphrase() -> Result<zeroize::Zeroizing<String>> {
    let text = std::env::var("SIGER_PASSPHRASE")
        .context("the office's keys need their root secret: start with a systemd credential, or set SIGER_PASSPHRASE to the passphrase")?;
    Ok(zeroize::Zeroizing::new(text))
}
