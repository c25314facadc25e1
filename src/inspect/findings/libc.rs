//! C library, machine and versions, also against a target.

use std::collections::BTreeMap;

use super::super::context::{Context, is_accelerator, is_extension, is_loaded};
use super::super::limits::examples;
use super::super::musl::{MuslNeeds, needs};
use super::super::value::{Inspection, Noted};
use super::{Draft, MOST, listed};
use crate::elf::Machine;
use crate::findings::{Code, Level};
use crate::policy::{GlibcPolicies, MuslRelease, MuslSymbols, NodeRule};
use crate::target::{Libc, LibcFamily, Target};

pub(super) fn check(context: &Context<'_>, inspection: &Inspection, out: &mut Vec<Noted>) {
    families(context, out);
    machines(context, out);
    private_nodes(context, out);
    for verdict in &inspection.verdicts {
        if verdict.libc == Some(LibcFamily::Musl) {
            let needs = needs(context, verdict.machine);
            musl_symbols(context, verdict.machine, &needs, out);
            musl_relr(context, &needs, out);
        } else if let Some(Target { libc: Libc::Glibc(major, minor), .. }) = context.target {
            glibc_versions(context, verdict.machine, (*major, *minor), out);
        }
    }
}

/// Members for another C library than the wheel or the target has. The loader of one cannot load for the other.
fn families(context: &Context<'_>, out: &mut Vec<Noted>) {
    let there = context.target.and_then(|target| target.libc.family());
    let claimed = context.claims.family();
    for machine in &context.machines {
        let wheel = context.wheel_libc.get(machine).copied();
        let Some(expected) = there.or(claimed).or(wheel) else { continue };
        let members = context.facts.members.iter().zip(&context.libcs);
        let others: Vec<_> = members
            .filter(|(member, libc)| {
                member.elf.machine() == Some(*machine)
                    && is_loaded(&member.elf)
                    && libc.is_some_and(|libc| libc != expected)
            })
            .collect();
        let Some(libc) = others.first().and_then(|(_, libc)| **libc) else { continue };
        let count = if others.len() == 1 {
            "a binary is".to_owned()
        } else {
            format!("{} binaries are", others.len())
        };
        let against = match (there, claimed) {
            (Some(_), _) => format!("the target has {expected}"),
            (None, Some(_)) => format!("the file name claims {expected}"),
            (None, None) => format!("the rest is for {expected}"),
        };
        // Beside an extension module of the right library, a program for another may be meant for other systems.
        let imported = others.iter().any(|(member, _)| is_extension(member));
        let level = if there.is_some() || imported || claimed.is_some() { Level::Deny } else { Level::Warn };
        Draft::new(Code::LibcFamilyMismatch, format!("{count} for {libc}, but {against}"))
            .level(level)
            .members(others.iter().map(|(member, _)| member.path.as_str()))
            .symbol(libc.as_str())
            .help(format!("take a wheel for {expected}, or a base image with {libc}"))
            .into_list(out);
    }
}

/// Members for another machine than the file name or the target has.
fn machines(context: &Context<'_>, out: &mut Vec<Noted>) {
    let there = context.target.map(|target| match target.interpreter_machine() {
        "armv8l" => "armv7l",
        other => other,
    });
    let claimed = context.claims.machine_names();
    let expected: Vec<&str> = match there {
        Some(there) => vec![there],
        None => claimed,
    };
    if expected.is_empty() {
        return;
    }
    let mut fitting = false;
    let mut others: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, member) in context.facts.members.iter().enumerate().filter(|(_, member)| is_loaded(&member.elf))
    {
        // System V and GNU are what Linux loaders take (gABI, EI_OSABI).
        let foreign_system = !matches!(member.elf.os_abi, 0 | 3);
        let name = member.elf.machine_name();
        if expected.contains(&name.as_str()) && !foreign_system {
            fitting = true;
        } else if foreign_system && !is_accelerator(&member.elf) {
            others.entry(format!("{name}, OS ABI {}", member.elf.os_abi)).or_default().push(at);
        } else {
            others.entry(name).or_default().push(at);
        }
    }
    for (name, members) in others {
        let any = |test: fn(&crate::wheel::Member) -> bool| {
            members.iter().filter_map(|&at| context.facts.members.get(at)).any(test)
        };
        let all_data = !any(|member| !is_accelerator(&member.elf));
        let level = if all_data {
            Level::Allow
        } else if any(is_extension) || (there.is_some() && !fitting) {
            Level::Deny
        } else {
            Level::Warn
        };
        let whose = if there.is_some() { "the target is" } else { "the file name says" };
        let message = format!(
            "{} for {name}, but {whose} {}",
            if members.len() == 1 {
                "a binary is".to_owned()
            } else {
                format!("{} binaries are", members.len())
            },
            listed(expected.iter().copied())
        );
        Draft::new(Code::ForeignMachine, message)
            .level(level)
            .members(members.iter().map(|&at| context.path(at)))
            .symbol(name)
            .into_list(out);
    }
}

/// Nodes such as `GLIBC_PRIVATE`: what they hold may change with every build of the library.
fn private_nodes(context: &Context<'_>, out: &mut Vec<Noted>) {
    /// A member and some of the symbols it takes.
    type Takers = Vec<(usize, Vec<String>)>;

    let mut by: BTreeMap<(&str, &str), Takers> = BTreeMap::new();
    for (at, member) in context.facts.members.iter().enumerate() {
        for (library, need) in member.elf.version_needs.iter().enumerate() {
            for (number, node) in
                need.nodes.iter().enumerate().filter(|(_, node)| node.name.ends_with("_PRIVATE"))
            {
                // A private node of a library that the wheel brings itself goes with that library.
                if context.resolver.anywhere(&need.library, &member.elf).is_none() {
                    let taken = examples(&member.elf, (library, number));
                    by.entry((&need.library, &node.name)).or_default().push((at, taken));
                }
            }
        }
    }
    for ((library, node), members) in by {
        let taken = members.iter().find(|(_, taken)| !taken.is_empty());
        let taken = taken.map_or(String::new(), |(_, taken)| format!(" for {}", taken.join(", ")));
        let message = format!(
            "needs {node} of `{library}`{taken}: the internals of one build, which another may not have"
        );
        Draft::new(Code::PrivateSymbolVersion, message)
            .members(members.iter().map(|(at, _)| context.path(*at)))
            .library(library)
            .symbol(node)
            .into_list(out);
    }
}

/// Nodes that the target's glibc does not have yet (`GLIBC_2.N` comes with glibc 2.N).
fn glibc_versions(context: &Context<'_>, machine: Machine, has: (u32, u32), out: &mut Vec<Noted>) {
    /// A member, and the place of library and node in its needs.
    type Need = (usize, (usize, usize));

    let table = GlibcPolicies::table();
    let mut too_new: BTreeMap<(u32, u32), Vec<Need>> = BTreeMap::new();
    for (at, member) in context.members(machine) {
        for (library, need) in member.elf.version_needs.iter().enumerate() {
            for (number, node) in need.nodes.iter().enumerate() {
                let Some(version) = glibc_of_node(table, machine, &node.name) else { continue };
                // A weak node gives a warning and no failure (glibc, elf/dl-version.c).
                if version > has
                    && !node.weak
                    && context.resolver.anywhere(&need.library, &member.elf).is_none()
                {
                    too_new.entry(version).or_default().push((at, (library, number)));
                }
            }
        }
    }
    let Some((version, members)) = too_new.into_iter().next_back() else { return };
    let Some(&(first, place)) = members.first() else { return };
    let Some(elf) = context.facts.members.get(first).map(|member| &member.elf) else { return };
    let Some(need) = elf.version_needs.get(place.0) else { return };
    let Some(node) = need.nodes.get(place.1).map(|node| node.name.as_str()) else { return };
    let library = need.library.as_str();
    let taken = examples(elf, place);
    let taken = if taken.is_empty() { String::new() } else { format!(" ({})", taken.join(", ")) };
    let message = format!(
        "needs {node} of `{library}`{taken}, which came with glibc {}.{}; the target has {}.{}",
        version.0, version.1, has.0, has.1
    );
    Draft::new(Code::GlibcTooOld, message)
        .members(members.iter().map(|(at, _)| context.path(*at)))
        .library(library)
        .symbol(node)
        .help("take an older release of the project, or a base image with a newer glibc")
        .into_list(out);
}

/// The glibc that brought a node: the number in it, or, for a node without one, the first policy that has it.
fn glibc_of_node(table: &GlibcPolicies, machine: Machine, node: &str) -> Option<(u32, u32)> {
    let version = node.strip_prefix("GLIBC_")?;
    let mut parts = version.split('.');
    if let (Some(Ok(major)), Some(Ok(minor))) = (parts.next().map(str::parse), parts.next().map(str::parse)) {
        return Some((major, minor));
    }
    match table.node(machine, node) {
        NodeRule::From(place) => table.version(place),
        _ => None,
    }
}

/// What a target's musl, or the oldest that the tag admits, is known to be.
enum Musl {
    /// This very release.
    Exactly(MuslRelease),
    /// A series whose patch release is not known, or that a tag names: at least its first release.
    AtLeast(MuslRelease),
}

fn musl_there(context: &Context<'_>) -> Option<Musl> {
    if let Some(target) = context.target {
        return match target.libc {
            Libc::Musl(major, minor, Some(patch)) => Some(Musl::Exactly(MuslRelease { major, minor, patch })),
            Libc::Musl(major, minor, None) => Some(Musl::AtLeast(MuslRelease { major, minor, patch: 0 })),
            _ => None,
        };
    }
    let (_, (major, minor)) = context.claims.oldest(LibcFamily::Musl)?;
    Some(Musl::AtLeast(MuslRelease { major, minor, patch: 0 }))
}

fn musl_symbols(context: &Context<'_>, machine: Machine, needs: &MuslNeeds, out: &mut Vec<Noted>) {
    let mut missing: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, symbol, _) in &needs.missing {
        missing.entry(symbol).or_default().push(*at);
    }
    let total = missing.len();
    for (number, (symbol, members)) in missing.into_iter().enumerate().take(MOST) {
        let hidden = needs.missing.iter().any(|(_, name, hidden)| name == symbol && *hidden);
        let rest = match total.checked_sub(MOST) {
            Some(more) if more > 0 && number + 1 == MOST => format!(" ({more} more symbols like it)"),
            _ => String::new(),
        };
        let message = if hidden {
            format!(
                "{symbol} is undefined: only musl releases before 1.1.24 let it be seen, as an internal{rest}"
            )
        } else {
            format!(
                "{symbol} is undefined: no musl release for {machine} and no member of the wheel has it{rest}"
            )
        };
        Draft::new(Code::MuslSymbolMissing, message)
            .members(members.into_iter().map(|at| context.path(at)))
            .symbol(symbol)
            .help("the loader reports `symbol not found`; the wheel was probably built against headers or objects of another C library")
            .into_list(out);
    }
    let Some(there) = musl_there(context) else { return };
    let (release, exact) = match there {
        Musl::Exactly(release) => (release, true),
        Musl::AtLeast(release) => (release, false),
    };
    // A whole series that is too old, and no target: that is the tag's fault, and told there.
    let late = needs.later.iter().filter(|(_, _, first)| *first > release);
    let late: Vec<_> = late
        .filter(|(_, _, first)| {
            context.target.is_some() || (first.major, first.minor) == (release.major, release.minor)
        })
        .collect();
    let Some((at, symbol, first)) = late.iter().max_by_key(|(_, _, first)| *first) else { return };
    let sure = exact || (first.major, first.minor) > (release.major, release.minor);
    let whose = match (context.target.is_some(), exact) {
        (true, true) => format!("the target has {release}"),
        (true, false) if sure => format!("the target has {}.{}", release.major, release.minor),
        (true, false) => {
            format!("the target has {}.{} of an unknown patch release", release.major, release.minor)
        }
        (false, _) => format!("the tag admits {release}"),
    };
    let others = late.iter().filter(|(other, _, _)| other != at).map(|(other, _, _)| context.path(*other));
    Draft::new(Code::MuslSymbolMissing, format!("{symbol} came with musl {first}; {whose}"))
        .level(if sure { Level::Deny } else { Level::Warn })
        .members(std::iter::once(context.path(*at)).chain(others))
        .symbol(symbol)
        .help(format!("use a base image with musl {first} or newer"))
        .into_list(out);
}

/// musl before 1.2.4 skips `DT_RELR` in silence: pointers stay as they are in the file, and the first one that is
/// used crashes. Nothing in the file marks it (musl has no versions).
fn musl_relr(context: &Context<'_>, needs: &MuslNeeds, out: &mut Vec<Noted>) {
    let since = MuslSymbols::table().relr_since();
    if needs.relr.is_empty() {
        return;
    }
    let (level, whose) = match musl_there(context) {
        Some(Musl::Exactly(release)) if release >= since => return,
        Some(Musl::Exactly(release)) => (Level::Deny, format!("the target has {release}")),
        Some(Musl::AtLeast(release)) if release >= since => return,
        Some(Musl::AtLeast(release))
            if (release.major, release.minor) < (since.major, since.minor) && context.target.is_some() =>
        {
            (Level::Deny, format!("the target has {}.{}", release.major, release.minor))
        }
        Some(Musl::AtLeast(release)) if context.target.is_some() => (
            Level::Warn,
            format!("the target has {}.{} of an unknown patch release", release.major, release.minor),
        ),
        Some(Musl::AtLeast(release)) => (Level::Warn, format!("the tag admits {release}")),
        None if context.target.is_some() => return,
        None => (Level::Warn, "older ones are in use".to_owned()),
    };
    let count = if needs.relr.len() == 1 {
        "a member has".to_owned()
    } else {
        format!("{} members have", needs.relr.len())
    };
    Draft::new(
        Code::MuslRelrUnsupported,
        format!("{count} packed relative relocations (DT_RELR), which musl applies since {since}; {whose}"),
    )
    .level(level)
    .members(needs.relr.iter().map(|&at| context.path(at)))
    .symbol("DT_RELR")
    .help(format!(
        "it installs and then crashes on older releases: use a base image with musl {since} or newer"
    ))
    .into_list(out);
}
