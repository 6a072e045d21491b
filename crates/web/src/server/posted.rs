//! Forms: bounded, from this office's own pages only, fields by name.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use siger_app::identity::token::equal;

use super::State;
use super::fault::WebError;
use super::visit::{Desk, Visit};
use axum::extract::FromRequestParts;

/// Most fields of one form; far above any of ours.
const FIELDS_MAX: usize = 200;

/// The fields of a form, in the order sent.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first value of a field; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field: check boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Reads a body of `application/x-www-form-urlencoded`.
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).take(FIELDS_MAX).map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }
}

/// Whether a request that changes something comes from a page of this office: browsers say so themselves
/// (`Sec-Fetch-Site`, else `Origin`); programs that say neither show no cookie of a browser by mistake.
pub(super) fn same_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

async fn fields(request: Request, state: &State) -> Result<Fields, Response> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let body = axum::body::Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
    Ok(Fields::read(&body))
}

/// A form of somebody who is signed in, carrying the hidden field of their session.
pub struct Posted {
    /// Who, and the request.
    pub desk: Desk,
    /// What was sent.
    pub fields: Fields,
}

impl FromRequest<State> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &State) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let desk = Desk::from_request_parts(&mut parts, state).await?;
        let fields = fields(Request::from_parts(parts, body), state).await?;
        if !own_form(&desk.visit, fields.get("csrf")) {
            return Err(WebError::foreign().into_response());
        }
        Ok(Self { desk, fields })
    }
}

/// Whether the hidden field is the one of this session's forms.
pub fn own_form(visit: &Visit, given: &str) -> bool {
    visit.signed_in.as_ref().is_some_and(|signed_in| equal(signed_in.form_token.as_bytes(), given.as_bytes()))
}

/// A form of anybody: signing in, joining. Protected by [`same_site`] alone, since there is no session yet.
pub struct PostedOutside {
    /// The request.
    pub visit: Visit,
    /// What was sent.
    pub fields: Fields,
}

impl FromRequest<State> for PostedOutside {
    type Rejection = Response;

    async fn from_request(request: Request, state: &State) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let fields = fields(Request::from_parts(parts, body), state).await?;
        Ok(Self { visit, fields })
    }
}
