//! What concerns the interpreter.

use crate::findings::Code;
use std::collections::HashSet;

use super::super::context::{Context, is_extension};
use super::super::limits::is_library;
use super::super::musl::is_python_name;
use super::super::value::Noted;
use super::{Draft, listed};
use crate::policy::{GlibcPolicies, MuslPolicies, Stability, StableAbi};
use crate::wheel::SearchRules;

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Noted>) {
    stable_abi(context, out);
    libpython(context, out);
}

/// Names outside the stable ABI in a wheel that promises it. Only undefined names count: a library may well define
/// `Py` names of its own.
fn stable_abi(context: &Context<'_>, out: &mut Vec<Noted>) {
    let Some(minor) = context.claims.stable_abi() else { return };
    let table = StableAbi::table();
    let inside: HashSet<&str> =
        context.facts.members.iter().flat_map(|member| member.elf.exports.iter()).collect();
    for (at, member) in context.facts.members.iter().enumerate().filter(|(_, member)| is_library(member)) {
        let elsewhere = needs_another_wheel(context, at);
        let names = member.elf.imports.iter().map(|import| import.name);
        let mut outside = Vec::new();
        for name in names.filter(|name| is_python_name(name) && !inside.contains(name)) {
            match table.stability(name, minor) {
                Stability::Stable | Stability::Unknown => {}
                Stability::Since(first) => outside.push(format!("{name} (since 3.{first})")),
                // A library of another wheel may well define such a name, as shiboken6 does for PySide6.
                Stability::Never if elsewhere => {}
                Stability::Never => outside.push(name.to_owned()),
            }
        }
        if outside.is_empty() {
            continue;
        }
        let message = format!(
            "promises the stable ABI of CPython 3.{minor} but uses {}",
            listed(outside.iter().map(String::as_str))
        );
        let first = outside.first().and_then(|name| name.split(' ').next()).unwrap_or_default().to_owned();
        Draft::new(Code::Abi3Violation, message)
            .member(&member.path)
            .symbol(first)
            .help("an interpreter that lacks one of them cannot import the module; build with `Py_LIMITED_API` set to the tagged version, or tag the wheel for one version")
            .into_list(out);
    }
}

/// Whether a member needs, directly or not, a library that is neither in the wheel nor one of those that systems have.
fn needs_another_wheel(context: &Context<'_>, at: usize) -> bool {
    let walk = context.resolver.walk(at, SearchRules::Musl);
    let mut missing = walk.iter().filter(|need| need.found.is_none()).map(|need| need.library.as_str());
    let glibc = GlibcPolicies::table();
    missing.any(|library| {
        let known = glibc.library(library) < glibc.none() || glibc.is_dynamic_linker(library);
        !known && !MuslPolicies::table().allows(library) && !is_libpython(library)
    })
}

/// `libpython3.12.so.1.0` and the like (auditwheel 6.8.2, `LIBPYTHON_RE`).
pub(super) fn is_libpython(library: &str) -> bool {
    let Some(rest) = library.strip_prefix("libpython") else { return false };
    rest.starts_with(|first: char| first.is_ascii_digit()) && rest.contains(".so")
}

/// Extension modules linked to libpython. Interpreters that hold it themselves have no such file: distributions'
/// own, static builds, and every `manylinux` image.
fn libpython(context: &Context<'_>, out: &mut Vec<Noted>) {
    for (at, member) in context.facts.members.iter().enumerate().filter(|(_, member)| is_library(member)) {
        let Some(library) = member.elf.needed.iter().find(|library| is_libpython(library)) else { continue };
        let walk = context.resolver.walk(at, SearchRules::Glibc);
        if walk.iter().any(|need| &need.library == library && need.found.is_some()) {
            continue;
        }
        let what = if is_extension(member) { "the extension module" } else { "the library" };
        let message = format!(
            "{what} is linked to `{library}`, which many interpreters do not have as a file (PEP 513)"
        );
        Draft::new(Code::NotLoadableLibpython, message)
            .member(&member.path)
            .library(library)
            .help("link without `-lpython`: the interpreter gives its symbols to everything it loads")
            .into_list(out);
    }
}
