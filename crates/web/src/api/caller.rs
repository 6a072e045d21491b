//! Who asks: the session cookie, recognised and nothing more. Menus and counts are for pages.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use siger_app::identity::token::{Cookie, Token};
use siger_app::session::{self, Asker};
use siger_app::{Context, Error, Office};
use siger_domain::access::Purpose;

use super::problem::Refused;
use crate::server::State;
use crate::server::visit::{operation, set_cookie};

/// An officer's program, recognised.
pub(crate) struct Caller {
    /// The server's state.
    pub(crate) state: State,
    /// Who acts.
    pub(crate) by: Context,
    /// Their name.
    pub(crate) name: String,
    new_token: Option<Token>,
}

impl FromRequestParts<State> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refused> {
        let tls = state.inner.tls;
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let token = cookies.filter_map(|cookies| Cookie::Session.find(cookies, tls)).next().ok_or(Refused::SignIn)?;
        let purpose = purpose(parts)?;
        let signed_in =
            session::recognise(state.office(), &token, operation(parts, state), purpose, Asker::Somebody).await?.signed_in().ok_or(Refused::SignIn)?;
        Ok(Self { state: state.clone(), by: signed_in.context, name: signed_in.name, new_token: signed_in.new_token })
    }
}

/// The purpose in the header `x-purpose`; without one the first that the policies permit counts.
fn purpose(parts: &Parts) -> Result<Option<Purpose>, Refused> {
    const WHAT: &str = "not one of the purposes";
    let Some(value) = parts.headers.get("x-purpose") else { return Ok(None) };
    let word = value.to_str().map_err(|_| Refused::Header("x-purpose", WHAT))?;
    word.parse().map(Some).map_err(|_| Refused::Header("x-purpose", WHAT))
}

impl Caller {
    pub(crate) fn office(&self) -> &Office {
        self.state.office()
    }

    /// A JSON answer, with the session's new cookie when it rotated.
    pub(crate) fn answer(&self, status: StatusCode, body: &impl Serialize) -> Result<Response, Refused> {
        let body = serde_json::to_vec(body).map_err(|error| Refused::from(Error::internal(error)))?;
        let mut response = (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response();
        if let Some(token) = &self.new_token {
            set_cookie(response.headers_mut(), &Cookie::Session.set(token, self.state.inner.tls));
        }
        Ok(response)
    }
}

/// A part of the path that must be an identifier or a number; anything else is not there.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<State> for At<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refused> {
        let found: Result<Path<T>, _> = Path::from_request_parts(parts, state).await;
        found.map(|Path(value)| Self(value)).map_err(|_| Error::NotFound.into())
    }
}

/// What stands in the request line, for answers that lead on.
pub(crate) struct Here(pub(crate) String);

impl FromRequestParts<State> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Infallible> {
        Ok(Self(parts.uri.path().to_owned()))
    }
}
