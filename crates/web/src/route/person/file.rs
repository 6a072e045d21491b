//! A file, opened; and who looked.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use siger_app::Context;
use siger_app::context::About;
use siger_app::office::Directory;
use siger_app::person::{self, Shown};
use siger_domain::access::Action;
use siger_domain::event::Event;
use siger_domain::id::PersonId;
use siger_domain::person::Identity;
use siger_storage::journal::Line;
use siger_storage::{Entry, to_hex};

use super::super::home::event_word;
use super::super::officer::id;
use super::{file_for, file_of, may, own_purpose, who};
use crate::address;
use crate::page::person::{readers as readers_page, show};
use crate::server::fault::WebError;
use crate::server::visit::Desk;
use crate::ui::Ui;

#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<u64>,
}

pub(super) async fn show(desk: Desk, Path(of): Path<String>, Query(part): Query<Part>) -> Result<Response, WebError> {
    answer(&desk, id(&of)?, part.before, None).await
}

/// A form that stands on the file itself has no page of its own.
pub(super) async fn back(Path(of): Path<String>) -> Result<Redirect, WebError> {
    Ok(Redirect::to(&file_of(id(&of)?)))
}

/// Opens the file and shows it, with a note that could not be taken.
pub(super) async fn answer(desk: &Desk, of: PersonId, before: Option<u64>, note: Option<(String, &'static str)>) -> Result<Response, WebError> {
    let by = desk.by.clone();
    let shown = desk.office().write(move |write| person::show(write, &by, of, before.unwrap_or(u64::MAX))).await?;
    let directory = desk.office().directory().await?;
    let page = desk.visit.page();
    Ok(desk.visit.answer(match &shown.file.identity {
        Some(identity) => {
            let purpose = desk.by.authorise(Action::PersonRead, About::default())?.purpose;
            show::page(&page, &view(&page.ui, &desk.by, &directory, &shown, identity, purpose, before, note))
        }
        None => show::erased_page(&page, &erased(&page.ui, &desk.by, &directory, &shown)),
    }))
}

/// Who somebody is, for showing.
pub(super) fn who_is(identity: &Identity) -> show::Who {
    show::Who {
        name: identity.name.reveal().to_owned(),
        born: identity.born.as_ref().map(|born| *born.reveal()),
        sex: identity.sex,
        nationality: identity.nationality.to_string(),
    }
}

fn happened(ui: &Ui<'_>, directory: &Directory, entry: &Entry) -> show::Happened {
    looked(ui, directory, &entry.line())
}

fn looked(ui: &Ui<'_>, directory: &Directory, line: &Line) -> show::Happened {
    show::Happened { at: line.stamp.at, kind: event_word(&line.kind), who: who(ui, directory, &line.stamp), purpose: line.stamp.purpose, number: line.number }
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that the page shows and comes from another place")]
fn view(
    ui: &Ui<'_>,
    by: &Context,
    directory: &Directory,
    shown: &Shown,
    identity: &Identity,
    purpose: siger_domain::access::Purpose,
    before: Option<u64>,
    note: Option<(String, &'static str)>,
) -> show::View {
    let Shown { file, papers, erasing } = shown;
    let of = file.person.id;
    let notes = file.history.iter().filter_map(|(entry, event)| match event {
        Some(Event::PersonNoted(body)) => Some(show::Note { text: body.note.reveal().to_owned(), who: who(ui, directory, &entry.stamp), at: entry.stamp.at }),
        _ => None,
    });
    let older = file.history.last().filter(|_| file.history.len() == person::HISTORY as usize).filter(|(entry, _)| entry.number > file.person.registered);
    show::View {
        address: file_for(of, purpose),
        who: who_is(identity),
        registered: file.person.registered,
        changed_at: file.person.changed_at,
        documents: file
            .documents
            .iter()
            .map(|it| show::Document { kind: it.kind, issuer: it.issuer.to_string(), number: it.number.reveal().to_owned(), expires: it.expires })
            .collect(),
        notes: notes.collect(),
        papers: papers
            .iter()
            .map(|it| show::Paper {
                address: format!("{}/blobs/{}", file_of(of), to_hex(&it.blob)),
                portrait: it.kind == "portrait",
                media: super::blob::name(&it.media),
                bytes: it.bytes,
                at: it.at,
            })
            .collect(),
        history: file.history.iter().map(|(entry, _)| happened(ui, directory, entry)).collect(),
        looks: file.looks.iter().map(|line| looked(ui, directory, line)).collect(),
        newest: before.map(|_| file_for(of, purpose)),
        older: older.map(|(entry, _)| format!("{}?before={}&purpose={}", file_of(of), entry.number, purpose.as_str())),
        look: file.number,
        purpose,
        erasing: erasing.filter(|_| by.may(Action::RequestList, About { own: true, ..About::default() })).map(|it| format!("{}/{it}", address::REQUESTS)),
        note,
        may: show::May {
            correct: may(by, Action::PersonCorrect),
            note: may(by, Action::PersonNote),
            store: may(by, Action::BlobStore),
            see: may(by, Action::BlobRead),
            readers: may(by, Action::PersonReaders),
            erase: may(by, Action::PersonErase),
            prove: may(by, Action::JournalProve),
        },
    }
}

fn erased(ui: &Ui<'_>, by: &Context, directory: &Directory, shown: &Shown) -> show::Erased {
    let file = &shown.file;
    let erasure = file.history.iter().find(|(entry, _)| Some(entry.number) == file.person.erased);
    let body = erasure.and_then(|(_, event)| match event {
        Some(Event::PersonErased(body)) => Some(body),
        _ => None,
    });
    show::Erased {
        erasure: erasure.map(|(entry, _)| happened(ui, directory, entry)),
        ground: body.map(|body| body.ground),
        request: body.and_then(|body| body.request).map(|request| format!("{}/{request}", address::REQUESTS)),
        history: file.history.iter().map(|(entry, _)| happened(ui, directory, entry)).collect(),
        may_prove: may(by, Action::JournalProve),
        readers: may(by, Action::PersonReaders).then(|| format!("{}/readers", file_of(file.person.id))),
    }
}

pub(super) async fn readers(desk: Desk, Path(of): Path<String>, Query(part): Query<Part>) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    let by = own_purpose(&desk.by, Action::PersonReaders);
    let before = part.before.unwrap_or(u64::MAX);
    let entries = desk.office().write(move |write| person::readers(write, &by, of, before, person::READERS)).await?;
    let directory = desk.office().directory().await?;
    let base = format!("{}/readers", file_of(of));
    let next = entries.last().filter(|_| entries.len() == person::READERS as usize).map(|last| format!("{base}?before={}", last.number));
    let view = readers_page::View {
        rows: entries
            .iter()
            .map(|entry| readers_page::Row {
                who: directory.name(entry.stamp.actor).map(str::to_owned),
                role: entry.stamp.role,
                purpose: entry.stamp.purpose,
                at: entry.stamp.at,
                readers: entry.kind == "person.readers_read",
                number: entry.number,
            })
            .collect(),
        file: may(&desk.by, Action::PersonRead).then(|| file_of(of)),
        may_prove: may(&desk.by, Action::JournalProve),
        newest: part.before.map(|_| base),
        next,
    };
    Ok(desk.visit.answer(readers_page::page(&desk.visit.page(), &view)).into_response())
}
