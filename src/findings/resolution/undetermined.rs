//! `undetermined`

use std::fmt;

use crate::dockerfile::Tool;
use crate::findings::dockerfile::{LeftBehindGap, LibcCrossing, LinkedLibrary, Passage, wheel_not_built};
use crate::findings::dockerfile::{
    libraries_left_behind::LibrariesLeftBehind, stage_libc_mismatch::StageLibcMismatch,
};
use crate::findings::image::ImageContext;
use crate::findings::installed::InstalledRequirement;
use crate::findings::{CodeInfo, Fact, Level, Placed, ReadFailure, Rule, UnknownCause, words};
use crate::marker::MarkerAnswer;
use crate::name::ProjectName;
use crate::resolve::{Reason, ResolvedProject, Selection};
use crate::source::Origin;
use crate::version::Version;

use super::ChosenFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undetermined",
    level: Level::Warn,
    summary: "a fact is unknown, so the result is neither passed nor failed",
    explanation: "A fact is not available: the metadata of a checkout is unknown until its code runs, a source \
distribution does not state its dependencies until it is built, a page could not be fetched, or a marker depends on \
the kernel, which is unknown for an image. The message names the fact and the reason. An undetermined result never \
counts as passed.",
    link: "https://peps.python.org/pep-0643/",
};

/// The most names in one sentence; the evidence has all of them.
const MOST_NAMES: usize = 8;

/// An unknown fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undetermined {
    /// The version and file of a project.
    Project {
        /// The project.
        project: ProjectName,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// The meaning of an input line.
    Line {
        /// The line, without credentials.
        requirement: String,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Whether a project is required: a marker depends on a value that only a running system has.
    Condition {
        /// The project.
        project: ProjectName,
        /// The marker's variables.
        variables: Vec<String>,
    },
    /// The dependencies of a distribution.
    Dependencies {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// The content of a distribution file.
    Contents {
        /// The file name.
        file: String,
        /// Why it could not be read.
        failure: ReadFailure,
    },
    /// Whether an image has the requirements of a build.
    BuildNeeds {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// The requirements.
        needs: Vec<String>,
        /// The image or stage.
        place: String,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Whether the native modules of an image load.
    NativeModules {
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Whether an image has the libraries that binaries are linked with.
    Libraries {
        /// Their SONAMEs.
        libraries: Vec<String>,
        /// The projects that need them.
        projects: Vec<ProjectName>,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Whether an image has the libraries that projects open by name.
    OpenedLibraries {
        /// The projects.
        projects: Vec<ProjectName>,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Whether the libraries of an image define symbol versions.
    SymbolVersions {
        /// The versions.
        versions: Vec<LibraryVersion>,
        /// The projects that need them.
        projects: Vec<ProjectName>,
    },
    /// A line of the metadata of an installed distribution that is not a valid requirement.
    InstalledRequirement {
        /// The distribution's name, as it writes it.
        name: String,
        /// Its version.
        version: String,
        /// The line.
        requirement: String,
        /// The error of the parser.
        error: String,
    },
    /// Whether a requirement of an installed distribution applies: its marker depends on a value that no image has.
    InstalledCondition {
        /// The distribution's name, as it writes it.
        name: String,
        /// Its version.
        version: String,
        /// The requirement.
        requirement: String,
        /// The marker's variables.
        variables: Vec<String>,
    },
    /// A fact of an image that was read.
    ImageFact {
        /// The image as written.
        image: String,
        /// The fact, such as `libc`.
        fact: String,
        /// Why it is unknown.
        cause: UnknownCause,
    },
    /// Something in a Dockerfile.
    Dockerfile {
        /// The unknown fact, with the reason.
        cause: UnknownCause,
    },
    /// Whether the files that one stage installs require the newer C library of that stage.
    NewerLibc(LibcCrossing),
    /// Whether a library is missing in the stage that runs.
    LeftBehind {
        /// The library.
        library: LinkedLibrary,
        /// The unknown fact.
        gap: LeftBehindGap,
    },
    /// Whether the only directory from which a step installs has all wheels.
    WheelNotBuilt {
        /// The tool that installs.
        tool: Tool,
        /// The directory.
        folder: String,
        /// The step that fills it.
        by: Origin,
        /// The projects that may be missing.
        projects: Vec<ProjectName>,
    },
}

impl Rule for Undetermined {
    fn on_project(project: &ResolvedProject) -> Vec<Self> {
        let name = &project.project;
        let mut found = Vec::new();
        if !project.conditional_on.is_empty() {
            let variables = project.conditional_on.iter().map(ToString::to_string).collect();
            found.push(Self::Condition { project: name.clone(), variables });
        }
        if let Selection::Undetermined { reason } = &project.selection {
            let cause = UnknownCause::Resolution(reason.clone());
            found.push(Self::Project { project: name.clone(), cause });
        }
        found
    }

    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let unknown = cx.chosen.unknown_dependencies.iter().map(|reason| {
            let (project, version) = (cx.name().clone(), cx.version().clone());
            let cause = UnknownCause::Resolution(reason.clone());
            Self::Dependencies { project, version, cause }
        });
        unknown.collect()
    }

    fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
        let unknown = cx.image.undetermined.iter().map(|one| Self::ImageFact {
            image: cx.image.name.clone(),
            fact: one.what.to_string(),
            cause: UnknownCause::Image { reason: one.why.clone() },
        });
        unknown.collect()
    }

    fn on_requirement(cx: &InstalledRequirement<'_>) -> Vec<Self> {
        let (name, version) = (cx.distribution.name.clone(), cx.distribution.version.clone());
        let requirement = cx.text.to_owned();
        match (cx.requirement, &cx.applies) {
            (Err(error), _) => {
                vec![Self::InstalledRequirement { name, version, requirement, error: error.to_string() }]
            }
            (Ok(_), MarkerAnswer::Unknown(variables)) => {
                let variables = variables.iter().map(ToString::to_string).collect();
                vec![Self::InstalledCondition { name, version, requirement, variables }]
            }
            (Ok(_), MarkerAnswer::True | MarkerAnswer::False) => Vec::new(),
        }
    }

    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        let libraries = LibrariesLeftBehind::check(passage).into_iter().filter_map(|one| {
            one.filter_map(|found| found.err().map(|(library, gap)| Self::LeftBehind { library, gap }))
        });
        let crossing = StageLibcMismatch::check(passage).and_then(Result::err).map(Self::NewerLibc);
        libraries.chain(passage.at_last_copy(crossing)).collect()
    }

    fn reasons(&self) -> Vec<Reason> {
        match self {
            Self::Project { cause, .. } => vec![Reason::Undetermined(cause.to_string())],
            Self::Dependencies { cause, .. } => vec![Reason::DependenciesUnknown(cause.to_string())],
            _ => Vec::new(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Project { project, cause } => format!("{project} could not be checked: {cause}"),
            Self::Line { requirement, cause } => format!("`{requirement}` could not be checked: {cause}"),
            Self::Condition { project, variables } => format!(
                "whether {project} is required depends on {}, which {} unknown until the image runs; it is assumed to be required",
                names(variables),
                if variables.len() == 1 { "is" } else { "are" }
            ),
            Self::Dependencies { project, version, cause } => {
                format!("the dependencies of {project} {version} are unknown: {cause}")
            }
            Self::Contents { file, failure } => format!("`{file}` could not be inspected: {failure}"),
            Self::BuildNeeds { project, version, needs, place, cause } => format!(
                "building {project} {version} requires {}, which may be missing from {place}: {cause}",
                words::joined(needs)
            ),
            Self::NativeModules { cause } => format!("native modules were not checked: {cause}"),
            Self::Libraries { libraries, projects, cause } => format!(
                "{} may be missing from the image: {cause}; required by {}",
                words::listed(libraries, MOST_NAMES),
                words::all(projects)
            ),
            Self::OpenedLibraries { projects, cause } => format!(
                "libraries that {} {} by name may be missing from the image: {cause}",
                words::all(projects),
                if projects.len() == 1 { "opens" } else { "open" }
            ),
            Self::SymbolVersions { versions, projects } => {
                let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
                format!(
                    "the libraries of the image may not define {}; required by {}",
                    words::listed(&versions, MOST_NAMES),
                    words::all(projects)
                )
            }
            Self::InstalledRequirement { name, version, requirement, error } => {
                format!("`{name}` {version} has an invalid requirement `{requirement}`: {error}")
            }
            Self::InstalledCondition { name, version, requirement, variables } => format!(
                "`{name}` {version} may require `{requirement}`: {} {} unknown until the image runs",
                names(variables),
                if variables.len() == 1 { "is" } else { "are" }
            ),
            Self::ImageFact { image, fact, cause } => format!("`{image}`: {fact}: {cause}"),
            Self::Dockerfile { cause } => cause.to_string(),
            Self::NewerLibc(crossing) => {
                format!("{crossing}: the versions that they require were not checked")
            }
            Self::LeftBehind { library, gap } => match gap {
                LeftBehindGap::Libraries => {
                    let stage = &library.runs_in;
                    library.sentence(&format!(", but the libraries of stage `{stage}` are unknown"))
                }
                LeftBehindGap::Compiled => {
                    let absence = library.absence();
                    library.sentence(&format!("{absence}; whether any are compiled was not checked"))
                }
            },
            Self::WheelNotBuilt { folder, by, projects, .. } => format!(
                "{} may be missing from `{folder}`, the only source of this step: not all files that {by} creates are known",
                words::quoted(projects)
            ),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Libraries { .. } => Some(
                "read the image (`docker://`, `oci:`, `dir:`), or use one with known libraries".to_owned(),
            ),
            Self::WheelNotBuilt { by, .. } => Some(wheel_not_built::help(by)),
            _ => None,
        }
    }

    fn level(&self) -> Option<Level> {
        match self {
            Self::SymbolVersions { .. } | Self::InstalledCondition { .. } => Some(Level::Allow),
            _ => None,
        }
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        match self {
            Self::Libraries { libraries, .. } => vec![Fact::libraries(libraries)],
            _ => Vec::new(),
        }
    }
}

/// A version of symbols that a library defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct LibraryVersion {
    /// The library's SONAME.
    pub library: String,
    /// The version, such as `GLIBCXX_3.4.32`.
    pub version: String,
}

impl fmt::Display for LibraryVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.version, self.library)
    }
}

/// Names of marker variables in backticks.
fn names(variables: &[String]) -> String {
    let quoted: Vec<String> = variables.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" and ")
}
