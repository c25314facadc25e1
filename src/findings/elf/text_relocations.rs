//! `text-relocations`

use crate::findings::counts::binaries;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "text-relocations",
    level: Level::Warn,
    summary: "the loader must modify the code of a binary",
    explanation: "The file has DT_TEXTREL: its code is not position-independent, so the loader must change it in \
memory. Hardened systems (SELinux without `execmod`) refuse this, and the pages cannot be shared.\n\n\
Compile everything with `-fPIC`. The usual cause is hand-written assembler code.",
    link: "https://docs.oracle.com/cd/E26502_01/html/E26507/chapter2-88783.html",
};

/// Members have relocations in their code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextRelocations {
    /// The members.
    pub members: Vec<String>,
}

impl Rule for TextRelocations {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let members: Vec<String> = cx
            .loaded()
            .filter(|(_, member)| member.elf.text_relocations)
            .map(|(_, member)| member.path.clone())
            .collect();
        let mut out = Vec::new();
        if !members.is_empty() {
            out.push(Self { members });
        }
        out
    }

    fn message(&self) -> String {
        format!("{} relocations in code (DT_TEXTREL)", binaries(self.members.len(), "has", "have"))
    }

    fn help(&self) -> Option<String> {
        Some("build with `-fPIC`: hardened systems (SELinux `execmod`) refuse to load it".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Part("DT_TEXTREL"), Fact::other_members(&self.members)]
    }
}
