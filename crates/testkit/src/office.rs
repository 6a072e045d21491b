//! A test office in a temporary folder: real store, real keys, real policies; only clock and randomness are replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use siger_app::access::Access;
use siger_app::backup::Backups;
use siger_app::founding::{Founding, found};
use siger_app::identity::passkey::Passkeys;
use siger_app::identity::password::Typed;
use siger_app::identity::recovery::Code;
use siger_app::identity::totp::{self, Secret};
use siger_app::office::{Office, Parts};
use siger_app::random::Seeded;
use siger_app::sign_in::{self, Arrival, Begun};
use siger_app::{Context, officer};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::OfficerId;
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;
use siger_domain::time::{Clock, Instant};
use siger_storage::blob::Folder;
use siger_storage::keyring::{Keyring, RootSecret};
use siger_storage::{Open, Store};
use tempfile::TempDir;

use crate::engine::{Engine, Place, apart};

/// 2026-11-24T02:00:00Z, 09.00 in Way Kanan: where test clocks start.
pub const START: Instant = Instant::from_unix_micros(1_795_485_600_000_000);
/// A password that the rules accept.
pub const PASSWORD: &str = "kuda lumping di tepi sungai";

/// Where the random bytes of a test office begin.
const SEED: u64 = 42;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    /// Stands at [`START`].
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(START.unix_micros())))
    }

    /// Moves it, forward or back.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Instant {
        Instant::from_unix_micros(self.0.load(Ordering::SeqCst))
    }
}

/// An office for one test. Its folder, or its part of the database, goes when it is dropped.
pub struct TestOffice {
    /// The office.
    pub office: Office,
    /// Its clock.
    pub clock: Arc<StoppedClock>,
    // Last, so that it goes when nothing uses it any more.
    place: Place,
}

/// An officer of a test office, able to sign in.
pub struct TestOfficer {
    /// Identifier.
    pub id: OfficerId,
    /// Sign-in name.
    pub login: String,
    /// Secret of the code generator.
    pub secret: Secret,
    /// The sign-in that set this up.
    pub begun: Begun,
}

impl TestOffice {
    /// An office on the engine that is meant where a test asks for none: SQLite, but for the run that does the same on PostgreSQL.
    ///
    /// # Panics
    /// When it cannot be made: the test cannot go on.
    pub fn new() -> Self {
        Self::on(Engine::meant())
    }

    /// An office on an engine.
    ///
    /// # Panics
    /// As [`TestOffice::new`].
    pub fn on(engine: Engine) -> Self {
        let place = Place::empty(engine);
        let url = place.url();
        Self::made(place, |keyring| Open::new(url, keyring))
    }

    /// An office that has a folder for backups.
    ///
    /// # Panics
    /// As [`TestOffice::new`].
    pub fn with_backups() -> Self {
        let place = Place::empty(Engine::meant());
        std::fs::create_dir(place.folder().join("backups")).expect("a folder for backups");
        let url = place.url();
        Self::made(place, |keyring| Open::new(url, keyring))
    }

    /// An office in an empty database that is opened in a way of its own: another file layer, a witness file.
    ///
    /// # Panics
    /// As [`TestOffice::new`].
    pub fn opened(folder: TempDir, how: impl FnOnce(Keyring) -> Open + Send) -> Self {
        Self::made(Place::in_folder(folder), how)
    }

    fn made(place: Place, how: impl FnOnce(Keyring) -> Open + Send) -> Self {
        let clock = StoppedClock::new();
        let office = apart(|| {
            let store = found_in(place.folder(), how);
            open(store, &place.blobs(), clock.clone(), SEED)
        });
        Self { office, clock, place }
    }

    /// Where everything of this office lies: `data`, `keys`, `blobs`.
    pub fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// The data folder of an office on SQLite.
    pub fn data(&self) -> PathBuf {
        self.place.data()
    }

    /// Lets an officer in from the console, with these roles, and signs them in for the first time.
    ///
    /// # Panics
    /// When that fails.
    pub async fn officer(&self, login: &str, roles: &[Role]) -> TestOfficer {
        let office = &self.office;
        let id = OfficerId::new(office.now(), office.random());
        let code = office.with_random(Code::new);
        let profile =
            Profile { name: Name::new(&format!("{login} (contoh)")).expect("a name"), login: Login::new(login).expect("a sign-in name"), email: None };
        let (by, roles, letters) = (office.system(Purpose::Administration), roles.to_vec(), code.to_letters());
        office.write(move |write| officer::admit(write, &by, id, profile, roles, &code)).await.expect("an invitation");
        let setup = sign_in::join_password(office, &letters, Typed::new(PASSWORD.into())).await.expect("the one-time code is in force");
        let secret = Secret::from_base32(&setup.secret.replace(' ', "")).expect("Base32");
        let now = totp::code(&secret, office.now());
        let begun = sign_in::join_code(office, &setup.ceremony, &now).await.expect("a first sign-in");
        TestOfficer { id, login: login.to_owned(), secret, begun }
    }

    /// Who acts when this officer asks something now.
    ///
    /// # Panics
    /// When the session has ended.
    pub async fn context(&self, officer: &TestOfficer) -> Context {
        let recognised =
            siger_app::session::recognise(&self.office, &officer.begun.token, self.office.operation(), None, siger_app::session::Asker::Somebody).await;
        recognised.expect("the store answers").signed_in().expect("the session is in force").context
    }
}

impl Default for TestOffice {
    fn default() -> Self {
        Self::new()
    }
}

/// From the loopback, without a device cookie.
pub fn arrival() -> Arrival {
    Arrival { network: siger_app::identity::guess::Network::of(std::net::IpAddr::from([127, 0, 0, 1])), device: None }
}

/// The root secret of a test office.
///
/// # Panics
/// When the file cannot be made or read.
pub fn root(keys: &Path) -> RootSecret {
    use siger_storage::keyring::ForSampleOffice;
    let file = keys.join("root.secret");
    if file.exists() {
        RootSecret::from_file(&file, ForSampleOffice).expect("the root secret")
    } else {
        std::fs::create_dir_all(keys).expect("a folder for keys");
        RootSecret::create_file(&file, &[9; 32], ForSampleOffice).expect("a root secret")
    }
}

/// A store with the first entry of an office in it.
fn found_in(folder: &Path, how: impl FnOnce(Keyring) -> Open) -> Store {
    let keys = folder.join("keys");
    let root = root(&keys);
    let keyring = Keyring::create(&keys, &root, "siger.test/way-kanan", START, &[7; 32]).expect("a new keyring");
    let store = Store::open(how(keyring)).expect("a new store");
    let access = Arc::new(Access::load().expect("the policies"));
    let by = Context::system(access, siger_domain::id::OperationId::new(START, [0; 10]), START, Purpose::Administration);
    let founding = Founding {
        code: "WKN".into(),
        name: "Kantor Imigrasi Way Kanan (contoh)".into(),
        origin: "siger.test/way-kanan".into(),
        sample: true,
        time_zone: "Asia/Jakarta".into(),
    };
    store.write_blocking(move |write| found(write, &by, &founding)).expect("the first entry");
    store
}

/// Opens the office that a store holds, with its blobs in a folder. Two that share what they know need seeds of their own.
///
/// # Panics
/// When there is none.
pub fn open(store: Store, blobs: &Path, clock: Arc<StoppedClock>, seed: u64) -> Office {
    let backups = blobs.with_file_name("backups");
    let blobs = Folder::open(blobs).expect("a folder for blobs");
    let passkeys = Passkeys::new("localhost", &["http://localhost:8080"], "Way Kanan").expect("an address that browsers allow");
    let access = Arc::new(Access::load().expect("the policies"));
    // Tests of backups make the folder; without it an office as it is set up on the first day.
    let backups = backups.is_dir().then_some(Backups { folder: backups, keep_days: 90 });
    Office::open(Parts { store, blobs, access, clock, random: Box::new(Seeded::new(seed)), passkeys: Some(passkeys), backups }).expect("an office")
}
