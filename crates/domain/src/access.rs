//! The vocabulary of access: who (role), does what (action), to which kind of thing (resource), why (purpose).
//!
//! Whether it is allowed is said by the policies in `policy/`, never here.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The text names no member of a vocabulary.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no such {kind}: the word is not in the list")]
pub struct UnknownWord {
    pub(crate) kind: &'static str,
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every member, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in the journal, the tables, the policies and the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord { kind: $kind }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = UnknownWord;
            fn try_from(text: String) -> Result<Self, UnknownWord> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }
    };
}

vocabulary! {
    /// What somebody is in the office. Section names and signature rights differ between offices, so the roles are
    /// bundles of rights in `policy/`, and an officer may hold several.
    Role, "role" {
        /// *Petugas loket*: officer at the counter.
        Desk = "desk",
        /// *Pemeriksa pertama*: primary inspector.
        Primary = "primary",
        /// *Pemeriksa lanjutan*: secondary inspector, supervisor of the post.
        Secondary = "secondary",
        /// Head of the section of stay permits and immigration status.
        Stay = "stay",
        /// Head of intelligence and enforcement (*Inteldakim*).
        Intelligence = "intelligence",
        /// Head of office.
        Head = "head",
        /// Reconciles payments of state revenue (*PNBP*).
        Cashier = "cashier",
        /// Field officer, member of the foreigner-supervision team (*TIMPORA*).
        Monitor = "monitor",
        /// Operator of the watch room.
        Operator = "operator",
        /// Personal-data protection officer (*pejabat pelindungan data pribadi*).
        PrivacyOfficer = "privacy_officer",
        /// Information and documentation officer (*PPID*).
        InformationOfficer = "information_officer",
        /// Auditor: reads, never writes.
        Auditor = "auditor",
        /// Looks after the program: officers, keys, settings; never reads a person's file.
        Administrator = "administrator",
        /// Works here, and no role has been approved yet: looks after their own sign-in. Held instead of any other, never
        /// given.
        Newcomer = "newcomer",
        /// A higher authority whose approval is recorded here, not given here (Director-General).
        HigherApproval = "higher_approval",
        /// An applicant (*pemohon*), outside the office.
        Applicant = "applicant",
        /// A guarantor (*penjamin*), outside the office.
        Guarantor = "guarantor",
        /// Owner of a lodging, outside the office.
        Lodging = "lodging",
        /// The program itself: clocks and daily jobs.
        System = "system",
    }
}

impl Role {
    /// The roles that an officer of the office can hold (and an administrator can give).
    pub const OFFICER: &'static [Self] = &[
        Self::Desk,
        Self::Primary,
        Self::Secondary,
        Self::Stay,
        Self::Intelligence,
        Self::Head,
        Self::Cashier,
        Self::Monitor,
        Self::Operator,
        Self::PrivacyOfficer,
        Self::InformationOfficer,
        Self::Auditor,
        Self::Administrator,
    ];
}

/// The roles that one person holds. Copying and comparing it costs nothing, so it can be part of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RoleSet(u32);

impl RoleSet {
    /// No role: somebody whose roles a second person has not approved yet.
    pub const EMPTY: Self = Self(0);

    /// Just this role.
    pub const fn of(role: Role) -> Self {
        Self(1 << role as u32)
    }

    /// This set and the role.
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | Self::of(role).0)
    }

    /// Whether the role is in the set.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & Self::of(role).0 != 0
    }

    /// Whether there is no role.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.contains(*role))
    }

    /// The set as bits, one for each role in the order of [`Role::ALL`]. For keys in memory only: the order of roles may
    /// change between versions, so the bits are never stored.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::EMPTY, Self::with)
    }
}

vocabulary! {
    /// Why somebody does something with personal data. Stands in every journal entry (UU 27/2022: processing is bound
    /// to its purpose).
    Purpose, "purpose" {
        /// A service at the counter.
        CounterService = "counter_service",
        /// Inspection of a traveller.
        Inspection = "inspection",
        /// A case about a stay permit.
        StayPermit = "stay_permit",
        /// Supervision and enforcement.
        Enforcement = "enforcement",
        /// A right of the data subject: access, correction, erasure.
        PrivacyRequest = "privacy_request",
        /// Audit of the office.
        Audit = "audit",
        /// Running the office and its program.
        Administration = "administration",
        /// Keeping to the kept-until of the law.
        Retention = "retention",
    }
}

vocabulary! {
    /// The kinds of thing that access is decided on.
    ResourceKind, "resource" {
        /// A person's file.
        Person = "person",
        /// A picture or document kept sealed.
        Blob = "blob",
        /// The inspection of a person at the counter or at a post.
        Inspection = "inspection",
        /// Somebody who works in the office.
        Officer = "officer",
        /// A sign-in of an officer.
        Session = "session",
        /// A request waiting for a second person.
        Request = "request",
        /// The journal and its proofs.
        Journal = "journal",
        /// The office itself: settings, keys, backups.
        Office = "office",
        /// The kept-until rules and the daily erasure.
        Retention = "retention",
        /// Work for later.
        Job = "job",
    }
}

vocabulary! {
    /// Everything that can be done. The part before the dot is the resource kind.
    Action, "action" {
        /// Look for persons by number or list them.
        PersonSearch = "person.search",
        /// Open a person's file.
        PersonRead = "person.read",
        /// Make a file for a new person.
        PersonRegister = "person.register",
        /// Correct or complete what a file says.
        PersonCorrect = "person.correct",
        /// Add a note to a file.
        PersonNote = "person.note",
        /// See who opened a file.
        PersonReaders = "person.readers",
        /// Ask that a person's data be erased (a second person answers).
        PersonErase = "person.erase",
        /// Add a picture or document to a file.
        BlobStore = "blob.store",
        /// See a picture or document of a file.
        BlobRead = "blob.read",
        /// See who waits and where their inspections stand, without names.
        InspectionList = "inspection.list",
        /// See an inspection with its findings.
        InspectionRead = "inspection.read",
        /// Scan, call, take over, put back, end before a decision.
        InspectionInspect = "inspection.inspect",
        /// Let in, or register a visit.
        InspectionDecide = "inspection.decide",
        /// Send to secondary.
        InspectionRefer = "inspection.refer",
        /// Put right what a decision said.
        InspectionCorrect = "inspection.correct",
        /// See who works here, with roles and leave.
        OfficerList = "officer.list",
        /// Invite somebody to work here; their roles are asked for (a second person answers).
        OfficerInvite = "officer.invite",
        /// At the console: let somebody in with roles, or back in, without a second person.
        OfficerAdmit = "officer.admit",
        /// Ask that an officer's roles change (a second person answers).
        OfficerRoles = "officer.roles",
        /// Record leave.
        OfficerLeave = "officer.leave",
        /// Stop an officer's access at once.
        OfficerSuspend = "officer.suspend",
        /// Lift the stop of an officer's access.
        OfficerRestore = "officer.restore",
        /// Ask that an officer who lost passkey or phone gets a one-time way back in (a second person answers).
        OfficerRecover = "officer.recover",
        /// Withdraw a one-time code before it is used.
        OfficerWithdraw = "officer.withdraw",
        /// Manage one's own ways to sign in.
        OfficerCredential = "officer.credential",
        /// See the sign-ins of other officers.
        SessionList = "session.list",
        /// End another officer's sign-in.
        SessionRevoke = "session.revoke",
        /// See the requests waiting for a second person.
        RequestList = "request.list",
        /// Take back a request that one opened.
        RequestWithdraw = "request.withdraw",
        /// Answer a request to change roles.
        RequestRoles = "request.roles",
        /// Answer a request to let an officer back in.
        RequestRecover = "request.recover",
        /// Answer a request to erase.
        RequestErase = "request.erase",
        /// See the journal (without the sealed bodies).
        JournalList = "journal.list",
        /// Get the proof that an entry is in the log.
        JournalProve = "journal.prove",
        /// See the settings and the state of the office.
        OfficeRead = "office.read",
        /// Rotate a key.
        OfficeKeys = "office.keys",
        /// Make a backup.
        OfficeBackup = "office.backup",
        /// See what the daily erasure would erase.
        RetentionPreview = "retention.preview",
        /// Run the daily erasure.
        RetentionApply = "retention.apply",
        /// See the work for later and what failed.
        JobList = "job.list",
    }
}

impl Action {
    /// The kind of thing this action is done to.
    pub fn resource(self) -> ResourceKind {
        let word = self.as_str();
        let kind = word.split('.').next().unwrap_or(word);
        kind.parse().expect("the part of an action before the dot is a resource kind (tested)")
    }

    /// Whether the officer must have proved again, within the last minutes, that it is they (passkey or fresh code).
    pub const fn needs_fresh_sign_in(self) -> bool {
        matches!(
            self,
            Self::PersonErase
                | Self::OfficerInvite
                | Self::OfficerRoles
                | Self::OfficerSuspend
                | Self::OfficerRestore
                | Self::OfficerRecover
                | Self::OfficerCredential
                | Self::RequestRoles
                | Self::RequestRecover
                | Self::RequestErase
                | Self::OfficeKeys
                | Self::OfficeBackup
                | Self::RetentionApply
        )
    }
}

/// A competence that the academy certifies and that lapses. None is asked for by the ground; the word exists so that a
/// policy can name one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Competence(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_resource() {
        for action in Action::ALL {
            assert_eq!(action.as_str().parse(), Ok(*action));
            assert!(ResourceKind::ALL.contains(&action.resource()), "{action}");
        }
        for kind in ResourceKind::ALL {
            assert!(Action::ALL.iter().any(|action| action.resource() == *kind), "nothing is done to {kind}");
        }
    }

    #[test]
    fn a_role_set_holds_what_was_put_in() {
        assert!(Role::ALL.len() <= 32, "one bit for each role");
        let set: RoleSet = [Role::Head, Role::Desk, Role::Desk].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Role::Desk, Role::Head]);
        assert!(set.contains(Role::Head) && !set.contains(Role::System));
        assert!(RoleSet::EMPTY.is_empty() && !set.is_empty());
        assert_eq!(Role::ALL.iter().copied().collect::<RoleSet>().iter().count(), Role::ALL.len());
    }

    #[test]
    fn words_are_read_back_and_others_refused() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
        assert!("root".parse::<Role>().is_err());
        assert!("".parse::<Purpose>().is_err());
    }
}
