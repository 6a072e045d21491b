//! The server's frame: what a request knows (`visit`), forms (`posted`), errors (`fault`), headers and limits (`dress`).
//!
//! A request goes through `dress` (operation number, headers, error pages), then the route's extractor recognises the
//! sign-in, then the handler calls use cases. Nothing here decides about access: use cases ask the policies.

mod dress;
pub mod fault;
pub mod live;
mod patience;
pub mod posted;
pub mod visit;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use siger_app::Office;

use self::patience::Patience;
use crate::asset::{self, Assets};
use crate::layout::OfficeView;
use crate::locale::Zone;
use crate::{api, look, route};

/// Largest form or JSON body. A note of two pages in any script, with its field names, is below 20 KB; pictures have a
/// limit of their own.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// What the server needs besides the office.
pub struct Config {
    /// Style sheet, scripts, icons.
    pub assets: Assets,
    /// Public address, for links that are handed to somebody: scheme, host, port.
    pub origin: String,
    /// Whether cookies are only sent over TLS.
    pub tls: bool,
    /// Addresses of proxies whose `x-forwarded-for` is believed.
    pub proxies: Vec<IpAddr>,
}

/// What every route is given.
#[derive(Clone)]
pub struct State {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) office: Office,
    pub(crate) assets: Arc<Assets>,
    pub(crate) origin: String,
    pub(crate) tls: bool,
    pub(crate) proxies: Vec<IpAddr>,
    pub(crate) view: OfficeView,
    pub(crate) zone: Zone,
}

impl State {
    /// Makes the state of an office's server.
    pub fn new(office: Office, config: Config) -> Self {
        api::begin_figures();
        let info = office.info();
        let view = OfficeView { name: info.name.clone(), code: info.code.clone(), is_sample: info.sample };
        let zone = Zone::named(&info.time_zone).unwrap_or(Zone::UTC);
        let Config { assets, origin, tls, proxies } = config;
        Self { inner: Arc::new(Inner { office, assets: Arc::new(assets), origin, tls, proxies, view, zone }) }
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.inner.office
    }
}

/// The whole server. Pages and answers of the API are not compressed (what pages load besides themselves is, beforehand): each repeats something
/// that its address said beside the form's token and a person's data, and the length of the whole would give both away letter by letter
/// (BREACH, Gluck, Harris and Prado 2013). A page has about 4 to 30 KB.
///
/// Serve it with the peer's address as connect info.
pub fn router(state: State) -> Router {
    let routes = Router::new()
        .merge(route::router())
        .merge(api::router())
        .merge(asset::router(Arc::clone(&state.inner.assets)))
        .merge(look::router())
        .fallback(|| async { fault::WebError::from(siger_app::Error::NotFound) })
        .method_not_allowed_fallback(|| async { fault::WebError::from(siger_app::Error::NotFound) });
    routes
        .layer(middleware::from_fn_with_state(Patience::OFFICE, patience::in_time))
        // Live answers stand outside the time limit: they last as long as the page.
        .merge(live::router())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(state.clone(), dress::dress))
        .with_state(state)
}
