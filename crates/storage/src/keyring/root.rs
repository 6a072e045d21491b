//! The root secret: what opens the keyring, and never lies beside it.

use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use std::{
    fmt, fs,
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};
use zeroize::Zeroizing;

use super::{Error, Key, Result, seal::DataKey};

/// Name of the credential in systemd's folder of credentials (`$CREDENTIALS_DIRECTORY`).
pub const CREDENTIAL_NAME: &str = "siger-root";

/// Shortest passphrase for a new keyring: six words of a word list have about 77 bits, and no six words are shorter than this.
pub const PASSPHRASE_CHARS_MIN: usize = 20;

/// Longest root secret file that is read; 64 digits and a line end need 66.
const FILE_BYTES_MAX: u64 = 256;

/// What opens the keyring. Wiped when dropped; prints nothing of itself.
#[derive(Clone)]
pub struct RootSecret(Form);

#[derive(Clone)]
enum Form {
    Stored(Key),
    Passphrase(Zeroizing<String>),
}

/// The caller states that the office is a sample office: only such a one may keep its root secret in a plain file.
#[derive(Clone, Copy, Debug)]
pub struct ForSampleOffice;

impl RootSecret {
    /// From the folder in which systemd places the credentials of a service (`$CREDENTIALS_DIRECTORY`), file [`CREDENTIAL_NAME`].
    ///
    /// # Errors
    /// When the file can't be read, or is not 32 bytes or 64 hexadecimal digits.
    pub fn from_credentials(folder: &Path) -> Result<Self> {
        // systemd guards that folder itself (0500 and a file system of its own), so its file's mode is not looked at.
        read_stored(&folder.join(CREDENTIAL_NAME), false)
    }

    /// From a passphrase that a person types. It is stretched with argon2id; salt and cost are kept in the head of the keyring.
    pub fn from_passphrase(passphrase: Zeroizing<String>) -> Self {
        Self(Form::Passphrase(passphrase))
    }

    /// From a file, for a sample office only.
    ///
    /// # Errors
    /// When the file can't be read, others can read it, or it is not 32 bytes or 64 hexadecimal digits.
    pub fn from_file(path: &Path, _sample: ForSampleOffice) -> Result<Self> {
        read_stored(path, true)
    }

    /// Writes a new root secret into a new file (mode 0600), for a sample office only. `random` must come from a cryptographic
    /// source.
    ///
    /// # Errors
    /// When the file exists or can't be written.
    pub fn create_file(path: &Path, random: &[u8; 32], _sample: ForSampleOffice) -> Result<Self> {
        let mut file = match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(Error::Exists(path.to_owned())),
            other => other.map_err(Error::io("create", path))?,
        };
        let mut text = Zeroizing::new(String::with_capacity(65));
        for byte in random {
            text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        text.push('\n');
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::io("write", path))?;
        Ok(Self(Form::Stored(Key::new(*random))))
    }

    /// From 32 bytes that came another way, for instance out of a hardware token.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Form::Stored(Key::new(bytes)))
    }

    /// How a new keyring is to be opened with this secret.
    pub(super) fn new_stretching(&self) -> Result<Stretching> {
        match &self.0 {
            Form::Stored(_) => Ok(Stretching::None),
            Form::Passphrase(text) if text.chars().count() < PASSPHRASE_CHARS_MIN => Err(Error::PassphraseShort { min: PASSPHRASE_CHARS_MIN }),
            Form::Passphrase(_) => Ok(Stretching::DEFAULT),
        }
    }

    /// The key of the keyring file that follows from this secret.
    pub(super) fn key(&self, stretching: Stretching, salt: &[u8; 32], path: &Path) -> Result<RootKey> {
        let stretched = match (&self.0, stretching) {
            (Form::Stored(key), Stretching::None) => key.clone(),
            (Form::Passphrase(text), Stretching::Argon2id { memory_kib, passes, lanes }) => {
                let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| Error::Stretch)?;
                let mut out = Zeroizing::new([0; 32]);
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into(text.as_bytes(), salt, out.as_mut_slice())
                    .map_err(|_| Error::Stretch)?;
                Key::new(*out)
            }
            (_, Stretching::None) => return Err(Error::RootKind { path: path.to_owned(), expected: "a stored root secret, not a passphrase" }),
            (_, Stretching::Argon2id { .. }) => return Err(Error::RootKind { path: path.to_owned(), expected: "a passphrase, not a stored root secret" }),
        };
        let hkdf = Hkdf::<Sha256>::new(Some(salt), stretched.reveal());
        let mut cipher = Zeroizing::new([0; 32]);
        let mut check = [0; 16];
        hkdf.expand(b"siger keyring cipher v1", cipher.as_mut_slice()).expect("32 bytes are within HKDF's 8,160");
        hkdf.expand(b"siger keyring check v1", &mut check).expect("16 bytes are within HKDF's 8,160");
        Ok(RootKey { cipher: DataKey::new(&Key::new(*cipher)), check })
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Form::Stored(_) => "(stored root secret)",
            Form::Passphrase(_) => "(passphrase)",
        })
    }
}

/// What the head of a keyring says about the way from root secret to key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stretching {
    /// The secret has 256 random bits and needs none.
    None,
    /// RFC 9106.
    Argon2id { memory_kib: u32, passes: u32, lanes: u32 },
}

impl Stretching {
    /// The second recommendation of RFC 9106 §4 (64 MiB, 3 passes, 4 lanes): about a quarter of a second at each start, and a
    /// small server has the memory.
    #[cfg(not(test))]
    const DEFAULT: Self = Self::Argon2id { memory_kib: 64 << 10, passes: 3, lanes: 4 };
    #[cfg(test)]
    const DEFAULT: Self = Self::Argon2id { memory_kib: 64, passes: 1, lanes: 1 };

    /// Most that a head may ask for, so that a damaged or planted file can't take the machine's memory: 1 GiB, 16 passes, 16 lanes.
    pub(super) fn is_bounded(self) -> bool {
        match self {
            Self::None => true,
            Self::Argon2id { memory_kib, passes, lanes } => {
                (1..=16).contains(&lanes) && (8 * lanes..=1 << 20).contains(&memory_kib) && (1..=16).contains(&passes)
            }
        }
    }
}

/// The key of the keyring file, and the value in its head by which a wrong root secret is told from damage.
#[derive(Debug)]
pub(super) struct RootKey {
    pub(super) cipher: DataKey,
    pub(super) check: [u8; 16],
}

fn read_stored(path: &Path, private: bool) -> Result<RootSecret> {
    let file = fs::File::open(path).map_err(Error::io("read the root secret", path))?;
    let mode = file.metadata().map_err(Error::io("read the root secret", path))?.permissions().mode() & 0o777;
    if private && mode & 0o077 != 0 {
        return Err(Error::Readable { path: path.to_owned(), mode });
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX as usize + 1));
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(Error::io("read the root secret", path))?;
    stored_form(&bytes).map(|key| RootSecret(Form::Stored(key))).ok_or_else(|| Error::RootForm(path.to_owned()))
}

/// 32 bytes as they are, or 64 hexadecimal digits with white space around them.
fn stored_form(bytes: &[u8]) -> Option<Key> {
    if let Ok(raw) = <[u8; 32]>::try_from(bytes) {
        return Some(Key::new(raw));
    }
    let (pairs, []) = bytes.trim_ascii().as_chunks::<2>() else { return None };
    if pairs.len() != 32 {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    for (byte, pair) in key.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = (digit(pair[0])? << 4 | digit(pair[1])?) as u8;
    }
    Some(Key::new(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_stored_secret() {
        let digits = "0f".repeat(32);
        for (what, bytes, good) in [
            ("32 bytes", vec![10; 32], true),
            ("64 digits", digits.clone().into_bytes(), true),
            ("64 digits and a line end", format!("{digits}\r\n").into_bytes(), true),
            ("31 bytes", vec![10; 31], false),
            ("33 bytes", vec![10; 33], false),
            ("62 digits", digits[2..].to_owned().into_bytes(), false),
            ("not digits", "zz".repeat(32).into_bytes(), false),
            ("nothing", vec![], false),
        ] {
            assert_eq!(stored_form(&bytes).is_some(), good, "{what}");
        }
        assert_eq!(stored_form(digits.as_bytes()).map(|key| *key.reveal()), Some([0x0f; 32]));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root-secret");
        RootSecret::create_file(&path, &[9; 32], ForSampleOffice).unwrap();
        assert!(matches!(RootSecret::create_file(&path, &[9; 32], ForSampleOffice), Err(Error::Exists(_))));
        assert!(RootSecret::from_file(&path, ForSampleOffice).is_ok());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(RootSecret::from_file(&path, ForSampleOffice), Err(Error::Readable { mode: 0o640, .. })));
    }

    #[test]
    fn prints_no_secret() {
        let text = format!("{:?} {:?}", RootSecret::from_bytes([77; 32]), RootSecret::from_passphrase(Zeroizing::new("rahasia sekali".into())));
        assert!(!text.contains("77") && !text.contains("rahasia"), "{text}");
    }
}
