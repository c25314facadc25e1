//! `wheel-not-built`

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Rule, words};
use crate::name::ProjectName;
use crate::source::Origin;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "wheel-not-built",
    level: Level::Deny,
    summary: "a step installs from a folder of wheels that lacks one",
    explanation: "A step is told to look into a folder alone (`--no-index --find-links`), or installs the files in it, \
and needs a project that no earlier `pip wheel` or `pip download` put there: it was forgotten, or the wheels were made with \
`--no-deps` and their dependencies are missing. The installer ends with `No matching distribution found`.\n\nMake the \
wheels from the same requirements, with their dependencies, or let the last step ask the index. Silent where everything \
that is needed was made.",
    link: "https://pip.pypa.io/en/stable/cli/pip_wheel/",
};

/// A step takes wheels from one folder only, and no earlier step puts all of them there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WheelNotBuilt {
    /// The tool that installs.
    pub tool: Tool,
    /// The folder.
    pub folder: String,
    /// The step that fills it.
    pub by: Origin,
    /// The projects that are missing.
    pub projects: Vec<ProjectName>,
}

impl Rule for WheelNotBuilt {
    fn message(&self) -> String {
        let Self { tool, folder, projects, .. } = self;
        format!("{tool} looks into `{folder}` alone, and no step puts {} there", words::quoted(projects))
    }

    fn help(&self) -> Option<String> {
        Some(help(&self.by))
    }
}

/// What to do where wheels are missing, or may be.
pub(in crate::findings) fn help(by: &Origin) -> String {
    format!(
        "let {by} make what is missing too, with all dependencies (no `--no-deps`), or take `--no-index` away here"
    )
}
