//! `glibc-too-old`

use std::collections::BTreeMap;

use crate::elf::Machine;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::{examples, glibc_of_node, strong_nodes};
use crate::inspect::context::WheelContext;
use crate::target::{Libc, Target};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "glibc-too-old",
    level: Level::Deny,
    summary: "a binary requires symbol versions that the glibc of the target does not have",
    explanation: "The binary was linked against a newer glibc and requires a symbol version that the glibc of the \
target does not have, so the import fails with `version 'GLIBC_...' not found`. It happens if the tag of the wheel \
claims an older glibc than its content requires.\n\n\
Use an older release of the project, use a base image with a newer glibc, or build from source on the target.",
    link: "https://peps.python.org/pep-0600/",
};

/// Members require a symbol version that the glibc of the target does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GlibcTooOld {
    /// The members that require the newest version.
    pub members: Vec<String>,
    /// The library.
    pub library: String,
    /// The node.
    pub node: String,
    /// Some of the symbols with this version that the first member uses.
    pub symbols: Vec<String>,
    /// The first glibc with it.
    pub since: (u32, u32),
    /// The target's glibc.
    pub target: (u32, u32),
}

impl Rule for GlibcTooOld {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let Some(&Target { libc: Libc::Glibc(major, minor), .. }) = cx.target else { return Vec::new() };
        let machines = cx.machines.iter().filter(|machine| !cx.is_for_musl(**machine));
        machines.filter_map(|&machine| newest(cx, machine, (major, minor))).collect()
    }

    fn message(&self) -> String {
        let Self { library, node, symbols, since, target, .. } = self;
        let taken = match symbols.as_slice() {
            [] => String::new(),
            symbols => format!(" ({})", symbols.join(", ")),
        };
        format!(
            "requires {node} of `{library}`{taken}, which is new in glibc {}.{}; the target has {}.{}",
            since.0, since.1, target.0, target.1
        )
    }

    fn help(&self) -> Option<String> {
        Some("use an older release of the project, or a base image with a newer glibc".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Library(&self.library), Fact::Symbol(&self.node), Fact::other_members(&self.members)]
    }
}

/// The newest node that is missing, for a machine.
fn newest(cx: &WheelContext<'_>, machine: Machine, target: (u32, u32)) -> Option<GlibcTooOld> {
    let mut too_new: BTreeMap<(u32, u32), GlibcTooOld> = BTreeMap::new();
    for (_, member) in cx.members(machine) {
        for (library, node, place) in strong_nodes(&member.elf) {
            let Some(since) = glibc_of_node(machine, node).filter(|since| *since > target) else { continue };
            if cx.resolver.anywhere(library, &member.elf).is_none() {
                let first = || GlibcTooOld {
                    members: Vec::new(),
                    library: library.to_owned(),
                    node: node.to_owned(),
                    symbols: examples(&member.elf, place),
                    since,
                    target,
                };
                too_new.entry(since).or_insert_with(first).members.push(member.path.clone());
            }
        }
    }
    too_new.into_values().next_back()
}
