//! An entry as it is stored, and the commitment to it that the log holds.

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject};
use siger_domain::id::OfficerId;
use siger_domain::time::Instant;

use crate::engine::Row;
use crate::error::{Error, Result};
use crate::keyring::{KeyIndex, Keyring, Place};
use crate::tlog;

/// Who did something, in which role, why, and when. `actor` is `None` for the program itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: Option<OfficerId>,
    /// In which role.
    pub role: Role,
    /// For what.
    pub purpose: Purpose,
}

/// An entry of the journal as it is stored: open part and sealed body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Position in the journal, from 0.
    pub number: u64,
    /// Who, in which role, why, when.
    pub stamp: Stamp,
    /// About whom or what.
    pub subject: Subject,
    /// What happened.
    pub kind: String,
    /// Form of the body.
    pub version: u16,
    /// Data key of the body.
    pub key: KeyIndex,
    /// Sealed body; empty when the event has no fields.
    pub body: Vec<u8>,
    /// Random bytes that keep the commitment from being guessed.
    pub salt: [u8; 32],
    /// Leaf hash in the log.
    pub leaf: tlog::Hash,
}

/// What a list shows of an entry: its open part, without what seals and proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Position in the journal, from 0.
    pub number: u64,
    /// Who, in which role, why, when.
    pub stamp: Stamp,
    /// About whom or what.
    pub subject: Subject,
    /// What happened.
    pub kind: String,
}

impl Line {
    /// Reads a row that begins with `number, at, actor, role, purpose, subject_kind, subject, kind`.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        let number = row.count(0)?;
        let wrong = |column| Error::Inconsistent { table: "entry", column, row: number.to_string() };
        let subject_id = row.bytes_or_null(6).map_err(|_| wrong("subject"))?;
        Ok(Self {
            number,
            stamp: Stamp {
                at: Instant::from_unix_micros(row.int(1)?),
                actor: row.bytes_or_null(2).map_err(|_| wrong("actor"))?.map(OfficerId::from_bytes),
                role: row.read_text(3, str::parse)?.map_err(|_| wrong("role"))?,
                purpose: row.read_text(4, str::parse)?.map_err(|_| wrong("purpose"))?,
            },
            subject: row.read_text(5, |kind| Subject::from_parts(kind, subject_id))?.ok_or_else(|| wrong("subject"))?,
            kind: row.text(7)?,
        })
    }
}

/// Opens the canonical form of an entry.
const ENTRY_TAG: &[u8] = b"siger entry 1\n";

impl Entry {
    /// Reads a row of `number, at, actor, role, purpose, subject_kind, subject, kind, version, key_index, body, salt, leaf`.
    pub(crate) fn from_row(row: &Row<'_>) -> Result<Self> {
        let Line { number, stamp, subject, kind } = Line::from_row(row)?;
        let wrong = |column| Error::Inconsistent { table: "entry", column, row: number.to_string() };
        Ok(Self {
            number,
            stamp,
            subject,
            kind,
            version: u16::try_from(row.int(8)?).map_err(|_| wrong("version"))?,
            key: KeyIndex::from_i64(row.int(9)?).ok_or_else(|| wrong("key_index"))?,
            body: row.blob(10)?,
            salt: row.bytes(11)?,
            leaf: row.bytes(12)?,
        })
    }

    /// What a list shows of it.
    pub fn line(&self) -> Line {
        Line { number: self.number, stamp: self.stamp, subject: self.subject, kind: self.kind.clone() }
    }

    /// The canonical bytes of the stored entry: every field but salt and leaf, each with its length, big-endian.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(160 + self.body.len());
        out.extend_from_slice(ENTRY_TAG);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.stamp.at.unix_micros().to_be_bytes());
        let mut field = |bytes: &[u8]| {
            out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
            out.extend_from_slice(bytes);
        };
        field(self.stamp.actor.as_ref().map_or(&[], |id| id.as_bytes()));
        field(self.stamp.role.as_str().as_bytes());
        field(self.stamp.purpose.as_str().as_bytes());
        field(self.subject.kind().as_bytes());
        field(self.subject.id().as_ref().map_or(&[], |id| id.as_slice()));
        field(self.kind.as_bytes());
        field(&self.version.to_be_bytes());
        field(&self.key.as_i64().to_be_bytes());
        field(&self.body);
        out
    }

    /// Reads [`Entry::canonical`] back; `None` when a byte is not as it writes them. The leaf is computed, not read.
    pub(crate) fn from_canonical(bytes: &[u8], salt: [u8; 32]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(ENTRY_TAG)?;
        let number = u64::from_be_bytes(take(&mut rest)?);
        let at = Instant::from_unix_micros(i64::from_be_bytes(take(&mut rest)?));
        let actor = match field(&mut rest)? {
            [] => None,
            id => Some(OfficerId::from_slice(id).ok()?),
        };
        let (role, purpose) = (text(&mut rest)?.parse().ok()?, text(&mut rest)?.parse().ok()?);
        let subject_kind = text(&mut rest)?;
        let subject_id = match field(&mut rest)? {
            [] => None,
            id => Some(id.try_into().ok()?),
        };
        let subject = Subject::from_parts(subject_kind, subject_id)?;
        let kind = text(&mut rest)?.to_owned();
        let version = u16::from_be_bytes(field(&mut rest)?.try_into().ok()?);
        let key = KeyIndex::from_i64(i64::from_be_bytes(field(&mut rest)?.try_into().ok()?))?;
        let body = field(&mut rest)?.to_vec();
        if !rest.is_empty() || i64::try_from(number).is_err() {
            return None;
        }
        let mut entry = Self { number, stamp: Stamp { at, actor, role, purpose }, subject, kind, version, key, body, salt, leaf: [0; 32] };
        entry.leaf = entry.expected_leaf();
        Some(entry)
    }

    /// The leaf data: a salted commitment, so that the log says nothing of what is in an entry.
    pub fn commitment(&self) -> [u8; 32] {
        tlog::commitment(&self.salt, &self.canonical())
    }

    /// What the leaf hash must be.
    pub fn expected_leaf(&self) -> tlog::Hash {
        tlog::leaf_hash(&self.commitment())
    }

    /// Opens the body. `None`: its key was destroyed, the person is erased.
    ///
    /// # Errors
    /// When the body was changed or moved, or is of a form not known.
    pub fn open(&self, keyring: &Keyring) -> Result<Option<Event>> {
        if self.body.is_empty() {
            return Ok(Some(Event::decode(&self.kind, self.version, &[])?));
        }
        let row = self.number.to_be_bytes();
        match keyring.open_sealed(self.key, &body_place(&row), &self.body) {
            Ok(Some(body)) => Ok(Some(Event::decode(&self.kind, self.version, &body)?)),
            Ok(None) => Ok(None),
            Err(_) => Err(Error::Damaged { number: self.number }),
        }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}

fn field<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = u32::from_be_bytes(take(rest)?) as usize;
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn text<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    std::str::from_utf8(field(rest)?).ok()
}

/// Where an entry's body is sealed to: its number, so that it opens nowhere else.
pub(crate) fn body_place(number: &[u8; 8]) -> Place<'_> {
    Place { table: "entry", column: "body", row: number }
}
