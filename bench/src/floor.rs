//! The least that a server can do, in the same framework as ours: what the load generator reaches here is the ceiling of every other figure
//! on this machine.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};

/// About as large as a list page of 50 rows.
const PAGE_BYTES: usize = 9_000;

/// The routes: a word, a page, what was sent sent back, and a failure.
pub fn router() -> Router {
    let page = format!("<!doctype html><title>page</title><p>{}", "x".repeat(PAGE_BYTES));
    let page = Bytes::from(page);
    Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/page", get(move || async move { Html(page) }))
        .route("/echo", post(|body: Bytes| async { body }))
        .route("/busy", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "busy") }))
}

/// Serves until the process is ended.
///
/// # Errors
/// When the address cannot be had.
pub fn serve(listen: SocketAddr) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        println!("listening on {}", listener.local_addr()?);
        axum::serve(listener, router()).await?;
        Ok(())
    })
}
