//! The office's keys: seeing them, a new one, the end of an old one.

use axum::Router;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use siger_app::context::About;
use siger_app::{Error, keys};
use siger_domain::access::Action;
use siger_storage::keyring::Which;

use super::office::parts;
use super::officer::confirm_at;
use crate::page::office::KEYS;
use crate::page::office_keys::{Key, Kind, View, page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;

/// In the order of the page.
const KINDS: [Which; 4] = [Which::Office, Which::Log, Which::Seal, Which::Lookup];

pub(super) fn router() -> Router<State> {
    Router::new().route("/office/keys", get(show)).route("/office/keys/{which}/rotate", post(rotate)).route("/office/keys/{which}/{id}/retire", post(retire))
}

async fn show(desk: Desk) -> Result<Response, WebError> {
    let mut all = keys::list(desk.office(), &desk.by)?;
    all.reverse();
    let of = |which: Which| {
        let keys = all.iter().filter(|key| key.which == which);
        Kind { which: which.as_str(), keys: keys.map(|key| Key { id: key.id.clone(), state: key.state.as_str(), since: key.since }).collect() }
    };
    let view = View {
        kinds: KINDS.into_iter().map(of).collect(),
        may_change: desk.by.may(Action::OfficeKeys, About::default()),
        rehash_waits: keys::rehash_waits(desk.office(), &desk.by).await?,
        parts: parts(&desk.by),
    };
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

fn which(word: &str) -> Result<Which, Error> {
    KINDS.into_iter().find(|which| which.as_str() == word).ok_or(Error::NotFound)
}

async fn rotate(Path(kind): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let rotated = keys::rotate(desk.office(), &desk.by, which(&kind)?, None).await;
    rotated.map_err(|error| confirm_at(error, Action::OfficeKeys, KEYS))?;
    Ok(Redirect::to(KEYS))
}

async fn retire(Path((kind, id)): Path<(String, String)>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let retired = keys::retire(desk.office(), &desk.by, which(&kind)?, &id).await;
    retired.map_err(|error| confirm_at(error, Action::OfficeKeys, KEYS))?;
    Ok(Redirect::to(KEYS))
}
