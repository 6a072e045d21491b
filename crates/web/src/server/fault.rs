//! From a use case's error to a status and a page: the one place.

use std::sync::Arc;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use siger_app::Error;
use siger_app::access::Why;
use siger_app::error::Fault;
use siger_domain::access::Action;

use super::visit::Visit;
use crate::locale::Locale;
use crate::page::error::{self, Kind};

/// A use case's error on its way to the outermost layer, which writes the page or the JSON.
#[derive(Clone, Debug)]
pub struct WebError {
    error: Arc<Error>,
    /// Where to confirm that it is still them, for an action that asks for it.
    confirm: Option<(Action, String)>,
}

impl From<Error> for WebError {
    fn from(error: Error) -> Self {
        Self { error: Arc::new(error), confirm: None }
    }
}

impl WebError {
    /// The action needs a fresh sign-in; afterwards the officer is at `back` again.
    pub fn confirm(action: Action, back: &str) -> Self {
        Self { error: Arc::new(Error::Forbidden(Why::FreshSignIn)), confirm: Some((action, back.to_owned())) }
    }

    /// A form that is not of a page of this office, or of another sign-in's page.
    pub fn foreign() -> Self {
        Self::from(Error::Forbidden(Why::Hidden))
    }

    /// The answer did not come in time: what was asked may happen all the same.
    pub fn late() -> Self {
        Self::from(Error::Unavailable(siger_storage::Error::Unknown { operation: "answer in time" }))
    }

    /// The use case's error.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match &*self.error {
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Conflict(_) => StatusCode::CONFLICT,
            Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A sentence about this very case, where the texts have one.
    pub(crate) fn about(&self, locale: Locale) -> Option<&'static str> {
        match &*self.error {
            Error::Forbidden(why) => Some(locale.word("refused", why.as_str())),
            Error::Conflict(word) => Some(locale.word("conflict", word)),
            Error::Unavailable(source) => Some(locale.word("unavailable", unavailable(source))),
            // What a form shows beside its field; where no form asked, the page says it.
            Error::Invalid(faults) => match faults.first() {
                Some(Fault { field: "name", reason: "too_short" }) => Some(locale.text("person-name-short")),
                Some(Fault { field: "root", reason }) => Some(locale.word("invalid-root", reason)),
                Some(Fault { field: "passkey", reason: "already_there" }) => Some(locale.text("passkey-known")),
                Some(Fault { field: "passkey", reason: "copied" }) => Some(locale.text("passkey-copied")),
                Some(Fault { field: "passkey", .. }) => Some(locale.text("passkey-failed")),
                _ => None,
            },
            _ => None,
        }
    }

    /// Writes the cause down once, where somebody should act on it.
    pub(crate) fn log(&self, operation: &str) {
        match &*self.error {
            Error::Internal(source) => tracing::error!(operation, error = %chain(source.as_ref()), "a request failed inside"),
            Error::Unavailable(source) => tracing::warn!(operation, error = %source, "the store could not take a request"),
            _ => {}
        }
    }
}

fn unavailable(source: &siger_storage::Error) -> &'static str {
    match source {
        siger_storage::Error::DiskFull { .. } => "disk_full",
        siger_storage::Error::ReadOnly { .. } => "read_only",
        siger_storage::Error::ClockBack { .. } => "clock_back",
        siger_storage::Error::Unknown { .. } => "unknown",
        siger_storage::Error::RootRotated => "root_rotated",
        _ => "busy",
    }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page, redirect or JSON of an error.
pub(super) fn answer(visit: &Visit, fault: &WebError, wants_json: bool) -> Response {
    let operation = visit.operation.to_string();
    fault.log(&operation);
    if !wants_json && matches!(fault.error(), Error::Forbidden(Why::FreshSignIn)) {
        let (what, next) = match &fault.confirm {
            Some((action, back)) => (action.as_str(), back.as_str()),
            None => ("", visit.here.as_str()),
        };
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).append_pair("what", what).finish();
        return Redirect::to(&format!("/fresh?{query}")).into_response();
    }
    let retry_seconds = match fault.error() {
        Error::TooMany { seconds } => Some(*seconds),
        Error::Unavailable(_) => Some(5),
        _ => None,
    };
    let status = fault.status();
    let mut response = if wants_json {
        let said = fault.about(visit.language.locale).map_or_else(|| fault.error().to_string(), str::to_owned);
        (status, Json(serde_json::json!({ "error": said, "operation": operation }))).into_response()
    } else {
        let about = fault.about(visit.language.locale);
        let kind = match fault.error() {
            Error::Forbidden(Why::Hidden) => Kind::Foreign,
            _ => Kind::of(status.as_u16()),
        };
        shown(visit, kind, status, about, retry_seconds)
    };
    if let Some(value) = retry_seconds.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// The page for a status that the framework gave.
pub(super) fn page(visit: &Visit, status: StatusCode) -> Response {
    shown(visit, Kind::of(status.as_u16()), status, None, None)
}

fn shown(visit: &Visit, kind: Kind, status: StatusCode, about: Option<&str>, retry_seconds: Option<i64>) -> Response {
    let operation = visit.operation.to_string();
    let view = error::View { kind, status: status.as_u16(), about, retry_seconds, operation: Some(&operation) };
    let mut response = visit.answer(error::page(&visit.page(), &view));
    *response.status_mut() = status;
    response
}
