//! The distributions that are installed in an image. Nothing is solved.
//!
//! The rules are those of `pip check` (pip 26.0, `operations/check.py`): the installed distributions must satisfy every
//! requirement with a true marker and without extras, pre-releases count, and the tags of a wheel must be supported.

use std::collections::BTreeMap;

use super::{Outcome, TargetVerdict};
use crate::findings::installed::{InstalledContext, InstalledRequirement};
use crate::findings::{Detail, Finding};
use crate::image::read::{DetectedImage, DetectedPython, InstalledDistribution};
use crate::load::Loading;
use crate::marker::{MarkerAnswer, MarkerContext, MarkerEnvironment};
use crate::name::ProjectName;
use crate::requirement::Requirement;
use crate::tags::SupportedTags;
use crate::target::Target;

/// The distributions of one interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledSet {
    /// The interpreter's path in the image.
    pub python: String,
    /// The directories that it searches for distributions.
    pub site_packages: Vec<String>,
    /// The distributions in them, by name.
    pub distributions: Vec<InstalledDistribution>,
}

impl InstalledSet {
    /// The distributions of an interpreter of an image that was read.
    pub fn of(image: &DetectedImage, python: &DetectedPython) -> Self {
        let mut distributions: Vec<InstalledDistribution> = image.distributions_of(python).cloned().collect();
        distributions.sort_by(|a, b| (a.name.to_lowercase(), &a.path).cmp(&(b.name.to_lowercase(), &b.path)));
        Self { python: python.path.clone(), site_packages: python.site_packages.clone(), distributions }
    }
}

impl TargetVerdict {
    /// The verdict on the installed distributions, and on whether their native parts load.
    pub fn of_installed(installed: InstalledSet, target: &Target, mut loading: Loading) -> Self {
        let mut collector = Collector::new(&installed.distributions, target);
        for one in &installed.distributions {
            collector.distribution(one);
        }
        let mut findings = collector.findings;
        findings.append(&mut loading.findings);
        Self {
            outcome: Outcome::Resolved,
            distributions: Vec::new(),
            conflicts: Vec::new(),
            findings,
            undated_files: 0,
            loading: Some(loading),
            building: None,
            installed: Some(installed),
        }
    }
}

struct Collector<'a> {
    versions: BTreeMap<ProjectName, &'a str>,
    environment: MarkerEnvironment,
    tags: SupportedTags,
    findings: Vec<Finding>,
}

impl<'a> Collector<'a> {
    fn new(distributions: &'a [InstalledDistribution], target: &Target) -> Self {
        let versions = distributions.iter().filter_map(|one| Some((one.name.parse().ok()?, &*one.version)));
        Self {
            versions: versions.collect(),
            environment: target.marker_environment(),
            tags: SupportedTags::of(target),
            findings: Vec::new(),
        }
    }

    fn find(&mut self, one: &InstalledDistribution, found: Vec<Detail>) {
        let project = one.name.parse::<ProjectName>().ok();
        self.findings.extend(found.into_iter().map(|rule| Finding::of(rule).about(project.clone())));
    }

    fn distribution(&mut self, distribution: &InstalledDistribution) {
        let found = Detail::on_installed(&InstalledContext { distribution, tags: &self.tags });
        self.find(distribution, found);
        for text in &distribution.requires {
            self.requirement(distribution, text);
        }
    }

    fn requirement(&mut self, distribution: &InstalledDistribution, text: &str) {
        let requirement = Requirement::parse_lenient(text);
        let parsed = requirement.as_ref().ok();
        // The requested extras are not recorded; `extra` is the empty text, as in pip.
        let applies = match parsed.and_then(|requirement| requirement.marker.as_ref()) {
            Some(marker) => marker.evaluate(&self.environment, MarkerContext::default()),
            None => MarkerAnswer::True,
        };
        let installed = parsed.and_then(|requirement| self.versions.get(&requirement.name).copied());
        let requirement = &requirement;
        let found = Detail::on_requirement(&InstalledRequirement {
            distribution,
            text,
            requirement,
            applies,
            installed,
        });
        self.find(distribution, found);
    }
}
