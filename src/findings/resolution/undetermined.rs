//! `undetermined`

use std::fmt;

use crate::dockerfile::Tool;
use crate::findings::dockerfile::{LeftBehindGap, LibcCrossing, LinkedLibrary, wheel_not_built};
use crate::findings::{CodeInfo, Evidence, Level, Rule, words};
use crate::name::ProjectName;
use crate::source::Origin;
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undetermined",
    level: Level::Warn,
    summary: "something could not be found out, so that it is neither passed nor failed",
    explanation: "A fact was not to be had: a checkout whose metadata only its own code can tell, a source \
distribution that states no dependencies without being built, a page that the index did not deliver, or a marker about \
the kernel, which an image does not decide. The message says which. Nothing undetermined is counted as passed.",
    link: "https://peps.python.org/pep-0643/",
};

/// Names in one sentence; the evidence has all of them.
const MOST_NAMES: usize = 8;

/// A fact that could not be found out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undetermined {
    /// What would be installed of a project.
    Project {
        /// The project.
        project: ProjectName,
        /// Why it is not known.
        why: String,
    },
    /// What an input line means.
    Line {
        /// The line, without credentials.
        requirement: String,
        /// Why it is not known.
        why: String,
    },
    /// Whether a project is needed: a marker asks for a value that only a running system has.
    Condition {
        /// The project.
        project: ProjectName,
        /// The marker's variables.
        variables: Vec<String>,
    },
    /// What a distribution depends on.
    Dependencies {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// Why it is not known.
        why: String,
    },
    /// What is inside of a distribution file.
    Contents {
        /// The file name.
        file: String,
        /// Why it could not be read.
        why: String,
    },
    /// Whether an image has what a build needs.
    BuildNeeds {
        /// The project.
        project: ProjectName,
        /// Its version.
        version: Version,
        /// What is needed.
        needs: Vec<String>,
        /// The image or stage.
        place: String,
        /// Why it is not known.
        why: String,
    },
    /// Whether the native modules of an image load.
    NativeModules {
        /// Why it is not known.
        why: String,
    },
    /// Whether an image has the libraries that binaries are linked with.
    Libraries {
        /// Their SONAMEs.
        libraries: Vec<String>,
        /// The projects that need them.
        projects: Vec<ProjectName>,
        /// Why it is not known.
        why: String,
    },
    /// Whether an image has the libraries that projects open by name.
    OpenedLibraries {
        /// The projects.
        projects: Vec<ProjectName>,
        /// Why it is not known.
        why: String,
    },
    /// Whether the libraries of an image define symbol versions.
    SymbolVersions {
        /// The versions.
        versions: Vec<LibraryVersion>,
        /// The projects that need them.
        projects: Vec<ProjectName>,
    },
    /// What an installed distribution requires: the line is no requirement.
    InstalledRequirement {
        /// The distribution's name, as it writes it.
        name: String,
        /// Its version.
        version: String,
        /// The line.
        requirement: String,
        /// Why it cannot be read.
        why: String,
    },
    /// Whether a requirement of an installed distribution applies: its marker asks for a value that no image has.
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
        /// Why it is not known.
        why: String,
    },
    /// Something in a Dockerfile.
    Dockerfile {
        /// What, and why it is not known.
        why: String,
    },
    /// Whether what one stage installs needs the newer C library of that stage.
    NewerLibc(LibcCrossing),
    /// Whether a library is missing in the stage that runs.
    LeftBehind {
        /// The library.
        library: LinkedLibrary,
        /// What is not known.
        gap: LeftBehindGap,
    },
    /// Whether the only folder that a step takes wheels from has all of them.
    WheelNotBuilt {
        /// The tool that installs.
        tool: Tool,
        /// The folder.
        folder: String,
        /// The step that fills it.
        by: Origin,
        /// The projects that may be missing.
        projects: Vec<ProjectName>,
    },
}

impl Rule for Undetermined {
    fn message(&self) -> String {
        match self {
            Self::Project { project, why } => format!("{project} could not be judged: {why}"),
            Self::Line { requirement, why } => format!("`{requirement}` could not be judged: {why}"),
            Self::Condition { project, variables } => format!(
                "whether {project} is needed depends on {}, which nobody knows before the image runs; it is counted as needed",
                variables.join(" and ")
            ),
            Self::Dependencies { project, version, why } => {
                format!("what {project} {version} depends on is not known: {why}")
            }
            Self::Contents { file, why } => format!("`{file}` could not be inspected: {why}"),
            Self::BuildNeeds { project, version, needs, place, why } => format!(
                "building {project} {version} needs {}, and whether {place} has that is not known: {why}",
                words::joined(needs)
            ),
            Self::NativeModules { why } => format!("whether native modules load: {why}"),
            Self::Libraries { libraries, projects, why } => format!(
                "whether the image has {} is not known: {why}; needed by {}",
                words::listed(libraries, MOST_NAMES),
                words::all(projects)
            ),
            Self::OpenedLibraries { projects, why } => format!(
                "whether the image has the libraries that {} open by name is not known: {why}",
                words::all(projects)
            ),
            Self::SymbolVersions { versions, projects } => {
                let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
                format!(
                    "whether the image's libraries define {} is not known; needed by {}",
                    words::listed(&versions, MOST_NAMES),
                    words::all(projects)
                )
            }
            Self::InstalledRequirement { name, version, requirement, why } => {
                format!("`{name}` {version} has a requirement that cannot be read, `{requirement}`: {why}")
            }
            Self::InstalledCondition { name, version, requirement, variables } => format!(
                "whether `{name}` {version} requires `{requirement}` is not known: no image tells {}",
                variables.join(", ")
            ),
            Self::ImageFact { image, fact, why } => format!("`{image}`: {fact}: {why}"),
            Self::Dockerfile { why } => why.clone(),
            Self::NewerLibc(crossing) => {
                format!("{crossing}: whether anything asks for the newer version has not been looked at")
            }
            Self::LeftBehind { library, gap } => match gap {
                LeftBehindGap::Libraries => library.sentence("and its libraries are not known"),
                LeftBehindGap::Compiled => {
                    library.sentence("and whether anything is compiled has not been looked at")
                }
            },
            Self::WheelNotBuilt { tool, folder, by, projects } => format!(
                "{tool} looks into `{folder}` alone, and not all that {by} puts there is known: whether {} is there",
                words::quoted(projects)
            ),
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::Libraries { .. } => Some(
                "name an image whose libraries are known, or read the real one (`docker://`, `oci:`, `dir:`)"
                    .to_owned(),
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

    fn evidence(&self) -> Evidence {
        match self {
            Self::Libraries { libraries, .. } => Evidence {
                library: libraries.first().cloned(),
                libraries: libraries.clone(),
                ..Evidence::default()
            },
            _ => Evidence::default(),
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
