//! `unknown-extra`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::{ExtraName, ProjectName};
use crate::version::Version;

use super::ChosenFile;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unknown-extra",
    level: Level::Warn,
    summary: "the distribution does not provide a requested extra",
    explanation: "Installers print a warning and ignore the extra, so its dependencies are missing.",
    link: "https://peps.python.org/pep-0508/#extras",
};

/// A requested extra does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownExtra {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The extra.
    pub extra: ExtraName,
}

impl Rule for UnknownExtra {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        let unknown = cx.project.unknown_extras.iter().map(|extra| Self {
            project: cx.name().clone(),
            version: cx.version().clone(),
            extra: extra.clone(),
        });
        unknown.collect()
    }

    fn message(&self) -> String {
        let Self { project, version, extra } = self;
        format!("{project} {version} has no extra `{extra}`")
    }
}
