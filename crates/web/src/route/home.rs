//! The first page after signing in.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use siger_app::context::About;
use siger_app::{backup, request, retention};
use siger_domain::access::Action;
use siger_domain::request::Matter;
use siger_storage::journal::read;
use siger_storage::table::person;

use crate::address;
use crate::page::home::{Backup, Done, Journal, View, Waiting, page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::visit::Desk;

/// Requests shown here; the list has the rest.
const WAITING_MAX: usize = 5;
/// Own entries shown here.
const DONE_MAX: u32 = 8;

pub(super) fn router() -> Router<State> {
    Router::new().route(address::HOME, get(home))
}

async fn home(desk: Desk) -> Result<Response, WebError> {
    let by = desk.by.clone();
    let may = |action| by.may(action, About::default());
    let (sees_persons, sees_journal, sees_office) = (may(Action::PersonSearch), may(Action::JournalList), may(Action::OfficeRead));
    // Counting rows takes the longer the more there are; the index in memory knows once it has read them all.
    let names = desk.office().names();
    let (indexed, actor) = (names.is_complete().then(|| names.progress().done), by.officer);
    let (asker, office, sees_due) = (by.clone(), desk.office().clone(), may(Action::RetentionPreview));
    let persons = match indexed {
        _ if !sees_persons => None,
        Some(indexed) => Some(indexed),
        None => {
            let (files, erased) = desk.office().read_long(|tx| Ok(person::count(tx)?)).await?;
            Some(files - erased)
        }
    };
    let (head, newest, retention_held, backup) = desk
        .office()
        .read(move |tx| {
            let newest = match actor {
                Some(actor) => read::newest_lines_of_actor(tx, actor, u64::MAX, DONE_MAX)?,
                None => Vec::new(),
            };
            let held = sees_due && retention::date_is_held(tx, &office, &asker)?;
            let backup = if sees_office { Some(backup::standing(tx, &office, &asker)?) } else { None };
            Ok((read::head(tx)?, newest, held, backup))
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
                Matter::Recover { officer, .. } => ui.format("home-waiting-recover", &[("name", directory.name(Some(*officer)).unwrap_or("–").into())]),
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
        backup: backup.map(|standing| Backup { newest: standing.newest.map(|newest| newest.at), is_set: standing.is_set, is_late: standing.is_late }),
        persons,
        may_register: may(Action::PersonRegister),
        retention_held,
        index_building: sees_persons && indexed.is_none(),
        done,
    };
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

/// The word of a kind of entry that this program knows; others were written by a newer one.
pub(crate) fn event_word(kind: &str) -> &'static str {
    siger_domain::event::Event::KINDS.iter().find(|(known, _)| *known == kind).map_or("unknown", |(known, _)| known)
}
