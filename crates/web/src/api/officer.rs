//! Who works here.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use siger_app::officer;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{Caller, Here};
use super::given::Part;
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![("/officers", get(list))]
}

/// An officer. The sign-in name is shown to its owner only, and is not here.
#[derive(Serialize, ToSchema)]
pub(super) struct OfficerBody {
    id: Uuid,
    /// Entry of the invitation; the order of the list.
    invited: u64,
    name: String,
    /// `invited`, `active` or `suspended`.
    state: &'static str,
    roles: Vec<&'static str>,
    /// First and last day away, where leave is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    leave: Option<LeaveBody>,
}

/// Days away; both ends count.
#[derive(Serialize, ToSchema)]
pub(super) struct LeaveBody {
    from: String,
    to: String,
}

/// Officers, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct OfficersBody {
    officers: Vec<OfficerBody>,
    /// Address of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Who works here.
#[utoipa::path(
    get, path = "/api/v1/officers", tag = "office", operation_id = "list_officers",
    params(
        ("before" = Option<u64>, Query, description = "Only officers invited before this entry."),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 200; 50 without it."),
    ),
    responses(
        (status = 200, description = "Officers, newest first.", body = OfficersBody),
        (status = 400, description = "The query cannot be read.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Nobody is signed in.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not permitted.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(caller: Caller, part: Part, Here(path): Here) -> Result<Response, Refused> {
    let (by, keyring, before, limit) = (caller.by.clone(), caller.office().store().keyring().clone(), part.before, part.limit);
    let known = caller.office().read(move |tx| officer::page(tx, &keyring, &by, before, limit)).await?;
    let next = part.next(&path, known.read, known.last);
    let officers = known.rows.iter().map(|known| OfficerBody {
        id: Uuid::from_bytes(*known.officer.id.as_bytes()),
        invited: known.officer.profile,
        name: known.name().to_owned(),
        state: known.officer.state.as_str(),
        roles: known.officer.roles.iter().map(|role| role.as_str()).collect(),
        leave: known.officer.leave.map(|leave| LeaveBody { from: leave.from.to_string(), to: leave.to.to_string() }),
    });
    caller.answer(StatusCode::OK, &OfficersBody { officers: officers.collect(), next })
}
