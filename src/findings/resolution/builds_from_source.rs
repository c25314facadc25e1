//! `builds-from-source`

use super::SDIST;
use crate::findings::{CodeInfo, Level, Rule};
use crate::index::ProjectPage;
use crate::name::ProjectName;
use crate::resolve::{Chosen, Problem, Reason, SourceTree};
use crate::sdist::{Languages, SourceLanguage};
use crate::version::Version;

use super::usable::{MOST_RELEASES, UsableVersion};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "builds-from-source",
    level: Level::Warn,
    summary: "the installer takes a source distribution and builds it",
    explanation: "The newest version that satisfies every requirement has no wheel that fits the target, so the \
installer downloads the source distribution and runs its build. That takes time, and where compiled code is involved it \
needs a compiler and headers, which slim and alpine images do not have.\n\n\
The message names the wheel that comes nearest and every part in which it fails. What helps: a base image for which \
wheels exist, another version that has one, newer or older (named as help where there is one), building the wheel once in a stage of \
its own, or asking the project for wheels.\n\n\
A checkout that a lock names is built too, and needs its version control tool on the target.\n\n\
Silent for wheels, and for projects that `--only-binary` keeps from being built: those are \
`no-compatible-distribution` or `older-than-newest`.",
    link: SDIST,
};

/// The installer builds a project from source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildsFromSource {
    /// The project.
    pub project: ProjectName,
    /// Its version, where it is known.
    pub version: Option<Version>,
    /// What it is built from.
    pub source: BuiltSource,
    /// What the names of the files in the source distribution show; `None` if nobody has looked.
    pub language: Option<SourceLanguage>,
    /// The compiled languages in it.
    pub languages: Languages,
}

/// What a project is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuiltSource {
    /// A source distribution.
    Sdist {
        /// Why no wheel is taken.
        reasons: Vec<Reason>,
        /// Another version that has a wheel.
        alternative: Option<WheelVersion>,
    },
    /// A checkout that a lock names.
    Tree(SourceTree),
}

/// Another version that has a wheel for the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WheelVersion {
    /// A newer one, which the requirements rule out.
    Newer(Version),
    /// The newest of the older ones.
    Older(Version),
}

impl BuildsFromSource {
    /// Of a source distribution that was chosen, with the reasons why no wheel was, and the languages
    /// in its archive.
    pub(crate) fn of_sdist(
        problem: &Problem,
        project: &ProjectName,
        chosen: &Chosen,
        reasons: Vec<Reason>,
        (language, languages): (Option<SourceLanguage>, Languages),
    ) -> Self {
        let alternative =
            chosen.page.as_deref().and_then(|page| WheelVersion::of(problem, project, page, &chosen.version));
        Self {
            project: project.clone(),
            version: Some(chosen.version.clone()),
            source: BuiltSource::Sdist { reasons, alternative },
            language,
            languages,
        }
    }

    /// Of a source tree.
    pub(crate) fn of_tree(project: &ProjectName, version: Option<&Version>, tree: &SourceTree) -> Self {
        Self {
            project: project.clone(),
            version: version.cloned(),
            source: BuiltSource::Tree(tree.clone()),
            language: None,
            languages: Languages::default(),
        }
    }
}

impl WheelVersion {
    fn of(problem: &Problem, name: &ProjectName, page: &ProjectPage, version: &Version) -> Option<Self> {
        let newer = page.releases().iter().take(MOST_RELEASES).take_while(|one| one.version() > version);
        let mut newer = newer
            .filter(|one| !one.version().any_prerelease())
            .filter_map(|one| UsableVersion::of(problem, name, one));
        match newer.find(|one| one.is_wheel) {
            Some(newer) => Some(Self::Newer(newer.version)),
            None => UsableVersion::newest_wheel_below(problem, name, page, version).map(Self::Older),
        }
    }
}

impl Rule for BuildsFromSource {
    fn message(&self) -> String {
        let Self { project, version, source, language, languages } = self;
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let source = match source {
            BuiltSource::Sdist { reasons, .. } => format!("source: {}", super::joined(reasons)),
            BuiltSource::Tree(tree) => tree.to_string(),
        };
        let language = match language {
            Some(SourceLanguage::Pure) => "; it is pure Python, so that no compiler is needed".to_owned(),
            Some(SourceLanguage::Native) => format!("; it holds {languages} code, which needs a compiler"),
            _ => String::new(),
        };
        format!("{project}{version} is built from {source}{language}")
    }

    fn help(&self) -> Option<String> {
        let project = &self.project;
        match &self.source {
            BuiltSource::Tree(_) => Some(
                "the build needs the version control tool, and what the project's build needs".to_owned(),
            ),
            BuiltSource::Sdist { alternative, .. } => {
                alternative.as_ref().map(|alternative| match alternative {
                    WheelVersion::Newer(version) => format!(
                        "{project} {version} has a wheel for this target, but is newer than what is asked for"
                    ),
                    WheelVersion::Older(version) => {
                        format!("{project} {version} is the newest version with a wheel for this target")
                    }
                })
            }
        }
    }
}
