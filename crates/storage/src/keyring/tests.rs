//! The keyring as a whole: on the disk, in several processes (each `open` is one), after crashes, under threads.

use super::*;
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};
use zeroize::Zeroizing;

const ORIGIN: &str = "siger.example/contoh";
const PLACE: Place<'static> = Place { table: "person", column: "name", row: &[1] };

fn at(seconds: i64) -> Instant {
    Instant::from_unix_micros(1_795_478_400_000_000).plus_seconds(seconds)
}

fn secret() -> RootSecret {
    RootSecret::from_bytes([1; 32])
}

fn person(sequence: u32) -> KeyIndex {
    KeyIndex::new(0, sequence)
}

struct Office {
    folder: tempfile::TempDir,
    keyring: Keyring,
}

fn office() -> Office {
    let folder = tempfile::tempdir().unwrap();
    let keyring = Keyring::create(&folder.path().join("keys"), &secret(), ORIGIN, at(0), &[2; 32]).unwrap();
    Office { folder, keyring }
}

impl Office {
    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }
    fn file(&self) -> PathBuf {
        self.keys().join(KEYRING_NAME)
    }
    fn open(&self) -> Keyring {
        Keyring::open(&self.keys(), &secret()).unwrap()
    }
}

#[test]
fn opens_what_it_made() {
    let office = office();
    let sealed = office.keyring.seal(person(1), &PLACE, b"CONTOH").unwrap();
    let again = office.open();
    assert_eq!(again.open_sealed(person(1), &PLACE, &sealed).unwrap().as_deref(), Some(&b"CONTOH"[..]));
    assert_eq!(again.seal(person(1), &PLACE, b"CONTOH").unwrap(), sealed);
    assert!(matches!(again.open_sealed(person(2), &PLACE, &sealed), Err(Error::Sealed { .. })));
    assert_eq!(again.lookup_hash("passport", "X1"), office.keyring.lookup_hash("passport", "X1"));
    assert_eq!(again.log_signing_keys()[0].key, office.keyring.log_signing_keys()[0].key);
    assert_eq!((again.origin(), again.epoch(), again.revision(), again.tree_nodes()), (ORIGIN.to_owned(), 0, 1, 1));
    assert!(matches!(Keyring::create(&office.keys(), &secret(), ORIGIN, at(0), &[2; 32]), Err(Error::Exists(_))));
}

#[test]
fn everything_follows_from_the_random_bytes_given() {
    let (one, same) = (office(), office());
    assert_eq!(fs::read(one.file()).unwrap(), fs::read(same.file()).unwrap());
    let other = Keyring::create(&one.folder.path().join("other"), &secret(), ORIGIN, at(0), &[3; 32]).unwrap();
    assert_ne!(one.keyring.lookup_hash("a", "b"), other.lookup_hash("a", "b"));
    assert_ne!(one.keyring.seal(person(1), &PLACE, b"").unwrap(), other.seal(person(1), &PLACE, b"").unwrap());
    assert_ne!(one.keyring.seal_key().id, other.seal_key().id);
}

#[test]
fn erasing_is_for_good_and_for_those_alone() {
    let office = office();
    let sealed: Vec<_> = (1..=3).map(|n| office.keyring.seal(person(n), &PLACE, b"CONTOH").unwrap()).collect();
    office.keyring.puncture(&[person(2), person(2)]).unwrap();
    for keyring in [&office.keyring, &office.open()] {
        assert!(keyring.is_punctured(person(2)) && !keyring.is_punctured(person(1)));
        assert_eq!(keyring.open_sealed(person(2), &PLACE, &sealed[1]).unwrap(), None);
        assert_eq!(keyring.open_sealed(person(2), &PLACE, b"anything").unwrap(), None);
        assert!(matches!(keyring.seal(person(2), &PLACE, b"CONTOH"), Err(Error::Erased(_))));
        for n in [1, 3] {
            assert_eq!(keyring.open_sealed(person(n), &PLACE, &sealed[n as usize - 1]).unwrap().as_deref(), Some(&b"CONTOH"[..]));
        }
    }
    let revision = office.keyring.revision();
    office.keyring.puncture(&[person(2)]).unwrap();
    assert_eq!(office.keyring.revision(), revision, "erasing twice changes nothing");
    assert!(matches!(office.keyring.puncture(&[person(3), KeyIndex::OFFICE]), Err(Error::OfficeKey)));
    assert!(!office.keyring.is_punctured(person(3)));
}

#[test]
fn the_bytes_before_an_erasure_are_overwritten() {
    let office = office();
    let before = fs::read(office.file()).unwrap();
    let second_name = office.folder.path().join("before");
    fs::hard_link(office.file(), &second_name).unwrap();
    office.keyring.puncture(&[person(1)]).unwrap();
    assert_eq!(fs::read(&second_name).unwrap(), vec![0; before.len()]);
    let names: Vec<_> = fs::read_dir(office.keys()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "keyring and lock only: {names:?}");
}

#[test]
fn what_a_crash_left_is_finished_at_open() {
    // Each row: what lies beside the keyring when the power fails, and whether person 1 is erased afterwards.
    let office = office();
    let before = fs::read(office.file()).unwrap();
    office.keyring.puncture(&[person(1)]).unwrap();
    let after = fs::read(office.file()).unwrap();
    let (file, new, old) = (office.file(), office.keys().join("keyring.new"), office.keys().join("keyring.old"));
    let write = |path: &PathBuf, bytes: &[u8]| {
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    for (what, erased) in [("new half written", false), ("new written", false), ("old linked", false), ("renamed", true), ("old half overwritten", true)] {
        let _ = fs::remove_file(&file);
        write(&file, if erased { &after } else { &before });
        match what {
            "new half written" => write(&new, &after[..after.len() / 2]),
            "new written" => write(&new, &after),
            "old linked" => {
                write(&new, &after);
                fs::hard_link(&file, &old).unwrap();
            }
            "renamed" => write(&old, &before),
            _ => write(&old, &[vec![0; 100], before[100..].to_vec()].concat()),
        }
        let keyring = office.open();
        assert_eq!(keyring.is_punctured(person(1)), erased, "{what}");
        assert!(!new.exists() && !old.exists(), "{what}");
        assert_eq!(fs::read(&file).unwrap(), if erased { after.clone() } else { before.clone() }, "{what}");
    }
    // Without a keyring the old one is left for a person to look at.
    fs::rename(&file, &old).unwrap();
    assert!(matches!(Keyring::open(&office.keys(), &secret()), Err(Error::Absent(_))));
    assert!(old.exists());
}

/// The change is in place, but its first try failed before the bytes before it were overwritten.
#[test]
fn an_erasure_that_is_tried_again_overwrites_what_the_first_try_left() {
    let office = office();
    let again = office.open();
    let (before, old) = (fs::read(office.file()).unwrap(), office.keys().join("keyring.old"));
    office.keyring.puncture(&[person(1)]).unwrap();
    fs::write(&old, &before).unwrap();
    let second_name = office.folder.path().join("before");
    fs::hard_link(&old, &second_name).unwrap();
    let revision = office.keyring.revision();
    again.puncture(&[person(1)]).unwrap();
    assert_eq!(again.revision(), revision, "nothing was left to change");
    assert!(!old.exists());
    assert_eq!(fs::read(&second_name).unwrap(), vec![0; before.len()]);
}

#[test]
fn two_processes_lose_none_of_each_others_changes() {
    let office = office();
    let other = office.open();
    office.keyring.puncture(&[person(1)]).unwrap();
    assert!(!other.is_punctured(person(1)), "not yet reloaded");
    other.puncture(&[person(2)]).unwrap();
    assert!(other.is_punctured(person(1)) && other.is_punctured(person(2)));
    assert!(office.keyring.reload().unwrap());
    assert!(office.keyring.is_punctured(person(2)));
    assert!(!office.keyring.reload().unwrap());

    std::thread::scope(|scope| {
        for (thread, keyring) in [&office.keyring, &other].into_iter().enumerate() {
            scope.spawn(move || (0..8).for_each(|n| keyring.puncture(&[person(100 + 2 * n + thread as u32)]).unwrap()));
        }
    });
    let third = office.open();
    assert!((100..116).all(|n| third.is_punctured(person(n))));
    assert_eq!(third.revision(), 19);
}

#[test]
fn readers_never_see_a_wrong_key_while_keys_are_erased() {
    let office = office();
    let sealed: Vec<_> = (0..64).map(|n| office.keyring.seal(person(n + 1), &PLACE, &n.to_be_bytes()).unwrap()).collect();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    for (n, sealed) in (0u32..).zip(&sealed) {
                        let erased_before = office.keyring.is_punctured(person(n + 1));
                        match office.keyring.open_sealed(person(n + 1), &PLACE, sealed).unwrap() {
                            Some(value) => assert!(value == n.to_be_bytes() && !erased_before, "an erased key was used"),
                            None => assert!(office.keyring.is_punctured(person(n + 1))),
                        }
                    }
                }
            });
        }
        (0..12).for_each(|n| office.keyring.puncture(&[person(2 * n + 1)]).unwrap());
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn wrong_secret_damage_and_bad_rights_are_told_apart() {
    let office = office();
    let good = fs::read(office.file()).unwrap();
    let open = |root: &RootSecret| Keyring::open(&office.keys(), root).map(drop);
    assert!(matches!(open(&RootSecret::from_bytes([9; 32])), Err(Error::WrongRoot(_))));
    assert!(matches!(open(&RootSecret::from_passphrase(Zeroizing::new("x".repeat(30)))), Err(Error::RootKind { .. })));
    for at in (0..good.len()).step_by(13).chain([good.len() - 1]) {
        let mut changed = good.clone();
        changed[at] ^= 1;
        fs::write(office.file(), &changed).unwrap();
        assert!(matches!(open(&secret()), Err(Error::Damaged { .. } | Error::Format { .. })), "byte {at}");
    }
    for cut in [0, 87, 88, good.len() - 1] {
        fs::write(office.file(), &good[..cut]).unwrap();
        assert!(matches!(open(&secret()), Err(Error::Damaged { .. })), "cut at {cut}");
    }
    fs::write(office.file(), &good).unwrap();
    for mode in [0o640, 0o604, 0o644] {
        fs::set_permissions(office.file(), fs::Permissions::from_mode(mode)).unwrap();
        let error = open(&secret()).unwrap_err();
        assert!(matches!(error, Error::Readable { mode: found, .. } if found == mode), "{error}");
    }
    fs::remove_file(office.file()).unwrap();
    assert!(matches!(open(&secret()), Err(Error::Absent(_))));
    assert!(matches!(Keyring::open(&office.folder.path().join("nowhere"), &secret()).map(drop), Err(Error::Absent(_))));
}

#[test]
fn the_file_is_private_and_holds_nothing_readable() {
    let office = office();
    assert_eq!(fs::metadata(office.file()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(office.keys()).unwrap().permissions().mode() & 0o777, 0o700);
    let bytes = fs::read(office.file()).unwrap();
    assert!(!bytes.windows(ORIGIN.len()).any(|window| window == ORIGIN.as_bytes()));
}

#[test]
fn an_old_copy_and_another_offices_keyring_are_noticed() {
    let office = office();
    let old = fs::read(office.file()).unwrap();
    office.keyring.puncture(&[person(1)]).unwrap();
    let replace = |bytes: &[u8]| {
        fs::remove_file(office.file()).unwrap();
        fs::write(office.file(), bytes).unwrap();
        fs::set_permissions(office.file(), fs::Permissions::from_mode(0o600)).unwrap();
    };
    replace(&old);
    assert!(matches!(office.keyring.reload(), Err(Error::Older { found: 1, seen: 2, .. })));
    assert!(matches!(office.keyring.puncture(&[person(2)]), Err(Error::Older { .. })), "nothing is built on an old copy");
    assert!(office.keyring.is_punctured(person(1)), "what was seen stays");

    let other = office.folder.path().join("other");
    Keyring::create(&other, &secret(), "siger.example/lain", at(0), &[2; 32]).unwrap();
    replace(&fs::read(other.join(KEYRING_NAME)).unwrap());
    assert!(matches!(office.keyring.reload(), Err(Error::OtherOffice(_))));
}

#[test]
fn passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let phrase = |text: &str| RootSecret::from_passphrase(Zeroizing::new(text.to_owned()));
    assert!(matches!(Keyring::create(folder.path(), &phrase("terlalu pendek"), ORIGIN, at(0), &[2; 32]), Err(Error::PassphraseShort { .. })));
    let good = "enam kata acak yang panjang sekali";
    Keyring::create(folder.path(), &phrase(good), ORIGIN, at(0), &[2; 32]).unwrap();
    assert!(Keyring::open(folder.path(), &phrase(good)).is_ok());
    assert!(matches!(Keyring::open(folder.path(), &phrase("lain")).map(drop), Err(Error::WrongRoot(_))));
    assert!(matches!(Keyring::open(folder.path(), &secret()).map(drop), Err(Error::RootKind { .. })));
}

#[test]
fn rotating_the_office_key() {
    let office = office();
    let other = office.open();
    let sealed = office.keyring.seal(person(1), &PLACE, b"CONTOH").unwrap();
    let before = fs::read(office.file()).unwrap();
    let new = RootSecret::from_bytes([8; 32]);
    let old_id = office.keyring.list()[0].id.clone();
    let new_id = office.keyring.rotate(Rotation::Office(&new), at(9), &[4; 32]).unwrap();
    assert_ne!(old_id, new_id);
    assert_eq!((office.keyring.list()[0].id.as_str(), office.keyring.list()[0].since), (new_id.as_str(), at(9)));
    assert!(matches!(Keyring::open(&office.keys(), &secret()).map(drop), Err(Error::WrongRoot(_))));
    assert!(matches!(other.reload(), Err(Error::WrongRoot(_))));
    let again = Keyring::open(&office.keys(), &new).unwrap();
    assert_eq!(again.open_sealed(person(1), &PLACE, &sealed).unwrap().as_deref(), Some(&b"CONTOH"[..]));
    again.puncture(&[person(1)]).unwrap();
    // Why old copies must be destroyed together with the old root secret:
    fs::write(office.file(), before).unwrap();
    assert!(!office.open().is_punctured(person(1)));
}

#[test]
fn rotating_log_seal_and_lookup_keys() {
    let office = office();
    let keyring = &office.keyring;
    let states = |which| keyring.list().into_iter().filter(|key| key.which == which).map(|key| (key.id, key.state, key.since)).collect::<Vec<_>>();

    let first_log = keyring.log_signing_keys()[0].clone();
    assert_eq!(format!("{:08x}", first_log.id), states(Which::Log)[0].0);
    assert_eq!(first_log.signer().unwrap().verifier().id(), first_log.id, "the id is the one of the signed note");
    let verifiers = keyring.log_verifiers();
    assert_eq!((verifiers.len(), verifiers[0].name(), verifiers[0].id()), (1, ORIGIN, first_log.id));
    let id = keyring.rotate(Rotation::Log, at(1), &[5; 32]).unwrap();
    let signing = keyring.log_signing_keys();
    assert_eq!(signing.iter().map(|key| key.state).collect::<Vec<_>>(), [KeyState::Current, KeyState::Overlap]);
    assert_eq!((format!("{:08x}", signing[0].id), signing[1].id), (id.clone(), first_log.id));
    let old_id = states(Which::Log)[0].0.clone();
    assert!(matches!(keyring.retire(Which::Log, &id, at(2)), Err(Error::InUse { .. })));
    assert!(matches!(keyring.retire(Which::Log, "00000000", at(2)), Err(Error::NoSuchKey { .. })));
    keyring.retire(Which::Log, &old_id, at(2)).unwrap();
    assert_eq!(keyring.log_signing_keys().len(), 1);
    assert_eq!(keyring.log_verifiers().iter().map(|key| key.id()).collect::<Vec<_>>(), [signing[0].id, first_log.id], "old receipts can still be checked");
    assert_eq!(states(Which::Log), [(old_id, KeyState::Retired, at(2)), (id, KeyState::Current, at(1))]);

    let first_seal = keyring.seal_key();
    let id = keyring.rotate(Rotation::Seal, at(3), &[6; 32]).unwrap();
    assert_eq!(keyring.seal_key().id, id);
    let verifying = keyring.seal_verifying_keys();
    assert_eq!(
        verifying.iter().map(|key| (key.id.clone(), key.state)).collect::<Vec<_>>(),
        [(id, KeyState::Current), (first_seal.id.clone(), KeyState::Overlap)]
    );
    {
        use p256::ecdsa::signature::{Signer, Verifier};
        let signature: p256::ecdsa::Signature = first_seal.key.sign(b"receipt");
        assert!(verifying[1].key.verify(b"receipt", &signature).is_ok());
        assert!(verifying[0].key.verify(b"receipt", &signature).is_err());
    }
    keyring.retire(Which::Seal, &first_seal.id, at(4)).unwrap();
    assert_eq!(keyring.seal_verifying_keys()[1].state, KeyState::Retired);

    let before = keyring.lookup_hash("passport", "X1");
    let old_id = states(Which::Lookup)[0].0.clone();
    keyring.rotate(Rotation::Lookup, at(5), &[7; 32]).unwrap();
    let hashes = keyring.lookup_hashes("passport", "X1");
    assert_eq!((hashes.len(), hashes[0] == keyring.lookup_hash("passport", "X1"), hashes[1]), (2, true, before));
    keyring.retire(Which::Lookup, &old_id, at(6)).unwrap();
    assert_eq!(keyring.lookup_hashes("passport", "X1").len(), 1);

    let again = office.open();
    assert_eq!(again.list(), keyring.list());
    assert_eq!(
        again.list().iter().map(|key| key.which).collect::<Vec<_>>(),
        [Which::Office, Which::Log, Which::Log, Which::Seal, Which::Seal, Which::Lookup, Which::Lookup]
    );
}

#[test]
fn keys_are_not_remembered_without_end() {
    let mut contents = rotate::fresh(ORIGIN, at(0), &[2; 32]);
    let rotated = (1..200).map(|n| rotate::rotate(&mut contents, Which::Lookup, at(n), &[n as u8; 32])).take_while(Result::is_ok).count();
    assert_eq!(rotated, contents::KEYS_PER_KIND_MAX - 1);
    assert!(rotate::rotate(&mut contents, Which::Log, at(1), &[1; 32]).is_ok());
}

#[test]
fn epochs() {
    let office = office();
    assert_eq!(office.keyring.new_index(7).unwrap(), KeyIndex::new(0, 7));
    assert!(matches!(office.keyring.new_index(0), Err(Error::SequenceReserved)));
    assert_eq!(office.keyring.begin_epoch(0).unwrap(), 1);
    assert_eq!(office.open().new_index(7).unwrap(), KeyIndex::new(1, 7));
}

#[test]
fn origins() {
    let folder = tempfile::tempdir().unwrap();
    for (origin, good) in
        [("siger.example/way-kanan", true), ("", false), ("with space", false), ("a+b", false), ("line\nend", false), (&*"x".repeat(256), false)]
    {
        let made = Keyring::create(&folder.path().join(origin.len().to_string()), &secret(), origin, at(0), &[2; 32]);
        assert_eq!(made.is_ok(), good, "{origin:.20}");
    }
}

#[test]
fn prints_no_secret() {
    let office = office();
    let text = format!("{:?} {:?} {:?}", office.keyring, office.keyring.log_signing_keys(), office.keyring.seal_key());
    let seed = office.keyring.log_signing_keys()[0].key.to_bytes();
    assert!(!text.contains(&format!("{seed:?}")) && !text.contains(&rotate::hex(&seed)), "{text}");
}
