//! The error of markers.

use std::fmt;

/// A marker that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidMarker {
    pub(super) message: String,
    pub(super) offset: usize,
}

impl InvalidMarker {
    /// Where in the text the fault stands, in bytes from its start; always on a character boundary.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for InvalidMarker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidMarker {}
