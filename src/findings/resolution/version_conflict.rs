//! `version-conflict`

use crate::findings::{CodeInfo, Level, Placed, Rule};
use crate::resolve::Conflict;

use super::ResolutionContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "version-conflict",
    level: Level::Deny,
    summary: "requirements conflict",
    explanation: "No choice of versions satisfies all requirements. The message lists the conflicting lines and how \
one leads to the other. The projects outside the conflict are checked anyway.",
    link: "https://pip.pypa.io/en/stable/topics/dependency-resolution/",
};

/// Requirements cannot be installed together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VersionConflict {
    /// The lines, the projects and the statements that leave no version.
    pub conflict: Conflict,
}

impl Rule for VersionConflict {
    fn on_resolution(cx: &ResolutionContext<'_>) -> Vec<Placed<Self>> {
        let rules = cx.resolution.conflicts.iter().map(|conflict| {
            let origin = conflict.lines.first().map(|(_, origin)| origin.clone());
            let project = conflict.projects.first().cloned();
            Placed::new(Self { conflict: conflict.clone() }).about(project).at(origin)
        });
        rules.collect()
    }

    fn message(&self) -> String {
        self.conflict.to_string()
    }

    fn help(&self) -> Option<String> {
        Some("relax one of the conflicting requirements".to_owned())
    }
}
