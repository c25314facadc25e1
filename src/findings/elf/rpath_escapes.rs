//! `rpath-escapes`

use std::collections::BTreeMap;

use crate::findings::counts::{MOST, binaries, left_out, like_it, members};
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::wheel::Container;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "rpath-escapes",
    level: Level::Warn,
    summary: "a binary's search path leads out of the wheel",
    explanation: "An entry of DT_RPATH or DT_RUNPATH is absolute, relative to the working directory, empty (which \
        means the working directory), or climbs out of what the wheel installs. Mostly it is left from the machine \
        the wheel was built on. Whoever can put a library into such a directory has it loaded in place of the \
        wheel's or the system's.\n\nRemove it with `patchelf --remove-rpath`, or use paths that begin with \
        `$ORIGIN` and stay inside.",
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
    /// Further paths of which the same is true and that are not reported.
    pub more: usize,
}

impl Rule for RpathEscapes {
    fn message(&self) -> String {
        let path = &self.path;
        let what = if path.is_empty() {
            "an empty search path, which is the working directory".to_owned()
        } else if path.starts_with('/') {
            format!("the search path `{path}`, an absolute directory of some system")
        } else if path.starts_with('$') {
            format!("the search path `{path}`, which leads out of the wheel")
        } else {
            format!("the search path `{path}`, which hangs on the working directory")
        };
        let binaries = binaries(self.members.len(), "has", "have");
        format!("{binaries} {what}{}", like_it(self.more, "paths"))
    }

    fn help(&self) -> Option<String> {
        Some(
            "a library found there is taken before the wheel's own or the system's; remove it with `patchelf \
             --remove-rpath` or set `$ORIGIN` paths"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn evidence(&self) -> Evidence {
        Evidence { symbol: Some(self.path.clone()), ..members(&self.members) }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<RpathEscapes>) {
    if cx.facts.container == Container::File {
        return;
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
    for (number, (path, members)) in by.into_iter().enumerate().take(MOST) {
        let more = left_out(number, total);
        out.push(RpathEscapes { members, path: path.to_owned(), more });
    }
}
