//! Requirement lines that take no part in a resolution.

use std::fmt;

use crate::findings::{AbsentFile, InputMissing, UnknownCause};
use crate::name::ProjectName;
use crate::source::{Origin, without_credentials};

/// A requirement line that cannot be checked without running code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineUndetermined {
    /// The project, where the line names one.
    pub project: Option<ProjectName>,
    /// The line, without credentials.
    pub requirement: String,
    /// Its position.
    pub origin: Origin,
    /// Why it cannot be checked.
    pub cause: LineCause,
}

/// Why a line takes no part in a resolution.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineCause {
    /// A fact is unknown.
    Unknown(UnknownCause),
    /// The file that the line names is certainly not in the image.
    Missing(InputMissing),
}

impl fmt::Display for LineCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(cause) => cause.fmt(f),
            Self::Missing(missing) => missing.file.fmt(f),
        }
    }
}

impl LineUndetermined {
    /// A line, its place and why it cannot be checked; credentials in the line's URLs are left out.
    pub fn new(
        project: Option<ProjectName>,
        requirement: impl Into<String>,
        origin: Origin,
        cause: UnknownCause,
    ) -> Self {
        let requirement = without_credentials(&requirement.into()).into_owned();
        Self { project, requirement, origin, cause: LineCause::Unknown(cause) }
    }

    /// A file at a path that is certainly not in the image. `conditional` is whether the step that reads it runs only under
    /// a condition.
    pub(crate) fn missing(path: &str, origin: Origin, file: AbsentFile, conditional: bool) -> Self {
        let missing = InputMissing { path: path.to_owned(), file, conditional };
        let requirement = without_credentials(path).into_owned();
        Self { project: None, requirement, origin, cause: LineCause::Missing(missing) }
    }
}
