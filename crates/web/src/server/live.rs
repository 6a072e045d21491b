//! What changed, by name, as server-sent events: a page asks again for the part that it shows. No event says anything
//! about anybody.
//!
//! A page says up to which size of the journal it knows everything (`from`; after a break the browser itself, by the last event's number),
//! so that nothing is missed between drawing a page and listening, or while a connection was down. It also says of which sign-in it is
//! (`of`): a page of another one, left open in the same browser, hears that it is over.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_core::Stream;
use serde::Deserialize;
use siger_app::{Office, live, session};
use siger_domain::id::SessionId;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::State;
use super::fault::WebError;
use super::visit::Visit;
use crate::address;

/// Tells a page that its sign-in is over: the page is asked for anew, and what it showed is gone.
const ENDED: &str = "ended";
/// A page is told at most so often: somebody reads it.
const PAUSE: Duration = Duration::from_millis(200);
/// A sign-in that nobody uses ends without an entry: looked after at least this often.
const LOOK: Duration = Duration::from_secs(30);

pub(super) fn router() -> Router<State> {
    Router::new().route(address::LIVE, get(live))
}

/// The address for a page of this sign-in that knows everything up to this size of the journal.
pub(super) fn address(of: SessionId, from: u64) -> String {
    format!("{}?of={of}&from={from}", address::LIVE)
}

struct Events(mpsc::Receiver<Event>);

impl Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|event| event.map(Ok))
    }
}

#[derive(Deserialize)]
struct Asked {
    of: Option<String>,
    from: Option<u64>,
}

async fn live(visit: Visit, Query(asked): Query<Asked>, headers: HeaderMap) -> Result<Response, WebError> {
    // A reader that is slow loses nothing: names that wait are few and say the same when told once.
    let (sender, receiver) = mpsc::channel(16);
    let session = visit.signed_in.as_ref().and_then(|signed_in| signed_in.context.session);
    match session.filter(|session| asked.of.is_none_or(|of| of == session.to_string())) {
        Some(session) => {
            let office = visit.state.office().clone();
            let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
            let from = last.or(asked.from).unwrap_or_else(|| *office.store().tail().borrow());
            tokio::spawn(async move { tell(&office, session, from, &sender).await });
        }
        None => drop(sender.try_send(event(ENDED))),
    }
    // Proxies (nginx) would keep what is told until they have enough of it.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    Ok(visit.with_cookies((unbuffered, Sse::new(Events(receiver)).keep_alive(KeepAlive::default())).into_response()))
}

fn event(name: &str) -> Event {
    Event::default().event(name).data(name)
}

/// Tells what changes until the page goes or its sign-in ends.
async fn tell(office: &Office, session: SessionId, mut from: u64, page: &mpsc::Sender<Event>) {
    let mut tail = office.store().tail();
    loop {
        let size = *tail.borrow_and_update();
        if matches!(session::stands(office, session).await, Ok(false)) {
            // A page that has gone meanwhile needs no word.
            drop(page.send(event(ENDED)).await);
            return;
        }
        if size != from {
            // What could not be read now is told with what comes next.
            if let Ok(names) = office.read(move |tx| live::changed(tx, from, size)).await {
                from = size;
                let last = names.len().saturating_sub(1);
                for (index, name) in names.into_iter().enumerate() {
                    // The number comes with the last name: a connection that breaks before it tells them all again.
                    let event = if index == last { event(name).id(size.to_string()) } else { event(name) };
                    if page.send(event).await.is_err() {
                        return;
                    }
                }
            }
            sleep(PAUSE).await;
        }
        tokio::select! {
            () = page.closed() => return,
            changed = timeout(LOOK, tail.changed()) => if matches!(changed, Ok(Err(_))) { return },
        }
    }
}
