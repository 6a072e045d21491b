//! The first sign-in, by a one-time link.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use siger_app::Error;
use siger_app::identity::password::{CHARACTERS_MIN, Typed};
use siger_app::identity::recovery::Purpose;
use siger_app::identity::totp;
use siger_app::sign_in::{self, Setup, Welcome};

use super::sign_in::{Finished, begun_at, ceremony, keep_ceremony, options};
use crate::address;
use crate::page::join::{Kind, Step, View, Weak, page};
use crate::page::join_code::{self, Reason};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::PostedOutside;
use crate::server::visit::Visit;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route(address::JOIN, get(ask).post(typed))
        .route("/join/{code}", get(show))
        .route("/join/{code}/password", get(back).post(password))
        .route("/join/{code}/code", get(back).post(code))
        .route("/join/{code}/passkey/start", post(passkey_start))
        .route("/join/{code}/passkey/finish", post(passkey_finish))
}

async fn ask(visit: Visit) -> Response {
    visit.answer(join_code::page(&visit.page(), None, ""))
}

/// From a code that was typed to the page that its link opens.
async fn typed(PostedOutside { visit, fields }: PostedOutside) -> Result<Response, WebError> {
    let typed = fields.get("code");
    match sign_in::typed_code(visit.state.office(), visit.arrival, typed).await {
        Ok(code) => Ok(Redirect::to(&action(&code)).into_response()),
        Err(error) => {
            let (reason, status) = match error {
                Error::Invalid(faults) if faults.iter().any(|fault| fault.reason == "mistyped") => (Reason::Mistyped, StatusCode::UNPROCESSABLE_ENTITY),
                Error::Invalid(_) => (Reason::NotInForce, StatusCode::UNPROCESSABLE_ENTITY),
                Error::TooMany { seconds } => (Reason::Wait { seconds }, StatusCode::TOO_MANY_REQUESTS),
                other => return Err(other.into()),
            };
            let kept: String = if reason == Reason::Mistyped { typed.chars().take(join_code::TYPED_CHARS_MAX).collect() } else { String::new() };
            let mut response = visit.answer(join_code::page(&visit.page(), Some(reason), &kept));
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

async fn show(visit: Visit, Path(one_time): Path<String>) -> Result<Response, WebError> {
    let welcome = sign_in::welcome(visit.state.office(), &one_time).await.map_err(not_in_force)?;
    Ok(visit.answer(page(&visit.page(), &view(welcome, &one_time, Step::Choose { weak: None }))))
}

async fn back(Path(one_time): Path<String>) -> Redirect {
    Redirect::to(&action(&one_time))
}

/// A code that is mistyped, used or over: there is no such page.
fn not_in_force(error: Error) -> Error {
    if matches!(error, Error::Invalid(_)) { Error::Conflict("link_not_in_force") } else { error }
}

fn action(one_time: &str) -> String {
    // Only letters, digits and hyphens: whatever else was typed is not part of a code.
    let code: String = one_time.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("/join/{code}")
}

fn view(welcome: Welcome, one_time: &str, step: Step) -> View {
    View {
        kind: match welcome.purpose {
            Purpose::Invitation => Kind::Invitation,
            Purpose::LostPasskey => Kind::LostPasskey,
            Purpose::LostPhone => Kind::LostPhone,
        },
        name: welcome.name,
        login: welcome.login,
        until: welcome.until,
        action: action(one_time),
        characters_min: CHARACTERS_MIN,
        step,
    }
}

/// What a reason of the rules is on a page.
pub(super) fn weak(reason: &str) -> Weak {
    match reason {
        "too_short" => Weak::Short,
        "too_long" => Weak::Long,
        "about_you" => Weak::AboutYou,
        "common" => Weak::Common,
        _ => Weak::Pattern,
    }
}

async fn password(Path(one_time): Path<String>, PostedOutside { visit, fields }: PostedOutside) -> Result<Response, WebError> {
    let office = visit.state.office();
    let welcome = sign_in::welcome(office, &one_time).await.map_err(not_in_force)?;
    match sign_in::join_password(office, &one_time, Typed::new(fields.get("password").to_owned())).await {
        Ok(setup) => {
            let shown = visit.answer(page(&visit.page(), &view(welcome, &one_time, code_step(&setup, false)?)));
            Ok(keep_ceremony(&visit, &setup.ceremony, shown))
        }
        Err(Error::Invalid(faults)) => {
            let step = Step::Choose { weak: faults.first().map(|fault| weak(fault.reason)) };
            let mut response = visit.answer(page(&visit.page(), &view(welcome, &one_time, step)));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

fn code_step(setup: &Setup, wrong: bool) -> Result<Step, Error> {
    let qr = totp::qr(&setup.uri).map_err(Error::internal)?;
    Ok(Step::Code { side: qr.side, path: qr.path, secret: setup.secret.clone(), wrong })
}

async fn code(Path(one_time): Path<String>, PostedOutside { visit, fields }: PostedOutside) -> Result<Response, WebError> {
    let office = visit.state.office();
    let sealed = ceremony(&visit)?;
    match sign_in::join_code(office, &sealed, fields.get("code")).await {
        Ok(begun) => Ok(begun_at(&visit, &begun, Redirect::to(address::HOME).into_response())),
        Err(Error::Invalid(_)) => {
            let welcome = sign_in::welcome(office, &one_time).await.map_err(not_in_force)?;
            let setup = sign_in::join_setup(office, &sealed).await?;
            let mut response = visit.answer(page(&visit.page(), &view(welcome, &one_time, code_step(&setup, true)?)));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

async fn passkey_start(Path(one_time): Path<String>, visit: Visit) -> Result<Response, WebError> {
    let started = sign_in::start_join_passkey(visit.state.office(), &one_time).await.map_err(not_in_force)?;
    Ok(options(&visit, started))
}

async fn passkey_finish(visit: Visit, Json(sent): Json<Finished>) -> Result<Response, WebError> {
    let label = if sent.label.trim().is_empty() { visit.ui().text("passkey-first-label") } else { sent.label.as_str() };
    let begun = sign_in::join_with_passkey(visit.state.office(), &ceremony(&visit)?, &sent.credential.to_string(), label).await?;
    Ok(begun_at(&visit, &begun, Json(json!({ "next": address::HOME })).into_response()))
}
