//! `abi3-violation`

use std::collections::HashSet;

use crate::findings::counts::{FEW, plain};
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::{is_libpython, is_python_name};
use crate::inspect::context::WheelContext;
use crate::policy::{GlibcPolicies, MuslPolicies, Stability, StableAbi};
use crate::wheel::SearchRules;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "abi3-violation",
    level: Level::Warn,
    summary: "an abi3 wheel uses Python API outside the stable ABI",
    explanation: "The ABI tag of the wheel is `abi3`, which promises that its extension modules use only the stable \
ABI of the tagged Python version. This module uses other symbols of the interpreter. The import fails with \
`undefined symbol` in an interpreter without them, often a newer one.\n\n\
Only undefined symbols of the module count, not its own functions with names that start with `Py`. Symbols that \
entered the stable ABI after the tagged version are listed with that version. The code is silent about unknown \
symbols if the tagged version is newer than the known list, and about symbols that a library of another wheel may \
define.\n\n\
Build with `Py_LIMITED_API` set to the tagged version, or tag the wheel for one Python version.",
    link: "https://docs.python.org/3/c-api/stable.html",
};

/// A member of a wheel with the stable ABI tag uses names outside of the stable ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Abi3Violation {
    /// The member.
    pub member: String,
    /// The lowest minor version of CPython 3 that the file name promises.
    pub minor: u32,
    /// The names, in the order of the file.
    pub names: Vec<UnstableName>,
}

/// A name of CPython that is not in the promised stable ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnstableName {
    /// The symbol.
    pub symbol: String,
    /// The first minor version with it in the stable ABI; `None` if no version has it.
    pub since: Option<u32>,
}

impl Rule for Abi3Violation {
    /// Only undefined names count: a library can define its own `Py` names.
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let Some(minor) = cx.claims.stable_abi() else { return Vec::new() };
        let table = StableAbi::table();
        let inside: HashSet<&str> =
            cx.facts.members.iter().flat_map(|member| member.elf.exports.iter()).collect();
        let mut out = Vec::new();
        for (at, member) in cx.libraries() {
            let elsewhere = needs_another_wheel(cx, at);
            let used = member.elf.imports.iter().map(|import| import.name);
            let mut names = Vec::new();
            for name in used.filter(|name| is_python_name(name) && !inside.contains(name)) {
                let since = match table.stability(name, minor) {
                    Stability::Stable | Stability::Unknown => continue,
                    Stability::Since(first) => Some(first),
                    // A library of another wheel can define such a name, as shiboken6 does for PySide6.
                    Stability::Never if elsewhere => continue,
                    Stability::Never => None,
                };
                names.push(UnstableName { symbol: name.to_owned(), since });
            }
            if !names.is_empty() {
                out.push(Self { member: member.path.clone(), minor, names });
            }
        }
        out
    }

    fn message(&self) -> String {
        let names = self.names.iter().map(|name| match name.since {
            Some(minor) => format!("`{}` (since 3.{minor})", name.symbol),
            None => format!("`{}`", name.symbol),
        });
        format!("is tagged for the stable ABI of CPython 3.{}, but uses {}", self.minor, plain(names, FEW))
    }

    fn help(&self) -> Option<String> {
        Some(
            "build with `Py_LIMITED_API` set to the tagged version, or tag the wheel for one Python version; \
             interpreters without these symbols cannot import the module"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        self.names.first().map(|name| Fact::Symbol(&name.symbol)).into_iter().collect()
    }
}

/// Whether a member needs, directly or not, a library that is neither in the wheel nor one of those that systems have.
fn needs_another_wheel(cx: &WheelContext<'_>, at: usize) -> bool {
    let walk = cx.resolver.walk(at, SearchRules::Musl);
    let mut missing = walk.iter().filter(|need| need.file().is_none()).map(|need| need.library);
    let glibc = GlibcPolicies::table();
    missing.any(|library| {
        let known = glibc.library(library) < glibc.none() || glibc.is_dynamic_linker(library);
        !known && !MuslPolicies::table().allows(library) && !is_libpython(library)
    })
}
