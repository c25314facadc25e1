//! What keeps a file from being loaded.

use std::collections::HashSet;

use crate::elf::Machine;
use crate::image::{Defined, Presence};
use crate::inspect::binary::{
    MuslVersion, StackRequest, glibc_of_node, refuses_executable_stacks, strong_nodes, undefined_symbols,
};
use crate::policy::{MuslRelease, MuslSymbols};
use crate::target::{Libc, LibcFamily, Target};

use super::environment::LoaderEnvironment;
use super::layout::Layout;
use super::walk::{Found, Walk};

/// Names of symbols come from foreign files; this many are reported.
const MOST_SYMBOLS: usize = 200;

/// One thing that is wrong, and the file it is wrong with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The file that needs or is something that does not work.
    pub(super) by: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum FaultKind {
    /// The file is linked for another C library.
    Family(LibcFamily),
    /// A needed library is nowhere.
    Missing { library: String },
    /// A needed library is nowhere that was looked at; a dependency's wheel may have it.
    Dependency { library: String },
    /// A needed library is where no search path leads.
    Elsewhere { library: String, file: usize, earlier: EarlierLoad },
    /// The library that is found does not define a node.
    TooOld { library: String, node: String, newest: Option<String>, in_wheel: Option<usize> },
    /// A symbol that musl does not have, or not yet.
    Symbol { symbol: String, since: Option<MuslRelease>, sure: bool },
    /// Relocations that musl skips.
    Relr { sure: bool },
    /// A stack that glibc refuses.
    Stack,
    /// It is not known whether a library is there.
    Unknown { library: String, why: String },
    /// It is not known whether the library has a node.
    UnknownNode { library: String, node: String },
}

impl FaultKind {
    /// Whether a file with it cannot be loaded for certain.
    pub(super) fn is_sure(&self) -> bool {
        match self {
            Self::Family(_) | Self::Missing { .. } | Self::TooOld { .. } | Self::Stack => true,
            Self::Symbol { sure, .. } | Self::Relr { sure } => *sure,
            Self::Elsewhere { earlier, .. } => *earlier == EarlierLoad::Unknown,
            Self::Dependency { .. } | Self::Unknown { .. } | Self::UnknownNode { .. } => false,
        }
    }

    /// Whether it is worth knowing who opens the file that has it.
    pub(super) fn matters(&self) -> bool {
        !matches!(
            self,
            Self::Unknown { .. }
                | Self::UnknownNode { .. }
                | Self::Elsewhere { earlier: EarlierLoad::Dependency | EarlierLoad::Sibling(_, true), .. }
        )
    }
}

/// Who loads a library before the file that needs it and does not find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum EarlierLoad {
    /// A module of a wheel it depends on, or that wheel's Python code.
    Dependency,
    /// This module of its own wheel, and whether the import of the project certainly imports that.
    Sibling(usize, bool),
    /// Perhaps the Python code of another project, of which it is not known whether it is a dependency.
    OtherProject,
    /// Nothing that is known.
    Unknown,
}

/// Target and image, as the rules want them.
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

    pub(super) fn family(&self) -> Option<LibcFamily> {
        self.family
    }

    /// Everything that is wrong in one walk, in the order the loader meets it.
    pub(super) fn faults(&self, layout: &Layout<'_>, walk: &Walk<'_>, module: bool) -> Vec<Fault> {
        let mut faults = Vec::new();
        // The loader of one C library cannot load for another; what else such a file needs does not matter.
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
        for load in walk.loads.iter().filter(|load| !foreign.contains(&load.by)) {
            let library = load.library.to_owned();
            let kind = match load.found {
                Found::File(_) | Found::Image => continue,
                Found::Absent { elsewhere: Some(file), .. } => {
                    FaultKind::Elsewhere { library, file, earlier: EarlierLoad::Unknown }
                }
                Found::Absent { leads_out: true, .. } => FaultKind::Dependency { library },
                // A name that no distribution is known to have may be that of a wheel that was left out, which is
                // loaded before.
                Found::Absent { .. }
                    if layout.is_left_out(load.by) && !self.environment.is_packaged(&library) =>
                {
                    FaultKind::Dependency { library }
                }
                Found::Absent { .. } => FaultKind::Missing { library },
                Found::Unknown(why) => FaultKind::Unknown { library, why: why.to_owned() },
            };
            faults.push(Fault { kind, by: load.by });
        }
    }

    /// glibc compares the nodes that a file needs with those that the library it found defines (elf/dl-version.c,
    /// `_dl_check_map_versions`). A weak node, or a library without any nodes, gives a warning at most.
    fn nodes(&self, layout: &Layout<'_>, walk: &Walk<'_>, faults: &mut Vec<Fault>) {
        for &at in &walk.files {
            let Some(file) = layout.files.get(at) else { continue };
            for (library, node, _) in strong_nodes(file.elf()) {
                let served = walk.loads.iter().find(|load| load.by == at && load.library == library);
                let (library, node) = (library.to_owned(), node.to_owned());
                let kind = match served.map(|load| load.found) {
                    Some(Found::File(other)) => {
                        let Some(other_file) = layout.files.get(other) else { continue };
                        let defined = &other_file.elf().version_definitions;
                        if defined.is_empty() || defined.contains(&node) {
                            continue;
                        }
                        FaultKind::TooOld { library, node, newest: None, in_wheel: Some(other) }
                    }
                    // Not among the needed libraries, but a library that is needed needs it itself.
                    Some(Found::Image) | None => match self.defined(file.elf().machine(), &library, &node) {
                        Defined::Yes => continue,
                        Defined::No(newest) => FaultKind::TooOld { library, node, newest, in_wheel: None },
                        Defined::Unknown => FaultKind::UnknownNode { library, node },
                    },
                    Some(_) => continue,
                };
                faults.push(Fault { kind, by: at });
            }
        }
    }

    /// Whether the image's library defines a node. Those of glibc itself are known from its version.
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

    /// musl knows no versions; each strong undefined symbol must be exported by something that is loaded.
    fn symbols(&self, layout: &Layout<'_>, walk: &Walk<'_>, faults: &mut Vec<Fault>) {
        let Some(musl) = self.musl else { return };
        let table = MuslSymbols::table();
        let wheel = walk.files.first().and_then(|&at| layout.files.get(at)).map(|file| file.wheel);
        // What libraries of the image and of other wheels export is not known here; what is missing or unknown is
        // reported already. The symbol may be theirs.
        let open = walk.loads.iter().any(|load| match load.found {
            Found::File(at) => layout.files.get(at).map(|file| file.wheel) != wheel,
            Found::Image => !table.is_libc(load.library),
            Found::Absent { .. } | Found::Unknown(_) => true,
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

    /// What is refused in a file by itself.
    fn files(&self, layout: &Layout<'_>, walk: &Walk<'_>, module: bool, faults: &mut Vec<Fault>) {
        // A program's own wish is granted by the kernel, and its libraries may then have it too.
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
