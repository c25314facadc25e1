//! `undefined-marker`

use crate::findings::{CodeInfo, Level, Rule};
use crate::resolve;
use crate::target::{Installer, InstallerKind};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "undefined-marker",
    level: Level::Warn,
    summary: "a marker compares what cannot be compared, so that pip stops",
    explanation: "The marker reads, but one of its comparisons has no meaning: `~=` or `===` between texts \
(`os_name ~= \"posix\"`), a version against something that is none (`python_version ~= \"x\"`), two literals. The \
`packaging` library raises `UndefinedComparison`, and pip ends with it, wherever the marker stands: in a requirement, a \
constraint, or the metadata of a distribution that it looks at. uv leaves the comparison out of the marker with a \
warning, so that the rest decides, and a marker without any rest always holds.\n\nIt is told of the requirements that are given and of what the chosen \
distributions depend on. It is silent where a version is compared with a version, and a text with `==` or `in`.\n\n\
Write the marker anew. If it stands in the metadata of a distribution, take another release of it.",
    link: "https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers",
};

/// A marker compares what has no order.
///
/// pip 26.3 evaluates every marker it meets, of constraints too, and ends with `UndefinedComparison`; uv 0.13.9 leaves
/// such a comparison out with a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UndefinedMarker {
    /// The requirement and the comparisons.
    pub marker: resolve::UndefinedMarker,
    /// The installer that meets them.
    pub installer: Installer,
}

impl Rule for UndefinedMarker {
    fn message(&self) -> String {
        let Self { marker, installer } = self;
        let does = match installer.kind {
            InstallerKind::Uv => "leaves it out of the marker, so that the rest of it decides",
            _ => "stops there, so that nothing is installed",
        };
        let comparisons: Vec<String> = marker.comparisons.iter().map(|one| format!("`{one}`")).collect();
        format!(
            "the marker of `{}` compares what has no order: {}; {installer} {does}",
            marker.requirement,
            comparisons.join(" and ")
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "compare versions with versions, and texts with `==`, `!=`, `in` and `not in` only; of a dependency, take \
             a release of the project that asks for it without"
                .to_owned(),
        )
    }
}
