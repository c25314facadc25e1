//! `no-compatible-distribution`

use crate::findings::{CodeInfo, Level, Rule, words};
use crate::name::ProjectName;
use crate::resolve::{Reason, RequestedBy};
use crate::version::Version;

use super::{MissingFile, TAGS, UsableVersion};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "no-compatible-distribution",
    level: Level::Deny,
    summary: "a project has neither a matching wheel nor a usable source distribution",
    explanation: "No version that satisfies the requirements can be installed on the target: no wheel has a \
supported tag, and there is no source distribution, or an option excludes it. The installation fails.\n\n\
The message names the reasons for the newest version. The help names the newest version that fits, if there is one.",
    link: TAGS,
};

/// A project has no file that the installer accepts on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoCompatibleDistribution {
    /// The project.
    pub project: ProjectName,
    /// The newest version that satisfies the requirements, if there is one.
    pub version: Option<Version>,
    /// The reasons, the most relevant first.
    pub reasons: Vec<Reason>,
    /// The distribution or line that requires it.
    pub requested_by: Vec<RequestedBy>,
    /// The newest version that has a file for the target.
    pub usable: Option<UsableVersion>,
}

impl Rule for NoCompatibleDistribution {
    fn on_missing(cx: &MissingFile<'_>) -> Vec<Self> {
        if cx.is_not_found() {
            return Vec::new();
        }
        let project = cx.project.project.clone();
        let usable = cx.page.and_then(|page| UsableVersion::newest(cx.problem, &project, page));
        vec![Self {
            project,
            version: cx.version.cloned(),
            reasons: cx.reasons.to_vec(),
            requested_by: cx.project.requested_by.clone(),
            usable,
        }]
    }

    fn message(&self) -> String {
        let Self { project, version, reasons, requested_by, .. } = self;
        if *reasons == [Reason::NoVersionSatisfies] && !requested_by.is_empty() {
            return format!(
                "no version of {project} on the index satisfies the requirements: {}",
                words::all(requested_by)
            );
        }
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{project}{version} has no file for this target: {}", super::joined(reasons))
    }

    fn help(&self) -> Option<String> {
        let UsableVersion { version, is_wheel } = self.usable.as_ref()?;
        let kind = if *is_wheel { "wheel" } else { "source distribution" };
        Some(format!("{} {version} is the newest version with a {kind} for this target", self.project))
    }

    fn reasons(&self) -> Vec<Reason> {
        self.reasons.clone()
    }
}
