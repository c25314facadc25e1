//! `library-too-old`

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::{SEVERAL, plain};
use crate::findings::{CodeInfo, Evidence, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-too-old",
    level: Level::Deny,
    summary: "a library is there, but without a version node that a wheel needs",
    explanation: "Libraries such as glibc, libstdc++ and libgcc_s mark their symbols with version nodes \
                  (`GLIBC_2.38`, `GLIBCXX_3.4.32`). The loader compares the nodes that a binary needs with those \
                  that the library it found defines, and refuses with `version 'GLIBCXX_3.4.32' not found`. It \
                  happens where a wheel needs more than its tag promises, and where a library comes from \
                  another wheel. musl knows no versions, so it is never told there.\n\n\
                  It is judged library by library and not by the glibc version alone; nodes that nobody knows \
                  of a library are `undetermined` and told only with all findings.\n\n\
                  Take a base image of a newer release, or an older release of the project.",
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
            let ends =
                library.newest.as_ref().map_or(String::new(), |newest| format!(", which ends with {newest}"));
            format!("{} is not in {whose}{ends}", plain(nodes, SEVERAL))
        });
        let parts: Vec<String> = parts.collect();
        let why = format!("{} (needed by {})", parts.join("; "), self.affected.needed_by());
        self.affected.sentence(Verb::Fails, &why)
    }

    fn help(&self) -> Option<String> {
        Some("take a base image of a newer release, or an older release of the project".to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.affected.member()
    }

    fn level(&self) -> Option<Level> {
        Some(self.affected.level(true))
    }

    fn evidence(&self) -> Evidence {
        let sonames: Vec<String> = self.libraries.iter().map(|library| library.soname.clone()).collect();
        let node = self.libraries.first().and_then(|library| library.nodes.first().cloned());
        self.affected.evidence(&sonames, node)
    }
}
