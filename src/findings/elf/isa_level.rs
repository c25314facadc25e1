//! `isa-level`

use std::collections::BTreeMap;

use crate::elf;
use crate::findings::counts::binaries;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "isa-level",
    level: Level::Warn,
    summary: "a binary is marked as requiring a newer x86-64 level",
    explanation: "The GNU property note of the file states that it requires x86-64-v2, -v3 or -v4. On an older CPU, \
or in a virtual machine that hides the extensions, it stops with an illegal instruction. Platform tags cannot \
express the level. Files that select their code at run time do not have the mark.",
    link: "https://gitlab.com/x86-psABIs/x86-64-ABI",
};

/// Members are marked as requiring an x86-64 level above the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IsaLevel {
    /// The members.
    pub members: Vec<String>,
    /// The level.
    pub level: elf::X86Level,
}

impl Rule for IsaLevel {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let mut by: BTreeMap<elf::X86Level, Vec<String>> = BTreeMap::new();
        for (_, member) in cx.loaded() {
            if let Some(level) = member.elf.isa {
                by.entry(level).or_default().push(member.path.clone());
            }
        }
        by.into_iter().map(|(level, members)| Self { members, level }).collect()
    }

    fn message(&self) -> String {
        let binaries = binaries(self.members.len(), "is", "are");
        format!("{binaries} marked as requiring {}", self.level.as_str())
    }

    fn help(&self) -> Option<String> {
        Some(
            "run on a CPU with this level, or build with `-march=x86-64`; platform tags cannot express the level"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::CpuLevel(self.level), Fact::other_members(&self.members)]
    }
}
