//! What the keyring holds, and its written form inside the seal. `docs/ref/keyring.md` describes it for other programs.

use siger_domain::time::Instant;
use zeroize::Zeroizing;

use super::{Key, KeyState, Punctured, Which, puncture::NODE_BYTES};

/// Version of the written form of the contents.
const CONTENTS_FORMAT: u8 = 1;

/// Most keys of one kind that are remembered, retired ones included: a rotation every quarter for sixteen years.
pub(super) const KEYS_PER_KIND_MAX: usize = 64;

/// Longest name of a log (origin), as C2SP signed-note key names are used here.
pub(super) const ORIGIN_BYTES_MAX: usize = 255;

/// Everything in the keyring.
#[derive(Clone)]
pub(super) struct Contents {
    /// Counts the changes; an older number than the one seen before betrays an old copy.
    pub(super) revision: u64,
    pub(super) created: Instant,
    /// Since when the present root secret opens the file.
    pub(super) rooted: Instant,
    pub(super) epoch: u16,
    /// Name of the office's log and of its keys.
    pub(super) origin: String,
    pub(super) keys: Vec<Record>,
    pub(super) tree: Punctured,
}

/// One key besides the tree. Never of kind `Office`.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) which: Which,
    pub(super) state: KeyState,
    /// Since when it is in this state.
    pub(super) since: Instant,
    /// Verifying key (Ed25519: 32 bytes; P-256: 33 bytes, compressed point), or 4 bytes that name a look-up key.
    pub(super) public: Vec<u8>,
    /// Destroyed when the key is retired, for a seal key when it is rotated.
    pub(super) secret: Option<Key>,
}

impl Contents {
    /// The bytes to seal. Wiped when dropped; the buffer is made large enough first, so that growing leaves no copies.
    pub(super) fn write(&self) -> Zeroizing<Vec<u8>> {
        let keys_bytes: usize = self.keys.iter().map(|key| 1 + 1 + 8 + 1 + key.public.len() + 1 + 32).sum();
        let capacity = 64 + self.origin.len() + keys_bytes + self.tree.node_count() * NODE_BYTES;
        let mut out = Zeroizing::new(Vec::with_capacity(capacity));
        out.push(CONTENTS_FORMAT);
        out.extend_from_slice(&self.revision.to_be_bytes());
        out.extend_from_slice(&self.created.unix_micros().to_be_bytes());
        out.extend_from_slice(&self.rooted.unix_micros().to_be_bytes());
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.push(self.origin.len() as u8);
        out.extend_from_slice(self.origin.as_bytes());
        out.extend_from_slice(&(self.keys.len() as u16).to_be_bytes());
        for key in &self.keys {
            out.push(key.which as u8);
            out.push(key.state as u8);
            out.extend_from_slice(&key.since.unix_micros().to_be_bytes());
            out.push(key.public.len() as u8);
            out.extend_from_slice(&key.public);
            out.push(u8::from(key.secret.is_some()));
            if let Some(secret) = &key.secret {
                out.extend_from_slice(secret.reveal());
            }
        }
        self.tree.write(&mut out);
        debug_assert!(out.len() <= capacity, "the buffer never grows");
        out
    }

    /// Reads what [`Self::write`] wrote; says what is wrong otherwise.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let mut reader = Reader(bytes);
        if reader.byte()? != CONTENTS_FORMAT {
            return Err("unknown format of the contents");
        }
        let revision = u64::from_be_bytes(reader.array()?);
        let created = reader.instant()?;
        let rooted = reader.instant()?;
        let epoch = u16::from_be_bytes(reader.array()?);
        let origin_length = reader.byte()?;
        let origin = str::from_utf8(reader.take(origin_length.into())?).map_err(|_| "the origin is not text")?.to_owned();
        let count = u16::from_be_bytes(reader.array()?);
        let mut keys = Vec::with_capacity(usize::from(count).min(3 * KEYS_PER_KIND_MAX));
        for _ in 0..count {
            let which = Which::from_byte(reader.byte()?).ok_or("unknown kind of key")?;
            let state = KeyState::from_byte(reader.byte()?).ok_or("unknown state of a key")?;
            let since = reader.instant()?;
            let public_length = reader.byte()?;
            let public = reader.take(public_length.into())?.to_vec();
            let secret = match reader.byte()? {
                0 => None,
                1 => Some(Key::new(*Zeroizing::new(reader.array()?))),
                _ => return Err("a key's secret is neither there nor destroyed"),
            };
            if state == KeyState::Current && secret.is_none() {
                return Err("the secret of a key in use is missing");
            }
            keys.push(Record { which, state, since, public, secret });
        }
        for which in [Which::Log, Which::Seal, Which::Lookup] {
            if keys.iter().filter(|key| key.which == which && key.state == KeyState::Current).count() != 1 {
                return Err("not exactly one key of each kind is in use");
            }
        }
        let tree = Punctured::read(reader.0).map_err(|_| "the tree of data keys is not a tree")?;
        Ok(Self { revision, created, rooted, epoch, origin, keys, tree })
    }
}

/// Takes bytes from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], &'static str> {
        let (front, rest) = self.0.split_at_checked(count).ok_or("the contents end too early")?;
        self.0 = rest;
        Ok(front)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        self.take(N)?.try_into().map_err(|_| "the contents end too early")
    }

    fn byte(&mut self) -> Result<u8, &'static str> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn instant(&mut self) -> Result<Instant, &'static str> {
        self.array().map(|bytes| Instant::from_unix_micros(i64::from_be_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::rotate, *};
    use crate::keyring::KeyIndex;

    fn contents() -> Contents {
        let mut contents = rotate::fresh("siger.example/contoh", Instant::from_unix_micros(5), &[3; 32]);
        contents.tree.puncture(KeyIndex::new(0, 9));
        contents
    }

    #[test]
    fn reads_what_it_wrote() {
        let bytes = contents().write();
        let again = Contents::read(&bytes).unwrap();
        assert_eq!(*again.write(), *bytes);
        assert_eq!(again.origin, "siger.example/contoh");
        assert!(again.tree.is_punctured(KeyIndex::new(0, 9)));
    }

    #[test]
    fn refuses_every_cut_without_panic() {
        let bytes = contents().write();
        let nodes_from = bytes.len() - contents().tree.node_count() * NODE_BYTES;
        for end in 0..bytes.len() {
            // A tree may end after any node: the seal around it, not the form, guards the end.
            if end < nodes_from || !(end - nodes_from).is_multiple_of(NODE_BYTES) {
                assert!(Contents::read(&bytes[..end]).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn never_panics_on_changed_bytes() {
        let bytes = contents().write();
        for at in 0..200 {
            for change in [1, 0x80, 0xff] {
                let mut changed = bytes.clone();
                changed[at] ^= change;
                let _ = Contents::read(&changed);
            }
        }
    }
}
