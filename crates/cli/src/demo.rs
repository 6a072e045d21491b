//! `siger demo`: a sample office with invented people, ready to sign in to.

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use siger_app::founding::Founding;
use siger_app::identity::password::Typed;
use siger_app::identity::totp::{self, Secret};
use siger_app::{Office, sign_in};
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;
use siger_storage::keyring::{ForSampleOffice, RootSecret};
use siger_synth::OFFICERS;

use crate::flags::{How, Where};
use crate::init::{invite, make};
use crate::place::{Place, make_private, random};
use crate::sample;
use crate::serving::serve;

/// The password of every sample officer: printed for everybody who makes a sample office, so it protects nothing.
const PASSWORD: &str = "kain tapis berbenang emas";

/// Make a sample office and serve it.
#[derive(Args)]
pub struct Demo {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: How,
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
        let place = self.place.sample_place(&self.how)?;
        let list = place.keys().join("sample-officers.json");
        if let Some(login) = &self.code {
            let known: Vec<Known> = serde_json::from_slice(&std::fs::read(&list).context("there is no sample office here; make one first")?)?;
            let officer = known.iter().find(|officer| officer.login == *login).with_context(|| format!("no sample officer {login}"))?;
            println!("{}", code(&officer.otpauth)?);
            return Ok(());
        }
        if !list.exists() {
            anyhow::ensure!(
                !place.holds_office(),
                "{} holds keys of an office that is no sample, or of one that was not finished; choose another folder, or remove data and keys to begin anew",
                place.keys().display()
            );
            let known = fill(&found(&place)?)?;
            // Written last: the office is a whole one once this file is there.
            write_private(&list, &serde_json::to_vec_pretty(&known)?).context("write the list of sample officers")?;
        }
        if let Some(backups) = &place.settings.backups {
            make_private(&backups.folder)?;
        }
        let known: Vec<Known> = serde_json::from_slice(&std::fs::read(&list)?)?;
        say(&known, &place)?;
        if self.prepare {
            return Ok(());
        }
        serve(&place)
    }
}

fn found(place: &Place) -> Result<Office> {
    make_private(place.keys())?;
    let root = RootSecret::create_file(&place.sample_secret(), &random(), ForSampleOffice)?;
    let founding = Founding {
        code: "WKN".into(),
        name: "Kantor Imigrasi Way Kanan (contoh)".into(),
        origin: "contoh.siger.example/way-kanan".into(),
        sample: true,
        time_zone: "Asia/Jakarta".into(),
    };
    make(place, &root, founding, &place.origin(place.settings.listen.port()), Vec::new())
}

fn fill(office: &Office) -> Result<Vec<Known>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut known, mut ids) = (Vec::new(), Vec::new());
        for officer in OFFICERS {
            let profile = Profile { name: Name::new(officer.name)?, login: Login::new(officer.login)?, email: None };
            let letters = invite(office, profile, officer.roles.to_vec())?;
            let setup = sign_in::join_password(office, &letters, Typed::new(PASSWORD.into())).await?;
            // The step before the present one, so that the first code that a newcomer types is not refused as used.
            let secret = Secret::from_base32(&setup.secret.replace(' ', "")).context("the secret that was just made")?;
            let begun = sign_in::join_code(office, &setup.ceremony, &totp::code(&secret, office.now().plus_seconds(-30))).await?;
            ids.push((officer, begun.officer));
            let roles = officer.roles.to_vec();
            known.push(Known { login: officer.login.into(), name: officer.name.into(), password: PASSWORD.into(), otpauth: setup.uri, roles });
        }
        sample::history(office, &ids).await?;
        Ok(known)
    })
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn secret(otpauth: &str) -> Result<Secret> {
    otpauth.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).and_then(Secret::from_base32).context("the list of sample officers")
}

fn code(otpauth: &str) -> Result<String> {
    use siger_domain::time::Clock as _;
    Ok(totp::code(&secret(otpauth)?, crate::place::MachineClock.now()))
}

fn say(known: &[Known], place: &Place) -> Result<()> {
    println!("Sample office: everybody in it is invented. Kantor contoh: semua orang di dalamnya rekaan.");
    println!("  address   {}", place.origin(place.settings.listen.port()));
    println!("  password  {PASSWORD}   (the same for each sample officer)");
    println!("  code      six digits, new every 30 seconds. The present one of an officer, in another terminal:");
    println!(
        "              {} demo --keys {} --code {}",
        this_program(),
        word(place.keys()),
        known.first().map_or("SIGN-IN", |officer| officer.login.as_str())
    );
    println!("            or give the officer's secret to an authenticator application");
    for officer in known {
        let roles: Vec<&str> = officer.roles.iter().map(|role| role.as_str()).collect();
        println!("  {:<11} code now {}   secret {}   {}", officer.login, code(&officer.otpauth)?, secret(&officer.otpauth)?.to_typed(), roles.join(", "));
    }
    Ok(())
}

/// How this program is called from where it was started: it is seldom in PATH when it was just built.
fn this_program() -> String {
    let Ok(program) = std::env::current_exe() else { return "siger".into() };
    let here = std::env::current_dir().ok().and_then(|here| program.strip_prefix(here).ok().map(|below| Path::new(".").join(below)));
    word(&here.unwrap_or(program))
}

/// A path as one word of a shell's line.
fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_of_a_shell() {
        for (path, expected) in [("./target/release/siger", "./target/release/siger"), ("/a b/siger", "'/a b/siger'"), ("/it's", r"'/it'\''s'")] {
            assert_eq!(word(Path::new(path)), expected);
        }
    }
}
