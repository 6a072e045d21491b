//! `siger demo`: a sample office with invented people, ready to sign in to.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use siger_app::founding::Founding;
use siger_app::identity::password::Typed;
use siger_app::identity::totp::{self, Secret};
use siger_app::{Context, Office, person, sign_in};
use siger_domain::access::{Purpose, RoleSet};
use siger_domain::id::{OfficerId, PersonId};
use siger_domain::officer::{Login, Profile};
use siger_domain::person::{Name, Note};
use siger_storage::keyring::{ForSampleOffice, Keyring, RootSecret};
use siger_synth::{NOTES, OFFICERS};

use crate::init::{invite, make};
use crate::place::{Place, random};
use crate::serve::{origin, serve};

/// The password of every sample officer: printed for everybody who makes a sample office, so it protects nothing.
const PASSWORD: &str = "kain tapis berbenang emas";
/// Invented persons in a sample office.
const PERSONS: u32 = 60;

/// Make a sample office and serve it.
#[derive(Args)]
pub struct Demo {
    /// Data folder
    #[arg(long, default_value = "./data")]
    data: String,
    /// Folder of the keys; never inside the data folder
    #[arg(long, default_value = "./keys")]
    keys: PathBuf,
    /// Folder of style sheets, fonts and scripts
    #[arg(long)]
    assets: Option<PathBuf>,
    /// Address to listen on; this machine only
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Make the office and end
    #[arg(long)]
    prepare: bool,
    /// Print the present six digits of a sample officer and end
    #[arg(long, value_name = "SIGN-IN")]
    code: Option<String>,
}

/// A sample officer as written down beside the keys.
#[derive(Serialize, Deserialize)]
struct Known {
    login: String,
    name: String,
    password: String,
    otpauth: String,
    roles: Vec<siger_domain::access::Role>,
}

impl Demo {
    pub fn run(self) -> Result<()> {
        let place = Place::new(&self.data, &self.keys)?;
        let list = self.keys.join("sample-officers.json");
        if let Some(login) = &self.code {
            let known: Vec<Known> = serde_json::from_slice(&std::fs::read(&list).context("there is no sample office here; make one first")?)?;
            let officer = known.iter().find(|officer| officer.login == *login).with_context(|| format!("no sample officer {login}"))?;
            println!("{}", code(&officer.otpauth)?);
            return Ok(());
        }
        let office = if list.exists() {
            let keyring = Keyring::open(&place.keys, &place.root()?)?;
            place.office(place.store(keyring, false)?, &origin(self.listen))?
        } else {
            anyhow::ensure!(
                !place.holds_office(),
                "{} holds keys of an office that is no sample, or of one that was not finished; choose another folder, or remove data and keys to begin anew",
                self.keys.display()
            );
            let office = found(&place, self.listen)?;
            let known = fill(&office)?;
            // Written last: the office is a whole one once this file is there.
            std::fs::write(&list, serde_json::to_vec_pretty(&known)?).context("write the list of sample officers")?;
            office
        };
        let known: Vec<Known> = serde_json::from_slice(&std::fs::read(&list)?)?;
        say(&known, self.listen)?;
        if self.prepare {
            return Ok(());
        }
        serve(office, self.assets, self.listen)
    }
}

fn found(place: &Place, listen: SocketAddr) -> Result<Office> {
    std::fs::create_dir_all(&place.keys).with_context(|| format!("make {}", place.keys.display()))?;
    let root = RootSecret::create_file(&place.sample_secret(), &random()?, ForSampleOffice)?;
    let founding = Founding {
        code: "WKN".into(),
        name: "Kantor Imigrasi Way Kanan (contoh)".into(),
        origin: "contoh.siger.example/way-kanan".into(),
        sample: true,
        time_zone: "Asia/Jakarta".into(),
    };
    make(place, &root, founding, &origin(listen))
}

fn fill(office: &Office) -> Result<Vec<Known>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut known = Vec::new();
        let mut desk = None;
        for officer in OFFICERS {
            let profile = Profile { name: Name::new(officer.name)?, login: Login::new(officer.login)?, email: None };
            let letters = invite(office, profile, officer.roles.to_vec())?;
            let setup = sign_in::join_password(office, &letters, Typed::new(PASSWORD.into())).await?;
            // The step before the present one, so that the first code that a newcomer types is not refused as used.
            let secret = Secret::from_base32(&setup.secret.replace(' ', "")).context("the secret that was just made")?;
            let begun = sign_in::join_code(office, &setup.ceremony, &totp::code(&secret, office.now().plus_seconds(-30))).await?;
            desk.get_or_insert(begun.officer);
            let roles = officer.roles.to_vec();
            known.push(Known { login: officer.login.into(), name: officer.name.into(), password: PASSWORD.into(), otpauth: setup.uri, roles });
        }
        persons(office, desk.context("the first sample officer works at the desk")?).await?;
        Ok(known)
    })
}

async fn persons(office: &Office, desk: OfficerId) -> Result<()> {
    let by = Context {
        officer: Some(desk),
        roles: RoleSet::of(siger_domain::access::Role::Desk),
        purpose: Some(Purpose::CounterService),
        ..office.system(Purpose::CounterService)
    };
    for number in 0..PERSONS {
        let sample = siger_synth::person(number);
        let (id, by) = (PersonId::new(office.now(), office.random()), Context { now: office.now(), ..by.clone() });
        office
            .write(move |write| {
                person::register(write, &by, id, sample.identity, vec![sample.document])?;
                if let Some(note) = NOTES.get(number as usize % (2 * NOTES.len())) {
                    person::note(write, &by, id, Note::new(note).map_err(siger_app::Error::internal)?)?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

fn code(otpauth: &str) -> Result<String> {
    use siger_domain::time::Clock as _;
    let secret =
        otpauth.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).and_then(Secret::from_base32).context("the list of sample officers")?;
    Ok(totp::code(&secret, crate::place::MachineClock.now()))
}

fn say(known: &[Known], listen: SocketAddr) -> Result<()> {
    println!("Sample office: everybody in it is invented. Kantor contoh: semua orang di dalamnya rekaan.");
    println!("  address   {}", origin(listen));
    println!("  password  {PASSWORD}   (the same for each sample officer)");
    println!("  code      siger demo --keys ... --code SIGN-IN prints the present one; it changes every 30 seconds");
    for officer in known {
        let roles: Vec<&str> = officer.roles.iter().map(|role| role.as_str()).collect();
        println!("  {:<11} code now {}   {}", officer.login, code(&officer.otpauth)?, roles.join(", "));
    }
    Ok(())
}
