//! The error that no installation of a Dockerfile could be checked.

use std::fmt;

use crate::error::Error;
use crate::findings::Finding;
use crate::source::Origin;

/// The error that no installation of a Dockerfile could be checked.
pub(super) struct NothingChecked {
    /// The position of the target stage.
    pub(super) origin: Origin,
    /// What was found in the file.
    pub(super) findings: Vec<Finding>,
    /// Why the findings have no target.
    pub(super) cause: Error,
}

impl fmt::Debug for NothingChecked {
    /// Writes the message instead of the findings, whose values may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NothingChecked")
            .field("message", &self.to_string())
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for NothingChecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: no installation could be checked", self.origin)?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n{}", finding.message()))
    }
}

impl std::error::Error for NothingChecked {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

impl From<NothingChecked> for Error {
    fn from(nothing: NothingChecked) -> Self {
        Self::undetermined(nothing.to_string()).with_source(nothing)
    }
}
