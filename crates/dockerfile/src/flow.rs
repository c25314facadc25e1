//! The stages that the result of an install step reaches, and the copies between them.

use std::collections::BTreeSet;

use crate::model::{Action, Base, CopyOrigin, Destination, InstallStep, StageCopy, Step};
use crate::path;
use crate::plan::Plan;
use wheelbase_formats::glob;

/// The way of an installation through the stages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flow {
    /// The stage of the install step.
    pub stage: usize,
    /// The index of the step in that stage, counted from 0.
    pub step: usize,
    /// The stage in which the result runs: the target stage if a copy or a base leads there, otherwise the stage of the
    /// install step.
    pub runs_in: usize,
    /// The copies between the two stages, in order; empty if there are none.
    pub carriers: Vec<Carrier>,
}

impl Flow {
    /// Returns whether the result reaches a stage.
    pub fn reaches(&self, target: usize) -> bool {
        self.runs_in == target
    }
}

/// A copy of an installed directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carrier {
    /// The stage of the `COPY`.
    pub stage: usize,
    /// The index in [`StagePlan::copies`](crate::StagePlan::copies), counted from 0.
    pub copy: usize,
    /// The directory before the copy; `None` for the directories of the interpreter.
    pub from: Option<String>,
    /// The directory after the copy; `None` for the directories of the interpreter.
    pub to: Option<String>,
}

/// A directory in a stage; `None` for the directories of the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    stage: usize,
    folder: Option<String>,
}

impl Plan {
    /// Returns each install step of the needed stages with the stage that its result reaches.
    ///
    /// Its requirements are checked on two images (see [`Plan::image_of`]): that of [`Flow::stage`] for the build and
    /// that of [`Flow::runs_in`] for the run time.
    pub fn flows(&self) -> Vec<Flow> {
        let mut flows = Vec::new();
        for stage in self.needed() {
            for (step, install) in stage.steps.iter().enumerate() {
                if let Step::Install(install) = install {
                    let mut seen = BTreeSet::new();
                    let reached = self.follow(stage.index, step, install, &mut seen);
                    let (runs_in, carriers) =
                        reached.map_or((stage.index, Vec::new()), |carriers| (self.target, carriers));
                    flows.push(Flow { stage: stage.index, step, runs_in, carriers });
                }
            }
        }
        flows
    }

    /// Returns the copies between a step and the target stage; `None` if its result does not reach it.
    fn follow(
        &self,
        stage: usize,
        step: usize,
        install: &InstallStep,
        seen: &mut BTreeSet<(usize, usize)>,
    ) -> Option<Vec<Carrier>> {
        if !seen.insert((stage, step)) {
            return None;
        }
        let folder = install.destination.folder().map(str::to_owned);
        let wheels = matches!(install.action, Action::Wheel | Action::Download);
        let mut visited = BTreeSet::new();
        let mut open = vec![(Place { stage, folder }, Vec::new())];
        while let Some((place, carriers)) = open.pop() {
            if !visited.insert(place.clone()) {
                continue;
            }
            if wheels {
                // A directory of wheels matters only if a step installs from it.
                if let Some(rest) = self.installed_from(&place, seen) {
                    return Some([carriers, rest].concat());
                }
            } else if place.stage == self.target {
                return Some(carriers);
            }
            for next in self.stages.iter().filter(|next| next.needed) {
                if next.base == Base::Stage(place.stage) {
                    open.push((Place { stage: next.index, folder: place.folder.clone() }, carriers.clone()));
                }
                for (index, copy) in next.copies.iter().enumerate() {
                    if copy.from != CopyOrigin::Stage(place.stage) || (copy.temporary && !wheels) {
                        continue;
                    }
                    let Some(folder) = carried(copy, place.folder.as_deref()) else { continue };
                    let mut carriers = carriers.clone();
                    carriers.push(Carrier {
                        stage: next.index,
                        copy: index,
                        from: place.folder.clone(),
                        to: folder.clone(),
                    });
                    open.push((Place { stage: next.index, folder }, carriers));
                }
            }
        }
        None
    }

    /// Follows the steps that install from a directory of wheels.
    fn installed_from(&self, place: &Place, seen: &mut BTreeSet<(usize, usize)>) -> Option<Vec<Carrier>> {
        let folder = place.folder.as_deref()?;
        let stage = self.stages.get(place.stage)?;
        for (index, step) in stage.steps.iter().enumerate() {
            let Step::Install(install) = step else { continue };
            let links = install.options.find_links.iter().any(|link| path::below(link, folder).is_some());
            let named =
                install.projects.iter().any(|project| path::below(&project.file.path, folder).is_some());
            if (links || named)
                && install.action == Action::Install
                && let Some(carriers) = self.follow(place.stage, index, install, seen)
            {
                return Some(carriers);
            }
        }
        None
    }
}

/// Returns the directory after a copy, if the copy contains the installed directory. The inner `None` is for the
/// directories of the interpreter.
fn carried(copy: &StageCopy, folder: Option<&str>) -> Option<Option<String>> {
    let source = match copy.source.rsplit_once('/') {
        // `/wheels/*.whl` copies the content of the directory.
        Some((above, name)) if glob::is_pattern(name) => {
            if above.is_empty() {
                "/"
            } else {
                above
            }
        }
        _ => copy.source.as_str(),
    };
    match folder {
        None => carries_interpreter(source).then(|| {
            // Outside of the directories of an interpreter, site-packages is an ordinary directory.
            let own = copy.destination.starts_with("/usr")
                || copy.destination == "/"
                || copy.destination.starts_with("/opt/python");
            if own { None } else { Some(copy.destination.clone()) }
        }),
        Some(folder) => {
            if let Some(rest) = path::below(folder, source) {
                let to = path::join(&copy.destination, rest);
                // `--prefix=/install` copied over `/usr/local` becomes part of the interpreter.
                return Some(if matches!(to.as_str(), "/usr/local" | "/usr" | "/") {
                    None
                } else {
                    Some(to)
                });
            }
            let inside = path::below(source, folder)?;
            let has_modules = inside.starts_with("lib") || inside.is_empty();
            has_modules.then(|| {
                let own = copy.destination.starts_with("/usr");
                if own { None } else { Some(copy.destination.clone()) }
            })
        }
    }
}

/// Returns whether a source contains the site-packages of the interpreter of an image.
fn carries_interpreter(source: &str) -> bool {
    let packages = source.contains("/site-packages") || source.contains("/dist-packages");
    let library = |folder: &str| {
        path::below(folder, source).is_some()
            || source
                .strip_prefix(folder)
                .is_some_and(|rest| rest.starts_with("/python3") && !rest.contains("/bin"))
    };
    (packages && source.starts_with("/usr")) || library("/usr/local/lib") || library("/usr/lib")
}

/// Returns whether a copy contains the interpreter itself, so that its version applies to the stage of the copy.
pub fn brings_interpreter(copy: &StageCopy) -> bool {
    matches!(copy.source.as_str(), "/" | "/usr" | "/usr/local") && copy.destination == copy.source
}

impl Destination {
    /// Returns whether the destination is an environment that uses an interpreter outside of it.
    pub fn is_venv(&self) -> bool {
        matches!(self, Self::Venv(_) | Self::Tools(_))
    }
}
