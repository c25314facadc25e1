//! Requirement lines that take no part in a resolution.

use crate::findings::InputMissing;
use crate::name::ProjectName;
use crate::source::{Origin, without_credentials};

/// A requirement line that cannot be checked without running code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineUndetermined {
    /// The project, where the line names one.
    pub project: Option<ProjectName>,
    /// The line as a person reads it.
    pub requirement: String,
    /// Where it stands.
    pub origin: Origin,
    /// Why it cannot be checked.
    pub reason: String,
    /// The file that it names, if that file is certainly not in the image.
    pub missing: Option<InputMissing>,
}

impl LineUndetermined {
    /// A line, its place and why it cannot be checked; credentials in the line's URLs are left out.
    pub fn new(
        project: Option<ProjectName>,
        requirement: impl Into<String>,
        origin: Origin,
        reason: impl Into<String>,
    ) -> Self {
        let requirement = without_credentials(&requirement.into()).into_owned();
        Self { project, requirement, origin, reason: reason.into(), missing: None }
    }

    /// The same about a file that is certainly not in the image.
    #[must_use]
    pub(crate) fn of_missing(mut self, missing: impl Into<Option<InputMissing>>) -> Self {
        self.missing = missing.into();
        self
    }
}
