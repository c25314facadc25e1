//! `archive-bomb`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "archive-bomb",
    level: Level::Deny,
    summary: "the archive unpacks to an implausible size, or its members overlap",
    explanation: "A member claims to unpack to hundreds of times its packed size, all members together are larger \
than in any real wheel of this size, or two members share the same bytes of the archive. Such archives exhaust the \
memory or disk of the tool that unpacks them. The member was not unpacked, and its content is unknown.\n\n\
Do not install the file. Download it from a source that you trust.",
    link: "https://www.usenix.org/conference/woot19/presentation/fifield",
};

/// Members of the archive overlap, or unpack to an implausible size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveBomb {
    /// The problem that the archive reader reports.
    pub problem: ArchiveProblem,
}

impl Rule for ArchiveBomb {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::Overlap, ProblemKind::Bomb]);
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
