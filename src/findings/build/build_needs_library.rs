//! `build-needs-library`

use crate::findings::{CodeInfo, Evidence, Level, Rule, words};
use crate::name::ProjectName;
use crate::version::Version;

use super::BuildRemedy;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "build-needs-library",
    level: Level::Warn,
    summary: "building a source distribution needs headers or a program that the image does not have",
    explanation: "A well-known project is built from source, and its build needs more than a compiler: a program \
such as `pg_config`, or the headers of a library, which the image or the stage is known not to have. Installing fails \
with `pg_config executable not found` or `fatal error: ffi.h: No such file or directory`. Nothing in an archive says so \
in a form that can be read; a small table of projects with the places in their sources does (`data/building.toml`).\n\n\
The level is deny where every build of the project needs it. Silent where the package is there: in the full Debian \
images, in images that were read, and in stages of Dockerfiles that installed it before. Where the packages are not \
known the project is `undetermined`. A project that is not in the table may need something all the same.\n\nInstall the \
package that the help names, build in another stage and copy the result, or take a version with a wheel. What was \
compiled needs the library itself when it runs, too.",
    link: "https://pip.pypa.io/en/stable/reference/build-system/",
};

/// A build needs headers of libraries, or programs, that are missing where it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildNeedsLibrary {
    /// The project.
    pub project: ProjectName,
    /// Its version.
    pub version: Version,
    /// What is missing, such as `the headers of libpq`.
    pub needs: Vec<String>,
    /// The image or stage.
    pub place: String,
    /// What installs it, and the compiler if that is missing too.
    pub remedy: BuildRemedy,
    /// What to install in place of the project.
    pub instead: Option<String>,
    /// What else is known to help.
    pub note: Option<String>,
    /// Where the need was read.
    pub source: String,
    /// Whether every build of the project fails without it, and this is a place where things are built.
    pub fails: bool,
}

impl Rule for BuildNeedsLibrary {
    fn message(&self) -> String {
        let Self { project, version, needs, place, .. } = self;
        format!("building {project} {version} needs {}, which {place} does not have", words::joined(needs))
    }

    fn help(&self) -> Option<String> {
        let more = [&self.instead, &self.note].into_iter().flatten();
        let parts: Vec<String> = std::iter::once(self.remedy.help()).chain(more.cloned()).collect();
        Some(parts.join("; "))
    }

    fn level(&self) -> Option<Level> {
        Some(if self.fails { Level::Deny } else { Level::Warn })
    }

    fn evidence(&self) -> Evidence {
        Evidence { symbol: Some(self.source.clone()), ..self.remedy.evidence() }
    }
}
