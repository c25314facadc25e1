//! `libraries-left-behind`

use std::collections::BTreeSet;
use std::fmt;

use crate::dockerfile::{Base, Step, Tool};
use crate::findings::{CodeInfo, Level, Placed, Rule};
use crate::image::{DevelopmentPackage, PackageManager, development_packages, links_to, sonames_of};
use crate::name::ProjectName;

use super::{Native, Passage, Stages};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "libraries-left-behind",
    level: Level::Warn,
    summary: "a library used by compiled code is missing in the stage that runs it",
    explanation: "A source distribution was compiled against a development package (`libpq-dev`), and the stage \
that runs the result does not have the library (`libpq5`): it was never installed there, or it was removed after \
the build. The import fails with `cannot open shared object file`.\n\n\
Install the run-time package in the stage that runs. The code is silent if everything was installed from wheels, \
which contain their libraries, and if the base image has the library.",
    link: "https://github.com/docker-library/python/issues/750",
};

/// The build stage has a library that the final stage does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibrariesLeftBehind {
    /// The library.
    pub library: LinkedLibrary,
    /// The package that has it at run time.
    pub runtime: String,
    /// Whether packages can be installed in the stage that runs; `None` if this is unknown.
    pub installs: Option<bool>,
}

/// A library that something is linked with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkedLibrary {
    /// The tool that compiles.
    pub tool: Tool,
    /// Where it is linked.
    pub from: LinkedFrom,
    /// The library.
    pub needed: NeededLibrary,
    /// The stage that needs it at run time.
    pub runs_in: String,
}

/// Where a library is linked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkedFrom {
    /// In the stage that runs, which removes the development package again.
    Removed {
        /// The package.
        package: String,
    },
    /// In another stage, which installs the development package.
    Stage {
        /// The package.
        package: String,
        /// The stage.
        stage: String,
    },
    /// In another stage with the library in its image.
    Image {
        /// A project that is linked with it.
        project: ProjectName,
        /// The stage.
        stage: String,
    },
}

/// A library by its SONAME or its package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NeededLibrary {
    /// Its SONAME.
    Soname(String),
    /// The package that has it.
    OfPackage(String),
}

/// The unknown fact about a library that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftBehindGap {
    /// The libraries of the stage that runs.
    Libraries,
    /// Whether anything is compiled.
    Compiled,
}

/// A library that was left behind, or the missing fact about a library.
pub(in crate::findings) type CheckedLibrary = Result<LibrariesLeftBehind, (LinkedLibrary, LeftBehindGap)>;

impl LibrariesLeftBehind {
    /// Libraries of development packages that the Dockerfile installs where something is compiled, each with the place
    /// of the finding.
    pub(in crate::findings) fn check(passage: &Passage<'_>) -> Vec<Placed<CheckedLibrary>> {
        let Passage { stages, flow, step, facts } = passage;
        let mut found = Vec::new();
        if !matches!(facts.native, Native::Built | Native::Unknown) {
            return found;
        }
        let Some(runs) = stages.stage(flow.runs_in) else { return found };
        let libraries = passage.runs().and_then(|image| image.libraries.as_ref());
        for row in development_packages() {
            let Some(package) = row.names.iter().find(|name| step.packages.contains(*name)) else { continue };
            if !row.managers.iter().any(|manager| has_manager(stages, flow.stage, *manager)) {
                continue;
            }
            // The development package depends on the library while it is installed.
            let left = row.names.iter().chain(&row.runtime).any(|name| runs.packages.contains(name));
            let other_names =
                development_packages().iter().filter(|other| other.library == row.library).any(|other| {
                    other.names.iter().chain(&other.runtime).any(|name| runs.packages.contains(name))
                });
            let there = libraries
                .is_some_and(|libraries| libraries.iter().any(|name| is_library(name, &row.library)));
            if left || other_names || there {
                continue;
            }
            let package = package.clone();
            let from = match flow.stage == flow.runs_in {
                true => LinkedFrom::Removed { package },
                false => LinkedFrom::Stage { package, stage: passage.built_in() },
            };
            let library = LinkedLibrary::new(passage, row, from);
            let origin = passage.last_copy().map_or_else(|| step.origin.clone(), |copy| copy.origin.clone());
            let gap = match (libraries, facts.native) {
                (None, _) => Some(LeftBehindGap::Libraries),
                (Some(_), Native::Unknown) => Some(LeftBehindGap::Compiled),
                _ => None,
            };
            let one = match gap {
                Some(gap) => Err((library, gap)),
                None => Ok(Self::new(passage, row, library)),
            };
            found.push(Placed::new(one).at(origin));
        }
        found
    }

    /// Libraries that the image of the build stage has for linking, without a line in the Dockerfile.
    fn check_base(passage: &Passage<'_>) -> Vec<Self> {
        let Passage { stages, flow, step, facts } = passage;
        let mut found = Vec::new();
        if flow.stage == flow.runs_in || facts.native != Native::Built || passage.last_copy().is_none() {
            return found;
        }
        let libraries = |index: usize| stages.image(index).and_then(|image| image.libraries.as_ref());
        let (Some(built), Some(runs)) = (libraries(flow.stage), libraries(flow.runs_in)) else {
            return found;
        };
        // The names of packages are those of the stage that runs.
        let manager = passage.runs().and_then(|image| image.manager);
        let of_manager = |row: &&DevelopmentPackage| match &manager {
            Some(manager) => row.managers.contains(manager),
            None => true,
        };
        let mut seen: Vec<&str> = Vec::new();
        for row in development_packages().iter().filter(of_manager) {
            let has = |set: &BTreeSet<String>| set.iter().any(|name| is_library(name, &row.library));
            // `check` finds what the Dockerfile installs for linking.
            let named = development_packages()
                .iter()
                .filter(|other| other.library == row.library)
                .any(|other| other.names.iter().any(|name| step.packages.contains(name)));
            let Some(project) = facts.compiled.iter().find(|name| links_to(name.as_str(), &row.library))
            else {
                continue;
            };
            if named || seen.contains(&row.library.as_str()) || !has(built) || has(runs) {
                continue;
            }
            seen.push(&row.library);
            let from = LinkedFrom::Image { project: project.clone(), stage: passage.built_in() };
            found.push(Self::new(passage, row, LinkedLibrary::new(passage, row, from)));
        }
        found
    }

    fn new(passage: &Passage<'_>, row: &DevelopmentPackage, library: LinkedLibrary) -> Self {
        let runtime = row.runtime.first().cloned().unwrap_or_default();
        Self { library, runtime, installs: passage.runs().and_then(|image| image.installs) }
    }
}

impl Rule for LibrariesLeftBehind {
    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        let mut found = passage.at_last_copy(Self::check_base(passage));
        found.extend(Self::check(passage).into_iter().filter_map(|one| one.filter_map(Result::ok)));
        found
    }

    fn message(&self) -> String {
        self.library.sentence(&self.library.absence())
    }

    fn help(&self) -> Option<String> {
        let Self { library: LinkedLibrary { runs_in, .. }, runtime, installs } = self;
        Some(match installs {
            Some(false) => format!(
                "packages cannot be installed in stage `{runs_in}`: copy the files of `{runtime}` and its dependencies \
                 there, or use a base image with a package manager"
            ),
            _ => format!("install `{runtime}` in stage `{runs_in}`"),
        })
    }
}

impl LinkedLibrary {
    fn new(passage: &Passage<'_>, row: &DevelopmentPackage, from: LinkedFrom) -> Self {
        let release = passage.built().and_then(|image| image.release.as_deref()).unwrap_or_default();
        Self {
            tool: passage.step.tool,
            from,
            needed: NeededLibrary::of(row, release),
            runs_in: passage.runs_in(),
        }
    }

    /// Why the stage that runs does not have it, as the end of a sentence.
    pub(in crate::findings) fn absence(&self) -> String {
        let stage = &self.runs_in;
        match self.from {
            LinkedFrom::Removed { .. } => format!(", which is removed from stage `{stage}` after the build"),
            _ => format!(", which stage `{stage}` does not have"),
        }
    }

    /// A sentence with what is linked and requires it. `end` is what is known about the stage that runs.
    pub(in crate::findings) fn sentence(&self, end: &str) -> String {
        let Self { tool, from, needed, .. } = self;
        match from {
            LinkedFrom::Image { project, stage } => {
                format!("{tool} compiles `{project}` against {needed} of the image of stage `{stage}`{end}")
            }
            LinkedFrom::Removed { package } => {
                format!("packages that {tool} compiles against `{package}` require {needed}{end}")
            }
            LinkedFrom::Stage { package, stage } => format!(
                "packages that {tool} compiles against `{package}` in stage `{stage}` require {needed}{end}"
            ),
        }
    }
}

impl NeededLibrary {
    /// By its SONAME on the release of the stage that builds, if the tables have it, otherwise by its package.
    fn of(row: &DevelopmentPackage, release: &str) -> Self {
        let sonames = row.runtime.iter().flat_map(|package| sonames_of(release, package));
        let mut sonames: Vec<&str> = sonames.filter(|soname| is_library(soname, &row.library)).collect();
        // `libgeos_c.so.1` rather than `libgeos_c-3.11.so.1` and the like.
        sonames.sort_by_key(|soname| (soname.len(), *soname));
        match sonames.first() {
            Some(soname) => Self::Soname((*soname).to_owned()),
            None => Self::OfPackage(row.runtime.first().cloned().unwrap_or_default()),
        }
    }
}

impl fmt::Display for NeededLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soname(soname) => write!(f, "`{soname}`"),
            Self::OfPackage(package) => write!(f, "the library of `{package}`"),
        }
    }
}

/// Whether a stage, or one below it, was changed by a package manager.
fn has_manager(stages: &Stages<'_>, stage: usize, manager: PackageManager) -> bool {
    let mut at = Some(stage);
    let mut steps = 0;
    while let Some(stage) = at.and_then(|index| stages.stage(index)) {
        let found = stage
            .steps
            .iter()
            .any(|step| matches!(step, Step::System(step) if step.manager.family() == manager.family()));
        if found {
            return true;
        }
        steps += 1;
        at = match &stage.base {
            Base::Stage(parent) if steps < stages.plan.stages.len() => Some(*parent),
            _ => None,
        };
    }
    false
}

/// `libpq.so.5` and `libgeos_c-3.11.so.1` are files of `libpq.so` and `libgeos_c.so`.
fn is_library(file: &str, library: &str) -> bool {
    let stem = library.strip_suffix(".so").unwrap_or(library);
    file.strip_prefix(stem)
        .is_some_and(|rest| rest.starts_with(".so") || (rest.starts_with(['-', '_']) && rest.contains(".so")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_of_a_library_are_recognised() {
        assert!(is_library("libpq.so.5", "libpq.so"));
        assert!(!is_library("libpqxx.so.7", "libpq.so"));
        assert!(is_library("libldap-2.5.so.0", "libldap.so"));
        assert!(is_library("libhdf5_serial.so.103", "libhdf5.so"));
    }
}
