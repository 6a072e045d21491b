//! `siger invite`: from the console, a new officer, or a way back in for one who lost passkey or phone.
//!
//! For the day on which nobody is left who could ask or agree. It goes without a second person: whoever has the office's root secret may do it; the journal
//! says that the program did, and heads of office get a message.

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use siger_app::identity::recovery::Code;
use siger_app::officer;
use siger_domain::access::{Purpose, Role};
use siger_domain::officer::{Login, Profile, email};
use siger_domain::person::Name;
use siger_domain::request::Lost;
use siger_storage::table::officer as table;

use crate::flags::{How, Where};
use crate::init;

/// Let somebody in from the console.
#[derive(Args)]
pub struct Invite {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    how: How,
    /// Sign-in name
    #[arg(long)]
    login: String,
    /// A new officer's full name
    #[arg(long, required_unless_present = "lost", conflicts_with = "lost")]
    name: Option<String>,
    /// A new officer's role; several times for several
    #[arg(long, required_unless_present = "lost", conflicts_with = "lost", value_name = "ROLE")]
    role: Vec<Role>,
    /// A new officer's e-mail address
    #[arg(long, conflicts_with = "lost")]
    email: Option<String>,
    /// What an officer who works here lost; their sign-ins end now
    #[arg(long, value_enum)]
    lost: Option<What>,
}

/// What was lost.
#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The device with the passkey
    Passkey,
    /// The phone that shows codes
    Phone,
}

impl Invite {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&self.how)?;
        let origin = place.origin(place.settings.listen.port());
        let login = Login::new(&self.login)?;
        let email = self.email.as_deref().map(|text| email(text).context("--email: not an e-mail address")).transpose()?;
        let name = self.name.as_deref().map(Name::new).transpose()?;
        let unknown = self.role.iter().find(|role| !Role::OFFICER.contains(role));
        anyhow::ensure!(unknown.is_none(), "--role: no officer can hold this role; the roles are {}", words(Role::OFFICER));
        let office = place.office(&origin)?;
        let letters = match (self.lost, name) {
            (Some(lost), _) => {
                let lost = match lost {
                    What::Passkey => Lost::Passkey,
                    What::Phone => Lost::Phone,
                };
                let (code, by) = (office.with_random(Code::new), office.system(Purpose::Administration));
                let letters = code.to_letters();
                office.store().write_blocking(move |write| {
                    let keyring = write.keyring().clone();
                    let known = table::by_login(write, &keyring, &login)?.ok_or(siger_app::Error::NotFound)?;
                    officer::readmit(write, &by, known.id, &code, lost)
                })?;
                letters
            }
            (None, Some(name)) => init::invite(&office, Profile { name, login, email }, self.role)?,
            (None, None) => anyhow::bail!("--name is missing"),
        };
        println!("{}: {origin}/join/{letters}", self.login);
        eprintln!("The link opens once, within a day. Give it to nobody else.");
        Ok(())
    }
}

fn words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}
