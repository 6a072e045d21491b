//! What was sent: a JSON body of a known form, or a page of a list. Unknown fields are refused, and nothing that was sent is
//! repeated in an answer.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::problem::Refused;
use crate::server::State;

/// Entries, persons or requests in one answer at most: about what one screen of a program shows, and a bound on the keys that
/// one request opens.
pub(crate) const LIMIT_MAX: u32 = 200;
/// Without a limit.
pub(crate) const LIMIT: u32 = 50;

/// A body of `application/json`. Its size is bounded for all routes; its depth by the types, which are closed.
pub(crate) struct Given<T> {
    /// What was sent.
    pub(crate) body: T,
    /// SHA-256 of the bytes, to know a repeated request again.
    pub(crate) hash: [u8; 32],
}

impl<T: DeserializeOwned + Send> FromRequest<State> for Given<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &State) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let essence = kind.split(';').next().unwrap_or("").trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Refused::MediaType.into_response());
        }
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        // Actions that need no further word may come with an empty body.
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        // The parser's own message quotes what it found.
        let body = serde_json::from_slice(text).map_err(|error| {
            Refused::Unreadable(format!("the body is not JSON of the form described, at line {} column {}", error.line(), error.column())).into_response()
        })?;
        Ok(Self { body, hash: Sha256::digest(text).into() })
    }
}

/// No further word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    before: Option<u64>,
    limit: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedOfKind {
    before: Option<u64>,
    limit: Option<u32>,
    kind: Option<String>,
}

/// Which part of a list: newest first, before an entry, at most so many.
#[derive(Debug)]
pub(crate) struct Part {
    /// Only what stands before this entry.
    pub(crate) before: u64,
    /// At most so many, 1 to [`LIMIT_MAX`].
    pub(crate) limit: u32,
}

/// The same of a list that can be asked for one kind.
#[derive(Debug)]
pub(crate) struct PartOfKind {
    /// Which part.
    pub(crate) part: Part,
    /// Only of this kind.
    pub(crate) kind: Option<String>,
}

impl FromRequestParts<State> for Part {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refused> {
        let Query(Asked { before, limit }) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Refused::Unreadable("the query may hold before and limit, which are whole numbers, and nothing else".to_owned()))?;
        Self::new(before, limit)
    }
}

impl FromRequestParts<State> for PartOfKind {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refused> {
        let Query(AskedOfKind { before, limit, kind }) = Query::from_request_parts(parts, state)
            .await
            .map_err(|_| Refused::Unreadable("the query may hold before and limit, which are whole numbers, and kind, and nothing else".to_owned()))?;
        Ok(Self { part: Part::new(before, limit)?, kind })
    }
}

impl Part {
    fn new(before: Option<u64>, limit: Option<u32>) -> Result<Self, Refused> {
        let limit = limit.unwrap_or(LIMIT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Refused::Unreadable(format!("limit: must be 1 to {LIMIT_MAX}")));
        }
        Ok(Self { before: before.unwrap_or(u64::MAX), limit })
    }

    /// The address of what follows, when this answer is full: `oldest` is the entry of its last row.
    pub(crate) fn next(&self, path: &str, found: usize, oldest: Option<u64>) -> Option<String> {
        let before = oldest.filter(|_| found >= self.limit as usize)?;
        Some(format!("{path}?before={before}&limit={}", self.limit))
    }
}
