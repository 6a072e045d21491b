//! What comes from outside, as any bytes: each function hands them to the parsers of one thing and looks at what must hold whatever they are. The targets
//! in `fuzz/` call these for hours, the tests in `tests/it/outside.rs` for a few thousand inputs.

use std::io::Cursor;
use std::path::Path;

use siger_app::identity::passkey::{Answer, Passkeys};
use siger_app::identity::recovery::Code;
use siger_app::identity::token::{Cookie, Token};
use siger_app::identity::totp::{self, Secret};
use siger_domain::id::{OfficerId, PersonId};
use siger_domain::officer::{self, Login};
use siger_domain::person::{CountryCode, DocumentNumber, Name, Note};
use siger_domain::time::{CivilDate, PartialDate};
use siger_storage::blob::Folder;
use siger_storage::keyring::{KEYRING_NAME, Keyring, RootSecret, WitnessFile};
use siger_storage::{Error, Open, Store, Url, archive};

use crate::office::START;

/// A keyring file in a folder, which is emptied. Nobody has the key, so it never opens.
///
/// # Panics
/// When it does.
pub fn keyring(folder: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    let file = folder.join(KEYRING_NAME);
    std::fs::write(&file, bytes).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    assert!(Keyring::open(folder, &RootSecret::from_bytes([5; 32])).is_err(), "a keyring that nobody sealed was opened");
}

/// A witness file in a folder. Whatever stands in it, what is appended is found again.
///
/// # Panics
/// When it is not.
pub fn witness(folder: &Path, bytes: &[u8]) {
    const CHECKPOINT: &str = "siger.test/way-kanan\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n";
    let path = folder.join("witness");
    std::fs::write(&path, bytes).expect("a file");
    let mut file = WitnessFile::open(&path).expect("any file is opened");
    let before = file.all().expect("any file is read").len();
    file.append(START, CHECKPOINT).expect("a checkpoint");
    let all = file.all().expect("any file is read");
    assert!(all.len() <= before + 1 && all.last().is_some_and(|newest| newest.checkpoint == CHECKPOINT), "{before} before, now {all:?}");
    assert_eq!(file.newest().expect("any file is read").map(|newest| newest.checkpoint).as_deref(), Some(CHECKPOINT));
}

/// Where archives are tried: an empty database with keys.
pub struct Empty {
    store: Store,
    blobs: Folder,
}

impl Empty {
    /// An empty place in a folder.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(folder: &Path) -> Self {
        let keyring = Keyring::create(&folder.join("keys"), &RootSecret::from_bytes([5; 32]), "siger.test/kosong", START, &[6; 32]).expect("a keyring");
        let store = Store::open(Open::new(Url::Sqlite(folder.join("data")), keyring)).expect("a store");
        Self { store, blobs: Folder::open(&folder.join("blobs")).expect("a folder") }
    }

    /// An archive. Nobody's checkpoint is signed by these keys, so it is refused and leaves nothing.
    ///
    /// # Panics
    /// When it does.
    pub fn archive(&self, bytes: &[u8]) {
        let answer = archive::import(&self.store, &self.blobs, Cursor::new(bytes.to_vec()));
        assert!(matches!(answer, Err(Error::Archive(_))), "{answer:?}");
        assert!(matches!(self.store.head(), Err(Error::NoOffice)), "a refused archive left something");
    }
}

/// What is typed or sent at a sign-in: one-time codes, cookies, secrets, digits, answers of passkeys.
///
/// # Panics
/// When something that was read is written in another way, or an answer that nobody signed is accepted.
pub fn sign_in(passkeys: &Passkeys, text: &str) {
    if let Ok(code) = text.parse::<Code>() {
        assert_eq!(code.to_letters().parse::<Code>().map(|code| code.to_letters()).ok(), Some(code.to_letters()));
    }
    if let Some(token) = Token::from_cookie(text) {
        assert_eq!(token.to_cookie(), text);
    }
    for (cookie, tls) in [(Cookie::Session, true), (Cookie::Session, false), (Cookie::Device, false)] {
        let _ = cookie.find(text, tls);
    }
    if let Some(secret) = Secret::from_base32(text) {
        assert_eq!(Secret::from_base32(&secret.to_base32()).map(|secret| secret.to_base32()), Some(secret.to_base32()));
        let now = totp::code(&secret, START);
        assert!(totp::verify(&secret, &now, START, None).is_ok());
        let _ = totp::verify(&secret, text, START, None);
    }
    let _ = Answer::read(text);
    let (_, state) = passkeys.start_registration(OfficerId::from_bytes([1; 16]), "contoh", "Contoh", &[], START).expect("a ceremony");
    assert!(passkeys.finish_registration(text, state, "contoh", START).is_err(), "an answer to another question was accepted");
}

/// The office as a relying party, for [`sign_in`].
///
/// # Panics
/// When it cannot be made.
pub fn passkeys() -> Passkeys {
    Passkeys::new("localhost", &["http://localhost:8080"], "Kantor contoh").expect("an address that browsers allow")
}

/// What is typed into the fields of a form. What was accepted is accepted again as it is shown.
///
/// # Panics
/// When it is not.
pub fn fields(text: &str) {
    if let Ok(name) = Name::new(text) {
        assert_eq!(Name::new(name.reveal()).as_ref(), Ok(&name));
    }
    if let Ok(note) = Note::new(text) {
        assert_eq!(Note::new(note.reveal()).as_ref(), Ok(&note));
    }
    if let Ok(number) = DocumentNumber::new(text) {
        assert_eq!(DocumentNumber::new(number.reveal()).as_ref(), Ok(&number));
    }
    if let Ok(login) = Login::new(text) {
        assert_eq!(Login::new(login.reveal()).ok().map(|again| again.reveal().to_owned()).as_deref(), Some(login.reveal()));
    }
    if let Ok(country) = CountryCode::new("nationality", text) {
        assert_eq!(CountryCode::new("nationality", country.as_str()), Ok(country));
    }
    if let Ok(date) = text.parse::<CivilDate>() {
        assert_eq!(date.to_string().parse(), Ok(date));
    }
    if let Ok(date) = text.parse::<PartialDate>() {
        assert_eq!(date.to_string().parse(), Ok(date));
    }
    if let Ok(id) = text.parse::<PersonId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let _ = officer::email(text);
}
