//! `unreadable-member`

use crate::elf::ElfFault;
use crate::findings::archive::ArchiveProblem;
use crate::findings::counts::MOST;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::ProblemKind;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unreadable-member",
    level: Level::Warn,
    summary: "a member of the archive could not be read",
    explanation: "The packed data or the ELF tables are damaged, a size in the archive is wrong, or the compression \
method is not supported by installers. The readable parts were checked; the rest is unknown.",
    link: "https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html",
};

/// A member, or a part of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadableMember {
    /// The archive reader could not read it.
    Packed(ArchiveProblem),
    /// Its ELF tables are damaged.
    Damaged {
        /// The member.
        member: String,
        /// The faults.
        faults: Vec<ElfFault>,
    },
}

impl Rule for UnreadableMember {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let problems = ArchiveProblem::of(cx.facts, &[ProblemKind::Unreadable, ProblemKind::UnknownMethod]);
        let mut out = Vec::new();
        out.extend(problems.map(Self::Packed));
        for (_, member) in cx.loaded().filter(|(_, member)| !member.elf.faults.is_empty()).take(MOST) {
            let (member, faults) = (member.path.clone(), member.elf.faults.clone());
            out.push(Self::Damaged { member, faults });
        }
        out
    }

    fn message(&self) -> String {
        match self {
            Self::Packed(problem) => problem.detail.clone(),
            Self::Damaged { faults, .. } => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                format!("damaged ELF tables: {}; their content was not checked", faults.join("; "))
            }
        }
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::Packed(problem) => Some(&problem.member),
            Self::Damaged { member, .. } => Some(member),
        }
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        match self {
            Self::Packed(problem) => vec![Fact::Problem(problem.kind)],
            Self::Damaged { .. } => vec![Fact::Part("ELF")],
        }
    }
}
