//! TLS 1.3 by rustls from certificate files, and nothing older.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::settings::Tls;

/// Longest handshake: two round trips on a bad link take a second or two.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes at once: more wait in the kernel's queue, so that a flood of them does not fill the memory.
const HANDSHAKES_MAX: usize = 512;
/// Pause when the system has no file handle left for another connection.
const NO_HANDLE: Duration = Duration::from_millis(200);

/// Certificate and key, as read last.
#[derive(Clone)]
pub struct Files {
    paths: Tls,
    config: Arc<RwLock<Arc<ServerConfig>>>,
}

impl Files {
    /// Reads them.
    ///
    /// # Errors
    /// When a file cannot be read, or key and certificate do not belong together.
    pub fn load(paths: Tls) -> Result<Self> {
        let config = config(&paths)?;
        Ok(Self { paths, config: Arc::new(RwLock::new(Arc::new(config))) })
    }

    /// Reads them again; connections that stand go on as they are.
    ///
    /// # Errors
    /// As [`Files::load`]; what was read before stays in use.
    pub fn reload(&self) -> Result<()> {
        let config = Arc::new(config(&self.paths)?);
        *self.config.write().unwrap_or_else(std::sync::PoisonError::into_inner) = config;
        Ok(())
    }

    fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.read().unwrap_or_else(std::sync::PoisonError::into_inner)))
    }
}

/// Reads a certificate chain.
///
/// # Errors
/// When the file cannot be read or holds none.
pub fn chain(paths: &Tls) -> Result<Vec<CertificateDer<'static>>> {
    let path = &paths.certificate;
    let read = || CertificateDer::pem_file_iter(path)?.collect::<Result<Vec<_>, _>>();
    let chain = read().with_context(|| format!("the certificate {} cannot be read", path.display()))?;
    if chain.is_empty() {
        bail!("{} holds no certificate; expected PEM, the office's own certificate first", path.display());
    }
    Ok(chain)
}

/// The configuration from certificate and key.
///
/// # Errors
/// As [`Files::load`].
pub fn config(paths: &Tls) -> Result<ServerConfig> {
    let chain = chain(paths)?;
    let key = PrivateKeyDer::from_pem_file(&paths.key).with_context(|| format!("the key {} cannot be read; expected PEM", paths.key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .with_context(|| format!("{} and {} do not belong together", paths.certificate.display(), paths.key.display()))?;
    // Not HTTP/2: of a browser's pages one keeps a connection open, so the six that it opens are enough, and there are no streams and windows to bound.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Accepts connections and hands on those whose handshake is done: a slow one keeps nobody waiting.
pub struct Listener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    local: SocketAddr,
}

impl Listener {
    /// Begins accepting.
    pub fn start(listener: TcpListener, files: Files) -> Self {
        let local = listener.local_addr().unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)));
        let (sender, ready) = mpsc::channel(HANDSHAKES_MAX);
        tokio::spawn(accept(listener, files, sender));
        Self { ready, local }
    }
}

async fn accept(listener: TcpListener, files: Files, sender: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>) {
    let places = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    while !sender.is_closed() {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(reason = %error, "a connection could not be accepted");
                tokio::time::sleep(NO_HANDLE).await;
                continue;
            }
        };
        let (acceptor, sender) = (files.acceptor(), sender.clone());
        tokio::spawn(async move {
            let _place = place;
            drop(stream.set_nodelay(true));
            // A failed handshake is the other side's business: an old browser, a scanner. Nothing to act on.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                drop(sender.send((stream, peer)).await);
            }
        });
    }
}

impl axum::serve::Listener for Listener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The accepting task ended with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }
}
