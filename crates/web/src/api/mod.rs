//! The API for programs: JSON over an officer's session, through the same use cases as the pages, and what an operator's
//! tools ask.
//!
//! One list, [`routes`], makes the router; a test compares it with the OpenAPI document.

mod caller;
mod document;
mod given;
mod health;
mod inspection;
mod journal;
mod office;
mod officer;
mod once;
mod person;
pub(crate) mod problem;
mod request;

use axum::Router;
use axum::routing::MethodRouter;
use siger_app::Error;

use crate::server::State;
use crate::server::fault::WebError;

/// Where the API of this version is.
const BASE: &str = "/api/v1";

/// The routes: path below [`BASE`], and its methods.
fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    [person::routes(), inspection::routes(), journal::routes(), request::routes(), officer::routes(), office::routes(), document::routes()]
        .into_iter()
        .flatten()
        .collect()
}

/// The API and the operator's addresses.
pub(crate) fn router() -> Router<State> {
    let api = routes().into_iter().fold(Router::new(), |router, (path, methods)| router.route(&format!("{BASE}{path}"), methods));
    api.merge(health::router()).route("/api/{*rest}", axum::routing::any(|| async { WebError::from(Error::NotFound) }))
}

/// Begins to keep the figures of `/metrics`.
pub(crate) fn begin_figures() {
    let _ = health::recorder();
}
