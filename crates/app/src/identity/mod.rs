//! Signing in: the pure pieces. Nothing here reads a clock, a table or a request; the caller hands over the moment and the
//! random bytes and keeps what is returned.
//!
//! | file | idea |
//! | --- | --- |
//! | [`passkey`] | passkeys (WebAuthn): making one, signing in with or without typing a name, proving presence again |
//! | [`password`] | what a password must be, its argon2id hash, a verification that costs the same for a name that nobody has |
//! | [`totp`] | six-digit codes from a phone (RFC 6238), each accepted once |
//! | [`token`] | the session cookie: hash, rotation, lifetimes, freshness, form key |
//! | [`guess`] | limits on guessing that cannot lock the true officer out |
//! | [`recovery`] | one-time links: invitation, lost passkey, lost phone |
//!
//! The threats and the choices are in `docs/design/sign-in.md`.

pub mod guess;
pub mod passkey;
pub mod password;
pub mod recovery;
pub mod token;
pub mod totp;
