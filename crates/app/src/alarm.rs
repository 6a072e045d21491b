//! Dangers to an officer's sign-in, once they are noticed: an entry of the journal (from which the officer is told), a line of the log, a figure. What
//! somebody can bring about again and again is written down once a day, so that nobody fills the journal.

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, OfficerId, SessionId};
use siger_domain::time::Instant;
use siger_storage::table::operation;
use siger_storage::{Stamp, Write};

use crate::error::Result;

/// Figure: complete sign-ins, by `method`.
pub const SIGN_INS: &str = "siger_sign_ins_total";
/// Figure: tries to sign in or to prove presence that opened nothing, by `why`.
pub const REFUSALS: &str = "siger_sign_in_refusals_total";
/// Figure: dangers noticed, by `what`.
pub const ALARMS: &str = "siger_sign_in_alarms_total";

/// What was noticed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Danger {
    /// A replaced cookie came back.
    SessionCopied(SessionId),
    /// A passkey's counter did not grow.
    PasskeyCopied(CredentialId),
    /// Many guesses and no sign-in.
    Guesses,
}

impl Danger {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SessionCopied(_) => "session_copied",
            Self::PasskeyCopied(_) => "passkey_copied",
            Self::Guesses => "sign_in_limited",
        }
    }

    /// Writes it down. `false`: it was written down today.
    pub(crate) fn record(self, write: &mut Write<'_, '_>, officer: OfficerId, now: Instant) -> Result<bool> {
        let (due, event) = match self {
            // Happens once to a session, which is over then.
            Self::SessionCopied(session) => (true, Event::SessionCopied(body::SessionCopied { session })),
            Self::PasskeyCopied(id) => (operation::sound_alarm(write, self.as_str(), id.as_bytes(), now)?, Event::PasskeyCopied(body::PasskeyCopied { id })),
            Self::Guesses => (operation::sound_alarm(write, self.as_str(), officer.as_bytes(), now)?, Event::SignInLimited(body::SignInLimited {})),
        };
        if due {
            let stamp = Stamp { at: now, actor: None, role: Role::System, purpose: Purpose::Administration };
            write.append(stamp, Subject::Officer(officer), &event)?;
        }
        Ok(due)
    }

    /// Tells log and figures, after the change was kept.
    pub(crate) fn sound(self, officer: OfficerId) {
        metrics::counter!(ALARMS, "what" => self.as_str()).increment(1);
        tracing::warn!(officer = %officer, what = self.as_str(), "an officer's sign-in is in danger; the journal says which");
    }
}

/// Counts a try that opened nothing.
pub(crate) fn refused(why: &'static str) {
    metrics::counter!(REFUSALS, "why" => why).increment(1);
}

/// Counts a complete sign-in.
pub(crate) fn signed_in(method: &'static str) {
    metrics::counter!(SIGN_INS, "method" => method).increment(1);
}
