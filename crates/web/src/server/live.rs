//! What changed, by name, as server-sent events: a page asks again for the part that it shows. No event says anything
//! about anybody.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::Router;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures_core::Stream;
use siger_app::session;
use tokio::sync::mpsc;

use super::State;
use super::visit::Desk;
use crate::address;

/// Tells a page that its sign-in is over: the page is asked for anew, and what it showed is gone.
const ENDED: &str = "ended";
/// Entries looked at in one step; a page that was away longer simply asks for everything again.
const STEP: u32 = 500;
/// A page is told at most so often: somebody reads it.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) fn router() -> Router<State> {
    Router::new().route(address::LIVE, get(live))
}

struct Names(mpsc::Receiver<&'static str>);

impl Stream for Names {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|name| name.map(|name| Ok(Event::default().event(name).data(name))))
    }
}

async fn live(desk: Desk) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // A reader that is slow loses nothing: names that wait are few and say the same when told once.
    let (sender, receiver) = mpsc::channel(16);
    let (office, session) = (desk.office().clone(), desk.by.session);
    tokio::spawn(async move {
        let mut tail = office.store().tail();
        let mut next = *tail.borrow_and_update();
        loop {
            tokio::select! {
                () = sender.closed() => return,
                changed = tail.changed() => if changed.is_err() { return },
            }
            tail.borrow_and_update();
            let entries = match office.read(move |tx| Ok(siger_storage::journal::read::from(tx, next, STEP)?)).await {
                Ok(entries) => entries,
                Err(_) => continue,
            };
            let Some(last) = entries.last() else { continue };
            next = last.number + 1;
            if let Some(session) = session
                && matches!(session::stands(&office, session).await, Ok(false))
            {
                // A page that has gone meanwhile needs no word.
                let _ = sender.send(ENDED).await;
                return;
            }
            let mut names = vec!["journal"];
            for entry in &entries {
                let name = match entry.subject.kind() {
                    "person" => "persons",
                    "officer" => "officers",
                    "request" => "requests",
                    _ => continue,
                };
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            for name in names {
                if sender.send(name).await.is_err() {
                    return;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
    Sse::new(Names(receiver)).keep_alive(KeepAlive::default())
}
