//! A sample office made and served by the real program, and its officers, who sign in as a newcomer would.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use siger_app::identity::totp::{self, Secret};
use siger_domain::time::Instant;
use siger_storage::store::Url;

use crate::engine::Place;
use crate::http::Client;

/// A sample office in a folder, made by `siger demo --prepare`.
#[derive(Clone, Debug)]
pub struct Sample {
    program: PathBuf,
    folder: PathBuf,
    store: Option<String>,
    /// Where it is served.
    pub address: SocketAddr,
}

impl Sample {
    /// Makes a sample office in an empty folder, on SQLite.
    ///
    /// # Errors
    /// When the program fails; its words are in the error.
    pub fn make(program: &Path, folder: &Path) -> Result<Self> {
        Self::made(program, folder, None)
    }

    /// Makes a sample office in an empty place on any engine.
    ///
    /// # Errors
    /// As [`Sample::make`].
    pub fn make_at(program: &Path, place: &Place) -> Result<Self> {
        match place.url() {
            Url::Sqlite(_) => Self::made(program, place.folder(), None),
            Url::Postgres(url) => Self::made(program, place.folder(), Some(url)),
        }
    }

    fn made(program: &Path, folder: &Path, store: Option<String>) -> Result<Self> {
        let sample = Self { program: program.to_owned(), folder: folder.to_owned(), store, address: free()? };
        let made = Command::new(program).arg("demo").args(sample.place()).arg("--prepare").output().context("run the program")?;
        ensure!(made.status.success(), "siger demo --prepare: {}", String::from_utf8_lossy(&made.stderr));
        Ok(sample)
    }

    /// The same office, served by another process at another address.
    ///
    /// # Errors
    /// When no port is free.
    pub fn beside(&self) -> Result<Self> {
        Ok(Self { address: free()?, ..self.clone() })
    }

    /// The office that was brought back into another folder, on SQLite.
    ///
    /// # Errors
    /// When no port is free.
    pub fn brought_to(&self, folder: &Path) -> Result<Self> {
        Ok(Self { program: self.program.clone(), folder: folder.to_owned(), store: None, address: free()? })
    }

    /// Arguments that name the office to any command.
    pub fn place(&self) -> Vec<String> {
        let mut place = vec!["--data".to_owned(), self.data(), "--keys".into(), self.keys()];
        if let Some(store) = &self.store {
            place.extend(["--store".to_owned(), store.clone()]);
        }
        place
    }

    /// The data folder.
    pub fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// The folder of keys.
    pub fn keys(&self) -> String {
        self.folder.join("keys").display().to_string()
    }

    /// Program and arguments that serve it.
    pub fn serve(&self) -> Vec<String> {
        let mut command = vec![self.program.display().to_string(), "demo".to_owned()];
        command.extend(self.place());
        command.extend(["--listen".to_owned(), self.address.to_string()]);
        command
    }

    /// Signs an officer in. A code works once, so each officer can sign in once in half a minute.
    ///
    /// # Errors
    /// When there is no such officer or the sign-in is refused.
    #[expect(clippy::disallowed_methods, reason = "the program's clock is the machine's, and codes follow it")]
    pub fn sign_in(&self, login: &str) -> Result<Client> {
        let list: serde_json::Value = serde_json::from_slice(&std::fs::read(self.folder.join("keys/sample-officers.json"))?)?;
        let officer = list.as_array().and_then(|all| all.iter().find(|one| one["login"] == login)).with_context(|| format!("no officer {login}"))?;
        let otpauth = officer["otpauth"].as_str().context("otpauth")?;
        let secret = otpauth.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).and_then(Secret::from_base32).context("the secret")?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let code = totp::code(&secret, Instant::from_unix_micros(i64::try_from(now.as_micros())?));
        let mut client = Client::new(self.address);
        let password = officer["password"].as_str().context("password")?;
        let answer = client.form("/sign-in", &[("login", login), ("password", password), ("code", &code), ("next", "/")])?;
        ensure!(answer.status == 303, "the sign-in of {login} was answered {}", answer.status);
        Ok(client)
    }
}

/// A port that is free at this moment; nobody else on the loopback takes it in the next.
fn free() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
