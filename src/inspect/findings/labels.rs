//! File name, `WHEEL` and content against each other.

use std::collections::BTreeSet;

use super::super::context::{Context, is_loaded};
use super::super::value::{Cause, Inspection, Limit, LimitKind, Noted, Verdict};
use super::{Draft, MOST, counted, listed};
use crate::findings::{Code, Level};
use crate::policy::{GlibcPolicies, MuslSymbols, PlatformClaim};
use crate::tags::TagSet;
use crate::target::LibcFamily;
use crate::wheel::Container;

pub(super) fn check(context: &Context<'_>, inspection: &Inspection, out: &mut Vec<Noted>) {
    for verdict in &inspection.verdicts {
        match verdict.libc {
            Some(LibcFamily::Musl) => musl_tag(context, verdict, out),
            _ => glibc_tag(context, verdict, out),
        }
        libraries(verdict, out);
        forbidden(verdict, out);
    }
    disagreement(context, out);
    pure(context, out);
    linux_tag(context, inspection, out);
}

/// The oldest claim of a glibc wheel against what its members need.
fn glibc_tag(context: &Context<'_>, verdict: &Verdict, out: &mut Vec<Noted>) {
    let Some((tag, version)) = context.claims.oldest(LibcFamily::Glibc) else { return };
    let table = GlibcPolicies::table();
    let oldest = table.oldest(verdict.machine);
    // PEP 600 lets a tag name any version; it promises what the newest policy up to that version allows.
    let claim = table.within(version).unwrap_or_default().max(oldest);
    let exceeding: Vec<(LimitKind, &Limit)> =
        verdict.limits.iter().filter(|(_, limit)| limit.place > claim).collect();
    if !exceeding.is_empty() {
        overstated(tag, verdict, &exceeding, out);
        return;
    }
    let place = verdict.limits.iter().map(|(_, limit)| limit.place).max().unwrap_or(oldest);
    let understated = place < claim && table.version(place).is_some();
    if understated && context.members(verdict.machine).next().is_some() {
        let message = format!(
            "`{tag}` is the oldest tag of the file name, but the members meet `{}`",
            verdict.computed
        );
        Draft::new(Code::TagUnderstated, message)
            .symbol(tag)
            .help(format!("tag the wheel `{}` so that older systems can take it", verdict.computed))
            .into_list(out);
    }
}

/// One finding for all rules that are broken. Only a version node is sure to fail on the oldest claimed system; an
/// extra library may be there.
fn overstated(tag: &str, verdict: &Verdict, exceeding: &[(LimitKind, &Limit)], out: &mut Vec<Noted>) {
    let sure = exceeding.iter().any(|(kind, _)| *kind == LimitKind::Symbols);
    let reasons: Vec<String> = exceeding.iter().filter_map(|(kind, limit)| reason(*kind, limit)).collect();
    let message = format!(
        "the file name claims `{tag}`, the content meets `{}`: {}",
        verdict.computed,
        reasons.join("; ")
    );
    let cause = exceeding.iter().find_map(|(_, limit)| limit.causes.first());
    let mut draft =
        Draft::new(Code::TagOverstated, message).level(if sure { Level::Deny } else { Level::Warn });
    if let Some(cause) = cause {
        draft = draft.member(&cause.member);
        if let Some(library) = &cause.library {
            draft = draft.library(library);
        }
        if let Some(symbol) = &cause.symbol {
            draft = draft.symbol(symbol);
        }
    }
    let help = if sure {
        "installers go by the file name and will put this wheel on systems where it cannot load; rename it with the computed tag, or build it in an older image"
    } else {
        "have the libraries bundled (`auditwheel repair`), or see to it that every system has them"
    };
    draft.help(help).into_list(out);
}

/// Why a limit is where it is, as a clause.
pub(in super::super) fn reason(kind: LimitKind, limit: &Limit) -> Option<String> {
    let first: &Cause = limit.causes.first()?;
    let symbol = first.symbol.as_deref().unwrap_or_default();
    let library = first.library.as_deref().unwrap_or_default();
    Some(match kind {
        LimitKind::Symbols => {
            let taken = match first.examples.as_slice() {
                [] => String::new(),
                some => format!(" ({})", some.join(", ")),
            };
            format!("`{}` needs {symbol} of {library}{taken}", first.member)
        }
        LimitKind::External => {
            let names: BTreeSet<&str> =
                limit.causes.iter().filter_map(|cause| cause.library.as_deref()).collect();
            format!("{} from outside the wheel", listed(names))
        }
        LimitKind::Forbidden => format!("`{}` uses {symbol}, an internal symbol of {library}", first.member),
        LimitKind::Isa => format!("`{}` needs {symbol}", first.member),
    })
}

/// musl's policies are whole series; what a claim promises is every release from the first of it.
fn musl_tag(context: &Context<'_>, verdict: &Verdict, out: &mut Vec<Noted>) {
    let Some((tag, (major, minor))) = context.claims.oldest(LibcFamily::Musl) else { return };
    let mut reasons: Vec<String> = verdict
        .limits
        .iter()
        .filter(|(_, limit)| !limit.causes.is_empty())
        .filter_map(|(kind, limit)| reason(kind, limit))
        .collect();
    let late = verdict.lowest_musl.filter(|lowest| (lowest.major, lowest.minor) > (major, minor));
    if let (Some(lowest), Some(cause)) = (late, verdict.lowest_musl_by.first()) {
        let symbol = cause.symbol.as_deref().unwrap_or_default();
        reasons.insert(0, format!("`{}` needs {symbol}, which came with musl {lowest}", cause.member));
    }
    if reasons.is_empty() {
        return;
    }
    let level = if late.is_some() { Level::Deny } else { Level::Warn };
    let message = format!(
        "the file name claims `{tag}`, the content meets `{}`: {}",
        verdict.computed,
        reasons.join("; ")
    );
    let mut draft = Draft::new(Code::TagOverstated, message).level(level);
    let causes = verdict.limits.iter().filter_map(|(_, limit)| limit.causes.first());
    if let Some(cause) = late.and(verdict.lowest_musl_by.first()).into_iter().chain(causes).next() {
        draft = draft.member(&cause.member);
        draft.noted.evidence.library.clone_from(&cause.library);
        draft.noted.evidence.symbol.clone_from(&cause.symbol);
    }
    draft.into_list(out);
}

/// Libraries that no policy lets a wheel take from the system.
fn libraries(verdict: &Verdict, out: &mut Vec<Noted>) {
    let musl = MuslSymbols::table();
    let table = GlibcPolicies::table();
    let foreign = verdict.system_libraries.iter().filter(|one| {
        let loader = match verdict.libc {
            Some(LibcFamily::Musl) => musl.is_libc(&one.library),
            _ => table.is_dynamic_linker(&one.library),
        };
        // libpython is told by a code of its own.
        one.allowed_since.is_none() && !loader && !super::python::is_libpython(&one.library)
    });
    let foreign: Vec<_> = foreign.collect();
    for one in foreign.iter().take(MOST) {
        let rest = match foreign.len().checked_sub(MOST) {
            Some(more) if more > 0 && std::ptr::eq(*one, foreign[MOST - 1]) => {
                format!(" ({more} more libraries like it)")
            }
            _ => String::new(),
        };
        let message = format!(
            "needs `{}`, which is not in the wheel and which no platform tag promises{rest}",
            one.library
        );
        Draft::new(Code::LibraryOutsidePolicy, message)
            .members(one.members.iter().map(String::as_str))
            .library(&one.library)
            .help("the import fails where the library is missing: install the system package that has it, or look for a wheel that brings it")
            .into_list(out);
    }
}

fn forbidden(verdict: &Verdict, out: &mut Vec<Noted>) {
    for cause in verdict.limits.forbidden.causes.iter().take(MOST) {
        let (library, symbol) =
            (cause.library.as_deref().unwrap_or_default(), cause.symbol.as_deref().unwrap_or_default());
        let message = format!("uses {symbol}, which policies forbid to take from `{library}`");
        Draft::new(Code::ForbiddenSymbol, message)
            .member(&cause.member)
            .library(library)
            .symbol(symbol)
            .into_list(out);
    }
}

/// The tags of the file name against the `Tag` lines of `WHEEL`.
fn disagreement(context: &Context<'_>, out: &mut Vec<Noted>) {
    let Some(tags) = &context.claims.tags else { return };
    if context.facts.container != Container::Wheel {
        return;
    }
    let Some(label) = context.facts.labels.first() else { return };
    let named: BTreeSet<String> = tags.iter().map(|tag| tag.to_string()).collect();
    let mut written = BTreeSet::new();
    for line in &label.tags {
        match line.parse::<TagSet>() {
            // Some build tools write compressed sets, which the specification does not have here.
            Ok(set) => written.extend(set.iter().map(|tag| tag.to_string())),
            Err(_) => {
                written.insert(line.to_ascii_lowercase());
            }
        }
    }
    if named == written {
        return;
    }
    let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| -> Vec<String> {
        one.difference(other).cloned().collect()
    };
    let (left, right) = (only(&named, &written), only(&written, &named));
    let mut parts = Vec::new();
    if !left.is_empty() {
        parts.push(format!("only the file name has {}", listed(left.iter().map(String::as_str))));
    }
    if !right.is_empty() {
        parts.push(format!("only `WHEEL` has {}", listed(right.iter().map(String::as_str))));
    }
    let message = format!("file name and `WHEEL` have different tags: {}", parts.join("; "));
    Draft::new(Code::LabelsDisagree, message)
        .member(&label.path)
        .symbol(label.tags.join(" "))
        .help("installers choose by the file name; rebuild, or change both with `wheel tags`")
        .into_list(out);
}

/// Binaries in a wheel, or a part of one, that says it has none.
fn pure(context: &Context<'_>, out: &mut Vec<Noted>) {
    if context.facts.container != Container::Wheel {
        return;
    }
    let loaded: Vec<_> = context.facts.members.iter().filter(|member| is_loaded(&member.elf)).collect();
    if loaded.is_empty() {
        return;
    }
    let help = "on another machine or C library the wheel installs and then fails; give it a platform tag";
    if context.claims.any() {
        let mut machines: Vec<String> = loaded.iter().map(|member| member.elf.machine_name()).collect();
        machines.sort_unstable();
        machines.dedup();
        let libcs: BTreeSet<&str> = context.libcs.iter().flatten().map(|libc| libc.as_str()).collect();
        let libcs = match libcs.len() {
            0 => String::new(),
            _ => format!(" and {}", libcs.into_iter().collect::<Vec<_>>().join(" and ")),
        };
        let message = format!(
            "the file name says `any`, but {} for {}{libcs}",
            if loaded.len() == 1 {
                "there is a binary".to_owned()
            } else {
                format!("there are {} binaries", loaded.len())
            },
            machines.join(" and "),
        );
        Draft::new(Code::ElfInPureWheel, message)
            .members(loaded.iter().map(|member| member.path.as_str()))
            .symbol("any")
            .help(help)
            .into_list(out);
        return;
    }
    // The binary distribution format, "The .data directory": purelib is for what runs everywhere.
    let in_purelib = |path: &str| {
        path.split('/').nth(1) == Some("purelib")
            && path.split('/').next().is_some_and(|top| top.ends_with(".data"))
    };
    let mut paths: Vec<&str> =
        loaded.iter().map(|member| member.path.as_str()).filter(|path| in_purelib(path)).collect();
    let root = context.facts.labels.first().is_some_and(|label| label.root_is_purelib == Some(true));
    let mut what = "the `purelib` directory";
    if root {
        let below = |path: &str| !path.split('/').next().is_some_and(|top| top.ends_with(".data"));
        paths.extend(loaded.iter().map(|member| member.path.as_str()).filter(|path| below(path)));
        what = "a wheel that says `Root-Is-Purelib: true`";
    }
    if !paths.is_empty() {
        let message = format!("{} in {what}", counted(paths.len(), "binary file"));
        let draft = Draft::new(Code::ElfInPureWheel, message).members(paths.into_iter()).symbol("purelib");
        draft.help("where pure and platform directories differ it lands in the wrong one; build with `Root-Is-Purelib: false`").into_list(out);
    }
}

/// `linux_x86_64` and the like.
fn linux_tag(context: &Context<'_>, inspection: &Inspection, out: &mut Vec<Noted>) {
    let tag = context.claims.platforms.iter().find(|(_, claim)| matches!(claim, PlatformClaim::Linux { .. }));
    if let Some((tag, _)) = tag {
        let computed = inspection.verdict().map(|verdict| verdict.computed.as_str());
        let help = match computed {
            Some(computed) if !computed.starts_with("linux_") => format!("the content meets `{computed}`"),
            _ => "repair the wheel with auditwheel to give it a tag that says what it needs".to_owned(),
        };
        Draft::new(
            Code::LinuxTag,
            format!("`{tag}` promises nothing of the C library, and package indexes such as PyPI refuse it"),
        )
        .symbol(tag)
        .help(help)
        .into_list(out);
    }
}
