//! A file, opened; and who looked.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use siger_app::Context;
use siger_app::context::About;
use siger_app::office::Directory;
use siger_app::person::{self, Change, Place, Shown, Who};
use siger_domain::access::Action;
use siger_domain::event::Event;
use siger_domain::id::PersonId;
use siger_domain::person::Identity;
use siger_storage::journal::Line;
use siger_storage::to_hex;

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
    let who = match &shown.file.who {
        Who::Erased => return Ok(desk.visit.answer(show::erased_page(&page, &erased(&page.ui, &desk.by, &directory, &shown)))),
        Who::Known(identity) => Ok(who_is(identity)),
        Who::Unreadable { number } => Err(*number),
    };
    let purpose = desk.by.authorise(Action::PersonRead, About::default())?.purpose;
    Ok(desk.visit.answer(show::page(&page, &view(&page.ui, &desk.by, &directory, &shown, who, purpose, before, note))))
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

fn happened(ui: &Ui<'_>, directory: &Directory, change: &Change) -> show::Happened {
    let happened = looked(ui, directory, &change.line);
    if change.withheld { show::Happened { who: ui.text("person-withheld").to_owned(), purpose: None, ..happened } } else { happened }
}

fn looked(ui: &Ui<'_>, directory: &Directory, line: &Line) -> show::Happened {
    let stamp = &line.stamp;
    show::Happened { at: stamp.at, kind: event_word(&line.kind), who: who(ui, directory, stamp), purpose: Some(stamp.purpose), number: line.number }
}

/// What cannot be read, as the page says it.
fn unreadable(shown: &Shown) -> show::Unreadable {
    let (file, mut found) = (&shown.file, show::Unreadable::default());
    for lost in &file.unreadable {
        let list = match lost.place {
            // Stands in the place of the name.
            Place::Identity => continue,
            Place::Documents => &mut found.documents,
            Place::Papers => &mut found.papers,
            Place::History => {
                let note = |change: &Change| change.line.number == lost.number && change.line.kind == "person.noted";
                if file.history.rows.iter().any(note) {
                    found.notes.push(lost.number);
                }
                &mut found.history
            }
            Place::Looks => &mut found.looks,
        };
        list.push(lost.number);
    }
    found
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that the page shows and comes from another place")]
fn view(
    ui: &Ui<'_>,
    by: &Context,
    directory: &Directory,
    shown: &Shown,
    whom: Result<show::Who, u64>,
    purpose: siger_domain::access::Purpose,
    before: Option<u64>,
    note: Option<(String, &'static str)>,
) -> show::View {
    let Shown { file, papers, erasing } = shown;
    let of = file.person.id;
    let notes = file.history.rows.iter().filter_map(|Change { line, event, .. }| match event {
        Some(Event::PersonNoted(body)) => Some(show::Note { text: body.note.reveal().to_owned(), who: who(ui, directory, &line.stamp), at: line.stamp.at }),
        _ => None,
    });
    let older = file.history.full(person::HISTORY).filter(|last| *last > file.person.registered);
    show::View {
        address: file_for(of, purpose),
        who: whom,
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
        history: file.history.rows.iter().map(|change| happened(ui, directory, change)).collect(),
        looks: file.looks.iter().map(|line| looked(ui, directory, line)).collect(),
        unreadable: unreadable(shown),
        newest: before.map(|_| file_for(of, purpose)),
        older: older.map(|last| format!("{}?before={last}&purpose={}", file_of(of), purpose.as_str())),
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
    let erasure = file.history.rows.iter().find(|change| Some(change.line.number) == file.person.erased);
    let body = erasure.and_then(|change| match &change.event {
        Some(Event::PersonErased(body)) => Some(body),
        _ => None,
    });
    show::Erased {
        erasure: erasure.map(|change| happened(ui, directory, change)),
        ground: body.map(|body| body.ground),
        request: body.and_then(|body| body.request).map(|request| format!("{}/{request}", address::REQUESTS)),
        history: file.history.rows.iter().map(|change| happened(ui, directory, change)).collect(),
        unreadable: unreadable(shown).history,
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
