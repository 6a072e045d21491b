//! Officers: the list, inviting, roles, leave, stopping access, one-time links, sign-ins.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use siger_app::context::About;
use siger_app::identity::recovery::{Code, LIFETIME_SECONDS};
use siger_app::identity::totp;
use siger_app::officer::{self, Known};
use siger_app::{Error, request, session};
use siger_domain::access::{Action, Role};
use siger_domain::id::{OfficerId, RequestId, SessionId};
use siger_domain::officer::{Leave, Login, Profile, State as Standing};
use siger_domain::person::Name;
use siger_domain::request::Lost;
use siger_domain::time::CivilDate;

use crate::address;
use crate::page::{join::Kind, officer as list_page, officer_link, officer_new, officer_show};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::{Fields, Posted};
use crate::server::visit::Desk;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/officers", get(list))
        .route("/officers/new", get(new).post(invite))
        .route("/officers/{id}", get(show))
        .route("/officers/{id}/roles", get(roles).post(ask_roles))
        .route("/officers/{id}/leave", get(back).post(leave))
        .route("/officers/{id}/suspend", post(suspend))
        .route("/officers/{id}/restore", post(restore))
        .route("/officers/{id}/recover", post(recover))
        .route("/officers/{id}/withdraw-code", post(withdraw_code))
        .route("/officers/{id}/sign-ins/{session}/end", post(end))
}

/// An identifier of an address; what is none leads nowhere.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Asks for the right to an action before its form is shown; where only the fresh sign-in is missing, asks for that, so
/// that nothing typed is lost.
pub(super) fn before_form(desk: &Desk, action: Action, about: About) -> Result<(), WebError> {
    desk.by.authorise(action, about).map(drop).map_err(|error| confirm_at(error, action, &desk.visit.here))
}

/// An error of an action whose button stands on the page `back`.
pub(super) fn confirm_at(error: Error, action: Action, back: &str) -> WebError {
    match error {
        Error::Forbidden(siger_app::access::Why::FreshSignIn) => WebError::confirm(action, back),
        other => other.into(),
    }
}

fn page_of(of: OfficerId) -> String {
    format!("{}/{of}", address::OFFICERS)
}

fn request_page(of: RequestId) -> String {
    format!("{}/{of}", address::REQUESTS)
}

/// Leave that is not over yet.
fn ahead(leave: Option<Leave>, today: CivilDate) -> Option<Leave> {
    leave.filter(|leave| leave.to >= today)
}

async fn list(desk: Desk) -> Result<Response, WebError> {
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let known = desk.office().read(move |tx| officer::list(tx, &keyring, &by)).await?;
    let ui = desk.visit.ui();
    let today = ui.today();
    let rows = known
        .into_iter()
        .map(|Known { officer, profile }| list_page::Row {
            address: page_of(officer.id),
            name: profile.map_or_else(|| ui.text("officer-unreadable").to_owned(), |profile| profile.name.reveal().to_owned()),
            state: officer.state,
            leave: ahead(officer.leave, today),
            on_leave: officer.leave.is_some_and(|leave| leave.covers(today)),
            is_you: desk.by.officer == Some(officer.id),
            roles: officer.roles,
        })
        .collect();
    let view = list_page::View { rows, may_invite: desk.by.may(Action::OfficerInvite, About::default()) };
    Ok(desk.visit.answer(list_page::page(&desk.visit.page(), &view)))
}

async fn new(desk: Desk) -> Result<Response, WebError> {
    before_form(&desk, Action::OfficerInvite, About::default())?;
    Ok(desk.visit.answer(officer_new::page(&desk.visit.page(), &officer_new::View::default())))
}

/// The roles that a form names; unknown words are not roles.
fn chosen(fields: &Fields) -> Vec<Role> {
    fields.all("roles").filter_map(|word| word.parse().ok()).filter(|role| Role::OFFICER.contains(role)).collect()
}

async fn invite(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    const HERE: &str = "/officers/new";
    HERE.clone_into(&mut desk.visit.here);
    before_form(&desk, Action::OfficerInvite, About::default())?;
    let mut view = officer_new::View {
        name: fields.get("name").chars().take(400).collect(),
        login: fields.get("login").chars().take(80).collect(),
        email: fields.get("email").chars().take(300).collect(),
        roles: chosen(&fields),
        faults: Vec::new(),
    };
    let (name, login) = (Name::new(&view.name), Login::new(&view.login));
    let email = Some(view.email.trim()).filter(|typed| !typed.is_empty()).map(siger_domain::officer::email);
    for (wrong, field, word) in [
        (name.is_err(), "name", "name_wrong"),
        (login.is_err(), "login", "login_wrong"),
        (matches!(email, Some(None)), "email", "email_wrong"),
        (view.roles.is_empty(), "roles", "roles_missing"),
    ] {
        if wrong {
            view.faults.push((field, word));
        }
    }
    let (Ok(name), Ok(login), true) = (name, login, view.faults.is_empty()) else { return Ok(again(&desk, officer_new::page(&desk.visit.page(), &view))) };
    let office = desk.office().clone();
    let (of, code) = (OfficerId::new(desk.by.now, office.random()), office.with_random(Code::new));
    let shown = (name.reveal().to_owned(), login.reveal().to_owned(), code.to_letters());
    let request = RequestId::new(desk.by.now, office.random());
    let (by, roles, profile) = (desk.by.clone(), view.roles.clone(), Profile { name, login, email: email.flatten() });
    match office.write(move |write| officer::invite(write, &by, of, profile, roles, &code, request)).await {
        Ok(_) => Ok(link(&desk, of, shown, Kind::Invitation, officer_link::Second::Roles(request_page(request)))),
        Err(Error::Invalid(faults)) => {
            view.faults = faults.iter().map(|fault| if fault.field == "login" { ("login", "login_taken") } else { ("roles", "roles_missing") }).collect();
            Ok(again(&desk, officer_new::page(&desk.visit.page(), &view)))
        }
        Err(error) => Err(confirm_at(error, Action::OfficerInvite, HERE)),
    }
}

/// A form with what was wrong in it.
pub(super) fn again(desk: &Desk, markup: maud::Markup) -> Response {
    let mut response = desk.visit.answer(markup);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

/// The one page that ever shows the link. It answers the POST itself: kept anywhere for a second look, the link would be a
/// second secret to guard.
fn link(desk: &Desk, of: OfficerId, (name, login, letters): (String, String, String), kind: Kind, second: officer_link::Second) -> Response {
    let link = format!("{}/join/{letters}", desk.visit.state.inner.origin.trim_end_matches('/'));
    let view = officer_link::View {
        address: page_of(of),
        name,
        login,
        kind,
        qr: totp::qr(&link).ok().map(|qr| (qr.side, qr.path)),
        link,
        letters,
        until: desk.by.now.plus_seconds(LIFETIME_SECONDS),
        second,
    };
    desk.visit.answer(officer_link::page(&desk.visit.page(), &view))
}

async fn view(desk: &Desk, of: OfficerId) -> Result<officer_show::View, WebError> {
    let (by, keyring, now) = (desk.by.clone(), desk.office().store().keyring().clone(), desk.by.now);
    let (known, sign_ins, request, recover_request) = desk
        .office()
        .read(move |tx| {
            let known = officer::get(tx, &keyring, &by, of)?;
            let sign_ins = session::list(tx, &keyring, &by, of).ok();
            let request = request::waits_for(tx, "roles", of.as_bytes(), now)?;
            let recover_request = request::waits_for(tx, "recover", of.as_bytes(), now)?;
            Ok((known, sign_ins, request, recover_request))
        })
        .await?;
    let Known { officer, profile } = known;
    let today = desk.visit.ui().today();
    let is_you = desk.by.officer == Some(of);
    let may = |action| desk.by.may(action, About { own: is_you, ..About::default() });
    let suspended = officer.state == Standing::Suspended;
    let leave = ahead(officer.leave, today);
    let typed = leave.map_or_else(Default::default, |leave| (leave.from.to_string(), leave.to.to_string()));
    let alone = officer::only_invited(&officer);
    Ok(officer_show::View {
        address: page_of(of),
        name: profile.as_ref().map_or_else(|| desk.visit.ui().text("officer-unreadable").to_owned(), |profile| profile.name.reveal().to_owned()),
        login: profile.as_ref().map_or_else(|| "–".to_owned(), |profile| profile.login.reveal().to_owned()),
        email: profile.and_then(|profile| profile.email).map(|email| email.reveal().clone()),
        state: officer.state,
        roles: officer.roles,
        leave,
        on_leave: officer.leave.is_some_and(|leave| leave.covers(today)),
        is_you,
        link_until: officer.recovery_expires.filter(|until| *until > desk.by.now),
        role_request: request.map(request_page),
        recover_request: recover_request.map(request_page),
        recover_alone: alone,
        sign_ins: sign_ins.map(|listed| listed.into_iter().map(sign_in).collect()),
        may: officer_show::May {
            roles: may(Action::OfficerRoles),
            leave: may(Action::OfficerLeave),
            // Oneself is not stopped by a slip of the hand, and has the account page for what was lost.
            suspend: !is_you && !suspended && may(Action::OfficerSuspend),
            restore: !is_you && suspended && may(Action::OfficerRestore),
            recover: !is_you && !suspended && may(if alone { Action::OfficerInvite } else { Action::OfficerRecover }),
            withdraw: may(Action::OfficerWithdraw),
            end: may(Action::SessionRevoke),
        },
        typed,
        fault: None,
    })
}

pub(super) fn sign_in(it: session::Listed) -> officer_show::SignIn {
    officer_show::SignIn { id: it.id.to_string(), begun_at: it.begun_at, seen_at: it.seen_at, method: it.method, is_this: it.is_this }
}

async fn show(desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let view = view(&desk, id(&of)?).await?;
    Ok(desk.visit.answer(officer_show::page(&desk.visit.page(), &view)))
}

async fn roles_view(desk: &Desk, of: OfficerId) -> Result<officer_new::RolesView, WebError> {
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let known = desk.office().read(move |tx| officer::get(tx, &keyring, &by, of)).await?;
    Ok(officer_new::RolesView {
        address: page_of(of),
        name: known.name().to_owned(),
        chosen: known.officer.roles.clone(),
        now: known.officer.roles,
        fault: None,
    })
}

async fn roles(desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: OfficerId = id(&of)?;
    before_form(&desk, Action::OfficerRoles, About { own: desk.by.officer == Some(of), ..About::default() })?;
    let view = roles_view(&desk, of).await?;
    Ok(desk.visit.answer(officer_new::roles_page(&desk.visit.page(), &view)))
}

async fn ask_roles(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: OfficerId = id(&of)?;
    let here = format!("{}/roles", page_of(of));
    let (by, roles, request) = (desk.by.clone(), chosen(&fields), RequestId::new(desk.by.now, desk.office().random()));
    let asked = roles.clone();
    match desk.office().write(move |write| request::open_roles(write, &by, request, of, roles)).await {
        Ok(_) => Ok(Redirect::to(&request_page(request)).into_response()),
        Err(Error::Invalid(faults)) => {
            let word = if faults.iter().any(|fault| fault.reason == "unchanged") { "roles_unchanged" } else { "roles_missing" };
            let view = officer_new::RolesView { chosen: asked, fault: Some(word), ..roles_view(&desk, of).await? };
            desk.visit.here = here;
            Ok(again(&desk, officer_new::roles_page(&desk.visit.page(), &view)))
        }
        Err(error) => Err(confirm_at(error, Action::OfficerRoles, &here)),
    }
}

/// The form stands on the officer's page; an address that only takes it leads there.
async fn back(Path(of): Path<String>) -> Result<Redirect, WebError> {
    Ok(Redirect::to(&page_of(id(&of)?)))
}

async fn leave(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: OfficerId = id(&of)?;
    let by = desk.by.clone();
    let typed = (fields.get("leave_from").to_owned(), fields.get("leave_to").to_owned());
    let (from, to) = (typed.0.parse::<CivilDate>(), typed.1.parse::<CivilDate>());
    let fault = if fields.get("cancel").is_empty() {
        match (from, to) {
            (Ok(from), Ok(to)) => desk.office().write(move |write| officer::set_leave(write, &by, of, Some(Leave { from, to }))).await,
            (Err(_), _) => Err(Error::invalid("leave_from", "wrong")),
            (_, Err(_)) => Err(Error::invalid("leave_to", "wrong")),
        }
    } else {
        desk.office().write(move |write| officer::set_leave(write, &by, of, None)).await
    };
    match fault {
        Ok(_) => Ok(Redirect::to(&page_of(of)).into_response()),
        Err(Error::Invalid(faults)) => {
            let fault = faults.first().map(|fault| match (fault.field, fault.reason) {
                (_, "before_from") => ("leave_to", "leave_to_before_from"),
                (_, "unchanged") => ("leave_from", "leave_from_unchanged"),
                ("leave_to", _) => ("leave_to", "leave_to_wrong"),
                _ => ("leave_from", "leave_from_wrong"),
            });
            let view = officer_show::View { typed, fault, ..view(&desk, of).await? };
            desk.visit.here = page_of(of);
            Ok(again(&desk, officer_show::page(&desk.visit.page(), &view)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn suspend(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (of, by) = (id(&of)?, desk.by.clone());
    let done = desk.office().write(move |write| officer::suspend(write, &by, of)).await;
    done.map_err(|error| confirm_at(error, Action::OfficerSuspend, &page_of(of)))?;
    Ok(Redirect::to(&page_of(of)))
}

async fn restore(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (of, by) = (id(&of)?, desk.by.clone());
    let done = desk.office().write(move |write| officer::restore(write, &by, of)).await;
    done.map_err(|error| confirm_at(error, Action::OfficerRestore, &page_of(of)))?;
    Ok(Redirect::to(&page_of(of)))
}

async fn recover(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: OfficerId = id(&of)?;
    let lost = match fields.get("lost") {
        "passkey" => Lost::Passkey,
        "phone" => Lost::Phone,
        "invitation" => Lost::Invitation,
        _ => return Err(Error::invalid("lost", "unknown").into()),
    };
    desk.visit.here = page_of(of);
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let known = desk.office().read(move |tx| officer::get(tx, &keyring, &by, of)).await?;
    let alone = officer::only_invited(&known.officer);
    let action = if alone { Action::OfficerInvite } else { Action::OfficerRecover };
    before_form(&desk, action, About { own: desk.by.officer == Some(of), ..About::default() })?;
    // Somebody who never came gets an invitation again, whatever the form says.
    let kind = match (known.officer.state, lost) {
        (Standing::Invited, _) | (_, Lost::Invitation) => Kind::Invitation,
        (_, Lost::Passkey) => Kind::LostPasskey,
        (_, Lost::Phone) => Kind::LostPhone,
    };
    let (code, request) = (desk.office().with_random(Code::new), RequestId::new(desk.by.now, desk.office().random()));
    let shown = (known.name().to_owned(), known.login().to_owned(), code.to_letters());
    let by = desk.by.clone();
    let done = desk
        .office()
        .write(move |write| if alone { officer::invite_again(write, &by, of, &code) } else { request::open_recover(write, &by, request, of, &code, lost) })
        .await;
    done.map_err(|error| confirm_at(error, action, &page_of(of)))?;
    let second = if alone { officer_link::Second::Nobody } else { officer_link::Second::Code(request_page(request)) };
    Ok(link(&desk, of, shown, kind, second))
}

async fn withdraw_code(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (of, by) = (id(&of)?, desk.by.clone());
    desk.office().write(move |write| officer::withdraw_code(write, &by, of)).await?;
    Ok(Redirect::to(&page_of(of)))
}

async fn end(Path((of, sign_in)): Path<(String, String)>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (of, sign_in): (OfficerId, SessionId) = (id(&of)?, id(&sign_in)?);
    let by = desk.by.clone();
    desk.office().write(move |write| session::end(write, &by, sign_in)).await?;
    Ok(Redirect::to(&page_of(of)))
}
