//! The two commands on machines that lack something, and the steps they remember. Installing and building for real is what
//! `./run` and `./test` do themselves.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};
use tempfile::TempDir;

/// What every machine has that has bash.
const BASICS: &[&str] = &["cat", "cut", "dirname", "env", "find", "head", "id", "mkdir", "sed", "sha256sum", "sort", "xargs"];

/// A copy of the commands, on a machine that has the basics and what `extra` adds: name and script.
fn machine(extra: &[(&str, &str)]) -> TempDir {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let folder = tempfile::tempdir().unwrap();
    for path in ["run", "test", "Cargo.toml", "scripts/lib.sh"] {
        fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        fs::copy(root.join(path), folder.path().join(path)).unwrap();
    }
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    for name in BASICS {
        let found = std::env::split_paths(&std::env::var_os("PATH").unwrap()).map(|dir| dir.join(name)).find(|path| path.exists());
        symlink(found.expect("a basic tool of every Linux"), bin.join(name)).unwrap();
    }
    for (name, script) in extra {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(&path).status().unwrap().success());
    }
    folder
}

/// Runs a line of bash there; gives back whether it succeeded, and all that it printed.
fn bash(machine: &TempDir, line: &str) -> (bool, String) {
    let output = Command::new("/bin/bash")
        .args(["-c", line])
        .current_dir(machine.path())
        .env_clear()
        .env("PATH", machine.path().join("bin"))
        .env("HOME", machine.path())
        .output()
        .expect("the commands are written for bash");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

const LIB: &str = "set -euo pipefail; . scripts/lib.sh; ";

#[test]
fn without_rust_both_say_what_to_install() {
    let machine = machine(&[]);
    for command in ["/bin/bash ./run", "/bin/bash ./test"] {
        let (good, said) = bash(&machine, command);
        assert!(!good && said.contains("cargo is not on this machine") && said.contains("rustup"), "{command}: {said}");
    }
}

#[test]
fn an_old_rust_is_refused_and_a_new_one_taken() {
    for (version, good) in [("1.70.0", false), ("1.94.1", false), ("1.95.0", true), ("1.100.0", true), ("2.0.0", true)] {
        let machine = machine(&[("cargo", &format!("echo 'cargo {version} (abc 2026-01-01)'")), ("cc", "")]);
        let (found, said) = bash(&machine, &format!("{LIB} need_packages() {{ :; }}; need_rust"));
        assert_eq!(found, good, "{version}: {said}");
        assert!(good || said.contains(version), "{said}");
    }
}

#[test]
fn what_is_missing_is_named_where_there_is_no_apt() {
    let machine = machine(&[("node", "")]);
    let (good, said) = bash(&machine, &format!("{LIB} need_packages node=nodejs npm=npm cc=gcc /nowhere/stdio.h=libc6-dev"));
    assert!(!good && said.contains("npm gcc libc6-dev") && !said.contains("nodejs"), "{said}");
}

#[test]
fn apt_is_asked_once_and_only_for_what_is_missing() {
    let machine = machine(&[("apt-get", "echo apt-get \"$@\" >>\"$HOME/asked\""), ("sudo", "exec \"$@\""), ("node", "")]);
    let (good, said) = bash(&machine, &format!("{LIB} need_packages node=nodejs; need_packages node=nodejs npm=npm; need_packages go=golang-go"));
    assert!(good, "{said}");
    let asked = fs::read_to_string(machine.path().join("asked")).unwrap();
    let lines: Vec<&str> = asked.lines().collect();
    assert_eq!(lines.len(), 3, "{asked}");
    assert!(lines[0].ends_with("update") && lines[1].ends_with("install -y --no-install-recommends npm") && lines[2].ends_with(" golang-go"), "{asked}");
}

#[test]
fn a_step_is_done_again_only_for_other_content() {
    let machine = machine(&[]);
    let at = |path: &str| machine.path().join(path);
    fs::create_dir_all(at("assets/node_modules")).unwrap();
    fs::write(at("assets/a.css"), "a {}").unwrap();
    let hash = || bash(&machine, &format!("{LIB} content_hash assets")).1;
    let first = hash();
    assert_eq!(first.trim().len(), 64, "{first}");
    fs::write(at("assets/node_modules/x.js"), "installed").unwrap();
    assert_eq!(hash(), first, "what is installed there is not content");
    fs::write(at("assets/a.css"), "b {}").unwrap();
    let second = hash();
    assert_ne!(second, first);
    fs::rename(at("assets/a.css"), at("assets/b.css")).unwrap();
    assert_ne!(hash(), second, "a new name is new content");

    let stamped = |step: &str, content: &str| bash(&machine, &format!("{LIB} is_stamped {step} {content}")).0;
    assert!(!stamped("x", "1"), "never done");
    assert!(bash(&machine, &format!("{LIB} stamp x 1")).0);
    assert!(stamped("x", "1") && !stamped("x", "2") && !stamped("y", "1"));
}

#[test]
fn the_pages_styles_are_built_when_absent_or_stale() {
    let npm = "echo npm >>\"$HOME/built\"";
    let node = "echo node >>\"$HOME/built\"; /bin/mkdir -p dist";
    let machine = machine(&[("npm", npm), ("node", node)]);
    let at = |path: &str| machine.path().join(path);
    let build = || {
        let (good, said) = bash(&machine, &format!("{LIB} build_assets"));
        assert!(good, "{said}");
        fs::read_to_string(at("built")).unwrap_or_default().lines().count()
    };
    fs::create_dir_all(at("assets")).unwrap();
    fs::write(at("assets/package.json"), "{}").unwrap();
    assert_eq!(build(), 2, "absent");
    assert_eq!(build(), 2, "fresh");
    fs::write(at("assets/package.json"), "{ }").unwrap();
    assert_eq!(build(), 4, "stale");
    fs::remove_dir_all(at("assets/dist")).unwrap();
    assert_eq!(build(), 6, "removed");
}
