//! Signing in and out.

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;
use siger_app::identity::password::Typed;
use siger_app::identity::token::{Cookie, Ended, Token};
use siger_app::sign_in::{self, Begun};
use siger_app::{Error, session};

use crate::address;
use crate::page::sign_in::{Reason, View, page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::{Posted, PostedOutside};
use crate::server::visit::{Visit, cookie, set_cookie};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route(address::SIGN_IN, get(show).post(sign_in))
        .route("/sign-in/passkey/start", post(passkey_start))
        .route("/sign-in/passkey/finish", post(passkey_finish))
        .route(address::SIGN_OUT, post(sign_out))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    reason: String,
}

async fn show(visit: Visit, axum::extract::Query(asked): axum::extract::Query<Asked>) -> Response {
    let next = own(&asked.next);
    if visit.signed_in.is_some() {
        return visit.with_cookies(Redirect::to(next).into_response());
    }
    let reason = match (visit.ended, asked.reason.as_str()) {
        (Some(Ended::Copied), _) => Some(Reason::Copied),
        (_, "out") => Some(Reason::SignedOut),
        (_, "unsent") => Some(Reason::Unsent),
        (Some(Ended::Idle | Ended::TooOld), _) | (None, "ended") => Some(Reason::Ended),
        (None, _) => None,
    };
    visit.answer(page(&visit.page(), &View { reason, login: String::new(), next: next.to_owned() }))
}

async fn sign_in(PostedOutside { mut visit, fields }: PostedOutside) -> Response {
    address::SIGN_IN.clone_into(&mut visit.here);
    let (login, next) = (fields.get("login"), own(fields.get("next")));
    let typed = Typed::new(fields.get("password").to_owned());
    match sign_in::with_password(visit.state.office(), visit.arrival, login, typed, fields.get("code")).await {
        Ok(begun) => begun_at(&visit, &begun, Redirect::to(next).into_response()),
        Err(error) => {
            let (reason, status) = match error {
                Error::Invalid(_) => (Reason::Wrong, StatusCode::UNPROCESSABLE_ENTITY),
                Error::TooMany { seconds } => (Reason::Wait { seconds }, StatusCode::TOO_MANY_REQUESTS),
                other => return WebError::from(other).into_response(),
            };
            let view = View { reason: Some(reason), login: login.chars().take(80).collect(), next: next.to_owned() };
            let mut response = visit.answer(page(&visit.page(), &view));
            *response.status_mut() = status;
            response
        }
    }
}

/// Where to go after signing in: only pages of this office.
pub(super) fn own(next: &str) -> &str {
    if address::is_own(next) { next } else { address::HOME }
}

/// Sets the cookies of a complete sign-in.
pub(super) fn begun_at(visit: &Visit, begun: &Begun, mut response: Response) -> Response {
    let tls = visit.state.inner.tls;
    set_cookie(response.headers_mut(), &Cookie::Session.set(&begun.token, tls));
    set_cookie(response.headers_mut(), &Cookie::Device.set(&begun.device, tls));
    forget_ceremony(&mut response);
    response
}

/// Sets the session cookie after a proof of presence.
pub(super) fn renewed(visit: &Visit, token: &Token, mut response: Response) -> Response {
    set_cookie(response.headers_mut(), &Cookie::Session.set(token, visit.state.inner.tls));
    forget_ceremony(&mut response);
    response
}

/// The sealed state between the two requests of a ceremony travels in this cookie: readable by the server only, and gone
/// after some minutes.
const CEREMONY_COOKIE: &str = "siger_ceremony";
/// As long as a ceremony may take, and a first sign-in with a look for the phone.
const CEREMONY_SECONDS: u32 = 900;

pub(super) fn keep_ceremony(visit: &Visit, sealed: &str, mut response: Response) -> Response {
    let secure = if visit.state.inner.tls { "; Secure" } else { "" };
    let value = format!("{CEREMONY_COOKIE}={sealed}; Path=/; Max-Age={CEREMONY_SECONDS}; SameSite=Strict; HttpOnly{secure}");
    set_cookie(response.headers_mut(), &value);
    response
}

pub(super) fn ceremony(visit: &Visit) -> Result<String, Error> {
    cookie(&visit.cookies, CEREMONY_COOKIE).map(str::to_owned).ok_or(Error::Conflict("ceremony_over"))
}

fn forget_ceremony(response: &mut Response) {
    set_cookie(response.headers_mut(), &format!("{CEREMONY_COOKIE}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly"));
}

/// Options for the browser, as they are; the sealed state in its cookie.
pub(super) fn options(visit: &Visit, (options, sealed): (String, String)) -> Response {
    let response = ([(axum::http::header::CONTENT_TYPE, "application/json")], options).into_response();
    keep_ceremony(visit, &sealed, response)
}

/// What a page's script sends back from a passkey.
#[derive(Deserialize)]
pub(super) struct Finished {
    #[serde(default)]
    pub(super) csrf: String,
    #[serde(default)]
    pub(super) next: String,
    #[serde(default)]
    pub(super) label: String,
    pub(super) credential: serde_json::Value,
}

async fn passkey_start(visit: Visit) -> Result<Response, WebError> {
    Ok(options(&visit, sign_in::start_passkey(visit.state.office())?))
}

async fn passkey_finish(visit: Visit, Json(sent): Json<Finished>) -> Result<Response, WebError> {
    let begun = sign_in::with_passkey(visit.state.office(), visit.arrival, &ceremony(&visit)?, &sent.credential.to_string()).await?;
    Ok(begun_at(&visit, &begun, Json(json!({ "next": own(&sent.next) })).into_response()))
}

async fn sign_out(Posted { desk, .. }: Posted) -> Result<Response, WebError> {
    let by = desk.by.clone();
    if let Some(id) = by.session {
        desk.office().write(move |write| session::end(write, &by, id)).await?;
    }
    let mut response = Redirect::to(&format!("{}?reason=out", address::SIGN_IN)).into_response();
    set_cookie(response.headers_mut(), &Cookie::Session.clear(desk.visit.state.inner.tls));
    Ok(response)
}
