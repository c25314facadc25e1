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
    summary: "only a pure wheel fits, although other Linux targets have a native one",
    explanation: "The release has wheels with compiled code for other Linux targets, and a wheel for any platform. \
The installer chooses the latter on this target. It can be much slower, or miss a library that the native wheels \
contain.",
    link: TAGS,
};

/// A native wheel exists for other Linux targets; only the pure one fits here, which may do less.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PureFallback {
    /// The project.
    pub project: ProjectName,
    /// The version.
    pub version: Version,
    /// The file name of the native wheel.
    pub native: String,
    /// All mismatches.
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
        // If the native wheel fits too, the pure one was preferred for another reason.
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

    /// Why the native wheel was not chosen, as a reason of the verdict on the project.
    pub(crate) fn reason(&self) -> Reason {
        Reason::NoWheelFits { wheels: 1, nearest: self.native.clone(), mismatches: self.mismatches.clone() }
    }
}

impl Rule for PureFallback {
    fn message(&self) -> String {
        let Self { project, version, native, mismatches } = self;
        let why: Vec<String> = mismatches.iter().map(ToString::to_string).collect();
        format!(
            "{project} {version} is installed from a pure wheel, because the native wheel does not fit (`{native}`: {})",
            why.join("; ")
        )
    }

    fn help(&self) -> Option<String> {
        Some("test the project without its compiled part".to_owned())
    }
}

fn is_for_linux(filename: &str) -> bool {
    let families = ["manylinux", "musllinux", "linux_"];
    let platforms =
        filename.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next()).unwrap_or_default();
    platforms.split('.').any(|platform| families.iter().any(|family| platform.starts_with(family)))
}
