//! What was read of the wheels of resolutions, and the check of each resolution with it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::findings::{Finding, ReadFailure, Undetermined, UnknownCause};
use crate::imports::Imports;
use crate::index::DistributionFile;
use crate::inspect::findings_of_installed;
use crate::name::ProjectName;
use crate::resolve::{RequestedBy, Resolution, ResolvedProject, Selection};
use crate::target::Target;
use crate::wheel::WheelFacts;

use super::check_loading;
use super::environment::{InstalledWheel, LoaderEnvironment};
use super::summary::Loading;

/// A wheel that was read, or the reason why it could not be read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReadWheel {
    /// The facts of the wheel.
    pub facts: Result<WheelFacts, ReadFailure>,
    /// The findings that do not depend on the target.
    findings: Vec<Finding>,
}

impl ReadWheel {
    /// A wheel of a project, and the findings on it by itself.
    pub fn new(project: &ProjectName, file: &str, facts: Result<WheelFacts, ReadFailure>) -> Self {
        let findings = match &facts {
            Ok(facts) => {
                let own = findings_of_installed(facts).into_iter();
                own.map(|finding| finding.about(project.clone()).in_file(&facts.file)).collect()
            }
            Err(failure) => {
                let rule = Undetermined::Contents { file: file.to_owned(), failure: failure.clone() };
                vec![Finding::of(rule).about(project.clone())]
            }
        };
        Self { facts, findings }
    }
}

/// What was read of the wheels of one or more resolutions, each once.
#[derive(Debug, Default)]
pub struct ReadWheels {
    wheels: HashMap<String, ReadWheel>,
    imports: HashMap<String, Imports>,
}

impl ReadWheels {
    /// Adds a wheel.
    pub fn add(&mut self, file: &DistributionFile, wheel: ReadWheel) {
        self.wheels.insert(identity(file).to_owned(), wheel);
    }

    /// Adds the statements that the import of a wheel runs.
    pub fn add_imports(&mut self, file: &DistributionFile, imports: Imports) {
        self.imports.insert(identity(file).to_owned(), imports);
    }

    /// The sizes of the files that were read, by hash or else by URL. Not every index provides them.
    pub fn sizes(&self) -> HashMap<String, u64> {
        let sizes =
            self.wheels.iter().filter_map(|(key, one)| Some((key.clone(), one.facts.as_ref().ok()?.size)));
        sizes.collect()
    }

    /// Checks whether the wheels of a resolution load on a target. `no_deps` is whether dependencies were excluded.
    pub fn check(
        &self,
        resolution: &Resolution,
        no_deps: bool,
        target: &Target,
        environment: &LoaderEnvironment,
    ) -> Loading {
        let chosen = || chosen_wheels(resolution).map(|(project, file)| (project, file, identity(file)));
        let installed: Vec<InstalledWheel<'_>> = chosen()
            .filter_map(|(project, _, key)| {
                let facts = self.wheels.get(key)?.facts.as_ref().ok()?;
                let depends = depends(resolution, project);
                // One of its dependencies, which were not resolved, may provide a library that the wheel requires.
                let mut installed = InstalledWheel::new(project.clone(), facts);
                installed.alone = depends.is_none() && no_deps;
                installed.left_out = installed.alone;
                Some(installed.with_depends(depends).with_imports(self.imports.get(key)))
            })
            .collect();
        let mut loading = check_loading(&installed, target, environment);
        for (_, file, key) in chosen() {
            let Some(one) = self.wheels.get(key) else { continue };
            loading.findings.extend(one.findings.iter().cloned());
            if let (None, Err(failure)) = (&loading.undetermined, &one.facts) {
                let (file, failure) = (file.filename.clone(), failure.clone());
                loading.undetermined = Some(UnknownCause::Contents { file, failure });
            }
        }
        loading
    }

    /// The wheels of a resolution with imports that decide the level of a finding, and that were not read.
    pub fn unread<'r>(
        &self,
        resolution: &'r Resolution,
        loading: &Loading,
    ) -> Vec<(&'r ProjectName, &'r Arc<DistributionFile>)> {
        chosen_wheels(resolution)
            .filter(|(project, file)| {
                loading.unread.contains(*project) && !self.imports.contains_key(identity(file))
            })
            .collect()
    }
}

/// The wheels that a resolution chose.
pub fn chosen_wheels(
    resolution: &Resolution,
) -> impl Iterator<Item = (&ProjectName, &Arc<DistributionFile>)> {
    resolution.projects.iter().filter_map(|project| match &project.selection {
        Selection::File(chosen) if chosen.file.is_wheel() => Some((&project.project, &chosen.file)),
        _ => None,
    })
}

/// The key of a wheel.
fn identity(file: &DistributionFile) -> &str {
    file.sha256.as_deref().unwrap_or(&file.url)
}

/// The dependencies of a project. `None` if its metadata was not read, as for a lock or with `--no-deps`.
fn depends(resolution: &Resolution, project: &ProjectName) -> Option<Vec<ProjectName>> {
    match &resolution.project(project)?.selection {
        Selection::File(chosen) if chosen.confidence.is_some() => {}
        _ => return None,
    }
    let requests = |other: &&ResolvedProject| {
        other
            .requested_by
            .iter()
            .any(|by| matches!(by, RequestedBy::Distribution { project: parent, .. } if parent == project))
    };
    Some(resolution.projects.iter().filter(requests).map(|other| other.project.clone()).collect())
}
