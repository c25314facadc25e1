//! Verdicts: what a resolution means for each project, with reasons and findings.

mod builder;
mod built;
mod draft;
mod facts;
mod installed;
mod line;
mod sources;

use serde::Serialize;

use crate::build::Building;
use crate::findings::Finding;
use crate::load::Loading;
use crate::metadata::Confidence;
use crate::name::ProjectName;
use crate::resolve::{Conflict, Reason, RequestedBy};
use crate::sdist::{Languages, SourceLanguage};
use crate::version::Version;

pub use builder::VerdictBuilder;
pub use built::{BuiltWheels, WheelFolder};
pub use draft::VerdictDraft;
pub use facts::TargetFacts;
pub use installed::InstalledSet;
pub use line::{LineCause, LineUndetermined};
#[cfg(feature = "net")]
pub(crate) use sources::sources;
pub use sources::{ArchiveFacts, Archives};

/// The kind of file that the installer chooses for a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// No file is usable.
    None,
    /// The kind is unknown.
    Undetermined,
    /// A source tree, which is built: a directory or a checkout that a lock names.
    Tree,
    /// A source distribution, which is built.
    Sdist,
    /// A wheel.
    Wheel,
}

impl Kind {
    /// `wheel`, `sdist`, `tree`, `none` or `undetermined`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Undetermined => "undetermined",
            Self::Sdist => "sdist",
            Self::Tree => "tree",
            Self::Wheel => "wheel",
        }
    }
}

/// How a target's resolution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// The installer finds a distribution for each project.
    Resolved,
    /// It does not: a conflict, or a project without a usable distribution.
    Unresolvable,
    /// At least one project could not be checked, so the result is unknown.
    Undetermined,
}

impl Outcome {
    /// `resolved`, `unresolvable` or `undetermined`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Unresolvable => "unresolvable",
            Self::Undetermined => "undetermined",
        }
    }
}

/// One project on one target.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Distribution {
    /// The project.
    pub project: ProjectName,
    /// The chosen version, or the newest one that satisfies the requirements.
    pub version: Option<Version>,
    /// The kind of file.
    pub kind: Kind,
    /// The file.
    pub file: Option<String>,
    /// Its URL or path, without credentials.
    pub url: Option<String>,
    /// Its SHA-256 hash in lower-case hex, if the index provides it.
    pub sha256: Option<String>,
    /// The best matching tag of a wheel.
    pub tag: Option<String>,
    /// The lines and projects that require it.
    pub requested_by: Vec<RequestedBy>,
    /// The reasons for the kind; empty for a wheel without remarks.
    pub reasons: Vec<Reason>,
    /// The origin of the dependencies; `None` if they are unknown.
    pub confidence: Option<Confidence>,
    /// The size of the file in bytes, if the index provides it.
    pub size: Option<u64>,
    /// The language that the file names of a source distribution show; `None` for wheels, and if it was not read.
    pub language: Option<SourceLanguage>,
    /// The compiled languages in a source distribution, as far as they are known.
    pub languages: Languages,
}

impl Distribution {
    /// A row without a version and a file.
    fn new(project: ProjectName, kind: Kind, requested_by: Vec<RequestedBy>, reasons: Vec<Reason>) -> Self {
        Self {
            project,
            version: None,
            kind,
            file: None,
            url: None,
            sha256: None,
            tag: None,
            requested_by,
            reasons,
            confidence: None,
            size: None,
            language: None,
            languages: Languages::default(),
        }
    }
}

/// The verdict on one target.
#[derive(Clone, Debug)]
pub struct TargetVerdict {
    /// The outcome.
    pub outcome: Outcome,
    /// All projects, by name.
    pub distributions: Vec<Distribution>,
    /// Conflicting requirements.
    pub conflicts: Vec<Conflict>,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// Files without an upload time that `--exclude-newer` excluded, among the considered releases.
    pub undated_files: usize,
    /// Whether the native parts of the wheels load, if they were inspected; its findings are among
    /// [`findings`](Self::findings).
    pub loading: Option<Loading>,
    /// Whether the source distributions can be built, if any are built and the image is known; its findings
    /// are among [`findings`](Self::findings).
    pub building: Option<Building>,
    /// The installed distributions, if those were checked; then [`distributions`](Self::distributions) is empty.
    pub installed: Option<InstalledSet>,
}

impl TargetVerdict {
    /// The number of projects of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.distributions.iter().filter(|distribution| distribution.kind == kind).count()
    }

    /// Whether everything is undetermined although there was something to check.
    pub fn is_undecided(&self) -> bool {
        // A line without a project name has no row, but is undetermined.
        self.outcome == Outcome::Undetermined
            && self.distributions.iter().all(|distribution| distribution.kind == Kind::Undetermined)
    }
}
