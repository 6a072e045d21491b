//! Rules about what is written for readers.

use super::{File, Finding, Tree};

fn finding(file: &File, line: usize, what: impl Into<String>) -> Finding {
    Finding { path: file.path.clone(), line, what: what.into() }
}

/// The lines of a Markdown file outside fenced blocks of code.
fn prose(file: &File) -> Vec<(usize, &str)> {
    let mut fenced = false;
    file.lines()
        .filter(|(_, line)| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .collect()
}

/// A line without its `code`, in which brackets are not links.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The anchor that a heading gets, as GitHub makes it.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// `folder/../other` as a path from the root; `None` when it leaves the project.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = match target.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Whether the file has a heading of this anchor; only Markdown is asked.
fn has_heading(tree: &Tree, path: &str, fragment: &str) -> bool {
    let Some(file) = tree.file(path).filter(|file| file.has_extension(&["md"])) else { return true };
    prose(file).iter().any(|(_, line)| line.starts_with('#') && anchor(line) == fragment)
}

pub fn broken_links(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_extension(&["md"])) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (number, line) in prose(file) {
            let line = without_code(line);
            for target in line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()) {
                if target.contains("://") || target.starts_with("mailto:") {
                    continue;
                }
                let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
                let Some(path) = (if path.is_empty() { Some(file.path.clone()) } else { resolve(folder, path) }) else {
                    found.push(finding(file, number, format!("{target} leaves the project")));
                    continue;
                };
                if !path.is_empty() && !tree.has(&path) {
                    found.push(finding(file, number, format!("{target} does not exist")));
                } else if !fragment.is_empty() && !has_heading(tree, &path, fragment) {
                    found.push(finding(file, number, format!("{target}: no such heading")));
                }
            }
        }
    }
    found
}

pub fn decisions_out_of_order(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let decisions = tree.files.iter().filter(|file| file.path.starts_with("docs/adr/") && file.name() != "README.md");
    for (expected, file) in (1..).zip(decisions) {
        let number =
            file.name().get(..5).and_then(|start| start.strip_suffix('-')).filter(|number| number.len() == 4).and_then(|number| number.parse::<usize>().ok());
        if number != Some(expected) {
            found.push(finding(file, 0, format!("expected a name that begins with {expected:04}-")));
        }
        for needed in ["# ", "Date: ", "Status: ", "## Context", "## Decision", "## Consequences"] {
            if !file.text.lines().any(|line| line.starts_with(needed)) {
                found.push(finding(file, 0, format!("no line that begins with '{}'", needed.trim())));
            }
        }
    }
    found
}
