//! Somebody who works in the office: how they come, stay away, and go, and how they sign in.

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::person::Name;
use crate::personal::Personal;
use crate::time::CivilDate;

/// Where an officer stands. The words are those of the `officer.state` column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Invited, has not signed in yet.
    Invited,
    /// Works here.
    Active,
    /// Access stopped at once, until restored.
    Suspended,
}

impl State {
    /// The word kept in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// Reads the word of the table.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Suspended].into_iter().find(|state| state.as_str() == word)
    }
}

/// The sign-in name of an officer: the part that is typed. Lower case letters, digits, `.`, `-`, `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(Personal<String>);

/// A sign-in name was refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("sign-in name: must hold 2 to {max} of a-z, 0-9, '.', '-', '_' and start with a letter", max = LOGIN_CHARS_MAX)]
pub struct LoginError;

/// Longest sign-in name; typed several times a day.
pub const LOGIN_CHARS_MAX: usize = 40;

impl Login {
    /// Reads a sign-in name as typed; case and outer blanks do not matter.
    ///
    /// # Errors
    /// When it is too short or long or holds other characters.
    pub fn new(raw: &str) -> Result<Self, LoginError> {
        let login = raw.trim().to_lowercase();
        let good = (2..=LOGIN_CHARS_MAX).contains(&login.len())
            && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
            && login.as_bytes()[0].is_ascii_lowercase();
        if good { Ok(Self(Personal::new(login))) } else { Err(LoginError) }
    }

    /// The name as typed, for its keyed hash and for its owner.
    pub fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

impl TryFrom<String> for Login {
    type Error = LoginError;
    fn try_from(raw: String) -> Result<Self, LoginError> {
        Self::new(&raw)
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0.into_revealed()
    }
}

/// What the office keeps of an officer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Name as shown on pages and receipts.
    pub name: Name,
    /// Sign-in name.
    pub login: Login,
    /// Where notices go; an officer may have none.
    pub email: Option<Personal<String>>,
}

/// Longest e-mail address (RFC 5321 §4.5.3.1.3: a path has at most 256 octets with its brackets).
pub const EMAIL_CHARS_MAX: usize = 254;

/// Reads an e-mail address: enough to refuse slips, no more (only a sent letter proves an address).
pub fn email(raw: &str) -> Option<Personal<String>> {
    let raw = raw.trim();
    let (local, host) = raw.rsplit_once('@')?;
    let good = !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && raw.len() <= EMAIL_CHARS_MAX;
    (good && !raw.chars().any(|c| c.is_whitespace() || c.is_control())).then(|| Personal::new(raw.to_owned()))
}

/// Days on which an officer is away (*cuti*); both ends count. Access is refused in that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// First day away.
    pub from: CivilDate,
    /// Last day away.
    pub to: CivilDate,
}

impl Leave {
    /// Whether the officer is away on a day.
    pub fn covers(&self, day: CivilDate) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What proves that an officer is who they say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Credential {
    /// A password: argon2id hash in PHC form. Needs a code beside it.
    Password {
        /// `$argon2id$v=19$...`
        phc: Personal<String>,
    },
    /// A code generator (RFC 6238): secret in Base32.
    Totp {
        /// RFC 4648 Base32, no padding.
        secret: Personal<String>,
    },
    /// A passkey (WebAuthn level 3): the library's record as JSON.
    Passkey {
        /// Opaque to everything but the identity module.
        record: Personal<String>,
    },
}

impl Credential {
    /// The word kept in the table.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Password { .. } => "password",
            Self::Totp { .. } => "totp",
            Self::Passkey { .. } => "passkey",
        }
    }
}

/// Roles in the order of the vocabulary, each once.
pub fn roles(given: impl IntoIterator<Item = Role>) -> Vec<Role> {
    let mut roles: Vec<Role> = given.into_iter().filter(|role| Role::OFFICER.contains(role)).collect();
    roles.sort();
    roles.dedup();
    roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins() {
        assert_eq!(Login::new(" Ratih.S ").map(String::from), Ok("ratih.s".into()));
        for bad in ["", "r", "1a", "a b", "râtih", &"a".repeat(41)] {
            assert_eq!(Login::new(bad), Err(LoginError), "{bad}");
        }
    }

    #[test]
    fn emails() {
        for (raw, good) in [("a@b.id", true), ("a b@c.id", false), ("@b.id", false), ("a@b", false), ("a@b.", false), ("a", false)] {
            assert_eq!(email(raw).is_some(), good, "{raw}");
        }
    }

    #[test]
    fn leave_covers_both_ends() {
        let day = |d| CivilDate::new(2026, 12, d).expect("a day");
        let leave = Leave { from: day(3), to: day(5) };
        assert_eq!([2, 3, 5, 6].map(|d| leave.covers(day(d))), [false, true, true, false]);
    }
}
