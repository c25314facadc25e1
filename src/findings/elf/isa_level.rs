//! `isa-level`

use std::collections::BTreeMap;

use crate::elf;
use crate::findings::counts::{binaries, members};
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "isa-level",
    level: Level::Warn,
    summary: "a binary is marked as needing a newer x86-64 level",
    explanation: "The GNU property note of the file says that it needs x86-64-v2, -v3 or -v4. On an older CPU, or \
        in a virtual machine that hides the extensions, it ends with an illegal instruction. Platform tags cannot \
        say this, and files that choose their code at run time do not carry the mark.",
    link: "https://gitlab.com/x86-psABIs/x86-64-ABI",
};

/// Members are marked as needing an x86-64 level above the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IsaLevel {
    /// The members.
    pub members: Vec<String>,
    /// The level.
    pub level: elf::IsaLevel,
}

impl Rule for IsaLevel {
    fn message(&self) -> String {
        let binaries = binaries(self.members.len(), "is", "are");
        format!("{binaries} marked as needing {}", self.level.as_str())
    }

    fn help(&self) -> Option<String> {
        Some("older CPUs stop with an illegal instruction, and no platform tag can say so".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn evidence(&self) -> Evidence {
        Evidence { symbol: Some(self.level.as_str().to_owned()), ..members(&self.members) }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<IsaLevel>) {
    let mut by: BTreeMap<elf::IsaLevel, Vec<String>> = BTreeMap::new();
    for (_, member) in cx.loaded() {
        if let Some(level) = member.elf.isa {
            by.entry(level).or_default().push(member.path.clone());
        }
    }
    out.extend(by.into_iter().map(|(level, members)| IsaLevel { members, level }));
}
