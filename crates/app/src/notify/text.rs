//! The words of the messages.

use serde::Deserialize;
use siger_domain::id::JobId;
use siger_domain::personal::Personal;

use super::{About, Message};
use crate::error::{Error, Result};

const TEXT: &str = include_str!("text.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    request_waits: Words,
    roles_changed: Words,
    new_device: Words,
    suspended: Words,
    recovery_asked: Words,
    code: Words,
    code_of_other: Words,
    admitted: Words,
    retention_held: Words,
    session_copied: Words,
    passkey_copied: Words,
    sign_in_limited: Words,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    subject: String,
    id: String,
    en: String,
}

pub(super) fn message(about: About, job: JobId, to: Personal<String>, name: &str, office: &str) -> Result<Message> {
    let texts: Texts = toml::from_str(TEXT).map_err(Error::internal)?;
    let words = match about {
        About::RequestWaits => texts.request_waits,
        About::RolesChanged => texts.roles_changed,
        About::NewDevice => texts.new_device,
        About::Suspended => texts.suspended,
        About::RecoveryAsked => texts.recovery_asked,
        About::Code => texts.code,
        About::CodeOfOther => texts.code_of_other,
        About::Admitted => texts.admitted,
        About::RetentionHeld => texts.retention_held,
        About::SessionCopied => texts.session_copied,
        About::PasskeyCopied => texts.passkey_copied,
        About::SignInLimited => texts.sign_in_limited,
    };
    let part = |words: &str| format!("{name},\r\n\r\n{}\r\n", words.replace("{office}", office));
    let body = format!("{}\r\n---\r\n\r\n{}", part(&words.id), part(&words.en));
    Ok(Message { id: job.to_string(), to, subject: words.subject, body: Personal::new(body) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_has_both_languages() {
        for about in About::ALL {
            let job = JobId::from_bytes([1; 16]);
            let message = message(about, job, Personal::new("a@b.id".into()), "Contoh Ratih", "Kantor Contoh").expect("the texts are there");
            assert!(TEXT.contains(&format!("[{}]", about.as_str())));
            let body = message.body.reveal();
            assert_eq!(body.matches("Contoh Ratih,").count(), 2, "{body}");
            assert_eq!(body.matches("Kantor Contoh").count(), 2, "{body}");
            assert!(!body.contains('{') && !message.subject.contains('{'));
            assert!(!format!("{message:?}").contains("Ratih"));
        }
    }
}
