//! The compiled files of the distributions that are installed in an image.

use std::collections::BTreeMap;

use crate::findings::{Finding, Undetermined, UnknownCause};
use crate::image::read::InstalledDistribution;
use crate::imports::Imports;
use crate::name::ProjectName;
use crate::target::Target;
use crate::wheel::{Container, WheelFacts};

use super::check_loading;
use super::environment::{InstalledWheel, LoaderEnvironment};
use super::summary::Loading;

impl Loading {
    /// The result for distributions of an image that is not in a directory, so that their compiled files are not read.
    pub fn not_in_folder(distributions: &[InstalledDistribution]) -> Self {
        let mut loading = Self::default();
        if distributions.iter().any(|one| !one.compiled.is_empty()) {
            let cause = UnknownCause::NotInFolder;
            loading.undetermined = Some(cause.clone());
            loading.findings.push(Finding::of(Undetermined::NativeModules { cause }));
        }
        loading
    }
}

/// The compiled files in the directories of an interpreter, by distribution.
#[derive(Debug, Default)]
pub struct InstalledFiles {
    wheels: Vec<InstalledPart>,
    imports: BTreeMap<usize, Imports>,
}

/// The compiled files of one distribution.
#[derive(Debug)]
#[non_exhaustive]
pub struct InstalledPart {
    /// The project.
    pub project: ProjectName,
    /// The directory that contains it.
    pub site: String,
    /// The facts of its files.
    pub facts: WheelFacts,
}

impl InstalledFiles {
    /// Adds the files of a directory, each to the distribution that records it.
    pub fn add(&mut self, site: &str, facts: WheelFacts, distributions: &[InstalledDistribution]) {
        let mut members = facts.members;
        for one in distributions.iter().filter(|one| one.site() == site) {
            let Ok(project) = one.name.parse::<ProjectName>() else { continue };
            let (own, left): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|member| one.compiled.contains(&member.path));
            members = left;
            let mut facts = WheelFacts::new(Container::Wheel, format!("{} {}", one.name, one.version), 0);
            facts.members = own;
            self.wheels.push(InstalledPart { project, site: site.to_owned(), facts });
        }
        // Distributions of the image's own package manager have no record of their files.
        if !members.is_empty()
            && let Ok(project) = "files-without-record".parse()
        {
            let mut facts = WheelFacts::new(Container::Wheel, format!("{site} without record"), 0);
            facts.members = members;
            self.wheels.push(InstalledPart { project, site: site.to_owned(), facts });
        }
    }

    /// Adds the statements that the import of a distribution runs, by the position of [`unread`](Self::unread).
    pub fn add_imports(&mut self, at: usize, imports: Imports) {
        self.imports.insert(at, imports);
    }

    /// The distributions with imports that decide the level of a finding, and their positions.
    pub fn unread(&self, loading: &Loading) -> Vec<(usize, &InstalledPart)> {
        let parts = self.wheels.iter().enumerate();
        parts.filter(|(_, part)| loading.unread.contains(&part.project)).collect()
    }

    /// Checks whether the files load on their image.
    pub fn check(&self, target: &Target, environment: &LoaderEnvironment) -> Loading {
        let installed: Vec<InstalledWheel<'_>> = self
            .wheels
            .iter()
            .enumerate()
            .map(|(at, part)| {
                InstalledWheel::new(part.project.clone(), &part.facts).with_imports(self.imports.get(&at))
            })
            .collect();
        check_loading(&installed, target, environment)
    }
}
