//! `elf-in-pure-wheel`

use crate::findings::counts::members;
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::target::LibcFamily;
use crate::wheel::Container;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "elf-in-pure-wheel",
    level: Level::Warn,
    summary: "a wheel that says it is pure has binaries",
    explanation: "The file name has the platform `any`, or the binary lies in a `purelib` directory, or `WHEEL` \
        says `Root-Is-Purelib: true`. Installers take the wheel for every system, and it works only on those its \
        binaries are for, or where the project does without them.\n\n\
        Give the wheel a platform tag and `Root-Is-Purelib: false`; where it is not yours, look whether the \
        project needs the binary at all.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory",
};

/// A wheel has binaries although it, or the place where they are, says that it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElfInPureWheel {
    /// The binaries.
    pub members: Vec<String>,
    /// What says that there are none.
    pub claim: PureClaim,
}

/// What says that a wheel has no binaries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PureClaim {
    /// The platform tag `any`.
    Tag {
        /// The machines of the binaries.
        machines: Vec<String>,
        /// The C libraries that they are linked for.
        libcs: Vec<LibcFamily>,
    },
    /// `Root-Is-Purelib: true`.
    Root,
    /// The `purelib` directory.
    Directory,
}

impl Rule for ElfInPureWheel {
    fn message(&self) -> String {
        let count = self.members.len();
        let what = match &self.claim {
            PureClaim::Tag { machines, libcs } => {
                let binaries = match count {
                    1 => "there is a binary".to_owned(),
                    count => format!("there are {count} binaries"),
                };
                let libcs: Vec<&str> = libcs.iter().map(|libc| libc.as_str()).collect();
                let libcs = match libcs.as_slice() {
                    [] => String::new(),
                    libcs => format!(" and {}", libcs.join(" and ")),
                };
                let machines = machines.join(" and ");
                return format!("the file name says `any`, but {binaries} for {machines}{libcs}");
            }
            PureClaim::Root => "a wheel that says `Root-Is-Purelib: true`",
            PureClaim::Directory => "the `purelib` directory",
        };
        match count {
            1 => format!("one binary file in {what}"),
            count => format!("{count} binary files in {what}"),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.claim {
            PureClaim::Tag { .. } => {
                "on another machine or C library the wheel installs and then fails; give it a platform tag"
            }
            PureClaim::Root | PureClaim::Directory => {
                "where pure and platform directories differ it lands in the wrong one; build with \
                 `Root-Is-Purelib: false`"
            }
        };
        Some(help.to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn evidence(&self) -> Evidence {
        let symbol = match self.claim {
            PureClaim::Tag { .. } => "any",
            PureClaim::Root | PureClaim::Directory => "purelib",
        };
        Evidence { symbol: Some(symbol.to_owned()), ..members(&self.members) }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<ElfInPureWheel>) {
    if cx.facts.container != Container::Wheel {
        return;
    }
    let paths = || cx.loaded().map(|(_, member)| member.path.as_str());
    if paths().next().is_none() {
        return;
    }
    if cx.claims.any() {
        let mut machines: Vec<String> = cx.loaded().map(|(_, member)| member.elf.machine_name()).collect();
        machines.sort_unstable();
        machines.dedup();
        let mut libcs: Vec<LibcFamily> = cx.libcs.iter().flatten().copied().collect();
        libcs.sort_unstable_by_key(|libc| libc.as_str());
        libcs.dedup();
        let members = paths().map(str::to_owned).collect();
        out.push(ElfInPureWheel { members, claim: PureClaim::Tag { machines, libcs } });
        return;
    }
    // The binary distribution format, "The .data directory": purelib is for what runs everywhere.
    let in_data = |path: &str| path.split('/').next().is_some_and(|top| top.ends_with(".data"));
    let in_purelib = |path: &str| in_data(path) && path.split('/').nth(1) == Some("purelib");
    let mut members: Vec<String> = paths().filter(|path| in_purelib(path)).map(str::to_owned).collect();
    let root = cx.facts.labels.first().is_some_and(|label| label.root_is_purelib == Some(true));
    if root {
        members.extend(paths().filter(|path| !in_data(path)).map(str::to_owned));
    }
    if !members.is_empty() {
        let claim = if root { PureClaim::Root } else { PureClaim::Directory };
        out.push(ElfInPureWheel { members, claim });
    }
}
