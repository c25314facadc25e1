//! Every path of this repository that a document names exists.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The documents whose paths are checked, in addition to `docs/*.md`.
const DOCUMENTS: &[&str] =
    &["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "STYLE.md", "examples/README.md", "fuzz/README.md"];

/// What a document says outside of indented blocks: its backticked words, and the targets of its relative links.
fn named(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut quoted, mut links) = (Vec::new(), Vec::new());
    let mut is_fenced = false;
    for line in text.lines() {
        is_fenced ^= line.starts_with("```");
        if is_fenced || line.starts_with("    ") {
            continue;
        }
        quoted.extend(line.split('`').skip(1).step_by(2).flat_map(str::split_whitespace));
        links.extend(line.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    }
    links.retain(|link| !link.contains("://") && !link.starts_with('#'));
    (quoted, links)
}

/// The file or folder that a backticked word names, if it looks like a path of this repository.
fn repository_path(root: &Path, word: &str) -> Option<PathBuf> {
    let word = word.trim_matches(|c: char| ",;:()".contains(c));
    let (first, rest) = word.split_once('/')?;
    let is_pattern = word.contains(|c: char| "*<>{}$=:".contains(c)) || rest.starts_with('/');
    (!is_pattern
        && !first.is_empty()
        && !first.starts_with("..")
        && first != "."
        && root.join(first).is_dir())
    .then(|| root.join(word))
}

/// The paths of a document that do not exist.
fn missing(root: &Path, folder: &Path, text: &str) -> Vec<String> {
    let (quoted, links) = named(text);
    let quoted = quoted.into_iter().filter(|word| {
        let path = repository_path(root, word);
        path.is_some_and(|path| !path.exists())
    });
    let links = links.into_iter().filter(|link| {
        let path = link.split('#').next().unwrap_or_default();
        !folder.join(path).exists()
    });
    quoted.chain(links).map(str::to_owned).collect()
}

#[test]
fn paths_in_documents_exist() {
    let root = super::root();
    let mut documents = super::documents();
    documents.extend(DOCUMENTS.iter().map(|name| root.join(name)));
    let mut report = String::new();
    for path in documents {
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for missing in missing(&root, path.parent().expect("a folder"), &text) {
            writeln!(report, "{}: `{missing}` does not exist", path.display()).expect("a string");
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn missing_paths_are_found() {
    let root = super::root();
    let text = "See `src/lib.rs`, `src/no-such-file.rs` and `application/json`.\n\
                A [link](docs/no-such-page.md) and a [good one](README.md#targets), [far](https://example.org/).\n\
                \n    cat `src/example.rs`\n\n`tests/*/none`\n";
    assert_eq!(missing(&root, &root, text), ["src/no-such-file.rs", "docs/no-such-page.md"]);
}
