//! TLS by the program itself, with a certificate made for the test.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::run;
use crate::running::Running;

/// Writes a new certificate for localhost and its key into the folder.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

/// A GET over TLS by a client that trusts only this certificate: the status line.
fn get(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    // The end of the answer is what counts, not how the connection was closed.
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(stream.conn.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A ClientHello of a client that knows TLS 1.2 and nothing newer (RFC 5246 §7.4.1.2): one modern suite, no extensions.
fn hello_1_2() -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]); // random
    body.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]); // no session, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, no compression
    let mut message = vec![1, 0, 0, body.len() as u8];
    message.extend(body);
    let mut record = vec![22, 3, 1, 0, message.len() as u8];
    record.extend(message);
    record
}

#[test]
fn tls_1_3_is_served_older_is_refused_and_a_new_certificate_is_read_on_sighup() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    let first = certificate(folder.path());
    std::fs::write(
        folder.path().join("siger.toml"),
        "[http]\norigin = \"https://localhost:8443\"\n[http.tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n",
    )
    .unwrap();
    let running = Running::start(folder.path(), &["serve"]);
    let answer = get(running.address, &first).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    // The alert protocol_version (70) or handshake_failure (40), and the end: never a ServerHello (22).
    let mut old = TcpStream::connect(running.address).unwrap();
    old.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    old.write_all(&hello_1_2()).unwrap();
    let mut answer = Vec::new();
    old.read_to_end(&mut answer).unwrap();
    assert!(answer.first() == Some(&21) && matches!(answer.last(), Some(70 | 40 | 109)), "{answer:?}");

    // Without TLS nothing is answered.
    let mut plain = TcpStream::connect(running.address).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");

    let second = certificate(folder.path());
    running.signal("HUP");
    let begun = Instant::now();
    while get(running.address, &second).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the new certificate is not in use");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(get(running.address, &first).is_err(), "the old certificate is still in use");

    // A wrong one leaves the present one in use.
    std::fs::write(folder.path().join("key.pem"), "no key").unwrap();
    running.signal("HUP");
    std::thread::sleep(Duration::from_millis(200));
    assert!(get(running.address, &second).is_ok());
    let (status, log) = running.end();
    assert!(status == Some(0) && log.contains("cannot be read again"), "{log}");

    let (status, _, err) = run(folder.path(), &["serve"]);
    assert!(status == 1 && err.contains("key.pem"), "{err}");
    let (status, out, _) = run(folder.path(), &["doctor"]);
    assert!(status == 3 && out.lines().any(|line| line.starts_with("WRONG") && line.contains("certificate")), "{out}");
}
