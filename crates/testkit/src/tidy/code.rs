//! Rules about what stands in source files.

use super::{File, Finding, Tree};

/// More than this and a file is asking to become a folder. Tests, also those at the end of a file, may be longer: a table of
/// rows is one idea.
const LINES_MAX: usize = 600;

const SOURCE: &[&str] = &["rs", "js", "mjs", "css", "py", "go", "sh"];

fn finding(file: &File, line: usize, what: impl Into<String>) -> Finding {
    Finding { path: file.path.clone(), line, what: what.into() }
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_test.go") || path.starts_with("e2e/stories/")
}

/// The opening words of statements. Upper case, as all statements here are written; the second word, where there is one, must
/// follow somewhere in the same text.
const STATEMENTS: &[(&str, &str)] = &[
    ("SELECT ", " FROM "),
    ("SELECT ", "($1"),
    ("INSERT INTO ", ""),
    ("DELETE FROM ", ""),
    ("UPDATE ", " SET "),
    ("CREATE TABLE ", ""),
    ("CREATE INDEX ", ""),
    ("ALTER TABLE ", ""),
    ("DROP TABLE ", ""),
    ("PRAGMA ", ""),
];

/// Where the tests change a data folder behind the program's back, to see that it notices.
const TAMPERS: &str = "crates/testkit/";

pub fn sql_outside_storage(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_extension(&["rs"]) && !file.path.starts_with("crates/storage/") && !file.path.starts_with(TAMPERS)) {
        for (number, line) in file.lines() {
            let code = line.trim_start();
            let quoted = !code.starts_with("//") && code.contains('"');
            if quoted && STATEMENTS.iter().any(|(first, second)| code.split_once(first).is_some_and(|(_, rest)| second.is_empty() || rest.contains(second))) {
                found.push(finding(file, number, "an SQL statement outside crates/storage"));
            }
        }
    }
    found
}

pub fn long_files(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|file| file.has_extension(SOURCE) && !is_test(&file.path))
        .filter_map(|file| {
            let lines = file.text.lines().take_while(|line| !line.starts_with("mod tests {")).count();
            (lines > LINES_MAX).then(|| finding(file, 0, format!("{lines} lines, at most {LINES_MAX}")))
        })
        .collect()
}

/// Clippy refuses `unwrap`, `dbg!` and the rest only where the crate asks for the lints of the workspace.
pub fn lints_not_inherited(tree: &Tree) -> Vec<Finding> {
    const LINTS: &[&str] = &["unwrap_used", "dbg_macro", "todo", "unimplemented", "allow_attributes_without_reason"];
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.name() == "Cargo.toml") {
        if file.text.contains("[workspace]") {
            for lint in LINTS {
                if !file.text.lines().any(|line| line.starts_with(lint) && (line.contains("warn") || line.contains("deny"))) {
                    found.push(finding(file, 0, format!("the lint {lint} is not on")));
                }
            }
        } else if !section(&file.text, "lints").any(|(_, line)| line == "workspace = true") {
            found.push(finding(file, 0, "no `[lints] workspace = true`"));
        }
    }
    found
}

/// The lines below `[name]` in a TOML file, with their numbers.
pub(super) fn section<'t>(text: &'t str, name: &str) -> impl Iterator<Item = (usize, &'t str)> {
    let header = format!("[{name}]");
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .skip_while(move |(_, line)| *line != header)
        .skip(1)
        .take_while(|(_, line)| !line.starts_with('['))
}

/// In two pieces, so that this file does not find itself. Three X are not among them: they are the nationality of somebody
/// whose nationality is not specified (ICAO Doc 9303 part 3 section 5).
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("HA", "CK")];

pub fn unfinished_words(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| !file.has_extension(&["lock", "svg", "snap"]) && file.name() != "package-lock.json") {
        for (number, line) in file.lines() {
            // Whole words: a Mersenne number or a document number may well contain the letters.
            let word = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| UNFINISHED.contains(word));
            if let Some(word) = word {
                found.push(finding(file, number, word));
            }
        }
    }
    found
}
