//! What all wheels of a resolution come to on an image.

use std::collections::BTreeSet;

use crate::findings::{Code, Finding, Level};
use crate::image::InstallLine;
use crate::name::ProjectName;

use super::environment::LoaderEnvironment;

/// Whether the native parts of a resolution's wheels load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loading {
    /// What was found, gravest first.
    pub findings: Vec<Finding>,
    /// Wheels that were judged.
    pub wheels: usize,
    /// Those among them that have binaries for the target's machine.
    pub native: usize,
    /// Projects whose native wheels do not load, by a finding at deny.
    pub failing: BTreeSet<ProjectName>,
    /// Projects whose imports fail because what their Python code looks for is missing, by a finding at deny.
    pub needing: BTreeSet<ProjectName>,
    /// Projects of which something native does not load that their import may do without.
    pub doubtful: BTreeSet<ProjectName>,
    /// The libraries that the image does not have for modules, programs and what Python code opens: not those of optional
    /// parts.
    pub missing_libraries: BTreeSet<String>,
    /// What installs what the findings at warn and deny want, where there is one way to have it. What it cannot
    /// install is in its `unknown` and `not_packaged`.
    pub install: InstallLine,
    /// Why it is not fully known, if it is not.
    pub undetermined: Option<String>,
    /// Projects of which something fails and whose Python files were not read: they show how much it matters
    /// ([`Installed::imports`](super::Installed::imports)).
    pub unread: BTreeSet<ProjectName>,
    pub(super) wanted: Vec<WantedInstall>,
}

/// What one finding wants installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WantedInstall {
    pub(super) libraries: Vec<String>,
    pub(super) packages: Vec<String>,
    /// All of the libraries; else several versions of one stand for each other.
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

    /// What is wanted, in one line.
    fn everything(&self, environment: &LoaderEnvironment) -> InstallLine {
        let mut sonames: Vec<String> = Vec::new();
        for want in self.wanted.iter().filter(|want| want.all) {
            sonames.extend(want.libraries.iter().cloned());
        }
        // Modules that an import does without are often one for each version of a library, of which one will do.
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
