//! Tests over the tree itself: what a reviewer would otherwise have to look for in every change. Each rule says why it is
//! there, and looks only at files that git keeps.
//!
//! Not here: `unwrap` outside tests, the clock and randomness outside their places. Clippy sees those with types, and the
//! rule `lints` makes sure that no crate escapes it.

mod code;
mod documents;
mod house;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt, path::Path, process::Command};

/// A file that git keeps and that is text.
#[derive(Clone, Debug)]
pub struct File {
    /// From the root of the project, with `/`.
    pub path: String,
    /// The whole content.
    pub text: String,
}

impl File {
    /// The lines with their numbers, from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// Everything that git keeps.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The text files, in the order of their paths.
    pub files: Vec<File>,
    /// Every path, also of files that are not text.
    pub paths: BTreeSet<String>,
}

impl Tree {
    /// Reads what git keeps below `root`; `None` when there is no git or `root` is not in a repository (a source archive).
    ///
    /// # Errors
    /// When a file that git keeps cannot be read, except that it was just removed.
    pub fn tracked(root: &Path) -> std::io::Result<Option<Self>> {
        let Ok(output) = Command::new("git").args(["ls-files", "-z", "--cached"]).current_dir(root).output() else { return Ok(None) };
        if !output.status.success() {
            return Ok(None);
        }
        let mut tree = Self::default();
        for path in String::from_utf8_lossy(&output.stdout).split('\0').filter(|path| !path.is_empty()) {
            match std::fs::read(root.join(path)) {
                Ok(bytes) => {
                    tree.paths.insert(path.to_owned());
                    if let Ok(text) = String::from_utf8(bytes) {
                        tree.files.push(File { path: path.to_owned(), text });
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(tree))
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether there is a file of this path, or a folder.
    fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.paths.contains(path) || self.paths.range(folder.clone()..).next().is_some_and(|first| first.starts_with(&folder))
    }
}

/// A place where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the project.
    pub path: String,
    /// The line, from 1; 0 when the whole file or a missing one is meant.
    pub line: usize,
    /// What was found there.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Something that holds for the whole tree.
pub struct Rule {
    /// One word for the output.
    pub name: &'static str,
    /// Why it is wanted.
    pub reason: &'static str,
    /// Where it does not hold.
    pub check: fn(&Tree) -> Vec<Finding>,
}

/// All rules over the tree.
pub const RULES: &[Rule] = &[
    Rule {
        name: "sql",
        reason: "every statement is in crates/storage, beside its row type, so that one place knows the schema",
        check: code::sql_outside_storage,
    },
    Rule { name: "length", reason: "a file of more than 600 lines holds more than one idea: make it a folder", check: code::long_files },
    Rule { name: "lints", reason: "a crate that does not take the lints of the workspace may unwrap in production", check: code::lints_not_inherited },
    Rule { name: "unfinished", reason: "what is left for later belongs into an issue, where somebody will see it", check: code::unfinished_words },
    Rule { name: "readme", reason: "the README of a crate is the first page of its documentation", check: house::crates_without_readme },
    Rule {
        name: "arrows",
        reason: "nothing points back: kernels know no office, domain no storage, storage no use case",
        check: house::arrows_that_point_back,
    },
    Rule { name: "places", reason: "a path or download address of one machine is wrong on every other", check: house::machine_places },
    Rule {
        name: "locks",
        reason: "a lock file with download addresses installs from there, not from where this machine may",
        check: house::resolved_addresses,
    },
    Rule { name: "links", reason: "a reader who follows a link should arrive", check: documents::broken_links },
    Rule {
        name: "decisions",
        reason: "decisions are read in order: no number twice, none missing, each with its date and status",
        check: documents::decisions_out_of_order,
    },
];

/// Applies one rule; the findings are in the order of the tree.
pub fn findings(rule: &Rule, tree: &Tree) -> Vec<Finding> {
    let mut found = (rule.check)(tree);
    found.sort();
    found
}

pub use house::{Allowed, licences_not_allowed};
