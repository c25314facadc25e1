//! `archive-bomb`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "archive-bomb",
    level: Level::Deny,
    summary: "the archive would unpack to far more than any honest wheel, or its members overlap",
    explanation: "A member claims to hold hundreds of times its packed size, all members together hold more \
        than any wheel of this size does, or two members share the same bytes of the archive. Such archives \
        exhaust whoever unpacks them. The member was not unpacked and nothing is known of what it holds.\n\n\
        Do not install the file; get it from a source that you trust.",
    link: "https://www.usenix.org/conference/woot19/presentation/fifield",
};

/// Members of the archive overlap, or inflate to far more than they are packed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveBomb {
    /// What the reader of the archive says.
    pub problem: ArchiveProblem,
}

impl Rule for ArchiveBomb {
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

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<ArchiveBomb>) {
    let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::Overlap, ProblemKind::Bomb]);
    out.extend(problems.map(|problem| ArchiveBomb { problem }));
}
