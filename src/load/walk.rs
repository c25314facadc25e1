//! The loader, step by step.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::image::{LibrarySet, Presence};
use crate::policy::MuslSymbols;
use crate::target::LibcFamily;

use super::layout::{Layout, fits};

/// The origin of a required library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// A file of a wheel.
    File(usize),
    /// The image.
    Image,
    /// Not on any search path.
    Absent {
        /// A file of that name elsewhere, which is used only if it is already loaded.
        elsewhere: Option<usize>,
        /// A search path leads to a directory of a wheel that was not read.
        leads_out: bool,
    },
    /// Unknown, with the reason.
    Unknown(&'a str),
}

/// One required library.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load<'a> {
    /// The file that requires it.
    pub(super) by: usize,
    pub(super) library: &'a str,
    pub(super) found: Found<'a>,
}

/// All that is loaded for one file.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    /// The file itself first, then the files that are loaded for it, in the order of the loader.
    pub(super) files: Vec<usize>,
    pub(super) loads: Vec<Load<'a>>,
}

/// Walks breadth first, as both loaders do.
pub(super) fn walk<'a>(
    layout: &'a Layout<'a>,
    root: usize,
    libc: Option<LibcFamily>,
    libraries: &'a LibrarySet,
) -> Walk<'a> {
    let mut walk = Walk { files: vec![root], loads: Vec::new() };
    let mut known: HashMap<&str, Found<'a>> = HashMap::new();
    let mut seen = HashSet::from([root]);
    let musl = libc == Some(LibcFamily::Musl);
    // glibc uses a loaded file for every requirement of its SONAME (elf/dl-load.c, `_dl_map_object`); musl
    // uses only the names that were searched for (ldso/dynlink.c, `load_library`).
    if !musl && let Some(soname) = soname(layout, root) {
        known.insert(soname, Found::File(root));
    }
    // A file and those that led to it, nearest last.
    let mut queue = VecDeque::from([(root, Vec::new())]);
    while let Some((at, above)) = queue.pop_front() {
        let Some(file) = layout.files.get(at) else { continue };
        let mut chain: Vec<usize> = above;
        chain.push(at);
        for library in &file.member.elf.needed {
            let found = match known.get(library.as_str()) {
                Some(found) => *found,
                None => search(layout, library, &chain, musl, libraries),
            };
            known.insert(library, found);
            if let Found::File(next) = found {
                if !musl && let Some(soname) = soname(layout, next) {
                    known.entry(soname).or_insert(found);
                }
                if seen.insert(next) {
                    walk.files.push(next);
                    queue.push_back((next, chain.clone()));
                }
            }
            walk.loads.push(Load { by: at, library, found });
        }
    }
    // A library that was missing may be loaded later; the loader stops at the first missing one.
    walk
}

fn soname<'a>(layout: &'a Layout<'a>, at: usize) -> Option<&'a str> {
    layout.files.get(at)?.member.elf.soname.as_deref()
}

fn search<'a>(
    layout: &Layout<'a>,
    library: &str,
    chain: &[usize],
    musl: bool,
    libraries: &'a LibrarySet,
) -> Found<'a> {
    let absent = Found::Absent { elsewhere: None, leads_out: false };
    let Some((&at, above)) = chain.split_last() else { return absent };
    let Some(file) = layout.files.get(at) else { return absent };
    if musl && MuslSymbols::table().is_libc(library) {
        return Found::Image;
    }
    // A name with a slash is used as a path (ld.so(8)).
    if library.contains('/') {
        return Found::Unknown("it is required by path and not by name");
    }
    let mut leads_out = false;
    for (owner, entry) in search_path(layout, at, above, musl) {
        if let Some(found) = layout.find(owner, entry, library) {
            // A file for another machine is skipped.
            if layout.files.get(found).is_some_and(|other| fits(file.elf(), other.elf())) {
                return Found::File(found);
            }
        }
        leads_out |= layout.leads_out(owner, entry);
    }
    match libraries.find(library) {
        Presence::Present(_) => Found::Image,
        presence => {
            let elsewhere = layout.anywhere(library, at);
            match presence {
                Presence::Unknown(why) if elsewhere.is_none() => Found::Unknown(why),
                _ => Found::Absent { elsewhere, leads_out },
            }
        }
    }
}

/// The search paths that apply to the requirements of a file, each with the file that has it.
fn search_path<'l>(layout: &'l Layout<'_>, at: usize, above: &[usize], musl: bool) -> Vec<(usize, &'l str)> {
    let elf = |at: usize| layout.files.get(at).map(|file| &file.member.elf);
    let entries = |at: usize, paths: &'l [String]| paths.iter().map(move |path| (at, path.as_str()));
    let chain = std::iter::once(at).chain(above.iter().rev().copied());
    let own = elf(at).map(|elf| elf.runpath.as_slice()).unwrap_or_default();
    // musl inherits both kinds (ldso/dynlink.c, `fixup_rpath` and the loop over `needed_by`).
    if musl {
        let all = chain.filter_map(|at| Some((at, elf(at)?)));
        return all.flat_map(|(at, elf)| entries(at, elf.search_path())).collect();
    }
    // glibc: DT_RUNPATH applies only to its own file and disables every DT_RPATH for it; DT_RPATH also applies to the
    // files that are loaded for its file (elf/dl-load.c, `_dl_map_object`; ld.so(8)).
    if !own.is_empty() {
        return entries(at, own).collect();
    }
    let all = chain.filter_map(|at| Some((at, elf(at)?))).filter(|(_, elf)| elf.runpath.is_empty());
    all.flat_map(|(at, elf)| entries(at, &elf.rpath)).collect()
}
