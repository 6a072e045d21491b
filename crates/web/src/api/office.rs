//! The office itself, and the sign-in that asks.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use siger_app::Error;
use siger_app::context::About;
use siger_domain::access::Action;
use siger_storage::journal::read;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![("/office", get(show)), ("/session", get(session))]
}

/// The office and where its journal stands.
#[derive(Serialize, ToSchema)]
pub(super) struct OfficeBody {
    #[schema(example = "WKN")]
    code: String,
    name: String,
    /// Origin line of its checkpoints.
    origin: String,
    /// Whether everybody in it is invented.
    sample: bool,
    /// IANA name.
    #[schema(example = "Asia/Jakarta")]
    time_zone: String,
    journal_entries: u64,
    /// Moment of the newest entry, RFC 3339 in UTC.
    newest_at: String,
    /// The signed checkpoint (c2sp.org/tlog-checkpoint).
    checkpoint: String,
}

/// Who is signed in, as the API sees them now.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionBody {
    officer: Uuid,
    name: String,
    roles: Vec<&'static str>,
    /// Whether actions that ask for a fresh sign-in are possible now; otherwise confirm in the pages.
    fresh: bool,
    on_leave: bool,
    suspended: bool,
}

/// The office.
#[utoipa::path(
    get, path = "/api/v1/office", tag = "office", operation_id = "show_office",
    responses(
        (status = 200, description = "The office and its newest checkpoint.", body = OfficeBody),
        (status = 401, description = "Nobody is signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not permitted.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(caller: Caller) -> Result<Response, Refused> {
    caller.by.authorise(Action::OfficeRead, About::default())?;
    let head = caller.office().read(|tx| Ok(read::head(tx)?)).await?;
    let info = caller.office().info();
    let body = OfficeBody {
        code: info.code.clone(),
        name: info.name.clone(),
        origin: info.origin.clone(),
        sample: info.sample,
        time_zone: info.time_zone.clone(),
        journal_entries: head.edge.size(),
        newest_at: head.last_at.to_rfc3339(),
        checkpoint: head.checkpoint,
    };
    caller.answer(StatusCode::OK, &body)
}

/// The sign-in that asks.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "office", operation_id = "show_session",
    responses(
        (status = 200, description = "Who is signed in.", body = SessionBody),
        (status = 401, description = "Nobody is signed in.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn session(caller: Caller) -> Result<Response, Refused> {
    let by = &caller.by;
    let officer = by.officer.ok_or(Error::NotFound)?;
    let body = SessionBody {
        officer: Uuid::from_bytes(*officer.as_bytes()),
        name: caller.name.clone(),
        roles: by.roles.iter().map(|role| role.as_str()).collect(),
        fresh: by.fresh,
        on_leave: by.on_leave,
        suspended: by.suspended,
    };
    caller.answer(StatusCode::OK, &body)
}
