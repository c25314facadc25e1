//! `yanked-file`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Chosen;
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "yanked-file",
    level: Level::Warn,
    summary: "the file that is taken has been yanked",
    explanation: "The project withdrew the file, and it is taken only because a pin asks for exactly this \
version.",
    link: "https://peps.python.org/pep-0592/",
};

/// A pin takes a file that its project has withdrawn (PEP 592).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct YankedFile {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// Why it was withdrawn; empty where the index does not say.
    pub reason: String,
}

impl YankedFile {
    pub(crate) fn check(project: &ProjectName, chosen: &Chosen) -> Option<Self> {
        let reason = chosen.file.yanked.as_ref()?.to_string();
        Some(Self { project: project.clone(), version: chosen.version.clone(), reason })
    }
}

impl Rule for YankedFile {
    fn message(&self) -> String {
        let Self { project, version, reason } = self;
        let said = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("{project} {version} is yanked{said}; it is taken because it is pinned")
    }

    fn help(&self) -> Option<String> {
        Some("move the pin to a version that is not yanked".to_owned())
    }
}
