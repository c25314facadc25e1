//! `private-symbol-version`

use std::collections::BTreeMap;

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::examples;
use crate::inspect::context::WheelContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "private-symbol-version",
    level: Level::Warn,
    summary: "a binary requires a private symbol version of a system library",
    explanation: "Versions such as `GLIBC_PRIVATE` contain the internals of one build of a library. They change \
without notice, so the binary may load only with the build against which it was linked. Usually a part of glibc \
itself was bundled.",
    link: "https://github.com/pypa/auditwheel/issues/229",
};

/// Members require a version such as `GLIBC_PRIVATE`: its symbols may change with every build of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrivateSymbolVersion {
    /// The members.
    pub members: Vec<String>,
    /// The library.
    pub library: String,
    /// The version node.
    pub node: String,
    /// Some of its symbols that are used.
    pub symbols: Vec<String>,
}

impl Rule for PrivateSymbolVersion {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        /// Members, and some of the symbols that the first of them with any takes.
        type Takers = (Vec<String>, Vec<String>);

        let mut by: BTreeMap<(&str, &str), Takers> = BTreeMap::new();
        for member in &cx.facts.members {
            for (library, need) in member.elf.version_needs.iter().enumerate() {
                let nodes = need.nodes.iter().enumerate();
                for (number, node) in nodes.filter(|(_, node)| node.name.ends_with("_PRIVATE")) {
                    // A private version of a library in the wheel matches that library.
                    if cx.resolver.anywhere(&need.library, &member.elf).is_none() {
                        let (members, symbols) = by.entry((&need.library, &node.name)).or_default();
                        members.push(member.path.clone());
                        if symbols.is_empty() {
                            *symbols = examples(&member.elf, (library, number));
                        }
                    }
                }
            }
        }
        let mut out = Vec::new();
        for ((library, node), (members, symbols)) in by {
            let (library, node) = (library.to_owned(), node.to_owned());
            out.push(Self { members, library, node, symbols });
        }
        out
    }

    fn message(&self) -> String {
        let Self { library, node, symbols, .. } = self;
        let taken = match symbols.as_slice() {
            [] => String::new(),
            symbols => format!(" for {}", symbols.join(", ")),
        };
        format!("requires {node} of `{library}`{taken}: internal symbols that other builds may not have")
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Library(&self.library), Fact::Symbol(&self.node), Fact::other_members(&self.members)]
    }
}
