//! `library-too-old`

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::{SEVERAL, plain};
use crate::findings::{CodeInfo, Fact, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-too-old",
    level: Level::Deny,
    summary: "a library does not define a symbol version that a wheel requires",
    explanation: "Libraries such as glibc, libstdc++ and libgcc_s give their symbols versions (`GLIBC_2.38`, \
`GLIBCXX_3.4.32`). The loader compares the versions that a binary requires with those that the library defines, and \
fails with `version 'GLIBCXX_3.4.32' not found`. It happens if a wheel requires more than its tag states, or if the \
library comes from another wheel. musl has no symbol versions.\n\n\
Every library is checked by itself, not only the version of glibc. Symbol versions of a library that are unknown \
are reported as `undetermined`, and only with `--all`.\n\n\
Use a base image of a newer release, or an older release of the project.",
    link: "https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html",
};

/// The libraries that the loader of an image finds do not define version nodes that files need.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibraryTooOld {
    /// The files, and what does not work.
    pub affected: Affected,
    /// The libraries, in the order in which the loader meets them.
    pub libraries: Vec<OldLibrary>,
}

/// A library without some version nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OldLibrary {
    /// Its SONAME.
    pub soname: String,
    /// The nodes that it does not define, in the order in which the loader compares them.
    pub nodes: Vec<String>,
    /// The newest node that it defines, where that is known.
    pub newest: Option<String>,
    /// The file, if a wheel has it and not the image.
    pub file: Option<String>,
}

impl Rule for LibraryTooOld {
    fn message(&self) -> String {
        let parts = self.libraries.iter().map(|library| {
            let mut nodes = library.nodes.clone();
            nodes.sort();
            nodes.dedup();
            let whose = match &library.file {
                Some(file) => format!("`{file}`"),
                None => format!("the image's `{}`", library.soname),
            };
            let ends = library
                .newest
                .as_ref()
                .map_or(String::new(), |newest| format!(", which defines versions up to {newest}"));
            let is = if nodes.len() == 1 { "is" } else { "are" };
            format!("{} {is} not defined by {whose}{ends}", plain(nodes, SEVERAL))
        });
        let parts: Vec<String> = parts.collect();
        let why = format!("{} (required by {})", parts.join("; "), self.affected.needed_by());
        self.affected.sentence(Verb::Fails, &why)
    }

    fn help(&self) -> Option<String> {
        Some("use a base image of a newer release, or an older release of the project".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.affected.member()
    }

    fn level(&self) -> Option<Level> {
        Some(self.affected.level(true))
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let sonames = Fact::libraries(self.libraries.iter().map(|library| &library.soname));
        let node = self.libraries.first().and_then(|library| library.nodes.first());
        let node = node.map(|node| Fact::Symbol(node));
        [sonames].into_iter().chain(node).chain(self.affected.facts()).collect()
    }
}
