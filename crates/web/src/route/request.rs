//! Requests that a second person answers.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use siger_app::context::About;
use siger_app::office::Directory;
use siger_app::request::{self, Opened};
use siger_domain::access::Action;
use siger_domain::id::{OfficerId, RequestId};
use siger_domain::officer::State as Standing;
use siger_domain::request::{Matter, OPEN_SECONDS, State as RequestState};
use siger_storage::journal::read;

use super::officer::{confirm_at, id};
use crate::address;
use crate::page::{request as list_page, request_show};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::{Desk, Visit};

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/requests", get(list))
        .route("/requests/{id}", get(show))
        .route("/requests/{id}/approve", post(approve))
        .route("/requests/{id}/decline", post(decline))
        .route("/requests/{id}/withdraw", post(withdraw))
}

fn page_of(of: RequestId) -> String {
    format!("{}/{of}", address::REQUESTS)
}

/// What is asked, in a few words that name no person of a file.
fn what(visit: &Visit, directory: &Directory, matter: &Matter) -> String {
    let ui = visit.ui();
    match matter {
        Matter::Roles { officer, .. } => ui.format("request-roles", &[("name", directory.name(Some(*officer)).unwrap_or("–").into())]),
        Matter::Recover { officer, .. } => ui.format("request-recover", &[("name", directory.name(Some(*officer)).unwrap_or("–").into())]),
        Matter::Erase { .. } => ui.text("request-erase").to_owned(),
    }
}

/// The second person who agreed or refused; whoever takes a request back answers nothing.
fn answered_by(opened: &Opened) -> Option<OfficerId> {
    opened.request.answered_by.filter(|_| matches!(opened.request.state, RequestState::Approved | RequestState::Declined))
}

/// A request past its time has run out, also before the daily job wrote that down.
fn standing(opened: &Opened, now: siger_domain::time::Instant) -> RequestState {
    if opened.request.state == RequestState::Open && opened.request.expires <= now { RequestState::Expired } else { opened.request.state }
}

#[derive(Deserialize)]
struct Part {
    before: Option<u64>,
}

async fn list(desk: Desk, Query(part): Query<Part>) -> Result<Response, WebError> {
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let (found, next) = desk
        .office()
        .read(move |tx| {
            // What waits stands on the first part only, all of it; then what is over, newest first.
            let mut found = if part.before.is_none() { request::waiting(tx, &keyring, &by)? } else { Vec::new() };
            let over = request::list(tx, &keyring, &by, part.before.unwrap_or(u64::MAX), request::PAGE)?;
            // A part that is full may be the last one all the same.
            let next = match over.full(request::PAGE) {
                Some(last) if request::list(tx, &keyring, &by, last, 1)?.read > 0 => Some(last),
                _ => None,
            };
            found.extend(over.rows.into_iter().filter(|opened| opened.request.state != RequestState::Open));
            Ok((found, next))
        })
        .await?;
    let directory = desk.office().directory().await?;
    let name = |of| directory.name(of).unwrap_or("–").to_owned();
    let rows = found.iter().map(|opened| list_page::Row {
        what: what(&desk.visit, &directory, &opened.matter),
        address: page_of(opened.request.id),
        asked_by: name(Some(opened.request.opened_by)),
        asked_at: opened.request.expires.plus_seconds(-OPEN_SECONDS),
        until: opened.request.expires,
        state: standing(opened, desk.by.now),
        answered_by: answered_by(opened).map(|of| name(Some(of))),
        yours: request::may_answer(&desk.by, opened),
    });
    let (mut open, over): (Vec<_>, Vec<_>) = rows.partition(|row| row.state == RequestState::Open);
    open.sort_by_key(|row| row.until);
    let view = list_page::View {
        open,
        over,
        own_only: !desk.by.may(Action::RequestList, About::default()),
        newest: part.before.map(|_| address::REQUESTS.to_owned()),
        next: next.map(|before| format!("{}?before={before}", address::REQUESTS)),
    };
    Ok(desk.visit.answer(list_page::page(&desk.visit.page(), &view)))
}

async fn show(desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: RequestId = id(&of)?;
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    let office = desk.office().clone();
    let (opened, answered_at, seconds) = desk
        .office()
        .read(move |tx| {
            let opened = request::get(tx, &keyring, &by, of)?;
            let seconds = match opened.request.state {
                RequestState::Open => request::second_persons(tx, &office, Some(opened.request.opened_by), &opened.matter)?,
                _ => Vec::new(),
            };
            let entry = match opened.request.answered {
                Some(number) => read::entry(tx, number)?,
                None => None,
            };
            Ok((opened, entry.map(|entry| entry.stamp.at), seconds))
        })
        .await?;
    let directory = desk.office().directory().await?;
    let state = standing(&opened, desk.by.now);
    let by = &desk.by;
    let yours = by.officer == Some(opened.request.opened_by);
    let about_you = opened.matter.officer().is_some_and(|officer| by.officer == Some(officer));
    let asked = match &opened.matter {
        Matter::Roles { officer, roles } => request_show::Asked::Roles {
            name: directory.name(Some(*officer)).unwrap_or("–").to_owned(),
            address: format!("{}/{officer}", address::OFFICERS),
            now: (state == RequestState::Open).then(|| directory.get(*officer).map_or_else(Vec::new, |colleague| colleague.roles.iter().collect())),
            new: roles.clone(),
            invited: directory.get(*officer).is_some_and(|colleague| colleague.state == Standing::Invited),
        },
        Matter::Recover { officer, lost, .. } => request_show::Asked::Recover {
            name: directory.name(Some(*officer)).unwrap_or("–").to_owned(),
            address: format!("{}/{officer}", address::OFFICERS),
            lost: *lost,
        },
        Matter::Erase { person, ground } => {
            let file = by.may(Action::PersonRead, About::default()).then(|| format!("{}/{person}", address::PERSONS));
            request_show::Asked::Erase { person: person.to_string(), file, ground: *ground }
        }
    };
    let cannot = match state {
        RequestState::Open if request::may_answer(by, &opened) => None,
        RequestState::Open if yours => Some(request_show::CannotAnswer::Yours),
        RequestState::Open if about_you => Some(request_show::CannotAnswer::AboutYou),
        RequestState::Open => Some(request_show::CannotAnswer::Role),
        _ => None,
    };
    let view = request_show::View {
        address: page_of(of),
        what: what(&desk.visit, &directory, &opened.matter),
        asked,
        state,
        asked_by: directory.name(Some(opened.request.opened_by)).unwrap_or("–").to_owned(),
        asked_at: opened.request.expires.plus_seconds(-OPEN_SECONDS),
        until: opened.request.expires,
        answered_by: answered_by(&opened).map(|who| directory.name(Some(who)).unwrap_or("–").to_owned()),
        // What ran out ended then, whenever that was written down.
        ended_at: if state == RequestState::Expired { Some(opened.request.expires) } else { answered_at },
        seconds: seconds.into_iter().filter_map(|who| directory.name(Some(who)).map(str::to_owned)).collect(),
        cannot,
        may_withdraw: yours && state == RequestState::Open && by.may(Action::RequestWithdraw, About { own: true, ..About::default() }),
    };
    Ok(desk.visit.answer(request_show::page(&desk.visit.page(), &view)))
}

/// The action that the answer to this request is, for the confirmation before it.
async fn action(desk: &Desk, of: RequestId) -> Result<Action, WebError> {
    let (by, keyring) = (desk.by.clone(), desk.office().store().keyring().clone());
    Ok(desk.office().read(move |tx| Ok(request::get(tx, &keyring, &by, of)?.matter.answer_action())).await?)
}

async fn approve(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let of: RequestId = id(&of)?;
    let (action, by) = (action(&desk, of).await?, desk.by.clone());
    let approved = desk.office().erase(move |write| Ok(((), request::approve(write, &by, of)?))).await;
    approved.map_err(|error| confirm_at(error, action, &page_of(of)))?;
    Ok(Redirect::to(&page_of(of)))
}

async fn decline(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let of: RequestId = id(&of)?;
    let (action, by) = (action(&desk, of).await?, desk.by.clone());
    let declined = desk.office().write(move |write| request::decline(write, &by, of)).await;
    declined.map_err(|error| confirm_at(error, action, &page_of(of)))?;
    Ok(Redirect::to(&page_of(of)))
}

async fn withdraw(Path(of): Path<String>, Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let (of, by) = (id(&of)?, desk.by.clone());
    desk.office().write(move |write| request::withdraw(write, &by, of)).await?;
    Ok(Redirect::to(&page_of(of)))
}
