//! What may stand on what, and what may not stand anywhere.

use std::fs;
use std::path::Path;

use crate::rules::meta::files;

/// Modules by layer, lowest first. A module uses those below it, and its neighbours in the order given.
const LAYERS: [&[&str]; 7] = [
    &["name", "error", "source", "version"],
    &["tags", "filename", "target", "marker", "requirement"],
    &[
        "index",
        "metadata",
        "sdist",
        "zip",
        "elf",
        "policy",
        "wheel",
        "requirements",
        "lock",
        "image",
        "dockerfile",
    ],
    &["gate", "imports", "inspect", "resolve", "load", "build"],
    &["verdict", "report"],
    &["edge"],
    &["cli"],
];

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The text of a source file without its tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let own = text.split("#[cfg(test)]").next().unwrap_or_default();
    own.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Effects live in `edge` and `cli`; everything below is a function of its arguments.
#[test]
fn the_core_has_no_effects() {
    const EFFECTS: [&str; 14] = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "thread::sleep",
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "tokio::",
        "reqwest::",
        "println!",
        "async fn",
        "stdin()",
    ];
    let mut faults = Vec::new();
    for path in files("src", &["rs"]) {
        let place = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
        let is_edge = ["src/edge", "src/cli", "src/main.rs"].iter().any(|edge| place.starts_with(edge));
        if is_edge || place.ends_with("tests.rs") {
            continue;
        }
        let text = code(&path);
        for effect in EFFECTS.iter().filter(|effect| text.contains(**effect)) {
            faults.push(format!("{}: {effect}", place.display()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut faults = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in files("src", &["rs"]) {
        let place = path.strip_prefix(&root).unwrap();
        let own = place.components().next().unwrap().as_os_str().to_string_lossy();
        let own = own.trim_end_matches(".rs");
        let Some(own_layer) = layer(own) else { continue };
        let text = code(&path);
        for (position, _) in text.match_indices("crate::") {
            let rest = &text[position + "crate::".len()..];
            let used: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            // The finding's shape is a word of everybody; the table of codes is above all.
            if used == "gate" || used == own {
                continue;
            }
            if layer(&used).is_some_and(|used_layer| used_layer > own_layer) {
                faults.push(format!("{} uses {used}", place.display()));
            }
        }
    }
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// The next reader knows the project, and not how it came to be.
#[test]
fn the_project_speaks_of_nothing_but_itself() {
    let hosts = format!("files.{}hosted.org", "python");
    let words = [hosts.as_str(), "/tmp/", "todo!(", "unimplemented!(", "dbg!("];
    let mut faults = Vec::new();
    for path in files("src", &["rs"]) {
        let text = code(&path);
        for word in words.iter().filter(|word| text.contains(**word)) {
            faults.push(format!("{}: {word}", path.display()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
