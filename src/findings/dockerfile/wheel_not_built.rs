//! `wheel-not-built`

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Rule, words};
use crate::name::ProjectName;
use crate::source::Origin;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "wheel-not-built",
    level: Level::Deny,
    summary: "a step installs from a directory of wheels in which one is missing",
    explanation: "A step installs only from a directory (`--no-index --find-links`), or installs the files in it, and \
requires a project that no earlier `pip wheel` or `pip download` wrote to the directory: the project was forgotten, or \
the wheels were built with `--no-deps` and their dependencies are missing. The installer fails with `No matching \
distribution found`.\n\n\
Build the wheels from the same requirements, with their dependencies, or let the last step use the index. The code \
is silent if the directory contains everything that is required.",
    link: "https://pip.pypa.io/en/stable/cli/pip_wheel/",
};

/// A step installs only from a directory, and no earlier step writes all wheels to it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WheelNotBuilt {
    /// The tool that installs.
    pub tool: Tool,
    /// The directory.
    pub folder: String,
    /// The step that fills it.
    pub by: Origin,
    /// The projects that are missing.
    pub projects: Vec<ProjectName>,
}

impl Rule for WheelNotBuilt {
    fn message(&self) -> String {
        let Self { tool, folder, projects, .. } = self;
        format!("{tool} installs only from `{folder}`, and no step writes {} there", words::quoted(projects))
    }

    fn help(&self) -> Option<String> {
        Some(help(&self.by))
    }
}

/// The help if wheels are, or may be, missing.
pub(in crate::findings) fn help(by: &Origin) -> String {
    format!(
        "build the missing wheels at {by} with all dependencies (without `--no-deps`), or remove `--no-index` here"
    )
}
