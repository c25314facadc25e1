//! Libraries that are there where something is compiled, and not where it runs.

use crate::findings::Code;
use std::collections::BTreeSet;

use super::dockerfile::{Judge, Native, StepFacts};
use crate::dockerfile::{
    Base, DevelopmentPackage, Flow, InstallStep, Step, Undetermined, development_packages, links_to,
};
use crate::image::sonames_of;

impl Judge<'_> {
    /// Libraries that were linked against and are not there at run time.
    pub(super) fn libraries(&mut self, flow: &Flow, step: &InstallStep, facts: &StepFacts) {
        let brings = facts.native;
        if !matches!(brings, Native::Built | Native::Unknown) {
            return;
        }
        let Some(runs) = self.stage(flow.runs_in) else { return };
        let image = self.image(flow.runs_in);
        self.linked_by_the_base(flow, step, facts);
        for row in development_packages() {
            let Some(package) = row.names.iter().find(|name| step.packages.contains(*name)) else { continue };
            if !row.managers.iter().any(|manager| self.has_manager(flow.stage, manager)) {
                continue;
            }
            // The package for linking brings the library too, as long as it stays.
            let left = row.names.iter().chain(&row.runtime).any(|name| runs.packages.contains(name));
            let other_names =
                development_packages().iter().filter(|other| other.library == row.library).any(|other| {
                    other.names.iter().chain(&other.runtime).any(|name| runs.packages.contains(name))
                });
            if left || other_names {
                continue;
            }
            let libraries = image.and_then(|image| image.libraries.as_ref());
            match libraries {
                Some(libraries) if libraries.iter().any(|name| is_library(name, &row.library)) => continue,
                _ => {}
            }
            let origin = flow
                .carriers
                .last()
                .and_then(|carrier| self.stage(carrier.stage)?.copies.get(carrier.copy))
                .map_or_else(|| step.origin.clone(), |copy| copy.origin.clone());
            let place = if flow.stage == flow.runs_in {
                format!("`{package}` is removed again")
            } else {
                format!("`{package}` is only in stage `{}`", self.label(flow.stage))
            };
            let runtime = row.runtime.first().map(String::as_str).unwrap_or_default();
            let needed = self.needed_library(flow.stage, row, runtime);
            if brings == Native::Unknown || libraries.is_none() {
                let reason = format!(
                    "{place}: what {} compiles against it needs {needed} in stage `{}`, and {}",
                    step.tool,
                    self.label(flow.runs_in),
                    if libraries.is_none() {
                        "its libraries are not known"
                    } else {
                        "whether anything is compiled has not been looked at"
                    }
                );
                self.out.undetermined.push(Undetermined { origin, reason });
                continue;
            }
            let message = format!(
                "{place}: what {} compiles against it needs {needed} in stage `{}`, which does not have it",
                step.tool,
                self.label(flow.runs_in)
            );
            let help = self.how_to_bring(flow.runs_in, runtime);
            self.tell(Code::LibrariesLeftBehind, &origin, message, Some(help));
        }
    }

    /// Libraries that the image of the build stage brings for linking, without a line in the Dockerfile.
    fn linked_by_the_base(&mut self, flow: &Flow, step: &InstallStep, facts: &StepFacts) {
        if flow.stage == flow.runs_in || facts.native != Native::Built {
            return;
        }
        let libraries = |index: usize| self.image(index).and_then(|image| image.libraries.as_ref());
        let (Some(built), Some(runs)) = (libraries(flow.stage), libraries(flow.runs_in)) else { return };
        // The packages are named as the stage that runs names them.
        let manager = self.image(flow.runs_in).and_then(|image| image.manager.clone());
        let of_manager = |row: &&DevelopmentPackage| match &manager {
            Some(name) => row.managers.contains(name),
            None => true,
        };
        let mut told: Vec<&str> = Vec::new();
        for row in development_packages().iter().filter(of_manager) {
            let has = |set: &BTreeSet<String>| set.iter().any(|name| is_library(name, &row.library));
            // What the Dockerfile installs for linking is told of elsewhere.
            let named = development_packages()
                .iter()
                .filter(|other| other.library == row.library)
                .any(|other| other.names.iter().any(|name| step.packages.contains(name)));
            let Some(project) = facts.compiled.iter().find(|name| links_to(name.as_str(), &row.library))
            else {
                continue;
            };
            if named || told.contains(&row.library.as_str()) || !has(built) || has(runs) {
                continue;
            }
            told.push(&row.library);
            let Some(copy) = self.last_copy(flow) else { continue };
            let runtime = row.runtime.first().map(String::as_str).unwrap_or_default();
            let message = format!(
                "{} compiles `{project}` against {} that the image of stage `{}` brings, and stage `{}` does not have it",
                step.tool,
                self.needed_library(flow.stage, row, runtime),
                self.label(flow.stage),
                self.label(flow.runs_in)
            );
            let help = self.how_to_bring(flow.runs_in, runtime);
            let origin = copy.origin.clone();
            self.tell(Code::LibrariesLeftBehind, &origin, message, Some(help));
        }
    }

    /// How what a package brings gets into a stage.
    fn how_to_bring(&self, stage: usize, runtime: &str) -> String {
        let label = self.label(stage);
        match self.image(stage).and_then(|image| image.installs) {
            Some(false) => format!(
                "nothing can be installed in stage `{label}`: copy the files of `{runtime}` and of what it depends on \
                 there, or build on a base that has a package manager"
            ),
            _ => format!("install `{runtime}` in stage `{label}`"),
        }
    }

    /// The library that is linked by its SONAME on the release of the stage that builds, where the tables tell it, else
    /// the package that brings it.
    fn needed_library(&self, stage: usize, row: &DevelopmentPackage, runtime: &str) -> String {
        let release = self.image(stage).and_then(|image| image.release.as_deref()).unwrap_or_default();
        let sonames = row.runtime.iter().flat_map(|package| sonames_of(release, package));
        let mut sonames: Vec<&str> = sonames.filter(|soname| is_library(soname, &row.library)).collect();
        // `libgeos_c.so.1` rather than `libgeos_c-3.11.so.1` and the like.
        sonames.sort_by_key(|soname| (soname.len(), *soname));
        match sonames.first() {
            Some(soname) => format!("`{soname}`"),
            None => format!("the library of `{runtime}`"),
        }
    }

    /// Whether a stage, or one below it, was changed by a package manager.
    fn has_manager(&self, stage: usize, manager: &str) -> bool {
        let mut at = Some(stage);
        let mut steps = 0;
        while let Some(stage) = at.and_then(|index| self.stage(index)) {
            let found = stage
                .steps
                .iter()
                .any(|step| matches!(step, Step::System(step) if step.manager.as_str() == manager));
            if found {
                return true;
            }
            steps += 1;
            at = match &stage.base {
                Base::Stage(parent) if steps < self.plan.stages.len() => Some(*parent),
                _ => None,
            };
        }
        false
    }
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
    fn libraries_by_file_name() {
        assert!(is_library("libpq.so.5", "libpq.so"));
        assert!(!is_library("libpqxx.so.7", "libpq.so"));
        assert!(is_library("libldap-2.5.so.0", "libldap.so"));
        assert!(is_library("libhdf5_serial.so.103", "libhdf5.so"));
    }
}
