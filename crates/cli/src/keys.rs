//! `siger keys`: which keys there are, new ones, and the end of old ones. What each means: docs/guide/keys.md.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use siger_app::job::rehash;
use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::time::Clock as _;
use siger_storage::Stamp;
use siger_storage::keyring::{ForSampleOffice, RootSecret, Rotation, Which};

use crate::ask;
use crate::flags::{How, Where};
use crate::place::{MachineClock, Place, random};
use crate::settings::Root;

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
        /// New root secret for `office`: 64 hexadecimal digits in a file; an office that has a passphrase is asked for a new one
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
                    // What an interrupted rotation or a running office has not done yet: retired before, the key would take with it
                    // the persons whose hashes still need it.
                    rehash_now(&office).context("the key is not retired: the look-up hashes are not computed anew yet")?;
                }
                if office.store().keyring().retire(which.which(), &id, MachineClock.now())? {
                    let event = Event::KeyRetired(body::KeyRetired { which: which.which().as_str().to_owned(), key: id });
                    let written = office.store().write_blocking(move |write| write.append(console(), Subject::Office, &event));
                    written.context("the key is retired, but the journal does not say so yet: the office writes it down when it is served")?;
                }
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
    if which == Kind::Lookup {
        runtime()?.block_on(rehash::foresee(&open)).context("nothing is rotated")?;
    }
    let now = MachineClock.now();
    let key = match which {
        Kind::Office => office(place, &keyring, secret)?,
        Kind::Log => keyring.rotate(Rotation::Log, now, &random())?,
        Kind::Seal => keyring.rotate(Rotation::Seal, now, &random())?,
        Kind::Lookup => keyring.rotate(Rotation::Lookup, now, &random())?,
    };
    let event = Event::KeyRotated(body::KeyRotated { which: which.which().as_str().to_owned(), key: key.clone() });
    let (named, office) = (key.clone(), open.clone());
    store
        .write_blocking(move |write| -> siger_app::Result<()> {
            write.append(console(), Subject::Office, &event)?;
            if which == Kind::Lookup { rehash::add_held(write, &office, now, &named) } else { Ok(()) }
        })
        .context("the key is rotated, but the journal does not say so yet: the office writes it down when it is served")?;
    if which == Kind::Lookup {
        // Done here, so that the office is whole without a server; look-ups try both keys meanwhile.
        rehash_now(&open).context("the key is rotated; the look-up hashes are computed anew when the office next runs, or by `siger keys retire`")?;
    }
    println!("{key}");
    if which == Kind::Office {
        eprintln!("Rotated. A server that runs changes nothing any more: start all processes again, with the new root secret.");
    }
    eprintln!("Make new copies of the keyring and destroy the old ones (docs/guide/keys.md).");
    Ok(())
}

/// The console holds the root secret, so no policy is asked; the journal says that the program did it.
fn console() -> Stamp {
    Stamp { at: MachineClock.now(), actor: None, role: Role::System, purpose: Purpose::Administration }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Computes the look-up hashes anew where they wait for it.
fn rehash_now(office: &siger_app::Office) -> Result<()> {
    let done = runtime()?.block_on(rehash::now(office))?;
    if done != rehash::Rehashed::default() {
        eprintln!("Look-up hashes computed anew: {} persons, {} officers.", done.persons, done.officers);
    }
    if done.left > 0 {
        eprintln!(
            "{} entries cannot be read (named above) and keep the hash of the old key: once it is retired, no look-up finds them. \
             Run `siger check`; docs/guide/keys.md says more.",
            done.left
        );
    }
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
    if place.root_kind() == Root::Systemd {
        bail!(
            "the root secret of this office is a credential of systemd, and a passphrase would lock its service out: make a new one and name it with --secret (docs/guide/keys.md)"
        );
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
