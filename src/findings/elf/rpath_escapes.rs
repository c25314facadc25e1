//! `rpath-escapes`

use std::collections::BTreeMap;

use crate::findings::counts::{MOST, binaries, left_out, like_it};
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::Container;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "rpath-escapes",
    level: Level::Warn,
    summary: "the search path of a binary leads out of the wheel",
    explanation: "An entry of DT_RPATH or DT_RUNPATH is absolute, relative to the working directory, empty (which \
means the working directory), or leads out of the installed files. Usually it remains from the machine where the \
wheel was built. A library in such a directory is loaded instead of the library of the wheel or the system. Anyone \
who can write to such a directory can replace a library of the wheel or the system.\n\n\
Remove the path with `patchelf --remove-rpath`, or use paths that start with `$ORIGIN` and stay inside the wheel.",
    link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
};

/// A search path of members leads out of the wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RpathEscapes {
    /// The members that have it.
    pub members: Vec<String>,
    /// The path as written.
    pub path: String,
    /// The number of further paths with the same problem, which are not reported.
    pub more: usize,
}

impl Rule for RpathEscapes {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        if cx.facts.container == Container::File {
            return Vec::new();
        }
        let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (at, member) in cx.loaded() {
            for path in member.elf.search_path() {
                if cx.resolver.escapes(at, path) {
                    by.entry(path).or_default().push(member.path.clone());
                }
            }
        }
        let total = by.len();
        let mut out = Vec::new();
        for (number, (path, members)) in by.into_iter().enumerate().take(MOST) {
            let more = left_out(number, total);
            out.push(Self { members, path: path.to_owned(), more });
        }
        out
    }

    fn message(&self) -> String {
        let path = &self.path;
        let what = if path.is_empty() {
            "an empty search path, which is the working directory".to_owned()
        } else if path.starts_with('/') {
            format!("the absolute search path `{path}`")
        } else if path.starts_with('$') {
            format!("the search path `{path}`, which leads out of the wheel")
        } else {
            format!("the search path `{path}`, which depends on the working directory")
        };
        let binaries = binaries(self.members.len(), "has", "have");
        format!("{binaries} {what}{}", like_it(self.more, "paths"))
    }

    fn help(&self) -> Option<String> {
        Some(
            "remove it with `patchelf --remove-rpath`, or set `$ORIGIN` paths; libraries in that directory are \
             loaded before those of the wheel and the system"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::SearchPath(&self.path), Fact::other_members(&self.members)]
    }
}
