//! `yanked-file`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Reason;
use crate::version::Version;

use super::ChosenFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "yanked-file",
    level: Level::Warn,
    summary: "the chosen file has been yanked",
    explanation: "The project withdrew the file from normal selection (PEP 592). The installer chooses it only \
because a pin requires exactly this version.",
    link: "https://peps.python.org/pep-0592/",
};

/// A pin selects a file that its project has withdrawn (PEP 592).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct YankedFile {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// Why it was withdrawn; empty if the index gives no reason.
    pub reason: String,
}

impl Rule for YankedFile {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let Some(reason) = &cx.chosen.file.yanked else { return Vec::new() };
        vec![Self { project: cx.name().clone(), version: cx.version().clone(), reason: reason.to_string() }]
    }

    fn message(&self) -> String {
        let Self { project, version, reason } = self;
        let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        format!("{project} {version} is yanked{reason}; it is installed only because it is pinned")
    }

    fn help(&self) -> Option<String> {
        Some("pin a version that is not yanked".to_owned())
    }

    fn reasons(&self) -> Vec<Reason> {
        vec![Reason::Yanked { reason: self.reason.clone() }]
    }
}
