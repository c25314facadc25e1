//! The trait of all rules: where a rule applies, and how its value reads.

use super::dockerfile::{Passage, Stages};
use super::fact::Fact;
use super::image::ImageContext;
use super::installed::{InstalledContext, InstalledRequirement};
use super::level::Level;
use super::lock::LockContext;
use super::placed::Placed;
use super::resolution::{ChosenFile, ChosenTree, MissingFile, PythonContext, ResolutionContext};
use crate::inspect::context::WheelContext;
use crate::resolve::{Reason, ResolvedProject};

/// The typed value of a rule.
///
/// The functions without `self` are the places where a rule can apply: each gets the facts of one area, and returns what
/// the rule finds there. A rule implements those of its area. The table calls them for all rules. Rules without such a
/// function are found where their facts are computed: by the simulated loader (`src/load`), the check of source builds
/// (`src/build`) and the check of install steps (`src/dockerfile_check`).
///
/// The methods are the sentences and the facts of a value. Sentences are made only here.
pub(crate) trait Rule: Sized {
    /// Checks a wheel by itself, and its archive, perhaps for a target.
    fn in_wheel(_: &WheelContext<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks a resolution as a whole.
    fn on_resolution(_: &ResolutionContext<'_>) -> Vec<Placed<Self>> {
        Vec::new()
    }

    /// Checks a project of a resolution, whatever is selected for it.
    fn on_project(_: &ResolvedProject) -> Vec<Self> {
        Vec::new()
    }

    /// Checks the distribution file that is chosen for a project.
    fn on_chosen(_: &ChosenFile<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks the source tree that a lock names for a project.
    fn on_tree(_: &ChosenTree<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks a project without a usable file.
    fn on_missing(_: &MissingFile<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks a lock on a target.
    fn on_lock(_: &LockContext<'_>) -> Vec<Placed<Self>> {
        Vec::new()
    }

    /// Checks what input files require of the Python of a target.
    fn on_python(_: &PythonContext<'_>) -> Vec<Placed<Self>> {
        Vec::new()
    }

    /// Checks an image by itself.
    fn on_image(_: &ImageContext<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks a distribution that is installed in an image.
    fn on_installed(_: &InstalledContext<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks a requirement of a distribution that is installed in an image.
    fn on_requirement(_: &InstalledRequirement<'_>) -> Vec<Self> {
        Vec::new()
    }

    /// Checks the stages of a Dockerfile.
    fn on_stages(_: &Stages<'_>) -> Vec<Placed<Self>> {
        Vec::new()
    }

    /// Checks the path of an install step's result through the stages of a Dockerfile.
    fn on_passage(_: &Passage<'_>) -> Vec<Placed<Self>> {
        Vec::new()
    }

    /// One sentence without final period.
    fn message(&self) -> String;

    /// What to do, if something is known to help: a command or a setting to copy.
    fn help(&self) -> Option<String> {
        None
    }

    /// The archive member or image file that it is about.
    fn member(&self) -> Option<&str> {
        None
    }

    /// The level, if the circumstances make it different from the code's default.
    fn level(&self) -> Option<Level> {
        None
    }

    /// The facts that it is based on, for programs that read reports.
    fn facts(&self) -> Vec<Fact<'_>> {
        Vec::new()
    }

    /// Why the project has its row in the verdict, for rules about one project.
    fn reasons(&self) -> Vec<Reason> {
        Vec::new()
    }
}
