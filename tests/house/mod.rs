//! Rules about the sources themselves: no circles of files, no long files.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

mod graph;
mod names;

use graph::Graph;

/// The maximum number of lines of a source file.
const MAX_LINES: usize = 600;

/// The extensions of files that people write. Recorded and generated data has others.
const WRITTEN: [&str; 4] = ["rs", "py", "sh", "c"];

/// The `src` folders of all crates of the workspace.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(root!());
    let mut found = vec![root.join("src")];
    for entry in std::fs::read_dir(root.join("crates")).unwrap() {
        let src = entry.unwrap().path().join("src");
        if src.is_dir() {
            found.push(src);
        }
    }
    found.sort();
    found
}

/// All files with these extensions below a folder, without the output of builds.
fn files_below(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                files_below(&path, extensions, found);
            }
        } else if path.extension().and_then(|end| end.to_str()).is_some_and(|end| extensions.contains(&end)) {
            found.push(path);
        }
    }
}

fn shown(file: &Path) -> String {
    file.strip_prefix(root!()).unwrap().to_str().unwrap().replace('\\', "/")
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let mut report = String::new();
    for src in sources() {
        let graph = Graph::of_crate(&src);
        for circle in graph.circles() {
            writeln!(report, "circle of {} files:", circle.len()).unwrap();
            for (from, to) in graph.uses_within(&circle) {
                writeln!(report, "  {} uses {}", shown(&from), shown(&to)).unwrap();
            }
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn files_have_at_most_600_lines() {
    let root = Path::new(root!());
    let mut files = Vec::new();
    for folder in ["src", "crates", "data", "tests", "benches", "fuzz", "examples"] {
        let before = files.len();
        files_below(&root.join(folder), &WRITTEN, &mut files);
        assert!(files.len() > before, "no files in {folder}");
    }
    let mut report = String::new();
    for file in files {
        let lines = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).lines().count();
        if lines > MAX_LINES {
            writeln!(report, "{} has {lines} lines", shown(&file)).unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn output_of_builds_has_no_limit() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.rs", "b/c.py", "b/d.json", "target/e.rs", "b/target/f.rs"] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let mut found = Vec::new();
    files_below(folder.path(), &WRITTEN, &mut found);
    found.sort();
    assert_eq!(found, [folder.path().join("a.rs"), folder.path().join("b/c.py")]);
}

/// The circles of a crate made of these files.
fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let graph = Graph::of_crate(folder.path());
    let name = |file: &PathBuf| file.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
    graph.circles().iter().map(|circle| circle.iter().map(name).collect()).collect()
}

#[test]
fn circles_are_found_through_every_kind_of_path() {
    let root = ("lib.rs", "mod a; mod b;");
    for (a, b) in [
        ("use crate::b::B; struct A;", "use super::a::A; struct B;"),
        ("fn f() { crate::b::g() }", "fn g() { super::a::f() }"),
        ("use crate::{b, c}; fn f() { b::g() }", "fn g() { let x: crate::a::A = 1; }"),
        ("mod c; pub use c::C;", "struct B;"),
    ] {
        let c = ("a/c.rs", "use super::super::b::B; struct C;");
        let expected = a != "mod c; pub use c::C;";
        assert_eq!(!circles_of(&[root, ("a.rs", a), ("b.rs", b), c]).is_empty(), expected, "{a} {b}");
    }
    // Through a re-export, to the file that defines the item.
    let files = [
        root,
        ("a.rs", "mod c; pub use c::C;"),
        ("a/c.rs", "use super::super::b::B; struct C;"),
        ("b.rs", "use crate::a::C; struct B;"),
    ];
    assert_eq!(circles_of(&files), [["a/c.rs", "b.rs"]]);
}

#[test]
fn comments_literals_and_tests_are_no_uses() {
    let b = "// crate::a::A\nconst X: &str = \"crate::a::A\"; const Y: char = '\"';\n\
             #[cfg(test)] mod tests { use crate::a::A; }";
    assert!(circles_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", "use crate::b::X;"), ("b.rs", b)]).is_empty());
}
