//! Offices made, served, let into, filled.

use std::os::unix::fs::PermissionsExt as _;

use crate::running::Running;
use crate::{run, said, siger};

const PASSPHRASE: &str = "enam kata acak untuk kunci kantor";

#[test]
fn a_sample_office_is_made_once_and_served_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (status, out, err) = run(folder.path(), &["demo", "--prepare"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("http://localhost:8080") && out.contains("ratih"), "{out}");
    let list = folder.path().join("keys/sample-officers.json");
    let first = std::fs::read(&list).unwrap();
    for secret in ["keys/sample-officers.json", "keys/sample-root.secret", "keys/keyring"] {
        assert_eq!(std::fs::metadata(folder.path().join(secret)).unwrap().permissions().mode() & 0o077, 0, "{secret}");
    }
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    assert_eq!(std::fs::read(&list).unwrap(), first, "the same office");

    // The line that is printed is typed as it stands.
    let line = out.lines().find(|line| line.contains(" --code ")).expect("how to get a code").trim();
    let typed = std::process::Command::new("sh").args(["-c", line]).current_dir(folder.path()).output().unwrap();
    let (status, code, err) = said(typed);
    assert!(status == 0 && code.trim().len() == 6 && code.trim().bytes().all(|b| b.is_ascii_digit()), "{line}: {code}{err}");
    let (status, code, _) = run(folder.path(), &["demo", "--code", "ratih"]);
    assert!(status == 0 && code.trim().len() == 6, "{code}");
    // And the secret that is printed is the one that makes the codes.
    let officer = out.lines().find(|line| line.trim_start().starts_with("ratih ")).unwrap();
    let secret: String = officer.split("secret ").nth(1).unwrap().split("   ").next().unwrap().split(' ').collect();
    assert!(std::fs::read_to_string(&list).unwrap().contains(&format!("secret={secret}&")), "{officer}");

    for _ in 0..2 {
        let running = Running::start(folder.path(), &["demo"]);
        assert_eq!(running.status("/sign-in"), 200);
        assert_eq!(running.status("/health"), 200);
        assert_eq!(running.status("/no-such-page"), 404);
        let (status, log) = running.end();
        assert_eq!(status, Some(0), "{log}");
        assert!(log.contains("ended"), "{log}");
    }
    // By settings, as a real office.
    std::fs::write(folder.path().join("siger.toml"), "[office]\ndata = \"sqlite:data\"\nkeys = \"keys\"\n[log]\nformat = \"json\"\n").unwrap();
    let running = Running::start(folder.path(), &["serve"]);
    assert_eq!(running.status("/sign-in"), 200);
    let (_, log) = running.end();
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
    }
}

#[test]
fn a_sample_office_is_filled_looked_at_and_its_keys_rotated() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    let (status, out, err) = run(folder.path(), &["fill", "--persons", "700", "--notes", "1100"]);
    assert!(status == 0 && out.starts_with("700 persons, 1100 notes") && out.contains("\ndocuments S0001060 to S0001759\n"), "{out}{err}");
    // Again: other persons.
    let (status, out, err) = run(folder.path(), &["fill", "--entries", "2500"]);
    assert!(status == 0 && out.contains("; 2500 entries\n"), "{out}{err}");

    let keys = |arguments: &[&str]| run(folder.path(), &[&["keys"], arguments].concat());
    let (_, before, _) = keys(&["list"]);
    assert_eq!(before.lines().filter(|line| line.contains("current")).count(), 4, "{before}");
    let old_seal = before.lines().find(|line| line.starts_with("seal")).unwrap().split_whitespace().nth(1).unwrap().to_owned();
    for which in ["log", "seal", "lookup", "office"] {
        let (status, out, err) = keys(&["rotate", which]);
        assert_eq!(status, 0, "{which}: {err}");
        assert!(!before.contains(out.trim()), "{which}: {out}");
    }
    let (status, _, err) = keys(&["retire", "seal", &old_seal]);
    assert!(status == 1 && err.contains("--yes"), "{err}");
    assert_eq!(keys(&["retire", "seal", &old_seal, "--yes"]).0, 0);
    let (_, after, _) = keys(&["list"]);
    assert!(after.lines().any(|line| line.contains(&old_seal) && line.contains("retired")), "{after}");
    // The office opens under its new root secret.
    let (status, out, err) = run(folder.path(), &["fill", "--persons", "1"]);
    assert_eq!(status, 0, "{out}{err}");

    let (_, out, _) = run(folder.path(), &["doctor"]);
    for thing in ["settings", "clock", "keys", "data", "blobs", "assets", "address", "root secret", "database"] {
        // A build for development has no assets of its own.
        let good = |line: &str| line.starts_with("ok") || thing == "assets" && line.starts_with("mind");
        assert!(out.lines().any(|line| good(line) && line.contains(thing)), "{thing}: {out}");
    }
}

#[test]
fn check_is_clean_and_finds_an_old_copy() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    let (status, out, err) = run(folder.path(), &["check", "--replay"]);
    assert!(status == 0 && out.contains("replay: ") && !out.contains("WRONG"), "{out}{err}");
    let copy = std::process::Command::new("cp").args(["-a", "data", "old"]).current_dir(folder.path()).status();
    assert!(copy.unwrap().success());
    assert_eq!(run(folder.path(), &["fill", "--persons", "10"]).0, 0);
    assert_eq!(run(folder.path(), &["check"]).0, 0);
    // Twice: looking at it must not make the old copy look good.
    for _ in 0..2 {
        let (status, out, _) = run(folder.path(), &["check", "--data", "old"]);
        assert!(status == 3 && out.contains("WRONG  rollback"), "{status} {out}");
    }
    // In the place of the newer data it is not worked with, and the doctor says why.
    let moved = |from: &str, to: &str| std::fs::rename(folder.path().join(from), folder.path().join(to)).unwrap();
    moved("data", "newer");
    moved("old", "data");
    let (status, _, err) = run(folder.path(), &["fill", "--persons", "1"]);
    assert!(status == 1 && err.contains("rollback") && err.contains("siger restore"), "{err}");
    assert!(run(folder.path(), &["doctor"]).1.lines().any(|line| line.starts_with("WRONG") && line.contains("rollback")));
    // It can be backed up, and goes on only as a restored office.
    let (status, _, err) = run(folder.path(), &["backup", "--to", "older.siger"]);
    assert!(status == 0 && err.contains("backup of an older copy"), "{err}");
    // Somebody puts the witness file away until the office has overtaken what was lost.
    moved("keys/witness", "witness");
    assert_eq!(run(folder.path(), &["fill", "--persons", "30"]).0, 0);
    assert_eq!(run(folder.path(), &["check"]).0, 0, "nothing in the folder shows it");
    std::fs::remove_file(folder.path().join("keys/witness")).unwrap();
    moved("witness", "keys/witness");
    let (status, out, _) = run(folder.path(), &["check"]);
    assert!(status == 3 && out.contains("WRONG  fork"), "{status} {out}");
    assert_eq!(run(folder.path(), &["fill", "--persons", "1"]).0, 1);
    moved("data", "forked");
    let (status, out, err) = run(folder.path(), &["restore", "--from", "older.siger"]);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(run(folder.path(), &["fill", "--persons", "1"]).0, 0);
    let (status, out, _) = run(folder.path(), &["check", "--replay"]);
    assert_eq!(status, 0, "{out}");
}

#[test]
fn check_takes_what_people_hold() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    assert_eq!(run(folder.path(), &["fill", "--persons", "3"]).0, 0);
    let against = |file: &str| run(folder.path(), &["check", "--against", file]);
    // The witness file as it lies there, and one checkpoint of it.
    std::fs::copy(folder.path().join("keys/witness"), folder.path().join("witness-copy")).unwrap();
    let (status, out, err) = against("witness-copy");
    assert!(status == 0 && out.contains("ok     same: "), "{out}{err}");
    let all = std::fs::read_to_string(folder.path().join("witness-copy")).unwrap();
    let newest = all.rsplit_once("--- siger witness").unwrap().1.split_once('\n').unwrap().1;
    std::fs::write(folder.path().join("checkpoint"), newest).unwrap();
    assert_eq!(against("checkpoint").0, 0);
    // One that a stranger took from the published log.
    let running = Running::start(folder.path(), &["demo"]);
    std::fs::write(folder.path().join("published"), running.body("/log/checkpoint")).unwrap();
    assert_eq!(running.end().0, Some(0));
    let (status, out, err) = against("published");
    assert!(status == 0 && !out.contains("WRONG"), "{out}{err}");
    std::fs::write(folder.path().join("nothing"), "nothing of an office\n").unwrap();
    let (status, out, _) = against("nothing");
    assert!(status == 3 && out.contains("WRONG  not a checkpoint of this office"), "{out}");
}

#[test]
fn a_real_office_has_an_administrator_and_a_head_and_no_key_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let init = |login: &str| {
        let mut command = siger(folder.path());
        command.args(["init", "--data", "data", "--keys", "keys", "--code", "WKN", "--name", "Kantor Uji", "--log-origin", "imigrasi.example/wkn"]);
        command.args(["--administrator", "arif=Arif Uji", "--head", &format!("{login}=Hadi Uji")]);
        command
    };
    let (status, _, err) = said(init("hadi").output().unwrap());
    assert!(status == 1 && err.contains("SIGER_PASSPHRASE"), "{err}");
    let (status, _, err) = said(init("hadi").env("SIGER_PASSPHRASE", "short").output().unwrap());
    assert!(status == 1 && err.contains("20"), "{err}");
    let (status, _, err) = said(init("arif").env("SIGER_PASSPHRASE", PASSPHRASE).output().unwrap());
    assert!(status == 1 && err.contains("different sign-in names"), "{err}");
    assert!(!folder.path().join("keys/keyring").exists(), "a refused office leaves nothing");

    // A try that ended between keyring and office is taken up again.
    std::fs::write(folder.path().join("data"), "in the way").unwrap();
    assert_eq!(said(init("hadi").env("SIGER_PASSPHRASE", PASSPHRASE).output().unwrap()).0, 1);
    assert!(folder.path().join("keys/keyring").exists());
    std::fs::remove_file(folder.path().join("data")).unwrap();
    let (status, out, err) = said(init("hadi").env("SIGER_PASSPHRASE", PASSPHRASE).output().unwrap());
    assert_eq!(status, 0, "{err}");
    let links: Vec<&str> = out.lines().filter_map(|line| line.split_once(": http://localhost:8080/join/")).map(|(who, _)| who).collect();
    assert_eq!(links, ["administrator arif", "head hadi"], "{out}");
    let (status, _, err) = said(init("hadi").env("SIGER_PASSPHRASE", PASSPHRASE).output().unwrap());
    assert!(status == 1 && err.contains("already"), "{err}");

    // The console lets somebody in; the wrong passphrase does not.
    let invite = |passphrase: &str, arguments: &[&str]| {
        said(siger(folder.path()).args(["invite", "--data", "data", "--keys", "keys"]).args(arguments).env("SIGER_PASSPHRASE", passphrase).output().unwrap())
    };
    let (status, out, err) = invite(PASSPHRASE, &["--login", "arif", "--lost", "phone"]);
    assert!(status == 0 && out.contains("/join/"), "{err}");
    let (status, _, err) = invite(PASSPHRASE, &["--login", "nobody", "--lost", "phone"]);
    assert!(status == 1 && err.contains("not found"), "{err}");
    let (status, out, err) = invite(PASSPHRASE, &["--login", "siti", "--name", "Siti Uji", "--role", "desk", "--role", "cashier"]);
    assert!(status == 0 && out.contains("siti: "), "{err}");
    let (status, _, err) = invite(PASSPHRASE, &["--login", "x1", "--name", "X", "--role", "system"]);
    assert!(status == 1 && err.contains("no officer can hold"), "{err}");
    let (status, _, err) = invite("another passphrase of good length", &["--login", "arif", "--lost", "phone"]);
    assert!(status == 1 && err.contains("root secret"), "{err}");

    // Nothing invented goes into it, and it is no sample to serve.
    let fill = siger(folder.path()).args(["fill", "--persons", "1"]).env("SIGER_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert!(said(fill).2.contains("no sample"));
    let (status, _, err) = run(folder.path(), &["demo", "--prepare"]);
    assert!(status == 1 && err.contains("no sample"), "{err}");
}
