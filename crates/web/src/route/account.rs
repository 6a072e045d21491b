//! The officer's own ways to sign in and sign-ins.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use siger_app::context::About;
use siger_app::identity::password::{CHARACTERS_MIN, Typed};
use siger_app::identity::totp;
use siger_app::{Error, account, officer, session};
use siger_domain::access::Action;
use siger_domain::id::{CredentialId, SessionId};

use super::join::weak;
use super::officer::{again, before_form, confirm_at, id, sign_in};
use super::sign_in::{Finished, ceremony, keep_ceremony, options};
use crate::address;
use crate::page::account::{View, Way, page};
use crate::page::account_change::{self, CodeView};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::{Posted, own_form};
use crate::server::visit::Desk;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/account", get(show))
        .route("/account/passkey", get(passkey))
        .route("/account/passkey/start", post(passkey_start))
        .route("/account/passkey/finish", post(passkey_finish))
        .route("/account/password", get(password).post(set_password))
        .route("/account/code", get(code).post(set_code))
        .route("/account/ways/{id}/remove", post(remove))
        .route("/account/sign-ins/{id}/end", post(end))
}

const OWN: About = About { own: true, secret: false, second_person: false };

async fn show(desk: Desk) -> Result<Response, WebError> {
    let ways = account::ways(desk.office(), &desk.by).await?;
    let of = desk.by.officer.ok_or(Error::NotFound)?;
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let sign_ins = desk.office().read(move |tx| session::list(tx, &keyring, &by, of)).await?;
    let view = View {
        ways: ways
            .into_iter()
            .map(|way| Way { id: way.id.to_string(), kind: way.kind, label: way.label, added_at: way.added_at, used_at: way.used_at, removable: way.removable })
            .collect(),
        passkeys: desk.office().passkeys().is_some(),
        sign_ins: sign_ins.into_iter().map(sign_in).collect(),
    };
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

async fn passkey(desk: Desk) -> Result<Response, WebError> {
    before_form(&desk, Action::OfficerCredential, OWN)?;
    if desk.office().passkeys().is_none() {
        return Err(Error::Conflict("passkeys_unavailable").into());
    }
    Ok(desk.visit.answer(account_change::passkey(&desk.visit.page())))
}

async fn passkey_start(Posted { desk, .. }: Posted) -> Result<Response, WebError> {
    let started = account::start_passkey(desk.office(), &desk.by).await?;
    Ok(options(&desk.visit, started))
}

async fn passkey_finish(desk: Desk, Json(sent): Json<Finished>) -> Result<Response, WebError> {
    if !own_form(&desk.visit, &sent.csrf) {
        return Err(Error::Forbidden(siger_app::access::Why::Hidden).into());
    }
    let unnamed = sent.label.trim().is_empty();
    let label = if unnamed { desk.visit.ui().text("account-unnamed") } else { sent.label.as_str() };
    account::finish_passkey(desk.office(), &desk.by, &ceremony(&desk.visit)?, &sent.credential.to_string(), label).await?;
    Ok(Json(json!({ "next": address::ACCOUNT })).into_response())
}

/// The own sign-in name, for password managers.
async fn login(desk: &Desk) -> Result<String, WebError> {
    let of = desk.by.officer.ok_or(Error::NotFound)?;
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    Ok(desk.office().read(move |tx| Ok(officer::get(tx, &keyring, &by, of)?.login().to_owned())).await?)
}

async fn password(desk: Desk) -> Result<Response, WebError> {
    before_form(&desk, Action::OfficerCredential, OWN)?;
    let login = login(&desk).await?;
    Ok(desk.visit.answer(account_change::password(&desk.visit.page(), &login, CHARACTERS_MIN, None)))
}

async fn set_password(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    const HERE: &str = "/account/password";
    match account::set_password(desk.office(), &desk.by, Typed::new(fields.get("password").to_owned())).await {
        Ok(()) => Ok(Redirect::to(address::ACCOUNT).into_response()),
        Err(Error::Invalid(faults)) => {
            let login = login(&desk).await?;
            HERE.clone_into(&mut desk.visit.here);
            let why = faults.first().map(|fault| weak(fault.reason));
            Ok(again(&desk, account_change::password(&desk.visit.page(), &login, CHARACTERS_MIN, why)))
        }
        Err(error) => Err(confirm_at(error, Action::OfficerCredential, HERE)),
    }
}

fn code_view(secret: String, uri: &str, wrong: bool) -> Result<CodeView, Error> {
    let qr = totp::qr(uri).map_err(Error::internal)?;
    Ok(CodeView { side: qr.side, path: qr.path, secret, wrong })
}

async fn code(desk: Desk) -> Result<Response, WebError> {
    before_form(&desk, Action::OfficerCredential, OWN)?;
    let (secret, uri, sealed) = account::start_code(desk.office(), &desk.by).await?;
    let shown = desk.visit.answer(account_change::generator(&desk.visit.page(), &code_view(secret, &uri, false)?));
    Ok(keep_ceremony(&desk.visit, &sealed, shown))
}

async fn set_code(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    const HERE: &str = "/account/code";
    let sealed = ceremony(&desk.visit)?;
    match account::finish_code(desk.office(), &desk.by, &sealed, fields.get("code")).await {
        Ok(()) => Ok(Redirect::to(address::ACCOUNT).into_response()),
        Err(Error::Invalid(_)) => {
            // The same secret again: it may be in the phone already.
            let (secret, uri) = account::code_again(desk.office(), &desk.by, &sealed).await?;
            HERE.clone_into(&mut desk.visit.here);
            Ok(again(&desk, account_change::generator(&desk.visit.page(), &code_view(secret, &uri, true)?)))
        }
        Err(error) => Err(confirm_at(error, Action::OfficerCredential, HERE)),
    }
}

async fn remove(Path(way): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let way: CredentialId = id(&way)?;
    let removed = account::remove(desk.office(), &desk.by, way).await;
    removed.map_err(|error| confirm_at(error, Action::OfficerCredential, address::ACCOUNT))?;
    Ok(Redirect::to(address::ACCOUNT))
}

async fn end(Path(sign_in): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (sign_in, by): (SessionId, _) = (id(&sign_in)?, desk.by.clone());
    desk.office().write(move |write| session::end(write, &by, sign_in)).await?;
    Ok(Redirect::to(address::ACCOUNT))
}
