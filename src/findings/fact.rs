//! The facts of a finding, for programs that read reports.

use crate::elf::X86Level;
use crate::sdist::Languages;
use crate::target::LibcFamily;
use crate::wheel::ProblemKind;

/// A fact that a finding is based on, in addition to its project and its member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fact<'a> {
    /// A library, by SONAME.
    Library(&'a str),
    /// All libraries, by SONAME, in the order of the message.
    Libraries(Vec<&'a str>),
    /// A symbol, a version of symbols, or another requirement that a platform policy limits.
    Symbol(&'a str),
    /// A directory in the search path of a binary.
    SearchPath(&'a str),
    /// A platform tag.
    Tag(&'a str),
    /// The tags of a `WHEEL` file, as written.
    Tags(&'a [String]),
    /// The C library that a binary is linked for.
    Libc(LibcFamily),
    /// The machine of a binary.
    Machine(&'a str),
    /// The processor level that a binary requires.
    CpuLevel(X86Level),
    /// The alignment of the segments of a binary, in bytes.
    Alignment(u64),
    /// A part of an ELF file or a wheel, such as `PT_GNU_STACK` or `RECORD`.
    Part(&'static str),
    /// What is wrong with an archive.
    Problem(ProblemKind),
    /// The compiled languages in a source distribution.
    Languages(Languages),
    /// The origin of the requirements of a build.
    BuildSource(&'a str),
    /// The members in addition to the one of the finding.
    OtherMembers(&'a [String]),
    /// The modules that cannot be imported, the programs that do not run, and the files that cannot be loaded.
    Modules(Vec<&'a str>),
    /// The packages of the distribution that solve the problem.
    Packages(&'a [String]),
    /// The command that installs them.
    Install(&'a str),
    /// The programs that are started and missing.
    Programs(Vec<&'a str>),
    /// The origin of the fact that a project opens a library or runs a program.
    Source(&'a str),
}

impl<'a> Fact<'a> {
    /// The members except the first, which is the one of the finding.
    pub(super) fn other_members(all: &'a [String]) -> Self {
        Self::OtherMembers(all.get(1..).unwrap_or_default())
    }

    /// All libraries, by SONAME.
    pub(super) fn libraries(all: impl IntoIterator<Item = &'a String>) -> Self {
        Self::Libraries(all.into_iter().map(String::as_str).collect())
    }
}
