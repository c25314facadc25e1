//! `unsafe-member-name`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unsafe-member-name",
    level: Level::Deny,
    summary: "the name of a member leads out of the unpacked wheel",
    explanation: "The name is absolute, has a `..` part, a backslash or a NUL byte. A careless unpacker writes to \
another directory. Installers refuse such members or change their names.\n\n\
Do not install the file.",
    link: "https://docs.python.org/3/library/zipfile.html#zipfile.ZipFile.extract",
};

/// The name of a member is absolute or leads out of the wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnsafeMemberName {
    /// The problem that the archive reader reports.
    pub problem: ArchiveProblem,
}

impl Rule for UnsafeMemberName {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::UnsafeName]);
        problems.map(|problem| Self { problem }).collect()
    }

    fn message(&self) -> String {
        self.problem.detail.clone()
    }

    fn member(&self) -> Option<&str> {
        Some(&self.problem.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Problem(self.problem.kind)]
    }
}
