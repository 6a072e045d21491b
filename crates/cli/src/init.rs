//! `siger init`: an empty office, its first administrator and its first head.
//!
//! Both, because the administrator asks for changes of roles and the head answers: with one of them alone nobody could
//! ever be given a role.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use siger_app::founding::{Founding, found};
use siger_app::identity::recovery::Code;
use siger_app::random::Os;
use siger_app::{Office, officer};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::OfficerId;
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;
use siger_domain::time::Clock as _;
use siger_storage::keyring::{KEYRING_NAME, Keyring, RootSecret};

use crate::flags::{How, Where};
use crate::place::{MachineClock, Place, access, random};

/// Make an empty office.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: How,
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
}

impl Init {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&self.how)?;
        ensure!(!place.sample_secret().exists(), "{} holds the keys of a sample office; choose another folder", place.keys().display());
        let officers = [(self.administrator.as_str(), Role::Administrator), (self.head.as_str(), Role::Head)];
        // Read before anything is made.
        let [administrator, head] = officers.map(|(text, role)| profile(text).map(|profile| (profile, role)));
        let officers = [administrator?, head?];
        ensure!(officers[0].0.login != officers[1].0.login, "administrator and head need different sign-in names: one asks, the other answers");
        let root = place.new_root()?;
        let founding = Founding { code: self.code, name: self.name, origin: self.log_origin, sample: false, time_zone: self.time_zone };
        let origin = place.origin(place.settings.listen.port());
        let firsts = officers.map(|(profile, role)| First { profile, role, code: Code::new(&mut Os) });
        let links: Vec<String> =
            firsts.iter().map(|first| format!("{} {}: {origin}/join/{}", first.role, first.profile.login.reveal(), first.code.to_letters())).collect();
        make(&place, &root, founding, &origin, firsts.into())?;
        // Only what is kept is shown.
        links.iter().for_each(|link| println!("{link}"));
        eprintln!("The office is made. Each link opens once, within a day. Serve it as the same user, and copy the keys now: docs/guide/keys.md");
        Ok(())
    }
}

fn profile(text: &str) -> Result<Profile> {
    let (login, name) = text.split_once('=').with_context(|| format!("expected SIGN-IN=NAME, found {text:?}"))?;
    Ok(Profile { name: Name::new(name)?, login: Login::new(login)?, email: None })
}

/// Somebody to be let in first.
pub struct First {
    profile: Profile,
    role: Role,
    code: Code,
}

/// Makes keyring, store, the office's first entry and the first invitations, the last two in one transaction, and opens the office. A keyring that an
/// interrupted try left is used.
pub fn make(place: &Place, root: &RootSecret, founding: Founding, origin: &str, firsts: Vec<First>) -> Result<Office> {
    let keyring = if place.keys().join(KEYRING_NAME).exists() {
        let left = Keyring::open(place.keys(), root).context("there is a keyring already")?;
        ensure!(left.origin() == founding.origin, "there is a keyring already, for the log {}: choose an empty folder for the keys", left.origin());
        left
    } else {
        Keyring::create(place.keys(), root, &founding.origin, MachineClock.now(), &random())?
    };
    let store = place.store(keyring)?;
    let now = MachineClock.now();
    let by = siger_app::Context::system(std::sync::Arc::new(access()?), siger_domain::id::OperationId::new(now, random()), now, Purpose::Administration);
    store.write_blocking(move |write| -> siger_app::Result<()> {
        found(write, &by, &founding)?;
        for First { profile, role, code } in firsts {
            officer::admit(write, &by, OfficerId::new(now, random()), profile, vec![role], &code)?;
        }
        Ok(())
    })?;
    place.office_in(store, origin)
}

/// Invites somebody who holds these roles from the first day; the letters of the one-time code.
pub fn invite(office: &Office, profile: Profile, roles: Vec<Role>) -> Result<String> {
    let (id, code) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let (by, letters) = (office.system(Purpose::Administration), code.to_letters());
    office.store().write_blocking(move |write| officer::admit(write, &by, id, profile, roles, &code))?;
    Ok(letters)
}
