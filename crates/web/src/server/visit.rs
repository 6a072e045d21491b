//! What a request knows, whatever the page: language, theme, where it comes from, and who is signed in.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use siger_app::Context;
use siger_app::context::About;
use siger_app::identity::guess::Network;
use siger_app::identity::token::{Cookie, Ended};
use siger_app::request;
use siger_app::session::{self, Asker, Recognised, SignedIn};
use siger_app::sign_in::Arrival;
use siger_domain::access::{Action, Purpose};
use siger_domain::id::OperationId;
use siger_domain::time::Instant;

use super::State;
use super::fault::WebError;
use super::live;
use crate::address;
use crate::layout::{OfficerView, Page, Section, Theme};
use crate::locale::{LANGUAGE_COOKIE, Locale, Negotiated};
use crate::look::{THEME_COOKIE, preference_cookie};
use crate::ui::Ui;

/// A request, recognised.
pub struct Visit {
    /// The server's state.
    pub state: State,
    /// Language and whether it was chosen now.
    pub language: Negotiated,
    /// Light or dark.
    pub theme: Theme,
    /// Path and query.
    pub here: String,
    /// The moment it came.
    pub now: Instant,
    /// For logs and error pages.
    pub operation: OperationId,
    /// From where, for the limits on guessing.
    pub arrival: Arrival,
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// Why nobody is, where the cookie is that of a sign-in that is over.
    pub ended: Option<Ended>,
    /// The cookies' header, for the few routes that need another cookie.
    pub cookies: String,
    officer: Option<OfficerView>,
    /// Where a page of this visit hears what changes from now on; empty when nobody is signed in.
    live: String,
}

/// The operation number, given by the outermost layer.
#[derive(Clone, Copy)]
pub(super) struct Operation(pub(super) OperationId);

impl FromRequestParts<State> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, WebError> {
        let mut visit = Self::outside(parts, state);
        // Before anything is read: what a page then shows is not older.
        let size = *state.office().store().tail().borrow();
        let tls = state.inner.tls;
        let token = Cookie::Session.find(&visit.cookies, tls);
        if let Some(token) = token {
            let purpose = purpose(parts);
            match session::recognise(state.office(), &token, visit.operation, purpose, asker(parts)).await? {
                Recognised::SignedIn(signed_in) => {
                    visit.officer = Some(officer_view(state, &signed_in).await?);
                    visit.live = signed_in.context.session.map_or_else(String::new, |session| live::address(session, size));
                    visit.signed_in = Some(*signed_in);
                }
                Recognised::Ended(why) => visit.ended = Some(why),
                Recognised::Nobody => {}
            }
        }
        Ok(visit)
    }
}

impl Visit {
    /// A request without looking who is signed in: for error pages, which must not fail in turn.
    pub(super) fn outside(parts: &Parts, state: &State) -> Self {
        let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join("; ");
        let query = parts.uri.query().unwrap_or("");
        let chosen = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "lang").map(|(_, value)| value.into_owned());
        let accepts = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = Locale::negotiate(chosen.as_deref(), cookie(&cookies, LANGUAGE_COOKIE), accepts);
        let theme = cookie(&cookies, THEME_COOKIE).and_then(Theme::from_word).unwrap_or_default();
        let operation = operation(parts, state);
        let arrival = Arrival { network: Network::of(peer(parts, state)), device: Cookie::Device.find(&cookies, state.inner.tls).map(|token| token.hash()) };
        Self {
            state: state.clone(),
            language,
            theme,
            here: parts.uri.path_and_query().map_or_else(|| address::HOME.to_owned(), ToString::to_string),
            now: state.office().now(),
            operation,
            arrival,
            signed_in: None,
            ended: None,
            cookies,
            officer: None,
            live: String::new(),
        }
    }

    /// What components get.
    pub fn ui(&self) -> Ui<'_> {
        Ui { locale: self.language.locale, assets: &self.state.inner.assets, zone: &self.state.inner.zone, now: self.now }
    }

    /// What pages get.
    pub fn page(&self) -> Page<'_> {
        Page {
            ui: self.ui(),
            theme: self.theme,
            office: &self.state.inner.view,
            officer: self.officer.as_ref(),
            csrf: self.signed_in.as_ref().map_or("", |signed_in| signed_in.form_token.as_str()),
            here: &self.here,
            live: &self.live,
        }
    }

    /// A page as an answer, with the cookies that go with it.
    pub fn answer(&self, markup: Markup) -> Response {
        self.with_cookies(markup.into_response())
    }

    /// Adds the cookies that this visit renews: language chosen now, session token rotated.
    pub fn with_cookies(&self, mut response: Response) -> Response {
        if self.language.chosen_now {
            set_cookie(response.headers_mut(), &preference_cookie(LANGUAGE_COOKIE, self.language.locale.tag()));
        }
        if let Some(token) = self.signed_in.as_ref().and_then(|signed_in| signed_in.new_token.as_ref()) {
            set_cookie(response.headers_mut(), &Cookie::Session.set(token, self.state.inner.tls));
        }
        response
    }
}

/// The operation number of a request.
pub(crate) fn operation(parts: &Parts, state: &State) -> OperationId {
    parts.extensions.get::<Operation>().map_or_else(|| state.office().operation(), |operation| operation.0)
}

/// Adds a `set-cookie` header.
pub fn set_cookie(headers: &mut HeaderMap, value: &str) {
    if let Ok(value) = value.parse() {
        headers.append(header::SET_COOKIE, value);
    }
}

/// The value of a cookie that is not secret.
pub fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// The address of who asks: the peer's, or what trusted proxies say of it.
fn peer(parts: &Parts, state: &State) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    forwarded(peer, &parts.headers, &state.inner.proxies)
}

/// Each proxy adds the address that it saw at the end, to the last line of the header or on a line of its own. So the lines are one list,
/// read from its end: the first address that is no trusted proxy's is the one that a trusted proxy saw. All before it can be made up.
fn forwarded(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut seen = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let mut said = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(',')).map(|address| address.trim().parse::<IpAddr>());
    while proxies.iter().any(|proxy| proxy.to_canonical() == seen)
        && let Some(Ok(before)) = said.next()
    {
        seen = before.to_canonical();
    }
    seen
}

/// Only parts that renew themselves are asked for by htmx, which says so; whoever says so without being one gains nothing.
fn asker(parts: &Parts) -> Asker {
    let by_itself = parts.headers.contains_key("hx-request") || parts.uri.path() == address::LIVE;
    if by_itself { Asker::OpenPage } else { Asker::Somebody }
}

/// The purpose that the request names (`?purpose=` or header); without one the policies choose.
fn purpose(parts: &Parts) -> Option<Purpose> {
    let query = parts.uri.query().unwrap_or("");
    let named = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "purpose").and_then(|(_, value)| value.parse().ok());
    named.or_else(|| parts.headers.get("x-purpose").and_then(|value| value.to_str().ok()).and_then(|word| word.parse().ok()))
}

async fn officer_view(state: &State, signed_in: &SignedIn) -> Result<OfficerView, WebError> {
    // What a file was opened for says nothing about the rest of the office: the menu is the same on every page.
    let by = &Context { purpose: None, ..signed_in.context.clone() };
    let may = |action| by.may(action, About::default());
    let own = |action| by.may(action, About { own: true, ..About::default() });
    let mut sections = vec![Section::Home];
    if may(Action::PersonSearch) {
        sections.push(Section::Persons);
    }
    if own(Action::RequestList) {
        sections.push(Section::Requests);
    }
    if may(Action::OfficerList) {
        sections.push(Section::Officers);
    }
    if may(Action::JournalList) {
        sections.push(Section::Journal);
    }
    if may(Action::OfficeRead) {
        sections.push(Section::Office);
    }
    let waiting = state.office().open_requests().await?;
    let requests_waiting = waiting.iter().filter(|opened| request::may_answer(by, opened)).count() as u64;
    Ok(OfficerView { name: signed_in.name.clone(), sections, requests_waiting, may_search: may(Action::PersonSearch) })
}

/// A request of somebody signed in. Without a sign-in the answer leads to it and back.
pub struct Desk {
    /// The request.
    pub visit: Visit,
    /// Who acts.
    pub by: Context,
}

impl FromRequestParts<State> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        match visit.signed_in.as_ref().map(|signed_in| signed_in.context.clone()) {
            Some(by) => Ok(Self { visit, by }),
            None => Err(sign_in_first(parts, &visit).into_response()),
        }
    }
}

/// Leads to the sign-in, and from there back to the page. Whoever has a cookie was signed in before, and hears that this is over.
fn sign_in_first(parts: &Parts, visit: &Visit) -> Redirect {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", &page_of(parts));
    if Cookie::Session.find(&visit.cookies, visit.state.inner.tls).is_some() {
        query.append_pair("reason", if parts.method == Method::GET { "ended" } else { "unsent" });
    }
    Redirect::to(&format!("{}?{}", address::SIGN_IN, query.finish()))
}

/// The page of a request, as path and query: its own, or the one that a form stood on.
pub(super) fn page_of(parts: &Parts) -> String {
    let text = |name| parts.headers.get(name)?.to_str().ok();
    let form = || {
        let path = text(header::REFERER)?.split_once("://")?.1.strip_prefix(text(header::HOST)?)?;
        address::is_own(path).then(|| path.to_owned())
    };
    let page = if parts.method == Method::GET { parts.uri.path_and_query().map(ToString::to_string) } else { form() };
    page.unwrap_or_else(|| address::HOME.to_owned())
}

impl Desk {
    /// The office.
    pub fn office(&self) -> &siger_app::Office {
        self.visit.state.office()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_trusted_proxy_saw_counts() {
        let proxies = ["10.0.0.1", "10.0.0.2", "::1"].map(|proxy| proxy.parse().unwrap());
        for (peer, lines, expected) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            // Not from a trusted proxy: nothing of it is believed.
            ("203.0.113.9", &["127.0.0.1"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            // The client wrote something itself; the proxy added to it, or added a line.
            ("10.0.0.1", &["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["127.0.0.1", "198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["10.0.0.2", "127.0.0.1,198.51.100.7"], "198.51.100.7"),
            // Through both proxies, in one line and in two.
            ("10.0.0.1", &["127.0.0.1, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["127.0.0.1", "198.51.100.7", "10.0.0.2"], "198.51.100.7"),
            // IPv4 in IPv6 clothes, as a socket on [::] shows it.
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::1", &["::ffff:198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["2001:db8::7"], "2001:db8::7"),
            // A proxy that says nothing, or nothing that can be read: then it stands for all behind it.
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7,"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7", ""], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.2"], "10.0.0.2"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(forwarded(peer.parse().unwrap(), &headers, &proxies), expected.parse::<IpAddr>().unwrap(), "{peer}, {lines:?}");
        }
        // Settings may name the proxy in IPv6 clothes, too.
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "198.51.100.7".parse().unwrap())]);
        let clothed = ["::ffff:10.0.0.1".parse().unwrap()];
        assert_eq!(forwarded("10.0.0.1".parse().unwrap(), &headers, &clothed), "198.51.100.7".parse::<IpAddr>().unwrap());
    }
}
