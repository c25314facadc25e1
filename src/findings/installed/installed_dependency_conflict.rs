//! `installed-dependency-conflict`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::version::Version;

use super::InstalledRequirement;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-dependency-conflict",
    level: Level::Deny,
    summary: "an installed distribution requires another version of an installed one",
    explanation: "The metadata of an installed distribution requires versions of another one, and the installed \
version is not one of them. `pip check` reports it as `has requirement ..., but you have ...`. A later `pip \
install` changed a version that an earlier one had chosen, or a distribution was installed with `--no-deps`.\n\n\
Only requirements with a true marker count. Extras are ignored, because installations do not record the requested \
extras.\n\n\
Install both in one command, so that one resolution satisfies all requirements, or pin a version that both accept.",
    link: "https://pip.pypa.io/en/stable/cli/pip_check/",
};

/// An installed distribution requires another version of a project than is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledDependencyConflict {
    /// The distribution's name, as it writes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it requires.
    pub requirement: String,
    /// The project that it requires.
    pub dependency: ProjectName,
    /// The version of it that is installed.
    pub installed: String,
}

impl Rule for InstalledDependencyConflict {
    fn on_requirement(cx: &InstalledRequirement<'_>) -> Vec<Self> {
        let (Some(requirement), Some(installed)) = (cx.required(), cx.installed) else { return Vec::new() };
        let specifiers = requirement.specifiers();
        let fits = match installed.parse::<Version>() {
            Ok(version) => specifiers.contains(&version),
            Err(_) => specifiers.contains_text(installed),
        };
        if fits {
            return Vec::new();
        }
        vec![Self {
            name: cx.distribution.name.clone(),
            version: cx.distribution.version.clone(),
            requirement: cx.text.to_owned(),
            dependency: requirement.name.clone(),
            installed: installed.to_owned(),
        }]
    }

    fn message(&self) -> String {
        let Self { name, version, requirement, dependency, installed } = self;
        format!("`{name}` {version} requires `{requirement}`, but {dependency} {installed} is installed")
    }
}
