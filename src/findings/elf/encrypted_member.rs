//! `encrypted-member`

use crate::findings::archive::ArchiveProblem;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "encrypted-member",
    level: Level::Deny,
    summary: "a member of the archive is encrypted",
    explanation: "Installers cannot unpack encrypted members, and their content is unknown.\n\n\
Rebuild the wheel without encryption.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};

/// A member is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedMember {
    /// The problem that the archive reader reports.
    pub problem: ArchiveProblem,
}

impl Rule for EncryptedMember {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::Encrypted]);
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
