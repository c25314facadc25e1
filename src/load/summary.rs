//! What all wheels of a resolution come to on an image.

use std::collections::BTreeSet;

use crate::gate::{Finding, Level};
use crate::image::InstallLine;
use crate::name::ProjectName;

/// Whether the native parts of a resolution's wheels load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loading {
    /// What is to be told, gravest first.
    pub findings: Vec<Finding>,
    /// Wheels that were judged.
    pub wheels: usize,
    /// Those among them that have binaries for the target's machine.
    pub native: usize,
    /// Projects that do not load, by a finding at deny.
    pub failing: BTreeSet<ProjectName>,
    /// The libraries that the image lacks for modules, programs and what Python code opens: not those of optional
    /// parts.
    pub lacking: BTreeSet<String>,
    /// What installs them.
    pub install: InstallLine,
    /// Why it is not fully known, if it is not.
    pub undetermined: Option<String>,
}

impl Loading {
    pub(super) fn finish(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (std::cmp::Reverse(finding.level()), finding.code);
            key(a).cmp(&key(b)).then_with(|| (&a.project, &a.member).cmp(&(&b.project, &b.member)))
        });
        let denied = self.findings.iter().filter(|finding| finding.level() == Level::Deny);
        self.failing = denied.filter_map(|finding| finding.project.clone()).collect();
    }
}
