//! The routes, one file an area: recognise, call use cases, fill a view, answer with a page.

mod account;
mod fresh;
mod home;
mod join;
mod journal;
mod keys;
mod log;
mod office;
mod officer;
mod person;
mod request;
mod sign_in;
mod style;

use axum::Router;

use crate::server::State;

/// Every route of pages and of the API.
pub(crate) fn router() -> Router<State> {
    Router::new()
        .merge(sign_in::router())
        .merge(join::router())
        .merge(fresh::router())
        .merge(home::router())
        .merge(officer::router())
        .merge(person::router())
        .merge(journal::router())
        .merge(log::router())
        .merge(request::router())
        .merge(account::router())
        .merge(office::router())
        .merge(keys::router())
        .merge(style::router())
}
