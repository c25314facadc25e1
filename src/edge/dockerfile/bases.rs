//! The base images of the stages of a Dockerfile.

use std::collections::BTreeMap;

use crate::dockerfile::{Base, BaseConfig, Plan, StagePlan};
use crate::edge::targets::{TargetInput, Targets};
use crate::error::Error;
use crate::target::Arch;
use crate::target_choice::FoundImage;

/// Resolves base images, each once.
pub(super) struct BaseImages<'a> {
    targets: &'a Targets,
    /// The image that replaces the base image of the file.
    other: Option<&'a TargetInput>,
    /// The resolved images, by name and architecture.
    known: BTreeMap<(String, Option<String>), Result<FoundImage, Error>>,
}

impl<'a> BaseImages<'a> {
    pub(super) fn new(targets: &'a Targets, other: Option<&'a TargetInput>) -> Self {
        Self { targets, other, known: BTreeMap::new() }
    }

    /// Returns the environment of the base images of the required stages, by the names of the plan. Unknown images are
    /// skipped here and reported by [`below`](Self::below).
    pub(super) async fn configurations(&mut self, plan: &Plan) -> Vec<(String, BaseConfig)> {
        let mut out: Vec<(String, BaseConfig)> = Vec::new();
        for stage in plan.needed() {
            let name = match &stage.base {
                Base::Image(image) => image.as_str(),
                Base::Named(name) => name,
                _ => continue,
            };
            if out.iter().any(|(known, _)| known == name) {
                continue;
            }
            let Ok(found) = self.below(plan, stage).await else { continue };
            let sets = &found.profile.environment;
            if sets.complete || sets.workdir.is_some() || !sets.variables.is_empty() {
                let configuration = BaseConfig {
                    environment: sets.variables.clone(),
                    workdir: sets.workdir.clone(),
                    incomplete: !sets.complete,
                };
                out.push((name.to_owned(), configuration));
            }
        }
        out
    }

    /// Returns the base image of a stage.
    ///
    /// # Errors
    ///
    /// If the image is unknown. The message starts with the position of its `FROM`.
    pub(super) async fn below(&mut self, plan: &Plan, stage: &StagePlan) -> Result<FoundImage, Error> {
        let root = plan.root_of(stage.index).and_then(|index| plan.stages.get(index)).unwrap_or(stage);
        let arch: Option<Arch> = stage.machine_platform.parse().ok();
        let at = |fault: Error| fault.after(&format!("{}: ", root.origin));
        if let Some(other) = self.other.filter(|_| plan.is_replaced(stage.index)) {
            let arch = arch.unwrap_or_else(Arch::x86_64);
            let key = (other.name().into_owned(), Some(arch.machine().to_owned()));
            if !self.known.contains_key(&key) {
                let found = self.targets.base(other, &arch).await;
                self.known.insert(key.clone(), found);
            }
            return self.get(&key).map_err(|fault| other.error(fault));
        }
        let name = match &root.base {
            Base::Image(image) => image.as_str(),
            Base::Unknown(why) => return Err(at(Error::undetermined(why.to_string()))),
            _ => "scratch",
        };
        let key = (name.to_owned(), arch.as_ref().map(|arch| arch.machine().to_owned()));
        if !self.known.contains_key(&key) {
            let found = self.targets.images.known(name, arch.as_ref());
            self.known.insert(key.clone(), found);
        }
        self.get(&key).map_err(at)
    }

    fn get(&self, key: &(String, Option<String>)) -> Result<FoundImage, Error> {
        match self.known.get(key) {
            Some(Ok(found)) => Ok(found.clone()),
            Some(Err(fault)) => Err(fault.clone()),
            None => Err(Error::internal("an image was not looked up")),
        }
    }
}
