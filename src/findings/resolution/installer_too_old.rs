//! `installer-too-old`

use super::{ChosenFile, MissingFile, TAGS};
use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Reason;
use crate::tags::TagMismatch;
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installer-too-old",
    level: Level::Warn,
    summary: "a wheel fits the target, but the installer does not support its tag",
    explanation: "Installers support each family of platform tags from some version on: pip supports manylinux_2_N \
since 20.3 and musllinux since 21.2. The installer in the image decides. Upgrade it in the image before the \
installation to use the wheel.",
    link: TAGS,
};

/// A wheel fits the target, and only a newer installer accepts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallerTooOld {
    /// The project.
    pub project: ProjectName,
    /// The version, if one satisfies the requirements.
    pub version: Option<Version>,
    /// The file name of the wheel.
    pub wheel: String,
    /// Why the installer rejects it.
    pub mismatch: TagMismatch,
}

impl InstallerTooOld {
    fn of(project: &ProjectName, version: Option<&Version>, reasons: &[Reason]) -> Vec<Self> {
        let too_old = |mismatch: &TagMismatch| matches!(mismatch, TagMismatch::InstallerTooOld { .. });
        let wheels = reasons.iter().filter_map(|reason| {
            let Reason::NoWheelFits { nearest, mismatches, .. } = reason else { return None };
            let mismatch = mismatches.first().filter(|_| mismatches.iter().all(too_old))?;
            Some(Self {
                project: project.clone(),
                version: version.cloned(),
                wheel: nearest.clone(),
                mismatch: mismatch.clone(),
            })
        });
        wheels.collect()
    }
}

impl Rule for InstallerTooOld {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        Self::of(cx.name(), Some(cx.version()), &cx.reasons)
    }

    fn on_missing(cx: &MissingFile<'_>) -> Vec<Self> {
        Self::of(&cx.project.project, cx.version, cx.reasons)
    }

    fn message(&self) -> String {
        let Self { project, version, wheel, mismatch } = self;
        let version = version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("{project}{version} has `{wheel}`, but {mismatch}")
    }

    fn help(&self) -> Option<String> {
        Some("upgrade the installer in the image before installing".to_owned())
    }
}
