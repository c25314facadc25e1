//! Reports: the verdicts of a run with its targets and levels, as JSON and as text.

#[cfg(feature = "text")]
mod findings;
mod image;
mod inspection;
mod json;
mod sizes;
#[cfg(feature = "text")]
mod style;
#[cfg(feature = "text")]
mod text;

use std::sync::Arc;

use crate::build::BuildEnvironment;
use crate::error::Error;
use crate::findings::{Finding, Level};
use crate::image::{ImageProfile, Unverified};
use crate::load::LoaderEnvironment;
use crate::target::Target;
use crate::verdict::TargetVerdict;

pub use crate::findings::Levels;
pub use image::image_json;
pub use inspection::{InspectedFile, InspectionReport, InspectionSection};
pub use sizes::DownloadSize;
#[cfg(feature = "text")]
pub use style::TextOptions;

/// A target of a run with its facts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReportTarget {
    /// Unique in the report: the name as given, with the architecture if there are several.
    pub id: String,
    /// The name as given.
    pub name: String,
    /// The architecture as containers name it, such as `amd64`.
    pub arch: String,
    /// The target.
    pub target: Target,
    /// What was assumed about the name, one line each.
    pub notes: Vec<String>,
    /// Parts of the target that are not verified.
    pub unverified: Vec<Unverified>,
    /// The image of the target: its libraries, its distribution and its package manager. A C library and a target file
    /// have none.
    pub image: Option<Arc<ImageProfile>>,
    /// The environment of source builds, if it is not the image itself: a stage of a Dockerfile.
    pub build: Option<Arc<BuildEnvironment>>,
}

impl ReportTarget {
    /// A target without notes.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arch: impl Into<String>,
        target: Target,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            arch: arch.into(),
            target,
            notes: Vec::new(),
            unverified: Vec::new(),
            image: None,
            build: None,
        }
    }

    /// Sets the image of the target. If it has no installer, the one of the target is assumed, which is added to the
    /// unverified parts.
    #[must_use]
    pub fn with_image(mut self, image: ImageProfile) -> Self {
        let first = self.image.is_none() && self.build.is_none();
        if first && image.has_installer() == Some(false) && self.target.installer == image.installer() {
            self.unverified.push(Unverified::AssumedInstaller(self.target.installer.clone()));
        }
        self.image = Some(Arc::new(image));
        self
    }

    /// Sets another environment for source builds than the image.
    #[must_use]
    pub fn with_build(mut self, place: BuildEnvironment) -> Self {
        self.build = Some(Arc::new(place));
        self
    }

    /// The environment of source builds; `None` for a target without an image.
    pub fn build_place(&self) -> Option<BuildEnvironment> {
        match &self.build {
            Some(place) => Some(BuildEnvironment::clone(place)),
            None => self.image.as_deref().map(BuildEnvironment::of_profile),
        }
    }

    /// The unverified parts on which the verdict depends: those about the pip of the image are dropped if another
    /// installer was chosen.
    pub fn doubts(&self) -> impl Iterator<Item = &Unverified> {
        let image = self.image.as_deref().filter(|image| image.installer() != self.target.installer);
        let own = image.and_then(|image| image.pip.as_ref()).map(|pip| &pip.version);
        let is_of_own = move |part: &Unverified| match part {
            Unverified::PipOfPython { pip, .. } => Some(pip) == own,
            _ => false,
        };
        self.unverified.iter().filter(move |part| !is_of_own(part))
    }

    /// The libraries that a loader finds there.
    pub fn loader_environment(&self) -> LoaderEnvironment {
        let of_target = || LoaderEnvironment::of_target(&self.target);
        self.image.as_deref().map_or_else(of_target, LoaderEnvironment::of_profile)
    }

    /// Sets notes and unverified parts.
    pub fn with_notes(mut self, notes: Vec<String>, unverified: Vec<Unverified>) -> Self {
        self.notes = notes;
        self.unverified = unverified;
        self
    }
}

/// The result of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The targets, in the given order.
    pub targets: Vec<ReportTarget>,
    /// One verdict for each target, in the same order.
    pub results: Vec<TargetVerdict>,
    /// The levels in force.
    pub levels: Levels,
    /// Why some stages of a Dockerfile are not among the targets: their images are unknown.
    pub faults: Vec<Arc<Error>>,
}

impl Report {
    /// Combines targets and their verdicts; both must have the same order and number.
    pub fn new(targets: Vec<ReportTarget>, results: Vec<TargetVerdict>, levels: Levels) -> Self {
        Self { targets, results, levels, faults: Vec::new() }
    }

    /// All findings with their target and the level in force, worst first.
    pub fn findings(&self) -> Vec<(&ReportTarget, Level, &Finding)> {
        let mut all: Vec<(&ReportTarget, Level, &Finding)> = self
            .targets
            .iter()
            .zip(&self.results)
            .flat_map(|(target, result)| {
                result.findings.iter().map(move |finding| (target, self.levels.of_finding(finding), finding))
            })
            .collect();
        all.sort_by(|a, b| {
            b.1.cmp(&a.1).then_with(|| (a.2.code(), &a.2.project).cmp(&(b.2.code(), &b.2.project)))
        });
        all
    }

    /// The outcome for scripts: see [`Gate`].
    pub fn gate(&self) -> Gate {
        if self.findings().iter().any(|(_, level, _)| *level == Level::Deny) {
            Gate::Denied
        } else if self.results.iter().any(TargetVerdict::is_undecided) {
            Gate::Undecided
        } else {
            Gate::Passed
        }
    }

    /// The exit status of the run: 2 if an input could not be read, otherwise 1 for a finding, otherwise 3 if something is
    /// unknown; see [`gate`](Self::gate).
    pub fn exit_status(&self) -> u8 {
        let status = self.gate().exit_status();
        let unknown = |fault: &Arc<Error>| fault.is_undetermined() || fault.is_network();
        match (self.faults.iter().all(unknown), self.faults.is_empty()) {
            (_, true) => status,
            (false, false) => 2,
            (true, false) if status == 0 => Gate::Undecided.exit_status(),
            (true, false) => status,
        }
    }
}

/// The outcome of a run as a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gate {
    /// No finding is at level deny.
    Passed,
    /// Some finding is at level deny.
    Denied,
    /// At least one target could not be checked.
    Undecided,
}

impl Gate {
    /// The exit status: 0, 1 or 3. Usage errors and unreadable input are 2.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Denied => 1,
            Self::Undecided => 3,
        }
    }
}
