//! The requirements of one binary on loaders and libraries.
//!
//! They are used by the inspection, which has the wheel and possibly a target, and by the simulated loader, which also
//! has the image and the other wheels.

use std::collections::HashSet;

use crate::elf::{ElfFacts, ElfKind, Machine, Stack};
use crate::policy::{GlibcPolicies, MuslRelease, MuslSymbols, NodeRule, loader_facts};
use crate::target::{Libc, LibcFamily, Target};
use crate::wheel::Member;

/// Whether loaders open a file.
pub(crate) fn is_loaded(elf: &ElfFacts) -> bool {
    !matches!(elf.kind, ElfKind::DebugData | ElfKind::Relocatable | ElfKind::Other)
}

/// Whether a member is loaded by other files or by the interpreter, and not run.
pub(crate) fn is_library(member: &Member) -> bool {
    member.elf.kind == ElfKind::SharedObject || is_extension(member)
}

/// Whether the interpreter can import a member: it exports the function that belongs to its name (PEP 489;
/// auditwheel 6.8.2, `elf_is_python_extension`).
pub(crate) fn is_extension(member: &Member) -> bool {
    let module = member.name().split('.').next().unwrap_or_default();
    member.elf.python_modules.iter().any(|known| known == module)
}

/// Whether the file is code for an accelerator, which is data to its wheel.
pub(crate) fn is_accelerator(elf: &ElfFacts) -> bool {
    loader_facts().accelerators.contains_key(&elf.raw_machine)
}

/// `libpython3.12.so.1.0` and the like (auditwheel 6.8.2, `LIBPYTHON_RE`).
pub(crate) fn is_libpython(library: &str) -> bool {
    let Some(rest) = library.strip_prefix("libpython") else { return false };
    rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains(".so")
}

/// The naming rule of CPython: public names start with `Py`, private ones with `_Py` (PEP 7, "Naming Conventions").
pub(crate) fn is_python_name(symbol: &str) -> bool {
    symbol.starts_with("Py") || symbol.starts_with("_Py")
}

/// The machine of the files that an interpreter loads.
pub(crate) fn machine_name(target: &Target) -> &str {
    match target.interpreter_machine() {
        "armv8l" => "armv7l",
        other => other,
    }
}

/// The C library that a member requires (auditwheel 6.8.2, `lddtree.py`, `ldd`), with two additions: a symbol version of
/// glibc, and `libc.so`, the name of musl in toolchains other than those of Alpine.
pub(crate) fn libc_of(member: &Member) -> Option<LibcFamily> {
    let elf = &member.elf;
    if let Some(interpreter) = &elf.interpreter {
        let name = interpreter.rsplit('/').next().unwrap_or(interpreter);
        return Some(if name.starts_with("ld-musl-") { LibcFamily::Musl } else { LibcFamily::Glibc });
    }
    let table = GlibcPolicies::table();
    for library in &elf.needed {
        if library.starts_with("libc.musl-") || library.starts_with("ld-musl-") {
            return Some(LibcFamily::Musl);
        }
        if library == "libc.so.6" || table.is_dynamic_linker(library) {
            return Some(LibcFamily::Glibc);
        }
    }
    let nodes = elf.version_needs.iter().flat_map(|need| &need.nodes);
    if nodes.clone().any(|node| node.name.starts_with("GLIBC_")) {
        return Some(LibcFamily::Glibc);
    }
    if elf.needed.iter().any(|library| library == "libc.so") {
        return Some(LibcFamily::Musl);
    }
    let name = member.name();
    if name.ends_with("-linux-musl.so") || name.ends_with("-linux-musleabihf.so") {
        return Some(LibcFamily::Musl);
    }
    if name.ends_with("-linux-gnu.so") || name.ends_with("-linux-gnueabihf.so") {
        // Until CPython 3.10 musl builds had this suffix too.
        let soabi = name.strip_suffix(".so").and_then(|stem| stem.rsplit('.').next())?;
        let version = soabi.strip_prefix("cpython-3")?.split('-').next()?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        return (digits.parse::<u32>().ok()? >= 11).then_some(LibcFamily::Glibc);
    }
    None
}

/// How a file requests an executable stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StackRequest {
    /// Its `PT_GNU_STACK` header does.
    Header,
    /// It has no such header, which means the same on its machine.
    NoHeader,
}

impl StackRequest {
    /// The request of a file; `None` for a normal stack.
    pub(crate) fn of(elf: &ElfFacts) -> Option<Self> {
        match elf.stack {
            Stack::Executable => Some(Self::Header),
            Stack::Unsaid => {
                let executable = &loader_facts().stack_unsaid_is_executable;
                elf.machine().is_some_and(|one| executable.contains(&one)).then_some(Self::NoHeader)
            }
            Stack::Plain => None,
        }
    }
}

/// Whether a C library refuses to load a library that requires an executable stack. musl ignores the request, and older
/// glibc makes the stacks executable.
pub(crate) fn refuses_executable_stacks(libc: &Libc) -> bool {
    matches!(libc, Libc::Glibc(major, minor) if (*major, *minor) >= loader_facts().stack_refused_since)
}

/// The first glibc with a symbol version: its number, or the first policy with it if it has no number.
pub(crate) fn glibc_of_node(machine: Machine, node: &str) -> Option<(u32, u32)> {
    let version = node.strip_prefix("GLIBC_")?;
    let mut parts = version.split('.');
    if let (Some(Ok(major)), Some(Ok(minor))) = (parts.next().map(str::parse), parts.next().map(str::parse)) {
        return Some((major, minor));
    }
    let table = GlibcPolicies::table();
    match table.node(machine, node) {
        NodeRule::From(place) => table.version(place),
        _ => None,
    }
}

/// The version nodes that must be there: library, node, and the places of both in the file. A weak node gives a
/// warning and no failure (glibc, elf/dl-version.c, `_dl_check_map_versions`).
pub(crate) fn strong_nodes(elf: &ElfFacts) -> impl Iterator<Item = (&str, &str, (usize, usize))> {
    elf.version_needs.iter().enumerate().flat_map(|(library, need)| {
        let strong = need.nodes.iter().enumerate().filter(|(_, node)| !node.weak);
        strong.map(move |(number, node)| (need.library.as_str(), node.name.as_str(), (library, number)))
    })
}

/// The most symbols that are used as examples.
const EXAMPLES: usize = 3;

/// Some of the symbols of a symbol version.
pub(crate) fn examples(elf: &ElfFacts, node: (usize, usize)) -> Vec<String> {
    let taken = elf.imports.iter().filter(|import| import.node == Some(node));
    taken.take(EXAMPLES).map(|import| import.name.to_owned()).collect()
}

/// The strong symbols that musl or another library must define, with the first musl release that does. A weak one may
/// stay undefined; one that is defined `inside` is not libc's. The interpreter gives its own API to what it loads.
pub(crate) fn undefined_symbols<'s>(
    elf: &'s ElfFacts,
    machine: Machine,
    inside: &'s HashSet<&str>,
    in_interpreter: bool,
) -> impl Iterator<Item = (&'s str, Option<MuslRelease>)> {
    let table = MuslSymbols::table();
    let strong = elf
        .imports
        .strong()
        .filter(move |symbol| !(inside.contains(symbol) || in_interpreter && is_python_name(symbol)));
    strong.map(move |symbol| (symbol, table.first(machine, symbol)))
}

/// The musl of a target, or the oldest that a platform tag admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MuslVersion {
    /// The release; the first of its series if the patch version is unknown.
    pub release: MuslRelease,
    /// Whether the patch version is known.
    pub exact: bool,
    /// Whether it is the one of a target; otherwise it is from a tag.
    pub on_target: bool,
}

impl MuslVersion {
    /// That of a target, if it has musl.
    pub(crate) fn of_target(libc: &Libc) -> Option<Self> {
        let &Libc::Musl(major, minor, patch) = libc else { return None };
        let release = MuslRelease { major, minor, patch: patch.unwrap_or_default() };
        Some(Self { release, exact: patch.is_some(), on_target: true })
    }

    /// The first release of the series that a tag names.
    pub(crate) fn of_tag((major, minor): (u32, u32)) -> Self {
        Self { release: MuslRelease { major, minor, patch: 0 }, exact: false, on_target: false }
    }

    /// Whether what came with a release is missing: `None` if it is there, else whether that is sure. Of a series
    /// without patch release it is sure only if the release is of a later series.
    pub(crate) fn misses(&self, first: MuslRelease) -> Option<bool> {
        (first > self.release).then(|| self.on_target && (self.exact || !self.is_series_of(first)))
    }

    /// A clause with its origin; `sure` is the result of [`misses`](Self::misses).
    pub(crate) fn sentence(&self, sure: bool) -> String {
        let release = self.release;
        match (self.on_target, self.exact, sure) {
            (false, ..) => format!("the tag includes {release}"),
            (true, true, _) => format!("the target has {release}"),
            (true, false, true) => format!("the target has {}.{}", release.major, release.minor),
            (true, false, false) => {
                format!("the target has {}.{} with an unknown patch version", release.major, release.minor)
            }
        }
    }

    /// Whether a release is of the same series.
    pub(crate) fn is_series_of(&self, other: MuslRelease) -> bool {
        (self.release.major, self.release.minor) == (other.major, other.minor)
    }
}
