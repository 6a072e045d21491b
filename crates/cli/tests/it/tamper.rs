//! `siger check` on damaged offices, as an administrator runs it: beside a witness file, which every office has.

use siger_testkit::fault::tamper;

use crate::run;

/// A new office with a journal of more than one tile.
fn office() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["demo", "--prepare"][..], &["fill", "--persons", "270"]] {
        let (status, _, err) = run(folder.path(), arguments);
        assert_eq!(status, 0, "{err}");
    }
    folder
}

#[test]
fn check_names_each_change_beside_a_witness_file() {
    let folder = office();
    let (status, out, err) = run(folder.path(), &["check", "--replay"]);
    assert!(status == 0 && out.contains("ok     same: "), "{out}{err}");
    let size = out.split(" entries").next().and_then(|said| said.rsplit(' ').next()).and_then(|size| size.parse().ok()).expect("how many entries");
    let mut unsaid = Vec::new();
    for (number, tamper::Change { what, sql, found }) in tamper::journal(size).into_iter().enumerate() {
        let name = format!("copy-{number}");
        let copied = std::process::Command::new("cp").args(["-a", "data", &name]).current_dir(folder.path()).status();
        assert!(copied.unwrap().success());
        tamper::change(&folder.path().join(&name), sql).unwrap();
        let (status, out, err) = run(folder.path(), &["check", "--replay", "--data", &name]);
        let says = |place: &str, what: &str| out.lines().any(|line| line.contains(place) && line.contains(what));
        let named = found.iter().all(|(kind, place)| says(place, kind.what()));
        if status != 3 || !named || !says(" replay: ", "entries") {
            unsaid.push(format!("{what}: {status}, expected {found:?}\n{out}{err}"));
        }
    }
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}
