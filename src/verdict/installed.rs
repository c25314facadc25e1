//! What is installed in an image, as it stands: nothing is solved.
//!
//! The rules are those of `pip check` (pip 26.0, `operations/check.py`): every requirement without extras whose marker
//! holds must be met by what lies beside it, pre-releases count, and the tags of a wheel must be supported.

use std::collections::BTreeMap;

use super::{Outcome, TargetVerdict};
use crate::findings::{Code, Finding, Level};
use crate::image::read::{DetectedImage, DetectedPython, InstalledDistribution};
use crate::marker::{MarkerAnswer, MarkerContext, MarkerEnvironment};
use crate::name::ProjectName;
use crate::requirement::Requirement;
use crate::tags::SupportedTags;
use crate::target::Target;
use crate::version::Version;

/// The distributions of one interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledSet {
    /// The interpreter's path in the image.
    pub python: String,
    /// Where it looks for distributions.
    pub site_packages: Vec<String>,
    /// What it finds there, by name.
    pub distributions: Vec<InstalledDistribution>,
}

impl TargetVerdict {
    /// The verdict on what is installed for an interpreter of an image that was read. Whether native parts load is
    /// another question: see [`add_loading`](Self::add_loading).
    pub fn of_installed(image: &DetectedImage, python: &DetectedPython, target: &Target) -> Self {
        let mut distributions: Vec<InstalledDistribution> = image.distributions_of(python).cloned().collect();
        distributions.sort_by(|a, b| (a.name.to_lowercase(), &a.path).cmp(&(b.name.to_lowercase(), &b.path)));
        let mut judge = Judge::new(&distributions, target);
        for one in &distributions {
            judge.tags(one);
            for text in &one.requires {
                judge.requirement(one, text);
            }
        }
        let findings = judge.findings;
        Self {
            outcome: Outcome::Resolved,
            distributions: Vec::new(),
            conflicts: Vec::new(),
            findings,
            undated_files: 0,
            loading: None,
            building: None,
            installed: Some(InstalledSet {
                python: python.path.clone(),
                site_packages: python.site_packages.clone(),
                distributions,
            }),
        }
    }
}

struct Judge<'a> {
    versions: BTreeMap<ProjectName, &'a str>,
    environment: MarkerEnvironment,
    tags: SupportedTags,
    findings: Vec<Finding>,
}

impl<'a> Judge<'a> {
    fn new(distributions: &'a [InstalledDistribution], target: &Target) -> Self {
        let versions = distributions.iter().filter_map(|one| Some((one.name.parse().ok()?, &*one.version)));
        Self {
            versions: versions.collect(),
            environment: target.marker_environment(),
            tags: SupportedTags::of(target),
            findings: Vec::new(),
        }
    }

    fn tell(&mut self, code: Code, one: &InstalledDistribution, message: String) {
        self.tell_at(None, code, one, message);
    }

    fn tell_at(&mut self, level: Option<Level>, code: Code, one: &InstalledDistribution, message: String) {
        let mut finding = Finding::new(code, message);
        finding.level = level;
        finding.project = one.name.parse().ok();
        self.findings.push(finding);
    }

    fn tags(&mut self, one: &InstalledDistribution) {
        let supported = |tags: &String| {
            let name = format!("x-1-{tags}.whl");
            self.tags.rank_filename(&name).is_some()
        };
        if one.tags.is_empty() || one.tags.iter().any(supported) {
            return;
        }
        let message = format!(
            "`{}` {} is installed from a wheel for {}, which the interpreter does not accept",
            one.name,
            one.version,
            one.tags.join(", ")
        );
        self.tell(Code::InstalledWheelUnsupported, one, message);
    }

    fn requirement(&mut self, one: &InstalledDistribution, text: &str) {
        let who = format!("`{}` {}", one.name, one.version);
        let requirement = match Requirement::parse_lenient(text) {
            Ok(requirement) => requirement,
            Err(error) => {
                let message = format!("{who} has a requirement that cannot be read, `{text}`: {error}");
                self.tell(Code::Undetermined, one, message);
                return;
            }
        };
        // Which extras were asked for is recorded nowhere; `extra` is the empty text, as in pip.
        let answer = match &requirement.marker {
            Some(marker) => marker.evaluate(&self.environment, MarkerContext::default()),
            None => MarkerAnswer::True,
        };
        match answer {
            MarkerAnswer::False => return,
            MarkerAnswer::True => {}
            MarkerAnswer::Unknown(variables) => {
                let message = format!(
                    "whether {who} requires `{text}` is not known: no image tells {}",
                    variables.join(", ")
                );
                self.tell_at(Some(Level::Allow), Code::Undetermined, one, message);
                return;
            }
        }
        let Some(version) = self.versions.get(&requirement.name).copied() else {
            let message = format!("{who} requires `{text}`, which is not installed");
            self.tell(Code::InstalledDependencyMissing, one, message);
            return;
        };
        let specifiers = requirement.specifiers();
        let fits = match version.parse::<Version>() {
            Ok(version) => specifiers.contains(&version),
            Err(_) => specifiers.contains_text(version),
        };
        if !fits {
            let message = format!("{who} requires `{text}`, and {} {version} is installed", requirement.name);
            self.tell(Code::InstalledDependencyConflict, one, message);
        }
    }
}
