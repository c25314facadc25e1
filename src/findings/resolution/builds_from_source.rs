//! `builds-from-source`

use super::{ChosenFile, ChosenTree, SDIST};
use crate::findings::{CodeInfo, Level, Rule};
use crate::index::ProjectPage;
use crate::name::ProjectName;
use crate::resolve::{Problem, Reason, SourceTree};
use crate::sdist::{Languages, SourceLanguage};
use crate::version::Version;

use super::usable::{MOST_RELEASES, UsableVersion};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "builds-from-source",
    level: Level::Warn,
    summary: "the installer builds a source distribution",
    explanation: "The newest version that satisfies all requirements has no wheel for the target, so the installer \
downloads the source distribution and builds it. Compiled code requires a compiler and headers, which slim and \
alpine images do not have.\n\n\
The message names the closest wheel and every mismatch. Use a base image for which wheels exist, another version \
with a wheel (the help names one if it exists), build the wheel once in another stage, or ask the project for \
wheels.\n\n\
A checkout that a lock names is built too, and its version control tool is required on the target.\n\n\
The code is silent for wheels, and for projects that `--only-binary` excludes from building: those are \
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
    /// The language that the file names of the source distribution show; `None` if it was not read.
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
        /// Why no wheel was chosen.
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
    /// A newer one, which the requirements exclude.
    Newer(Version),
    /// The newest of the older ones.
    Older(Version),
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
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        if cx.is_wheel() {
            return Vec::new();
        }
        let page = cx.chosen.page.as_deref();
        let alternative = page.and_then(|page| WheelVersion::of(cx.problem, cx.name(), page, cx.version()));
        // `yanked-file` reports that the file is yanked.
        let reasons = cx.reasons.iter().filter(|reason| !matches!(reason, Reason::Yanked { .. })).cloned();
        vec![Self {
            project: cx.name().clone(),
            version: Some(cx.version().clone()),
            source: BuiltSource::Sdist { reasons: reasons.collect(), alternative },
            language: cx.language,
            languages: cx.languages,
        }]
    }

    fn on_tree(cx: &ChosenTree<'_>) -> Vec<Self> {
        // `builds-local-folder` reports directories.
        if matches!(cx.tree, SourceTree::Folder { .. }) {
            return Vec::new();
        }
        vec![Self {
            project: cx.project.clone(),
            version: cx.version.cloned(),
            source: BuiltSource::Tree(cx.tree.clone()),
            language: None,
            languages: Languages::default(),
        }]
    }

    fn message(&self) -> String {
        let Self { project, version, source, language, languages } = self;
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let source = match source {
            BuiltSource::Sdist { reasons, .. } => format!("source: {}", super::joined(reasons)),
            BuiltSource::Tree(tree) => tree.to_string(),
        };
        let language = match language {
            Some(SourceLanguage::Pure) => "; it is pure Python, so no compiler is required".to_owned(),
            Some(SourceLanguage::Native) => {
                format!("; it contains {languages} code, which requires a compiler")
            }
            _ => String::new(),
        };
        format!("{project}{version} is built from {source}{language}")
    }

    fn help(&self) -> Option<String> {
        let project = &self.project;
        match &self.source {
            BuiltSource::Tree(_) => {
                Some("install the version control tool and the build requirements of the project".to_owned())
            }
            BuiltSource::Sdist { alternative, .. } => {
                alternative.as_ref().map(|alternative| match alternative {
                    WheelVersion::Newer(version) => format!(
                        "{project} {version} has a wheel for this target, but the requirements exclude it"
                    ),
                    WheelVersion::Older(version) => {
                        format!("{project} {version} is the newest version with a wheel for this target")
                    }
                })
            }
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        match &self.source {
            BuiltSource::Sdist { reasons, .. } => reasons.clone(),
            BuiltSource::Tree(tree) => vec![Reason::Tree(tree.clone())],
        }
    }
}
