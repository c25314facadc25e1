//! The plan of a build.

use std::collections::BTreeSet;

use crate::context::WantedFile;
use crate::model::{Base, StagePlan, UnknownFact};
use crate::secrets::Secrets;
use wheelbase_image::ImageRef;
use wheelbase_spec::source::Origin;

/// The plan of a build: what a Dockerfile installs in which stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// All stages in the order of the file. [`StagePlan::needed`] marks those that the target needs.
    pub stages: Vec<StagePlan>,
    /// The index of the target stage, counted from 0.
    pub target: usize,
    /// Unknown facts about the needed stages, in the order of the file.
    pub undetermined: Vec<UnknownFact>,
    /// Files of the context that the plan needs.
    pub(super) wanted: Vec<WantedFile>,
    /// Stages with a replaced base.
    pub(super) replaced: BTreeSet<usize>,
    /// Values that must not be printed.
    pub(super) secrets: Secrets,
    /// Build arguments of the caller that no `ARG` declares.
    pub(super) unused: Vec<String>,
    /// Build arguments without a value from the caller that decided something.
    pub(crate) assumed: Vec<Assumed>,
}

/// A build argument without a value from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumed {
    /// Its name.
    pub name: String,
    /// The default that was used; `None` if there is no default. Secrets are removed.
    pub default: Option<String>,
    /// The positions at which it decided something.
    pub uses: Vec<Origin>,
}

impl Plan {
    /// Files of the build context that the plan needs: add them to the [`Context`](crate::Context) and plan again.
    pub fn wanted(&self) -> &[WantedFile] {
        &self.wanted
    }

    /// The target stage.
    pub fn target_stage(&self) -> Option<&StagePlan> {
        self.stages.get(self.target)
    }

    /// The stages that the target needs, in the order of the file.
    pub fn needed(&self) -> impl Iterator<Item = &StagePlan> {
        self.stages.iter().filter(|stage| stage.needed)
    }

    /// Build arguments without a value from the caller that decided something.
    pub fn assumed(&self) -> &[Assumed] {
        &self.assumed
    }

    /// Build arguments of the caller that no `ARG` declares and that are not predefined.
    pub fn unused_arguments(&self) -> &[String] {
        &self.unused
    }

    /// The values of the Dockerfile that are secrets.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Removes secrets of the Dockerfile from a text that may quote its values.
    pub fn shown(&self, text: &mut String) {
        self.secrets.hide_in(text);
    }

    /// Returns the first stage in the chain of base stages; `None` if there is no stage with this index.
    pub fn root_of(&self, stage: usize) -> Option<usize> {
        let mut at = stage;
        // The base of a stage is an earlier one.
        for _ in 0..=self.stages.len() {
            match &self.stages.get(at)?.base {
                Base::Stage(parent) => at = *parent,
                _ => return Some(at),
            }
        }
        None
    }

    /// Returns the image at the end of the chain of base stages; `None` if it is `scratch` or unknown.
    pub fn image_of(&self, stage: usize) -> Option<&ImageRef> {
        match &self.stages.get(self.root_of(stage)?)?.base {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// Returns whether the base image of a stage, directly or through base stages, is that of [`PlanOptions::on`](crate::PlanOptions::on).
    pub fn is_replaced(&self, stage: usize) -> bool {
        self.root_of(stage).is_some_and(|root| self.replaced.contains(&root))
    }
}
