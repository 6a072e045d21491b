//! `siger backup`, `restore`, `export`, `import`: a whole office as one file, and back (docs/ref/archive.md).
//!
//! A backup is of an office that goes on; brought back, it goes on from there in a new epoch of keys, and erasures are applied again. An export is of an office
//! that moves, also to another database; brought in, it is exactly what it was. Each archive is a file that appears only when it is whole.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::retention::DataKind;
use siger_domain::time::Clock as _;
use siger_storage::archive::{self, Summary};
use siger_storage::blob::Folder;
use siger_storage::{Error, Stamp, Store};

use crate::flags::{How, Where};
use crate::place::{MachineClock, Place, make_private};

/// Bytes between program and disk: few calls for a file of gigabytes.
const BUFFER_BYTES: usize = 1 << 20;

/// Write a backup while the office works.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    place: Where,
    /// The new archive; it must not exist. Without it: one named by office and time in the folder of the setting backup.folder
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Bring a backup back into an empty place, with today's keys.
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    place: Where,
    /// The archive
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

/// Write an archive of an office that moves.
#[derive(Args)]
pub struct Export {
    #[command(flatten)]
    place: Where,
    /// The new archive; it must not exist. Without it: one named by office and time in the folder of the setting backup.folder
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Bring in an office that moves, into an empty place, with its keys.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    place: Where,
    /// The archive
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

impl Backup {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let keyring = place.keyring()?;
        place.must_have_data()?;
        let store = match place.store(keyring.clone()) {
            // An older copy of the data is backed up as it is: brought back, that is written down, and the office goes on with new keys.
            Err(error) if matches!(error.downcast_ref(), Some(Error::Contradicted { .. })) => {
                eprintln!("This is a backup of an older copy: {error:#}");
                place.store_to_look(keyring)?
            }
            store => store?,
        };
        let blobs = Folder::open(&place.settings.blobs)?;
        let to = named(&place, &store, self.to, DataKind::Backup)?;
        absent(&to)?;
        let summary = archive::write_file(&store, &blobs, &to)?;
        // The console holds the root secret, so no policy is asked; the journal says that the program did it. The archive is whole
        // whatever becomes of the entry: a backup is most needed where nothing can be written any more.
        let file = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (stamp, noted) = (by_console(), summary.clone());
        if let Err(error) = store.write_blocking(move |write| siger_app::backup::note(write, stamp, file, &noted)) {
            eprintln!("The backup is whole, but the journal could not be told of it: {error}");
        }
        say(&to, &summary)
    }
}

impl Export {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let (store, blobs) = opened(&place)?;
        let to = named(&place, &store, self.to, DataKind::Export)?;
        absent(&to)?;
        // First the entry, then the archive, which so holds it: otherwise the witness file would take the office, once moved, for an old copy.
        // The console holds the root secret, so no policy is asked; the journal says that the program did it.
        let stamp = by_console();
        store.write_blocking(move |write| {
            let event = Event::OfficeExported(body::OfficeExported { size: write.next_number() + 1 });
            write.append(stamp, Subject::Office, &event)
        })?;
        let summary = archive::write_file(&store, &blobs, &to)?;
        eprintln!("What happens here from now on is not in the archive: end the office here before it goes on elsewhere.");
        say(&to, &summary)
    }
}

impl Restore {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let (store, blobs) = empty(&place)?;
        let now = MachineClock.now();
        let summary = archive::restore(&store, &blobs, now, input(&self.from)?)?;
        drop(store);
        // What was witnessed after the backup is no longer in the journal: kept as evidence, it must not count against the new course.
        if place.witness().exists() {
            let aside = place.keys().join(format!("witness.before-restore-{}", now.unix_seconds()));
            fs::rename(place.witness(), &aside).with_context(|| format!("put {} aside", place.witness().display()))?;
            eprintln!("The checkpoints from before lie in {}.", aside.display());
        }
        println!("erasures recorded again: {}, keys destroyed again: {}", summary.erasures_recorded, summary.keys_destroyed);
        say(&self.from, &summary)?;
        eprintln!("The keyring has changed: make new copies and destroy the old ones (docs/guide/keys.md). Officers sign in anew.");
        Ok(())
    }
}

impl Import {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let (store, blobs) = empty(&place)?;
        let summary = archive::import(&store, &blobs, input(&self.from)?)?;
        say(&self.from, &summary)
    }
}

/// The office that is here.
fn opened(place: &Place) -> Result<(Store, Folder)> {
    let keyring = place.keyring()?;
    place.must_have_data()?;
    Ok((place.store(keyring)?, Folder::open(&place.settings.blobs)?))
}

/// Today's keys and a database that is empty; what it holds otherwise is found out before anything is read.
fn empty(place: &Place) -> Result<(Store, Folder)> {
    let keyring = place.keyring()?;
    make_private(&place.settings.blobs)?;
    Ok((place.store_without_witness(keyring)?, Folder::open(&place.settings.blobs)?))
}

fn input(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::with_capacity(BUFFER_BYTES, File::open(path).with_context(|| format!("open {}", path.display()))?))
}

fn by_console() -> Stamp {
    Stamp { at: MachineClock.now(), actor: None, role: Role::System, purpose: Purpose::Administration }
}

/// The file that was named, or one in the folder of backups.
fn named(place: &Place, store: &Store, to: Option<PathBuf>, kind: DataKind) -> Result<PathBuf> {
    if let Some(to) = to {
        return Ok(to);
    }
    let backups = place.settings.backups.as_ref().context("where to? Name a file with --to, or set backup.folder (docs/ref/settings.md)")?;
    ensure!(backups.folder.is_dir(), "the folder of backups {} is missing; is its disk mounted?", backups.folder.display());
    let office = store.read_blocking(siger_storage::table::office::get)?.ok_or(Error::NoOffice)?;
    Ok(backups.folder.join(siger_app::backup::file_name(kind, &office.code, MachineClock.now())))
}

fn absent(path: &Path) -> Result<()> {
    ensure!(!path.exists(), "{} exists already; an archive is never written over", path.display());
    Ok(())
}

fn say(path: &Path, summary: &Summary) -> Result<()> {
    println!("{}: {} entries of {}, {} blobs, {} bytes", path.display(), summary.size, summary.origin, summary.blobs, summary.bytes);
    println!("root {}", siger_storage::to_hex(summary.root.as_ref()));
    if summary.missing_count > 0 {
        for blob in &summary.missing {
            println!("WRONG  blob {blob} is missing or damaged");
        }
        return Err(crate::Found(format!("{} blobs are missing or damaged; everything else is there", summary.missing_count)).into());
    }
    Ok(())
}
