//! Where the result of an install step ends up: in which stages, and through which copies.

use std::collections::BTreeSet;

use crate::model::{Action, Base, CopyOrigin, Destination, InstallStep, StageCopy, Step};
use crate::path;
use crate::plan::Plan;
use wheelbase_formats::glob;

/// The result of one install step, followed through the stages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flow {
    /// The stage that installs.
    pub stage: usize,
    /// Position of the step among the steps of that stage.
    pub step: usize,
    /// Where the result runs: the target stage if it reaches that, else the stage that installs.
    pub runs_in: usize,
    /// The copies that carry it there, in order; empty if it stays where it is installed.
    pub carriers: Vec<Carrier>,
}

impl Flow {
    /// Whether the result ends in the target stage.
    pub fn reaches(&self, target: usize) -> bool {
        self.runs_in == target
    }
}

/// A copy that carries an installed folder.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carrier {
    /// The stage that has the `COPY`.
    pub stage: usize,
    /// Position among its copies.
    pub copy: usize,
    /// The installed folder before; `None` for the interpreter's own folders.
    pub from: Option<String>,
    /// The installed folder after.
    pub to: Option<String>,
}

/// A place in a stage: the interpreter's folders or one folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    stage: usize,
    folder: Option<String>,
}

impl Plan {
    /// Every install step of the needed stages, with where its result ends up.
    ///
    /// This answers which requirements are judged against which images: those of [`Flow::stage`] at build time and
    /// those of [`Flow::runs_in`] at run time (see [`Plan::image_of`]).
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

    /// The copies between a step and the target stage; `None` if its result does not get there.
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
                // Wheels are nothing until they are installed.
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

    /// Follows the steps that install from a folder of wheels.
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

/// Whether a copy takes an installed folder along, and where to; `None` inside stands for the interpreter's folders.
fn carried(copy: &StageCopy, folder: Option<&str>) -> Option<Option<String>> {
    let source = match copy.source.rsplit_once('/') {
        // `/wheels/*.whl` takes the content of the folder.
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
            // Site-packages that land outside of an interpreter's own folders are a folder like any other.
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

/// Whether a source holds the site-packages of the interpreter of an image.
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

/// Whether a copy brings the interpreter itself, so that its version travels with it.
pub fn brings_interpreter(copy: &StageCopy) -> bool {
    matches!(copy.source.as_str(), "/" | "/usr" | "/usr/local") && copy.destination == copy.source
}

impl Destination {
    /// Whether it is an environment that points to an interpreter elsewhere.
    pub fn is_venv(&self) -> bool {
        matches!(self, Self::Venv(_) | Self::Tools(_))
    }
}
