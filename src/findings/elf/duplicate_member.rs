//! `duplicate-member`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "duplicate-member",
    level: Level::Warn,
    summary: "two members of the archive have the same name",
    explanation: "Zip archives can hold two members of one name. Tools that go by the directory and tools that \
        go through the file may take different ones, so what was checked may not be what is installed. Both are \
        judged here.\n\nRebuild the wheel; uv and PyPI refuse such archives.",
    link: "https://blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks/",
};

/// A name occurs twice in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplicateMember {
    /// What the reader of the archive says.
    pub problem: ArchiveProblem,
}

impl Rule for DuplicateMember {
    fn message(&self) -> String {
        self.problem.detail.clone()
    }

    fn member(&self) -> Option<&str> {
        Some(&self.problem.member)
    }

    fn evidence(&self) -> Evidence {
        self.problem.evidence()
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<DuplicateMember>) {
    let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::DuplicateName]);
    out.extend(problems.map(|problem| DuplicateMember { problem }));
}
