//! The error for something that could not be fetched.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::source::without_credentials;

/// The kind of a fetch failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// It does not exist in any of the queried locations.
    NotFound,
    /// A server requires other credentials (401, 403, 407).
    Refused,
    /// A server could not be reached or sent no valid response, after all tries.
    Unreachable,
    /// The content is damaged or differs from what the index lists.
    Broken,
    /// The network is disabled, and the cache does not contain it.
    Offline,
    /// Its URL scheme or format is not supported.
    Unsupported,
}

/// Something could not be fetched; the message names the URL, without credentials, and the cause.
///
/// Cheap to clone, because one failure is reported for each target of a run.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchFailure {
    kind: FailureKind,
    message: Arc<str>,
}

impl FetchFailure {
    /// Returns a failure with this message. Credentials in URLs are removed.
    pub fn new(kind: FailureKind, message: impl Into<Arc<str>>) -> Self {
        let message = message.into();
        match without_credentials(&message) {
            Cow::Borrowed(_) => Self { kind, message },
            Cow::Owned(shown) => Self { kind, message: shown.into() },
        }
    }

    /// Returns a failure at a URL or path.
    pub(crate) fn at(kind: FailureKind, place: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self::new(kind, format!("`{place}`: {cause}"))
    }

    /// The kind of the failure.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Returns whether it does not exist. For all other kinds this is unknown.
    pub fn is_not_found(&self) -> bool {
        self.kind == FailureKind::NotFound
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FetchFailure({:?}: {})", self.kind, self.message)
    }
}

impl std::error::Error for FetchFailure {}

impl From<FetchFailure> for Error {
    fn from(failure: FetchFailure) -> Self {
        let kind = match failure.kind {
            FailureKind::NotFound => ErrorKind::NotFound,
            FailureKind::Refused | FailureKind::Unreachable | FailureKind::Offline => ErrorKind::Network,
            FailureKind::Broken => ErrorKind::Data,
            FailureKind::Unsupported => ErrorKind::Input,
        };
        Self::new(kind, failure.message.as_ref())
    }
}
