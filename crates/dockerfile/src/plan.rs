//! What a Dockerfile would do.

use std::collections::BTreeSet;

use crate::context::Wanted;
use crate::model::{Base, StagePlan, Undetermined};
use crate::secrets::Secrets;
use wheelbase_image::ImageRef;
use wheelbase_spec::source::Origin;

/// What a Dockerfile would do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// All stages in order; those the target does not need are marked.
    pub stages: Vec<StagePlan>,
    /// Position of the target stage.
    pub target: usize,
    /// What cannot be known of the needed stages, in the order of the file.
    pub undetermined: Vec<Undetermined>,
    /// Files of the context that would make the plan better.
    pub(super) wanted: Vec<Wanted>,
    /// Stages whose own base was replaced.
    pub(super) replaced: BTreeSet<usize>,
    /// What must not be shown.
    pub(super) secrets: Secrets,
    /// Build arguments that were given and that no `ARG` takes.
    pub(super) unused: Vec<String>,
    /// Build arguments whose default, or lack of a value, decided something.
    pub(crate) assumed: Vec<Assumed>,
}

/// A build argument that was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assumed {
    /// Its name.
    pub name: String,
    /// The default that was used, if it has one; without what looks like a secret in it.
    pub default: Option<String>,
    /// Where it decided something.
    pub uses: Vec<Origin>,
}

impl Plan {
    /// Files of the build context that would make the plan better: answer them and plan again.
    pub fn wanted(&self) -> &[Wanted] {
        &self.wanted
    }

    /// The stage that is built.
    pub fn target_stage(&self) -> Option<&StagePlan> {
        self.stages.get(self.target)
    }

    /// The stages that the target needs, in order.
    pub fn needed(&self) -> impl Iterator<Item = &StagePlan> {
        self.stages.iter().filter(|stage| stage.needed)
    }

    /// Build arguments that were not given and decided something.
    pub fn assumed(&self) -> &[Assumed] {
        &self.assumed
    }

    /// Build arguments that were given though no `ARG` of the file, and no builder, takes one of the name.
    pub fn unused_arguments(&self) -> &[String] {
        &self.unused
    }

    /// The values of the file that no text may show.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// A text that may quote values of the file, without those that look like secrets.
    pub fn shown(&self, text: &mut String) {
        self.secrets.hide_in(text);
    }

    /// The stage at the bottom of a stage, through the stages it stands on; `None` if there is no such stage.
    pub fn root_of(&self, stage: usize) -> Option<usize> {
        let mut at = stage;
        // A stage stands on earlier ones only.
        for _ in 0..=self.stages.len() {
            match &self.stages.get(at)?.base {
                Base::Stage(parent) => at = *parent,
                _ => return Some(at),
            }
        }
        None
    }

    /// The image below a stage, through the stages it stands on; `None` if that is `scratch` or not known.
    pub fn image_of(&self, stage: usize) -> Option<&ImageRef> {
        match &self.stages.get(self.root_of(stage)?)?.base {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// Whether a stage stands, through the stages below it, on what [`PlanOptions::on`] put there.
    pub fn is_replaced(&self, stage: usize) -> bool {
        self.root_of(stage).is_some_and(|root| self.replaced.contains(&root))
    }
}
