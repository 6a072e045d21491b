//! No word is missing in a language, none is left over, none takes other arguments in one language than in the other or in the source.

use siger_domain::access::{Action, Purpose, ResourceKind, Role};
use siger_web::locale::{self, Locale};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Calls `each` with the path and text of every source file of the crate.
pub fn each_source(mut each: impl FnMut(&Path, &str)) {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                each(&path, &std::fs::read_to_string(&path).unwrap());
            }
        }
    }
}

/// Key to the names of its arguments.
fn messages(locale: Locale) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (area, source) in locale::sources(locale) {
        let mut key = None;
        for line in source.lines() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let name = line.split('=').next().unwrap().trim().to_owned();
                assert!(all.insert(name.clone(), BTreeSet::new()).is_none(), "{area}.ftl ({}): {name} is defined twice", locale.tag());
                key = Some(name);
            }
            if let Some(key) = &key {
                let names = line.split('$').skip(1).map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>());
                all.get_mut(key).unwrap().extend(names);
            }
        }
    }
    all
}

/// What the source asks for: keys with the arguments it gives them, and families of words.
#[derive(Default)]
struct Used {
    keys: BTreeMap<String, BTreeSet<String>>,
    families: BTreeSet<String>,
}

fn used() -> Used {
    let mut used = Used::default();
    each_source(|path, text| {
        // Examples in tests and comments ask for words that need not exist.
        let text: String = text
            .split("#[cfg(test)]")
            .next()
            .unwrap()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |all, line| all + line + "\n");
        for (at, _) in text.match_indices(".text(") {
            if let Some(key) = literal(&text[at + 6..]) {
                used.keys.entry(key.to_owned()).or_default();
            }
        }
        for (at, _) in text.match_indices(".format(") {
            let rest = &text[at + 8..];
            let Some(key) = literal(rest) else { continue };
            let arguments = rest.split_once("&[").map(|(_, list)| list).unwrap_or_default();
            let names = arguments_of(arguments);
            let before = used.keys.insert(key.to_owned(), names.clone());
            assert!(before.is_none_or(|before| before.is_empty() || before == names), "{}: {key} gets other arguments here than elsewhere", path.display());
        }
        for (at, _) in text.match_indices(".word(") {
            if let Some(family) = literal(&text[at + 6..]) {
                used.families.insert(family.to_owned());
            }
        }
    });
    used
}

fn literal(rest: &str) -> Option<&str> {
    rest.trim_start().strip_prefix('"')?.split('"').next()
}

/// Names in `("count", ...), ("total", ...)]`, up to the bracket that closes the list.
fn arguments_of(list: &str) -> BTreeSet<String> {
    let (mut depth, mut end) = (1, list.len());
    for (at, c) in list.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            end = at;
            break;
        }
    }
    // An argument's value may ask for another message with arguments of its own; only the outer names count.
    let (mut names, mut depth) = (BTreeSet::new(), 0);
    for (at, c) in list[..end].char_indices() {
        match c {
            '(' => {
                if depth == 0
                    && let Some(name) = literal(&list[at + 1..end])
                {
                    names.insert(name.to_owned());
                }
                depth += 1;
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    names
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    let [id, en] = Locale::ALL.map(messages);
    let keys = |from: &BTreeMap<String, BTreeSet<String>>| from.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&id).difference(&keys(&en)).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
    assert_eq!(keys(&en).difference(&keys(&id)).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in Indonesian");
    for (key, arguments) in &id {
        assert_eq!(arguments, &en[key], "{key} takes other arguments in the other language");
    }
}

#[test]
fn the_source_and_the_languages_agree() {
    let used = used();
    let known = messages(Locale::Id);
    let mut faults = Vec::new();
    for (key, arguments) in &used.keys {
        match known.get(key) {
            None => faults.push(format!("{key}: used, but in no file")),
            Some(known) if known != arguments => faults.push(format!("{key}: the source gives {arguments:?}, the message takes {known:?}")),
            Some(_) => {}
        }
    }
    for key in known.keys() {
        let in_family = used.families.iter().any(|family| key.strip_prefix(family.as_str()).is_some_and(|rest| rest.starts_with('-')));
        // Every member of a vocabulary has a word, whether or not a page says it yet; the next test asks for all of them.
        let in_vocabulary = ["role-", "purpose-", "resource-", "action-"].iter().any(|family| key.starts_with(family));
        if !used.keys.contains_key(key) && !in_family && !in_vocabulary {
            faults.push(format!("{key}: in the files, but never used"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_member_of_a_vocabulary_has_a_word() {
    let members = [
        ("role", Role::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>()),
        ("purpose", Purpose::ALL.iter().map(|it| it.as_str()).collect()),
        ("resource", ResourceKind::ALL.iter().map(|it| it.as_str()).collect()),
        ("action", Action::ALL.iter().map(|it| it.as_str()).collect()),
        ("error-title", ["forbidden", "not_found", "conflict", "too_large", "unsupported_kind", "invalid", "too_often", "internal", "unavailable"].to_vec()),
    ];
    for locale in Locale::ALL {
        for (family, members) in &members {
            for member in members {
                let key = format!("{family}-{}", member.replace('.', "-"));
                assert!(locale.has(&key), "{} has no word for {key}", locale.tag());
            }
        }
    }
}

/// The glossary is the one place that maps the office's words: a role is called on the pages as it is there.
#[test]
fn roles_are_called_as_in_the_glossary() {
    let glossary = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/glossary.md")).unwrap();
    let section = glossary.split("\n## ").find(|section| section.starts_with("People and roles")).unwrap();
    // What stands in brackets is another name or the longer one: "kepala seksi intelijen dan penindakan (*Inteldakim*)".
    let known: BTreeSet<[&str; 2]> = section
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ").map(|cell| cell.split(" (").next().unwrap_or(cell));
            Some([cells.next()?, cells.next()?])
        })
        .collect();
    for role in Role::ALL {
        let [id, en] = Locale::ALL.map(|locale| locale.word("role", role.as_str()));
        let small = |word: &str| word[..1].to_lowercase() + &word[1..];
        assert!(known.contains(&[small(en).as_str(), small(id).as_str()]), "{role:?}: the pages say {en:?} and {id:?}, the glossary does not");
    }
}

#[test]
fn every_file_of_words_is_read() {
    for locale in Locale::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(locale.tag());
        let mut found: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".ftl").to_owned()).collect();
        found.sort();
        let mut listed: Vec<&str> = locale::AREAS.to_vec();
        listed.sort_unstable();
        assert_eq!(found, listed, "a file in locales/{} that is not in the list of areas, or the other way round", locale.tag());
    }
}

#[test]
fn arguments_are_found() {
    assert_eq!(arguments_of(r#"("a", x.into()), ("b", t.format("k", &[("c", 1.into())]).into())]) and ("d", 1)"#), ["a", "b"].map(str::to_owned).into());
}
