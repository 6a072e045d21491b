//! Where an office lies and how it is opened: database, keys, root secret, blobs.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail, ensure};
use siger_app::Office;
use siger_app::access::Access;
use siger_app::identity::passkey::Passkeys;
use siger_app::office::Parts;
use siger_app::random::Os;
use siger_domain::time::{Clock, Instant};
use siger_storage::blob::Folder;
use siger_storage::keyring::{CREDENTIAL_NAME, ForSampleOffice, KEYRING_NAME, Keyring, RootSecret, WitnessFile};
use siger_storage::{Open, Store};

use crate::ask;
use crate::settings::{Root, Settings};

/// Where systemd places the credentials of a service.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Where a machine keeps credentials for its services (systemd.exec(5)). A command at the console is not given them.
const CREDENTIAL_STORES: [&str; 2] = ["/etc/credstore.encrypted", "/etc/credstore"];
/// Environment variable with the passphrase, for a start by hand without a terminal.
const PASSPHRASE: &str = "SIGER_PASSPHRASE";

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
pub fn random<const N: usize>() -> [u8; N] {
    siger_app::random::bytes(&mut Os)
}

/// The folders and the database of an office.
pub struct Place {
    /// What the settings say.
    pub settings: Settings,
    /// Go on although the clock reads long before the newest entry.
    pub accept_clock: bool,
}

impl Place {
    /// The place that settings name.
    pub const fn new(settings: Settings) -> Self {
        Self { settings, accept_clock: false }
    }

    /// Folder of the keyring and the witness file.
    pub fn keys(&self) -> &Path {
        &self.settings.keys
    }

    /// Where a sample office keeps its root secret. Only a sample office has it in a file, and says so on every page.
    pub fn sample_secret(&self) -> PathBuf {
        self.keys().join("sample-root.secret")
    }

    /// The file of checkpoints outside the data folder.
    pub fn witness(&self) -> PathBuf {
        self.keys().join("witness")
    }

    /// Whether there is an office here already.
    pub fn holds_office(&self) -> bool {
        self.keys().join(KEYRING_NAME).exists() || self.sample_secret().exists()
    }

    /// Where browsers reach the office that listens on `port`. Loopback is called by its name, since browsers give passkeys to names.
    pub fn origin(&self, port: u16) -> String {
        self.settings.origin.as_ref().map_or_else(|| format!("http://localhost:{port}"), |origin| origin.text.clone())
    }

    /// From where the root secret comes: as set, or as found.
    pub fn root_kind(&self) -> Root {
        self.settings.root.unwrap_or_else(|| {
            let credential = credentials().is_some_and(|folder| folder.join(CREDENTIAL_NAME).exists());
            if self.sample_secret().exists() {
                Root::File
            } else if credential {
                Root::Systemd
            } else {
                Root::Passphrase
            }
        })
    }

    /// The root secret of an office that exists.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn root(&self) -> Result<RootSecret> {
        Ok(match self.root_kind() {
            Root::File => RootSecret::from_file(&self.sample_secret(), ForSampleOffice)?,
            Root::Systemd => credential()?,
            Root::Passphrase => RootSecret::from_passphrase(passphrase(ask::secret)?),
        })
    }

    /// The root secret for an office that is made now.
    ///
    /// # Errors
    /// When it cannot be had, or is to lie in a file.
    pub fn new_root(&self) -> Result<RootSecret> {
        Ok(match self.root_kind() {
            Root::File => bail!("keys.root: a root secret in a file is for a sample office; use a systemd credential or a passphrase (docs/guide/keys.md)"),
            Root::Systemd => credential()?,
            Root::Passphrase => {
                // Otherwise the service could not open what is made here.
                let meant = self.settings.root.is_some() || std::env::var_os(PASSPHRASE).is_some();
                if let Some(waits) = waiting_credential(&CREDENTIAL_STORES).filter(|_| !meant) {
                    bail!(
                        "{} is for the service, and this command was not given it: run it as `siger-console ...` (docs/guide/install.md), or say keys.root = \"passphrase\"",
                        waits.display()
                    );
                }
                RootSecret::from_passphrase(passphrase(ask::new_secret)?)
            }
        })
    }

    /// The keyring of an office that exists.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn keyring(&self) -> Result<Keyring> {
        let file = self.keys().join(KEYRING_NAME);
        ensure!(file.exists(), "there is no office here: {} is missing. Make one with `siger init`, or name its settings with --settings", file.display());
        Ok(Keyring::open(self.keys(), &self.root()?)?)
    }

    /// Opens the store with its keyring and witness file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn store(&self, keyring: Keyring) -> Result<Store> {
        self.open(Open { witness: Some(WitnessFile::open(&self.witness())?), ..Open::new(self.settings.store.clone(), keyring) })
    }

    /// Opens the store to bring an archive into it: what was witnessed is put aside after that.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn store_without_witness(&self, keyring: Keyring) -> Result<Store> {
        self.open(Open::new(self.settings.store.clone(), keyring))
    }

    /// Opens the store to look at it only: nothing is written, so that evidence stays what it is.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn store_to_look(&self, keyring: Keyring) -> Result<Store> {
        self.open(Open { only_look: true, ..Open::new(self.settings.store.clone(), keyring) })
    }

    fn open(&self, mut open: Open) -> Result<Store> {
        if let Some(folder) = self.settings.store.folder() {
            make_private(&folder)?;
        }
        open.accept_clock = self.accept_clock;
        Store::open(open).context("the store cannot be opened")
    }

    /// That the data folder is there: otherwise a mistyped one would become an empty database.
    ///
    /// # Errors
    /// When it is missing.
    pub fn must_have_data(&self) -> Result<()> {
        if let Some(folder) = self.settings.store.folder() {
            ensure!(folder.exists(), "there is no office here: the data folder {} is missing", folder.display());
        }
        Ok(())
    }

    /// Opens the office that exists here. `origin` is the address that browsers see.
    ///
    /// # Errors
    /// When there is none or it cannot be opened.
    pub fn office(&self, origin: &str) -> Result<Office> {
        let keyring = self.keyring()?;
        self.must_have_data()?;
        self.office_in(self.store(keyring)?, origin)
    }

    /// Opens the office that the store holds.
    ///
    /// # Errors
    /// When it holds none, or its root secret lies in a file although it is no sample.
    pub fn office_in(&self, store: Store, origin: &str) -> Result<Office> {
        let host = origin.split_once("://").map_or(origin, |(_, rest)| rest);
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let name = store.read_blocking(siger_storage::table::office::get)?.ok_or(siger_storage::Error::NoOffice)?.name;
        // Browsers give passkeys to names, never to numbers: elsewhere password and code remain.
        let passkeys = Passkeys::new(host, &[origin], &name);
        if let Err(reason) = &passkeys {
            tracing::warn!(%reason, "officers cannot use passkeys at this address");
        }
        let parts = Parts {
            store,
            blobs: Folder::open(&self.settings.blobs)?,
            access: Arc::new(access()?),
            clock: Arc::new(MachineClock),
            random: Box::new(Os),
            passkeys: passkeys.ok(),
            backups: self.settings.backups.clone(),
        };
        let office = Office::open(parts)?;
        ensure!(
            self.root_kind() != Root::File || office.info().sample,
            "the root secret of this office lies in a file, which only a sample office may have; rotate the office key (docs/guide/keys.md)"
        );
        Ok(office)
    }
}

/// The policies.
///
/// # Errors
/// When they cannot be read, which their tests exclude.
pub fn access() -> Result<Access> {
    Access::load().map_err(|error| anyhow::anyhow!("the policies: {error}"))
}

/// Makes a folder that only its owner can enter, where it is missing.
///
/// # Errors
/// When the disk refuses.
pub fn make_private(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(|| format!("make {}", folder.display()))
}

/// Where systemd placed this service's credentials.
pub fn credentials() -> Option<PathBuf> {
    std::env::var_os(CREDENTIALS).map(PathBuf::from)
}

fn credential() -> Result<RootSecret> {
    let folder = credentials().context(
        "keys.root: this command was not given the credential siger-root, which systemd hands over to services only: run it as `siger-console ...` (docs/guide/install.md)",
    )?;
    Ok(RootSecret::from_credentials(&folder)?)
}

/// A root secret that the machine keeps for the service.
fn waiting_credential(stores: &[&str]) -> Option<PathBuf> {
    stores.iter().map(|store| Path::new(store).join(CREDENTIAL_NAME)).find(|path| path.exists())
}

/// The passphrase: from the environment (so that no process list shows it), or typed.
fn passphrase(ask: impl FnOnce(&str) -> Result<zeroize::Zeroizing<String>>) -> Result<zeroize::Zeroizing<String>> {
    match std::env::var(PASSPHRASE) {
        Ok(text) => Ok(zeroize::Zeroizing::new(text)),
        Err(_) => ask("Passphrase of the office's keys")
            .context("the office's keys need their root secret: start with a systemd credential, at a terminal, or set SIGER_PASSPHRASE to the passphrase"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_secret_that_waits_for_the_service_is_noticed() {
        let stores = tempfile::tempdir().unwrap();
        let store = stores.path().join("credstore.encrypted");
        let all = ["no/such/folder", store.to_str().unwrap()];
        assert_eq!(waiting_credential(&all), None);
        std::fs::create_dir(&store).unwrap();
        std::fs::write(store.join("siger-root"), "sealed").unwrap();
        assert_eq!(waiting_credential(&all), Some(store.join("siger-root")));
    }
}
