//! Confirming that it is still them.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use siger_app::{Error, account, sign_in};

use super::sign_in::{Finished, ceremony, options, own, renewed};
use crate::address;
use crate::page::fresh::{View, page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::{Posted, own_form};
use crate::server::visit::Desk;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/fresh", get(show).post(with_code))
        .route("/fresh/passkey/start", post(passkey_start))
        .route("/fresh/passkey/finish", post(passkey_finish))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
    #[serde(default)]
    what: String,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let view = view(&desk, &asked.next, &asked.what).await?;
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

async fn view(desk: &Desk, next: &str, what: &str) -> Result<View, WebError> {
    let ways = account::ways(desk.office(), &desk.by).await?;
    let has = |kind| ways.iter().any(|way| way.kind == kind);
    let ui = desk.visit.ui();
    // The word of an action, not any text that an address carries.
    let what = what.parse::<siger_domain::access::Action>().map(|action| ui.word("action", action.as_str())).unwrap_or(ui.text("fresh-something"));
    Ok(View {
        what: what.to_owned(),
        next: own(next).to_owned(),
        back: address::HOME.to_owned(),
        has_passkey: desk.office().passkeys().is_some() && has("passkey"),
        has_code: has("totp"),
        wrong: false,
        wait_seconds: None,
    })
}

async fn with_code(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let next = own(fields.get("next")).to_owned();
    match sign_in::prove_with_code(desk.office(), desk.visit.arrival, &desk.by, fields.get("code")).await {
        Ok(token) => Ok(renewed(&desk.visit, &token, Redirect::to(&next).into_response())),
        Err(error) => {
            let (wait_seconds, status) = match error {
                Error::Invalid(_) => (None, StatusCode::UNPROCESSABLE_ENTITY),
                Error::TooMany { seconds } => (Some(seconds), StatusCode::TOO_MANY_REQUESTS),
                other => return Err(other.into()),
            };
            let view = View { wrong: wait_seconds.is_none(), wait_seconds, ..view(&desk, &next, "").await? };
            "/fresh".clone_into(&mut desk.visit.here);
            let mut response = desk.visit.answer(page(&desk.visit.page(), &view));
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

async fn passkey_start(Posted { desk, .. }: Posted) -> Result<Response, WebError> {
    let started = sign_in::start_proof(desk.office(), &desk.by).await?;
    Ok(options(&desk.visit, started))
}

async fn passkey_finish(desk: Desk, Json(sent): Json<Finished>) -> Result<Response, WebError> {
    if !own_form(&desk.visit, &sent.csrf) {
        return Err(Error::Forbidden(siger_app::access::Why::Hidden).into());
    }
    let token = sign_in::prove_with_passkey(desk.office(), &desk.by, &ceremony(&desk.visit)?, &sent.credential.to_string()).await?;
    Ok(renewed(&desk.visit, &token, Json(json!({ "next": own(&sent.next) })).into_response()))
}
