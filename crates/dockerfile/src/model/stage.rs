//! Stages: their bases, copies and steps.

use std::collections::BTreeSet;

use crate::gap::DockerfileGap;
use crate::model::step::{InstallStep, Step};
use wheelbase_image::ImageRef;
use wheelbase_spec::source::Origin;

/// A virtual environment of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Venv {
    /// The absolute path in the stage.
    pub path: String,
    /// The interpreter that created it, as written.
    pub python: Option<String>,
    /// The position of the command.
    pub origin: Origin,
}

/// The source of `COPY --from`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyOrigin {
    /// An earlier stage, by its index, counted from 0.
    Stage(usize),
    /// An image.
    Image(String),
}

/// `COPY --from`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageCopy {
    /// The stage or image that is copied from.
    pub from: CopyOrigin,
    /// The absolute path there; may be a pattern.
    pub source: String,
    /// The absolute path in this stage.
    pub destination: String,
    /// Whether it is a mount, which ends with its `RUN`.
    pub temporary: bool,
    /// The position of the instruction.
    pub origin: Origin,
}

/// The base of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// An image.
    Image(ImageRef),
    /// An earlier stage, by its index, counted from 0.
    Stage(usize),
    /// `FROM scratch`: no base.
    Scratch,
    /// The reference is unknown, for this reason.
    Unknown(DockerfileGap),
    /// A base of [`PlanOptions::on`](crate::PlanOptions::on) that is not valid in `FROM`: a directory, an archive, a file
    /// with a profile, a C library.
    Named(String),
}

/// A stage and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StagePlan {
    /// The index in the file, counted from 0.
    pub index: usize,
    /// The name after `AS`, in lower case.
    pub name: Option<String>,
    /// The base in `FROM`, expanded.
    pub base: Base,
    /// The base in `FROM`, as written.
    pub written: String,
    /// `--platform`, expanded; `None` for the platform of the target.
    pub platform: Option<String>,
    /// The platform it runs on: its own, that of the base stage, or that of the target.
    pub machine_platform: String,
    /// The steps in order, without those of the base stage.
    pub steps: Vec<Step>,
    /// The virtual environments of this stage and its base stages.
    pub venvs: Vec<Venv>,
    /// `COPY --from`, in order.
    pub copies: Vec<StageCopy>,
    /// The packages of the system that the Dockerfile installed and that are installed at the end of the stage.
    pub packages: BTreeSet<String>,
    /// Those of them that were installed without recommended packages.
    pub bare_packages: BTreeSet<String>,
    /// Packages that were removed without their dependencies, which are still installed.
    pub left_packages: BTreeSet<String>,
    /// Whether the target stage needs this one.
    pub needed: bool,
    /// The position of `FROM`.
    pub origin: Origin,
}

impl StagePlan {
    /// The name, or the index.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.index.to_string())
    }

    /// The install steps.
    pub fn installs(&self) -> impl Iterator<Item = &InstallStep> {
        self.steps.iter().filter_map(|step| match step {
            Step::Install(step) => Some(step.as_ref()),
            Step::System(_) => None,
        })
    }
}

/// An unknown fact and the reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownFact {
    /// The position.
    pub origin: Origin,
    /// The reason.
    pub reason: DockerfileGap,
}
