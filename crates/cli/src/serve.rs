//! `siger serve`: open an office and answer requests until told to end.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use siger_app::Office;
use siger_storage::keyring::Keyring;
use siger_web::asset::Assets;
use siger_web::server::{Config, State, router};

use crate::place::Place;

/// Serve an office.
#[derive(Args)]
pub struct Serve {
    /// Data folder, or postgres://...
    #[arg(long)]
    data: String,
    /// Folder of the keyring and the witness file
    #[arg(long)]
    keys: PathBuf,
    /// Folder of style sheets, fonts and scripts; without it pages use what is part of the program
    #[arg(long)]
    assets: Option<PathBuf>,
    /// Address to listen on; this machine only
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Go on although the machine's clock reads long before the newest entry
    #[arg(long)]
    accept_clock: bool,
}

impl Serve {
    pub fn run(self) -> Result<()> {
        let place = Place::new(&self.data, &self.keys)?;
        let keyring = Keyring::open(&place.keys, &place.root()?)?;
        let store = place.store(keyring, self.accept_clock)?;
        let office = place.office(store, &origin(self.listen))?;
        serve(office, self.assets, self.listen)
    }
}

/// The address as browsers write it. Loopback is called by its name, since browsers give passkeys to names.
pub fn origin(listen: SocketAddr) -> String {
    format!("http://localhost:{}", listen.port())
}

/// Answers requests until SIGINT or SIGTERM.
pub fn serve(office: Office, assets: Option<PathBuf>, listen: SocketAddr) -> Result<()> {
    ensure!(listen.ip().is_loopback(), "without TLS an office is served to this machine only: {listen} is not a loopback address");
    // Assets are a convenience: a folder that is not there yet must not keep the office closed.
    let assets = match assets.filter(|folder| folder.is_dir()) {
        Some(folder) => Assets::load(Some(&folder))?,
        None => Assets::builtin(),
    };
    let config = Config { assets, origin: origin(listen), tls: false, proxies: Vec::new() };
    let app = router(State::new(office, config)).into_make_service_with_connect_info::<SocketAddr>();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("start the threads")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("listen on {listen}; is it in use?"))?;
        tracing::info!(%listen, "serving");
        let listener = axum::serve::ListenerExt::tap_io(listener, |connection| {
            // Answers are short and complete: waiting for more only delays them. Without it they are slower, not wrong.
            let _ = connection.set_nodelay(true);
        });
        tokio::select! {
            served = axum::serve(listener, app) => served.context("serve"),
            () = told_to_end() => Ok(()),
        }
    })?;
    // Pages that listen to what changes never end by themselves; writes that were answered are on disk.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    tracing::info!("ended");
    Ok(())
}

async fn told_to_end() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; end with SIGINT");
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
