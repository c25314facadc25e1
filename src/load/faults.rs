//! The reasons why a file cannot be loaded.

use std::collections::HashSet;

use crate::elf::Machine;
use crate::image::{Defined, Presence};
use crate::inspect::binary::{
    MuslVersion, StackRequest, glibc_of_node, refuses_executable_stacks, strong_nodes, undefined_symbols,
};
use crate::policy::{MuslRelease, MuslSymbols};
use crate::target::{Libc, LibcFamily, Target};
use crate::wheel::LibrarySource;

use super::environment::LoaderEnvironment;
use super::layout::Layout;
use super::walk::{Outside, Walk};

/// The most symbols that are reported, because their names are untrusted.
const MOST_SYMBOLS: usize = 200;

/// One fault, and its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The file with the fault.
    pub(super) by: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum FaultKind {
    /// The file is linked for another C library.
    Family(LibcFamily),
    /// A required library is missing.
    Missing { library: String },
    /// A required library was not found; the wheel of a dependency may contain it.
    Dependency { library: String },
    /// A required library is not on any search path.
    Elsewhere { library: String, file: usize, earlier: EarlierLoad },
    /// The library that is found does not define a node.
    TooOld { library: String, node: String, newest: Option<String>, in_wheel: Option<usize> },
    /// A symbol that musl, or this release of it, does not have.
    Symbol { symbol: String, since: Option<MuslRelease>, sure: bool },
    /// Relocations that musl ignores.
    Relr { sure: bool },
    /// A stack that glibc refuses.
    Stack,
    /// Whether a library exists is unknown.
    Unknown { library: String, why: String },
    /// Whether a library defines a symbol version is unknown.
    UnknownNode { library: String, node: String },
}

impl FaultKind {
    /// Whether a file with it certainly cannot be loaded.
    pub(super) fn is_sure(&self) -> bool {
        match self {
            Self::Family(_) | Self::Missing { .. } | Self::TooOld { .. } | Self::Stack => true,
            Self::Symbol { sure, .. } | Self::Relr { sure } => *sure,
            Self::Elsewhere { earlier, .. } => *earlier == EarlierLoad::Unknown,
            Self::Dependency { .. } | Self::Unknown { .. } | Self::UnknownNode { .. } => false,
        }
    }

    /// Whether the opener of the file matters.
    pub(super) fn matters(&self) -> bool {
        !matches!(
            self,
            Self::Unknown { .. }
                | Self::UnknownNode { .. }
                | Self::Elsewhere { earlier: EarlierLoad::Dependency | EarlierLoad::Sibling(_, true), .. }
        )
    }
}

/// The opener of a library that is loaded before a file that requires it and does not find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum EarlierLoad {
    /// A module of a dependency, or the Python code of that wheel.
    Dependency,
    /// This module of its own wheel, and whether the import of the project certainly imports that.
    Sibling(usize, bool),
    /// Possibly the Python code of another project, which may be a dependency.
    OtherProject,
    /// Nothing known.
    Unknown,
}

/// Target and image in the form that the rules use.
pub(super) struct Rules<'a> {
    target: &'a Target,
    environment: &'a LoaderEnvironment,
    family: Option<LibcFamily>,
    musl: Option<MuslVersion>,
}

impl<'a> Rules<'a> {
    pub(super) fn new(target: &'a Target, environment: &'a LoaderEnvironment) -> Self {
        let (family, musl) = (target.libc.family(), MuslVersion::of_target(&target.libc));
        Self { target, environment, family, musl }
    }

    /// All faults of one walk, in the order of the loader.
    pub(super) fn faults(&self, layout: &Layout<'_>, walk: &Walk<'_>, module: bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        // A loader cannot load files for another C library; the other requirements of such a file are ignored.
        let mut foreign = HashSet::new();
        for &at in &walk.files {
            let libc = layout.files.get(at).and_then(|file| file.libc);
            if let (Some(libc), Some(family)) = (libc, self.family)
                && libc != family
            {
                foreign.insert(at);
                faults.push(Fault { kind: FaultKind::Family(libc), by: at });
            }
        }
        self.libraries(layout, walk, &foreign, &mut faults);
        if foreign.is_empty() {
            match self.family {
                Some(LibcFamily::Musl) => self.symbols(layout, walk, &mut faults),
                Some(LibcFamily::Glibc) => self.nodes(layout, walk, &mut faults),
                None => {}
            }
            self.files(layout, walk, module, &mut faults);
        }
        faults
    }

    fn libraries(
        &self,
        layout: &Layout<'_>,
        walk: &Walk<'_>,
        foreign: &HashSet<usize>,
        faults: &mut Vec<Fault>,
    ) {
        for load in walk.libraries.iter().filter(|load| !foreign.contains(&load.by)) {
            let library = load.library.to_owned();
            let LibrarySource::Outside(outside) = load.source else { continue };
            let kind = match outside {
                Outside::Image => continue,
                Outside::Absent { elsewhere: Some(file), .. } => {
                    FaultKind::Elsewhere { library, file, earlier: EarlierLoad::Unknown }
                }
                Outside::Absent { leads_out: true, .. } => FaultKind::Dependency { library },
                // A name that no distribution has may be that of an excluded wheel, which is
                // loaded before.
                Outside::Absent { .. }
                    if layout.is_left_out(load.by) && !self.environment.is_packaged(&library) =>
                {
                    FaultKind::Dependency { library }
                }
                Outside::Absent { .. } => FaultKind::Missing { library },
                Outside::Unknown(why) => FaultKind::Unknown { library, why: why.to_owned() },
            };
            faults.push(Fault { kind, by: load.by });
        }
    }

    /// glibc compares the symbol versions that a file requires with those that the found library defines (elf/dl-version.c,
    /// `_dl_check_map_versions`). A weak node, or a library without any nodes, gives a warning at most.
    fn nodes(&self, layout: &Layout<'_>, walk: &Walk<'_>, faults: &mut Vec<Fault>) {
        for &at in &walk.files {
            let Some(file) = layout.files.get(at) else { continue };
            for (library, node, _) in strong_nodes(file.elf()) {
                let served = walk.libraries.iter().find(|load| load.by == at && load.library == library);
                let (library, node) = (library.to_owned(), node.to_owned());
                let kind = match served.map(|load| load.source) {
                    Some(LibrarySource::File(other)) => {
                        let Some(other_file) = layout.files.get(other) else { continue };
                        let defined = &other_file.elf().version_definitions;
                        if defined.is_empty() || defined.contains(&node) {
                            continue;
                        }
                        FaultKind::TooOld { library, node, newest: None, in_wheel: Some(other) }
                    }
                    // The file does not require this library itself, but one of its libraries does.
                    Some(LibrarySource::Outside(Outside::Image)) | None => {
                        match self.defined(file.elf().machine(), &library, &node) {
                            Defined::Yes => continue,
                            Defined::No(newest) => {
                                FaultKind::TooOld { library, node, newest, in_wheel: None }
                            }
                            Defined::Unknown => FaultKind::UnknownNode { library, node },
                        }
                    }
                    Some(_) => continue,
                };
                faults.push(Fault { kind, by: at });
            }
        }
    }

    /// Whether a library of the image defines a symbol version. Those of glibc are known from its version.
    fn defined(&self, machine: Option<Machine>, library: &str, node: &str) -> Defined {
        let found = match self.environment.libraries.find(library) {
            Presence::Present(known) => known.nodes.defines(node),
            _ => Defined::Unknown,
        };
        let Libc::Glibc(major, minor) = self.target.libc else { return found };
        if found != Defined::Unknown || !node.starts_with("GLIBC_") {
            return found;
        }
        match machine.and_then(|machine| glibc_of_node(machine, node)) {
            Some(version) if version <= (major, minor) => Defined::Yes,
            Some(_) => Defined::No(Some(format!("GLIBC_{major}.{minor}"))),
            None => Defined::Unknown,
        }
    }

    /// musl has no symbol versions; a loaded file must export each strong undefined symbol.
    fn symbols(&self, layout: &Layout<'_>, walk: &Walk<'_>, faults: &mut Vec<Fault>) {
        let Some(musl) = self.musl else { return };
        let table = MuslSymbols::table();
        let wheel = walk.files.first().and_then(|&at| layout.files.get(at)).map(|file| file.wheel);
        // The exports of libraries of the image and of other wheels are unknown here; missing or unknown libraries are
        // reported already. The symbol may be theirs.
        let open = walk.libraries.iter().any(|load| match load.source {
            LibrarySource::File(at) => layout.files.get(at).map(|file| file.wheel) != wheel,
            LibrarySource::Outside(Outside::Image) => !table.is_libc(load.library),
            LibrarySource::Outside(Outside::Absent { .. } | Outside::Unknown(_)) => true,
        });
        let files = || walk.files.iter().filter_map(|&at| Some((at, layout.files.get(at)?)));
        let inside: HashSet<&str> = files().flat_map(|(_, file)| file.member.elf.exports.iter()).collect();
        let mut count = 0;
        for (at, file) in files() {
            let Some(machine) = file.elf().machine() else { continue };
            for (symbol, since) in undefined_symbols(file.elf(), machine, &inside, true) {
                let sure = match since {
                    None if open => continue,
                    None => true,
                    Some(since) => match musl.misses(since) {
                        Some(sure) => sure,
                        None => continue,
                    },
                };
                count += 1;
                if count > MOST_SYMBOLS {
                    return;
                }
                faults.push(Fault {
                    kind: FaultKind::Symbol { symbol: symbol.to_owned(), since, sure },
                    by: at,
                });
            }
        }
    }

    /// The faults of a file by itself.
    fn files(&self, layout: &Layout<'_>, walk: &Walk<'_>, module: bool, faults: &mut Vec<Fault>) {
        // The kernel gives a program the executable stack that it requires, and then also to its libraries.
        let refuses_stacks = module && refuses_executable_stacks(&self.target.libc);
        let relr_since = MuslSymbols::table().relr_since();
        for &at in &walk.files {
            let Some(file) = layout.files.get(at) else { continue };
            if refuses_stacks && StackRequest::of(file.elf()).is_some() {
                faults.push(Fault { kind: FaultKind::Stack, by: at });
            }
            let skips_relr = self.musl.filter(|_| file.elf().relr).and_then(|musl| musl.misses(relr_since));
            if let Some(sure) = skips_relr {
                faults.push(Fault { kind: FaultKind::Relr { sure }, by: at });
            }
        }
    }
}
