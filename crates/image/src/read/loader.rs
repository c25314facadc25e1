//! The directories in which the loaders of glibc and musl search.

use std::collections::BTreeMap;

use wheelbase_formats::{glob, limits};

use super::search_path::below_root;
use super::tree::Tree;

/// The names of the library directories that are built into the glibc of Debian.
/// <https://wiki.debian.org/Multiarch/Tuples>
const TRIPLETS: &[(&str, &str)] = &[
    ("x86_64", "x86_64-linux-gnu"),
    ("i686", "i386-linux-gnu"),
    ("aarch64", "aarch64-linux-gnu"),
    ("armv7l", "arm-linux-gnueabihf"),
    ("ppc64le", "powerpc64le-linux-gnu"),
    ("s390x", "s390x-linux-gnu"),
    ("riscv64", "riscv64-linux-gnu"),
    ("loongarch64", "loongarch64-linux-gnu"),
];

/// Returns the directories that the loader of glibc searches, in order. Each distribution has only some of them. The
/// others do not exist in the image, so all are tried.
pub(crate) fn glibc_directories(machine: &str, bits: u8) -> Vec<String> {
    let mut directories = Vec::new();
    if let Some((_, triplet)) = TRIPLETS.iter().find(|(name, _)| *name == machine) {
        directories.extend([format!("lib/{triplet}"), format!("usr/lib/{triplet}")]);
    }
    if bits == 64 {
        directories.extend(["lib64", "usr/lib64"].map(str::to_owned));
    }
    directories.extend(["lib", "usr/lib"].map(str::to_owned));
    directories
}

/// Returns the search path of the loader of musl: the directories in `etc/ld-musl-<arch>.path`, separated by newlines or
/// colons, or the built-in path (musl 1.2.5, `ldso/dynlink.c`, `load_library`).
pub(crate) fn musl_directories(tree: &Tree, loader: &str) -> (Vec<String>, Option<String>) {
    let arch = loader.rsplit('/').next().unwrap_or_default();
    let arch = arch.strip_prefix("ld-musl-").and_then(|rest| rest.strip_suffix(".so.1")).unwrap_or_default();
    let file = format!("etc/ld-musl-{arch}.path");
    match tree.text(&file) {
        Some(text) => {
            let directories = text.split(['\n', ':']).map(str::trim).filter(|part| part.starts_with('/'));
            (directories.map(below_root).collect(), Some(file))
        }
        None => (["lib", "usr/local/lib", "usr/lib"].map(str::to_owned).to_vec(), None),
    }
}

/// Returns the directories in `etc/ld.so.conf` and its included files. `ldconfig` reads them, not the loader.
pub(crate) fn configured_directories(tree: &Tree) -> BTreeMap<String, String> {
    let mut directories = BTreeMap::new();
    let mut pending = vec!["etc/ld.so.conf".to_owned()];
    let mut seen = Vec::new();
    while let Some(file) = pending.pop() {
        if seen.contains(&file)
            || seen.len() > limits::IMAGE_LOADER_FILES
            || directories.len() > limits::IMAGE_LOADER_FOLDERS
        {
            continue;
        }
        if let Some(text) = tree.text(&file) {
            for line in text.lines() {
                if directories.len() > limits::IMAGE_LOADER_FOLDERS
                    || pending.len() > limits::IMAGE_LOADER_FOLDERS
                {
                    break;
                }
                let line = line.split('#').next().unwrap_or_default().trim();
                if let Some(pattern) =
                    line.strip_prefix("include").filter(|rest| rest.starts_with([' ', '\t']))
                {
                    for pattern in pattern.split_whitespace() {
                        pending.extend(matching(tree, pattern));
                    }
                } else if !line.starts_with("hwcap") {
                    for part in line.split([' ', '\t', ':', ',']).filter(|part| part.starts_with('/')) {
                        // `directory=type` was allowed until glibc 2.32.
                        let part = part.split('=').next().unwrap_or(part);
                        directories.entry(below_root(part)).or_insert_with(|| file.clone());
                    }
                }
            }
        }
        seen.push(file);
    }
    directories
}

/// The length of the longest file name on Linux in bytes (limits.h), and of the longest pattern that is used.
const NAME_MAX: usize = 255;

/// The files of a pattern. ldconfig(8) uses glob(3); distributions use patterns only in the file name.
fn matching(tree: &Tree, pattern: &str) -> Vec<String> {
    let absolute = if pattern.starts_with('/') { below_root(pattern) } else { format!("etc/{pattern}") };
    let Some((directory, name)) = absolute.rsplit_once('/') else { return Vec::new() };
    if !glob::is_pattern(name) {
        return vec![absolute];
    }
    // An untrusted pattern is compared with each name of a directory.
    if name.len() > NAME_MAX {
        return Vec::new();
    }
    let names = tree.names(directory).into_iter().filter(|file| glob::matches_path(name, file));
    names.map(|file| format!("{directory}/{file}")).collect()
}
