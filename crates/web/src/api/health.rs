//! For whoever watches over the program: is it up, can it work, and its figures.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use siger_app::{Error, alarm};
use siger_storage::journal::read;

use crate::server::State;
use crate::server::fault::WebError;

/// Bounds of the buckets of answer times, in seconds: dense around the budgets of 5 and 20 ms.
const BUCKETS: [f64; 14] = [0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];
/// How often samples that nobody asked for are put into their buckets, so that they do not pile up.
const UPKEEP: Duration = Duration::from_secs(5);

pub(super) fn router() -> Router<State> {
    Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(figures))
}

/// The recorder of this process's figures: one for the whole process, begun with the first server.
pub(crate) fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            // Another recorder in the process (an embedding program's) keeps its place; then there is nothing to show here.
            let handle = PrometheusBuilder::new().set_buckets(&BUCKETS).ok()?.install_recorder().ok()?;
            metrics::describe_histogram!("siger_answer_seconds", metrics::Unit::Seconds, "Time from a request to its answer, by route and status");
            metrics::describe_counter!(alarm::SIGN_INS, "Complete sign-ins, by method");
            metrics::describe_counter!(alarm::REFUSALS, "Tries to sign in or to prove presence that opened nothing, by reason");
            metrics::describe_counter!(alarm::ALARMS, "Dangers to sign-ins that were noticed, by kind");
            metrics::describe_gauge!("siger_journal_entries", "Entries in the journal");
            metrics::describe_gauge!("siger_resident_bytes", metrics::Unit::Bytes, "Memory of the process");
            let kept = handle.clone();
            let thread = std::thread::Builder::new().name("siger-figures".into()).spawn(move || {
                loop {
                    std::thread::sleep(UPKEEP);
                    kept.run_upkeep();
                }
            });
            thread.is_ok().then_some(handle)
        })
        .as_ref()
}

async fn health() -> &'static str {
    "ok\n"
}

/// Whether the office can be worked with: the store answers, and its journal stands under a signed checkpoint.
async fn ready(Extract(state): Extract<State>) -> Response {
    let seen = *state.office().store().tail().borrow();
    let head = state.office().read(|tx| Ok(read::head(tx)?)).await;
    if head.as_ref().is_ok_and(|head| head.edge.size() < seen) {
        return not_ready("rollback");
    }
    if let Ok(head) = &head
        && head.keyring_revision > state.office().store().keyring().revision()
    {
        // The writer follows within half a second; when it cannot (the office key was rotated) it refuses every change.
        let keyring = state.office().store().keyring().clone();
        let followed = tokio::task::spawn_blocking(move || keyring.reload()).await;
        if !matches!(followed, Ok(Ok(_))) {
            return not_ready("keyring");
        }
    }
    match head {
        Ok(head) if !head.checkpoint.is_empty() => {
            // Exact look-ups work without it; what it has not checked yet counts for nothing.
            let building: &[&str] = if state.office().names().is_complete() { &[] } else { &["names"] };
            Json(json!({ "status": "ready", "journal_entries": head.edge.size(), "building": building })).into_response()
        }
        Ok(_) => not_ready("checkpoint"),
        Err(_) => not_ready("store"),
    }
}

fn not_ready(what: &str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not_ready", "failed": [what] }))).into_response()
}

/// What a proxy adds to what it passes on. A collector on this machine has none between.
const FORWARDED: [&str; 6] = ["x-forwarded-for", "forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/// The figures, for a collector on this machine only: they tell how busy the office is and what it does.
async fn figures(Extract(state): Extract<State>, request: Request) -> Result<Response, WebError> {
    let direct = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // Behind a proxy on this machine everybody seems to be here; what it says of them is for limits, not for doors.
    let forwarded = FORWARDED.iter().any(|name| request.headers().contains_key(*name));
    let from_here = !forwarded && direct.is_some_and(is_loopback);
    let handle = recorder().filter(|_| from_here).ok_or_else(|| WebError::from(Error::NotFound))?;
    metrics::gauge!("siger_journal_entries").set(*state.office().store().tail().borrow() as f64);
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("siger_resident_bytes").set(bytes as f64);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response())
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// Resident memory as Linux tells it; `None` elsewhere.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
