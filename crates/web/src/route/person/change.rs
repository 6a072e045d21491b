//! What is written into a file: notes, corrections, documents.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use siger_app::context::About;
use siger_app::person::Who;
use siger_app::{Error, person};
use siger_domain::access::Action;
use siger_domain::id::PersonId;
use siger_domain::person::{Identity, Note, PersonError};

use super::super::officer::{again, before_form, id};
use super::{file, file_for, for_purpose, own_purpose, reading, register::known_faults, to_file, typed};
use crate::page::person::{document as document_page, form, new};
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;

pub(super) async fn note(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = for_purpose(&desk.by, &fields);
    desk.visit.here = file_for(of, reading(&desk.by));
    let by = own_purpose(&desk.by, Action::PersonNote);
    match Note::new(fields.get("note")) {
        Ok(note) => {
            desk.office().write(move |write| person::note(write, &by, of, note)).await?;
            Ok(to_file(&desk, of, &desk.by, "#notes"))
        }
        Err(error) => {
            by.authorise(Action::PersonNote, About::default())?;
            let word = match error {
                PersonError::TooLong { .. } => "note_long",
                PersonError::Control { .. } => "control",
                _ => "note",
            };
            let mut response = file::answer(&desk, of, None, Some((fields.get("note").to_owned(), word))).await?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// What the file says now, `None` where that cannot be read, and the entry that says it. The officer sees it, so it is a look.
async fn present(desk: &Desk, of: PersonId) -> Result<(Option<Identity>, u64), Error> {
    let by = own_purpose(&desk.by, Action::PersonRead);
    let file = desk.office().write(move |write| person::open(write, &by, of, u64::MAX, 0)).await?;
    let said_by = file.person.identity.ok_or(Error::Conflict("erased"))?;
    match file.who {
        Who::Known(identity) => Ok((Some(identity), said_by)),
        Who::Unreadable { number } => Ok((None, number)),
        Who::Erased => Err(Error::Conflict("erased")),
    }
}

pub(super) async fn correct(mut desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&desk.by, Action::PersonCorrect);
    before_form(&desk, Action::PersonCorrect, About::default())?;
    let (identity, seen) = present(&desk, of).await?;
    let purpose = reading(&desk.by);
    let unreadable = identity.is_none().then_some(seen);
    let identity = identity.as_ref().map_or_else(form::Identity::default, typed::retyped);
    let view = new::CorrectView { address: file_for(of, purpose), identity, seen, unreadable, changed: None, faults: Vec::new(), purpose };
    Ok(desk.visit.answer(new::correct_page(&desk.visit.page(), &view)))
}

pub(super) async fn save(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&for_purpose(&desk.by, &fields), Action::PersonCorrect);
    before_form(&desk, Action::PersonCorrect, About::default())?;
    let purpose = reading(&desk.by);
    desk.visit.here = file_for(of, purpose);
    let seen = fields.get("seen").parse().map_err(|_| Error::Conflict("changed_since"))?;
    let identity = typed::identity(&fields);
    let mut view = new::CorrectView { address: file_for(of, purpose), identity, seen, unreadable: None, changed: None, faults: Vec::new(), purpose };
    let Some(identity) = typed::read_identity(&view.identity, desk.visit.ui().today(), &mut view.faults) else {
        return Ok(again(&desk, new::correct_page(&desk.visit.page(), &view)));
    };
    let by = desk.by.clone();
    match desk.office().write(move |write| person::correct(write, &by, of, seen, identity)).await {
        Ok(_) => Ok(to_file(&desk, of, &desk.by, "")),
        Err(Error::Conflict("changed_since")) => {
            // What the officer typed stays; what the other one wrote stands beside it, and is seen from now on.
            let (now, entry) = present(&desk, of).await?;
            (view.unreadable, view.changed, view.seen) = (now.is_none().then_some(entry), now.as_ref().map(file::who_is), entry);
            let mut response = desk.visit.answer(new::correct_page(&desk.visit.page(), &view));
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn document(mut desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&desk.by, Action::PersonCorrect);
    before_form(&desk, Action::PersonCorrect, About::default())?;
    there(&desk, of).await?;
    let purpose = reading(&desk.by);
    let view = document_page::View { address: file_for(of, purpose), document: form::Document::default(), faults: Vec::new(), known: Vec::new(), purpose };
    Ok(desk.visit.answer(document_page::page(&desk.visit.page(), &view)))
}

/// A form is not shown for a file that is not there or was erased.
pub(super) async fn there(desk: &Desk, of: PersonId) -> Result<(), Error> {
    let row = desk.office().read(move |tx| Ok(siger_storage::table::person::get(tx, of)?)).await?.ok_or(Error::NotFound)?;
    if row.erased.is_some() { Err(Error::Conflict("erased")) } else { Ok(()) }
}

pub(super) async fn add_document(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&for_purpose(&desk.by, &fields), Action::PersonCorrect);
    before_form(&desk, Action::PersonCorrect, About::default())?;
    let purpose = reading(&desk.by);
    desk.visit.here = file_for(of, purpose);
    let mut view =
        document_page::View { address: file_for(of, purpose), document: typed::document(&fields, ""), faults: Vec::new(), known: Vec::new(), purpose };
    let Some(document) = typed::read_document(&view.document, "", &mut view.faults) else {
        return Ok(again(&desk, document_page::page(&desk.visit.page(), &view)));
    };
    let (by, given) = (desk.by.clone(), document.clone());
    match desk.office().write(move |write| person::add_document(write, &by, of, given)).await {
        Ok(_) => Ok(to_file(&desk, of, &desk.by, "#documents")),
        Err(Error::Conflict("document_known")) => {
            view.known = known_faults(&desk, &[(String::new(), document)], &mut view.faults).await?;
            Ok(again(&desk, document_page::page(&desk.visit.page(), &view)))
        }
        Err(error) => Err(error.into()),
    }
}
