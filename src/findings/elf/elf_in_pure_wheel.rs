//! `elf-in-pure-wheel`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::target::LibcFamily;
use crate::wheel::Container;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "elf-in-pure-wheel",
    level: Level::Warn,
    summary: "a wheel that is marked as pure contains binaries",
    explanation: "The platform tag is `any`, or the binary is in a `purelib` directory, or `WHEEL` has \
`Root-Is-Purelib: true`. Installers choose the wheel for every system, and it works only on those that can load the \
binaries, or if the project works without them.\n\n\
Give the wheel a platform tag and `Root-Is-Purelib: false`. If it is not your wheel, check whether the project \
requires the binary.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory",
};

/// A wheel contains binaries although it, or their directory, is marked as pure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElfInPureWheel {
    /// The binaries.
    pub members: Vec<String>,
    /// The mark that excludes binaries.
    pub claim: PureClaim,
}

/// The mark that excludes binaries from a wheel.
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
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        if cx.facts.container != Container::Wheel {
            return Vec::new();
        }
        let paths = || cx.loaded().map(|(_, member)| member.path.as_str());
        if paths().next().is_none() {
            return Vec::new();
        }
        let mut out = Vec::new();
        if cx.claims.any() {
            let mut machines: Vec<String> =
                cx.loaded().map(|(_, member)| member.elf.machine_name()).collect();
            machines.sort_unstable();
            machines.dedup();
            let mut libcs: Vec<LibcFamily> = cx.libcs.iter().flatten().copied().collect();
            libcs.sort_unstable_by_key(|libc| libc.as_str());
            libcs.dedup();
            let members = paths().map(str::to_owned).collect();
            out.push(Self { members, claim: PureClaim::Tag { machines, libcs } });
            return out;
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
            out.push(Self { members, claim });
        }
        out
    }

    fn message(&self) -> String {
        let count = self.members.len();
        let what = match &self.claim {
            PureClaim::Tag { machines, libcs } => {
                let binaries = match count {
                    1 => "the wheel contains a binary".to_owned(),
                    count => format!("the wheel contains {count} binaries"),
                };
                let libcs: Vec<&str> = libcs.iter().map(|libc| libc.as_str()).collect();
                let libcs = match libcs.as_slice() {
                    [] => String::new(),
                    libcs => format!(" and {}", libcs.join(" and ")),
                };
                let machines = machines.join(" and ");
                return format!("the platform tag is `any`, but {binaries} for {machines}{libcs}");
            }
            PureClaim::Root => "a wheel with `Root-Is-Purelib: true`",
            PureClaim::Directory => "the `purelib` directory",
        };
        match count {
            1 => format!("1 binary file in {what}"),
            count => format!("{count} binary files in {what}"),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.claim {
            PureClaim::Tag { .. } => {
                "add a platform tag: the wheel can be installed on other machines and C libraries, and fails there"
            }
            PureClaim::Root | PureClaim::Directory => {
                "build with `Root-Is-Purelib: false`: the binary is installed in the wrong directory if purelib and platlib \
                 differ"
            }
        };
        Some(help.to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let claim = match self.claim {
            PureClaim::Tag { .. } => Fact::Tag("any"),
            PureClaim::Root | PureClaim::Directory => Fact::Part("purelib"),
        };
        vec![claim, Fact::other_members(&self.members)]
    }
}
