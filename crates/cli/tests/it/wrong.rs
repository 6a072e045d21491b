//! What is refused, with which exit status, and that nothing was made.

use crate::run;

#[test]
fn wrong_settings_end_before_anything_begins() {
    for (text, said) in [
        ("[office]\ndata = \"sqlite:data\"\nkeys = \"data/keys\"\n", "office.keys"),
        ("[http]\nlisten = \"0.0.0.0:8080\"\n", "http.listen"),
        ("[http]\nlisten = \"127.0.0.1\"\n", "http.listen"),
        ("[htpp]\n", "unknown field `htpp`"),
        ("[http\n", "settings:"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("siger.toml"), text).unwrap();
        for command in ["serve", "doctor"] {
            let (status, out, err) = run(folder.path(), &[command]);
            assert!(status == 2 && err.contains(said) && out.is_empty(), "{text}{command}: {status} {out}{err}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{text}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (status, _, err) = run(folder.path(), &["serve", "--settings", "absent.toml"]);
    assert!(status == 2 && err.contains("absent.toml"), "{err}");
}

#[test]
fn flags_are_held_to_the_same_rules() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["demo", "--prepare", "--listen", "0.0.0.0:8080"][..], "can be reached from other machines"),
        (&["demo", "--prepare", "--data", "d", "--keys", "d/keys"], "must not lie in one another"),
        (&["demo", "--prepare", "--data", "k/d", "--keys", "k"], "must not lie in one another"),
        (&["demo", "--prepare", "--log-format", "xml"], "log.format"),
        (&["serve", "--data", "mysql://x"], "office.data"),
        (&["serve", "--no-such-flag"], "unexpected argument"),
    ] {
        let (status, out, err) = run(folder.path(), arguments);
        assert!(status == 2 && err.contains(said) && out.is_empty(), "{arguments:?}: {status} {err}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn where_no_office_is_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "fill"] {
        let (status, _, err) = run(folder.path(), &[command]);
        assert!(status == 1 && err.contains("there is no office here"), "{command}: {err}");
    }
    let (status, out, err) = run(folder.path(), &["doctor"]);
    assert!(status == 3 && out.contains("WRONG") && out.contains("siger init") && err.contains("are wrong"), "{status} {out}{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_doctor_names_what_others_can_enter() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["demo", "--prepare"]).0, 0);
    std::fs::set_permissions(folder.path().join("keys"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (status, out, _) = run(folder.path(), &["doctor"]);
    assert!(status == 3 && out.lines().any(|line| line.starts_with("WRONG") && line.contains("755")) && out.contains("chmod 700"), "{out}");
}
