//! The table of codes: documented, used, and held by tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use wheelbase::findings::Code;

/// All files below a folder of the project with one of these extensions.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(root!()).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn kebab(text: &str) -> bool {
    !text.is_empty()
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[test]
fn every_code_is_explained() {
    let all = Code::ALL;
    for code in all {
        let name = code.name();
        assert!(kebab(name), "{name} is kebab-case");
        assert!(
            !code.summary().is_empty() && !code.summary().ends_with('.'),
            "{name}: one line without final stop"
        );
        let text = code.explanation();
        assert!(text.len() > 60 && text.ends_with('.'), "{name}: a real explanation");
        assert!(code.link().starts_with("https://"), "{name}");
    }
    let names: BTreeSet<&str> = all.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), all.len(), "no name stands twice");
}

/// Every code is reported by some rule.
#[test]
fn every_code_is_reported_somewhere() {
    let mut sources = String::new();
    for path in files("src", &["rs"]).into_iter().chain(files("crates/cli/src", &["rs"])) {
        if !path.ends_with("findings/code.rs") {
            sources.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    let variant = |name: &str| -> String {
        name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
    };
    let unused: Vec<&str> = Code::ALL
        .iter()
        .map(|code| code.name())
        .filter(|name| !sources.contains(&format!("Code::{}", variant(name))))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// The table of resolution by name of its tests; the other areas keep their own under tests/AREA or in src, where a
/// code is at least named.
#[test]
fn every_code_is_held_by_tests() {
    let resolution: BTreeSet<String> = files("src/findings/resolution", &["rs"])
        .iter()
        .filter_map(|path| path.file_stem()?.to_str())
        .filter(|stem| *stem != "mod")
        .map(|stem| stem.replace('_', "-"))
        .collect();
    assert!(resolution.len() >= 14, "{resolution:?}");
    let rules = include_str!("resolution.rs");
    let mut tests = String::new();
    // These name codes without a case in which they fire: the list of all codes, and this file.
    let lists = ["meta.rs", "gate.rs", "main__cli__gate__explain.snap"];
    for path in files("tests", &["rs", "snap", "json", "txt"]) {
        if !lists.iter().any(|name| path.ends_with(name)) {
            tests.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
        }
    }
    for path in files("src", &["rs"]).into_iter().chain(files("crates/cli/src", &["rs"])) {
        let text = fs::read_to_string(&path).unwrap();
        if let Some((_, own)) = text.split_once("#[cfg(test)]") {
            tests.push_str(own);
        }
        if path.ends_with("tests.rs") {
            tests.push_str(&text);
        }
    }
    let mut missing = Vec::new();
    for code in Code::ALL {
        let name = code.name();
        if resolution.contains(name) {
            for suffix in ["fires", "silent"] {
                let test = format!("fn {}_{suffix}()", name.replace('-', "_"));
                if !rules.contains(&test) {
                    missing.push(test);
                }
            }
        } else if !tests.contains(name) {
            missing.push(name.to_owned());
        }
    }
    assert!(missing.is_empty(), "no test holds: {missing:?}");
}
