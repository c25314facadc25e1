//! What all wheels of a resolution come to on an image.

use std::collections::BTreeSet;

use crate::gate::{Finding, Level};
use crate::image::{InstallLine, PackageManager};
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
    pub(super) fn finish(&mut self, manager: PackageManager) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (std::cmp::Reverse(finding.level()), finding.code);
            key(a).cmp(&key(b)).then_with(|| (&a.project, &a.member).cmp(&(&b.project, &b.member)))
        });
        // What modules need and what they open by name, in one line.
        let wanted = self.findings.iter().filter(|finding| {
            finding.level() > Level::Allow
                && matches!(finding.code.name(), "missing-library" | "needs-system-library")
        });
        let mut packages: Vec<String> =
            wanted.flat_map(|one| one.evidence.packages.iter().cloned()).collect();
        packages.sort();
        packages.dedup();
        self.install = InstallLine::of_packages(manager, packages);
        let denied = self.findings.iter().filter(|finding| finding.level() == Level::Deny);
        self.failing = denied.filter_map(|finding| finding.project.clone()).collect();
    }
}
