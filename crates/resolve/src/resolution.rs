//! The outcome of a resolution, as values.

use std::fmt;
use std::sync::Arc;

use super::candidates::Candidate;
use super::reasons::Reason;
use super::source_tree::SourceTree;
use crate::index::{DistributionFile, ProjectPage};
use wheelbase_spec::marker::MarkerEnvironment;
use wheelbase_spec::metadata::Confidence;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::Version;

/// Who asks for a project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestedBy {
    /// A line of the user: the requirement and its place.
    Line {
        /// The requirement as understood.
        requirement: String,
        /// Where it stands.
        origin: Origin,
    },
    /// Another distribution.
    Distribution {
        /// The project that asks.
        project: ProjectName,
        /// Its version.
        version: String,
        /// What it asks for.
        requirement: String,
    },
}

impl fmt::Display for RequestedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { requirement, origin } => write!(f, "{requirement} ({origin})"),
            Self::Distribution { project, version, requirement } => {
                write!(f, "{project} {version} (requires {requirement})")
            }
        }
    }
}

/// A distribution file that the installer would take.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Version of the project.
    pub version: Version,
    /// The file.
    pub file: Arc<DistributionFile>,
    /// Rank, build tag and yanked state of the file.
    pub candidate: Candidate,
    /// Hashes of which the file must have one, as (algorithm, hex); none if any file would do.
    pub hashes: Vec<(String, String)>,
    /// The project's page, unless a direct URL named the file.
    pub page: Option<Arc<ProjectPage>>,
    /// How the dependencies were learned; `None` if they could not be.
    pub confidence: Option<Confidence>,
    /// Why the dependencies are not known, if they are not.
    pub unknown_dependencies: Option<String>,
}

/// What becomes of a project.
#[derive(Clone, Debug)]
pub enum Selection {
    /// A file is taken.
    File(Box<Chosen>),
    /// No file: a source tree is built where it stands (of locks, which say what it needs).
    Tree {
        /// Its version, where the lock tells it.
        version: Option<Version>,
        /// Where it is.
        tree: SourceTree,
    },
    /// Nothing can be taken: why, most telling first.
    Nothing {
        /// The newest version that was asked for, if any exists.
        version: Option<Version>,
        /// Reasons.
        reasons: Vec<Reason>,
        /// The project's page, if there is one.
        page: Option<Arc<ProjectPage>>,
    },
    /// It could not be found out.
    Undetermined {
        /// Why.
        reason: String,
    },
}

/// One project of a resolution.
#[derive(Clone, Debug)]
pub struct ResolvedProject {
    /// The project.
    pub project: ProjectName,
    /// Extras asked for.
    pub extras: Vec<ExtraName>,
    /// Extras asked for that the distribution does not have.
    pub unknown_extras: Vec<ExtraName>,
    /// What becomes of it.
    pub selection: Selection,
    /// Who asks for it; lines of the user first.
    pub requested_by: Vec<RequestedBy>,
    /// Marker variables of which no target knows the value and on which it depends whether the project is needed.
    pub conditional_on: Vec<&'static str>,
    /// Versions that satisfy everybody and are newer than the chosen one, but have no usable file: newest first.
    pub passed_over: Vec<Version>,
    /// Dependencies that the chosen distribution states under a marker that compares what cannot be compared.
    pub undefined_markers: Vec<UndefinedMarker>,
}

/// A requirement whose marker has comparisons that `packaging` refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndefinedMarker {
    /// The requirement, with its marker.
    pub requirement: String,
    /// The comparisons.
    pub comparisons: Vec<String>,
}

impl UndefinedMarker {
    /// What is undefined of a requirement's marker, if anything is.
    pub fn of(requirement: &Requirement, environment: &MarkerEnvironment) -> Option<Self> {
        let comparisons = requirement.marker.as_ref()?.undefined_comparisons(environment);
        (!comparisons.is_empty()).then(|| Self { requirement: requirement.to_string(), comparisons })
    }
}

/// Requirements that cannot be met together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The user's lines that clash: requirement and place.
    pub lines: Vec<(String, Origin)>,
    /// Projects of those lines.
    pub projects: Vec<ProjectName>,
    /// The statements that together leave no version, most general first.
    pub steps: Vec<String>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let lead = match index {
                0 => "because ",
                _ if index + 1 == self.steps.len() => ", and ",
                _ => ", ",
            };
            write!(f, "{lead}{step}")?;
        }
        f.write_str(", these cannot be installed together")
    }
}

/// What an installer would take on one target.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All projects, by name.
    pub projects: Vec<ResolvedProject>,
    /// Sets of requirements that clash; what they ask for is not in `projects` unless something else needs it.
    pub conflicts: Vec<Conflict>,
    /// How many times the solver ran.
    pub rounds: u32,
}

impl Resolution {
    /// Whether the installer would come to an end: no conflict, and a file for each project.
    pub fn is_satisfiable(&self) -> bool {
        self.conflicts.is_empty()
            && !self.projects.iter().any(|project| matches!(project.selection, Selection::Nothing { .. }))
    }

    /// The project of a name.
    pub fn project(&self, name: &ProjectName) -> Option<&ResolvedProject> {
        self.projects.iter().find(|project| project.project == *name)
    }
}
