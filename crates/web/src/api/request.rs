//! The two-person rule: asking, answering, taking back.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use serde::{Deserialize, Serialize};
use siger_app::request::Opened;
use siger_app::{Error, request};
use siger_domain::access::Role;
use siger_domain::id::{OfficerId, PersonId, RequestId};
use siger_domain::request::{ErasureGround, Matter};
use siger_storage::Write;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{At, Caller, Here};
use super::given::{Given, Nothing, Part};
use super::once::{Key, Made, MadeBody, made, once};
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![
        ("/requests", get(list).post(open)),
        ("/requests/{id}/approve", post(approve)),
        ("/requests/{id}/decline", post(decline)),
        ("/requests/{id}/withdraw", post(withdraw)),
    ]
}

/// What to ask for.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "matter", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AskBody {
    /// Give an officer these roles instead of the present ones.
    Roles {
        /// Whose roles.
        officer: Uuid,
        /// The whole new set.
        #[schema(example = json!(["desk", "primary"]))]
        roles: Vec<String>,
    },
    /// Erase a person's data.
    Erase {
        /// Whose data.
        person: Uuid,
        /// `purpose_ended`, `consent_withdrawn`, `subject_request` or `unlawful`.
        #[schema(example = "subject_request")]
        ground: String,
    },
}

/// What is asked for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub(super) enum MatterBody {
    /// Give an officer these roles instead of the present ones.
    Roles {
        /// Whose roles.
        officer: Uuid,
        /// The whole new set.
        #[schema(example = json!(["desk", "primary"]))]
        roles: Vec<&'static str>,
    },
    /// Let an officer in again who lost what they signed in with. Asked for in the pages, where the code is shown.
    Recover {
        /// Whom.
        officer: Uuid,
        /// `passkey`, `phone` or `invitation`.
        lost: &'static str,
    },
    /// Erase a person's data.
    Erase {
        /// Whose data.
        person: Uuid,
        /// `purpose_ended`, `consent_withdrawn`, `subject_request` or `unlawful`.
        #[schema(example = "subject_request")]
        ground: &'static str,
    },
}

/// A request.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestBody {
    id: Uuid,
    /// `open`, `approved`, `declined`, `withdrawn` or `expired`.
    state: &'static str,
    #[serde(flatten)]
    matter: MatterBody,
    /// Entry that opened it.
    opened: u64,
    opened_by: Uuid,
    /// Until when it waits, RFC 3339 in UTC.
    expires: String,
    /// Entry of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_by: Option<Uuid>,
}

/// Requests, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestsBody {
    requests: Vec<RequestBody>,
    /// Address of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl RequestBody {
    fn of(Opened { request, matter }: &Opened) -> Self {
        let matter = match matter {
            Matter::Roles { officer, roles } => {
                MatterBody::Roles { officer: Uuid::from_bytes(*officer.as_bytes()), roles: roles.iter().map(|role| role.as_str()).collect() }
            }
            Matter::Recover { officer, lost, .. } => MatterBody::Recover { officer: Uuid::from_bytes(*officer.as_bytes()), lost: lost.as_str() },
            Matter::Erase { person, ground } => MatterBody::Erase { person: Uuid::from_bytes(*person.as_bytes()), ground: ground.as_str() },
        };
        Self {
            id: Uuid::from_bytes(*request.id.as_bytes()),
            state: request.state.as_str(),
            matter,
            opened: request.opened,
            opened_by: Uuid::from_bytes(*request.opened_by.as_bytes()),
            expires: request.expires.to_rfc3339(),
            answered: request.answered,
            answered_by: request.answered_by.map(|id| Uuid::from_bytes(*id.as_bytes())),
        }
    }
}

/// [`AskBody`], read.
enum Asked {
    Roles(OfficerId, Vec<Role>),
    Erase(PersonId, ErasureGround),
}

/// The newest requests.
#[utoipa::path(
    get, path = "/api/v1/requests", tag = "requests", operation_id = "list_requests",
    params(
        ("before" = Option<u64>, Query, description = "Only requests opened before this entry."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 200; 50 without it."),
    ),
    responses(
        (status = 200, description = "Requests, newest first.", body = RequestsBody),
        (status = 400, description = "The query cannot be read.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not permitted.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(caller: Caller, part: Part, Here(path): Here) -> Result<Response, Refused> {
    let (by, keyring) = (caller.by.clone(), caller.office().store().keyring().clone());
    let (before, limit) = (part.before, part.limit);
    let found = caller.office().read(move |tx| request::list(tx, &keyring, &by, before, limit)).await?;
    let next = part.next(&path, found.read, found.last);
    caller.answer(StatusCode::OK, &RequestsBody { requests: found.rows.iter().map(RequestBody::of).collect(), next })
}

/// Asks for something that a second person must agree to. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/api/v1/requests", tag = "requests", operation_id = "open_request", request_body = AskBody,
    params(("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens.")),
    responses(
        (status = 201, description = "Asked.", body = MadeBody),
        (status = 404, description = "There is no such officer or person.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The same request waits already, or what is known of the officer or person was erased.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A word is not of the lists, or the roles are none or the present ones.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn open(caller: Caller, key: Key, Given { body, hash }: Given<AskBody>) -> Result<Response, Refused> {
    let id = RequestId::new(caller.by.now, caller.office().random());
    let asked = match body {
        AskBody::Roles { officer, roles } => {
            let roles: Option<Vec<Role>> = roles.iter().map(|word| word.parse().ok().filter(|role| Role::OFFICER.contains(role))).collect();
            Asked::Roles(OfficerId::from_bytes(*officer.as_bytes()), roles.ok_or_else(|| Error::invalid("roles", "unknown_word"))?)
        }
        AskBody::Erase { person, ground } => {
            let ground = ErasureGround::CHOICES.iter().copied().find(|choice| choice.as_str() == ground);
            Asked::Erase(PersonId::from_bytes(*person.as_bytes()), ground.ok_or_else(|| Error::invalid("ground", "unknown_word"))?)
        }
    };
    let open = move |write: &mut Write<'_, '_>, by: &siger_app::Context| {
        let number = match asked {
            Asked::Roles(officer, roles) => request::open_roles(write, by, id, officer, roles)?,
            Asked::Erase(person, ground) => request::open_erase(write, by, id, person, ground)?,
        };
        Ok((Made { number, id: *id.as_bytes() }, ()))
    };
    let (done, first) = once(&caller, key, hash, open).await?;
    made(&caller, done, first.is_none(), None)
}

/// The second person agrees: what was asked for is done. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/api/v1/requests/{id}/approve", tag = "requests", operation_id = "approve_request",
    params(
        ("id" = String, Path, description = "The request.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Done.", body = MadeBody),
        (status = 404, description = "There is no such request.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was answered, or has run out.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn approve(caller: Caller, At(id): At<RequestId>, key: Key, Given { hash, .. }: Given<Nothing>) -> Result<Response, Refused> {
    // A task of its own: whoever asked may go away between the entry of an erasure and the end of the key.
    tokio::spawn(approved(caller, id, key, hash)).await.map_err(Error::internal)?
}

async fn approved(caller: Caller, id: RequestId, key: Key, hash: [u8; 32]) -> Result<Response, Refused> {
    let approve = move |write: &mut Write<'_, '_>, by: &siger_app::Context| {
        let effect = request::approve(write, by, id)?;
        Ok((Made { number: effect.number, id: *id.as_bytes() }, effect))
    };
    let (done, effect) = once(&caller, key, hash, approve).await?;
    let replayed = effect.is_none();
    if let Some(effect) = effect {
        caller.office().finish_erasure(effect).await?;
    }
    made(&caller, done, replayed, None)
}

/// The second person refuses. Needs a fresh sign-in.
#[utoipa::path(
    post, path = "/api/v1/requests/{id}/decline", tag = "requests", operation_id = "decline_request",
    params(
        ("id" = String, Path, description = "The request.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Refused.", body = MadeBody),
        (status = 404, description = "There is no such request.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was answered, or has run out.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn decline(caller: Caller, At(id): At<RequestId>, key: Key, Given { hash, .. }: Given<Nothing>) -> Result<Response, Refused> {
    step(caller, id, key, hash, request::decline).await
}

/// The person who asked takes it back.
#[utoipa::path(
    post, path = "/api/v1/requests/{id}/withdraw", tag = "requests", operation_id = "withdraw_request",
    params(
        ("id" = String, Path, description = "The request.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Taken back.", body = MadeBody),
        (status = 404, description = "There is no such request.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was answered, or has run out.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn withdraw(caller: Caller, At(id): At<RequestId>, key: Key, Given { hash, .. }: Given<Nothing>) -> Result<Response, Refused> {
    step(caller, id, key, hash, request::withdraw).await
}

type Step = fn(&mut Write<'_, '_>, &siger_app::Context, RequestId) -> siger_app::Result<u64>;

async fn step(caller: Caller, id: RequestId, key: Key, hash: [u8; 32], step: Step) -> Result<Response, Refused> {
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((Made { number: step(write, by, id)?, id: *id.as_bytes() }, ()))).await?;
    made(&caller, done, first.is_none(), None)
}
