//! `siger check` on damaged offices, as an administrator runs it: beside a witness file, which every office has.

use std::path::Path;

use siger_testkit::fault::tamper;

use crate::run;

/// Changes a database behind the program's back, past every constraint.
fn change(data: &Path, sql: &str) {
    let conn = rusqlite::Connection::open(data.join("office.sqlite")).unwrap();
    conn.execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").unwrap();
    conn.execute_batch(sql).unwrap();
}

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
    let data = rusqlite::Connection::open(folder.path().join("data/office.sqlite")).unwrap();
    let size: i64 = data.query_row("SELECT size FROM tree_head", [], |row| row.get(0)).unwrap();
    drop(data);
    let mut unsaid = Vec::new();
    for (number, tamper::Change { what, sql, found }) in tamper::journal(size as u64).into_iter().enumerate() {
        let name = format!("copy-{number}");
        let copied = std::process::Command::new("cp").args(["-a", "data", &name]).current_dir(folder.path()).status();
        assert!(copied.unwrap().success());
        change(&folder.path().join(&name), sql);
        let (status, out, err) = run(folder.path(), &["check", "--replay", "--data", &name]);
        let says = |place: &str, what: &str| out.lines().any(|line| line.contains(place) && line.contains(what));
        let named = found.iter().all(|(kind, place)| says(place, kind.what()));
        if status != 3 || !named || !says(" replay: ", "entries") {
            unsaid.push(format!("{what}: {status}, expected {found:?}\n{out}{err}"));
        }
    }
    assert!(unsaid.is_empty(), "{}", unsaid.join("\n"));
}
