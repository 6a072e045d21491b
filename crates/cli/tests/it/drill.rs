//! The backup drill of docs/guide/backup-drill.md, and an office that moves.

use crate::{run, said, siger};

fn root(out: &str) -> &str {
    out.lines().find_map(|line| line.strip_prefix("root ")).expect("a root")
}

#[test]
fn the_backup_drill() {
    let folder = tempfile::tempdir().unwrap();
    let siger = |arguments: &[&str]| run(folder.path(), arguments);
    assert_eq!(siger(&["demo", "--prepare"]).0, 0);
    let (status, backup, err) = siger(&["backup", "--to", "backup.siger"]);
    assert_eq!(status, 0, "{err}");
    let (status, _, err) = siger(&["backup", "--to", "backup.siger"]);
    assert!(status == 1 && err.contains("never written over"), "{err}");
    assert!(!folder.path().join("backup.siger.part").exists());

    // The office goes on, and is lost.
    assert_eq!(siger(&["fill", "--persons", "5"]).0, 0);
    std::fs::rename(folder.path().join("data"), folder.path().join("lost")).unwrap();
    let (status, out, err) = siger(&["restore", "--from", "backup.siger"]);
    assert!(status == 0 && root(&out) == root(&backup), "{out}{err}");
    let (status, out, _) = siger(&["check", "--replay"]);
    assert!(status == 0 && !out.contains("WRONG"), "{out}");
    // It goes on, in a new epoch, and the next check compares with what was witnessed since.
    let (status, out, err) = siger(&["fill", "--persons", "5"]);
    assert_eq!(status, 0, "{out}{err}");
    let (status, out, _) = siger(&["check", "--replay"]);
    assert!(status == 0 && (out.contains("same: ") || out.contains("extension: ")), "{out}");
    // What was lost after the backup is named by the checkpoints from before.
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
