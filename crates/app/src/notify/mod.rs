//! Messages to officers. An entry becomes a job exactly once; the job sends the message, again after a failure.
//!
//! A job holds who and what, never an address or a name: both are opened when the message is sent, so that the message
//! of an officer who changed or left goes to the right place or nowhere.

mod follow;
mod smtp;
mod text;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use siger_domain::access::Action;
use siger_domain::id::{JobId, OfficerId};
use siger_domain::personal::Personal;
use siger_storage::Write;
use siger_storage::table::officer;

use crate::context;
use crate::error::{Error, Result};
use crate::job;
use crate::office::Office;

pub use follow::follow;
pub use smtp::{Protection, Smtp, SmtpSettings};

/// How long one message may take altogether, whatever the other side does.
const SEND_SECONDS_MAX: u64 = 120;

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Names the message, the same in every try: a mail program shows it once.
    pub id: String,
    /// Where it goes.
    pub to: Personal<String>,
    /// Indonesian and English.
    pub subject: String,
    /// Indonesian, then English.
    pub body: Personal<String>,
}

/// Why a message was not sent. Says nothing of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// The address, or that of the office, is not one that mail can go to.
    #[error("the address of the message cannot be used")]
    Address,
    /// The server answered no.
    #[error("the mail server refused the message ({code})")]
    Refused {
        /// Its answer (RFC 5321 §4.2), 0 when it gave none.
        code: u16,
    },
    /// No connection, or it broke, or its certificate is not trusted.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// It did not answer.
    #[error("the mail server did not answer in time")]
    Slow,
}

/// A way to reach officers. Called on a thread that may wait.
pub trait Notifier: Send + Sync {
    /// Sends one message.
    ///
    /// # Errors
    /// When the message was not taken; the caller tries again later.
    fn send(&self, message: &Message) -> Result<(), NotifyError>;
}

/// An office without mail: messages are dropped, and pages say all of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

impl Notifier for Off {
    fn send(&self, _: &Message) -> Result<(), NotifyError> {
        Ok(())
    }
}

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A request waits for them as second person.
    RequestWaits,
    /// Their roles changed.
    RolesChanged,
    /// They signed in from a browser not seen before.
    NewDevice,
    /// Their access was stopped.
    Suspended,
    /// Somebody asked that a one-time code lets them in again.
    RecoveryAsked,
    /// A one-time code that lets them in came into force.
    Code,
    /// The same, to the heads of office, about another.
    CodeOfOther,
    /// The console let somebody in with roles: to the heads of office.
    Admitted,
    /// The program did not erase by itself what is due: somebody has to look first.
    RetentionHeld,
    /// Somebody used a copy of their cookie.
    SessionCopied,
    /// Somebody used a copy of their passkey.
    PasskeyCopied,
    /// Many guesses at their account.
    SignInLimited,
}

impl About {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::RequestWaits,
        Self::RolesChanged,
        Self::NewDevice,
        Self::Suspended,
        Self::RecoveryAsked,
        Self::Code,
        Self::CodeOfOther,
        Self::Admitted,
        Self::RetentionHeld,
        Self::SessionCopied,
        Self::PasskeyCopied,
        Self::SignInLimited,
    ];

    /// The word in the texts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequestWaits => "request_waits",
            Self::RolesChanged => "roles_changed",
            Self::NewDevice => "new_device",
            Self::Suspended => "suspended",
            Self::RecoveryAsked => "recovery_asked",
            Self::Code => "code",
            Self::CodeOfOther => "code_of_other",
            Self::Admitted => "admitted",
            Self::RetentionHeld => "retention_held",
            Self::SessionCopied => "session_copied",
            Self::PasskeyCopied => "passkey_copied",
            Self::SignInLimited => "sign_in_limited",
        }
    }
}

/// What a job of the kind `notify` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notice {
    pub(crate) to: OfficerId,
    pub(crate) about: About,
}

/// Puts a message on the list, in the transaction of what it tells.
pub(crate) fn add(write: &mut Write<'_, '_>, office: &Office, notice: Notice) -> Result<()> {
    let payload = serde_json::to_vec(&notice).map_err(Error::internal)?;
    job::add(write, office, job::NOTIFY, payload, office.now(), None).map(drop)
}

/// Tells whoever may do one of the actions, once for each who has not been sent the same yet.
pub(crate) fn alert(write: &mut Write<'_, '_>, office: &Office, about: About, actions: &[Action]) -> Result<()> {
    let mut to = Vec::new();
    for action in actions {
        to.extend(crate::officer::who_may(write, office, *action, context::About::default())?);
    }
    to.sort();
    to.dedup();
    for to in to {
        let payload = serde_json::to_vec(&Notice { to, about }).map_err(Error::internal)?;
        job::add(write, office, job::NOTIFY, payload, office.now(), Some(&format!("{} {to}", about.as_str())))?;
    }
    Ok(())
}

/// Sends the message of a job. Done as well when there is nobody to send it to.
pub(crate) async fn deliver(office: &Office, notifier: &Arc<dyn Notifier>, id: JobId, payload: &[u8]) -> Result<()> {
    let notice: Notice = serde_json::from_slice(payload).map_err(Error::internal)?;
    let keyring = office.store().keyring().clone();
    let profile = office
        .read(move |tx| match officer::get(tx, notice.to)? {
            Some(row) => Ok(officer::profile(tx, &keyring, &row)?),
            None => Ok(None),
        })
        .await?;
    let Some(profile) = profile else { return Ok(()) };
    let Some(to) = profile.email else { return Ok(()) };
    let message = text::message(notice.about, id, to, profile.name.reveal(), &office.info().name)?;
    let notifier = notifier.clone();
    let sending = tokio::task::spawn_blocking(move || notifier.send(&message));
    match tokio::time::timeout(Duration::from_secs(SEND_SECONDS_MAX), sending).await {
        Ok(sent) => sent.map_err(Error::internal)?.map_err(Error::internal),
        Err(_) => Err(Error::internal(NotifyError::Slow)),
    }
}
