//! `not-loadable-libpython`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::{is_extension, is_libpython};
use crate::inspect::context::WheelContext;
use crate::wheel::SearchRules;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "not-loadable-libpython",
    level: Level::Warn,
    summary: "an extension module is linked to libpython",
    explanation: "Many interpreters are linked statically with libpython: those of Debian and Ubuntu, static \
builds, and those of the images for building wheels. There the library does not exist as a file, and the import \
fails. If it exists, the process may load two copies of the interpreter.\n\n\
Extension modules do not require the link: the interpreter provides its symbols to all files that it loads.",
    link: "https://peps.python.org/pep-0513/#libpythonx-y-so-1",
};

/// A member is linked to libpython. Interpreters that are linked statically with it have no such file: those of
/// distributions, static builds, and every `manylinux` image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotLoadableLibpython {
    /// The member.
    pub member: String,
    /// The libpython.
    pub library: String,
    /// Whether the interpreter imports the member by itself.
    pub is_module: bool,
}

impl Rule for NotLoadableLibpython {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let mut out = Vec::new();
        for (at, member) in cx.libraries() {
            let Some(library) = member.elf.needed.iter().find(|library| is_libpython(library)) else {
                continue;
            };
            let walk = cx.resolver.walk(at, SearchRules::Glibc);
            if walk.iter().any(|need| need.library == library && need.file().is_some()) {
                continue;
            }
            out.push(Self {
                member: member.path.clone(),
                library: library.clone(),
                is_module: is_extension(member),
            });
        }
        out
    }

    fn message(&self) -> String {
        format!(
            "{} is linked to `{}`, which many interpreters do not have as a file (PEP 513)",
            if self.is_module { "the extension module" } else { "the library" },
            self.library
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "link without `-lpython`: the interpreter provides its symbols to all files that it loads"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Library(&self.library)]
    }
}
