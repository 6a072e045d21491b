//! The journal without its sealed bodies, and the proof that an entry is in the log.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use siger_app::journal;
use siger_domain::event::Event;
use siger_storage::journal::Line;
use siger_storage::{Entry, to_hex};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{At, Caller, Here};
use super::given::PartOfKind;
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![("/journal", get(list)), ("/journal/{number}", get(prove))]
}

/// The open part of an entry.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryBody {
    number: u64,
    /// RFC 3339 in UTC.
    at: String,
    /// The officer; absent: the program itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Uuid>,
    #[schema(example = "desk")]
    role: &'static str,
    #[schema(example = "counter_service")]
    purpose: &'static str,
    /// What it is about: `person`, `officer`, `request` or `office`.
    subject_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Uuid>,
    /// What happened.
    #[schema(example = "person.noted")]
    kind: String,
}

impl EntryBody {
    pub(super) fn of(entry: &Entry) -> Self {
        Self::of_line(&entry.line())
    }

    pub(super) fn of_line(line: &Line) -> Self {
        Self {
            number: line.number,
            at: line.stamp.at.to_rfc3339(),
            actor: line.stamp.actor.map(|id| Uuid::from_bytes(*id.as_bytes())),
            role: line.stamp.role.as_str(),
            purpose: line.stamp.purpose.as_str(),
            subject_kind: line.subject.kind(),
            subject: line.subject.id().map(Uuid::from_bytes),
            kind: line.kind.clone(),
        }
    }
}

/// Entries, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct JournalBody {
    entries: Vec<EntryBody>,
    /// Address of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An entry with what proves that it is in the log.
#[derive(Serialize, ToSchema)]
pub(super) struct ProofBody {
    entry: EntryBody,
    /// Hash of the entry's leaf (RFC 6962), hexadecimal.
    leaf: String,
    /// The receipt (c2sp.org/tlog-proof): proof and signed checkpoint, for any verifier.
    receipt: String,
}

/// The newest entries, of one kind or of all.
#[utoipa::path(
    get, path = "/api/v1/journal", tag = "journal", operation_id = "list_journal",
    params(
        ("before" = Option<u64>, Query, description = "Only entries before this one."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 200; 50 without it."),
        ("kind" = Option<String>, Query, description = "Only entries of this kind, such as `person.noted`."),
    ),
    responses(
        (status = 200, description = "Entries, newest first.", body = JournalBody),
        (status = 400, description = "The query cannot be read, or there is no such kind.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(caller: Caller, PartOfKind { part, kind }: PartOfKind, Here(path): Here) -> Result<Response, Refused> {
    if kind.as_ref().is_some_and(|kind| !Event::KINDS.iter().any(|(known, _)| known == kind)) {
        return Err(Refused::Unreadable("kind: there is no such kind of entry".to_owned()));
    }
    let (by, of, before, limit) = (caller.by.clone(), kind.clone(), part.before, part.limit);
    let entries = caller.office().read(move |tx| journal::page(tx, &by, of.as_deref(), before, limit)).await?;
    let next = part.next(&path, entries.len(), entries.last().map(|entry| entry.number));
    let next = next.map(|next| kind.map_or(next.clone(), |kind| format!("{next}&kind={kind}")));
    caller.answer(StatusCode::OK, &JournalBody { entries: entries.iter().map(EntryBody::of).collect(), next })
}

/// One entry with its proof.
#[utoipa::path(
    get, path = "/api/v1/journal/{number}", tag = "journal", operation_id = "prove_entry",
    params(("number" = u64, Path, description = "The entry.")),
    responses(
        (status = 200, description = "The entry, its leaf, and a receipt that can be checked without this office.", body = ProofBody),
        (status = 404, description = "There is no such entry yet.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn prove(caller: Caller, At(number): At<u64>) -> Result<Response, Refused> {
    let by = caller.by.clone();
    let (entry, receipt) = caller.office().read(move |tx| journal::prove(tx, &by, number)).await?;
    let leaf = to_hex(entry.leaf.as_ref());
    caller.answer(StatusCode::OK, &ProofBody { entry: EntryBody::of(&entry), leaf, receipt: receipt.encode() })
}
