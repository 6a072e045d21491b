//! The journal, and the proof of one entry. Nothing here opens a body.

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use siger_app::context::About;
use siger_app::office::Directory;
use siger_app::{Error, journal};
use siger_domain::access::Action;
use siger_domain::event::Event;
use siger_storage::journal::{Line, read};
use siger_storage::to_hex;

use super::home::event_word;
use super::officer::id;
use super::person::{may, own_purpose};
use crate::address;
use crate::page::journal::{Leads, entry as entry_page, list as list_page};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::visit::Desk;

pub(super) fn router() -> Router<State> {
    Router::new().route(address::JOURNAL, get(list)).route("/journal/{number}", get(show)).route("/journal/{number}/receipt", get(receipt))
}

#[derive(Deserialize)]
struct Part {
    before: Option<u64>,
    #[serde(default)]
    kind: String,
}

fn leads(desk: &Desk) -> Leads {
    Leads {
        persons: may(&desk.by, Action::PersonRead),
        readers: may(&desk.by, Action::PersonReaders),
        officers: may(&desk.by, Action::OfficerList),
        requests: may(&desk.by, Action::RequestList),
    }
}

fn row<'a>(line: &Line, directory: &'a Directory) -> list_page::Row<'a> {
    list_page::Row {
        number: line.number,
        at: line.stamp.at,
        kind: event_word(&line.kind),
        subject: line.subject,
        who: directory.name(line.stamp.actor),
        program: line.stamp.actor.is_none(),
        role: line.stamp.role,
        purpose: line.stamp.purpose,
    }
}

async fn list(desk: Desk, Query(part): Query<Part>) -> Result<Response, WebError> {
    let by = own_purpose(&desk.by, Action::JournalList);
    // A kind that is none finds nothing that would not be said by the list of kinds: all of them are shown.
    let kind = Event::KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind == part.kind);
    let before = part.before.unwrap_or(u64::MAX);
    let (entries, more) = desk
        .office()
        .read(move |tx| {
            let entries = journal::list(tx, &by, kind, before)?;
            let more = match (entries.last(), kind) {
                (Some(last), Some(kind)) if entries.len() == journal::PAGE as usize => !read::newest_of_kind(tx, kind, last.number, 1)?.is_empty(),
                // Numbers have no gaps.
                (Some(last), None) => last.number > 0,
                _ => false,
            };
            Ok((entries, more))
        })
        .await?;
    let directory = desk.office().directory().await?;
    let view = list_page::View {
        rows: entries.iter().map(|entry| row(entry, &directory)).collect(),
        kind,
        before: part.before,
        more,
        total: entries.first().filter(|_| kind.is_none() && part.before.is_none()).map(|newest| newest.number + 1),
        leads: leads(&desk),
        may_prove: may(&desk.by, Action::JournalProve),
    };
    Ok(desk.visit.answer(list_page::page(&desk.visit.page(), &view)))
}

async fn show(desk: Desk, Path(number): Path<String>) -> Result<Response, WebError> {
    let (by, number) = (own_purpose(&desk.by, Action::JournalProve), id(&number)?);
    let (entry, receipt) = desk.office().read(move |tx| journal::prove(tx, &by, number)).await?;
    let directory = desk.office().directory().await?;
    let size = receipt.checkpoint.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
    let view = entry_page::View {
        number,
        open: may(&desk.by, Action::JournalList).then(|| row(&entry.line(), &directory)),
        leads: leads(&desk),
        commitment: to_hex(&entry.commitment()),
        leaf: to_hex(&entry.leaf),
        size,
        path: receipt.proof.iter().map(|hash| STANDARD.encode(hash)).collect(),
        checkpoint: receipt.checkpoint,
        keys: super::log::keys(desk.office()),
    };
    Ok(desk.visit.answer(entry_page::page(&desk.visit.page(), &view)))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    opening: String,
}

/// The receipt as a file. With the opening (salt and stored entry) only for those who may read the journal: it says who did
/// what kind of thing when, and about which file; the body in it stays sealed.
async fn receipt(desk: Desk, Path(number): Path<String>, Query(wanted): Query<Wanted>) -> Result<Response, WebError> {
    let (by, number) = (own_purpose(&desk.by, Action::JournalProve), id(&number)?);
    let opening = !wanted.opening.is_empty();
    if opening {
        own_purpose(&desk.by, Action::JournalList).authorise(Action::JournalList, About::default())?;
    }
    let (entry, mut receipt) = desk.office().read(move |tx| journal::prove(tx, &by, number)).await?;
    if opening {
        receipt.extra = [&entry.salt[..], &entry.canonical()].concat();
        if receipt.extra.len() > siger_storage::tlog::receipt::MAX_EXTRA_BYTES {
            return Err(Error::TooLarge { max_bytes: siger_storage::tlog::receipt::MAX_EXTRA_BYTES as u64 }.into());
        }
    }
    let mut response = desk.visit.with_cookies(receipt.encode().into_response());
    let name = if opening {
        format!("attachment; filename=\"entry-{number}-open.tlog-proof\"")
    } else {
        format!("attachment; filename=\"entry-{number}.tlog-proof\"")
    };
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
