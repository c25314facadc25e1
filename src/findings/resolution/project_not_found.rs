//! `project-not-found`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Reason;

use super::MissingFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "project-not-found",
    level: Level::Deny,
    summary: "the project was not found on any index",
    explanation: "All indexes and find-links locations responded, and none has the project. The name is misspelt, \
or the project is on an index that was not given.",
    link: "https://packaging.python.org/en/latest/specifications/simple-repository-api/",
};

/// No index has a project of this name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProjectNotFound {
    /// The name.
    pub project: ProjectName,
}

impl Rule for ProjectNotFound {
    fn on_missing(cx: &MissingFile<'_>) -> Vec<Self> {
        cx.is_not_found().then(|| Self { project: cx.project.project.clone() }).into_iter().collect()
    }

    fn message(&self) -> String {
        format!("{} was not found on any index", self.project)
    }

    fn help(&self) -> Option<String> {
        Some("check the spelling and the indexes (`--index-url`, `--extra-index-url`)".to_owned())
    }

    fn reasons(&self) -> Vec<Reason> {
        vec![Reason::ProjectNotFound]
    }
}
