//! The living style page.

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::server::State;
use crate::server::visit::Visit;
use crate::{address, style_page};

pub(super) fn router() -> Router<State> {
    Router::new().route(address::STYLE, get(style))
}

async fn style(visit: Visit) -> Response {
    visit.answer(style_page::style_page(&visit.page()))
}
