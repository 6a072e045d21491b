//! Persons: finding, registering, the file and what is done with it. Every look is an entry of the journal, written by the
//! use cases before anything is shown.

mod blob;
mod change;
mod erase;
mod file;
mod find;
mod register;
mod typed;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use siger_app::Context;
use siger_app::context::About;
use siger_app::office::Directory;
use siger_domain::access::{Action, Purpose};
use siger_domain::id::PersonId;
use siger_storage::Stamp;
use siger_storage::blob::BLOB_BYTES_MAX;

use crate::address;
use crate::page::person::Purposes;
use crate::server::State;
use crate::server::posted::Fields;
use crate::server::visit::Desk;
use crate::ui::Ui;

/// What a form with a file holds besides the file: its few fields and what separates them.
const FORM_BYTES: usize = 16 * 1024;

pub(super) fn router() -> Router<State> {
    let upload = Router::new().route("/persons/{id}/blobs", get(blob::back).post(blob::add)).layer(DefaultBodyLimit::max(BLOB_BYTES_MAX + FORM_BYTES));
    Router::new()
        .route(address::PERSONS, get(find::list))
        .route(address::SEARCH, get(find::back).post(find::search))
        .route("/persons/new", get(register::show).post(register::register))
        .route("/persons/{id}", get(file::show))
        .route("/persons/{id}/readers", get(file::readers))
        .route("/persons/{id}/notes", get(file::back).post(change::note))
        .route("/persons/{id}/correct", get(change::correct).post(change::save))
        .route("/persons/{id}/documents", get(change::document).post(change::add_document))
        .route("/persons/{id}/papers", get(blob::show))
        .route("/persons/{id}/blobs/{blob}", get(blob::open))
        .route("/persons/{id}/erase", get(erase::show).post(erase::ask))
        .merge(upload)
}

/// Who acts, for the purpose that a form names.
fn for_purpose(by: &Context, fields: &Fields) -> Context {
    named(by, fields.get("purpose"))
}

fn named(by: &Context, purpose: &str) -> Context {
    let mut by = by.clone();
    by.purpose = purpose.parse().ok().or(by.purpose);
    by
}

/// Who acts, for the named purpose where the action may be done for it, else for the first that permits it: a file is read
/// for one purpose, and asking for its erasure or seeing who looked are purposes of their own.
pub(super) fn own_purpose(by: &Context, action: Action) -> Context {
    let mut by = by.clone();
    if by.purpose.is_some_and(|purpose| !by.purposes(action).contains(&purpose)) {
        by.purpose = None;
    }
    by
}

/// Whether the officer may do this for any purpose.
pub(super) fn may(by: &Context, action: Action) -> bool {
    own_purpose(by, action).may(action, About::default())
}

/// What files are opened for: as named, else as the policies choose; with what else could be named.
fn purposes(by: &Context) -> Result<Purposes, siger_app::Error> {
    let stamp = by.authorise(Action::PersonSearch, About::default())?;
    Ok(Purposes { chosen: stamp.purpose, offered: by.purposes(Action::PersonSearch) })
}

fn file_of(id: PersonId) -> String {
    format!("{}/{id}", address::PERSONS)
}

fn file_for(id: PersonId, purpose: Purpose) -> String {
    format!("{}/{id}?purpose={}", address::PERSONS, purpose.as_str())
}

/// The purpose under which a file is read next: the one named, else the one that would be chosen.
fn reading(by: &Context) -> Purpose {
    by.authorise(Action::PersonRead, About::default()).map_or(Purpose::CounterService, |stamp| stamp.purpose)
}

/// "Ratih S., petugas loket".
fn who(ui: &Ui<'_>, directory: &Directory, stamp: &Stamp) -> String {
    let name = directory.name(stamp.actor).unwrap_or(ui.text("person-program"));
    format!("{name}, {}", lower(ui.word("role", stamp.role.as_str())))
}

/// A word within a sentence: its first letter small.
fn lower(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What follows a change: the file again, so that a reload sends nothing twice.
fn to_file(desk: &Desk, id: PersonId, by: &Context, part: &str) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    desk.visit.with_cookies(axum::response::Redirect::to(&format!("{}{part}", file_for(id, reading(by)))).into_response())
}
