//! The images below the stages of a Dockerfile.

use std::collections::BTreeMap;

use wheelbase::dockerfile::{Base, ImageConfig, Plan, StagePlan};
use wheelbase::edge::targets::{Found, Targets};
use wheelbase::error::Error;
use wheelbase::image::Installed;
use wheelbase::target::Arch;

/// Finds images, each once.
pub(super) struct Bases<'a> {
    targets: &'a Targets,
    /// What stands in place of the file's own image.
    other: Option<&'a str>,
    /// By name and machine.
    known: BTreeMap<(String, Option<String>), Result<Found, Error>>,
}

impl<'a> Bases<'a> {
    pub(super) fn new(targets: &'a Targets, other: Option<&'a str>) -> Self {
        Self { targets, other, known: BTreeMap::new() }
    }

    /// What stands in place of the file's own image.
    pub(super) fn other(&self) -> Option<&'a str> {
        self.other
    }

    /// What the images set that the needed stages stand on, by the names that the plan gives them. What is not known
    /// of an image is told where it is needed.
    pub(super) async fn configurations(&mut self, plan: &Plan) -> Vec<(String, ImageConfig)> {
        let mut out: Vec<(String, ImageConfig)> = Vec::new();
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
                let configuration = ImageConfig {
                    environment: sets.variables.clone(),
                    workdir: sets.workdir.clone(),
                    incomplete: !sets.complete,
                };
                out.push((name.to_owned(), configuration));
            }
        }
        out
    }

    /// The image below a stage, with the packages that the stage installs.
    ///
    /// # Errors
    ///
    /// If nothing is known of it, with the place that names it.
    pub(super) async fn of(&mut self, plan: &Plan, stage: &StagePlan) -> Result<Found, Error> {
        let mut found = self.below(plan, stage).await?;
        install_packages(&mut found, stage);
        Ok(found)
    }

    async fn below(&mut self, plan: &Plan, stage: &StagePlan) -> Result<Found, Error> {
        let root = plan.root_of(stage.index).and_then(|index| plan.stages.get(index)).unwrap_or(stage);
        let arch: Option<Arch> = stage.machine_platform.parse().ok();
        let at = |fault: Error| fault.after(&format!("{}: ", root.origin));
        if let Some(other) = self.other.filter(|_| plan.is_replaced(stage.index)) {
            let arch = arch.unwrap_or_else(Arch::x86_64);
            let key = (other.to_owned(), Some(arch.machine().to_owned()));
            if !self.known.contains_key(&key) {
                let found = self.targets.base(other, &arch).await;
                self.known.insert(key.clone(), found);
            }
            return self.get(&key).map_err(|fault| fault.after(&format!("--on {other}: ")));
        }
        let name = match &root.base {
            Base::Image(image) => image.as_str(),
            Base::Unknown(why) => return Err(at(Error::undetermined(why.clone()))),
            _ => "scratch",
        };
        let key = (name.to_owned(), arch.as_ref().map(|arch| arch.machine().to_owned()));
        if !self.known.contains_key(&key) {
            let found = self.targets.images.known(name, arch.as_ref());
            self.known.insert(key.clone(), found);
        }
        self.get(&key).map_err(at)
    }

    fn get(&self, key: &(String, Option<String>)) -> Result<Found, Error> {
        match self.known.get(key) {
            Some(Ok(found)) => Ok(found.clone()),
            Some(Err(fault)) => Err(fault.again()),
            None => Err(Error::internal("an image was not looked up")),
        }
    }
}

/// Adds the libraries of the packages that are in force at the end of a stage.
pub(super) fn install_packages(found: &mut Found, stage: &StagePlan) {
    let there = stage.packages.iter().map(|package| Installed {
        package,
        recommends: !stage.bare_packages.contains(package),
        itself: true,
    });
    let left = stage.left_packages.iter().map(|package| Installed {
        package,
        recommends: !stage.bare_packages.contains(package),
        itself: false,
    });
    found.profile.install_packages(
        there.chain(left),
        wheelbase::dockerfile::packages_along,
        wheelbase::dockerfile::is_leaf_package,
    );
}
