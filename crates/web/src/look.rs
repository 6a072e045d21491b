//! Keeps a person's choice of light or dark in a cookie. Needs no session: the choice says nothing about the person.

use crate::{address, layout::Theme};
use axum::{
    Form, Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;

/// Name of the cookie.
pub const THEME_COOKIE: &str = "siger_theme";

/// How long a choice is kept: a year. It is renewed with each choice.
const KEPT_SECONDS: u32 = 31_536_000;

#[derive(Deserialize)]
struct Choice {
    theme: String,
    #[serde(default)]
    back: String,
}

/// The value of a `set-cookie` header that keeps a choice which is not secret (theme, language).
pub fn preference_cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax; HttpOnly")
}

/// The route [`address::LOOK`] for any router.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route(address::LOOK, post(|Form(choice): Form<Choice>| async move { keep(&choice) }))
}

fn keep(choice: &Choice) -> Response {
    let Some(theme) = Theme::from_word(&choice.theme) else { return StatusCode::UNPROCESSABLE_ENTITY.into_response() };
    let back = if address::is_own(&choice.back) { choice.back.as_str() } else { address::HOME };
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let (Ok(location), Ok(cookie)) = (HeaderValue::from_str(back), HeaderValue::from_str(&preference_cookie(THEME_COOKIE, theme.as_str()))) {
        response.headers_mut().insert(header::LOCATION, location);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_kept_and_leads_back() {
        for (theme, back, status, location) in [
            ("dark", "/persons?page=2", 303, Some("/persons?page=2")),
            ("light", "//evil.example", 303, Some("/")),
            ("device", "", 303, Some("/")),
            ("blue", "/", 422, None),
        ] {
            let response = keep(&Choice { theme: theme.to_owned(), back: back.to_owned() });
            assert_eq!(response.status().as_u16(), status);
            assert_eq!(response.headers().get(header::LOCATION).map(|it| it.to_str().unwrap()), location);
        }
    }
}
