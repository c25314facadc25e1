//! `hash-missing`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Problem;
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "hash-missing",
    level: Level::Deny,
    summary: "hashes are required, and a project that is needed has none",
    explanation: "With `--require-hashes`, or as soon as one line has `--hash`, pip wants a hash for every \
project, also for those that others depend on. The installation would stop here.",
    link: "https://pip.pypa.io/en/stable/topics/secure-installs/",
};

/// Hashes are required, and no line has one for a project.
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
        format!("{} {} is needed, and no line gives a hash for it", self.project, self.version)
    }

    fn help(&self) -> Option<String> {
        Some(format!("add `{}=={} --hash=...`", self.project, self.version))
    }
}
