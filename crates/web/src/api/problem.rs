//! Problems (RFC 9457): what an answer of the API says when it is not the one asked for.
//!
//! A handler returns an error; the outermost layer knows the operation number and the language and writes the JSON. No problem
//! repeats what was sent: it may be about a person.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use siger_app::Error;
use siger_app::access::Why;
use siger_app::error::Fault;
use siger_domain::id::OperationId;
use utoipa::ToSchema;

use crate::locale::Locale;
use crate::server::fault::WebError;

/// The word for a key that came with another body before: also the word of the texts.
pub(crate) const KEY_REUSED: &str = "idempotency_key_reused";
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");
/// Seconds after which a store that could not take a request may be asked again.
const RETRY_SECONDS: i64 = 5;

/// Why a request was refused before any use case was asked.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    /// Nobody is signed in.
    SignIn,
    /// A header cannot be used; its name and what it must hold.
    Header(&'static str, &'static str),
    /// The body is not JSON by its content type.
    MediaType,
    /// The body or query cannot be read. Says where, never what.
    Unreadable(String),
    /// A use case said no.
    Use(WebError),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Use(WebError::from(error))
    }
}

impl From<WebError> for Refused {
    fn from(error: WebError) -> Self {
        Self::Use(error)
    }
}

impl Refused {
    /// The status, the word of the kind, and what happened in plain words.
    fn parts(&self, locale: Locale) -> (StatusCode, &'static str, String) {
        match self {
            Self::SignIn => (StatusCode::UNAUTHORIZED, "sign_in", "no session: send the session cookie of an officer who is signed in".to_owned()),
            Self::Header(name, what) => (StatusCode::BAD_REQUEST, "header", format!("{name}: {what}")),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "content-type must be application/json".to_owned()),
            Self::Unreadable(what) => (StatusCode::BAD_REQUEST, "unreadable", what.clone()),
            Self::Use(fault) => {
                let said = fault.about(locale).map_or_else(|| plain(fault.error()), str::to_owned);
                match fault.error() {
                    Error::Conflict(KEY_REUSED) => (StatusCode::UNPROCESSABLE_ENTITY, KEY_REUSED, said),
                    Error::Conflict(word) => (fault.status(), word, said),
                    Error::Forbidden(why) => (fault.status(), why.as_str(), said),
                    Error::Unavailable(siger_storage::Error::Unknown { .. }) => (fault.status(), "unknown", said),
                    _ => (fault.status(), kind_of(fault.status()), said),
                }
            }
        }
    }
}

/// A cause that is not for the caller is in the log; here stands that there was one.
fn plain(error: &Error) -> String {
    match error {
        Error::Internal(_) => "the program could not do this; the operator finds the cause in the log under this operation".to_owned(),
        other => other.to_string(),
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.parts(Locale::En).0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem as it is sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem, as a reference to the documentation of the API.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/openapi.json#problem-invalid")]
    kind: String,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    title: &'static str,
    /// The status of the answer.
    #[schema(example = 422)]
    status: u16,
    /// What happened, for a person to read.
    detail: String,
    /// The operation, as in the log and in the header `x-operation-id`.
    #[schema(example = "urn:uuid:019ab4de-3a00-7abc-8def-0123456789ab")]
    instance: String,
    /// The fields that were refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<FieldFault>,
}

/// A field that was refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct FieldFault {
    /// Name of the field.
    #[schema(example = "nationality")]
    field: &'static str,
    /// Why, as a word.
    #[schema(example = "not_a_code")]
    reason: &'static str,
}

/// Gives an answer that is an error its problem, in the language asked for. Others pass.
pub(crate) fn dressed(operation: OperationId, language: Option<&HeaderValue>, response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let refused = match (response.extensions().get::<Refused>(), response.extensions().get::<WebError>()) {
        (Some(refused), _) => Some(refused.clone()),
        (None, Some(fault)) => Some(Refused::Use(fault.clone())),
        (None, None) => None,
    };
    let accepts = language.and_then(|value| value.to_str().ok());
    let locale = accepts.map_or(Locale::En, |accepts| Locale::negotiate(None, None, Some(accepts)).locale);
    let mut faults = Vec::new();
    let mut retry_seconds = None;
    let (status, word, detail) = match &refused {
        Some(refused) => {
            if let Refused::Use(fault) = refused {
                fault.log(&operation.to_string());
                match fault.error() {
                    Error::Invalid(fields) => faults.extend(fields.iter().map(|Fault { field, reason }| FieldFault { field, reason })),
                    Error::TooMany { seconds } => retry_seconds = Some(*seconds),
                    Error::Unavailable(_) => retry_seconds = Some(RETRY_SECONDS),
                    _ => {}
                }
            }
            refused.parts(locale)
        }
        // The framework's own: too large, too slow, no such method.
        None => (status, kind_of(status), status.canonical_reason().unwrap_or("refused").to_lowercase()),
    };
    let problem = Problem {
        kind: format!("/api/v1/openapi.json#problem-{word}"),
        title: status.canonical_reason().unwrap_or("Refused"),
        status: status.as_u16(),
        detail,
        instance: format!("urn:uuid:{operation}"),
        faults,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut answer = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        // RFC 9110 §11.6.1 asks for a challenge; a cookie has no registered scheme.
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Cookie realm=\"siger\""));
    }
    if let Some(value) = retry_seconds.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
        answer.headers_mut().insert(HeaderName::from_static("retry-after"), value);
    }
    answer
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value == MEDIA_TYPE)
}

fn kind_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "unreadable",
        403 => Why::Role.as_str(),
        404 => "not_found",
        405 => "method",
        408 => "too_slow",
        409 => "conflict",
        413 => "too_large",
        415 => "media_type",
        422 => "invalid",
        429 => "too_many",
        503 => "unavailable",
        _ => "internal",
    }
}
