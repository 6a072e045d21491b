//! A real office as docs/guide/install.md sets it up: a root secret that systemd hands over, the unit, the console.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::running::Running;
use crate::{said, siger};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const INIT: &[&str] = &["init", "--code", "WKN", "--name", "Kantor Uji", "--log-origin", "imigrasi.example/wkn"];

fn packaged(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join("packaging").join(name)).unwrap()
}

/// What systemd would hand over: a folder with the root secret.
fn credentials(folder: &Path, digit: &str) -> PathBuf {
    let credentials = folder.join(format!("credentials-{digit}"));
    fs::create_dir(&credentials).unwrap();
    fs::write(credentials.join("siger-root"), digit.repeat(64)).unwrap();
    credentials
}

#[test]
fn an_office_is_made_and_served_with_the_root_secret_that_systemd_hands_over() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[office]\ndata = \"sqlite:data\"\nkeys = \"keys\"\n[keys]\nroot = \"systemd\"\n";
    fs::write(folder.path().join("siger.toml"), settings).unwrap();
    let persons = ["--administrator", "arif=Arif Uji", "--head", "hadi=Hadi Uji"];
    // By hand, without it, nothing is made that the service could not open.
    let (status, _, err) = said(siger(folder.path()).args(INIT).args(persons).output().unwrap());
    assert!(status == 1 && err.contains("siger-console"), "{err}");
    assert!(!folder.path().join("keys").exists());

    let given = credentials(folder.path(), "7");
    let run = |arguments: &[&str]| said(siger(folder.path()).args(arguments).env("CREDENTIALS_DIRECTORY", &given).output().unwrap());
    let (status, out, err) = run(&[INIT, &persons[..]].concat());
    assert_eq!(status, 0, "{err}");
    let link = out.lines().find_map(|line| line.strip_prefix("administrator arif: http://localhost:8080")).expect("a link").to_owned();
    let (status, out, err) = run(&["doctor"]);
    assert!(status == 0 && out.contains("opens the keyring of imigrasi.example/wkn"), "{out}{err}");
    let running = Running::start_with(folder.path(), &["serve"], &[("CREDENTIALS_DIRECTORY", given.as_path())]);
    assert_eq!((running.status("/ready"), running.status(&link)), (200, 200));
    // `systemctl reload`, which finds nothing to read again, ends nothing.
    running.signal("HUP");
    // While it serves, what an administrator does at the console.
    for arguments in [&["keys", "list"][..], &["check", "--replay"], &["backup", "--to", "one.siger"], &["invite", "--login", "arif", "--lost", "phone"]] {
        let (status, out, err) = run(arguments);
        assert_eq!(status, 0, "{arguments:?}: {out}{err}");
    }
    assert_eq!(running.status("/ready"), 200);
    assert_eq!(running.end().0, Some(0));

    // A new root secret comes from outside: a passphrase would lock the service out.
    let (status, _, err) = run(&["keys", "rotate", "office"]);
    assert!(status == 1 && err.contains("--secret"), "{err}");
    let next = credentials(folder.path(), "8");
    assert_eq!(run(&["keys", "rotate", "office", "--secret", next.join("siger-root").to_str().unwrap()]).0, 0);
    let (status, _, err) = run(&["keys", "list"]);
    assert!(status == 1 && err.contains("root secret"), "{err}");
    let running = Running::start_with(folder.path(), &["serve"], &[("CREDENTIALS_DIRECTORY", next.as_path())]);
    assert_eq!(running.status("/ready"), 200);
}

#[test]
fn the_console_gives_a_command_what_the_unit_gives_the_service() {
    let folder = tempfile::tempdir().unwrap();
    // It stands for systemd and says what it is asked.
    for (name, script) in [("systemd-run", "printf '%s\\n' \"$@\""), ("id", "echo 0")] {
        let path = folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let console = Path::new(ROOT).join("packaging/siger-console");
    let (status, out, err) = said(Command::new(console).args(["invite", "--name", "Siti Uji"]).env("PATH", folder.path()).output().unwrap());
    assert_eq!(status, 0, "{err}");
    let asked: Vec<&str> = out.lines().collect();
    assert!(asked.ends_with(&["--", "/usr/local/bin/siger", "invite", "--name", "Siti Uji"]), "{out}");
    let unit = packaged("siger.service");
    let properties: Vec<&str> = asked.iter().filter_map(|word| word.strip_prefix("--property=")).collect();
    assert!(properties.len() > 8, "{out}");
    for property in properties {
        assert!(unit.lines().any(|line| line == property), "{property}");
    }
    assert!(unit.contains("\nExecStart=/usr/local/bin/siger "), "{unit}");
    assert!(unit.lines().any(|line| line == "LoadCredentialEncrypted=siger-root:/etc/credstore.encrypted/siger-root"));
}

#[test]
fn systemd_understands_the_unit() {
    let verify = |files: &[PathBuf]| Command::new("systemd-analyze").arg("verify").args(files).output();
    if verify(&[]).is_err() {
        println!("skipped: systemd-analyze is not on this machine");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The program need not be installed where the unit expects it.
    let path = folder.path().join("siger.service");
    fs::write(&path, packaged("siger.service").replace("/usr/local/bin/siger", env!("CARGO_BIN_EXE_siger"))).unwrap();
    let (status, out, err) = said(verify(&[path]).unwrap());
    assert!(status == 0 && !err.contains(folder.path().to_str().unwrap()), "{out}{err}");
}

#[test]
fn the_settings_of_the_guides_are_accepted() {
    for page in ["install.md", "settings.md"] {
        let text = fs::read_to_string(Path::new(ROOT).join("docs/guide").join(page)).unwrap();
        let settings: Vec<&str> = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert_eq!(settings.len(), 1, "{page}");
        // In the list it is indented.
        let settings: String = settings[0].lines().map(|line| format!("{}\n", line.trim_start())).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("siger.toml"), settings).unwrap();
        let (status, out, err) = said(siger(folder.path()).arg("doctor").output().unwrap());
        assert!(status == 3 && out.contains("siger-keys"), "{page}: wrong settings end with 2, and here no office was made: {status} {out}{err}");
    }
}
