//! The backup drill of docs/guide/backup-drill.md, and an office that moves.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use siger_testkit::crash::Running;
use siger_testkit::http::Client;
use siger_testkit::sample::Sample;

use crate::{run, said, siger};

fn root(out: &str) -> &str {
    out.lines().find_map(|line| line.strip_prefix("root ")).expect("a root")
}

fn served(sample: &Sample, folder: &Path) -> Running {
    Running::start_one(&sample.serve(), &[], sample.address, "/ready", &folder.join("log")).unwrap().0
}

/// The answer to a GET, as JSON.
fn known(client: &mut Client, path: &str) -> Value {
    let answer = client.get(path).unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Sends a form of a page; where the answer leads.
fn filled_in(client: &mut Client, page: &str, to: &str, fields: &[(&str, &str)]) -> String {
    let form = client.get(page).unwrap();
    let csrf = form.hidden("csrf").unwrap_or_else(|| panic!("{page}: {} {}", form.status, form.body)).to_owned();
    let answer = client.form(to, &[&[("csrf", csrf.as_str())], fields].concat()).unwrap();
    assert_eq!(answer.status, 303, "{to}: {}", answer.body);
    answer.header("location").unwrap().to_owned()
}

/// Notes on a file until told to end; the entries that were acknowledged.
fn notes(mut client: Client, person: &str, over: &AtomicBool) -> Vec<u64> {
    let mut given = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let answer = client.json(&format!("/api/v1/persons/{person}/notes"), &json!({ "text": "selama cadangan" })).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.body);
        given.push(serde_json::from_str::<Value>(&answer.body).unwrap()["number"].as_u64().unwrap());
    }
    given
}

/// Step by step what the guide says, on two machines.
#[test]
fn the_backup_drill() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Path::new(env!("CARGO_BIN_EXE_siger"));
    let office = Sample::make(program, here.path()).unwrap();
    let serving = served(&office, here.path());
    let [mut desk, mut privacy] = ["ratih", "privasi"].map(|login| office.sign_in(login).unwrap());
    let list = known(&mut desk, "/api/v1/persons?limit=50");
    let [kept, leaves] = [1, 2].map(|index| list["persons"][index]["id"].as_str().unwrap().to_owned());
    let name_of = |client: &mut Client, person: &str| known(client, &format!("/api/v1/persons/{person}"))["identity"]["name"].as_str().map(str::to_owned);
    let [name, gone] = [&kept, &leaves].map(|person| name_of(&mut desk, person).expect("a name"));
    // A receipt leaves the office.
    let proof = known(&mut desk, &format!("/api/v1/journal/{}", list["persons"][1]["registered"]));
    let (_, checkpoint) = proof["receipt"].as_str().unwrap().split_once("\n\n").expect("a proof, and the checkpoint that it is for");
    std::fs::write(there.path().join("checkpoint"), checkpoint).unwrap();

    // 1. A backup while the office works.
    let over = AtomicBool::new(false);
    let (backup, given) = std::thread::scope(|scope| {
        let writers = [&kept, &kept].map(|person| {
            let (client, over) = (desk.beside(), &over);
            scope.spawn(move || notes(client, person, over))
        });
        std::thread::sleep(std::time::Duration::from_millis(200));
        let backup = run(here.path(), &["backup", "--to", "backup.siger"]);
        over.store(true, Ordering::SeqCst);
        (backup, writers.map(|writer| writer.join().unwrap()).concat())
    });
    let (status, backup, err) = backup;
    assert_eq!(status, 0, "{err}");
    let size: u64 = backup.split_whitespace().nth(1).unwrap().parse().unwrap();
    let before = given.iter().filter(|number| **number < size).copied().collect::<Vec<_>>();
    assert!(!before.is_empty() && before.len() < given.len(), "{size} entries in the archive, written meanwhile: {given:?}");
    let (status, _, err) = run(here.path(), &["backup", "--to", "backup.siger"]);
    assert!(status == 1 && err.contains("never written over"), "{err}");
    assert!(!here.path().join("backup.siger.part").exists());

    // Afterwards somebody is erased, by two officers. Then the machine is lost.
    let erase = format!("/persons/{leaves}/erase");
    let asked = filled_in(&mut desk, &erase, &erase, &[("ground", "subject_request")]);
    filled_in(&mut privacy, &asked, &format!("{asked}/approve"), &[]);
    assert_eq!(name_of(&mut desk, &leaves), None);
    drop(serving);

    // 2. On another machine: today's keyring, its root secret, the archive.
    std::fs::create_dir(there.path().join("keys")).unwrap();
    for file in ["keys/keyring", "keys/sample-root.secret", "keys/sample-officers.json", "backup.siger"] {
        std::fs::copy(here.path().join(file), there.path().join(file)).unwrap();
    }
    let (status, out, err) = run(there.path(), &["restore", "--from", "backup.siger"]);
    assert!(status == 0 && root(&out) == root(&backup) && out.contains("erasures recorded again: 1"), "{out}{err}");
    // 3. and 4.
    let (status, out, _) = run(there.path(), &["check", "--replay"]);
    assert!(status == 0 && !out.contains("WRONG"), "{out}");
    let (status, out, err) = run(there.path(), &["check", "--against", "checkpoint"]);
    assert!(status == 0 && out.contains("extension: "), "{out}{err}");
    // 5. Sign in, open one file, and see that a person who was erased shows as erased.
    let restored = office.brought_to(there.path()).unwrap();
    let serving = served(&restored, there.path());
    let mut desk = restored.sign_in("ratih").unwrap();
    assert_eq!(name_of(&mut desk, &kept), Some(name.clone()));
    let page = desk.get(&format!("/persons/{kept}")).unwrap();
    assert!(page.status == 200 && page.body.contains(&name), "{}", page.body);
    assert_eq!(name_of(&mut desk, &leaves), None);
    let page = desk.get(&format!("/persons/{leaves}")).unwrap();
    assert!(page.status == 200 && !page.body.contains(&gone), "{}", page.body);
    for number in before {
        assert_eq!(known(&mut desk, &format!("/api/v1/journal/{number}"))["entry"]["kind"], "person.noted");
    }
    serving.end().unwrap();
    // It goes on, in a new epoch, and the next check compares with what was witnessed since.
    let (status, out, _) = run(there.path(), &["check", "--replay"]);
    assert!(status == 0 && (out.contains("same: ") || out.contains("extension: ")), "{out}");
}

#[test]
fn a_backup_comes_into_an_empty_place_only_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let siger = |arguments: &[&str]| run(folder.path(), arguments);
    assert_eq!(siger(&["demo", "--prepare"]).0, 0);
    assert_eq!(siger(&["backup", "--to", "backup.siger"]).0, 0);
    // What was lost after the backup is named by the checkpoints from before, which are put aside.
    assert_eq!(siger(&["fill", "--persons", "5"]).0, 0);
    std::fs::rename(folder.path().join("data"), folder.path().join("lost")).unwrap();
    assert_eq!(siger(&["restore", "--from", "backup.siger"]).0, 0);
    let aside = std::fs::read_dir(folder.path().join("keys")).unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    assert_eq!(aside.filter(|name| name.starts_with("witness.before-restore-")).count(), 1);

    // Not over an office, not from half an archive.
    let (status, _, err) = siger(&["restore", "--from", "backup.siger"]);
    assert!(status == 1 && err.contains("office here already"), "{err}");
    let whole = std::fs::read(folder.path().join("backup.siger")).unwrap();
    std::fs::write(folder.path().join("half.siger"), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(siger(&["restore", "--from", "half.siger", "--data", "half"]).0, 1);
    assert_eq!(siger(&["restore", "--from", "backup.siger", "--data", "half"]).0, 0, "a refused archive left nothing behind");
}

#[test]
fn an_office_moves_and_keeps_its_root() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    let (status, exported, err) = run(folder.path(), &["export", "--to", "office.siger"]);
    assert_eq!(status, 0, "{err}");
    let (status, imported, err) = run(folder.path(), &["import", "--from", "office.siger", "--data", "elsewhere"]);
    assert!(status == 0 && root(&imported) == root(&exported), "{imported}{err}");
    for place in ["data", "elsewhere"] {
        let (status, out, _) = run(folder.path(), &["check", "--replay", "--data", place]);
        assert!(status == 0 && out.contains("same: the journal is the one that was signed"), "{place}: {out}");
    }
    // An archive that is not written over leaves no entry either.
    let (status, _, err) = run(folder.path(), &["export", "--to", "office.siger"]);
    assert!(status == 1 && err.contains("never written over"), "{err}");
    assert!(run(folder.path(), &["check"]).1.contains("same: "));
    // Without its keys nothing comes in.
    let other = tempfile::tempdir().unwrap();
    assert_eq!(run(other.path(), &["demo", "--prepare"]).0, 0);
    let archive = folder.path().join("office.siger");
    let (status, _, err) = said(siger(other.path()).args(["import", "--data", "new", "--from"]).arg(archive).output().unwrap());
    assert_eq!(status, 1, "{err}");
}
