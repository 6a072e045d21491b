//! How mail goes out, as the settings say.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use siger_app::notify::{Notifier, Off, Protection, Smtp, SmtpSettings};
use siger_domain::personal::Personal;

use crate::place::credentials;
use crate::settings::{Mail, MailTls};

/// Name of the systemd credential with the password at the mail server.
const CREDENTIAL: &str = "siger-mail";

/// The notifier; without a mail server messages are only on the pages.
///
/// # Errors
/// When the password is not there, or the settings cannot be used.
pub fn notifier(mail: Option<&Mail>) -> Result<Arc<dyn Notifier>> {
    let Some(mail) = mail else { return Ok(Arc::new(Off)) };
    let login = mail.user.clone().map(|user| Ok::<_, anyhow::Error>((user, Personal::new(password()?)))).transpose()?;
    let protection = match mail.tls {
        MailTls::Implicit => Protection::Implicit,
        MailTls::StartTls => Protection::StartTls,
        MailTls::None => Protection::Loopback,
    };
    let settings = SmtpSettings { host: mail.host.clone(), port: mail.port, from: mail.from.clone(), protection, login };
    Ok(Arc::new(Smtp::new(settings).context("settings: mail")?))
}

fn password() -> Result<String> {
    let folder =
        credentials().context("settings: mail.user: its password comes from the systemd credential siger-mail, and CREDENTIALS_DIRECTORY is not set")?;
    let path = folder.join(CREDENTIAL);
    let text = fs::read_to_string(&path).with_context(|| format!("settings: mail.user: read the password in {}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
