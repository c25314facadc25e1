//! `undefined-marker`

use crate::findings::{CodeInfo, Level, Placed, Rule};
use crate::name::ProjectName;
use crate::resolve::{Selection, UndefinedComparisons};
use crate::target::{Installer, InstallerKind};

use super::{ResolutionContext, origin_of};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undefined-marker",
    level: Level::Warn,
    summary: "a marker contains an undefined comparison, so pip fails",
    explanation: "The marker can be parsed, but one of its comparisons is undefined: `~=` or `===` between texts \
(`os_name ~= \"posix\"`), a version and a text that is not a version (`python_version ~= \"x\"`), or two literals. \
The `packaging` library raises `UndefinedComparison`, and pip fails, also for markers of constraints and of the \
metadata of a distribution that it considers. uv ignores the comparison with a warning, so the rest of the marker \
decides; a marker without other comparisons is true.\n\n\
The code applies to the given requirements and to the dependencies of the chosen distributions. It is silent if a \
version is compared with a version, or a text with `==` or `in`.\n\n\
Correct the marker. If it is in the metadata of a distribution, choose another release.",
    link: "https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers",
};

/// A marker contains an undefined comparison.
///
/// pip 26.3 evaluates every marker, including those of constraints, and fails with `UndefinedComparison`; uv 0.13.9
/// ignores such a comparison with a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndefinedMarker {
    /// The requirement and the comparisons.
    pub marker: UndefinedComparisons,
    /// The installer that evaluates it.
    pub installer: Installer,
}

impl Rule for UndefinedMarker {
    fn on_resolution(cx: &ResolutionContext<'_>) -> Vec<Placed<Self>> {
        let problem = cx.problem;
        let place = |project: &ProjectName, marker| {
            let installer = problem.target().installer.clone();
            Placed::new(Self { marker, installer }).about(project.clone())
        };
        let mut found = Vec::new();
        for root in problem.requirements().iter().chain(&problem.constraints) {
            if let Some(marker) = UndefinedComparisons::of(&root.requirement, &problem.environment) {
                found.push(place(&root.requirement.name, marker).at(root.origin.clone()));
            }
        }
        for project in &cx.resolution.projects {
            let Selection::File(chosen) = &project.selection else { continue };
            for marker in &project.undefined_markers {
                let needed_by = format!("{} {}", project.project, chosen.version);
                let one = place(&project.project, marker.clone()).needed_by(needed_by);
                found.push(one.at(origin_of(&project.requested_by)));
            }
        }
        found
    }

    fn message(&self) -> String {
        let Self { marker, installer } = self;
        let does = match installer.kind {
            InstallerKind::Uv => "ignores this comparison",
            _ => "fails",
        };
        let comparisons: Vec<String> = marker.comparisons.iter().map(|one| format!("`{one}`")).collect();
        format!(
            "the marker of `{}` contains an undefined comparison: {}; {installer} {does}",
            marker.requirement,
            comparisons.join(" and ")
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "compare versions with versions, and texts only with `==`, `!=`, `in` and `not in`; for a dependency, choose \
             another release of the project that requires it"
                .to_owned(),
        )
    }
}
