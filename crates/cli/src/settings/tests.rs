use super::*;
use std::collections::BTreeSet;

fn read(text: &str) -> Result<Settings, Wrong> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("siger.toml");
    std::fs::write(&path, text).unwrap();
    Settings::load(Some(&path), &Raw::default())
}

#[test]
fn every_setting_is_in_the_reference_and_its_example_is_accepted() {
    let mut names = BTreeSet::new();
    fn collect(prefix: &str, value: &serde_json::Value, names: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    collect(&if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") }, value, names);
                }
            }
            _ => drop(names.insert(prefix.to_owned())),
        }
    }
    collect("", &serde_json::to_value(Raw::default()).unwrap(), &mut names);
    let documented: BTreeSet<String> = reference::ALL.iter().map(|setting| setting.name.to_owned()).collect();
    assert_eq!(names, documented);
    let all = read(&reference::example()).unwrap();
    assert!(all.mail.is_some() && all.tls.is_some() && all.root == Some(Root::Systemd) && all.log.format == LogFormat::Json);
}

#[test]
fn the_reference_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ref/settings.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(page, reference::page(), "run: cargo run -p siger-cli -- settings > docs/ref/settings.md");
}

#[test]
fn nothing_set_is_an_office_on_loopback() {
    let settings = Settings::check(None, Raw::default()).unwrap();
    assert!(settings.listen.ip().is_loopback() && settings.tls.is_none() && settings.mail.is_none());
    assert_eq!(settings.blobs, Path::new("data/blobs"));
}

#[test]
fn wrong_settings_are_named() {
    for (text, said) in [
        ("[office]\ndata = \"mysql://x\"", "office.data: expected `sqlite:FOLDER`"),
        ("[office]\ndata = \"postgres://u:secret@localhost/n\"", "office.blobs: expected a folder"),
        ("[office]\ndata = \"postgres://u:secret@h/n\"\nblobs = \"b\"", "office.data: expected a PostgreSQL server on this machine"),
        ("[office]\ndata = \"sqlite:data\"\nkeys = \"data/keys\"", "must not lie in one another"),
        ("[office]\ndata = \"sqlite:keys/data\"\nkeys = \"keys\"", "must not lie in one another"),
        ("[office]\ndata = \"sqlite:a/../data\"\nkeys = \"data\"", "must not lie in one another"),
        ("[office]\nkeys = \"k\"\nblobs = \"k/blobs\"", "office.keys: the folder of keys and office.blobs"),
        ("[office]\ndatta = \"sqlite:data\"", "unknown field `datta`, expected one of `data`, `keys`, `blobs`"),
        ("[web]\n", "unknown field `web`"),
        ("office = 3", "invalid type"),
        ("[http]\nlisten = \"8080\"", "http.listen: expected ADDRESS:PORT"),
        ("[http]\nlisten = \"0.0.0.0:8080\"", "0.0.0.0:8080 can be reached from other machines"),
        ("[http]\nlisten = \"[::]:8080\"", "can be reached from other machines"),
        ("[http]\nbehind_proxy = [\"proxy\"]", "http.behind_proxy: expected a list of numeric addresses"),
        ("[http]\nbehind_proxy = [\"10.0.0.1\"]", "http.origin: expected the address that officers open"),
        ("[http]\norigin = \"siger.example\"", "http.origin: expected scheme, host"),
        ("[http]\norigin = \"https://siger.example/path\"", "http.origin: expected scheme, host"),
        ("[http.tls]\ncertificate = \"c.pem\"", "http.tls.key: expected"),
        ("[http]\norigin = \"http://siger.example\"\n[http.tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"", "http.origin: expected an address with https://"),
        ("[keys]\nroot = \"usb\"", "keys.root: expected systemd"),
        ("[mail]\nport = 25", "mail.host: expected"),
        ("[mail]\nhost = \"mail.example\"\nfrom = \"office\"", "mail.from: expected"),
        ("[mail]\nhost = \"mail.example\"\nfrom = \"a@b.example\"\ntls = \"none\"", "mail.tls: expected implicit or starttls"),
        ("[mail]\npassword = \"x\"", "unknown field `password`"),
        ("[log]\nformat = \"xml\"", "log.format: expected text or json"),
        ("[log]\nlevel = \"=loud=\"", "log.level: expected"),
    ] {
        let said_instead = read(text).map(|_| ()).expect_err(text).to_string();
        assert!(said_instead.contains(said), "{text}\nsays: {said_instead}");
        assert!(!said_instead.contains("secret"), "{said_instead}");
    }
}

#[test]
fn beyond_loopback_with_tls_or_proxy() {
    for text in [
        "[http]\nlisten = \"0.0.0.0:443\"\norigin = \"https://siger.example\"\n[http.tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"",
        "[http]\nlisten = \"0.0.0.0:8080\"\norigin = \"https://siger.example:8443/\"\nbehind_proxy = [\"10.0.0.1\", \"::1\"]",
    ] {
        let settings = read(text).unwrap();
        let origin = settings.origin.unwrap();
        assert!(origin.secure && origin.host == "siger.example" && !origin.text.ends_with('/'), "{origin:?}");
    }
}

#[test]
fn flags_go_before_the_file_and_paths_count_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.toml");
    std::fs::write(&path, "[office]\ndata = \"sqlite:d\"\nkeys = \"k\"\n[http]\nlisten = \"127.0.0.1:1\"").unwrap();
    let mut flags = Raw::default();
    flags.http.listen = Some("127.0.0.1:2".into());
    let settings = Settings::load(Some(&path), &flags).unwrap();
    assert_eq!((settings.listen.port(), settings.keys, settings.store.folder()), (2, folder.path().join("k"), Some(folder.path().join("d"))));
}

#[test]
fn a_link_does_not_hide_that_keys_lie_in_the_data() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::os::unix::fs::symlink("data", folder.path().join("elsewhere")).unwrap();
    let path = folder.path().join("siger.toml");
    std::fs::write(&path, "[office]\ndata = \"sqlite:data\"\nkeys = \"elsewhere/keys\"").unwrap();
    assert!(matches!(Settings::load(Some(&path), &Raw::default()), Err(Wrong::KeysInside { .. })));
}

/// Whatever stands in the file is read or refused with words; nothing of it is a fault of the program.
#[test]
fn any_text_is_read_or_refused() {
    let (example, mut rng) = (reference::example(), siger_testkit::fault::Rng::new(64));
    let (mut good, mut refused) = (0, 0);
    for _ in 0..2_000 {
        let mut letters: Vec<char> = example.chars().collect();
        for _ in 0..=rng.below(3) {
            let at = rng.below(letters.len() + 1);
            match rng.below(4) {
                0 => letters.truncate(at),
                1 => letters.insert(at, char::from_u32(rng.below(0x3000) as u32).unwrap_or('\u{fffd}')),
                2 => letters.extend_from_within(at..),
                _ => letters.drain(at.min(letters.len())..letters.len().min(at + 9)).for_each(drop),
            }
        }
        match read(&letters.into_iter().collect::<String>()) {
            Ok(_) => good += 1,
            Err(wrong) => refused += usize::from(!wrong.to_string().is_empty()),
        }
    }
    assert!(good + refused == 2_000 && refused > 200, "{good} accepted, {refused} refused");
}
