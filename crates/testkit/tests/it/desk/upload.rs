//! Pictures and papers that are sent in: several at once, the same ones, and on a disk that fails.

use super::Desk;
use super::edge::siti;
use siger_app::blob::{self, Given};
use siger_app::office::Office;
use siger_app::person::{blob_key, register};
use siger_app::{Context, Error};
use siger_domain::access::Role;
use siger_domain::id::PersonId;
use siger_storage::keyring::KeyIndex;
use siger_storage::{Open, Url};
use siger_testkit::engine::apart;
use siger_testkit::fault::{FaultVfs, Handle, Operation};
use siger_testkit::office::TestOffice;
use std::sync::mpsc;
use std::time::Duration;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\ncontoh";

/// How many blobs lie in the folder.
fn blobs(desk: &Desk) -> usize {
    desk.test.office.blobs().iter().map(Result::unwrap).count()
}

/// On a disk that fails when it is told to.
fn failing(name: &str, seed: u64) -> (Handle, Desk) {
    let disk = FaultVfs::register(name, seed).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let test = TestOffice::opened(folder, |keyring| Open { vfs: Some(disk.name().to_owned()), ..Open::new(Url::Sqlite(data), keyring) });
    (disk, Desk::of(test, |config| config))
}

#[tokio::test]
async fn an_upload_that_fails_takes_nothing_away_that_an_entry_names() {
    let (disk, desk) = failing("upload", 31);
    let (ratih, mut browser) = desk.officer("ratih", &[Role::Desk]).await;
    let by = desk.test.context(&ratih).await;
    let (office, of) = (desk.test.office.clone(), PersonId::from_bytes([1; 16]));
    desk.test.office.write(move |write| register(write, &by, of, siti(), Vec::new())).await.unwrap();
    let file = format!("/persons/{of}");
    let csrf = browser.csrf.clone();
    let fields = [("csrf", csrf.as_str()), ("kind", "portrait")];
    let to = format!("{file}/blobs");
    browser.upload(&to, &fields, PNG).await.is(303);
    let stored = browser.get(&file).await.is(200).addresses().into_iter().find(|address| address.contains("/blobs/")).unwrap();
    assert_eq!(blobs(&desk), 1);

    // No room for another entry: the same scan again is refused, and what is stored stays.
    disk.limit_bytes(Some(disk.used_bytes()));
    browser.upload(&to, &fields, PNG).await.is(503).says("The disk is full");
    assert_eq!(blobs(&desk), 1);
    // A new one leaves nothing behind.
    let other = [PNG, b"lain"].concat();
    browser.upload(&to, &fields, &other).await.is(503).says("The disk is full");
    assert_eq!(blobs(&desk), 1);
    disk.heal();
    assert_eq!(browser.get(&stored).await.is(200).bytes, PNG);

    // Whether the entry stands nobody knows: the picture stays for it, and the page says to look.
    disk.fail_from(Operation::Sync, 1);
    browser.upload(&to, &fields, &other).await.is(503).says("Look whether your change is there before repeating it");
    assert_eq!(blobs(&desk), 2);
    disk.heal();
    browser.upload(&to, &fields, &other).await.is(303);
    browser.upload(&to, &fields, PNG).await.is(303);
    assert_eq!(blobs(&desk), 2);
    let shown: Vec<String> = browser.get(&file).await.is(200).addresses().into_iter().filter(|address| address.contains("/blobs/")).collect();
    assert_eq!(shown.len(), 2);
    for address in shown {
        assert!([PNG, &other].contains(&browser.get(&address).await.is(200).bytes.as_slice()), "{address}");
    }
    apart(|| crate::archive::clean(office.store(), office.blobs()));
}

/// The same bytes sent twice at one moment, one of them by somebody who may not: the other's stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_of_the_same_do_not_take_each_other_away() {
    let desk = Desk::new();
    let office = &desk.test.office;
    let Two { may, may_not, of, key } = two(&desk).await;
    for round in 0..20u8 {
        let given = || Given { key, kind: "paper", media: "image/png", bytes: vec![round; 20_000] };
        let (kept, refused) = tokio::join!(blob::keep(office, &may, of, given()), blob::keep(office, &may_not, of, given()));
        assert!(kept.is_ok() && refused.is_err(), "round {round}: {kept:?} {refused:?}");
    }
    assert_eq!(blobs(&desk), 20);
    apart(|| crate::archive::clean(office.store(), office.blobs()));
}

/// One who may keep papers and one who may not, and whose file they are kept on.
struct Two {
    may: Context,
    may_not: Context,
    of: PersonId,
    key: KeyIndex,
}

async fn two(desk: &Desk) -> Two {
    let office = &desk.test.office;
    let (ratih, budi) = (desk.test.officer("ratih", &[Role::Desk]).await, desk.test.officer("budi", &[Role::Cashier]).await);
    let (may, may_not) = (desk.test.context(&ratih).await, desk.test.context(&budi).await);
    let (by, of) = (may.clone(), PersonId::from_bytes([1; 16]));
    office.write(move |write| register(write, &by, of, siti(), Vec::new())).await.unwrap();
    let by = may.clone();
    let key = office.read(move |tx| blob_key(tx, &by, of)).await.unwrap();
    Two { may, may_not, of, key }
}

fn paper(key: KeyIndex, bytes: &[u8]) -> Given {
    Given { key, kind: "paper", media: "image/png", bytes: bytes.to_vec() }
}

/// Keeps the writer busy until the sender is dropped.
fn busy(office: &Office) -> mpsc::Sender<()> {
    let (held, begun) = (mpsc::channel::<()>(), mpsc::channel());
    let store = office.store().clone();
    std::thread::spawn(move || {
        store.write_blocking(move |_| {
            begun.0.send(()).unwrap();
            let _ = held.1.recv();
            Ok::<_, siger_storage::Error>(())
        })
    });
    begun.1.recv().unwrap();
    held.0
}

async fn comes_true(what: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if what() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within ten seconds");
}

/// No upload waits for the entry of another: what they send is on the disk before any of them is written down.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn uploads_are_kept_beside_each_other() {
    let desk = Desk::new();
    let office = &desk.test.office;
    let Two { may, of, key, .. } = two(&desk).await;
    let writer = busy(office);
    let sent: Vec<_> = (0..5u8)
        .map(|number| {
            // The last two are the same.
            let (office, by, bytes) = (office.clone(), may.clone(), [number.min(3); 9]);
            tokio::spawn(async move { blob::keep(&office, &by, of, paper(key, &bytes)).await })
        })
        .collect();
    comes_true(|| blobs(&desk) == 4).await;
    assert!(sent.iter().all(|keeping| !keeping.is_finished()), "none has its entry");
    drop(writer);
    for keeping in sent {
        keeping.await.unwrap().unwrap();
    }
    assert_eq!(blobs(&desk), 4);
    apart(|| crate::archive::clean(office.store(), office.blobs()));
}

/// Whether an entry names it nobody knows until the disk works again: the one who found it new and is refused leaves it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_is_refused_takes_nothing_away_that_an_entry_may_name() {
    let (disk, desk) = failing("upload-unknown", 32);
    let office = &desk.test.office;
    let Two { may, may_not, of, key } = two(&desk).await;
    let keep = |by: &Context| {
        let (office, by) = (office.clone(), by.clone());
        tokio::spawn(async move { blob::keep(&office, &by, of, paper(key, b"the same")).await })
    };
    let writer = busy(office);
    let refused = keep(&may_not);
    comes_true(|| blobs(&desk) == 1).await;
    let blob = office.blobs().iter().next().unwrap().unwrap();
    let first = office.blobs().put_at(blob).unwrap();
    let unknown = keep(&may);
    // Whoever finds it there makes it young again, in a turn that lasts until the answer.
    comes_true(|| office.blobs().put_at(blob).unwrap() > first).await;
    disk.fail_from(Operation::Sync, 1);
    drop(writer);
    assert!(matches!(refused.await.unwrap(), Err(Error::Forbidden(_))));
    let unknown = unknown.await.unwrap();
    assert!(matches!(unknown, Err(Error::Unavailable(siger_storage::Error::Unknown { .. }))), "{unknown:?}");
    assert!(office.blobs().verify(blob).is_ok());
    // Sent again, it is the same blob.
    disk.heal();
    keep(&may).await.unwrap().unwrap();
    assert_eq!(blobs(&desk), 1);
    apart(|| crate::archive::clean(office.store(), office.blobs()));
}
