//! Mail by SMTP (RFC 5321): to a server of the office or on this machine.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, SmtpTransport, Transport};
use siger_domain::personal::Personal;

use super::{Message, Notifier, NotifyError};

/// How long the server may take for each step.
const STEP_SECONDS: u64 = 20;

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte (usually port 465, RFC 8314).
    Implicit,
    /// Plain, then TLS before anything else; refused when the server has none (usually port 587).
    StartTls,
    /// None: only for a mail server on this machine.
    Loopback,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Host name of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Address that the messages come from.
    pub from: String,
    /// Protection.
    pub protection: Protection,
    /// User name and password, where the server asks for them.
    pub login: Option<(String, Personal<String>)>,
}

/// Why mail cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// `from` is not an address.
    #[error("mail: the sender is not an e-mail address")]
    From,
    /// Without protection, mail would show officers' names to the network.
    #[error("mail: a server on another machine needs TLS")]
    NotLoopback,
    /// TLS cannot be set up.
    #[error("mail: TLS cannot be set up")]
    Tls(#[source] lettre::transport::smtp::Error),
}

/// Sends mail.
#[derive(Clone, Debug)]
pub struct Smtp {
    transport: SmtpTransport,
    from: Address,
}

impl Smtp {
    /// Sets mail up; connects to nothing yet.
    ///
    /// # Errors
    /// When the sender is not an address, or an unprotected server is not on this machine.
    pub fn new(settings: SmtpSettings) -> Result<Self, SetupError> {
        Self::with_patience(settings, Duration::from_secs(STEP_SECONDS))
    }

    /// [`Smtp::new`] with another patience for each step of the conversation.
    ///
    /// # Errors
    /// As [`Smtp::new`].
    pub fn with_patience(settings: SmtpSettings, step: Duration) -> Result<Self, SetupError> {
        let from: Address = settings.from.parse().map_err(|_| SetupError::From)?;
        let parameters = || TlsParameters::new(settings.host.clone()).map_err(SetupError::Tls);
        let tls = match settings.protection {
            Protection::Implicit => Tls::Wrapper(parameters()?),
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::Loopback if is_loopback(&settings.host) => Tls::None,
            Protection::Loopback => return Err(SetupError::NotLoopback),
        };
        let hello = ClientId::Domain(from.domain().to_owned());
        let mut builder = SmtpTransport::builder_dangerous(settings.host.as_str()).port(settings.port).tls(tls).timeout(Some(step)).hello_name(hello);
        if let Some((user, password)) = settings.login {
            builder = builder.credentials(Credentials::new(user, password.into_revealed()));
        }
        Ok(Self { transport: builder.build(), from })
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether the server did not answer: an expired read of a socket is "would block" on Linux, which lettre does not count.
fn is_slow(error: &lettre::transport::smtp::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        }
        source = cause.source();
    }
    error.is_timeout()
}

impl Notifier for Smtp {
    fn send(&self, message: &Message) -> Result<(), NotifyError> {
        let to: Address = message.to.reveal().parse().map_err(|_| NotifyError::Address)?;
        let mail = lettre::Message::builder()
            .from(Mailbox::new(None, self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(message.subject.as_str())
            .message_id(Some(format!("<{}@{}>", message.id, self.from.domain())))
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(message.body.reveal().clone()))
            .map_err(|_| NotifyError::Address)?;
        match self.transport.send(&mail) {
            Ok(answer) if answer.is_positive() => Ok(()),
            Ok(answer) => Err(NotifyError::Refused { code: answer.code().into() }),
            Err(error) if is_slow(&error) => Err(NotifyError::Slow),
            Err(error) if error.is_permanent() || error.is_transient() => Err(NotifyError::Refused { code: error.status().map_or(0, Into::into) }),
            Err(_) => Err(NotifyError::Unreachable),
        }
    }
}
