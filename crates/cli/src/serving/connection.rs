//! Connections: bounded in number and in patience, and ended gracefully.
//!
//! `axum::serve` waits for ever for the head of a request; here a connection that keeps silent, or sends a byte now and then, loses its place.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt as _;

/// How long the head of the next request may take, the silence before it included. Longer than a reverse proxy keeps an unused
/// connection (Nginx: 60 s), so that the proxy and not the office closes it: a request never meets a connection that is just ending.
const HEAD: Duration = Duration::from_secs(75);
/// Largest head of a request: that of a browser with all its cookies has 2 to 4 kB.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Connections at once: more wait in the kernel's queue, so that a flood of them takes neither the memory nor the file handles that the store needs.
const CONNECTIONS_MAX: usize = 8_192;

/// Serves `app` to all who connect, until `ending` says so; then waits for the answers under way.
pub async fn serve(mut listener: impl Listener<Addr = SocketAddr>, app: Router, mut ending: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES_MAX);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let farewell = GracefulShutdown::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, (stream, peer)) = tokio::select! {
            biased;
            _ = ending.wait_for(|ended| *ended) => break,
            accepted = next => accepted,
        };
        let app = app.clone();
        let answer = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            app.clone().oneshot(request)
        });
        let connection = farewell.watch(http.serve_connection(TokioIo::new(stream), answer));
        tokio::spawn(async move {
            let _place = place;
            // A connection that breaks, or was too slow, is the other side's business: a train in a tunnel, a scanner. Nothing to act on.
            drop(connection.await);
        });
    }
    drop(listener);
    farewell.shutdown().await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{Instant, sleep};

    use super::*;

    /// Longer than any head may take.
    const LONG: Duration = Duration::from_secs(600);

    async fn serving() -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let slow = || async {
            sleep(LONG).await;
            "late"
        };
        let app = Router::new().route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() })).route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ending) = watch::channel(false);
        (address, end, tokio::spawn(serve(listener, app, ending)))
    }

    async fn answer(mut stream: TcpStream, request: &str) -> String {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    // The clock is the runtime's own: it jumps ahead when nothing else is to be done.
    #[tokio::test(start_paused = true)]
    async fn silence_and_a_slow_head_lose_the_connection_and_a_slow_answer_does_not() {
        let (address, _end, _serving) = serving().await;
        for begun in ["", "GET / HTTP/1.1\r\nhost: a\r\n", "GET / HTTP/1.1\r\nhost: a\r\n\r\n"] {
            let (stream, from) = (TcpStream::connect(address).await.unwrap(), Instant::now());
            let peer = stream.local_addr().unwrap().to_string();
            let answer = answer(stream, begun).await;
            assert_eq!(answer.ends_with(&peer), begun.ends_with("\r\n\r\n"), "{answer}");
            assert!(from.elapsed() >= HEAD && from.elapsed() < HEAD * 2, "{:?}", from.elapsed());
        }
        let slow = answer(TcpStream::connect(address).await.unwrap(), "GET /slow HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
        assert!(slow.ends_with("late"), "{slow}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_answers_under_way_only() {
        let (address, end, serving) = serving().await;
        let unused = TcpStream::connect(address).await.unwrap();
        let asked = tokio::spawn(answer(TcpStream::connect(address).await.unwrap(), "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n"));
        sleep(Duration::from_secs(1)).await;
        end.send_replace(true);
        assert!(asked.await.unwrap().ends_with("late"));
        serving.await.unwrap();
        drop(unused);
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
    }

    #[tokio::test]
    async fn a_head_that_is_too_large_is_refused() {
        let (address, _end, _serving) = serving().await;
        let head = format!("{:x<HEAD_BYTES_MAX$}", "GET / HTTP/1.1\r\nhost: a\r\nx-long: ");
        let answer = answer(TcpStream::connect(address).await.unwrap(), &head).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}
