//! Verdicts: what a resolution means for each project, with reasons and findings.

mod installed;
mod judge;

use serde::Serialize;

use crate::build::{Building, SourceDistribution};
use crate::findings::{Detail, Finding, LockRefused, PythonNotSupported};
use crate::load::Loading;
use crate::lock::Refusal;
use crate::metadata::Confidence;
use crate::name::ProjectName;
use crate::resolve::{Conflict, Reason, RequestedBy};
use crate::sdist::{Languages, SourceLanguage};
use crate::source::Origin;
use crate::target::Target;
use crate::version::{SpecifierSet, Version};

pub use installed::InstalledSet;
pub use judge::{LineUndetermined, Verdict};

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

    /// Takes in what an inspection of the wheels came to.
    pub fn add_loading(&mut self, mut loading: Loading) {
        for finding in std::mem::take(&mut loading.findings) {
            self.add_placed(finding);
        }
        self.loading = Some(loading);
    }

    /// Adds a finding, at the line that asks for its project.
    fn add_placed(&mut self, mut finding: Finding) {
        if finding.origin.is_none() {
            let row = self.distributions.iter().find(|row| Some(&row.project) == finding.project.as_ref());
            finding.origin = row.and_then(|row| {
                row.requested_by.iter().find_map(|by| match by {
                    RequestedBy::Line { origin, .. } => Some(origin.clone()),
                    RequestedBy::Distribution { .. } => None,
                })
            });
        }
        self.findings.push(finding);
    }

    /// Takes in what is known of the source distributions that are built.
    pub fn add_sources(&mut self, sources: &[SourceDistribution]) {
        for source in sources {
            if let Some(row) = self.distributions.iter_mut().find(|row| row.project == source.project) {
                row.language = source.language;
                row.languages = source.languages;
            }
        }
        for finding in &mut self.findings {
            let Some(Detail::BuildsFromSource(built)) = &finding.detail else { continue };
            let Some(source) = sources.iter().find(|source| source.project == built.project) else {
                continue;
            };
            let built = built.as_ref().clone().written_in(source.language, source.languages);
            finding.revise(built);
        }
    }

    /// Takes in whether they can be built.
    pub fn add_building(&mut self, mut building: Building) {
        for mut finding in std::mem::take(&mut building.findings) {
            let row = self.distributions.iter().find(|row| Some(&row.project) == finding.project.as_ref());
            finding.needed_by = row
                .filter(|row| !row.requested_by.iter().any(|by| matches!(by, RequestedBy::Line { .. })))
                .and_then(|row| row.requested_by.first().map(ToString::to_string));
            self.add_placed(finding);
        }
        self.building = Some(building);
    }

    /// Adds a finding for each statement about Python that a target's does not meet.
    pub fn requires_python(&mut self, target: &Target, stated: &[(SpecifierSet, Origin)]) {
        let found = PythonNotSupported::check(&target.python.version, stated);
        self.findings.extend(found.into_iter().map(|(rule, origin)| Finding::of(rule).at(origin)));
    }

    /// Adds a finding for each reason why a lock's own tool would not install from it here.
    pub fn lock_refused(&mut self, refusals: &[Refusal]) {
        for refusal in refusals {
            let finding =
                Finding::of(LockRefused { refusal: refusal.message.clone() }).at(refusal.origin.clone());
            self.findings.push(finding);
        }
        if !refusals.is_empty() {
            self.outcome = Outcome::Unresolvable;
        }
    }

    /// Whether nothing at all was decided although there was something to decide.
    pub fn is_undecided(&self) -> bool {
        // A line without a project name leaves no row, and is undetermined all the same.
        self.outcome == Outcome::Undetermined
            && self.distributions.iter().all(|distribution| distribution.kind == Kind::Undetermined)
    }
}
