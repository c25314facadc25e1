//! `hash-missing`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Problem;
use crate::version::Version;

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

impl HashMissing {
    pub(crate) fn check(problem: &Problem, project: &ProjectName, version: &Version) -> Option<Self> {
        let lines = problem.requirements();
        let hashed = lines.iter().any(|line| line.requirement.name == *project && !line.hashes.is_empty());
        (problem.options().require_hashes && !hashed)
            .then(|| Self { project: project.clone(), version: version.clone() })
    }
}

impl Rule for HashMissing {
    fn message(&self) -> String {
        format!("{} {} has no hash in the requirements, and hashes are required", self.project, self.version)
    }

    fn help(&self) -> Option<String> {
        Some(format!("add `{}=={} --hash=...`", self.project, self.version))
    }
}
