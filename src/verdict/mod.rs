//! Verdicts: what a resolution means for each project, with reasons and findings.

mod facts;
mod installed;
mod judge;
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

pub use facts::TargetFacts;
pub use installed::InstalledSet;
pub use judge::Verdict;
pub use line::LineUndetermined;
#[cfg(feature = "net")]
pub(crate) use sources::sources;
pub use sources::{ArchiveFacts, Archives};

/// What the installer takes of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// Nothing can be taken.
    None,
    /// It could not be found out.
    Undetermined,
    /// A source tree, which is built: a folder or a checkout that a lock names.
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
    /// It does not: a conflict, or a project without usable distribution.
    Unresolvable,
    /// Some project could not be judged, so that the whole is not known.
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
    /// The version that is taken, or the newest that was asked for.
    pub version: Option<Version>,
    /// What is taken.
    pub kind: Kind,
    /// The file.
    pub file: Option<String>,
    /// Where it lies, without credentials.
    pub url: Option<String>,
    /// Its hash, where the index tells one: lower-case hex.
    pub sha256: Option<String>,
    /// The tag by which a wheel fits best.
    pub tag: Option<String>,
    /// Who asks for it.
    pub requested_by: Vec<RequestedBy>,
    /// Why it is what it is; empty for a wheel without any remark.
    pub reasons: Vec<Reason>,
    /// How the dependencies were learned; `None` if they were not.
    pub confidence: Option<Confidence>,
    /// Size of the file in bytes, where the index tells it.
    pub size: Option<u64>,
    /// What the names of a source distribution's files tell; `None` for wheels, and where nobody has looked.
    pub language: Option<SourceLanguage>,
    /// The compiled languages in a source distribution, as far as they were seen.
    pub languages: Languages,
}

/// The verdict on one target.
#[derive(Clone, Debug)]
pub struct TargetVerdict {
    /// How it ended.
    pub outcome: Outcome,
    /// All projects, by name.
    pub distributions: Vec<Distribution>,
    /// Requirements that clash.
    pub conflicts: Vec<Conflict>,
    /// What is to be told, worst first.
    pub findings: Vec<Finding>,
    /// Files that a date cut left out because the index gives no upload time, among the releases looked at.
    pub undated_files: usize,
    /// Whether the native parts of the wheels load, if they were inspected; its findings are among
    /// [`findings`](Self::findings).
    pub loading: Option<Loading>,
    /// Whether the source distributions can be built, where something is built and the image is known; its findings
    /// are among [`findings`](Self::findings).
    pub building: Option<Building>,
    /// What is installed, where that is what was asked about; then [`distributions`](Self::distributions) is empty.
    pub installed: Option<InstalledSet>,
}

impl TargetVerdict {
    /// How many projects are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.distributions.iter().filter(|distribution| distribution.kind == kind).count()
    }

    /// A verdict where nothing is installed.
    pub(crate) fn without_rows(outcome: Outcome, findings: Vec<Finding>) -> Self {
        Self {
            outcome,
            distributions: Vec::new(),
            conflicts: Vec::new(),
            findings,
            undated_files: 0,
            loading: None,
            building: None,
            installed: None,
        }
    }

    /// Whether nothing at all was decided although there was something to decide.
    pub fn is_undecided(&self) -> bool {
        // A line without a project name leaves no row, and is undetermined all the same.
        self.outcome == Outcome::Undetermined
            && self.distributions.iter().all(|distribution| distribution.kind == Kind::Undetermined)
    }
}
