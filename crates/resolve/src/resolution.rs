//! The result of a resolution.

use std::fmt;
use std::sync::Arc;

use super::candidates::Candidate;
use super::reasons::Reason;
use super::source_tree::SourceTree;
use super::unknown::UnknownReason;
use crate::index::{DistributionFile, ProjectPage};
use wheelbase_spec::marker::MarkerEnvironment;
use wheelbase_spec::metadata::Confidence;
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::Requirement;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::Version;

/// Where a requirement on a project comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequestedBy {
    /// A line of the user's input.
    Line {
        /// The requirement in normal form.
        requirement: String,
        /// The position of the line.
        origin: Origin,
    },
    /// Another distribution.
    Distribution {
        /// The project with the dependency.
        project: ProjectName,
        /// Its version.
        version: String,
        /// The requirement.
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

/// The distribution file that the installer would use.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The version of the project.
    pub version: Version,
    /// The file.
    pub file: Arc<DistributionFile>,
    /// The rank, build tag and yanked state of the file.
    pub candidate: Candidate,
    /// The required hashes as (algorithm, hex). The file must have one of them; an empty list accepts every file.
    pub hashes: Vec<(String, String)>,
    /// The project's page; `None` for a direct URL.
    pub page: Option<Arc<ProjectPage>>,
    /// Where the dependencies come from; `None` if they are unknown.
    pub confidence: Option<Confidence>,
    /// Why the dependencies are unknown, if they are.
    pub unknown_dependencies: Option<UnknownReason>,
}

/// What the installer does with a project.
#[derive(Clone, Debug)]
pub enum Selection {
    /// It uses a distribution file.
    File(Box<Chosen>),
    /// It builds a source tree instead. Only locks have source trees; they list the dependencies.
    Tree {
        /// Its version, if the lock contains it.
        version: Option<Version>,
        /// The source tree.
        tree: SourceTree,
    },
    /// No file can be used.
    Nothing {
        /// The newest version that satisfies the requirements, if there is one.
        version: Option<Version>,
        /// The reasons, most important first.
        reasons: Vec<Reason>,
        /// The project's page, if there is one.
        page: Option<Arc<ProjectPage>>,
    },
    /// The result is unknown.
    Undetermined {
        /// The cause.
        reason: UnknownReason,
    },
}

/// One project of a resolution.
#[derive(Clone, Debug)]
pub struct ResolvedProject {
    /// The project.
    pub project: ProjectName,
    /// The requested extras.
    pub extras: Vec<ExtraName>,
    /// The requested extras that the distribution does not have.
    pub unknown_extras: Vec<ExtraName>,
    /// What the installer does with the project.
    pub selection: Selection,
    /// The requirements on the project; those of the user first.
    pub requested_by: Vec<RequestedBy>,
    /// The marker variables with unknown values that decide whether the project is required; empty if it is required in
    /// any case.
    pub conditional_on: Vec<&'static str>,
    /// Versions newer than the chosen one that satisfy all requirements but have no usable file, newest first.
    pub passed_over: Vec<Version>,
    /// The dependencies of the chosen distribution with markers that cannot be evaluated.
    pub undefined_markers: Vec<UndefinedComparisons>,
}

/// A requirement with a marker that contains comparisons that `packaging` refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndefinedComparisons {
    /// The requirement, with its marker.
    pub requirement: String,
    /// The refused comparisons.
    pub comparisons: Vec<String>,
}

impl UndefinedComparisons {
    /// Returns the refused comparisons of a requirement's marker; `None` if there are none.
    pub fn of(requirement: &Requirement, environment: &MarkerEnvironment) -> Option<Self> {
        let comparisons = requirement.marker.as_ref()?.undefined_comparisons(environment);
        (!comparisons.is_empty()).then(|| Self { requirement: requirement.to_string(), comparisons })
    }
}

/// Requirements that conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conflict {
    /// The conflicting lines of the user: requirement and position.
    pub lines: Vec<(String, Origin)>,
    /// The projects of those lines.
    pub projects: Vec<ProjectName>,
    /// The statements that exclude every version together, most general first; those about `lines` are the first.
    pub steps: Vec<String>,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.lines.len() {
            1 => "this requirement cannot be satisfied",
            _ => "these requirements conflict",
        })?;
        for (index, step) in self.steps.iter().enumerate() {
            // The lines of the user are the first steps.
            let lead = match index {
                0 => ": ",
                _ if index == self.lines.len() => "; ",
                _ => ", ",
            };
            write!(f, "{lead}{step}")?;
        }
        Ok(())
    }
}

/// The result of a resolution: what an installer would use on one target.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All projects, sorted by name.
    pub projects: Vec<ResolvedProject>,
    /// The conflicts. Projects of conflicting requirements are not in `projects` unless another requirement includes them.
    pub conflicts: Vec<Conflict>,
    /// The number of times the solver ran.
    pub rounds: u32,
}

impl Resolution {
    /// Returns whether the installer would succeed: there is no conflict, and each project has a file.
    pub fn is_satisfiable(&self) -> bool {
        self.conflicts.is_empty()
            && !self.projects.iter().any(|project| matches!(project.selection, Selection::Nothing { .. }))
    }

    /// Returns the project with this name.
    pub fn project(&self, name: &ProjectName) -> Option<&ResolvedProject> {
        self.projects.iter().find(|project| project.project == *name)
    }
}
