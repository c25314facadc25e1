//! `pure-fallback`

use super::TAGS;
use crate::filename::{FileKind, NameRules};
use crate::findings::{CodeInfo, Level, Rule};
use crate::index::Release;
use crate::name::ProjectName;
use crate::resolve::{Chosen, Problem, Reason};
use crate::tags::TagMismatch;
use crate::version::Version;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "pure-fallback",
    level: Level::Warn,
    summary: "only a pure wheel fits, while other Linux targets get a native one",
    explanation: "The release has wheels with compiled code for other Linux targets, and a wheel for any platform. \
Here the latter is taken: it installs, but may be much slower, or lack a library that the native wheels bring along.",
    link: TAGS,
};

/// A native wheel exists for other Linux targets; here only the pure one is left, which may do less.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PureFallback {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The file name of the native wheel.
    pub native: String,
    /// Every part in which it does not fit.
    pub mismatches: Vec<TagMismatch>,
}

impl PureFallback {
    pub(crate) fn check(
        problem: &Problem,
        project: &ProjectName,
        chosen: &Chosen,
        release: &Release,
    ) -> Option<Self> {
        if !chosen.file.filename.ends_with("-any.whl") {
            return None;
        }
        let native = release.files().iter().map(|file| &file.filename).find(|name| is_for_linux(name))?;
        let FileKind::Wheel(wheel) = FileKind::of(native, project, NameRules::Packaging) else { return None };
        // Where the native wheel fits too, the pure one was not taken for want of another.
        if problem.tags().rank(wheel.tags()).is_some() {
            return None;
        }
        Some(Self {
            project: project.clone(),
            version: chosen.version.clone(),
            native: native.clone(),
            mismatches: problem.tags().mismatch(wheel.tags()),
        })
    }

    /// Why the native wheel was not taken, as a reason of the verdict on the project.
    pub(crate) fn reason(&self) -> Reason {
        Reason::NoWheelFits { wheels: 1, nearest: self.native.clone(), mismatches: self.mismatches.clone() }
    }
}

impl Rule for PureFallback {
    fn message(&self) -> String {
        let Self { project, version, native, mismatches } = self;
        let why: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
        format!(
            "{project} {version} is taken as a pure wheel; elsewhere there is a native one (`{native}`: {})",
            why.join("; ")
        )
    }

    fn help(&self) -> Option<String> {
        Some("check that the project does what you need without its compiled part".to_owned())
    }
}

fn is_for_linux(filename: &str) -> bool {
    let families = ["manylinux", "musllinux", "linux_"];
    let platforms =
        filename.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next()).unwrap_or_default();
    platforms.split('.').any(|platform| families.iter().any(|family| platform.starts_with(family)))
}
