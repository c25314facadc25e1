//! `installed-dependency-missing`

use crate::findings::{CodeInfo, Level, Rule};

use super::InstalledRequirement;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-dependency-missing",
    level: Level::Deny,
    summary: "an installed distribution requires one that is not installed",
    explanation: "The metadata of an installed distribution requires another project, and the interpreter finds no \
distribution of that name in its directories. `pip check` reports it as `requires ..., which is not installed`. A \
distribution was installed with `--no-deps` or removed, or only a part of site-packages was copied into the image.\n\n\
Only requirements with a true marker count. Extras are ignored, because installations do not record the requested \
extras.\n\n\
Install the missing distribution, or copy the whole environment.",
    link: "https://pip.pypa.io/en/stable/cli/pip_check/",
};

/// An installed distribution requires a project that is not installed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledDependencyMissing {
    /// The distribution's name, as it writes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it requires.
    pub requirement: String,
}

impl Rule for InstalledDependencyMissing {
    fn on_requirement(cx: &InstalledRequirement<'_>) -> Vec<Self> {
        if cx.required().is_none() || cx.installed.is_some() {
            return Vec::new();
        }
        let (name, version) = (cx.distribution.name.clone(), cx.distribution.version.clone());
        vec![Self { name, version, requirement: cx.text.to_owned() }]
    }

    fn message(&self) -> String {
        let Self { name, version, requirement } = self;
        format!("`{name}` {version} requires `{requirement}`, which is not installed")
    }
}
