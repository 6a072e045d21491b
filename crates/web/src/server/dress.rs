//! The outermost layer: operation number, where the request comes from, security headers, pages for errors, figures.

use std::time::Instant as Stopwatch;

use axum::extract::{MatchedPath, Request, State as Extract};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::State;
use super::fault::{self, WebError};
use super::posted::same_site;
use super::visit::{Operation, Visit, page_of};
use crate::api::problem;
use crate::asset::CONTENT_SECURITY_POLICY;

static SECURITY: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"),
    ),
];

#[expect(clippy::disallowed_methods, reason = "how long an answer takes is a figure about the program, not a fact of the office")]
pub(super) async fn dress(Extract(state): Extract<State>, mut request: Request, next: Next) -> Response {
    let begun = Stopwatch::now();
    let operation = state.office().operation();
    request.extensions_mut().insert(Operation(operation));
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let changes = !matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
    let foreign = changes && !same_site(request.headers());
    let api = request.uri().path().starts_with("/api/");

    let refused = || WebError::foreign().into_response();
    let mut response = if api {
        let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
        let response = if foreign { refused() } else { next.run(request).await };
        problem::dressed(operation, language.as_ref(), response)
    } else {
        // A page for an error shows the desk's shell, so the whole request is kept for it.
        let (parts, body) = request.into_parts();
        let response = if foreign { refused() } else { next.run(Request::from_parts(parts.clone(), body)).await };
        dressed(&state, &parts, response).await
    };

    let headers = response.headers_mut();
    for (name, value) in &SECURITY {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    // A page about people stays in no cache; assets and tiles say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if state.inner.tls {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(&operation.to_string()) {
        headers.insert("x-operation-id", value);
    }
    let status = response.status().as_u16();
    let seconds = begun.elapsed().as_secs_f64();
    let route = route.unwrap_or_else(|| "(none)".to_owned());
    tracing::debug!(%operation, method = %method, route, status, duration_ms = seconds * 1_000.0, "answered");
    metrics::histogram!("siger_answer_seconds", "route" => route, "status" => status.to_string()).record(seconds);
    response
}

/// Gives an error its page. Whoever is signed in sees it in the desk's shell.
async fn dressed(state: &State, parts: &axum::http::request::Parts, response: Response) -> Response {
    let status = response.status();
    let fault = response.extensions().get::<WebError>().cloned();
    let bare = fault.is_some() || ((status.is_client_error() || status.is_server_error()) && !is_page(response.headers()) && !is_json(response.headers()));
    if !bare {
        return response;
    }
    let mut parts = parts.clone();
    let mut visit = match <Visit as axum::extract::FromRequestParts<State>>::from_request_parts(&mut parts, state).await {
        Ok(visit) => visit,
        // The store is away: the page must come all the same.
        Err(_) => Visit::outside(&parts, state),
    };
    visit.here = page_of(&parts);
    match fault {
        Some(fault) => fault::answer(&visit, &fault, wants_json(&parts.headers)),
        None if status == StatusCode::METHOD_NOT_ALLOWED => fault::page(&visit, StatusCode::NOT_FOUND),
        None => fault::page(&visit, status),
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    kind(headers).starts_with("text/html")
}

fn is_json(headers: &HeaderMap) -> bool {
    kind(headers).starts_with("application/json") || kind(headers).starts_with("application/problem+json")
}

fn kind(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("")
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accepts| accepts.starts_with("application/json"))
}
