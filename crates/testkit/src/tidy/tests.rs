//! Each rule on a small tree where it must find something, and one where it must not.

use super::*;

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.paths.insert((*path).to_owned());
        tree.files.push(File { path: (*path).to_owned(), text: (*text).to_owned() });
    }
    tree
}

/// The lines (`path:line`) that the rule of this name finds, in order.
fn check(name: &str, files: &[(&str, &str)], expected: &[&str]) {
    let rule = RULES.iter().find(|rule| rule.name == name).expect("a rule of this name");
    let found: Vec<String> = findings(rule, &tree(files)).into_iter().map(|finding| format!("{}:{}", finding.path, finding.line)).collect();
    assert_eq!(found, expected, "{name} on {files:?}");
}

#[test]
fn every_rule_has_a_name_of_its_own_and_a_reason() {
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    assert!(RULES.iter().all(|rule| rule.reason.len() > 30));
}

#[test]
fn sql() {
    let statement = "fn f() {\n    tx.query(\"SELECT id FROM person WHERE id = $1\")\n}\n";
    check("sql", &[("crates/app/src/person.rs", statement)], &["crates/app/src/person.rs:2"]);
    check("sql", &[("crates/web/src/a.rs", "let s = \"INSERT INTO t VALUES (1)\";\n")], &["crates/web/src/a.rs:1"]);
    check("sql", &[("bench/src/main.rs", "let s = \"UPDATE t SET a = 1\";\n")], &["bench/src/main.rs:1"]);
    // In its place, in a comment, or in the words of a page.
    check("sql", &[("crates/storage/src/db/person.rs", statement)], &[]);
    check("sql", &[("crates/app/src/a.rs", "// \"SELECT a FROM b\"\nlet s = \"Select a file from the list, then UPDATE it\";\n")], &[]);
}

#[test]
fn length() {
    let (long, short) = ("x\n".repeat(601), "x\n".repeat(600));
    check("length", &[("crates/app/src/a.rs", &long), ("crates/app/src/b.rs", &short)], &["crates/app/src/a.rs:0"]);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(599), "x\n".repeat(300));
    check("length", &[("crates/app/tests/it/a.rs", &long), ("Cargo.lock", &long), ("crates/app/src/c.rs", &tested)], &[]);
}

#[test]
fn lints() {
    let root =
        "[workspace]\n[workspace.lints.clippy]\ndbg_macro = \"warn\"\ntodo = \"warn\"\nunimplemented = \"warn\"\nallow_attributes_without_reason = \"warn\"\n";
    check("lints", &[("Cargo.toml", root)], &["Cargo.toml:0"]);
    check("lints", &[("Cargo.toml", &format!("{root}unwrap_used = \"warn\"\n"))], &[]);
    check("lints", &[("crates/a/Cargo.toml", "[package]\nname = \"siger-a\"\n[dependencies]\nworkspace = true\n")], &["crates/a/Cargo.toml:0"]);
    check("lints", &[("crates/a/Cargo.toml", "[package]\n\n[lints]\nworkspace = true\n")], &[]);
}

#[test]
fn unfinished() {
    let word = concat!("TO", "DO");
    check("unfinished", &[("docs/a.md", &format!("fine\n{word}: more\n"))], &["docs/a.md:2"]);
    check("unfinished", &[("a.rs", &format!("// {}(me): later\n", concat!("FIX", "ME")))], &["a.rs:1"]);
    check("unfinished", &[("a.rs", &format!("let {word}_LIST = 1; // m{word}s\n")), ("Cargo.lock", word)], &[]);
}

#[test]
fn readme() {
    let toml = ("crates/a/Cargo.toml", "[package]\n");
    let lib = ("crates/a/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n");
    let readme = ("crates/a/README.md", "# siger-a\n\nWhat it is for.\n");
    check("readme", &[toml, lib], &["crates/a/README.md:0"]);
    check("readme", &[toml, lib, ("crates/a/README.md", "# siger-a\n")], &["crates/a/README.md:0"]);
    check("readme", &[toml, readme, ("crates/a/src/lib.rs", "//! Something else.\n")], &["crates/a/src/lib.rs:1"]);
    check("readme", &[toml, lib, readme], &[]);
}

#[test]
fn arrows() {
    fn toml(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"siger-{name}\"\n[dependencies]\n{rest}")
    }
    check("arrows", &[("crates/domain/Cargo.toml", &toml("domain", "siger-storage.workspace = true\n"))], &["crates/domain/Cargo.toml:4"]);
    check("arrows", &[("crates/storage/Cargo.toml", &toml("storage", "siger-app = { path = \"../app\" }\n"))], &["crates/storage/Cargo.toml:4"]);
    check("arrows", &[("crates/app/Cargo.toml", &toml("app", "siger-testkit.workspace = true\n"))], &["crates/app/Cargo.toml:4"]);
    check("arrows", &[("crates/app/Cargo.toml", &toml("app", "[dev-dependencies]\nsiger-web.workspace = true\n"))], &["crates/app/Cargo.toml:5"]);
    check("arrows", &[("crates/reports/Cargo.toml", &toml("reports", ""))], &["crates/reports/Cargo.toml:0"]);
    // Also what is further down, and made-up people in tests.
    check("arrows", &[("crates/web/Cargo.toml", &toml("web", "siger-domain.workspace = true\n[dev-dependencies]\nsiger-synth.workspace = true\n"))], &[]);
}

#[test]
fn places() {
    let path = concat!("/ro", "ot/");
    check("places", &[("run", &format!("#!/bin/sh\ncd {path}siger\n"))], &["run:2"]);
    check("places", &[("a.json", concat!("\"https://registry.", "npmjs.org/x\""))], &["a.json:1"]);
    check("places", &[("a.md", concat!("see docs/wo", "rk/notes.md and $HOME/wo", "rk/\n"))], &[]);
}

#[test]
fn locks() {
    let lock = "{\n  \"packages\": {\n    \"resolved\": \"https://example.org/x.tgz\",\n    \"integrity\": \"sha512-\"\n";
    check("locks", &[("e2e/package-lock.json", lock)], &["e2e/package-lock.json:3"]);
    check("locks", &[("e2e/package.json", lock)], &[]);
}

#[test]
fn links() {
    let guide = ("docs/guide/install.md", "# Install\n\n## What you need\n");
    check("links", &[guide, ("README.md", "[a](docs/guide/instal.md)\n")], &["README.md:1"]);
    check("links", &[guide, ("README.md", "[a](docs/guide/install.md#what-you-have)\n")], &["README.md:1"]);
    check("links", &[guide, ("README.md", "[a](../outside.md)\n")], &["README.md:1"]);
    check("links", &[("docs/a.md", "[here](#nowhere)\n")], &["docs/a.md:1"]);
    let good = "[a](docs/guide/install.md#what-you-need) [b](docs/guide/) [c](https://example.org/x) [d](#e)\n\n## E\n```\n[x](y)\n```\n`[x](y)`\n";
    check("links", &[guide, ("README.md", good), ("docs/b.md", "[up](../README.md)\n")], &[]);
}

#[test]
fn decisions() {
    let text = "# One thing\n\nDate: 2026-11-24\nStatus: accepted\n\n## Context\n## Decision\n## Consequences\n";
    check("decisions", &[("docs/adr/0001-one.md", text), ("docs/adr/0003-three.md", text)], &["docs/adr/0003-three.md:0"]);
    check("decisions", &[("docs/adr/0001-one.md", text), ("docs/adr/0001-two.md", text)], &["docs/adr/0001-two.md:0"]);
    check("decisions", &[("docs/adr/0001-one.md", &text.replace("Status", "State"))], &["docs/adr/0001-one.md:0"]);
    check("decisions", &[("docs/adr/0001-one.md", text), ("docs/adr/0002-two.md", text), ("docs/adr/README.md", "# All\n")], &[]);
}

#[test]
fn licences() {
    let allowed = Allowed::parse(
        "[licenses]\n# \"GPL-3.0-only\"\nallow = [\n  \"MIT\",\n  \"ISC\",\n]\nexceptions = [\n  { crate = \"w\", allow = [\"MPL-2.0\"] },\n]\n[bans]\n",
    );
    for (krate, expression, permitted) in [
        ("a", "MIT", true),
        ("a", "Apache-2.0", false),
        ("a", "Apache-2.0 OR MIT", true),
        ("a", "Apache-2.0/MIT", true),
        ("a", "MIT AND ISC", true),
        ("a", "(MIT OR Apache-2.0) AND ISC", true),
        ("a", "MIT AND Apache-2.0", false),
        ("a", "GPL-3.0-only", false),
        ("a", "", false),
        ("w", "MPL-2.0", true),
        ("v", "MPL-2.0", false),
    ] {
        assert_eq!(allowed.permits(krate, expression), permitted, "{krate}: {expression}");
    }
    let crates = "a v1.0.0 MIT\nb v1.0.0 (proc-macro) Apache-2.0\na v1.0.0 MIT (*)\nc v0.1.0 (/somewhere/c) ISC\n";
    let found = licences_not_allowed(crates, &allowed);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].what.starts_with("b is under 'Apache-2.0'"));
}
