//! Wheels that earlier steps of a Dockerfile built, in the verdict on the step that installs them.

use std::collections::BTreeSet;

use super::{Distribution, Kind, Outcome};
use crate::dockerfile::Tool;
use crate::findings::{Code, Finding, Level, Undetermined, WheelNotBuilt};
use crate::lock::Refusal;
use crate::name::ProjectName;
use crate::resolve::{Reason, Resolution, Selection};
use crate::source::Origin;

/// The files that earlier steps of a Dockerfile built or fetched, and that a step installs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuiltWheels {
    /// The projects with a wheel among them.
    pub projects: BTreeSet<ProjectName>,
    /// The directory of the files, if the step installs nothing else.
    pub folder: Option<WheelFolder>,
}

impl BuiltWheels {
    /// The projects with a wheel among built files, and their directory if the step installs nothing else.
    pub fn new(projects: BTreeSet<ProjectName>, folder: Option<WheelFolder>) -> Self {
        Self { projects, folder }
    }
}

/// The only directory from which a step installs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WheelFolder {
    /// The directory as written.
    pub path: String,
    /// The projects with a file in it.
    pub projects: BTreeSet<ProjectName>,
    /// Whether [`projects`](Self::projects) is complete.
    pub whole: bool,
    /// The step that fills it.
    pub by: Origin,
    /// The step that installs from it.
    pub step: Origin,
    /// The tool of that step.
    pub tool: Tool,
}

impl WheelFolder {
    /// A directory without known files, which the step at `by` fills and from which a tool installs at `step`.
    pub fn new(path: impl Into<String>, by: Origin, tool: Tool, step: Origin) -> Self {
        Self { path: path.into(), projects: BTreeSet::new(), whole: false, by, step, tool }
    }
}

/// How built wheels affect the verdict on one resolution.
#[derive(Debug)]
pub(super) struct BuiltUse {
    built: BuiltWheels,
    /// Whether the requirements cannot be installed together: only the step that installs reports this.
    unresolvable: bool,
    /// The selected projects that are not in the only directory, by name.
    missing: Vec<ProjectName>,
}

impl BuiltUse {
    pub(super) fn new(built: BuiltWheels, resolution: &Resolution, refusals: &[Refusal]) -> Self {
        let selected = resolution
            .projects
            .iter()
            .filter(|project| matches!(project.selection, Selection::File(_) | Selection::Tree { .. }));
        let nothing = |selection: &Selection| matches!(selection, Selection::Nothing { .. });
        let mut missing: Vec<ProjectName> = match &built.folder {
            Some(folder) => selected
                .filter(|project| !folder.projects.contains(&project.project))
                .map(|project| project.project.clone())
                .collect(),
            None => Vec::new(),
        };
        missing.sort();
        let unresolvable = !resolution.conflicts.is_empty()
            || !refusals.is_empty()
            || resolution.projects.iter().any(|project| nothing(&project.selection));
        Self { built, unresolvable, missing }
    }

    /// Whether a finding belongs to this step. What compiled projects require is reported at the step that builds them.
    pub(super) fn reports(&self, finding: &Finding) -> bool {
        if let Some(project) = &finding.project {
            if !self.unresolvable && self.built.projects.contains(project) {
                return false;
            }
            // A missing project has no other findings.
            if self.missing.contains(project) {
                return false;
            }
        }
        self.built.folder.is_none()
            || matches!(finding.code(), Code::Undetermined | Code::InputMissing)
            || finding.level() == Level::Deny
    }

    /// The row of a project: a built wheel has no file on an index, and a missing one has no file.
    pub(super) fn row(&self, mut row: Distribution) -> Distribution {
        if self.built.projects.contains(&row.project) {
            row.kind = if matches!(row.kind, Kind::Sdist | Kind::Tree) { Kind::Wheel } else { row.kind };
            row.reasons.clear();
            (row.file, row.url, row.sha256, row.size, row.tag) = (None, None, None, None, None);
        }
        if let Some(folder) = &self.built.folder
            && self.missing.contains(&row.project)
        {
            row.kind = if folder.whole { Kind::None } else { Kind::Undetermined };
            (row.file, row.url, row.sha256, row.size, row.tag) = (None, None, None, None, None);
            row.reasons = vec![Reason::NotInFolder { folder: folder.path.clone() }];
        }
        row
    }

    /// The finding on the missing projects, and the outcome.
    pub(super) fn missing(&self) -> Option<(Finding, Outcome)> {
        let WheelFolder { path, whole, by, step, tool, .. } = self.built.folder.as_ref()?;
        let first = self.missing.first()?;
        let (tool, folder, by, projects) = (*tool, path.clone(), by.clone(), self.missing.clone());
        let (finding, outcome) = match whole {
            true => (Finding::of(WheelNotBuilt { tool, folder, by, projects }), Outcome::Unresolvable),
            false => {
                let rule = Undetermined::WheelNotBuilt { tool, folder, by, projects };
                (Finding::of(rule), Outcome::Undetermined)
            }
        };
        Some((finding.about(first.clone()).at(step.clone()), outcome))
    }
}
