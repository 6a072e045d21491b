//! Asking that a person's data be erased.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use siger_app::context::About;
use siger_app::{person, request};
use siger_domain::access::Action;
use siger_domain::id::{PersonId, RequestId};
use siger_domain::request::ErasureGround;

use super::super::officer::{again, before_form, confirm_at, id};
use super::{change::there, file_of, may, own_purpose};
use crate::address;
use crate::page::person::erase::{View, page};
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;

/// The page says whose data it is to whoever may open the file: the wrong file cannot be erased by a mistaken address.
async fn view(desk: &Desk, of: PersonId) -> Result<View, WebError> {
    there(desk, of).await?;
    let name = if may(&desk.by, Action::PersonRead) {
        let by = own_purpose(&desk.by, Action::PersonRead);
        let file = desk.office().write(move |write| person::open(write, &by, of, u64::MAX, 0)).await?;
        file.who.known().map(|identity| identity.name.reveal().to_owned())
    } else {
        None
    };
    Ok(View { address: file_of(of), name, fault: None })
}

pub(super) async fn show(mut desk: Desk, Path(of): Path<String>) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.by = own_purpose(&desk.by, Action::PersonErase);
    before_form(&desk, Action::PersonErase, About::default())?;
    desk.by.purpose = None;
    let view = view(&desk, of).await?;
    Ok(desk.visit.answer(page(&desk.visit.page(), &view)))
}

pub(super) async fn ask(Path(of): Path<String>, Posted { mut desk, fields }: Posted) -> Result<Response, WebError> {
    let of: PersonId = id(&of)?;
    desk.visit.here = format!("{}/erase", file_of(of));
    desk.by.purpose = None;
    before_form(&desk, Action::PersonErase, About::default())?;
    let Some(ground) = ErasureGround::CHOICES.iter().copied().find(|ground| ground.as_str() == fields.get("ground")) else {
        let view = View { fault: Some("ground"), ..view(&desk, of).await? };
        return Ok(again(&desk, page(&desk.visit.page(), &view)));
    };
    let (by, request) = (desk.by.clone(), RequestId::new(desk.by.now, desk.office().random()));
    let opened = desk.office().write(move |write| request::open_erase(write, &by, request, of, ground)).await;
    opened.map_err(|error| confirm_at(error, Action::PersonErase, &desk.visit.here))?;
    Ok(desk.visit.with_cookies(Redirect::to(&format!("{}/{request}", address::REQUESTS)).into_response()))
}
