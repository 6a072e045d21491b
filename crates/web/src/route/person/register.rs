//! Making a file for a person.

use axum::response::Response;
use siger_app::{Context, Error, person};
use siger_domain::access::Action;
use siger_domain::id::PersonId;
use siger_domain::person::Document;
use siger_storage::table::person as table;

use super::super::officer::{again, before_form};
use super::{for_purpose, own_purpose, to_file, typed};
use crate::page::person::form::{self, Fault};
use crate::page::person::{Purposes, new};
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;
use siger_app::context::About;

fn purposes_of(by: &Context) -> Result<Purposes, Error> {
    let stamp = own_purpose(by, Action::PersonRegister).authorise(Action::PersonRegister, About::default())?;
    Ok(Purposes { chosen: stamp.purpose, offered: by.purposes(Action::PersonRegister) })
}

pub(super) async fn show(mut desk: Desk) -> Result<Response, WebError> {
    desk.by = own_purpose(&desk.by, Action::PersonRegister);
    before_form(&desk, Action::PersonRegister, About::default())?;
    let view = new::View {
        identity: form::Identity::default(),
        documents: vec![form::Document::default()],
        may_add: true,
        faults: Vec::new(),
        known: Vec::new(),
        purposes: purposes_of(&desk.by)?,
    };
    Ok(desk.visit.answer(new::page(&desk.visit.page(), &view)))
}

/// Documents that stand on a file already, by their place among those given. No look at a file: the use case refuses for
/// the same reason, and this says which.
async fn known(desk: &Desk, documents: &[Document]) -> Result<Vec<usize>, Error> {
    let texts: Vec<String> = documents.iter().map(Document::lookup_text).collect();
    let keyring = desk.office().store().keyring().clone();
    desk.office()
        .read(move |tx| {
            let mut known = Vec::new();
            for (index, text) in texts.iter().enumerate() {
                if !table::by_document(tx, &keyring, text)?.is_empty() {
                    known.push(index);
                }
            }
            Ok(known)
        })
        .await
}

/// The fault of a document that is known, and what leads to its file.
pub(super) async fn known_faults(desk: &Desk, documents: &[(String, Document)], faults: &mut Vec<Fault>) -> Result<Vec<(String, String)>, Error> {
    let only: Vec<Document> = documents.iter().map(|(_, document)| document.clone()).collect();
    let mut links = Vec::new();
    for index in known(desk, &only).await? {
        let (mark, document) = &documents[index];
        faults.push((format!("number{mark}"), "known"));
        links.push((document.issuer.to_string(), document.number.reveal().to_owned()));
    }
    Ok(links)
}

pub(super) async fn register(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    "/persons/new".clone_into(&mut desk.visit.here);
    desk.by = for_purpose(&desk.by, &fields);
    let purposes = purposes_of(&desk.by)?;
    let count = fields.get("documents").parse::<usize>().unwrap_or(1).clamp(1, person::DOCUMENTS_MAX);
    let mut view = new::View {
        identity: typed::identity(&fields),
        documents: (1..=count).map(|number| typed::document(&fields, &format!("-{number}"))).collect(),
        may_add: count < person::DOCUMENTS_MAX,
        faults: Vec::new(),
        known: Vec::new(),
        purposes,
    };
    if !fields.get("more").is_empty() {
        if view.may_add {
            view.documents.push(form::Document::default());
            view.may_add = view.documents.len() < person::DOCUMENTS_MAX;
        }
        return Ok(desk.visit.answer(new::page(&desk.visit.page(), &view)));
    }
    let today = desk.visit.ui().today();
    let identity = typed::read_identity(&view.identity, today, &mut view.faults);
    let mut documents = Vec::new();
    for (index, document) in view.documents.iter().enumerate() {
        let mark = format!("-{}", index + 1);
        if document.issuer.trim().is_empty() && document.number.trim().is_empty() && document.expires.trim().is_empty() {
            continue;
        }
        if let Some(document) = typed::read_document(document, &mark, &mut view.faults) {
            documents.push((mark, document));
        }
    }
    twice(&documents, &mut view.faults);
    let (Some(identity), true) = (identity, view.faults.is_empty()) else { return Ok(again(&desk, new::page(&desk.visit.page(), &view))) };
    let id = PersonId::new(desk.by.now, desk.office().random());
    let by = desk.by.clone();
    let given: Vec<Document> = documents.iter().map(|(_, document)| document.clone()).collect();
    match desk.office().write(move |write| person::register(write, &by, id, identity, given)).await {
        Ok(_) => Ok(to_file(&desk, id, &desk.by, "")),
        Err(Error::Conflict("document_known")) => {
            view.known = known_faults(&desk, &documents, &mut view.faults).await?;
            Ok(again(&desk, new::page(&desk.visit.page(), &view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The same document given twice.
fn twice(documents: &[(String, Document)], faults: &mut Vec<Fault>) {
    for (index, (mark, document)) in documents.iter().enumerate() {
        if documents[..index].iter().any(|(_, before)| before.lookup_text() == document.lookup_text()) {
            faults.push((format!("number{mark}"), "twice"));
        }
    }
}
