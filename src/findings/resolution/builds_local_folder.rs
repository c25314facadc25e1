//! `builds-local-folder`

use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::{Reason, SourceTree};
use crate::version::Version;

use super::ChosenTree;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "builds-local-folder",
    level: Level::Allow,
    summary: "a directory that a lock names is built",
    explanation: "A dependency of the lock is a local directory: a member of the workspace, or a path. It is built on \
the target, so the target requires its build requirements, and a compiler if it contains compiled code. In an image \
build, the directory must be copied before the installation.\n\n\
The level is allow by default, because the code is your own. Use `--warn builds-local-folder` to report it. To \
avoid the build in an image, build the wheel in another stage and install that.",
    link: "https://packaging.python.org/en/latest/specifications/direct-url/#local-directories",
};

/// A directory that a lock names is built. It is the user's own code, so no wheel is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildsLocalFolder {
    /// The project.
    pub project: ProjectName,
    /// Its version, where the lock has it.
    pub version: Option<Version>,
    /// The directory.
    pub tree: SourceTree,
}

impl Rule for BuildsLocalFolder {
    fn on_tree(cx: &ChosenTree<'_>) -> Vec<Self> {
        let SourceTree::Folder { .. } = cx.tree else { return Vec::new() };
        vec![Self { project: cx.project.clone(), version: cx.version.cloned(), tree: cx.tree.clone() }]
    }

    fn message(&self) -> String {
        let Self { project, version, tree } = self;
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{project}{version} is built from {tree}")
    }

    fn reasons(&self) -> Vec<Reason> {
        vec![Reason::Tree(self.tree.clone())]
    }
}
