//! The reference of all settings: one table, from which `docs/ref/settings.md` is written (`siger settings`) and which a test
//! compares with the file's form, so that no setting is without words.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its place in the file.
    pub name: &'static str,
    /// An example as TOML.
    pub example: &'static str,
    /// What holds without it.
    pub default: &'static str,
    /// What it is for.
    pub what: &'static str,
}

/// All of them, in the order of the file.
pub const ALL: &[Setting] = &[
    Setting {
        name: "office.data",
        example: "\"sqlite:/var/lib/siger/data\"",
        default: "`sqlite:data`",
        what: "Where the office is kept: a folder with one SQLite file, or a PostgreSQL database of version 15 or newer (`postgres://USER@HOST/NAME`) on this machine: its socket or loopback, since the program speaks to it in clear text. Flags: `--data FOLDER`; for PostgreSQL `--store URL`.",
    },
    Setting {
        name: "office.keys",
        example: "\"/var/lib/siger-keys\"",
        default: "`keys`",
        what: "Folder of the keyring and the witness file. Refused where it lies inside the data or the data inside it. Flag: `--keys`.",
    },
    Setting {
        name: "office.blobs",
        example: "\"/var/lib/siger/blobs\"",
        default: "`blobs` inside the data folder; must be given with PostgreSQL",
        what: "Folder of sealed pictures and papers. Flag: `--blobs`.",
    },
    Setting {
        name: "http.listen",
        example: "\"[::]:443\"",
        default: "`127.0.0.1:8080`",
        what: "Numeric address and port. Without TLS and without a proxy only loopback is accepted. Flag: `--listen`.",
    },
    Setting {
        name: "http.origin",
        example: "\"https://siger.example.go.id\"",
        default: "`http://localhost:PORT` on loopback; must be given with TLS or behind a proxy",
        what: "The address that officers open: scheme, host, port. Links are made with it, and passkeys belong to its host name: changing it later loses all passkeys. Flag: `--origin`.",
    },
    Setting {
        name: "http.tls.certificate",
        example: "\"/etc/siger/tls/fullchain.pem\"",
        default: "none",
        what: "Certificate chain, PEM, the office's own first. Read again on SIGHUP.",
    },
    Setting { name: "http.tls.key", example: "\"/etc/siger/tls/key.pem\"", default: "none", what: "The private key of the certificate, PEM." },
    Setting {
        name: "http.behind_proxy",
        example: "[\"127.0.0.1\"]",
        default: "none",
        what: "Numeric addresses of proxies whose `x-forwarded-for` is believed. With one the program may listen beyond loopback without TLS of its own: the network up to the proxy must then be trusted.",
    },
    Setting {
        name: "keys.root",
        example: "\"systemd\"",
        default: "found out: the file of a sample office, else a credential of systemd, else a passphrase",
        what: "From where the root secret comes: `systemd` (credential `siger-root`), `passphrase` (typed at each start, or in `SIGER_PASSPHRASE`), or `file` (`sample-root.secret` beside the keyring, accepted in a sample office only).",
    },
    Setting {
        name: "backup.folder",
        example: "\"/mnt/backups/siger\"",
        default: "none: no backup is made by itself, and pages warn",
        what: "Folder for a backup each night, best on another machine's disk. It must be there (a disk that is not mounted is noticed so) and neither hold nor lie in the data, the blobs or the keys. `siger backup` and `siger export` without `--to` write there too.",
    },
    Setting {
        name: "backup.keep_days",
        example: "90",
        default: "what the rule for backups in `law/retention.toml` says: 90 days",
        what: "Days that a backup is kept there, at most those of the rule. The newest stays until there is a newer one. Only files that the program named itself are deleted.",
    },
    Setting { name: "mail.host", example: "\"mail.example.go.id\"", default: "none: no mail is sent", what: "Name of the mail server." },
    Setting { name: "mail.port", example: "587", default: "465, 587 or 25, by `mail.tls`", what: "Its port." },
    Setting { name: "mail.from", example: "\"siger@example.go.id\"", default: "must be given with `mail.host`", what: "Address of the sender." },
    Setting {
        name: "mail.tls",
        example: "\"starttls\"",
        default: "`starttls`",
        what: "`implicit` (TLS from the first byte), `starttls` (required, not tried), or `none` (a mail server on this machine only).",
    },
    Setting {
        name: "mail.user",
        example: "\"siger\"",
        default: "none: no sign-in",
        what: "User name at the mail server. The password comes from the credential `siger-mail` of systemd, never from this file.",
    },
    Setting { name: "log.format", example: "\"json\"", default: "`text`", what: "`text` or `json`, one line each, on standard error. Flag: `--log-format`." },
    Setting {
        name: "log.level",
        example: "\"info\"",
        default: "`info`",
        what: "`error`, `warn`, `info`, `debug`, `trace`, or by area: `info,siger_storage=debug`. No level writes personal data.",
    },
    Setting {
        name: "assets.folder",
        example: "\"/usr/share/siger/assets\"",
        default: "what is part of the program",
        what: "Styles, scripts, font and icons other than those in the program: a folder that `assets/build.mjs` made. Flag: `--assets`.",
    },
];

/// The page `docs/ref/settings.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# All settings\n\nWritten by `siger settings`, and a test fails when it is not. For the idea, see the [guide](../guide/settings.md).\n\n\
         Relative paths count from the folder of the settings file; in flags, from where the program was started.\n\n\
         | setting | default | what it is |\n| --- | --- | --- |\n",
    );
    for setting in ALL {
        page.push_str(&format!("| `{}` | {} | {} |\n", setting.name, setting.default, setting.what));
    }
    page.push_str("\nA file with every setting:\n\n```toml\n");
    page.push_str(&example());
    page.push_str("```\n");
    page
}

/// A file with every setting.
pub fn example() -> String {
    let (mut text, mut section) = (String::new(), "");
    for setting in ALL {
        let Some((table, key)) = setting.name.split_once('.') else { continue };
        if table != section {
            if !section.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("[{table}]\n"));
            section = table;
        }
        text.push_str(&format!("{key} = {}\n", setting.example));
    }
    text
}
