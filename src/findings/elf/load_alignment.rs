//! `load-alignment`

use crate::findings::counts::binaries;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::policy::loader_facts;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "load-alignment",
    level: Level::Warn,
    summary: "a binary cannot be loaded on kernels with 64 KiB pages",
    explanation: "Kernels on aarch64 and POWER may use pages of 64 KiB, and cannot map segments with a smaller \
alignment: `ELF load command alignment not page-aligned`. Linkers usually align to 64 KiB on these machines; some \
tools that rewrite binaries do not.\n\n\
Relink with `-z max-page-size=65536`.",
    link: "https://github.com/pypa/manylinux/issues/735",
};

/// The alignment of members is less than the largest page size of kernels for their machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoadAlignment {
    /// The members.
    pub members: Vec<String>,
    /// The smallest of their alignments, in bytes.
    pub alignment: u64,
    /// The size of large pages, in bytes.
    pub page: u64,
}

impl Rule for LoadAlignment {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let facts = loader_facts();
        let large = |machine| facts.large_page_machines.contains(&machine);
        let narrow: Vec<_> = cx
            .loaded()
            .filter(|(_, member)| member.elf.machine().is_some_and(large))
            .filter_map(|(_, member)| Some((&member.path, member.elf.load_alignment?)))
            .filter(|(_, alignment)| *alignment < facts.large_page)
            .collect();
        let Some(alignment) = narrow.iter().map(|(_, alignment)| *alignment).min() else { return Vec::new() };
        let members = narrow.into_iter().map(|(path, _)| path.clone()).collect();
        vec![Self { members, alignment, page: facts.large_page }]
    }

    fn message(&self) -> String {
        let count = self.members.len();
        format!(
            "{} aligned to {} bytes: kernels with {} KiB pages refuse to load {}",
            binaries(count, "is", "are"),
            self.alignment,
            self.page >> 10,
            if count == 1 { "it" } else { "them" }
        )
    }

    fn help(&self) -> Option<String> {
        Some(format!("relink with `-z max-page-size={}`", self.page))
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Alignment(self.alignment), Fact::other_members(&self.members)]
    }
}
