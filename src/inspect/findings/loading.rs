//! What loaders and kernels refuse or do otherwise than expected.

use std::collections::BTreeMap;

use super::super::context::{Context, is_loaded};
use super::super::limits::is_library;
use super::super::value::Noted;
use super::{Draft, MOST, counted};
use crate::elf::Stack;
use crate::findings::{Code, Level};
use crate::policy::loader_facts;
use crate::target::{Libc, LibcFamily};
use crate::wheel::{Container, SearchRules};

pub(super) fn check(context: &Context<'_>, out: &mut Vec<Noted>) {
    stacks(context, out);
    alignment(context, out);
    isa(context, out);
    text_relocations(context, out);
    search_paths(context, out);
    inheritance(context, out);
}

fn loaded<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (usize, &'c crate::wheel::Member)> {
    context.facts.members.iter().enumerate().filter(|(_, member)| is_loaded(&member.elf))
}

/// Libraries that want an executable stack. A program's own wish is the kernel's business and is granted.
fn stacks(context: &Context<'_>, out: &mut Vec<Noted>) {
    let facts = loader_facts();
    let (major, minor) = facts.stack_refused_since;
    let (level, whose) = match context.target.map(|target| &target.libc) {
        // musl never makes a stack executable for a library, and older glibc does so without complaint.
        Some(Libc::Musl(..) | Libc::Static) => return,
        Some(Libc::Glibc(has_major, has_minor)) if (*has_major, *has_minor) < (major, minor) => return,
        Some(Libc::Glibc(has_major, has_minor)) => {
            (Level::Deny, format!("; the target has {has_major}.{has_minor}"))
        }
        _ => (Level::Warn, String::new()),
    };
    for (at, member) in loaded(context).filter(|(_, member)| is_library(member)) {
        if context.loader(at) == Some(LibcFamily::Musl) {
            continue;
        }
        let how = match member.elf.stack {
            Stack::Executable => "asks for an executable stack",
            Stack::Unsaid
                if member
                    .elf
                    .machine()
                    .is_some_and(|one| facts.stack_unsaid_is_executable.contains(&one)) =>
            {
                "has no stack header, which asks for an executable stack"
            }
            _ => continue,
        };
        let message = format!("{how}; glibc {major}.{minor} and newer do not load such a library{whose}");
        Draft::new(Code::ExecutableStack, message)
            .level(level)
            .member(&member.path)
            .symbol("PT_GNU_STACK")
            .help("mostly an assembler file without a `.note.GNU-stack` section: relink with `-z noexecstack`, or clear the flag with `patchelf --clear-execstack`")
            .into_list(out);
    }
}

fn alignment(context: &Context<'_>, out: &mut Vec<Noted>) {
    let facts = loader_facts();
    let narrow: Vec<_> = loaded(context)
        .filter(|(_, member)| {
            member.elf.machine().is_some_and(|one| facts.large_page_machines.contains(&one))
        })
        .filter_map(|(_, member)| Some((member, member.elf.load_alignment?)))
        .filter(|(_, alignment)| *alignment < facts.large_page)
        .collect();
    let Some(least) = narrow.iter().map(|(_, alignment)| *alignment).min() else { return };
    let message = format!(
        "{} loaded at multiples of {least} bytes: kernels with pages of {} KiB refuse {}",
        if narrow.len() == 1 { "a binary is".to_owned() } else { format!("{} binaries are", narrow.len()) },
        facts.large_page >> 10,
        if narrow.len() == 1 { "it" } else { "them" }
    );
    Draft::new(Code::LoadAlignment, message)
        .members(narrow.iter().map(|(member, _)| member.path.as_str()))
        .symbol(least.to_string())
        .help(format!("relink with `-z max-page-size={}`", facts.large_page))
        .into_list(out);
}

fn isa(context: &Context<'_>, out: &mut Vec<Noted>) {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (_, member) in loaded(context) {
        if let Some(level) = member.elf.isa {
            by.entry(level.as_str()).or_default().push(&member.path);
        }
    }
    for (level, members) in by {
        let message = format!(
            "{} marked as needing {level}",
            if members.len() == 1 {
                "a binary is".to_owned()
            } else {
                format!("{} binaries are", members.len())
            }
        );
        Draft::new(Code::IsaLevel, message)
            .members(members.into_iter())
            .symbol(level)
            .help("older CPUs stop with an illegal instruction, and no platform tag can say so")
            .into_list(out);
    }
}

fn text_relocations(context: &Context<'_>, out: &mut Vec<Noted>) {
    let members: Vec<&str> = loaded(context)
        .filter(|(_, member)| member.elf.text_relocations)
        .map(|(_, member)| member.path.as_str())
        .collect();
    if members.is_empty() {
        return;
    }
    let message = format!(
        "{} relocations in code (DT_TEXTREL)",
        if members.len() == 1 {
            "a binary has".to_owned()
        } else {
            format!("{} binaries have", members.len())
        }
    );
    Draft::new(Code::TextRelocations, message)
        .members(members.into_iter())
        .symbol("DT_TEXTREL")
        .help("hardened systems (SELinux `execmod`) refuse to load it; build with `-fPIC`")
        .into_list(out);
}

/// Entries of search paths that lead out of the wheel.
fn search_paths(context: &Context<'_>, out: &mut Vec<Noted>) {
    if context.facts.container == Container::File {
        return;
    }
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (at, member) in loaded(context) {
        for path in member.elf.search_path() {
            if context.resolver.escapes(at, path) {
                by.entry(path).or_default().push(&member.path);
            }
        }
    }
    let total = by.len();
    for (number, (path, members)) in by.into_iter().enumerate().take(MOST) {
        let what = if path.is_empty() {
            "an empty search path, which is the working directory".to_owned()
        } else if path.starts_with('/') {
            format!("the search path `{path}`, an absolute directory of some system")
        } else if path.starts_with('$') {
            format!("the search path `{path}`, which leads out of the wheel")
        } else {
            format!("the search path `{path}`, which hangs on the working directory")
        };
        let rest = match total.checked_sub(MOST) {
            Some(more) if more > 0 && number + 1 == MOST => format!(" ({more} more paths like it)"),
            _ => String::new(),
        };
        Draft::new(Code::RpathEscapes, format!("{} {what}{rest}", if members.len() == 1 { "a binary has".to_owned() } else { format!("{} have", counted(members.len(), "binary").replace("binarys", "binaries")) }))
            .members(members.into_iter())
            .symbol(path)
            .help("a library found there is taken before the wheel's own or the system's; remove it with `patchelf --remove-rpath` or set `$ORIGIN` paths")
            .into_list(out);
    }
}

/// Libraries of the wheel that are found only if a search path of the file above were passed on, as auditwheel
/// assumes; `DT_RUNPATH` is not (ld.so(8), `DT_RUNPATH`).
fn inheritance(context: &Context<'_>, out: &mut Vec<Noted>) {
    let mut told: BTreeMap<(usize, &str), &str> = BTreeMap::new();
    for (root, assumed) in &context.walks {
        // musl passes both kinds on.
        if context.loader(*root) == Some(LibcFamily::Musl) {
            continue;
        }
        let real = context.resolver.walk(*root, SearchRules::Glibc);
        for need in assumed.iter().filter(|need| need.found.is_some() && need.by != *root) {
            let lost = real
                .iter()
                .any(|one| one.by == need.by && one.library == need.library && one.found.is_none());
            if lost {
                told.entry((need.by, &need.library)).or_insert(context.path(*root));
            }
        }
    }
    for ((by, library), root) in told.into_iter().take(MOST) {
        let message = format!(
            "needs `{library}`, which only the search path of `{root}` would find, and DT_RUNPATH is not passed on"
        );
        Draft::new(Code::RunpathNotInherited, message)
            .member(context.path(by))
            .library(library)
            .help("the import fails unless something else loads the library first; give the file a `$ORIGIN` path of its own (auditwheel repair does)")
            .into_list(out);
    }
}
