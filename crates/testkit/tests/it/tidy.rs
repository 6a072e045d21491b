//! The rules over the tree, applied to this tree.

use siger_testkit::tidy::{Allowed, RULES, Tree, findings, licences_not_allowed};
use std::{fmt::Write as _, path::Path, process::Command};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn the_tree_is_tidy() {
    let Some(tree) = Tree::tracked(root()).expect("reading the files that git keeps") else {
        println!("skipped: there is no git here, or this is not a clone");
        return;
    };
    let mut report = String::new();
    for rule in RULES {
        for finding in findings(rule, &tree) {
            writeln!(report, "{}: {finding}\n    ({})", rule.name, rule.reason).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

/// The same list as cargo-deny reads, so that nobody needs cargo-deny to notice.
#[test]
fn licences_are_allowed() {
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--workspace", "--locked", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p} {l}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let crates = String::from_utf8(output.stdout).unwrap();
    assert!(crates.lines().count() > 100, "cargo tree named almost nothing");
    let found = licences_not_allowed(&crates, &Allowed::parse(&deny));
    assert!(found.is_empty(), "\n{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
}
