//! The distributions that are installed in an image. Nothing is solved.
//!
//! The rules are those of `pip check` (pip 26.0, `operations/check.py`): the installed distributions must satisfy every
//! requirement with a true marker and without extras, pre-releases count, and the tags of a wheel must be supported.

use std::collections::BTreeMap;

use super::{Outcome, TargetVerdict};
use crate::findings::{
    Detail, Finding, InstalledDependencyConflict, InstalledDependencyMissing, InstalledWheelUnsupported,
    Undetermined,
};
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
            collector.tags(one);
            for text in &one.requires {
                collector.requirement(one, text);
            }
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

    fn find(&mut self, one: &InstalledDistribution, rule: impl Into<Detail>) {
        self.findings.push(Finding::of(rule).about(one.name.parse::<ProjectName>().ok()));
    }

    fn tags(&mut self, one: &InstalledDistribution) {
        if let Some(rule) = InstalledWheelUnsupported::check(one, &self.tags) {
            self.find(one, rule);
        }
    }

    fn requirement(&mut self, one: &InstalledDistribution, text: &str) {
        let (name, version, text) = (one.name.clone(), one.version.clone(), text.to_owned());
        let requirement = match Requirement::parse_lenient(&text) {
            Ok(requirement) => requirement,
            Err(error) => {
                let why = error.to_string();
                self.find(one, Undetermined::InstalledRequirement { name, version, requirement: text, why });
                return;
            }
        };
        // The requested extras are not recorded; `extra` is the empty text, as in pip.
        let answer = match &requirement.marker {
            Some(marker) => marker.evaluate(&self.environment, MarkerContext::default()),
            None => MarkerAnswer::True,
        };
        match answer {
            MarkerAnswer::False => return,
            MarkerAnswer::True => {}
            MarkerAnswer::Unknown(variables) => {
                let variables = variables.iter().map(ToString::to_string).collect();
                self.find(
                    one,
                    Undetermined::InstalledCondition { name, version, requirement: text, variables },
                );
                return;
            }
        }
        match self.versions.get(&requirement.name).copied() {
            None => self.find(one, InstalledDependencyMissing { name, version, requirement: text }),
            Some(installed) => {
                if let Some(rule) = InstalledDependencyConflict::check(one, &text, &requirement, installed) {
                    self.find(one, rule);
                }
            }
        }
    }
}
