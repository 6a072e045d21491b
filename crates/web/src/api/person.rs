//! Persons: register, list, open, look up, note, correct, record a document, see who looked.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use serde::{Deserialize, Serialize};
use siger_app::error::Fault;
use siger_app::person::{ByName, Change, Who};
use siger_app::{Error, person};
use siger_domain::event::Event;
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, NAME_CHARS_MAX, Name, Note, PersonError, Sex};
use siger_domain::personal::Personal;
use siger_storage::Entry;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{At, Caller, Here};
use super::given::{Given, Part};
use super::journal::EntryBody;
use super::once::{Key, Made, MadeBody, made, once};
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![
        ("/persons", get(list).post(register)),
        ("/persons/lookup", post(lookup)),
        ("/persons/search", post(search)),
        ("/persons/{id}", get(open)),
        ("/persons/{id}/notes", post(note)),
        ("/persons/{id}/corrections", post(correct)),
        ("/persons/{id}/documents", post(add_document)),
        ("/persons/{id}/readers", get(readers)),
    ]
}

/// Who a person is.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityBody {
    /// The whole name as on the document, in any script; at most 200 characters.
    #[schema(example = "Contoh Siti", max_length = 200)]
    name: String,
    /// Date of birth as far as known: year, year and month, or the day.
    #[schema(example = "1985-03")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    born: Option<String>,
    /// As the document states it: F, M or X.
    #[schema(example = "F")]
    sex: String,
    /// One to three letters (ICAO Doc 9303 part 3, §5).
    #[schema(example = "MYS")]
    nationality: String,
}

/// A travel document.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentBody {
    /// `passport`, `travel_document`, `identity_card` or `convention_document`.
    #[schema(example = "passport")]
    kind: String,
    /// Who issued it: one to three letters.
    #[schema(example = "MYS")]
    issuer: String,
    /// Letters and digits; blanks and hyphens are dropped.
    #[schema(example = "A1234567", max_length = 30)]
    number: String,
    /// Last day of validity, where there is one.
    #[schema(example = "2031-05-01")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

/// A new file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterBody {
    identity: IdentityBody,
    /// At most ten.
    #[serde(default)]
    #[schema(max_items = 10)]
    documents: Vec<DocumentBody>,
}

/// A note for a file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteBody {
    /// At most 4,000 characters.
    #[schema(max_length = 4000)]
    text: String,
}

/// A correction of who a person is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectBody {
    /// Entry of the identity that was seen (`identity_entry` of the file), so that two officers do not overwrite each other.
    seen: u64,
    /// The whole identity as it should be.
    identity: IdentityBody,
}

/// What a document says of itself, enough to find it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupBody {
    /// Who issued it: one to three letters.
    #[schema(example = "MYS")]
    issuer: String,
    /// Letters and digits.
    #[schema(example = "A1234567")]
    number: String,
}

/// A name, or parts of one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchBody {
    /// Words of the name or their beginnings, in any order; at least two letters.
    #[schema(example = "sit rah", max_length = 200)]
    name: String,
}

/// Persons with such a name, best first.
#[derive(Serialize, ToSchema)]
pub(super) struct NamedBody {
    /// At most 50.
    persons: Vec<ListedBody>,
    /// Whether every file was looked at. While the index of names is built it is false, and whoever is missing here was not
    /// checked, which never counts as absent.
    complete: bool,
}

/// A person in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct ListedBody {
    id: Uuid,
    /// Entry that made the file; the order of lists.
    registered: u64,
    /// Newest change, RFC 3339 in UTC.
    changed_at: String,
    /// Null where the entry that says it cannot be read.
    identity: Option<IdentityBody>,
}

/// Persons, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ListBody {
    persons: Vec<ListedBody>,
    /// Address of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A file.
#[derive(Serialize, ToSchema)]
pub(super) struct FileBody {
    id: Uuid,
    /// Entry that made the file.
    registered: u64,
    /// Newest change, RFC 3339 in UTC.
    changed_at: String,
    /// Entry that holds the present identity; to be named in a correction. Absent: erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_entry: Option<u64>,
    /// Absent: erased, or `unreadable` names its entry; a correction then takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityBody>,
    documents: Vec<DocumentBody>,
    /// What changed it, newest first. Notes only where they were written for purposes for which the caller may open the file, or all where
    /// the caller may list readers for the purpose of this call.
    history: Vec<HistoryBody>,
    /// The newest looks before this one, at most five: those for purposes for which the caller may open the file, or all where the caller may
    /// list readers for the purpose of this call.
    looks: Vec<EntryBody>,
    /// Entries of this file that cannot be read; absent where all can. What they say is missing above, and the rest is whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<UnreadableBody>,
    /// The entry of this look.
    read_entry: u64,
    /// Address of older history; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An entry that cannot be read.
#[derive(Serialize, ToSchema)]
pub(super) struct UnreadableBody {
    /// What lacks it: `identity`, `documents`, `history` or `looks`.
    #[schema(example = "documents")]
    part: &'static str,
    entry: u64,
}

/// An entry of a file's history.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryBody {
    number: u64,
    /// RFC 3339 in UTC.
    at: String,
    /// The officer; absent: the program itself, or withheld like `purpose`.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Uuid>,
    /// Absent: withheld like `purpose`.
    #[schema(example = "desk")]
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// Absent: done for a purpose for which the caller may not open the file; by whom is not said either.
    #[schema(example = "counter_service")]
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'static str>,
    /// What it is about: `person`.
    subject_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Uuid>,
    /// What happened.
    #[schema(example = "person.noted")]
    kind: String,
    /// The note, where the entry is one and it is not erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// Who looked at a file.
#[derive(Serialize, ToSchema)]
pub(super) struct ReadersBody {
    readers: Vec<EntryBody>,
    /// Address of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Gathers refused fields, so that one answer names them all.
#[derive(Default)]
struct Checks(Vec<Fault>);

impl Checks {
    fn take<T, E>(&mut self, field: &'static str, read: Result<T, E>, reason: impl FnOnce(&E) -> &'static str) -> Option<T> {
        read.map_err(|error| self.0.push(Fault { field, reason: reason(&error) })).ok()
    }

    fn done<T>(self, value: Option<T>) -> Result<T, Refused> {
        value.filter(|_| self.0.is_empty()).ok_or_else(|| Error::Invalid(self.0).into())
    }
}

fn reason(error: &PersonError) -> &'static str {
    match error {
        PersonError::NameEmpty => "missing",
        PersonError::TooLong { .. } => "too_long",
        PersonError::Control { .. } => "control_character",
        PersonError::Country { .. } => "not_a_code",
        PersonError::DocumentNumber { .. } => "not_a_number",
        PersonError::Word { .. } => "unknown_word",
    }
}

impl IdentityBody {
    fn of(identity: &Identity) -> Self {
        let sex = match identity.sex {
            Sex::F => "F",
            Sex::M => "M",
            Sex::X => "X",
        };
        Self {
            name: identity.name.reveal().to_owned(),
            born: identity.born.as_ref().map(|born| born.reveal().to_string()),
            sex: sex.to_owned(),
            nationality: identity.nationality.to_string(),
        }
    }

    fn check(&self, checks: &mut Checks) -> Option<Identity> {
        let name = checks.take("name", Name::new(&self.name), reason);
        let born = match self.born.as_deref() {
            None | Some("") => Some(None),
            Some(text) => checks.take("born", text.parse(), |_| "not_a_date").map(|date| Some(Personal::new(date))),
        };
        let sex = checks.take(
            "sex",
            match self.sex.as_str() {
                "F" => Ok(Sex::F),
                "M" => Ok(Sex::M),
                "X" => Ok(Sex::X),
                _ => Err(()),
            },
            |()| "unknown_word",
        );
        let nationality = checks.take("nationality", CountryCode::new("nationality", &self.nationality), reason);
        Some(Identity { name: name?, born: born?, sex: sex?, nationality: nationality? })
    }
}

impl DocumentBody {
    fn of(document: &Document) -> Self {
        Self {
            kind: document.kind.as_str().to_owned(),
            issuer: document.issuer.to_string(),
            number: document.number.reveal().to_owned(),
            expires: document.expires.map(|day| day.to_string()),
        }
    }

    fn check(&self, checks: &mut Checks) -> Option<Document> {
        let kind = DocumentKind::ALL.iter().copied().find(|kind| kind.as_str() == self.kind);
        let kind = checks.take("kind", kind.ok_or(()), |()| "unknown_word");
        let issuer = checks.take("issuer", CountryCode::new("issuer", &self.issuer), reason);
        let number = checks.take("number", DocumentNumber::new(&self.number), reason);
        let expires = match self.expires.as_deref() {
            None | Some("") => Some(None),
            Some(text) => checks.take("expires", text.parse(), |_| "not_a_date").map(Some),
        };
        Some(Document { kind: kind?, issuer: issuer?, number: number?, expires: expires? })
    }
}

impl HistoryBody {
    fn of(Change { line, withheld, event }: &Change) -> Self {
        let stamp = (!withheld).then_some(line.stamp);
        let note = match event {
            Some(Event::PersonNoted(body)) => Some(body.note.reveal().to_owned()),
            _ => None,
        };
        Self {
            number: line.number,
            at: line.stamp.at.to_rfc3339(),
            actor: stamp.and_then(|stamp| stamp.actor).map(|id| Uuid::from_bytes(*id.as_bytes())),
            role: stamp.map(|stamp| stamp.role.as_str()),
            purpose: stamp.map(|stamp| stamp.purpose.as_str()),
            subject_kind: line.subject.kind(),
            subject: line.subject.id().map(Uuid::from_bytes),
            kind: line.kind.clone(),
            note,
        }
    }
}

impl ListedBody {
    fn of(listed: &person::Listed) -> Self {
        Self {
            id: Uuid::from_bytes(*listed.person.id.as_bytes()),
            registered: listed.person.registered,
            changed_at: listed.person.changed_at.to_rfc3339(),
            identity: listed.who.known().map(IdentityBody::of),
        }
    }
}

impl From<person::Made> for Made {
    fn from(made: person::Made) -> Self {
        Self { number: made.number, id: *made.person.as_bytes() }
    }
}

/// Makes a file for a person.
#[utoipa::path(
    post, path = "/api/v1/persons", tag = "persons", operation_id = "register_person", request_body = RegisterBody,
    params(("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens.")),
    responses(
        (status = 201, description = "Made; `location` leads to the file.", body = MadeBody),
        (status = 409, description = "A document given stands on another file.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A text is too long or a word is not of its list", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn register(caller: Caller, key: Key, Given { body, hash }: Given<RegisterBody>) -> Result<Response, Refused> {
    let mut checks = Checks::default();
    let identity = body.identity.check(&mut checks);
    let documents: Option<Vec<Document>> = body.documents.iter().take(person::DOCUMENTS_MAX + 1).map(|document| document.check(&mut checks)).collect();
    let (identity, documents) = checks.done(identity.zip(documents))?;
    let id = PersonId::new(caller.by.now, caller.office().random());
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((person::register(write, by, id, identity, documents)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), Some(format!("{}/persons/{}", super::BASE, Uuid::from_bytes(done.id))))
}

/// The newest files. The look is itself an entry of the journal.
#[utoipa::path(
    get, path = "/api/v1/persons", tag = "persons", operation_id = "list_persons",
    params(
        ("before" = Option<u64>, Query, description = "Only files made before this entry."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 200; 50 without it."),
    ),
    responses(
        (status = 200, description = "Files, newest first.", body = ListBody),
        (status = 400, description = "The query cannot be read.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(caller: Caller, part: Part, Here(path): Here) -> Result<Response, Refused> {
    let (by, before, limit) = (caller.by.clone(), part.before, part.limit);
    let found = caller.office().write(move |write| person::page(write, &by, before, limit)).await?;
    let next = part.next(&path, found.read, found.last);
    caller.answer(StatusCode::OK, &ListBody { persons: found.rows.iter().map(ListedBody::of).collect(), next })
}

/// The persons on whose files a document stands. By POST, because a document number must not stand in an address; it
/// changes nothing, so each look is an entry of its own and an `idempotency-key` has no meaning here.
#[utoipa::path(
    post, path = "/api/v1/persons/lookup", tag = "persons", operation_id = "look_up_person", request_body = LookupBody,
    responses(
        (status = 200, description = "The files, none or few.", body = ListBody),
        (status = 422, description = "A text is too long or a word is not of its list", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn lookup(caller: Caller, Given { body, .. }: Given<LookupBody>) -> Result<Response, Refused> {
    let mut checks = Checks::default();
    let issuer = checks.take("issuer", CountryCode::new("issuer", &body.issuer), reason);
    let number = checks.take("number", DocumentNumber::new(&body.number), reason);
    let (issuer, number) = checks.done(issuer.zip(number))?;
    // The kind is not part of what is looked for: it may be mistyped.
    let text = Document { kind: DocumentKind::Passport, issuer, number, expires: None }.lookup_text();
    let by = caller.by.clone();
    let found = caller.office().write(move |write| person::by_document(write, &by, &text)).await?;
    caller.answer(StatusCode::OK, &ListBody { persons: found.iter().map(ListedBody::of).collect(), next: None })
}

/// The persons with such a name. By POST, because a name must not stand in an address; each look is an entry of its own.
#[utoipa::path(
    post, path = "/api/v1/persons/search", tag = "persons", operation_id = "search_persons", request_body = SearchBody,
    responses(
        (status = 200, description = "The files, none or up to 50, and whether all were looked at.", body = NamedBody),
        (status = 422, description = "Fewer than two letters, or too many", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn search(caller: Caller, Given { body, .. }: Given<SearchBody>) -> Result<Response, Refused> {
    if body.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid("name", "too_long").into());
    }
    let answer = match person::search_name(caller.office(), &caller.by, &body.name).await? {
        ByName::NotChecked => NamedBody { persons: Vec::new(), complete: false },
        ByName::Found { persons, complete } => NamedBody { persons: persons.iter().map(ListedBody::of).collect(), complete },
    };
    caller.answer(StatusCode::OK, &answer)
}

/// Opens a file. The look is itself an entry of the journal, written before anything is shown.
#[utoipa::path(
    get, path = "/api/v1/persons/{id}", tag = "persons", operation_id = "open_person",
    params(
        ("id" = String, Path, description = "The person.", format = "uuid"),
        ("before" = Option<u64>, Query, description = "Only history before this entry."),
        ("limit" = Option<u32>, Query, description = "At most so much history, 1 to 200; 50 without it."),
    ),
    responses(
        (status = 200, description = "The file; without identity when it was erased or its entry cannot be read.", body = FileBody),
        (status = 404, description = "There is no such file.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn open(caller: Caller, At(id): At<PersonId>, part: Part, Here(path): Here) -> Result<Response, Refused> {
    let (by, before, limit) = (caller.by.clone(), part.before, part.limit);
    let file = caller.office().write(move |write| person::open(write, &by, id, before, limit)).await?;
    let next = part.next(&path, file.history.read, file.history.last);
    let body = FileBody {
        id: Uuid::from_bytes(*file.person.id.as_bytes()),
        registered: file.person.registered,
        changed_at: file.person.changed_at.to_rfc3339(),
        identity_entry: file.person.identity.filter(|_| file.who != Who::Erased),
        identity: file.who.known().map(IdentityBody::of),
        documents: file.documents.iter().map(DocumentBody::of).collect(),
        history: file.history.rows.iter().map(HistoryBody::of).collect(),
        looks: file.looks.iter().map(EntryBody::of_line).collect(),
        unreadable: file.unreadable.iter().map(|it| UnreadableBody { part: it.place.as_str(), entry: it.number }).collect(),
        read_entry: file.number,
        next,
    };
    caller.answer(StatusCode::OK, &body)
}

/// Adds a note to a file.
#[utoipa::path(
    post, path = "/api/v1/persons/{id}/notes", tag = "persons", operation_id = "note_person", request_body = NoteBody,
    params(
        ("id" = String, Path, description = "The person.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Noted.", body = MadeBody),
        (status = 404, description = "There is no such file.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The person's data was erased.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A text is too long or a word is not of its list", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn note(caller: Caller, At(id): At<PersonId>, key: Key, Given { body, hash }: Given<NoteBody>) -> Result<Response, Refused> {
    let mut checks = Checks::default();
    let note = checks.take("text", Note::new(&body.text), reason);
    let note = checks.done(note)?;
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((person::note(write, by, id, note)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), None)
}

/// Corrects who a person is.
#[utoipa::path(
    post, path = "/api/v1/persons/{id}/corrections", tag = "persons", operation_id = "correct_person", request_body = CorrectBody,
    params(
        ("id" = String, Path, description = "The person.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Corrected.", body = MadeBody),
        (status = 404, description = "There is no such file.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The file changed since it was seen, or was erased.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A text is too long or a word is not of its list", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn correct(caller: Caller, At(id): At<PersonId>, key: Key, Given { body, hash }: Given<CorrectBody>) -> Result<Response, Refused> {
    let mut checks = Checks::default();
    let identity = body.identity.check(&mut checks);
    let (identity, seen) = (checks.done(identity)?, body.seen);
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((person::correct(write, by, id, seen, identity)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), None)
}

/// Records another travel document on a file.
#[utoipa::path(
    post, path = "/api/v1/persons/{id}/documents", tag = "persons", operation_id = "add_document", request_body = DocumentBody,
    params(
        ("id" = String, Path, description = "The person.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Recorded.", body = MadeBody),
        (status = 404, description = "There is no such file.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The document stands on a file already, or this file was erased.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A text is too long or a word is not of its list", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_document(caller: Caller, At(id): At<PersonId>, key: Key, Given { body, hash }: Given<DocumentBody>) -> Result<Response, Refused> {
    let mut checks = Checks::default();
    let document = body.check(&mut checks);
    let document = checks.done(document)?;
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((person::add_document(write, by, id, document)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), None)
}

/// Who opened a file, newest first. This look is an entry too.
#[utoipa::path(
    get, path = "/api/v1/persons/{id}/readers", tag = "persons", operation_id = "list_readers",
    params(
        ("id" = String, Path, description = "The person.", format = "uuid"),
        ("before" = Option<u64>, Query, description = "Only looks before this entry."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 200; 50 without it."),
    ),
    responses(
        (status = 200, description = "Who looked, in which role and for what.", body = ReadersBody),
        (status = 400, description = "The query cannot be read.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such file.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn readers(caller: Caller, At(id): At<PersonId>, part: Part, Here(path): Here) -> Result<Response, Refused> {
    let (by, before, limit) = (caller.by.clone(), part.before, part.limit);
    let entries: Vec<Entry> = caller.office().write(move |write| person::readers(write, &by, id, before, limit)).await?;
    let next = part.next(&path, entries.len(), entries.last().map(|entry| entry.number));
    caller.answer(StatusCode::OK, &ReadersBody { readers: entries.iter().map(EntryBody::of).collect(), next })
}
