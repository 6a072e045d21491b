//! A stolen disk, backup or export names nobody.

use std::path::{Path, PathBuf};

use siger_storage::archive;
use siger_storage::keyring::KeyIndex;
use siger_storage::table;
use siger_testkit::life::Life;
use siger_testkit::office::TestOffice;

use crate::archive::{archived, clean, empty, lived};

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The forms in which a text could lie on a disk: as it is, in capitals, as UTF-16 of both orders, in hexadecimal, and in base64 at each of the three
/// places where a group of three bytes may begin.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec(), secret.to_ascii_uppercase(), secret.to_ascii_lowercase()];
    forms.push(siger_storage::to_hex(secret).into_bytes());
    if let Ok(text) = std::str::from_utf8(secret) {
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    }
    for skip in 0..3 {
        let whole = &secret[skip..];
        let whole = &whole[..whole.len() / 3 * 3];
        if whole.len() >= 6 {
            forms.push(base64(whole));
        }
    }
    forms
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (groups, _) = bytes.as_chunks::<3>();
    groups
        .iter()
        .flat_map(|[a, b, c]| {
            let bits = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
            [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift & 63) as usize])
        })
        .collect()
}

/// Where any of the secrets is found.
fn found(secrets: &[Vec<u8>], bytes: &[u8]) -> Option<String> {
    let forms: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms(secret)).collect();
    let mut starts: Vec<Vec<usize>> = vec![Vec::new(); 256];
    for (index, form) in forms.iter().enumerate() {
        starts[form[0] as usize].push(index);
    }
    (0..bytes.len()).find_map(|at| {
        let hit = starts[bytes[at] as usize].iter().find(|&&index| bytes[at..].starts_with(&forms[index]))?;
        Some(format!("{:?} at byte {at}", String::from_utf8_lossy(&forms[*hit])))
    })
}

#[test]
fn the_search_finds_what_it_looks_for() {
    let secrets = vec![b"Contoh Sari".to_vec()];
    for form in forms(&secrets[0]) {
        assert!(found(&secrets, &[b"before ".as_slice(), &form, b" after"].concat()).is_some(), "{}", String::from_utf8_lossy(&form));
    }
    assert_eq!(base64(b"Contoh"), b"Q29udG9o");
    assert_eq!(found(&secrets, b"Contoh Sar"), None);
}

#[test]
fn no_file_names_anybody() {
    let (test, mut life) = lived(120, 41);
    let one = life.register("Contoh Sari Dewi", "X9876543").unwrap();
    life.picture(one).unwrap();
    let store = test.office.store();
    let (bytes, _) = archived(&test);
    // Before the log is moved into the database, and after.
    for moved in [false, true] {
        if moved {
            store.tidy().unwrap();
        }
        let mut seen = 0;
        for path in files(test.folder()) {
            let content = std::fs::read(&path).unwrap();
            seen += content.len();
            assert_eq!(found(&life.secrets, &content), None, "{}", path.display());
        }
        assert!(seen > 100_000, "only {seen} bytes were searched");
    }
    assert_eq!(found(&life.secrets, &bytes), None, "the archive");
    assert!(life.secrets.len() > 60, "{} things were written down", life.secrets.len());
    // And they are really in there: sealed, for whoever has the keys.
    let row = store.read_blocking(|tx| table::person::get(tx, one)).unwrap().unwrap();
    let identity = store.read_blocking(|tx| table::person::identity(tx, store.keyring(), &row)).unwrap().unwrap();
    assert_eq!(identity.name.reveal(), "Contoh Sari Dewi");
}

#[test]
fn after_an_erasure_nothing_brings_the_person_back() {
    let test = TestOffice::new();
    let mut life = Life::begin(&test).unwrap();
    let one = life.register("Contoh Sari Dewi", "X9876543").unwrap();
    life.picture(one).unwrap();
    let store = test.office.store().clone();
    let row = store.read_blocking(|tx| table::person::get(tx, one)).unwrap().unwrap();
    let (before, _) = archived(&test);
    let entry = row.identity.unwrap();
    let sealed = store.read_blocking(|tx| siger_storage::journal::read::entry(tx, entry)).unwrap().unwrap();
    assert!(sealed.open(store.keyring()).unwrap().is_some());
    let blob = siger_storage::blob::BlobId::from_bytes(store.read_blocking(|tx| table::person::blobs(tx, one)).unwrap()[0].0);
    let picture = test.office.blobs().sealed(blob).unwrap();

    life.erase(one).unwrap();
    let after = store.read_blocking(|tx| table::person::get(tx, one)).unwrap().unwrap();
    assert!(after.erased.is_some() && store.keyring().is_punctured(row.key));
    // The entry itself, taken before, opens no more; nor does the picture, were it put back.
    assert!(sealed.open(store.keyring()).unwrap().is_none());
    test.office.blobs().put_sealed(&picture).unwrap();
    assert_eq!(test.office.blobs().get(store.keyring(), row.key, blob).unwrap(), None);
    test.office.blobs().remove(blob).unwrap();
    // The sealed body stays in the journal; the hash by which the document was found is in no file any more.
    let hash = store.keyring().lookup_hash(table::person::DOCUMENT_DOMAIN, &siger_testkit::life::passport("X9876543").lookup_text());
    for path in files(&test.data()) {
        let content = std::fs::read(&path).unwrap();
        assert!(!content.windows(hash.len()).any(|window| window == hash), "the look-up hash is still in {}", path.display());
    }

    let folder = tempfile::tempdir().unwrap();
    let (restored, blobs) = empty(&test, folder.path());
    archive::restore(&restored, &blobs, test.office.now(), std::io::Cursor::new(before)).unwrap();
    let row = restored.read_blocking(|tx| table::person::get(tx, one)).unwrap().unwrap();
    assert!(row.erased.is_some(), "the archive from before the erasure shows the person as erased");
    assert_eq!(restored.read_blocking(|tx| table::person::identity(tx, restored.keyring(), &row)).unwrap(), None);
    assert_eq!(restored.read_blocking(|tx| table::person::blobs(tx, one)).unwrap(), []);
    assert!(blobs.verify(blob).is_err(), "the picture was not brought back");
    assert!(!restored.keyring().is_punctured(KeyIndex::OFFICE));
    clean(&restored, &blobs);
}
