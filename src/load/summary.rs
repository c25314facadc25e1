//! The result of loading all wheels of a resolution on an image.

use std::collections::BTreeSet;

use crate::findings::{Code, Finding, Level, UnknownCause};
use crate::image::InstallLine;
use crate::name::ProjectName;

use super::environment::LoaderEnvironment;

/// Whether the native parts of a resolution's wheels load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loading {
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// The number of checked wheels.
    pub wheels: usize,
    /// The number of those with binaries for the machine of the target.
    pub native: usize,
    /// Projects with native wheels that do not load, by a finding with the level deny.
    pub failing: BTreeSet<ProjectName>,
    /// Projects with a failing import because their Python code opens a missing library, by a finding with the level deny.
    pub needing: BTreeSet<ProjectName>,
    /// Projects with a native file that does not load; their import may work without it.
    pub doubtful: BTreeSet<ProjectName>,
    /// The missing libraries of modules, programs and Python code, without those of optional parts.
    pub missing_libraries: BTreeSet<String>,
    /// The command that installs the missing libraries of the findings with the levels warn and deny. Libraries that it
    /// does not install are in its `unknown` and `not_packaged`.
    pub install: InstallLine,
    /// Why the result is partly unknown, if it is.
    pub undetermined: Option<UnknownCause>,
    /// Projects with a failure, without their Python files: those decide the level
    /// ([`InstalledWheel::imports`](super::InstalledWheel::imports)).
    pub unread: BTreeSet<ProjectName>,
    pub(super) wanted: Vec<WantedInstall>,
}

/// The libraries that one finding installs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WantedInstall {
    pub(super) libraries: Vec<String>,
    pub(super) packages: Vec<String>,
    /// Whether all libraries are required; otherwise several versions of one are alternatives.
    pub(super) all: bool,
}

impl Loading {
    pub(super) fn finish(&mut self, environment: &LoaderEnvironment) {
        self.findings.sort_by(|a, b| {
            let key = |finding: &Finding| (std::cmp::Reverse(finding.level()), finding.code());
            key(a).cmp(&key(b)).then_with(|| (&a.project, a.member()).cmp(&(&b.project, b.member())))
        });
        self.install = self.everything(environment);
        for finding in self.findings.iter().filter(|finding| finding.level() == Level::Deny) {
            let of = match finding.code() {
                Code::NeedsSystemLibrary => &mut self.needing,
                _ => &mut self.failing,
            };
            of.extend(finding.project.clone());
        }
        let failing = &self.failing;
        self.doubtful.retain(|project| !failing.contains(project));
    }

    /// One command that installs all of them.
    fn everything(&self, environment: &LoaderEnvironment) -> InstallLine {
        let mut sonames: Vec<String> = Vec::new();
        for want in self.wanted.iter().filter(|want| want.all) {
            sonames.extend(want.libraries.iter().cloned());
        }
        // Optional modules are often one for each version of a library, and one of them is sufficient.
        for want in self.wanted.iter().filter(|want| !want.all) {
            let mut stems: Vec<&str> = want.libraries.iter().map(|soname| stem(soname)).collect();
            stems.sort_unstable();
            stems.dedup();
            for name in stems {
                let versions = || want.libraries.iter().filter(|soname| stem(soname) == name);
                if sonames.iter().any(|known| stem(known) == name) {
                    continue;
                }
                let packaged = versions().find(|soname| {
                    let line = environment.install_line([soname.as_str()]);
                    line.unknown.is_empty() && line.not_packaged.is_empty()
                });
                sonames.extend(packaged.or_else(|| versions().next()).cloned());
            }
        }
        sonames.sort();
        sonames.dedup();
        let known = environment.install_line(sonames.iter().map(String::as_str));
        let mut packages = known.packages.clone();
        packages.extend(self.wanted.iter().flat_map(|want| want.packages.iter().cloned()));
        packages.sort();
        packages.dedup();
        let mut line = InstallLine::of_packages(environment.package_manager, packages);
        line.verified = known.verified;
        line.unknown = known.unknown;
        line.not_packaged = known.not_packaged;
        line
    }
}

/// `libtbb` of `libtbb.so.12`.
fn stem(soname: &str) -> &str {
    soname.split(".so").next().unwrap_or(soname)
}
