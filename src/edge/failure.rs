//! Why something could not be fetched.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::source::without_credentials;

/// What kept something from being fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// Every place that was asked says that it does not exist.
    NotFound,
    /// A server demands other credentials (401, 403, 407).
    Refused,
    /// A server could not be reached or did not answer as it should, after all tries.
    Unreachable,
    /// What came is damaged, or not what the index says it is.
    Broken,
    /// The network may not be used, and the cache does not hold it.
    Offline,
    /// It cannot be fetched by this program: a scheme or format that is not known.
    Unsupported,
}

/// Something could not be fetched; the message names the URL, without credentials, and the cause.
///
/// Cheap to clone, since one failure is told for every target of a run.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchFailure {
    kind: FailureKind,
    message: Arc<str>,
}

impl FetchFailure {
    /// A failure with its full message, of which credentials in URLs are left out.
    pub fn new(kind: FailureKind, message: impl Into<Arc<str>>) -> Self {
        let message = message.into();
        match without_credentials(&message) {
            Cow::Borrowed(_) => Self { kind, message },
            Cow::Owned(shown) => Self { kind, message: shown.into() },
        }
    }

    /// A failure at one place.
    pub(crate) fn at(kind: FailureKind, place: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self::new(kind, format!("`{place}`: {cause}"))
    }

    /// What kept it from being fetched.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// Whether it exists nowhere; everything else leaves that open.
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
