//! Pictures and papers: taken in, sealed, given out again.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, Path};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use siger_app::blob::{self, Given};
use siger_app::context::About;
use siger_app::person;
use siger_app::{Error, access::Why};
use siger_domain::access::Action;
use siger_domain::id::PersonId;
use siger_storage::blob::{BLOB_BYTES_MAX, BlobId};

use super::super::officer::{again, before_form, id};
use super::{change::there, file_for, named, own_purpose, reading, to_file};
use crate::page::person::paper::{View, page};
use crate::server::fault::WebError;
use crate::server::posted::own_form;
use crate::server::visit::Desk;

/// Longest value of a field that is no file.
const FIELD_BYTES_MAX: usize = 1024;

/// The kinds that are taken: media type, how a file of the kind begins, its short name.
const KINDS: [(&str, &[u8], &str); 3] =
    [("image/jpeg", b"\xff\xd8\xff", "JPEG"), ("image/png", b"\x89PNG\r\n\x1a\n", "PNG"), ("application/pdf", b"%PDF-", "PDF")];

/// What a file is, by its content; names and what a browser says of it prove nothing.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    KINDS.iter().find(|(_, begins, _)| bytes.starts_with(begins)).map(|(media, ..)| *media)
}

/// The short name of a media type.
pub(super) fn name(media: &str) -> &'static str {
    KINDS.iter().find(|(known, ..)| *known == media).map_or("?", |(.., name)| name)
}

pub(super) async fn show(mut desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&desk.by, Action::BlobStore);
    before_form(&desk, Action::BlobStore, About::default())?;
    there(&desk, of).await?;
    let purpose = reading(&desk.by);
    let view = View { address: file_for(of, purpose), kind: "paper".to_owned(), fault: None, purpose };
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

/// An address that only takes the form leads to it.
pub(super) async fn back(Path(of): Path<String>) -> Result<Redirect, WebError> {
    let of: PersonId = id(&of)?;
    Ok(Redirect::to(&format!("/persons/{of}/papers")))
}

/// What came of reading the form.
struct Sent {
    purpose: String,
    kind: String,
    file: Result<Vec<u8>, &'static str>,
}

async fn text(mut field: Field<'_>) -> Result<String, Response> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| StatusCode::BAD_REQUEST.into_response())
}

fn unreadable(error: MultipartError) -> Response {
    error.status().into_response()
}

/// The file, as far as it may be long. What is too long is read to its end, within the limit of the whole form, so that the browser
/// hears the answer.
async fn file(mut field: Field<'_>) -> Result<Result<Vec<u8>, &'static str>, Response> {
    let (mut bytes, mut fits) = (Vec::new(), true);
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        fits &= bytes.len() + chunk.len() <= BLOB_BYTES_MAX;
        if fits {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok(if !fits {
        Err("file_large")
    } else if bytes.is_empty() {
        Err("file")
    } else {
        Ok(bytes)
    })
}

/// Reads the form. Its token comes before its file: a foreign form is refused before anything is kept of it.
async fn sent(desk: &Desk, mut form: Multipart) -> Result<Sent, Response> {
    let mut sent = Sent { purpose: String::new(), kind: String::new(), file: Err("file") };
    let mut own = false;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or("").to_owned();
        match name.as_str() {
            "csrf" => own = own_form(&desk.visit, &text(field).await?),
            _ if !own => return Err(WebError::foreign().into_response()),
            "purpose" => sent.purpose = text(field).await?,
            "kind" => sent.kind = text(field).await?,
            "file" => sent.file = file(field).await?,
            _ => {}
        }
    }
    if own { Ok(sent) } else { Err(WebError::foreign().into_response()) }
}

pub(super) async fn add(mut desk: Desk, Path(of): Path<String>, form: Multipart) -> Result<Response, Response> {
    let of: PersonId = id(&of).map_err(refused)?;
    let sent = sent(&desk, form).await?;
    desk.by = own_purpose(&named(&desk.by, &sent.purpose), Action::BlobStore);
    let purpose = reading(&desk.by);
    desk.visit.here = format!("/persons/{of}/papers");
    let by = desk.by.clone();
    let key = desk.office().read(move |tx| person::blob_key(tx, &by, of)).await.map_err(refused)?;
    let kind = match sent.kind.as_str() {
        "portrait" => Ok("portrait"),
        "paper" => Ok("paper"),
        _ => Err(("kind", "paper_kind")),
    };
    let read = sent.file.map_err(|word| ("file", word)).and_then(|bytes| match (kind_of(&bytes), kind?) {
        (None, _) => Err(("file", "file_kind")),
        (Some("application/pdf"), "portrait") => Err(("file", "file_portrait")),
        (Some(media), kind) => Ok((bytes, media, kind)),
    });
    let (bytes, media, kind) = match read {
        Ok(read) => read,
        Err(fault) => {
            let view = View { address: file_for(of, purpose), kind: sent.kind, fault: Some(fault), purpose };
            return Ok(again(&desk, page(&desk.visit.page(), &view)));
        }
    };
    blob::keep(desk.office(), &desk.by, of, Given { key, kind, media, bytes }).await.map_err(refused)?;
    Ok(to_file(&desk, of, &desk.by, "#papers"))
}

fn refused(error: Error) -> Response {
    WebError::from(error).into_response()
}

/// Gives a picture or paper out. The look is an entry, written before.
pub(super) async fn open(desk: Desk, Path((of, which)): Path<(String, String)>) -> Result<Response, WebError> {
    let (of, which): (PersonId, BlobId) = (id(&of)?, id(&which)?);
    let by = own_purpose(&desk.by, Action::BlobRead);
    let (bytes, media) = blob::open(desk.office(), by, of, which).await?;
    // Only kinds that this program wrote down after looking at the content.
    let media = KINDS.iter().find(|(known, ..)| *known == media).map(|(known, ..)| *known).ok_or(Error::Forbidden(Why::Fault))?;
    let shown = if media == "application/pdf" { "attachment; filename=\"siger.pdf\"" } else { "inline" };
    let mut response = desk.visit.with_cookies(bytes.into_response());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(shown));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        for (bytes, expected) in [
            (&b"\xff\xd8\xff\xe0JFIF"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\nIHDR", Some("image/png")),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"<html>", None),
            (b"GIF89a", None),
            (b"\xff\xd8", None),
            (b"", None),
        ] {
            assert_eq!(kind_of(bytes), expected, "{bytes:?}");
        }
    }
}
