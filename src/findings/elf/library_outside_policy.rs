//! `library-outside-policy`

use crate::findings::counts::{MOST, left_out, like_it, members};
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::binary::is_libpython;
use crate::inspect::context::Context;
use crate::policy::{GlibcPolicies, MuslSymbols};
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-outside-policy",
    level: Level::Warn,
    summary: "a library is needed that is not in the wheel and that no platform tag promises",
    explanation: "The library is neither among the wheel's own files, as far as search paths lead, nor on the \
        list of libraries that every system of the platform has. Where it is missing, the import fails with \
        `cannot open shared object file`. Another wheel may bring and load it first, as the CUDA wheels do.\n\n\
        Install the system package that has it, or look for a wheel that brings it along.",
    link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
};

/// Members need a library from the system that no platform tag promises.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibraryOutsidePolicy {
    /// The library.
    pub library: String,
    /// The members that need it.
    pub members: Vec<String>,
    /// Further libraries of which the same is true and that are not reported.
    pub more: usize,
}

impl Rule for LibraryOutsidePolicy {
    fn message(&self) -> String {
        format!(
            "needs `{}`, which is not in the wheel and which no platform tag promises{}",
            self.library,
            like_it(self.more, "libraries")
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "the import fails where the library is missing: install the system package that has it, or look for a \
             wheel that brings it"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn evidence(&self) -> Evidence {
        Evidence { library: Some(self.library.clone()), ..members(&self.members) }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<LibraryOutsidePolicy>) {
    let musl = MuslSymbols::table();
    let glibc = GlibcPolicies::table();
    for verdict in &cx.verdicts {
        let foreign = verdict.system_libraries.iter().filter(|one| {
            let loader = match verdict.libc {
                Some(LibcFamily::Musl) => musl.is_libc(&one.library),
                _ => glibc.is_dynamic_linker(&one.library),
            };
            // libpython has a code of its own.
            one.allowed_since.is_none() && !loader && !is_libpython(&one.library)
        });
        let foreign: Vec<_> = foreign.collect();
        for (number, one) in foreign.iter().enumerate().take(MOST) {
            out.push(LibraryOutsidePolicy {
                library: one.library.clone(),
                members: one.members.clone(),
                more: left_out(number, foreign.len()),
            });
        }
    }
}
