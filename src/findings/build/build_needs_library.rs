//! `build-needs-library`

use crate::findings::{CodeInfo, Fact, Level, Rule, words};
use crate::name::ProjectName;
use crate::version::Version;

use super::BuildRemedy;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "build-needs-library",
    level: Level::Warn,
    summary: "a source build requires headers or a program that the image does not have",
    explanation: "A project is built from source, and its build requires more than a compiler: a program such as \
`pg_config`, or the headers of a library. The image or stage does not have them. The installation fails with \
`pg_config executable not found` or `fatal error: ffi.h: No such file or directory`.\n\n\
Archives do not declare such requirements in a form that can be read, so they come from a table of well-known \
projects (`data/building.toml`). A project that is not in the table may have similar requirements.\n\n\
The level is deny if every build of the project requires the missing part. The code is silent if the package is \
installed: in the full Debian images, in images that were read, and in stages that installed it before. If the \
packages of the image are unknown, `undetermined` is reported.\n\n\
Install the package that the help names, build in another stage and copy the result, or choose a version with a \
wheel. The compiled module also requires the library at run time.",
    link: "https://pip.pypa.io/en/stable/reference/build-system/",
};

/// A source build requires headers or programs that its environment does not have.
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
    /// The project to install instead.
    pub instead: Option<String>,
    /// Another known remedy.
    pub note: Option<String>,
    /// The origin of the requirement.
    pub source: String,
    /// Whether every build of the project fails without it and the image is used for builds.
    pub fails: bool,
}

impl Rule for BuildNeedsLibrary {
    fn message(&self) -> String {
        let Self { project, version, needs, place, .. } = self;
        format!("building {project} {version} requires {}, which {place} does not have", words::joined(needs))
    }

    fn help(&self) -> Option<String> {
        let more = [&self.instead, &self.note].into_iter().flatten();
        let parts: Vec<String> = std::iter::once(self.remedy.help()).chain(more.cloned()).collect();
        Some(parts.join("; "))
    }

    fn level(&self) -> Option<Level> {
        Some(if self.fails { Level::Deny } else { Level::Warn })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let mut facts = self.remedy.facts();
        facts.push(Fact::BuildSource(&self.source));
        facts
    }
}
