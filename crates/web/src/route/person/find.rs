//! The newest files, and looking somebody up.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use siger_app::Error;
use siger_app::context::About;
use siger_app::person::{self, ByName, Listed};
use siger_domain::access::{Action, Purpose};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber};
use siger_storage::table::person as table;

use super::{file_for, for_purpose, may, purposes};
use crate::address;
use crate::page::person::search::Outcome;
use crate::page::person::{Row, list, search};
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;

/// Fewest letters and digits of what is taken for the number of a document; shorter ones are looked for as names.
const NUMBER_CHARS_MIN: usize = 5;

#[derive(Deserialize)]
pub(super) struct Part {
    before: Option<u64>,
}

pub(super) async fn list(desk: Desk, Query(part): Query<Part>) -> Result<Response, WebError> {
    let purposes = purposes(&desk.by)?;
    let purpose = purposes.chosen;
    let (by, before) = (desk.by.clone(), part.before.unwrap_or(u64::MAX));
    let (found, next) = desk
        .office()
        .write(move |write| {
            let found = person::list(write, &by, before)?;
            // A page that is full may be the last one all the same.
            let next = match found.full(person::PAGE) {
                Some(last) if !table::newest(write, last, 1)?.is_empty() => Some(last),
                _ => None,
            };
            Ok((found.rows, next))
        })
        .await?;
    let next = next.map(|last| format!("{}?before={last}&purpose={}", address::PERSONS, purpose.as_str()));
    let view = list::View {
        rows: rows(&found, purpose, desk.visit.ui().text("person-unreadable")),
        newest: part.before.map(|_| format!("{}?purpose={}", address::PERSONS, purpose.as_str())),
        purposes,
        next,
        may_register: may(&desk.by, Action::PersonRegister),
    };
    Ok(desk.visit.answer(list::page(&desk.visit.page(), &view)))
}

fn rows(found: &[Listed], purpose: Purpose, unreadable: &str) -> Vec<Row> {
    let row = |listed: &Listed| Row {
        address: file_for(listed.person.id, purpose),
        name: listed.who.known().map_or_else(|| unreadable.to_owned(), |identity| identity.name.reveal().to_owned()),
        born: listed.who.known().and_then(|identity| identity.born.as_ref()).map(|born| *born.reveal()),
        nationality: listed.who.known().map(|identity| identity.nationality.to_string()),
        changed_at: listed.person.changed_at,
    };
    found.iter().map(row).collect()
}

/// A result has no address of its own: it answers a form.
pub(super) async fn back() -> Redirect {
    Redirect::to(address::PERSONS)
}

/// What somebody typed to find a person.
#[derive(Debug, PartialEq, Eq)]
enum Sought {
    /// A document.
    Document(CountryCode, DocumentNumber),
    /// A number without who issued it.
    Number(String),
    /// A name.
    Name(String),
}

/// Reads `MYS A1234567`, `MYS:A1234567`, `A1234567`, or a name. One letter before a blank is only taken for a code when it is
/// the one that exists (`D`): numbers are written with blanks, too.
fn read(typed: &str) -> Sought {
    let typed = typed.trim();
    let parts = typed.split_once(':').map(|parts| (parts, true)).or_else(|| typed.split_once(' ').map(|parts| (parts, false)));
    if let Some(((code, number), marked)) = parts
        && (marked || code.len() == 3 || code.eq_ignore_ascii_case("D"))
        && let Ok(issuer) = CountryCode::new("issuer", code)
        && let Ok(number) = DocumentNumber::new(number)
        && (marked || looks_like_a_number(number.reveal()))
    {
        return Sought::Document(issuer, number);
    }
    match DocumentNumber::new(typed) {
        Ok(number) if looks_like_a_number(number.reveal()) => Sought::Number(typed.to_owned()),
        _ => Sought::Name(typed.to_owned()),
    }
}

fn looks_like_a_number(number: &str) -> bool {
    number.len() >= NUMBER_CHARS_MIN && number.bytes().any(|byte| byte.is_ascii_digit())
}

pub(super) async fn search(Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    address::PERSONS.clone_into(&mut desk.visit.here);
    desk.by = for_purpose(&desk.by, &fields);
    let purposes = purposes(&desk.by)?;
    let q: String = fields.get("q").chars().take(120).collect();
    let (number, issuer) = (fields.get("number"), fields.get("issuer"));
    let asked = !number.is_empty() || !issuer.is_empty();
    if !asked && q.trim().is_empty() {
        return Ok(desk.visit.with_cookies(Redirect::to(address::PERSONS).into_response()));
    }
    let sought = if asked {
        match (CountryCode::new("issuer", issuer), DocumentNumber::new(number)) {
            (Ok(issuer), Ok(number)) => Ok(Sought::Document(issuer, number)),
            (issuer_read, number_read) => {
                let wrong = [(number_read.is_err(), "number", "number"), (issuer_read.is_err(), "issuer", "code")];
                Err(wrong.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, field, word)| (field, word)).collect())
            }
        }
    } else {
        Ok(read(&q))
    };
    let shown = |text: &str| text.chars().take(60).collect::<String>();
    let (outcome, status) = match sought {
        Ok(Sought::Document(issuer, number)) => {
            // The kind is not part of what is looked for: it may be mistyped.
            let text = Document { kind: DocumentKind::Passport, issuer, number, expires: None }.lookup_text();
            let by = desk.by.clone();
            let found = desk.office().write(move |write| person::by_document(write, &by, &text)).await?;
            (Outcome::ByNumber(rows(&found, purposes.chosen, desk.visit.ui().text("person-unreadable"))), 200)
        }
        Ok(Sought::Number(number)) => (Outcome::Issuer { number: shown(&number), issuer: String::new(), faults: Vec::new() }, 200),
        Ok(Sought::Name(name)) => by_name(&desk, &name, purposes.chosen).await?,
        Err(faults) => (Outcome::Issuer { number: shown(number), issuer: shown(issuer), faults }, 422),
    };
    let may_register = desk.by.may(Action::PersonRegister, About::default());
    let view = search::View { q: if asked { String::new() } else { q }, outcome, purposes, may_register };
    let mut response = desk.visit.answer(search::page(&desk.visit.page(), &view));
    if let Ok(status) = axum::http::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// Looks in the index of names; the status of the answer.
async fn by_name(desk: &Desk, name: &str, purpose: Purpose) -> Result<(Outcome, u16), WebError> {
    match person::search_name(desk.office(), &desk.by, name).await {
        Ok(ByName::NotChecked) => Ok((Outcome::NotChecked, 200)),
        Ok(ByName::Found { persons, complete }) => {
            Ok((Outcome::ByName { rows: rows(&persons, purpose, desk.visit.ui().text("person-unreadable")), complete }, 200))
        }
        Err(Error::Invalid(_)) => Ok((Outcome::TooShort, 422)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_document_a_number_or_a_name() {
        let document = |issuer: &str, number: &str| Sought::Document(CountryCode::new("issuer", issuer).unwrap(), DocumentNumber::new(number).unwrap());
        for (typed, expected) in [
            ("MYS A1234567", document("MYS", "A1234567")),
            ("mys a 123-4567", document("MYS", "A1234567")),
            ("MYS:A1", document("MYS", "A1")),
            ("D C01X00T47", document("D", "C01X00T47")),
            (" A1234567 ", Sought::Number("A1234567".into())),
            ("A 1234567", Sought::Number("A 1234567".into())),
            ("Siti Rahma", Sought::Name("Siti Rahma".into())),
            ("Ani Siti", Sought::Name("Ani Siti".into())),
            ("Suparman", Sought::Name("Suparman".into())),
            ("A12", Sought::Name("A12".into())),
            ("محمد", Sought::Name("محمد".into())),
        ] {
            assert_eq!(read(typed), expected, "{typed}");
        }
    }
}
