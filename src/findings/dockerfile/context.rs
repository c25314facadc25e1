//! What the rules between stages look at.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{Flow, InstallStep, Plan, StageCopy, StagePlan};
use crate::name::ProjectName;
use crate::target::Libc;
use crate::version::Version;

/// What is known of the image below a stage, as far as judging between stages needs it.
///
/// The catalogue and the image reader know far more; a caller takes these few facts from there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageImage {
    /// The C library; `None` if it is not known.
    pub libc: Option<Libc>,
    /// The interpreter.
    pub python: ImagePython,
    /// `x86_64`, `aarch64` ...; `None` lets the platforms of the Dockerfile speak.
    pub machine: Option<String>,
    /// File names of the libraries on the loader's path; `None` if the set is not known.
    pub libraries: Option<BTreeSet<String>>,
    /// What names packages in it: `apt`, `apk`, `dnf` ...; `None` if it is not known.
    pub manager: Option<String>,
    /// The distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// Whether packages of the distribution can be installed in it; `None` if it is not known.
    pub installs: Option<bool>,
}

/// The interpreter of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ImagePython {
    /// Nothing is known.
    #[default]
    Unknown,
    /// There is none.
    Absent,
    /// There is one.
    Present {
        /// Its version, at least `X.Y`.
        version: Version,
        /// The program, such as `/usr/local/bin/python3.12`.
        path: String,
    },
}

/// What an install step brings that only runs on a machine like the one it was made on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Native {
    /// It has not been looked at.
    #[default]
    Unknown,
    /// Nothing: Python alone.
    Nothing,
    /// Wheels of the index with compiled parts; the highest glibc that one of them asks for, where known.
    Wheels(Option<(u32, u32)>),
    /// At least one source distribution that is compiled during the build.
    Built,
}

/// What is known of one install step, as far as judging between stages needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepFacts {
    /// What it brings.
    pub native: Native,
    /// The version of the interpreter that it runs with, if that is another than its image's.
    pub python: Option<Version>,
    /// The projects that are compiled.
    pub compiled: Vec<ProjectName>,
}

/// The stages of a Dockerfile with their images.
pub(crate) struct Stages<'p> {
    /// The plan.
    pub(crate) plan: &'p Plan,
    /// What is known of the image below each stage.
    pub(crate) images: &'p BTreeMap<usize, StageImage>,
}

impl<'p> Stages<'p> {
    pub(super) fn stage(&self, index: usize) -> Option<&'p StagePlan> {
        self.plan.stages.get(index)
    }

    pub(super) fn image(&self, index: usize) -> Option<&'p StageImage> {
        self.images.get(&index)
    }

    /// The name of a stage in sentences.
    pub(super) fn label(&self, index: usize) -> String {
        self.shown(&self.stage(index).map(StagePlan::label).unwrap_or_default())
    }

    /// A text that may quote values of the file, without those that look like secrets.
    pub(super) fn shown(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.plan.shown(&mut text);
        text
    }
}

/// What one step installs, and the way it takes to the stage that runs it.
pub(crate) struct Passage<'a> {
    /// All stages.
    pub(crate) stages: &'a Stages<'a>,
    /// The way.
    pub(crate) flow: &'a Flow,
    /// The step.
    pub(crate) step: &'a InstallStep,
    /// What the step installs.
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

    /// The last copy on the way: the line where the result comes into the stage that runs it.
    pub(crate) fn last_copy(&self) -> Option<&'a StageCopy> {
        let carrier = self.flow.carriers.last()?;
        self.stages.stage(carrier.stage)?.copies.get(carrier.copy)
    }
}

/// The `X.Y` of a version.
pub(super) fn minor_of(version: &Version) -> Option<(u64, u64)> {
    match version.release() {
        [major, minor, ..] => Some((*major, *minor)),
        _ => None,
    }
}
