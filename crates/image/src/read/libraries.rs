//! The shared libraries that the loader of an image finds.

use std::collections::BTreeMap;

use super::content::Content;
use super::databases::text_weight;
use super::detected::DetectedLibrary;
use super::elf::ElfDigest;
use super::fault::ImageFault;
use super::loader;
use super::notes::Notes;
use super::search_path;
use super::tree::{FoundFile, Tree};

/// The machine of the loader. An image may also have libraries of other machines, which the loader ignores.
#[derive(Clone, Copy, Debug)]
pub(super) struct MachineKind<'a> {
    pub(super) machine: &'a str,
    pub(super) bits: u8,
}

/// The libraries of an image with glibc.
///
/// The order of ld.so(8): `LD_LIBRARY_PATH`, the cache, then the directories built in. The loader does not read
/// `ld.so.conf`; `ldconfig` reads it and writes the cache.
pub(super) fn glibc(
    tree: &Tree,
    environment: &[(String, String)],
    kind: MachineKind<'_>,
    notes: &mut Notes,
) -> Result<Vec<DetectedLibrary>, ImageFault> {
    let mut found = BTreeMap::new();
    for directory in search_path::library_path(environment) {
        notes.evidence(
            "loader path",
            &format!("/{directory}"),
            "LD_LIBRARY_PATH",
            "configuration of the image",
        );
        directory_into(tree, &directory, kind, &mut found, notes)?;
    }
    let cache = tree.find("etc/ld.so.cache");
    match cache.map(|cache| &**cache.content) {
        Some(Content::LoaderCache(cache)) => {
            let count = cache.entries().len().to_string();
            notes.evidence("loader cache", &count, "/etc/ld.so.cache", "entries of the cache");
            for (name, path) in cache.entries() {
                add(tree, name, path, kind, &mut found)?;
            }
        }
        Some(Content::Unreadable(why)) => {
            notes.incomplete_libraries(&format!("/etc/ld.so.cache: {why}"));
        }
        _ => {}
    }
    for directory in loader::glibc_directories(kind.machine, kind.bits) {
        directory_into(tree, &directory, kind, &mut found, notes)?;
    }
    for (directory, file) in loader::configured_directories(tree) {
        let mut missed = BTreeMap::new();
        directory_into(tree, &directory, kind, &mut missed, notes)?;
        let missed: Vec<String> = missed
            .into_values()
            .filter(|library| library.declared.is_none() && !found.contains_key(&library.soname))
            .map(|library| library.soname)
            .collect();
        if !missed.is_empty() {
            notes.contradiction(
                "loader path",
                "not found by the loader",
                "/etc/ld.so.cache",
                &format!("/{directory} with {}", missed.join(", ")),
                &format!("/{file}"),
            );
        }
    }
    Ok(found.into_values().collect())
}

/// The libraries of an image with musl: `LD_LIBRARY_PATH`, then the one path (musl 1.2.5, `ldso/dynlink.c`).
pub(super) fn musl(
    tree: &Tree,
    environment: &[(String, String)],
    loader_path: &str,
    kind: MachineKind<'_>,
    notes: &mut Notes,
) -> Result<Vec<DetectedLibrary>, ImageFault> {
    let mut found = BTreeMap::new();
    // The loader is the C library. It provides `libc.so`, `libc.musl-<arch>.so.1` and all other names that start with
    // `libc.` without a search.
    if let Some((path, _)) = tree.find(loader_path).and_then(|at| library(at, kind)) {
        let loader_name = loader_path.rsplit('/').next().unwrap_or_default();
        for name in ["libc.so", loader_name] {
            let library = DetectedLibrary {
                soname: name.to_owned(),
                declared: None,
                path: path.clone(),
                nodes: Vec::new(),
            };
            found.insert(name.to_owned(), library);
        }
    }
    for directory in search_path::library_path(environment) {
        notes.evidence(
            "loader path",
            &format!("/{directory}"),
            "LD_LIBRARY_PATH",
            "configuration of the image",
        );
        directory_into(tree, &directory, kind, &mut found, notes)?;
    }
    let (directories, file) = loader::musl_directories(tree, loader_path);
    if let Some(file) = file {
        let path: Vec<String> = directories.iter().map(|directory| format!("/{directory}")).collect();
        notes.evidence("loader path", &path.join(":"), &format!("/{file}"), "path file of the loader");
    }
    for directory in directories {
        directory_into(tree, &directory, kind, &mut found, notes)?;
    }
    Ok(found.into_values().collect())
}

fn directory_into(
    tree: &Tree,
    directory: &str,
    kind: MachineKind<'_>,
    found: &mut BTreeMap<String, DetectedLibrary>,
    notes: &mut Notes,
) -> Result<(), ImageFault> {
    if let Some((closed, why)) = tree.closed(directory) {
        notes.incomplete_libraries(&format!("`/{closed}`: {why}"));
    }
    for name in tree.names(directory) {
        if !name.contains(".so") {
            continue;
        }
        let path = format!("{directory}/{name}");
        add(tree, name, &path, kind, found)?;
        if let Some(target) = tree.lost(&path) {
            notes.unread_library(
                name,
                &format!(
                    "`/{path}` is a hard link to `/{target}`, and that name is not the name of a library"
                ),
            );
        }
        if let Some(Content::Unreadable(why)) = tree.find(&path).map(|at| &**at.content)
            && !found.contains_key(name)
        {
            notes.unread_library(name, &format!("`/{path}`: {why}"));
        }
    }
    Ok(())
}

/// Adds a library unless its name was found before. Like the loader it ignores files of other machines.
fn add(
    tree: &Tree,
    name: &str,
    path: &str,
    kind: MachineKind<'_>,
    found: &mut BTreeMap<String, DetectedLibrary>,
) -> Result<(), ImageFault> {
    if found.contains_key(name) {
        return Ok(());
    }
    let Some((path, facts)) = tree.find(path).and_then(|at| library(at, kind)) else { return Ok(()) };
    // Each name has a copy of the facts of its file, and a file may have many names.
    let texts = [name, &path].map(|text| text.len() + 40);
    let nodes = facts.nodes.iter().map(text_weight);
    tree.budget().keep(size_of::<DetectedLibrary>() + texts.into_iter().chain(nodes).sum::<usize>())?;
    let declared = facts.soname.clone().filter(|soname| soname != name);
    let library = DetectedLibrary { soname: name.to_owned(), declared, path, nodes: facts.nodes.clone() };
    found.insert(name.to_owned(), library);
    Ok(())
}

fn library<'a>(at: FoundFile<'a>, kind: MachineKind<'_>) -> Option<(String, &'a ElfDigest)> {
    match &**at.content {
        Content::Elf(facts) if facts.machine == kind.machine && facts.bits == kind.bits => {
            Some((format!("/{}", at.path), facts))
        }
        _ => None,
    }
}
