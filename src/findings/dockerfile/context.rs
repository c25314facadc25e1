//! The inputs of the rules on copies between stages.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{Flow, InstallStep, Plan, StageCopy, StagePlan};
use crate::findings::Placed;
use crate::image::PackageManager;
use crate::name::ProjectName;
use crate::target::Libc;
use crate::version::Version;

/// The facts of the image below a stage that the rules on copies between stages use.
///
/// A caller takes them from the catalogue or the image reader, which have more facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageImage {
    /// The C library; `None` if it is unknown.
    pub libc: Option<Libc>,
    /// The interpreter.
    pub python: StagePython,
    /// `x86_64`, `aarch64` ...; `None` to use the platforms of the Dockerfile.
    pub machine: Option<String>,
    /// File names of the libraries on the loader's path; `None` if the set is unknown.
    pub libraries: Option<BTreeSet<String>>,
    /// The package manager that decides the names of packages; `None` if it is unknown.
    pub manager: Option<PackageManager>,
    /// The distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// Whether packages of the distribution can be installed in it; `None` if it is unknown.
    pub installs: Option<bool>,
}

/// The interpreter of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum StagePython {
    /// Unknown.
    #[default]
    Unknown,
    /// The image has none.
    Absent,
    /// The image has one.
    Present {
        /// Its version, at least `X.Y`.
        version: Version,
        /// The program, such as `/usr/local/bin/python3.12`.
        path: String,
    },
}

/// The compiled files of an install step, which run only on a similar system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Native {
    /// Unknown.
    #[default]
    Unknown,
    /// None: only Python code.
    Nothing,
    /// Wheels of the index with compiled parts, and the highest glibc that one of them requires, if it is known.
    Wheels(Option<(u32, u32)>),
    /// At least one source distribution that is compiled during the build.
    Built,
}

/// The facts of one install step that the rules on copies between stages use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepFacts {
    /// Its compiled files.
    pub native: Native,
    /// The version of its interpreter, if it is not that of the image.
    pub python: Option<Version>,
    /// The projects that are compiled.
    pub compiled: Vec<ProjectName>,
}

/// The stages of a Dockerfile with their images.
pub(crate) struct Stages<'p> {
    /// The plan.
    pub(crate) plan: &'p Plan,
    /// The facts of the image below each stage.
    pub(crate) images: &'p BTreeMap<usize, StageImage>,
}

impl<'p> Stages<'p> {
    pub(super) fn stage(&self, index: usize) -> Option<&'p StagePlan> {
        self.plan.stages.get(index)
    }

    pub(super) fn image(&self, index: usize) -> Option<&'p StageImage> {
        self.images.get(&index)
    }

    /// The name of a stage in messages.
    pub(super) fn label(&self, index: usize) -> String {
        self.shown(&self.stage(index).map(StagePlan::label).unwrap_or_default())
    }

    /// A text that may quote values of the file, without values that look like secrets.
    pub(super) fn shown(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.plan.shown(&mut text);
        text
    }
}

/// The files of one step, and their way to the stage that runs them.
pub(crate) struct Passage<'a> {
    /// All stages.
    pub(crate) stages: &'a Stages<'a>,
    /// The way.
    pub(crate) flow: &'a Flow,
    /// The step.
    pub(crate) step: &'a InstallStep,
    /// The facts of the step.
    pub(crate) facts: &'a StepFacts,
}

impl<'a> Passage<'a> {
    /// The image of the stage that installs.
    pub(super) fn built(&self) -> Option<&'a StageImage> {
        self.stages.image(self.flow.stage)
    }

    /// The image of the stage that runs.
    pub(super) fn runs(&self) -> Option<&'a StageImage> {
        self.stages.image(self.flow.runs_in)
    }

    /// The name of the stage that installs.
    pub(super) fn built_in(&self) -> String {
        self.stages.label(self.flow.stage)
    }

    /// The name of the stage that runs.
    pub(super) fn runs_in(&self) -> String {
        self.stages.label(self.flow.runs_in)
    }

    /// The last copy on the way: the line that copies the files to the stage that runs them.
    pub(super) fn last_copy(&self) -> Option<&'a StageCopy> {
        let carrier = self.flow.carriers.last()?;
        self.stages.stage(carrier.stage)?.copies.get(carrier.copy)
    }

    /// Places values at the last copy; without a copy, they do not apply.
    pub(in crate::findings) fn at_last_copy<R>(&self, found: impl IntoIterator<Item = R>) -> Vec<Placed<R>> {
        let Some(copy) = self.last_copy() else { return Vec::new() };
        found.into_iter().map(|rule| Placed::new(rule).at(copy.origin.clone())).collect()
    }
}

/// The `X.Y` of a version.
pub(super) fn minor_of(version: &Version) -> Option<(u64, u64)> {
    match version.release() {
        [major, minor, ..] => Some((*major, *minor)),
        _ => None,
    }
}
