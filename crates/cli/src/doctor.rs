//! `siger doctor`: looks at an installation and says of each thing whether it is well, and what to do where it is not. It changes nothing.

use std::fs;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use siger_domain::time::Clock as _;
use siger_storage::check::against_all;
use siger_storage::keyring::{KEYRING_NAME, Keyring, WitnessFile};
use siger_web::asset::Assets;

use crate::Found;
use crate::flags::{How, Where};
use crate::place::{MachineClock, Place};
use crate::serving::tls;
use crate::settings::{Mail, Tls};

/// Below this much free space the office should be looked after: weeks of a busy counter with pictures.
const FREE_BYTES_MIN: u64 = 2 << 30;
/// A certificate that ends within so many days needs somebody now.
const CERTIFICATE_DAYS_MIN: i64 = 21;
/// How long a mail server may take to answer.
const MAIL: Duration = Duration::from_secs(5);
/// When this was written: a clock that reads earlier is wrong.
const WRITTEN_UNIX_SECONDS: u64 = 1_795_478_400;

/// Look whether the installation is sound.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: How,
}

/// What was found about one thing.
enum Finding {
    /// It is well; the words say what was seen.
    Well(String),
    /// It works, and somebody should look at it.
    Mind(String, &'static str),
    /// It is wrong: what, and what to do.
    Wrong(String, &'static str),
}

use Finding::{Mind, Well, Wrong};

impl Doctor {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&self.how)?;
        let mut wrong = 0;
        let mut say = |name: &str, finding: Finding| {
            let (word, what, advice) = match finding {
                Well(what) => ("ok", what, ""),
                Mind(what, advice) => ("mind", what, advice),
                Wrong(what, advice) => {
                    wrong += 1;
                    ("WRONG", what, advice)
                }
            };
            println!("{word:<6} {name:<12} {what}");
            if !advice.is_empty() {
                println!("       {:<12} -> {advice}", "");
            }
        };
        let file = place.settings.file.as_ref().map_or_else(|| "no file, flags and defaults".to_owned(), |file| file.display().to_string());
        say("settings", Well(file));
        say("clock", clock());
        say("keys", folder(place.keys()));
        say("keys apart", apart(&place));
        let data = place.settings.store.folder();
        if let Some(data) = &data {
            say("data", folder(data));
        }
        say("blobs", folder(&place.settings.blobs));
        for (name, path) in [("disk: keys", Some(place.keys())), ("disk: data", data.as_deref()), ("disk: blobs", Some(&*place.settings.blobs))] {
            if let Some(path) = path {
                say(name, space(path));
            }
        }
        say("backups", backups(&place));
        say("assets", assets(&place));
        say("address", address(&place));
        if let Some(files) = &place.settings.tls {
            say("certificate", certificate(files));
        }
        if let Some(mail) = &place.settings.mail {
            say("mail", reachable(mail));
        }
        let (root, keyring) = opened(&place);
        say("root secret", root);
        if let Some(keyring) = keyring {
            say("database", database(&place, keyring));
        }
        if wrong == 0 {
            return Ok(());
        }
        Err(Found(format!("{wrong} of these are wrong; what to do stands beside each")).into())
    }
}

fn clock() -> Finding {
    let now = MachineClock.now();
    if now.unix_seconds() < WRITTEN_UNIX_SECONDS {
        return Wrong(format!("{}, before this program was written", now.to_rfc3339()), "set the clock right and keep it right (systemd-timesyncd, chrony)");
    }
    Well(now.to_rfc3339())
}

fn folder(path: &Path) -> Finding {
    let shown = path.display();
    let Ok(known) = fs::metadata(path) else {
        return Wrong(format!("{shown} is missing"), "make an office with `siger init`, or correct the settings");
    };
    let mode = known.permissions().mode() & 0o777;
    if !known.is_dir() {
        return Wrong(format!("{shown} is no folder"), "name a folder in the settings");
    }
    if known.uid() != rustix::process::geteuid().as_raw() {
        return Wrong(
            format!("{shown} belongs to another user (number {})", known.uid()),
            "run this as the user who serves the office, or give the folder to that user (chown)",
        );
    }
    if mode & 0o077 != 0 {
        return Wrong(format!("{shown} can be entered by others (mode {mode:03o})"), "take that away: chmod 700");
    }
    Well(format!("{shown}, mode {mode:03o}"))
}

/// That they do not lie in one another is a rule of the settings; that they share a disk is worth a word.
fn apart(place: &Place) -> Finding {
    let disk = |path: &Path| fs::metadata(path).map(|known| known.dev()).ok();
    let data = place.settings.store.folder();
    match (disk(place.keys()), data.as_deref().and_then(disk)) {
        (Some(keys), Some(data)) if keys == data => {
            Mind("keys and data lie on the same disk".into(), "a disk of its own for the keys, encrypted, so that one theft does not take both")
        }
        _ => Well("keys and data lie apart".into()),
    }
}

/// A backup on the same disk goes with it.
fn backups(place: &Place) -> Finding {
    let Some(set) = &place.settings.backups else {
        return Mind("no folder is set, so none is made by itself".into(), "name one on another disk: backup.folder in the settings");
    };
    let shown = set.folder.display();
    let Ok(known) = fs::metadata(&set.folder) else {
        return Wrong(format!("{shown} is missing"), "mount its disk, or make the folder for the user who serves the office");
    };
    if rustix::fs::access(&set.folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_err() {
        return Wrong(format!("{shown} cannot be written to"), "give the folder to the user who serves the office (chown)");
    }
    let data = place.settings.store.folder().unwrap_or_else(|| place.settings.blobs.clone());
    if fs::metadata(data).is_ok_and(|data| data.dev() == known.dev()) {
        return Mind(format!("{shown}, on the same disk as the data"), "another disk, best in another building: one fire or theft takes both");
    }
    Well(format!("{shown}, kept {} days", set.keep_days))
}

fn space(path: &Path) -> Finding {
    let Ok(disk) = rustix::fs::statvfs(path) else { return Wrong("the disk cannot be asked".into(), "see the folder above") };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let shown = format!("{:.1} GiB free", free as f64 / f64::from(1 << 30));
    if free < FREE_BYTES_MIN { Wrong(shown, "free some space: without it nothing new can be kept") } else { Well(shown) }
}

fn assets(place: &Place) -> Finding {
    const BUILD: &str = "build them (node assets/build.mjs), then the program (cargo build --release)";
    match (&place.settings.assets, Assets::load(place.settings.assets.as_deref())) {
        (_, Err(error)) => Wrong(error.to_string(), "build them again: node assets/build.mjs"),
        (Some(folder), Ok(_)) if !folder.join("manifest.json").is_file() => Mind(
            format!("{} holds none; what is part of the program is used", folder.display()),
            "leave assets.folder out, or build them: node assets/build.mjs",
        ),
        (Some(folder), Ok(_)) => Well(folder.display().to_string()),
        (None, Ok(_)) if Assets::are_collected() => Well("part of the program".into()),
        (None, Ok(_)) => Mind("this program was built without them: no font, few icons, and pages are not live".into(), BUILD),
    }
}

fn address(place: &Place) -> Finding {
    let listen = place.settings.listen;
    let origin = place.origin(listen.port());
    let how = if place.settings.tls.is_some() {
        "TLS 1.3"
    } else if place.settings.proxies.is_empty() {
        "this machine only"
    } else {
        "behind a proxy"
    };
    if !place.settings.proxies.is_empty() && origin.starts_with("http://") {
        return Mind(format!("{listen}, {how}, opened as {origin}"), "let the proxy serve https, and say so in http.origin: without it there are no passkeys");
    }
    Well(format!("{listen}, {how}, opened as {origin}"))
}

fn certificate(files: &Tls) -> Finding {
    let chain = match tls::config(files).and_then(|_| tls::chain(files)) {
        Ok(chain) => chain,
        Err(error) => return Wrong(format!("{error:#}"), "correct http.tls.certificate and http.tls.key"),
    };
    let Ok((_, own)) = x509_parser::parse_x509_certificate(&chain[0]) else {
        return Wrong("the first certificate of the file cannot be read".into(), "put the office's own certificate first");
    };
    let now = MachineClock.now().unix_seconds() as i64;
    let (from, until) = (own.validity().not_before.timestamp(), own.validity().not_after.timestamp());
    let days = (until - now).div_euclid(86_400);
    if now < from {
        return Wrong("is not valid yet".into(), "look at the clock, or have a new one made");
    }
    match days {
        ..0 => Wrong(format!("ended {} days ago", -days), "renew it, then send the program SIGHUP"),
        0..CERTIFICATE_DAYS_MIN => Wrong(format!("ends in {days} days"), "renew it, then send the program SIGHUP"),
        _ => Well(format!("valid for {days} days more")),
    }
}

fn reachable(mail: &Mail) -> Finding {
    let advice = "correct mail.host and mail.port, or ask who looks after the mail server";
    let addresses = match (mail.host.as_str(), mail.port).to_socket_addrs() {
        Ok(addresses) => addresses.collect::<Vec<_>>(),
        Err(_) => return Wrong(format!("the name {} is not known", mail.host), advice),
    };
    if addresses.iter().any(|address| TcpStream::connect_timeout(address, MAIL).is_ok()) {
        Well(format!("{}:{} answers", mail.host, mail.port))
    } else {
        Wrong(format!("{}:{} does not answer", mail.host, mail.port), advice)
    }
}

fn opened(place: &Place) -> (Finding, Option<Keyring>) {
    if !place.keys().join(KEYRING_NAME).exists() {
        return (Wrong("there is no keyring yet".into(), "make an office with `siger init`, or name its keys in office.keys"), None);
    }
    match place.keyring() {
        Ok(keyring) => {
            let (origin, revision) = (keyring.origin(), keyring.revision());
            (Well(format!("opens the keyring of {origin}, revision {revision}")), Some(keyring))
        }
        Err(error) => (Wrong(format!("{error:#}"), "docs/guide/keys.md"), None),
    }
}

fn database(place: &Place, keyring: Keyring) -> Finding {
    if let Err(error) = place.must_have_data() {
        return Wrong(error.to_string(), "correct office.data; nothing was made");
    }
    let shown = place.settings.store.shown();
    let looked = place.store_to_look(keyring).and_then(|store| {
        let witnessed = if place.witness().exists() { WitnessFile::open(&place.witness())?.all()? } else { Vec::new() };
        let verdicts = against_all(&store, witnessed.iter().map(|witnessed| witnessed.checkpoint.as_str()))?;
        Ok((store.head()?, verdicts.into_iter().find(|verdict| !verdict.is_good())))
    });
    match looked {
        Ok((_, Some(verdict))) => Wrong(format!("{shown}: {verdict}"), "docs/guide/backup-drill.md, where it says what to do with an older copy"),
        Ok((head, None)) => {
            let behind = head.last_at.seconds_since(MachineClock.now());
            if behind > siger_storage::journal::write::CLOCK_TOLERANCE_SECONDS {
                return Wrong(
                    format!("{shown}: the newest entry lies {behind} s after the clock"),
                    "set the clock right; if the entry is wrong, `siger serve --accept-clock`",
                );
            }
            Well(format!("{shown}, {} entries", head.edge.size()))
        }
        Err(error) => Wrong(format!("{shown}: {error:#}"), "look whether the database runs and office.data is right"),
    }
}
