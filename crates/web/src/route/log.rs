//! The office's log for anybody (C2SP tlog-tiles): signed checkpoint, tiles, the keys to check it with. Nothing in it says
//! what is in an entry, so no sign-in is asked for, and any page on the web may read it.

use axum::Router;
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use siger_app::{Error, Office};
use siger_storage::journal::read;
use siger_storage::tlog::{Nodes as _, TilePath, tile};

use crate::server::State;
use crate::server::fault::WebError;

pub(super) fn router() -> Router<State> {
    Router::new().route("/log/checkpoint", get(checkpoint)).route("/log/vkey", get(vkey)).route("/log/tile/{*rest}", get(tile_at))
}

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// Changes with each commit.
const NEVER: HeaderValue = HeaderValue::from_static("no-cache");
/// A full tile never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A tile at the edge never changes either, but is soon no longer asked for.
const SOME_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=600");

fn public(content: impl IntoResponse, kind: HeaderValue, kept: HeaderValue) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, kept);
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// The verifier keys of the log, a line each; two while a key is being replaced.
pub(super) fn keys(office: &Office) -> String {
    office.store().keyring().log_verifiers().iter().map(|key| key.vkey() + "\n").collect()
}

async fn checkpoint(Extract(state): Extract<State>) -> Result<Response, WebError> {
    let head = state.office().read(|tx| Ok(read::head(tx)?)).await?;
    Ok(public(head.checkpoint, TEXT, NEVER))
}

async fn vkey(Extract(state): Extract<State>) -> Response {
    public(keys(state.office()), TEXT, NEVER)
}

async fn tile_at(Extract(state): Extract<State>, Path(rest): Path<String>) -> Result<Response, WebError> {
    // One spelling names a tile; any other names nothing.
    let path: TilePath = format!("tile/{rest}").parse().map_err(|_| Error::NotFound)?;
    let bytes = state
        .office()
        .read(move |tx| {
            if !path.is_within(read::head(tx)?.edge.size()) {
                return Err(Error::NotFound);
            }
            match path.level() {
                Some(level) => Ok(tile::encode_hashes(&tx.nodes(level, path.start(), path.width())?)),
                None => {
                    let entries = read::commitments(tx, path.start(), path.width() as u32)?;
                    if entries.len() != path.width() {
                        return Err(Error::internal("entries of a bundle are missing"));
                    }
                    tile::encode_bundle(entries.iter().map(|entry| &entry[..])).map_err(Error::internal)
                }
            }
        })
        .await?;
    let kept = if path.is_partial() { SOME_MINUTES } else { FOR_EVER };
    Ok(public(bytes, HeaderValue::from_static("application/octet-stream"), kept))
}
