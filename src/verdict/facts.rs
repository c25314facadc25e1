//! The facts of a target in addition to its resolution, and the verdict on both.

use std::collections::HashMap;

use super::built::BuiltWheels;
use super::draft::{FindingList, VerdictDraft};
use super::line::LineUndetermined;
use super::sources::{self, Archives};
use super::{Distribution, Outcome, TargetVerdict};
use crate::build::{BuildEnvironment, check};
use crate::findings::lock::LockContext;
use crate::findings::resolution::{PythonContext, origin_of};
use crate::findings::{Detail, Finding, Placed};
use crate::load::Loading;
use crate::lock::Refusal;
use crate::name::ProjectName;
use crate::resolve::{Conflict, RequestedBy, Resolution};
use crate::source::Origin;
use crate::target::Target;
use crate::version::SpecifierSet;

/// The facts of a target in addition to its resolution. The caller fetches them, and
/// [`VerdictBuilder::of`](super::VerdictBuilder::of) checks them.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TargetFacts<'a> {
    /// Lines that were not part of the resolution.
    pub lines: Vec<LineUndetermined>,
    /// Why the tool of a lock refuses to install from it.
    pub refusals: &'a [Refusal],
    /// The requirements of projects and scripts on Python.
    pub requires_python: &'a [(SpecifierSet, Origin)],
    /// The facts of the archives of source distributions.
    pub archives: Option<&'a Archives>,
    /// Whether an archive that cannot be read is a finding, because its content was requested.
    pub archives_wanted: bool,
    /// The environment of source builds, if it is known.
    pub build_place: Option<BuildEnvironment>,
    /// Findings on the image of the target.
    pub image: Vec<Finding>,
    /// Whether the native parts of the wheels load, if they were inspected.
    pub loading: Option<Loading>,
    /// Sizes of files by hash or otherwise by URL, for files without a size on the index.
    pub sizes: Option<&'a HashMap<String, u64>>,
    /// The wheels that earlier steps of a Dockerfile built, if the step of the target installs them.
    pub built: Option<BuiltWheels>,
    /// Findings on the install step of a Dockerfile.
    pub step: Vec<Finding>,
}

impl TargetFacts<'_> {
    /// Only lines that were not part of the resolution.
    pub fn of_lines(lines: &[LineUndetermined]) -> Self {
        Self { lines: lines.to_vec(), ..Self::default() }
    }
}

/// A verdict in progress: rows and findings of the resolution, completed by facts.
pub(super) struct Draft {
    pub(super) outcome: Outcome,
    pub(super) distributions: Vec<Distribution>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) findings: FindingList,
    pub(super) undated_files: usize,
}

impl Draft {
    /// The verdict, with the results of all facts.
    pub(super) fn finish(
        mut self,
        resolution: &Resolution,
        target: &Target,
        facts: TargetFacts<'_>,
    ) -> VerdictDraft {
        // The tool of a refused lock installs nothing.
        if !facts.refusals.is_empty() {
            self.outcome = Outcome::Unresolvable;
        }
        self.find(Detail::on_lock(&LockContext { refusals: facts.refusals }));
        let none = Archives::default();
        let archives = facts.archives.unwrap_or(&none);
        let sources = sources::of_resolution(resolution, &self.distributions, archives);
        let place = facts.build_place.filter(|_| !sources.is_empty());
        let mut building = place.map(|place| check(&sources, &place));
        for finding in building.iter_mut().flat_map(|building| std::mem::take(&mut building.findings)) {
            self.add_built(finding);
        }
        if facts.archives_wanted {
            self.findings.extend(sources::unread(resolution, archives));
        }
        let (python, required) = (&target.python.version, facts.requires_python);
        self.find(Detail::on_python(&PythonContext { python, required }));
        self.findings.extend(facts.image);
        let mut loading = facts.loading;
        for finding in loading.iter_mut().flat_map(|loading| std::mem::take(&mut loading.findings)) {
            self.add_placed(finding);
        }
        if let Some(sizes) = facts.sizes {
            for row in self.distributions.iter_mut().filter(|row| row.size.is_none()) {
                let key = row.sha256.as_ref().or(row.url.as_ref());
                row.size = key.and_then(|key| sizes.get(key)).copied();
            }
        }
        self.findings.extend(facts.step);
        let (mut findings, built) = self.findings.finish();
        let (mut outcome, mut distributions) = (self.outcome, self.distributions);
        if let Some(built) = built {
            distributions = distributions.into_iter().map(|row| built.row(row)).collect();
            // Built wheels are not built again.
            building = None;
            if let Some((missing, of_missing)) = built.missing() {
                findings.push(missing);
                outcome = of_missing;
            }
        }
        VerdictDraft::new(TargetVerdict {
            outcome,
            distributions,
            conflicts: self.conflicts,
            findings,
            undated_files: self.undated_files,
            loading,
            building,
            installed: None,
        })
    }

    fn row(&self, project: Option<&ProjectName>) -> Option<&Distribution> {
        self.distributions.iter().find(|row| Some(&row.project) == project)
    }

    /// Adds what rules find.
    fn find(&mut self, found: Vec<Placed<Detail>>) {
        self.findings.extend(found.into_iter().map(Finding::placed));
    }

    /// Adds a finding, at the line that requires its project.
    fn add_placed(&mut self, finding: Finding) {
        let row = self.row(finding.project.as_ref());
        let origin = finding.origin.clone().or_else(|| origin_of(&row?.requested_by));
        self.findings.push(finding.at(origin));
    }

    /// Adds a finding on a build, with the distribution that requires the project.
    fn add_built(&mut self, finding: Finding) {
        let needed_by = self
            .row(finding.project.as_ref())
            .filter(|row| !row.requested_by.iter().any(|by| matches!(by, RequestedBy::Line { .. })))
            .and_then(|row| row.requested_by.first().map(ToString::to_string));
        self.add_placed(finding.needed_by(needed_by));
    }
}
