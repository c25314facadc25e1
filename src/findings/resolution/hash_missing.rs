//! `hash-missing`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::version::Version;

use super::ChosenFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "hash-missing",
    level: Level::Deny,
    summary: "hashes are required, and a project has none",
    explanation: "With `--require-hashes`, or if one line has `--hash`, pip requires a hash for every project, \
including dependencies. The installation fails.",
    link: "https://pip.pypa.io/en/stable/topics/secure-installs/",
};

/// Hashes are required, and no line has one for the project.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HashMissing {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
}

impl Rule for HashMissing {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let (project, lines) = (cx.name(), cx.problem.requirements());
        let hashed = lines.iter().any(|line| line.requirement.name == *project && !line.hashes.is_empty());
        if hashed || !cx.problem.options().require_hashes {
            return Vec::new();
        }
        vec![Self { project: project.clone(), version: cx.version().clone() }]
    }

    fn message(&self) -> String {
        format!("{} {} has no hash in the requirements, and hashes are required", self.project, self.version)
    }

    fn help(&self) -> Option<String> {
        Some(format!("add `{}=={} --hash=...`", self.project, self.version))
    }
}
