//! `installed-dependency-missing`

use crate::findings::{CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-dependency-missing",
    level: Level::Deny,
    summary: "an installed distribution needs one that is not installed",
    explanation: "The metadata of an installed distribution asks for another project, and the interpreter finds no \
                  distribution of that name in its directories. It is what `pip check` reports as `requires ..., \
                  which is not installed`: somebody installed with `--no-deps`, removed a distribution, or copied \
                  a part of site-packages into the image.\n\n\
                  Only requirements whose markers hold for the image's interpreter count, and extras do not, since \
                  nothing records which were asked for.\n\n\
                  Install what is missing, or copy the whole environment.",
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
    fn message(&self) -> String {
        let Self { name, version, requirement } = self;
        format!("`{name}` {version} requires `{requirement}`, which is not installed")
    }
}
