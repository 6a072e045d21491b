//! Signals: SIGTERM and SIGINT end the program gracefully, SIGHUP reads the certificate again.

use tokio::signal::unix::{SignalKind, signal};

use super::tls::Files;

/// Waits for SIGTERM or SIGINT, also for one that comes after this call and before the wait.
pub fn to_end() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async {
        let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
            // Without handlers the system's own apply: the process ends, and what was acknowledged is on the disk.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}

/// Reads certificate and key again at each SIGHUP; a wrong one leaves the present one in use. Without a certificate of its own
/// the program stays as it is: what asks every service to reload must not end this one.
pub fn reload(files: Option<Files>) {
    tokio::spawn(async move {
        let Ok(mut hang_up) = signal(SignalKind::hangup()) else { return };
        while hang_up.recv().await.is_some() {
            match files.as_ref().map(Files::reload) {
                Some(Ok(())) => tracing::info!("the certificate was read again"),
                Some(Err(error)) => tracing::error!(reason = %format!("{error:#}"), "the certificate cannot be read again; the present one stays in use"),
                None => tracing::info!("asked to reload: there is no certificate to be read again, and settings are read at the start only"),
            }
        }
    });
}
