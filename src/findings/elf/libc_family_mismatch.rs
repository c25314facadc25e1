//! `libc-family-mismatch`

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::binaries;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::is_extension;
use crate::inspect::context::WheelContext;
use crate::target::{Libc, LibcFamily};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "libc-family-mismatch",
    level: Level::Deny,
    summary: "a binary is for glibc on a musl system, or the reverse",
    explanation: "A binary that was linked against one C library cannot be loaded by the loader of the other one. \
The code is reported if the file name claims the other C library, if the members have different ones, or if the \
target has the other one.\n\n\
Use the wheel for the right C library (`manylinux` for glibc, `musllinux` for musl), or another base image.",
    link: "https://peps.python.org/pep-0656/",
};

/// Files are linked for another C library than the one that loads them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LibcFamilyMismatch {
    /// Members of a wheel are linked for another one.
    InWheel {
        /// The members.
        members: Vec<String>,
        /// The C library that they are linked for.
        libc: LibcFamily,
        /// The expected one.
        expected: LibcFamily,
        /// The origin of the expectation.
        by: LibcExpectation,
        /// Whether an extension module is among the members.
        imported: bool,
    },
    /// The loader of an image cannot load files.
    OnImage {
        /// The files, and what does not work.
        affected: Affected,
        /// The C library that they are linked for.
        libc: LibcFamily,
        /// The image's C library.
        image: Libc,
    },
}

/// The origin of an expected C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LibcExpectation {
    /// The target has it.
    Target,
    /// The file name claims it.
    FileName,
    /// The other members are linked for it.
    OtherMembers,
}

impl Rule for LibcFamilyMismatch {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let there = cx.target.and_then(|target| target.libc.family());
        let claimed = cx.claims.family();
        let mut out = Vec::new();
        for machine in &cx.machines {
            let wheel = cx.wheel_libc.get(machine).copied();
            let target = there.map(|libc| (libc, LibcExpectation::Target));
            let name = claimed.map(|libc| (libc, LibcExpectation::FileName));
            let rest = wheel.map(|libc| (libc, LibcExpectation::OtherMembers));
            let Some((expected, by)) = target.or(name).or(rest) else { continue };
            let linked = cx.loaded().filter_map(|(at, member)| Some((member, cx.libcs.get(at).copied()??)));
            let others: Vec<_> = linked
                .filter(|(member, libc)| member.elf.machine() == Some(*machine) && *libc != expected)
                .collect();
            let Some(&(_, libc)) = others.first() else { continue };
            out.push(Self::InWheel {
                members: others.iter().map(|(member, _)| member.path.clone()).collect(),
                libc,
                expected,
                by,
                imported: others.iter().any(|(member, _)| is_extension(member)),
            });
        }
        out
    }

    fn message(&self) -> String {
        match self {
            Self::InWheel { members, libc, expected, by, .. } => {
                let whose = match by {
                    LibcExpectation::Target => "the target has",
                    LibcExpectation::FileName => "the file name claims",
                    LibcExpectation::OtherMembers => "the other members are for",
                };
                format!("{} for {libc}, but {whose} {expected}", binaries(members.len(), "is", "are"))
            }
            Self::OnImage { affected, libc, image } => {
                let by = affected.needed_by();
                let is = if affected.files.len() == 1 { "is" } else { "are" };
                let why = format!("{by} {is} linked for {libc}, but the image has {image}");
                affected.sentence(Verb::Fails, &why)
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::InWheel { libc, expected, .. } => {
                Some(format!("use a wheel for {expected}, or a base image with {libc}"))
            }
            Self::OnImage { .. } => None,
        }
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::InWheel { members, .. } => members.first().map(String::as_str),
            Self::OnImage { affected, .. } => affected.member(),
        }
    }

    fn level(&self) -> Option<Level> {
        Some(match self {
            // Next to an extension module of the right library, a program for another may be meant for other systems.
            Self::InWheel { by: LibcExpectation::OtherMembers, imported: false, .. } => Level::Warn,
            Self::InWheel { .. } => Level::Deny,
            Self::OnImage { affected, .. } => affected.level(true),
        })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        match self {
            Self::InWheel { members, libc, .. } => vec![Fact::Libc(*libc), Fact::other_members(members)],
            Self::OnImage { affected, libc, .. } => {
                [Fact::Libc(*libc)].into_iter().chain(affected.facts()).collect()
            }
        }
    }
}
