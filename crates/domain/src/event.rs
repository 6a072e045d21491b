//! Facts that were decided: the bodies of journal entries.
//!
//! Each kind has a version. A released version is never edited: a new one is added, and [`Event::decode`] brings the old
//! body forward, so that an office's journal of any year can be read.

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::id::{CredentialId, InspectionId, OfficerId, PersonId, RequestId, SessionId};
use crate::inspection::record::{Begun, Standing, Stepped};
use crate::officer::{Credential, Leave, Profile};
use crate::person::{Document, Identity, Note};
use crate::presence::Fact;
use crate::receipt::ReceiptNumber;
use crate::request::{ErasureGround, Matter};
use crate::time::{CivilDate, Instant};

/// What an entry is about; stands in the open part of the entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// The office as a whole.
    Office,
    /// A person's file.
    Person(PersonId),
    /// An officer.
    Officer(OfficerId),
    /// A two-person request.
    Request(RequestId),
}

impl Subject {
    /// The word kept in the entry.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Person(_) => "person",
            Self::Officer(_) => "officer",
            Self::Request(_) => "request",
        }
    }

    /// The identifier, where there is one.
    pub fn id(&self) -> Option<[u8; 16]> {
        match self {
            Self::Office => None,
            Self::Person(id) => Some(*id.as_bytes()),
            Self::Officer(id) => Some(*id.as_bytes()),
            Self::Request(id) => Some(*id.as_bytes()),
        }
    }

    /// Reads the two columns back.
    pub fn from_parts(kind: &str, id: Option<[u8; 16]>) -> Option<Self> {
        Some(match (kind, id) {
            ("office", None) => Self::Office,
            ("person", Some(id)) => Self::Person(PersonId::from_bytes(id)),
            ("officer", Some(id)) => Self::Officer(OfficerId::from_bytes(id)),
            ("request", Some(id)) => Self::Request(RequestId::from_bytes(id)),
            _ => return None,
        })
    }
}

/// A body that cannot be read as the event its entry names.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Written by a newer program, or damaged.
    #[error("event {kind} version {version}: not known to this version of the program")]
    Unknown {
        /// The kind in the entry.
        kind: String,
        /// The version in the entry.
        version: u16,
    },
    /// The body is not what this version writes. The cause is kept out: it could quote the body.
    #[error("event {kind} version {version}: the body does not have the form of this version")]
    Form {
        /// The kind in the entry.
        kind: String,
        /// The version in the entry.
        version: u16,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident = $kind:literal $version:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        /// A fact. The variants' fields are the sealed body; everything else of the entry stands in its open part.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[$doc])* $variant(body::$variant),)* }

        /// The bodies.
        pub mod body {
            use super::*;
            $($(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $variant { $($(#[$field_doc])* pub $field: $type,)* })*
        }

        impl Event {
            /// Every kind with its present version.
            pub const KINDS: &'static [(&'static str, u16)] = &[$(($kind, $version),)*];

            /// The word for this kind, as in the entry.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind,)* }
            }

            /// The version of the body that this program writes.
            pub const fn version(&self) -> u16 {
                match self { $(Self::$variant(_) => $version,)* }
            }

            /// The body as JSON; empty when the event has no fields.
            pub fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$variant(body) => {
                        let json = serde_json::to_vec(body).expect("bodies hold text, numbers and lists only, which JSON can write");
                        if json == b"{}" { Vec::new() } else { json }
                    })*
                }
            }

            /// Reads a body back.
            ///
            /// # Errors
            /// When kind and version are unknown, or the body has another form.
            pub fn decode(kind: &str, version: u16, body: &[u8]) -> Result<Self, DecodeError> {
                let body: &[u8] = if body.is_empty() { b"{}" } else { body };
                match (kind, version) {
                    $(($kind, $version) => serde_json::from_slice(body).map(Self::$variant),)*
                    _ => return Err(DecodeError::Unknown { kind: kind.to_owned(), version }),
                }
                .map_err(|_| DecodeError::Form { kind: kind.to_owned(), version })
            }
        }
    };
}

events! {
    /// The office was made.
    OfficeFounded = "office.founded" 1 {
        /// Short code, part of the log's origin.
        code: String,
        /// Name as shown.
        name: String,
        /// Origin of its log.
        origin: String,
        /// A sample office holds invented people only and says so on every page.
        sample: bool,
        /// IANA name of the time zone in which days are counted and times shown.
        time_zone: String,
    }
    /// An archive was brought back; entries after its last are not in this journal.
    OfficeRestored = "office.restored" 1 {
        /// Number of entries that the archive held.
        size: u64,
        /// Epoch from which new key indexes are given.
        epoch: u16,
    }
    /// A key was rotated: which one, and the public name of the new one.
    KeyRotated = "key.rotated" 1 {
        /// `office`, `log`, `seal` or `lookup`.
        which: String,
        /// Identifier of the new key.
        key: String,
    }
    /// A replaced key was ended: no longer accepted, its secret destroyed.
    KeyRetired = "key.retired" 1 {
        /// `log`, `seal` or `lookup`.
        which: String,
        /// Identifier of the key.
        key: String,
    }
    /// A backup was made.
    OfficeBackedUp = "office.backed_up" 1 {
        /// Number of entries in it.
        size: u64,
        /// Root of the log over them, hexadecimal.
        root: String,
        /// Name of the file, without its folder.
        file: String,
        /// Its bytes.
        bytes: u64,
        /// Pictures and papers that were missing or damaged, and so are not in it.
        missing: u64,
    }
    /// An archive left the office.
    OfficeExported = "office.exported" 1 {
        /// Number of entries in it.
        size: u64,
    }

    /// Somebody was invited to work here.
    OfficerInvited = "officer.invited" 1 {
        /// Name, sign-in name, address.
        profile: Profile,
        /// Roles from the first day: those that the console gave. An officer who invites asks a second person for them.
        roles: Vec<Role>,
    }
    /// A one-time way in was given out: for an invitation, a lost passkey or a lost phone.
    OfficerRecoveryIssued = "officer.recovery_issued" 1 {
        /// SHA-256 of the code; the code itself was shown once.
        hash: String,
        /// Until when it opens.
        expires: Instant,
    }
    /// A one-time way in was withdrawn before anybody used it.
    OfficerRecoveryWithdrawn = "officer.recovery_withdrawn" 1 {}
    /// The officer came in by a one-time code and set up how to sign in; earlier ways ended.
    OfficerJoined = "officer.joined" 1 {}
    /// A way to sign in was added.
    CredentialAdded = "officer.credential_added" 1 {
        /// Its identifier.
        id: CredentialId,
        /// What the officer calls it.
        label: String,
        /// The credential.
        credential: Credential,
    }
    /// A way to sign in was removed.
    CredentialRemoved = "officer.credential_removed" 1 {
        /// Its identifier.
        id: CredentialId,
    }
    /// Roles were changed after a second person agreed.
    OfficerRolesChanged = "officer.roles_changed" 1 {
        /// The whole new set.
        roles: Vec<Role>,
        /// The request that was approved.
        request: RequestId,
    }
    /// Leave was recorded (`None`: cancelled).
    OfficerLeaveSet = "officer.leave_set" 1 {
        /// The days away.
        leave: Option<Leave>,
    }
    /// Access was stopped.
    OfficerSuspended = "officer.suspended" 1 {}
    /// Access was given back.
    OfficerRestored = "officer.restored" 1 {}
    /// What the office knew of an officer who left was erased: their key is destroyed, the row remains.
    OfficerErased = "officer.erased" 1 {
        /// On which ground.
        ground: ErasureGround,
    }
    /// An officer signed in.
    SignedIn = "officer.signed_in" 1 {
        /// The session that began.
        session: SessionId,
        /// `passkey` or `password+totp`.
        method: String,
    }
    /// A session ended before its time: by the officer, or revoked by another.
    SessionEnded = "officer.session_ended" 1 {
        /// The session.
        session: SessionId,
    }
    /// A session's replaced cookie came back: somebody has a copy of it. The session was ended.
    SessionCopied = "officer.session_copied" 1 {
        /// The session.
        session: SessionId,
    }
    /// A passkey's counter did not grow: somebody has a copy of it. The answer was refused.
    PasskeyCopied = "officer.passkey_copied" 1 {
        /// The passkey.
        id: CredentialId,
    }
    /// Many guesses at signing in, and no complete sign-in among them. Written down once a day at most.
    SignInLimited = "officer.sign_in_limited" 1 {}

    /// A file was made for a person.
    PersonRegistered = "person.registered" 1 {
        /// Who they are.
        identity: Identity,
        /// The documents shown.
        documents: Vec<Document>,
    }
    /// What the file says of who they are was corrected; the earlier entry stays.
    PersonCorrected = "person.corrected" 1 {
        /// The whole identity as it now stands.
        identity: Identity,
    }
    /// Another travel document was recorded.
    DocumentAdded = "person.document_added" 1 {
        /// The document.
        document: Document,
    }
    /// An officer noted something.
    PersonNoted = "person.noted" 1 {
        /// The note.
        note: Note,
    }
    /// A picture or paper was added to the file.
    BlobStored = "person.blob_stored" 1 {
        /// Content address of the sealed blob, hexadecimal.
        blob: String,
        /// `portrait` or `paper`.
        kind: String,
        /// Bytes before sealing.
        bytes: u64,
        /// Media type.
        media: String,
    }
    /// Somebody opened the file.
    PersonRead = "person.read" 1 {}
    /// Somebody saw who opened the file.
    ReadersRead = "person.readers_read" 1 {}
    /// Somebody looked at a list of persons or looked one up.
    PersonsSearched = "person.searched" 1 {
        /// `number`, `name`, `list`, or `counter`: others of the same name, beside a scan.
        by: String,
        /// How many were shown.
        found: u32,
    }
    /// The person's key was destroyed.
    PersonErased = "person.erased" 1 {
        /// Why.
        ground: ErasureGround,
        /// The request that was approved; none for the daily job and for a restore.
        request: Option<RequestId>,
    }

    /// Steps of an inspection were taken: by one officer, at one moment.
    InspectionStepped = "inspection.stepped" 1 {
        /// Which inspection.
        inspection: InspectionId,
        /// How it began; in its first entry only.
        begin: Option<Begun>,
        /// The steps, in order.
        steps: Vec<Stepped>,
        /// Where it stands after them.
        standing: Standing,
    }
    /// A decision got the number of its receipt.
    InspectionReceipted = "inspection.receipted" 1 {
        /// Which inspection.
        inspection: InspectionId,
        /// The number. Names nobody.
        number: ReceiptNumber,
        /// Entry of the decision.
        of: u64,
    }
    /// Something was recorded of a stay.
    PresenceRecorded = "presence.recorded" 1 {
        /// The stay, by the inspection that began it.
        stay: InspectionId,
        /// What was recorded.
        fact: Fact,
        /// Last day after it; none without end.
        until: Option<CivilDate>,
        /// Whether the stay goes on.
        open: bool,
    }

    /// A request for a second person was opened.
    RequestOpened = "request.opened" 1 {
        /// What is asked for.
        matter: Matter,
        /// Until when it waits.
        expires: Instant,
    }
    /// The second person agreed.
    RequestApproved = "request.approved" 1 {}
    /// The second person refused.
    RequestDeclined = "request.declined" 1 {}
    /// The first person took it back.
    RequestWithdrawn = "request.withdrawn" 1 {}
    /// Nobody answered in time.
    RequestExpired = "request.expired" 1 {}
    /// The daily job looked for what has passed its kept-until.
    RetentionApplied = "retention.applied" 1 {
        /// Persons erased.
        erased: u32,
        /// Rows of other kinds deleted.
        deleted: u32,
    }
}

/// Whose key seals a body: what destroying that key erases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The office's own data key.
    Office,
    /// The person's data key.
    Person(PersonId),
    /// The officer's data key.
    Officer(OfficerId),
}

impl Event {
    /// Whose key seals this event's body. Requests, searches and numbers of receipts hold no personal data beyond identifiers and
    /// are sealed under the office's key, so that they can be replayed after an erasure: no number of a receipt is given twice.
    pub fn owner(&self, subject: Subject) -> Owner {
        match (self, subject) {
            (Self::PersonErased(_) | Self::OfficerErased(_) | Self::PersonRead(_) | Self::ReadersRead(_) | Self::InspectionReceipted(_), _) => Owner::Office,
            (_, Subject::Person(id)) => Owner::Person(id),
            (_, Subject::Officer(id)) => Owner::Officer(id),
            (_, Subject::Office | Subject::Request(_)) => Owner::Office,
        }
    }

    /// Whether this event begins a file, so that a new data key is given.
    pub const fn begins_file(&self) -> bool {
        matches!(self, Self::PersonRegistered(_) | Self::OfficerInvited(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::{CountryCode, Name, Sex};

    #[test]
    fn bodies_are_read_back() {
        let events = [
            Event::PersonRegistered(body::PersonRegistered {
                identity: Identity {
                    name: Name::new("Contoh Siti").expect("a name"),
                    born: Some(crate::personal::Personal::new("1985".parse().expect("a year"))),
                    sex: Sex::F,
                    nationality: CountryCode::new("nationality", "IDN").expect("a code"),
                },
                documents: Vec::new(),
            }),
            Event::PersonRead(body::PersonRead {}),
            Event::RequestOpened(body::RequestOpened {
                matter: Matter::Roles { officer: OfficerId::from_bytes([3; 16]), roles: vec![Role::Desk] },
                expires: Instant::from_unix_micros(5),
            }),
            Event::RequestOpened(body::RequestOpened {
                matter: Matter::Recover { officer: OfficerId::from_bytes([3; 16]), lost: crate::request::Lost::Phone, hash: "00".repeat(32) },
                expires: Instant::from_unix_micros(5),
            }),
        ];
        for event in events {
            let read = Event::decode(event.kind(), event.version(), &event.encode()).expect("what was written is read");
            assert_eq!(read, event);
        }
    }

    #[test]
    fn a_wrong_body_is_refused_without_quoting_it() {
        let error = Event::decode("person.noted", 1, br#"{"note":"","secret":"SRI"}"#).expect_err("unknown field");
        assert!(!error.to_string().contains("SRI"));
        assert!(matches!(Event::decode("person.noted", 999, b"{}"), Err(DecodeError::Unknown { .. })));
    }

    #[test]
    fn kinds_are_said_once() {
        let mut kinds: Vec<_> = Event::KINDS.iter().map(|(kind, _)| kind).collect();
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), Event::KINDS.len());
    }
}
