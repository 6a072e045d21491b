//! How long a request may take: for what is sent to arrive, as long as it keeps coming; then, for the answer, a fixed time.
//!
//! Who waits too long hears what is certain. What did not arrive changed nothing (408). What arrived may have been done: a change that waits for
//! the disk is done although nobody waits for its answer any more (503, "look first").

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State as Extract};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_core::Stream;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout_at};

use super::fault::WebError;

/// The times that are given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the answer, once everything has arrived.
    answer: Duration,
    /// For a pause while something arrives, and for its beginning.
    pause: Duration,
    /// What must arrive on average, so that nobody holds a connection by a byte now and then.
    bytes_per_second_min: u32,
}

impl Patience {
    /// The slowest answer, a password under load, takes seconds. 8 KiB a second is a phone at the edge of its network: the largest scan takes a quarter
    /// of an hour there, and arrives.
    pub(super) const OFFICE: Self = Self { answer: Duration::from_secs(30), pause: Duration::from_secs(30), bytes_per_second_min: 8 * 1024 };
}

/// How far the body has come.
struct Arrived {
    begun: Instant,
    last: Instant,
    bytes: u64,
    /// A handler waits for more of it.
    awaited: bool,
}

impl Arrived {
    fn deadline(&self, patience: &Patience) -> Instant {
        if !self.awaited {
            return self.last + patience.answer;
        }
        let earned = Duration::from_secs(self.bytes) / patience.bytes_per_second_min;
        (self.last + patience.pause).min(self.begun + patience.pause + earned)
    }
}

/// A body that notes how it comes.
struct Noted {
    body: BodyDataStream,
    arrived: Arc<Mutex<Arrived>>,
}

impl Stream for Noted {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.body).poll_next(cx);
        let mut arrived = self.arrived.lock();
        arrived.awaited = polled.is_pending();
        if let Poll::Ready(part) = &polled {
            arrived.last = Instant::now();
            arrived.bytes += part.as_ref().and_then(|part| part.as_ref().ok()).map_or(0, |bytes| bytes.len() as u64);
        }
        polled
    }
}

pub(super) async fn in_time(Extract(patience): Extract<Patience>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let now = Instant::now();
    let arrived = Arc::new(Mutex::new(Arrived { begun: now, last: now, bytes: 0, awaited: false }));
    let noted = arrived.clone();
    let request = if changes { request.map(|body| Body::from_stream(Noted { body: body.into_data_stream(), arrived: noted })) } else { request };
    let mut answer = std::pin::pin!(next.run(request));
    loop {
        let deadline = arrived.lock().deadline(&patience);
        if let Ok(answer) = timeout_at(deadline, &mut answer).await {
            return answer;
        }
        let arrived = arrived.lock();
        if arrived.deadline(&patience) > deadline {
            continue;
        }
        return match (arrived.awaited, changes) {
            (true, _) => StatusCode::REQUEST_TIMEOUT.into_response(),
            (false, true) => WebError::late().into_response(),
            (false, false) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::{get, post};
    use std::collections::VecDeque;
    use tokio::time::sleep;
    use tower::ServiceExt as _;

    const PATIENCE: Patience = Patience { answer: Duration::from_millis(400), pause: Duration::from_secs(2), bytes_per_second_min: 1_000 };

    /// A body in parts, each after a pause; then its end, or nothing more.
    struct Parts {
        parts: VecDeque<(Duration, usize)>,
        ends: bool,
        wait: Option<Pin<Box<tokio::time::Sleep>>>,
    }

    impl Stream for Parts {
        type Item = Result<Bytes, std::convert::Infallible>;

        fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
            let Some((pause, length)) = self.parts.front().copied() else {
                return if self.ends { Poll::Ready(None) } else { Poll::Pending };
            };
            let wait = self.wait.get_or_insert_with(|| Box::pin(sleep(pause)));
            std::task::ready!(wait.as_mut().poll(cx));
            self.wait = None;
            self.parts.pop_front();
            Poll::Ready(Some(Ok(vec![0; length].into())))
        }
    }

    async fn ask(method: Method, path: &str, parts: &[(u64, usize)], ends: bool) -> Response {
        let router = Router::new()
            .route("/length", post(|body: Bytes| async move { body.len().to_string() }))
            .route("/never", get(std::future::pending::<()>).post(|_: Bytes| std::future::pending::<()>()))
            .layer(axum::middleware::from_fn_with_state(PATIENCE, in_time));
        let parts = parts.iter().map(|(pause, length)| (Duration::from_millis(*pause), *length)).collect();
        let request = Request::builder().method(method).uri(path).body(Body::from_stream(Parts { parts, ends, wait: None })).unwrap();
        router.oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn what_keeps_coming_arrives_however_long_it_takes() {
        // Three seconds in all: longer than any single wait.
        let answer = ask(Method::POST, "/length", &[(300, 600); 10], true).await;
        assert_eq!(axum::body::to_bytes(answer.into_body(), 100).await.unwrap(), "6000");
    }

    #[tokio::test]
    async fn what_stops_or_trickles_is_given_up_and_changed_nothing() {
        let trickle = [(100, 1); 100];
        for parts in [&[][..], &[(0, 500)], &trickle] {
            let begun = Instant::now();
            let answer = ask(Method::POST, "/length", parts, false).await;
            assert_eq!(answer.status(), StatusCode::REQUEST_TIMEOUT, "{} parts", parts.len());
            assert!(begun.elapsed() < Duration::from_secs(6), "{} parts", parts.len());
        }
    }

    #[tokio::test]
    async fn a_change_without_an_answer_may_have_been_made() {
        let answer = ask(Method::POST, "/never", &[(0, 100)], true).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let said = answer.extensions().get::<WebError>().expect("a page of its own");
        assert!(matches!(said.error(), siger_app::Error::Unavailable(siger_storage::Error::Unknown { .. })));
        // Reading changes nothing, so there is nothing to look for.
        let answer = ask(Method::GET, "/never", &[], true).await;
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.extensions().get::<WebError>().is_none());
    }
}
