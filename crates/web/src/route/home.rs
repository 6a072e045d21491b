//! The first page after signing in.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use siger_app::context::About;
use siger_app::request;
use siger_domain::access::Action;
use siger_domain::request::Matter;
use siger_storage::journal::read;
use siger_storage::table::person;

use crate::address;
use crate::page::home::{Done, Journal, View, Waiting, page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::visit::Desk;

/// Requests shown here; the list has the rest.
const WAITING_MAX: usize = 5;
/// Own entries shown here.
const DONE_MAX: usize = 8;
/// How far back own entries are looked for.
const DONE_WITHIN: u32 = 400;

pub(super) fn router() -> Router<State> {
    Router::new().route(address::HOME, get(home))
}

async fn home(desk: Desk) -> Result<Response, WebError> {
    let by = desk.by.clone();
    let may = |action| by.may(action, About::default());
    let (sees_persons, sees_journal, sees_office) = (may(Action::PersonSearch), may(Action::JournalList), may(Action::OfficeRead));
    let (head, newest, persons) = desk
        .office()
        .read(move |tx| {
            let head = read::head(tx)?;
            let newest = read::newest_lines(tx, u64::MAX, DONE_WITHIN)?;
            let persons = if sees_persons { Some(person::count(tx)?.0) } else { None };
            Ok((head, newest, persons))
        })
        .await?;
    let (open, directory) = (desk.office().open_requests().await?, desk.office().directory().await?);
    let ui = desk.visit.ui();
    let waiting: Vec<Waiting> = open
        .iter()
        .filter(|opened| request::may_answer(&by, opened))
        .rev()
        .take(WAITING_MAX)
        .map(|opened| Waiting {
            what: match &opened.matter {
                Matter::Roles { officer, .. } => ui.format("home-waiting-roles", &[("name", directory.name(Some(*officer)).unwrap_or("–").into())]),
                Matter::Erase { .. } => ui.text("home-waiting-erase").to_owned(),
            },
            address: format!("{}/{}", address::REQUESTS, opened.request.id),
            asked_by: directory.name(Some(opened.request.opened_by)).unwrap_or("–").to_owned(),
            asked_at: opened.request.expires.plus_seconds(-siger_domain::request::OPEN_SECONDS),
            until: Some(opened.request.expires),
        })
        .collect();
    let done = newest
        .iter()
        .filter(|entry| entry.stamp.actor.is_some() && entry.stamp.actor == by.officer)
        .take(DONE_MAX)
        .map(|entry| Done {
            at: entry.stamp.at,
            what: ui.word("event", event_word(&entry.kind)).to_owned(),
            purpose: Some(ui.word("purpose", entry.stamp.purpose.as_str()).to_owned()),
            number: entry.number,
        })
        .collect();
    let view = View {
        waiting: by.may(Action::RequestList, About { own: true, ..About::default() }).then_some(waiting),
        journal: (sees_journal || sees_office).then(|| Journal { entries: head.edge.size(), signed_at: Some(head.last_at) }),
        backup: None,
        persons,
        may_register: may(Action::PersonRegister),
        index_building: sees_persons && !desk.office().names().is_complete(),
        done,
    };
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

/// The word of a kind of entry that this program knows; others were written by a newer one.
pub(crate) fn event_word(kind: &str) -> &'static str {
    siger_domain::event::Event::KINDS.iter().find(|(known, _)| *known == kind).map_or("unknown", |(known, _)| known)
}
