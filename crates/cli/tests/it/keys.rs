//! Keys rotated and retired at the console, without a server and beside one that works: nothing acknowledged is lost, everybody
//! is found, and a server that cannot follow says so.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use siger_storage::keyring::{ForSampleOffice, Keyring, RootSecret};
use siger_storage::store::Url;
use siger_storage::table::{operation, person, upkeep};
use siger_storage::{Open, Store};
use siger_testkit::http::Client;
use siger_testkit::sample::Sample;

use crate::run;

/// The sample office of a folder, opened beside the program.
fn store(folder: &Path) -> Store {
    let root = RootSecret::from_file(&folder.join("keys/sample-root.secret"), ForSampleOffice).unwrap();
    let keyring = Keyring::open(&folder.join("keys"), &root).unwrap();
    Store::open(Open::new(Url::Sqlite(folder.join("data")), keyring)).unwrap()
}

/// How many documents of all files are found by their numbers; fails when one is not.
fn all_found(store: &Store) -> usize {
    let keyring = store.keyring();
    store
        .read_blocking(|tx| {
            let mut count = 0;
            for row in upkeep::files(tx, 0, upkeep::STEP_MAX)? {
                for (_, document) in person::documents(tx, keyring, row.id)? {
                    let document = document?;
                    assert!(person::by_document(tx, keyring, &document.lookup_text())?.contains(&row.id), "{} is not found", row.id);
                    count += 1;
                }
            }
            Ok::<_, siger_storage::Error>(count)
        })
        .unwrap()
}

fn id_of(folder: &Path, kind: &str, state: &str) -> String {
    let (_, list, _) = run(folder, &["keys", "list"]);
    let line = list.lines().find(|line| line.starts_with(kind) && line.contains(state)).unwrap_or_else(|| panic!("no {state} {kind} key: {list}"));
    line.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
fn a_lookup_key_is_rotated_and_retired_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(run(folder, &["demo", "--prepare"]).0, 0);
    assert_eq!(run(folder, &["fill", "--persons", "450"]).0, 0);
    let before = all_found(&store(folder));
    assert!(before >= 450, "{before}");
    let old = id_of(folder, "lookup", "current");
    let (status, _, err) = run(folder, &["keys", "retire", "lookup", &old, "--yes"]);
    assert!(status == 1 && err.contains("in use"), "{err}");

    let (status, _, err) = run(folder, &["keys", "rotate", "lookup"]);
    assert!(status == 0 && err.contains("computed anew: "), "{err}");
    assert_eq!(store(folder).read_blocking(|tx| operation::jobs(tx, 100)).unwrap().iter().filter(|job| job.kind == "rehash").count(), 0);
    let (status, _, err) = run(folder, &["keys", "retire", "lookup", &old, "--yes"]);
    assert!(status == 0 && !err.contains("computed anew"), "nothing was left to do: {err}");
    let store = store(folder);
    assert!(store.keyring().list().iter().any(|key| key.id == old && key.state.as_str() == "retired"));
    assert_eq!(all_found(&store), before);
    drop(store);
    let (status, out, _) = run(folder, &["check", "--replay"]);
    assert!(status == 0 && !out.contains("WRONG"), "{out}");
}

#[test]
fn an_interrupted_rotation_is_finished_before_the_old_key_is_retired() {
    use siger_storage::keyring::Rotation;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(run(folder, &["demo", "--prepare"]).0, 0);
    let old = id_of(folder, "lookup", "current");
    let before = {
        let store = store(folder);
        let before = all_found(&store);
        // The machine stopped between the key and its entry: what `rotate` puts down before the key is all there is.
        let now = store.head().unwrap().last_at;
        let id = siger_domain::id::JobId::from_bytes([9; 16]);
        let job = operation::Job { id, kind: "rehash".into(), payload: Vec::new(), run_at: now.plus_seconds(900), attempts: 0, failed: None };
        let keyring = store.keyring().clone();
        store.write_blocking(move |write| operation::add_job(write, &keyring, &job, None)).unwrap();
        store.keyring().rotate(Rotation::Lookup, now, &[3; 32]).unwrap();
        before
    };
    let (status, _, err) = run(folder, &["keys", "retire", "lookup", &old, "--yes"]);
    assert!(status == 0 && err.contains("computed anew: "), "{err}");
    assert_eq!(all_found(&store(folder)), before);
}

/// The program as a newcomer runs it.
struct Served(Child);

impl Served {
    fn start(sample: &Sample) -> Self {
        let command = sample.serve();
        let child = Command::new(&command[0]).args(&command[1..]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while Client::new(sample.address).get("/health").is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not serve");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(child)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Registers a person; status and the number of the document.
fn register(client: &mut Client, number: &str) -> (u16, String) {
    let body = json!({
        "identity": { "name": format!("Contoh {number}"), "sex": "X", "nationality": "UTO" },
        "documents": [{ "kind": "passport", "issuer": "UTO", "number": number }],
    });
    let answer = client.json("/api/v1/persons", &body).unwrap();
    (answer.status, answer.body)
}

fn is_found(client: &mut Client, number: &str) -> bool {
    let answer = client.json("/api/v1/persons/lookup", &json!({ "issuer": "UTO", "number": number })).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    !body["persons"].as_array().unwrap().is_empty()
}

#[test]
fn keys_are_rotated_beside_a_server_that_works() {
    let made = tempfile::tempdir().unwrap();
    let folder = made.path();
    let sample = Sample::make(Path::new(env!("CARGO_BIN_EXE_siger")), folder).unwrap();
    let served = Served::start(&sample);
    let mut client = sample.sign_in("ratih").unwrap();
    let old: Vec<_> = ["log", "seal", "lookup"].map(|kind| (kind, id_of(folder, kind, "current"))).into();

    // Somebody registers persons all the while, and looks each of them up again.
    let end = AtomicBool::new(false);
    let kept = std::thread::scope(|scope| {
        let (mut writer, end) = (client.beside(), &end);
        let writing = scope.spawn(move || {
            let mut kept = BTreeSet::new();
            while !end.load(Ordering::SeqCst) {
                let number = format!("K{:06}", kept.len());
                let (status, body) = register(&mut writer, &number);
                assert_eq!(status, 201, "{body}");
                let earlier = format!("K{:06}", kept.len() / 2);
                kept.insert(number);
                assert!(is_found(&mut writer, &earlier), "{earlier} is not found while keys are rotated");
            }
            kept
        });
        for (kind, id) in &old {
            let (status, _, err) = run(folder, &["keys", "rotate", kind]);
            assert_eq!(status, 0, "{kind}: {err}");
            let (status, _, err) = run(folder, &["keys", "retire", kind, id, "--yes"]);
            assert_eq!(status, 0, "{kind}: {err}");
        }
        end.store(true, Ordering::SeqCst);
        writing.join().unwrap()
    });
    assert!(kept.len() > 3, "{}", kept.len());
    for number in &kept {
        assert!(is_found(&mut client, number), "{number}");
    }
    assert_eq!(client.get("/ready").unwrap().status, 200);
    // The server signs with the new log key: the checkpoint that it gives out is not signed by the old one any more.
    let checkpoint = client.get("/log/checkpoint").unwrap().body;
    assert_eq!(checkpoint.lines().filter(|line| line.starts_with('\u{2014}')).count(), 1, "{checkpoint}");

    // The office key comes from outside: a server with the old one cannot follow. It refuses, says why, and keeps nothing by halves.
    assert_eq!(run(folder, &["keys", "rotate", "office"]).0, 0);
    let (status, body) = register(&mut client, "L000001");
    assert!(status == 503 && body.contains("started again"), "{status} {body}");
    let ready = client.get("/ready").unwrap();
    assert!(ready.status == 503 && ready.body.contains("keyring"), "{}", ready.body);
    assert_eq!(client.get("/").unwrap().status, 200, "reading goes on");
    drop(served);
    let _served = Served::start(&sample);
    let mut client = client.beside();
    assert_eq!(client.get("/ready").unwrap().status, 200);
    for number in &kept {
        assert!(is_found(&mut client, number), "{number}");
    }
    assert!(!is_found(&mut client, "L000001"));
    assert_eq!(register(&mut client, "L000001").0, 201);
    let (status, out, _) = run(folder, &["check", "--replay"]);
    assert!(status == 0 && !out.contains("WRONG"), "{out}");
}
