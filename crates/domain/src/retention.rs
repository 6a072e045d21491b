//! How long each kind of personal data is kept, why, and what happens at the end: the rules of `law/retention.toml`.
//!
//! Pure: a rule set is read from text and checked as a whole; [`RetentionRules::kept_until`] answers from facts that the
//! caller loaded. The daily erasure lives in the program, not here.

mod parse;

use std::collections::BTreeMap;

use crate::access::Purpose;
use crate::time::CivilDate;
use crate::words::words;

pub use crate::cite::{Bilingual, Citation};
pub use parse::Error;

/// The rules that this program carries.
pub const TEXT: &str = include_str!("../../../law/retention.toml");

words! {
    /// Every kind of personal data that the program keeps. A rule is required for each.
    DataKind {
        /// Name, date of birth, sex, nationality.
        PersonIdentity = "person_identity",
        /// Travel documents: number, dates, issuing country.
        PersonDocument = "person_document",
        /// Notes that officers wrote.
        PersonNote = "person_note",
        /// Pictures and scanned documents.
        PersonPicture = "person_picture",
        /// Inspections: steps, findings, decisions, purpose and length of the stay.
        Inspection = "inspection",
        /// Stays: first and last day, and what was recorded of them.
        Presence = "presence",
        /// Who opened a file, when and why.
        PersonReader = "person_reader",
        /// Officers: name, sign-in name, e-mail, roles, leave.
        OfficerProfile = "officer_profile",
        /// Passkeys, password hashes, code generators of officers.
        Credential = "credential",
        /// Sign-ins that the server keeps.
        Session = "session",
        /// Browsers in which an officer signed in completely, by a hash.
        Device = "device",
        /// Answers of the API that are kept so that a repeated request does nothing twice.
        Answer = "answer",
        /// Requests that a second person answers.
        Request = "request",
        /// What the journal says outside its sealed bodies: number, time, actor, role, purpose, subject, kind.
        JournalMetadata = "journal_metadata",
        /// E-mail to officers waiting, sent or failed.
        Notification = "notification",
        /// Backups: archives of the journal and of pictures and papers, without keys.
        Backup = "backup",
        /// Exports of the whole office.
        Export = "export",
    }
}

words! {
    /// What must have happened before the clock of a rule runs.
    Event {
        /// The last act recorded in a person's file (registration, correction, document, picture, note, step of an inspection); reading is none.
        LastContact = "last_contact",
        /// The person's data key was destroyed.
        PersonErased = "person_erased",
        /// The officer ceased to work here: their access was stopped, or their invitation never used, and nothing about them changed since.
        LeftOffice = "left_office",
        /// It was removed or replaced by its owner or an administrator.
        Removed = "removed",
        /// The sign-in ended or ran out.
        Ended = "ended",
        /// The request was answered, withdrawn or ran out.
        Closed = "closed",
        /// The message was sent, or given up.
        Sent = "sent",
        /// The copy was made.
        Made = "made",
        /// The office was dissolved and its archive handed over.
        OfficeClosed = "office_closed",
    }
}

words! {
    /// What happens when the time is over.
    End {
        /// The data key is destroyed: no table, backup or export opens it again.
        EraseKey = "erase_key",
        /// The row is deleted.
        DeleteRow = "delete_row",
        /// The file is deleted.
        DeleteFile = "delete_file",
        /// The entry stays without content: numbers and times that prove the log, naming nobody.
        KeepTombstone = "keep_tombstone",
    }
}

words! {
    /// Specific personal data (UU 27/2022 art. 4(2)), which needs more care than general data.
    Specific {
        /// Health data.
        Health = "health",
        /// Biometric data.
        Biometric = "biometric",
        /// Genetic data.
        Genetic = "genetic",
        /// Criminal records.
        CriminalRecord = "criminal_record",
        /// Data of children.
        Child = "child",
        /// Personal finance.
        Finance = "finance",
    }
}

/// How long after the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// Calendar days; 0 is the day of the event itself.
    Days(u16),
    /// Calendar years; 29 February becomes 28 February where there is none.
    Years(u8),
}

/// One rule: one kind of data, for the dates in which the rule is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Unique in the file, never used again for another rule.
    pub id: String,
    /// The data it is about.
    pub kind: DataKind,
    /// In force from this day.
    pub from: CivilDate,
    /// In force up to and including this day; `None` is until further notice.
    pub to: Option<CivilDate>,
    /// What the data is and why it is kept so long.
    pub text: Bilingual,
    /// What the data may be used for.
    pub purposes: Vec<Purpose>,
    /// What the rule rests on, never empty.
    pub basis: Vec<Citation>,
    /// The specific personal data in it; empty is general data.
    pub specific: Vec<Specific>,
    /// The clock starts with this event.
    pub after: Event,
    /// And runs this long; the last day is still kept.
    pub span: Span,
    /// A published archive schedule gives this period. Otherwise it is the office's own.
    pub period_verified: bool,
    /// What happens then.
    pub end: End,
}

impl Rule {
    /// Whether every citation and the period were confirmed; if not, pages say "office policy, unconfirmed".
    pub fn is_confirmed(&self) -> bool {
        self.period_verified && self.basis.iter().all(|citation| citation.verified)
    }

    /// Whether the rule is in force on a day.
    pub fn in_force(&self, on: CivilDate) -> bool {
        self.from <= on && self.to.is_none_or(|to| on <= to)
    }
}

/// What the caller knows about the data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The days on which events happened (the latest day of each).
    pub events: BTreeMap<Event, CivilDate>,
    /// An open case, objection or legal proceeding needs the data: nothing ends while it lasts (UU 27/2022 art. 44(1)(c):
    /// not what belongs to legal proceedings).
    pub held: bool,
}

impl Facts {
    /// One event, nothing held.
    pub fn of(event: Event, day: CivilDate) -> Self {
        Self { events: BTreeMap::from([(event, day)]), held: false }
    }

    /// These facts and one event more.
    #[must_use]
    pub fn and(mut self, event: Event, day: CivilDate) -> Self {
        self.events.insert(event, day);
        self
    }

    /// These facts, held by an open case.
    #[must_use]
    pub fn held(mut self) -> Self {
        self.held = true;
        self
    }
}

/// The answer for one piece of data on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptUntil<'a> {
    /// The rule that answers.
    pub rule: &'a Rule,
    /// Until when.
    pub when: When,
}

/// Until when something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Up to and including this day.
    Date(CivilDate),
    /// The event that starts the clock has not happened.
    Waiting(Event),
    /// An open case needs it.
    Held,
    /// No rule was in force yet on that day; kept, and shown as a fault of the rules.
    NotInForce,
}

impl KeptUntil<'_> {
    /// Whether the time is over on that day, so that [`Rule::end`] must be done.
    pub fn is_due(&self, on: CivilDate) -> bool {
        matches!(self.when, When::Date(date) if date < on)
    }
}

/// A rule set that passed every check.
#[derive(Clone, Debug)]
pub struct RetentionRules {
    rules: Vec<Rule>,
    hash: [u8; 32],
}

impl RetentionRules {
    /// Reads and checks a rule set, and runs its worked examples.
    ///
    /// # Errors
    /// Every fault found: not TOML, an unknown word, a kind of data without a rule, a gap or overlap in dates, an id used
    /// twice, a missing text, purpose, citation or example, an example that comes out otherwise.
    pub fn parse(text: &str) -> Result<Self, Vec<Error>> {
        parse::parse(text)
    }

    /// The rules that this program carries.
    ///
    /// # Errors
    /// As [`RetentionRules::parse`]; a test keeps it from happening.
    pub fn embedded() -> Result<Self, Vec<Error>> {
        Self::parse(TEXT)
    }

    /// Until when data of this kind is kept, by the rule in force on the day `on`. A changed rule holds for old data too.
    pub fn kept_until(&self, kind: DataKind, facts: &Facts, on: CivilDate) -> KeptUntil<'_> {
        let mut of_kind = self.rules.iter().filter(|rule| rule.kind == kind);
        let first = of_kind.clone().next().expect("each kind has a rule: parse refuses otherwise");
        let Some(rule) = of_kind.find(|rule| rule.in_force(on)) else {
            return KeptUntil { rule: first, when: When::NotInForce };
        };
        let when = match facts.events.get(&rule.after) {
            _ if facts.held => When::Held,
            None => When::Waiting(rule.after),
            Some(day) => When::Date(add(*day, rule.span)),
        };
        KeptUntil { rule, when }
    }

    /// Every rule, sorted by kind and then by the day it came into force.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// SHA-256 over the text of the rules, kept with each erasure so that it can be told which rules it followed.
    pub const fn rule_set_hash(&self) -> [u8; 32] {
        self.hash
    }

    /// [`Self::rule_set_hash`] in hexadecimal.
    pub fn rule_set_hash_hex(&self) -> String {
        self.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The day this long after; the last day of the calendar (9999-12-31) when it would lie beyond.
fn add(day: CivilDate, span: Span) -> CivilDate {
    let moved = match span {
        Span::Days(days) => day.plus_days(i32::from(days)),
        Span::Years(years) => day.plus_months(i32::from(years) * 12),
    };
    moved.unwrap_or(CivilDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        text.parse().expect("a day of the test")
    }

    #[test]
    fn the_embedded_rules_are_taken() {
        let rules = RetentionRules::embedded().unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert!(DataKind::ALL.iter().all(|kind| rules.rules().iter().any(|rule| rule.kind == *kind)));
        assert!(rules.rules().iter().any(|rule| !rule.is_confirmed()), "what nobody confirmed must not look confirmed");
        assert_eq!(rules.rule_set_hash_hex().len(), 64);
    }

    #[test]
    fn the_last_day_is_still_kept() {
        for (from, span, until) in [
            ("2026-01-31", Span::Days(0), "2026-01-31"),
            ("2026-01-31", Span::Days(30), "2026-03-02"),
            ("2024-02-29", Span::Years(1), "2025-02-28"),
            ("2024-02-29", Span::Years(4), "2028-02-29"),
            ("9990-01-01", Span::Years(100), "9999-12-31"),
        ] {
            assert_eq!(add(day(from), span), day(until), "{from} {span:?}");
        }
        let rules = RetentionRules::embedded().expect("tested above");
        let facts = Facts::of(Event::LastContact, day("2025-06-01"));
        let kept = rules.kept_until(DataKind::PersonIdentity, &facts, day("2026-01-01"));
        let When::Date(last) = kept.when else { panic!("{:?}", kept.when) };
        assert!(!kept.is_due(last));
        assert!(kept.is_due(add(last, Span::Days(1))));
    }

    #[test]
    fn a_hold_and_a_missing_event_keep_data() {
        let rules = RetentionRules::embedded().expect("tested above");
        let on = day("2090-01-01");
        let facts = Facts::of(Event::LastContact, day("2025-06-01"));
        assert!(rules.kept_until(DataKind::PersonIdentity, &facts, on).is_due(on));
        assert_eq!(rules.kept_until(DataKind::PersonIdentity, &facts.clone().held(), on).when, When::Held);
        assert_eq!(rules.kept_until(DataKind::PersonIdentity, &Facts::default(), on).when, When::Waiting(Event::LastContact));
        assert_eq!(rules.kept_until(DataKind::PersonIdentity, &facts, day("1999-01-01")).when, When::NotInForce);
    }
}
