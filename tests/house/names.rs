//! One name for each public type.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::graph::rust_files;
use super::{shown, sources};

/// The names of the public types that a file defines.
fn public_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("pub ")?;
        let (kind, rest) = rest.split_once(' ')?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        matches!(kind, "struct" | "enum" | "trait" | "type" | "union").then(|| &rest[..end])
    })
}

/// The names that more than one file defines, with the files.
fn shared<'t>(files: impl IntoIterator<Item = (&'t PathBuf, &'t str)>) -> Vec<(String, Vec<&'t PathBuf>)> {
    let mut all: BTreeMap<&str, Vec<&PathBuf>> = BTreeMap::new();
    for (file, text) in files {
        for name in public_types(text) {
            all.entry(name).or_default().push(file);
        }
    }
    let twice = all.into_iter().filter(|(_, files)| files.len() > 1);
    twice.map(|(name, files)| (name.to_owned(), files)).collect()
}

#[test]
fn no_two_public_types_have_the_same_name() {
    let mut files = Vec::new();
    for src in sources() {
        rust_files(&src, &mut files);
    }
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let shared = shared(files.iter().zip(texts.iter().map(String::as_str)));
    let report: Vec<String> = shared
        .iter()
        .map(|(name, files)| {
            let files: Vec<String> = files.iter().map(|file| shown(file)).collect();
            format!("{name}: {}", files.join(", "))
        })
        .collect();
    assert!(report.is_empty(), "public types with the same name:\n{}", report.join("\n"));
}

#[test]
fn types_of_any_kind_are_compared() {
    let (a, b) = (PathBuf::from("a.rs"), PathBuf::from("b.rs"));
    let twice = |one: &'static str, other: &'static str| shared([(&a, one), (&b, other)]).len();
    assert_eq!(twice("pub struct A;", "mod inner {\n    pub enum A<'a> {\n"), 1);
    assert_eq!(twice("pub trait A: Copy {", "pub type A = u8;"), 1);
    assert_eq!(twice("pub struct A;", "struct A;\npub(crate) struct A;\npub fn A() {}\npub struct Ab;"), 0);
}
