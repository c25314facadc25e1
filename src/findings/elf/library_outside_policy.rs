//! `library-outside-policy`

use crate::findings::counts::{MOST, left_out, like_it};
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::is_libpython;
use crate::inspect::context::WheelContext;
use crate::policy::{GlibcPolicies, MuslSymbols};
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-outside-policy",
    level: Level::Warn,
    summary: "a library is neither in the wheel nor guaranteed by a platform tag",
    explanation: "The library is neither in the wheel, as far as its search paths lead, nor on the list of \
libraries that every system of the platform has. If it is missing, the import fails with `cannot open shared object \
file`. Another wheel may contain the library and load it first, as the CUDA wheels do.\n\n\
Install the system package with the library, or use a wheel that contains it.",
    link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
};

/// Members require a library of the system that no platform tag guarantees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibraryOutsidePolicy {
    /// The library.
    pub library: String,
    /// The members that need it.
    pub members: Vec<String>,
    /// The number of further libraries with the same problem, which are not reported.
    pub more: usize,
}

impl Rule for LibraryOutsidePolicy {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let musl = MuslSymbols::table();
        let glibc = GlibcPolicies::table();
        let mut out = Vec::new();
        for verdict in &cx.verdicts {
            let foreign = verdict.system_libraries.iter().filter(|one| {
                let loader = match verdict.libc {
                    Some(LibcFamily::Musl) => musl.is_libc(&one.library),
                    _ => glibc.is_dynamic_linker(&one.library),
                };
                // libpython has its own code.
                one.allowed_since.is_none() && !loader && !is_libpython(&one.library)
            });
            let foreign: Vec<_> = foreign.collect();
            for (number, one) in foreign.iter().enumerate().take(MOST) {
                out.push(Self {
                    library: one.library.clone(),
                    members: one.members.clone(),
                    more: left_out(number, foreign.len()),
                });
            }
        }
        out
    }

    fn message(&self) -> String {
        format!(
            "requires `{}`, which is neither in the wheel nor guaranteed by a platform tag{}",
            self.library,
            like_it(self.more, "libraries")
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "install the system package with the library, or use a wheel that contains it; the import fails if the \
             library is missing"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        self.members.first().map(String::as_str)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Library(&self.library), Fact::other_members(&self.members)]
    }
}
