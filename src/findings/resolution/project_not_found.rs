//! `project-not-found`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Reason;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "project-not-found",
    level: Level::Deny,
    summary: "no index lists a project of this name",
    explanation: "Every index and find-links location that is in force answered, and none has the project. Either \
the name is misspelt, or the project lives on an index that was not named.",
    link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
};

/// No index has a project of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectNotFound {
    /// The name.
    pub project: ProjectName,
}

impl ProjectNotFound {
    pub(crate) fn check(project: &ProjectName, reasons: &[Reason]) -> Option<Self> {
        (reasons == [Reason::ProjectNotFound]).then(|| Self { project: project.clone() })
    }
}

impl Rule for ProjectNotFound {
    fn message(&self) -> String {
        format!("no index has a project named {}", self.project)
    }

    fn help(&self) -> Option<String> {
        Some("check the spelling, and whether the right index is asked".to_owned())
    }
}
