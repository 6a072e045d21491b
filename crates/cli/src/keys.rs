//! `siger keys`: which keys there are, new ones, and the end of old ones. What each means: docs/guide/keys.md.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::time::Clock as _;
use siger_storage::Stamp;
use siger_storage::keyring::{ForSampleOffice, RootSecret, Rotation, Which};

use crate::ask;
use crate::flags::{How, Where};
use crate::place::{MachineClock, Place, random};
use crate::settings::Root;

/// Jobs looked at: more than ever wait.
const JOBS_MAX: u32 = 500;

/// List, rotate and retire keys.
#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// All keys with their state
    List,
    /// A new key in place of the one in use
    Rotate {
        which: Kind,
        /// New root secret for `office`: 64 hexadecimal digits in a file; without it a new passphrase is asked for
        #[arg(long, value_name = "FILE")]
        secret: Option<PathBuf>,
    },
    /// End a replaced key: it is no longer accepted and its secret is destroyed
    Retire {
        which: Kind,
        /// As `list` shows it
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Kind of key.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Opens the keyring
    Office,
    /// Signs the journal's checkpoints
    Log,
    /// Signs receipts and letters
    Seal,
    /// Keys the hashes for exact look-ups
    Lookup,
}

impl Kind {
    const fn which(self) -> Which {
        match self {
            Self::Office => Which::Office,
            Self::Log => Which::Log,
            Self::Seal => Which::Seal,
            Self::Lookup => Which::Lookup,
        }
    }
}

impl Keys {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        match self.what {
            What::List => list(&place),
            What::Rotate { which, secret } => rotate(&place, which, secret),
            What::Retire { which, id, yes } => {
                ask::sure(yes, &format!("The {} key {id} will no longer be accepted, for ever.", which.which().as_str()))?;
                let office = place.office(&place.origin(place.settings.listen.port()))?;
                if which == Kind::Lookup {
                    let jobs = office.store().read_blocking(|tx| siger_storage::table::operation::jobs(tx, JOBS_MAX))?;
                    // Retired now, persons whose hashes still need it could no longer be found by their documents.
                    anyhow::ensure!(
                        jobs.iter().all(|job| job.kind != siger_app::job::REHASH),
                        "the hashes are still computed anew: let the office run (`siger serve`) until `siger keys retire` no longer says this"
                    );
                }
                office.store().keyring().retire(which.which(), &id, MachineClock.now())?;
                eprintln!("Retired.");
                Ok(())
            }
        }
    }
}

fn list(place: &Place) -> Result<()> {
    for key in place.keyring()?.list() {
        println!("{:<7} {:<18} {:<8} since {}", key.which.as_str(), key.id, key.state.as_str(), key.since.to_rfc3339());
    }
    Ok(())
}

fn rotate(place: &Place, which: Kind, secret: Option<PathBuf>) -> Result<()> {
    if secret.is_some() && which != Kind::Office {
        bail!("--secret: only the office key comes from outside; the others are made here");
    }
    // Opened before anything changes: the rotation is written into the journal.
    let open = place.office(&place.origin(place.settings.listen.port()))?;
    let (store, keyring) = (open.store().clone(), open.store().keyring().clone());
    let now = MachineClock.now();
    let key = match which {
        Kind::Office => office(place, &keyring, secret)?,
        Kind::Log => keyring.rotate(Rotation::Log, now, &random())?,
        Kind::Seal => keyring.rotate(Rotation::Seal, now, &random())?,
        Kind::Lookup => keyring.rotate(Rotation::Lookup, now, &random())?,
    };
    // The console holds the root secret, so no policy is asked; the journal says that the program did it.
    let stamp = Stamp { at: now, actor: None, role: Role::System, purpose: Purpose::Administration };
    let event = Event::KeyRotated(body::KeyRotated { which: which.which().as_str().to_owned(), key: key.clone() });
    let named = key.clone();
    store
        .write_blocking(move |write| -> siger_app::Result<()> {
            write.append(stamp, Subject::Office, &event)?;
            if which == Kind::Lookup {
                // Done by the office when it next runs; until then both keys are tried.
                siger_app::job::add_rehash(write, &open, now, &named)?;
            }
            Ok(())
        })
        .context("the key is rotated, but the journal does not say so: write it into the office's book")?;
    if which == Kind::Lookup {
        // Look-ups try both keys meanwhile; the old one can be retired after this.
        let done = siger_storage::table::rehash_all(&store).context("the key is rotated; the look-up hashes must still be computed anew: rotate again")?;
        eprintln!("Look-up hashes computed anew: {} persons, {} officers.", done.persons, done.officers);
    }
    println!("{key}");
    eprintln!("Rotated. Make new copies of the keyring, destroy the old ones, and start all processes again (docs/guide/keys.md).");
    Ok(())
}

/// The keyring under a new root secret.
fn office(place: &Place, keyring: &siger_storage::keyring::Keyring, secret: Option<PathBuf>) -> Result<String> {
    let now = MachineClock.now();
    if let Some(path) = secret {
        let text = zeroize::Zeroizing::new(fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?);
        let bytes = siger_storage::hex(&text.trim().to_lowercase()).with_context(|| format!("{}: expected 64 hexadecimal digits", path.display()))?;
        return Ok(keyring.rotate(Rotation::Office(&RootSecret::from_bytes(bytes)), now, &random())?);
    }
    if place.root_kind() == Root::File {
        // The new secret is on the disk before the keyring needs it; whichever of the two files a crash leaves, one opens the keyring.
        let (path, next) = (place.sample_secret(), place.keys().join("sample-root.secret.new"));
        if next.exists() {
            fs::remove_file(&next).context("remove what an interrupted rotation left")?;
        }
        let root = RootSecret::create_file(&next, &random(), ForSampleOffice)?;
        let key = keyring.rotate(Rotation::Office(&root), now, &random())?;
        fs::rename(&next, &path).with_context(|| format!("{} must take the place of {}: do it by hand", next.display(), path.display()))?;
        return Ok(key);
    }
    let root = RootSecret::from_passphrase(ask::new_secret("New passphrase for the office's keys (six random words, at least 20 characters)")?);
    Ok(keyring.rotate(Rotation::Office(&root), now, &random())?)
}
