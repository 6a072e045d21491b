//! Serving: runtime, listener, work in the background, signals.

mod connection;
mod mail;
mod signal;
pub mod tls;

use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::serve::ListenerExt as _;
use siger_domain::time::{Clock as _, Instant};
use siger_web::asset::Assets;
use siger_web::server::{Config, State, router};
use tokio::net::TcpListener;

use crate::place::{MachineClock, Place};

/// After the signal to end, answers under way may take this long. Live pages never end by themselves; everything else takes milliseconds.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves until a signal to end.
///
/// # Errors
/// When the office cannot be opened, or the address cannot be listened on.
pub fn serve(place: &Place) -> Result<()> {
    let begun = MachineClock.now();
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let ended = runtime.block_on(run(place, begun));
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn run(place: &Place, begun: Instant) -> Result<()> {
    let settings = &place.settings;
    // First the address: what cannot be served need not be opened, and a second process is noticed at once.
    let listener = TcpListener::bind(settings.listen).await.with_context(|| format!("{} cannot be listened on; is it in use?", settings.listen))?;
    let tls = settings.tls.clone().map(tls::Files::load).transpose()?;
    let notifier = mail::notifier(settings.mail.as_ref())?;
    let assets = Assets::load(settings.assets.as_deref())?;
    let origin = place.origin(listener.local_addr()?.port());
    // Opening waits for the disk and for a database server, whose client does not connect on a thread that drives a runtime.
    let office = tokio::task::block_in_place(|| place.office(&origin))?;
    let secure = settings.origin.as_ref().is_some_and(|origin| origin.secure);
    // Both follow the tail until the runtime ends; pages say so while names cannot be found yet.
    drop(siger_app::index::spawn(&office));
    drop(siger_app::job::spawn(&office, notifier));
    let state = State::new(office, Config { assets, origin: origin.clone(), tls: secure, proxies: settings.proxies.clone() });
    let app = router(state);
    let (end, ending) = tokio::sync::watch::channel(false);
    // Before anybody is answered: whoever was may tell the program to end.
    let told = signal::to_end();
    tokio::spawn(async move {
        told.await;
        tracing::info!("ending: answers under way are finished");
        end.send_replace(true);
    });
    let mut farewell = ending.clone();
    tracing::info!(http.listen = %listener.local_addr()?, http.origin = origin, tls = tls.is_some(), duration_ms = (MachineClock.now().unix_micros() - begun.unix_micros()) / 1_000, "serving");
    let late = async move {
        drop(farewell.wait_for(|ended| *ended).await);
        tokio::time::sleep(FAREWELL).await;
    };
    signal::reload(tls.clone());
    let served = async {
        match tls {
            Some(files) => {
                let listener = tls::Listener::start(listener, files).tap_io(|_| ());
                connection::serve(listener, app, ending).await;
            }
            None => {
                // Answers are small and written whole: waiting for more bytes only delays them.
                let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
                connection::serve(listener, app, ending).await;
            }
        }
    };
    tokio::select! {
        () = served => {}
        () = late => {}
    }
    tracing::info!("ended");
    Ok(())
}
