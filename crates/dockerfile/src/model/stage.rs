//! Stages: what they are built on, what they copy and what they install.

use std::collections::BTreeSet;

use crate::model::step::{InstallStep, Step};
use wheelbase_image::ImageRef;
use wheelbase_spec::source::Origin;

/// A virtual environment that a stage made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Venv {
    /// Absolute path in the stage.
    pub path: String,
    /// The interpreter it was made with, as named.
    pub python: Option<String>,
    /// Place of the command.
    pub origin: Origin,
}

/// Where `COPY --from` takes from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CopyOrigin {
    /// An earlier stage, by its position in the file.
    Stage(usize),
    /// An image.
    Image(String),
}

/// `COPY --from`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageCopy {
    /// From where.
    pub from: CopyOrigin,
    /// Absolute path there, may hold wildcards.
    pub source: String,
    /// Absolute path here.
    pub destination: String,
    /// True for a mount, which ends with its `RUN`.
    pub temporary: bool,
    /// Place of the instruction.
    pub origin: Origin,
}

/// What a stage is built on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// An image.
    Image(ImageRef),
    /// An earlier stage, by its position in the file.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// The reference cannot be known, and why.
    Unknown(String),
    /// Something that a question puts under the stage and that `FROM` could not name: a folder, an archive, a file with
    /// a profile, a C library.
    Named(String),
}

/// One stage, with what happens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StagePlan {
    /// Position in the file, 0 first.
    pub index: usize,
    /// The name after `AS`, in lower case.
    pub name: Option<String>,
    /// What `FROM` names, expanded.
    pub base: Base,
    /// What `FROM` says, as written.
    pub written: String,
    /// `--platform`, expanded; `None` if the target platform holds.
    pub platform: Option<String>,
    /// The platform it runs on: its own, that of the stage below, or the target's.
    pub machine_platform: String,
    /// The steps in order, without those of the stage below.
    pub steps: Vec<Step>,
    /// Virtual environments made here or below.
    pub venvs: Vec<Venv>,
    /// `COPY --from`, in order.
    pub copies: Vec<StageCopy>,
    /// Packages of the system installed here or below and in force at the end.
    pub packages: BTreeSet<String>,
    /// Those of them that came without what they recommend.
    pub bare_packages: BTreeSet<String>,
    /// Packages that were installed and removed again alone, so that what they took along is still there.
    pub left_packages: BTreeSet<String>,
    /// Whether the target stage needs this one.
    pub needed: bool,
    /// Place of `FROM`.
    pub origin: Origin,
}

impl StagePlan {
    /// The name, or the position.
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

/// Something that cannot be known from the text, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undetermined {
    /// Where.
    pub origin: Origin,
    /// Why, in one sentence without final stop.
    pub reason: String,
}
