//! `duplicate-member`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "duplicate-member",
    level: Level::Warn,
    summary: "two members of the archive have the same name",
    explanation: "A zip archive can contain two members with one name. Tools that read the central directory and \
tools that read the archive in sequence may use different ones, so the checked file may not be the installed one. \
Both are checked here.\n\n\
Rebuild the wheel. uv and PyPI refuse such archives.",
    link: "https://blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks/",
};

/// Two members of the archive have the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplicateMember {
    /// The problem that the archive reader reports.
    pub problem: ArchiveProblem,
}

impl Rule for DuplicateMember {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::DuplicateName]);
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
