//! An empty database on each engine, for the tests that both must pass.

use siger_domain::access::{Purpose, Role};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{OfficerId, PersonId};
use siger_domain::officer::{Login, Profile};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Sex};
use siger_domain::time::Instant;
use siger_storage::blob::Folder;
use siger_storage::keyring::{Keyring, RootSecret};
use siger_storage::{Error, Open, Stamp, Store, Url, Write};
use tempfile::TempDir;

/// Names a PostgreSQL database in which tests may make schemas of their own.
pub const POSTGRES: &str = "SIGER_TEST_POSTGRES";
/// 2026-11-24T02:00:00Z.
pub const START: Instant = Instant::from_unix_micros(1_795_485_600_000_000);

/// An empty database, its keys and its blobs.
pub struct Place {
    pub engine: &'static str,
    pub url: Url,
    pub keyring: Keyring,
    pub folder: TempDir,
    schema: Option<(String, String)>,
}

/// One for each engine that is there. `name` must be of small letters and used once.
pub fn places(name: &str) -> Vec<Place> {
    let mut places = vec![Place::sqlite()];
    match Place::postgres(name) {
        Some(place) => places.push(place),
        None => println!("skipped on PostgreSQL: {POSTGRES} is not set"),
    }
    places
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = Url::Sqlite(folder.path().join("data"));
        Self::made("SQLite", url, folder, None)
    }

    /// A schema of its own, gone when dropped; `None` where no database is named.
    pub fn postgres(name: &str) -> Option<Self> {
        let base = std::env::var(POSTGRES).ok().filter(|url| !url.is_empty())?;
        let schema = format!("test_{name}_{}", std::process::id());
        let mut client = postgres::Client::connect(&base, postgres::NoTls).unwrap();
        client.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")).unwrap();
        let mark = if base.contains('?') { '&' } else { '?' };
        let url = Url::Postgres(format!("{base}{mark}options=-csearch_path%3D{schema}"));
        Some(Self::made("PostgreSQL", url, tempfile::tempdir().unwrap(), Some((base, schema))))
    }

    fn made(engine: &'static str, url: Url, folder: TempDir, schema: Option<(String, String)>) -> Self {
        let root = RootSecret::from_bytes([3; 32]);
        let keyring = Keyring::create(&folder.path().join("keys"), &root, "siger.test/kontrak", START, &[4; 32]).unwrap();
        Self { engine, url, keyring, folder, schema }
    }

    pub fn open(&self) -> Store {
        Store::open(Open::new(self.url.clone(), self.keyring.clone())).unwrap()
    }

    pub fn blobs(&self) -> Folder {
        Folder::open(&self.folder.path().join("blobs")).unwrap()
    }

    /// With an office in it.
    pub fn office(&self) -> Store {
        let store = self.open();
        let event = Event::OfficeFounded(body::OfficeFounded {
            code: "WKN".into(),
            name: "Kantor contoh".into(),
            origin: "siger.test/kontrak".into(),
            sample: true,
            time_zone: "Asia/Jakarta".into(),
        });
        assert_eq!(store.write_blocking(move |write| write.append(stamp(0), Subject::Office, &event)).unwrap(), 0);
        store
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((base, schema)) = &self.schema {
            // Left-overs of a failed test are dropped by the next run of the same number, or with the database.
            let _ = postgres::Client::connect(base, postgres::NoTls).and_then(|mut client| client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")));
        }
    }
}

/// The program itself, some seconds after the start.
pub fn stamp(seconds: i64) -> Stamp {
    Stamp { at: START.plus_seconds(seconds), actor: None, role: Role::System, purpose: Purpose::Administration }
}

/// A person's identifier with a number in it.
pub fn person(number: u32) -> PersonId {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&number.to_be_bytes());
    PersonId::new(START, random)
}

pub fn document(number: &str) -> Document {
    Document { kind: DocumentKind::Passport, issuer: CountryCode::new("issuer", "MYS").unwrap(), number: DocumentNumber::new(number).unwrap(), expires: None }
}

pub fn register(write: &mut Write<'_, '_>, number: u32) -> Result<u64, Error> {
    let identity = Identity {
        name: Name::new(&format!("Orang Contoh {number}")).unwrap(),
        born: None,
        sex: Sex::X,
        nationality: CountryCode::new("nationality", "MYS").unwrap(),
    };
    let documents = vec![document(&format!("C{number:07}"))];
    write.append(stamp(i64::from(number)), Subject::Person(person(number)), &Event::PersonRegistered(body::PersonRegistered { identity, documents }))
}

pub fn invite(write: &mut Write<'_, '_>, number: u8) -> Result<OfficerId, Error> {
    let id = OfficerId::new(START, [number; 10]);
    let name = Name::new(&format!("Petugas Contoh {number}")).unwrap();
    let profile = Profile { name, login: Login::new(&format!("petugas-{number}")).unwrap(), email: None };
    write.append(stamp(0), Subject::Officer(id), &Event::OfficerInvited(body::OfficerInvited { profile, roles: vec![Role::Desk] }))?;
    Ok(id)
}
