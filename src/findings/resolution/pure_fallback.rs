//! `pure-fallback`

use super::{ChosenFile, TAGS};
use crate::filename::{FileKind, NameRules};
use crate::findings::{CodeInfo, Level, Rule};
use crate::name::ProjectName;
use crate::resolve::Reason;
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

impl Rule for PureFallback {
    fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
        Self::of(cx).into_iter().collect()
    }

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

    fn reasons(&self) -> Vec<Reason> {
        let (nearest, mismatches) = (self.native.clone(), self.mismatches.clone());
        vec![Reason::NoWheelFits { wheels: 1, nearest, mismatches }]
    }
}

impl PureFallback {
    fn of(cx: &ChosenFile<'_>) -> Option<Self> {
        if !cx.is_wheel() || !cx.chosen.file.filename.ends_with("-any.whl") {
            return None;
        }
        let mut files = cx.release?.files().iter().map(|file| &file.filename);
        let native = files.find(|name| is_for_linux(name))?;
        let FileKind::Wheel(wheel) = FileKind::of(native, cx.name(), NameRules::Packaging) else {
            return None;
        };
        // If the native wheel fits too, the pure one was preferred for another reason.
        if cx.problem.tags().rank(wheel.tags()).is_some() {
            return None;
        }
        Some(Self {
            project: cx.name().clone(),
            version: cx.version().clone(),
            native: native.clone(),
            mismatches: cx.problem.tags().mismatch(wheel.tags()),
        })
    }
}

fn is_for_linux(filename: &str) -> bool {
    let families = ["manylinux", "musllinux", "linux_"];
    let platforms =
        filename.strip_suffix(".whl").and_then(|stem| stem.rsplit('-').next()).unwrap_or_default();
    platforms.split('.').any(|platform| families.iter().any(|family| platform.starts_with(family)))
}
