//! `siger init`: an empty office, its first administrator and its first head.
//!
//! Both, because the administrator asks for changes of roles and the head answers: with one of them alone nobody could
//! ever be given a role.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use siger_app::founding::{Founding, found};
use siger_app::identity::recovery::Code;
use siger_app::{Office, officer};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::OfficerId;
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;
use siger_domain::time::Clock as _;
use siger_storage::keyring::{Keyring, RootSecret};

use crate::place::{MachineClock, Place, passphrase, random};
use crate::serve::origin;

/// Make an empty office.
#[derive(Args)]
pub struct Init {
    /// Data folder, or postgres://...
    #[arg(long)]
    data: String,
    /// Folder for the keyring and the witness file; never inside the data folder
    #[arg(long)]
    keys: PathBuf,
    /// Short code: capital letters, digits, hyphens
    #[arg(long)]
    code: String,
    /// Name as shown on pages
    #[arg(long)]
    name: String,
    /// Time zone in which days are counted
    #[arg(long, default_value = "Asia/Jakarta")]
    time_zone: String,
    /// Name of the office's log, a host name and path that the office owns: imigrasi.example/way-kanan
    #[arg(long)]
    log_origin: String,
    /// First administrator: sign-in name and full name, "arif=Arif Wibowo"
    #[arg(long)]
    administrator: String,
    /// First head of office, in the same form
    #[arg(long)]
    head: String,
    /// Address at which it will be served
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: std::net::SocketAddr,
}

impl Init {
    pub fn run(self) -> Result<()> {
        let place = Place::new(&self.data, &self.keys)?;
        ensure!(!place.holds_office(), "there is an office in {} already", self.keys.display());
        let officers = [(self.administrator.as_str(), Role::Administrator), (self.head.as_str(), Role::Head)];
        let officers = officers.map(|(text, role)| profile(text).map(|profile| (profile, role)));
        let root = match std::env::var_os("CREDENTIALS_DIRECTORY") {
            Some(folder) => RootSecret::from_credentials(std::path::Path::new(&folder))?,
            None => RootSecret::from_passphrase(passphrase()?),
        };
        let founding = Founding { code: self.code, name: self.name, origin: self.log_origin, sample: false, time_zone: self.time_zone };
        let office = make(&place, &root, founding, &origin(self.listen))?;
        for officer in officers {
            let (profile, role) = officer?;
            let login = profile.login.reveal().to_owned();
            let letters = invite(&office, profile, vec![role])?;
            println!("{role} {login}: {}/join/{letters}", origin(self.listen));
        }
        eprintln!("The office is made. Each link opens once, within a day. Serve it with: siger serve --data ... --keys ...");
        Ok(())
    }
}

fn profile(text: &str) -> Result<Profile> {
    let (login, name) = text.split_once('=').with_context(|| format!("expected SIGN-IN=NAME, found {text:?}"))?;
    Ok(Profile { name: Name::new(name)?, login: Login::new(login)?, email: None })
}

/// Makes keyring, store and the office's first entry, and opens the office.
pub fn make(place: &Place, root: &RootSecret, founding: Founding, origin: &str) -> Result<Office> {
    let keyring = Keyring::create(&place.keys, root, &founding.origin, MachineClock.now(), &random()?)?;
    let store = place.store(keyring, false)?;
    let access = std::sync::Arc::new(siger_app::access::Access::load().map_err(|error| anyhow::anyhow!("the policies: {error}"))?);
    let now = MachineClock.now();
    let by = siger_app::Context::system(access, siger_domain::id::OperationId::new(now, random()?), now, Purpose::Administration);
    store.write_blocking(move |write| found(write, &by, &founding))?;
    place.office(store, origin)
}

/// Invites somebody; the letters of the one-time code.
pub fn invite(office: &Office, profile: Profile, roles: Vec<Role>) -> Result<String> {
    let (id, code) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let (by, letters) = (office.system(Purpose::Administration), code.to_letters());
    office.store().write_blocking(move |write| officer::invite(write, &by, id, profile, roles, &code))?;
    Ok(letters)
}
