//! Officers and their ways to sign in.

use siger_domain::access::Role;
use siger_domain::event::{Event, Subject};
use siger_domain::id::{CredentialId, OfficerId};
use siger_domain::officer::{Credential, Leave, Login, Profile, State};
use siger_domain::time::Instant;

use super::exactly_one;
use crate::engine::{Row, Tx};
use crate::error::{Error, Result};
use crate::journal::{Entry, read};
use crate::keyring::{KeyIndex, Keyring};
use crate::params;

/// Domain of the keyed hashes of sign-in names.
pub const LOGIN_DOMAIN: &str = "sign-in name";
/// Most officers listed at once: far above any office; keeps a page bounded.
pub const OFFICERS_MAX: u32 = 2_000;

/// A row of `officer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Identifier.
    pub id: OfficerId,
    /// Their data key.
    pub key: KeyIndex,
    /// Entry that holds name, sign-in name and address.
    pub profile: u64,
    /// Where they stand.
    pub state: State,
    /// What they may do is said by these.
    pub roles: Vec<Role>,
    /// Days away.
    pub leave: Option<Leave>,
    /// Until when a one-time code opens, where one is in force.
    pub recovery_expires: Option<Instant>,
    /// The entry of their erasure.
    pub erased: Option<u64>,
}

fn officer(row: &Row<'_>) -> Result<Officer> {
    let wrong = |column| Error::Inconsistent { table: "officer", column, row: "(read)".into() };
    let day =
        |index| -> Result<Option<siger_domain::time::CivilDate>> { row.text_or_null(index)?.map(|day| day.parse()).transpose().map_err(|_| wrong("leave")) };
    Ok(Officer {
        id: OfficerId::from_bytes(row.bytes(0)?),
        key: KeyIndex::from_i64(row.int(1)?).ok_or_else(|| wrong("key_index"))?,
        profile: row.count(2)?,
        state: State::parse(&row.text(3)?).ok_or_else(|| wrong("state"))?,
        roles: row.text(4)?.split_whitespace().map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong("roles"))?,
        leave: match (day(5)?, day(6)?) {
            (Some(from), Some(to)) => Some(Leave { from, to }),
            _ => None,
        },
        recovery_expires: row.int_or_null(7)?.map(Instant::from_unix_micros),
        erased: row.int_or_null(8)?.map(|number| u64::try_from(number).map_err(|_| wrong("erased"))).transpose()?,
    })
}

fn subject_id(entry: &Entry) -> Result<OfficerId> {
    match entry.subject {
        Subject::Officer(id) => Ok(id),
        _ => Err(Error::Inconsistent { table: "entry", column: "subject", row: entry.number.to_string() }),
    }
}

fn words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn apply(tx: &mut Tx<'_>, keyring: &Keyring, entry: &Entry, event: &Event) -> Result<()> {
    let at = entry.stamp.at;
    match event {
        Event::OfficerInvited(body) => {
            let hash = login_hash(keyring, &body.profile.login);
            tx.execute(
                "INSERT INTO officer (id, key_index, profile, login_hash, state, roles, changed_at) VALUES ($1, $2, $3, $4, 'invited', $5, $6)",
                params![subject_id(entry)?.as_bytes(), entry.key.as_i64(), entry.number as i64, &hash, &words(&body.roles), at],
            )?;
        }
        Event::OfficerRecoveryIssued(body) => {
            let hash: [u8; 32] = crate::hex(&body.hash).ok_or(Error::Inconsistent { table: "entry", column: "body", row: entry.number.to_string() })?;
            let rows = tx.execute(
                "UPDATE officer SET recovery = $1, recovery_expires = $2, changed_at = $3 WHERE id = $4",
                params![&hash, body.expires, at, subject_id(entry)?.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerRecoveryWithdrawn(_) => {
            let rows = tx.execute(
                "UPDATE officer SET recovery = NULL, recovery_expires = NULL, changed_at = $1 WHERE id = $2",
                params![at, subject_id(entry)?.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerJoined(_) => {
            let id = subject_id(entry)?;
            let rows = tx.execute(
                "UPDATE officer SET state = 'active', recovery = NULL, recovery_expires = NULL, changed_at = $1 WHERE id = $2",
                params![at, id.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
            tx.execute("DELETE FROM credential WHERE officer = $1", params![id.as_bytes()])?;
        }
        Event::CredentialAdded(body) => {
            tx.execute(
                "INSERT INTO credential (id, officer, kind, entry) VALUES ($1, $2, $3, $4)",
                params![body.id.as_bytes(), subject_id(entry)?.as_bytes(), body.credential.kind(), entry.number as i64],
            )?;
        }
        Event::CredentialRemoved(body) => {
            let rows = tx.execute("DELETE FROM credential WHERE id = $1 AND officer = $2", params![body.id.as_bytes(), subject_id(entry)?.as_bytes()])?;
            exactly_one(rows, "credential", entry)?;
        }
        Event::OfficerRolesChanged(body) => {
            let rows =
                tx.execute("UPDATE officer SET roles = $1, changed_at = $2 WHERE id = $3", params![&words(&body.roles), at, subject_id(entry)?.as_bytes()])?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerLeaveSet(body) => {
            let (from, to) = (body.leave.map(|leave| leave.from.to_string()), body.leave.map(|leave| leave.to.to_string()));
            let rows = tx.execute(
                "UPDATE officer SET leave_from = $1, leave_to = $2, changed_at = $3 WHERE id = $4",
                params![from.as_ref(), to.as_ref(), at, subject_id(entry)?.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerSuspended(_) => {
            let rows = tx.execute("UPDATE officer SET state = 'suspended', changed_at = $1 WHERE id = $2", params![at, subject_id(entry)?.as_bytes()])?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerRestored(_) => {
            // Whoever came in has a way to sign in since then; whoever never came is invited, as before access was stopped.
            let rows = tx.execute(
                "UPDATE officer SET changed_at = $1,
                 state = CASE WHEN EXISTS (SELECT 1 FROM credential WHERE credential.officer = officer.id) THEN 'active' ELSE 'invited' END WHERE id = $2",
                params![at, subject_id(entry)?.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
        }
        Event::OfficerErased(_) => {
            let id = subject_id(entry)?;
            // The identifier stands where the hash of the sign-in name was: it is as unique, and says nothing.
            let rows = tx.execute(
                "UPDATE officer SET login_hash = id, state = 'suspended', roles = '', leave_from = NULL, leave_to = NULL,
                 recovery = NULL, recovery_expires = NULL, erased = $1, changed_at = $2 WHERE id = $3 AND erased IS NULL",
                params![entry.number as i64, at, id.as_bytes()],
            )?;
            exactly_one(rows, "officer", entry)?;
            tx.execute("DELETE FROM credential WHERE officer = $1", params![id.as_bytes()])?;
        }
        _ => {}
    }
    Ok(())
}

/// An officer whose key was destroyed before this replay: the row, without what it said. The erasure's own entry follows.
pub(super) fn apply_erased_invitation(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    tx.execute(
        "INSERT INTO officer (id, key_index, profile, login_hash, state, roles, changed_at) VALUES ($1, $2, $3, $1, 'suspended', '', $4)",
        params![subject_id(entry)?.as_bytes(), entry.key.as_i64(), entry.number as i64, entry.stamp.at],
    )?;
    Ok(())
}

fn login_hash(keyring: &Keyring, login: &Login) -> [u8; 16] {
    keyring.lookup_hash(LOGIN_DOMAIN, login.reveal())
}

/// The row of an officer.
///
/// # Errors
/// When the engine refuses or the row is damaged.
pub fn get(tx: &mut Tx<'_>, id: OfficerId) -> Result<Option<Officer>> {
    tx.first(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer WHERE id = $1",
        params![id.as_bytes()],
        officer,
    )
}

/// The officer with this sign-in name.
///
/// # Errors
/// As [`get`].
pub fn by_login(tx: &mut Tx<'_>, keyring: &Keyring, login: &Login) -> Result<Option<Officer>> {
    // While a look-up key is being replaced, some rows still carry the hash of the old one.
    for hash in keyring.lookup_hashes(LOGIN_DOMAIN, login.reveal()) {
        let found = tx.first(
            "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer WHERE login_hash = $1",
            params![&hash],
            officer,
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The officer whom a one-time code (its SHA-256) lets in, if it has not run out.
///
/// # Errors
/// As [`get`].
pub fn by_recovery(tx: &mut Tx<'_>, code_hash: &[u8; 32], now: Instant) -> Result<Option<Officer>> {
    tx.first(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer WHERE recovery = $1 AND recovery_expires > $2",
        params![code_hash, now],
        officer,
    )
}

/// Everybody who was not erased, in the order they came.
///
/// # Errors
/// As [`get`].
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Officer>> {
    tx.query(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer WHERE erased IS NULL ORDER BY profile LIMIT $1",
        params![OFFICERS_MAX],
        officer,
    )
}

/// Those who were invited before entry `before` and not erased, newest first.
///
/// # Errors
/// As [`get`].
pub fn newest(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<Officer>> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    tx.query(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer
         WHERE erased IS NULL AND profile < $1 ORDER BY profile DESC LIMIT $2",
        params![before, limit.min(OFFICERS_MAX)],
        officer,
    )
}

/// Those who do not work here and about whom nothing changed since `before`: access stopped, or an invitation never used.
///
/// # Errors
/// As [`get`].
pub fn gone_since(tx: &mut Tx<'_>, before: Instant) -> Result<Vec<Officer>> {
    tx.query(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer
         WHERE state <> 'active' AND erased IS NULL AND changed_at < $1 ORDER BY profile LIMIT $2",
        params![before, OFFICERS_MAX],
        officer,
    )
}

/// Those who were erased.
///
/// # Errors
/// As [`get`].
pub fn erased(tx: &mut Tx<'_>) -> Result<Vec<Officer>> {
    tx.query(
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer
         WHERE erased IS NOT NULL ORDER BY profile DESC LIMIT $1",
        params![OFFICERS_MAX],
        officer,
    )
}

/// Name, sign-in name and address; `None` when the officer's key was destroyed.
///
/// # Errors
/// When the entry is missing or damaged.
pub fn profile(tx: &mut Tx<'_>, keyring: &Keyring, officer: &Officer) -> Result<Option<Profile>> {
    let wrong = || Error::Inconsistent { table: "officer", column: "profile", row: officer.profile.to_string() };
    match read::entry(tx, officer.profile)?.ok_or_else(wrong)?.open(keyring)? {
        Some(Event::OfficerInvited(body)) => Ok(Some(body.profile)),
        None => Ok(None),
        Some(_) => Err(wrong()),
    }
}

/// A way to sign in, opened.
#[derive(Clone, Debug)]
pub struct CredentialRow {
    /// Identifier.
    pub id: CredentialId,
    /// What the officer calls it.
    pub label: String,
    /// Since when.
    pub added_at: Instant,
    /// The credential itself.
    pub credential: Credential,
}

/// An officer's ways to sign in, oldest first.
///
/// # Errors
/// As [`profile`].
pub fn credentials(tx: &mut Tx<'_>, keyring: &Keyring, id: OfficerId) -> Result<Vec<CredentialRow>> {
    let entries = tx.query("SELECT entry FROM credential WHERE officer = $1 ORDER BY entry LIMIT 50", params![id.as_bytes()], |row| row.count(0))?;
    let mut found = Vec::with_capacity(entries.len());
    for number in entries {
        let wrong = || Error::Inconsistent { table: "credential", column: "entry", row: number.to_string() };
        let entry = read::entry(tx, number)?.ok_or_else(wrong)?;
        match entry.open(keyring)? {
            Some(Event::CredentialAdded(body)) => {
                found.push(CredentialRow { id: body.id, label: body.label, added_at: entry.stamp.at, credential: body.credential });
            }
            None => {}
            Some(_) => return Err(wrong()),
        }
    }
    Ok(found)
}

/// The officer who holds a way to sign in; none where it is gone.
///
/// # Errors
/// As [`get`].
pub fn credential_owner(tx: &mut Tx<'_>, id: CredentialId) -> Result<Option<OfficerId>> {
    tx.first("SELECT officer FROM credential WHERE id = $1", params![id.as_bytes()], |row| Ok(OfficerId::from_bytes(row.bytes(0)?)))
}

/// Replaces the keyed hash of a sign-in name after the look-up key was rotated.
///
/// # Errors
/// As [`profile`].
pub fn rehash(tx: &mut Tx<'_>, keyring: &Keyring, officer: &Officer) -> Result<()> {
    if let Some(profile) = profile(tx, keyring, officer)? {
        let hash = login_hash(keyring, &profile.login);
        let rows = tx.execute("UPDATE officer SET login_hash = $1 WHERE id = $2", params![&hash, officer.id.as_bytes()])?;
        if rows != 1 {
            return Err(Error::Inconsistent { table: "officer", column: "id", row: officer.id.to_string() });
        }
    }
    Ok(())
}
