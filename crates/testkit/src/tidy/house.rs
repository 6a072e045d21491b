//! Rules about how the project is put together: crates and their arrows, lock files, licences.

use super::{Finding, Tree, code::section};
use std::collections::BTreeSet;

fn finding(path: &str, line: usize, what: impl Into<String>) -> Finding {
    Finding { path: path.to_owned(), line, what: what.into() }
}

/// What each crate may know: docs and drawing in ARCHITECTURE.md. A crate may also know what those know, further down.
/// A new arrow is a decision (docs/adr).
const ARROWS: &[(&str, &[&str])] = &[
    ("cli", &["web", "synth"]),
    ("web", &["app"]),
    ("app", &["storage", "screening", "biometrics", "vision"]),
    ("storage", &["domain"]),
    ("domain", &["mrtd"]),
    ("synth", &["domain", "mrtd", "imaging"]),
    ("biometrics", &["imaging"]),
    ("vision", &["imaging"]),
    ("imaging", &["mrtd"]),
    ("screening", &[]),
    ("mrtd", &[]),
    // Stand outside and may use everything: tests, measurements.
    ("testkit", &["cli"]),
    ("bench", &["cli"]),
];

/// In tests only: made-up people, a whole office.
const FOR_TESTS: &[&str] = &["testkit", "synth"];

fn below(krate: &str) -> BTreeSet<&'static str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![krate];
    while let Some(next) = open.pop() {
        for (_, targets) in ARROWS.iter().filter(|(from, _)| *from == next) {
            for target in *targets {
                if reached.insert(*target) {
                    open.push(target);
                }
            }
        }
    }
    reached
}

/// The crates of this project that a Cargo.toml names in one section, without the prefix `siger-`.
fn own_dependencies<'t>(text: &'t str, name: &str) -> Vec<(usize, &'t str)> {
    section(text, name).filter_map(|(line, entry)| Some((line, entry.strip_prefix("siger-")?.split([' ', '.', '=']).next()?))).collect()
}

pub fn arrows_that_point_back(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml" && file.text.contains("[package]")) {
        let Some(krate) = section(&file.text, "package").find_map(|(_, line)| line.strip_prefix("name = \"siger-")?.strip_suffix('"')) else { continue };
        if !ARROWS.iter().any(|(from, _)| *from == krate) {
            found.push(finding(&file.path, 0, format!("the crate {krate} is not in the drawing (ARROWS)")));
            continue;
        }
        let allowed = below(krate);
        for (line, target) in own_dependencies(&file.text, "dependencies") {
            if !allowed.contains(target) {
                found.push(finding(&file.path, line, format!("{krate} -> {target} is not an arrow of the drawing")));
            }
        }
        for (line, target) in own_dependencies(&file.text, "dev-dependencies") {
            if !allowed.contains(target) && !FOR_TESTS.contains(&target) {
                found.push(finding(&file.path, line, format!("{krate} -> {target}, even for tests, is not an arrow of the drawing")));
            }
        }
    }
    found
}

pub fn crates_without_readme(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for folder in tree.paths.iter().filter_map(|path| path.strip_suffix("/Cargo.toml")).filter(|folder| folder.starts_with("crates/")) {
        let readme = format!("{folder}/README.md");
        let Some(file) = tree.file(&readme) else {
            found.push(finding(&readme, 0, "missing"));
            continue;
        };
        if file.text.lines().count() < 3 {
            found.push(finding(&readme, 0, "says nothing: a title is not a description"));
        }
        let root = format!("{folder}/src/lib.rs");
        if tree.file(&root).is_some_and(|lib| !lib.text.contains("#![doc = include_str!(\"../README.md\")]")) {
            found.push(finding(&root, 1, "the README is not the documentation of the crate"));
        }
    }
    found
}

/// In two pieces, so that this file does not find itself. The folders of one machine, and the hosts that packages come from:
/// a package is named, and the machine knows where it gets it.
const PLACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("registry.", "npmjs"),
    concat!("static.", "crates.io"),
    concat!("index.", "crates.io"),
    concat!("files.", "pythonhosted"),
    concat!("pypi.", "org"),
    concat!("proxy.", "golang"),
    concat!("deb.", "debian.org"),
];

pub fn machine_places(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    // Cargo.lock names the index of crates.io for each crate, the same on every machine.
    for file in tree.files.iter().filter(|file| file.name() != "Cargo.lock") {
        for (number, line) in file.lines() {
            for place in PLACES {
                // A folder must begin there: `docs/work/` is not the folder of a machine.
                let begins = |at: usize| !place.starts_with('/') || !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-})*~".contains(c));
                if line.match_indices(place).any(|(at, _)| begins(at)) {
                    found.push(finding(&file.path, number, format!("names {place}")));
                }
            }
        }
    }
    found
}

pub fn resolved_addresses(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| matches!(file.name(), "package-lock.json" | "npm-shrinkwrap.json")) {
        for (number, line) in file.lines().filter(|(_, line)| line.trim_start().starts_with("\"resolved\"")) {
            found.push(finding(&file.path, number, line.trim().to_owned()));
        }
    }
    found
}

/// The licences that `deny.toml` allows.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// For any crate.
    everywhere: BTreeSet<String>,
    /// For one crate: (crate, licence).
    exceptions: BTreeSet<(String, String)>,
}

impl Allowed {
    /// Reads the section `[licenses]` of `deny.toml`, as it is written there: one quoted licence or one exception a line.
    pub fn parse(deny: &str) -> Self {
        let mut allowed = Self::default();
        for (_, line) in section(deny, "licenses").filter(|(_, line)| !line.starts_with('#')) {
            let quoted: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            match (line.contains("crate ="), quoted.as_slice()) {
                (true, [krate, licences @ ..]) => allowed.exceptions.extend(licences.iter().map(|licence| ((*krate).to_owned(), (*licence).to_owned()))),
                (false, licences) => allowed.everywhere.extend(licences.iter().map(|licence| (*licence).to_owned())),
                (true, []) => {}
            }
        }
        allowed
    }

    /// Whether a crate under this SPDX expression may be used: `AND` of groups of which each has one allowed `OR`. (No
    /// crate here nests deeper; one that did would be refused, and somebody would look.)
    pub fn permits(&self, krate: &str, expression: &str) -> bool {
        let spdx = expression.replace(" / ", " OR ").replace('/', " OR ");
        let one = |licence: &str| {
            let licence = licence.trim().trim_matches(['(', ')']).trim();
            self.everywhere.contains(licence) || self.exceptions.contains(&(krate.to_owned(), licence.to_owned()))
        };
        !spdx.trim().is_empty() && spdx.split(" AND ").all(|group| group.split(" OR ").any(one))
    }
}

/// Compares the crates that are built (lines `NAME VERSION LICENCE`, from `cargo tree --prefix none --format '{p} {l}'`) with what is allowed.
pub fn licences_not_allowed(crates: &str, allowed: &Allowed) -> Vec<Finding> {
    let unique: BTreeSet<&str> = crates.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    let mut found = Vec::new();
    for line in unique {
        let mut words = line.splitn(3, ' ');
        let (name, _version, rest) = (words.next().unwrap_or_default(), words.next(), words.next().unwrap_or_default());
        // After name and version cargo may add "(proc-macro)" and, for our own crates, the folder.
        let licence = rest.trim_start_matches("(proc-macro) ");
        let licence = if licence.starts_with("(/") { licence.split_once(") ").map_or("", |(_, licence)| licence) } else { licence };
        if !allowed.permits(name, licence) {
            found.push(finding("deny.toml", 0, format!("{name} is under '{licence}', which is not allowed")));
        }
    }
    found
}
